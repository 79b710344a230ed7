"""What the terminal has taken, by its own word where it has one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call
from wallboard.domain.text import clean
from wallboard.ui.terminal.sequences import QUESTIONS
from wallboard.ui.visibility import SILENCE_SECONDS


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    made.console.visibility.terminal = True
    made.press("4")
    return made


def drawn(here: Desk) -> int | None:
    """A frame is drawn, and the system takes it at once; the question that went behind it."""
    here.paint()
    visibility = here.console.visibility
    visibility.sent(visibility.drawn())
    number = visibility.ask()
    visibility.settle()
    return number


def readable(here: Desk) -> bool:
    return here.console.visibility.of_row() is not None


def first(here: Desk) -> None:
    """The terminal answers the one question of the start."""
    number = drawn(here)
    assert number is not None
    here.console.visibility.taken(number)


def test_a_terminal_that_never_answers_is_asked_once_and_the_system_is_believed(here: Desk) -> None:
    assert drawn(here) in QUESTIONS
    assert readable(here)
    here.press("down")
    assert drawn(here) is None
    assert readable(here)


def test_one_that_answers_is_believed_and_not_the_system(here: Desk) -> None:
    first(here)
    here.press("down")
    number = drawn(here)
    assert number is not None
    assert not readable(here)
    here.console.visibility.taken(number)
    assert readable(here)


def test_it_is_asked_only_where_something_else_can_be_hit(here: Desk) -> None:
    first(here)
    here.wait(1.0)
    assert drawn(here) is None
    here.press("x")
    assert drawn(here) is not None, "a question stands there"
    here.press("escape")
    assert drawn(here) is not None

    def other(row: object) -> Call:
        assert isinstance(row, Call)
        return replace(row, to=clean("somebody else"))

    here.change(HQ, Resource.CALLS, other)
    assert drawn(here) is not None, "the row under the cursor is another call now"


def test_an_answer_that_got_lost_is_made_up_for_by_the_next(here: Desk) -> None:
    first(here)
    here.press("down")
    drawn(here)
    here.press("up")
    number = drawn(here)
    assert number is not None
    here.console.visibility.taken(number)
    assert readable(here)
    here.console.visibility.taken(number - 1)
    assert readable(here), "it comes too late to matter"


def test_after_output_was_lost_the_terminal_is_asked_again(here: Desk) -> None:
    first(here)
    here.press("down")
    assert drawn(here) is not None
    assert drawn(here) is None
    here.console.visibility.unasked()
    number = drawn(here)
    assert number is not None
    here.console.visibility.taken(number)
    assert readable(here)


def test_a_terminal_that_falls_silent_locks_nobody_out(here: Desk) -> None:
    first(here)
    here.press("down")
    drawn(here)
    for seconds in (50.0, 50.0, SILENCE_SECONDS - 101.0):
        here.wait(seconds)
        here.console.pane.selection.stay(here.clock.now())  # a pane left alone would go home
    drawn(here)
    assert not readable(here)
    here.wait(2.0)
    drawn(here)
    assert readable(here)
