"""The grid: what stands on each line, what is drawn again, and what a click hits."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from wallboard.ui.widgets.grid import Grid
from wallboard.view.cells import Cell, Column

NAME = Column("name", "name", 10)
WAIT = Column("wait", "wait", 6, "right")
STATE = Column("state", "state", 9)
QUEUE = Column("queue", "queue", 12)
TOKENS = ("text", "muted", "warn", "alarm", "cursor", "surface")


def style_for(token: str, background: str) -> Style:
    """A style that tells which tokens it was made of."""
    words = token.split()
    return Style(
        color=f"color({TOKENS.index(words[0])})", bgcolor=f"color({TOKENS.index(background)})", bold="bold" in words
    )


def tokens(strip: Strip, x: int) -> tuple[str, str, bool]:
    """(token, background token, bold) of the cell at `x`."""
    for text, style, _ in strip:
        if x < len(text):
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            return TOKENS[style.color.number or 0], TOKENS[style.bgcolor.number or 0], bool(style.bold)
        x -= len(text)
    raise AssertionError("beyond the line")


class Rows:
    def __init__(self, size: int) -> None:
        self.keys: list[Hashable] = [f"row {number}" for number in range(size)]
        self.cursor: int | None = 0
        self.styles: dict[Hashable, str] = {}
        self.states: dict[Hashable, Cell] = {}
        self.asked: list[Hashable] = []

    def order(self) -> Sequence[Hashable]:
        return self.keys

    def cursor_index(self) -> int | None:
        return self.cursor

    def cells(self, key: Hashable, now: float) -> Sequence[Cell]:
        self.asked.append(key)
        state = self.states.get(key, Cell("ready", "warn"))
        return (Cell(str(key)), Cell(f"{now:.0f}"), state, Cell("Sales"))

    def row_style(self, key: Hashable) -> str:
        return self.styles.get(key, "")


class Board(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: Rows, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.rows = rows
        self.grid = Grid(rows, style_for, (NAME, WAIT, STATE, QUEUE), ascii_only=ascii_only)
        self.messages: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_grid_row_picked(self, message: Grid.RowPicked) -> None:
        self.messages.append((message.key, message.chain))

    def on_grid_wheeled(self, message: Grid.Wheeled) -> None:
        self.messages.append(message.lines)

    def lines(self) -> list[str]:
        return [self.grid.render_line(y).text for y in range(self.grid.size.height)]


async def drawn(pilot: Pilot[None]) -> None:
    await pilot.pause()
    pilot.app.screen._on_timer_update()
    await pilot.pause()


@pytest.mark.anyio
async def test_rows_stand_in_their_columns_and_the_cursor_is_a_mark_and_a_background() -> None:
    board = Board(Rows(3))
    async with board.run_test(size=(44, 5)) as pilot:
        await drawn(pilot)
        assert board.lines() == [
            "▌row 0           0 ready     Sales          ",
            " row 1           0 ready     Sales          ",
            " row 2           0 ready     Sales          ",
            " " * 44,
            " " * 44,
        ]
        assert tokens(board.grid.render_line(0), 0) == ("text", "cursor", False)
        assert tokens(board.grid.render_line(0), 43) == ("text", "cursor", False)
        assert tokens(board.grid.render_line(1), 20) == ("warn", "surface", False)


@pytest.mark.anyio
async def test_only_the_grid_that_takes_the_keys_lights_its_cursor() -> None:
    board = Board(Rows(2))
    async with board.run_test(size=(44, 3)) as pilot:
        board.grid.active = False
        await drawn(pilot)
        assert board.lines()[0].startswith("▌row 0")
        assert tokens(board.grid.render_line(0), 3) == ("text", "surface", False)


@pytest.mark.anyio
async def test_row_styles_speak_in_tokens_and_marks_in_signs() -> None:
    rows = Rows(4)
    rows.styles = {"row 0": "marked", "row 1": "tombstone", "row 2": "alarm", "row 3": "marked dim"}
    board = Board(rows)
    async with board.run_test(size=(44, 4)) as pilot:
        await drawn(pilot)
        grid = board.grid
        assert [line[0] for line in board.lines()] == ["█", " ", " ", "*"]
        assert tokens(grid.render_line(0), 3) == ("text", "cursor", True)
        assert {tokens(grid.render_line(1), x)[0] for x in (3, 20)} == {"muted"}
        assert [tokens(grid.render_line(2), x)[0] for x in (3, 20)] == ["alarm", "warn"]
        assert tokens(grid.render_line(3), 20)[0] == "muted"


@pytest.mark.anyio
async def test_ascii_uses_no_other_character() -> None:
    rows = Rows(3)
    rows.keys[1] = "a name that is much too long"
    rows.styles = {"row 0": "marked", "row 2": "marked"}
    board = Board(rows, ascii_only=True)
    async with board.run_test(size=(44, 4)) as pilot:
        await drawn(pilot)
        assert all(line.isascii() for line in board.lines())
        assert [line[0] for line in board.lines()] == ["#", " ", "*", " "]
        rows.cursor = 1
        board.grid.refresh_rows(0.0)
        assert board.lines()[1].startswith(">a name th~")


@pytest.mark.anyio
async def test_a_sentence_may_span_the_columns_after_it() -> None:
    rows = Rows(1)
    rows.states["row 0"] = Cell("sent to Anna Vogt 204: confirmed", "muted", span=2)
    board = Board(rows)
    async with board.run_test(size=(41, 2)) as pilot:
        await drawn(pilot)
        assert board.lines()[0] == "▌row 0           0 sent to Anna Vogt 204…"


@pytest.mark.anyio
async def test_only_lines_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(500)
    board = Board(rows)
    async with board.run_test(size=(44, 20)) as pilot:
        await drawn(pilot)
        asked: list[object] = []
        monkeypatch.setattr(board.grid, "refresh", lambda *regions: asked.extend(regions or ["all"]))
        board.grid.refresh_rows(0.0)
        assert asked == []
        rows.states["row 7"] = Cell("ringing", "alarm")
        board.grid.refresh_rows(0.0)
        assert asked == [Region(0, 7, 44, 1)]
        asked.clear()
        rows.cursor = 1
        board.grid.refresh_rows(0.0)
        assert asked == [Region(0, 0, 44, 1), Region(0, 1, 44, 1)]


@pytest.mark.anyio
async def test_only_visible_rows_are_asked_for_their_cells() -> None:
    rows = Rows(5000)
    board = Board(rows)
    async with board.run_test(size=(44, 20)) as pilot:
        await drawn(pilot)
        rows.asked.clear()
        board.grid.refresh_rows(1.0)
        assert rows.asked == rows.keys[:20]


@pytest.mark.anyio
async def test_the_window_follows_the_cursor_with_a_margin_and_tells_what_is_hidden() -> None:
    rows = Rows(50)
    board = Board(rows)
    async with board.run_test(size=(44, 10)) as pilot:
        await drawn(pilot)
        assert (board.grid.hidden_above, board.grid.hidden_below) == (0, 40)
        for cursor, top in ((7, 0), (8, 1), (20, 13), (15, 13), (14, 12), (49, 40), (0, 0)):
            rows.cursor = cursor
            board.grid.refresh_rows(0.0)
            assert board.lines()[0][1:].startswith(f"row {top} ")
            assert board.lines()[cursor - top].startswith(f"▌row {cursor} ")
        assert (board.grid.hidden_above, board.grid.hidden_below) == (0, 40)
        del rows.keys[3:]
        board.grid.refresh_rows(0.0)
        assert (board.grid.hidden_above, board.grid.hidden_below) == (0, 0)


@pytest.mark.anyio
async def test_without_a_cursor_the_window_stands_at_the_top_whatever_comes() -> None:
    rows = Rows(20)
    board = Board(rows)
    async with board.run_test(size=(44, 5)) as pilot:
        await drawn(pilot)
        rows.cursor = 15
        board.grid.refresh_rows(0.0)
        assert board.grid.hidden_above > 0
        rows.cursor = None
        board.grid.refresh_rows(0.0)
        rows.keys.insert(0, "worse")
        board.grid.refresh_rows(0.0)
        assert (board.grid.hidden_above, board.grid.hidden_below) == (0, 16)
        assert [line.split()[0] for line in board.lines()] == ["worse", "row", "row", "row", "row"]


@pytest.mark.anyio
async def test_columns_that_do_not_fit_are_reached_and_the_pinned_one_stays() -> None:
    board = Board(Rows(1))
    async with board.run_test(size=(30, 3)) as pilot:
        await drawn(pilot)
        assert [spot.column.id for spot in board.grid.placed] == ["name", "wait", "state"]
        assert board.grid.scroll_columns(1)
        assert [spot.column.id for spot in board.grid.placed] == ["name", "state"]
        assert board.grid.scroll_columns(1)
        assert [spot.column.id for spot in board.grid.placed] == ["name", "queue"]
        assert board.lines()[0] == "▌row 0      Sales             "
        assert not board.grid.scroll_columns(1)
        await pilot.resize_terminal(60, 3)
        await drawn(pilot)
        assert [spot.column.id for spot in board.grid.placed] == ["name", "wait", "state", "queue"]
        assert not board.grid.scroll_columns(-1)


@pytest.mark.anyio
async def test_a_click_picks_the_row_that_was_painted_there() -> None:
    rows = Rows(5)
    board = Board(rows)
    async with board.run_test(size=(44, 10)) as pilot:
        await drawn(pilot)
        board.messages.clear()
        rows.keys.reverse()  # the data moved on, the screen has not been drawn again
        await pilot.click(board.grid, offset=(5, 1))
        await pilot.click(board.grid, offset=(5, 8))
        assert board.messages == [("row 1", 1)]


@pytest.mark.anyio
async def test_the_wheel_asks_to_move_the_cursor() -> None:
    board = Board(Rows(50))
    async with board.run_test(size=(44, 10)) as pilot:
        await drawn(pilot)
        board.messages.clear()
        await pilot._post_mouse_events([_scroll("down")], board.grid, button=0)
        await pilot._post_mouse_events([_scroll("up")], board.grid, button=0)
        await drawn(pilot)
        assert board.messages == [1, -1]


def _scroll(direction: str) -> type:
    from textual import events

    return events.MouseScrollDown if direction == "down" else events.MouseScrollUp


@pytest.mark.anyio
async def test_a_new_theme_asks_for_every_style_again() -> None:
    board = Board(Rows(2))
    async with board.run_test(size=(44, 3)) as pilot:
        await drawn(pilot)
        board.grid.restyle(lambda token, background: Style(color="color(3)", bgcolor="color(5)"))
        assert tokens(board.grid.render_line(0), 1) == ("alarm", "surface", False)
