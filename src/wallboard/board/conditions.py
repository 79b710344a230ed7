"""What counts as wrong: the default limits of wallboards §3.1, and those of a `[[queue]]` where it gives its own."""

from __future__ import annotations

from wallboard.board.alarms import Condition, Severity
from wallboard.board.freshness import STALE_FAILURES, ResourceView, SourceView, span
from wallboard.board.queue_numbers import QueueFigures
from wallboard.board.settings import BoardSettings
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Queue
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.states import HotlineState, ResourceState, SourceState, Wanted

STARTING_AT_MOST = 120.0
"""Seconds a hotline may take to open before that is a fault."""

# Blindness outranks what is seen: behind a dead source may be anything. Between losses, what hides people who wait
# for help ranks first; a roster hides nobody.
_SOURCE_LOST = 95.0
_LOSS: dict[Resource, float] = {
    Resource.MEMBERS: 92.0,
    Resource.HOTLINES: 91.0,
    Resource.QUEUES: 90.0,
    Resource.AGENTS: 45.0,
    Resource.CALLS: 44.0,
    Resource.PARKED: 40.0,
}
_ROSTER = 10.0
_HOTLINE = 80.0
_QUEUE = 60.0
_LOST = frozenset({ResourceState.STALE, ResourceState.GONE})


def clock(seconds: float) -> str:
    """`3:12`, or `1:03:12` from an hour on."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def queue_condition(
    queue: Queue, stats: QueueFigures, rule: QueueRule, settings: BoardSettings, now: float
) -> Condition | None:
    """What is wrong with a queue, in one sentence: `Sales longest 3:12 > 2:00 and 0/5 ready`."""
    goal = rule.goal or settings.goal
    wait = None if stats.longest_since is None else max(0.0, now - stats.longest_since)
    found: list[tuple[Severity, str]] = []
    _longest(found, wait, rule, goal.seconds, settings.longest_alarm)
    _waiting(found, stats, rule)
    _ready(found, stats, rule)
    if not found:
        return None
    severity: Severity = "alarm" if any(level == "alarm" for level, _ in found) else "warn"
    parts = [text for level, text in found if level == severity]
    callers = (stats.waiting or 0) + (stats.ringing or 0)
    return Condition(severity, f"{queue.name} {' and '.join(parts)}", _QUEUE, (wait or 0.0) + callers / 1000)


def wait_severity(wait: float, rule: QueueRule, settings: BoardSettings) -> Severity | None:
    """How bad one caller's wait is, by the limits that the queue's longest wait is held to."""
    found: list[tuple[Severity, str]] = []
    _longest(found, wait, rule, (rule.goal or settings.goal).seconds, settings.longest_alarm)
    return found[0][0] if found else None


def _level(rule: QueueRule, name: str, value: float, *, below: bool = False) -> tuple[Severity, float] | None:
    """The worst limit of the rule that `value` has reached, and that limit."""
    levels: tuple[tuple[Severity, Limits], ...] = (("alarm", rule.alarm), ("warn", rule.warn))
    for severity, limits in levels:
        limit: float | None = getattr(limits, name)
        if limit is not None and (value <= limit if below else value >= limit):
            return severity, limit
    return None


def _given(rule: QueueRule, name: str) -> bool:
    return getattr(rule.warn, name) is not None or getattr(rule.alarm, name) is not None


def _longest(found: list[tuple[Severity, str]], wait: float | None, rule: QueueRule, goal: float, most: float) -> None:
    if wait is None:
        return
    if _given(rule, "longest"):
        reached = _level(rule, "longest", wait)
    elif wait >= min(3 * goal, most):
        reached = ("alarm", min(3 * goal, most))
    else:
        reached = ("warn", goal) if wait >= goal else None
    if reached is not None:
        severity, limit = reached
        at = ">" if int(wait) > limit else "at"
        found.append((severity, f"longest {clock(wait)} {at} {clock(limit)}"))


def _waiting(found: list[tuple[Severity, str]], stats: QueueFigures, rule: QueueRule) -> None:
    waiting, ready, staffed = stats.waiting, stats.counts.ready, stats.staffed
    if waiting is None:
        return
    if _given(rule, "waiting"):
        reached = _level(rule, "waiting", waiting)
        if reached is not None:
            severity, limit = reached
            found.append((severity, f"{waiting} waiting {'>' if waiting > limit else 'at'} {limit:g}"))
        return
    if not waiting or ready is None or staffed is None or not ready:
        return
    if waiting > 2 * staffed:
        found.append(("alarm", f"{waiting} waiting > 2 × {staffed} staffed"))
    elif waiting > ready:
        found.append(("warn", f"{waiting} waiting > {ready} ready"))


def _ready(found: list[tuple[Severity, str]], stats: QueueFigures, rule: QueueRule) -> None:
    waiting, ready, staffed = stats.waiting, stats.counts.ready, stats.staffed
    if ready is None or staffed is None:
        return
    if _given(rule, "ready"):
        # A closed queue, nobody staffed and nobody waiting, is not in need of ready agents.
        reached = _level(rule, "ready", ready, below=True) if staffed or waiting else None
        if reached is not None:
            found.append((reached[0], f"{ready}/{staffed} ready"))
    elif waiting and not staffed:
        found.append(("alarm", f"{waiting} waiting and nobody staffed"))
    elif waiting and not ready:
        found.append(("alarm", f"0/{staffed} ready"))


def hotline_condition(hotline: Hotline, now: float) -> Condition | None:
    """What is wrong with a hotline: in error, not what was asked, or open with nobody on duty."""
    name, state, wanted, asked = hotline.name, hotline.state, hotline.wanted, hotline.asked
    lasting = "" if hotline.since is None else f" for {span(now - hotline.since)}"
    long = hotline.since is not None and now - hotline.since >= STARTING_AT_MOST
    age = 0.0 if hotline.since is None else max(0.0, now - hotline.since)
    if state is HotlineState.ERROR:
        return Condition("alarm", f"{name} error{lasting}, asked {asked}", _HOTLINE + 5, age)
    if wanted is Wanted.OPEN and state is HotlineState.PAUSED:
        return Condition("alarm", f"{name} paused{lasting}, asked open", _HOTLINE + 4, age)
    phones = [phone for agent in hotline.agents for phone in agent.phones or ()]
    read = bool(hotline.agents) and all(agent.phones is not None for agent in hotline.agents)
    if wanted is Wanted.OPEN and read and all(phone.active is False for phone in phones):
        return Condition("alarm", f"{name} {state.value}, 0 phones on duty", _HOTLINE + 3, age)
    if wanted is Wanted.OPEN and state is HotlineState.STARTING and long:
        return Condition("alarm", f"{name} starting{lasting}, asked open", _HOTLINE + 2, age)
    if wanted is Wanted.PAUSED and state in (HotlineState.OPEN, HotlineState.STARTING):
        return Condition("warn", f"{name} {state.value}{lasting}, asked paused", _HOTLINE, age)
    if state is HotlineState.UNKNOWN:
        said = f" ({hotline.raw_status})" if hotline.raw_status else ""
        return Condition("warn", f"{name} in an unknown state{said}, asked {asked}", _HOTLINE, age)
    if hotline.unaccepted:
        calls = "call" if hotline.unaccepted == 1 else "calls"
        return Condition("warn", f"{name} {hotline.unaccepted} {calls} not taken", _HOTLINE - 1, hotline.unaccepted)
    return None


def loss_condition(source: str, view: ResourceView) -> Condition | None:
    """The alarm for data of one resource that is no longer true."""
    failing = view.state is ResourceState.NEVER and view.failures >= STALE_FAILURES
    if not view.wanted or not (view.state in _LOST or failing):
        return None
    severity: Severity = "alarm" if view.name in _LOSS else "warn"
    return Condition(severity, loss_sentence(source, view), _LOSS.get(view.name, _ROSTER), view.age or 0.0)


def loss_sentence(source: str, view: ResourceView) -> str:
    cause = f": {view.detail.partition(', retry in')[0]}" if view.detail else ""
    if view.age is None:
        return f"{source} {view.name.value} never read{cause}"
    return f"{source} {view.name.value} {view.state.value} {span(view.age)}{cause}"


def source_condition(view: SourceView) -> Condition | None:
    """One alarm for a source that is gone as a whole, in place of one for each of its resources."""
    name = view.info.name
    if view.state is SourceState.REFUSED:
        return Condition("alarm", f"{name} refused: {view.detail}", _SOURCE_LOST)
    wanted = [v for v in view.resources if v.wanted and v.state is not ResourceState.UNAVAILABLE]
    losses = [loss_condition(name, v) for v in wanted]
    if len(wanted) < 2 or any(loss is None for loss in losses):
        return None
    live = any(v.name in _LOSS for v in wanted)
    oldest = max((v.age for v in wanted if v.age is not None), default=None)
    cause = next((v.detail.partition(", retry in")[0] for v in wanted if v.detail), "")
    text = f"{name} never read" if oldest is None else f"{name} no data for {span(oldest)}"
    weight = _SOURCE_LOST if live else _ROSTER
    return Condition("alarm" if live else "warn", f"{text}: {cause}" if cause else text, weight, oldest or 0.0)
