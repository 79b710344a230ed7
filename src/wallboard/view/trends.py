"""The trends mode: how a queue fared, or all of them, as graphs under one another over one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from wallboard.domain.keys import Key
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Queue
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Day
from wallboard.history.courses import MINUTE, Course
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell
from wallboard.view.context import Context
from wallboard.view.format import date
from wallboard.view.graph import GUTTER, plot, sample, scaled, time_axis
from wallboard.view.lines import Line, clip, line_width, rule, spread
from wallboard.view.spans import SPANS, SpanName, Subject
from wallboard.view.trend_graphs import GAPS, Graph, countable, graphs

LEAST = 4
"""Lines of the smallest graph: its title and three of dots."""
_NAMES: dict[SpanName, str] = {"hour": mark("hour"), "day": mark("day"), "week": mark("week")}
_BEHIND: dict[SpanName, tuple[str, ...]] = {
    "hour": (mark("yesterday"), mark("last week")),
    "day": (mark("yesterday"), mark("last week")),
    "week": (mark("last week"),),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the past: the present span first, then those behind it (none: not read yet), and why there is
    less of it than one expects."""

    subject: Subject
    span: SpanName
    courses: Sequence[Course] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`graphs` are on it, from the one with the number `first` on."""

    lines: list[Line]
    first: int
    graphs: int


def subject_of(context: Context, key: Key | None) -> Subject:
    """A queue of the board; None: all of them, with what their rules have in common."""
    settings, queues = context.board.settings, countable(context)
    rules = [settings.rule(str(row.name), row.key.id) for row in queues if key is None or row.key == key]
    goals, days = {rule.goal for rule in rules}, {rule.day for rule in rules}
    day = days.pop() if len(days) == 1 else Day()
    day = replace(day, zone=day.zone or context.zone)
    sources = sorted({row.key.source for row in queues})
    return Subject(key, sources, goals.pop() if len(goals) == 1 else None, day)


def trends(context: Context, width: int, height: int, told: Told, at: int = 0) -> Page:
    """The page that begins with graph `at`, of exactly `height` lines."""
    row = context.board.row(told.subject.queue) if told.subject.queue is not None else None
    queue = row if isinstance(row, Queue) else None
    zone = told.subject.day.zone
    made = graphs(context, told.subject, queue, told.courses)
    missing = _missing(told, zone)
    notes = (
        [clip([Cell(f" {missing}", "stale" if told.courses or told.problem else "muted")], width)] if missing else []
    )
    room = height - 2 - len(notes)
    shown = max(1, min(len(made), room // LEAST if height < 24 else room // (LEAST + 1)))
    first = max(0, min(at, len(made) - shown))
    lines = [rule(_title(context, told, queue, zone), _aside(told, first, shown, len(made)), width), *notes]
    for number, graph in enumerate(made[first : first + shown]):
        lines += _drawn(graph, width, room // shown + (number < room % shown))
    if told.courses:
        stretch = told.courses[0].stretch
        axis = time_axis(stretch.since, stretch.step, stretch.columns, max(1, width - GUTTER), zone)
        lines.append(clip([Cell(" " * GUTTER + axis, "muted")], width))
    lines += [clip([], width)] * (height - len(lines))
    return Page(lines[:height], first, shown)


def _title(context: Context, told: Told, queue: Queue | None, zone: tzinfo | None) -> Line:
    """A click on the queue leads to its row, one on the span to the next."""
    same = [row for row in countable(context) if queue is not None and row.name == queue.name]
    name = tr("all queues") if queue is None else f"{queue.name} {queue.key.source}" if len(same) > 1 else queue.name
    span = tr(_NAMES[told.span])
    if told.courses:
        stretch = told.courses[0].stretch
        until = _moment(stretch.until, zone, told)
        span += f" {_moment(stretch.since, zone, told)}–{until if told.span == 'week' else until[-5:]}"
    span += f" {datetime.fromtimestamp(context.now, zone).astimezone(zone).tzname()}"
    onto = SPANS[(SPANS.index(told.span) + 1) % len(SPANS)]
    return [
        Cell(f"{tr('TRENDS')} ", "text bold"),
        Cell(name, "text bold", press="nav.details" if queue is not None else ""),
        Cell(" · ", "text bold"),
        Cell(span, "text bold", press=At(onto)),
    ]


def _aside(told: Told, first: int, shown: int, of: int) -> str:
    """What stands behind the lines of now, and which graphs of all these are."""
    names = [f"{sample(gap)} {tr(name)}" for name, gap in zip(_BEHIND[told.span], GAPS, strict=False)]
    these = f"{first + 1}–{first + shown}" if shown > 1 else f"{first + 1}"
    place = [tr("{n} of {all}", n=these, all=of)] if shown < of else []
    return "  ".join([*(names if told.courses else []), *place])


def _moment(at: float, zone: tzinfo | None, told: Told) -> str:
    then = datetime.fromtimestamp(at, zone)
    return f"{then:%H:%M}" if told.span == "hour" else f"{date(then)} {then:%H:%M}"


def _missing(told: Told, zone: tzinfo | None) -> str:
    """What is not there, and why, in one line."""
    notes = [told.problem] if told.problem else []
    course = told.courses[0] if told.courses else None
    if course is None:
        notes = notes or [tr("reading the history")]
    elif course.first is None:
        notes.append(tr("nothing of this span was written down, the numbers are of this moment"))
    elif course.first >= course.stretch.since + 2 * MINUTE:
        notes.append(tr("known since {time}", time=_moment(course.first, zone, told)))
    if course is not None and not all(column.whole for column in course.columns):
        notes.append(f"{glyphs.STALE} {tr('where some queues were not known: their part is missing')}")
    return "; ".join(notes)


def _drawn(graph: Graph, width: int, height: int) -> list[Line]:
    """The title with what the dots mean, and the dots behind their scale."""
    names: Line = []
    for name, trace in graph.traces:
        if name and any(value is not None for value in trace.values):
            names += [Cell(f"  {sample(trace.gap, trace.floor is not None)}", trace.style), Cell(f" {name}", "muted")]
    head = [Cell(f" {graph.title}  ", "text bold"), graph.now]
    if graph.unknown and not any(value is not None for value in graph.traces[0][1].values):
        head.append(Cell(f"  {graph.unknown}", "muted"))
    while names and line_width(head) + line_width(names) + 1 > width:
        names = names[:-2]
    dots = plot(tuple(trace for _, trace in graph.traces), max(1, width - GUTTER), height - 1, graph.top)
    rows = [clip(row, width) for row in scaled(dots, graph.top, graph.write)]
    return [spread(head, [*names, Cell(" ")], width), *rows]
