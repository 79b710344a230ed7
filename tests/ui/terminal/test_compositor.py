"""Cell diffing: the same screen as stock Textual, for no more bytes than the changes are worth."""

from __future__ import annotations

import logging
import os
import random
import sys
from collections.abc import Hashable, Sequence
from contextlib import suppress
from queue import Queue
from typing import Any

import pytest
from rich.console import RenderableType
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Offset, Size
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from tests.bench.terminal import Emulator, Pty, Row, floor
from wallboard.ui.terminal import diff, private
from wallboard.ui.terminal.diff import install
from wallboard.ui.widgets.grid import Grid
from wallboard.view.cells import Cell, Column

WIDTH, HEIGHT = 100, 30
NAMES = ("Mia Sand", "Bo Quist", "世界 Li", "Zoe\u0301 Ny", "Ute Brandt-Lehmann of the night desk", "Жанна", "é")
COLUMNS = (Column("name", "name", 20), Column("state", "state", 10), Column("wait", "wait", 8, "right"))
COLORS = {"text": "#e0e0e0", "alarm": "#ff4040", "muted": "#808080"}


class Wire(HeadlessDriver):
    """A terminal in memory: what the program writes, piece by piece."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.sent: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent.append(data)

    def take(self) -> str:
        data = "".join(self.sent)
        self.sent.clear()
        return data


def style_for(token: str, background: str) -> Style:
    return Style(
        color=COLORS.get(token.split()[0], "#00ff00"),
        bgcolor="#204a87" if background == "cursor" else "#101010",
        bold="bold" in token,
    )


class Rows:
    """A list of numbered rows with a cursor and counting waits."""

    def __init__(self, size: int) -> None:
        self.keys: list[Hashable] = list(range(size))
        self.cursor = 0
        self.tick = 0
        self.changed: dict[Hashable, str] = {}

    def order(self) -> Sequence[Hashable]:
        return self.keys

    def cursor_index(self) -> int | None:
        return self.cursor

    def cells(self, key: Hashable, now: float) -> Sequence[Cell]:
        number = int(str(key))
        state = self.changed.get(key, "ready")
        return (
            Cell(f"{NAMES[number % len(NAMES)]} {number}"),
            Cell(state, "alarm" if state != "ready" else "muted"),
            Cell(str(number * 7 + self.tick)),
        )

    def row_style(self, key: Hashable) -> str:
        return "marked" if key == 3 else ""


class Question(ModalScreen[None]):
    CSS = """
    Question { background: transparent; align: center bottom; }
    Input { width: 40; }
    """

    def compose(self) -> ComposeResult:
        number = Input(placeholder="a number")
        number.cursor_blink = False
        yield number


class Board(App[None]):
    CSS = """
    Screen { layers: below above; background: #101010; }
    #note { layer: above; offset: 30 5; width: 24; height: 3; background: #402000; display: none; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, size: int, *, diff: bool) -> None:
        super().__init__(driver_class=Wire)
        self.animation_level = "none"
        self.rows = Rows(size)
        self.grid = Grid(self.rows, style_for, COLUMNS)
        self.installed = diff and install(self)

    def compose(self) -> ComposeResult:
        yield Static("north 14:03:22", id="title")
        yield self.grid
        yield Static("lies over the rows", id="note")

    @property
    def wire(self) -> Wire:
        assert isinstance(self._driver, Wire)
        return self._driver


async def settle(pilot: Pilot[None]) -> None:
    """Until every message is handled and the frame it asked for is written."""
    await pilot.pause()
    pilot.app.screen._on_timer_update()
    await pilot.pause()


class Wall(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Static("■ SALES 0/5 READY\n" * 12)


async def step(pilot: Pilot[None], board: Board, name: str, dice: random.Random) -> None:
    rows, grid = board.rows, board.grid
    if name == "down":
        rows.cursor = min(rows.cursor + dice.choice((1, 1, 9)), len(rows.keys) - 1)
        grid.refresh_rows(0.0)
    elif name == "up":
        rows.cursor = max(rows.cursor - 4, 0)
        grid.refresh_rows(0.0)
    elif name == "tick":
        rows.tick += 1
        grid.refresh_rows(float(rows.tick))
    elif name == "change":
        for key in dice.sample(rows.keys, 3):
            rows.changed[key] = dice.choice(("ringing", "talking", "ready", "保留"))
        grid.refresh_rows(float(rows.tick))
    elif name == "sort":
        dice.shuffle(rows.keys)
        grid.refresh_rows(0.0)
    elif name == "note":
        note = board.query_one("#note")
        note.display = not note.display
    elif name == "title":
        board.query_one("#title", Static).update(f"north 14:03:{dice.randrange(60)} 世")
    elif name == "question":
        if isinstance(board.screen, Question):
            board.pop_screen()
        else:
            await board.push_screen(Question())
    elif name == "type":
        await pilot.press(dice.choice("0123"))
    elif name == "wall":
        if isinstance(board.screen, Wall):
            board.pop_screen()
        elif not isinstance(board.screen, Question):
            await board.push_screen(Wall())


async def replay(diff: bool, seed: int) -> tuple[list[list[Row]], int]:
    """The screens after every step of a random day, and the bytes they took."""
    dice = random.Random(seed)
    script = dice.choices(
        ("down", "up", "tick", "change", "sort", "note", "title", "question", "type", "wall", "resize"),
        (6, 3, 6, 4, 2, 2, 2, 2, 3, 2, 1),
        k=40,
    )
    board = Board(80, diff=diff)
    screens: list[list[Row]] = []
    size = 0
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        assert board.installed == diff
        terminal = Emulator(WIDTH, HEIGHT)
        for name in ["start", *script]:
            if name == "resize":
                await settle(pilot)
                terminal.feed(board.wire.take())
                width, height = dice.choice(((WIDTH, HEIGHT), (80, 24), (120, 40)))
                if (width, height) != (terminal.columns, terminal.height):
                    # A new size leaves nothing that could be relied upon.
                    terminal = Emulator(width, height)
                    board._driver._size = (width, height)  # type: ignore[union-attr]
                    board.post_message(events.Resize(Size(width, height), Size(width, height)))
            else:
                await step(pilot, board, name, dice)
            if name in ("down", "up", "tick", "change", "sort"):
                board.screen._on_timer_update()
            else:
                await settle(pilot)
            data = board.wire.take()
            size += len(data.encode())
            terminal.feed(data)
            screens.append(terminal.rows())
        assert board.installed == (board.__dict__.get("_display") is not None), "the layer fell back on the way"
    return screens, size


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_frame_of_a_random_day_equals_the_stock_one_cell_by_cell(seed: int) -> None:
    stock, stock_bytes = await replay(False, seed)
    diff, diff_bytes = await replay(True, seed)
    for number, (expected, seen) in enumerate(zip(stock, diff, strict=True)):
        for y, (left, right) in enumerate(zip(expected, seen, strict=True)):
            assert left == right, f"line {y} after step {number}"
    assert diff_bytes < stock_bytes / 3


@pytest.mark.anyio
async def test_a_frame_in_which_nothing_changed_sends_no_byte() -> None:
    board = Board(500, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        board.wire.take()
        board.grid.refresh_rows(1.0)
        board.grid.refresh()
        board.screen.refresh()
        await settle(pilot)
        assert board.wire.take() == ""


@pytest.mark.anyio
@pytest.mark.parametrize("what", ["one", "waits", "sort"])
async def test_bytes_stay_within_15_percent_of_the_changed_cells(what: str) -> None:
    board = Board(500, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        before = terminal.rows()
        if what == "one":
            board.rows.changed[7] = "rewdy"
        elif what == "waits":
            board.rows.tick += 1
        else:
            board.rows.keys.reverse()
        board.grid.refresh_rows(1.0)
        await settle(pilot)
        data = board.wire.take()
        terminal.feed(data)
        least, cells = floor(before, terminal.rows())
        assert cells >= (1 if what == "one" else HEIGHT)
        assert len(data.encode()) <= 1.15 * least + 8


@pytest.mark.anyio
async def test_another_owner_of_the_terminal_is_painted_over_afterwards() -> None:
    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        expected = terminal.rows()
        terminal.feed("\x1b[H" + "an editor was here " * 40)
        # A suspended program comes back with a new writer thread.
        board.wire._writer_thread = object()  # type: ignore[attr-defined]
        board.screen.refresh()
        await settle(pilot)
        terminal.feed(board.wire.take())
        assert terminal.rows() == expected


@pytest.mark.anyio
async def test_reset_sends_every_cell_again() -> None:
    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        expected = terminal.rows()
        terminal = Emulator(WIDTH, HEIGHT)
        diff.reset(board)
        await settle(pilot)
        terminal.feed(board.wire.take())
        assert terminal.rows() == expected


@pytest.mark.anyio
async def test_a_slow_terminal_gets_the_newest_frame_and_none_in_between() -> None:
    class Writer:
        def __init__(self) -> None:
            self._queue: Queue[str] = Queue()

        def fileno(self) -> int:
            return sys.__stdout__.fileno() if sys.__stdout__ else 1

    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        writer = Writer()
        board.wire._writer_thread = writer  # type: ignore[attr-defined]
        writer._queue.put("a frame that the line has not taken")
        assert diff.writer_busy(board)
        for _ in range(20):
            board.rows.tick += 1
            board.grid.refresh_rows(float(board.rows.tick))
            await settle(pilot)
        assert board.wire.take() == ""
        assert diff.frame_pending(board)
        writer._queue.get()
        while diff.frame_pending(board):
            await pilot.pause()
        terminal.feed(board.wire.take())
        # The second row waits 7 + 20 by now.
        assert "27" in "".join(cell.data for cell in terminal.rows()[2])
        assert len([line for line in board.wire.sent if line]) == 0


@pytest.mark.anyio
async def test_a_line_that_takes_no_more_bytes_is_busy_though_the_queue_is_empty() -> None:
    ours, theirs = os.openpty()
    os.set_blocking(theirs, False)

    class Writer:
        _queue: Queue[str] = Queue()

        def fileno(self) -> int:
            return theirs

    board = Board(1, diff=False)
    wire = Wire(board)
    board._driver = wire
    wire._writer_thread = Writer()  # type: ignore[attr-defined]
    try:
        assert not diff.writer_busy(board)
        for _ in range(1000):
            # The kernel carries bytes on by itself, so a line that was full may take a few more.
            with suppress(BlockingIOError):
                while True:
                    os.write(theirs, b"x" * 512)
            if diff.writer_busy(board):
                break
        assert diff.writer_busy(board)
        while diff.writer_busy(board):
            assert os.read(ours, 4096)
    finally:
        os.close(ours)
        os.close(theirs)
    assert not diff.writer_busy(board), "a terminal that is gone is not waited for"


@pytest.mark.anyio
async def test_only_big_frames_are_bracketed_as_one_update() -> None:
    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        board.wire.take()
        board._sync_available = True
        board.rows.changed[2] = "ringing"
        board.grid.refresh_rows(1.0)
        await settle(pilot)
        small = board.wire.take()
        assert small
        assert "\x1b[?2026h" not in small
        diff.reset(board)
        await settle(pilot)
        big = board.wire.take()
        assert big.startswith("\x1b[?2026h")
        assert big.endswith("\x1b[?2026l")


@pytest.mark.anyio
async def test_the_cursor_stands_in_a_focused_input_for_input_methods() -> None:
    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await board.push_screen(Question())
        await pilot.press("1", "2")
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        assert board.cursor_position != Offset(0, 0)
        assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == board.cursor_position


@pytest.mark.anyio
async def test_another_textual_is_left_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    class Changed(Board):
        def _display(self, screen: Screen[Any], renderable: RenderableType | None, region: object = None) -> None:
            super()._display(screen, renderable)

    with caplog.at_level(logging.WARNING):
        board = Changed(40, diff=True)
    assert not board.installed
    assert "cell diffing is off" in caplog.text
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        assert "Bo Quist 1" in terminal.text()


@pytest.mark.anyio
async def test_a_fault_in_the_layer_takes_it_out_and_the_screen_stays_right(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    board = Board(40, diff=True)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())

        def broken(*_: object) -> str:
            raise TypeError("Textual moved")

        monkeypatch.setattr(diff.Glass, "paint", broken)
        board.rows.tick = 1000
        board.grid.refresh_rows(1.0)
        await settle(pilot)
        await settle(pilot)
        terminal.feed(board.wire.take())
        assert "Textual moved" in caplog.text
        assert "1007" in terminal.text()
        assert board.is_running


@pytest.mark.anyio
async def test_it_can_be_taken_out_and_put_in_again() -> None:
    board = Board(40, diff=True)
    assert diff.install(board)
    async with board.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        await settle(pilot)
        terminal = Emulator(WIDTH, HEIGHT)
        terminal.feed(board.wire.take())
        expected = terminal.rows()
        private.replace_display(board, None)
        board.screen.refresh()
        await settle(pilot)
        stock = board.wire.take()
        assert diff.install(board.screen)
        board.screen.refresh()
        await settle(pilot)
        again = board.wire.take()
        for data in (stock, again):
            terminal = Emulator(WIDTH, HEIGHT)
            terminal.feed(data)
            assert terminal.rows() == expected


@pytest.mark.pty
def test_in_a_real_terminal_the_screen_is_the_stock_one() -> None:
    keys = ["DOWN"] * 5 + ["t", "t", "UP", "t"]
    screens: list[list[Row]] = []
    sizes: list[int] = []
    for kind in ("stock", "grid"):
        with Pty([sys.executable, "-m", "tests.bench.grid_app", kind, "200", "--idle"]) as tty:
            terminal = Emulator()
            fed = 0

            def read() -> Emulator:
                nonlocal fed
                for _, data in tty.recording.chunks[fed:]:
                    terminal.feed(data)  # noqa: B023
                fed = len(tty.recording.chunks)
                return terminal  # noqa: B023

            assert tty.wait(lambda: "Agent Name" in read().text())
            for key in keys:
                before = read().rows()
                tty.send(key)
                assert tty.wait(lambda: read().rows() != before and not terminal.in_sync)  # noqa: B023
            if screens:
                assert tty.wait(lambda: read().rows() == screens[0])
            else:
                tty.pump(1.0)
            screens.append(read().rows())
            sizes.append(sum(len(data) for _, data in tty.recording.chunks))
    assert sizes[1] < sizes[0] / 2
