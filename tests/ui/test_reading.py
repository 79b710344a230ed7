"""Reports on demand: read when the cursor rests, once a minute, one at a time, and never from the reserve."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from tests.support.console import HQ, NOW, Desk, desk
from wallboard.domain.errors import ServerTrouble
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.text import clean
from wallboard.domain.update import Budget, SourceInfo
from wallboard.vendors.base import Report, Sheet

pytestmark = pytest.mark.anyio
EMPTY = Sheet((clean("time"), clean("result")), ((clean("13:58"), clean("answered")),))


class Vendor:
    """Reports that note when they are asked; `gate` holds their answers back."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.running = 0
        self.most = 0
        self.gate: anyio.Event | None = None
        self.error: Exception | None = None

    def report(self, ident: str, cost: int = 1) -> Report:
        async def read() -> Sheet:
            self.asked.append(ident)
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                if self.gate is not None:
                    await self.gate.wait()
                if self.error is not None:
                    raise self.error
            finally:
                self.running -= 1
            return EMPTY

        return Report(ident, f"the {ident}", read, cost)


class Rig:
    """A desk whose reports run in the test's own task group."""

    def __init__(self, folder: Path, group: anyio.abc.TaskGroup) -> None:
        self.vendor = Vendor()
        self.here: Desk = desk(folder)
        self.group = group
        reports = (self.vendor.report("recordings"), self.vendor.report("voicemail", 2))
        self.here.adapters[HQ].known_reports = {Kind.AGENT: reports, Kind.CALL: reports[:1]}
        self.readings = self.here.console.panel.readings
        self.readings._start = self.start

    def start(self, work: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        scope = anyio.CancelScope()

        async def run() -> None:
            with scope:
                await work()

        self.group.start_soon(run)
        return scope.cancel

    async def pass_time(self, seconds: float) -> None:
        await self.idle()
        self.here.clock.advance(seconds)
        await self.idle()

    async def idle(self) -> None:
        for _ in range(30):
            await anyio.lowlevel.checkpoint()

    def page(self) -> str:
        return "\n".join(self.here.paint(160, 50))


@asynccontextmanager
async def rigged(folder: Path) -> AsyncIterator[Rig]:
    """What still waits for the clock when the test is over ends with it."""
    async with anyio.create_task_group() as group:
        yield Rig(folder, group)
        group.cancel_scope.cancel()


async def test_nothing_is_read_before_the_cursor_rests_or_without_details(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.press("3")
        await rig.pass_time(5)
        assert rig.vendor.asked == []
        rig.here.press("enter")
        assert "the recordings reading…" in rig.page()
        await rig.pass_time(0.3)
        rig.here.press("j")
        await rig.pass_time(0.3)
        rig.here.press("k")
        await rig.pass_time(0.3)
        assert rig.vendor.asked == []
        await rig.pass_time(0.2)
        assert rig.vendor.asked == ["recordings", "voicemail"]
        page = rig.page()
        assert "the voicemail 1 · read" in page
        assert "13:58  answered" in page


async def test_a_reading_serves_for_a_minute_and_r_reads_again(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.press("3", "enter")
        await rig.pass_time(0.5)
        rig.here.press("j")
        await rig.pass_time(0.5)
        assert len(rig.vendor.asked) == 4
        rig.here.press("k")
        await rig.pass_time(0.5)
        rig.here.press("escape", "enter")
        await rig.pass_time(0.5)
        assert len(rig.vendor.asked) == 4
        rig.here.press("r")
        assert rig.here.said == "reading the recordings, the voicemail again: 3 requests"
        await rig.pass_time(0)
        assert len(rig.vendor.asked) == 6
        rig.here.press("escape")
        await rig.pass_time(61)
        rig.here.press("enter")
        await rig.pass_time(0.5)
        assert len(rig.vendor.asked) == 8


async def test_r_outside_of_details_still_refreshes_the_board(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.press("3", "r")
        assert "refresh" in rig.here.asked
        rig.here.press("1", "enter", "r")
        assert rig.here.asked.count("refresh") == 2, "a queue has no reports here"


async def test_one_report_at_a_time_and_moving_on_cancels_it(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.vendor.gate = anyio.Event()
        rig.here.press("3", "enter")
        await rig.pass_time(0.5)
        assert (rig.vendor.asked, rig.vendor.running) == (["recordings"], 1)
        rig.here.press("j")
        await rig.idle()
        assert rig.vendor.running == 0
        await rig.pass_time(0.5)
        assert rig.vendor.running == 1
        rig.here.press("escape")
        await rig.idle()
        assert rig.vendor.running == 0
        rig.vendor.gate.set()
        await rig.pass_time(5)
        assert rig.vendor.asked == ["recordings", "recordings"]
        assert rig.vendor.most == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ServerTrouble("server error 502 after 2.1 s"), "server error 502 after 2.1 s"),
        (KeyError("x"), "it could not be read (KeyError)"),
    ],
)
async def test_a_report_that_fails_says_so_and_the_next_is_read(tmp_path: Path, error: Exception, words: str) -> None:
    async with rigged(tmp_path) as rig:
        rig.vendor.error = error
        rig.here.press("3", "enter")
        await rig.pass_time(0.5)
        assert rig.vendor.asked == ["recordings", "voicemail"]
        assert rig.page().count(words) == 2
        assert "reading…" not in rig.page()
        rig.vendor.error = None
        rig.here.press("r")
        await rig.pass_time(0)
        assert words not in rig.page()


async def test_requests_that_are_kept_for_actions_are_not_spent(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.board.source(SourceInfo(HQ, "ringme", phone="2001", budget=Budget(600, 61, NOW + 900, 60)))
        rig.here.press("3", "enter")
        await rig.pass_time(0.5)
        assert rig.vendor.asked == ["recordings"], "one is left above the reserve, two are not"
        assert "not read: 61 requests left, which hq keeps for actions" in rig.page()


async def test_details_that_do_not_fit_turn_pages(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.press("3", "enter")
        await rig.pass_time(0.5)
        cursor = rig.here.console.pane.selection.cursor
        first = rig.here.paint(80, 20)
        assert any("more lines" in line for line in first)
        rig.here.press("pagedown", "pagedown")
        last = rig.here.paint(80, 20)
        assert any("the voicemail" in line for line in last)
        assert any("the end" in line for line in last)
        assert rig.here.console.pane.selection.cursor == cursor
        rig.here.press("pageup", "pageup")
        assert rig.here.paint(80, 20) == first
        rig.here.press("j")
        assert rig.here.console.panel.turned.top == 0


async def test_a_change_on_the_board_asks_for_nothing(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.here.press("4", "enter")
        await rig.pass_time(0.5)
        for _ in range(20):
            rig.here.wait(1.0)
            await rig.idle()
        assert rig.vendor.asked == ["recordings"]
        assert rig.here.console.active is Resource.CALLS
