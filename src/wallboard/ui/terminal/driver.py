"""The terminal side of the console: guarded input, output that never blocks the program, and a clean way out.

Textual's own driver reads fragments of sequences as keys, spins when its terminal is gone, and waits for ever for one
that takes no output. This one replaces the two threads that do that, and the signals.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import select
import signal
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

from textual import constants, events
from textual.app import App
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from wallboard.domain.clock import ticker
from wallboard.ui.terminal import charset, controls, diff, jobs, splash
from wallboard.ui.terminal.guard import InputGuard, escape_delay
from wallboard.ui.terminal.keys import Translator
from wallboard.ui.terminal.private import OpenDriver
from wallboard.ui.terminal.writer import ConsoleWriter

log = logging.getLogger(__name__)

EXIT_SECONDS = 1.5
"""A program asked to end is ended by force after this long."""
LINE, SLOW_LINE = 8_000.0, 960.0
"""Bytes a second of a line that is not known to be slower, and of one that is said to be slow."""
LOST_TERMINAL = 129
"""Exit code when the terminal is gone, as for SIGHUP, which comes with it or not."""
_READ_LIMIT = 262_144
_RESIZE_SECONDS = 0.03
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 1.0
_QUIET_SECONDS = 0.5
"""The keyboard is heard after this at the latest, if no frame says so before."""
_FOCUS_SECONDS = 1.0
"""A report of the focus this soon after it was asked for is the answer, not a return."""

restore_terminal = splash.restore_terminal
_running = ticker()


class _Way:
    """The way out, one for the process: signals and a lost terminal lead here."""

    code: int | None = None
    loop: asyncio.AbstractEventLoop | None = None
    on_exit: Callable[[int], None] | None = None


def request_exit(code: int) -> None:
    """End the program with `code`; safe from any thread and from a signal handler.

    The first call asks the app, and ends the process by force when that takes longer than `EXIT_SECONDS`. Further ones
    change nothing: a terminal that goes away says so by end of file, by an error and by SIGHUP at once.
    """
    if _Way.code is not None:
        return
    _Way.code = code
    limit_exit(code)
    loop, on_exit = _Way.loop, _Way.on_exit
    if loop is None or on_exit is None:
        _force(code)
        return
    try:
        loop.call_soon_threadsafe(on_exit, code)
    except RuntimeError:
        log.debug("the event loop is closed already")


def limit_exit(code: int) -> None:
    """The process ends within `EXIT_SECONDS`, whatever hangs; the terminal is restored first."""

    def end() -> None:
        time.sleep(EXIT_SECONDS)
        _force(code)

    threading.Thread(target=end, name="exit-limit", daemon=True).start()


def _force(code: int) -> None:
    restore_terminal(cut=True)
    os._exit(code)


def install_signals(app: App[Any]) -> None:
    """Every signal that would end the program ends it with 128 + its number, and so does a lost terminal.

    Call it in the main thread; the driver does if nobody else did.
    """
    _Way.on_exit = lambda code: app.exit(return_code=code)
    with suppress(RuntimeError):
        _Way.loop = asyncio.get_running_loop()
    jobs.handle(jobs.ending(), _on_signal)


def _on_signal(number: int, _frame: FrameType | None) -> None:
    request_exit(128 + number)


class ConsoleDriver(OpenDriver):
    """Textual's driver for a terminal that may be slow, stopped or gone. Set it as `driver_class` of the app."""

    slow_line = False
    """Whether `--slow` was given: the escape delay of a network line everywhere."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        descriptor = splash.output()
        self._output = 1 if descriptor is None else descriptor
        self._writer: ConsoleWriter | None = None
        self._wake: tuple[int, int] | None = None
        self._resize: asyncio.TimerHandle | None = None
        self._repaint_due = False
        self.written = 0
        """Characters that were handed over to the writer."""
        self.begun = 0
        """Rises when what was written before may never have reached this terminal."""
        self._guard: InputGuard | None = None
        self._believed: tuple[frozenset[str], ...] = (frozenset(), frozenset(), frozenset())
        self._frame_due = False
        self._shown = (80, 24)
        self._away = False
        self._asked_focus_at = 0.0
        self._title = ""
        jobs.handle((signal.SIGTTIN, signal.SIGTTOU), lambda *_: self.on_stop())
        atexit.register(restore_terminal)
        _Way.loop = self.loop
        if _Way.on_exit is None:
            install_signals(app)

    # Output

    def write(self, data: str) -> None:
        """Hand over to the writer; nothing is kept before the start and after the stop."""
        if self._writer is None:
            return
        if self._frame_due and self._guard is not None:
            self._frame_due = False
            self._guard.listen(time.monotonic())
        self.written += len(data)
        self._writer.write(data)

    @property
    def needs_full_repaint(self) -> bool:
        """Whether frames were dropped and the one that makes up for them is still to come (the driver asks for it)."""
        return self._repaint_due or (self._writer is not None and self._writer.dropped)

    def _on_relief(self) -> None:
        # Modes may have been among what was dropped.
        self._repaint_due = True
        self._call(self.renew)

    def renew(self, *, returned: bool = False) -> None:
        """Set every mode and send every cell again: whatever happened to the terminal, it shows what it should then.
        `returned`: the terminal said so itself by a report of its focus."""
        self._repaint_due = False
        self.begun += 1
        if self._writer is None:
            return
        if not returned:
            self._asked_focus_at = time.monotonic()
        keyboard = not constants.DISABLE_KITTY_KEY
        self.write(controls.modes_again(mouse=self.wants_mouse, keyboard=keyboard, focus=not returned))
        diff.reset(self.app)

    def affords(self, size: int, seconds: float) -> bool:
        """Whether so many bytes every so many seconds are under a hundredth of what the line carries."""
        line = SLOW_LINE if self.slow_line else LINE
        return self._writer is not None and size < seconds * min(line, self._writer.pace) / 100

    def name_window(self, text: str) -> None:
        """The window's title; the one that was there comes back with the terminal."""
        self._title = text
        if self._writer is not None:
            if not splash.named():
                self.write(controls.KEEP_TITLE)
                splash.name()
            self.write(controls.title(text))

    def tell_desktop(self, text: str) -> None:
        """A notification, where the terminal passes them on."""
        self.write(controls.notification(text))

    def copy(self, text: str) -> None:
        """Into the clipboard, where the terminal takes it."""
        self.write(controls.clipboard(text))

    def _call(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nothing left to do it for
            self.loop.call_soon_threadsafe(function)

    # Start and stop

    def start_application_mode(self) -> None:
        """Take the terminal: screen, keyboard, size. Leaves out the modes that the terminal need not have."""
        writer = ConsoleWriter(self._output, self._lost, self._on_relief)
        self._writer = self._writer_thread = writer
        writer.start()
        splash.hold(self.fileno)
        self._make_raw()
        if not splash.is_up():
            self.write(controls.ENTER_SCREEN)
            splash.entered(self._output)
        self._asked_focus_at = time.monotonic()
        self.write(controls.modes(mouse=self.wants_mouse, keyboard=not constants.DISABLE_KITTY_KEY))
        self.ask_for_synchronized()
        if self._title:
            self.name_window(self._title)
        signal.signal(signal.SIGWINCH, self._on_resize)
        if self.begun:
            self._announce_size()
        else:
            self.begin_with(self.terminal_size())
        self.exit_event.clear()
        self.begun += 1
        self._wake = os.pipe()
        self._guard = InputGuard(escape_delay(os.environ, slow=self.slow_line), time.monotonic() + _QUIET_SECONDS)
        self._guard.moving, self._guard.harmless, self._guard.opening = self._believed
        self._key_thread = threading.Thread(target=self.hear_keys, name="console-input", daemon=True)
        self._key_thread.start()
        if self._must_signal_resume:
            self._must_signal_resume = False
            self._frame_due = True
            self.send_message(self.SignalResume())
            self._call(lambda: diff.reset(self.app))

    def _make_raw(self) -> None:
        try:
            attributes = termios.tcgetattr(self.fileno)
            self.raw(attributes)
            attributes[6][termios.VMIN] = 1
            attributes[6][termios.VTIME] = 0
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
            # Typed before there was anything to act on.
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        except termios.error as error:
            log.warning("the keyboard could not be set up: %s", error)

    def disable_input(self) -> None:
        """No key is read any more."""
        self.exit_event.set()
        wake, self._wake = self._wake, None
        if wake is None:
            return
        with suppress(ValueError):  # not the main thread: the handler goes with the process
            signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        os.write(wake[1], b"\0")
        if self._key_thread is not None and self._key_thread is not threading.current_thread():
            self._key_thread.join(splash.PATIENCE)
        for descriptor in wake:
            os.close(descriptor)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was found, whether or not it takes output."""
        self.disable_input()
        if self._resize is not None:
            self._resize.cancel()
            self._resize = None
        writer, self._writer = self._writer, None
        whole = writer.finish(splash.PATIENCE) if writer is not None else True
        if whole and self._guard is not None and self._guard.tells_releases:
            splash.hush(self._output, self.fileno)
        restore_terminal(cut=not whole)

    def close(self) -> None:
        if self._writer_thread is not None:
            self._writer_thread.stop()

    # Size

    def terminal_size(self) -> tuple[int, int]:
        self._shown = splash.size(self._output, self._shown)
        return self._shown

    def _on_resize(self, _number: int, _frame: FrameType | None) -> None:
        self._call(self._resize_soon)

    def _resize_soon(self) -> None:
        """A hundred changes a second make one layout in `_RESIZE_SECONDS`, of the newest size."""
        if self._resize is None:
            self._resize = self.loop.call_later(_RESIZE_SECONDS, self._announce_size)

    def _announce_size(self) -> None:
        self._resize = None
        size = Size(*self.terminal_size())
        self.send_message(events.Resize(size, size))

    # Suspend and resume

    def suspend(self) -> bool:
        """Give the terminal to the shell and stop, as Ctrl-Z does. True when the shell has brought the program back;
        False at once where there is none that could."""
        self._give_back()
        jobs.stop(signal.SIGTSTP, group=True)
        if self._writer is not None:
            return True  # by SIGCONT
        self.resume_application_mode()
        return False

    def _give_back(self) -> None:
        if not self.restarts:
            return
        if self._writer is None:
            restore_terminal()  # of the first frame, if that is still shown
            return
        self.suspend_application_mode()
        self._must_signal_resume = True

    def on_stop(self) -> None:
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)

    def on_continue(self) -> None:
        if not self.restarts:
            return
        if jobs.in_background(self.fileno):
            self._give_back()
            if self._must_signal_resume:
                os.kill(os.getpid(), signal.SIGSTOP)
            return
        if self._writer is not None:
            # Stopped without warning; whoever had the terminal meanwhile left it in some other state.
            self._give_back()
        if self._must_signal_resume:
            self.resume_application_mode()

    # Input

    def send_message(self, message: Message) -> None:
        with suppress(RuntimeError):
            super().send_message(message)

    def process_message(self, message: Message) -> None:
        # Sizes come by SIGWINCH, which every transport has; a second source would only disagree for a moment.
        if isinstance(message, InBandWindowResize):
            return
        if isinstance(message, events.MouseEvent) and not (message.x < self._shown[0] and message.y < self._shown[1]):
            return  # of a window that was larger, or from nowhere
        if isinstance(message, (events.AppBlur, events.AppFocus)):
            self._call(partial(self._focus, isinstance(message, events.AppFocus), time.monotonic()))
        super().process_message(message)

    def _focus(self, here: bool, at: float) -> None:
        """Whoever comes back may find what somebody else wrote there meanwhile."""
        away, self._away = self._away, not here
        if here and (away or at > self._asked_focus_at + _FOCUS_SECONDS):
            self.renew(returned=True)

    def hear(self, moving: frozenset[str], harmless: frozenset[str], opening: frozenset[str]) -> None:
        """Something that keys can act on is about to be drawn: from the next output on they are heard. The characters
        that only move, those that do nothing beyond the screen, and those that open a field in place are believed
        sooner than others."""
        self._believed, self._frame_due = (moving, harmless, opening), True
        if self._guard is not None:
            self._guard.moving, self._guard.harmless, self._guard.opening = self._believed

    def expect_text(self, in_field: bool) -> None:
        """Whether text is being typed now."""
        if self._guard is not None:
            self._guard.in_field = in_field

    def _lost(self) -> None:
        if not self.exit_event.is_set():
            log.warning("the terminal is gone")
            request_exit(LOST_TERMINAL)

    def hear_keys(self) -> None:
        try:
            self.run_input_thread()
        except Exception:  # whatever it is: without a keyboard the console cannot go on
            if self.exit_event.is_set():
                return
            log.exception("reading the keyboard failed")
            request_exit(1)

    def run_input_thread(self) -> None:
        """Read, guard and pass on until the driver stops or the terminal is gone."""
        wake, guard = self._wake, self._guard
        if wake is None or guard is None:
            return
        # Of a terminal that is only said to be plain, the keyboard may well be better.
        spoken = charset.encoding(sys.stdin)
        decode = getincrementaldecoder("utf-8" if spoken == "ascii" else spoken)("surrogateescape").decode
        translate = Translator(self.debug)
        empty_at = time.monotonic()
        while not self.exit_event.is_set():
            looked_at = _running()
            deadline = guard.deadline
            patience = _IDLE_SECONDS if deadline is None else min(_POLL_SECONDS, max(0.0, deadline - time.monotonic()))
            readable = select.select([self.fileno, wake[0]], [], [], patience)[0]
            if not readable:
                # One that a stop interrupted past its time says so without having looked.
                readable = select.select([self.fileno, wake[0]], [], [], 0)[0]
            if self.exit_event.is_set():
                return
            if not readable:
                # Nothing had come by this time; a busy machine may look at a key much later than it was pressed.
                empty_at = time.monotonic()
                tokens = guard.tick(empty_at)
            elif self.fileno in readable:
                data = _read(self.fileno)
                if not data:
                    self._lost()
                    return
                tokens = guard.feed(decode(data), time.monotonic() if deadline is None else empty_at)
                empty_at = time.monotonic()
            else:
                continue
            # Stopped or asleep meanwhile, this thread does not know when a key was pressed: any time since it looked.
            away = max(0.0, _running() - looked_at - _IDLE_SECONDS)
            for message in translate.messages(tokens):
                message.time -= away
                self.process_message(message)


def _read(descriptor: int) -> bytes:
    """Everything that waits, up to a limit; b"" when the terminal is gone."""
    pieces: list[bytes] = []
    size = 0
    while size < _READ_LIMIT:
        try:
            data = os.read(descriptor, 65_536)
        except InterruptedError:
            continue
        except OSError:
            break
        if not data:
            break
        pieces.append(data)
        size += len(data)
        if not select.select([descriptor], [], [], 0)[0]:
            break
    return b"".join(pieces)
