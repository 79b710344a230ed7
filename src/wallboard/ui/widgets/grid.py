"""The table of every pane: rows by key, one strip a line, and only the lines that changed are drawn again.

It knows keys, cells and tokens, not what a queue or an agent is. Which rows, in which order, under which cursor is
the source's business (`wallboard.view.selection`); the grid keeps the window on it and what it has painted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, NamedTuple, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wallboard.ui.styles import written
from wallboard.view.cells import ASCII_ELLIPSIS, ELLIPSIS, Cell, Column, Placed, furthest_skip, place, runs

StyleFor = Callable[[str, str], Style]
"""(tokens of a cell, token of its background) -> style."""

MARGIN = 2
"""Lines kept in sight above and below the cursor, where there are any."""
_CACHED_STRIPS = 256  # a few screens: with ticking clocks no line comes back, except under a moving cursor
# cursor and mark on one row, cursor, mark
_SIGNS = ("█", "▌", "*")
_ASCII_SIGNS = ("#", ">", "*")


class GridSource(Protocol):
    """What a pane tells its grid."""

    def order(self) -> Sequence[Hashable]: ...

    def cursor_index(self) -> int | None: ...

    def cells(self, key: Hashable, now: float) -> Sequence[Cell]:
        """One cell a column, in the order of the columns. Cheap: asked every second, for the visible rows only."""
        ...

    def row_style(self, key: Hashable) -> str:
        """Any of tombstone, dim, marked, alarm, joined by a space, or ""."""
        ...


class _Line(NamedTuple):
    key: Hashable
    cells: tuple[Cell, ...]
    style: str
    cursor: str  # "" or the background token of the cursor's line


class Grid(Widget, can_focus=True):
    """A window on the rows of a source. It has no keys of its own: moving is a command like any other."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    Grid { width: 1fr; height: 1fr; }
    """

    class RowPicked(Message):
        """A row was clicked: the row that was painted there. `chain` is 2 for a double click."""

        def __init__(self, grid: Grid, key: Hashable, chain: int) -> None:
            super().__init__()
            self.grid = grid
            self.key = key
            self.chain = chain

        @property
        def control(self) -> Grid:
            return self.grid

    class Wheeled(Message):
        """The wheel asks to move the cursor by so many lines."""

        def __init__(self, grid: Grid, lines: int) -> None:
            super().__init__()
            self.grid = grid
            self.lines = lines

        @property
        def control(self) -> Grid:
            return self.grid

    class Sized(Message):
        """It has another size: other rows stand in it, and fit."""

    def __init__(
        self,
        source: GridSource,
        style_for: StyleFor,
        columns: Sequence[Column] = (),
        *,
        pinned: int = 1,
        ascii_only: bool = False,
        background: str = "surface",
        text: Callable[[str], str] = str,
        id: str | None = None,  # noqa: A002 - the name that every widget has
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._source = source
        self._style_for = style_for
        self._columns = tuple(columns)
        self._pinned = pinned
        self._background = background
        self._text = text
        self._signs = _ASCII_SIGNS if ascii_only else _SIGNS
        self._ellipsis = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
        self._active = True
        self._skip = 0
        self._placed: tuple[Placed, ...] = ()
        self._width = 0
        """The width that they were placed for."""
        self._height = 0
        """The lines that it has, or is about to have."""
        self._top = 0
        self._count = 0
        self._now = 0.0
        self._lines: list[_Line | None] = []
        self._painted: dict[int, _Line | None] = {}
        self._strips: dict[tuple[object, ...], Strip] = {}

    # columns

    def set_columns(self, columns: Sequence[Column], pinned: int | None = None) -> None:
        """Show these columns, most important first; the first `pinned` stay while the others scroll."""
        self._columns = tuple(columns)
        if pinned is not None:
            self._pinned = pinned
        self._place()

    def scroll_columns(self, step: int) -> bool:
        """Bring dropped columns in (+1) or the first ones back (-1). False at either end."""
        furthest = furthest_skip(self._columns, self._width, self._pinned)
        skip = min(max(self._skip + step, 0), furthest)
        if skip == self._skip:
            return False
        self._skip = skip
        self._place()
        return True

    @property
    def skip(self) -> int:
        """How many columns are scrolled away."""
        return self._skip

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The columns on the screen and where they stand: the title line writes their names there."""
        return self._placed

    def expect(self, width: int, height: int) -> None:
        """The size that it is about to have: the title names the columns at once, and the first frame has rows."""
        self._height = height
        if width != self._width:
            self._width = width
            self._place()

    def _place(self) -> None:
        self._skip = min(self._skip, furthest_skip(self._columns, self._width, self._pinned))
        self._placed = place(self._columns, self._width, self._pinned, self._skip)
        self._repaint()

    # looks

    @property
    def active(self) -> bool:
        """Whether keys act on this grid: only then its cursor line has the cursor's background."""
        return self._active

    @active.setter
    def active(self, active: bool) -> None:
        if active != self._active:
            self._active = active
            self.refresh_rows(self._now)

    def restyle(self, style_for: StyleFor) -> None:
        """Take another theme's styles, at once."""
        self._style_for = style_for
        self._repaint()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def _repaint(self) -> None:
        self._strips.clear()
        self._lines = []
        self.refresh_rows(self._now)
        self.refresh()

    # rows

    def refresh_rows(self, now: float) -> None:
        """Ask for the cells of the visible rows; draw the lines that changed, and nothing if none did."""
        self._now = now
        width, height = self._width, self.size.height or self._height
        if not width or not height:
            return
        fresh = self._window(height)
        shown = self._lines
        self._lines = fresh
        if len(shown) != len(fresh):
            self.refresh()
        else:
            dirty = [Region(0, y, width, 1) for y, line in enumerate(fresh) if line != shown[y]]
            if len(dirty) > height // 2:
                self.refresh()
            elif dirty:
                self.refresh(*dirty)

    @property
    def keys(self) -> list[Hashable]:
        """The rows in the window."""
        return [line.key for line in self._lines if line is not None]

    @property
    def hidden_above(self) -> int:
        return self._top

    @property
    def hidden_below(self) -> int:
        return max(0, self._count - self._top - len(self._lines))

    def _window(self, height: int) -> list[_Line | None]:
        """The lines to show, after moving the window so that the cursor is in sight."""
        source, now = self._source, self._now
        order, cursor = source.order(), source.cursor_index()
        self._count = len(order)
        top = 0  # nothing leads away from the worst rows but a cursor
        if cursor is not None:
            margin = min(MARGIN, (height - 1) // 2)
            top = min(max(self._top, cursor + margin + 1 - height), cursor - margin)
        self._top = top = max(0, min(top, len(order) - height))
        lit = "cursor" if self._active else self._background
        lines: list[_Line | None] = [
            _Line(key, tuple(source.cells(key, now)), source.row_style(key), lit if index == cursor else "")
            for index, key in enumerate(order[top : top + height], top)
        ]
        return lines + [None] * (height - len(lines))

    # drawing

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else None
        self._painted[y] = line
        width = self.size.width
        key = (width, line and line[1:])
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _CACHED_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._draw(line, width)
        return strip

    def _draw(self, line: _Line | None, width: int) -> Strip:
        if line is None:
            return Strip.blank(width, self._style_for("text", self._background))
        background = line.cursor or self._background
        marked = "marked" in line.style
        both, cursor, mark = self._signs
        plain = self._style_for("text", background)
        sign = (both if marked else cursor) if line.cursor else mark if marked else " "
        segments = [Segment(sign, plain)]
        for text, token in runs(self._placed, line.cells, width, self._ellipsis):
            segments += written(self._text(text), self._style_for(_token(token, line.style), background), plain)
        return Strip(segments).adjust_cell_length(width, plain)

    # events

    def on_resize(self, event: events.Resize) -> None:
        self._painted.clear()
        if self._width != self.size.width or len(self._lines) != self.size.height:
            self._width, self._height = self.size
            self._place()
        self.post_message(self.Sized())

    def on_hide(self, event: events.Hide) -> None:
        self._lines = []
        self._painted.clear()

    def on_click(self, event: events.Click) -> None:
        line = self._painted.get(event.y)
        if line is not None:
            event.stop()
            self.post_message(self.RowPicked(self, line.key, event.chain))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, -1))


def _token(token: str, row_style: str) -> str:
    if not row_style:
        return token
    if "tombstone" in row_style or "dim" in row_style:
        return "muted"
    if "alarm" in row_style and token == "text":
        token = "alarm"
    return f"{token} bold" if "marked" in row_style else token
