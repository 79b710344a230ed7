"""What the board is told of feeds and sources; neither a broken adapter nor a broken listener ends the telling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wallboard.domain.clock import Clock
from wallboard.domain.keys import Resource
from wallboard.domain.update import FeedStatus, SourceInfo
from wallboard.polling.health import Health, broken
from wallboard.polling.lane import Account, Lane, Where
from wallboard.vendors.base import Feed, Sink


class Reporter:
    """Says what is new, once."""

    def __init__(self, clock: Clock, sink: Sink, health: Health) -> None:
        self._clock = clock
        self._sink = sink
        self._health = health
        self._infos: dict[str, SourceInfo] = {}

    def feed(self, account: Account, lane: Lane) -> None:
        """How a feed fares, for everything that its answers bring and no other feed is about."""
        status = feed_status(account, lane, self._clock.now())
        if status == lane.told:
            return
        lane.told = status
        try:
            self._sink.status(status)
            for resource, scope in lane.covers:
                if (resource, scope) != lane.where and (resource, scope) not in account.lanes:
                    self._sink.status(replace(status, resource=resource, scope=scope))
        except Exception as error:  # the listener's fault: the next word is told whatever it says
            self._health.broke(f"{account.name} told", error)
            lane.told = None

    def source(self, account: Account) -> None:
        """What the adapter says of the source as a whole; its allowance is taken over."""
        name = f"{account.name} itself"
        try:
            info = account.adapter.info()
            account.purse.hear(info.budget)
            self._health.well(name)
        except Exception as error:  # the adapter's fault: what it said last stands
            self._health.broke(name, error)
            known = self._infos.get(account.name) or SourceInfo(account.name, account.adapter.settings.vendor)
            info = replace(known, detail=broken("the adapter", error), broken=True)
        if account.fault:
            info = replace(info, detail=account.fault, broken=True)
        if self._infos.get(account.name) != info:
            self._infos[account.name] = info
            try:
                self._sink.source(info)
            except Exception as error:  # as above
                self._health.broke(f"{account.name} told", error)
                del self._infos[account.name]

    def gone(self, account: Account, lane: Lane, feeds: Iterable[Where]) -> None:
        """A feed is no more, and what it alone brought with it."""
        self._health.forget(lane.name(account.name))
        for resource, scope in (lane.covers | {lane.where}).difference(feeds):
            try:
                self._sink.status(_gone(account, lane, resource, scope))
            except Exception as error:  # as above
                self._health.broke(f"{account.name} told", error)


def offered(account: Account, health: Health) -> dict[Where, Feed]:
    """What the adapter says can be read now; where it breaks, what it said last."""
    name = f"{account.name} lists"
    try:
        feeds = {(feed.resource, feed.scope): feed for feed in account.adapter.feeds()}
    except Exception as error:  # the adapter's fault
        health.broke(name, error)
        account.fault = broken("what there is to read", error)
        return {where: lane.feed for where, lane in account.lanes.items()}
    health.well(name)
    account.fault = ""
    return feeds


def feed_status(account: Account, lane: Lane, now: float) -> FeedStatus:
    """How a feed fares now; `next_at` is when it will really be asked, whatever holds it back."""
    due = lane.due() if not lane.busy else lane.slot.due
    if due is not None:
        due = max(due, account.paused_until, lane.not_before, lane.ordered_until, lane.unpaid_until)
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


def _gone(account: Account, lane: Lane, resource: Resource, scope: str) -> FeedStatus:
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
