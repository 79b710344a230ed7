"""What the graphs of the trends mode show, made of a queue's course and of what the board knows now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wallboard.board.conditions import wait_severity
from wallboard.board.queue_numbers import QueueFigures, together
from wallboard.domain.models import Queue
from wallboard.domain.rules import QueueRule
from wallboard.history.courses import MINUTE, Column, Course
from wallboard.vendors.base import rows_of
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.figures import aged, level_text
from wallboard.view.format import count, plural, span
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
    stats = context.stats(queue.key) if queue is not None else _all(context)
    columns: list[Column] = []
    if courses:
        columns, stretch = list(courses[0].columns), courses[0].stretch
        place = int(context.now - stretch.since) // stretch.step
        if 0 <= place < len(columns):
            columns[place] = _alive(columns[place], stats, context.now)
    drawn = _Drawn(columns, [behind(courses[0], each) for each in courses[1:]])
    step = courses[0].stretch.step if courses else MINUTE
    settings = context.board.settings
    rule = settings.rule(str(queue.name), queue.key.id) if queue is not None else None

    def late(value: float) -> str:
        return (wait_severity(value, rule, settings) or "") if rule is not None else ""

    goal, level = subject.goal, stats.service_level
    window = "today" if goal is None or goal.window is None else f"{max(goal.window, step) / 60:g} min"
    twice = "" if queue is not None else " (in two queues: twice)"
    return [
        Graph(
            "callers waiting",
            Cell(aged(count(stats.queued), stats.old("waiting")), "digits"),
            [
                ("most", drawn.line(lambda each: each.waiting, "digits", lambda value: _crowded(value, rule))),
                *drawn.earlier(lambda each: each.waiting),
                ("mean", drawn.shade(lambda each: each.mean, "line")),
            ],
            count_top(drawn.most(lambda each: each.waiting)),
            _number,
        ),
        Graph(
            "longest wait, min:s",
            Cell(aged(span(stats.longest(context.now)), stats.old("longest")), "digits"),
            [
                ("", drawn.line(lambda each: each.longest, "digits", late)),
                *drawn.earlier(lambda each: each.longest),
            ],
            time_top(drawn.most(lambda each: each.longest)),
            span,
        ),
        Graph(
            "service level" if goal is None else f"service level in {goal.seconds:g} s, over {window}",
            Cell(aged(level_text(level), stats.old("service")), "digits"),
            [
                ("", drawn.line(lambda each: each.service, "digits", lambda value: _missed(value, subject))),
                *([(f"goal {goal.percent:g}%", Trace((goal.percent / 100,), "muted", 3))] if goal and courses else []),
                *drawn.earlier(lambda each: each.service),
                ("bounds", drawn.shade(lambda each: each.high, "line", lambda each: each.low)),
            ],
            1.0,
            _percent,
            level.reason,
        ),
        Graph(
            "agents staffed, callers talking",
            Cell(f"{count(stats.staffed)}{twice}, {count(stats.talking)}", "digits"),
            [
                ("staffed", drawn.line(lambda each: each.staffed, "ok")),
                *drawn.earlier(lambda each: each.staffed),
                ("talking", drawn.shade(lambda each: each.talking, "info")),
            ],
            count_top(drawn.most(lambda each: each.staffed, lambda each: each.talking)),
            _number,
        ),
        Graph(
            f"callers answered and lost in {plural(step // MINUTE, 'minute')}",
            Cell(f"today {count(stats.answered)}, {count(stats.lost)}", "digits"),
            [
                ("lost", drawn.line(lambda each: each.lost, "text", lambda value: "warn" if value else "")),
                *drawn.earlier(lambda each: each.answered),
                ("answered", drawn.shade(lambda each: each.answered, "ok")),
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


def _alive(column: Column, stats: QueueFigures, now: float) -> Column:
    """The column of this moment, with what the board knows now; what is too old to be true says nothing."""
    longest = None if stats.old("longest") else stats.longest(now)
    queued = None if stats.old("waiting") else stats.queued
    if queued == 0 and longest is None:
        longest = 0.0
    level = stats.service_level
    known = level.value is not None and not stats.old("service")
    return column._replace(
        waiting=_most(column.waiting, queued),
        longest=_most(column.longest, None if longest is None else int(longest)),
        staffed=stats.staffed if column.staffed is None and not stats.old("ready") else column.staffed,
        talking=_most(column.talking, None if stats.old("talking") else stats.talking),
        service=level.value if known else column.service,
        low=level.low if known else column.low,
        high=level.high if known else column.high,
    )


def _most(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else max(one, other)


def _all(context: Context) -> QueueFigures:
    """All queues as one."""
    found = [context.stats(row.key) for row in countable(context)]
    staffed = [each.staffed for each in found if each.staffed is not None]
    since = [each.longest_since for each in found if each.longest_since is not None and not each.old("longest")]
    return replace(
        together(found),
        staffed=sum(staffed) if staffed else None,
        longest_since=min(since, default=None),
        stopped={name: at for each in found for name, at in each.stopped.items()},
    )
