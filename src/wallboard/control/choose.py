""" "Which call": the rows that a verb pressed on one row would act on, and the goals that a toggle may have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Literal, TypeVar

from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, ParkedCall, Phone, Queue, Row
from wallboard.domain.states import AgentState, CallState, MemberState, Wanted
from wallboard.vendors.base import Facts, rows_of

T = TypeVar("T")
Toggle = Literal["hold", "sign", "open"]

_IN_QUEUE = (MemberState.WAITING, MemberState.RINGING)
SURE = 5
"""Digits from which on the same number means the same caller."""


def settle_verb(verb: Verb, row: Row | None) -> Verb:
    """`u` on a parked call fetches it: one key, the verb that the row has."""
    return Verb.FETCH if verb is Verb.PICKUP and isinstance(row, ParkedCall) else verb


def goals(toggle: Toggle, row: Row | None) -> tuple[Verb, ...]:
    """What a toggle key may mean on the row as painted: one goal, or several where the state does not tell.

    The caller drops those that the source cannot do and asks if more than one is left.
    """
    match toggle, row:
        case "hold", Call():
            if row.state is CallState.HELD:
                return (Verb.RESUME,)
            return (Verb.HOLD, Verb.RESUME) if row.state is CallState.UNKNOWN else (Verb.HOLD,)
        case "hold", _:
            return (Verb.HOLD,)
        case "sign", Agent():
            return _agent_goals(row)
        case "sign", Phone():
            if row.registered is None:
                return (Verb.SIGNIN, Verb.SIGNOUT)
            return (Verb.SIGNOUT,) if row.registered else (Verb.SIGNIN,)
        case "sign", _:
            return (Verb.SIGNIN, Verb.SIGNOUT)
        case "open", Hotline():
            # Not by what it became: that is why somebody presses the key again.
            if row.wanted is None:
                return (Verb.OPEN, Verb.CLOSE)
            return (Verb.CLOSE,) if row.wanted is Wanted.OPEN else (Verb.OPEN,)
    return (Verb.OPEN,)


def _agent_goals(agent: Agent) -> tuple[Verb, ...]:
    match agent.state:
        case AgentState.OFF:
            return (Verb.SIGNIN,)
        case AgentState.BREAK:
            return (Verb.UNPAUSE, Verb.SIGNIN, Verb.SIGNOUT)
        case AgentState.UNKNOWN | AgentState.MISMATCH | AgentState.UNREACHABLE:
            return (Verb.SIGNIN, Verb.SIGNOUT, Verb.PAUSE, Verb.UNPAUSE)
    return (Verb.PAUSE, Verb.SIGNOUT)


def candidates(verb: Verb, row: Row, facts: Facts) -> Sequence[Row]:
    """The rows that `verb` pressed on `row` would act on: none, one, or several to choose from.

    On Calls and Parked the row itself; on Members the caller; on Agents the agent's call; on Queues `u` takes the next
    caller, `+` and `-` speak of agents.
    """
    match row:
        case Queue() if verb is Verb.PICKUP:
            return next_callers(row, facts)[:1]
        case Queue() if verb in (Verb.STAFF, Verb.UNSTAFF):
            return _agents_for(verb, row, facts)
        case Agent() | Phone() if Kind.CALL in verb.facts.kinds and row.key.kind not in verb.facts.kinds:
            return _calls_of(row, verb, facts)
        case Member() if Kind.MEMBER not in verb.facts.kinds and Kind.CALL in verb.facts.kinds:
            return [call for call in rows_of(Call, facts, row.key.source) if same_call(row, call)][:1]
    return (row,) if row.key.kind in verb.facts.kinds else ()


def next_callers(queue: Queue, facts: Facts) -> Sequence[Member]:
    """Who waits in the queue, the next one first: by the vendor's position, else by who joined first."""
    waiting = [
        member
        for member in rows_of(Member, facts, queue.key.source)
        if member.queue_id == queue.key.id and member.state in _IN_QUEUE
    ]
    far = float("inf")
    return sorted(
        waiting,
        key=lambda member: (
            member.position if member.position is not None else far,
            member.joined_at if member.joined_at is not None else far,
            member.key.id,
        ),
    )


def _calls_of(row: Agent | Phone, verb: Verb, facts: Facts) -> Sequence[Row]:
    source = row.key.source
    other = row.with_key if isinstance(row, Agent) else None
    found: dict[Key, Row] = {}
    for call in rows_of(Call, facts, source):
        if not call.spying and (_is_on(call, row) or call.key == other):
            found[call.key] = call
    if Kind.MEMBER in verb.facts.kinds:
        ids = {key.id for key in found}
        talks = [call for call in found.values() if isinstance(call, Call) and call.state is CallState.TALKING]
        for member in rows_of(Member, facts, source):
            if member.state is MemberState.ABANDONED or (member.serving_key != row.key and member.key != other):
                continue
            # The same call seen in two lists is one call: the list of calls addresses it without its queue.
            if member.key.id in ids or any(
                same_call(member, call) for call in rows_of(Call, facts, source) if call.key in found
            ):
                continue
            # Nobody talks on two answered calls at once, so a caller who withholds the number is on the one there is.
            if _nameless(member) and len(talks) == 1:
                continue
            found[member.key] = member
    return tuple(sorted(found.values(), key=lambda row: (_began(row), row.key.id)))


def _began(row: Row) -> float:
    """Since when the call is there, the oldest first where several are offered."""
    began = row.started_at if isinstance(row, Call) else row.joined_at if isinstance(row, Member) else None
    return began if began is not None else float("inf")


def _is_on(call: Call, row: Agent | Phone) -> bool:
    if call.agent_key == row.key:
        return True
    return isinstance(row, Phone) and bool(set(call.agent_refs) & set(row.refs))


def _agents_for(verb: Verb, queue: Queue, facts: Facts) -> Sequence[Row]:
    wanted, agents = verb is Verb.UNSTAFF, rows_of(Agent, facts, queue.key.source)
    return [agent for agent in agents if any(m.queue_id == queue.key.id for m in agent.memberships) is wanted]


class ByReading(Generic[T]):
    """What is made of a source's rows: once a reading, not once a question."""

    def __init__(self, facts: Facts, resource: Resource, make: Callable[[Sequence[Row]], T]) -> None:
        self._facts = facts
        self._resource = resource
        self._make = make
        self._made: dict[str, tuple[Sequence[Row], T]] = {}

    def of(self, source: str) -> T:
        rows = self._facts.rows(self._resource, source)
        known = self._made.get(source)
        if known is None or known[0] is not rows:
            known = self._made[source] = (rows, self._make(rows))
        return known[1]


class ReadyAgents:
    """Who is the last ready agent of a queue: a queue's whole staff is asked about, each second."""

    def __init__(self, facts: Facts) -> None:
        self._ready = ByReading(facts, Resource.AGENTS, _ready_in)

    def last_in(self, agent: Agent, queue_id: str = "") -> tuple[str, ...]:
        """The queues (or the one asked about) in which `agent` is the only ready one."""
        if agent.state is not AgentState.READY:
            return ()
        ready = self._ready.of(agent.key.source)
        return tuple(
            place.queue or place.queue_id
            for place in agent.memberships
            if (not queue_id or place.queue_id == queue_id)
            and place.paused is not True
            and ready.get(place.queue_id, 0) <= 1
        )


def _ready_in(rows: Sequence[Row]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for agent in rows:
        if isinstance(agent, Agent) and agent.state is AgentState.READY:
            for queue_id in {place.queue_id for place in agent.memberships if place.paused is not True}:
                counts[queue_id] = counts.get(queue_id, 0) + 1
    return counts


class SameCalls:
    """Which rows of Members and of Calls are the same caller: asked for each key that a row offers."""

    def __init__(self, facts: Facts) -> None:
        self._calls = ByReading(facts, Resource.CALLS, _by_agent)
        self._members = ByReading(facts, Resource.MEMBERS, _by_call)

    def aliases(self, row: Row) -> frozenset[Key]:
        """Every key under which the board shows the same call, so that two panes cannot act on it at once."""
        keys = {row.key}
        if isinstance(row, Member | ParkedCall) and row.call_key is not None:
            keys.add(row.call_key)
        source = row.key.source
        if isinstance(row, Member) and row.serving_key is not None:
            keys |= {call.key for call in self._calls.of(source).get(row.serving_key, ()) if same_call(row, call)}
        if isinstance(row, Call):
            known = self._members.of(source)
            found = [member for key in (row.key, row.agent_key) if key is not None for member in known.get(key, ())]
            keys |= {member.key for member in found if same_call(member, row)}
        return frozenset(keys)


def aliases(row: Row, facts: Facts) -> frozenset[Key]:
    """The same, asked once."""
    return SameCalls(facts).aliases(row)


def _by_agent(rows: Sequence[Row]) -> dict[Key, list[Call]]:
    found: dict[Key, list[Call]] = {}
    for row in rows:
        if isinstance(row, Call) and row.agent_key is not None:
            found.setdefault(row.agent_key, []).append(row)
    return found


def _by_call(rows: Sequence[Row]) -> dict[Key, list[Member]]:
    """By the call that a member is, or else by who serves it."""
    found: dict[Key, list[Member]] = {}
    for row in rows:
        if isinstance(row, Member) and (key := row.call_key or row.serving_key) is not None:
            found.setdefault(key, []).append(row)
    return found


def same_call(member: Member, call: Call) -> bool:
    """Whether a row of Members and one of Calls are the same caller: by id, or where the vendor gives the two lists ids
    of their own, by the agent who talks to this number."""
    if member.call_key is not None:
        return member.call_key == call.key
    if member.state is not MemberState.TALKING or member.serving_key is None or call.spying:
        return False
    number = _tail(member.number)
    return call.agent_key == member.serving_key and len(number) >= SURE and number == _tail(call.from_number)


def _nameless(member: Member) -> bool:
    return member.state is MemberState.TALKING and member.call_key is None and len(_tail(member.number)) < SURE


def _tail(number: str) -> str:
    """The end of a number, which is the same however it was written."""
    return "".join(char for char in number if char.isdigit())[-9:]
