"""Send only the cells that changed: a layer between Textual's compositor and the terminal.

Textual sends every dirty region again from the left edge of its widget, each segment with its full colours: 4 to 46
times the bytes of the cells that changed (measured), which a 64 kbit/s line never catches up with. This layer keeps
what is on the glass, cell by cell, and sends the difference.

The glass belongs to the terminal, not to a screen, so the layer stands where all screens pass. `install` first looks
whether Textual is as it is known here (`private`), and leaves it alone if not; a fault later on takes the layer out.

A hyperlink is part of a cell's pen; what is no plain https address is none (`controls.hyperlink`).
"""

from __future__ import annotations

import asyncio
import logging
import select
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from wallboard.domain.text import clean_cells
from wallboard.ui.terminal import private
from wallboard.ui.terminal.controls import NO_HYPERLINK
from wallboard.ui.terminal.pens import PLAIN, Pen, change_pen, pen_of
from wallboard.ui.terminal.private import SYNC_END, SYNC_START, ChopsUpdate, LayoutUpdate
from wallboard.ui.terminal.widths import certain, claim_marks, overhang, pieces

log = logging.getLogger(__name__)
claim_marks()

GlassCell = tuple[str, Pen]
"""What is drawn from this column on ("" in those after it that it claims as well) and its pen."""
Patch = tuple[int, int, Strip]
"""Line, column, and what stands there now."""

UNKNOWN: GlassCell = ("\x00", PLAIN)  # equal to no cell that can be asked for
SYNC_BYTES = 1024
"""Smallest frame worth the synchronized-update bracket: tmux repaints a whole pane at the end of each."""
RETRY_SECONDS = (0.005, 0.05)
"""How soon a busy terminal is asked again: first, and at the longest."""
_GAP = 5  # a cursor move costs about four bytes: unchanged cells in a shorter gap are cheaper to send again


@lru_cache(maxsize=4096)
def _cell(text: str, pen: Pen) -> GlassCell:
    """Equal cells are mostly the same object: they compare at once, and a thousand cached lines stay small."""
    return text, pen


@lru_cache(maxsize=2048)
def _segment(text: str, style: Style | None, colors: ColorSystem) -> tuple[GlassCell, ...]:
    """One cell a column. The last gate before the terminal: all text was cleaned where it entered, and what a view
    forgot to clean still does not get out."""
    pen = pen_of(style, colors)
    if not text.isprintable():
        text = clean_cells(text)
    if text.isascii():
        return tuple([_cell(char, pen) for char in text])
    cells: list[GlassCell] = []
    for piece, width in pieces(text):
        cells.append(_cell(piece, pen))
        cells.extend([_cell("", pen)] * (width - 1))
    return tuple(cells)


def _cells(strip: Strip, colors: ColorSystem) -> list[GlassCell]:
    cells: list[GlassCell] = []
    for text, style, control in strip:
        if not control:
            cells += _segment(text, style, colors)
    return cells


class Glass:
    """What is on the terminal, cell by cell, as far as this program knows."""

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self.lines: list[list[GlassCell]] = []
        # What was last painted where, to pass over a strip that is the very same object: line -> column -> strip.
        self._strips: list[dict[int, Strip]] = []

    @property
    def known(self) -> bool:
        return bool(self.lines)

    def forget(self) -> None:
        """Nothing is known of the terminal any more: the next frame has to be a whole one."""
        self.lines, self._strips = [], []

    def begin(self, width: int, height: int) -> None:
        """Expect whole frames of this size; unless it is the size already known, every cell will be sent."""
        if self.known and (width, height) == (self.width, self.height):
            return
        self.width, self.height = width, height
        self.lines = [[UNKNOWN] * width for _ in range(height)]
        self._strips = [{} for _ in range(height)]

    def paint(self, patches: Iterable[Patch], colors: ColorSystem) -> str:
        """Take the patches and return what to send for them: nothing if nothing changed."""
        out: list[str] = []
        pen = PLAIN
        at: tuple[int, int] | None = None
        for y, x, strip in patches:
            if y >= self.height or x >= self.width or self._is_same(y, x, strip):
                continue
            cells = _cells(strip, colors)
            del cells[self.width - x :]
            line = self.lines[y]
            # What of a piece is not covered is no piece any more.
            stop = x + len(cells)
            start, end = _begin(line, x), _end(line, stop)
            cells = [*_blanks(line[start:x]), *cells, *_blanks(line[stop:end])]
            old = line[start:end]
            if cells == old:
                continue
            if (start, end) != (x, stop):
                self._strips[y].clear()
            line[start:end] = cells
            for first, last in _changed_runs(cells, old):
                out.append(_move(at, y, start + first))
                pen, at = self._send_run(out, pen, y, start + first, start + last)
        if pen[:3] != PLAIN:
            out.append("\x1b[0m")
        if pen[3:]:
            out.append(NO_HYPERLINK)
        return "".join(out)

    def _send_run(self, out: list[str], pen: Pen, y: int, first: int, last: int) -> tuple[Pen, tuple[int, int] | None]:
        """Append what draws these cells from where the cursor is, and return the pen and the place that it leaves."""
        line = self.lines[y]
        plain = True
        lost = False
        column = first
        while column < last:
            text, cell_pen = line[column]
            if cell_pen is not pen and cell_pen != pen:
                out.append(change_pen(pen, cell_pen))
                pen = cell_pen
            if lost and text:
                out.append(_move(None, y, column))
                lost = False
            if text.isascii():
                out.append(text)
            elif certain(text):
                plain = False
                out.append(text)
            else:
                plain, lost = False, True
                end = _end(line, column + 1)
                out.append(f"{' ' * (end - column)}{_move(None, y, column)}{text}")
                # A terminal may draw it over the cells behind: they are sent again.
                reach = min(end + overhang(text), self.width)
                while last < reach and line[last] is not UNKNOWN:
                    last += 1
                last = _end(line, last)
            column += 1
        # Terminals disagree about more widths than are known here, and the last column leaves the cursor in limbo:
        # trust the position only after plain text within the line.
        return pen, (y, last) if plain and last < self.width else None

    def _is_same(self, y: int, x: int, strip: Strip) -> bool:
        line = self._strips[y]
        if line.get(x) is strip:
            return True
        end = x + strip.cell_length
        for left in [left for left, other in line.items() if left < end and left + other.cell_length > x]:
            del line[left]
        line[x] = strip
        return False


def _move(at: tuple[int, int] | None, y: int, x: int) -> str:
    if at == (y, x):
        return ""
    if at is not None and at[0] == y and x > at[1]:
        return f"\x1b[{x - at[1]}C" if x - at[1] > 1 else "\x1b[C"
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


def _changed_runs(cells: list[GlassCell], old: list[GlassCell]) -> list[tuple[int, int]]:
    """Half-open runs of changed cells, whole wide characters only; a short gap in the same colours is included."""
    changed = [i for i, (cell, was) in enumerate(zip(cells, old, strict=True)) if cell is not was and cell != was]
    runs: list[tuple[int, int]] = []
    first = last = changed[0]
    for index in changed:
        gap = index - last
        if gap > 1 and (gap >= _GAP or any(cells[i][1] != cells[last][1] for i in range(last + 1, index))):
            runs.append(_whole(cells, first, last + 1))
            first = index
        last = index
    runs.append(_whole(cells, first, last + 1))
    return runs


def _blanks(cells: list[GlassCell]) -> list[GlassCell]:
    return [_cell(" ", pen) for _, pen in cells]


def _begin(line: list[GlassCell], column: int) -> int:
    """Where the piece begins that stands in `column`."""
    while column > 0 and line[column][0] == "":
        column -= 1
    return column


def _end(line: list[GlassCell], column: int) -> int:
    """`column`, or the end of the piece that has begun before it."""
    while column < len(line) and line[column][0] == "":
        column += 1
    return column


def _whole(cells: list[GlassCell], first: int, last: int) -> tuple[int, int]:
    return _begin(cells, first), _end(cells, last)


def _patches(update: LayoutUpdate | ChopsUpdate) -> Iterable[Patch]:
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, x1, x2 in update.spans:
        # Only chops that touch the span are sure to have been drawn by the front-most widget.
        for (x, chop), end in zip(update.chops[y].items(), update.chop_ends[y], strict=True):
            if chop is not None and x < x2 and end > x1:
                yield y, x, chop


class DiffDisplay:
    """Stands in for `App._display` of one app."""

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.glass = Glass()
        self._stock = private.stock_display(app)
        self._session: object | None = None
        self._cursor = Offset(0, 0)
        self._retry: asyncio.TimerHandle | None = None
        self._patience = RETRY_SECONDS[0]
        self.whole = 0
        self.placing = False
        """Whether widgets are about to be placed anew."""

    @property
    def pending(self) -> bool:
        """Whether a frame waits for a terminal that has not taken the one before."""
        return self._retry is not None

    def __call__(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        app = self.app
        if renderable is None or private.batching(app) or not private.on_air(app):
            self._stock(screen, renderable)
            return
        if not isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            self.glass.forget()
            self._stock(screen, renderable)
            return
        try:
            if self.pending or writer_busy(app):
                # Latest wins: one whole comparison when the terminal is ready instead of a queue of old frames.
                self._postpone()
            else:
                self._send(screen, renderable)
        except Exception:
            log.warning("cell diffing failed, back to the stock compositor", exc_info=True)
            self.remove()
            self._stock(screen, renderable)
            screen.refresh()
            return
        app.post_display_hook()

    def _send(self, screen: Screen[Any], update: LayoutUpdate | ChopsUpdate) -> None:
        app, driver, glass = self.app, private.driver_of(self.app), self.glass
        assert driver is not None
        session = private.writer_of(driver) or driver
        if session is not self._session:
            # A new writer thread: the terminal was handed to somebody else meanwhile.
            self._session = session
            glass.forget()
        if isinstance(update, ChopsUpdate) and (not glass.known or len(update.chops) != glass.height):
            update = private.whole_update(screen)
        if isinstance(update, LayoutUpdate):
            glass.begin(update.region.width, update.region.height)
        afresh = not any(glass._strips)
        data = glass.paint(_patches(update), private.colours(app))
        if afresh:
            self.whole = len(data.encode())
        cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
        if cursor != self._cursor or (data and cursor != Offset(0, 0)):
            # Input methods draw where the (hidden) cursor is; a screen without an input has no use for it.
            data += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
            self._cursor = cursor
            private.remember_cursor(app, cursor)
        if not data:
            return
        if private.synchronized(app) and len(data) > SYNC_BYTES:
            data = f"{SYNC_START}{data}{SYNC_END}"
        driver.write(data)
        driver.flush()

    def _postpone(self) -> None:
        if self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(self._patience, self._send_postponed)
            self._patience = min(2 * self._patience, RETRY_SECONDS[1])

    def _send_postponed(self) -> None:
        self._retry = None
        app = self.app
        if not private.on_air(app):
            return
        if private.batching(app) or writer_busy(app):
            self._postpone()
            return
        self._patience = RETRY_SECONDS[0]
        screen = app.screen
        self(screen, private.newest_update(app, screen))

    def remove(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        private.replace_display(self.app, None)


def _installed(app: App[Any]) -> DiffDisplay | None:
    display = private.replaced_display(app)
    return display if isinstance(display, DiffDisplay) else None


def install(target: App[Any] | Screen[Any]) -> bool:
    """Put the layer under every screen of the app, any time before or during its run. False: stock output stays."""
    app = target.app if isinstance(target, Screen) else target
    if _installed(app) is not None:
        return True
    if fault := private.display_faults(app) or _trial():
        log.warning("cell diffing is off, this Textual differs: %s", fault)
        return False
    private.keep_lines_whole()
    private.replace_display(app, DiffDisplay(app))
    return True


def reset(app: App[Any]) -> None:
    """Send everything again with the next frame: call it on resize, and for Ctrl+L."""
    display = _installed(app)
    if display is not None:
        display.glass.forget()
    if private.running(app) and app.screen_stack:
        app.screen.refresh()


def draw_now(app: App[Any], screen: Screen[Any], widgets: Sequence[Widget]) -> None:
    """Put on the terminal what has changed in these, and not with Textual's next turn, which may be two sixtieths of a
    second away and draws more. What is placed anew waits for that."""
    display = _installed(app)
    if display is None or app.screen is not screen or private.batching(app) or not private.laid_out(app):
        return
    display.placing = display.placing or private.placing(screen, widgets)
    if display.placing:
        return
    update = private.changed_lines(screen, widgets)
    if update is not None and update.spans:
        display(screen, update)


def placed(app: App[Any]) -> None:
    """What was to be placed anew is."""
    if (display := _installed(app)) is not None:
        display.placing = False


def whole_frame(app: App[Any]) -> int:
    """Bytes of the last frame that sent every cell; 0 if it is not known."""
    display = _installed(app)
    return 0 if display is None else display.whole


def frame_pending(app: App[Any]) -> bool:
    """Whether the newest frame still waits for a slow terminal: what was rendered is not yet what is seen."""
    display = _installed(app)
    return display is not None and display.pending


def writer_busy(app: App[Any]) -> bool:
    """Whether the terminal has not yet taken what was written: ticks should be dropped, not queued."""
    writer = private.writer_of(private.driver_of(app))
    if writer is None:
        return False
    if private.waiting_in(writer):
        return True
    try:
        # The queue is empty while one big frame is stuck in the kernel; then the terminal takes no more bytes.
        return not select.select([], [writer.fileno()], [], 0)[1]
    except (OSError, ValueError):
        return False


def _trial() -> str:
    """Why a small frame and a change of it are not painted as they should be; "" if they are."""
    red = Style(color="red", bold=True)
    glass = Glass()
    glass.begin(6, 2)
    top, bottom = Strip([Segment("ab", red), Segment("cdef")]), Strip([Segment("世xy"), Segment("z!")])
    whole: LayoutUpdate = LayoutUpdate([[top], [bottom]], Region(0, 0, 6, 2))
    glass.paint(_patches(whole), ColorSystem.TRUECOLOR)
    lines = [[(char, ("31", "49", "1") if char in "ab" else PLAIN) for char in "abcdef"]]
    lines.append([(char, PLAIN) for char in ("世", "", "x", "y", "z", "!")])
    if glass.lines != lines:
        return "a whole frame reads differently"
    if glass.paint(_patches(whole), ColorSystem.TRUECOLOR):
        return "an unchanged frame is not silent"
    part = ChopsUpdate([{0: None, 3: Strip([Segment("dEf")])}], [(0, 3, 6)], [[3, 6]])
    if glass.paint(_patches(part), ColorSystem.TRUECOLOR) != "\x1b[1;5HE":
        return "a partial frame reads differently"
    return ""
