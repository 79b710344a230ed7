"""The first frame, before anything heavy is imported, and the way back to the terminal as it was found.

Standard library only, and little of it: this runs while the rest is still being read from disk. It claims nothing but
that the program is starting. The console takes the terminal over from here without clearing it first.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import termios
import time

from wallboard.ui.terminal import jobs
from wallboard.ui.terminal.controls import CANCEL, ENTER_SCREEN, GIVE_TITLE_BACK, KEYBOARD_OFF, RESTORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

MOST = (2000, 1000)
"""Columns and lines of the largest screen."""
HUSH_SECONDS = 0.8
"""Seconds that an answer of the terminal may take, on the longest line."""
PATIENCE = 0.3
"""Seconds to wait for a terminal that takes no output."""


class _Held:
    """What of the terminal is ours at the moment."""

    screen: int | None = None  # descriptor whose alternate screen is shown
    keyboard: int | None = None
    attributes: list[object] | None = None  # of the keyboard, as found
    draw: Callable[[], None] | None = None  # the first frame
    named = False  # whether the window has a title of ours


def output() -> int | None:
    """The descriptor of the terminal to draw on: standard output, else standard error, else None."""
    return next((number for number in (1, 2) if os.isatty(number)), None)


def size(descriptor: int, unknown: tuple[int, int] = (80, 24)) -> tuple[int, int]:
    """Columns and lines; `unknown` if the terminal does not say, or says what no screen has."""
    try:
        columns, lines = os.get_terminal_size(descriptor)
    except OSError:
        return unknown
    return (columns, lines) if 0 < columns <= MOST[0] and 0 < lines <= MOST[1] else unknown


def show(site: str, message: str, *, ascii_only: bool, colour: bool) -> None:
    """Draw the first frame: the site and one sentence where the board's header will be. Nothing without a terminal."""
    descriptor = output()
    if descriptor is None:
        return

    def draw() -> None:
        hold(0)
        _quieten()
        entered(descriptor)
        columns, lines = size(descriptor)
        write(descriptor, ENTER_SCREEN + frame(site, message, columns, lines, ascii_only=ascii_only, colour=colour))

    atexit.register(restore_terminal)
    sys.excepthook = _crash
    if jobs.in_background(0):
        jobs.stop(signal.SIGTTOU)
    jobs.handle(jobs.ending(), _end)
    jobs.handle(jobs.STOPS, _stop)
    _Held.draw = draw
    draw()


def frame(site: str, message: str, columns: int, lines: int, *, ascii_only: bool, colour: bool) -> str:
    """The bytes of the first frame on an empty screen of that size."""
    name, text = _fit(_clean(site), columns - 2), _clean(message)
    if ascii_only:
        name, text = _ascii(name), _ascii(text)
    out = [f"\x1b[1;2H\x1b[1m{name}\x1b[0m"]
    room = columns - _width(name) - 4
    if room >= 8:
        text = _fit(text, room)
        out.append(f"  \x1b[38;5;245m{text}\x1b[0m" if colour else f"  {text}")
    if lines >= 3:
        rule = ("-" if ascii_only else "─") * columns
        out.append(f"\x1b[3;1H\x1b[38;5;238m{rule}\x1b[0m" if colour else f"\x1b[3;1H{rule}")
    return "".join(out)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Its tables take as long to load as all the rest of this frame.
    from wallboard.domain.text import clean

    return clean(text)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wallboard.domain.text import cell_width

    return cell_width(text)


def _fit(text: str, columns: int) -> str:
    while _width(text) > max(0, columns):
        text = text[:-1]
    return text


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")


def leave() -> None:
    """Take the first frame away again, when no console follows it."""
    restore_terminal()
    jobs.release(_end)
    jobs.release(_stop)


def is_up() -> bool:
    """Whether the alternate screen is already shown."""
    return _Held.screen is not None


def hold(keyboard: int) -> None:
    """Remember how the keyboard's terminal is set, the first time; `restore_terminal` puts it back."""
    if _Held.attributes is not None:
        return
    try:
        _Held.attributes = termios.tcgetattr(keyboard)
        _Held.keyboard = keyboard
    except termios.error:
        _Held.attributes = None


def entered(descriptor: int) -> None:
    """Say that the alternate screen of `descriptor` is shown now."""
    _Held.screen = descriptor


def name() -> None:
    """Say that the window has a title of ours, and that the terminal keeps the one before."""
    _Held.named = True


def named() -> bool:
    return _Held.named


def restore_terminal(*, cut: bool = False) -> None:
    """The terminal as it was found. May be called twice, from a signal handler, and when the terminal is gone.

    `cut`: output stopped in the middle of something. Waits at most `PATIENCE` for a terminal that takes nothing.
    """
    screen, _Held.screen = _Held.screen, None
    title, _Held.named = GIVE_TITLE_BACK if _Held.named else "", False
    keyboard, attributes = _Held.keyboard, _Held.attributes
    _Held.keyboard = _Held.attributes = None
    if screen is not None:
        write(screen, (CANCEL if cut else "") + RESTORE + title)
    # How another job has set its terminal is for that to say.
    if keyboard is not None and attributes is not None and not jobs.in_background(keyboard):
        try:
            # What was typed at the console, and its terminal's late answers, are not for the shell.
            termios.tcflush(keyboard, termios.TCIFLUSH)
            termios.tcsetattr(keyboard, termios.TCSANOW, attributes)  # type: ignore[arg-type]  # what tcgetattr gave
        except termios.error:
            return


def hush(screen: int, keyboard: int) -> None:
    """Wait, at most `HUSH_SECONDS`, until the terminal has stopped to tell which keys are let go: the end of the key
    that led out would be typed to the shell. What it answers to the last question comes behind all that."""
    if not write(screen, f"{KEYBOARD_OFF}\x1b[5n"):
        return
    heard, until = b"", time.monotonic() + HUSH_SECONDS
    try:
        while b"\x1b[0n" not in heard and (left := until - time.monotonic()) > 0:
            if not select.select([keyboard], [], [], left)[0] or not (data := os.read(keyboard, 1024)):
                return
            heard = heard[-8:] + data
    except (OSError, ValueError):
        return


def write(descriptor: int, text: str) -> bool:
    """Write a little, without ever getting stuck on a stopped terminal. False: it took nothing."""
    data = text.encode("utf-8", "replace")
    try:
        if not select.select([], [descriptor], [], PATIENCE)[1]:
            unstick(descriptor)
            if not select.select([], [descriptor], [], 0)[1]:
                return False
        while data:
            data = data[os.write(descriptor, data[:1024]) :]
            if data and not select.select([], [descriptor], [], PATIENCE)[1]:
                return False
    except (OSError, ValueError, termios.error):
        return False
    return True


def unstick(descriptor: int) -> None:
    """Make room in a terminal that takes no output: forget what it holds, and wake whoever waits to write to it."""
    termios.tcflush(descriptor, termios.TCOFLUSH)
    # Flushing wakes no writer; starting output does, and only output that was stopped can be started.
    termios.tcflow(descriptor, termios.TCOOFF)
    termios.tcflow(descriptor, termios.TCOON)


def _quieten() -> None:
    """Keys typed while the program loads do not scribble on the frame; Ctrl-C still ends it."""
    if _Held.keyboard is None:
        return
    try:
        attributes = termios.tcgetattr(_Held.keyboard)
        attributes[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(_Held.keyboard, termios.TCSANOW, attributes)
    except termios.error:
        return


def _end(number: int, _frame: FrameType | None) -> None:
    restore_terminal()
    os._exit(128 + number)


def _stop(number: int, _frame: FrameType | None) -> None:
    """The shell has its terminal while this program is stopped, and the frame comes again with the program."""
    up = is_up()
    restore_terminal()
    jobs.stop(number)
    while jobs.in_background(0):
        os.kill(os.getpid(), signal.SIGSTOP)
    if up and _Held.draw is not None:
        _Held.draw()


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last net below `cli.trouble`: what a traceback would say of callers is for no terminal."""
    restore_terminal()
    os.write(2, f"wallboard: this should not have happened: {kind.__name__}\n".encode())
