"""The graph of files: no circle between them, and no vendor known above its own room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from wallboard.vendors import registry

SOURCE = Path(__file__).parents[2] / "src"
FILES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((SOURCE / "wallboard").rglob("*.py"))
}
VENDORS = frozenset(registry.names())
BLIND = ("board", "control", "domain", "polling", "ui", "view")
"""Rooms that know no vendor by name: one that did would grow a special case for it."""


@cache
def nodes(name: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))))


def imports(name: str) -> Iterator[str]:
    """The files that `name` imports, for its types alone too."""
    for node in nodes(name):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in FILES:
                    yield whole
                elif node.module in FILES:
                    yield node.module


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Files that reach one another, by the lowest that each can reach (Tarjan)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = stack.index(name)
            if len(stack) - at > 1:
                found.append(set(stack[at:]))
            del stack[at:]

    for name in graph:
        if name not in order:
            visit(name)
    return found


def test_no_file_imports_one_that_imports_it_back() -> None:
    graph = {name: set(imports(name)) - {name} for name in FILES}
    assert circles(graph) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [{"b", "c"}]


@pytest.mark.parametrize("room", BLIND)
def test_no_room_above_the_vendors_names_one(room: str) -> None:
    named = {
        f"{name}:{node.lineno}"
        for name in FILES
        if name.startswith(f"wallboard.{room}.")
        for node in nodes(name)
        if isinstance(node, ast.Constant) and node.value in VENDORS
    }
    assert named == set()
