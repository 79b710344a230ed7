"""The event loop of the simulated world: a heap of timers, a clock in seconds, and named random streams.

Nothing here knows telephones. Two rules make the world reproducible: every change happens in a timer (so the
result does not depend on how often somebody looks), and every purpose draws from its own random stream (so that an
action of a supervisor does not change who calls next).
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta

from wallboard.domain.records import dataclass
from wallboard.sim.scale import Scale


@dataclass(slots=True, eq=False)
class Timer:
    """A planned action; `cancel()` makes it a no-op."""

    when: float
    action: Callable[[], object] | None

    def cancel(self) -> None:
        self.action = None

    @property
    def waiting(self) -> bool:
        return self.action is not None


def stop(timers: list[Timer]) -> None:
    """None of them happens any more."""
    for timer in timers:
        timer.cancel()
    timers.clear()


@dataclass(slots=True)
class Engine:
    """Discrete-event engine. `now` is seconds since `start` (negative while warming up)."""

    seed: int
    start: datetime
    scale: Scale = field(default_factory=Scale)
    now: float = 0.0
    watchers: list[Callable[[], None]] = field(default_factory=list)
    """Called after each thing that happened."""
    _heap: list[tuple[float, int, Timer]] = field(default_factory=list)
    _count: int = 0
    _streams: dict[str, random.Random] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError("start must carry a time zone")
        self.start = self.start.astimezone(UTC)

    def stream(self, name: str) -> random.Random:
        """The random stream of one purpose, the same for the same seed and name."""
        if name not in self._streams:
            self._streams[name] = random.Random(f"{self.seed}/{name}")
        return self._streams[name]

    def at(self, when: float, action: Callable[[], object]) -> Timer:
        timer = Timer(max(when, self.now), action)
        self._count += 1
        heapq.heappush(self._heap, (timer.when, self._count, timer))
        return timer

    def after(self, delay: float, action: Callable[[], object]) -> Timer:
        return self.at(self.now + delay, action)

    def run(self, to: float) -> None:
        """Run every timer due up to and including `to`; a `to` in the past only settles what is due now."""
        to = max(to, self.now)
        # What a request did since happened in no timer.
        self._seen()
        while self._heap and self._heap[0][0] <= to:
            when, _, timer = heapq.heappop(self._heap)
            action = timer.action
            if action is None:
                continue
            timer.action = None
            self.now = when
            action()
            self._seen()
        self.now = to

    def _seen(self) -> None:
        for look in self.watchers:
            look()

    def utc(self, seconds: float) -> datetime:
        """World seconds as an aware UTC time."""
        return self.start + timedelta(seconds=seconds)
