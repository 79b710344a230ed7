"""Agents and callers of a queue by state, kept up to date row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Member
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState

_BUSY = (AgentState.TALKING, AgentState.WRAP_UP)
_FREE = (AgentState.READY, AgentState.RINGING)


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """Agents of a queue by state; all None while they have not been read."""

    ready: int | None = None
    ringing: int | None = None
    talking: int | None = None
    wrap_up: int | None = None
    break_: int | None = None
    other_call: int | None = None
    off: int | None = None
    unreachable: int | None = None
    stuck: int | None = None
    mismatch: int | None = None
    unknown: int | None = None

    def of(self, state: AgentState) -> int | None:
        name = "break_" if state is AgentState.BREAK else state.value
        value: int | None = getattr(self, name)
        return value

    @property
    def total(self) -> int | None:
        if self.ready is None:
            return None
        at_it = (self.ready, self.ringing, self.talking, self.wrap_up, self.break_, self.other_call)
        return sum(filter(None, (*at_it, self.off, self.unreachable, self.stuck, self.mismatch, self.unknown)))

    @property
    def staffed(self) -> int | None:
        """All but off and unreachable."""
        total = self.total
        return None if total is None else total - (self.off or 0) - (self.unreachable or 0)


def count(states: dict[AgentState, int]) -> AgentCounts:
    numbers = {("break_" if state is AgentState.BREAK else state.value): states.get(state, 0) for state in AgentState}
    return AgentCounts(**numbers)


def place_state(agent: Agent, queue_id: str) -> AgentState:
    """The agent's state as this queue sees it: paused here alone is a break here alone."""
    if agent.state is AgentState.READY:
        for place in agent.memberships:
            if place.queue_id == queue_id and place.paused:
                return AgentState.BREAK
    return agent.state


def _stands(agent: Agent) -> tuple[object, ...]:
    return agent.state, agent.no_state, agent.memberships


@dataclass(slots=True)
class _Time:
    """Seconds that a queue's agents together were busy and free, from `since` up to `at`."""

    since: float
    at: float
    busy: float = 0.0
    free: float = 0.0

    def spent(self, now: float, states: Mapping[AgentState, int], blind: bool) -> tuple[float, float]:
        """Up to now, each agent being in the same state since `at`."""
        lasts = 0.0 if blind else max(0.0, now - self.at)
        busy, free = (sum(states.get(state, 0) for state in of) for of in (_BUSY, _FREE))
        return self.busy + busy * lasts, self.free + free * lasts

    def until(self, now: float, states: Mapping[AgentState, int], blind: bool) -> None:
        if now > self.at:
            self.busy, self.free = self.spent(now, states, blind)
            self.at = now


class Tally:
    """The agents and callers of one source by queue."""

    def __init__(self) -> None:
        self._agents: dict[str, dict[AgentState, int]] = {}
        self._roster: dict[str, int] = {}
        self._people: dict[str, set[Key]] = {}
        self._members: dict[str, dict[Key, Member]] = {}
        self._times: dict[str, _Time] = {}
        self._counts: dict[str, AgentCounts] = {}
        self._blind = False
        self.versions: Counter[str] = Counter()
        """Of each queue: rises with whatever is another now."""

    def agent(self, before: Agent | None, after: Agent | None, at: float) -> None:
        if before is not None and after is not None and _stands(before) == _stands(after):
            return
        rows = [row for row in (before, after) if row is not None]
        for queue_id in {place.queue_id for row in rows for place in row.memberships}:
            self.versions[queue_id] += 1
            self._counts.pop(queue_id, None)
            self._times.setdefault(queue_id, _Time(at, at)).until(at, self._agents.get(queue_id, {}), self._blind)
        for row, step in ((before, -1), (after, 1)):
            for queue_id in {place.queue_id for place in row.memberships} if row is not None else ():
                assert row is not None
                people = self._people.setdefault(queue_id, set())
                (people.add if step > 0 else people.discard)(row.key)
                if not people:
                    del self._people[queue_id]
                if row.no_state:
                    self._roster[queue_id] = self._roster.get(queue_id, 0) + step
                    if not self._roster[queue_id]:
                        del self._roster[queue_id]
                    continue
                states = self._agents.setdefault(queue_id, {})
                state = place_state(row, queue_id)
                states[state] = states.get(state, 0) + step
                if not any(states.values()):
                    del self._agents[queue_id]

    def member(self, before: Member | None, after: Member | None) -> None:
        self.versions.update({row.queue_id for row in (before, after) if row is not None})
        if before is not None and (after is None or after.queue_id != before.queue_id):
            rows = self._members.get(before.queue_id, {})
            rows.pop(before.key, None)
            if not rows:
                self._members.pop(before.queue_id, None)
        if after is not None:
            self._members.setdefault(after.queue_id, {})[after.key] = after

    def counts(self, queue_id: str) -> AgentCounts:
        """None for all where the queue has only people whose vendor tells no states: that is not "nobody ready"."""
        found = self._counts.get(queue_id)
        if found is None:
            states = self._agents.get(queue_id, {})
            nobody = self._roster.get(queue_id) and not any(states.values())
            found = self._counts[queue_id] = AgentCounts() if nobody else count(states)
        return found

    def blind(self, since: float | None, now: float) -> None:
        """Nothing is known of any agent from `since` on; None: it is again. That time counts in no state."""
        if self._blind is not (since is not None):
            for queue_id, time in self._times.items():
                time.until(now if since is None else since, self._agents.get(queue_id, {}), self._blind)
            self._blind = since is not None

    def occupancy(self, queue_id: str, now: float, day: float) -> float | None:
        """The share of time in talk and wrap-up of that and the time ready or rung for, of all agents of the queue,
        since the day began; None while there is none."""
        time = self._times.get(queue_id)
        if time is None:
            return None
        if time.since < day:
            time.since, time.at, time.busy, time.free = day, max(day, time.at), 0.0, 0.0
        busy, free = time.spent(now, self._agents.get(queue_id, {}), self._blind)
        return busy / (busy + free) if busy + free > 0 else None

    def keep(self, queues: Collection[str]) -> None:
        """Forget the time of queues that are no more."""
        for kept in (self._times, self.versions):
            for queue_id in [queue_id for queue_id in kept if queue_id not in queues]:
                del kept[queue_id]

    def people(self, queue_id: str) -> Collection[Key]:
        """The agents of the queue."""
        return self._people.get(queue_id, ())

    def members(self, queue_id: str) -> Iterable[Member]:
        return self._members.get(queue_id, {}).values()
