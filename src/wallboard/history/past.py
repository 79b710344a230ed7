"""What was written down, for a console that begins: the last day of queues and agents, and who gave up. Nothing where
there is no history, or none that can be read. Loads the database, so the first frame does without it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from wallboard.board.agent_course import AgentCourse
from wallboard.board.agent_day import AgentDay
from wallboard.board.board import Board
from wallboard.board.caller_history import Stay
from wallboard.domain.keys import Key, Kind
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState
from wallboard.history import agents, callers
from wallboard.history.courses import Course, Stretch, course
from wallboard.history.reading import History, Unreadable
from wallboard.history.records import CallBack, Caller, Record, Written

LONGEST_DAY = 26 * 3600.0
"""Seconds of the longest day, the one in which clocks go back, and one hour of patience."""


AHEAD = 60.0
"""Seconds by which another console's clock may be ahead."""


@dataclass(slots=True)
class QueueDay:
    """What was written down of a queue, from `since` on; the callers in the order in which they ended."""

    source: str
    queue: str
    since: float
    callers: list[Stay] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    """What a board is given back: the last day of every queue and every agent."""

    queues: Sequence[QueueDay]
    agents: Mapping[Key, AgentDay]
    courses: Mapping[Key, AgentCourse]

    def give_back(self, board: Board, sources: Collection[str]) -> None:
        """Tell `board` what is of these sources."""
        for day in self.queues:
            if day.source in sources:
                board.restore(day.source, day.queue, day.callers, day.since)
        for key, agent in self.agents.items():
            if key.source in sources:
                board.restore_agent(key, agent)
        for key, states in self.courses.items():
            if key.source in sources:
                board.restore_course(key, states)


def last_day(path: Path, now: float) -> Day:
    return Day(queue_days(path, now), agent_days(path, now), agent_courses(path, now))


def queue_days(path: Path, now: float) -> list[QueueDay]:
    """The last day of every queue."""
    try:
        with History(path) as history:
            watched = history.watched(now - LONGEST_DAY, now)
            found = {key: QueueDay(*key, float(since)) for key, (since, _) in watched.items()}
            for caller in sorted(history.callers(now - LONGEST_DAY, now), key=lambda caller: caller.ended_at):
                if (caller.source, caller.queue) in found:
                    found[caller.source, caller.queue].callers.append(callers.stay(caller))
    except Unreadable:
        return []
    return list(found.values())


def agent_days(path: Path, now: float) -> dict[Key, AgentDay]:
    """The last day of every agent. Of what two consoles saw the longer."""
    try:
        with History(path) as history:
            found = sorted(history.sums(now - LONGEST_DAY), key=lambda sums: sums.at - sums.since)
    except Unreadable:
        return {}
    return {Key(sums.source, Kind.AGENT, sums.agent): agents.day(sums) for sums in found}


def notes(path: Path, since: float, now: float) -> list[Written]:
    """What was noted since then, by any console."""
    try:
        with History(path) as history:
            return history.notes(since, now + AHEAD)
    except Unreadable:
        return []


def agent_courses(path: Path, now: float) -> dict[Key, AgentCourse]:
    """Which state of each agent lasted longest in each ten minutes of the last day."""
    try:
        with History(path) as history:
            spells = sorted(history.spells(now - LONGEST_DAY, now), key=lambda spell: spell.since)
    except Unreadable:
        return {}
    known = {state.value: state for state in AgentState}
    found: dict[Key, AgentCourse] = {}
    for spell in spells:
        if spell.state in known:
            course = found.setdefault(Key(spell.source, Kind.AGENT, spell.agent), AgentCourse())
            course.spend(known[spell.state], spell.since, spell.until)
    return found


def lately(path: Path, since: float, now: float) -> tuple[list[Caller], list[CallBack]]:
    """The callers whose wait ended since then, and what was done to those who gave up, by any console."""
    try:
        with History(path) as history:
            return history.callers(since, now), history.call_backs(since)
    except Unreadable:
        return [], []


def courses(
    path: Path,
    stretches: Sequence[Stretch],
    recent: Sequence[Record] | None = None,
    opened: Callable[[History], None] = lambda history: None,
) -> list[Course]:
    """How queues fared, by the history at `path`, or by what is remembered of `recent` times alone. `opened` is handed
    what is read, so that somebody else may end it. Unreadable."""
    with History(path) if recent is None else History.of(recent) as history:
        opened(history)
        return [course(history, each) for each in stretches]
