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
from types import FrameType
from typing import Any

from textual import constants, events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from wallboard.ui import charset, compositor, splash
from wallboard.ui.input import InputGuard, escape_delay
from wallboard.ui.translate import Translator
from wallboard.ui.writer import ConsoleWriter

log = logging.getLogger(__name__)

EXIT_SECONDS = 1.5
"""A program asked to end is ended by force after this long."""
LOST_TERMINAL = 129
"""Exit code when the terminal is gone, as for SIGHUP, which comes with it or not."""
_READ_LIMIT = 262_144
_RESIZE_SECONDS = 0.03
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 1.0
_QUIET_SECONDS = 0.5
"""The keyboard is heard after this at the latest, if no frame says so before."""
_SEVEN_BITS = "\x1b[H\x1b F"
"""Controls of eight bits are understood, but not every line lets them through. A terminal that does not know the
request may write its last letter, so it stands where the first frame is drawn over it."""

restore_terminal = splash.restore_terminal


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


def limit_exit(code: int, seconds: float = EXIT_SECONDS) -> None:
    """From now on the process lives at most `seconds`, whatever hangs: then the terminal is restored and it ends."""

    def end() -> None:
        time.sleep(seconds)
        _force(code)

    threading.Thread(target=end, name="exit-limit", daemon=True).start()


def _force(code: int) -> None:
    restore_terminal(cut=True)
    os._exit(code)


def install_signals(app: App[Any], on_exit: Callable[[int], None] | None = None) -> None:
    """SIGTERM, SIGINT, SIGHUP and SIGQUIT end the program with 128 + their number, and so does a lost terminal.

    `on_exit` is called once in the event loop with the exit code and has to end the app; without it
    `app.exit(return_code=code)` is. Call it in the main thread; the driver does if nobody else did.
    """
    _Way.on_exit = on_exit or (lambda code: app.exit(return_code=code))
    with suppress(RuntimeError):
        _Way.loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _on_signal)


def _on_signal(number: int, _frame: FrameType | None) -> None:
    request_exit(128 + number)


class ConsoleDriver(LinuxDriver):
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
        self.begun = 0
        """Rises when what was written before may never have reached this terminal."""
        self._guard: InputGuard | None = None
        self._believed: tuple[frozenset[str], ...] = (frozenset(), frozenset(), frozenset())
        self._frame_due = False
        self._shown = (80, 24)
        atexit.register(restore_terminal)
        _Way.loop = self._loop
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
        self._writer.write(data)

    def backlog(self) -> int:
        """Bytes that the terminal has not taken yet: with any, a tick should be left out."""
        return 0 if self._writer is None else self._writer.backlog()

    @property
    def needs_full_repaint(self) -> bool:
        """Whether frames were dropped and the one that makes up for them is still to come (the driver asks for it)."""
        return self._repaint_due or (self._writer is not None and self._writer.dropped)

    def _on_relief(self) -> None:
        self._repaint_due = True
        self._call(self._repaint)

    def _repaint(self) -> None:
        self._repaint_due = False
        self.begun += 1
        compositor.reset(self._app)

    def _call(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nothing left to do it for
            self._loop.call_soon_threadsafe(function)

    # Start and stop

    def start_application_mode(self) -> None:
        """Take the terminal: screen, keyboard, size. Leaves out the modes that the terminal need not have."""
        writer = ConsoleWriter(self._output, self._lost, self._on_relief)
        self._writer = self._writer_thread = writer
        writer.start()
        splash.hold(self.fileno)
        self._make_raw()
        if not splash.is_up():
            self.write(splash.ENTER_SCREEN)
            splash.entered(self._output)
        # What a program before us left on would talk to us all day.
        self.write(_SEVEN_BITS + splash.MODES_OFF)
        self.write("\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l")
        if not constants.DISABLE_KITTY_KEY:
            # Only that keys are told apart, and when one is let go: text stays text, so that a key is one byte on a
            # slow line.
            self.write("\x1b[>3u")
        self._enable_mouse_support()
        self._request_terminal_sync_mode_support()
        signal.signal(signal.SIGWINCH, self._on_resize)
        self._announce_size()
        self.exit_event.clear()
        self.begun += 1
        self._wake = os.pipe()
        self._guard = InputGuard(escape_delay(os.environ, slow=self.slow_line), time.monotonic() + _QUIET_SECONDS)
        self._guard.moving, self._guard.harmless, self._guard.opening = self._believed
        self._key_thread = threading.Thread(target=self._run_input_thread, name="console-input", daemon=True)
        self._key_thread.start()
        if self._must_signal_resume:
            self._must_signal_resume = False
            self.send_message(self.SignalResume())
            self._call(self._repaint)

    def _make_raw(self) -> None:
        try:
            attributes = termios.tcgetattr(self.fileno)
            attributes[0] = self._patch_iflag(attributes[0])
            attributes[3] = self._patch_lflag(attributes[3])
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

    def _get_terminal_size(self) -> tuple[int, int]:
        self._shown = splash.size(self._output, self._shown)
        return self._shown

    def _on_resize(self, _number: int, _frame: FrameType | None) -> None:
        self._call(self._resize_soon)

    def _resize_soon(self) -> None:
        """A hundred changes a second make one layout in `_RESIZE_SECONDS`, of the newest size."""
        if self._resize is None:
            self._resize = self._loop.call_later(_RESIZE_SECONDS, self._announce_size)

    def _announce_size(self) -> None:
        self._resize = None
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    # Suspend and resume

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart and self._writer is not None:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        if not self._auto_restart:
            return
        with suppress(OSError):
            if os.tcgetpgrp(self.fileno) != os.getpgrp():
                # Continued in the background: the terminal is the shell's.
                if self._must_signal_resume:
                    os.kill(os.getpid(), signal.SIGSTOP)
                return
        if self._writer is None:
            if self._must_signal_resume:
                self.resume_application_mode()
            return
        # Stopped without warning; whoever had the terminal meanwhile left it in some other state.
        self._must_signal_resume = True
        self.suspend_application_mode()
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
        super().process_message(message)

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

    def _run_input_thread(self) -> None:
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
        translate = Translator(self._debug)
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


def _running() -> float:
    """A clock that goes on while the machine sleeps, where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


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
