"""The server's side of the projector: every word goes to it and to each screen, and screens come and go."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from itertools import count

import anyio

from wallboard.web.lines import END, KEYS, OPEN, SIZE, WORD, Outbox, framed

WAITS = 64 << 20
"""Bytes of words that a projector may be behind, which loads the whole screen first."""
SCREEN_WAITS = 8 << 20
"""Those of a screen; one that is further behind ends, and its browser begins anew."""
_READ = 1 << 16


class Screen:
    """One browser's, in a process of its own."""

    def __init__(self, number: int, line: socket.socket) -> None:
        self.number = number
        self.outbox = Outbox(line, SCREEN_WAITS)
        self._line = line

    def keys(self, typed: str) -> None:
        self.outbox.put(framed(KEYS, typed.encode("utf-8", "replace")))

    def resize(self, size: object) -> None:
        self.outbox.put(framed(SIZE, json.dumps(size).encode()))

    async def drawn(self) -> AsyncIterator[bytes]:
        """What it draws, as bytes for a terminal, until it ends."""
        while True:
            await anyio.wait_readable(self._line)
            try:
                data = self._line.recv(_READ)
            except BlockingIOError:
                continue
            except OSError:
                return
            if not data:
                return
            yield data

    def close(self) -> None:
        self._line.close()


class Projection:
    """`line` leads to the projector."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._outbox = Outbox(line, WAITS)
        self._screens: dict[int, Screen] = {}
        self._numbers = count(1)

    @property
    def watched(self) -> int:
        """By how many."""
        return len(self._screens)

    def tell(self, word: bytes) -> None:
        """Every word of the sources, as it comes."""
        data = framed(WORD, word)
        self._outbox.put(data)
        for screen in self._screens.values():
            screen.outbox.put(data)

    def open(self, page: str, size: object) -> Screen:
        """A screen from now on: it begins with all that was told before, and hears all that is told after."""
        ours, theirs = socket.socketpair()
        screen = Screen(next(self._numbers), ours)
        order = {"number": screen.number, "page": page, **(size if isinstance(size, dict) else {})}
        self._outbox.put(framed(OPEN, json.dumps(order).encode()), theirs.detach())
        self._screens[screen.number] = screen
        return screen

    def close(self, screen: Screen) -> None:
        """Nobody looks at it any more."""
        if self._screens.pop(screen.number, None) is not None:
            self._outbox.put(framed(END, str(screen.number).encode()))
            screen.close()

    async def run(self) -> None:
        """Until the projector has ended, so that nobody can be shown anything any more."""
        async with anyio.create_task_group() as tasks:

            async def send() -> None:
                await self._outbox.run()
                tasks.cancel_scope.cancel()

            tasks.start_soon(send)
            # It never writes: what can be read is its end.
            await anyio.wait_readable(self._line)
            tasks.cancel_scope.cancel()
