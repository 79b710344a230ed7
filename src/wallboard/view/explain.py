"""What a figure of a queue is, in lines: formula, window, how many, where from, how sure, and what may be missing."""

from __future__ import annotations

from wallboard.board import QueueFigures
from wallboard.board.freshness import ResourceView, span
from wallboard.board.queue_numbers import FORMULAS, MADE_OF
from wallboard.domain.keys import Resource
from wallboard.domain.models import Queue
from wallboard.domain.rules import Goal
from wallboard.view.context import Context
from wallboard.view.figures import level_text
from wallboard.view.format import DASH, local, percent
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
    "expected_wait": "(waiting + ringing + 1 - ready) x handling time / agents who work",
    "lost_percent": "lost / offered",
}
"""The figures beside the service level, and their formulas in words."""
_OF_NOW = frozenset({"waiting", "ringing", "talking", "longest"})


def explain(queue: Queue, figure: str, stats: QueueFigures, goal: Goal, context: Context) -> list[str]:
    """`figure` is `service` or one of `WORDS`. One clause a line."""
    lines = _service(stats, goal, context) if figure == "service" else _figure(figure, stats, context)
    if queue.no_counts:
        return [f"{figure}: {DASH} {queue.no_counts}"]
    for resource in MADE_OF.get(figure, (Resource.MEMBERS,)):
        view = context.board.resource_view(queue.key.source, resource)
        if view is not None:
            lines.append(_origin(queue, figure, resource, view, stats, context))
    if figure in ("service", "offered", "lost", "lost_percent") and stats.service_level.formula != "vendor":
        pace = _pace(queue, context)
        if pace is not None:
            lines.append(f"undercount: callers who came and left within {span(pace)} may be missing")
    return lines


def _service(stats: QueueFigures, goal: Goal, context: Context) -> list[str]:
    level = stats.service_level
    lines = [
        f"service level {level_text(level)}, goal {percent(level.goal)} within {goal.seconds:g} s",
        f"formula: {level.formula} = {FORMULAS.get(level.formula, DASH)}",
        f"window: {level.window}" + (f", since {local(level.since, context.zone)}" if level.since is not None else ""),
        f"n: {level.n}" + (f" ({level.reason})" if level.reason else ""),
    ]
    if level.low is not None and level.high is not None:
        lines.append(f"bounds: {percent(level.low)} to {percent(level.high)}, by what polling could not see")
    return lines


def _figure(figure: str, stats: QueueFigures, context: Context) -> list[str]:
    lines = [f"{figure.replace('_', ' ')} {_value(figure, stats, context)}", f"formula: {WORDS.get(figure, DASH)}"]
    if figure in _OF_NOW:
        return lines
    since = f"today, since {local(stats.counted_since, context.zone)}" if stats.counted_since is not None else DASH
    lines.append(f"window: {since}")
    n = stats.answered if figure in ("asa", "aht", "wrap_up", "expected_wait") else stats.offered
    lines.append(f"n: {DASH if n is None else n}")
    return lines


def _value(figure: str, stats: QueueFigures, context: Context) -> str:
    if figure == "longest":
        return clock(stats.longest(context.now))
    value: float | None = getattr(stats, figure, None)
    if value is None:
        return DASH
    if figure in ("asa", "aht", "wrap_up", "expected_wait"):
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


def _pace(queue: Queue, context: Context) -> float | None:
    """Seconds between two readings of the queue's callers; None where events tell."""
    view = context.board.resource_view(queue.key.source, Resource.MEMBERS)
    feeds = [feed for feed in view.feeds if feed.status is not None and not feed.status.push] if view else []
    own = [feed for feed in feeds if feed.scope == queue.key.id] or feeds
    return max((feed.status.interval for feed in own if feed.status is not None), default=None)
