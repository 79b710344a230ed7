"""Bounded work between two turns of the loop: whatever a peer sends, a key is heard in between.

What is cheap by itself (a chunk, a frame, a line) comes by the hundred thousand from a vendor that floods, and whatever
is in the buffer already is handed over without waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import anyio.lowlevel

TURN = 64
"""Pieces, each of some ten microseconds, that are handled before others get their turn."""
MOUTHFUL = 4 * 1024
"""Bytes that are taken at once from a peer whose bytes cost work each: 4 kB may be a thousand lines."""


SIP = 512
"""The same where each may be hundreds of frames that cost a hundred microseconds."""


class Pace:
    """`await step()` with each piece of work; every `TURN` pieces the loop goes on with what else there is."""

    def __init__(self) -> None:
        self._done = 0

    async def step(self, work: int = 1) -> None:
        self._done += work
        if self._done >= TURN:
            self._done = 0
            await anyio.lowlevel.checkpoint()


class Tap(Protocol):
    """What can be told to bring no more for a while: a transport."""

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Sluice:
    """Between a transport and a protocol that takes whatever comes in one step: hands on a sip a turn, and lets
    the transport wait meanwhile.

    `give` is the protocol's taking, `later` runs something in the next turn. The protocol pauses and resumes this, not
    the transport.
    """

    def __init__(self, tap: Tap, give: Callable[[bytes], None], later: Callable[[Callable[[], None]], object]) -> None:
        self._tap = tap
        self._give = give
        self._later = later
        self._held = bytearray()
        self._due = False
        self._paused = False

    def take(self, data: bytes) -> None:
        """What the transport brings."""
        self._held += data
        if not self._due:
            self._hand_on()

    def _hand_on(self) -> None:
        self._due = False
        if self._paused:
            return
        sip = bytes(self._held[:SIP])
        del self._held[:SIP]
        if sip:
            self._give(sip)
        if self._held:
            self._tap.pause_reading()
            self._next()
        elif not self._paused:
            self._tap.resume_reading()

    def _next(self) -> None:
        if not self._due and not self._paused:
            self._due = True
            self._later(self._hand_on)

    def pause_reading(self) -> None:
        self._paused = True
        self._tap.pause_reading()

    def resume_reading(self) -> None:
        self._paused = False
        if self._held:
            self._next()
        else:
            self._tap.resume_reading()

    def close(self) -> None:
        """There is no connection any more; what it left is of no use."""
        self._paused = True
        self._held.clear()
