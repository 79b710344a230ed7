"""What an agent is really doing, from their own row and the callers, calls and phones around them.

The order is that of the field (a queue call, ringing, stuck, another call, wrap-up, ready …), with one amendment: a
call in progress beats an unregistered phone, since a call is proof that the phone works.
"""

from __future__ import annotations

from wallboard.board.rows import with_values
from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, Clean

RING_AT_MOST = 75.0
"""Seconds after which a ring without an end is a fault of the PBX: a minute's agent timeout and 15 s of grace."""
ODDS_AT_MOST = 15.0
"""Seconds for which a caller may be with an agent whose own row denies it: lists are read at different times."""

_FREE = frozenset({AgentState.READY, AgentState.MISMATCH, AgentState.OFF, AgentState.BREAK})
_AVAILABLE = frozenset({AgentState.READY, AgentState.MISMATCH, AgentState.UNREACHABLE})
_CALLING = frozenset({CallState.TALKING, CallState.HELD, CallState.RINGING, CallState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Around:
    """What other lists say about one agent. `members` and `calls` are linked rows that name the agent."""

    members: tuple[Member, ...] = ()
    calls: tuple[Call, ...] = ()
    registered: bool | None = None
    wrap_up: float | None = None
    talked_until: float | None = None
    at_odds_since: float | None = None
    ringing: tuple[Key, float] | None = None
    """The call that was seen ringing here last, and since when."""
    now: float = 0.0

    def rung_since(self, call: Call, waited: bool) -> float:
        """When the call began to ring here. Its own begin tells only where the caller has neither waited in a queue
        nor talked to somebody else before, as after a transfer."""
        if self.ringing is not None and self.ringing[0] == call.key:
            return self.ringing[1]
        if waited or call.started_at is None or self.now - call.started_at >= ODDS_AT_MOST:
            return self.now
        return call.started_at

    def served(self, state: MemberState) -> Member | None:
        return next((member for member in self.members if member.state is state), None)

    def call(self) -> Call | None:
        """The call on the agent's phone: a talking one before a held, a held before a ringing one."""
        order = (CallState.TALKING, CallState.HELD, CallState.RINGING, CallState.UNKNOWN)
        live = [call for call in self.calls if call.state in _CALLING]
        return min(live, key=lambda call: (order.index(call.state), call.key), default=None)

    def at_odds(self, row: Row | None) -> bool:
        """Whether a caller counts as answered by an agent who shows no sign of a call."""
        if not isinstance(row, Agent) or row.state not in _FREE:
            return False
        return self.served(MemberState.TALKING) is not None and self.call() is None


def agent_state(row: Agent, around: Around) -> tuple[Agent, bool]:
    """The agent as the board shows it, and whether time alone may change that."""
    call = around.call()
    talking = around.served(MemberState.TALKING)
    ringing = around.served(MemberState.RINGING)
    state, since, again = _state(row, around, call, talking, ringing)
    member = talking if state in (AgentState.TALKING, AgentState.STUCK) else None
    if state is AgentState.RINGING:
        member = ringing
    if member is None and state is AgentState.TALKING and call is not None:
        member = next((m for m in around.members if m.key.id == call.key.id), None)
    name, key = _party(row, member, call if state is not AgentState.STUCK else None)
    if state in (AgentState.READY, AgentState.WRAP_UP, AgentState.BREAK, AgentState.OFF) and not row.with_name:
        name, key = NOTHING, None
    values = {"state": state, "since": since, "registered": around.registered, "with_name": name, "with_key": key}
    return with_values(row, values), again


def _state(
    row: Agent, around: Around, call: Call | None, talking: Member | None, ringing: Member | None
) -> tuple[AgentState, float | None, bool]:
    """State, when it began, and whether time alone may change it."""
    base = row.state
    queue_call = call if call is not None and (call.queue or _member_of(around, call)) else None
    if talking is not None and around.at_odds(row):
        began = around.at_odds_since
        if began is not None and around.now - began >= ODDS_AT_MOST:
            return AgentState.STUCK, began, False
        return AgentState.TALKING, talking.answered_at or row.since, True
    if base is AgentState.TALKING or talking is not None or _talks(queue_call):
        # A call tells better than the row when it began: some vendors date the sign-in.
        began = (talking.answered_at if talking else None) or (queue_call.answered_at if queue_call else None)
        if began is None and row.since is None and call is not None and _talks(call):
            began = call.answered_at or call.started_at
        return AgentState.TALKING, began or row.since, False
    rings = _rings(row, call)
    if base is AgentState.RINGING or ringing is not None or rings:
        since = row.since if base is AgentState.RINGING else None
        if since is None and call is not None and call.state is CallState.RINGING:
            since = around.rung_since(call, waited=queue_call is not None)
        stuck = base is AgentState.RINGING and call is None and since is not None
        if stuck and since is not None and around.now - since >= RING_AT_MOST:
            return AgentState.STUCK, since, False
        return AgentState.RINGING, since, stuck
    if base is AgentState.STUCK:
        return base, row.since, False
    if call is not None:
        return AgentState.OTHER_CALL, call.answered_at or call.started_at or row.since, False
    if base is AgentState.UNREACHABLE or (base in _AVAILABLE and around.registered is False):
        return AgentState.UNREACHABLE, row.since, False
    if base is AgentState.READY and around.wrap_up and around.talked_until is not None:
        ends = around.talked_until + around.wrap_up
        if around.now < ends:
            return AgentState.WRAP_UP, around.talked_until, True
        return AgentState.READY, max(row.since or ends, ends), False
    return base, row.since, False


def _rings(row: Agent, call: Call | None) -> bool:
    """Whether the agent's phone rings: a call that they dial themselves is none that they are rung for."""
    if call is None or call.state is not CallState.RINGING or call.direction is Direction.OUT:
        return False
    return not (call.direction is Direction.INTERNAL and row.extension and row.extension == call.from_number)


def _talks(call: Call | None) -> bool:
    return call is not None and call.state in (CallState.TALKING, CallState.HELD)


def _member_of(around: Around, call: Call) -> bool:
    return any(member.key.id == call.key.id for member in around.members)


def _party(row: Agent, member: Member | None, call: Call | None) -> tuple[Clean, Key | None]:
    """Name or number of the other party, and the key of what can be acted on: the call before the caller."""
    name = NOTHING
    if member is not None:
        name = member.name or member.number
    if not name and call is not None:
        name = other_party(row, call)
    name = name or row.with_name
    if call is not None:
        return name, call.key
    if member is not None:
        return name, member.call_key or member.key
    return name, row.with_key


def other_party(row: Agent, call: Call) -> Clean:
    """Who is on the other side of `call` as seen from the agent's phone."""
    caller, callee = call.from_name or call.from_number, call.to_name or call.to
    if call.direction is Direction.OUT:
        return callee
    if call.direction is Direction.INTERNAL and row.extension and row.extension == call.from_number:
        return callee
    return caller
