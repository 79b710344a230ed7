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
    """As many lines as it was given; what is missing is blank."""

    ALLOW_SELECT: ClassVar[bool] = False

    class Clicked(Message):
        """Somebody clicked at (x, y), where `cell` stands; `chain` is 2 for a double click."""

        def __init__(self, lines: Lines, x: int, y: int, cell: Cell | None, chain: int) -> None:
            super().__init__()
            self.lines = lines
            self.x = x
            self.y = y
            self.cell = cell
            self.chain = chain

    def __init__(self, painter: Painter, background: str = "surface", *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.painter = painter
        self._background = background
        self._lines: list[tuple[Cell, ...]] = []

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
        line = self._lines[event.y] if event.y < len(self._lines) else ()
        self.post_message(self.Clicked(self, event.x, event.y, _at(line, event.x), event.chain))

    def repaint(self, painter: Painter) -> None:
        """Draw everything again, in another theme."""
        self.painter = painter
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self._lines[y] if y < len(self._lines) else ()
        return self.painter.strip(cells, self.size.width, self._background)


def _at(line: Sequence[Cell], x: int) -> Cell | None:
    """The cell at column x."""
    for cell in line:
        x -= cell_width(cell.text)
        if x < 0:
            return cell
    return None
