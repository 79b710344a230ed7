"""Details, sources and log, as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.console import HQ, NOW, RESPONDERS, board, call, member, read, rows
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.models import Agent, DutyAgent, DutyPhone, Hotline, Member, Queue, Row
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import Budget, FeedStatus, SourceInfo
from wallboard.view.chrome import KeyHint
from wallboard.view.context import Context, severities
from wallboard.view.details import details
from wallboard.view.eventlog import Entry, event_log
from wallboard.view.lines import Line, line_width
from wallboard.view.panes import PANES
from wallboard.view.panes.base import cell_of
from wallboard.view.sources import sources


def shown(lines: Sequence[Line]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def context(made: Board | None = None, now: float = NOW) -> Context:
    made = made or board(ManualClock(NOW))
    return Context(made, now, UTC, severities=severities(made, now))


# ---- details -----------------------------------------------------------------------------------------------------

EVERY = [row for found in rows().values() for row in found]


@pytest.mark.parametrize("row", EVERY, ids=lambda row: f"{row.key}")
@pytest.mark.parametrize("width", [40, 80, 160])
def test_details_name_the_row_and_keep_the_width(row: Row, width: int) -> None:
    pane = PANES[RESOURCE_OF[row.key.kind]]
    hints = [KeyHint("t", "transfer"), *(KeyHint(key, "x", False, "not on a call") for key in "ewb")]
    lines = details(pane, row, context(), hints, width, ["14:00 rang, no answer"], "a note")
    assert {line_width(line) for line in lines} == {width}
    text = "\n".join(shown(lines))
    assert pane.label(row).split()[0].casefold() in text.casefold()
    for name, said in (("cannot", "e w b: not on a call"), ("note", "a note"), ("seen", "14:00 rang, no answer")):
        assert re.search(rf"^ {name} +{said}", text, re.MULTILINE)


def test_details_of_a_hotline_say_that_it_is_not_as_asked() -> None:
    row = next(row for row in EVERY if isinstance(row, Hotline) and row.key.id == "312")
    text = "\n".join(shown(details(PANES[Resource.HOTLINES], row, context(), [], 120)))
    assert "open, is ■ error for 6 min   ▲ NOT AS ASKED" in text
    assert "in –/4, out –/6 (use is not told)" in text
    calm = "\n".join(shown(details(PANES[Resource.HOTLINES], replace(row, wanted=Wanted.PAUSED), context(), [], 120)))
    assert "NOT AS ASKED" not in calm


def test_unknown_facts_are_dashes() -> None:
    bare = Queue(Key(HQ, EVERY[0].key.kind, "999"), clean("Bare"))
    made = board(ManualClock(NOW))
    read(made, {(HQ, Resource.QUEUES): (bare,), (HQ, Resource.MEMBERS): ()}, NOW, 2)
    text = "\n".join(shown(details(PANES[Resource.QUEUES], bare, context(made), [], 100)))
    assert "SL –" in text
    assert "today        – not counted yet" in text
    settings = "\n".join(shown(details(PANES[Resource.QUEUES], bare, context(made), [], 100, settings=True)))
    assert "strategy –" in settings


def test_what_is_wrong_with_the_bus_stands_above_the_sources() -> None:
    why = "the bus cannot be used: bus.example.net:4222 does not take the sign-in: look at [share] auth"
    lines = shown(sources(context(), 60, {}, [], troubles=[why]).lines)
    at = next(index for index, line in enumerate(lines) if "the bus cannot be used" in line)
    assert " ".join(" ".join(lines[at : at + 2]).split()[1:]) == why
    assert at < next(index for index, line in enumerate(lines) if f"{HQ}  " in line)


# ---- sources -----------------------------------------------------------------------------------------------------


def test_sources_show_budget_clock_and_what_they_can() -> None:
    made = board(ManualClock(NOW))
    budget = Budget(600, 412, NOW + 1270, 60)
    made.source(SourceInfo(HQ, "ringme", phone="2001", budget=budget, clock_offset=-9.0))
    lines = shown(sources(context(made), 120, {HQ: ("can  t p",)}, ["hq: phone 2001"]).lines)
    text = "\n".join(lines)
    assert "412/600 requests, 21 min to reset, 60 kept for actions" in text
    assert "others use" not in text
    assert "clock -9 s" in text
    assert "can  t p" in text
    assert lines[-1].startswith(" me     hq: phone 2001")


def test_sources_say_what_others_use_of_the_account_and_that_it_is_paced() -> None:
    made = board(ManualClock(NOW))
    made.source(SourceInfo(HQ, "ringme", budget=Budget(600, 412, NOW + 1270, 60, others=440)))
    status = FeedStatus(HQ, Resource.CALLS, "", 107.0, 8.0, last_ok=NOW - 5)
    for paced, told in ((False, "kept for actions, others use ~440 an hour"), (True, "paced; others use ~440 an hour")):
        made.status(replace(status, paced=paced))
        text = " ".join(" ".join(shown(sources(context(made), 120, {}, []).lines)).split())
        assert told in text


def test_sources_say_which_list_is_read_on_events_and_how_seldom_else() -> None:
    made = board(ManualClock(NOW))
    made.status(FeedStatus(HQ, Resource.CALLS, "", 60.0, 8.0, last_ok=NOW - 5, events=True))
    made.status(FeedStatus(HQ, Resource.MEMBERS, "", 5.0, 8.0, last_ok=NOW - 1))
    lines = shown(sources(context(made), 120, {}, []).lines)
    assert [line.split()[1] for line in lines if "events + 60 s" in line] == ["calls"]


@pytest.mark.parametrize("width", [40, 80, 120, 160])
def test_a_refused_source_says_so_in_words_and_no_line_is_too_long(width: int) -> None:
    made = board(ManualClock(NOW))
    cause = "the exchange refused the credentials (401); polling of this source has stopped"
    made.status(FeedStatus(HQ, Resource.CALLS, "", 5.0, 8.0, refused=True, failures=1, cause=cause))
    lines = sources(context(made), width, {}, []).lines
    assert {line_width(line) for line in lines} == {width}
    text = " ".join(" ".join(shown(lines)).split())
    assert "REFUSED" in text
    assert "polling of this source has stopped" in text


# ---- the log -----------------------------------------------------------------------------------------------------

ENTRIES = [Entry(NOW + n, "state", f"line {n}") for n in range(50)]


def test_the_log_ends_with_the_newest_and_scrolls_back_to_the_oldest() -> None:
    newest = shown(event_log(ENTRIES, 60, 10, UTC, 50).lines)
    assert "50/50" in newest[0]
    assert newest[-1].startswith(" 02:40:49 state  line 49")
    assert "line 0 " in shown(event_log(ENTRIES, 60, 10, UTC, 50, cursor=ENTRIES[0], row=7).lines)[1]


@given(
    count=st.integers(1, 40),
    at=st.integers(0, 39),
    row=st.integers(-3, 30),
    height=st.integers(2, 20),
    long=st.integers(0, 400),
)
def test_the_line_under_the_cursor_stays_where_it_is_and_no_room_is_lost(
    count: int, at: int, row: int, height: int, long: int
) -> None:
    entries = [Entry(NOW + n, "state", f"line {n} {'x' * long if n == at else ''}") for n in range(count)]
    cursor = entries[min(at, count - 1)]
    page = event_log(entries, 60, height, UTC, count, cursor=cursor, row=row)
    lines = shown(page.lines)
    assert page.entry is cursor
    assert lines[1 + page.row].startswith("▌")
    assert len(lines) <= height
    assert {len(line) for line in lines} == {60}
    whole = len([line for line in lines[1:] if line.startswith("▌")])
    assert len(lines) == height or len(lines) - 1 == count - 1 + whole, "room is left only where all is in sight"
    more = [*entries, *(Entry(NOW + 100, "state", "new") for _ in range(5))]
    again = event_log(more, 60, height, UTC, count + 5, cursor=cursor, row=page.row)
    assert again.row == page.row
    assert shown(again.lines)[1 : 1 + page.row + whole] == lines[1 : 1 + page.row + whole]


def test_the_log_says_how_much_is_newer_than_what_is_in_sight() -> None:
    assert "10/50   38 newer" in shown(event_log(ENTRIES, 60, 10, UTC, 50, cursor=ENTRIES[9], row=6).lines)[0]


def test_a_line_that_is_too_long_is_whole_under_the_cursor_even_without_blanks() -> None:
    link = "https://" + "a1b2" * 50
    entries = [Entry(NOW, "action", f"see {link} there")]
    assert link not in "".join(shown(event_log(entries, 60, 10, UTC, 1).lines))
    lines = shown(event_log(entries, 60, 10, UTC, 1, cursor=entries[0]).lines)
    assert f"see{link}there" == "".join(line[17:] for line in lines[1:]).replace(" ", "")


def test_an_empty_log_says_so() -> None:
    (line,) = shown(event_log([], 60, 10, UTC, 0).lines)
    assert "nothing yet" in line
    (line,) = shown(event_log([], 60, 10, UTC, 9, "sales").lines)
    assert 'LOG 0 of 9 "sales"' in line


# ---- a pane in one line ------------------------------------------------------------------------------------------


def brief(made: Board, resource: Resource, now: float = NOW) -> str:
    return "".join(cell.text for cell in PANES[resource].summary(context(made, now)))


def test_a_list_that_nobody_has_read_is_not_called_empty() -> None:
    made = Board(ManualClock(NOW))
    made.source(SourceInfo(HQ, "ringme"))
    made.status(FeedStatus(HQ, Resource.MEMBERS, "", 5.0, 8.0))
    assert brief(made, Resource.MEMBERS) == "not read yet"
    made.status(FeedStatus(HQ, Resource.MEMBERS, "", 5.0, 8.0, unavailable=True))
    assert brief(made, Resource.MEMBERS) == "not for this account"
    read(made, {(HQ, Resource.MEMBERS): ()}, NOW, 1)
    assert brief(made, Resource.MEMBERS) == "no callers"


def test_an_old_list_says_that_it_is_old() -> None:
    clock = ManualClock(NOW)
    made = board(clock)
    clock.advance(50)
    assert brief(made, Resource.MEMBERS, clock.now()).startswith("~ stale · 3 wait")


def test_what_needs_a_person_comes_first_in_a_line() -> None:
    made = board(ManualClock(NOW))
    assert brief(made, Resource.HOTLINES).startswith("■ Water rescue error 6 min (asked open)")
    assert brief(made, Resource.QUEUES).startswith("Sales 1 3:12■ 0/3 ready")
    assert brief(made, Resource.AGENTS).startswith("1 ready")
    assert all(isinstance(row, Member) for row in made.rows(Resource.MEMBERS))
    assert RESPONDERS in {view.info.name for view in made.source_views()}


def test_a_word_that_is_not_known_is_shown_beside_unknown() -> None:
    made = board(ManualClock(NOW))
    here = context(made)
    hotline = replace(
        next(row for row in EVERY if isinstance(row, Hotline)),
        state=HotlineState.UNKNOWN,
        raw_status=clean("some-new-status"),
        agents=(DutyAgent("5", clean("K. Roth"), (DutyPhone("1", clean("p"), clean("1"), None),)),),
    )
    cells = PANES[Resource.HOTLINES].cells(hotline, here)
    assert [cell_of(cells, name).text for name in ("state", "asked", "phones")] == ["? unknown", "some-new-status", "–"]
    agent = next(row for row in EVERY if isinstance(row, Agent))
    agent = replace(
        agent, state=AgentState.UNKNOWN, with_name=clean(""), raw_status=clean("Break"), raw_state=clean("Tea")
    )
    assert cell_of(PANES[Resource.AGENTS].cells(agent, here), "with").text == "Break · Tea"
    caller = member("m9", "601", "Sales", MemberState.UNKNOWN, 9, "Eve", "1")
    caller = replace(caller, raw_state=clean("Levitating"))
    assert cell_of(PANES[Resource.MEMBERS].cells(caller, here), "with").text == "Levitating"


# ---- places, numbers inside --------------------------------------------------------------------------------------


def test_a_queue_without_positions_is_numbered_by_waiting_time_and_one_with_them_is_not() -> None:
    made = board(ManualClock(NOW))
    bare = tuple(
        member(f"w{n}", "601", "Sales", MemberState.WAITING, wait, f"Caller {n}", "1") for n, wait in ((1, 10), (2, 90))
    )
    told = member("v1", "602", "Support", MemberState.WAITING, 5, "Told", "1", position=4)
    mute = member("v2", "602", "Support", MemberState.WAITING, 50, "Mute", "1")
    read(made, {(HQ, Resource.MEMBERS): (*bare, told, mute)}, NOW, 2)
    here = context(made)
    pane = PANES[Resource.MEMBERS]
    places = {row.key.id: cell_of(pane.cells(row, here), "pos") for row in pane.rows(here)}
    assert {name: cell.text for name, cell in places.items()} == {"w2": "1", "w1": "2", "v1": "4", "v2": "–"}
    assert (places["w2"].style, places["v1"].style) == ("muted", "text")
    text = "\n".join(shown(details(pane, bare[1], here, [], 120)))
    assert "place 1 of 2 by waiting time" in text
    assert "why      0/" in text


def test_a_number_of_the_site_is_shown_as_it_is_dialled_with_the_queue_behind_it() -> None:
    made = board(ManualClock(NOW))
    inside = call("c7", CallState.TALKING, Direction.IN, "", "+49 30 1", "022*601", 10)
    away = call("c8", CallState.TALKING, Direction.OUT, "", "+49 30 1", "022*999", 10)
    read(made, {(HQ, Resource.CALLS): (inside, away)}, NOW, 2)
    here = context(made)
    pane = PANES[Resource.CALLS]
    told = {row.key.id: cell_of(pane.cells(row, here), "to").text for row in pane.rows(here)}
    assert told == {"c7": "601 Sales", "c8": "022*999"}
