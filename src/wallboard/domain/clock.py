"""Time as the whole program sees it: one steady clock in UTC seconds, and the wall clock for labels only."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

WATCH = 1.0
"""Seconds between two looks of a sleeper at the clock: the event loop's own timers stand still while a machine sleeps,
so that a wait of ten minutes would else go on for ten minutes after the machine woke."""


class Clock(Protocol):
    """What time it is. Every instant inside the program (`since`, `as_of`, `joined_at`) is `now()` of this clock."""

    def now(self) -> float:
        """Seconds since 1970 in UTC that never jump: an NTP step or a change of zone moves no wait and no age. Time for
        which the machine sleeps counts."""

    def wall(self) -> datetime:
        """The machine's wall clock, aware and in UTC, for labels and for the journal."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock."""


def ticker() -> Callable[[], float]:
    """The machine's clock that is never set and runs on while it sleeps; where there is none, the monotonic clock.

    On Linux the monotonic clock stands still in a suspend and CLOCK_BOOTTIME does not; on macOS, what Python calls
    monotonic stands still and CLOCK_MONOTONIC_RAW does not; on Windows the monotonic clock runs on.
    """
    name = "CLOCK_MONOTONIC_RAW" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
    clock: int | None = getattr(time, name, None)
    if clock is None:
        return time.monotonic
    known = clock
    try:
        time.clock_gettime(known)
    except OSError:
        return time.monotonic
    return lambda: time.clock_gettime(known)


class SystemClock:
    """Wall time read once at construction, carried forward by `ticker`."""

    def __init__(self, ticks: Callable[[], float] | None = None) -> None:
        self._ticks = ticks or ticker()
        self._offset = time.time() - self._ticks()

    def now(self) -> float:
        return self._ticks() + self._offset

    def wall(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        import anyio

        until = self.now() + seconds
        left = max(0.0, seconds)
        while True:
            await anyio.sleep(min(left, WATCH))
            left = until - self.now()
            if left <= 0:
                return


class ManualClock:
    """A clock that moves only when told to, for tests and for the simulation."""

    def __init__(self, start: float = 1_770_000_000.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, object]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self._now, UTC)

    def advance(self, seconds: float) -> None:
        """Move on, and wake the sleepers whose time has come (they run when the event loop next turns)."""
        self._now += seconds
        due = [entry for entry in self._sleepers if entry[0] <= self._now]
        self._sleepers = [entry for entry in self._sleepers if entry[0] > self._now]
        for _, _, event in sorted(due, key=lambda entry: entry[:2]):
            event.set()  # type: ignore[attr-defined]  # an anyio.Event, whose module is loaded only when slept on

    def next_wake(self) -> float:
        """When the first of those who sleep now wakes; infinity: nobody sleeps."""
        return min((at for at, _, _ in self._sleepers), default=float("inf"))

    @property
    def sleeping(self) -> int:
        """How many tasks sleep on this clock now."""
        return len(self._sleepers)

    async def sleep(self, seconds: float) -> None:
        import anyio
        import anyio.lowlevel

        if seconds <= 0:
            await anyio.lowlevel.checkpoint()
            return
        event = anyio.Event()
        self._count += 1
        self._sleepers.append((self._now + seconds, self._count, event))
        await event.wait()


async def within(
    clock: Clock,
    seconds: float,
    work: Callable[[], Awaitable[object]],
    slow: tuple[float, Callable[[], None]] | None = None,
) -> bool:
    """Run `work` for at most `seconds` of the clock; whether it finished. Its errors come out as they are. `slow`:
    after how many seconds something is told of it, and how."""
    import anyio

    done = False
    failure: Exception | None = None
    async with anyio.create_task_group() as group:

        async def limit() -> None:
            left = seconds
            if slow is not None and slow[0] < seconds:
                await clock.sleep(slow[0])
                slow[1]()
                left -= slow[0]
            await clock.sleep(left)
            group.cancel_scope.cancel()

        group.start_soon(limit)
        try:
            await work()
            done = True
        except Exception as error:
            # Carried out of the task group by hand, which would wrap it.
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return done


def iso(instant: float | None) -> str | None:
    """`instant` (UTC seconds) as ISO 8601 with whole seconds and `Z`; None stays None."""
    if instant is None:
        return None
    try:
        return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return None
