"""What each verb sends over AMI, and when it may be sent. What proves it is in ``evidence``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
from wallboard.domain.keys import Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Row, in_address
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import clean
from wallboard.vendors.asterisk.devices import device_of, same_device
from wallboard.vendors.asterisk.evidence import (
    RING_SECONDS,
    SPY_DIGITS,
    SPY_OPTIONS,
    SWITCH,
    SWITCH_UNSEEN,
    TABLE,
    digit_id,
    member_id,
    pause_id,
    told,
)
from wallboard.vendors.asterisk.facts import Channel, Spy
from wallboard.vendors.asterisk.protocol import AmiError, AmiLost, AmiRefused, AmiUnsafe, Field
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.base import YES, Can, Verification

#: What can be dialled: never a pattern, a path or anything that the dialplan would read as code.
DIALLABLE = re.compile(r"\+?[0-9A-Za-z*#][0-9A-Za-z*#._-]{0,63}\Z")
_TONES = re.compile(r"[0-9*#]+\Z")
#: A whole channel or device name. ChanSpy takes a prefix for a match and Hangup a ``/regex/``: neither may be sent.
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9]*/[^\s,;|&/][^\s,|&]*\Z")

NEEDS: dict[Verb, tuple[str, ...]] = {
    **dict.fromkeys(SPY_DIGITS, ("Originate", "Hangup")),
    Verb.END: ("Hangup",),
    Verb.TRANSFER: ("BlindTransfer", "Redirect"),
    Verb.ATTENDED: ("Atxfer",),
    Verb.PARK: ("Park",),
    Verb.FETCH: ("Originate",),
    Verb.PICKUP: ("Originate",),
    Verb.HANGUP: ("Hangup",),
    Verb.CALL: ("Originate",),
    Verb.PAUSE: ("QueuePause",),
    Verb.UNPAUSE: ("QueuePause",),
    Verb.STAFF: ("QueueAdd",),
    Verb.UNSTAFF: ("QueueRemove",),
}
_PHONE = frozenset({Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.FETCH, Verb.PICKUP, Verb.CALL})
_DIALS = frozenset({Verb.TRANSFER, Verb.ATTENDED, Verb.CALL})
#: Verbs that act between two parties.
_ONE_OTHER = frozenset({*SPY_DIGITS, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.PICKUP})
_SPIED = frozenset({"channel", "agent_channel", "near_channel", "spied"})
#: How the Uniqueid of a channel begins that a wallboard asked for.
OWN = "wallboard-"
#: Of the sentences in which Asterisk says that a channel, a caller or a member is not there.
_GONE = ("no such channel", "channel does not exist", "not found", "not there", "could not find")
_NEVER = {
    Verb.HOLD: mark("AMI has no hold: only the agent's own phone can"),
    Verb.RESUME: mark("AMI has no hold: only the agent's own phone can"),
    Verb.SIGNIN: mark("agents have no sign-in here: staff a queue, or unpause"),
    Verb.SIGNOUT: mark("agents have no sign-out here: pause, or take them out of a queue"),
    Verb.OPEN: mark("there are no hotlines here"),
    Verb.CLOSE: mark("there are no hotlines here"),
    Verb.ANNOUNCE: mark("there are no hotlines here"),
    Verb.NOTE: mark("notes are kept by this console"),
    Verb.PUBLISH: mark("there are no notices here"),
    Verb.CHANGE: mark("there are no notices or receptionists here"),
    Verb.ROOM: mark("conference rooms are not among what AMI lists here"),
    Verb.TRANSCRIBE: mark("Asterisk has no speech to text of its own"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """What the configuration and ListCommands say. ``commands`` is empty while not connected."""

    commands: frozenset[str]
    phone: str
    transfer_context: str
    park_lot: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One action, ready to send. ``dial`` is an extension to look up first; ``ids`` as in the module's docstring."""

    action: str
    fields: tuple[Field, ...]
    action_id: str
    ids: tuple[str, ...]
    dial: str = ""
    reread: bool = False

    def describe(self) -> str:
        """One line for the journal. Nothing in it is secret: no action here carries any."""
        return f"{self.action} " + " ".join(f"{key}={value}" for key, value in self.fields)


def can(verb: Verb, row: Row | None, account: Account, board: Switchboard) -> Can:
    if verb in _NEVER:
        return Can(False, tr(_NEVER[verb]))
    if account.read_only:
        return Can(False, tr("this console is read-only"))
    if not account.commands:
        return Can(False, tr("not connected"))
    missing = [action for action in NEEDS[verb] if action not in account.commands]
    if missing:
        return Can(False, tr("this account may not use {action}", action=missing[0]))
    if verb in _PHONE and not account.phone:
        return Can(False, tr("no phone is set for this source"))
    if verb in _DIALS and not account.transfer_context:
        return Can(False, tr("transfer_context is not set for this source"))
    return _can_row(verb, row, account, board)


def _can_row(verb: Verb, row: Row | None, account: Account, board: Switchboard) -> Can:
    if verb is Verb.CALL and row is not None and not DIALLABLE.match(number_of(row)):
        return Can(False, tr("there is no number to call"))
    match row:
        case Call() if verb is Verb.END:
            return YES if my_spy(row, account, board) else Can(False, tr("you are not on this call"))
        case Call() | Member() if verb in _ONE_OTHER:
            return _can_call(verb, row, account, board)
        case Agent() if verb is Verb.UNPAUSE and not any(m.paused for m in row.memberships):
            return Can(False, tr("no queue says that they are paused"))
    return YES


def _can_call(verb: Verb, row: Call | Member, account: Account, board: Switchboard) -> Can:
    """Verbs that need to know who is who on the call, or one other party at all."""
    crowd = in_address(row.address, "crowd")
    if crowd and verb is not Verb.TRANSFER:
        return Can(False, tr("in a conference of {n}: there is no one other party", n=crowd))
    if in_address(row.address, "roles") == "unknown":
        # To listen or to barge in it does not matter whose leg it is.
        if verb in {Verb.LISTEN, Verb.BARGE}:
            return YES
        if verb is Verb.WHISPER:
            return Can(False, tr("neither of the two is known as an agent: who would hear you is not clear"))
        return Can(False, tr("neither of the two is known as an agent: whom to move is not clear"))
    if verb in SPY_DIGITS:
        spy = my_spy(row, account, board)
        if spy is not None and not switchable(spy):
            return Can(False, tr("your listening was not started here and cannot be switched: end it first"))
    if verb is Verb.WHISPER and in_address(row.address, "agent_uniqueid") in board.held:
        return Can(False, tr("the agent has the call on hold: that telephone plays nothing"))
    if verb in {*SPY_DIGITS, Verb.ATTENDED}:
        return YES if in_address(row.address, "agent_channel") else Can(False, tr("no agent is known on it"))
    if isinstance(row, Call) and row.state is CallState.RINGING and row.direction is Direction.OUT:
        # It is the agent's channel that stands there alone.
        return Can(False, tr("nobody has answered the agent yet"))
    return YES


def switchable(spy: Spy) -> bool:
    """Whether a digit switches this spy: only those started with option ``d`` take one, as all of ours are."""
    return "d" in spy.options if spy.options is not None else spy.spyer.startswith(OWN)


def my_spies(account: Account, board: Switchboard) -> list[Spy]:
    return [spy for spy in board.spies.values() if same_device(account.phone, device_of(spy.spyer_channel))]


def my_spy(row: Call | Member, account: Account, board: Switchboard) -> Spy | None:
    """My own listening leg on this call (or the row is that leg itself)."""
    wanted = {value for name, value in row.address if name in _SPIED}
    return next((spy for spy in my_spies(account, board) if wanted & {spy.spyee_channel, spy.spyer_channel}), None)


def as_pressed(command: Command, row: Row | None) -> dict[str, str]:
    """The painted address, with the agent whose row was pressed as the agent: on a call between two agents each is the
    other's party."""
    at = dict(command.target.address or (row.address if row is not None else ()))
    via = command.target.via
    if via is None or via.kind is not Kind.AGENT or at.get(f"agent {via.id}") != at.get("uniqueid"):
        return at
    if "near_uniqueid" not in at:
        return at
    theirs = {"channel": at["near_channel"], "uniqueid": at["near_uniqueid"]}
    ours = {f"{side}_{name}": at[name] for side in ("agent", "near") for name in ("channel", "uniqueid")}
    return at | theirs | ours


@dataclass(slots=True)
class Planner:
    """Builds the one action of a command from the addresses that were painted. ``new_uniqueid`` names a channel."""

    account: Account
    board: Switchboard
    new_action_id: Callable[[], str]
    new_uniqueid: Callable[[], str]

    def plan(self, command: Command, row: Row | None) -> Plan:
        at = as_pressed(command, row)
        match command.verb:
            case Verb.LISTEN | Verb.WHISPER | Verb.BARGE:
                return self._spy(command.verb, at)
            case Verb.END:
                return self._end(command, at)
            case Verb.TRANSFER:
                return self._transfer(at, _number(command))
            case Verb.ATTENDED:
                return self._attended(at, _number(command))
            case Verb.PARK:
                return self._park(at)
            case Verb.FETCH:
                return self._fetch(at)
            case Verb.PICKUP:
                return self._pickup(at)
            case Verb.HANGUP:
                caller = self._living(at, "uniqueid")
                return self._make("Hangup", ("Channel", caller.name), ("Cause", "16"), ids=(caller.uniqueid,))
            case Verb.CALL:
                return self._call(command, row)
            case Verb.PAUSE | Verb.UNPAUSE:
                return self._pause(command, at)
            case Verb.STAFF | Verb.UNSTAFF:
                return self._staff(command, at)
        raise NotSent(tr("Asterisk has no {verb}", verb=command.verb.value))

    def _make(self, action: str, *fields: Field, ids: tuple[str, ...], dial: str = "", reread: bool = False) -> Plan:
        return Plan(action, fields, self.new_action_id(), ids, dial, reread)

    def _living(self, at: dict[str, str], ident: str) -> Channel:
        """The painted channel, if it is still the same and lives: never another one under its name."""
        channel = self.board.channels.get(at.get(ident, ""))
        if channel is None or not _CHANNEL.match(channel.name):
            raise TargetGone(tr("the call is over"))
        return channel

    def _originate(self, ids: tuple[str, ...], *fields: Field) -> Plan:
        """Ring my phone, then the rest. My new channel's Uniqueid is chosen here, so that its events are known."""
        if not _CHANNEL.match(self.account.phone):
            raise NotSent(tr("the phone of this source is not a channel such as PJSIP/2001"))
        action_id, unique = self.new_action_id(), self.new_uniqueid()
        common = (
            ("Channel", self.account.phone),
            *fields,
            ("CallerID", '"wallboard" <wallboard>'),
            ("Timeout", str(RING_SECONDS * 1000)),
            ("ChannelId", unique),
            ("Async", "true"),
        )
        return Plan("Originate", common, action_id, (*ids, unique, action_id))

    def _spy(self, verb: Verb, at: dict[str, str]) -> Plan:
        leg = self._living(at, "uniqueid" if at.get("roles") == "unknown" else "agent_uniqueid")
        if mine := my_spies(self.account, self.board):
            # Another leg of the same call may be spied on: what is switched is the session that there is.
            spy = mine[0]
            if spy.spyee_channel not in {value for name, value in at.items() if name in _SPIED} | {leg.name}:
                raise NotSent(tr("your phone is on another call: end that first"))
            if not switchable(spy):
                raise NotSent(tr("your listening was not started here and cannot be switched: end it first"))
            fields = (("Channel", spy.spyer_channel), ("Digit", SPY_DIGITS[verb]), ("Receive", "true"))
            return self._make("PlayDTMF", *fields, ids=(digit_id(spy.spyer_channel, SPY_DIGITS[verb]), spy.spyer))
        data = f"{leg.name},{SPY_OPTIONS[verb]}"
        return self._originate((leg.name,), ("Application", "ChanSpy"), ("Data", data))

    def _end(self, command: Command, at: dict[str, str]) -> Plan:
        wanted = {value for name, value in at.items() if name in _SPIED}
        wanted.add(command.arg("session"))
        for spy in my_spies(self.account, self.board):
            if wanted & {spy.spyer_channel, spy.spyee_channel, spy.spyer}:
                return self._make("Hangup", ("Channel", spy.spyer_channel), ("Cause", "16"), ids=(spy.spyer,))
        raise TargetGone(tr("you are not on a call any more"))

    def _transfer(self, at: dict[str, str], number: str) -> Plan:
        caller = self._living(at, "uniqueid")
        context = self.account.transfer_context
        place, there = f"{number}@{context}", (("Context", context), ("Exten", number))
        near = beside(caller, at, self.board)
        if near is not None:
            # The agent's leg transfers: the queue counts that at once, while Redirect leaves AgentComplete out.
            ids: tuple[str, ...] = (near.uniqueid, caller.uniqueid, place)
            return self._make("BlindTransfer", ("Channel", near.name), *there, ids=ids, dial=number)
        ids = ("", caller.uniqueid, place, f"{caller.exten}@{caller.context}")
        fields = (("Channel", caller.name), *there, ("Priority", "1"))
        return self._make("Redirect", *fields, ids=ids, dial=number, reread=True)

    def _attended(self, at: dict[str, str], number: str) -> Plan:
        if not _TONES.match(number):
            # Atxfer presses the feature code and then the number on the agent's channel.
            raise NotSent(tr("an attended transfer is dialled in tones: only digits, * and #"))
        caller = self._living(at, "uniqueid")
        near = beside(caller, at, self.board)
        if near is None:
            raise NotSent(tr("the agent does not talk with this caller now"))
        context = self.account.transfer_context
        # Asterisk dials the consultation through this Local channel.
        ids = (near.uniqueid, caller.uniqueid, f"Local/{number}@{context}")
        fields = (("Channel", near.name), ("Context", context), ("Exten", number))
        return self._make("Atxfer", *fields, ids=ids, dial=number)

    def _park(self, at: dict[str, str]) -> Plan:
        caller = self._living(at, "uniqueid")
        fields: list[Field] = [("Channel", caller.name)]
        near = beside(caller, at, self.board)
        if near is not None:
            # The slot's number is read to the agent, and an unfetched caller returns there.
            fields.append(("TimeoutChannel", near.name))
        if self.account.park_lot:
            fields.append(("Parkinglot", self.account.park_lot))
        return self._make("Park", *fields, ids=(caller.uniqueid,))

    def _fetch(self, at: dict[str, str]) -> Plan:
        parked = self.board.parked.get(at.get("uniqueid", ""))
        if parked is None or parked.space != at.get("space"):
            raise TargetGone(tr("the caller is no longer parked there"))
        data = f"{parked.lot},{parked.space}" if parked.lot else f",{parked.space}"
        return self._originate((parked.uniqueid,), ("Application", "ParkedCall"), ("Data", data))

    def _pickup(self, at: dict[str, str]) -> Plan:
        """My phone rings first and takes the caller when it answers: until then they keep their place."""
        caller = self._living(at, "uniqueid")
        return self._originate((caller.uniqueid,), ("Application", "Bridge"), ("Data", caller.name))

    def _call(self, command: Command, row: Row | None) -> Plan:
        number = command.destination.number if command.destination is not None else number_of(row)
        number = _diallable(number)
        plan = self._originate((), ("Context", self.account.transfer_context), ("Exten", number), ("Priority", "1"))
        return replace(plan, dial=number)

    def _pause(self, command: Command, at: dict[str, str]) -> Plan:
        interface = at.get("interface", "")
        only = command.arg("queue")
        queues = [queue for queue, member in self.board.places if member == interface and only in ("", queue)]
        if not queues:
            raise TargetGone(tr("the agent is in no queue any more"))
        paused = command.verb is Verb.PAUSE
        fields: list[Field] = [("Interface", interface), ("Paused", "true" if paused else "false")]
        if only:
            fields.append(("Queue", only))
        if paused and command.arg("reason"):
            fields.append(("Reason", command.arg("reason")))
        return self._make("QueuePause", *fields, ids=tuple(pause_id(interface, queue, paused) for queue in queues))

    def _staff(self, command: Command, at: dict[str, str]) -> Plan:
        interface, queue = at.get("interface", ""), command.arg("queue")
        if queue not in self.board.queues:
            raise NotSent(tr("there is no queue {queue}", queue=queue) if queue else tr("no queue was chosen"))
        ids = (member_id(interface, queue),)
        there = (queue, interface) in self.board.places
        if command.verb is Verb.UNSTAFF:
            if not there:
                raise TargetGone(tr("the agent is not in {queue}", queue=queue))
            return self._make("QueueRemove", ("Queue", queue), ("Interface", interface), ids=ids)
        if there:
            raise NotSent(tr("the agent is in {queue} already", queue=queue))
        fields: list[Field] = [("Queue", queue), ("Interface", interface)]
        if at.get("name"):
            fields.append(("MemberName", at["name"]))
        if command.arg("level"):
            fields.append(("Penalty", command.arg("level")))
        return self._make("QueueAdd", *fields, ids=ids)


def action_error(action: str, error: AmiError) -> NotSent | Rejected | Ambiguous:
    """What an answer to an action proves: done nothing, gone, or not clear."""
    text = clean(str(error))
    if isinstance(error, AmiUnsafe) or (isinstance(error, AmiLost) and not error.sent):
        return NotSent(text)
    if isinstance(error, AmiRefused):
        kind = TargetGone if any(word in text.lower() for word in _GONE) else Rejected
        return kind(tr("{action} was refused: {why}", action=action, why=text), status="Error")
    return Ambiguous(tr("{action}: {why}; it may have been done", action=action, why=text))


def _number(command: Command) -> str:
    if command.destination is None:
        raise NotSent(tr("no destination was given"))
    return _diallable(command.destination.number)


def _diallable(number: str) -> str:
    if not DIALLABLE.match(number):
        raise NotSent(tr("that is no number this PBX can dial"))
    return number


def beside(caller: Channel, at: Mapping[str, str], board: Switchboard) -> Channel | None:
    """The agent's channel in the caller's own bridge, if they talk there now, just the two of them."""
    near = board.channels.get(at.get("near_uniqueid", ""))
    if near is None or near is caller or not near.bridge or near.bridge != caller.bridge:
        return None
    return None if at.get("crowd") or not board.topology().bridge_of(near) else near


def verification(
    command: Command, row: Row | None, account: Account, board: Switchboard, *, tones: bool = True
) -> Verification:
    """The row of the table for this command as things stand: a running spy is switched, a waiting caller redirected.
    ``tones``: whether this account is known to be shown DTMF events."""
    verb = command.verb
    if verb in SPY_DIGITS and isinstance(row, Call | Member) and my_spy(row, account, board) is not None:
        return told(TABLE[f"{verb.value} {SWITCH if tones else SWITCH_UNSEEN}"])
    if verb is Verb.TRANSFER:
        at = as_pressed(command, row)
        caller = board.channels.get(at.get("uniqueid", ""))
        talks = caller is not None and beside(caller, at, board) is not None
        return told(TABLE["transfer" if talks else "transfer waiting"])
    if (row_of_table := TABLE.get(verb.value)) is not None:
        return told(row_of_table)
    return Verification(verb, "nothing", cannot=tr(_NEVER.get(verb, mark("Asterisk has no such action"))))
