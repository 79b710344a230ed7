"""Many small readings, a few at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import TypeVar

import anyio

from wallboard.domain.errors import (
    BadAnswer,
    CredentialsRefused,
    Missing,
    NotPermitted,
    ReadError,
    ServerTrouble,
    Throttled,
)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

AT_ONCE = 3
WHOLE_SOURCE = (CredentialsRefused, Throttled)
"""What holds for every other reading as well, so that asking on is of no use."""
ONE_READING = (BadAnswer, Missing, NotPermitted, ServerTrouble)
"""What spoils one reading and says nothing of the next."""


async def gather(
    ids: Iterable[K],
    read: Callable[[K], Awaitable[T]],
    *,
    at_once: int = AT_ONCE,
    ends: tuple[type[ReadError], ...] = WHOLE_SOURCE,
) -> tuple[dict[K, T], dict[K, ReadError]]:
    """`read` of each id once: what came, and what failed. Raises the first of `ends`, which ends it."""
    found: dict[K, T] = {}
    failed: dict[K, ReadError] = {}
    final: list[ReadError] = []
    limiter = anyio.CapacityLimiter(at_once)

    async def work(identity: K) -> None:
        async with limiter:
            if final:
                return
            try:
                found[identity] = await read(identity)
            except ends as error:
                final.append(error)
            except ReadError as error:
                failed[identity] = error

    async with anyio.create_task_group() as tasks:
        for identity in dict.fromkeys(ids):
            tasks.start_soon(work, identity)
    if final:
        raise final[0]
    return found, failed


async def some(ids: Iterable[K], read: Callable[[K], Awaitable[T]]) -> tuple[dict[K, T], dict[K, ReadError]]:
    """`gather`, one after the other; raises what failed first where nothing came."""
    found, failed = await gather(ids, read, at_once=1)
    if failed and not found:
        raise next(iter(failed.values()))
    return found, failed


async def optional(read: Callable[[], Awaitable[T]]) -> T | None:
    """None when this one thing cannot be read; what holds for the whole source is raised."""
    try:
        return await read()
    except WHOLE_SOURCE:
        raise
    except ReadError:
        return None
