"""The console's side of a terminal in a browser: what it draws goes into a socket, and keys and sizes are handed in.

Only who looks sits there, so keys need no guard. What the browser does not take is not queued: the line is short, and
while it is full no frame is drawn (`diff.writer_busy`).
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, ClassVar

from textual import events
from textual.app import App

from wallboard.ui.terminal import controls
from wallboard.ui.terminal.private import HostedDriver, XTermParser, waits_for_more

LINE_BYTES = 32_768
"""What of frames the system keeps for a browser that takes none."""


class Window:
    """The terminal: `line` takes what is drawn, `size` is in columns and lines."""

    def __init__(self, line: socket.socket, size: tuple[int, int]) -> None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LINE_BYTES)
        line.setblocking(False)
        self.size = size
        self.driver: BrowserDriver | None = None
        self._line = line
        self._rest = b""

    def fileno(self) -> int:
        return self._line.fileno()

    def write(self, data: bytes) -> None:
        self._rest += data
        self._send()

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._rest = self._rest[self._line.send(self._rest) :]
        except BlockingIOError:
            pass
        except OSError:
            # Nobody looks any more; whoever reads the line ends the process.
            self._rest = b""
        if self._rest:
            loop.add_writer(self._line, self._send)
        else:
            loop.remove_writer(self._line)

    def keys(self, text: str) -> None:
        """What was typed, as a terminal sends it."""
        if self.driver is not None:
            self.driver.hear(text)

    def resize(self, columns: int, lines: int) -> None:
        self.size = columns, lines
        if self.driver is not None:
            self.driver.resized(self.size)


class BrowserDriver(HostedDriver):
    """Set `window` before the app is made: there is one in a process."""

    window: ClassVar[Window]

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or self.window.size)
        self.writes_to(self.window)
        self.debug = debug
        self._parser = XTermParser(debug)

    def write(self, data: str) -> None:
        self.window.write(data.encode())

    def start_application_mode(self) -> None:
        self.write(controls.ENTER_SCREEN + controls.modes(mouse=self.wants_mouse, keyboard=False))
        self.window.driver = self
        self.resized(self.window.size)

    def hear(self, text: str) -> None:
        """What comes at once is whole: an escape alone is the key, and no sequence goes on with the next."""
        if text == "\x1b":
            self.process_message(events.Key("escape", text))
            return
        for message in self._parser.feed(text) if text else ():
            self.process_message(message)
        if waits_for_more(self._parser):
            self._parser = XTermParser(self.debug)

    def disable_input(self) -> None:
        self.window.driver = None

    def stop_application_mode(self) -> None:
        self.disable_input()
