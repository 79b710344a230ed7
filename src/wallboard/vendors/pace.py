"""Bounded work between two turns of the loop: whatever a peer sends, a key is heard in between.

What is cheap by itself (a chunk, a frame, a line) comes by the hundred thousand from a vendor that floods, and whatever
is in the buffer already is handed over without waiting.
"""

from __future__ import annotations

import anyio.lowlevel

TURN = 64
"""Pieces, each of some ten microseconds, that are handled before others get their turn."""
MOUTHFUL = 4 * 1024
"""Bytes that are taken at once from a peer whose bytes cost work each: 4 kB may be a thousand lines."""


class Pace:
    """`await step()` with each piece of work; every `TURN` pieces the loop goes on with what else there is."""

    def __init__(self) -> None:
        self._done = 0

    async def step(self, work: int = 1) -> None:
        self._done += work
        if self._done >= TURN:
            self._done = 0
            await anyio.lowlevel.checkpoint()
