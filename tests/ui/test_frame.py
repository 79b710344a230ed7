"""A frame is a function of the console: drawing writes no state, and drawing again draws the same."""

from __future__ import annotations

from copy import copy
from pathlib import Path

import pytest

from tests.support.console import Desk, desk
from wallboard.ui.drawn import Turned
from wallboard.ui.frame import frame

PLAIN = (int, float, str, tuple, list, dict, set, frozenset, Turned, type(None))
SIZES = ((160, 50), (80, 24), (40, 10), (30, 8))


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def state(here: Desk) -> dict[str, object]:
    """Everything plain that the console and its parts keep, and what the open dialog does."""
    console = here.console
    parts: list[object] = [console, console.panes, console.modes, console.asking, console.panel, console.alarms]
    parts += [console.restraint, console.hints, console.acting, console.seeking]
    kept = {f"{type(part).__name__}.{name}": copy(value) for part in parts for name, value in vars(part).items()}
    for name in ("Panes._context", "Hints._made"):  # made anew when asked for, from what is here
        kept.pop(name)
    if console.dialog is not None:
        kept["dialog"] = repr(console.dialog.dialog)
    return {name: value for name, value in kept.items() if isinstance(value, PLAIN)}


@pytest.mark.parametrize(
    "keys",
    [
        ("1",),
        ("2", "enter"),
        ("2", "t"),
        ("4", "j", "x"),
        ("6", "E"),
        ("?", "pagedown"),
        ("9",),
        ("0", "down"),
        ("f2",),
        ("/", "a"),
        (":",),
    ],
    ids=" ".join,
)
def test_a_frame_changes_nothing(here: Desk, keys: tuple[str, ...]) -> None:
    here.press(*keys)
    console = here.console
    for size in SIZES:
        before = state(here)
        first = frame(console, *size)
        assert frame(console, *size) == first
        after = state(here)
        assert {name for name in before if before[name] != after.get(name)} == set()


def test_the_top_is_taken_over_where_it_would_read_the_same(here: Desk) -> None:
    here.press("2")
    first = frame(here.console, 160, 50)
    here.press("down")
    second = frame(here.console, 160, 50, first)
    assert second.top is first.top
    here.clock.advance(1.0)
    assert frame(here.console, 160, 50, second).top is not first.top
