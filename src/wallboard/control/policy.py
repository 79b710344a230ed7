"""Whether a verb may act on a row, what it costs whom, and what a person must do before it goes. Pure.

The levels are those of the contract: at once, `y`, and typing the name; or, of a number that a caller chose and that is
no ordinary one, typing the number. Reasons are short clauses, because they
stand beside the keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wallboard.control.labels import label, number_of, who_hears
from wallboard.domain.command import Destination
from wallboard.domain.keys import Kind
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, ResourceState, Wanted
from wallboard.domain.verbs import FORMS, MONITORING, Level, Needs, Verb
from wallboard.vendors.base import Can

CONFERENCE = "conference"
"""`Phone.use` of a conference room."""

_IDLE = frozenset({AgentState.READY, AgentState.BREAK, AgentState.OFF, AgentState.WRAP_UP, AgentState.UNREACHABLE})
_ALIVE = frozenset({MemberState.WAITING, MemberState.RINGING})
_OF_A_CALL = MONITORING | {*(Verb.HOLD, Verb.RESUME, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.HANGUP, Verb.PICKUP)}
_ANSWERED = frozenset({MemberState.TALKING, CallState.TALKING, CallState.HELD})


@dataclass(frozen=True, slots=True)
class Offer:
    """What a key would do now. `reason` says why not; `level` how to confirm it; `consequence` who notices what;
    `needs` what is still to be chosen or written before it can be sent."""

    ok: bool
    reason: str = ""
    level: Level = "go"
    consequence: str = ""
    needs: Needs = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the decision depends on beside the verb and the row."""

    can: Can
    state: ResourceState = ResourceState.LIVE
    phone: str = ""
    phone_busy: bool = False
    """Whether my phone is on a call already."""
    read_only: bool = False
    barred: str = ""
    """Why this operator does not use the verb at all, or ""."""
    in_flight: str = ""
    """The verb whose answer the row waits for, or ""."""
    session_mode: Verb | None = None
    """My running listen, whisper or barge, None without one."""
    session_here: bool = False
    """Whether that session is on this row."""
    last_ready_in: tuple[str, ...] = ()
    """Queues in which this agent is the only ready one."""
    ended: bool = False
    """The row has vanished, and is known only as it was last painted."""
    doubt: str = ""
    """Why the number that `call` would dial must be typed, as a clause."""
    now: float = 0.0
    """Steady UTC seconds: what is over already needs no ending."""


def _no(reason: str) -> Offer:
    return Offer(False, reason)


_SOURCE_REASONS = {
    ResourceState.GONE: "its list has not answered for too long",
    ResourceState.NEVER: "its list was never read",
    ResourceState.UNAVAILABLE: "its list is not for this account",
}


def decide(verb: Verb, row: Row | None, situation: Situation) -> Offer:
    """The offer for `verb` on exactly `row`; `choose` has settled which row that is."""
    if situation.read_only and verb is not Verb.NOTE:
        return _no("read-only")
    if situation.barred:
        return _no(situation.barred)
    if verb.facts.rowless and row is None:
        return _rowless(situation)
    if row is None:
        return _no("it has ended")
    mine = verb is Verb.END and situation.session_here
    if row.key.kind not in verb.facts.kinds and not _staffs_a_queue(verb, row) and not mine:
        return _no(_wrong_kind(verb, row))
    if verb is Verb.NOTE:
        return Offer(True, needs="text")
    if situation.ended:
        return _ended(verb, row, situation)
    if situation.in_flight:
        return _no(f"waits for the answer to {situation.in_flight}")
    if situation.state in _SOURCE_REASONS and verb is not Verb.CALL:
        return _no(_SOURCE_REASONS[situation.state])
    reason = "" if mine else _state_reason(verb, row, situation.now) or _session_reason(verb, situation)
    if reason:
        return _no(reason)
    if verb.facts.rings_me and not situation.phone:
        return _no("no phone set")
    needs: Needs = "agent" if _staffs_a_queue(verb, row) else verb.facts.needs
    return _granted(_level(verb, row, situation), _consequence(verb, row, situation), needs, situation)


def _rowless(situation: Situation) -> Offer:
    if situation.in_flight:
        return _no(f"waits for the answer to {situation.in_flight}")
    return _granted("confirm", "everyone sees it", "form", situation)


def _ended(verb: Verb, row: Row, situation: Situation) -> Offer:
    if verb is not Verb.CALL:
        return _no("it has ended")
    if not number_of(row):
        return _no("has no number")
    if not situation.phone:
        return _no("no phone set")
    # Whether its source can do it was about a row that was there.
    return _granted("confirm", _consequence(verb, row, situation), "", replace(situation, can=Can(True)))


def _granted(level: Level, consequence: str, needs: Needs, situation: Situation) -> Offer:
    """Unless the vendor cannot; with what it warns of, and the doubt about a number."""
    can = situation.can
    if not can:
        return _no(can.reason or "this vendor cannot")
    if can.reason:
        # An adapter that can, but adds a reason, warns of a write that may lose what its vendor does not return.
        level, consequence = "name", can.reason
    if situation.doubt:
        level, consequence = "number", f"{situation.doubt}: type it to dial it; {consequence}"
    return Offer(True, level=level, consequence=consequence, needs=can.needs or needs)


def confirmation(
    offer: Offer, *, destination: Destination | None = None, warning: str = "", elsewhere: bool = False
) -> Level:
    """How an offer is confirmed with what was chosen since. A number that no directory knows may cut the caller off,
    and a row that is not the one under the cursor may not be the one that was meant (`elsewhere`): both are asked for
    even where the verb goes at once. A form that warns asks for the name."""
    if warning:
        return "name"
    unknown = destination is not None and destination.key is None and not destination.label
    return "confirm" if offer.level == "go" and (unknown or elsewhere) else offer.level


def _staffs_a_queue(verb: Verb, row: Row) -> bool:
    return verb in (Verb.STAFF, Verb.UNSTAFF) and isinstance(row, Queue)


def _wrong_kind(verb: Verb, row: Row) -> str:
    match row:
        case Member() if verb in (Verb.HOLD, Verb.RESUME):
            return "waits, nothing to hold" if row.state in _ALIVE else "nothing to hold"
        case Member() if verb is Verb.ATTENDED and row.state in _ALIVE:
            return "not answered yet"
        case Member() if verb is Verb.ATTENDED:
            return "its call is not in the list"
        case Agent() | Phone() if verb in _OF_A_CALL:
            return "not on a call"
        case Queue() if verb is Verb.PICKUP:
            return "nobody waits"
        case ParkedCall() if verb in (Verb.PARK, Verb.HOLD):
            return "parked already"
    if verb is Verb.CALL:
        return "has no number"
    if verb in FORMS:
        return "nothing to edit here"
    return f"not for a {'parked call' if row.key.kind is Kind.PARKED else row.key.kind.value}"


def _state_reason(verb: Verb, row: Row, now: float) -> str:
    match row:
        case Notice() if verb is Verb.CLOSE and row.active_to is not None and row.active_to <= now:
            return "over already"
        case Phone() if verb is Verb.ROOM and row.use != CONFERENCE:
            return "not a conference room"
        case Call() if verb is Verb.TRANSCRIBE:
            return _transcribe_reason(row)
        case Call():
            return _call_reason(verb, row)
        case Member(state=state) if verb is Verb.CALL and state is not MemberState.ABANDONED:
            return "is on the line"
        case ParkedCall() if verb is Verb.CALL:
            return "is on the line"
        case _ if verb is Verb.CALL:
            return "" if number_of(row) else "has no number"
        case Member(state=MemberState.ABANDONED):
            return "hung up"
        case Member() if verb in MONITORING and row.state in _ALIVE:
            return "not answered yet"
        case Agent():
            return _agent_reason(verb, row)
        case Hotline():
            return _hotline_reason(verb, row)
        case Phone() if verb is Verb.SIGNIN and row.registered is True:
            return "on duty already"
        case Phone() if verb is Verb.SIGNOUT and row.registered is False:
            return "off duty already"
    return ""


def _call_reason(verb: Verb, call: Call) -> str:
    if verb is Verb.END:
        return "" if call.mine else "not my session"
    if call.mine and verb is not Verb.HANGUP and (call.spying or verb in MONITORING or verb is Verb.PICKUP):
        return "on my phone already"
    if call.spying and verb is not Verb.HANGUP:
        return "a listening leg"
    match verb, call.state:
        case Verb.CALL, _:
            return "is on the line"
        case _, CallState.PARKED if verb in (Verb.PARK, Verb.HOLD):
            return "parked already"
        case _, CallState.PARKED if verb in (*MONITORING, Verb.ATTENDED, Verb.RESUME):
            return "it is parked"
        case _, CallState.RINGING if verb in (*MONITORING, Verb.ATTENDED, Verb.PARK):
            return "not answered yet"
        case ((Verb.HOLD | Verb.RESUME), CallState.RINGING):
            return "not answered yet, nothing to hold"
        case Verb.HOLD, CallState.HELD:
            return "held already"
    if verb in MONITORING and not call.real:
        return "its audio runs elsewhere"
    return ""


def _transcribe_reason(call: Call) -> str:
    if call.spying:
        return "my own leg"
    if call.state is CallState.RINGING:
        return "not answered yet"
    if call.state is CallState.PARKED:
        return "it is parked"
    return "" if call.real else "its audio runs elsewhere"


def _agent_reason(verb: Verb, agent: Agent) -> str:
    told = [membership.paused for membership in agent.memberships]
    on_break = agent.state is AgentState.BREAK
    paused = on_break or any(told)
    nowhere = agent.state in (AgentState.READY, AgentState.WRAP_UP, AgentState.OFF) or (bool(told) and None not in told)
    everywhere = (on_break and False not in told) or (bool(told) and all(told))
    match verb:
        case Verb.SIGNIN if agent.state in (_IDLE - {AgentState.OFF, AgentState.BREAK, AgentState.UNREACHABLE}):
            return "signed in already"
        case Verb.SIGNOUT if agent.state is AgentState.OFF:
            return "signed out already"
        case Verb.PAUSE if agent.state is AgentState.OFF:
            return "signed out"
        case Verb.PAUSE if everywhere:
            return "paused already"
        case Verb.UNPAUSE if nowhere and not paused:
            return "not paused"
        case Verb.UNSTAFF if not agent.memberships:
            return "in no queue"
    return ""


def _hotline_reason(verb: Verb, hotline: Hotline) -> str:
    match verb:
        case Verb.OPEN if hotline.wanted is Wanted.OPEN and hotline.state in (HotlineState.OPEN, HotlineState.STARTING):
            return "open already"
        case Verb.CLOSE if hotline.wanted is Wanted.PAUSED and hotline.state is HotlineState.PAUSED:
            return "paused already"
    return ""


def _session_reason(verb: Verb, situation: Situation) -> str:
    if verb not in MONITORING or situation.session_mode is None:
        return ""
    if not situation.session_here:
        return f"my {situation.session_mode.value} runs, Q ends it"
    return f"{situation.session_mode.value} already" if situation.session_mode is verb else ""


def _level(verb: Verb, row: Row, situation: Situation) -> Level:
    """The table's level, raised or lowered by the row's state."""
    if _enters_busy(verb, situation):
        return "confirm"
    match verb:
        case Verb.CLOSE if isinstance(row, Notice):
            return "confirm"
        case Verb.PICKUP if isinstance(row, Member) and row.state is MemberState.WAITING:
            return "go"
        case Verb.PARK if isinstance(row, Call | Member) and row.state in _ANSWERED:
            return "go"
        case Verb.SIGNIN | Verb.SIGNOUT | Verb.PAUSE | Verb.UNPAUSE:
            return "confirm" if isinstance(row, Agent) and row.state not in _IDLE else "go"
        case Verb.UNSTAFF if situation.last_ready_in:
            return "confirm"
    return verb.facts.level


def _enters_busy(verb: Verb, situation: Situation) -> bool:
    """Whether my phone would be rung while I talk on it. A switch of my own session rings nobody anew."""
    switches = verb in MONITORING and situation.session_here
    return verb.facts.rings_me and situation.phone_busy and not switches


def _consequence(verb: Verb, row: Row, situation: Situation) -> str:
    said = _effect(verb, row, situation)
    return f"my {situation.phone} is on a call already; {said}" if _enters_busy(verb, situation) else said


def _effect(verb: Verb, row: Row, situation: Situation) -> str:
    phone = situation.phone
    waiting = isinstance(row, Member) and row.state in _ALIVE
    leaves = ""
    if isinstance(row, Member) and waiting:
        place = f"place {row.position}" if row.position else "its place"
        leaves = f"leaves {row.queue or 'the queue'}, loses {place}"
    match verb:
        case Verb.LISTEN | Verb.WHISPER | Verb.BARGE:
            return f"rings my {phone}, {who_hears(verb, row)}"
        case Verb.TRANSFER if isinstance(row, ParkedCall):
            return f"leaves slot {row.slot}"
        case Verb.TRANSFER:
            return f"{leaves}; counted as pulled, not as abandoned" if leaves else "leaves the agent"
        case Verb.ATTENDED:
            return "the caller waits while the agent speaks with them, and moves when the agent is done"
        case Verb.PARK:
            return leaves
        case Verb.PICKUP if leaves:
            return f"rings my {phone}, {leaves}"
        case Verb.PICKUP:
            return f"takes the call over to my {phone}"
        case Verb.FETCH:
            return f"rings my {phone}"
        case Verb.HANGUP:
            return f"ends the call of {label(row)}"
        case Verb.CALL:
            return f"rings my {phone}, then calls {number_of(row)}"
        case Verb.CLOSE if isinstance(row, Hotline):
            return f"calls to {row.number or row.name} reach nobody"
        case Verb.CLOSE:
            return "the notice ends now for everyone"
        case Verb.CHANGE if isinstance(row, Receptionist):
            return f"calls to {row.number or row.name} go another way at once"
        case Verb.CHANGE:
            return "everyone sees it at once"
        case Verb.ANNOUNCE:
            return "callers and agents hear it from the next call on"
        case Verb.TRANSCRIBE:
            return "the vendor writes down what is said"
        case Verb.STAFF | Verb.UNSTAFF if situation.last_ready_in:
            return f"the last ready agent of {', '.join(situation.last_ready_in)}"
        case Verb.SIGNIN | Verb.SIGNOUT | Verb.PAUSE | Verb.UNPAUSE if (
            isinstance(row, Agent) and row.state not in _IDLE
        ):
            return f"is {row.state.value.replace('_', ' ')} now"
    return ""
