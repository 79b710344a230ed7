"""A key acts only on what is painted, only when a person pressed it, and only once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.names import run
from tests.support.console import Desk, desk
from wallboard.domain.keys import Resource
from wallboard.ui.restraint import REST_SECONDS, RESTING
from wallboard.ui.terminal.gate import KeyGate
from wallboard.view.dialogs import CHOOSER_LINES, Chooser, Confirm


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def test_what_a_paste_drops_is_told_once_with_its_number(here: Desk) -> None:
    here.console.paste("hello ")
    here.console.paste("exy")
    here.clock.advance(0.3)
    here.console.paste("pHT")
    assert here.console.remarks.outcome == ("12 keys dropped: pasted?", "warn")
    assert not here.commands
    assert here.console.dialog is None
    here.clock.advance(2.0)
    here.console.paste("x")
    assert here.console.remarks.outcome[0] == "1 key dropped: pasted?"


# ---- a window without rows ---------------------------------------------------------------------------------------

SMALL = (39, 9)
LETTERS = "xyeHpuwbtTcioQaArnFsSzf/:.+-!?1234567890"


def test_where_neither_row_nor_question_is_painted_nothing_works_but_quit(here: Desk) -> None:
    here.press("4")
    here.paint(*SMALL)
    before = here.console.pane.selection.cursor, here.console.active, here.console.mode
    for key in [*LETTERS, "enter", "escape", "tab", "f2", "f3", "ctrl+p", "space"]:
        here.press(key)
        assert here.console.dialog is None, key
        assert not here.console.filtering
    assert (here.console.pane.selection.cursor, here.console.active, here.console.mode) == before
    assert not here.commands
    assert not [alarm for alarm in here.board.alarms.active() if alarm.acked_by]
    here.press("q")
    assert "Quit? y" in "".join(here.paint(*SMALL))
    here.press("y")
    assert here.asked[-1] == "quit"


def test_a_question_that_the_window_became_too_small_for_is_void(here: Desk) -> None:
    here.press("4", "x")
    assert here.console.dialog is not None
    here.clock.advance(1.0)
    here.paint(*SMALL)
    here.key("y", "y")
    here.paint(120, 40)
    here.key("y", "y")
    assert here.console.dialog is None
    assert not here.commands
    assert "the question is void" in here.said
    here.clock.advance(REST_SECONDS)
    here.press("x")
    assert here.console.dialog is not None, "in a window that is large enough again keys are keys"


# ---- after a refusal ---------------------------------------------------------------------------------------------


def typed(here: Desk, text: str, pace: float = 0.2) -> None:
    """As somebody types who looks at the keyboard."""
    for char in text:
        here.clock.advance(pace)
        here.key("space" if char == " " else char, char)


def test_a_name_typed_into_a_picker_that_did_not_open_does_nothing(here: Desk) -> None:
    here.press("1")
    here.key("T", "T")
    refused = here.said
    typed(here, "anna xtFr:/QH.a")
    assert here.console.dialog is None
    assert not here.commands
    assert not here.console.filtering
    assert not here.asked or "refresh" not in here.asked[-1]
    assert not [alarm for alarm in here.board.alarms.active() if alarm.acked_by]
    assert here.said == f"{refused} · {RESTING}", "and it is said once"


def test_moving_goes_on_after_a_refusal_and_ctrl_c_leads_out(here: Desk) -> None:
    here.press("2")
    here.key("Q", "Q")
    before = here.console.pane.selection.cursor
    here.key("down")
    assert here.console.pane.selection.cursor != before
    here.key("4", "4")
    assert here.console.active is Resource.CALLS
    here.key("enter")
    assert not here.console.panel.open
    here.key("ctrl+c")
    assert isinstance(here.console.dialog and here.console.dialog.dialog, Confirm)


def test_keys_act_again_after_a_second_without_one(here: Desk) -> None:
    here.press("4")
    here.key("Q", "Q")
    typed(here, "xx", 0.9)
    assert here.console.dialog is None, "each letter is waited for anew"
    typed(here, "x", REST_SECONDS)
    assert here.console.dialog is not None


@pytest.mark.anyio
async def test_a_command_that_this_console_refused_is_a_refusal(here: Desk) -> None:
    here.press("4", "H")
    first = here.commands[-1]
    here.dispatcher.submit(replace(first, id="late", asked_at=here.clock.now() - 60))
    while here.started:
        await here.started.pop(0)()
    assert here.console.restraint.resting(here.clock.now())


# ---- moving, and the alarm line ----------------------------------------------------------------------------------


def test_in_a_list_moving_keys_are_no_verbs_and_each_moves_once(here: Desk) -> None:
    here.press(":")
    gate = KeyGate()
    for _ in range(5):
        here.clock.advance(0.4)
        assert gate.accept("down", here.clock.now(), here.console.is_verb("down"))
        here.key("down")
    chooser = here.console.dialog and here.console.dialog.dialog
    assert isinstance(chooser, Chooser)
    assert chooser.mark == 5


def test_a_key_goes_on_while_it_is_held_where_it_moves_and_where_text_is_typed(here: Desk) -> None:
    console = here.console
    assert [key for key in ("j", "down", "4", "H", "z", "enter", "?", "f2", "!") if console.repeats(key)] == [
        "j",
        "down",
        "4",
    ]
    here.press("4", "x")
    assert [key for key in ("y", "x", "down", "enter") if console.repeats(key)] == ["down"]
    here.press("escape", ":")
    assert [key for key in ("y", "x", "backspace", "down", "enter") if console.repeats(key)] == [
        "y", "x", "backspace", "down",
    ]  # fmt: skip


def test_a_list_says_how_much_more_it_holds(here: Desk) -> None:
    here.press(":")
    chooser = here.console.dialog and here.console.dialog.dialog
    assert isinstance(chooser, Chooser)
    count = len(chooser.choices)
    (head,) = [line for line in here.paint(120, 40) if "COMMANDS" in line]
    assert f"↓{count - CHOOSER_LINES}" in head
    here.press(*["down"] * CHOOSER_LINES)
    (head,) = [line for line in here.paint(120, 40) if "COMMANDS" in line]
    assert f"↑1 ↓{count - CHOOSER_LINES - 1}" in head


def test_the_alarm_line_goes_with_the_alarm_key_and_that_one_is_acknowledged_and_named(here: Desk) -> None:
    here.wait(3)
    first = here.console.alarms.shown
    here.press("!", "!")
    second = here.console.alarms.shown
    assert second not in (None, first)
    line = here.console.alarms.line
    assert line is not None
    assert line.sentence == "Sales longest 3:15 > 2:00 and 0/3 ready"
    assert line.sentence in here.paint(160, 50)[1]
    here.wait(3)
    assert here.console.alarms.shown == second, "it stays in the line while it is looked at"
    here.press("a")
    acked = {alarm.id for alarm in here.board.alarms.active() if alarm.acked_by}
    assert acked == {"hq/queue/601:longest", "hq/queue/601:ready"} == set(second.split())
    assert "acknowledged: Sales longest 3:18 > 2:00 and 0/3 ready" in here.said


def test_the_alarm_key_goes_round(here: Desk) -> None:
    here.wait(3)
    alarms = here.console.alarms.lines()
    seen = []
    for _ in range(2 * len(alarms)):
        here.press("!")
        seen.append(here.console.alarms.shown)
    assert seen[: len(alarms)] == seen[len(alarms) :]
    assert len(set(seen)) == len(alarms) > 2


def test_names_typed_where_nobody_takes_them_do_nothing(here: Desk) -> None:
    assert set(run(here, 1_000, seed=7)) == {"refused", "closed", "returned"}
