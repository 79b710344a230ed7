"""What a failure does to the next turn: a little slower, a pause the vendor asked for, or an open breaker. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import field

from wallboard.domain.errors import Missing, NotPermitted, ReadError, ServerTrouble, Throttled
from wallboard.domain.records import dataclass

RETRY_LEAST, RETRY_MOST = 1.0, 600.0
RETRY_SLOW = 60.0
"""Seconds until a slow list that failed is asked again: nobody should wait ten minutes for one lost answer."""
THROTTLE_FIRST, THROTTLE_MOST = 30.0, 300.0
BREAKER_FAILURES = 5
BREAKER_LEAST = 10
BREAKER_FIRST, BREAKER_MOST = 30.0, 120.0
PROBE_DENIED = 900.0
"""Seconds until a resource that is not for this account is tried again."""
PROBE_REFUSED = 300.0
"""Seconds until refused credentials are tried again; more often could lock the account."""
GONE_AFTER = 2
"""Answers 404 in a row after which the thing is no longer there."""


def clamp_retry(seconds: float) -> float:
    """A Retry-After as far as it is believed."""
    return min(RETRY_MOST, max(RETRY_LEAST, seconds))


@dataclass(slots=True)
class Backoff:
    """The failures of one feed. `cause` is one sentence, "" while all is well."""

    failures: int = 0
    missing: int = 0
    throttled: int = 0
    cause: str = ""
    unavailable: bool = False
    results: deque[bool] = field(default_factory=lambda: deque(maxlen=20))
    open_for: float = 0.0
    open_until: float = 0.0
    _good: int = 0

    def succeeded(self) -> None:
        self.failures = self.missing = self.throttled = 0
        self.cause, self.unavailable = "", False
        self.open_until = 0.0
        self.results.append(True)
        self._good += 1
        if self._good >= 2:
            # One good answer may be luck: the next opening is only short again after two.
            self.open_for = 0.0

    def failed(self, error: ReadError, now: float) -> None:
        self.cause = str(error) or type(error).__name__
        self._good = 0
        if isinstance(error, NotPermitted):
            self.unavailable = True
            return
        if isinstance(error, Missing):
            self.missing += 1
            self.unavailable = self.missing >= GONE_AFTER
            if not self.unavailable:
                self.failures += 1
            return
        self.missing = 0
        self.unavailable = False
        self.failures += 1
        self.results.append(False)
        if isinstance(error, Throttled):
            self.throttled += 1
            return
        self._trip(now)

    def _trip(self, now: float) -> None:
        if now < self.open_until:
            # A try out of turn that failed too: the opening stays as it was.
            return
        bad = sum(1 for good in self.results if not good)
        often = len(self.results) >= BREAKER_LEAST and bad * 2 >= len(self.results)
        if self.failures >= BREAKER_FAILURES or (often and self.failures >= 2) or self.open_for:
            self.open_for = min(BREAKER_MOST, self.open_for * 2) if self.open_for else BREAKER_FIRST
            self.open_until = now + self.open_for
            self.results.clear()

    def interval(self, interval: float) -> float:
        """The interval while failing: the first failure changes nothing, later ones at most double it."""
        return interval * min(2.0, 1.0 + 0.5 * max(0, self.failures - 1))

    def pause(self, error: ReadError, now: float) -> float:
        """Seconds to wait beyond the interval after `error`; 0: none."""
        if isinstance(error, Throttled):
            if error.retry_after is not None:
                return clamp_retry(error.retry_after)
            return min(THROTTLE_MOST, THROTTLE_FIRST * 2.0 ** min(8, self.throttled - 1))
        if self.unavailable:
            return PROBE_DENIED
        return max(0.0, self.open_until - now)


def slows_down(error: ReadError) -> bool:
    """Whether the vendor shows strain, so that fewer requests at a time are right."""
    return isinstance(error, (Throttled, ServerTrouble)) or type(error).__name__ == "Late"
