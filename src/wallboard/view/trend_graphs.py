"""What the graphs of the trends mode show, made of a queue's course and of what the board knows now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from wallboard.board.conditions import wait_severity
from wallboard.board.queue_numbers import QueueFigures, together
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Member, Queue
from wallboard.domain.records import dataclass
from wallboard.domain.rules import QueueRule
from wallboard.history.courses import MINUTE, Column, Course
from wallboard.vendors.base import rows_of
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.figures import IN_QUEUE, aged, level_text
from wallboard.view.format import count, span
from wallboard.view.graph import Trace, count_top, time_top
from wallboard.view.spans import Subject, behind

Figure = Callable[[Column], float | None]


@dataclass(frozen=True, slots=True)
class Graph:
    """`traces` by name, the foremost first; one without a name is told of elsewhere. The scale goes up to `top`, and
    `write` puts it in words; `unknown` says why there may be nothing though there is a past."""

    title: str
    now: Cell
    traces: Sequence[tuple[str, Trace]]
    top: float
    write: Callable[[float], str]
    unknown: str = ""


def countable(context: Context) -> list[Queue]:
    """The queues of which there is something to count, by name."""
    queues = [row for row in rows_of(Queue, context.board) if not row.no_counts]
    return sorted(queues, key=lambda row: (row.name.casefold(), row.key))


def graphs(context: Context, subject: Subject, queue: Queue | None, courses: Sequence[Course]) -> list[Graph]:
    """Those of a queue, or of all (None), of the present span and of those that stand behind it."""
    found = [context.stats(row.key) for row in ([queue] if queue is not None else countable(context))]
    waiting = _now(found, "waiting", lambda stats: stats.queued)
    longest = _now(found, "longest", partial(_longest, now=context.now), max)
    staffed, talking = _now(found, "ready", lambda stats: stats.staffed), _now(found, "talking", lambda s: s.talking)
    today = found[0] if queue is not None else together(found)
    level, old = today.service_level, any(stats.old("service") for stats in found)
    columns: list[Column] = []
    if courses:
        present = Column(waiting.true, None, longest.true, staffed.true, talking.true)
        if level.value is not None and not old:
            present = present._replace(service=level.value, low=level.low, high=level.high)
        columns = _up_to_now(courses[0], context, queue, present)
    drawn = _Drawn(columns, [behind(courses[0], each) for each in courses[1:]])
    step = courses[0].stretch.step if courses else MINUTE
    settings = context.board.settings
    rule = settings.rule(str(queue.name), queue.key.id) if queue is not None else None

    def late(value: float) -> str:
        return (wait_severity(value, rule, settings) or "") if rule is not None else ""

    goal = subject.goal
    window = tr("today") if goal is None or goal.window is None else f"{max(goal.window, step) / 60:g} min"
    service, goals = tr("service level"), list[tuple[str, Trace]]()
    if goal is not None:
        service = tr("service level in {seconds:g} s, over {window}", seconds=goal.seconds, window=window)
        goals = [(tr("goal {percent:g}%", percent=goal.percent), Trace((goal.percent / 100,), "muted", 3))]
    twice = "" if queue is not None else f" ({tr('in two queues: twice')})"
    minutes = step // MINUTE
    ended = tr("today {answered}, {lost}", answered=count(today.answered), lost=count(today.lost))
    return [
        Graph(
            tr("callers waiting"),
            Cell(aged(count(waiting.shown), waiting.old), "digits"),
            [
                (tr("most"), drawn.line(lambda each: each.waiting, "digits", lambda value: _crowded(value, rule))),
                *drawn.earlier(lambda each: each.waiting),
                (tr("mean"), drawn.shade(lambda each: each.mean, "line")),
            ],
            count_top(drawn.most(lambda each: each.waiting)),
            _number,
        ),
        Graph(
            tr("longest wait, min:s"),
            Cell(aged(span(longest.shown), longest.old), "digits"),
            [
                ("", drawn.line(lambda each: each.longest, "digits", late)),
                *drawn.earlier(lambda each: each.longest),
            ],
            time_top(drawn.most(lambda each: each.longest)),
            span,
        ),
        Graph(
            service,
            Cell(aged(level_text(level), old), "digits"),
            [
                ("", drawn.line(lambda each: each.service, "digits", lambda value: _missed(value, subject))),
                *(goals if courses else []),
                *drawn.earlier(lambda each: each.service),
                (tr("bounds"), drawn.shade(lambda each: each.high, "line", lambda each: each.low)),
            ],
            1.0,
            _percent,
            level.reason,
        ),
        Graph(
            tr("agents staffed, callers talking"),
            Cell(
                f"{aged(count(staffed.shown), staffed.old)}{twice}, {aged(count(talking.shown), talking.old)}", "digits"
            ),
            [
                (tr("staffed"), drawn.line(lambda each: each.staffed, "ok")),
                *drawn.earlier(lambda each: each.staffed),
                (tr("talking"), drawn.shade(lambda each: each.talking, "info")),
            ],
            count_top(drawn.most(lambda each: each.staffed, lambda each: each.talking)),
            _number,
        ),
        Graph(
            trn("callers answered and lost in {n} minute", "callers answered and lost in {n} minutes", minutes),
            Cell(ended, "digits"),
            [
                (tr("lost"), drawn.line(lambda each: each.lost, "text", lambda value: "warn" if value else "")),
                *drawn.earlier(lambda each: each.answered),
                (tr("answered"), drawn.shade(lambda each: each.answered, "ok")),
            ],
            count_top(drawn.most(lambda each: each.answered, lambda each: each.lost)),
            _number,
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The columns of the span and of those behind it as traces, on one scale."""

    now: Sequence[Column]
    old: Sequence[Sequence[Column]]

    def line(self, figure: Figure, style: str, tone: Callable[[float], str] = lambda value: "") -> Trace:
        """What some queue's part is missing of is painted as stale, else in the tone of its value."""
        values = tuple(figure(column) for column in self.now)
        tones = ("" if value is None else "stale" if not column.whole else tone(value)
                 for value, column in zip(values, self.now, strict=True))  # fmt: skip
        return Trace(values, style, tones=tuple(tones))

    def shade(self, figure: Figure, style: str, floor: Figure = lambda column: 0.0) -> Trace:
        floors = tuple(floor(column) for column in self.now)
        return Trace(tuple(figure(column) for column in self.now), style, floor=floors)

    def earlier(self, figure: Figure) -> list[tuple[str, Trace]]:
        """Yesterday, then last week."""
        found = (tuple(figure(column) for column in each) for each in self.old)
        return [("", Trace(values, "line", gap)) for gap, values in zip(GAPS, found, strict=False)]

    def most(self, *figures: Figure) -> float:
        columns = [column for each in (self.now, *self.old) for column in each]
        return max((figure(column) or 0.0 for figure in figures for column in columns), default=0.0)


GAPS = (0, 1)
"""How what stands behind is dotted."""


def _number(value: float) -> str:
    return f"{value:g}"


def _percent(value: float) -> str:
    return f"{value * 100:g}%"


def _crowded(value: float, rule: QueueRule | None) -> str:
    for severity, limits in (("alarm", rule.alarm), ("warn", rule.warn)) if rule is not None else ():
        if limits.waiting is not None and value >= limits.waiting:
            return severity
    return ""


def _missed(value: float, subject: Subject) -> str:
    return "warn" if subject.goal is not None and value < subject.goal.percent / 100 else ""


@dataclass(frozen=True, slots=True)
class _Now:
    """A figure as it reads now, as far as it is true, and whether some of it is too old for that."""

    shown: int | None
    true: int | None
    old: bool


def _now(
    found: Sequence[QueueFigures],
    name: str,
    value: Callable[[QueueFigures], int | None],
    total: Callable[[Sequence[int]], int] = sum,
) -> _Now:
    known = [(number, stats.old(name)) for stats in found if (number := value(stats)) is not None]
    shown, true = [number for number, _ in known], [number for number, old in known if not old]
    return _Now(total(shown) if shown else None, total(true) if true else None, len(true) < len(shown))


def _longest(stats: QueueFigures, now: float) -> int | None:
    longest = stats.longest(now)
    return int(longest) if longest is not None else 0 if stats.queued == 0 else None


def _up_to_now(course: Course, context: Context, queue: Queue | None, present: Column) -> list[Column]:
    """The columns with what the history cannot know yet: this moment, and who has not ceased to wait."""
    columns, stretch, now = list(course.columns), course.stretch, context.now
    place = int(now - stretch.since) // stretch.step
    if not 0 <= place < len(columns):
        return columns
    columns[place] = _both(columns[place], present)
    if present.waiting is None:
        return columns
    came = [
        row.joined_at
        for row in rows_of(Member, context.board)
        if row.state in IN_QUEUE and row.joined_at is not None
        if queue is None or (row.key.source, row.queue_id) == (queue.key.source, queue.key.id)
    ]
    for index in range(place + 1):
        start = stretch.since + index * stretch.step
        end = min(start + stretch.step, now)
        waited = sum(max(0.0, end - max(start, joined)) for joined in came)
        if end > start and (waited or index == place) and columns[index].waiting is not None:
            known = (columns[index].mean or 0.0) * stretch.step
            columns[index] = columns[index]._replace(mean=(known + waited) / (end - start))
    return columns


def _both(column: Column, present: Column) -> Column:
    """What was written down of a column that is not over, and what is true now."""
    level = column if present.service is None else present
    return column._replace(
        waiting=_most(column.waiting, present.waiting),
        longest=_most(column.longest, present.longest),
        staffed=column.staffed if column.staffed is not None else present.staffed,
        talking=_most(column.talking, present.talking),
        service=level.service,
        low=level.low,
        high=level.high,
    )


def _most(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else max(one, other)
