"""What is wrong at a source, what is not, and what cannot be known: the verdicts that alarms are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from wallboard.board.alarms import LOW, NORMAL, Alarm, Severity, Verdict, constant
from wallboard.board.conditions import (
    AGENT_LIMITS,
    Reading,
    clock,
    hotline_troubles,
    loss,
    needs_level,
    queue_readings,
    unread,
    whole_loss,
)
from wallboard.board.freshness import TRUSTED
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Queue
from wallboard.domain.rules import AgentLimits
from wallboard.domain.states import AgentState, CallState, ResourceState

_DURATIONS = {
    AgentState.BREAK: ("break", "break_", "on a break for"),
    AgentState.WRAP_UP: ("wrap_up", "wrap_up", "in wrap-up for"),
    AgentState.TALKING: ("talk", "talk", "on a call for"),
    AgentState.OTHER_CALL: ("talk", "talk", "on a call for"),
    AgentState.RINGING: ("ring", "ring", "rung for"),
}
"""Condition, limit and words of what an agent may do too long."""
_STUCK = {
    AgentState.STUCK: "stuck in a call that is over",
    AgentState.MISMATCH: "ready, but never rung",
    AgentState.UNREACHABLE: "signed in without a telephone",
}
"""Who counts as staff and gets no call."""
_PLAIN = AgentLimits()


def losses(source: SourceState, now: float) -> Iterator[Verdict]:
    """The source as a whole, and each list of it that has gone."""
    view = source.whole(now)
    name = view.info.name
    whole = whole_loss(view)
    yield _loss(Verdict(name, name, "data"), whole)
    for part in view.resources:
        verdict = Verdict(name, name, "data", resource=part.name)
        known = whole is not None or not unread(part)
        yield _loss(replace(verdict, known=known), None if whole is not None else loss(name, part))


def _loss(verdict: Verdict, found: tuple[Severity, int, str] | None) -> Verdict:
    if found is None:
        return verdict
    severity, priority, text = found
    return _so(verdict, severity, priority, text)


def _so(verdict: Verdict, severity: Severity, priority: int, text: str, value: float = 1.0) -> Verdict:
    """The verdict that it is so."""
    return replace(
        verdict,
        value=value,
        warn=1.0 if severity == "warn" else None,
        alarm=1.0 if severity == "alarm" else None,
        told=constant(text),
        priority=priority,
    )


def queues(source: SourceState, settings: BoardSettings, now: float) -> Iterator[Verdict]:
    for row in source.rows(Resource.QUEUES):
        if isinstance(row, Queue):
            yield from _queue(source, row, settings, now)


def _queue(source: SourceState, queue: Queue, settings: BoardSettings, now: float) -> Iterator[Verdict]:
    """What a list that is no longer trusted has a part in is not known."""
    key, rule = queue.key, source.rule(queue)
    held = source.confirming(Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS)
    known = source.row_state(key, now) in TRUSTED
    stats = source.queue_stats(key, now, level=needs_level(rule))
    agents = stats.counts.ready is None or source.trusted(Resource.AGENTS, key.id, now)
    members = source.read_at(Resource.MEMBERS) is None or source.trusted(Resource.MEMBERS, key.id, now)
    if not members:
        # What the queue's own list says may still raise an alarm, but end none.
        stats = replace(stats, waiting=queue.waiting, ringing=queue.ringing, longest_since=queue.longest_since)
    parts = {"ready": agents, "longest": members, "waiting": members, "service": members, "lost_percent": members}
    readings = queue_readings(stats, rule, settings, now)
    for condition, whole in parts.items():
        verdict = Verdict(key.source, queue.name, condition, key, Resource.QUEUES, priority=rule.priority, held=held)
        reading = readings.get(condition)
        if not known or (condition == "ready" and not agents):
            yield replace(verdict, known=False)
        elif reading is None:
            yield replace(verdict, known=whole)
        else:
            yield replace(_measured(verdict, reading), known=whole or _wrong(reading))


def _measured(verdict: Verdict, reading: Reading) -> Verdict:
    return replace(
        verdict,
        value=reading.value,
        warn=reading.warn,
        alarm=reading.alarm,
        told=reading.told,
        below=reading.below,
    )


def _wrong(reading: Reading) -> bool:
    value = reading.value
    if value is None:
        return False
    limits = [limit for limit in (reading.warn, reading.alarm) if limit is not None]
    return any(value <= limit if reading.below else value >= limit for limit in limits)


def agents(source: SourceState, now: float) -> Iterator[Verdict]:
    """Agents that have been at something for too long; of the others there is nothing to say."""
    held_since = _held(source)
    for row in source.rows(Resource.AGENTS):
        if not isinstance(row, Agent) or row.no_state:
            continue
        found = list(_agent(source, row, held_since.get(row.key), now))
        if found and source.row_state(row.key, now) not in TRUSTED:
            found = [replace(verdict, known=False) for verdict in found]
        yield from found


def _agent(source: SourceState, row: Agent, held: float | None, now: float) -> Iterator[Verdict]:
    verdict = Verdict(
        *(row.key.source, row.name or row.extension or "unnamed agent", "stuck", row.key, Resource.AGENTS),
        held=source.confirming(Resource.AGENTS),
    )
    if row.state in _STUCK:
        lasting = "" if row.since is None else f" for {clock(now - row.since)}"
        yield _so(verdict, "warn", NORMAL, _STUCK[row.state] + lasting)
    duration = _DURATIONS.get(row.state)
    if duration is not None and row.since is not None:
        condition, name, words = duration
        yield from _too_long(source, row, replace(verdict, condition=condition), name, words, now - row.since)
    if held is not None:
        words = "keeps a caller on hold for"
        yield from _too_long(source, row, replace(verdict, condition="hold"), "hold", words, now - held)


def _too_long(
    source: SourceState, row: Agent, verdict: Verdict, name: str, words: str, seconds: float
) -> Iterator[Verdict]:
    limit = _limit(source, row, name)
    if seconds >= limit:
        text = f"{words} {clock(seconds)} > {clock(limit)}"
        yield replace(verdict, value=seconds, warn=limit, told=constant(text), priority=LOW)


def _limit(source: SourceState, row: Agent, name: str) -> float:
    """The strictest of the rules of the agent's queues, else the default."""
    given: list[float] = []
    for place in row.memberships:
        queue = source.row(Key(row.key.source, Kind.QUEUE, place.queue_id))
        limits = source.rule(queue).agent if isinstance(queue, Queue) else _PLAIN
        if (limit := getattr(limits, name)) is not None:
            given.append(limit)
    return min(given, default=getattr(AGENT_LIMITS, name))


def _held(source: SourceState) -> Mapping[Key, float]:
    """Since when each agent has kept a caller on hold."""
    return {
        row.agent_key: row.held_since
        for row in source.rows(Resource.CALLS)
        if isinstance(row, Call)
        and row.state is CallState.HELD
        and row.agent_key is not None
        and row.held_since is not None
    }


def hotlines(source: SourceState, now: float) -> Iterator[Verdict]:
    for row in source.rows(Resource.HOTLINES):
        if isinstance(row, Hotline):
            known = source.row_state(row.key, now) in TRUSTED
            held = source.confirming(Resource.HOTLINES)
            for trouble in hotline_troubles(row, now):
                verdict = Verdict(
                    *(row.key.source, row.name, trouble.condition, row.key, Resource.HOTLINES), known=known, held=held
                )
                yield _so(verdict, trouble.severity, trouble.priority, trouble.text, trouble.value)


def blind(source: SourceState, alarm: Alarm, now: float) -> bool:
    """Whether it cannot be seen that an alarm of this source without a verdict is over."""
    known = source.resources()
    if alarm.resource is None or alarm.resource not in known:
        # Kept from before a restart: its list may still come.
        return not known or any(source.view(each, now).state is ResourceState.NEVER for each in known)
    if alarm.key is None:
        return False
    return source.confirming(alarm.resource) or source.view(alarm.resource, now).state not in TRUSTED
