"""Lines of cells outside the grids. Showing the same lines again draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wallboard.domain.text import cell_width
from wallboard.ui.styles import Painter
from wallboard.view.cells import Cell


class Lines(Widget):
    """As many lines as it was given; what is missing is blank. A click hits what was drawn where it was."""

    ALLOW_SELECT: ClassVar[bool] = False

    class Clicked(Message):
        """Somebody clicked at (x, y), where `cell` was drawn; `chain` is 2 for a double click."""

        def __init__(self, lines: Lines, x: int, y: int, cell: Cell | None, chain: int) -> None:
            super().__init__()
            self.lines = lines
            self.x = x
            self.y = y
            self.cell = cell
            self.chain = chain

    class Wheeled(Message):
        """The wheel asks to go on by so many lines."""

        def __init__(self, lines: Lines, by: int) -> None:
            super().__init__()
            self.lines = lines
            self.by = by

    def __init__(self, painter: Painter, background: str = "surface", *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.painter = painter
        self._background = background
        self._lines: list[tuple[Cell, ...]] = []
        self._painted: dict[int, Sequence[Cell]] = {}

    @property
    def shown(self) -> list[tuple[Cell, ...]]:
        return self._lines

    def show(self, lines: Sequence[Sequence[Cell]]) -> None:
        """Show `lines`; only those that differ from what is shown are drawn again."""
        fresh = [tuple(line) for line in lines]
        old = self._lines
        if fresh == old:
            return
        self._lines = fresh
        width = self.size.width
        longest = max(len(fresh), len(old))
        dirty = [
            Region(0, y, width, 1)
            for y in range(longest)
            if (fresh[y] if y < len(fresh) else None) != (old[y] if y < len(old) else None)
        ]
        # Out of sight it has no width; what it drew before must not come back with it.
        self.refresh(*dirty if width else ())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        cell = _at(self._painted.get(event.y, ()), event.x)
        self.post_message(self.Clicked(self, event.x, event.y, cell, event.chain))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, -1))

    def repaint(self, painter: Painter) -> None:
        """Draw everything again, in another theme."""
        self.painter = painter
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self._painted[y] = self._lines[y] if y < len(self._lines) else ()
        return self.painter.strip(cells, self.size.width, self._background)


def _at(line: Sequence[Cell], x: int) -> Cell | None:
    """The cell at column x."""
    for cell in line:
        x -= cell_width(cell.text)
        if x < 0:
            return cell
    return None
