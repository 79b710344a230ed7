"""One feed and one account as the scheduler keeps them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from wallboard.domain.keys import Resource
from wallboard.domain.update import FeedStatus
from wallboard.polling.backoff import RETRY_SLOW, Backoff
from wallboard.polling.budget import RateBudget
from wallboard.polling.schedule import Slot
from wallboard.vendors.base import Adapter, Feed

AT_ONCE = 4
"""Requests of one account at the same time."""
STEADY = 10
"""Good answers after which one more request at a time is tried again."""

Where = tuple[Resource, str]


@dataclass(slots=True)
class FeedSchedule:
    """A feed, when it is due, how it fares. `covers`: what its answers have brought rows of."""

    feed: Feed
    slot: Slot
    offset: float
    interval: float | None
    paced: bool = False
    hidden: bool = False
    backoff: Backoff = field(default_factory=Backoff)
    busy: bool = False
    last_ok: float | None = None
    not_before: float = 0.0
    """Until when we spare a source that fails or refuses, by our own rules."""
    ordered_until: float = 0.0
    """When the vendor lets it be asked again (429, 503 with Retry-After): nothing brings that forward."""
    unpaid_until: float = 0.0
    """When the budget has room for it again; watching an action does not wait for that."""
    hurried: deque[float] = field(default_factory=deque)
    forced: bool = False
    covers: set[Where] = field(default_factory=set)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=20))
    told: FeedStatus | None = None

    def name(self, source: str) -> str:
        """For the log."""
        return f"{source} {self.feed.resource.value} {self.feed.scope}".rstrip()

    @property
    def where(self) -> Where:
        return self.feed.resource, self.feed.scope

    def planned(self) -> float:
        """Seconds from one answer to the next while all goes well."""
        return self.interval if self.interval is not None else self.feed.interval

    def effective(self) -> float:
        """The same, stretched while it fails."""
        return self.backoff.interval(self.planned())

    def wait(self) -> float:
        """Seconds from one turn to the next as things stand."""
        seconds = self.effective()
        return min(seconds, RETRY_SLOW) if self.backoff.failures and not self.paced else seconds

    def look(self, now: float) -> None:
        """Somebody has come to look: what was put off while nobody did, an open breaker too, is tried now, but an
        interval after the last request at the soonest."""
        if not self.backoff.unavailable:
            self.not_before = 0.0
            self.slot.forward(now, self.planned())

    def due(self) -> float | None:
        """When it should be asked next; None: not at all."""
        if self.busy:
            return None
        turns = [self.hurried[0]] if self.hurried else []
        if self.interval is not None or self.forced:
            turns.append(max(self.slot.due, self.unpaid_until))
        return max(min(turns), self.not_before, self.ordered_until) if turns else None


@dataclass(slots=True)
class Account:
    """A source: its schedules, its allowance, and what holds for all of them at once."""

    name: str
    adapter: Adapter
    allowance: RateBudget
    schedules: dict[Where, FeedSchedule] = field(default_factory=dict)
    at_once: int = AT_ONCE
    flying: int = 0
    exclusive: bool = False
    paused_until: float = 0.0
    pause_cause: str = ""
    refused: bool = False
    cause: str = ""
    fault: str = ""
    """What of the adapter itself is broken, as a sentence."""
    good: int = 0
    planned_at: float = float("-inf")
    planned_for: int | None = None
    """The allowance that the intervals were planned for."""
    offered_at: float = float("-inf")

    def slower(self) -> None:
        self.at_once, self.good = max(1, self.at_once // 2), 0

    def steady(self) -> None:
        self.good += 1
        if self.good >= STEADY and self.at_once < AT_ONCE:
            self.at_once, self.good = self.at_once + 1, 0

    def polls(self, where: Where) -> bool:
        """Whether what `where` names is read by a feed."""
        return where in self.schedules or any(where in schedule.covers for schedule in self.schedules.values())
