"""Rows on their way to the board: snapshots, starts that hold still, and one write to an object at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import Ticket

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

STEADY = 2.0
"""A start that is computed from whole seconds moves by so much between readings and is kept."""
THREAD_ABOVE_ROWS = 400
"""Rows that take about 10 ms to map: more would keep the screen waiting."""


def snapshot(
    source: str,
    resource: Resource,
    scope: str,
    ticket: Ticket,
    as_of: float,
    rows: Iterable[Row],
    approximate: str = "",
    kind: UpdateKind = UpdateKind.SNAPSHOT,
) -> Update:
    """The rows of a list as of the start of its request: what happened while it was under way may be missing."""
    return Update(source, resource, scope, kind, ticket.epoch, ticket.seq, as_of, tuple(rows), approximate=approximate)


def steady(before: float | None, now: float) -> float:
    """A start without the jitter of whole seconds: within `STEADY` of the last one, the last one stays."""
    return before if before is not None and abs(before - now) <= STEADY else now


class Starts:
    """The starts of each list as they were last shown."""

    def __init__(self) -> None:
        self._last: dict[Hashable, Mapping[Any, float]] = {}

    def held(self, scope: Hashable, starts: Mapping[K, float | None]) -> dict[K, float]:
        """Those of one list, without jitter; the others of that list are forgotten."""
        before = self._last.get(scope, {})
        kept = {key: steady(before.get(key), start) for key, start in starts.items() if start is not None}
        self._last[scope] = kept
        return kept


class Writing:
    """One read-and-write of an object at a time, for the second would undo the first. Nothing is kept of an object that
    nobody writes to."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[anyio.Lock, int]] = {}

    def __len__(self) -> int:
        """So many objects are being written to."""
        return len(self._locks)

    @asynccontextmanager
    async def alone(self, key: Hashable) -> AsyncIterator[None]:
        lock, writers = self._locks.get(key, (anyio.Lock(), 0))
        self._locks[key] = lock, writers + 1
        try:
            async with lock:
                yield
        finally:
            lock, writers = self._locks.pop(key)
            if writers > 1:
                self._locks[key] = lock, writers - 1


async def aside(count: int, work: Callable[[], T]) -> T:
    """`work` over `count` rows, in a thread where it takes long."""
    return await anyio.to_thread.run_sync(work) if count > THREAD_ABOVE_ROWS else work()
