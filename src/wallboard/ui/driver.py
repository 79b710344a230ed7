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
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from wallboard.ui import compositor, splash
from wallboard.ui.input import InputGuard, Keys, Paste, Sequence, Swallowed, Token, escape_delay

log = logging.getLogger(__name__)

BACKLOG_LIMIT = 262_144
"""Most bytes kept for a terminal that takes none; beyond it whole frames are dropped and one is painted anew."""
EXIT_SECONDS = 1.5
"""A program asked to end is ended by force after this long."""
LOST_TERMINAL = 129
"""Exit code when the terminal is gone, as for SIGHUP, which comes with it or not."""
MOST_PER_READ = 64
"""Sequences of one read that act; more is a key held down on a line that stalled."""
_NOT_NUMBERED = frozenset("uMmIOyt")
"""Finals of characters, the mouse, the focus, mode reports and sizes."""
_READ_LIMIT = 262_144
_RESIZE_SECONDS = 0.03
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 5.0

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


class _Waiting:
    """Textual asks its writer's queue for a size; this is the same question to ours."""

    def __init__(self, writer: ConsoleWriter) -> None:
        self._writer = writer

    def qsize(self) -> int:
        return self._writer.frames()


class ConsoleWriter(WriterThread):
    """Writes in the background and forgets frames that the terminal is too slow for.

    `on_lost` is called when the terminal is gone, `on_relief` when it has taken everything after frames were dropped,
    both in the writer's thread.
    """

    def __init__(self, descriptor: int, on_lost: Callable[[], None], on_relief: Callable[[], None]) -> None:
        super().__init__(sys.__stdout__)  # type: ignore[arg-type]  # never written to: the descriptor is
        self._queue = _Waiting(self)  # type: ignore[assignment]  # see there
        self._descriptor = descriptor
        self._on_lost = on_lost
        self._on_relief = on_relief
        self._changed = threading.Condition()
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._writing = False
        self._dropped = False
        self._closing = False
        self._cut = False

    def fileno(self) -> int:
        return self._descriptor

    def frames(self) -> int:
        """Writes not yet taken by the terminal, the one under way included."""
        return len(self._frames) + self._writing

    def backlog(self) -> int:
        """Bytes not yet taken by the terminal."""
        return self._bytes

    @property
    def dropped(self) -> bool:
        """Whether output was dropped since the terminal last kept up."""
        return self._dropped

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        with self._changed:
            if self._closing or self._dropped or not data:
                return
            if self._bytes and self._bytes + len(data) > BACKLOG_LIMIT:
                self._bytes -= sum(map(len, self._frames))
                self._frames.clear()
                self._dropped = True
                self._changed.notify_all()
                return
            self._frames.append(data)
            self._bytes += len(data)
            self._changed.notify_all()

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._closing or self._dropped)
                relieved = self._dropped and not self._frames
                if self._closing:
                    return
                self._dropped = self._dropped and not relieved
                data = self._frames.popleft() if self._frames else b""
                self._writing = bool(data)
            if relieved:
                self._on_relief()
                continue
            gone = not self._send(data)
            with self._changed:
                self._writing = False
                if gone:
                    self._closing = True
                    self._frames.clear()
                    self._bytes = 0
                self._changed.notify_all()
            if gone:
                self._on_lost()
                return

    def _send(self, data: bytes) -> bool:
        """Write one frame, unless it is cut off. False: the terminal is gone."""
        view = memoryview(data)
        try:
            while view and not self._cut:
                count = os.write(self._descriptor, view[:1024])
                view = view[count:]
                with self._changed:
                    self._bytes -= count
        except OSError:
            return False
        with self._changed:
            self._bytes -= len(view)
        return True

    def finish(self, patience: float) -> bool:
        """Take nothing more, drop what waits, and let the frame under way end. False: it was cut off."""
        with self._changed:
            self._closing = True
            self._bytes -= sum(map(len, self._frames))
            self._frames.clear()
            self._changed.notify_all()
            if self._changed.wait_for(lambda: not self._writing, patience):
                return not self._cut
            self._cut = True
        with suppress(termios.error):
            splash.unstick(self._descriptor)
        with self._changed:
            self._changed.wait_for(lambda: not self._writing, patience)
        return False

    def stop(self) -> None:
        """End the thread; one that is stuck in a write is left behind, it cannot hold up the process."""
        self.finish(splash.PATIENCE)
        if self.is_alive():
            self.join(splash.PATIENCE)


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
        atexit.register(restore_terminal)
        _Way.loop = self._loop
        if _Way.on_exit is None:
            install_signals(app)

    # Output

    def write(self, data: str) -> None:
        """Hand over to the writer; nothing is kept before the start and after the stop."""
        if self._writer is not None:
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
        self.write("\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l")
        if not constants.DISABLE_KITTY_KEY:
            # Only that keys are told apart: text stays text, so that a key is one byte on a slow line.
            self.write("\x1b[>1u")
        self._enable_mouse_support()
        self._request_terminal_sync_mode_support()
        signal.signal(signal.SIGWINCH, self._on_resize)
        self._announce_size()
        self.exit_event.clear()
        self._wake = os.pipe()
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
        restore_terminal(cut=not whole)

    def close(self) -> None:
        if self._writer_thread is not None:
            self._writer_thread.stop()

    # Size

    def _get_terminal_size(self) -> tuple[int, int]:
        return splash.size(self._output)

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
        if not isinstance(message, InBandWindowResize):
            super().process_message(message)

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
        wake = self._wake
        if wake is None:
            return
        guard = InputGuard(escape_delay(os.environ, slow=self.slow_line), time.monotonic())
        decode = getincrementaldecoder("utf-8")("replace").decode
        translate = _Translator(self._debug)
        empty_at = time.monotonic()
        while not self.exit_event.is_set():
            deadline = guard.deadline
            patience = _IDLE_SECONDS if deadline is None else min(_POLL_SECONDS, max(0.0, deadline - time.monotonic()))
            readable = select.select([self.fileno, wake[0]], [], [], patience)[0]
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
            for message in translate.messages(tokens):
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


class _Translator:
    """Tokens to Textual's messages, one complete piece at a time."""

    def __init__(self, debug: bool) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)

    def messages(self, tokens: list[Token]) -> list[Message]:
        out: list[Message] = []
        sequences = 0
        for token in tokens:
            match token:
                case Keys(text):
                    out += self._parser.feed(text)
                case Paste(text):
                    out.append(events.Paste(text))
                case Sequence(text):
                    sequences += 1
                    if sequences <= MOST_PER_READ:
                        out += self._sequence(text)
                case Swallowed():
                    pass
        return out

    def _sequence(self, text: str) -> list[Message]:
        if text == "\x1b":
            return [events.Key("escape", "\x1b")]
        if len(text) == 2:
            # The stock parser leaves the alt out where the key has a name, and a bare plus is a verb.
            plain = [message.key for message in self._parser.feed(text[1]) if isinstance(message, events.Key)]
            return [events.Key(f"alt+shift+{key.lower()}" if _capital(key) else f"alt+{key}", None) for key in plain]
        if text.startswith("\x1b[") and not _is_key(text):
            return []
        out = list(self._parser.feed(text))
        if self._parser._timeout_time is not None:
            # It waits for more of a sequence that is complete: one it does not know, and would type as text.
            self._parser = XTermParser(self._debug)
            return []
        return out


def _is_key(sequence: str) -> bool:
    """Whether a numbered key is one that has a name; the stock parser reads the number of any other as a character."""
    code, final = sequence[2:-1].partition(";")[0], sequence[-1]
    if sequence in ANSI_SEQUENCES_KEYS or final in _NOT_NUMBERED or not (code or '1').isdecimal():
        return True
    return f"{code or 1}{final}" in FUNCTIONAL_KEYS


def _capital(key: str) -> bool:
    return len(key) == 1 and key.isupper()
