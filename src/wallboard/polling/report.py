"""What the board is told of feeds and sources; neither a broken adapter nor a broken listener ends the telling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wallboard.domain.clock import Clock
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.update import FeedStatus, SourceInfo
from wallboard.polling.feed_schedule import Account, FeedSchedule, Where
from wallboard.polling.health import Health, broken
from wallboard.vendors.base import Feed, Sink


class Reporter:
    """Says what is new, once."""

    def __init__(self, clock: Clock, sink: Sink, health: Health) -> None:
        self._clock = clock
        self._sink = sink
        self._health = health
        self._infos: dict[str, SourceInfo] = {}

    def feed(self, account: Account, schedule: FeedSchedule) -> None:
        """How a feed fares, for everything that its answers bring and no other feed is about."""
        status = feed_status(account, schedule, self._clock.now())
        if status == schedule.told:
            return
        schedule.told = status
        try:
            self._sink.status(status)
            for resource, scope in schedule.covers:
                if (resource, scope) != schedule.where and (resource, scope) not in account.schedules:
                    self._sink.status(replace(status, resource=resource, scope=scope))
        except Exception as error:  # the listener's fault: the next word is told whatever it says
            self._health.broke(f"{account.name} told", error)
            schedule.told = None

    def source(self, account: Account) -> None:
        """What the adapter says of the source as a whole; its allowance is taken over."""
        name = f"{account.name} itself"
        try:
            info = account.adapter.info()
            account.allowance.hear(info.budget, self._clock.now())
            if info.budget is not None:
                info = replace(info, budget=replace(info.budget, others=account.allowance.others))
            self._health.well(name)
        except Exception as error:  # the adapter's fault: what it said last stands
            self._health.broke(name, error)
            known = self._infos.get(account.name) or SourceInfo(account.name, account.adapter.settings.vendor)
            info = replace(known, detail=broken(tr("the adapter"), error), broken=True)
        if account.fault:
            info = replace(info, detail=account.fault, broken=True)
        if self._infos.get(account.name) != info:
            self._infos[account.name] = info
            try:
                self._sink.source(info)
            except Exception as error:  # as above
                self._health.broke(f"{account.name} told", error)
                del self._infos[account.name]

    def forget(self, account: Account) -> None:
        """Whoever listens now has been told nothing of it."""
        self._infos.pop(account.name, None)

    def gone(self, account: Account, schedule: FeedSchedule, feeds: Iterable[Where]) -> None:
        """A feed is no more, and what it alone brought with it."""
        self._health.forget(schedule.name(account.name))
        for resource, scope in (schedule.covers | {schedule.where}).difference(feeds):
            try:
                self._sink.status(_gone(account, schedule, resource, scope))
            except Exception as error:  # as above
                self._health.broke(f"{account.name} told", error)


def offered(account: Account, health: Health) -> dict[Where, Feed]:
    """What the adapter says can be read now; where it breaks, what it said last."""
    name = f"{account.name} lists"
    try:
        feeds = {(feed.resource, feed.scope): feed for feed in account.adapter.feeds()}
    except Exception as error:  # the adapter's fault
        health.broke(name, error)
        account.fault = broken(tr("what there is to read"), error)
        return {where: schedule.feed for where, schedule in account.schedules.items()}
    health.well(name)
    account.fault = ""
    return feeds


def feed_status(account: Account, schedule: FeedSchedule, now: float) -> FeedStatus:
    """How a feed fares now; `next_at` is when it will really be asked, whatever holds it back."""
    due = schedule.due() if not schedule.busy else schedule.slot.due
    if due is not None:
        due = max(due, account.paused_until, schedule.not_before, schedule.ordered_until, schedule.unpaid_until)
    return FeedStatus(
        source=account.name,
        resource=schedule.feed.resource,
        scope=schedule.feed.scope,
        # Not what failing stretches it to: what a list is judged by must not grow while it gets older.
        interval=schedule.planned(),
        timeout=schedule.feed.timeout,
        last_ok=schedule.last_ok,
        next_at=None if due == float("inf") else due,
        failures=schedule.backoff.failures,
        cause=account.cause if account.refused else schedule.backoff.cause or _waits(account, schedule, now),
        unavailable=schedule.backoff.unavailable,
        refused=account.refused,
        wanted=schedule.interval is not None,
        roster=schedule.feed.roster,
        paced=schedule.paced,
        events=schedule.feed.reconcile is not None,
        latencies=tuple(schedule.latencies),
        successes=sum(schedule.backoff.results),
    )


def _waits(account: Account, schedule: FeedSchedule, now: float) -> str:
    if account.paused_until > now:
        return account.pause_cause
    if schedule.unpaid_until <= now:
        return ""
    if account.allowance.used_up(now):
        return tr("the request budget is used up")
    return tr("others use the same request budget")


def _gone(account: Account, schedule: FeedSchedule, resource: Resource, scope: str) -> FeedStatus:
    """The word that makes the board forget a feed."""
    return FeedStatus(
        account.name,
        resource,
        scope,
        schedule.feed.interval,
        schedule.feed.timeout,
        cause=tr("no longer there"),
        unavailable=True,
        wanted=False,
    )
