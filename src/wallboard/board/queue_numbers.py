"""The figures of a queue, from what is proven of its callers. Pure: a list of stays in, numbers with bounds out.

Every figure has one definition: the formula of the queue's goal over its window (`board/ledger.py`), the rest over the
day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from wallboard.board.ledger import Level
from wallboard.board.tally import AgentCounts
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Goal

FORMULAS: Mapping[str, str] = {
    "live": mark("answered in time / (answered + lost after the limit + waiting past it)"),
    "answered": mark("answered in time / answered"),
    "positive": mark("(answered in time + lost within the limit) / (answered + lost)"),
    "negative": mark("answered in time / (answered + lost)"),
    "ignored": mark("answered in time / (answered + lost after the limit)"),
    "genesys": mark("answered in time / (answered + lost)"),
    "ringcentral": mark("answered in time / (answered + lost)"),
    "flex": mark("answered in time / (answered + lost after 5 s)"),
    "vendor": mark("the vendor's own figure"),
}
ENOUGH = 5
"""A percentage or a mean of fewer is an accident."""
WIDE = 0.03
"""Distance of the bounds of a service level from which they are shown."""
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
    goal: Goal = field(default_factory=Goal)

    @property
    def apart(self) -> float:
        """How far the value may be off, either way, where that is worth showing; else 0."""
        if self.value is None or self.low is None or self.high is None or self.high - self.low < WIDE:
            return 0.0
        return max(self.high - self.value, self.value - self.low)

    @property
    def missed(self) -> bool:
        """Whether it is below the goal, whatever the bounds leave open."""
        return self.value is not None and (self.value if self.high is None else self.high) < self.goal.percent / 100


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
    resets: int = 0
    """Restarts of the vendor that were noticed."""
    counter: bool = False
    """Waiting and ringing are the vendor's counter, which is fresher than the list of callers."""

    @property
    def queued(self) -> int | None:
        """Who waits and who is rung for, together."""
        if self.waiting is None and self.ringing is None:
            return None
        return (self.waiting or 0) + (self.ringing or 0)

    def old(self, figure: str) -> bool:
        """Whether a list that `figure` is made of is too old to be true."""
        return any(resource in self.stopped for resource in self._made_of(figure))

    def _made_of(self, figure: str) -> tuple[Resource, ...]:
        if self.counter and figure in ("waiting", "ringing", "talking"):
            return (Resource.QUEUES,)
        lists = MADE_OF.get(figure, (Resource.MEMBERS,))
        # Where the vendor counts, it may tell the longest wait as well.
        return (*lists, Resource.QUEUES) if self.counter and figure == "longest" else lists

    def longest(self, now: float) -> float | None:
        """Seconds of the longest wait; it stops where its list stopped."""
        if self.longest_since is None:
            return None
        until = min([now, *(self.stopped[name] for name in self._made_of("longest") if name in self.stopped)])
        return max(0.0, until - self.longest_since)


def service_level(sums: Level, goal: Goal, since: float, *, answers_known: bool) -> ServiceLevel:
    """The service level that the sums make."""
    made = replace(unknown_level(goal, ""), n=sums.n, since=since)
    if not answers_known:
        return replace(made, reason=tr("no answered callers in the list: waiting rows alone would mislead"))
    if sums.n < ENOUGH:
        return replace(made, reason=tr("only {n} of {enough} callers needed", n=sums.n, enough=ENOUGH))
    value = sums.good / sums.n
    low = sums.low_good / sums.low_n if sums.low_n else value
    high = sums.high_good / sums.high_n if sums.high_n else value
    return replace(made, value=value, low=min(low, value), high=max(high, value))


def unknown_level(goal: Goal, reason: str) -> ServiceLevel:
    """Without a value, and why."""
    return ServiceLevel(None, 0, goal.formula, reason, window=goal.window_name, goal=goal)


def vendor_level(percent: float | None, answered: int | None, goal: Goal) -> ServiceLevel:
    """The vendor's own figure, where the site has asked for it; the vendor does not say over which time."""
    made = ServiceLevel(None, answered or 0, "vendor", window="vendor", goal=goal)
    if percent is None:
        return replace(made, reason=tr("the vendor gives no service level"))
    if answered is None:
        return replace(made, reason=tr("the vendor does not tell of how many callers"))
    if answered < ENOUGH:
        return replace(made, reason=tr("only {n} of {enough} callers needed", n=answered, enough=ENOUGH))
    value = min(1.0, max(0.0, percent / 100))
    return replace(made, value=value, low=value, high=value)


def together(figures: Iterable[QueueFigures]) -> QueueFigures:
    """The counts of several queues as of one, a call that flowed from one to the other counting in both, and the means
    by how many they are made of. The service level only where all have the same goal."""
    figures = [each for each in figures if each.offered is not None]

    def total(name: str) -> int | None:
        found = [value for each in figures if (value := getattr(each, name)) is not None]
        return sum(found) if found else None

    def weighed(name: str) -> float | None:
        found = [(value, each.answered or 0) for each in figures if (value := getattr(each, name)) is not None]
        n = sum(n for _, n in found)
        return sum(value * n for value, n in found) / n if n else None

    lost, offered = total("lost"), total("offered")
    return QueueFigures(
        waiting=total("waiting"),
        ringing=total("ringing"),
        talking=total("talking"),
        service_level=_level_of([each.service_level for each in figures]),
        answered=total("answered"),
        lost=lost,
        offered=offered,
        pulled=total("pulled"),
        flowed=total("flowed"),
        unseen=total("unseen"),
        asa=weighed("asa"),
        aht=weighed("aht"),
        wrap_up=weighed("wrap_up"),
        lost_percent=lost_percent(lost, offered),
        counted_since=max((each.counted_since for each in figures if each.counted_since is not None), default=None),
    )


def _level_of(levels: Sequence[ServiceLevel]) -> ServiceLevel:
    levels = [level for level in levels if level.value is not None]
    if len({level.goal for level in levels}) != 1:
        return ServiceLevel(None, 0, "", tr("the queues have different goals") if levels else tr("no queue has one"))
    n = sum(level.n for level in levels)

    def weighed(name: str) -> float:
        return sum(float(getattr(level, name)) * level.n for level in levels) / n

    return replace(levels[0], value=weighed("value"), n=n, low=weighed("low"), high=weighed("high"))


def mean(total: float, n: int) -> float | None:
    """None below `ENOUGH`."""
    return total / n if n >= ENOUGH else None


def expected_wait(queued: int | None, counts: AgentCounts, aht: float | None) -> float | None:
    """Seconds that a caller who came now would wait: those before them and themselves, less the agents who are ready,
    each a handling time, shared by all who work for queues now: who is on another call may be on a break beside it."""
    if queued is None or aht is None or counts.ready is None:
        return None
    working = counts.ready + sum(each or 0 for each in (counts.ringing, counts.talking, counts.wrap_up))
    if working <= 0:
        return None
    return max(0, queued + 1 - counts.ready) * aht / working


def lost_percent(lost: int | None, offered: int | None) -> float | None:
    if lost is None or offered is None or offered < ENOUGH:
        return None
    return 100 * lost / offered
