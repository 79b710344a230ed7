"""`[operator] idle_lock`: a console that was left alone shows everything and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import Desk, desk
from wallboard.config import keymap
from wallboard.domain.command import Verb
from wallboard.runtime.adapters import verbs_of
from wallboard.ui.restraint import REST_SECONDS
from wallboard.view.dialogs import TypeName

MINUTES = 15.0


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path, settings={"idle_lock": MINUTES})


def left_alone(here: Desk, minutes: float = MINUTES) -> None:
    here.wait(minutes * 60)


def unlock(here: Desk, name: str = "Mira") -> None:
    here.press(":")
    here.type("unlock")
    here.clock.advance(1.0)
    here.press("enter")
    here.type(name)
    here.press("enter")


def test_nothing_locks_before_its_time_and_each_key_begins_it_anew(here: Desk) -> None:
    left_alone(here, MINUTES - 0.1)
    here.press("4", "e")
    assert [verb.value for verb, _ in here.sent] == ["listen"]
    left_alone(here, MINUTES - 0.1)
    assert "LOCKED" not in here.paint()[0]
    left_alone(here, 0.1)
    assert "LOCKED" in here.paint()[0]


def test_without_the_setting_nothing_ever_locks(tmp_path: Path) -> None:
    here = desk(tmp_path)
    left_alone(here, 24 * 60)
    here.press("4", "e")
    assert here.sent
    here.press(":")
    assert "unlock" not in "\n".join(here.paint())


@pytest.mark.parametrize("action", [action.id for action in keymap.ACTIONS if action.acts or action.id == "row.note"])
def test_no_verb_goes_and_each_says_why(here: Desk, action: str) -> None:
    for pane in "1234567":
        here.press(pane)
        left_alone(here)
        here.press(keymap.BY_ID[action].keys[0])
        assert here.console.dialog is None
        here.clock.advance(REST_SECONDS)
    assert not here.commands


def test_dim_keys_say_that_they_are_locked_and_the_board_stays_live(here: Desk) -> None:
    here.press("4")
    left_alone(here)
    assert "verbs are locked, :unlock opens them" in here.said
    here.press("down")  # its pane went home meanwhile
    shown = here.paint()
    assert "dim: e w b t T H p u x c E locked, :unlock" in shown[-1]
    before = here.console.pane.selection.cursor
    here.press("down")
    assert here.console.pane.selection.cursor != before
    here.press("/")
    here.type("mia")
    here.press("enter", "enter")
    assert "DETAILS" in "\n".join(here.paint())
    here.press("escape", "x")
    assert here.said.endswith("x hang up: locked, :unlock")


def test_nobody_acknowledges_in_the_name_of_who_is_gone(here: Desk) -> None:
    left_alone(here)
    for key in "aA":
        here.press(key)
        assert "locked" in here.said
        assert here.console.dialog is None
    assert not [alarm for alarm in here.board.alarms.active() if alarm.acked_by]


def test_a_question_that_stands_when_it_locks_is_void(here: Desk) -> None:
    here.press("4", "x")
    assert here.console.dialog is not None
    left_alone(here)
    assert here.console.dialog is None
    assert "the question is void" in here.said
    here.press("y")
    assert not here.commands


def test_the_key_that_finds_it_locked_answers_nothing(here: Desk) -> None:
    """The machine slept, and the key comes before the second that would have locked."""
    here.press("4", "x")
    here.clock.advance(MINUTES * 60)
    here.key("y", "y")
    assert not here.commands
    assert here.console.dialog is None
    here.clock.advance(MINUTES * 60)
    here.press("t")
    assert here.console.dialog is None


def test_what_is_pasted_into_a_field_that_locks_presses_nothing(here: Desk) -> None:
    here.press("4", "t")
    here.clock.advance(MINUTES * 60)
    here.console.paste("exyq")
    assert here.console.dialog is None
    assert not here.commands
    assert here.console.restraint.resting(here.clock.now())


def test_the_name_typed_unlocks_and_the_key_that_unlocks_does_nothing_else(here: Desk) -> None:
    here.press("4")
    left_alone(here)
    unlock(here, "mïra")
    assert here.said == "unlocked"
    assert not here.commands
    assert here.console.dialog is None
    assert not here.console.panel.details
    here.press("down", "e")
    assert [verb.value for verb, _ in here.sent] == ["listen"]


@pytest.mark.parametrize("name", ["", "mir", "miraa", "unlock"])
def test_nothing_but_the_name_unlocks(here: Desk, name: str) -> None:
    left_alone(here)
    unlock(here, name)
    assert isinstance(here.console.dialog and here.console.dialog.dialog, TypeName)
    here.press("escape", "4", "e")
    assert not here.commands
    assert "locked" in here.said


def test_where_nobody_is_named_the_word_is_typed(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"idle_lock": MINUTES, "operator": ""})
    left_alone(here)
    unlock(here, "Mira")
    assert here.dispatcher.locked
    here.press("escape")
    unlock(here, "unlock")
    assert not here.dispatcher.locked


def test_it_locks_again(here: Desk) -> None:
    left_alone(here)
    unlock(here)
    left_alone(here)
    here.press("4", "e")
    assert not here.commands


# ---- [operator] may ----------------------------------------------------------------------------------------------


def test_the_page_of_sources_says_which_verbs_this_operator_may_use(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.press("0")
    assert "[operator] may" not in "\n".join(here.paint())
    here.dispatcher.allowed = frozenset({Verb.LISTEN, Verb.NOTE, Verb.END})
    assert any("may listen note end ([operator] may)" in line for line in here.paint())
    here.press("q", "4")
    assert "w b t T H p u x c E not in [operator] may" in here.paint()[-1]


def test_what_a_source_can_is_what_its_vendor_can_and_the_operator_may(tmp_path: Path) -> None:
    adapter = desk(tmp_path).adapters["hq"]
    adapter.refused = {Verb.PARK: "no slots"}
    can, cannot = verbs_of(adapter, {Verb.LISTEN, Verb.PARK})
    assert can == "can    listen"
    assert "park: no slots" in cannot
    assert "hangup" in cannot.partition(": not in [operator] may")[0]
