"""How it is known that an accepted action happened: one row a verb, nothing of it in the middle of other code.

What this API shows: counters, callers and agents of queues, and the legs on telephones. It does not show hold, parking
or where an outside call went, so those end as *accepted: this vendor cannot show it*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.domain.command import MONITORING, Command, Fingerprint, Target, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row, in_address
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.ringme.own import outside_number
from wallboard.vendors.ringme.rooms import ROOM_HIDDEN, SPEECH_HIDDEN
from wallboard.vendors.ringme.scalars import bare, suffix
from wallboard.vendors.ringme.states import WORDS, Words

TOLERANCE = 3.0
"""Seconds that a leg's start may lie before our request: the vendor's clock is known to 2 s, its times to 1 s."""
SETTLED = 6.0
"""A reading this long after the answer that still shows the old state denies the action."""

DOCUMENTED: dict[Verb, str] = {
    Verb.LISTEN: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: eavesdrop, send_dst: my phone}",
    Verb.WHISPER: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: whisper, send_dst: my phone}",
    Verb.BARGE: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: conference, send_dst: my phone}",
    Verb.TRANSFER: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: transfer, send_dst}",
    Verb.ATTENDED: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: attended_transfer, send_dst}",
    Verb.HOLD: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: hold}",
    Verb.RESUME: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: offhold}",
    Verb.PARK: "PUT /extension/{extension_id}/valet_park/{call_api_id} {action: park, slot}; without park_slots "
    "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: park}",
    Verb.PICKUP: "PUT /extension/{extension_id}/current_calls/{call_api_id} {action: pickup, send_dst: my phone}",
    Verb.FETCH: "PUT /extension/{extension_id}/valet_park/{call_api_id of my call} {action: bridge, slot}; without a "
    "call of mine PUT /extension/{extension_id}/current_calls/{call_api_id} {action: pickup, send_dst: my phone}",
    Verb.HANGUP: "DELETE /extension/{extension_id}/current_calls/{call_api_id}",
    Verb.CALL: "POST /extension/{extension_id}/callback/ {src_num: [my phone], dst_num}",
    Verb.SIGNIN: "PUT /extension/{extension_id}/agent/{agent_id} {status: available}",
    Verb.SIGNOUT: "PUT /extension/{extension_id}/agent/{agent_id} {status: logged_out}",
    Verb.STAFF: "POST /extension/{extension_id}/queue/agents/local/ {agent_id, level, position} (remote/ for agents of "
    "another client; PUT …/{agent_id} {level, position} if already there)",
    Verb.UNSTAFF: "DELETE /extension/{extension_id}/queue/agents/local/{agent_id} (or remote/)",
    Verb.END: "DELETE /extension/{extension_id}/current_calls/{call_api_id of my leg}",
    Verb.ROOM: "PUT /extension/{extension_id}/conference/status/ {one of mute, deaf, lock, enter_sound, stop_play: "
    "true or false, member_id: of one member}",
    Verb.TRANSCRIBE: "PUT /extension/{extension_id}/speech_to_text/{call_api_id} {action: start or stop, direction: in "
    "or out, url: where the text goes}",
}

HOLD_HIDDEN = "the vendor does not show which calls are held"
PARK_HIDDEN = "parked calls are in no list of this vendor"
LEVEL_HIDDEN = "the live list of agents shows no levels"


@dataclass(frozen=True, slots=True)
class Sight:
    """What the account can see, as far as evidence depends on it.

    `scope` gives the scope of the calls feed that shows an extension id; `sees` whether the calls at a number show
    ("" when they do, else why not); `queue_of` the queue behind a number; `words` those of the source.
    """

    my_phone: bool
    scope: Callable[[str], str]
    sees: Callable[[str], str]
    queue_of: Callable[[str], str]
    words: Words = WORDS


# ---- tests ---------------------------------------------------------------------------------------------------------


def digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def _same_number(one: str, other: str) -> bool:
    one, other = digits(one), digits(other)
    return len(one) >= 5 and len(other) >= 5 and (one == other or one[-9:] == other[-9:])


def _began(trial: Trial, call: Call) -> bool:
    return call.started_at is not None and call.started_at >= trial.receipt.sent_at - TOLERANCE


def _calls(trial: Trial) -> list[Call]:
    return [row for row in trial.facts.rows(Resource.CALLS, trial.source) if isinstance(row, Call)]


def _my_new_leg(trial: Trial) -> Call | None:
    """A leg on my phone that began with the action."""
    for call in _calls(trial):
        if call.key.id in trial.receipt.ids or (call.mine and _began(trial, call)):
            return call
    return None


def _same_call(before: Row | None, call: Call) -> bool:
    """Whether `call` is a leg of the call that was acted on."""
    if isinstance(before, Call):
        wholes = {before.whole, suffix(before.key.id)}
    elif isinstance(before, Member | ParkedCall):
        wholes = {suffix(before.key.id)}
    else:
        return False
    if (wholes & {call.whole, suffix(call.key.id)}) - {""}:
        return True
    number = outside_number(before)
    return _same_number(number, call.from_number) or _same_number(number, call.to)


def _my_leg_answered(trial: Trial) -> bool:
    leg = _my_new_leg(trial)
    return leg is not None and leg.state is not CallState.RINGING


def _my_leg_rings(trial: Trial) -> bool:
    return _my_new_leg(trial) is not None


def _caller_on_my_phone(trial: Trial) -> bool:
    if not digits(outside_number(trial.before) if isinstance(trial.before, Call | Member | ParkedCall) else ""):
        return _my_leg_answered(trial)
    return any(
        call.mine and call.state is not CallState.RINGING and _same_call(trial.before, call)
        for call in _calls(trial)
        if call.key.id != trial.command.target.key.id
    )


def _gone(trial: Trial) -> bool:
    """The row is no longer there, or its id now names another call."""
    after, before = trial.after(), trial.before
    if isinstance(after, Member) and after.state is MemberState.ABANDONED:
        return True
    if isinstance(after, Call) and isinstance(before, Call) and after.started_at and before.started_at:
        return abs(after.started_at - before.started_at) > TOLERANCE
    return after is None


def _target_scope(trial: Trial, sight: Sight) -> tuple[Resource, str]:
    """The feed that shows the target."""
    owner = in_address(trial.command.target.address, "extension_id") or ""
    if isinstance(trial.before, Member):
        return Resource.MEMBERS, owner
    return Resource.CALLS, sight.scope(owner)


def _gone_and_read(sight: Sight) -> Callable[[Trial], bool]:
    def test(trial: Trial) -> bool:
        return _gone(trial) and trial.read_since(*_target_scope(trial, sight))

    return test


def _gone_without_me(sight: Sight) -> Callable[[Trial], bool]:
    """The call ended and my phone never got it."""

    def test(trial: Trial) -> bool:
        if _my_new_leg(trial) is not None or not _gone(trial):
            return False
        resource, scope = _target_scope(trial, sight)
        at = trial.facts.read_at(trial.source, resource, scope)
        return at is not None and at >= trial.receipt.answered_at + SETTLED

    return test


def _unchanged(sight: Sight) -> Callable[[Trial], bool]:
    """Long after the answer the same call is still in the same state with the same party."""

    def test(trial: Trial) -> bool:
        after, before = trial.after(), trial.before
        resource, scope = _target_scope(trial, sight)
        at = trial.facts.read_at(trial.source, resource, scope)
        if at is None or at < trial.receipt.answered_at + SETTLED or _gone(trial):
            return False
        if isinstance(after, Call) and isinstance(before, Call):
            return after.extension == before.extension and after.state is before.state
        if isinstance(after, Member) and isinstance(before, Member):
            return after.queue_id == before.queue_id and after.state is before.state
        return False

    return test


def _arrived(number: str) -> Callable[[Trial], bool]:
    """A leg of the call at the destination: on that extension, dialled to it, or waiting in that queue."""
    extension = bare(number)

    def there(trial: Trial, call: Call) -> bool:
        before = trial.before
        if isinstance(before, Call) and call.key == before.key and call.extension == before.extension:
            return False
        at_extension = call.extension == extension
        dialled = call.direction is Direction.OUT and bool(digits(number)) and digits(call.to) == digits(number)
        if not (at_extension or dialled) or not _same_call(before, call):
            return False
        return _began(trial, call) or (isinstance(before, Call) and bool(call.whole) and call.whole == before.whole)

    def test(trial: Trial) -> bool:
        if any(there(trial, call) for call in _calls(trial)):
            return True
        queues = {
            queue.key.id
            for queue in trial.facts.rows(Resource.QUEUES, trial.source)
            if isinstance(queue, Queue) and extension and queue.number == extension
        }
        return any(_waits(trial, member) for member in _members(trial) if member.queue_id in queues)

    return test


def _members(trial: Trial) -> list[Member]:
    return [row for row in trial.facts.rows(Resource.MEMBERS, trial.source) if isinstance(row, Member)]


def _waits(trial: Trial, member: Member) -> bool:
    """Whether `member` is the transferred caller in another queue than before."""
    before = trial.before
    if isinstance(before, Member) and before.queue_id == member.queue_id:
        return False
    if member.joined_at is None or member.joined_at < trial.receipt.sent_at - TOLERANCE:
        return False
    if not isinstance(before, Call | Member | ParkedCall):
        return False
    own = {suffix(before.key.id), before.whole if isinstance(before, Call) else ""} - {""}
    return suffix(member.key.id) in own or _same_number(outside_number(before), member.number)


def _agent_read(trial: Trial) -> float | None:
    """When the list of any queue of the agent was last read."""
    agent = trial.after() or trial.before
    if not isinstance(agent, Agent):
        return None
    times = [
        trial.facts.read_at(trial.source, Resource.AGENTS, membership.queue_id) for membership in agent.memberships
    ]
    return max((at for at in times if at is not None), default=None)


def _status_is(words: Words, wanted: AgentState, after: float) -> Callable[[Trial], bool]:
    def test(trial: Trial) -> bool:
        agent, at = trial.after(), _agent_read(trial)
        if not isinstance(agent, Agent) or at is None or at <= trial.receipt.answered_at + after:
            return False
        return words.chose(agent.raw_status) is wanted

    return test


def _in_queue(queue_id: str, wanted: bool, after: float = 0.0) -> Callable[[Trial], bool]:
    def test(trial: Trial) -> bool:
        at = trial.facts.read_at(trial.source, Resource.AGENTS, queue_id)
        if at is None or at <= trial.receipt.answered_at + after:
            return False
        agent = trial.after()
        memberships = agent.memberships if isinstance(agent, Agent) else ()
        return any(membership.queue_id == queue_id for membership in memberships) is wanted

    return test


# ---- the table -----------------------------------------------------------------------------------------------------


def verification(sight: Sight, command: Command, row: Row | None) -> Verification:
    """The row of the table for `command`."""
    verb = command.verb
    request = DOCUMENTED.get(verb, "")
    calls = (Resource.CALLS,)
    unseen = "" if sight.my_phone else "the calls of my phone are not in this account's lists"
    if verb in MONITORING:
        return Verification(
            verb,
            request,
            confirms=(Evidence("my phone's new leg, answered", _my_leg_answered),),
            denies=(Evidence("the call ended before my phone was on it", _gone_without_me(sight)),),
            deadline=30.0,
            watch=calls,
            cannot=unseen,
        )
    if verb in (Verb.PICKUP, Verb.FETCH):
        return Verification(
            verb,
            request,
            confirms=(Evidence("the caller on my phone", _caller_on_my_phone),),
            denies=(Evidence("the caller left before my phone had them", _gone_without_me(sight)),)
            if verb is Verb.PICKUP
            else (),
            deadline=30.0,
            watch=(Resource.CALLS, Resource.MEMBERS, Resource.PARKED),
            cannot=unseen,
        )
    if verb is Verb.CALL:
        evidence = (Evidence("a new leg on my phone", _my_leg_rings),)
        return Verification(verb, request, confirms=evidence, watch=calls, cannot=unseen)
    if verb in (Verb.TRANSFER, Verb.ATTENDED):
        number = "" if command.destination is None else command.destination.number
        return Verification(
            verb,
            request,
            confirms=(Evidence(f"the caller at {number or 'the destination'}", _arrived(number)),),
            denies=(Evidence("the call is still where it was", _unchanged(sight)),),
            deadline=20.0 if verb is Verb.TRANSFER else 45.0,
            watch=(Resource.CALLS, Resource.MEMBERS),
            cannot=sight.sees(number),
        )
    if verb in (Verb.HANGUP, Verb.END):
        resource = Resource.MEMBERS if isinstance(row, Member) else Resource.CALLS
        return Verification(
            verb,
            request,
            confirms=(Evidence("it is gone from a list read since", _gone_and_read(sight)),),
            denies=(Evidence("it is still there", _unchanged(sight)),),
            watch=(resource,),
            cannot=PARK_HIDDEN if isinstance(row, ParkedCall) else "",
        )
    if verb in (Verb.SIGNIN, Verb.SIGNOUT):
        wanted, other = AgentState.READY, AgentState.OFF
        if verb is Verb.SIGNOUT:
            wanted, other = other, wanted
        return Verification(
            verb,
            request,
            confirms=(Evidence("the agent's status in a list read since", _status_is(sight.words, wanted, 0.0)),),
            denies=(Evidence("the agent's status has not changed", _status_is(sight.words, other, SETTLED)),),
            deadline=12.0,
            watch=(Resource.AGENTS,),
        )
    if verb in (Verb.STAFF, Verb.UNSTAFF):
        return _staffing(sight, command, row, request)
    if verb in (Verb.ROOM, Verb.TRANSCRIBE):
        return Verification(verb, request, cannot=ROOM_HIDDEN if verb is Verb.ROOM else SPEECH_HIDDEN)
    hidden = PARK_HIDDEN if verb is Verb.PARK else HOLD_HIDDEN
    return Verification(verb, request, cannot=hidden, watch=(Resource.CALLS, Resource.MEMBERS, Resource.PARKED))


def _staffing(sight: Sight, command: Command, row: Row | None, request: str) -> Verification:
    adding = command.verb is Verb.STAFF
    queue_id = sight.queue_of(command.arg("queue")) or command.arg("queue")
    there = isinstance(row, Agent) and any(membership.queue_id == queue_id for membership in row.memberships)
    return Verification(
        command.verb,
        request,
        confirms=(Evidence("the queue's list of agents read since", _in_queue(queue_id, adding)),),
        denies=(Evidence("the queue's list of agents has not changed", _in_queue(queue_id, not adding, SETTLED)),),
        deadline=12.0,
        watch=(Resource.AGENTS,),
        cannot=LEVEL_HIDDEN if adding and there else "",
    )


def table() -> list[Verification]:
    """The whole table as it is when everything can be seen: for documents and `check`."""
    everything = Sight(True, lambda extension_id: "", lambda number: "", lambda number: number)
    nobody = Target(Key("", Kind.CALL, "-"), "", Fingerprint((), None, ""))
    return [verification(everything, Command("", verb, nobody), None) for verb in DOCUMENTED]
