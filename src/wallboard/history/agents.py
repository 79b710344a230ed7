"""Agents' days between the board and the database."""

from __future__ import annotations

from wallboard.board.agent_day import AgentDay
from wallboard.domain.keys import Key
from wallboard.domain.states import AgentState
from wallboard.history.records import AgentSums

_KEPT = {
    "talking": AgentState.TALKING,
    "wrap_up": AgentState.WRAP_UP,
    "ready": AgentState.READY,
    "ringing": AgentState.RINGING,
    "on_break": AgentState.BREAK,
    "other_call": AgentState.OTHER_CALL,
}


def record(key: Key, day: AgentDay, now: float) -> AgentSums:
    times = {name: round(day.of(state), 1) for name, state in _KEPT.items()}
    return AgentSums(key.source, key.id, int(day.since), int(now), day.answered, day.missed, day.pauses, **times)


def day(sums: AgentSums) -> AgentDay:
    """The same, for the figures of the day."""
    seconds = {state: float(getattr(sums, name)) for name, state in _KEPT.items()}
    return AgentDay(float(sums.since), seconds, sums.answered, sums.missed, sums.pauses)
