"""What the figures of a row are (`F1`): formula, window, how many, where from, how sure, and what may be missing."""

from __future__ import annotations

from wallboard.board import QueueFigures
from wallboard.board.agent_day import AgentDay, occupancy
from wallboard.board.freshness import ResourceView, span
from wallboard.board.hotline_numbers import figures
from wallboard.board.queue_numbers import ENOUGH, FORMULAS, MADE_OF, together
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.models import Agent, Hotline, Queue, Row
from wallboard.domain.states import AgentState
from wallboard.vendors.base import rows_of
from wallboard.view.context import Context
from wallboard.view.figures import busy_hour, ladder, level_text
from wallboard.view.format import DASH, count, local, percent
from wallboard.view.format import span as clock

WORDS = {
    "waiting": mark("callers in the queue for whom nobody is rung"),
    "ringing": mark("callers in the queue for whom somebody is rung"),
    "talking": mark("callers who are served"),
    "longest": mark("the longest wait of those waiting or ringing"),
    "offered": mark("waiting + ringing + answered + lost + pulled + flowed + unseen"),
    "answered": mark("callers taken by an agent of the queue"),
    "lost": mark("callers who gave up; not those pulled or moved on"),
    "pulled": mark("callers whom one of us took out of the queue"),
    "flowed": mark("callers who went to another queue, telephone or site"),
    "unseen": mark("callers who left while the list could not be read"),
    "asa": mark("waits of those answered / answered"),
    "aht": mark("mean talk + mean wrap-up"),
    "wrap_up": mark("mean time in wrap-up after a call of this queue"),
    "occupancy": mark("time in talk and wrap-up / that and the time ready or rung for, of all agents of the queue"),
    "expected_wait": mark(
        "(waiting + ringing + 1 - ready) x handling time / agents ready, rung for, talking or in wrap-up"
    ),
    "lost_percent": mark("lost / offered"),
}
"""The figures beside the service level, and their formulas in words."""
_NAMES = {
    "service": mark("service"),
    "longest": mark("longest"),
    "wrap_up": mark("wrap up"),
    "occupancy": mark("occupancy"),
    "expected_wait": mark("expected wait"),
    "lost_percent": mark("lost percent"),
    **{name: name for name in (mark("waiting"), mark("ringing"), mark("talking"), mark("offered"), mark("answered"))},
    **{name: name for name in (mark("lost"), mark("pulled"), mark("flowed"), mark("unseen"), mark("asa"), mark("aht"))},
}
_SPENT = {AgentState.WRAP_UP: mark("wrap up"), AgentState.OTHER_CALL: mark("other call")}
_OF_NOW = frozenset({"waiting", "ringing", "talking", "longest"})
_OF_THE_ANSWERED = frozenset({"asa", "aht", "wrap_up", "expected_wait"})
_UNDERCOUNTED = frozenset({"service", "offered", "lost", "lost_percent"})


def explained(row: Row, context: Context) -> list[tuple[str, str]]:
    """The figures of the row, each with its name and all that it is made of."""
    match row:
        case Queue() if row.no_counts:
            return [(tr("figures"), f"{DASH} {row.no_counts}")]
        case Queue():
            stats = context.stats(row.key)
            named = ("service", *WORDS)
            lines = [(tr(_NAMES[name]), " · ".join(explain(row, name, stats, context))) for name in named]
            return [*lines, (tr("all queues"), _all(context))]
        case Agent() if not row.no_state:
            return _agent(context.board.agent_day(row.key), context)
        case Hotline():
            return _hotline(row, context)
    return [(tr("figures"), tr("none of this row is worked out: each stands as its source tells it"))]


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
        lines.append(tr("undercount: callers who came and left within {time} may be missing", time=span(pace)))
    if stats.resets:
        told = trn(
            "the vendor began anew {n} time: who left then is unseen, not lost",
            "the vendor began anew {n} times: who left then is unseen, not lost",
            stats.resets,
        )
        lines.append(told)
    return lines


def _service(stats: QueueFigures, context: Context) -> list[str]:
    level = stats.service_level
    goal, made = level.goal, tr(FORMULAS.get(level.formula, DASH))
    since = "" if level.since is None else f", {tr('since {time}', time=local(level.since, context.zone))}"
    lines = [
        tr(
            "{level}, goal {percent:g}% within {seconds:g} s",
            level=level_text(level),
            percent=goal.percent,
            seconds=goal.seconds,
        ),
        tr("formula: {formula}", formula=f"{level.formula} = {made}"),
        tr("window: {window}", window=f"{tr(level.window)}{since}"),
        f"n: {level.n}" + (f" ({level.reason})" if level.reason else ""),
    ]
    if level.low is not None and level.high is not None:
        low, high = percent(level.low), percent(level.high)
        lines.append(tr("bounds: {low} to {high}, by what polling could not see", low=low, high=high))
    return lines


def _figure(figure: str, stats: QueueFigures, context: Context) -> list[str]:
    lines = [_value(figure, stats, context), tr("formula: {formula}", formula=tr(WORDS[figure]))]
    if figure in _OF_NOW:
        return lines
    since = DASH
    if stats.counted_since is not None:
        since = tr("today, since {time}", time=local(stats.counted_since, context.zone))
    n = stats.answered if figure in _OF_THE_ANSWERED else stats.offered
    return [*lines, tr("window: {window}", window=since), f"n: {count(n)}"]


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
        return tr("origin: the vendor's counter")
    feeds = [feed.status for feed in view.feeds if feed.status is not None]
    pushed = bool(feeds) and all(status.push for status in feeds)
    pace = _pace(queue, context)
    listed = tr(resource.value)
    if pushed:
        told = tr("origin: events of the {list}", list=listed)
    elif pace is None:
        told = tr("origin: readings of the {list}", list=listed)
    else:
        told = tr("origin: readings every {time} of the {list}", time=span(pace), list=listed)
    stopped = stats.stopped.get(resource)
    return told if stopped is None else f"{told}, {tr('{age} old', age=span(context.now - stopped))}"


def _all(context: Context) -> str:
    """Every queue of the board together."""
    rows = [row for row in rows_of(Queue, context.board) if not row.no_counts]
    made = together(context.stats(row.key) for row in rows)
    level = made.service_level
    named = ("offered", "answered", "lost", "flowed")
    ends = ", ".join(f"{count(getattr(made, name))} {tr(_NAMES[name])}" for name in named)
    share = DASH if made.lost_percent is None else f"{made.lost_percent:.1f}%"
    service = tr("service level {level} of {n}", level=level_text(level), n=level.n)
    if not level.n:
        service = tr("service level {level} ({reason})", level=level_text(level), reason=level.reason)
    handled = tr("answered after {asa}, handled in {aht}", asa=clock(made.asa), aht=clock(made.aht))
    busy = tr("occupancy {share}", share=percent(occupancy(context.board.agent_days())))
    return f"{ends} · {tr('lost {share}', share=share)} · {service} · {handled} · {busy}"


def _agent(day: AgentDay | None, context: Context) -> list[tuple[str, str]]:
    if day is None:
        return [(tr("figures"), f"{DASH} {tr('nothing was seen of this agent yet')}")]
    states = ", ".join(f"{tr(_SPENT.get(state, state.value))} {clock(day.of(state))}" for state in day.seconds)
    read = tr("as the vendor's states were read; while nobody could look, none counts")
    since = local(day.since, context.zone)
    return [
        (tr("answered"), f"{day.answered} · {tr('callers of a queue whom this agent took')}"),
        (tr("missed"), f"{day.missed} · {tr('times rung for a caller who was still in the queue afterwards')}"),
        (tr("pauses"), f"{day.pauses} · {tr('how often a break began')}"),
        (tr("time"), f"{states or DASH} · {read}"),
        (tr("window"), tr("the day of the agent's first queue, since {time}", time=since)),
    ]


def _hotline(row: Hotline, context: Context) -> list[tuple[str, str]]:
    if row.calls is None:
        why = tr("not every call of the last day is known: a word is not, or the log is too long")
        return [(tr("figures"), f"{DASH} {why}")]
    made = figures(row.calls, context.zone)
    taken = tr("{n} of {all}", n=made.taken, all=made.calls)
    meant = tr("calls that somebody took / calls of the last 24 hours")
    within = tr("taken within so many seconds of their beginning / calls; – below {enough}", enough=ENOUGH)
    return [
        (tr("taken"), f"{taken} · {meant}"),
        (tr("in time"), f"{ladder(made)} · {within}"),
        (tr("busy hour"), f"{busy_hour(made)} · {tr('the hour of the clock in which most calls began')}"),
        (tr("origin"), tr("the vendor's call log")),
    ]


def _pace(queue: Queue, context: Context) -> float | None:
    """Seconds between two readings of the queue's callers; None where events tell."""
    view = context.board.resource_view(queue.key.source, Resource.MEMBERS)
    feeds = [feed for feed in view.feeds if feed.status is not None and not feed.status.push] if view else []
    own = [feed for feed in feeds if feed.scope == queue.key.id] or feeds
    return max((feed.status.interval for feed in own if feed.status is not None), default=None)
