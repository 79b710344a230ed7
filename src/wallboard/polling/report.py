"""What the board is told of a feed. Pure."""

from __future__ import annotations

from wallboard.domain.keys import Resource
from wallboard.domain.update import FeedStatus
from wallboard.polling.lane import Account, Lane


def feed_status(account: Account, lane: Lane, now: float) -> FeedStatus:
    """How a feed fares now; `next_at` is when it will really be asked, whatever holds it back."""
    due = lane.due() if not lane.busy else lane.slot.due
    if due is not None:
        due = max(due, account.paused_until, lane.not_before, lane.unpaid_until)
    return FeedStatus(
        source=account.name,
        resource=lane.feed.resource,
        scope=lane.feed.scope,
        # Not what failing stretches it to: what a list is judged by must not grow while it gets older.
        interval=lane.planned(),
        timeout=lane.feed.timeout,
        last_ok=lane.last_ok,
        next_at=None if due == float("inf") else due,
        failures=lane.backoff.failures,
        cause=account.cause if account.refused else lane.backoff.cause or _waits(account, lane, now),
        unavailable=lane.backoff.unavailable,
        refused=account.refused,
        wanted=lane.interval is not None,
        roster=lane.feed.roster,
        paced=lane.paced,
        latencies=tuple(lane.latencies),
        successes=sum(lane.backoff.results),
    )


def _waits(account: Account, lane: Lane, now: float) -> str:
    if account.paused_until > now:
        return account.pause_cause
    return "the request budget is used up" if lane.unpaid_until > now else ""


def gone(account: Account, lane: Lane, resource: Resource, scope: str) -> FeedStatus:
    """The word that makes the board forget a feed."""
    return FeedStatus(
        account.name,
        resource,
        scope,
        lane.feed.interval,
        lane.feed.timeout,
        cause="no longer there",
        unavailable=True,
        wanted=False,
    )
