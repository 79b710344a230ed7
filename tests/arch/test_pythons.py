"""Habits that mean one thing on one of the promised Pythons and another on the next."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def raises_in_except_star(source: str) -> list[int]:
    """Lines that raise inside `except*`: Python 3.11.2 raises a group there, later ones what was named."""
    handlers = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.TryStar))
    return [
        part.lineno
        for each in handlers
        for handler in each.handlers
        for part in ast.walk(handler)
        if isinstance(part, ast.Raise)
    ]


def test_nothing_is_raised_out_of_except_star() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("src", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in raises_in_except_star(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_search_finds_what_it_is_for() -> None:
    faulty = "try:\n    f()\nexcept* OSError as group:\n    raise group.exceptions[0] from None\n"
    assert raises_in_except_star(faulty) == [4]
    assert raises_in_except_star(faulty.replace("except*", "except")) == []
