"""Time as the whole program sees it: one steady clock in UTC seconds, and the wall clock for labels only."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is. Every instant inside the program (`since`, `as_of`, `joined_at`) is `now()` of this clock."""

    def now(self) -> float:
        """Seconds since 1970 in UTC that never jump: an NTP step or a change of zone does not move a wait."""

    def wall(self) -> datetime:
        """The machine's wall clock, aware and in UTC, for labels and for the journal."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock."""


class SystemClock:
    """Wall time read once at construction, carried forward by the monotonic clock."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._offset

    def wall(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(max(0.0, seconds))


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


def iso(instant: float | None) -> str | None:
    """`instant` (UTC seconds) as ISO 8601 with whole seconds and `Z`; None stays None."""
    if instant is None:
        return None
    try:
        return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return None
