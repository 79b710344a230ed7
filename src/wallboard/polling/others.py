"""What others use of an account's allowance, and what is left of it for this console.

Several consoles on one account know nothing of each other; what they all see is the vendor's `remaining`. What it falls
by beyond one's own requests is the others'. Each takes the part of the whole that it has had of what was used lately:
these parts add up to one however many they are, so all slow down together, and nobody's correction has to wait for that
of another. A part that is smaller than the usual grows a little at the others' cost, so that they become alike.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wallboard.domain.update import Budget

WINDOW = 60.0
"""Seconds after which what was seen counts a third; where one asks more rarely, the time of `FEW` requests."""
FEW = 4.0
KNOWN = 30.0
"""Seconds that must have been seen before they are believed."""
NOTICED, OVERTAKEN = 0.05, 2.0
"""Share of all requests, and how many beside, that may be answers of ours that were lost or overtaken."""
EVENING = 0.15
"""How strongly the parts become alike: by this exponent in each window."""
USUAL = 6
"""Consoles of which one is taken to be where nothing says how many there are; parts become alike around this one."""
LEVEL = 1.25
"""By how much the sum of all is corrected at once."""
NEW_HOUR = 30.0
"""Seconds by which the end of the vendor's hour moves when a new one has begun."""


class _Look(NamedTuple):
    remaining: int
    resets_at: float | None
    asked: int
    at: float


class Others:
    """`consoles`: how many are said to share the account; None: nothing is said."""

    def __init__(self, consoles: int | None) -> None:
        self._said = consoles
        self._last: _Look | None = None
        self._seen = self._used = self._own = self._planned = 0.0
        """Seconds, requests of all and of our own, and what our own plan came to: each fading over the window."""

    def hear(self, budget: Budget, asked: int, planned: float, now: float) -> None:
        """What the vendor said with an answer, after `asked` requests of our own, of which `planned` a second are
        meant."""
        if budget.remaining is None:
            return
        before, self._last = self._last, _Look(budget.remaining, budget.resets_at, asked, now)
        if before is None or not planned or _new_hour(before, self._last):
            return
        seconds, known = now - before.at, self.known
        kept = math.exp(-seconds / max(WINDOW, FEW / planned if planned else 0.0))
        self._seen = kept * self._seen + seconds
        self._used = kept * self._used + before.remaining - budget.remaining
        self._own = kept * self._own + asked - before.asked
        self._planned = kept * self._planned + planned * seconds
        if self.known and not known and (others := self._used - self._own) > 0:
            # What all read at their start says nothing of their pace, but how many they may be.
            share = min(1 / (self._said or USUAL), max(1.0, self._own) / self._used)
            self._planned = others * share / (1 - share)

    @property
    def known(self) -> bool:
        return self._seen >= KNOWN

    @property
    def rate(self) -> float:
        """Requests a second of the others; 0 until that is known."""
        return (self._used - self._own) / self._seen if self.known and self.shared else 0.0

    @property
    def shared(self) -> bool:
        """Whether others use the account as well, seen or said."""
        if not self.known:
            return (self._said or 1) > 1
        return self._used - self._own > NOTICED * self._used + OVERTAKEN

    def part(self, whole: float) -> float:
        """What we may plan of `whole` requests a second that all may make together."""
        usual = self._said or USUAL
        if not self.known:
            return whole / (self._said or 1)
        if not self.shared:
            return whole
        share = self._planned / (self._planned + self.rate * self._seen)
        all_use = self._used / self._seen
        # What evening out adds or leaves where there are not as many as usual, and what nobody asks for.
        right = min(LEVEL, max(1 / LEVEL, whole / all_use))
        unused = max(0.0, whole - all_use)
        even: float = share ** (1 - EVENING) * usual**-EVENING
        return min(whole, whole * even * right + unused / usual)

    def fellows(self) -> float:
        """How many consoles like this one there are, at least 1: where little is left, we take only what would be
        there for each."""
        told = 1.0 if self.known else float(self._said or 1)
        return max(told, self._used / max(1.0, self._own))


def _new_hour(before: _Look, look: _Look) -> bool:
    if before.resets_at is not None and look.resets_at is not None and look.resets_at > before.resets_at + NEW_HOUR:
        return True
    # Answers overtake each other; more than that, and the count began anew.
    return look.remaining > before.remaining + 8
