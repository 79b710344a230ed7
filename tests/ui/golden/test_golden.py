"""The screen as text, scene by scene. Each file was read against the look document before it was kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.support.console import HQ, NOW, RESPONDERS, Desk, desk, picture, queue
from tests.support.past import DAY, shift
from tests.ui.golden.compare import TEXTS, check
from tests.ui.golden.incident import FORM, ROOM, incident
from tests.ui.golden.shift import worked
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Destination, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Entry, Member, Notice, ParkedCall, Receptionist, Row
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.domain.text import cell_width, clean
from wallboard.domain.update import FeedStatus, SourceInfo
from wallboard.history.records import Minute
from wallboard.history.store import HistoryStore
from wallboard.view.eventlog import Entry as Logged
from wallboard.view.glyphs import ascii_text


@pytest.fixture
def sample(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def unread(tmp_path: Path) -> Desk:
    return desk(tmp_path, empty=True)


def shot(here: Desk, name: str, width: int = 80, height: int = 24) -> list[str]:
    lines = here.paint(width, height)
    check(name, lines, width, height)
    return lines


# ---- the board ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(160, 50), (120, 36), (80, 24), (60, 15), (40, 10)], ids=str)
def test_the_board_at_every_size(sample: Desk, size: tuple[int, int]) -> None:
    shot(sample, f"board-{size[0]}x{size[1]}", *size)


def test_a_window_that_is_too_small_says_so(sample: Desk) -> None:
    lines = sample.paint(39, 9)
    check("too-small-39x9", lines, 39, 9)
    assert "40×10" in "".join(lines)


@pytest.mark.parametrize("pane", ["members", "agents", "calls", "hotlines"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
def test_each_pane_as_the_active_one(sample: Desk, pane: str, size: tuple[int, int]) -> None:
    sample.press({"members": "2", "agents": "3", "calls": "4", "hotlines": "5"}[pane])
    shot(sample, f"{pane}-{size[0]}x{size[1]}", *size)


def more(sample: Desk) -> None:
    """What stands on panes 6 to 8 on a busy evening."""
    sample.read(
        {
            (HQ, Resource.NOTICES): (
                Notice(
                    Key(HQ, Kind.NOTICE, "n1"), clean("roads"), clean("A44 closed"), NOW - 600, NOW + 3600,
                    clean("accident"), clean("Aachen"), clean(""), clean("by police order"),
                ),
            ),
            (HQ, Resource.RECEPTIONISTS): (
                Receptionist(
                    Key(HQ, Kind.RECEPTIONIST, "r1"), clean("Front desk"), clean("700"), clean("de"), False,
                    (Entry(clean("1"), clean("601"), True), Entry(clean("2"), clean("602"), False)),
                ),
            ),
            (HQ, Resource.PARKED): (
                ParkedCall(
                    Key(HQ, Kind.PARKED, "p1"), clean("702"), clean("Kai Roth"), clean("+49 30 777"), NOW - 12,
                    clean("Bo Quist"), NOW + 108, clean("202"),
                ),
            ),
        }
    )  # fmt: skip


@pytest.mark.parametrize("number", ["6", "7", "8"])
def test_panes_six_to_eight_announce_themselves_and_open_in_place(sample: Desk, number: str) -> None:
    more(sample)
    sample.press(number)
    shot(sample, f"pane-{number}-80x24")
    shot(sample, f"pane-{number}-160x40", 160, 40)


def test_zoom_gives_the_whole_body_to_one_pane(sample: Desk) -> None:
    sample.press("4", "z")
    lines = shot(sample, "zoom-calls-160x40", 160, 40)
    assert not any("Queues" in line for line in lines[2:])


def test_a_filter_counts_what_it_hides_and_names_hidden_alarms(sample: Desk) -> None:
    sample.press("/")
    sample.type("supp")
    lines = shot(sample, "filter-typing-80x24")
    assert any('1 of 4 "supp" · 1■ hidden' in line for line in lines[2:4])
    sample.press("enter")
    shot(sample, "filter-kept-120x36", 120, 36)


def test_a_frozen_order_is_said_twice(sample: Desk) -> None:
    sample.press("2", "s", "f")
    lines = shot(sample, "frozen-and-sorted-120x36", 120, 36)
    assert "order frozen" in lines[0]
    assert any("frozen by wait" in line for line in lines)


def test_details_of_a_row_say_what_can_and_cannot_be_done(sample: Desk) -> None:
    sample.press("3", "enter")
    lines = shot(sample, "details-agent-80x24")
    assert any(re.search(r"cannot +e w b t p x: not on a call", line) for line in lines)
    sample.press("escape", "2", "enter")
    shot(sample, "details-member-120x36", 120, 36)


@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=str)
@pytest.mark.parametrize(("name", "keys"), [("queue", "1"), ("agent", "3j"), ("hotline", "5j")])
def test_a_queue_an_agent_and_a_hotline_in_one_look(
    tmp_path: Path, name: str, keys: str, size: tuple[int, int]
) -> None:
    here = worked(tmp_path)
    here.press(*keys, "enter")
    shot(here, f"look-{name}-{size[0]}x{size[1]}", *size)


def test_the_settings_of_a_queue_are_one_key_further(sample: Desk) -> None:
    sample.press("1", "enter", "enter")
    lines = shot(sample, "details-queue-80x24")
    assert any("SETTINGS Sales" in line for line in lines)
    sample.press("escape")
    assert any("SALES hq 601" in line for line in sample.paint(80, 24))
    sample.press("escape")
    assert not any("SALES hq 601" in line for line in sample.paint(80, 24))


def test_explain_says_what_the_figures_of_a_row_are_made_of(sample: Desk) -> None:
    sample.press("1", "f1")
    lines = shot(sample, "explain-queue-120x36", 120, 36)
    assert any("EXPLAIN Sales" in line for line in lines)
    assert any("formula: live = answered in time / " in line for line in lines)
    sample.press("enter")
    assert any("SALES hq 601" in line for line in sample.paint(120, 36))
    sample.press("f1", "f1")
    assert not any("EXPLAIN" in line or "SALES hq 601" in line for line in sample.paint(120, 36))
    sample.press("5", "f1")
    shot(sample, "explain-hotline-80x24")


# ---- questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(160, 40), (80, 24), (40, 10)], ids=str)
def test_the_picker_opens_with_nothing_marked(sample: Desk, size: tuple[int, int]) -> None:
    sample.press("2", "t")
    lines = shot(sample, f"picker-open-{size[0]}x{size[1]}", *size)
    assert any("nothing marked: Enter is off" in line for line in lines)
    assert any(line.startswith("▌ 3:12") or "│▌ 3:12" in line for line in lines), "the row it speaks of stays in sight"


def test_the_picker_marks_the_first_match_and_says_what_is_dialled(sample: Desk) -> None:
    sample.press("2", "t")
    sample.type("20")
    lines = shot(sample, "picker-typed-80x24")
    assert any("→ Ada Orwell 201" in line for line in lines)
    sample.press("escape", "4", "j", "t", "tab", "1")
    shot(sample, "picker-attended-favourite-120x36", 120, 36)


def test_the_picker_asks_before_it_dials_a_number_that_nobody_knows(sample: Desk) -> None:
    sample.press("2", "t")
    sample.type("4711")
    sample.clock.advance(0.3)
    sample.press("enter")
    for width, height in ((80, 24), (40, 10)):
        lines = shot(sample, f"picker-unknown-number-{width}x{height}", width, height)
        assert "y dials it" in " ".join(lines)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)], ids=str)
def test_a_question_whose_row_changed_is_locked_and_says_why(sample: Desk, size: tuple[int, int]) -> None:
    sample.press("2", "x")
    shot(sample, f"confirm-hangup-{size[0]}x{size[1]}", *size)
    sample.drop(Key(HQ, Kind.MEMBER, "m1"))
    lines = shot(sample, f"confirm-locked-{size[0]}x{size[1]}", *size)
    assert "CHANGED" in " ".join(lines)


def test_pausing_a_hotline_wants_its_name(sample: Desk) -> None:
    sample.adapters[RESPONDERS].refused[Verb.OPEN] = ""
    sample.press("5", "j", "o")
    sample.type("Mountain res")
    lines = shot(sample, "type-name-80x24")
    assert any("type Mountain rescue or 5660 › Mountain res_" in line for line in lines)


def test_a_note_is_a_line_of_text(sample: Desk) -> None:
    sample.press("2", "n")
    sample.type("asks for Bo")
    shot(sample, "note-80x24")


def test_two_meanings_of_a_key_are_asked(sample: Desk) -> None:
    sample.press("3", "j", "j", "j", "j", "i")
    lines = shot(sample, "which-80x24")
    assert any("which?" in line for line in lines)


@pytest.mark.parametrize("size", [(160, 50), (80, 24), (40, 10)], ids=str)
def test_who_is_asked_for_with_all_that_decides_it(sample: Desk, size: tuple[int, int]) -> None:
    sample.press("1", "+")
    shot(sample, f"staff-{size[0]}x{size[1]}", *size)


@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=str)
def test_marks_are_targets_and_all_of_them_are_named(sample: Desk, size: tuple[int, int]) -> None:
    sample.press("3", "j", "space", "j", "space")
    lines = shot(sample, f"marked-{size[0]}x{size[1]}", *size)
    assert "i pause/sign out the 2" in lines[-1] or size[0] == 80
    sample.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    sample.press("i")
    shot(sample, f"marked-asks-{size[0]}x{size[1]}", *size)


def test_find_and_the_palette_are_lists_at_the_bottom(sample: Desk) -> None:
    sample.press("F")
    sample.type("ada")
    shot(sample, "find-80x24")
    sample.press("escape", ":")
    sample.type("theme")
    shot(sample, "palette-80x24")
    sample.press("escape", "4", ":")
    lines = shot(sample, "palette-open-160x50", 160, 50)
    assert any("Listen to Cy Reed" in line for line in lines)
    sample.type("listn")
    lines = shot(sample, "palette-listn-80x24")
    assert any(line.startswith("▌  Listen to Cy Reed") for line in lines)


def test_the_keys_are_filtered_by_typing(sample: Desk) -> None:
    sample.press("4", "?")
    sample.type("hang")
    shot(sample, "help-typed-80x24")
    shot(sample, "help-typed-160x50", 160, 50)


def told(sample: Desk) -> None:
    """A log with a long line, an action without proof and one that can be undone."""
    jo = sample.board.row(Key(HQ, Kind.AGENT, "jo"))
    call_of_mia = sample.board.row(Key(HQ, Kind.CALL, "c1"))
    assert jo is not None
    assert call_of_mia is not None
    queue = (("queue", "603"), ("queue_name", "Emergency"))
    cut = Command(new_id(), Verb.HANGUP, sample.dispatcher.target(call_of_mia))
    out = Command(new_id(), Verb.STAFF, sample.dispatcher.target(jo), None, queue)
    sample.board.pend(cut.id, cut.target.key)
    sample.board.settle(cut.id, "unknown")
    long = "the gateway answered for the exchange that is not there, and then for one that never was, twice"
    sample.console.remarks.log("state", f"cc is stale: users stale 46 s: server error 502 after 2.1 s: {long}", "stale")
    told = (cut, Phase.UNKNOWN, "unknown: no answer in 60 s"), (out, Phase.CONFIRMED, "confirmed by the list")
    for command, phase, ending in told:
        sample.console.outcomes.heard(Outcome(command, phase, ending, NOW + 3, True))


@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=str)
def test_the_log_under_a_cursor(sample: Desk, size: tuple[int, int]) -> None:
    told(sample)
    sample.press("9")
    sample.paint(*size)
    sample.press("up")
    lines = shot(sample, f"log-undo-{size[0]}x{size[1]}", *size)
    assert any("U undo: remove Jo Alder from Emergency" in line for line in lines)
    sample.press("up", "up")
    lines = shot(sample, f"log-cursor-{size[0]}x{size[1]}", *size)
    assert "twice" in " ".join(lines)
    sample.press("/")
    sample.type("unconfirmed")
    lines = shot(sample, f"log-unconfirmed-{size[0]}x{size[1]}", *size)
    assert '1 of 8 "unconfirmed"' in lines[2]


@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=str)
def test_the_list_of_alarms_filtered(sample: Desk, size: tuple[int, int]) -> None:
    sample.press("f5", "/")
    sample.type("sales")
    lines = shot(sample, f"alarms-filtered-{size[0]}x{size[1]}", *size)
    assert '1 of 5 "sales"' in lines[2]


def test_quitting_names_what_runs(sample: Desk) -> None:
    sample.press("q")
    shot(sample, "quit-80x24")


# ---- modes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["wall", "sources", "help", "log", "alarms"])
@pytest.mark.parametrize("size", [(160, 40), (80, 24)], ids=str)
def test_the_other_modes(sample: Desk, mode: str, size: tuple[int, int]) -> None:
    command = Command(new_id(), Verb.TRANSFER, sample.dispatcher.target(sample.lists[HQ, Resource.MEMBERS][0]))
    sample.console.outcomes.heard(Outcome(command, Phase.CONFIRMED, "confirmed by its new leg", NOW + 1, True))
    sample.console.remarks.entries.append(
        Logged(NOW + 2, "state", "cc is stale: users stale 46 s: server error 502", "stale")
    )
    sample.press({"wall": "f2", "sources": "f4", "help": "?", "log": "f3", "alarms": "f5"}[mode])
    shot(sample, f"{mode}-{size[0]}x{size[1]}", *size)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of Sales, as a console wrote them: half an hour is missing, and an hour of the night."""
    path = tmp_path_factory.mktemp("past") / "history.sqlite3"
    minute = int(NOW) // 60 * 60
    store = HistoryStore(path, 90, lambda: NOW)
    store.start()
    for days in (0, 1, 7):
        end = minute - days * DAY + (DAY if days else 0)
        for record in shift(HQ, "601", end - DAY, end, minute - 1800):
            at = NOW - (record.at if isinstance(record, Minute) else record.ended_at)
            if not (1200 < at < 2400 or 4800 < at < 7200):
                store.add(record)
    store.close(20.0)
    return path


@pytest.mark.anyio
@pytest.mark.parametrize("keys", ["", "l", "ll"], ids=["hour", "day", "week"])
@pytest.mark.parametrize("size", [(160, 50), (80, 24), (40, 10)], ids=str)
async def test_trends_of_a_queue(sample: Desk, written: Path, keys: str, size: tuple[int, int]) -> None:
    sample.past.path = written
    sample.press("1", "f6", *keys)
    while sample.reads:
        await sample.reads.pop(0)()
    shot(sample, f"trends-{keys.count('l')}-{size[0]}x{size[1]}", *size)
    lines = picture(sample.console, *size, ascii_text)
    if size == (80, 24):
        check(f"ascii-trends-{keys.count('l')}-80x24", lines, *size)
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (240, 67)], ids=str)
def test_the_wall_is_read_from_three_metres(sample: Desk, size: tuple[int, int]) -> None:
    more = (queue(HQ, f"61{n}", name, n, 0, 0) for n, name in enumerate(("Bereitschaft Süd", "VIP", "Поддержка")))
    sample.read({(HQ, Resource.QUEUES): (*sample.lists[HQ, Resource.QUEUES], *more)})
    sample.press("a")
    sample.wait(1)
    sample.press("f2")
    shot(sample, f"wall-many-{size[0]}x{size[1]}", *size)


def test_a_small_wall_shows_one_queue_a_page_and_says_so(sample: Desk) -> None:
    sample.press("f2")
    lines = shot(sample, "wall-40x14", 40, 14)
    assert re.search(r"page [1-4]/4", lines[-1])


def test_a_source_in_trouble_says_its_cause_whole(sample: Desk) -> None:
    cause = "server error 502 after 2.1 s: the gateway answered for the exchange that is not there"
    aged(sample, Resource.CALLS, 46, failures=4, cause=cause, successes=11, latencies=(2.1, 0.2))
    sample.press("f4")
    lines = shot(sample, "sources-trouble-80x24")
    assert "answered for the exchange that is not there" in " ".join(" ".join(lines).split())
    shot(sample, "sources-trouble-160x40", 160, 40)


# ---- freshness ---------------------------------------------------------------------------------------------------


def aged(sample: Desk, resource: Resource, seconds: float, **words: Any) -> None:
    """One list has not been read for `seconds`, while all the others have."""
    held = {key: found for key, found in sample.lists.items() if key[1] is not resource}
    sample.clock.advance(seconds)
    sample.read(held)
    status: dict[str, Any] = {"last_ok": NOW, "next_at": sample.clock.now() + 5, **words}
    sample.board.status(FeedStatus(HQ, resource, "", 5.0, 8.0, **status))
    sample.console.tick()
    sample.console.reload(frozenset(Resource))


@pytest.mark.parametrize(
    ("state", "seconds", "words", "title"),
    [
        ("late", 19, {}, "late 19s"),
        ("paced", 40, {"paced": True, "interval": 30.0}, "late, paced 30 s"),
        ("stale", 46, {"failures": 3, "cause": "server error 502"}, "~ stale 46s"),
        ("gone", 300, {"failures": 9, "cause": "no answer"}, "■ gone 5 min"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_pane_that_is_not_live_says_so(
    sample: Desk, state: str, seconds: float, words: Mapping[str, Any], title: str
) -> None:
    interval = words.get("interval", 5.0)
    rest = {name: value for name, value in words.items() if name != "interval"}
    if interval == 5.0:
        aged(sample, Resource.MEMBERS, seconds, **rest)
    else:
        held = {key: found for key, found in sample.lists.items() if key[1] is not Resource.MEMBERS}
        sample.clock.advance(seconds)
        sample.read(held)
        sample.board.status(FeedStatus(HQ, Resource.MEMBERS, "", interval, 8.0, last_ok=NOW, next_at=NOW + 60, **rest))
        sample.console.tick()
        sample.console.reload(frozenset(Resource))
    sample.press("2")
    lines = shot(sample, f"{state}-120x36", 120, 36)
    assert title in lines[2]
    shot(sample, f"{state}-80x24")


def test_a_clock_of_stale_data_stands_still(sample: Desk) -> None:
    aged(sample, Resource.MEMBERS, 46, failures=3, cause="server error 502")
    sample.press("2")
    before = [line for line in sample.paint(80, 24) if "Eve Lund" in line]
    sample.clock.advance(5)
    assert [line for line in sample.paint(80, 24) if "Eve Lund" in line][:1] == before[:1]


def test_numbers_of_the_header_that_are_old_are_marked(sample: Desk) -> None:
    aged(sample, Resource.AGENTS, 46, failures=3, cause="server error 502")
    assert "ready ~1/4" in sample.paint(80, 24)[0]


def test_a_list_that_is_not_for_this_account_is_no_empty_list(sample: Desk) -> None:
    sample.board.status(FeedStatus(HQ, Resource.PARKED, "", 5.0, 8.0, unavailable=True, cause="403"))
    sample.console.tick()
    sample.press("8")
    lines = shot(sample, "unavailable-80x24")
    assert any("not for this account" in line for line in lines[2:4])


@pytest.mark.parametrize("size", [(160, 40), (80, 24)], ids=str)
def test_an_unread_board_shows_dashes_and_no_zero(unread: Desk, size: tuple[int, int]) -> None:
    lines = shot(unread, f"unread-{size[0]}x{size[1]}", *size)
    assert "wait –" in lines[0]
    assert "longest –" in lines[0]
    assert "ready –" in lines[0]
    body = " ".join(lines[1:-2])
    assert not re.search(r"(?<![0-9:])0(?![0-9:])", body), "a zero for something unknown"


def test_an_unread_wall_and_unread_sources(unread: Desk) -> None:
    unread.press("f2")
    shot(unread, "unread-wall-80x24")
    unread.press("f4")
    shot(unread, "unread-sources-80x24")


# ---- what became of it -------------------------------------------------------------------------------------------


def test_a_row_that_ended_stays_as_a_tombstone_with_what_was_done_to_it(sample: Desk) -> None:
    sample.press("2")
    row = sample.lists[HQ, Resource.MEMBERS][0]
    to = Destination("206", "Anna Vogt")
    command = Command(new_id(), Verb.TRANSFER, sample.dispatcher.target(row), to)
    sample.drop(row.key)
    outcome = Outcome(command, Phase.CONFIRMED, "sent to Anna Vogt 206: confirmed by its new leg", NOW + 0.5, True)
    sample.console.outcomes.heard(outcome)
    sample.clock.advance(2)
    sample.console.tick()
    for width, height in ((160, 40), (120, 36), (80, 24)):
        lines = shot(sample, f"tombstone-{width}x{height}", width, height)
        stone = next(line for line in lines if "ended 2s" in line)
        assert "Eve Lund" in stone
        assert "sent to Anna Vogt 206" in stone


@pytest.mark.parametrize(
    ("key", "resource", "ident"),
    [
        ("1", Resource.QUEUES, "601"),
        ("3", Resource.AGENTS, "di"),
        ("4", Resource.CALLS, "c2"),
        ("8", Resource.PARKED, "p1"),
    ],
)
def test_every_pane_names_the_row_that_ended(sample: Desk, key: str, resource: Resource, ident: str) -> None:
    more(sample)
    sample.press(key)
    cursor = sample.console.pane.selection.cursor
    assert isinstance(cursor, Key)
    assert cursor.id == ident
    label = sample.console.pane.pane.label(sample.console.pane.row(cursor))
    sample.drop(cursor)
    sample.clock.advance(2)
    lines = shot(sample, f"tombstone-{resource.value}-80x24")
    stone = lines[3]
    assert "ended" in stone
    assert label.split()[0] in stone


def test_the_bar_of_my_own_call(sample: Desk) -> None:
    sample.read(
        {
            (HQ, Resource.CALLS): (
                *sample.lists[HQ, Resource.CALLS],
                Call(
                    Key(HQ, Kind.CALL, "leg"), clean("2001"), Direction.INTERNAL, clean("2001"), clean("Mira"),
                    clean("202"), state=CallState.TALKING, started_at=NOW - 41, answered_at=NOW - 41, mine=True,
                    spying=clean("Bo Quist"),
                ),
            )
        }
    )  # fmt: skip
    for width, height in ((160, 40), (80, 24)):
        lines = shot(sample, f"call-bar-{width}x{height}", width, height)
        assert any("LISTEN 0:41" in line for line in lines)


# ---- a disruption across vendors ---------------------------------------------------------------------------------


@pytest.fixture
def disrupted(sample: Desk) -> Desk:
    return incident(sample)


@pytest.mark.parametrize("size", [(160, 50), (120, 36), (80, 24), (40, 10)], ids=str)
def test_the_board_during_a_disruption(disrupted: Desk, size: tuple[int, int]) -> None:
    lines = shot(disrupted, f"incident-{size[0]}x{size[1]}", *size)
    words = {160: "notice: Fibre cut, Berlin +1", 120: "6 ▲2", 80: "6 ▲2"}
    assert words.get(size[0], "") in lines[0]
    assert "ready 1/4" in lines[0] or size[0] == 40, "a roster is neither ready nor staffed"


@pytest.mark.parametrize("pane", ["6", "7", "3", "1"])
@pytest.mark.parametrize("size", [(160, 40), (80, 24)], ids=str)
def test_panes_of_a_disruption(disrupted: Desk, pane: str, size: tuple[int, int]) -> None:
    disrupted.press("2", pane, "z")
    lines = shot(disrupted, f"incident-pane-{pane}-{size[0]}x{size[1]}", *size)
    body = "\n".join(lines)
    if pane == "6":
        places = [body.index(word) for word in ("digger", "supplier", "maintenance", "storm")]
        assert places == sorted(places), "active, then coming, then over"
    if pane == "3":
        assert body.index("Anna Vogt") < body.index("2 more without states"), "the roster stands last, in one line"


@pytest.mark.parametrize(("pane", "name"), [("6", "notice"), ("7", "receptionist"), ("1", "roster-queue")])
def test_details_during_a_disruption(disrupted: Desk, pane: str, name: str) -> None:
    disrupted.press("2", pane, *(["j"] if pane == "7" else ["G", "k"] if pane == "1" else []), "enter")
    disrupted.paint(80, 30)
    shot(disrupted, f"details-{name}-80x30", 80, 30)


@pytest.mark.parametrize("size", [(160, 40), (80, 24), (40, 10)], ids=str)
def test_a_form_at_the_bottom(disrupted: Desk, size: tuple[int, int]) -> None:
    disrupted.adapters["cc"].known_forms = {Verb.CHANGE: (FORM,)}
    disrupted.press("6", "E", "down", "right")
    shot(disrupted, f"form-several-{size[0]}x{size[1]}", *size)
    disrupted.press("down", "down")
    disrupted.type("tomorrow")
    disrupted.press("down")
    shot(disrupted, f"form-problem-{size[0]}x{size[1]}", *size)
    disrupted.press("up", "ctrl+u", "down")
    disrupted.type("crew on site")
    disrupted.press("enter")
    shot(disrupted, f"form-asks-{size[0]}x{size[1]}", *size)


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(160, 40), (80, 24)], ids=str)
async def test_reports_in_the_details(disrupted: Desk, size: tuple[int, int]) -> None:
    disrupted.press("3", "enter")
    shot(disrupted, f"reports-reading-{size[0]}x{size[1]}", *size)
    work = disrupted.reads.pop()

    async def read() -> None:
        await work()

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        while not disrupted.clock.sleeping:
            await anyio.lowlevel.checkpoint()
        disrupted.clock.advance(0.4)
    shot(disrupted, f"reports-read-{size[0]}x{size[1]}", *size)


@pytest.mark.parametrize("size", [(160, 40), (80, 24)], ids=str)
def test_a_card_of_a_row_without_a_pane(disrupted: Desk, size: tuple[int, int]) -> None:
    disrupted.console.seeking.card(ROOM.key)
    lines = shot(disrupted, f"card-{size[0]}x{size[1]}", *size)
    assert any("▸ Bridge 900" in line for line in lines)


# ---- ASCII, and text from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "keys"),
    [("board", ()), ("picker", ("2", "t", "2", "0")), ("wall", ("f2",)), ("details", ("2", "enter")), ("help", ("?",))],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_ascii_variant_is_as_wide_and_has_nothing_else(sample: Desk, name: str, keys: tuple[str, ...]) -> None:
    sample.press(*keys)
    lines = picture(sample.console, 120, 36, ascii_text)
    check(f"ascii-{name}-120x36", lines, 120, 36)
    assert all(line.isascii() for line in lines)


def test_wide_and_marked_names_keep_the_columns_straight(sample: Desk) -> None:
    names = ["山田太郎・コールセンター東京本部", "e\u0301ve\u0301lyne\u0300 Côté", "\u202eevil\x1b[31m", "Ω" * 80]

    def renamed(row: Row) -> Row:
        if isinstance(row, Member):
            return replace(row, name=clean(names[int(row.key.id[1:]) - 1]))
        return row

    sample.change(HQ, Resource.MEMBERS, renamed)
    sample.press("2")
    sample.paint()
    sample.press("t")
    shot(sample, "hostile-names-80x24")
    shot(sample, "hostile-names-160x40", 160, 40)


def test_many_rows_say_how_many_are_out_of_sight(sample: Desk) -> None:
    first = sample.lists[HQ, Resource.MEMBERS][0]
    assert isinstance(first, Member)
    many = tuple(
        replace(first, key=Key(HQ, Kind.MEMBER, f"x{n:03}"), name=clean(f"Caller {n}"), joined_at=NOW - 100 + n)
        for n in range(60)
    )
    sample.read({(HQ, Resource.MEMBERS): many})
    sample.press("2", "G")
    lines = shot(sample, "many-80x24")
    assert "↑" in lines[2]
    assert len([row for row in many if row.state is MemberState.WAITING]) == 60


SCENES: list[Callable[[Desk], None]] = [
    lambda here: None,
    lambda here: here.press("2", "x"),
    lambda here: here.press("2", "t", "2"),
    lambda here: here.press("3", "enter"),
    lambda here: here.press("F", "a"),
    lambda here: here.press("f2"),
    lambda here: here.press("f4"),
    lambda here: here.press("/", "s"),
    lambda here: here.press("?", "l"),
    lambda here: here.press("f5", "/", "s"),
    lambda here: here.press("9", "up"),
    lambda here: here.press(":", "l"),
]


@pytest.mark.parametrize("scene", range(len(SCENES)))
def test_every_line_is_exactly_as_wide_as_the_screen_at_any_size(sample: Desk, scene: int) -> None:
    told(sample)
    SCENES[scene](sample)
    for width in (40, 47, 59, 79, 80, 81, 99, 109, 110, 149, 150, 165, 233):
        for height in (10, 13, 17, 24, 61):
            lines = sample.paint(width, height)
            assert len(lines) == height, (width, height)
            assert {cell_width(line) for line in lines} == {width}, (width, height)


def test_no_picture_is_kept_that_no_test_looks_at(request: pytest.FixtureRequest) -> None:
    source = Path(__file__).read_text()
    stems = {path.stem.rpartition("-")[0] for path in TEXTS.glob("*.txt")}
    known = re.findall(r'f?"([a-z0-9{}\[\]. -]+?)-(?:\d+x\d+|\{)', source)
    patterns = [re.compile(re.sub(r"\\\{.*?\\\}", ".+", re.escape(name))) for name in known]
    loose = [stem for stem in stems if not any(pattern.match(stem) for pattern in patterns)]
    assert not loose


def test_sources_that_are_new_join_the_sources_mode(sample: Desk) -> None:
    sample.board.source(SourceInfo("cc", "sinch"))
    sample.press("f4")
    assert any("cc  sinch" in line for line in sample.paint(80, 30))
