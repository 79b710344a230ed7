"""The trends mode: whose graphs, over which span, and what is said while there is nothing to draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.console import HQ, LAB, NOW, Desk, desk
from tests.support.past import DAY, shift
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.history.reading import Unreadable
from wallboard.ui.modes import BOARD, TRENDS

pytestmark = pytest.mark.anyio


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    minute = int(NOW) // 60 * 60
    made.past.records = [*shift(HQ, "601", minute - DAY - 7200, minute, minute + 7200)]
    return made


async def read(here: Desk) -> list[str]:
    """Let the history be read, and look."""
    while here.reads:
        await here.reads.pop(0)()
    return here.paint(120, 36)


def queue(lines: list[str]) -> str:
    found = re.search(r"TRENDS (.*?) · (\w+)", lines[2])
    assert found is not None, lines[2]
    return f"{found[1]}, {found[2]}"


def dots(lines: list[str]) -> int:
    return sum("⠀" < char <= "⣿" for line in lines[3:] if "┤" in line or "│" in line for char in line)


async def test_a_key_opens_the_graphs_of_the_queue_under_the_cursor_and_leads_back(here: Desk) -> None:
    here.press("1", "f6")
    assert queue(await read(here)) == "Sales, hour"
    here.press("f6")
    assert here.console.mode == BOARD
    here.press("2", "j", "j", "f6")
    assert queue(await read(here)) == "Support, hour", "the queue of the caller under the cursor"
    here.press("escape", "5", "f6")
    assert queue(await read(here)) == "all queues, hour"
    here.press("q", ":")
    here.type("trends")
    here.clock.advance(1)
    here.press("enter")
    assert here.console.mode == TRENDS


async def test_keys_lead_to_other_spans_and_queues_and_graphs(here: Desk) -> None:
    here.press("1", "f6", "h", "l")
    assert queue(await read(here)) == "Sales, day"
    here.press("right", "right")
    assert queue(await read(here)) == "Sales, week"
    here.press("j", "j")
    assert queue(await read(here)) == "Support, week"
    here.press("g")
    assert queue(await read(here)) == "all queues, week"
    here.press("down", "left", "left")
    assert queue(await read(here)) == "Emergency, hour"
    assert "1–4 of 5" in here.paint(80, 24)[2]
    here.press("pagedown")
    assert "2–5 of 5" in here.paint(80, 24)[2]
    assert "answered and lost" in " ".join(here.paint(80, 24))
    here.press("pageup", "G", "enter")
    assert here.console.mode == BOARD
    assert here.console.pane.selection.cursor == Key(HQ, Kind.QUEUE, "602")


async def test_until_it_is_read_it_says_so_and_draws_nothing(here: Desk) -> None:
    here.press("1", "f6")
    lines = here.paint(120, 36)
    assert "reading the history" in lines[3]
    assert not dots(lines)
    assert not here.past.readings, "a key reads nothing itself"
    assert dots(await read(here)) > 200
    assert not any("reading" in line for line in here.paint(120, 36))
    here.press("j")
    assert not dots(here.paint(120, 36)), "the graphs of another queue must not stand under this one's name"


async def test_it_is_read_when_it_is_looked_at_and_as_time_goes_on_and_not_else(here: Desk) -> None:
    here.wait(120)
    assert not here.reads
    here.press("1", "f6")
    await read(here)
    here.wait(1)
    assert not here.reads
    here.wait(60)
    await read(here)
    assert len(here.past.readings) == 2
    assert all(each.queue == (HQ, "601") for each in here.past.readings[-1])
    here.press("l")
    await read(here)
    here.wait(60)
    assert not here.reads, "of columns of ten minutes half of one is soon enough"
    here.wait(300)
    await read(here)
    here.press("escape")
    here.wait(600)
    assert len(here.past.readings) == 4


async def test_only_the_last_that_was_asked_for_is_shown(here: Desk) -> None:
    here.press("1", "f6")
    first = here.reads[0]
    here.press("j")
    await first()
    assert "reading the history" in here.paint(120, 36)[3]
    assert here.asked.count("cancel") == 1


async def test_a_history_that_cannot_be_read_is_a_sentence(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Unreadable("the history cannot be read: the disk fails")

    monkeypatch.setattr("tests.support.past.courses", broken)
    here.press("1", "f6")
    lines = await read(here)
    assert lines[3].strip() == "the history cannot be read: the disk fails"
    monkeypatch.undo()
    here.wait(60)
    assert dots(await read(here)) > 200, "it is tried again"


async def test_a_console_without_a_history_shows_what_it_saw_itself(here: Desk) -> None:
    here.past.remark = "no history ([history] keep = 0): the last hour of this console alone"
    here.past.records = [record for record in here.past.records if getattr(record, "at", 0) >= NOW - 1200]
    here.press("1", "f6")
    lines = await read(here)
    assert "no history ([history] keep = 0)" in lines[3]
    assert "known since 02:20" in lines[3]
    here.past.records = []
    here.press("j")
    lines = await read(here)
    assert "nothing of this span was written down" in lines[3]
    assert "callers waiting  1" in lines[4], "what the board knows now is known"


async def test_the_moment_is_the_boards_and_a_stale_list_says_nothing_of_it(here: Desk) -> None:
    here.past.records = []
    here.press("1", "f6")
    now = await read(here)
    assert dots(now) > 0
    held = {key: rows for key, rows in here.lists.items() if key[1] not in (Resource.QUEUES, Resource.MEMBERS)}
    here.clock.advance(300)
    here.read(held)
    here.console.tick()
    stale = await read(here)
    assert "~2" in next(line for line in stale if "callers waiting" in line)
    assert not any("⠀" < char <= "⣿" for line in stale[5:10] for char in line[7:])


async def test_where_some_queues_were_unknown_the_sum_says_so(here: Desk) -> None:
    minute = int(NOW) // 60 * 60
    here.past.records = [*here.past.records, *shift(LAB, "help", minute - 1200, minute, minute)]
    here.press("5", "f6")
    assert "some queues were not known" in (await read(here))[3]


async def test_pages_without_graphs_do_nothing_on_keys_that_go_sideways(here: Desk) -> None:
    here.press("f5", "l", "h", "f3", "l")
    assert here.console.mode == "log"
    assert not here.reads
