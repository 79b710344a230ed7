"""One user or queue read on its own, by another way where the straight one is not permitted.

The rights of an RCI account follow the objects that it may see: who may not read all users may read those of a role or
group, and the same holds for queues.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from wallboard.domain.errors import NotPermitted
from wallboard.vendors.sinch import rci
from wallboard.vendors.sinch.mapping import Known
from wallboard.vendors.sinch.reading import Reader
from wallboard.vendors.sinch.wire import QueueWire, UserWire

_T = TypeVar("_T")
WAYS = 3
"""So many roles or groups are tried."""


class Records:
    """All raise `ReadError`s only."""

    def __init__(self, reader: Reader, known: Known) -> None:
        self._reader = reader
        self._known = known

    async def user(self, user: str) -> UserWire:
        ways: list[Callable[[], Awaitable[UserWire]]] = [partial(self._reader.one, rci.USER, user)]
        for role in self._known.roles.get(user, ())[:WAYS]:
            ways.append(partial(self._reader.one, rci.USER_BY_ROLE, role.id, user))
        for group in self._known.groups.get(user, ())[:WAYS]:
            ways.append(partial(self._reader.one, rci.USER_BY_GROUP, group.id, user))
        return await _first(ways)

    async def queue(self, queue: str) -> QueueWire:
        ways: list[Callable[[], Awaitable[QueueWire]]] = [partial(self._reader.one, rci.QUEUE, queue)]
        for group in self._known.queue_groups.get(queue, ())[:WAYS]:
            ways.append(partial(self._reader.one, rci.QUEUE_BY_GROUP, group.id, queue))
        return await _first(ways)


async def _first(ways: Sequence[Callable[[], Awaitable[_T]]]) -> _T:
    """The first that is permitted; a record that is gone is gone by any way."""
    for way in ways[:-1]:
        try:
            return await way()
        except NotPermitted:
            continue
    return await ways[-1]()
