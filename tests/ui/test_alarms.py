"""What a person does with alarms at the console: sees, goes to, acknowledges, snoozes, mutes; and what calls them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, Desk, desk
from wallboard.control.journal_reader import show
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Hotline, Member, Queue, Row
from wallboard.domain.states import HotlineState
from wallboard.domain.text import clean
from wallboard.ui.modes import ALARMS, BOARD
from wallboard.view.dialogs import Chooser

LOUD = {"bell": True, "notify": True}


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def loud(tmp_path: Path) -> Desk:
    made = desk(tmp_path, settings=LOUD)
    made.asked.clear()
    return made


def bells(here: Desk, seconds: int) -> list[int]:
    """How often it rang in each of the next seconds."""
    rung = []
    for _ in range(seconds):
        here.asked.clear()
        here.wait(1)
        rung.append(here.asked.count("bell"))
    return rung


def recover(row: Row) -> Row:
    return replace(row, state=HotlineState.OPEN) if isinstance(row, Hotline) else row


def all_well(row: Row) -> Row:
    return replace(row, state=HotlineState.OPEN, calls=()) if isinstance(row, Hotline) else row


async def settle(here: Desk) -> None:
    while here.started:
        await here.started.pop(0)()


def test_the_cursor_of_the_list_stays_on_an_alarm_that_is_over(here: Desk) -> None:
    here.change("responders", Resource.HOTLINES, recover)
    here.wait(1)
    here.press("f5", "G")
    here.wait(5)
    assert any(line.startswith("▌") and "over, unseen" in line for line in here.paint())
    here.wait(30)
    assert not any(line.startswith("▌") and "over, unseen" in line for line in here.paint())


def test_a_snooze_asks_for_how_long_and_the_line_goes_on(here: Desk) -> None:
    here.press("Z")
    chooser = here.console.dialog and here.console.dialog.dialog
    assert isinstance(chooser, Chooser)
    assert [choice.text for choice in chooser.choices] == ["5 min", "15 min", "60 min", "until it clears"]
    assert "SNOOZE Water rescue error for 6 min, asked open" in chooser.title
    here.press("2")
    here.clock.advance(1)
    here.press("enter")
    assert here.said == "alarm snoozed for 15 min: Water rescue error for 6 min, asked open"
    here.wait(1)
    assert "Sales longest" in here.paint(160, 50)[1]
    here.wait(890)
    assert here.board.alarms.snoozed() != []
    here.wait(20)
    assert here.board.alarms.snoozed() == []
    assert any(entry.text.startswith("no longer snoozed: Water") for entry in here.console.remarks.entries)


def test_a_snooze_needs_a_name(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"operator": ""})
    here.press("Z")
    assert here.console.dialog is None
    assert here.said == 'a snooze needs a name: [operator] name = "…"'


def test_a_locked_console_neither_acknowledges_nor_snoozes(here: Desk) -> None:
    here.dispatcher.locked = "locked, :unlock"
    for key in ("a", "A", "Z"):
        here.press(key)
        assert here.said == "locked, :unlock"
    assert here.console.dialog is None
    assert all(alarm.state == "active" for alarm in here.board.alarms.listed())


@pytest.mark.anyio
async def test_the_log_and_the_journal_say_who_acknowledged_and_who_snoozed(here: Desk, tmp_path: Path) -> None:
    here.press("a")
    here.wait(1)
    here.press("Z", "4")
    here.clock.advance(1)
    here.press("enter")
    here.wait(1)
    await settle(here)
    told = [entry.text for entry in here.console.remarks.entries if " by Mira" in entry.text]
    assert told[0] == "acknowledged by Mira: Water rescue error for 6 min, asked open"
    assert told[1].startswith("snoozed by Mira until it clears: Sales longest")
    records = show(tmp_path / "audit.jsonl")
    assert [(each["phase"], each["verb"]) for each in records] == [
        ("acknowledged", "acknowledge"),
        ("snoozed", "snooze"),
        ("snoozed", "snooze"),
    ]
    assert [each["target"]["key"] for each in records] == [
        "responders/hotline/312:error",
        "hq/queue/601:longest",
        "hq/queue/601:ready",
    ]


def test_the_alarms_mode_lists_all_and_its_cursor_is_the_line(here: Desk) -> None:
    here.press("f5")
    assert here.console.mode == ALARMS
    lines = here.paint(160, 40)
    assert f"ALARMS {len(here.board.alarms.active())} active" in lines[2]
    assert [line for line in lines if line.startswith("▌")] == [
        line for line in lines if "Water rescue error for 6 min, asked open" in line and line != lines[1]
    ]
    here.press("down")
    lines = here.paint(160, 40)
    marked = [line for line in lines if line.startswith("▌")]
    assert len(marked) == 2
    assert all("Sales" in line for line in marked)
    assert "Sales longest" in lines[1], "the line goes with the cursor"
    here.press("a")
    assert here.said.startswith("alarm acknowledged: Sales longest 3:12 > 2:00 and 0/3 ready")
    lines = here.paint(160, 40)
    assert sum("acked Mira" in line for line in lines) == 2
    assert [line for line in lines if line.startswith("▌")] == [line for line in lines if "acked Mira" in line]
    here.wait(1)
    assert sum(line.startswith("▌") and "acked Mira" in line for line in here.paint(160, 40)) == 2, "it stays on it"


def test_the_line_goes_to_the_next_alarm_in_the_moment_of_the_key(here: Desk) -> None:
    here.press("a")
    assert "all acknowledged" not in here.paint(160, 50)[1]
    assert "Sales longest" in here.paint(160, 50)[1]
    here.press("a")
    assert here.said == "another alarm is in the line, press again", "nobody can have read it"
    here.press("Z")
    chooser = here.console.dialog and here.console.dialog.dialog
    assert isinstance(chooser, Chooser)
    assert "SNOOZE Sales longest" in chooser.title


def test_the_line_counts_what_its_key_goes_to(here: Desk) -> None:
    def counted() -> tuple[str, str]:
        place = re.search(r"(\d+)/(\d+)", here.paint(160, 50)[1])
        assert place is not None
        return place[1], place[2]

    _, number = counted()
    seen = set()
    for _ in range(int(number)):
        here.press("!")
        seen.add(counted())
    assert seen == {(str(place + 1), number) for place in range(int(number))}


def test_enter_goes_to_the_alarms_row_and_escape_comes_back(here: Desk) -> None:
    here.press("f5", "down", "enter")
    assert here.console.mode == BOARD
    assert here.console.pane.selection.cursor == Key(HQ, Kind.QUEUE, "601")
    here.press("escape")
    assert here.console.mode == ALARMS


def test_what_came_and_went_unseen_stands_in_the_line_and_in_the_list(here: Desk) -> None:
    for source, resource in list(here.lists):
        if resource in (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS):
            here.read({(source, resource): ()})
    here.change("responders", Resource.HOTLINES, all_well)
    here.wait(300)
    assert "over, nobody saw it" in here.paint(160, 50)[1]
    assert here.paint(160, 50)[0].count("■") == 0, "it is no active alarm"
    here.press("f5")
    assert any("over, unseen" in line for line in here.paint(160, 40))
    here.press("escape")
    while here.console.alarms.line is not None:
        here.press("a")
        here.wait(1)
    assert "no alarm" in here.paint(160, 50)[1]


def test_a_high_alarm_rings_three_times_and_again_every_15_seconds_until_somebody_knows(loud: Desk) -> None:
    rung = bells(loud, 35)
    first, second = (at for at, times in enumerate(rung) if times == 3)
    assert 15 <= second - first <= 16
    loud.press("a")
    assert set(bells(loud, 31)) == {0}


def test_warnings_do_not_ring_and_what_becomes_an_alarm_does(loud: Desk) -> None:
    loud.press("A")
    loud.clock.advance(1)
    loud.press("y")

    def worse(row: Row) -> Row:
        return replace(row, joined_at=NOW - 700) if isinstance(row, Member) and row.key.id == "m3" else row

    assert bells(loud, 3) == [0, 0, 0]
    loud.change(HQ, Resource.MEMBERS, worse)
    assert bells(loud, 3) == [1, 0, 0]
    assert any(entry.text.startswith("worse: Support longest 11:") for entry in loud.console.remarks.entries)


def test_muted_it_is_silent_for_ten_minutes_and_says_so(loud: Desk) -> None:
    loud.press("M")
    assert loud.said == "the bell is muted for 10 min"
    assert "BELL MUTED" in loud.paint()[0]
    assert set(bells(loud, 40)) == {0}
    loud.press("M")
    assert loud.said == "the bell rings again"
    assert 3 in bells(loud, 16)


def test_quiet_hours_are_silent(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={**LOUD, "quiet": ((0, 1439),)})
    assert set(bells(here, 40)) == {0}


def test_the_bell_can_be_tried(here: Desk) -> None:
    here.press(":")
    here.type("bell")
    here.clock.advance(1)
    here.press("enter")
    assert here.asked.count("bell") == 3


def test_fifty_queues_at_once_ring_once_and_are_a_line_each(loud: Desk) -> None:
    loud.press("A")
    loud.clock.advance(1)
    loud.press("y")
    loud.wait(1)
    many = [Queue(Key(HQ, Kind.QUEUE, f"9{n:02}"), clean(f"Line {n}"), waiting=30) for n in range(50)]
    loud.asked.clear()
    loud.read({(HQ, Resource.QUEUES): (*loud.lists[HQ, Resource.QUEUES], *many)})
    first = loud.lists[HQ, Resource.MEMBERS][0]
    assert isinstance(first, Member)
    calls = [replace(first, key=Key(HQ, Kind.MEMBER, f"x{n}"), queue_id=f"9{n:02}") for n in range(50)]
    loud.read({(HQ, Resource.MEMBERS): (*loud.lists[HQ, Resource.MEMBERS], *calls)})
    before = len(loud.console.remarks.entries)
    loud.console.tick()
    assert loud.asked.count("bell") == 1
    new = [entry.text for entry in list(loud.console.remarks.entries)[before:]]
    assert new[0].startswith("flood: ")
    assert len([text for text in new if text.startswith("Line ")]) == 50
    assert "FLOOD" in loud.paint(160, 50)[1]
    assert set(bells(loud, 10)) == {0}


def test_the_title_tells_alarms_and_callers_and_the_desktop_each_new_alarm(loud: Desk) -> None:
    loud.change("responders", Resource.HOTLINES, recover)
    loud.wait(1)
    (title,) = (each for each in loud.asked if each.startswith("title"))
    assert re.fullmatch(r"title ■1 ▲\d wait \d", title)

    def broken(row: Row) -> Row:
        return replace(row, state=HotlineState.ERROR) if isinstance(row, Hotline) and row.key.id == "311" else row

    loud.asked.clear()
    loud.change("responders", Resource.HOTLINES, broken)
    loud.wait(1)
    assert [each for each in loud.asked if each.startswith(("title", "notify"))] == [
        title.replace("■1", "■2"),
        "notify Mountain rescue error for 2 h, asked open",
    ]


def test_without_notify_the_terminal_is_told_nothing(here: Desk) -> None:
    here.wait(30)
    assert not [each for each in here.asked if each.startswith(("title", "notify", "bell"))]
