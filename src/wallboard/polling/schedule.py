"""When a feed is due: fixed rate from the clock, a phase of its own, a little jitter, by demand. Pure."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

from wallboard.board.freshness import live_at_most
from wallboard.domain.keys import Resource
from wallboard.domain.records import dataclass
from wallboard.vendors.base import Feed

FLOOR = 1.0
CEILING = 600.0
"""Seconds between two requests of one feed, at least and at most."""
HIDDEN_FACTOR = 4.0
HIDDEN_LEAST, HIDDEN_MOST = 15.0, 30.0
ROOM = 5.0
"""Seconds for the answer of a hidden list to come before it stops being live."""
JITTER_SHARE, JITTER_MOST = 0.1, 0.5
"""A tenth of the interval either way, but recovery within an interval and a second leaves half a second each."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is on screen."""

    wanted: frozenset[Resource] = frozenset(Resource)

    def shows(self, resource: Resource) -> bool:
        if resource is Resource.PHONES:
            return Resource.AGENTS in self.wanted
        return resource in self.wanted

    def needs(self, resource: Resource) -> bool:
        """Whether it is read at its own pace: what is on screen, and the callers in any case. Every figure of a queue
        is made of their list, and read more slowly it would be another figure."""
        return resource is Resource.MEMBERS or self.shows(resource)


def wished_interval(feed: Feed, demand: Demand) -> float | None:
    """Seconds between two reads that the demand asks for, before budget and back-off; None: not at all."""
    if demand.needs(feed.resource):
        seconds = feed.interval
    elif feed.hidden_interval is not None:
        if feed.hidden_interval <= 0:
            return None
        seconds = feed.hidden_interval
    else:
        seconds = _hidden(feed)
    return min(CEILING, max(FLOOR, seconds))


def _hidden(feed: Feed) -> float:
    """Hidden, but counted in the header: four times slower, 15 to 30 s, and what is slow anyway slower still; but never
    so slow that it could not be live, unless it is as slow while on screen."""
    slower = feed.interval * HIDDEN_FACTOR
    if feed.interval <= HIDDEN_MOST:
        slower = min(HIDDEN_MOST, max(HIDDEN_LEAST, slower))
    return max(feed.interval, min(slower, live_at_most(feed.resource, feed.scope, roster=feed.roster) - ROOM))


def phase(source: str, feed: Feed) -> float:
    """Where in its interval the feed falls, 0..1, the same in every run, so that feeds spread."""
    return (zlib.crc32(f"{source}/{feed.resource.value}/{feed.scope}".encode()) % 1000) / 1000


@dataclass(slots=True)
class Slot:
    """The next turn of one feed. `base` is on the fixed grid, `due` is `base` with jitter."""

    due: float
    base: float = 0.0
    interval: float = FLOOR
    started: float | None = None

    def begin(self, now: float) -> None:
        self.started = now

    def advance(self, now: float, interval: float, offset: float, rand: Callable[[], float]) -> None:
        """Set the turn after the one that began last: the next on the grid, none of those missed meanwhile.

        `offset` is the feed's phase (0..1), `rand` gives 0..1.
        """
        began = self.started if self.started is not None else now
        if self.base <= 0.0 or abs(interval - self.interval) > 0.05 * self.interval:
            # A new grid: keep a whole interval from the last request, or the first one up to a phase shorter.
            self.base = began + (interval * (0.5 + 0.5 * offset) if self.base <= 0.0 else interval)
        elif self.base - began <= min(JITTER_SHARE * interval, JITTER_MOST):
            self.base += interval
        elif self.base - began > interval + JITTER_MOST:
            # Its turn was put off by a wait that is over.
            self.base = began + interval
        # Else it was a read out of turn, after an action or on request: its own turn still comes.
        self.interval = interval
        if self.base <= now:
            self.base += interval * math.ceil((now - self.base) / interval)
        if self.base - began < 0.5 * interval:
            # It began late; the grid starts anew rather than asking twice in short order.
            self.base = max(now, began + interval)
        spread = min(JITTER_SHARE * interval, JITTER_MOST)
        self.due = max(now, self.base + spread * (2 * rand() - 1))

    def retime(self, now: float, interval: float) -> None:
        """The wish changed: due one new interval after the last request, at once if that has passed; where it becomes
        slower, as far into it as it was into the old one, so that what was spread stays spread."""
        if self.started is not None and abs(interval - self.interval) > 0.05 * self.interval:
            into = (self.base - self.started) / self.interval if interval > self.interval else 1.0
            into = min(1.0, max(0.5, into))
            self.base = self.due = max(now, self.started + into * interval, self.started + FLOOR)
            self.interval = interval

    def forward(self, now: float, interval: float) -> None:
        """Not later than `interval` after the last request."""
        due = now if self.started is None else max(now, self.started + max(FLOOR, interval))
        if due < self.due:
            self.base = self.due = due
