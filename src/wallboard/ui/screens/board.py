"""The board: panes in their places. Its body owns the verbs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from wallboard.ui.bindings import bindings, of_board
from wallboard.ui.console import Console
from wallboard.ui.frame import Frame, summary_line
from wallboard.ui.pane import PaneState
from wallboard.ui.screens.page import Body, ModeScreen
from wallboard.ui.styles import Painter
from wallboard.ui.widgets.grid import Grid
from wallboard.ui.widgets.lines import Lines
from wallboard.view.cells import Cell
from wallboard.view.layout import Layout, Place, upright_line


class PaneView(Widget):
    """A pane's title line and grid at a place of the body. They cover it, so it is not drawn itself: each key would
    draw a screenful of blanks."""

    DEFAULT_CSS = """
    PaneView { position: absolute; layout: vertical; display: none; visibility: hidden; }
    PaneView > * { visibility: visible; }
    PaneView > .title { height: 1; width: 1fr; }
    """

    def __init__(self, state: PaneState, painter: Painter) -> None:
        super().__init__()
        self.state = state
        self.title_line = Lines(painter)
        self.title_line.add_class("title")
        self.grid = Grid(state, painter.style, ascii_only=painter.ascii_only, text=painter.text)
        self.grid.can_focus = False
        self.place: Place | None = None
        self._drawn: tuple[Sequence[Hashable], object] = ((), None)

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.grid

    def drawn(self, picture: object) -> bool:
        """Whether exactly this stands there already; if not, it is about to be drawn."""
        order = self.state.order()
        return self._drawn[0] is order and self._drawn[1] == (picture, self.grid.size, self.grid.placed)

    def remember(self, picture: object) -> None:
        self._drawn = self.state.order(), (picture, self.grid.size, self.grid.placed)

    def forget(self) -> None:
        """Draw it with the next frame, whatever stands there."""
        self._drawn = ((), None)

    def column_at(self, x: int) -> str:
        """The column whose heading stands at x, "" where there is none."""
        placed = [spot for spot in self.grid.placed if spot.x <= x < spot.x + spot.width and spot.column.title]
        return placed[0].column.id if placed and self.grid.display else ""

    def put(self, place: Place | None) -> None:
        """Move to a place of the body, or out of sight."""
        if place == self.place:
            return
        self.place = place
        self.display = place is not None
        if place is not None:
            self.styles.offset = (place.x, place.y)
            self.styles.width = place.width
            self.styles.height = place.height
            self.grid.display = not place.summary
            self.grid.expect(place.width, place.height - 1)
            self.state.lines = max(1, place.height - 1)

    def head(self, lines: Sequence[Sequence[Cell]]) -> None:
        """Its hairline, and what is said below it."""
        if self.title_line.styles.height is None or self.title_line.styles.height.value != len(lines):
            self.title_line.styles.height = len(lines)
        self.title_line.show(lines)

    def repaint(self, painter: Painter) -> None:
        self.title_line.repaint(painter)
        self.grid.restyle(painter.style)


class Board(Body):
    """Bound here and not on the screen: a question, which stands beside it, never triggers a verb. A verb that can do
    nothing on the row under the cursor is dim."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(of_board, priority=True)
    DEFAULT_CSS = """
    Board > .divider { position: absolute; width: 1; display: none; }
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "do" and self.console.hints.dim(str(parameters[0])) else True


class BoardScreen(ModeScreen):
    def __init__(self, console: Console, painter: Painter, paint: Callable[[], None]) -> None:
        self.views = {state.resource: PaneView(state, painter) for state in console.panes.values()}
        self._divider = Lines(painter)
        self._divider.add_class("divider")
        self._layout: Layout | None = None
        super().__init__(console, painter, paint)

    def make_body(self) -> Body:
        return Board(self.console, [self._divider, *self.views.values(), self.page])

    def repaint(self, painter: Painter) -> None:
        super().repaint(painter)
        self._divider.repaint(painter)
        for view in self.views.values():
            view.repaint(painter)

    def scroll_columns(self, step: int) -> None:
        """Show the next columns of the pane at hand, or those before."""
        view = self.views[self.console.active]
        view.grid.scroll_columns(step)
        view.forget()

    def titled(self, lines: Lines) -> PaneView | None:
        """The pane whose title these are."""
        return next((view for view in self.views.values() if view.title_line is lines), None)

    def view_of(self, grid: Grid) -> PaneView | None:
        return next((view for view in self.views.values() if view.grid is grid), None)

    def on_grid_sized(self, message: Grid.Sized) -> None:
        """What was drawn before it had a size is drawn again."""
        message.stop()
        self.paint()

    def show(self, frame: Frame) -> None:
        super().show(frame)
        self._arrange(frame.layout)
        if frame.layout is not None:
            self._fill(frame.layout)

    def _fill(self, layout: Layout) -> None:
        console = self.console
        context = console.panes.context()
        now = context.now
        for place in layout.places:
            view = self.views[place.resource]
            state = view.state
            if place.summary:
                view.head([summary_line(console, state, context, place.width)])
                continue
            active = place.resource is console.active
            seen = (int(now), place, layout.size_class, active, console.remarks.touched)
            picture = (*seen, *state.picture())
            if view.drawn(picture):
                continue
            columns = state.choose_columns(layout.size_class, context, place.width, view.grid.skip)
            if columns != view.grid.columns:
                view.grid.set_columns(columns, pinned=1)
            view.grid.active = active
            view.grid.refresh_rows(now)
            state.drew(view.grid.keys)
            placed = [(spot.x, spot.width, spot.column) for spot in view.grid.placed]
            above, below = view.grid.hidden_above, view.grid.hidden_below
            view.head(state.title(place.width, placed, active, above, below))
            view.remember(picture)

    def _arrange(self, layout: Layout | None) -> None:
        if layout == self._layout:
            return
        self._layout = layout
        self.page.display = layout is None
        places = {place.resource: place for place in layout.places} if layout is not None else {}
        for resource, view in self.views.items():
            view.put(places.get(resource))
        upright = layout.divider if layout is not None else None
        self._divider.display = upright is not None
        if layout is not None and upright is not None:
            start, end = layout.divider_rows
            self._divider.styles.offset = (upright, start)
            self._divider.styles.height = end - start + 1
            self._divider.show([[Cell(sign, "line")] for sign in upright_line(layout)])
