"""Every name of Textual, and the one of Rich, that is not public. Nobody else reads one (a test looks).

`driver_faults` and `display_faults` try them. Where one is not as it is known here, Textual's own driver and output
stand instead, and `check` says so: the console then costs more bytes, and keys are guarded less well, but it works.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Sequence
from threading import Thread
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from rich.segment import Segment
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Offset, Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

MISSING = ""
"""Why something cannot even be imported."""
try:
    from rich._unicode_data import load as cell_table
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS, SYNC_END, SYNC_START
    from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
    from textual._keyboard_protocol import FUNCTIONAL_KEYS
    from textual._xterm_parser import XTermParser
    from textual.drivers._writer_thread import WriterThread
except ImportError as error:  # another Textual: what needs these can be imported, and is not used
    MISSING = str(error)
    _ABSENT = ("ANSI_SEQUENCES_KEYS", "ChopsUpdate", "Compositor", "FUNCTIONAL_KEYS", "LayoutUpdate", "XTermParser")
    globals().update(dict.fromkeys(_ABSENT, object), SYNC_END="", SYNC_START="", WriterThread=Thread, cell_table=None)

__all__ = [
    "ANSI_SEQUENCES_KEYS",
    "FUNCTIONAL_KEYS",
    "SYNC_END",
    "SYNC_START",
    "ChopsUpdate",
    "HostedDriver",
    "LayoutUpdate",
    "OpenDriver",
    "QuietApp",
    "WriterThread",
    "XTermParser",
    "cell_table",
]

Display = Callable[[Screen[Any], RenderableType | None], None]
#: What of Textual draws: its turn, which widgets, their lines.
DRAWING = [
    (Screen, "_on_timer_update"),
    (Screen, "_refresh_layout"),
    (Compositor, "update_widgets"),
    (Compositor, "render_update"),
]


class QuietApp(App[int]):
    """An app whose end is told by whoever runs it: Textual would print a traceback with every local variable, callers'
    names and all."""

    fault: Exception | None = None
    """What ended the app although nobody foresaw it."""

    def _handle_exception(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._return_code = 1
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


_divide = Strip.divide


def _divided(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    """A line that is cut into one piece Textual keeps in its own cache: a cycle for the collector of each line that is
    drawn."""
    cuts = list(cuts)
    return [strip] if cuts == [strip.cell_length] else _divide(strip, cuts)


def keep_lines_whole() -> None:
    """Let no line refer to itself."""
    setattr(Strip, "divide", _divided)  # noqa: B010  a method is not assigned to, says mypy


def driver_of(app: App[Any]) -> Driver | None:
    return app._driver


def running(app: App[Any]) -> bool:
    return app._running


def batching(app: App[Any]) -> bool:
    """Whether nothing is shown for a moment."""
    return bool(app._batch_count)


def on_air(app: App[Any]) -> bool:
    """Whether there is a terminal that shows the app."""
    return app._running and not app._closed and app._driver is not None and not (app.is_headless or app.is_inline)


def synchronized(app: App[Any]) -> bool:
    """Whether the terminal shows a bracketed frame at once."""
    return app._sync_available


def colours(app: App[Any]) -> ColorSystem:
    return app.console._color_system or ColorSystem.TRUECOLOR


def remember_cursor(app: App[Any], cursor: Offset) -> None:
    app._previous_cursor_position = cursor


def stock_display(app: App[Any]) -> Display:
    return app._display


def replaced_display(app: App[Any]) -> object | None:
    """What stands in for the app's own way to the terminal."""
    return app.__dict__.get("_display")


def replace_display(app: App[Any], display: Display | None) -> None:
    """Let `display` show every screen of the app; None: its own way again."""
    if display is None:
        app.__dict__.pop("_display", None)
    else:
        app.__dict__["_display"] = display


def whole_update(screen: Screen[Any]) -> LayoutUpdate:
    return screen._compositor.render_full_update()


def placing(screen: Screen[Any], widgets: Sequence[Widget]) -> bool:
    """Whether one of them is to be placed anew."""
    return screen._compositor.size != screen.size or any(widget._layout_required for widget in widgets)


def laid_out(app: App[Any]) -> bool:
    """Whether there was a first layout; only those after it are told."""
    return app._dom_ready


def changed_lines(screen: Screen[Any], widgets: Sequence[Widget]) -> ChopsUpdate | None:
    """The lines that these were asked to draw again, drawn, as the compositor would tell them; it would draw every
    widget between the highest and the lowest of them. None where one has others within or beside it that may stand
    before it: which of them is seen is the compositor's to say."""
    visible = screen._compositor.visible_widgets
    single = [(other, region.intersection(clip)) for other, (region, clip) in visible.items() if not other.children]
    parts: list[tuple[Widget, Region, Region]] = []
    for widget in widgets:
        if not widget._repaint_required or not widget.display:
            continue
        if widget.children or widget not in visible:
            return None
        region, clip = visible[widget]
        for part in widget._repaint_regions:
            seen = clip.intersection(part.translate(region.offset))
            if any(other is not widget and place.overlaps(seen) for other, place in single):
                return None
            parts.append((widget, region, seen))
    chops: list[dict[int, Strip]] = [{} for _ in range(screen.size.height)]
    ends: list[list[int]] = [[] for _ in chops]
    spans: list[tuple[int, int, int]] = []
    for widget, region, seen in parts:
        widget._repaint_required = False
        widget._repaint_regions.clear()
        for y, strip in zip(seen.line_range, widget.render_lines(seen.translate(-region.offset)), strict=False):
            if seen.x not in chops[y]:
                chops[y][seen.x] = strip
                ends[y].append(seen.right)
                spans.append((y, seen.x, seen.right))
    return ChopsUpdate(chops, spans, ends)


def newest_update(app: App[Any], screen: Screen[Any]) -> RenderableType | None:
    """Everything as it stands now, the screens below included."""
    return screen._compositor.render_update(full=True, screen_stack=app._background_screens)


class OpenDriver(LinuxDriver):
    """Textual's driver with the names that a driver of one's own needs."""

    @property
    def app(self) -> App[Any]:
        return self._app

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    @property
    def wants_mouse(self) -> bool:
        return self._mouse

    @property
    def debug(self) -> bool:
        return self._debug

    @property
    def restarts(self) -> bool:
        """Whether the terminal is taken again after a stop."""
        return self._auto_restart

    def raw(self, attributes: list[Any]) -> None:
        """Change what `termios.tcgetattr` gave, so that every key comes as it is."""
        attributes[0] = self._patch_iflag(attributes[0])
        attributes[3] = self._patch_lflag(attributes[3])

    def ask_for_synchronized(self) -> None:
        self._request_terminal_sync_mode_support()

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def terminal_size(self) -> tuple[int, int]:
        """Columns and lines now."""
        return super()._get_terminal_size()

    def begin_with(self, size: tuple[int, int]) -> None:
        """The first size, for which Textual lays out of itself: told once more, everything would be drawn twice."""
        self._size = size

    def _sigtstp_application(self, *_: object) -> None:
        self.on_stop()

    def on_stop(self) -> None:
        """SIGTSTP came."""
        super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        self.on_continue()

    def on_continue(self) -> None:
        """SIGCONT came."""
        super()._sigcont_application()

    def _run_input_thread(self) -> None:
        self.hear_keys()

    def hear_keys(self) -> None:
        """The body of the thread that reads."""
        super()._run_input_thread()


class HostedDriver(Driver):
    """A driver of something that is no terminal of this machine. `writer` is asked whether it is busy."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._writer_thread: object = None

    @property
    def wants_mouse(self) -> bool:
        return self._mouse

    def writes_to(self, writer: object) -> None:
        self._writer_thread = writer

    def resized(self, size: tuple[int, int]) -> None:
        """Columns and lines from now on."""
        self._size = size
        self.send_message(events.Resize(Size(*size), Size(*size)))


def writer_of(driver: Driver | None) -> Any:
    """The thread that writes, where the driver has one."""
    return getattr(driver, "_writer_thread", None)


def waiting_in(writer: Any) -> int:
    """How many pieces it has not begun to write."""
    queue = getattr(writer, "_queue", None)
    return 0 if queue is None else int(queue.qsize())


def waits_for_more(parser: XTermParser) -> bool:
    """Whether the parser holds back what it has read."""
    return parser._timeout_time is not None


_OF_AN_APP = (
    *("_batch_count", "_dom_ready", "_running", "_closed", "_driver", "_sync_available", "_background_screens"),
    *("_exception_event", "_close_messages_no_wait", "_exit_renderables", "_previous_cursor_position"),
)
_OF_A_WIDGET = ("_repaint_required", "_repaint_regions", "_layout_required")
_OF_A_DRIVER = (
    *("_patch_iflag", "_patch_lflag", "_request_terminal_sync_mode_support", "_get_terminal_size"),
    *("_sigtstp_application", "_sigcont_application", "_run_input_thread"),
)


def driver_faults() -> str:
    """Why our driver cannot stand on this Textual; "" where it can."""
    if MISSING:
        return MISSING
    lacking = [name for name in _OF_A_DRIVER if not hasattr(LinuxDriver, name)]
    if lacking:
        return f"LinuxDriver has no {lacking[0]}"
    try:
        keys = [getattr(message, "key", "") for message in XTermParser(False).feed("j")]
    except Exception as fault:  # whatever a changed name raises means the same
        return f"{type(fault).__name__}: {fault}"
    return "" if keys == ["j"] else f"the parser reads j as {keys}"


def display_faults(app: App[Any]) -> str:
    """Why the difference of frames cannot be taken on this Textual; "" where it can. Tried by using the names."""
    if MISSING:
        return MISSING
    try:
        parameters = list(inspect.signature(type(app)._display).parameters)
        if parameters != ["self", "screen", "renderable"]:
            return f"App._display takes {parameters}"
        lacking = [name for name in _OF_AN_APP if not hasattr(app, name)]
        if lacking:
            return f"App has no {lacking[0]}"
        for name in ("render_full_update", "render_update", "visible_widgets"):
            if not hasattr(Compositor, name):
                return f"Compositor has no {name}"
        widget = Widget()
        lacking = [name for name in _OF_A_WIDGET if not hasattr(widget, name)]
        if lacking:
            return f"Widget has no {lacking[0]}"
        strip = Strip([Segment("ab")])
        whole: LayoutUpdate = LayoutUpdate([[strip]], Region(0, 0, 2, 1))
        part = ChopsUpdate([{0: strip}], [(0, 0, 2)], [[2]])
        if (whole.strips, whole.region.width, part.chops, part.spans, part.chop_ends) != (
            [[strip]],
            2,
            [{0: strip}],
            [(0, 0, 2)],
            [[2]],
        ):
            return "an update of the compositor reads differently"
    except Exception as fault:  # whatever a changed name raises means the same
        return f"{type(fault).__name__}: {fault}"
    return ""
