"""What is wrong at a source, what is not, and what cannot be known: the verdicts that alarms are made of."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from wallboard.board.alarm import Alarm
from wallboard.board.conditions import (
    AGENT_LIMITS,
    Graded,
    clock,
    hotline_readings,
    loss,
    needs_level,
    queue_readings,
    unread,
    whole_loss,
)
from wallboard.board.freshness import TRUSTED
from wallboard.board.queue_book import IN_QUEUE
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.board.verdicts import LOW, NORMAL, NOTHING, Reading, Verdict, so
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Hotline, Queue
from wallboard.domain.states import AgentState, CallState, ResourceState

_DURATIONS = {
    AgentState.BREAK: ("break", "break_", mark("on a break for {time}")),
    AgentState.WRAP_UP: ("wrap_up", "wrap_up", mark("in wrap-up for {time}")),
    AgentState.TALKING: ("talk", "talk", mark("on a call for {time}")),
    AgentState.OTHER_CALL: ("talk", "talk", mark("on a call for {time}")),
    AgentState.RINGING: ("ring", "ring", mark("rung for {time}")),
}
"""Condition, limit and words of what an agent may do too long."""
_STUCK = {
    AgentState.STUCK: mark("stuck in a call that is over"),
    AgentState.MISMATCH: mark("ready, but never rung"),
    AgentState.UNREACHABLE: mark("signed in without a telephone"),
}
"""Who counts as staff and gets no call."""


def losses(source: SourceState, now: float) -> Iterator[Verdict]:
    """The source as a whole, and each list of it that has gone."""
    view = source.whole(now)
    name = view.info.name
    whole = whole_loss(view)
    yield _graded(Verdict(name, name, "data"), whole)
    for part in view.resources:
        verdict = Verdict(name, name, "data", resource=part.name)
        if whole is not None:
            yield replace(verdict, merged=True)
        else:
            yield _graded(replace(verdict, known=not unread(part)), loss(part))


def _graded(verdict: Verdict, found: Graded | None) -> Verdict:
    return verdict if found is None else replace(verdict, priority=found[0], reading=found[1])


def queues(
    source: SourceState, settings: BoardSettings, now: float, judged: Container[Key | None] = ()
) -> Iterator[Verdict]:
    """Of a queue with which nothing is wrong there is nothing to say before its counts change or a wait reaches its
    limit, but where the book still has a condition of it (`judged`)."""
    unread = source.trust.read_at(Resource.MEMBERS) is None
    for row in source.rows(Resource.QUEUES):
        if isinstance(row, Queue) and (row.key in judged or not _calm(source, row, now)):
            yield from _queue(source, row, settings, now, unread=unread)


def _calm(source: SourceState, queue: Queue, now: float) -> bool:
    counts, until = source.queues.calm.get(queue.key, (None, now))
    return now < until and counts is source.queues.stats(queue.key, now, level=False)


def _queue(
    source: SourceState, queue: Queue, settings: BoardSettings, now: float, *, unread: bool
) -> Iterator[Verdict]:
    """What a list that is no longer trusted has a part in is not known."""
    key, rule = queue.key, source.queues.rule(queue)
    confirming = source.trust.confirming(Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS)
    known = source.trust.row_state(key, now) in TRUSTED
    counts = source.queues.stats(key, now, level=False)
    stats = source.queues.stats(key, now) if needs_level(rule) else counts
    agents = stats.counts.ready is None or source.trust.trusted(Resource.AGENTS, key.id, now)
    members = unread or source.trust.trusted(Resource.MEMBERS, key.id, now)
    if not members:
        # What the queue's own list says may still raise an alarm, but end none.
        stats = replace(stats, waiting=queue.waiting, ringing=queue.ringing, longest_since=queue.longest_since)
    parts = {"ready": agents, "longest": members, "waiting": members, "service": members, "lost_percent": members}
    readings = dict(queue_readings(stats, rule, settings, now))
    if settings.known:
        parts["known"], readings["known"] = members, _known_caller(source, queue, settings, now)
    if not needs_level(rule) and not settings.known and not any(reading.wrong for reading in readings.values()):
        source.queues.calm[key] = counts, now + readings["longest"].left
    for condition, whole in parts.items():
        reading = readings.get(condition, NOTHING)
        sure = known and (agents if condition == "ready" else whole or reading.wrong)
        yield Verdict(
            *(key.source, queue.name, condition, key, Resource.QUEUES, reading, rule.priority),
            known=sure,
            confirming=confirming,
        )


def _known_caller(source: SourceState, queue: Queue, settings: BoardSettings, now: float) -> Reading:
    """The caller whom the site knows and who has waited longest by their own limit."""
    waits = [
        (now - row.joined_at, known.longest, known.name)
        for row in source.tally.members(queue.key.id)
        if row.joined_at is not None and row.state in IN_QUEUE
        if (known := settings.caller(queue.key.source, row.number)) is not None and known.longest
    ]
    if not waits:
        return NOTHING
    wait, limit, name = max(waits, key=lambda each: each[0] / each[1])
    return Reading(
        wait,
        None,
        limit,
        lambda _limit: tr("{name} waits {wait}, may wait {limit}", name=name, wait=clock(wait), limit=clock(limit)),
    )


def agents(source: SourceState, settings: BoardSettings, now: float) -> Iterator[Verdict]:
    """Agents that have been at something for too long; of the others there is nothing to say."""
    on_hold = _on_hold(source)
    soonest = {name: _soonest(settings, name) for name in (*(name for _, name, _ in _DURATIONS.values()), "hold")}
    for row in source.rows(Resource.AGENTS):
        if not isinstance(row, Agent) or row.no_state:
            continue
        if row.state in _STUCK:
            said = tr(_STUCK[row.state])
            if row.since is not None:
                said = tr("{state} for {time}", state=said, time=clock(now - row.since))
            yield _agent(source, row, "stuck", so("warn", said), NORMAL, now)
        if row.state in _DURATIONS and row.since is not None:
            condition, name, words = _DURATIONS[row.state]
            # Asked of each agent each second, so the cheap question first.
            if now - row.since >= soonest[name] and (reading := _too_long(source, row, name, words, now - row.since)):
                yield _agent(source, row, condition, reading, LOW, now)
        call = on_hold.get(row.key)
        if call is not None and call.held_since is not None and now - call.held_since >= soonest["hold"]:
            reading = _too_long(source, row, "hold", mark("keeps a caller on hold for {time}"), now - call.held_since)
            if reading:
                verdict = _agent(source, row, "hold", reading, LOW, now)
                known = verdict.known and source.trust.row_state(call.key, now) in TRUSTED
                yield replace(verdict, resource=Resource.CALLS, known=known)


def _soonest(settings: BoardSettings, name: str) -> float:
    """The least that any rule says."""
    limits = (getattr(each, name) for each in (AGENT_LIMITS, *(rule.agent for rule in settings.queues)))
    return min(float(limit) for limit in limits if limit is not None)


def _agent(source: SourceState, row: Agent, condition: str, reading: Reading, priority: int, now: float) -> Verdict:
    return Verdict(
        *(row.key.source, row.name or row.extension or tr("unnamed agent"), condition, row.key, Resource.AGENTS),
        reading=reading,
        priority=priority,
        known=source.trust.row_state(row.key, now) in TRUSTED,
        confirming=source.trust.confirming(Resource.AGENTS),
    )


def _too_long(source: SourceState, row: Agent, name: str, words: str, seconds: float) -> Reading | None:
    limit = _limit(source, row, name)
    return (
        Reading(seconds, limit, None, lambda at: f"{tr(words, time=clock(seconds))} > {clock(at)}")
        if seconds >= limit
        else None
    )


def _limit(source: SourceState, row: Agent, name: str) -> float:
    """The strictest of the rules of the agent's queues, else the default."""
    given: list[float] = []
    for place in row.memberships:
        if (limit := getattr(source.queues.agent_limits(place), name)) is not None:
            given.append(limit)
    return min(given, default=getattr(AGENT_LIMITS, name))


def _on_hold(source: SourceState) -> Mapping[Key, Call]:
    """The caller that each agent keeps on hold."""
    return {
        row.agent_key: row
        for row in source.rows(Resource.CALLS)
        if isinstance(row, Call)
        and row.state is CallState.HELD
        and row.agent_key is not None
        and row.held_since is not None
    }


def hotlines(source: SourceState, now: float) -> Iterator[Verdict]:
    confirming = source.trust.confirming(Resource.HOTLINES)
    for row in source.rows(Resource.HOTLINES):
        if isinstance(row, Hotline):
            trusted = source.trust.row_state(row.key, now) in TRUSTED
            for condition, found in hotline_readings(row, now).items():
                known = trusted and found is not None
                verdict = Verdict(
                    row.key.source, row.name, condition, row.key, Resource.HOTLINES, known=known, confirming=confirming
                )
                yield _graded(verdict, found)


def blind(source: SourceState, alarm: Alarm, now: float) -> bool:
    """Whether it cannot be seen that an alarm of this source without a verdict is over."""
    known = source.trust.resources()
    if alarm.resource is None or alarm.resource not in known:
        # Kept from before a restart: its list may still come.
        return not known or any(source.trust.view(each, now).state is ResourceState.NEVER for each in known)
    if alarm.key is None:
        return False
    return source.trust.confirming(alarm.resource) or source.trust.view(alarm.resource, now).state not in TRUSTED
