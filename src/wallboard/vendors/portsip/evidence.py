"""How it is known that an accepted action happened: one row a verb.

What this vendor shows: who waits, each agent's status in each queue, and the sessions with everybody on them. It does
not show which calls are held.
"""

from __future__ import annotations

from collections.abc import Callable

from wallboard.domain.command import Command, Fingerprint, Target, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row, in_address
from wallboard.domain.states import AgentState, MemberState
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.portsip.actions import VERBS, asked_through, opposite, wanted_status
from wallboard.vendors.portsip.mapping import parties
from wallboard.vendors.portsip.numbers import dialled, same_number
from wallboard.vendors.portsip.scene import Place, Scene
from wallboard.vendors.portsip.states import normal

SETTLED = 6.0
"""A reading this many seconds after the answer that still shows the old state denies the action."""
TOLERANCE = 3.0
HOLD_HIDDEN = "PortSIP lists no held calls"

DOCUMENTED: dict[Verb, str] = {
    Verb.HOLD: "POST /sessions/{id}/hold {extension_number: of the agent}",
    Verb.RESUME: "POST /sessions/{id}/unhold {extension_number: of the agent}",
    Verb.TRANSFER: "POST /sessions/{id}/refer {extension_number: of the agent, of the queue for who waits, refer_to}",
    Verb.ATTENDED: "POST /sessions/{id}/attended_refer {extension_number, refer_to_1, session_1, refer_to_2, session_2}"
    " (joins two calls that the agent already has)",
    Verb.HANGUP: "POST /sessions/{id}/destroy",
    Verb.PICKUP: "POST /call_queues/{id}/waiting/{session_id}/pickup (to the telephone of the account signed in)",
    Verb.CALL: "POST /sessions {caller: my phone, callee, send_sdp: true}",
    Verb.SIGNIN: "POST /call_queues/{id}/agents/{agent_number} {status: LOGGED_IN}",
    Verb.SIGNOUT: "POST /call_queues/{id}/agents/{agent_number} {status: LOGGED_OUT}",
    Verb.PAUSE: "POST /call_queues/{id}/agents/{agent_number} {status: NOT_READY, or BREAK or LUNCH by the reason}",
    Verb.UNPAUSE: "POST /call_queues/{id}/agents/{agent_number} {status: READY}",
}
_BUSY = (AgentState.TALKING, AgentState.OTHER_CALL, AgentState.RINGING)
Test = Callable[[Trial], bool]


def verification(scene: Scene, phone: str, command: Command, row: Row | None, queue_id: str = "") -> Verification:
    """The row of the table for `command`; `queue_id` is where an agent's status is set."""
    verb = command.verb
    request = DOCUMENTED.get(verb, "")
    lists = (Resource.CALLS, Resource.MEMBERS)
    match verb:
        case Verb.TRANSFER:
            number = dialled(command.destination.number) if command.destination is not None else ""
            return Verification(
                verb,
                request,
                confirms=(Evidence(f"the caller at {number or 'the destination'}", _arrived(number)),),
                denies=(Evidence("the call is still where it was", _unmoved),),
                deadline=20.0,
                watch=lists,
            )
        case Verb.ATTENDED:
            return Verification(
                verb,
                request,
                confirms=(Evidence("both parties on one call, without the agent", _joined(command)),),
                denies=(Evidence("the call is still where it was", _unmoved),),
                deadline=20.0,
                watch=(Resource.CALLS,),
            )
        case Verb.HANGUP:
            return Verification(
                verb,
                request,
                confirms=(Evidence("it is gone from the lists read since", _ended),),
                denies=(Evidence("it is still there", _unmoved),),
                watch=lists,
            )
        case Verb.PICKUP:
            return Verification(
                verb,
                request,
                confirms=(Evidence("the caller on my phone", _on_phone(phone)),),
                denies=(Evidence("the caller left before my phone had them", _left_without(phone)),),
                deadline=20.0,
                watch=lists,
            )
        case Verb.CALL:
            return Verification(
                verb,
                request,
                confirms=(Evidence("the new call on my phone", _placed(command, phone)),),
                deadline=15.0,
                watch=(Resource.CALLS,),
            )
        case Verb.SIGNIN | Verb.SIGNOUT | Verb.PAUSE | Verb.UNPAUSE:
            return Verification(
                verb,
                request,
                confirms=(Evidence("reading it back: the agent's status", _status(scene, command, queue_id, True)),),
                denies=(Evidence("the agent's status has not changed", _status(scene, command, queue_id, False)),),
                deadline=25.0,
                watch=(Resource.AGENTS,),
            )
        case Verb.HOLD | Verb.RESUME:
            return Verification(verb, request, cannot=HOLD_HIDDEN, watch=(Resource.CALLS,))
    return Verification(verb, request, cannot="PortSIP has no such action")


def table() -> list[Verification]:
    """The whole table, for documents and `check`."""
    nobody = Target(Key("", Kind.CALL, "-"), "", Fingerprint((), None, ""))
    return [verification(Scene(""), "", Command("", verb, nobody), None) for verb in VERBS]


# ---- what the lists show -------------------------------------------------------------------------------------------


def _calls(trial: Trial) -> list[Call]:
    return [row for row in trial.facts.rows(Resource.CALLS, trial.source) if isinstance(row, Call)]


def _call_since(trial: Trial) -> bool:
    return trial.read_since(Resource.CALLS, "")


def _settled(trial: Trial, resource: Resource, scope: str) -> bool:
    at = trial.facts.read_at(trial.source, resource, scope)
    return at is not None and at > trial.receipt.answered_at + SETTLED


def _queue_scope(trial: Trial) -> str:
    return trial.before.queue_id if isinstance(trial.before, Member) else ""


def _outside(trial: Trial) -> str:
    """The number of the party that is moved."""
    row = trial.before
    if isinstance(row, Member):
        return row.number
    if not isinstance(row, Call):
        return ""
    return opposite(row, asked_through(trial.command, row) or in_address(row.address, "extension") or "")


def _same_call(trial: Trial, call: Call) -> bool:
    """Whether `call` carries on what was acted on: the same session, or the same party on a session begun since."""
    if call.key.id == trial.command.target.key.id:
        return True
    number = _outside(trial)
    began = call.started_at is not None and call.started_at >= trial.receipt.sent_at - TOLERANCE
    return began and bool(number) and any(same_number(number, party) for party in parties(call))


def _parties_before(trial: Trial) -> tuple[str, ...]:
    return parties(trial.before) if isinstance(trial.before, Call) else ()


def _arrived(number: str) -> Test:
    """A leg at the destination that was not there before, or the caller waiting in that queue."""

    def at_destination(trial: Trial) -> bool:
        known = any(same_number(number, party) for party in _parties_before(trial))
        return any(
            any(same_number(number, party) for party in parties(call))
            and _same_call(trial, call)
            and not (known and call.key.id == trial.command.target.key.id)
            for call in _calls(trial)
        )

    def test(trial: Trial) -> bool:
        if not number:
            return False
        if _call_since(trial) and at_destination(trial):
            return True
        queues = {
            row.key.id
            for row in trial.facts.rows(Resource.QUEUES, trial.source)
            if isinstance(row, Queue) and row.number == number
        }
        return any(
            _waits_anew(trial, row)
            for row in trial.facts.rows(Resource.MEMBERS, trial.source)
            if isinstance(row, Member) and row.queue_id in queues and trial.read_since(Resource.MEMBERS, row.queue_id)
        )

    return test


def _waits_anew(trial: Trial, member: Member) -> bool:
    before = trial.before
    if isinstance(before, Member) and before.queue_id == member.queue_id:
        return False
    if member.key.id == trial.command.target.key.id:
        return True
    joined = member.joined_at is not None and member.joined_at >= trial.receipt.sent_at - TOLERANCE
    return joined and same_number(_outside(trial), member.number)


def _unmoved(trial: Trial) -> bool:
    """Long after the answer the same row is there with the same parties."""
    after, before = trial.after(), trial.before
    if isinstance(before, Call) and isinstance(after, Call):
        return _settled(trial, Resource.CALLS, "") and parties(after) == parties(before)
    if isinstance(before, Member) and isinstance(after, Member):
        same = after.queue_id == before.queue_id and after.state is before.state
        return same and _settled(trial, Resource.MEMBERS, before.queue_id)
    return False


def _joined(command: Command) -> Test:
    number = dialled(command.destination.number) if command.destination is not None else ""

    def test(trial: Trial) -> bool:
        first = _outside(trial)
        extension = asked_through(command, trial.before) or in_address(command.target.address, "extension") or ""
        return _call_since(trial) and any(
            any(same_number(first, party) for party in parties(call))
            and any(same_number(number, party) for party in parties(call))
            and extension not in call.agent_refs
            for call in _calls(trial)
        )

    return test


def _ended(trial: Trial) -> bool:
    """No list that was read since has it: neither the callers of its queue nor the calls."""
    before, identity = trial.before, trial.command.target.key.id
    if any(call.key.id == identity for call in _calls(trial)) or not _call_since(trial):
        return False
    if not isinstance(before, Member):
        return trial.after() is None
    after = trial.after()
    over = after is None or (isinstance(after, Member) and after.state is MemberState.ABANDONED)
    return over and trial.read_since(Resource.MEMBERS, before.queue_id)


def _waiting(trial: Trial) -> bool:
    after = trial.after()
    return isinstance(after, Member) and after.state in (MemberState.WAITING, MemberState.RINGING)


def _mine(trial: Trial, phone: str) -> bool:
    return bool(phone) and any(
        phone in parties(call) and phone not in _parties_before(trial) and _same_call(trial, call)
        for call in _calls(trial)
    )


def _on_phone(phone: str) -> Test:
    def test(trial: Trial) -> bool:
        read = _call_since(trial) and trial.read_since(Resource.MEMBERS, _queue_scope(trial))
        return read and not _waiting(trial) and _mine(trial, phone)

    return test


def _left_without(phone: str) -> Test:
    def test(trial: Trial) -> bool:
        read = _settled(trial, Resource.CALLS, "") and _settled(trial, Resource.MEMBERS, _queue_scope(trial))
        return read and not _waiting(trial) and not _mine(trial, phone)

    return test


def _placed(command: Command, phone: str) -> Test:
    mine = command.arg("phone") or phone

    def test(trial: Trial) -> bool:
        if not _call_since(trial):
            return False
        for call in _calls(trial):
            if call.key.id in trial.receipt.ids:
                return True
            began = call.started_at is not None and call.started_at >= trial.receipt.sent_at - TOLERANCE
            if began and not trial.receipt.ids and mine and call.from_number == mine:
                return True
        return False

    return test


def _fits(verb: Verb, wanted: str, status: str, state: AgentState) -> bool:
    match verb:
        case Verb.SIGNIN:
            return bool(status) and state not in (AgentState.OFF, AgentState.UNREACHABLE, AgentState.UNKNOWN)
        case Verb.SIGNOUT:
            return state is AgentState.OFF
        case Verb.PAUSE:
            return normal(status) == wanted
    # Ready may be a call again within the second.
    return state in (AgentState.READY, AgentState.RINGING, AgentState.TALKING)


def _status(scene: Scene, command: Command, queue_id: str, wanted: bool) -> Test:
    """The agent's status in that queue, heard after the answer (long after it for a denial)."""

    def test(trial: Trial) -> bool:
        if not isinstance(trial.after(), Agent):
            return False
        place = scene.places.get(command.target.key.id, {}).get(queue_id, Place())
        after = trial.receipt.answered_at + (0.0 if wanted else SETTLED)
        if not place.status or place.seen_at <= after:
            return False
        state = scene.state(place.status)
        fits = _fits(command.verb, wanted_status(command), place.status, state)
        # What is set during a call shows when the call ends: until then it is neither done nor refused.
        return fits if wanted else not fits and state not in _BUSY

    return test
