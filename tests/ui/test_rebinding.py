"""Keys of questions that are other ones: the lines name them (`test_app.py` moves every key)."""

from __future__ import annotations

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
