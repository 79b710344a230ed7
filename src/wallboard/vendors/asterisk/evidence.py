"""Which event proves that an action happened: the verification table, and the proofs that its tests look for.

"Success" of most actions means *queued* (measured on Asterisk 22.10.1), so every row of the table names an event. The
ids in a receipt are the words that the proving events carry; ``proof_of`` puts them there, a test names them by place.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Call, in_address
from wallboard.domain.update import Proof
from wallboard.vendors.asterisk.devices import device_of, is_local
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.kit.evidence import Test

RING_SECONDS = 20
SPY_DIGITS = {Verb.LISTEN: "4", Verb.WHISPER: "5", Verb.BARGE: "6"}
SPY_OPTIONS = {Verb.LISTEN: "dqES", Verb.WHISPER: "dqwES", Verb.BARGE: "dqBES"}


def digit_id(channel: str, digit: str) -> str:
    return f"{channel} digit {digit}"


def pause_id(interface: str, queue: str, paused: bool) -> str:
    return f"{interface} in {queue} {'paused' if paused else 'unpaused'}"


def member_id(interface: str, queue: str) -> str:
    return f"{interface} in {queue}"


#: Events that are sent on as evidence whenever they come; those of NOISY only for what an action waits for.
_PROVING: dict[str, tuple[str, ...]] = {
    "ChanSpyStart": ("SpyerUniqueid", "SpyeeChannel"),
    "ChanSpyStop": ("SpyerUniqueid",),
    "BlindTransfer": ("TransfererUniqueid", "TransfereeUniqueid"),
    "AttendedTransfer": ("OrigTransfererUniqueid", "TransfereeUniqueid"),
    "ParkedCall": ("ParkeeUniqueid",),
    "UnParkedCall": ("ParkeeUniqueid", "RetrieverUniqueid"),
    "ParkedCallTimeOut": ("ParkeeUniqueid",),
    "ParkedCallGiveUp": ("ParkeeUniqueid",),
    "OriginateResponse": ("ActionID", "Uniqueid"),
    "QueueCallerAbandon": ("Uniqueid",),
}
#: Events of one channel: sent on when an action waits for that channel, with the place in the dialplan where it is.
_NOISY: dict[str, tuple[str, ...]] = {
    "Hangup": ("Uniqueid",),
    "HangupRequest": ("Uniqueid",),
    "Hold": ("Uniqueid",),
    "BridgeEnter": ("Uniqueid", "BridgeUniqueid"),
    "BridgeLeave": ("Uniqueid",),
    "MusicOnHoldStart": ("Uniqueid",),
    "DialBegin": ("Uniqueid",),
    "QueueCallerJoin": ("Uniqueid",),
    "QueueCallerLeave": ("Uniqueid",),
}


def place_of(event: Message) -> str:
    """``exten@context`` of an event's channel, "" where it tells none."""
    exten, context = event.get("Exten"), event.get("Context")
    return f"{exten}@{context}" if exten and context else ""


def proof_of(event: Message, at: float, watched: AbstractSet[str]) -> Proof | None:
    """The event as evidence, or None. A failed transfer or origination is another proof than one that went through."""
    name = event.event
    if name in _PROVING:
        subject = tuple(event.get(key) for key in _PROVING[name] if event.get(key))
        if name == "BlindTransfer":
            subject = (*subject, f"{event.get('Extension')}@{event.get('Context')}")
        elif name == "AttendedTransfer":
            subject = (*subject, device_of(event.get("TransferTargetChannel")))
        if name == "OriginateResponse" and event.get("Response") != "Success":
            name = "OriginateFailure"
        elif name in {"BlindTransfer", "AttendedTransfer"} and event.get("Result") != "Success":
            name += "Failed"
        return Proof(name, at, subject)
    if name in _NOISY:
        subject = tuple(event.get(key) for key in _NOISY[name] if event.get(key))
        device = device_of(event.get("Channel"))
        # A consultation is dialled through a Local channel, which is known by its name before it exists.
        subject = (*subject, *filter(None, (place_of(event), device if is_local(device) else "")))
        known = event.get("Uniqueid") in watched or device in watched
        return Proof(name, at, subject) if known else None
    if name == "DTMFEnd" and event.get("Direction") == "Received":
        ident = digit_id(event.get("Channel"), event.get("Digit"))
        return Proof(name, at, (ident,)) if ident in watched else None
    if name == "QueueMemberPause":
        return Proof(name, at, (pause_id(event.get("Interface"), event.get("Queue"), event.get("Paused") == "1"),))
    if name in {"QueueMemberAdded", "QueueMemberRemoved"}:
        return Proof(name, at, (member_id(event.get("Interface"), event.get("Queue")),))
    return None


def _saw(name: str, *places: int) -> Test:
    """The event came, about the ids at ``places`` of the receipt (all of them in the same event)."""

    def test(trial: Trial) -> bool:
        ids = trial.receipt.ids
        if any(place >= len(ids) for place in places):
            # The answer was unclear: what to look for is not known, so nothing shows it.
            return False
        wanted = {ids[place] for place in places}
        return any(wanted <= set(proof.subject) for proof in _since(trial, name))

    return test


def _since(trial: Trial, *names: str) -> list[Proof]:
    """What came since the action was sent, of these events."""
    sent = trial.receipt.sent_at
    return [p for p in trial.facts.proofs(trial.source) if p.at >= sent and p.name in names]


def _met(trial: Trial, one: str, other: str) -> bool:
    """Both entered the same bridge since the action was sent."""
    entered = [proof.subject for proof in _since(trial, "BridgeEnter") if len(proof.subject) > 1]
    first, second = ({subject[1] for subject in entered if ident in subject} for ident in (one, other))
    return bool(first & second)


def _together(trial: Trial) -> bool:
    """The caller and my phone entered the same bridge."""
    ids = trial.receipt.ids
    return len(ids) > 1 and _met(trial, ids[0], ids[1])


def _consulting(trial: Trial) -> bool:
    """The caller was put on hold and the agent entered the bridge of the channel that dials the asked number."""
    ids = trial.receipt.ids
    return len(ids) > 2 and _saw("Hold", 0)(trial) and _met(trial, ids[0], ids[2])


def _arrived(trial: Trial) -> bool:
    """The caller lives and is at the number that was asked for, and was not there before (or has left a queue for it):
    an event of the caller's channel says so, or a list read since."""
    if len(trial.receipt.ids) < 4:
        return False
    _, caller, wanted, before = trial.receipt.ids[:4]
    left = [proof for proof in _since(trial, "QueueCallerLeave") if caller in proof.subject and wanted in proof.subject]
    if before == wanted or left:
        return bool(left)
    moved = _since(trial, "QueueCallerJoin", "BridgeEnter", "BridgeLeave", "MusicOnHoldStart", "DialBegin")
    if any(caller in proof.subject and wanted in proof.subject for proof in moved):
        return True
    row = trial.facts.row(Key(trial.source, Kind.CALL, caller))
    return (
        isinstance(row, Call)
        and trial.read_since(Resource.CALLS)
        and f"{in_address(row.address, 'exten')}@{in_address(row.address, 'context')}" == wanted
        and trial.facts.row(Key(trial.source, Kind.PARKED, caller)) is None
    )


def _hung_up_first(trial: Trial) -> bool:
    """The far end asked for the end itself; what we ask for ends a channel without such a request of its own."""
    asked, ended = (
        [proof.at for proof in _since(trial, name) if trial.receipt.ids[0] in proof.subject]
        for name in ("HangupRequest", "Hangup")
    )
    return bool(asked and ended) and min(asked) <= min(ended)


def _all_paused(name: str) -> Test:
    def test(trial: Trial) -> bool:
        # Without ids (the answer was unclear) nobody knows which queues to wait for: that proves nothing.
        ids = trial.receipt.ids
        return bool(ids) and all(_saw(name, place)(trial) for place in range(len(ids)))

    return test


def _ended(text: str, confirmed: Test, name: str, place: int) -> Evidence:
    """An end speaks against an action only while nothing has spoken for it: every call ends at last."""
    ended = _saw(name, place)
    return Evidence(text, lambda trial: ended(trial) and not confirmed(trial))


_NO_ANSWER = Evidence(mark("my phone did not answer"), _saw("OriginateFailure", 2))


def _my_leg_ended(confirmed: Test) -> Evidence:
    return _ended(mark("my leg ended before it was on the call"), confirmed, "Hangup", 1)


def _caller_left(confirmed: Test, place: int = 1) -> Evidence:
    return _ended(mark("the caller hung up"), confirmed, "Hangup", place)


_TRANSFERRED = _saw("BlindTransfer", 0, 1, 2)

#: What else could produce the evidence, and is not taken for it;
#: ``tests/vendors/asterisk/test_impostors.py`` plays each.
OTHER_SPY = "a colleague listens to the same agent, or my leg to another: both channels must be this request's"
OTHER_DIGIT = "the digit goes into a colleague's spy; a spy that takes none is not switched at all"
OTHER_PAUSE = "the agent pauses in one of the queues only, or unpauses"
OTHER_TRANSFER = "the agent transfers another caller, or this one to another number"
OTHER_MEMBER = "another agent, or this one in another queue"
WAS_THERE = "the caller was at that number before: then only leaving a queue for it counts"

_TOOK = {
    Verb.LISTEN: mark("DTMFEnd: my spy took digit 4"),
    Verb.WHISPER: mark("DTMFEnd: my spy took digit 5"),
    Verb.BARGE: mark("DTMFEnd: my spy took digit 6"),
}

SWITCH = "in place"
SWITCH_UNSEEN = "in place, unseen"

_CALLS = (Resource.CALLS,)
_AGENTS = (Resource.AGENTS,)
_OF_CALLERS = (Resource.CALLS, Resource.MEMBERS)
_PARKING = (Resource.PARKED, Resource.CALLS)
_RUNG = RING_SECONDS + 5.0


def _spying(verb: Verb) -> Verification:
    started = _saw("ChanSpyStart", 1, 0)
    request = f"Originate my phone, Application ChanSpy, Data <agent's whole channel>,{SPY_OPTIONS[verb]}"
    done = Evidence(mark("ChanSpyStart of my leg on the agent's"), started, OTHER_SPY)
    return Verification(verb, request, (done,), (_NO_ANSWER, _my_leg_ended(started)), _RUNG, _CALLS)


def _switching(verb: Verb) -> Verification:
    took = _saw("DTMFEnd", 0)
    request = f"PlayDTMF my spy's channel, Digit {SPY_DIGITS[verb]}, Receive true ({SWITCH})"
    done = Evidence(_TOOK[verb], took, OTHER_DIGIT)
    return Verification(verb, request, (done,), (_ended(mark("my spy ended"), took, "ChanSpyStop", 1),), 4.0)


def _switching_unseen(verb: Verb) -> Verification:
    """For an account that was shown no DTMF event so far: it may lack the class, which AMI does not tell. That the spy
    runs on shows nothing: it runs on as well where the digit was not taken."""
    return replace(
        _switching(verb), unseen=mark("this account was shown no DTMF event, which tells that a spy has switched")
    )


def _paused(verb: Verb) -> Verification:
    request = f"QueuePause Interface, Paused {'true' if verb is Verb.PAUSE else 'false'}, Reason"
    done = Evidence(
        mark("QueueMemberPause of each of the agent's queues"), _all_paused("QueueMemberPause"), OTHER_PAUSE
    )
    return Verification(verb, request, (done,), (), 5.0, _AGENTS)


def _transferred() -> Verification:
    done = Evidence(
        mark("BlindTransfer of this caller by the agent's channel to that number"), _TRANSFERRED, OTHER_TRANSFER
    )
    return Verification(
        Verb.TRANSFER,
        "BlindTransfer the agent's channel to transfer_context (the number is looked up with ShowDialPlan first)",
        (done,),
        (Evidence(mark("BlindTransfer failed"), _saw("BlindTransferFailed", 0)), _caller_left(_TRANSFERRED)),
        8.0,
        _OF_CALLERS,
    )


def _attended() -> Verification:
    transferred = _saw("AttendedTransfer", 0, 1, 2)
    return Verification(
        Verb.ATTENDED,
        "Atxfer the agent's channel to transfer_context; the agent completes it by hanging up",
        (
            Evidence(mark("AttendedTransfer of this caller to that number"), transferred, OTHER_TRANSFER),
            Evidence(
                mark("the caller is on hold and the agent in the bridge of the call to that number"),
                _consulting,
                "the agent holds the caller, or consults another number by the telephone's own keys",
            ),
        ),
        (
            _caller_left(lambda trial: _consulting(trial) or transferred(trial)),
            Evidence(mark("the transfer failed"), _saw("AttendedTransferFailed", 0)),
        ),
        10.0,
        _CALLS,
    )


def _fetched() -> Verification:
    fetched = _saw("UnParkedCall", 0, 1)
    return Verification(
        Verb.FETCH,
        "Originate my phone, Application ParkedCall, Data <lot>,<space>",
        (Evidence(mark("UnParkedCall of the caller by my phone"), fetched, "a colleague fetches the caller"),),
        (
            _NO_ANSWER,
            Evidence(mark("the caller hung up"), _saw("ParkedCallGiveUp", 0)),
            Evidence(mark("the caller's time in the slot ran out"), _saw("ParkedCallTimeOut", 0)),
            _my_leg_ended(fetched),
        ),
        _RUNG,
        _PARKING,
    )


def _picked_up() -> Verification:
    done = Evidence(
        mark("BridgeEnter of my phone and the caller in one bridge"),
        _together,
        "the caller and my phone each enter a bridge: it must be the same, and my leg the one asked for",
    )
    denies = (_NO_ANSWER, _caller_left(_together, 0), _my_leg_ended(_together))
    request = "Originate my phone, Application Bridge, Data <caller's whole channel>"
    return Verification(Verb.PICKUP, request, (done,), denies, _RUNG, _OF_CALLERS)


def _simple(
    verb: Verb, request: str, done: Evidence, deadline: float, watch: tuple[Resource, ...], *denies: Evidence
) -> Verification:
    return Verification(verb, request, (done,), denies, deadline, watch)


TABLE: dict[str, Verification] = {
    **{verb.value: _spying(verb) for verb in SPY_DIGITS},
    **{f"{verb.value} {SWITCH}": _switching(verb) for verb in SPY_DIGITS},
    **{f"{verb.value} {SWITCH_UNSEEN}": _switching_unseen(verb) for verb in SPY_DIGITS},
    "end": _simple(
        Verb.END,
        "Hangup my spy's channel",
        Evidence(mark("Hangup of my leg"), _saw("Hangup", 0), "somebody else's listening leg ends"),
        # On a call without audio the hangup is answered with Success and happens when that call ends.
        5.0,
        _CALLS,
    ),
    "transfer": _transferred(),
    "transfer waiting": _simple(
        Verb.TRANSFER,
        "Redirect the caller's channel to transfer_context (the number is looked up with ShowDialPlan first)",
        Evidence(mark("the caller's channel is at that number, where it was not before"), _arrived, WAS_THERE),
        8.0,
        _OF_CALLERS,
        _caller_left(_arrived),
    ),
    "attended": _attended(),
    "park": _simple(
        Verb.PARK,
        "Park the caller's channel, TimeoutChannel the agent's, Parkinglot",
        Evidence(mark("ParkedCall of the caller"), _saw("ParkedCall", 0), "another caller is parked in the same lot"),
        8.0,
        _PARKING,
        _caller_left(_saw("ParkedCall", 0), 0),
    ),
    "fetch": _fetched(),
    "pickup": _picked_up(),
    "hangup": _simple(
        Verb.HANGUP,
        "Hangup the caller's channel, Cause 16",
        Evidence(
            mark("Hangup of the caller's channel"), _saw("Hangup", 0), "they hang up themselves: HangupRequest tells"
        ),
        5.0,
        _CALLS,
        Evidence(mark("they hung up themselves at that moment"), _hung_up_first),
    ),
    "call": _simple(
        Verb.CALL,
        "Originate my phone, Context transfer_context, Exten <number> (looked up with ShowDialPlan first)",
        Evidence(
            mark("OriginateResponse: my phone answered and dials"),
            _saw("OriginateResponse", 1),
            "another origination is answered: the ActionID must be this one's",
        ),
        _RUNG,
        _CALLS,
        Evidence(mark("my phone did not answer"), _saw("OriginateFailure", 1)),
    ),
    "pause": _paused(Verb.PAUSE),
    "unpause": _paused(Verb.UNPAUSE),
    "staff": _simple(
        Verb.STAFF,
        "QueueAdd Queue, Interface, MemberName, Penalty",
        Evidence("QueueMemberAdded", _saw("QueueMemberAdded", 0), OTHER_MEMBER),
        5.0,
        _AGENTS,
    ),
    "unstaff": _simple(
        Verb.UNSTAFF,
        "QueueRemove Queue, Interface",
        Evidence("QueueMemberRemoved", _saw("QueueMemberRemoved", 0), OTHER_MEMBER),
        5.0,
        _AGENTS,
    ),
}


def told(row: Verification) -> Verification:
    """A row of the table in the language of the desk."""
    confirms, denies = (tuple(replace(one, text=tr(one.text)) for one in each) for each in (row.confirms, row.denies))
    return replace(row, confirms=confirms, denies=denies, unseen=tr(row.unseen) if row.unseen else "")
