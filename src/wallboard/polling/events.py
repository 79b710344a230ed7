"""What readings on events may use of an allowance: however many come, the lists are read in turn all the same."""

from __future__ import annotations

import math

SHARE = 0.5
"""Of what may be asked at all."""
SAVED = 900.0
"""Seconds for which a share that was not used is kept: calls come in bunches."""
LEAST = 8.0
"""Requests that may be saved in any case."""
LATELY = 600.0
"""Seconds after which what was used counts a third of itself in what is to be expected."""


class EventShare:
    """Requests, by a bucket that fills at `SHARE` of the `rate` (requests a second, None: no limit)."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._at = 0.0
        self._used = 0.0
        self._used_at = 0.0

    def wait(self, now: float, cost: int, rate: float | None) -> float:
        """Seconds until a reading of `cost` may be made; 0: now."""
        if rate is None:
            return 0.0
        most = max(LEAST, cost, SHARE * rate * SAVED)
        left = most if self._left is None else self._left + (now - self._at) * SHARE * rate
        self._left, self._at = min(most, left), now
        lacks = cost - self._left
        return 0.0 if lacks <= 0 else min(SAVED, lacks / (SHARE * rate)) if rate else SAVED

    def spend(self, now: float, cost: int) -> None:
        if self._left is not None:
            self._left -= cost
        self._used = self._used * math.exp((self._used_at - now) / LATELY) + cost
        self._used_at = now

    def expected(self, now: float, rate: float | None) -> float:
        """Requests a second that readings on events will need, as they did lately; at most their share."""
        lately = self._used * math.exp((self._used_at - now) / LATELY) / LATELY
        return min(lately, SHARE * (rate or 0.0))
