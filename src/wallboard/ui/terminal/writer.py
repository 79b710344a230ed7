"""Output to a terminal that may be slow, stopped or gone, in a thread of its own."""

from __future__ import annotations

import os
import sys
import termios
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from wallboard.ui.terminal import splash
from wallboard.ui.terminal.private import WriterThread

BACKLOG_LIMIT = 262_144
"""Most bytes kept for a terminal that takes none; beyond it whole frames are dropped and one is painted anew."""
_TELLING = 8_192
"""Bytes of a frame that does not fit into what the system keeps for the terminal: only such a one shows its pace."""


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
        self.pace = float("inf")
        """Bytes a second that the terminal took of the last large frame."""

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
        began = time.monotonic()
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
        if len(data) >= _TELLING:
            self.pace = len(data) / max(1e-6, time.monotonic() - began)
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
