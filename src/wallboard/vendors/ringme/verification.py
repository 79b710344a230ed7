"""How it is known that an accepted action happened: one row a verb, nothing of it in the middle of other code.

What this API shows: counters, callers and agents of queues, and the legs on telephones. It does not show hold, parking
or where an outside call went, so those end as *accepted: this vendor cannot show it*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Row, in_address
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, CallState, Direction
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.kit.evidence import (
    SETTLED,
    Says,
    Test,
    TwiceRunning,
    arrived,
    documented,
    late,
    read_at,
    read_back,
    unmoved,
    was_so,
)
from wallboard.vendors.kit.numbers import digits
from wallboard.vendors.ringme.legs import caller_on_my_phone, carries_on, goes_on, gone, left, listening_leg, placed_leg
from wallboard.vendors.ringme.names import bare
from wallboard.vendors.ringme.rooms import ROOM_HIDDEN, SPEECH_HIDDEN
from wallboard.vendors.ringme.states import WORDS, Words

CONSULTING = 30.0
"""The same for an attended transfer, in which the call stays where it is until the two have spoken."""

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

HOLD_HIDDEN = mark("the vendor does not show which calls are held")
PARK_HIDDEN = mark("parked calls are in no list of this vendor")
LEVEL_HIDDEN = mark("the live list of agents shows no levels")

# What else could produce the evidence, and why it is not taken for it.
ANY_CALL_OF_MINE = (
    "a friend who rings me, a call of my own, the agent who calls me, a leg of before: the leg must show the caller's "
    "name that was sent, carry an id of the answer or of the call, or name its parties alone, with no far end that "
    "dials me"
)
SAME_NUMBER_TO_ME = (
    "another call of the same number on my phone, or a call of mine: the id of the whole call must be the same; "
    "without one the number must be nobody else's and the leg begin with the action; and the caller has left where "
    "they were"
)
SAME_NUMBER_THERE = (
    "another call of the same number at the destination, the original being where it was or hung up: the original must "
    "be gone from two lists, the id of the whole call the same; without one the number nobody else's and the leg begun "
    "with the action"
)
MY_OWN_CALL = (
    "somebody rings me, or I dial myself: the leg must carry an id of the answer; without one dial the number and "
    "begin with the action"
)
LIST_WITHOUT = (
    "one list that lacks the row, or somebody who moved it elsewhere in that moment: two lists running, and it goes on "
    "nowhere"
)
PLACE_WITHOUT = "one list that lacks the agent, or an old one: two lists running, both asked for after the answer"
OLD_LIST = "a list asked for before the answer; who was so before is said to have been"


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


def _listening(sight: Sight) -> Test:
    def test(trial: Trial) -> bool:
        leg = listening_leg(trial)
        if leg is None or leg.state is CallState.RINGING or gone(trial):
            return False
        return trial.read_since(Resource.CALLS, sight.scope(in_address(leg.address, "extension_id") or ""))

    return test


def _my_leg(trial: Trial) -> Key | None:
    leg = listening_leg(trial)
    return None if leg is None else leg.key


def _target_scope(trial: Trial, sight: Sight) -> tuple[Resource, str]:
    owner = in_address(trial.command.target.address, "extension_id") or ""
    if isinstance(trial.before, Member):
        return Resource.MEMBERS, owner
    return Resource.CALLS, sight.scope(owner)


def _target_read(sight: Sight) -> Callable[[Trial], float | None]:
    return lambda trial: trial.facts.read_at(trial.source, *_target_scope(trial, sight))


def _settled(trial: Trial, sight: Sight, seconds: float = SETTLED) -> bool:
    return late(trial, _target_read(sight)(trial), seconds)


def _over(sight: Sight) -> Test:
    return TwiceRunning(lambda trial: gone(trial) and not goes_on(trial), _target_read(sight))


def _on_my_phone(sight: Sight) -> Test:
    """The parked are in no list, so of those only the leg can be looked at."""

    def test(trial: Trial) -> bool:
        seen = isinstance(trial.before, ParkedCall) or trial.read_since(*_target_scope(trial, sight))
        return seen and caller_on_my_phone(trial)

    return test


def _gone_without_me(sight: Sight) -> Test:

    def test(trial: Trial) -> bool:
        mine = listening_leg(trial) is not None or caller_on_my_phone(trial)
        return gone(trial) and not mine and _settled(trial, sight)

    return TwiceRunning(test, _target_read(sight))


def _unchanged(sight: Sight, seconds: float = SETTLED) -> Test:
    """Long after the answer the same call is still in the same state with the same party."""

    def same_call(after: Call, before: Call) -> bool:
        return (after.extension, after.state) == (before.extension, before.state)

    return lambda trial: _settled(trial, sight, seconds) and not gone(trial) and unmoved(trial, same_call)


def _arrived(number: str, sight: Sight) -> Test:
    """The call is no longer where it was, and a leg of it is at the destination: on that extension, dialled to it, or
    waiting in that queue."""
    extension = bare(number)

    def there(trial: Trial, call: Call) -> bool:
        at_extension = bool(extension) and call.extension == extension
        dialled = call.direction is Direction.OUT and bool(digits(number)) and digits(call.to) == digits(number)
        return (at_extension or dialled) and carries_on(trial, call)

    return arrived(extension, left, there, carries_on, _target_read(sight))


def _agent_read(trial: Trial) -> float | None:
    """When the list of any queue of the agent was last read."""
    times = (read_at(Resource.AGENTS, queue_id)(trial) for queue_id in _places(trial.after() or trial.before))
    return max((at for at in times if at is not None), default=None)


def _chose(words: Words, wanted: AgentState) -> Says:
    return lambda row: isinstance(row, Agent) and words.chose(row.raw_status) is wanted


def _places(row: Row | None) -> set[str]:
    return {membership.queue_id for membership in row.memberships} if isinstance(row, Agent) else set()


def verification(sight: Sight, command: Command, row: Row | None) -> Verification:
    verb = command.verb
    row_of = partial(Verification, verb, DOCUMENTED.get(verb, ""))
    lists = (Resource.CALLS, Resource.MEMBERS)
    unseen = "" if sight.my_phone else tr("the calls of my phone are not in this account's lists")
    match verb:
        case Verb.LISTEN | Verb.WHISPER | Verb.BARGE:
            on = Evidence(tr("my phone's new leg, answered"), _listening(sight), ANY_CALL_OF_MINE)
            missed = Evidence(tr("the call ended before my phone was on it"), _gone_without_me(sight))
            return row_of((on,), (missed,), 30.0, lists, unseen, leg=_my_leg)
        case Verb.PICKUP | Verb.FETCH:
            mine = Evidence(tr("the caller on my phone"), _on_my_phone(sight), SAME_NUMBER_TO_ME)
            missed = Evidence(tr("the caller left before my phone had them"), _gone_without_me(sight))
            denied = (missed,) if verb is Verb.PICKUP else ()
            return row_of((mine,), denied, 30.0, (*lists, Resource.PARKED), unseen)
        case Verb.CALL:
            number = command.destination.number if command.destination is not None else number_of(row)
            placed = Evidence(tr("a new leg on my phone"), lambda trial: bool(placed_leg(trial, number)), MY_OWN_CALL)
            return row_of((placed,), watch=(Resource.CALLS,), cannot=unseen)
        case Verb.TRANSFER | Verb.ATTENDED:
            number = "" if command.destination is None else command.destination.number
            settled, deadline = (SETTLED, 20.0) if verb is Verb.TRANSFER else (CONSULTING, 45.0)
            at = tr("the caller at {number}", number=number) if number else tr("the caller at the destination")
            there = Evidence(at, _arrived(number, sight), SAME_NUMBER_THERE)
            still = Evidence(tr("the call is still where it was"), _unchanged(sight, settled))
            return row_of((there,), (still,), deadline, lists, sight.sees(number))
        case Verb.HANGUP | Verb.END:
            over = Evidence(tr("it is gone from two lists read since"), _over(sight), LIST_WITHOUT)
            still = Evidence(tr("it is still there"), _unchanged(sight))
            return row_of((over,), (still,), 15.0, lists, tr(PARK_HIDDEN) if isinstance(row, ParkedCall) else "")
        case Verb.SIGNIN | Verb.SIGNOUT:
            on_off = (AgentState.READY, AgentState.OFF)
            wanted, other = on_off if verb is Verb.SIGNIN else reversed(on_off)
            done = {tr("the agent's status in a list read since"): _chose(sight.words, wanted)}
            denies = {tr("the agent's status has not changed"): _chose(sight.words, other)}
            watch = (Resource.AGENTS,)
            request = DOCUMENTED[verb]
            return read_back(verb, request, _agent_read, done, denies, OLD_LIST, before=row, deadline=12.0, watch=watch)
        case Verb.STAFF | Verb.UNSTAFF:
            return _staffing(sight, command, row)
        case Verb.ROOM | Verb.TRANSCRIBE:
            return row_of(cannot=tr(ROOM_HIDDEN if verb is Verb.ROOM else SPEECH_HIDDEN))
    return row_of(cannot=tr(PARK_HIDDEN if verb is Verb.PARK else HOLD_HIDDEN), watch=(*lists, Resource.PARKED))


def _staffing(sight: Sight, command: Command, row: Row | None) -> Verification:
    adding = command.verb is Verb.STAFF
    queue_id = sight.queue_of(command.arg("queue")) or command.arg("queue")
    there, at = queue_id in _places(row), read_at(Resource.AGENTS, queue_id)
    found = read_back(
        command.verb,
        DOCUMENTED[command.verb],
        at,
        {tr("the queue's list of agents read since"): lambda row: (queue_id in _places(row)) is adding},
        {tr("the queue's list of agents has not changed"): lambda row: (queue_id in _places(row)) is not adding},
        OLD_LIST,
        before=row if isinstance(row, Agent) else None,
        deadline=12.0,
        watch=(Resource.AGENTS,),
        cannot=tr(LEVEL_HIDDEN) if adding and there else "",
    )
    if adding:
        return found
    # One list may lack a row.
    text = was_so(tr("two lists of the queue's agents read since"), isinstance(row, Agent) and not there)
    twice = TwiceRunning(found.confirms[0].test, at)
    return replace(found, confirms=(Evidence(text, twice, PLACE_WITHOUT),))


def table() -> list[Verification]:
    """The whole table as it is when everything can be seen: for documents and `check`."""
    everything = Sight(True, lambda extension_id: "", lambda number: "", lambda number: number)
    return [verification(everything, documented(verb), None) for verb in DOCUMENTED]
