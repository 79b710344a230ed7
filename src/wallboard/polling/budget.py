"""The vendor's allowance: how fast it lets us ask, and whether it lets us ask now."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from wallboard.domain.update import Budget
from wallboard.polling.schedule import CEILING

HOUR = 3600.0
TOGETHER = 10.0
"""Seconds whose requests are counted as one spending where an allowance has room for one a second: at the end of them,
so that none is forgotten too soon. Smaller allowances are counted to the second."""
RESERVE = 0.1
"""Share of the hour that is kept for actions."""
FRESHER = 3.5
"""How many times slower than anything on screen a hidden feed is when the budget is short (at least 3 is promised)."""
CATCH_UP = 1.2
"""What was not used early in the hour is spent later, but not so fast that the pace of the screen swings."""
LAST_MINUTES = 180.0
SAFETY = 0.97
"""Share of the allowed rate that is planned for; the rest absorbs bursts at the start and paging."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one feed would like: a request of `cost` each `interval` seconds."""

    interval: float
    cost: int
    visible: bool


def paced(wishes: Sequence[Wish], rate: float | None) -> tuple[list[float], float]:
    """The intervals that keep the sum of the requests within `rate` a second, and by how much they were stretched.

    All are stretched alike, but a hidden feed is always `FRESHER` times slower than the slowest on screen. With no
    rate, or enough of it, the wishes are granted as they are.
    """
    plain = [wish.interval for wish in wishes]
    if rate is None or _load(wishes, plain) <= rate:
        return plain, 1.0
    low, high = 1.0, 1.0
    while _load(wishes, _stretched(wishes, high)) > rate and high < 1024:
        low, high = high, high * 2
    for _ in range(20):
        middle = (low + high) / 2
        if _load(wishes, _stretched(wishes, middle)) > rate:
            low = middle
        else:
            high = middle
    return _stretched(wishes, high), high


def _load(wishes: Sequence[Wish], intervals: Sequence[float]) -> float:
    return sum(wish.cost / interval for wish, interval in zip(wishes, intervals, strict=True))


def _stretched(wishes: Sequence[Wish], factor: float) -> list[float]:
    shown = [min(CEILING, wish.interval * factor) for wish in wishes if wish.visible and wish.cost]
    # What reads names and settings is slow by nature and says nothing about how fresh a pane is.
    slowest = max((interval for interval in shown if interval < CEILING), default=0.0)
    intervals: list[float] = []
    for wish in wishes:
        if not wish.cost:
            intervals.append(wish.interval)
            continue
        seconds = wish.interval * factor
        if not wish.visible:
            seconds = max(seconds, FRESHER * slowest)
        intervals.append(seconds if not wish.visible else min(CEILING, seconds))
    return intervals


class RateBudget:
    """Requests spent on one account in the last hour, and what may still be spent."""

    def __init__(self, limit: int | None) -> None:
        self._own = limit
        self._spent: deque[tuple[float, float, int]] = deque()
        """What was spent from one instant to another: as much as is spent in a few seconds is one entry."""
        self._sum = 0
        self.budget: Budget | None = None

    def hear(self, budget: Budget | None) -> None:
        """What the vendor said of its allowance with the last answer."""
        self.budget = budget

    @property
    def limit(self) -> int | None:
        limits = [limit for limit in (self._own, self.budget.limit if self.budget else None) if limit is not None]
        return min(limits, default=None)

    @property
    def reserve(self) -> int:
        limit = self.limit
        if limit is None:
            return 0
        told = self.budget.reserve if self.budget is not None else 0
        return max(told, -int(-limit * RESERVE // 1))

    def rate(self, now: float) -> float | None:
        """Requests a second that may be planned; None: no limit is known."""
        limit = self.limit
        if limit is None:
            return None
        steady = (limit - self.reserve) / HOUR
        budget = self.budget
        if budget is None or budget.remaining is None or budget.resets_at is None or budget.resets_at <= now:
            return steady * SAFETY
        left = max(0, budget.remaining - self.reserve)
        soon = budget.resets_at - now
        # In the last minutes one request more or less would swing the pace; the allowance itself still says no.
        least = 0.8 * steady if soon < LAST_MINUTES else 0.0
        return max(least, min(left / max(1.0, soon), CATCH_UP * steady)) * SAFETY

    def spend(self, now: float, cost: int) -> None:
        limit = self.limit
        if limit is None:
            # Nothing limits it; what a vendor tells later it has counted itself.
            self._spent.clear()
            self._sum = 0
            return
        self._forget(now)
        began = now
        if self._spent and now - self._spent[-1][0] < (TOGETHER if limit > HOUR else 1.0):
            began, _, before = self._spent.pop()
            cost += before
            self._sum -= before
        self._spent.append((began, now, cost))
        self._sum += cost

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][1] <= now - HOUR:
            self._sum -= self._spent.popleft()[2]

    def wait(self, now: float, cost: int, *, for_action: bool = False) -> float:
        """Seconds until `cost` requests may be made; 0: now. Half of the reserve may go into watching an action."""
        limit = self.limit
        if limit is None:
            return 0.0
        self._forget(now)
        kept = self.reserve // 2 if for_action else self.reserve
        budget = self.budget
        if (
            budget is not None
            and budget.remaining is not None
            and budget.remaining - kept < cost
            and budget.resets_at is not None
            and budget.resets_at > now
        ):
            return budget.resets_at - now
        # A vendor that counts for us has its own hour; ours is then only the guard against its being wrong.
        most = limit if budget is not None and budget.remaining is not None else limit - kept
        if self._sum + cost <= most:
            return 0.0
        over = self._sum + cost - most
        for _, at, spent in self._spent:
            over -= spent
            if over <= 0:
                return max(0.1, at + HOUR - now)
        return HOUR
