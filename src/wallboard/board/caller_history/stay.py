"""One caller's time in one queue: what is proven of it, with bounds on every moment.

A list is a look: what changed between two looks happened somewhere in between. Vendors tell some moments themselves, to
a whole second; those narrow the bounds where they do not contradict what was seen.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass
from wallboard.domain.text import NOTHING, Clean

GRAIN = 1.0
"""Seconds: vendors cut moments and durations down to whole ones."""
SLACK = 2.0
"""Seconds that two lists of one vendor may disagree about a moment."""


class Outcome(StrEnum):
    """What became of a caller in a queue. `open`: still waiting or rung for; `unseen`: nobody could look, or nothing
    tells yet; `flowed`: to another queue, telephone or site, by anybody; `pulled`: by one of us."""

    OPEN = "open"
    ANSWERED = "answered"
    LOST = "lost"
    PULLED = "pulled"
    FLOWED = "flowed"
    UNSEEN = "unseen"


class Span(NamedTuple):
    """Between `low` and `high`, most likely `best`; seconds."""

    low: float
    best: float
    high: float


@dataclass(slots=True, eq=False)
class Stay:
    """See the module. Instants are steady UTC seconds; None is unknown.

    `joined` as told; else the caller joined between `before` (a look without them) and `first`. `seen` is the last look
    at which they waited, `left` the first at which they did not, both the same moment where an event told. `told` is
    the end of the wait by the vendor's own figure, `exact` by the agent's or the leg's clock.
    """

    key: Key
    queue_id: str
    scope: str
    line: str
    first: float
    seen: float
    joined: float | None = None
    before: float | None = None
    inherited: bool = False
    ringing: bool = False
    outcome: Outcome = Outcome.OPEN
    left: float | None = None
    told: float | None = None
    exact: float | None = None
    by_leg: bool = False
    """`exact` is the leg's clock, which beats the agent's."""
    rung: set[Key] = field(default_factory=set)
    server: Key | None = None
    talk_seen: float | None = None
    talk_end: float | None = None
    other: str = ""
    """Where they flowed to, or who pulled them."""
    undecided: bool = False
    """Gone, and the lists that can say what became of them have not been read since."""
    gap: bool = False
    """They left while nobody could look."""
    doubtful: bool = False
    """Whoever is answered and ends within two looks leaves the same trace as one who gives up, or goes elsewhere."""
    came: bool = False
    """They came from another queue."""
    call_id: str = ""
    number: Clean = NOTHING
    name: Clean = NOTHING
    version: int = 0
    """Rises with what is known of it."""
    counted: bool = True
    """False: their wait was over before anybody looked."""
    kept: Span | None = None
    """The wait of one that was written down before this program began: it is not worked out anew."""

    @property
    def over(self) -> float | None:
        """When the last of it was noticed; None while they are there."""
        if self.outcome is Outcome.ANSWERED and self.talk_end is None:
            return None
        return self.left if self.talk_end is None else self.talk_end

    @property
    def present(self) -> bool:
        return self.outcome is Outcome.OPEN

    def wait_ended(self, frozen: bool | None) -> Span | None:
        """When the wait ended. `frozen`: whether the vendor's wait stands still from the answer on (None: not settled,
        so that it may be too long but not too short)."""
        if self.left is None:
            return None
        if self.kept is not None:
            start = self.first if self.joined is None else self.joined
            return Span(*(start + wait for wait in self.kept))
        low, high = self.seen, max(self.seen, self.left)
        best: float | None = None
        if self.exact is not None and low - SLACK <= self.exact <= high + SLACK:
            best = min(high, max(low, self.exact))
            low, high = max(low, best - GRAIN), min(high, best + GRAIN)
        elif self.told is not None and low - SLACK <= self.told <= high + SLACK:
            if frozen or self.outcome is not Outcome.ANSWERED:
                best = min(high, max(low, self.told))
                low, high = max(low, best), min(high, best + GRAIN)
            elif frozen is None:
                best, high = min(high, max(low, self.told)), min(high, self.told + GRAIN)
        return Span(low, (low + high) / 2 if best is None else best, high)

    def waited(self, frozen: bool | None) -> Span | None:
        """How long they waited; None while they do, and where it cannot be known."""
        ended = self.wait_ended(frozen)
        if ended is None or self.kept is not None:
            return self.kept
        if self.joined is None:
            if self.before is None:
                return None
            start = Span(self.before, (self.before + self.first) / 2, self.first)
        else:
            # An event is as sharp as the clocks; a list tells the second in which they joined.
            start = Span(self.joined, self.joined, self.joined + (0.0 if self.seen == self.left else GRAIN))
        low, best = max(0.0, ended.low - start.high), max(0.0, ended.best - start.best)
        return Span(min(low, best), best, max(best, ended.high - start.low))

    def talked(self, frozen: bool | None) -> float | None:
        """How long they were served; None while they are, and where it cannot be known."""
        began = self.wait_ended(frozen)
        if self.outcome is not Outcome.ANSWERED or began is None or self.talk_end is None or self.talk_seen is None:
            return None
        return max(0.0, (self.talk_seen + self.talk_end) / 2 - began.best)
