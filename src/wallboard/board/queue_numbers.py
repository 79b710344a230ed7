"""The figures of a queue, from what is proven of its callers. Pure: a list of stays in, numbers with bounds out.

Every figure has one definition: the formula of the queue's goal over its window, the rest over the day. Formulas:
wallboards §2.2; with A answered, B lost, T within the goal's seconds, W still waiting:

- `live`: A_T / (A + B later than T + W longer than T): a caller counts as soon as the matter is decided, and whoever
  still waits at second T is;
- `answered`: A_T / A;  `positive`: (A_T + B_T) / (A + B);  `negative`: A_T / (A + B);  `ignored`: A_T / (A + B - B_T);
- `genesys`: A_T / (A + B) with its switches as delivered (abandons and short abandons in, flow-outs out);
- `ringcentral`: A_T / (A + B), every abandon counted (its threshold is 0);
- `flex`: A_T / (A + B - those lost within 5 s);
- `vendor`: the vendor's own figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wallboard.board.caller_history.stay import GRAIN, Outcome, Span, Stay
from wallboard.board.tally import AgentCounts
from wallboard.domain.keys import Resource
from wallboard.domain.rules import Goal

FORMULAS: Mapping[str, str] = {
    "live": "answered in time / (answered + lost after the limit + waiting past it)",
    "answered": "answered in time / answered",
    "positive": "(answered in time + lost within the limit) / (answered + lost)",
    "negative": "answered in time / (answered + lost)",
    "ignored": "answered in time / (answered + lost after the limit)",
    "genesys": "answered in time / (answered + lost)",
    "ringcentral": "answered in time / (answered + lost)",
    "flex": "answered in time / (answered + lost after 5 s)",
    "vendor": "the vendor's own figure",
}
ENOUGH = 5
"""A percentage or a mean of fewer is an accident."""
WIDE = 0.03
"""Distance of the bounds of a service level from which they are shown."""
SHORT = 5.0
"""Seconds within which Flex counts nobody as lost."""
MADE_OF: Mapping[str, tuple[Resource, ...]] = {
    "waiting": (Resource.MEMBERS,),
    "ringing": (Resource.MEMBERS,),
    "talking": (Resource.MEMBERS,),
    "longest": (Resource.MEMBERS,),
    "service": (Resource.MEMBERS,),
    "lost": (Resource.MEMBERS,),
    "ready": (Resource.AGENTS,),
    "occupancy": (Resource.AGENTS,),
    "wrap_up": (Resource.AGENTS,),
    "expected_wait": (Resource.MEMBERS, Resource.AGENTS),
}
"""The lists that each figure is made of; what is not named here is made of the callers."""


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """`value` 0..1 over `n` callers between `low` and `high`, or None and the `reason`. `formula` is one of
    `FORMULAS`, `window` as the config says it, `since` when it begins, or when we began in it."""

    value: float | None
    n: int
    formula: str
    reason: str = ""
    low: float | None = None
    high: float | None = None
    window: str = ""
    since: float | None = None
    goal: float = 0.8
    """The share that the site wants."""

    @property
    def apart(self) -> float:
        """How far the value may be off, either way, where that is worth showing; else 0."""
        if self.value is None or self.low is None or self.high is None or self.high - self.low < WIDE:
            return 0.0
        return max(self.high - self.value, self.value - self.low)

    @property
    def missed(self) -> bool:
        """Whether it is below the goal, whatever the bounds leave open."""
        return self.value is not None and (self.value if self.high is None else self.high) < self.goal


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A queue in numbers; None is unknown. `trend` is the most callers waiting in each minute, oldest first.

    The counts are of the day, since `counted_since`, and add up: `offered` is waiting, ringing, `answered`, `lost`,
    `pulled`, `flowed` and `unseen` together. Seconds: `asa`, `aht`, `wrap_up`, `expected_wait`; `occupancy` 0..1,
    `lost_percent` 0..100. `stopped` says since when a list that they are made of has not been read.
    """

    waiting: int | None = None
    ringing: int | None = None
    talking: int | None = None
    longest_since: float | None = None
    counts: AgentCounts = field(default_factory=AgentCounts)
    staffed: int | None = None
    service_level: ServiceLevel = ServiceLevel(None, 0, "live")
    answered: int | None = None
    lost: int | None = None
    offered: int | None = None
    pulled: int | None = None
    flowed: int | None = None
    unseen: int | None = None
    asa: float | None = None
    aht: float | None = None
    wrap_up: float | None = None
    occupancy: float | None = None
    expected_wait: float | None = None
    lost_percent: float | None = None
    counted_since: float | None = None
    trend: tuple[int | None, ...] = ()
    stopped: Mapping[Resource, float] = field(default_factory=dict)
    counter: bool = False
    """Waiting and ringing are the vendor's counter, which is fresher than the list of callers."""

    @property
    def abandoned(self) -> int | None:
        return self.lost

    def old(self, figure: str) -> bool:
        """Whether a list that `figure` is made of is too old to be true."""
        if self.counter and figure in ("waiting", "ringing", "talking"):
            return Resource.QUEUES in self.stopped
        return any(resource in self.stopped for resource in MADE_OF.get(figure, (Resource.MEMBERS,)))

    def longest(self, now: float) -> float | None:
        """Seconds of the longest wait; it stops where its list stopped."""
        if self.longest_since is None:
            return None
        until = min([now, *(self.stopped[name] for name in MADE_OF["longest"] if name in self.stopped)])
        return max(0.0, until - self.longest_since)


class _Share(NamedTuple):
    """What one caller adds above and below the line."""

    good: int
    n: int


_NOTHING, _GOOD, _BAD = _Share(0, 0), _Share(1, 1), _Share(0, 1)


@dataclass(slots=True)
class Level:
    """Sums of a service level: likeliest, lowest and highest. `expires`: when the first leaves the window."""

    good: int = 0
    n: int = 0
    low_good: int = 0
    low_n: int = 0
    high_good: int = 0
    high_n: int = 0
    expires: float = float("inf")

    def add(self, likely: _Share, others: Iterable[_Share] = ()) -> None:
        able = {likely, *others}
        # One that is bad pulls down most, one that is good lifts most; one that does not count is in between.
        low = min(able, key=lambda share: (share != _BAD, share != _NOTHING))
        high = min(able, key=lambda share: (share != _GOOD, share != _NOTHING))
        self.good, self.n = self.good + likely.good, self.n + likely.n
        self.low_good, self.low_n = self.low_good + low.good, self.low_n + low.n
        self.high_good, self.high_n = self.high_good + high.good, self.high_n + high.n


def _share(outcome: Outcome, wait: float, limit: float, formula: str) -> _Share:
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


_AS_WELL = {Outcome.LOST: Outcome.ANSWERED, Outcome.ANSWERED: Outcome.FLOWED, Outcome.FLOWED: Outcome.ANSWERED}
"""What a doubtful end may be as well."""


def level(stays: Iterable[Stay], goal: Goal, since: float, frozen: bool | None) -> Level:
    """The sums over those whose wait ended since then."""
    sums = Level()
    moving = goal.window is not None
    for stay in stays:
        ended = stay.wait_ended(frozen)
        if ended is None or ended.best < since or stay.inherited or stay.undecided:
            continue
        wait = stay.waited(frozen)
        if wait is None:
            continue
        if moving:
            sums.expires = min(sums.expires, ended.best)
        outcomes = [stay.outcome]
        if stay.doubtful:
            outcomes.append(_AS_WELL.get(stay.outcome, stay.outcome))
        if stay.outcome is Outcome.UNSEEN:
            outcomes += [Outcome.ANSWERED, Outcome.LOST]
        ends = {_share(each, at, goal.seconds, goal.formula) for each in outcomes for at in wait}
        sums.add(_share(stay.outcome, wait.best, goal.seconds, goal.formula), ends)
    return sums


def overdue(sums: Level, waits: Iterable[float], goal: Goal) -> Level:
    """The same with those who still wait: by the `live` formula they count from the limit on."""
    result = Level(sums.good, sums.n, sums.low_good, sums.low_n, sums.high_good, sums.high_n, sums.expires)
    for wait in waits if goal.formula == "live" else ():
        # Vendors tell the second of joining: the wait may be a second shorter.
        others = (_BAD if wait > goal.seconds else _NOTHING, _BAD if wait - GRAIN > goal.seconds else _NOTHING)
        result.add(others[0], others)
    return result


def service_level(sums: Level, goal: Goal, since: float, *, answers_known: bool, window: str = "") -> ServiceLevel:
    """The service level that the sums make."""
    made = ServiceLevel(
        None, sums.n, goal.formula, window=window or goal.window_name, since=since, goal=goal.percent / 100
    )
    if not answers_known:
        return _without(made, "no answered callers in the list: waiting rows alone would mislead")
    if sums.n < ENOUGH:
        return _without(made, f"only {sums.n} of {ENOUGH} callers needed")
    value = sums.good / sums.n
    low = sums.low_good / sums.low_n if sums.low_n else value
    high = sums.high_good / sums.high_n if sums.high_n else value
    return ServiceLevel(
        value, sums.n, made.formula, "", min(low, value), max(high, value), made.window, since, made.goal
    )


def vendor_level(percent: float | None, answered: int | None, goal: Goal) -> ServiceLevel:
    """The vendor's own figure, where the site has asked for it; the vendor does not say over which time."""
    made = ServiceLevel(None, answered or 0, "vendor", window="vendor", goal=goal.percent / 100)
    if percent is None:
        return _without(made, "the vendor gives no service level")
    if answered is None:
        return _without(made, "the vendor does not tell of how many callers")
    if answered < ENOUGH:
        return _without(made, f"only {answered} of {ENOUGH} callers needed")
    value = min(1.0, max(0.0, percent / 100))
    return ServiceLevel(value, answered, "vendor", "", value, value, "vendor", None, made.goal)


def _without(made: ServiceLevel, reason: str) -> ServiceLevel:
    return ServiceLevel(None, made.n, made.formula, reason, None, None, made.window, made.since, made.goal)


@dataclass(slots=True)
class DayCounts:
    """What became of the callers whose wait ended since a moment, and how long they waited and talked."""

    answered: int = 0
    lost: int = 0
    pulled: int = 0
    flowed: int = 0
    unseen: int = 0
    asa: float | None = None
    talk: float | None = None
    doubtful: int = 0


def day_counts(stays: Iterable[Stay], since: float, frozen: bool | None) -> DayCounts:
    """The counts of the day that began at `since`."""
    counts = DayCounts()
    waits: list[float] = []
    talks: list[float] = []
    for stay in stays:
        ended = stay.wait_ended(frozen)
        if ended is None or ended.best < since:
            continue
        counts.doubtful += stay.doubtful
        match stay.outcome:
            case Outcome.ANSWERED:
                counts.answered += 1
                wait, talk = stay.waited(frozen), stay.talked(frozen)
                if wait is not None and not stay.inherited:
                    waits.append(wait.best)
                if talk is not None:
                    talks.append(talk)
            case Outcome.LOST:
                counts.lost += 1
            case Outcome.PULLED:
                counts.pulled += 1
            case Outcome.FLOWED:
                counts.flowed += 1
            case _:
                counts.unseen += 1
    counts.asa, counts.talk = mean(waits), mean(talks)
    return counts


def mean(values: Sequence[float]) -> float | None:
    """None below `ENOUGH`."""
    return sum(values) / len(values) if len(values) >= ENOUGH else None


def expected_wait(queued: int | None, counts: AgentCounts, aht: float | None) -> float | None:
    """Seconds that a caller who came now would wait: those before them and themselves, less the agents who are ready,
    each a handling time, shared by all who work."""
    if queued is None or aht is None or counts.ready is None or counts.staffed is None:
        return None
    working = counts.staffed - (counts.break_ or 0)
    if working <= 0:
        return None
    return max(0, queued + 1 - counts.ready) * aht / working


def lost_percent(lost: int | None, offered: int | None) -> float | None:
    if lost is None or offered is None or offered < ENOUGH:
        return None
    return 100 * lost / offered


def longest_open(stays: Iterable[Stay]) -> float | None:
    """When the one joined who waits longest."""
    return min((stay.joined for stay in stays if stay.present and stay.joined is not None), default=None)


__all__ = [
    "ENOUGH",
    "FORMULAS",
    "DayCounts",
    "Level",
    "QueueFigures",
    "ServiceLevel",
    "Span",
    "day_counts",
    "expected_wait",
    "level",
    "lost_percent",
    "mean",
    "overdue",
    "service_level",
    "vendor_level",
]
