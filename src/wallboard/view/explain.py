"""What the figures of a row are (`F1`): formula, window, how many, where from, how sure, and what may be missing."""

from __future__ import annotations

from wallboard.board import QueueFigures
from wallboard.board.agent_day import AgentDay, occupancy
from wallboard.board.freshness import ResourceView, span
from wallboard.board.hotline_numbers import figures
from wallboard.board.queue_numbers import ENOUGH, FORMULAS, MADE_OF, together
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Hotline, Queue, Row
from wallboard.vendors.base import rows_of
from wallboard.view.context import Context
from wallboard.view.figures import busy_hour, ladder, level_text
from wallboard.view.format import DASH, count, local, percent, plural
from wallboard.view.format import span as clock

WORDS = {
    "waiting": "callers in the queue for whom nobody is rung",
    "ringing": "callers in the queue for whom somebody is rung",
    "talking": "callers who are served",
    "longest": "the longest wait of those waiting or ringing",
    "offered": "waiting + ringing + answered + lost + pulled + flowed + unseen",
    "answered": "callers taken by an agent of the queue",
    "lost": "callers who gave up; not those pulled or moved on",
    "pulled": "callers whom this console took out of the queue",
    "flowed": "callers who went to another queue, telephone or site",
    "unseen": "callers who left while the list could not be read",
    "asa": "waits of those answered / answered",
    "aht": "mean talk + mean wrap-up",
    "wrap_up": "mean time in wrap-up after a call of this queue",
    "occupancy": "time in talk and wrap-up / that and the time ready or rung for, of all agents of the queue",
    "expected_wait": "(waiting + ringing + 1 - ready) x handling time / agents ready, rung for, talking or in wrap-up",
    "lost_percent": "lost / offered",
}
"""The figures beside the service level, and their formulas in words."""
_OF_NOW = frozenset({"waiting", "ringing", "talking", "longest"})
_OF_THE_ANSWERED = frozenset({"asa", "aht", "wrap_up", "expected_wait"})
_UNDERCOUNTED = frozenset({"service", "offered", "lost", "lost_percent"})


def explained(row: Row, context: Context) -> list[tuple[str, str]]:
    """The figures of the row, each with its name and all that it is made of."""
    match row:
        case Queue() if row.no_counts:
            return [("figures", f"{DASH} {row.no_counts}")]
        case Queue():
            stats = context.stats(row.key)
            named = ("service", *WORDS)
            lines = [(name.replace("_", " "), " · ".join(explain(row, name, stats, context))) for name in named]
            return [*lines, ("all queues", _all(context))]
        case Agent() if not row.no_state:
            return _agent(context.board.agent_day(row.key), context)
        case Hotline():
            return _hotline(row, context)
    return [("figures", "none of this row is worked out: each stands as its source tells it")]


def explain(queue: Queue, figure: str, stats: QueueFigures, context: Context) -> list[str]:
    """`figure` is `service` or one of `WORDS`. One clause a line."""
    lines = _service(stats, context) if figure == "service" else _figure(figure, stats, context)
    for resource in MADE_OF.get(figure, (Resource.MEMBERS,)):
        view = context.board.resource_view(queue.key.source, resource)
        if view is not None:
            lines.append(_origin(queue, figure, resource, view, stats, context))
    if figure not in _UNDERCOUNTED or stats.service_level.formula == "vendor":
        return lines
    pace = _pace(queue, context)
    if pace is not None:
        lines.append(f"undercount: callers who came and left within {span(pace)} may be missing")
    if stats.resets:
        lines.append(f"the vendor began anew {plural(stats.resets, 'time')}: who left then is unseen, not lost")
    return lines


def _service(stats: QueueFigures, context: Context) -> list[str]:
    level = stats.service_level
    lines = [
        f"{level_text(level)}, goal {level.goal.percent:g}% within {level.goal.seconds:g} s",
        f"formula: {level.formula} = {FORMULAS.get(level.formula, DASH)}",
        f"window: {level.window}" + (f", since {local(level.since, context.zone)}" if level.since is not None else ""),
        f"n: {level.n}" + (f" ({level.reason})" if level.reason else ""),
    ]
    if level.low is not None and level.high is not None:
        lines.append(f"bounds: {percent(level.low)} to {percent(level.high)}, by what polling could not see")
    return lines


def _figure(figure: str, stats: QueueFigures, context: Context) -> list[str]:
    lines = [_value(figure, stats, context), f"formula: {WORDS[figure]}"]
    if figure in _OF_NOW:
        return lines
    since = f"today, since {local(stats.counted_since, context.zone)}" if stats.counted_since is not None else DASH
    n = stats.answered if figure in _OF_THE_ANSWERED else stats.offered
    return [*lines, f"window: {since}", f"n: {count(n)}"]


def _value(figure: str, stats: QueueFigures, context: Context) -> str:
    if figure == "longest":
        return clock(stats.longest(context.now))
    value: float | None = getattr(stats, figure, None)
    if value is None:
        return DASH
    if figure in _OF_THE_ANSWERED:
        return clock(value)
    if figure == "occupancy":
        return percent(value)
    return f"{value:.1f}%" if figure == "lost_percent" else f"{value:g}"


def _origin(
    queue: Queue, figure: str, resource: Resource, view: ResourceView, stats: QueueFigures, context: Context
) -> str:
    counter = stats.counter and figure in ("waiting", "ringing", "talking")
    if counter or (figure == "service" and stats.service_level.formula == "vendor"):
        return "origin: the vendor's counter"
    feeds = [feed.status for feed in view.feeds if feed.status is not None]
    pushed = bool(feeds) and all(status.push for status in feeds)
    pace = _pace(queue, context)
    how = "events" if pushed else "readings" + (f" every {span(pace)}" if pace is not None else "")
    stopped = stats.stopped.get(resource)
    age = f", {span(context.now - stopped)} old" if stopped is not None else ""
    return f"origin: {how} of the {resource.value}{age}"


def _all(context: Context) -> str:
    """Every queue of the board together."""
    rows = [row for row in rows_of(Queue, context.board) if not row.no_counts]
    made = together(context.stats(row.key) for row in rows)
    level = made.service_level
    ends = ", ".join(f"{count(getattr(made, name))} {name}" for name in ("offered", "answered", "lost", "flowed"))
    share = DASH if made.lost_percent is None else f"{made.lost_percent:.1f}%"
    service = f"service level {level_text(level)}" + (f" of {level.n}" if level.n else f" ({level.reason})")
    busy = occupancy(context.board.agent_days())
    return (
        f"{ends} · lost {share} · {service} · answered after {clock(made.asa)}, handled in {clock(made.aht)}"
        f" · occupancy {percent(busy)}"
    )


def _agent(day: AgentDay | None, context: Context) -> list[tuple[str, str]]:
    if day is None:
        return [("figures", f"{DASH} nothing was seen of this agent yet")]
    states = ", ".join(f"{state.value.replace('_', ' ')} {clock(day.of(state))}" for state in day.seconds)
    return [
        ("answered", f"{day.answered} · callers of a queue whom this agent took"),
        ("missed", f"{day.missed} · times rung for a caller who was still in the queue afterwards"),
        ("pauses", f"{day.pauses} · how often a break began"),
        ("time", f"{states or DASH} · as the vendor's states were read; while nobody could look, none counts"),
        ("window", f"the day of the agent's first queue, since {local(day.since, context.zone)}"),
    ]


def _hotline(row: Hotline, context: Context) -> list[tuple[str, str]]:
    if row.calls is None:
        return [("figures", f"{DASH} not every call of the last day is known: a word is not, or the log is too long")]
    made = figures(row.calls, context.zone)
    return [
        ("taken", f"{made.taken} of {made.calls} · calls that somebody took / calls of the last 24 hours"),
        ("in time", f"{ladder(made)} · taken within so many seconds of their beginning / calls; {DASH} below {ENOUGH}"),
        ("busy hour", f"{busy_hour(made)} · the hour of the clock in which most calls began"),
        ("origin", "the vendor's call log"),
    ]


def _pace(queue: Queue, context: Context) -> float | None:
    """Seconds between two readings of the queue's callers; None where events tell."""
    view = context.board.resource_view(queue.key.source, Resource.MEMBERS)
    feeds = [feed for feed in view.feeds if feed.status is not None and not feed.status.push] if view else []
    own = [feed for feed in feeds if feed.scope == queue.key.id] or feeds
    return max((feed.status.interval for feed in own if feed.status is not None), default=None)
