"""Every key that is listed can be another one: those of questions and of the picker too."""

from __future__ import annotations

import string
from pathlib import Path

from tests.support.console import desk
from wallboard.config import keymap
from wallboard.domain.verbs import Verb


def test_a_question_is_answered_by_the_key_that_was_chosen_and_by_no_other(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"actions": keymap.bound({"dialog.yes": ("j",)})})
    here.press("2", "x")
    here.clock.advance(0.5)
    assert any("j do it" in line for line in here.paint(160, 50))
    here.press("y")
    assert (here.console.dialog, here.sent) == (None, [])
    here.clock.advance(1.5)
    here.press("x")
    here.clock.advance(0.5)
    here.press("j")
    assert here.sent == [(Verb.HANGUP, "m1")]


def test_the_picker_changes_to_attended_by_the_key_that_was_chosen(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"actions": keymap.bound({"picker.attended": ("f5",)})})
    here.press("4", "j", "t", "tab")
    painted = "".join(here.paint(160, 50))
    assert "BLIND TRANSFER" in painted
    assert "f5 attended" in painted
    here.press("f5")
    assert any("ATTENDED TRANSFER" in line for line in here.paint(160, 50))


def test_every_listed_key_moves(tmp_path: Path) -> None:
    """Each action on another key, and none on its own: what the key then does is what the action did."""
    modifiers = ("alt", "ctrl+alt", "alt+shift")
    free = [f"{modifier}+{letter}" for modifier in modifiers for letter in string.ascii_lowercase]
    board = [action for action in keymap.ACTIONS if action.scope == "board"]
    rebound = {action.id: (key,) for action, key in zip(board, free, strict=False)}
    here = desk(tmp_path, settings={"actions": keymap.bound(rebound)})
    assert len(rebound) == len(board)
    here.press(*rebound["pane.calls"])
    assert here.console.active.value == "calls"
    here.press("1", "2", "x", "q", "e")
    assert (here.console.active.value, here.commands, here.console.dialog) == ("calls", [], None)
    here.press(*rebound["mode.log"])
    assert here.console.mode == "log"
    here.press(*rebound["nav.back"])
    assert here.console.mode == "board"
