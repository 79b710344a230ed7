"""The Textual app: it shows the console's frames and hands it keys. It decides nothing."""

from __future__ import annotations

import asyncio
import contextvars
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.binding import BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.sending import EXPIRES
from wallboard.domain.text import clean
from wallboard.theming import Theme, ThemeError
from wallboard.ui.bindings import bindings, everywhere, keymap, spelled
from wallboard.ui.console import Console
from wallboard.ui.delivery import Delivery
from wallboard.ui.frame import Frame, fits, frame
from wallboard.ui.modes import BOARD, PAGES
from wallboard.ui.pacing import Pacing
from wallboard.ui.palette import Found
from wallboard.ui.pane import AT_ONCE
from wallboard.ui.providers import search
from wallboard.ui.screens.board import BoardScreen
from wallboard.ui.screens.page import ModeScreen
from wallboard.ui.styles import Painter
from wallboard.ui.terminal import clipboard, diff, private
from wallboard.ui.terminal.driver import ConsoleDriver
from wallboard.ui.terminal.gate import KeyGate
from wallboard.ui.terminal.keys import FrameTaken, HeldKey, KeyLetGo
from wallboard.ui.terminal.private import QuietApp
from wallboard.ui.widgets.grid import Grid
from wallboard.ui.widgets.lines import Lines
from wallboard.view.layout import MINIMUM

RENEW_SECONDS = 600.0
"""So often everything is sent again, where the line hardly notices: what others wrote on the screen does not stay."""

RING_SECONDS = 0.4


class ConsoleApp(QuietApp, inherit_bindings=False):
    """Run by the runtime, which owns everything it shows."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT: ClassVar[bool] = False
    CSS = ""
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = set()
    """What the palette finds beside the console's own commands: Textual's providers, for whoever adds some."""
    BINDINGS: ClassVar[list[BindingType]] = bindings(everywhere)
    DEFAULT_MODE: ClassVar[str] = BOARD

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
        self.set_keymap(keymap(self.console_state.settings.actions))
        page = partial(ModeScreen, self.console_state, self.painter, self.paint)
        self._board = BoardScreen(self.console_state, self.painter, self.paint)
        self._pages: dict[str, ModeScreen] = {BOARD: self._board} | {mode: page() for mode in PAGES}
        for mode in self._pages:
            self.add_mode(mode, partial(self._pages.__getitem__, mode))
        self._frame: Frame | None = None
        self._dirty: set[Resource] = set()
        self._take_asked = False
        self._pacing = Pacing(time.monotonic(), slow=self.console_state.settings.slow)
        self._late = False
        """Whether what keys did is to be drawn when the terminal has come so far."""
        self._mounted = False
        self._mounted_in = contextvars.copy_context()
        self.filled = asyncio.Event()
        """Set once rows are on the screen."""
        self._gate = KeyGate()
        self._delivery = Delivery(self, self.console_state.visibility, lambda: self.wire)
        self._last_second = -1
        self._within_second = False
        self._renewed_at = 0.0
        self._away = False
        """Whether another window has the keyboard, as the terminal said."""

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

    def on_mount(self) -> None:
        self._mounted = True
        self._mounted_in = contextvars.copy_context()
        diff.install(self)
        self._renewed_at = self.console_state.clock.now()
        self.set_interval(0.25, self._second)
        if (wire := self.wire) is not None:
            self.console_state.visibility.terminal = True
            wire.hear(*self.console_state.believed())
        self.paint()
        self._take_soon()
        if self._ready_callback is not None:
            # The first frame is on its way: now the network may begin.
            self.call_after_refresh(self._ready_callback)

    def clear_selection(self) -> None:
        """Nothing is selected here; an input asks for it when it is made, for which on Python 3.12 and newer, whose
        tasks begin at once, there is no screen yet."""

    def delay_update(self, delay: float = 0.05) -> None:
        """Textual hides the first 50 ms of a mode; nothing here flickers."""

    @property
    def _page(self) -> ModeScreen | None:
        """The screen of the console's mode, if it can show frames yet."""
        mode = self.console_state.mode
        if self._mounted and self.current_mode != mode:
            self.switch_mode(mode)
        screen = self._pages[mode]
        return screen if screen.stands and self._mounted else None

    def set_wallboard_theme(self, name: str) -> None:
        """Another theme, at once; the one there is stays if its file cannot be used any more."""
        try:
            theme = self._load_theme(name)
        except ThemeError as error:
            self.console_state.remarks.say(clean(error.args[0]), "warn")
            return
        self.painter = Painter(theme, self.painter.ascii_only)
        self._draw_afresh()

    def _draw_afresh(self) -> None:
        for screen in self._pages.values():
            screen.repaint(self.painter)

    def redraw(self) -> None:
        """Every mode and every cell again, from what the console says now."""
        self._draw_afresh()
        self._renew()

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

    def copy_text(self, text: str) -> str:
        """Into the clipboard of the terminal; why it may not arrive there, as a clause."""
        if (wire := self.wire) is None:
            return tr("here is no terminal of our own, so nothing was copied")
        wire.copy(text)
        return clipboard.doubt(os.environ)

    def scroll_columns(self, step: int) -> None:
        """Show the next columns of the pane at hand, or those before."""
        self._board.scroll_columns(step)

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

    def data_changed(self, changed: frozenset[tuple[str, Resource]]) -> None:
        """The board has new rows: they share a frame with all that arrives until it is due (`ui.pacing`)."""
        self._dirty |= {resource for _, resource in changed}
        self._take_soon()

    def _take_soon(self) -> None:
        if not self.filled.is_set() and not any(map(self.console_state.board.rows, self._dirty)):
            # How a feed fares, and nothing else: the next second shows it.
            return
        # Not by a timer of Textual's: one that is set by a task which began before the app never goes off.
        if self._dirty and not self._take_asked and self._mounted and self.is_running:
            if self._pacing.untouched and self.console_state.ports.player is None:
                # With the frame that is just being made, or the empty one would go out before. A recording is not where
                # it begins yet. Of many rows it does: nobody waits longer for those than for their own frame.
                few = sum(len(self.console_state.board.rows(each)) for each in self._dirty) <= AT_ONCE
                self._mounted_in.run(self._take_first if few else self._take_data)
                return
            self._take_asked = True
            wait = self._pacing.wait(time.monotonic())
            asyncio.get_running_loop().call_later(wait, self.call_later, self._take_data)

    def repaint_soon(self) -> None:
        """Something on the screen changed without a key and without the board. May be called from any task."""
        if self.is_running:
            self.call_later(self.paint)

    def renew_rows(self) -> None:
        """What stands in rows reads otherwise from now on. May be called from any task."""
        if self.is_running:
            self.call_later(self._renew_rows)

    def _renew_rows(self) -> None:
        self.console_state.renew()
        self.paint()

    def _take_data(self) -> None:
        self._take_asked, now = False, time.monotonic()
        if self._delivery.behind():
            # The terminal does not keep up: the newest state goes out when it does.
            self._take_asked = True
            self.set_timer(self._pacing.busy(now), self._take_data)
            return
        self._step(self.console_state.loading(self._taken(now)), self.paint)

    def _take_first(self) -> None:
        self.console_state.reload(self._taken(time.monotonic()))
        self.paint()

    def _taken(self, now: float) -> frozenset[Resource]:
        """What has changed since the last time."""
        self._pacing.drew(now)
        self._delivery.comes()
        dirty, self._dirty = frozenset(self._dirty), set()
        return dirty

    def _second(self) -> None:
        """Four times a second, to be near the turn of each; works once a second."""
        second = int(self.console_state.clock.now())
        if second == self._last_second or self._within_second:
            return
        self._last_second, self._within_second = second, True
        self._step(self.console_state.second(), self._show_second)

    def _step(self, steps: Iterator[None], then: Callable[[], None]) -> None:
        """The next of the steps; a key that came meanwhile is heard before the one after."""
        for _ in steps:
            self._next(partial(self._step, steps, then))
            return
        self._next(then)

    def _next(self, work: Callable[[], None]) -> None:
        """After whatever has come by then: the loop has its turn before."""
        asyncio.get_running_loop().call_soon(self.call_later, work)

    def _show_second(self) -> None:
        self._within_second = False
        now = time.monotonic()
        if self._pacing.ticks(now) and not self._delivery.behind():
            if self.console_state.clock.now() - self._renewed_at >= RENEW_SECONDS:
                self._renew_quietly()
            self._pacing.ticked(now)
            self._delivery.comes()
            self.paint()

    def paint(self) -> None:
        """Bring the screen to the console's state; only what differs is drawn."""
        console, size, screen = self.console_state, self.size, self._page
        if screen is None:
            return
        self._late = self._delivery.full()
        if self._late:
            return
        console.see(fits(size.width, size.height))
        shown = self._frame = frame(console, size.width, size.height, self._frame)
        console.drew(shown.drawn)
        screen.show(shown)
        screen.follow()
        diff.draw_now(self, screen, screen.drawn)
        self._delivery.drawn()
        if any(map(console.panes.has_rows, console.panes)):
            self.filled.set()

    def search(self, text: str, found: Found) -> None:
        """Ask the providers of `COMMANDS`; a search that goes on ends with the next."""
        if self.COMMANDS:
            self._search(text, found)

    @work(group="palette", exclusive=True)
    async def _search(self, text: str, found: Found) -> None:
        found(await search(self, text), self.console_state.clock.now())
        self.paint()

    async def on_event(self, event: events.Event) -> None:
        # Whatever a provider puts on top has Textual's own ways.
        if isinstance(event, events.Key | events.Paste) and isinstance(self.screen, ModeScreen):
            event.stop()
            event.prevent_default()
            if not self._board.stands:
                return
            if isinstance(event, events.Key):
                await self.press(event)
            else:
                self._paste(event.text)
            return
        if isinstance(event, KeyLetGo):
            self._gate.let_go(event.character)
            return
        if isinstance(event, FrameTaken):
            self._delivery.taken(event.number)
            if self._late:
                self.paint()
            return
        await super().on_event(event)

    async def press(self, event: events.Key) -> None:
        """One key: through the gate, to what it is bound to, onto the screen."""
        console = self.console_state
        age = time.monotonic() - event.time
        if age > EXPIRES:
            said = tr("pressed {seconds:.0f} s ago, while the console stood still: dropped", seconds=age)
            console.remarks.say(said, "warn")
            self.paint()
            return
        if event.key == "ctrl+z" and not console.settings.kiosk:
            self._suspend()
            return
        self._delivery.settle()
        character = event.character if event.is_printable else None
        name = spelled(event.key, character)
        held = isinstance(event, HeldKey) and not console.repeats(name)
        if self._gate.accept(name, time.monotonic(), console.is_verb(name), held):
            with console.pressed(name, character) as goes:
                if goes:
                    await self._act(event.key, name, character)
            self._acted()

    async def _act(self, key: str, name: str, character: str | None) -> None:
        """Do what the key is bound to, before the next is looked at: one typed ahead is for what it opens. A dim key
        says why here, or the next would act before it was refused."""
        console, screen = self.console_state, self._page
        found = (screen.bound if screen is not None else self.screen.active_bindings.get)(key)
        if found is not None and found.enabled:
            await self.run_action(found.binding.action, found.node)
        elif found is not None and found.binding.id is not None:
            console.run(found.binding.id)
        elif console.asking.asks:
            console.asking.key(name, character)
        if screen is not None and found is not None:
            screen.question.edited(found.node)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where something is asked nothing else acts, but the terminal can be painted anew."""
        return action != "do" or not self.console_state.asking.asks or parameters == ("app.repaint",)

    def action_do(self, action: str) -> None:
        self.console_state.run(action)

    def _suspend(self) -> None:
        if (wire := self.wire) is not None and not wire.suspend():
            self.console_state.remarks.say(tr("no shell to go to: Ctrl+Z does nothing here"))
            self.paint()

    def on_app_blur(self) -> None:
        """What is let go while another window has the keyboard, nobody tells us."""
        self._gate.forget()
        self._away = True

    def on_app_focus(self) -> None:
        if self._away:
            self.console_state.regain()
        self._away = False

    def _paste(self, text: str) -> None:
        if (screen := self._page) is not None:
            screen.question.input.give_way()
        self.console_state.paste(text)
        self._acted()

    def _acted(self) -> None:
        if (wire := self.wire) is not None:
            wire.expect_text(self.console_state.takes_text)
        self.paint()

    def on_lines_clicked(self, message: Lines.Clicked) -> None:
        """On a title into its pane, on a heading in its order, else what the cell says."""
        pointing, view = self.console_state.pointing, self._board.titled(message.lines)
        press = "" if message.cell is None else message.cell.press
        self._delivery.settle()
        if view is not None and not press:
            pointing.title(view.state.resource, "" if message.y else view.column_at(message.x))
        else:
            pointing.click(press, message.chain, message.y)
        self._acted()

    def on_grid_row_picked(self, message: Grid.RowPicked) -> None:
        self._delivery.settle()
        if (view := self._board.view_of(message.grid)) is not None:
            self.console_state.pointing.row(view.state.resource, message.key, message.chain)
        self._acted()

    def on_grid_wheeled(self, message: Grid.Wheeled) -> None:
        if (view := self._board.view_of(message.grid)) is not None:
            self.console_state.pointing.wheel(message.lines, view.state.resource)
        self._acted()

    def on_lines_wheeled(self, message: Lines.Wheeled) -> None:
        pointing, screen = self.console_state.pointing, self._page
        if screen is not None and message.lines is screen.question.lines:
            pointing.wheel_below(message.by)
        elif screen is not None and message.lines is screen.page:
            pointing.wheel(message.by)
        self._acted()

    def on_resize(self, event: events.Resize) -> None:
        diff.reset(self)
        self._delivery.lose()
        if event.size.width < MINIMUM[0] or event.size.height < MINIMUM[1]:
            self.console_state.see(False)
        self.call_after_refresh(self.paint)
