"""How a queue fared over a span of time, or all queues together: the graphs' numbers, summed into columns by the
database itself, so that a week of two hundred queues hands over a few hundred rows.

A column in which nothing was written down is a gap, whatever the callers of the time around it make likely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wallboard.board.caller_history import Outcome, Span
from wallboard.board.ledger import SHORT, Level, shares_of
from wallboard.board.queue_numbers import service_level
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Day, Goal

if TYPE_CHECKING:
    from wallboard.history.reading import History

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Columns of `step` seconds (whole minutes) from `since` on, of one `queue` (source, id) or of all queues of
    `sources`. The service level is by `goal` (None: there is none), over its window, but over a column at least."""

    since: int
    step: int
    columns: int
    sources: Sequence[str]
    queue: tuple[str, str] | None = None
    goal: Goal | None = None
    day: Day = field(default_factory=Day)

    @property
    def until(self) -> int:
        return self.since + self.step * self.columns


class Column(NamedTuple):
    """What a column of time was; None is unknown. `waiting` and `longest` are the most, `staffed` the least, `mean` the
    callers that waited on the average, `service`, `low` and `high` 0..1; `whole`: every queue was known throughout."""

    waiting: int | None = None
    mean: float | None = None
    longest: int | None = None
    staffed: int | None = None
    talking: int | None = None
    answered: int | None = None
    lost: int | None = None
    service: float | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = True


GAP = Column()


@dataclass(frozen=True, slots=True)
class Course:
    """`first`: when the first minute in it was written down; None: none was."""

    stretch: Stretch
    columns: Sequence[Column]
    first: int | None = None


class Past(Protocol):
    """What a console asks of the history. `remark`: why there is less of it than one expects, "" if there is not."""

    @property
    def remark(self) -> str: ...

    async def courses(self, stretches: Sequence[Stretch]) -> Sequence[Course]:
        """Read in a thread. Unreadable."""


def course(history: History, stretch: Stretch) -> Course:
    """Read it. Unreadable where that cannot be done."""
    where, values = _whose(stretch)
    values |= {"since": stretch.since, "until": stretch.until, "step": stretch.step}
    minutes = {
        row[0]: row for row in history.ask(_MINUTES.format(_ONE if stretch.queue else _ALL.format(where)), values)
    }
    means = _means(history.ask(_MEANS.format(where), values), stretch)
    ends = _Ends(history, stretch, where, values)
    most = max((row[6] or 0.0 for row in minutes.values()), default=0.0)
    columns = [GAP] * stretch.columns
    for index, (_, _, waiting, longest, staffed, talking, known) in minutes.items():
        service, low, high = ends.level(index)
        columns[index] = Column(
            waiting=waiting,
            mean=means[index],
            longest=longest,
            staffed=staffed,
            talking=talking,
            answered=ends.count(index, Outcome.ANSWERED),
            lost=ends.count(index, Outcome.LOST),
            service=service,
            low=low,
            high=high,
            whole=(known or 0.0) > most - 0.5,
        )
    return Course(stretch, columns, min((row[1] for row in minutes.values()), default=None))


_ONE = """
    WITH RECURSIVE clock(at) AS (SELECT :since UNION ALL SELECT at + 60 FROM clock WHERE at + 60 < :until)
    SELECT minute.at, waiting, longest, staffed, talking, 1 AS known FROM clock CROSS JOIN minute
    ON minute.at = clock.at AND source = :source AND kind = 'queue' AND row = :queue"""
# The table is ordered by time: a queue is looked up minute by minute, not found among all of them.
_ALL = """
    SELECT at, sum(waiting) AS waiting, max(longest) AS longest, sum(staffed) AS staffed, sum(talking) AS talking,
    count(waiting) AS known FROM minute WHERE at >= :since AND at < :until AND kind = 'queue' AND {} GROUP BY at"""
_MINUTES = """
    SELECT (at - :since) / :step, min(at), max(waiting), max(longest), min(staffed), max(talking), avg(known)
    FROM ({}) GROUP BY 1"""
_MEANS = """
    SELECT (moment - :since) / :step, sum(n), sum(n * (moment - :since)) FROM (
        SELECT 1 AS n, max(joined_at, :since) AS moment FROM caller
        WHERE {0} AND ended_at >= :since AND joined_at < :until
        UNION ALL SELECT -1, min(ended_at, :until) FROM caller
        WHERE {0} AND ended_at >= :since AND joined_at < :until)
    GROUP BY 1"""
# All whose waits fall on the same sides of the limits add the same shares, so one of them speaks for the others.
_ENDS = """
    SELECT (ended_at - :base) / :step, outcome, count(*), min(wait_low), min(wait), min(wait_high) FROM caller
    WHERE {} AND ended_at >= :base AND ended_at < :until
    GROUP BY 1, 2, wait_low > :limit, wait > :limit, wait_high > :limit, wait_low > :short, wait > :short,
    wait_high > :short"""


def _whose(stretch: Stretch) -> tuple[str, dict[str, object]]:
    if stretch.queue is not None:
        source, queue = stretch.queue
        return "source = :source AND queue = :queue", {"source": source, "queue": queue}
    names = {f"source{number}": name for number, name in enumerate(stretch.sources)}
    # The plus keeps the database from going through all callers of a source for those of a span.
    return f"+source IN ({', '.join(f':{name}' for name in names)})", dict(names)


def _means(rows: Sequence[tuple[int, int, int]], stretch: Stretch) -> list[float]:
    """Callers on the average in each column. Up to a moment t those who have come have waited Σ(t - came), less
    Σ(t - went) of those who have gone: two sums, of which a column is what they grow by."""
    came, sums = [0] * (stretch.columns + 1), [0] * (stretch.columns + 1)
    for index, n, total in rows:
        came[index], sums[index] = n, total
    edges = [stretch.step * (index + 1) for index in range(stretch.columns)]
    waited = [n * at - total for n, total, at in zip(accumulate(came), accumulate(sums), edges, strict=False)]
    return [(after - before) / stretch.step for before, after in zip([0, *waited], waited, strict=False)]


class _Ends:
    """What became of the callers by column, and the service level that makes."""

    def __init__(self, history: History, stretch: Stretch, where: str, values: Mapping[str, object]) -> None:
        self._stretch = stretch
        goal = stretch.goal
        # The window of the first column begins before it.
        lead = stretch.since - self._window_begin(stretch.since + stretch.step)
        self._lead = max(0, -(-int(lead) // stretch.step))
        self._base = stretch.since - self._lead * stretch.step
        self._counts: dict[tuple[int, str], int] = {}
        sums = [Level() for _ in range(self._lead + stretch.columns)]
        asked = {**values, "base": self._base, "limit": goal.seconds if goal else 0.0, "short": SHORT}
        for index, outcome, n, low, wait, high in history.ask(_ENDS.format(where), asked):
            self._counts[index, outcome] = self._counts.get((index, outcome), 0) + n
            if goal is not None and None not in (low, wait, high):
                sums[index].add(*shares_of(Outcome(outcome), Span(low, wait, high), goal), times=n)
        self._sums = list(accumulate(sums, _sum, initial=Level()))
        self._answers = any(outcome == Outcome.ANSWERED for _, outcome in self._counts)

    def _window_begin(self, end: float) -> float:
        goal, day = self._stretch.goal, self._stretch.day
        if goal is None:
            return end - self._stretch.step
        return day.begin(end - 1) if goal.window is None else end - max(goal.window, self._stretch.step)

    def count(self, column: int, outcome: Outcome) -> int:
        return self._counts.get((column + self._lead, outcome), 0)

    def level(self, column: int) -> tuple[float | None, float | None, float | None]:
        """(likeliest, low, high) at the end of a column."""
        goal = self._stretch.goal
        if goal is None or goal.formula == "vendor":
            return None, None, None
        begin = self._window_begin(self._stretch.since + (column + 1) * self._stretch.step)
        first, last = max(0, int(begin - self._base) // self._stretch.step), column + self._lead + 1
        made = service_level(_sum(self._sums[last], self._sums[first], -1), goal, begin, answers_known=self._answers)
        return made.value, made.low, made.high


def _sum(one: Level, other: Level, sign: int = 1) -> Level:
    names = ("good", "n", "low_good", "low_n", "high_good", "high_n")
    return Level(*(getattr(one, name) + sign * getattr(other, name) for name in names))
