"""Agents and callers of a queue by state, kept up to date row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Member
from wallboard.domain.states import AgentState


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
        return None if self.ready is None else sum(self.of(state) or 0 for state in AgentState)

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


class Tally:
    """The agents and callers of one source by queue."""

    def __init__(self) -> None:
        self._agents: dict[str, dict[AgentState, int]] = {}
        self._roster: dict[str, int] = {}
        self._people: dict[str, set[Key]] = {}
        self._members: dict[str, dict[Key, Member]] = {}

    def agent(self, before: Agent | None, after: Agent | None) -> None:
        for row, step in ((before, -1), (after, 1)):
            for queue_id in {place.queue_id for place in row.memberships} if row is not None else ():
                assert row is not None
                people = self._people.setdefault(queue_id, set())
                (people.add if step > 0 else people.discard)(row.key)
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
        if before is not None and (after is None or after.queue_id != before.queue_id):
            rows = self._members.get(before.queue_id, {})
            rows.pop(before.key, None)
            if not rows:
                self._members.pop(before.queue_id, None)
        if after is not None:
            self._members.setdefault(after.queue_id, {})[after.key] = after

    def counts(self, queue_id: str) -> AgentCounts:
        """None for all where the queue has only people whose vendor tells no states: that is not "nobody ready"."""
        states = self._agents.get(queue_id, {})
        if self._roster.get(queue_id) and not any(states.values()):
            return AgentCounts()
        return count(states)

    def people(self, queue_id: str) -> Iterable[Key]:
        """The agents of the queue."""
        return self._people.get(queue_id, ())

    def members(self, queue_id: str) -> Iterable[Member]:
        return self._members.get(queue_id, {}).values()
