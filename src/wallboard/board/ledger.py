"""The sums of one queue, kept up: whose story can change no more is summed once, the others at each look.

Formulas: wallboards §2.2; with A answered, B lost, T within the goal's seconds, W still waiting:

- `live`: A_T / (A + B later than T + W longer than T): a caller counts as soon as the matter is decided, and whoever
  still waits at second T is;
- `answered`: A_T / A;  `positive`: (A_T + B_T) / (A + B);  `negative`: A_T / (A + B);  `ignored`: A_T / (A + B - B_T);
- `genesys`: A_T / (A + B) with its switches as delivered (abandons and short abandons in, flow-outs out);
- `ringcentral`: A_T / (A + B), every abandon counted (its threshold is 0);
- `flex`: A_T / (A + B - those lost within 5 s).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from typing import NamedTuple

from wallboard.board.caller_history.stay import GRAIN, Outcome, Span, Stay
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Goal

SHORT = 5.0
"""Seconds within which Flex counts nobody as lost."""


class Share(NamedTuple):
    """What one caller adds above and below the line."""

    good: int
    n: int


_NOTHING, _GOOD, _BAD = Share(0, 0), Share(1, 1), Share(0, 1)
_AS_WELL = {
    Outcome.LOST: (Outcome.ANSWERED,),
    Outcome.ANSWERED: (Outcome.FLOWED,),
    Outcome.FLOWED: (Outcome.ANSWERED,),
    Outcome.UNSEEN: (Outcome.ANSWERED, Outcome.LOST),
}
"""What a doubtful end may be as well."""


class Entry(NamedTuple):
    """What one whose wait has ended adds. `wait` and `talk`: seconds that count in the means, None: none. The shares of
    the service level: likeliest, and what pulls it down and lifts it most."""

    ended: float
    outcome: Outcome
    wait: float | None
    talk: float | None
    likely: Share = _NOTHING
    low: Share = _NOTHING
    high: Share = _NOTHING


def _share(outcome: Outcome, wait: float, limit: float, formula: str) -> Share:
    in_time = wait <= limit
    if outcome is Outcome.ANSWERED:
        return _GOOD if in_time else _BAD
    if outcome is not Outcome.LOST or formula == "answered":
        return _NOTHING
    if formula in ("negative", "genesys", "ringcentral"):
        return _BAD
    if formula == "positive":
        return _GOOD if in_time else _BAD
    return _NOTHING if wait <= (SHORT if formula == "flex" else limit) else _BAD


def _extremes(able: Iterable[Share]) -> tuple[Share, Share]:
    """One that is bad pulls down most, one that is good lifts most; one that does not count is in between."""
    able = set(able)
    low = min(able, key=lambda share: (share != _BAD, share != _NOTHING))
    return low, min(able, key=lambda share: (share != _GOOD, share != _NOTHING))


def shares_of(outcome: Outcome, wait: Span, goal: Goal, *, doubtful: bool = False) -> tuple[Share, Share, Share]:
    """What one whose wait ended adds to the service level: likeliest, and what pulls it down and lifts it most."""
    ends = [outcome]
    if doubtful or outcome is Outcome.UNSEEN:
        ends += _AS_WELL.get(outcome, ())
    likely = _share(outcome, wait.best, goal.seconds, goal.formula)
    return likely, *_extremes({likely, *(_share(each, at, goal.seconds, goal.formula) for each in ends for at in wait)})


def entry(stay: Stay, goal: Goal, frozen: bool | None) -> Entry | None:
    """What the stay adds; None while the caller waits."""
    ended = stay.wait_ended(frozen)
    if ended is None:
        return None
    wait = None if stay.inherited else stay.waited(frozen)
    answered = stay.outcome is Outcome.ANSWERED
    made = Entry(
        ended.best,
        stay.outcome,
        wait.best if wait is not None and answered else None,
        stay.talked(frozen) if answered else None,
    )
    if wait is None or stay.undecided:
        return made
    shares = shares_of(stay.outcome, wait, goal, doubtful=stay.doubtful)
    return made._replace(likely=shares[0], low=shares[1], high=shares[2])


@dataclass(slots=True)
class Level:
    """Sums of a service level: likeliest, lowest and highest."""

    good: int = 0
    n: int = 0
    low_good: int = 0
    low_n: int = 0
    high_good: int = 0
    high_n: int = 0

    def add(self, likely: Share, low: Share, high: Share, times: int = 1) -> None:
        self.good, self.n = self.good + times * likely.good, self.n + times * likely.n
        self.low_good, self.low_n = self.low_good + times * low.good, self.low_n + times * low.n
        self.high_good, self.high_n = self.high_good + times * high.good, self.high_n + times * high.n


def overdue(sums: Level, waits: Iterable[float], goal: Goal) -> Level:
    """The same with those who still wait: by the `live` formula they count from the limit on."""
    result = replace(sums)
    for wait in waits if goal.formula == "live" else ():
        likely = _BAD if wait > goal.seconds else _NOTHING
        # Vendors tell the second of joining: the wait may be a second shorter.
        result.add(likely, *_extremes((likely, _BAD if wait - GRAIN > goal.seconds else _NOTHING)))
    return result


@dataclass(slots=True)
class Counts:
    """What became of the callers whose wait ended, and how long those who were answered waited and talked."""

    ends: Counter[Outcome] = field(default_factory=Counter)
    waits: int = 0
    waited: float = 0.0
    talks: int = 0
    talked: float = 0.0

    def add(self, made: Entry) -> None:
        self.ends[made.outcome] += 1
        if made.wait is not None:
            self.waits, self.waited = self.waits + 1, self.waited + made.wait
        if made.talk is not None:
            self.talks, self.talked = self.talks + 1, self.talked + made.talk


class Ledger:
    """Of one queue by one goal, one day and one belief about the vendor's wait: see the module."""

    def __init__(self, stays: Sequence[Stay], goal: Goal, day: float, frozen: bool | None) -> None:
        self.stays, self.goal, self.day, self.frozen = stays, goal, day, frozen
        self._read = self._settled = 0
        self._open: list[tuple[Stay, int, Entry | None]] = []
        """Whose story may change yet, and what they add as of that version."""
        self._counts, self._level = Counts(), Level()
        self._window: list[tuple[float, int, Entry]] = []
        """The settled that are in the service level's window, as a heap: who ended first leaves it first."""
        self._version, self._until = -1, 0.0
        self._sums = self._level, self._counts

    def look(self, version: int, since: float, final: Callable[[Stay], bool]) -> tuple[Level, Counts]:
        """The sums of the window that began at `since`, and those of the day. `version` rises with what is known."""
        if version != self._version or since >= self._until:
            self._version, self._until = version, float("inf")
            self._read_on(final)
            self._sums = self._summed(since)
        return self._sums

    def _read_on(self, final: Callable[[Stay], bool]) -> None:
        fresh = ((stay, -1, None) for stay in self.stays[self._read :])
        looked, self._open = [*self._open, *fresh], []
        self._read = len(self.stays)
        for stay, version, made in looked:
            if version != stay.version:
                made = entry(stay, self.goal, self.frozen)
            if made is not None and final(stay):
                self._settle(made)
            else:
                self._open.append((stay, stay.version, made))

    def _settle(self, made: Entry) -> None:
        self._settled += 1
        if made.ended >= self.day:
            self._counts.add(made)
        heapq.heappush(self._window, (made.ended, self._settled, made))
        self._level.add(made.likely, made.low, made.high)

    def _summed(self, since: float) -> tuple[Level, Counts]:
        while self._window and self._window[0][0] <= since:
            gone = heapq.heappop(self._window)[2]
            self._level.add(gone.likely, gone.low, gone.high, -1)
        level, counts = replace(self._level), replace(self._counts, ends=self._counts.ends.copy())
        for _, _, made in self._open:
            if made is None:
                continue
            if made.ended > since:
                level.add(made.likely, made.low, made.high)
                self._until = min(self._until, made.ended)
            if made.ended >= self.day:
                counts.add(made)
        if self._window:
            self._until = min(self._until, self._window[0][0])
        return level, counts
