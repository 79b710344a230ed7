"""Rows on their way to the board: snapshots, and starts that hold still."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import anyio.to_thread

from wallboard.domain.keys import Key, Resource
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
    removed: Iterable[Key] = (),
) -> Update:
    """The rows of a list as of the start of its request: what happened while it was under way may be missing. Of
    another `kind`: some of them, and the keys of those that went."""
    order = (ticket.epoch, ticket.seq, as_of)
    return Update(source, resource, scope, kind, *order, tuple(rows), tuple(removed), approximate=approximate)


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

    def keep(self, scopes: Container[Hashable]) -> None:
        """Forget all other lists: what they are of is no more."""
        self._last = {scope: starts for scope, starts in self._last.items() if scope in scopes}


async def aside(count: int, work: Callable[[], T]) -> T:
    """`work` over `count` rows, in a thread where it takes long."""
    return await anyio.to_thread.run_sync(work) if count > THREAD_ABOVE_ROWS else work()
