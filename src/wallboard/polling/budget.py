"""The vendor's allowance: how fast it lets us ask, and whether it lets us ask now."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from wallboard.domain.records import dataclass
from wallboard.domain.update import Budget
from wallboard.polling.others import Others
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
FIRST, AT_ONCE, FOR = 16.0, 4.0, 30.0
"""Requests that may be sent at once where others use the account: in the first so many seconds, so that each list is
read once, later at least, and those of so many seconds. What is due together, as after a pause, would else take what
all have."""
ABOVE = 1.25
"""How much faster than planned such requests may follow each other, so that none of the plan waits."""
LANDS = 1.0
"""Seconds until it is looked again whether readings under way have left enough."""
SAFETY = 0.97
"""Share of the allowed rate that is planned for; the rest absorbs bursts at the start and paging."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one feed would like: a request of `cost` each `interval` seconds."""

    interval: float
    cost: int
    visible: bool
    base: float = 0.0
    """What is stretched where the budget is short, once that is slower than `interval`; 0: `interval` itself."""


def paced(wishes: Sequence[Wish], rate: float | None) -> tuple[list[float], float]:
    """The intervals that keep the sum of the requests within `rate` a second, and by how much they were stretched.

    All are stretched alike, but a hidden feed is always `FRESHER` times slower than the slowest on screen. With no
    rate, or enough of it, the wishes are granted as they are.
    """
    plain = [wish.interval for wish in wishes]
    if rate is None or _load(wishes, plain) <= rate:
        return plain, 1.0
    low, high = 1.0, 1.0
    while (load := _load(wishes, _stretched(wishes, high))) > rate and high < 1024:
        low, high = high, high * 2
    if load > rate:
        # Even the ceiling asks for more than there is, as where forty consoles share six hundred requests.
        over = load / rate if rate else HOUR
        return [
            min(HOUR, interval * over) if wish.cost else interval
            for wish, interval in zip(wishes, _stretched(wishes, high), strict=True)
        ], high
    for _ in range(12):
        middle = (low + high) / 2
        if _load(wishes, _stretched(wishes, middle)) > rate:
            low = middle
        else:
            high = middle
    return _stretched(wishes, high), high


def _load(wishes: Sequence[Wish], intervals: Sequence[float]) -> float:
    return sum(wish.cost / interval for wish, interval in zip(wishes, intervals, strict=True))


def _stretched(wishes: Sequence[Wish], factor: float) -> list[float]:
    shown = [min(CEILING, (w.base or w.interval) * factor) for w in wishes if w.visible and w.cost]
    # What reads names and settings is slow by nature and says nothing about how fresh a pane is.
    slowest = max((interval for interval in shown if interval < CEILING), default=0.0)
    intervals: list[float] = []
    for wish in wishes:
        if not wish.cost:
            intervals.append(wish.interval)
            continue
        seconds = max(wish.interval, (wish.base or wish.interval) * factor)
        if not wish.visible:
            seconds = max(seconds, FRESHER * slowest)
        intervals.append(seconds if not wish.visible else min(CEILING, seconds))
    return intervals


class RateBudget:
    """Requests spent on one account in the last hour, and what may still be spent. `consoles`: how many share it by the
    config; None: it does not say."""

    def __init__(self, limit: int | None, consoles: int | None = None) -> None:
        self._own = limit
        self._consoles = consoles or 1
        self._others = Others(consoles)
        self._planned = 0.0
        self._asked = 0
        self._flying = 0
        """Requests of readings that have begun and are not over: no answer has told yet that they are spent."""
        self._heard_at = 0.0
        self._began: float | None = None
        self._turns, self._turned_at = FIRST, 0.0
        """Requests that may be sent at once while others use the account."""
        self._spent: deque[tuple[float, float, int]] = deque()
        """What was spent from one instant to another: as much as is spent in a few seconds is one entry."""
        self._sum = 0
        self.budget: Budget | None = None

    def hear(self, budget: Budget | None, now: float) -> None:
        """What the vendor said of its allowance with the last answer."""
        if budget is not None and budget != self.budget:
            self._others.hear(budget, self._asked if budget.asked is None else budget.asked, self._planned, now)
            self._heard_at = now
        self.budget = budget

    @property
    def others(self) -> int | None:
        """Requests an hour that others make on the account, in two digits; None: none, or it is not known."""
        an_hour = min(self.limit or 0, self._others.rate * HOUR)
        if an_hour < 1:
            return None
        return int(float(f"{an_hour:.1e}"))

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
        left, budget = self._left(now), self.budget
        if left is None or budget is None or budget.resets_at is None:
            return self._others.part(steady * SAFETY)
        left = max(0.0, left - self.reserve)
        soon = budget.resets_at - now
        # In the last minutes one request more or less would swing the pace; the allowance itself still says no. Many
        # who did so would use it up.
        least = 0.8 * steady if soon < LAST_MINUTES and not self._others.shared else 0.0
        return self._others.part(max(least, min(left / max(1.0, soon), CATCH_UP * steady)) * SAFETY)

    def _left(self, now: float) -> float | None:
        """Requests of the vendor's hour that are not used yet; None: it tells none, or that hour is over. Since its
        last word the others are taken to have used what lasts to the end, as we do."""
        budget = self.budget
        if budget is None or budget.remaining is None or budget.resets_at is None or budget.resets_at <= now:
            return None
        over = budget.remaining - self.reserve
        if over <= 0 or not self._others.rate:
            return budget.remaining
        return self.reserve + over * (budget.resets_at - now) / (budget.resets_at - self._heard_at)

    def plan(self, wishes: Sequence[Wish], now: float, beside: float = 0.0) -> tuple[list[float], float]:
        """The intervals at which these may be read from now on, and by how much they are stretched. `beside`: requests
        a second that are expected out of turn."""
        rate = self.rate(now)
        intervals, stretch = paced(wishes, None if rate is None else rate - beside)
        self._planned = _load(wishes, intervals) + beside
        return intervals, stretch

    def spend(self, now: float, cost: int) -> None:
        limit = self.limit
        self._asked += cost
        self._flying += cost
        self._turns = max(-AT_ONCE, self._turns - cost)
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

    def landed(self, cost: int) -> None:
        """A reading is over, and what its answers told of the allowance was heard."""
        self._flying -= cost

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][1] <= now - HOUR:
            self._sum -= self._spent.popleft()[2]

    def wait(self, now: float, cost: int, *, for_action: bool = False, in_turn: bool = True) -> float:
        """Seconds until `cost` requests may be made; 0: now. Half of the reserve may go into watching an action.
        `in_turn`: as one of all who use the account, rather than once and no more."""
        limit = self.limit
        if limit is None:
            return 0.0
        self._forget(now)
        kept = self.reserve // 2 if for_action else self.reserve
        budget, left = self.budget, self._left(now)
        in_turn = in_turn and not for_action
        needed = cost * self._others.fellows() if in_turn else cost
        if left is not None and budget is not None and budget.resets_at is not None:
            if left - kept < needed:
                return budget.resets_at - now
            if left - kept - self._flying < needed:
                return LANDS
        # A vendor that counts for us has its own hour; ours is then only the guard against its being wrong.
        told = budget is not None and budget.remaining is not None
        most = limit if told else max(cost, (limit - kept) // (self._consoles if in_turn else 1))
        if self._sum + cost <= most:
            return self._turn(now, cost) if in_turn else 0.0
        over = self._sum + cost - most
        for _, at, spent in self._spent:
            over -= spent
            if over <= 0:
                return max(0.1, at + HOUR - now)
        return HOUR

    def _turn(self, now: float, cost: int) -> float:
        """Seconds until it is our turn among all who use the account."""
        if self._began is None:
            self._began = self._turned_at = now
        rate = self.rate(now) or 0.0
        most = max(FIRST if now - self._began < FOR else AT_ONCE, FOR * rate)
        more = (now - self._turned_at) * ABOVE * rate if self._others.shared else most
        self._turns = min(most, self._turns + more)
        self._turned_at = now
        lacks = min(cost, most) - self._turns
        return 0.0 if lacks <= 0 else min(HOUR, lacks / (ABOVE * rate)) if rate else HOUR

    def used_up(self, now: float) -> bool:
        """Whether nothing is left to ask with, whoever has used it."""
        return self.wait(now, 1, in_turn=False) > 0
