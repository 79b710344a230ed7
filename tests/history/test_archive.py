"""What one console saw and did is known to the next one, and to the one beside it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from anyio import from_thread

from tests.board.making import key
from tests.board.traces import A, Caller, Console, Told, Trace
from wallboard.domain.states import AgentState
from wallboard.history import past
from wallboard.history.archive import REREAD, Archive
from wallboard.history.courses import Course, Stretch
from wallboard.history.past import courses
from wallboard.history.reading import Unreadable

pytestmark = pytest.mark.anyio
LOST = [Caller(10.0, 30.0, "lost", number="+4930111222"), Caller(80.0, 20.0, "lost", number="+4930111333")]


def seat(*callers: Caller, start: float | None = None) -> Console:
    return Console(Trace(list(callers), Told(linger=60.0)), start=start)


@asynccontextmanager
async def remembering(console: Console, path: Path, keep: float = 90.0) -> AsyncIterator[Archive]:
    archive = Archive(console.desk.board, console.desk.clock, path, keep, frozenset({"hq"}))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(archive.run)
        await asleep(console)
        yield archive
        tasks.cancel_scope.cancel()


async def asleep(console: Console) -> None:
    while not console.desk.clock.sleeping:
        await anyio.lowlevel.checkpoint()


async def watch(console: Console, until: int) -> None:
    for second in range(int(console.at), until + 1, 5):
        console.run(second)
        await asleep(console)


async def test_a_restart_forgets_neither_the_day_nor_who_is_to_be_called_back(tmp_path: Path) -> None:
    path, first = tmp_path / "history.sqlite3", seat(*LOST)
    async with remembering(first, path) as archive:
        await watch(first, 200)
        assert [lost.caller.number for lost in archive.call_backs.open()] == ["+4930111222", "+4930111333"]
        archive.call_backs.close(archive.call_backs.open()[0], "Mira", "wrong number")
    again = seat(start=first.desk.now + 60)
    async with remembering(again, path) as archive:
        await watch(again, 30)
        assert [lost.caller.number for lost in archive.call_backs.open()] == ["+4930111333"]
        assert again.figures().lost == 2


async def test_whom_the_board_calls_lost_is_to_be_called_back_at_once(tmp_path: Path) -> None:
    console = seat(*LOST)
    async with remembering(console, tmp_path / "history.sqlite3") as archive:
        await watch(console, 35)
        second = 36
        # Nothing else gets its turn meanwhile.
        while not console.figures().lost:
            console.run(second)
            second += 1
        assert [lost.caller.number for lost in archive.call_backs.open()] == ["+4930111222"]


async def test_a_restart_forgets_no_agents_day(tmp_path: Path) -> None:
    path, bo = tmp_path / "history.sqlite3", key(A, "bo")
    first = seat(*(Caller(10.0 + 100 * turn, 5.0, talk=60.0) for turn in range(3)))
    async with remembering(first, path):
        await watch(first, 400)
    before = first.desk.board.agent_day(bo)
    assert before is not None
    assert before.answered == 3
    for late in (False, True):
        again = seat(start=first.desk.now + 60)
        if late:
            # The agents are read before the history is.
            again.run(5)
        async with remembering(again, path, keep=90.0):
            await watch(again, 10)
            after = again.desk.board.agent_day(bo)
            assert after is not None
            assert (after.answered, after.since) == (3, int(before.since))
            assert after.of(AgentState.TALKING) == pytest.approx(before.of(AgentState.TALKING), abs=0.2)
        path = tmp_path / "history.sqlite3"


async def test_a_restart_forgets_no_course_of_a_day(tmp_path: Path) -> None:
    path, bo = tmp_path / "history.sqlite3", key(A, "bo")
    first = seat(*(Caller(10.0 + 200 * turn, 5.0, talk=180.0) for turn in range(9)))
    async with remembering(first, path):
        await watch(first, 1900)
    before = first.desk.board.agent_course(bo)
    assert before.count(AgentState.TALKING) >= 3
    for late in (False, True):
        again = seat(start=first.desk.now + 60)
        if late:
            again.run(5)
        async with remembering(again, path):
            await watch(again, 10)
            after = again.desk.board.agent_course(bo)
            assert after[: len(before) - 1] == before[:-1], "all but the ten minutes in which it was closed"


async def test_what_one_console_closes_is_soon_closed_at_the_other(tmp_path: Path) -> None:
    path, one, other = tmp_path / "history.sqlite3", seat(*LOST), seat(*LOST)
    async with remembering(one, path) as mine, remembering(other, path) as theirs:
        await watch(one, 200)
        await watch(other, 200)
        assert len(theirs.call_backs.open()) == 2
        mine.call_backs.done(mine.call_backs.open()[0], "Mira")
        assert mine._store is not None
        assert mine._store.flush(10.0)
        await watch(other, 200 + 2 * int(REREAD))
        assert [lost.caller.number for lost in theirs.call_backs.open()] == ["+4930111333"]


async def test_without_a_history_it_is_known_until_the_end(tmp_path: Path) -> None:
    path, console = tmp_path / "history.sqlite3", seat(*LOST)
    async with remembering(console, path, keep=0) as archive:
        await watch(console, 200)
        assert len(archive.call_backs.open()) == 2
    assert not path.exists()


async def test_how_a_queue_fared_is_read_in_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(*asked: Any) -> list[Course]:
        read.append(threading.get_ident())
        return courses(*asked)

    monkeypatch.setattr(past, "courses", counted)
    console = seat(*LOST)
    start = int(console.desk.now) // 60 * 60
    async with remembering(console, tmp_path / "history.sqlite3") as archive:
        await watch(console, 200)
        assert archive.remark == ""
        # The last minute is not over; what is written is not on disk at once.
        assert archive._store is not None
        assert archive._store.flush(5.0)
        (found,) = await archive.courses([Stretch(start, 60, 5, ("hq",), ("hq", "601"))])
        assert [column.waiting for column in found.columns[:2]] == [1, 1]
        assert sum(column.lost or 0 for column in found.columns) == 2
        with pytest.raises(Unreadable):
            await Archive(console.desk.board, console.desk.clock, tmp_path / "none", 90, frozenset()).courses([])
    assert threading.main_thread().ident not in read


async def test_a_reading_that_nobody_waits_for_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, begun = threading.Event(), anyio.Event()

    def endless(path: Path, stretches: object, recent: object, opened: Callable[[object], None]) -> list[Course]:
        opened(SimpleNamespace(interrupt=ended.set))
        from_thread.run_sync(begun.set)
        ended.wait(30.0)
        return []

    monkeypatch.setattr(past, "courses", endless)
    console = seat()
    archive = Archive(console.desk.board, console.desk.clock, tmp_path / "history.sqlite3", 90, frozenset({"hq"}))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(archive.courses, [])
        await begun.wait()
        assert not ended.is_set()
        tasks.cancel_scope.cancel()
    assert ended.is_set()


async def test_where_nothing_is_written_down_the_last_hour_is_remembered(tmp_path: Path) -> None:
    console = seat(*LOST)
    start = int(console.desk.now) // 60 * 60
    asked = [Stretch(start, 60, 90, ("hq",), ("hq", "601"))]
    async with remembering(console, tmp_path / "history.sqlite3", keep=0) as archive:
        await watch(console, 200)
        assert "keep = 0" in archive.remark
        (found,) = await archive.courses(asked)
        assert [column.waiting for column in found.columns[:2]] == [1, 1]
        await watch(console, 200 + 3900)
        (found,) = await archive.courses(asked)
        assert found.first is not None
        assert found.first > start + 300, "an hour of minutes is all that memory is given for"
    assert not (tmp_path / "history.sqlite3").exists()
