"""Agents' days between the board and the database."""

from __future__ import annotations

from pathlib import Path

from wallboard.board.agent_day import AgentDay
from wallboard.domain.keys import Key, Kind
from wallboard.domain.states import AgentState
from wallboard.history.callers import LONGEST_DAY
from wallboard.history.reading import History, Unreadable
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


def days(path: Path, now: float) -> dict[Key, AgentDay]:
    """The last day of every agent; nothing where there is no history, or none that can be read. Of what two consoles
    saw the longer."""
    try:
        with History(path) as history:
            found = sorted(history.sums(now - LONGEST_DAY), key=lambda sums: sums.at - sums.since)
    except Unreadable:
        return {}
    return {Key(sums.source, Kind.AGENT, sums.agent): _day(sums) for sums in found}


def _day(sums: AgentSums) -> AgentDay:
    seconds = {state: float(getattr(sums, name)) for name, state in _KEPT.items()}
    return AgentDay(float(sums.since), seconds, sums.answered, sums.missed, sums.pauses)
