"""Lines of cells outside the grids. Showing the same lines again draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from wallboard.ui.styles import Painter
from wallboard.view.cells import Cell


class Lines(Widget):
    """As many lines as it was given; what is missing is blank."""

    ALLOW_SELECT: ClassVar[bool] = False

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

    def repaint(self, painter: Painter) -> None:
        """Draw everything again, in another theme."""
        self.painter = painter
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self._lines[y] if y < len(self._lines) else ()
        return self.painter.strip(cells, self.size.width, self._background)
