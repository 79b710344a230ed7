"""The Textual app: it shows the console's frames and hands it keys. It decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.widget import Widget

from wallboard.domain.keys import Resource
from wallboard.domain.sending import EXPIRES
from wallboard.domain.text import clean
from wallboard.theming import Theme, ThemeError
from wallboard.ui.console import Console
from wallboard.ui.frame import Frame, announcement, fits, frame, pane_title, summary_line
from wallboard.ui.pane import PaneState
from wallboard.ui.styles import Painter
from wallboard.ui.terminal import diff, private
from wallboard.ui.terminal.driver import ConsoleDriver
from wallboard.ui.terminal.gate import KeyGate
from wallboard.ui.terminal.keys import FrameTaken, HeldKey, KeyLetGo
from wallboard.ui.terminal.private import QuietApp
from wallboard.ui.terminal.sequences import question
from wallboard.ui.visibility import Shown
from wallboard.ui.widgets.grid import Grid
from wallboard.ui.widgets.lines import Lines
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.layout import MINIMUM, Layout, Place

FLUSH_SECONDS = 0.25
"""Updates that arrive within it share a frame."""
RENEW_SECONDS = 600.0
"""So often everything is sent again, where the line hardly notices: what others wrote on the screen does not stay."""

RING_SECONDS = 0.4
FOLLOW_SECONDS = 0.05
"""How often it is looked whether a frame that waits for a slow terminal has left."""


class PaneView(Widget):
    """A pane's title line and grid at a place of the body."""

    DEFAULT_CSS = """
    PaneView { position: absolute; layout: vertical; }
    PaneView > .title { height: 1; width: 1fr; }
    """

    def __init__(self, state: PaneState, painter: Painter) -> None:
        super().__init__()
        self.state = state
        self.painter = painter
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
            self.state.lines = max(1, place.height - 1)


class BoardScreen(Screen[None], inherit_bindings=False):
    """All modes share one screen: lines above, a body, lines below."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    BoardScreen { layout: vertical; overflow: hidden; }
    BoardScreen > .lines { width: 1fr; }
    BoardScreen > #body { width: 1fr; height: 1fr; overflow: hidden; }
    #body > .mode { position: absolute; width: 100%; height: 100%; }
    #body > .divider { position: absolute; width: 1; }
    """


class ConsoleApp(QuietApp, inherit_bindings=False):
    """Run by the runtime, which owns everything it shows."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT: ClassVar[bool] = False
    CSS = ""

    def __init__(
        self,
        make_console: Callable[[ConsoleApp], Console],
        theme: Theme,
        load_theme: Callable[[str], Theme],
        *,
        ascii_only: bool = False,
        driver_class: type[Driver] | None = None,
        ready: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class, ansi_color=True if theme.tokens["surface"].bg is None else None)
        self._load_theme = load_theme
        self._ready_callback = ready
        self.painter = Painter(theme, ascii_only)
        self.console_state = make_console(self)
        self._top = Lines(self.painter)
        self._bottom = Lines(self.painter)
        self._mode = Lines(self.painter)
        self._divider = Lines(self.painter)
        self._body = Widget(id="body")
        self._views = {state.resource: PaneView(state, self.painter) for state in self.console_state.panes.values()}
        self._arranged = False
        self._layout: Layout | None = None
        self._frame: Frame | None = None
        self._dirty: set[Resource] = set()
        self._take_asked = False
        self._begun = 0
        self._following = False
        self._gate = KeyGate()
        self._last_second = -1
        self._renewed_at = 0.0

    # ---- life -------------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        """Ours on a terminal of our own. A driver that the environment names (a browser's) stays, and so does Textual's
        where ours cannot stand on it."""
        stock = super().get_driver_class()
        return ConsoleDriver if stock is LinuxDriver and not private.driver_faults() else stock

    @property
    def wire(self) -> ConsoleDriver | None:
        """Our own side of the terminal; None where something else hosts the app."""
        driver = private.driver_of(self)
        return driver if isinstance(driver, ConsoleDriver) else None

    def get_default_screen(self) -> Screen[Any]:
        return BoardScreen(id="_default")

    async def on_mount(self) -> None:
        for lines in (self._top, self._bottom):
            lines.add_class("lines")
        self._mode.add_class("mode")
        self._divider.add_class("divider")
        self._apply_background()
        await self.screen.mount(self._top, self._body, self._bottom)
        await self._body.mount(self._divider, *self._views.values(), self._mode)
        for view in self._views.values():
            view.display = False
        self._mode.display = False
        self._divider.display = False
        diff.install(self)
        self._renewed_at = self.console_state.clock.now()
        self.set_interval(0.25, self._second)
        if (wire := self.wire) is not None:
            self.console_state.visibility.terminal = True
            wire.hear(*self.console_state.believed())
        self.paint()
        if self._ready_callback is not None:
            self.call_after_refresh(self._ready_callback)

    def _apply_background(self) -> None:
        style = self.painter.style("text")
        if style.bgcolor is not None and style.bgcolor.triplet is not None:
            self.screen.styles.background = style.bgcolor.triplet.hex

    def set_wallboard_theme(self, name: str) -> None:
        """Another theme, at once; the one there is stays if its file cannot be used any more."""
        try:
            theme = self._load_theme(name)
        except ThemeError as error:
            self.console_state.remarks.say(clean(error.args[0]), "warn")
            return
        self.painter = Painter(theme, self.painter.ascii_only)
        self._apply_background()
        self._draw_afresh()

    def _draw_afresh(self) -> None:
        for lines in (self._top, self._bottom, self._mode, self._divider):
            lines.repaint(self.painter)
        for view in self._views.values():
            view.painter = self.painter
            view.title_line.repaint(self.painter)
            view.grid.restyle(self.painter.style)

    def redraw(self) -> None:
        """Every mode and every cell again, from what the console says now."""
        self._draw_afresh()
        self._renew()

    def scroll_columns(self, step: int) -> None:
        """Show the next columns of the pane at hand, or those before."""
        view = self._views[self.console_state.active]
        view.grid.scroll_columns(step)
        view.forget()

    def ring(self, times: int) -> None:
        """The terminal's bell, so often, far enough apart to be counted."""
        for number in range(times):
            self.set_timer(number * RING_SECONDS, self.bell)

    def name_window(self, text: str) -> None:
        """The title of the terminal's window, where it is ours."""
        if (wire := self.wire) is not None:
            wire.name_window(self.painter.text(text))

    def tell_desktop(self, text: str) -> None:
        """A notification of the terminal's desktop, where it is ours and has one."""
        if (wire := self.wire) is not None:
            wire.tell_desktop(self.painter.text(text))

    def _renew(self) -> None:
        self._renewed_at = self.console_state.clock.now()
        if (wire := self.wire) is not None:
            wire.renew()
        else:
            diff.reset(self)

    def _renew_quietly(self) -> None:
        wire, size = self.wire, diff.whole_frame(self)
        if wire is not None and size and wire.affords(size, RENEW_SECONDS):
            self._renew()

    # ---- frames -----------------------------------------------------------------------------------------

    def data_changed(self, changed: frozenset[tuple[str, Resource]]) -> None:
        """The board has new rows: they share a frame with all that arrives in the next quarter of a second."""
        if not changed:
            # How a feed fares, and nothing else: the next second shows it.
            return
        self._dirty |= {resource for _, resource in changed}
        if not self._take_asked and self.is_running:
            self._take_asked = True
            self.set_timer(FLUSH_SECONDS, self._take_data)

    def repaint_soon(self) -> None:
        """Something on the screen changed without a key and without the board. May be called from any task."""
        if self.is_running:
            self.call_later(self.paint)

    def _take_data(self) -> None:
        self._take_asked = False
        if diff.writer_busy(self):
            # The terminal does not keep up: the newest state goes out when it does.
            self._take_asked = True
            self.set_timer(0.5, self._take_data)
            return
        dirty, self._dirty = frozenset(self._dirty), set()
        self.console_state.reload(dirty)
        self.paint()

    def _second(self) -> None:
        """Four times a second, to be near the turn of each; works once a second."""
        second = int(self.console_state.clock.now())
        if second == self._last_second:
            return
        self._last_second = second
        self.console_state.tick()
        if not diff.writer_busy(self):
            if self.console_state.clock.now() - self._renewed_at >= RENEW_SECONDS:
                self._renew_quietly()
            self.paint()

    def paint(self) -> None:
        """Bring the screen to the console's state; only what differs is drawn."""
        self._draw()
        if self.console_state.visibility.terminal:
            self.call_after_refresh(self._sent, self.console_state.visibility.drawn())

    def _sent(self, sight: Shown) -> None:
        """Everything up to this frame is with the writer, or waits for it."""
        self._settle()
        self.console_state.visibility.sent(sight)
        if not self._following:
            self._follow()

    def _follow(self) -> None:
        """Look again and again until the last frame has left: a key may come while the next is on its way."""
        self._ask()
        self._following = not self._settle()
        if self._following:
            self.set_timer(FOLLOW_SECONDS, self._follow)

    def _ask(self) -> None:
        """Have the terminal say when it has come to the end of what was sent."""
        wire, visibility = self.wire, self.console_state.visibility
        if wire is None or wire.needs_full_repaint:
            return
        if wire.begun != self._begun:
            self._begun = wire.begun
            visibility.unasked()
        if not diff.frame_pending(self) and (number := visibility.ask()) is not None:
            wire.write(question(number))

    def _settle(self) -> bool:
        """Whether everything has left."""
        wire = self.wire
        lost = wire is not None and wire.needs_full_repaint
        if lost or diff.frame_pending(self) or diff.writer_busy(self):
            return False
        self.console_state.visibility.settle()
        return True

    def _draw(self) -> None:
        console = self.console_state
        size = self.size
        if not self._body.is_attached:
            return
        now = console.clock.now()
        console.see(fits(size.width, size.height))
        shown = self._frame = frame(console, size.width, size.height, self._frame)
        console.drew(shown.drawn)
        self._resize(self._top, len(shown.top))
        self._resize(self._bottom, len(shown.bottom))
        self._top.show(shown.top)
        self._bottom.show(shown.bottom)
        self._arrange(shown, size.width, size.height)
        if shown.layout is None:
            self._mode.show(shown.body)
            return
        context = console.context()
        told = announcement(console, context)
        for place in shown.layout.places:
            view = self._views[place.resource]
            state = view.state
            active = place.resource is console.active
            if place.summary:
                view.title_line.show([summary_line(console, state, context, place.width)])
                continue
            picture = (
                int(now),
                place,
                shown.layout.size_class,
                active,
                console.remarks.touched,
                told,
                *state.picture(),
            )
            if view.drawn(picture):
                continue
            if state.choose_columns(shown.layout.size_class, context):
                view.grid.set_columns(state.columns, pinned=1)
            view.grid.active = active
            view.grid.refresh_rows(now)
            placed = [(spot.x, spot.width, spot.column) for spot in view.grid.placed]
            above, below = view.grid.hidden_above, view.grid.hidden_below
            view.title_line.show([pane_title(console, state, place.width, placed, above, below)])
            view.remember(picture)

    def _resize(self, lines: Lines, height: int) -> None:
        if lines.styles.height is None or lines.styles.height.value != height:
            lines.styles.height = height

    def _arrange(self, shown: Frame, width: int, height: int) -> None:
        layout = shown.layout
        if self._arranged and layout == self._layout:
            return
        self._arranged = True
        self._layout = layout
        # What was told to something without a size yet is told again when it has one.
        self.call_after_refresh(self.paint)
        self._mode.display = layout is None
        places = {place.resource: place for place in layout.places} if layout is not None else {}
        for resource, view in self._views.items():
            view.put(places.get(resource))
        upright = layout.divider if layout is not None else None
        self._divider.display = upright is not None
        if layout is not None and upright is not None:
            start, end = layout.divider_rows
            self._divider.styles.offset = (upright, start)
            self._divider.styles.height = end - start + 1
            rows = {place.y for place in layout.places}
            signs = [
                "┬" if y == 0 else "┴" if y == end else "┼" if y in rows else glyphs.UPRIGHT
                for y in range(start, end + 1)
            ]
            self._divider.show([[Cell(sign, "line")] for sign in signs])

    # ---- keys -------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self.is_running and self._body.is_attached:
            event.stop()
            event.prevent_default()
            self.press(event)
            return
        if isinstance(event, KeyLetGo):
            self._gate.let_go(event.character)
            return
        if isinstance(event, FrameTaken):
            self.console_state.visibility.taken(event.number)
            return
        await super().on_event(event)

    def press(self, event: events.Key) -> None:
        """One key: through the gate, to the console, onto the screen."""
        console = self.console_state
        age = time.monotonic() - event.time
        if age > EXPIRES:
            console.remarks.say(f"pressed {age:.0f} s ago, while the console stood still: dropped", "warn")
            self.paint()
            return
        if event.key == "ctrl+z":
            self._suspend()
            return
        self._settle()
        character = event.character if event.is_printable else None
        name = "space" if character == " " else character if character else event.key
        held = isinstance(event, HeldKey) and not console.repeats(name)
        if self._gate.accept(name, time.monotonic(), console.is_verb(name), held):
            console.key(name, character)
            self._acted()

    def _suspend(self) -> None:
        if (wire := self.wire) is not None and not wire.suspend():
            self.console_state.remarks.say("no shell to go to: Ctrl+Z does nothing here")
            self.paint()

    def on_app_blur(self) -> None:
        """What is let go while another window has the keyboard, nobody tells us."""
        self._gate.forget()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.console_state.paste(event.text)
        self._acted()

    def _acted(self) -> None:
        if (wire := self.wire) is not None:
            wire.expect_text(self.console_state.takes_text)
        self.paint()

    def on_grid_row_picked(self, message: Grid.RowPicked) -> None:
        for resource, view in self._views.items():
            if view.grid is message.grid and self.console_state.dialog is None:
                self.console_state.idle.touch()
                self.console_state.go(resource, again=False)
                view.state.selection.to(message.key, self.console_state.clock.now())
                if message.chain > 1:
                    self.console_state.panel.details = True
                self.console_state.panel.look()
        self.paint()

    def on_grid_wheeled(self, message: Grid.Wheeled) -> None:
        for resource, view in self._views.items():
            if view.grid is message.grid and self.console_state.dialog is None:
                self.console_state.move(message.lines, resource)
        self.paint()

    def on_resize(self, event: events.Resize) -> None:
        self._arranged = False
        diff.reset(self)
        self.console_state.visibility.lose()
        if event.size.width < MINIMUM[0] or event.size.height < MINIMUM[1]:
            self.console_state.see(False)
        self.call_after_refresh(self.paint)
