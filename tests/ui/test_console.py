"""The console under the fingers of a supervisor: every key does something or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, RESPONDERS, Desk, desk, member
from wallboard.config import keymap
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Member, ParkedCall, Phone, Queue, Row
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus
from wallboard.ui.modes import BOARD, SOURCES, WALL
from wallboard.view.dialogs import Confirm, Prompt, TypeName
from wallboard.view.picker import Picker
from wallboard.view.which import Which


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def dialog(here: Desk) -> object:
    return None if here.console.dialog is None else here.console.dialog.dialog


def cursor(here: Desk) -> str:
    key = here.console.pane.selection.cursor
    return key.id if isinstance(key, Key) else ""


async def run(here: Desk) -> None:
    """Let what was submitted reach the vendor."""
    while here.started:
        await here.started.pop(0)()


def everything(here: Desk) -> object:
    """All that a person could notice."""
    console = here.console
    selection = console.pane.selection
    shown = tuple(here.paint(120, 40)), tuple(here.paint(80, 24))
    return (
        shown, console.mode, console.active, console.remarks.outcome,
        selection.cursor, selection.marks, selection.frozen,
        tuple(here.asked), len(here.commands), dialog(here) is None,
    )  # fmt: skip


PREPARED: dict[str, Callable[[Desk], None]] = {
    "nav.up": lambda here: here.press("2", "j"),
    "nav.top": lambda here: here.press("2", "G"),
    "nav.page_up": lambda here: here.press("2", "G"),
    "nav.back": lambda here: here.press("enter"),
    "pane.queues": lambda here: here.press("2"),
    "call.end": lambda here: here.press("2"),
}


@pytest.mark.parametrize(
    "action", [each.id for each in keymap.ACTIONS if each.scope == "board" and not each.id.startswith("replay.")]
)
def test_every_action_does_something_that_is_seen_or_says_why_not(here: Desk, action: str) -> None:
    prepare = PREPARED.get(action)
    if prepare is None:
        here.press("2")
    else:
        prepare(here)
    before = everything(here)
    keys = keymap.BY_ID[action].keys
    here.press(keys[0]) if keys else here.console.run(action)
    assert everything(here) != before


@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5", "6", "7", "8"])
def test_a_verb_on_any_pane_asks_sends_or_says_why_not(here: Desk, pane: str) -> None:
    here.press(pane)
    for action in keymap.ACTIONS:
        if not action.acts:
            continue
        here.console.remarks.say("")
        before = len(here.commands)
        here.press(action.keys[0])
        assert dialog(here) is not None or len(here.commands) > before or here.said, action.id
        if pane in "678":
            assert not here.commands, "there is no row on these"
        here.press("escape")


# ---- home --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["j", "k", "G", "enter", "space", "tab", "1", "/"])
def test_the_first_key_in_a_pane_gives_it_a_cursor(here: Desk, key: str) -> None:
    assert not cursor(here)
    assert "nothing selected" in "".join(here.paint())
    here.press(key)
    order = here.console.pane.order()
    assert here.console.pane.selection.cursor == (order[-1] if key == "G" else order[0]) or key == "/"
    here.press("s" if key == "/" else "escape")
    assert cursor(here)


@pytest.mark.parametrize(
    "verb", [action.keys[0] for action in keymap.ACTIONS if action.acts and action.id != "notice.publish"]
)
def test_a_verb_where_nothing_is_selected_does_nothing_but_select_and_say_so(here: Desk, verb: str) -> None:
    here.press(verb)
    assert (dialog(here), here.commands) == (None, [])
    assert here.said
    assert cursor(here) or "none was selected" not in here.said


def test_a_pane_goes_home_after_a_minute_untouched_but_not_while_its_details_are_read(here: Desk) -> None:
    here.press("2", "j", "enter")
    second = cursor(here)
    for _ in range(90):
        here.wait(1)
    assert cursor(here) == second
    here.press("escape")
    here.wait(59)
    assert cursor(here) == second
    here.wait(2)
    assert not cursor(here)
    assert not any("▌" in line for line in here.paint())


# ---- back, and out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["escape", "q"])
def test_one_step_back_at_a_time_dialog_details_zoom_filter(here: Desk, key: str) -> None:
    here.press("2", "/")
    here.type("sales")
    here.press("enter", "z", "enter", "x")
    console = here.console
    assert isinstance(dialog(here), Confirm)
    here.press(key)
    assert dialog(here) is None
    assert (console.panel.details, console.panes.zoomed, console.pane.selection.filter) == (True, True, "sales")
    here.press(key)
    assert (console.panel.details, console.panes.zoomed, console.pane.selection.filter) == (False, True, "sales")
    here.press(key)
    assert (console.panes.zoomed, console.pane.selection.filter) == (False, "sales")
    here.press(key)
    assert console.pane.selection.filter == ""
    here.press(key)
    assert isinstance(dialog(here), Confirm) == (key == "q"), "only q leaves the bare board, and asks"
    assert not here.commands


def test_quitting_asks_and_goes_with_y_alone(here: Desk) -> None:
    here.press("q", "n")
    assert "quit" not in here.asked
    here.press("ctrl+c", "y")
    assert here.asked[-1] == "quit"


def test_the_quit_question_names_a_running_listen(here: Desk) -> None:
    leg = Call(
        Key(HQ, Kind.CALL, "leg"), clean("2001"), Direction.INTERNAL, clean("2001"), state=CallState.TALKING,
        started_at=NOW - 41, answered_at=NOW - 41, mine=True, spying=clean("Bo Quist"),
    )  # fmt: skip
    here.read({(HQ, Resource.CALLS): (*here.lists[HQ, Resource.CALLS], leg)})
    here.press("q")
    assert any("your listen goes on until you hang up" in line for line in here.paint(80, 24))


def test_in_wall_mode_q_returns_to_the_board_and_asks_nothing(here: Desk) -> None:
    here.press("f2")
    assert here.console.mode == WALL
    here.press("q")
    assert (here.console.mode, dialog(here)) == (BOARD, None)


@pytest.mark.parametrize("mode", ["f2", "f3", "f4", "f6", "?"])
def test_no_verb_runs_where_no_row_is_seen(here: Desk, mode: str) -> None:
    here.press("2", mode)
    for action in keymap.ACTIONS:
        if action.acts:
            here.press(action.keys[0])
    assert dialog(here) is None
    assert not here.commands


@pytest.mark.parametrize("mode", [("f2",), ("f3",), ("f4",), ("f6",), ("?", "enter")], ids=" ".join)
def test_the_palette_runs_no_verb_where_no_row_is_seen(here: Desk, mode: tuple[str, ...]) -> None:
    here.press("2", *mode, ":")
    here.type("call.hold")
    here.clock.advance(1)
    here.press("enter")
    assert not here.commands
    assert dialog(here) is None
    assert here.console.mode == BOARD


def test_a_question_is_never_asked_on_the_wall_where_no_line_shows_it(here: Desk) -> None:
    here.press("f2", ":")
    assert any("COMMANDS" in line for line in here.paint(80, 24))


def test_the_palette_runs_what_it_finds_and_changes_the_theme(here: Desk) -> None:
    here.press(":")
    here.type("theme mono")
    here.clock.advance(1)
    here.press("enter")
    assert here.asked[-1] == "theme mono"
    here.press("ctrl+p")
    here.type("zoom the pane")
    here.clock.advance(1)
    here.press("enter")
    assert here.console.panes.zoomed


def test_the_palette_takes_the_beginnings_of_words(here: Desk) -> None:
    here.press(":")
    here.type("thmo")
    here.clock.advance(1)
    here.press("enter")
    assert here.asked[-1] == "theme mono"


# ---- panes and alarms --------------------------------------------------------------------------------------------


def test_a_pane_is_entered_at_its_old_cursor_and_its_number_again_is_its_worst_row(here: Desk) -> None:
    here.press("2", "j", "j", "1", "2")
    assert cursor(here) == "m3"
    here.press("2")
    assert cursor(here) == "m1"


def test_the_worst_row_is_the_most_urgent_whatever_the_order(here: Desk) -> None:
    here.press("1", "s", "S", "j")
    assert cursor(here) != "601"
    here.press("1")
    assert cursor(here) == "601"


def test_the_alarm_key_cycles_and_escape_returns(here: Desk) -> None:
    here.press("2", "j")
    seen = []
    for _ in range(len(here.console.alarms.lines())):
        here.press("!")
        seen.append((here.console.active, cursor(here)))
        here.clock.advance(1)
    assert seen[0] == (Resource.HOTLINES, "312"), "the alarm of the alarm line comes first"
    assert seen[1] == (Resource.QUEUES, "601"), "then the next red one"
    assert {(Resource.QUEUES, "602"), (Resource.AGENTS, "di")} <= set(seen[2:])
    here.press("escape")
    assert (here.console.active, cursor(here)) == (Resource.MEMBERS, "m2")


def test_after_five_seconds_it_starts_again_with_the_alarm_in_the_line(here: Desk) -> None:
    here.press("!")
    here.wait(6)
    here.press("1", "!")
    assert here.console.active is Resource.HOTLINES


def test_going_to_a_pane_forgets_where_the_alarm_key_came_from(here: Desk) -> None:
    here.press("2", "!", "4", "escape")
    assert here.console.active is Resource.CALLS


def test_a_jump_to_a_row_that_a_filter_hides_clears_the_filter(here: Desk) -> None:
    here.press("5", "/")
    here.type("mountain")
    here.press("enter", "1", "!")
    assert cursor(here) == "312"
    assert here.console.pane.selection.filter == ""


def test_acknowledging_takes_the_alarm_of_the_line_once(here: Desk) -> None:
    here.press("a")
    assert here.said == "alarm acknowledged: Water rescue error for 6 min, asked open"
    here.press("a")
    assert here.said == "another alarm is in the line, press again", "the next one has not been read yet"
    acked = [alarm for alarm in here.board.alarms.active() if alarm.acked_by]
    assert [(alarm.source, alarm.acked_by) for alarm in acked] == [(RESPONDERS, "Mira")]
    here.wait(1)
    assert "Sales" in here.paint(80, 24)[1]


def test_acknowledging_all_asks_and_spares_what_came_up_meanwhile(here: Desk) -> None:
    here.wait(2)
    here.press("A")
    assert isinstance(dialog(here), Confirm)

    def late(row: Row) -> Row:
        return replace(row, joined_at=NOW - 700) if isinstance(row, Member) and row.key.id == "m3" else row

    before = {alarm.id for alarm in here.board.alarms.active()}
    here.clock.advance(1)
    here.change(HQ, Resource.MEMBERS, late)
    here.console.tick()
    here.press("y")
    assert not [alarm for alarm in here.board.alarms.active() if alarm.id in before and not alarm.acked_by]
    assert here.said == f"{len(before)} alarms acknowledged"


def test_a_new_alarm_waits_two_seconds_and_never_takes_the_line_under_a_question(here: Desk) -> None:
    here.press("a")
    here.wait(1)
    shown = here.console.alarms.shown
    here.press("2", "x")
    here.wait(30)
    assert here.console.alarms.shown == shown


def test_the_alarm_of_a_whole_source_leads_to_that_source_and_back(here: Desk) -> None:
    calm(here)
    failing = FeedStatus(
        RESPONDERS, Resource.PHONES, "", 5.0, 8.0, last_ok=NOW - 400, failures=4, cause="server error 502"
    )
    here.board.status(failing)
    here.wait(1)
    here.press("2", "!")
    assert here.console.mode == SOURCES
    marked = [line for line in here.paint(120, 40) if line.startswith("▌")]
    assert len(marked) == 1
    assert "phones" in marked[0]
    assert "server error 502" in marked[0]
    here.press("escape")
    assert (here.console.mode, here.console.active) == (BOARD, Resource.MEMBERS)


def calm(here: Desk) -> None:
    """Leave no alarm but those that data losses raise."""
    for source, resource in list(here.lists):
        if resource in (Resource.QUEUES, Resource.MEMBERS, Resource.HOTLINES, Resource.AGENTS):
            here.read({(source, resource): ()})


# ---- panes 6 to 8 and my phone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120, 160])
def test_a_parked_call_announces_itself_on_the_board(here: Desk, width: int) -> None:
    assert not any("8 Parked" in line for line in here.paint(width, 40))
    parked = ParkedCall(Key(HQ, Kind.PARKED, "p1"), clean("702"), clean("Kai Roth"), returns_at=NOW + 108)
    here.read({(HQ, Resource.PARKED): (parked,)})
    (line,) = [line for line in here.paint(width, 40) if "8 Parked" in line]
    assert "8 Parked 1: 702 returns 1:47" in line
    here.press("8")
    assert not any("8 Parked 1: 702" in line for line in here.paint(width, 40)), "open, it needs no announcement"


@pytest.mark.parametrize(
    ("state", "registered", "word"),
    [
        (None, True, "2001 ● idle"),
        (None, False, "2001 ▲ not registered"),
        (CallState.RINGING, True, "2001 ◐ ringing"),
        (CallState.TALKING, True, "2001 ◆ on a call"),
    ],
)
def test_the_header_says_what_my_phone_does(here: Desk, state: CallState | None, registered: bool, word: str) -> None:
    phone = Phone(Key(HQ, Kind.PHONE, "136"), clean("Mira"), clean("2001"), registered)
    lists: dict[tuple[str, Resource], tuple[Row, ...]] = {(HQ, Resource.PHONES): (phone,)}
    if state is not None:
        leg = Call(Key(HQ, Kind.CALL, "own"), clean("2001"), Direction.IN, state=state, started_at=NOW, mine=True)
        lists[HQ, Resource.CALLS] = (*here.lists[HQ, Resource.CALLS], leg)
    here.read(lists)
    assert f"my phone {word}" in here.paint(160, 40)[0]


# ---- moving ------------------------------------------------------------------------------------------------------


def test_a_page_is_what_the_pane_shows(here: Desk) -> None:
    many = tuple(member(f"x{n:02}", "601", "Sales", MemberState.WAITING, 90 - n, f"Caller {n}", "1") for n in range(60))
    here.read({(HQ, Resource.MEMBERS): many})
    here.press("2", "g")
    here.paint(80, 24)
    page = here.console.pane.lines - 1
    here.press("pagedown")
    assert cursor(here) == f"x{page:02}"
    here.press("pageup")
    assert cursor(here) == "x00"


def test_while_i_move_in_one_pane_the_order_stands_still_in_all(here: Desk) -> None:
    calls = here.console.panes[Resource.CALLS]
    before = calls.selection.order
    here.press("2", "j")

    def later(row: Row) -> Row:
        return replace(row, answered_at=NOW - 900) if isinstance(row, Call) and row.key.id == "c1" else row

    here.change(HQ, Resource.CALLS, later)
    assert calls.selection.order == before
    here.wait(2)
    assert calls.selection.order != before


def test_coming_to_a_pane_whose_row_ended_unseen_puts_the_cursor_on_its_worst_row(here: Desk) -> None:
    here.drop(Key(HQ, Kind.MEMBER, "m1"))
    here.wait(31)
    assert here.console.panes[Resource.MEMBERS].selection.cursor is None
    here.press("2")
    assert cursor(here) == "m2"


# ---- filter, find, sort, freeze ----------------------------------------------------------------------------------


def test_a_filter_works_with_every_letter_and_moves_the_cursor_to_a_match(here: Desk) -> None:
    here.press("2", "/")
    shown = []
    for letter in "ben":
        here.press(letter)
        shown.append(len(here.console.pane.selection.order))
    assert shown[-1] == 1
    assert cursor(here) == "m3"
    here.press("enter", "j")
    assert here.console.pane.selection.filter == "ben"
    here.press("/", "escape")
    assert len(here.console.pane.selection.order) == 4


def test_find_jumps_and_hides_nothing(here: Desk) -> None:
    here.press("F")
    here.type("water")
    here.clock.advance(1)
    here.press("enter")
    assert (here.console.active, cursor(here)) == (Resource.HOTLINES, "312")
    assert len(here.console.pane.selection.order) == 2
    assert not here.console.pane.selection.filter


def test_the_order_ends_its_freeze_by_itself(here: Desk) -> None:
    here.press("f")
    assert "order frozen" in here.paint()[0]
    here.wait(121)
    assert "order frozen" not in here.paint()[0]


def test_marks_move_on(here: Desk) -> None:
    here.press("2", "space", "space")
    assert {key.id for key in here.console.pane.selection.marks if isinstance(key, Key)} == {"m1", "m2"}
    assert cursor(here) == "m3"


def test_refresh_says_what_it_costs(here: Desk) -> None:
    here.press("r")
    assert here.asked[-1] == "refresh"
    assert here.said == "asked all sources: 9 requests"


# ---- text --------------------------------------------------------------------------------------------------------


def test_a_paste_goes_into_fields_and_nowhere_else(here: Desk) -> None:
    here.press("2")
    here.console.paste("xy")
    assert dialog(here) is None
    here.press("x")
    here.clock.advance(1)
    here.console.paste("y")
    assert isinstance(dialog(here), Confirm), "a paste answers no question"
    here.press("n", "/")
    here.console.paste("eve lund\n")
    assert here.console.pane.selection.filter == "eve lund"
    assert not here.commands


def test_a_paste_marks_no_line_of_a_list_and_answers_no_picker(here: Desk) -> None:
    here.press("3", "j", "j", "j", "j", "i")
    which = dialog(here)
    assert isinstance(which, Which)
    here.console.paste("2q")
    assert dialog(here) is which
    assert which.field_.text == "2q"
    assert which.found() == []
    here.clock.advance(1)
    here.press("enter")
    assert here.commands == []
    here.press("escape", "2", "t")
    here.console.paste("4711")
    picks = dialog(here)
    assert isinstance(picks, Picker)
    assert picks.field_.text == "4711"
    here.clock.advance(1)
    here.press("enter")
    here.clock.advance(1)
    here.console.paste("y")
    assert not here.commands


@pytest.mark.anyio
async def test_a_note_stays_on_the_row_and_is_journalled(here: Desk, tmp_path: Path) -> None:
    here.press("2", "n")
    assert isinstance(dialog(here), Prompt)
    here.type("asks for Bo")
    here.press("enter")
    await run(here)
    assert here.said.endswith("noted")
    here.press("enter")
    assert any("note     asks for Bo" in line for line in here.paint(80, 24))
    assert "asks for Bo" in (tmp_path / "audit.jsonl").read_text()


# ---- outcomes ----------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_became_of_it_is_said_in_the_line_on_the_row_and_in_the_log(here: Desk) -> None:
    here.press("2", "j", "j", "j", "e")
    assert here.sent == [(Verb.LISTEN, "m4")]
    await run(here)
    assert [command.verb for command in here.adapters[HQ].performed] == [Verb.LISTEN]
    assert here.said.startswith("listen to Mia Sand: ")
    assert any("listen to Mia Sand" in entry.text for entry in here.console.remarks.entries)
    here.press("f3")
    assert any("listen to Mia Sand" in line for line in here.paint(80, 24))


def test_a_sentence_leaves_its_row_after_a_while(here: Desk) -> None:
    row = here.lists[HQ, Resource.MEMBERS][0]
    command = Command(new_id(), Verb.PARK, here.dispatcher.target(row))
    here.console.outcomes.heard(Outcome(command, Phase.CONFIRMED, "confirmed by its slot", here.clock.now(), True))
    here.console.tick()
    here.press("2")
    assert any("confirmed by its slot" in line for line in here.paint()[3:5])
    here.wait(20)
    assert not any("confirmed by its slot" in line for line in here.paint()[3:5])


def test_a_remark_gives_way_to_the_last_outcome(here: Desk) -> None:
    command = Command(new_id(), Verb.PARK, here.dispatcher.target(here.lists[HQ, Resource.MEMBERS][0]))
    here.console.outcomes.heard(Outcome(command, Phase.CONFIRMED, "confirmed by its slot", here.clock.now(), True))
    here.press("2", "s")
    assert here.said == "Members by wait"
    here.wait(9)
    assert here.said.startswith("last: ")
    assert here.said.endswith("confirmed by its slot")


def test_a_row_that_ended_is_named_with_its_age_and_what_still_works(here: Desk) -> None:
    here.press("2")
    here.drop(Key(HQ, Kind.MEMBER, "m1"))
    here.wait(3)
    assert any("ended 3s ago · details, note and call-back still work" in line for line in here.paint(120, 36))


def test_details_of_a_row_that_ended_say_so_and_tell_it_as_it_was(here: Desk) -> None:
    here.press("2", "enter")
    row = here.board.row(Key(HQ, Kind.MEMBER, "m1"))
    assert row is not None
    here.drop(row.key)
    here.wait(2)
    (first,) = [line for line in here.paint(120, 36) if "caller " in line and "waiting" in line]
    here.wait(7)
    page = here.paint(120, 36)
    assert any("ended" in line and "9s ago; what follows is as it was then" in line for line in page)
    assert first in page, "no clock of it runs on"


def test_a_list_without_a_row_says_that_there_is_nothing_to_open(here: Desk) -> None:
    here.press("8", "enter")
    assert here.said == "nothing selected; move to a row first"


def test_an_alarm_that_ends_is_logged_in_words(here: Desk) -> None:
    def calm(row: Row) -> Row | None:
        return None if isinstance(row, Member) and row.state is not MemberState.TALKING else row

    def quiet(row: Row) -> Row:
        return replace(row, waiting=0, ringing=0) if isinstance(row, Queue) else row

    here.change(HQ, Resource.MEMBERS, calm)
    here.change(HQ, Resource.QUEUES, quiet)
    here.wait(10)
    here.wait(10)
    over = [entry.text for entry in here.console.remarks.entries if entry.text.startswith("over: ")]
    assert any("longest" in text for text in over)


def test_pausing_a_hotline_takes_its_name(here: Desk) -> None:
    here.press("5", "j", "o")
    assert isinstance(dialog(here), TypeName)
    here.type("Mountain rescue")
    here.press("enter")
    assert here.sent == [(Verb.CLOSE, "311")]


def test_a_journal_that_cannot_be_written_is_told_before_anyone_acts(here: Desk) -> None:
    assert "NO JOURNAL" not in here.paint()[0]
    here.console.dispatcher._ledger._journal.problem = "the action journal cannot be written: no space left"
    here.wait(1.0)
    assert "NO JOURNAL, NO ACTIONS" in here.paint()[0]


def test_a_source_that_fails_its_first_connect_says_why_in_the_header_and_in_the_log(tmp_path: Path) -> None:
    here = desk(tmp_path, empty=True)
    assert "sources 0/3: 3 ○ connecting" in here.paint()[0]
    here.board.status(FeedStatus(HQ, Resource.CALLS, "", 4, 8, failures=1, cause="connection refused"))
    here.clock.advance(1)
    here.console.tick()
    assert "sources 0/3: hq ■ down: connection refused, 2 ○ connecting" in here.paint()[0]
    assert "sources 0/3: hq ■ down, 2 ○ connecting" in here.paint(120, 36)[0]
    assert [entry.text for entry in here.console.remarks.entries if entry.what == "state"] == [
        "hq is down: calls no data yet: connection refused"
    ]
