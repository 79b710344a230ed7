"""What counts as wrong: the default limits of wallboards §3.1, those of a `[[queue]]` where it gives its own, and the
words for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wallboard.board.freshness import STALE_FAILURES, ResourceView, SourceView, span
from wallboard.board.queue_numbers import QueueFigures
from wallboard.board.settings import BoardSettings
from wallboard.board.verdicts import HIGH, LOW, NORMAL, Reading, Severity, so
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Hotline
from wallboard.domain.rules import AgentLimits, QueueRule
from wallboard.domain.states import HotlineState, ResourceState, SourceState, Wanted

STARTING_AT_MOST = 120.0
"""Seconds a hotline may take to open before that is a fault."""
ENOUGH_ANSWERS, ENOUGH_OFFERED = 10, 20
"""Callers from which on a service level and a share of lost ones are no accident."""
AGENT_LIMITS = AgentLimits(break_=900.0, wrap_up=120.0, talk=1800.0, ring=40.0, hold=180.0)

# What hides people who wait for help ranks first; a roster hides nobody.
_LOSS: dict[Resource, int] = {
    Resource.MEMBERS: HIGH,
    Resource.HOTLINES: HIGH,
    Resource.QUEUES: HIGH,
    Resource.AGENTS: NORMAL,
    Resource.CALLS: NORMAL,
    Resource.PARKED: NORMAL,
}
_LOST = frozenset({ResourceState.STALE, ResourceState.GONE})


def clock(seconds: float) -> str:
    """`3:12`, or `1:03:12` from an hour on."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def _compared(told: str, value: float, limit: float, write: Callable[[float], str]) -> str:
    """`longest 3:12 > 2:00`; what has come back a little keeps its limit beside it."""
    if int(value) == int(limit):
        return tr("{told} at {limit}", told=told, limit=write(limit))
    return f"{told} > {write(limit)}" if value > limit else tr("{told}, limit {limit}", told=told, limit=write(limit))


def _number(value: float) -> str:
    return f"{value:g}"


def queue_readings(stats: QueueFigures, rule: QueueRule, settings: BoardSettings, now: float) -> Mapping[str, Reading]:
    """The conditions of a queue by name; one that nothing can be said of is left out."""
    wait = None if stats.longest_since is None else max(0.0, now - stats.longest_since)
    found = {"longest": longest(wait, rule, settings)}
    callers = stats.queued
    if callers is not None:
        found["waiting"] = _waiting(callers, stats, rule)
    if stats.counts.ready is not None and stats.staffed is not None:
        found["ready"] = _ready(stats.counts.ready, stats.staffed, callers, rule)
    if _given(rule, "service") and stats.service_level.value is not None:
        found["service"] = _service(stats, rule)
    if _given(rule, "lost_percent") and stats.offered is not None:
        found["lost_percent"] = _lost(stats, rule)
    return found


def longest(wait: float | None, rule: QueueRule, settings: BoardSettings) -> Reading:
    """The longest wait, or that of one caller."""
    warn, alarm = rule.warn.longest, rule.alarm.longest
    if not _given(rule, "longest"):
        goal = (rule.goal or settings.goal).seconds
        alarm = min(3 * goal, settings.longest_alarm)
        warn = min(goal, alarm)

    def told(limit: float) -> str:
        return _compared(tr("longest {wait}", wait=clock(wait or 0)), wait or 0, limit, clock)

    return Reading(wait, warn, alarm, told)


def wait_severity(wait: float, rule: QueueRule, settings: BoardSettings) -> Severity | None:
    """How bad one caller's wait is, by the limits that the queue's longest wait is held to."""
    reading = longest(wait, rule, settings)
    if reading.reached(reading.alarm):
        return "alarm"
    return "warn" if reading.wrong else None


def needs_level(rule: QueueRule) -> bool:
    """Whether a condition of the queue is made of its service level or of its day, which take the longest."""
    return _given(rule, "service") or _given(rule, "lost_percent")


def _given(rule: QueueRule, name: str) -> bool:
    return getattr(rule.warn, name) is not None or getattr(rule.alarm, name) is not None


def _limits(rule: QueueRule, name: str) -> tuple[float | None, float | None]:
    return getattr(rule.warn, name), getattr(rule.alarm, name)


def _waiting(callers: int, stats: QueueFigures, rule: QueueRule) -> Reading:
    """Callers waiting or being rung for, who are not served yet."""
    if _given(rule, "waiting"):
        return Reading(
            callers,
            *_limits(rule, "waiting"),
            lambda limit: _compared(trn("{n} waiting", "{n} waiting", callers), callers, limit, _number),
        )
    staffed = stats.staffed
    if not staffed:
        return Reading(None, None, None, str)
    return Reading(
        callers,
        staffed + 1,
        2 * staffed + 1,
        lambda limit: tr(
            "{n} waiting > {staffed} staffed", n=callers, staffed=f"{'2 × ' if limit > staffed + 1 else ''}{staffed}"
        ),
    )


def _ready(ready: int, staffed: int, callers: int | None, rule: QueueRule) -> Reading:
    if _given(rule, "ready"):
        # A closed queue, nobody staffed and nobody waiting, is not in need of ready agents.
        asked = bool(staffed or callers)
        return Reading(
            ready if asked else None,
            *_limits(rule, "ready"),
            lambda _limit: tr("{n}/{all} ready", n=ready, all=staffed),
            below=True,
        )
    # That all are busy is what a queue is for; that nobody will come is none.
    nobody = bool(callers) and not staffed
    return Reading(
        staffed if callers else None,
        None,
        0,
        lambda _limit: (
            tr("{n} waiting and nobody staffed", n=callers) if nobody else tr("{n}/{all} ready", n=ready, all=staffed)
        ),
        below=True,
    )


def _service(stats: QueueFigures, rule: QueueRule) -> Reading:
    level = stats.service_level
    percent = 100.0 * level.value if level.value is not None and level.n >= ENOUGH_ANSWERS else None
    return Reading(
        percent,
        *_limits(rule, "service"),
        lambda limit: tr("service level {percent:.0f} %, goal {goal:g} %", percent=percent or 0, goal=limit),
        below=True,
    )


def _lost(stats: QueueFigures, rule: QueueRule) -> Reading:
    percent = stats.lost_percent if (stats.offered or 0) >= ENOUGH_OFFERED else None
    return Reading(
        percent,
        *_limits(rule, "lost_percent"),
        lambda limit: tr("{percent:.0f} % lost, limit {limit:g} %", percent=percent or 0, limit=limit),
    )


Graded = tuple[int, Reading]
"""A reading and its priority."""


def hotline_readings(hotline: Hotline, now: float) -> Mapping[str, Graded | None]:
    """What is wrong with a hotline, by condition: it is not what it was asked to be, or nobody would take a call. None:
    it cannot be known."""
    state, wanted, asked = hotline.state, hotline.wanted, hotline.asked
    lasting = tr(state.value)
    if hotline.since is not None:
        lasting = tr("{state} for {time}", state=lasting, time=span(now - hotline.since))
    long = hotline.since is not None and now - hotline.since >= STARTING_AT_MOST
    found: dict[str, Graded | None] = {}
    if state is HotlineState.ERROR:
        found["error"] = HIGH, so("alarm", tr("{state}, asked {asked}", state=lasting, asked=tr(asked)))
    elif state is HotlineState.UNKNOWN:
        said = tr("in an unknown state")
        said = f"{said} ({hotline.raw_status})" if hotline.raw_status else said
        found |= dict.fromkeys(("error", "paused", "open"))
        found["state"] = NORMAL, so("warn", tr("{state}, asked {asked}", state=said, asked=tr(asked)))
    elif wanted is Wanted.OPEN and (state is HotlineState.PAUSED or (state is HotlineState.STARTING and long)):
        found["paused"] = HIGH, so("alarm", tr("{state}, asked {asked}", state=lasting, asked=tr(asked)))
    elif wanted is Wanted.PAUSED and state in (HotlineState.OPEN, HotlineState.STARTING):
        found["open"] = NORMAL, so("warn", tr("{state}, asked {asked}", state=lasting, asked=tr(asked)))
    return found | _duty(hotline) | _not_taken(hotline)


def _duty(hotline: Hotline) -> dict[str, Graded | None]:
    """Who would be rung."""
    phones = [phone for agent in hotline.agents for phone in agent.phones or ()]
    read = all(agent.phones is not None for agent in hotline.agents)
    found: dict[str, Graded | None] = {} if read else dict.fromkeys(("nobody", "channels"))
    if hotline.wanted is Wanted.OPEN and read and hotline.agents and all(phone.active is False for phone in phones):
        found["nobody"] = HIGH, so("alarm", tr("{state}, 0 phones on duty", state=tr(hotline.state.value)))
    on_duty, lines = sum(phone.active is True for phone in phones), hotline.channels_out
    if lines is not None and on_duty > lines:
        text = tr("{n} phones on duty, only {lines} can ring at once", n=on_duty, lines=lines)
        found["channels"] = LOW, so("warn", text, on_duty, lines + 1)
    return found


def _not_taken(hotline: Hotline) -> dict[str, Graded | None]:
    calls = hotline.unaccepted
    if not calls:
        return {} if calls == 0 else {"not_taken": None}
    return {"not_taken": (NORMAL, so("warn", trn("{n} call not taken", "{n} calls not taken", calls), calls))}


def loss(view: ResourceView) -> Graded | None:
    """One list that is no longer true."""
    failing = view.state is ResourceState.NEVER and view.failures >= STALE_FAILURES
    if not view.wanted or not (view.state in _LOST or failing):
        return None
    severity: Severity = "alarm" if view.name in _LOSS else "warn"
    cause = f": {view.cause}" if view.cause else ""
    what = tr("never read") if view.age is None else f"{tr(view.state.value)} {span(view.age)}"
    return _LOSS.get(view.name, LOW), so(severity, f"{tr(view.name.value)} {what}{cause}")


def unread(view: ResourceView) -> bool:
    """Whether nothing is known of a list yet, neither that it is there nor that it fails."""
    return view.state is ResourceState.NEVER and view.failures < STALE_FAILURES


def whole_loss(view: SourceView) -> Graded | None:
    """One loss of a source that is gone as a whole, in place of one for each of its resources."""
    if view.state is SourceState.REFUSED:
        return HIGH, so("alarm", tr("refused: {why}", why=view.detail))
    wanted = [v for v in view.resources if v.wanted and v.state is not ResourceState.UNAVAILABLE]
    if len(wanted) < 2 or any(loss(v) is None for v in wanted):
        return None
    live = any(v.name in _LOSS for v in wanted)
    oldest = max((v.age for v in wanted if v.age is not None), default=None)
    cause = next((v.cause for v in wanted if v.cause), "")
    text = tr("never read") if oldest is None else tr("no data for {time}", time=span(oldest))
    text = f"{text}: {cause}" if cause else text
    return (HIGH, so("alarm", text)) if live else (LOW, so("warn", text))
