"""One feed and one account as the scheduler keeps them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import field
from heapq import heappop, heappush

import anyio

from wallboard.domain.keys import Resource
from wallboard.domain.records import dataclass
from wallboard.domain.update import FeedStatus
from wallboard.polling.backoff import RETRY_SLOW, Backoff
from wallboard.polling.budget import RateBudget
from wallboard.polling.counts import Counts
from wallboard.polling.events import EventShare
from wallboard.polling.schedule import FLOOR, Slot
from wallboard.vendors.base import Adapter, Feed

AT_ONCE = 4
"""Requests of one account at the same time."""
STEADY = 10
"""Good answers after which one more request at a time is tried again."""

SETTLE = 0.3
"""Seconds after an event until its list is read: others of the same moment come, and the vendor's lists follow."""

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
    announced: float | None = None
    """When it is to be read since an event came that concerns it."""
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

    def announce(self, now: float) -> bool:
        """An event concerns it: it is read soon, whatever is under way now; whether that is news. What comes in the
        same moment is one reading."""
        if self.announced is not None or self.interval is None:
            return False
        began = self.slot.started
        self.announced = now + SETTLE if began is None else max(now + SETTLE, began + FLOOR)
        return True

    def look(self, now: float) -> None:
        """Somebody has come to look: what was put off while nobody did, an open breaker too, is tried now, but an
        interval after the last request at the soonest."""
        if not self.backoff.unavailable:
            self.not_before = 0.0
            self.slot.forward(now, self.planned())

    def only_announced(self, now: float) -> bool:
        """Whether it is asked for now since an event came, and its own turn is later."""
        return self.announced is not None and self.announced <= now and not any(turn <= now for turn in self._turns())

    def _turns(self) -> list[float]:
        turns = [self.hurried[0]] if self.hurried else []
        if self.interval is not None or self.forced:
            turns.append(max(self.slot.due, self.unpaid_until))
        return turns

    def due(self) -> float | None:
        """When it should be asked next; None: not at all."""
        if self.busy:
            return None
        turns = self._turns() + ([] if self.announced is None else [self.announced])
        return max(min(turns), self.not_before, self.ordered_until) if turns else None


@dataclass(slots=True)
class Agenda:
    """Whose turn it is. A feed is looked at when its turn may have come, and not because another has been answered.

    Whoever brings one feed's turn forward calls `note`; whoever touches many makes the agenda anew.
    """

    exclusive: list[FeedSchedule] = field(default_factory=list)
    _coming: list[tuple[float, int, FeedSchedule]] = field(default_factory=list)
    _waiting: list[tuple[bool, int, float, int, FeedSchedule]] = field(default_factory=list)
    _count: int = 0

    @classmethod
    def of(cls, schedules: Iterable[FeedSchedule]) -> Agenda:
        made = cls()
        for schedule in schedules:
            made.note(schedule)
            if schedule.feed.exclusive:
                made.exclusive.append(schedule)
        return made

    def note(self, schedule: FeedSchedule) -> None:
        due = schedule.due()
        if due is not None:
            self._count += 1
            heappush(self._coming, (due, self._count, schedule))

    def next(self, now: float) -> FeedSchedule | None:
        """Take whose turn it is out: what is looked at and matters most, then who has waited longest."""
        while self._coming and self._coming[0][0] <= now:
            schedule = heappop(self._coming)[2]
            due = schedule.due()
            if due is not None and due <= now:
                self._count += 1
                heappush(self._waiting, (schedule.hidden, schedule.feed.priority, due, self._count, schedule))
            else:
                self.note(schedule)
        while self._waiting:
            schedule = heappop(self._waiting)[4]
            due = schedule.due()
            if due is not None and due <= now:
                return schedule
            self.note(schedule)
        return None

    @property
    def later(self) -> float:
        """When the next one's turn may come; of those whose turn it is already nothing is said."""
        return self._coming[0][0] if self._coming else float("inf")


@dataclass(slots=True)
class Account:
    """A source: its schedules, its allowance, and what holds for all of them at once."""

    name: str
    adapter: Adapter
    allowance: RateBudget
    schedules: dict[Where, FeedSchedule] = field(default_factory=dict)
    agenda: Agenda | None = None
    """None: to be made anew."""
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
    on_events: EventShare = field(default_factory=EventShare)
    planned_at: float = float("-inf")
    planned_for: int | None = None
    """The allowance that the intervals were planned for."""
    offered_at: float = float("-inf")
    ours: bool = True
    """Whether this console reads it, and no other for it."""
    stretch: float = 1.0
    """How many times as seldom as is wished for."""
    turn: anyio.Event = field(default_factory=anyio.Event)
    """Set when it becomes ours, or another's."""
    counts: defaultdict[Resource, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def slower(self) -> None:
        self.at_once, self.good = max(1, self.at_once // 2), 0

    def steady(self) -> None:
        self.good += 1
        if self.good >= STEADY and self.at_once < AT_ONCE:
            self.at_once, self.good = self.at_once + 1, 0

    def polls(self, where: Where) -> bool:
        """Whether what `where` names is read by a feed."""
        return where in self.schedules or any(where in schedule.covers for schedule in self.schedules.values())
