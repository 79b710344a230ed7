"""The log: a cursor that stays on its line, a filter, the way to what a line is about; the list of alarms likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, RESPONDERS, Desk, desk
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.text import clean
from wallboard.ui.modes import ALARMS, BOARD, LOG, SOURCES


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    made.console.remarks.entries.clear()
    for number in range(60):
        made.console.remarks.log("state", f"line {number}")
    made.press("9")
    made.paint(80, 24)
    return made


def page(here: Desk) -> list[str]:
    return here.paint(80, 24)[2:-2]


def under(here: Desk) -> str:
    """What the cursor of the log stands on, whole."""
    return " ".join(line[17:].strip() for line in page(here) if line.startswith("▌"))


def keys(here: Desk, *wanted: str) -> None:
    """Keys with a frame after each, as a person presses them."""
    for key in wanted:
        here.press(key)
        here.paint(80, 24)


def done(here: Desk, verb: Verb, key: Key, phase: Phase, ending: str, **args: str) -> Command:
    """An action that ended so, as the dispatcher tells it."""
    row = here.board.row(key)
    assert row is not None
    command = Command(new_id(), verb, here.dispatcher.target(row), None, tuple(args.items()))
    here.board.pend(command.id, key)
    here.console.outcomes.heard(Outcome(command, Phase.REQUESTED, "requested", here.clock.now()))
    here.board.settle(command.id, phase.value)
    here.console.outcomes.heard(Outcome(command, phase, ending, here.clock.now(), True))
    return command


# ---- the cursor --------------------------------------------------------------------------------------------------


def test_until_a_key_moves_it_the_log_follows_what_happens(here: Desk) -> None:
    assert under(here) == ""
    here.console.remarks.log("state", "news")
    assert "news" in page(here)[-1]


def test_the_cursor_stays_on_its_line_while_others_come_and_says_how_many(here: Desk) -> None:
    keys(here, "k", "k", "k", "k")
    before = page(here)
    assert under(here) == "line 56"
    for number in range(4):
        here.console.remarks.log("state", f"news {number}")
    assert page(here)[1:] == before[1:], "nothing moves under the eye"
    assert "57/64   4 newer" in page(here)[0]
    keys(here, "G")
    assert under(here) == ""
    assert "news 3" in page(here)[-1]


@pytest.mark.parametrize(
    ("moves", "line"),
    [
        (("k",), 59),
        (("k", "k", "j"), 59),
        (("j", "up", "up"), 57),
        (("g",), 0),
        (("g", "j", "down"), 2),
        (("pageup",), 40),
        (("pageup", "pagedown"), 59),
        (("pageup", "pageup", "pageup", "pageup"), 0),
        (("g", "pagedown"), 19),
    ],
)
def test_the_cursor_moves_by_lines_and_pages_and_is_always_in_sight(
    here: Desk, moves: tuple[str, ...], line: int
) -> None:
    keys(here, *moves)
    assert under(here) == f"line {line}"


def test_the_page_moves_only_where_the_cursor_would_leave_it(here: Desk) -> None:
    keys(here, "k")
    before = page(here)[1:]
    keys(here, "k", "k")
    assert [line[1:] for line in page(here)[1:]] == [line[1:] for line in before]


def test_a_line_that_fell_off_the_end_of_the_log_lets_the_cursor_go(here: Desk) -> None:
    keys(here, "g")
    for number in range(2000):
        here.console.remarks.log("state", f"news {number}")
    assert "news 1999" in page(here)[-1]
    keys(here, "k")
    assert under(here) == "news 1999"


# ---- the filter --------------------------------------------------------------------------------------------------


def test_a_filter_narrows_the_log_as_it_is_typed_and_types_no_key(here: Desk) -> None:
    here.press("/")
    here.type("line 5")
    assert 'LOG 15 of 60 "line 5"' in page(here)[0]
    assert "filter log: line 5_" in here.paint(80, 24)[-1]
    keys(here, "enter", "k", "k")
    assert under(here) == "line 58"
    keys(here, "escape")
    assert here.console.mode == LOG, "one step back: the filter"
    assert "LOG alarms" in page(here)[0]
    keys(here, "escape")
    assert here.console.mode == BOARD


def test_the_filter_is_gone_when_the_log_is_opened_again(here: Desk) -> None:
    keys(here, "/", "x", "enter", "9", "9")
    assert "LOG alarms" in page(here)[0]


def test_arrows_move_while_the_filter_is_typed(here: Desk) -> None:
    here.press("/")
    here.type("line")
    here.paint(80, 24)
    keys(here, "up", "up")
    assert under(here) == "line 58"


# ---- to what it is about -----------------------------------------------------------------------------------------


def test_enter_goes_to_the_row_with_its_details_and_escape_comes_back(here: Desk) -> None:
    done(here, Verb.SIGNOUT, Key(HQ, Kind.AGENT, "jo"), Phase.CONFIRMED, "confirmed")
    page(here)
    keys(here, "enter")
    assert here.console.mode == BOARD
    assert here.console.active is Resource.AGENTS
    assert here.console.pane.selection.cursor == Key(HQ, Kind.AGENT, "jo")
    keys(here, "escape", "escape")
    assert here.console.mode == LOG


def test_who_comes_back_from_a_row_finds_the_log_as_it_was(here: Desk) -> None:
    done(here, Verb.SIGNOUT, Key(HQ, Kind.AGENT, "jo"), Phase.CONFIRMED, "confirmed")
    here.press("/")
    here.type("jo alder")
    here.paint(80, 24)
    keys(here, "enter", "k", "enter", "escape", "escape")
    assert 'LOG 1 of 61 "jo alder"' in page(here)[0]
    assert under(here).startswith("sign out Jo Alder: confirmed")


def test_a_row_that_is_gone_is_said_to_be(here: Desk) -> None:
    done(here, Verb.HANGUP, Key(HQ, Kind.CALL, "c1"), Phase.CONFIRMED, "confirmed")
    here.drop(Key(HQ, Kind.CALL, "c1"))
    page(here)
    keys(here, "enter")
    assert here.console.mode == LOG
    assert here.said == "call c1 is gone"


def test_a_line_about_a_source_leads_to_it(here: Desk) -> None:
    here.console.remarks.log("state", "hq is late", "stale", (Key(HQ, Kind.SOURCE, HQ),))
    page(here)
    keys(here, "enter")
    assert here.console.mode == SOURCES
    assert any(line.startswith("▌") and "hq" in line for line in here.paint(80, 24))


def test_what_was_painted_is_what_enter_goes_to(here: Desk) -> None:
    done(here, Verb.SIGNOUT, Key(HQ, Kind.AGENT, "jo"), Phase.CONFIRMED, "confirmed")
    page(here)
    here.console.remarks.log("state", "responders is late", "stale", (Key(RESPONDERS, Kind.SOURCE, RESPONDERS),))
    keys(here, "enter")
    assert here.console.pane.selection.cursor == Key(HQ, Kind.AGENT, "jo")


def test_alarms_and_notices_lead_to_their_rows(tmp_path: Path) -> None:
    here = desk(tmp_path)
    keys(here, "9", "/")
    here.type("water rescue error")
    here.paint(80, 24)
    keys(here, "enter", "enter")
    assert here.console.pane.selection.cursor == Key(RESPONDERS, Kind.HOTLINE, "312")


# ---- unconfirmed -------------------------------------------------------------------------------------------------


def open_unconfirmed(here: Desk) -> None:
    here.press("escape", ":")
    here.type("unconfirmed")
    here.clock.advance(1)
    keys(here, "enter")


def test_what_is_unconfirmed_can_be_looked_at(here: Desk) -> None:
    done(here, Verb.HANGUP, Key(HQ, Kind.CALL, "c1"), Phase.UNKNOWN, "unknown: no answer")
    done(here, Verb.HANGUP, Key(HQ, Kind.CALL, "c3"), Phase.CONFIRMED, "confirmed by the list")
    assert "1 unconfirmed" in " ".join(here.paint(160)[-2:])
    open_unconfirmed(here)
    assert 'LOG 1 of 62 "unconfirmed"' in page(here)[0]
    assert "hang up" in page(here)[1]
    assert "unknown: no answer" in page(here)[1]


def test_an_action_counts_as_unconfirmed_until_it_has_its_ending_and_with_its_last_line(here: Desk) -> None:
    row = here.board.row(Key(HQ, Kind.CALL, "c1"))
    assert row is not None
    command = Command(new_id(), Verb.HANGUP, here.dispatcher.target(row))
    here.board.pend(command.id, row.key)
    for phase in (Phase.SENT, Phase.ACCEPTED):
        here.console.outcomes.heard(Outcome(command, phase, phase.value, NOW))
    open_unconfirmed(here)
    assert [line for line in page(here)[1:] if line.strip()] == [line for line in page(here) if "accepted" in line]
    here.board.settle(command.id, "confirmed")
    assert 'LOG 0 of 62 "unconfirmed"' in page(here)[0]


# ---- alarms ------------------------------------------------------------------------------------------------------


def test_the_list_has_every_alarm_whatever_became_of_it(tmp_path: Path) -> None:
    here = desk(tmp_path)
    book = here.board.alarms
    first, second, third, *_ = [alarm for alarm in book.listed() if alarm.object != "Water rescue"]
    assert book.acknowledge(first.id, "Mira")
    assert book.snooze(second.id, "Mira", 900.0)
    here.press("f5")
    text = "\n".join(here.paint(160, 40))
    for alarm in book.listed():
        assert alarm.text in text
    assert "acked Mira" in text
    assert "snoozed" in text
    assert third.state == "active"


def test_a_filter_narrows_the_list_of_alarms_and_what_all_of_them_are(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.clock.advance(2)
    keys(here, "f5", "/")
    here.type("sales")
    lines = here.paint(120, 24)
    assert 'ALARMS 1 of 5 "sales"' in lines[2]
    assert not any("Water" in line for line in lines[3:-2])
    assert any(line.startswith("▌") and "Sales" in line for line in lines), "the cursor goes to the first match"
    here.press("enter", "A")
    here.clock.advance(1)
    keys(here, "y")
    assert {alarm.object for alarm in here.board.alarms.listed() if alarm.acked} == {"Sales"}
    keys(here, "escape")
    assert here.console.mode == ALARMS
    assert any("Water" in line for line in here.paint(120, 24)[3:-2])


def test_outside_the_list_all_alarms_are_all(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.clock.advance(2)
    keys(here, "f5", "/", "z", "z", "enter", "1", "A")
    here.clock.advance(1)
    keys(here, "y")
    assert all(alarm.acked for alarm in here.board.alarms.listed())


def test_hostile_text_in_the_log_is_filtered_as_it_is_shown(here: Desk) -> None:
    here.console.remarks.log("state", clean("evil \x1b]52;c;aGk=\x07 \u202ename"))
    here.press("/")
    here.type("evil")
    lines = here.paint(80, 24)
    assert all(char.isprintable() for line in lines for char in line)
    assert 'LOG 1 of 61 "evil"' in lines[2]


def test_of_several_at_once_the_one_that_fails_stays_in_sight(here: Desk) -> None:
    first, second, later = (given(here) for _ in range(3))
    for command in (first, second):
        hear(here, command, Phase.REQUESTED)
    hear(here, first, Phase.FAILED, final=True)
    hear(here, second, Phase.CONFIRMED, final=True)
    assert here.console.remarks.outcome[0].endswith("failed")
    assert any(entry.text.endswith("confirmed") for entry in here.console.remarks.entries), "the log has both"
    hear(here, later, Phase.REQUESTED)
    hear(here, later, Phase.CONFIRMED, final=True)
    assert here.console.remarks.outcome[0].endswith("confirmed"), "what is done next is told at once"


def given(here: Desk) -> Command:
    row = here.board.row(Key(HQ, Kind.CALL, "c1"))
    assert row is not None
    return Command(new_id(), Verb.HANGUP, here.dispatcher.target(row))


def hear(here: Desk, command: Command, phase: Phase, *, final: bool = False) -> None:
    here.console.outcomes.heard(Outcome(command, phase, phase.value, here.clock.now(), final))
