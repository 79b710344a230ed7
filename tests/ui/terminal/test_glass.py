"""What the terminal shows is what the console says, whatever was opened, closed and read meanwhile."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from tests.bench.terminal import Emulator
from tests.support.console import Desk, desk, rows
from tests.ui.terminal.test_compositor import Wire
from wallboard import theming
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.ui.app import RENEW_SECONDS, ConsoleApp
from wallboard.ui.terminal import diff

SIZE = (160, 50)
DOORS = ("?", "f2", "f3", "f4", "escape", "escape", "escape", "z", "enter", "1", "2", "3", "6", ":", "/", "F", "j", "G")
"""Keys that open, close and move."""


class Window:
    """The console in a terminal in memory."""

    def __init__(self, here: Desk, driver: type[Wire] = Wire) -> None:
        self.here = here
        self.size = 0
        self.app = ConsoleApp(
            lambda _app: here.console, theming.load("control-room"), theming.load, driver_class=driver
        )
        self.terminal = Emulator(*SIZE)

    async def shown(self, pilot: Pilot[int]) -> str:
        """The screen when all is drawn, the second that has begun included."""
        self.app._second()
        data, fresh = "", "?"
        while fresh:
            await pilot.pause()
            self.app.screen._on_timer_update()
            await pilot.pause()
            fresh = self.sent()
            data += fresh
        self.size = len(data)
        self.terminal.feed(data)
        return self.terminal.text()

    def sent(self) -> str:
        assert isinstance(self.app._driver, Wire)
        return self.app._driver.take()

    def press(self, key: str) -> None:
        self.here.press(key)
        self.app.paint()

    def read(self, lists: dict[tuple[str, Resource], tuple[Row, ...]]) -> None:
        self.here.read(lists)
        self.app.paint()

    async def drawn_afresh(self, pilot: Pilot[int]) -> str:
        """The screen of a terminal that was just put there."""
        self.terminal = Emulator(*SIZE)
        self.app.redraw()
        return await self.shown(pilot)


@pytest.fixture
def unread(tmp_path: Path) -> Window:
    return Window(desk(tmp_path, empty=True))


@pytest.mark.anyio
async def test_a_title_that_changed_while_its_pane_was_out_of_sight_is_there_when_it_is_seen_again(
    unread: Window,
) -> None:
    async with unread.app.run_test(headless=False, size=SIZE) as pilot:
        first = await unread.shown(pilot)
        assert "1 Queues" in first
        assert "not read yet" in first
        unread.press("?")
        assert "ALL KEYS" in await unread.shown(pilot)
        unread.read(rows())
        unread.press("escape")
        seen = await unread.shown(pilot)
        assert "1 Queues 4" in seen
        assert "not read yet" not in seen


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [2, 4])
async def test_after_anything_that_opens_and_closes_the_screen_is_the_one_that_a_new_terminal_gets(
    unread: Window, seed: int
) -> None:
    dice, lists = random.Random(seed), rows()
    waiting = list(lists)
    dice.shuffle(waiting)
    async with unread.app.run_test(headless=False, size=SIZE) as pilot:
        for step in range(20):
            for _ in range(dice.randint(1, 4)):
                if waiting and dice.random() < 0.4:
                    name = waiting.pop()
                    unread.read({name: lists[name]})
                else:
                    unread.press(dice.choice(DOORS))
                if dice.random() < 0.5:
                    await unread.shown(pilot)
            seen = await unread.shown(pilot)
            assert seen == await unread.drawn_afresh(pilot), f"after step {step}"


@pytest.mark.anyio
async def test_a_line_that_is_said_to_be_slow_is_sent_fewer_clocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {}
    for slow in (False, True):
        window = Window(desk(tmp_path / str(slow), settings={"slow": slow}))
        monkeypatch.setattr("wallboard.ui.app.time", SimpleNamespace(monotonic=window.here.clock.now))
        async with window.app.run_test(headless=False, size=SIZE) as pilot:
            await window.shown(pilot)
            sent[slow] = 0
            for _ in range(20):
                window.here.clock.advance(1.0)
                await window.shown(pilot)
                sent[slow] += window.size
    assert 0 < sent[True] < 0.7 * sent[False]


class Line(Wire):
    """The driver of a line that has room for everything, or for nothing more."""

    room = True

    def affords(self, size: int, seconds: float) -> bool:
        assert size > 5_000, "bytes of a whole frame"
        return self.room

    def renew(self) -> None:
        diff.reset(self._app)

    def hear(self, *_: object) -> None:
        """There is no keyboard."""

    needs_full_repaint = False
    begun = written = 0


@pytest.mark.anyio
@pytest.mark.parametrize("room", [True, False])
async def test_once_in_ten_minutes_everything_is_sent_again_where_the_line_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    monkeypatch.setattr("wallboard.ui.app.ConsoleDriver", Line)
    monkeypatch.setattr(Line, "room", room)
    window = Window(desk(tmp_path), Line)
    async with window.app.run_test(headless=False, size=SIZE) as pilot:
        await window.shown(pilot)
        whole = []
        for seconds in (RENEW_SECONDS / 2, RENEW_SECONDS / 2, 1.0):
            window.here.clock.advance(seconds)
            window.app._second()
            await window.shown(pilot)
            whole.append(window.size > 5_000)
        assert whole == [False, room, False]
