"""Every operation of the vendors' documents is accounted for, and what is said to work names the test that shows it.

`operations/` lists the operations that the documents print, by the number of the document.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.arch import documents
from wallboard.vendors.base import Operation, Relevance

HERE = Path(__file__).parent
DOCUMENTS = sorted(path.stem for path in (HERE / "operations").glob("*.txt"))
ALL = [(vendor, document) for vendor in documents.SETTINGS for document in documents.coverages(vendor)]


def printed(number: str) -> Counter[str]:
    return Counter((HERE / "operations" / f"{number}.txt").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("number", DOCUMENTS)
def test_every_operation_of_a_document_is_accounted_for_once(number: str) -> None:
    found = [document for _, document in ALL if document.seed.startswith(number)]
    assert len(found) == 1
    declared = Counter(f"{one.method} {one.path}" for one in found[0].operations)
    assert declared == printed(number)


def functions(path: Path) -> set[str]:
    """The test functions of a file, those in classes as `Class::name`."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return names


def operations() -> list[tuple[str, Operation]]:
    return [(vendor, one) for vendor, document in ALL for one in document.operations]


def test_what_is_live_or_acts_names_the_test_that_shows_it() -> None:
    bare = [
        f"{vendor}: {one.method} {one.path}"
        for vendor, one in operations()
        if one.relevance in (Relevance.LIVE, Relevance.ACTION) and not one.shown_by
    ]
    assert bare == []


def test_the_named_tests_exist() -> None:
    missing = set()
    for _, one in operations():
        if one.shown_by:
            name, _, function = one.shown_by.partition("::")
            path = documents.ROOT / name
            if not path.is_file() or function.partition("[")[0] not in functions(path):
                missing.add(one.shown_by)
    assert missing == set()


def test_what_is_left_out_says_why() -> None:
    silent = [f"{vendor}: {one.method} {one.path}" for vendor, one in operations() if len(one.use) < 8]
    assert silent == []
