"""The palette: plain names, letters left out, the recent first; what is typed into it finds a verb and never is one."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.console import Desk, desk
from wallboard.domain.actions import ACTIONS
from wallboard.ui.palette import Palette, plain
from wallboard.view.dialogs import Choice, best


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def opened(here: Desk, text: str = "") -> list[Choice]:
    here.press(":")
    here.type(text)
    dialog = here.console.dialog
    assert dialog is not None
    assert isinstance(dialog.dialog, Palette)
    return dialog.dialog.visible()


def take(here: Desk) -> None:
    here.paint()
    here.clock.advance(1)
    here.press("enter")


def test_it_begins_with_what_can_be_done_with_the_row_by_its_name(here: Desk) -> None:
    here.press("4")
    here.paint()
    texts = [choice.text for choice in opened(here)]
    assert texts[0] == "Listen to Cy Reed"
    assert "Resume Cy Reed" in texts
    assert texts.index("Filter the pane") < texts.index("Queues pane") < texts.index("theme mono")
    assert not any(";" in text or ":" in text for text in texts)


def test_what_cannot_be_done_stands_last_with_its_reason_and_is_not_taken(here: Desk) -> None:
    here.press("2", "j", "j", "j")
    here.paint()
    *_, dim = opened(here, "hold")
    assert (dim.ok, dim.hint) == (False, "no call of its own") or dim.hint
    here.press("escape")
    assert all(choice.ok for choice in opened(here)[:10])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("listn", "call.listen"),
        ("lsten", "call.listen"),
        ("queues", "pane.queues"),
        ("explain", "nav.explain"),
        ("log", "mode.log"),
        ("wall", "mode.wall"),
        ("thmo", "theme mono"),
        ("undo", "row.undo"),
        ("unconf", "mode.unconfirmed"),
        ("quit", "app.quit"),
        ("snze", "alarm.snooze"),
        ("bell", "alarm.bell"),
        ("trnsfr", "call.transfer"),
    ],
)
def test_letters_may_be_left_out(here: Desk, text: str, first: str) -> None:
    here.press("4", "j")
    here.paint()
    assert opened(here, text)[0].value == first


def test_what_was_chosen_lately_stands_first_and_among_equals_too(here: Desk) -> None:
    for text in ("freeze", "zoom"):
        opened(here, text)
        take(here)
    assert [choice.value for choice in opened(here)[:2]] == ["view.zoom", "view.freeze"]
    choices = [Choice("a", "theme one"), Choice("b", "theme two")]
    assert [choice.value for choice in best(choices, "theme", ["b"])] == ["b", "a"]
    assert [choice.value for choice in best(choices, "theme o", ["b"])] == ["a", "b"], "nearer comes before recent"


def test_a_verb_from_the_palette_is_asked_like_its_key(here: Desk) -> None:
    here.press("4", "j")
    here.paint()
    opened(here, "hang up")
    take(here)
    assert here.console.dialog is not None
    assert getattr(here.console.dialog.dialog, "title", "").startswith("HANG UP Mia Sand ↔ Bo Quist")
    assert not here.commands


@given(text=st.text(string.printable[:95], max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_that_is_typed_into_the_palette_or_the_keys_is_a_verb(here: Desk, text: str) -> None:
    here.press("4", "j")
    here.paint()
    for door in (":", "?"):
        here.press(door)
        for char in text:
            here.key("space" if char == " " else char, char)
        here.press("escape")
        assert (here.console.mode, here.console.dialog) == ("board", None)
    assert not here.commands
    assert not any(alarm.acked for alarm in here.board.alarms.listed())


def test_every_action_has_a_plain_name() -> None:
    names = [plain(action) for action in ACTIONS if action.scope == "board" and action.id != "nav.back"]
    assert all(name and name[0].isupper() and len(name) < 60 for name in names)
    assert len(set(names)) == len(names)


# ---- the keys ----------------------------------------------------------------------------------------------------


def test_typing_narrows_the_keys_and_one_step_leads_back(here: Desk) -> None:
    here.press("4", "?")
    here.type("hang")
    lines = here.paint(80, 24)
    assert [line.split()[0] for line in lines[2:] if "hang up" in line] == ["x", "x"]
    assert " 3 of " in lines[-1], "a call-back speaks of an action on this row"
    here.press("enter", "j")
    assert here.console.mode == "help"
    here.press("escape")
    assert here.console.mode == "board"
    here.press("?")
    assert "Queues" not in here.console.keys.filter


def test_letters_may_be_left_out_in_the_list_of_keys_too(here: Desk) -> None:
    here.press("4", "?")
    here.type("listn")
    assert any("listen (eavesdrop)" in line for line in here.paint(80, 24))


def test_the_keys_are_scrolled_while_they_are_filtered(here: Desk) -> None:
    here.press("?")
    here.paint(80, 24)
    here.press("pagedown")
    assert here.console.modes.scroll["help"] > 0
