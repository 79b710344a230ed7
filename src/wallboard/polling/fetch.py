"""One read of one feed within its deadline."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.clock import Clock, within
from wallboard.domain.errors import Late, ReadError
from wallboard.domain.language import tr
from wallboard.domain.update import Update
from wallboard.polling.health import broken, passes
from wallboard.vendors.base import Feed, Ticket


async def fetch_in_time(clock: Clock, feed: Feed, ticket: Ticket) -> Sequence[Update]:
    """What the feed answers; `Late` when that takes longer than its timeout.

    The watch runs on our own clock, so that a test can hold it still; what the fetch raises comes out as it is.
    """
    answer: Sequence[Update] = ()

    async def ask() -> None:
        nonlocal answer
        try:
            answer = await feed.fetch(ticket)
        except Exception:
            raise
        except BaseException as error:
            if passes(error):
                raise
            raise ReadError(broken(tr("the reading"), error)) from error

    if not await within(clock, feed.timeout, ask):
        raise Late(tr("no whole answer within {seconds:g} s", seconds=feed.timeout))
    return answer
