"""An agent's day: how long in which state, how many callers served, how many offers missed."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable
from dataclasses import field, replace

from wallboard.board.agent_course import AgentCourse
from wallboard.board.queue_numbers import mean
from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState


@dataclass(slots=True)
class AgentDay:
    """Counts since `since` and seconds by state; the state that lasts is counted up to the moment asked for."""

    since: float
    seconds: dict[AgentState, float] = field(default_factory=dict)
    answered: int = 0
    missed: int = 0
    """Offers refused or not taken: the caller was still in the queue afterwards."""
    pauses: int = 0

    def of(self, state: AgentState) -> float:
        return self.seconds.get(state, 0.0)


def occupancy(days: Iterable[AgentDay]) -> float | None:
    """The share of time in talk and wrap-up of that and the time ready or rung for, each agent once."""
    busy = free = 0.0
    for day in days:
        busy += day.of(AgentState.TALKING) + day.of(AgentState.WRAP_UP)
        free += day.of(AgentState.READY) + day.of(AgentState.RINGING)
    return busy / (busy + free) if busy + free > 0 else None


_LEFT = 500


@dataclass(slots=True)
class _Now:
    state: AgentState
    at: float
    begun: float


class AgentDays:
    """The days of a source's agents. Time during which nobody could look counts in no state."""

    def __init__(self) -> None:
        self._days: dict[Key, AgentDay] = {}
        self._now: dict[Key, _Now] = {}
        self._courses: dict[Key, AgentCourse] = {}
        self._wraps: dict[str, list[tuple[float, float]]] = {}
        self._queue: dict[Key, str] = {}
        self._blind = False
        self._left: deque[tuple[Key, AgentDay]] = deque(maxlen=_LEFT)
        """Agents who are not listed any more, and go on with their day when they are again."""
        self._kept: dict[Key, AgentDay] = {}
        """Those who were written down, until they are listed."""

    def restore(self, key: Key, day: AgentDay) -> None:
        """What was written down of the agent before this program began."""
        known = self._days.get(key)
        if known is None:
            self._kept[key] = day
            return
        for state, seconds in day.seconds.items():
            known.seconds[state] = known.of(state) + seconds
        known.answered, known.missed = known.answered + day.answered, known.missed + day.missed
        known.pauses, known.since = known.pauses + day.pauses, min(known.since, day.since)

    def restore_course(self, key: Key, course: AgentCourse) -> None:
        """What has been seen since is a moment; it is written down with the rest."""
        if key not in self._courses or not self._courses[key].grown:
            self._courses[key] = course

    def state(self, key: Key, state: AgentState | None, at: float, day: float) -> None:
        """The agent is in this state from `at` on (None: not there any more); `day` is when their day began."""
        entry = self._closed(key, at, day)
        known = self._now.get(key)
        if known is not None and state is not known.state and known.state is AgentState.WRAP_UP:
            queue_id = self._queue.get(key)
            if queue_id is not None:
                self._wraps.setdefault(queue_id, []).append((at, at - known.begun))
        if state is None:
            self._now.pop(key, None)
            self._queue.pop(key, None)
            self._courses.pop(key, None)
            self._left.append((key, self._days.pop(key)))
            return
        if known is None or state is not known.state:
            entry.pauses += state is AgentState.BREAK and known is not None
            self._now[key] = _Now(state, at, at)

    def served(self, key: Key, queue_id: str, at: float, day: float) -> None:
        """The agent took a caller of the queue."""
        self._closed(key, at, day).answered += 1
        self._queue[key] = queue_id

    def missed(self, key: Key, at: float, day: float) -> None:
        self._closed(key, at, day).missed += 1

    def blind(self, since: float | None) -> None:
        """Nothing is known of any agent from `since` on; None: it is again."""
        if since is not None and not self._blind:
            for key in tuple(self._now):
                self._closed(key, since, 0.0)
            self._now.clear()
        self._blind = since is not None

    def day(self, key: Key, now: float, day: float) -> AgentDay | None:
        """The day so far; None where nothing was seen."""
        entry, known = self._days.get(key), self._now.get(key)
        if entry is not None and entry.since < day:
            entry = AgentDay(day)
        if entry is None or known is None or now <= max(known.at, day):
            return entry
        lasts = now - max(known.at, day)
        return replace(entry, seconds=entry.seconds | {known.state: entry.of(known.state) + lasts})

    def course(self, key: Key, now: float) -> tuple[AgentState | None, ...]:
        """The states of the day so far, as `AgentCourse.states` has them; () where nothing was seen."""
        known, course = self._now.get(key), self._courses.get(key)
        if known is None and course is None:
            return ()
        return (course or AgentCourse()).states(now, None if known is None else (known.state, known.at))

    def wrap_up(self, queue_id: str, since: float) -> float | None:
        """Mean seconds of wrap-up after the queue's calls."""
        spells = [spell for spell in self._wraps.get(queue_id, ()) if spell[0] >= since]
        if len(spells) != len(self._wraps.get(queue_id, ())):
            self._wraps[queue_id] = spells
        return mean(sum(seconds for _, seconds in spells), len(spells))

    def keep(self, queues: Container[str]) -> None:
        """Forget the wrap-up of queues that are not there any more."""
        for queue_id in [queue_id for queue_id in self._wraps if queue_id not in queues]:
            del self._wraps[queue_id]

    def _closed(self, key: Key, at: float, day: float) -> AgentDay:
        """The day with all that passed until `at`; a new one where a day has begun since."""
        entry = (
            self._days.get(key)
            or self._kept.pop(key, None)
            or next((day for who, day in reversed(self._left) if who == key), None)
        )
        known = self._now.get(key)
        if entry is None or entry.since < day:
            begun = day if entry is not None else at
            entry = AgentDay(max(day, begun))
            if known is not None:
                known.at = max(known.at, day)
        self._days[key] = entry
        if known is not None and at > known.at:
            entry.seconds[known.state] = entry.of(known.state) + at - known.at
            self._courses.setdefault(key, AgentCourse()).spend(known.state, known.at, at)
            known.at = at
        return entry
