"""Whether a verb may act on a row, what it costs whom, and what a person must do before it goes. Pure.

The levels are those of the contract: at once, `y`, and typing the name; or, of a number that a caller chose and that is
no ordinary one, typing the number. Reasons are short clauses, because they
stand beside the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wallboard.board.colleagues import Presence
from wallboard.control.labels import label, number_of, who_hears
from wallboard.domain.command import Destination
from wallboard.domain.keys import Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.notation import shown
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, ResourceState, Wanted
from wallboard.domain.verbs import FORMS, MONITORING, Level, Needs, Verb, deed
from wallboard.vendors.base import Can

CONFERENCE = "conference"
"""`Phone.use` of a conference room."""

_IDLE = frozenset({AgentState.READY, AgentState.BREAK, AgentState.OFF, AgentState.WRAP_UP, AgentState.UNREACHABLE})
_ALIVE = frozenset({MemberState.WAITING, MemberState.RINGING})
_OF_A_CALL = MONITORING | {*(Verb.HOLD, Verb.RESUME, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.HANGUP, Verb.PICKUP)}
_CONFLICTS = _OF_A_CALL | {Verb.FETCH, Verb.CALL}
"""What two people had better not do to one call at once."""
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
    region: str = ""
    """Where the source's national numbers are at home."""
    others: Sequence[Presence] = ()
    """What people at other consoles do with the same call."""
    doubt: str = ""
    """Why the number that `call` would dial must be typed, as a clause."""
    now: float = 0.0
    """Steady UTC seconds: what is over already needs no ending."""


def _no(reason: str) -> Offer:
    return Offer(False, reason)


_SOURCE_REASONS = {
    ResourceState.GONE: mark("its list has not answered for too long"),
    ResourceState.NEVER: mark("its list was never read"),
    ResourceState.UNAVAILABLE: mark("its list is not for this account"),
}


def decide(verb: Verb, row: Row | None, situation: Situation) -> Offer:
    """The offer for `verb` on exactly `row`; `choose` has settled which row that is."""
    if situation.read_only and verb is not Verb.NOTE:
        return _no(tr("read-only"))
    if situation.barred:
        return _no(situation.barred)
    if verb.facts.rowless and row is None:
        return _rowless(situation)
    if row is None:
        return _no(tr("it has ended"))
    mine = verb is Verb.END and situation.session_here
    if row.key.kind not in verb.facts.kinds and not _staffs_a_queue(verb, row) and not mine:
        return _no(_wrong_kind(verb, row))
    if verb is Verb.NOTE:
        return Offer(True, needs="text")
    if situation.ended:
        return _ended(verb, row, situation)
    if situation.in_flight:
        return _no(tr("waits for the answer to {action}", action=situation.in_flight))
    if situation.state in _SOURCE_REASONS and verb is not Verb.CALL:
        return _no(tr(_SOURCE_REASONS[situation.state]))
    reason = "" if mine else _state_reason(verb, row, situation.now) or _session_reason(verb, situation)
    if reason:
        return _no(reason)
    if verb.facts.rings_me and not situation.phone:
        return _no(tr("no phone set"))
    needs: Needs = "agent" if _staffs_a_queue(verb, row) else verb.facts.needs
    return _granted(*_beside(verb, row, situation, _level(verb, row, situation)), needs, situation)


def _rowless(situation: Situation) -> Offer:
    if situation.in_flight:
        return _no(tr("waits for the answer to {action}", action=situation.in_flight))
    return _granted("confirm", tr("everyone sees it"), "form", situation)


def _ended(verb: Verb, row: Row, situation: Situation) -> Offer:
    if verb is not Verb.CALL:
        return _no(tr("it has ended"))
    if not number_of(row):
        return _no(tr("has no number"))
    if not situation.phone:
        return _no(tr("no phone set"))
    # Whether its source can do it was about a row that was there.
    return _granted(*_beside(verb, row, situation, "confirm"), "", replace(situation, can=Can(True)))


def _granted(level: Level, consequence: str, needs: Needs, situation: Situation) -> Offer:
    """Unless the vendor cannot; with what it warns of, and the doubt about a number."""
    can = situation.can
    if not can:
        return _no(can.reason or tr("this vendor cannot"))
    if can.reason:
        # An adapter that can, but adds a reason, warns of a write that may lose what its vendor does not return.
        level, consequence = "name", can.reason
    if situation.doubt:
        level, consequence = (
            "number",
            tr("{doubt}: type it to dial it; {consequence}", doubt=situation.doubt, consequence=consequence),
        )
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


_NOT_FOR = {
    Kind.QUEUE: mark("not for a queue"),
    Kind.MEMBER: mark("not for a member"),
    Kind.AGENT: mark("not for a agent"),
    Kind.CALL: mark("not for a call"),
    Kind.HOTLINE: mark("not for a hotline"),
    Kind.NOTICE: mark("not for a notice"),
    Kind.RECEPTIONIST: mark("not for a receptionist"),
    Kind.PARKED: mark("not for a parked call"),
    Kind.PHONE: mark("not for a phone"),
    Kind.SOURCE: mark("not for a source"),
}


def _wrong_kind(verb: Verb, row: Row) -> str:
    match row:
        case Member() if verb in (Verb.HOLD, Verb.RESUME):
            return tr("waits, nothing to hold") if row.state in _ALIVE else tr("nothing to hold")
        case Member() if verb is Verb.ATTENDED and row.state in _ALIVE:
            return tr("not answered yet")
        case Member() if verb is Verb.ATTENDED:
            return tr("its call is not in the list")
        case Agent() | Phone() if verb in _OF_A_CALL:
            return tr("not on a call")
        case Queue() if verb is Verb.PICKUP:
            return tr("nobody waits")
        case ParkedCall() if verb in (Verb.PARK, Verb.HOLD):
            return tr("parked already")
    if verb is Verb.CALL:
        return tr("has no number")
    if verb in FORMS:
        return tr("nothing to edit here")
    return tr(_NOT_FOR[row.key.kind])


def _state_reason(verb: Verb, row: Row, now: float) -> str:
    match row:
        case Notice() if verb is Verb.CLOSE and row.active_to is not None and row.active_to <= now:
            return tr("over already")
        case Phone() if verb is Verb.ROOM and row.use != CONFERENCE:
            return tr("not a conference room")
        case Call() if verb is Verb.TRANSCRIBE:
            return _transcribe_reason(row)
        case Call():
            return _call_reason(verb, row)
        case Member(state=state) if verb is Verb.CALL and state is not MemberState.ABANDONED:
            return tr("is on the line")
        case ParkedCall() if verb is Verb.CALL:
            return tr("is on the line")
        case _ if verb is Verb.CALL:
            return "" if number_of(row) else tr("has no number")
        case Member(state=MemberState.ABANDONED):
            return tr("hung up")
        case Member() if verb in MONITORING and row.state in _ALIVE:
            return tr("not answered yet")
        case Agent():
            return _agent_reason(verb, row)
        case Hotline():
            return _hotline_reason(verb, row)
        case Phone() if verb is Verb.SIGNIN and row.registered is True:
            return tr("on duty already")
        case Phone() if verb is Verb.SIGNOUT and row.registered is False:
            return tr("off duty already")
    return ""


def _call_reason(verb: Verb, call: Call) -> str:
    if verb is Verb.END:
        return "" if call.mine else tr("not my session")
    if call.mine and verb is not Verb.HANGUP and (call.spying or verb in MONITORING or verb is Verb.PICKUP):
        return tr("on my phone already")
    if call.spying and verb is not Verb.HANGUP:
        return tr("a listening leg")
    match verb, call.state:
        case Verb.CALL, _:
            return tr("is on the line")
        case _, CallState.PARKED if verb in (Verb.PARK, Verb.HOLD):
            return tr("parked already")
        case _, CallState.PARKED if verb in (*MONITORING, Verb.ATTENDED, Verb.RESUME):
            return tr("it is parked")
        case _, CallState.RINGING if verb in (*MONITORING, Verb.ATTENDED, Verb.PARK):
            return tr("not answered yet")
        case ((Verb.HOLD | Verb.RESUME), CallState.RINGING):
            return tr("not answered yet, nothing to hold")
        case Verb.HOLD, CallState.HELD:
            return tr("held already")
    if verb in MONITORING and not call.real:
        return tr("its audio runs elsewhere")
    return ""


def _transcribe_reason(call: Call) -> str:
    if call.spying:
        return tr("my own leg")
    if call.state is CallState.RINGING:
        return tr("not answered yet")
    if call.state is CallState.PARKED:
        return tr("it is parked")
    return "" if call.real else tr("its audio runs elsewhere")


def _agent_reason(verb: Verb, agent: Agent) -> str:
    told = [membership.paused for membership in agent.memberships]
    on_break = agent.state is AgentState.BREAK
    paused = on_break or any(told)
    nowhere = agent.state in (AgentState.READY, AgentState.WRAP_UP, AgentState.OFF) or (bool(told) and None not in told)
    everywhere = (on_break and False not in told) or (bool(told) and all(told))
    match verb:
        case Verb.SIGNIN if agent.state in (_IDLE - {AgentState.OFF, AgentState.BREAK, AgentState.UNREACHABLE}):
            return tr("signed in already")
        case Verb.SIGNOUT if agent.state is AgentState.OFF:
            return tr("signed out already")
        case Verb.PAUSE if agent.state is AgentState.OFF:
            return tr("signed out")
        case Verb.PAUSE if everywhere:
            return tr("paused already")
        case Verb.UNPAUSE if nowhere and not paused:
            return tr("not paused")
        case Verb.UNSTAFF if not agent.memberships:
            return tr("in no queue")
    return ""


def _hotline_reason(verb: Verb, hotline: Hotline) -> str:
    match verb:
        case Verb.OPEN if hotline.wanted is Wanted.OPEN and hotline.state in (HotlineState.OPEN, HotlineState.STARTING):
            return tr("open already")
        case Verb.CLOSE if hotline.wanted is Wanted.PAUSED and hotline.state is HotlineState.PAUSED:
            return tr("paused already")
    return ""


def _session_reason(verb: Verb, situation: Situation) -> str:
    if verb not in MONITORING or situation.session_mode is None:
        return ""
    if not situation.session_here:
        return tr("my {mode} runs, Q ends it", mode=deed(situation.session_mode))
    return tr("{mode} already", mode=deed(situation.session_mode)) if situation.session_mode is verb else ""


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


def _beside(verb: Verb, row: Row, situation: Situation, level: Level) -> tuple[Level, str]:
    """How it is asked about, and what it does; what another has in hand or listens to is asked about in any case."""
    said = _consequence(verb, row, situation)
    switches = situation.session_here and verb in MONITORING
    if not situation.others or switches or verb not in _CONFLICTS:
        return level, said
    first = situation.others[0]
    does = deed(verb, row.key.kind)
    asks = (
        tr("{who} listens to this call: {verb} anyway?", who=first.name, verb=does)
        if first.does == "listens"
        else tr("{who} has it: {verb} anyway?", who=first.name, verb=does)
    )
    return "confirm" if level == "go" else level, f"{asks} {said}".rstrip()


def _consequence(verb: Verb, row: Row, situation: Situation) -> str:
    said = _effect(verb, shown(row, situation.region), situation)
    return (
        tr("my {phone} is on a call already; {said}", phone=situation.phone, said=said)
        if _enters_busy(verb, situation)
        else said
    )


def _effect(verb: Verb, row: Row, situation: Situation) -> str:
    phone = situation.phone
    waiting = isinstance(row, Member) and row.state in _ALIVE
    leaves = ""
    if isinstance(row, Member) and waiting:
        place = tr("place {position}", position=row.position) if row.position else tr("its place")
        leaves = tr("leaves {queue}, loses {place}", queue=row.queue or tr("the queue"), place=place)
    match verb:
        case Verb.LISTEN | Verb.WHISPER | Verb.BARGE:
            return tr("rings my {phone}, {hears}", phone=phone, hears=who_hears(verb, row))
        case Verb.TRANSFER if isinstance(row, ParkedCall):
            return tr("leaves slot {slot}", slot=row.slot)
        case Verb.TRANSFER:
            return (
                tr("{leaves}; counted as pulled, not as abandoned", leaves=leaves) if leaves else tr("leaves the agent")
            )
        case Verb.ATTENDED:
            return tr("the caller waits while the agent speaks with them, and moves when the agent is done")
        case Verb.PARK:
            return leaves
        case Verb.PICKUP if leaves:
            return tr("rings my {phone}, {leaves}", phone=phone, leaves=leaves)
        case Verb.PICKUP:
            return tr("takes the call over to my {phone}", phone=phone)
        case Verb.FETCH:
            return tr("rings my {phone}", phone=phone)
        case Verb.HANGUP:
            return tr("ends the call of {label}", label=label(row))
        case Verb.CALL:
            return tr("rings my {phone}, then calls {number}", phone=phone, number=number_of(row))
        case Verb.CLOSE if isinstance(row, Hotline):
            return tr("calls to {hotline} reach nobody", hotline=row.number or row.name)
        case Verb.CLOSE:
            return tr("the notice ends now for everyone")
        case Verb.CHANGE if isinstance(row, Receptionist):
            return tr("calls to {number} go another way at once", number=row.number or row.name)
        case Verb.CHANGE:
            return tr("everyone sees it at once")
        case Verb.ANNOUNCE:
            return tr("callers and agents hear it from the next call on")
        case Verb.TRANSCRIBE:
            return tr("the vendor writes down what is said")
        case Verb.STAFF | Verb.UNSTAFF if situation.last_ready_in:
            return tr("the last ready agent of {queues}", queues=", ".join(situation.last_ready_in))
        case Verb.SIGNIN | Verb.SIGNOUT | Verb.PAUSE | Verb.UNPAUSE if (
            isinstance(row, Agent) and row.state not in _IDLE
        ):
            return tr("is {state} now", state=tr(row.state.value.replace("_", " ")))
    return ""
