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


def test_what_is_taken_by_another_key_is_not_taken_by_its_old_one_and_the_lines_name_it(tmp_path: Path) -> None:
    rebound = {"dialog.enter": ("f9",), "dialog.down": ("f7",)}
    here = desk(tmp_path, settings={"actions": keymap.bound(rebound)})
    here.press(":", *"again")
    here.clock.advance(1.0)
    assert any("f9 take" in line for line in here.paint(160, 50))
    before = here.paint(160, 50)
    here.press("down")
    assert here.paint(160, 50) == before
    here.press("enter")
    assert here.console.dialog is not None
    here.press("f7")
    assert here.paint(160, 50) != before
    here.clock.advance(1.0)
    here.press("f9")
    assert here.console.dialog is None
    here.press("4", "x", "enter")
    assert (here.console.dialog, here.sent) == (None, []), "any other key leaves a question"
    assert [here.console.repeats(key) for key in ("enter", "j", "x")] == [False, True, False]
    here.press("/")
    assert [here.console.repeats(key) for key in ("f9", "enter", "x")] == [False, True, True], "held, it acts once"
