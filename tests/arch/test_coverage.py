"""Every operation of the vendors' documents is accounted for, and what is said to work names the test that shows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.arch.operations import compare, declared, digest, printed
from tests.support.coverage import ROOT, Operation, Relevance, documents

ALL = documents()

# Count and digest of the operations that each document prints, made of the documents themselves by
# `python -m tests.arch.operations`. Two have no such list: 000 prints no paths, the OpenAPI document of PBX 22 has 416.
PRINTED = {
    "000_3ad780e42c90f02f": (12, "459813dc7c49fa90"),
    "001_62c7996d5aaa1f6b": (12, "d7157e67128b6747"),
    "002_39d6c52c2ad77fe2": (109, "26911c2cde7f1f2d"),
    "003_6e79b5f92749c7e9": (103, "53aca1d7484924c3"),
    "004_59a032a5c1a20445": (4, "d94b0b4b48d0e855"),
    "PortSIP PBX, OpenAPI 22.0": (49, "67ecca1c6e7d7ebc"),
}


def test_every_operation_of_a_document_is_accounted_for_once() -> None:
    assert {each.document: (len(each.operations), digest(declared(each))) for each in ALL} == PRINTED


def test_the_operations_are_found_in_each_way_that_a_document_prints_them() -> None:
    text = "Returns\nget /agents\nhttps://h/agents\nGET /api/ivrs HTTP/1.1\nDELETE /a/{id}/b/  \nGet a list of users.\n"
    assert printed(text) == ["GET /agents", "GET /api/ivrs", "DELETE /a/{id}/b/"]


def test_what_a_table_leaves_out_or_invents_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (table,) = [each for each in ALL if each.document.startswith("004")]
    lines = [*declared(table), "PATCH /api/new"]
    lines.remove("GET /api/ivrs/{id}")
    (tmp_path / f"{table.document}.txt").write_text("\n".join(lines), encoding="utf-8")
    assert compare(tmp_path) == 2
    said = capsys.readouterr().out
    assert "missing: PATCH /api/new\n" in said
    assert "unknown: GET /api/ivrs/{id}\n" in said


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
    return [(document.vendor, one) for document in ALL for one in document.operations]


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
            path = ROOT / name
            if not path.is_file() or function.partition("[")[0] not in functions(path):
                missing.add(one.shown_by)
    assert missing == set()


def test_what_is_left_out_says_why() -> None:
    silent = [f"{vendor}: {one.method} {one.path}" for vendor, one in operations() if len(one.use) < 8]
    assert silent == []
