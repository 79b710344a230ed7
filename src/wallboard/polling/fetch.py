"""One read of one feed within its deadline."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import Late, ReadError
from wallboard.domain.update import Update
from wallboard.polling.health import broken, passes
from wallboard.vendors.base import Feed, Ticket


async def fetch_in_time(clock: Clock, feed: Feed, ticket: Ticket) -> Sequence[Update]:
    """What the feed answers; `Late` when that takes longer than its timeout.

    The watch runs on our own clock, so that a test can hold it still; what the fetch raises comes out as it is.
    """
    answer: Sequence[Update] = ()
    error: BaseException | None = None
    done = False

    async def watch(scope: anyio.CancelScope) -> None:
        await clock.sleep(feed.timeout)
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch, tasks.cancel_scope)
        try:
            answer = await feed.fetch(ticket)
        except BaseException as caught:  # carried out of the task group, which would wrap it
            if passes(caught):
                raise
            error = caught
        done = True
        tasks.cancel_scope.cancel()
    if isinstance(error, Exception):
        raise error
    if error is not None:
        raise ReadError(broken("the reading", error)) from error
    if not done:
        raise Late(f"no whole answer within {feed.timeout:g} s")
    return answer
