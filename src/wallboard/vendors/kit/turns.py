"""One at a time for each of many things, where reading and writing belong together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

import anyio


class Turns:
    """A thing that nobody is busy with is forgotten."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, anyio.Lock] = {}

    @asynccontextmanager
    async def alone(self, thing: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(thing, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            # Who waited has it by now.
            if not lock.locked():
                self._locks.pop(thing, None)
