"""The coverage of seed 003 names tests that exist, and covers each operation once."""

from __future__ import annotations

import ast
from pathlib import Path

from wallboard.vendors.base import Relevance
from wallboard.vendors.ringme import plugin

ROOT = Path(__file__).parents[3]


def test_every_live_and_acting_operation_names_a_test_that_exists() -> None:
    known: dict[str, set[str]] = {}
    for document in plugin.coverage():
        for operation in document.operations:
            if operation.relevance not in (Relevance.LIVE, Relevance.ACTION) and not operation.shown_by:
                continue
            name, _, function = operation.shown_by.partition("::")
            assert name.endswith(".py"), f"{operation.method} {operation.path}"
            if name not in known:
                body = ast.parse((ROOT / name).read_text(encoding="utf-8")).body
                known[name] = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
            assert function in known[name], operation.shown_by


def test_each_of_the_103_operations_stands_there_once() -> None:
    (document,) = plugin.coverage()
    names = [f"{operation.method} {operation.path}" for operation in document.operations]
    assert len(names) == len(set(names)) == 103
    assert all(operation.use for operation in document.operations)
