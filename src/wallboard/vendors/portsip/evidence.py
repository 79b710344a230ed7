"""How it is known that an accepted action happened: one row a verb.

What this vendor shows: who waits, each agent's status in each queue, and the sessions with everybody on them. It does
not show which calls are held.
"""

from __future__ import annotations

from functools import partial

from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Row, in_address
from wallboard.domain.parties import number_of
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.kit.evidence import (
    DEADLINE,
    SETTLED,
    Test,
    TwiceRunning,
    arrived,
    began_with,
    calls,
    documented,
    oldest,
    over,
    read_at,
    settled,
    unmoved,
    was_so,
)
from wallboard.vendors.kit.numbers import same_number
from wallboard.vendors.portsip.actions import VERBS, asked_through, opposite, wanted_status
from wallboard.vendors.portsip.mapping import parties
from wallboard.vendors.portsip.numbers import dialled
from wallboard.vendors.portsip.scene import Place, Scene
from wallboard.vendors.portsip.states import normal

HOLD_HIDDEN = mark("PortSIP lists no held calls")

# What else could produce the evidence, and why it is not taken for it.
SAME_NUMBER_THERE = (
    "another call of the same number at the destination, or a third party called in: in two lists running the "
    "telephone that referred is off the session, and it is the same session; or a new one that began with the action, "
    "its number nobody else's"
)
TWO_OTHERS = (
    "an earlier call between the two, or the agent still between them: in two lists running the agent is on neither "
    "session, and it is one of the two that were there, changed, or one begun with the action"
)
LIST_WITHOUT = (
    "one list that lacks the row, or somebody who moved the caller in that moment: two lists running, and no new "
    "session of the caller"
)
SAME_NUMBER_TO_ME = (
    "another call of the same number on my phone, one that was on it before, or mine that only rings: the same "
    "session, or one begun with the action whose number is nobody else's; answered, and the caller waits no more"
)
MY_OWN_CALL = "a call that I dial myself: the session's id is in the answer; without one it dials the number and is new"
OLD_STATUS = (
    "a status told before the answer, or kept because the agent could not be read, a call of one who is logged out or "
    "was busy before: it must be told since, and differ in what was asked; who was so before is said to have been"
)

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


def verification(scene: Scene, phone: str, command: Command, row: Row | None, queue_id: str = "") -> Verification:
    """The row of the table for `command`; `queue_id` is where an agent's status is set."""
    verb = command.verb
    row_of = partial(Verification, verb, DOCUMENTED.get(verb, ""))
    lists = (Resource.CALLS, Resource.MEMBERS)
    match verb:
        case Verb.TRANSFER:
            number = _dialled(command)
            text = tr("the caller at {number}", number=number) if number else tr("the caller at the destination")
            there = Evidence(text, _arrived(number), SAME_NUMBER_THERE)
            return row_of((there,), (Evidence(tr("the call is still where it was"), _unmoved),), DEADLINE, lists)
        case Verb.ATTENDED:
            both = tr("both parties on one call, without the agent")
            joined = Evidence(both, _joined(_dialled(command)), TWO_OTHERS)
            denied = Evidence(tr("the call is still where it was"), _unmoved)
            return row_of((joined,), (denied,), DEADLINE, (Resource.CALLS,))
        case Verb.HANGUP:
            gone = Evidence(tr("it is gone from two lists read since"), _over(), LIST_WITHOUT)
            return row_of((gone,), (Evidence(tr("it is still there"), _unmoved),), 15.0, lists)
        case Verb.PICKUP:
            mine = Evidence(tr("the caller on my phone"), _on_phone(phone), SAME_NUMBER_TO_ME)
            left = Evidence(tr("the caller left before my phone had them"), _left_without(phone))
            return row_of((mine,), (left,), DEADLINE, lists)
        case Verb.CALL:
            placed = Evidence(tr("the new call on my phone"), _placed(command, phone, row), MY_OWN_CALL)
            return row_of((placed,), (), 15.0, (Resource.CALLS,))
        case Verb.SIGNIN | Verb.SIGNOUT | Verb.PAUSE | Verb.UNPAUSE:
            was = _place(scene, command, queue_id).status
            text = was_so(tr("reading it back: the agent's status"), _fits(command, was, scene.state(was)))
            told = Evidence(text, _status(scene, command, queue_id, True, was), OLD_STATUS)
            same = tr("the agent's status has not changed")
            kept = Evidence(same, _status(scene, command, queue_id, False, was))
            return row_of((told,), (kept,), 25.0, (Resource.AGENTS,))
        case Verb.HOLD | Verb.RESUME:
            return row_of(cannot=tr(HOLD_HIDDEN), watch=(Resource.CALLS,))
    return row_of(cannot=tr("PortSIP has no such action"))


def table() -> list[Verification]:
    return [verification(Scene(""), "", documented(verb), None) for verb in VERBS]


_calls_read = read_at(Resource.CALLS)


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


def _acting(trial: Trial) -> str:
    row, command = trial.before, trial.command
    if isinstance(row, Member) and row.state is MemberState.TALKING and row.serving_ref:
        return row.serving_ref
    return asked_through(command, row) or in_address(command.target.address, "extension") or ""


def _was(trial: Trial, call: Call) -> tuple[str, ...] | None:
    """Who was on this session when the action was sent; None: it was not there."""
    old = trial.at_sending.get(call.key)
    if isinstance(old, Call):
        return parties(old)
    before = trial.before
    return parties(before) if isinstance(before, Call) and before.key == call.key else None


def _names(row: Row, number: str) -> bool:
    """Whether `number` is one of a call's parties, or a caller's own."""
    numbers = parties(row) if isinstance(row, Call) else (row.number,) if isinstance(row, Member) else ()
    return any(same_number(number, each) for each in numbers)


def _shared(trial: Trial, number: str) -> bool:
    """Whether two sessions had this number when it was sent: that of a company is shown by everybody in it."""
    return len({row.key.id for row in trial.at_sending.values() if _names(row, number)}) > 1


def _carries_on(trial: Trial, row: Call | Member) -> bool:
    """Whether it is the session that was acted on, or a new one of the same party that began with the action."""
    if row.key.id == trial.command.target.key.id:
        return True
    number = _outside(trial)
    if row.key.id in {key.id for key in trial.at_sending} or not began_with(trial, row):
        return False
    return bool(number) and _names(row, number) and not _shared(trial, number)


def _left(trial: Trial) -> bool:
    """Off the telephone that referred it, or out of the queue in which it waited."""
    before, acting = trial.before, _acting(trial)
    if isinstance(before, Member) and before.state is not MemberState.TALKING:
        after = trial.after()
        moved = isinstance(after, Member) and after.queue_id != before.queue_id
        return moved or not _waiting(trial)
    target = trial.command.target.key.id
    return not any(call.key.id == target and acting in parties(call) for call in calls(trial))


def _target_read(trial: Trial) -> float | None:
    if isinstance(trial.before, Member) and trial.before.state is not MemberState.TALKING:
        return read_at(Resource.MEMBERS, trial.before.queue_id)(trial)
    return _calls_read(trial)


def _arrived(number: str) -> Test:
    """The call has left where it was, and is at the destination, which it was not before, or waits in that queue."""

    def at_destination(trial: Trial, call: Call) -> bool:
        before = any(same_number(number, party) for party in _was(trial, call) or ())
        return _names(call, number) and not before and _carries_on(trial, call)

    return arrived(number, _left, at_destination, _waits_anew, _target_read)


def _waits_anew(trial: Trial, member: Member) -> bool:
    old = trial.at_sending.get(member.key, trial.before)
    if member.state not in (MemberState.WAITING, MemberState.RINGING):
        return False
    if isinstance(old, Member) and old.key == member.key and old.queue_id == member.queue_id:
        return False
    return _carries_on(trial, member)


def _unmoved(trial: Trial) -> bool:
    """Long after the answer the same row is there with the same parties."""
    of_queue = isinstance(trial.before, Member)
    late = settled(trial, Resource.MEMBERS if of_queue else Resource.CALLS, _queue_scope(trial))
    return late and unmoved(trial, lambda after, before: parties(after) == parties(before))


def _dialled(command: Command) -> str:
    return dialled(command.destination.number) if command.destination is not None else ""


def _joined(number: str) -> Test:
    def test(trial: Trial) -> bool:
        first, acting = _outside(trial), _acting(trial)
        target = trial.command.target.key
        two = {
            key
            for key, row in trial.at_sending.items()
            if isinstance(row, Call) and acting in parties(row) and (key == target or _names(row, number))
        } | {target}
        if not number or any(call.key in two and acting in parties(call) for call in calls(trial)):
            return False
        return any(
            _names(call, first)
            and _names(call, number)
            and acting not in parties(call)
            and (call.key in two or (_was(trial, call) is None and began_with(trial, call)))
            for call in calls(trial)
        )

    return TwiceRunning(test, _calls_read)


def _over() -> Test:
    """No list that was read since has it, neither the callers of its queue nor the calls, and it goes on nowhere."""

    def read(trial: Trial) -> float | None:
        if not isinstance(trial.before, Member):
            return _calls_read(trial)
        scope = trial.before.queue_id
        return oldest(_calls_read(trial), read_at(Resource.MEMBERS, scope)(trial))

    def test(trial: Trial) -> bool:
        return over(trial) and not any(_carries_on(trial, call) for call in calls(trial))

    return TwiceRunning(test, read)


def _waiting(trial: Trial) -> bool:
    after = trial.after()
    return isinstance(after, Member) and after.state in (MemberState.WAITING, MemberState.RINGING)


def _mine(trial: Trial, phone: str) -> list[Call]:
    """The sessions of this caller that my phone has come on."""
    return [
        call
        for call in calls(trial)
        if phone and phone in parties(call) and phone not in (_was(trial, call) or ()) and _carries_on(trial, call)
    ]


def _on_phone(phone: str) -> Test:
    def test(trial: Trial) -> bool:
        read = trial.read_since(Resource.CALLS, "") and trial.read_since(Resource.MEMBERS, _queue_scope(trial))
        answered = any(call.state is not CallState.RINGING for call in _mine(trial, phone))
        return read and not _waiting(trial) and answered

    return test


def _left_without(phone: str) -> Test:
    def test(trial: Trial) -> bool:
        read = settled(trial, Resource.CALLS) and settled(trial, Resource.MEMBERS, _queue_scope(trial))
        return read and not _waiting(trial) and not _mine(trial, phone)

    return test


def _placed(command: Command, phone: str, row: Row | None) -> Test:
    mine = command.arg("phone") or phone
    number = dialled(command.destination.number if command.destination is not None else number_of(row))

    def test(trial: Trial) -> bool:
        if not trial.read_since(Resource.CALLS, ""):
            return False
        new = [call for call in calls(trial) if _was(trial, call) is None]
        if trial.receipt.ids:
            return any(call.key.id in trial.receipt.ids for call in new)
        return any(
            bool(mine) and call.from_number == mine and _names(call, number) and began_with(trial, call) for call in new
        )

    return test


def _fits(command: Command, status: str, state: AgentState) -> bool:
    match command.verb:
        case Verb.SIGNIN:
            # Another call is possible also for one who is logged out of the queue.
            out = (AgentState.OFF, AgentState.UNREACHABLE, AgentState.UNKNOWN, AgentState.OTHER_CALL)
            return bool(status) and state not in out
        case Verb.SIGNOUT:
            return state is AgentState.OFF
        case Verb.PAUSE:
            return normal(status) == wanted_status(command)
    # Ready may be a call again within the second.
    return state in (AgentState.READY, AgentState.RINGING, AgentState.TALKING)


def _place(scene: Scene, command: Command, queue_id: str) -> Place:
    return scene.places.get(command.target.key.id, {}).get(queue_id, Place())


def _status(scene: Scene, command: Command, queue_id: str, wanted: bool, was: str) -> Test:
    """The agent's status in that queue, told after the answer (long after it for a denial)."""

    def test(trial: Trial) -> bool:
        if not isinstance(trial.after(), Agent):
            return False
        place = _place(scene, command, queue_id)
        after = trial.receipt.answered_at + (0.0 if wanted else SETTLED)
        if not place.status or place.told_at <= after:
            return False
        state = scene.state(place.status)
        if command.verb is Verb.UNPAUSE and state in _BUSY and scene.state(was) in _BUSY:
            # Of one who was on a call the vendor does not show whether a pause waits for its end.
            return False
        fits = _fits(command, place.status, state)
        # What is set during a call shows when the call ends: until then it is neither done nor refused.
        return fits if wanted else not fits and state not in _BUSY

    return test
