"""What is sent to act on a call, a caller or an agent, and what this vendor has no request for.

Which leg acts. A session's request names an extension, whose telephone it is that holds or refers: the agent's on a
call, and for a caller who still waits the queue's own number, for the queue is who holds them. `attended_refer` joins
two calls that exist; it cannot place the second one, so it is offered where the agent already has it (vendors.md §4.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from wallboard.domain.clock import Clock
from wallboard.domain.command import MONITORING, Command, Destination, Verb
from wallboard.domain.errors import NotSent
from wallboard.domain.keys import Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Membership, Phone, Row, in_address
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, Direction, MemberState
from wallboard.domain.text import clean
from wallboard.vendors.base import YES, Can, Receipt, SourceSettings
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.kit.acts import Request, act, named, receipt, request
from wallboard.vendors.kit.held import Held
from wallboard.vendors.kit.numbers import same_number
from wallboard.vendors.portsip.mapping import parties
from wallboard.vendors.portsip.numbers import dialled, is_extension, why_not_dialled
from wallboard.vendors.portsip.scene import Place, Scene
from wallboard.vendors.portsip.states import same_id
from wallboard.vendors.portsip.wire import CreatedWire

BY_A_LEG = (Verb.HOLD, Verb.RESUME, Verb.TRANSFER, Verb.ATTENDED)
ON_AGENTS = (Verb.SIGNIN, Verb.SIGNOUT, Verb.PAUSE, Verb.UNPAUSE)
VERBS = (*BY_A_LEG, Verb.HANGUP, Verb.PICKUP, Verb.CALL, *ON_AGENTS)

LACKS: Mapping[Verb, str] = {
    **dict.fromkeys(MONITORING, mark("PortSIP has no request for it: listening is dialled at its monitor service")),
    Verb.PARK: mark("PortSIP has no request to park a call"),
    Verb.FETCH: mark("PortSIP has no request to fetch a parked call"),
    Verb.STAFF: mark("PortSIP takes only a queue's whole list of agents"),
    Verb.UNSTAFF: mark("PortSIP takes only a queue's whole list of agents"),
    Verb.END: mark("PortSIP has no listening to end"),
}
_PICKS_UP = mark("PortSIP picks up only who waits in a queue")
_WAITS = (MemberState.WAITING, MemberState.RINGING)
_STATUS = {Verb.SIGNIN: "LOGGED_IN", Verb.SIGNOUT: "LOGGED_OUT", Verb.PAUSE: "NOT_READY", Verb.UNPAUSE: "READY"}
_REASONS = {"lunch": "LUNCH", "break": "BREAK"}


@dataclass(slots=True)
class Actions:
    """The acting half of the adapter. `calls` are the calls as last read."""

    settings: SourceSettings
    http: HttpSource
    clock: Clock
    scene: Scene
    calls: tuple[Call, ...] = ()
    held: Held = field(default_factory=Held)

    def can(self, verb: Verb, row: Row | None) -> Can:
        """Whether PortSIP can do it to the row: the account may, and policy has said that its state allows it."""
        match row:
            case Call():
                return self._can_call(verb, row)
            case Member() if verb is Verb.PICKUP and row.state not in _WAITS:
                return Can(False, tr(_PICKS_UP))
            case Member() if verb is Verb.TRANSFER and not is_extension(leg_of(row)):
                return Can(False, tr("the number of its queue is not known"))
            case Agent() if verb in ON_AGENTS:
                return self._can_agent(verb, row)
            case Phone() if verb is not Verb.CALL:
                return Can(False, tr("not for a telephone"))
        return YES

    def _can_call(self, verb: Verb, call: Call) -> Can:
        if verb is Verb.PICKUP:
            return Can(False, tr(_PICKS_UP))
        if verb in BY_A_LEG and not is_extension(leg_of(call)):
            return Can(False, tr("no telephone of this PBX is on it"))
        if verb is Verb.ATTENDED and not self.second_calls(call):
            return Can(False, tr("{number} has no second call: PortSIP joins two that exist", number=leg_of(call)))
        return YES

    def _can_agent(self, verb: Verb, agent: Agent) -> Can:
        if not is_extension(in_address(agent.address, "extension") or ""):
            return Can(False, tr("the vendor does not name the agent's telephone"))
        queue_id, reason = self.queue_for(verb, agent, "")
        if queue_id:
            return YES
        return Can(True, needs="queue") if agent.memberships else Can(False, reason)

    def can_dial(self, destination: Destination) -> Can:
        reason = why_not_dialled(destination.number)
        return Can(False, reason) if reason else YES

    def second_calls(self, call: Call) -> list[Call]:
        """The other calls of the telephone that is on this one."""
        return [other for other in self.calls if other.key != call.key and leg_of(call) in other.agent_refs]

    def queue_for(self, verb: Verb, agent: Agent, asked: str) -> tuple[str, str]:
        """The one queue in which the agent's status is to be set, or "" and why it cannot be told.

        PortSIP sets one queue at a time. That is the queue asked for, else the only one in which there is anything to
        change, else the only one there is.
        """
        places = agent.memberships
        if asked:
            named = [place for place in places if self._is(place, asked)]
            if named:
                return named[0].queue_id, ""
            return "", tr("not an agent of {queue}", queue=clean(asked, 60))
        if not places:
            return "", tr("in no queue")
        left = [place for place in places if self._changes(verb, agent, place)] or list(places)
        if len(left) == 1:
            return left[0].queue_id, ""
        names = ", ".join(place.queue or place.queue_id for place in left)
        return "", tr("PortSIP sets one queue at a time, and there are {n}: {names}", n=len(left), names=names)

    def _is(self, place: Membership, asked: str) -> bool:
        known = self.scene.queue(place.queue_id)
        number = known.number if known is not None else ""
        named = asked == number or asked.casefold() == place.queue.casefold()
        return named or same_id(place.queue_id, asked)

    def _changes(self, verb: Verb, agent: Agent, place: Membership) -> bool:
        status = self.scene.places.get(agent.key.id, {}).get(place.queue_id, Place()).status
        state = self.scene.state(status)
        if not status or state is AgentState.UNKNOWN:
            return True
        if verb in (Verb.SIGNIN, Verb.SIGNOUT):
            return (state is AgentState.OFF) is (verb is Verb.SIGNIN)
        return state is AgentState.BREAK if verb is Verb.UNPAUSE else state not in (AgentState.OFF, AgentState.BREAK)

    def _request(self, command: Command, row: Row | None) -> Request:
        """The request for `command`, or NotSent with what is missing for it."""
        match command.verb:
            case Verb.HOLD | Verb.RESUME:
                return self._leg(command, row, "hold" if command.verb is Verb.HOLD else "unhold", {})
            case Verb.TRANSFER:
                number = self._destination(command)
                return self._leg(command, row, "refer", {"refer_to": number}, f"refer_to {number}")
            case Verb.ATTENDED:
                return self._attended(command, row)
            case Verb.HANGUP:
                return request("POST", route("/sessions/{id}/destroy", id=self._session(command)))
            case Verb.PICKUP:
                session, queue_id = self._session(command), named(command, "queue", tr("its queue is not known"))
                where = route("/call_queues/{id}/waiting/{session_id}/pickup", id=queue_id, session_id=session)
                return request("POST", where)
            case Verb.CALL:
                return self._call(command, row)
        return self._status(command, row)

    def _session(self, command: Command) -> str:
        return named(command, "session", tr("its session is not known"))

    def _leg(self, command: Command, row: Row | None, name: str, more: Mapping[str, str], what: str = "") -> Request:
        session = self._session(command)
        served = isinstance(row, Member) and row.state is MemberState.TALKING
        extension = (leg_of(row) if isinstance(row, Member) and served else "") or _acting(command, row)
        if not is_extension(extension):
            raise NotSent(tr("nothing sent: {number} is no extension number", number=clean(extension, 40)))
        body = {"extension_number": extension, **more}
        return request("POST", route("/sessions/{id}/" + name, id=session), body, what or f"as {extension}")

    def _attended(self, command: Command, row: Row | None) -> Request:
        number = self._destination(command)
        if not isinstance(row, Call):
            raise NotSent(tr("nothing sent: its call is not in the list"))
        extension = _acting(command, row)
        calls = self.second_calls(row)
        second = next((c for c in calls if any(same_number(n, number) for n in _others(c, extension))), None)
        if second is None:
            raise NotSent(
                tr(
                    "nothing sent: {extension} is not on a call with {number}, and PortSIP joins two calls that exist",
                    extension=extension,
                    number=number,
                )
            )
        first_party, second_party = opposite(row, extension), opposite(second, extension)
        if not first_party or not second_party:
            raise NotSent(tr("nothing sent: who is on the other side is not known"))
        more = {
            "refer_to_1": first_party,
            "session_1": self._session(command),
            "refer_to_2": second_party,
            "session_2": in_address(second.address, "session") or second.key.id,
        }
        return self._leg(command, row, "attended_refer", more, f"{first_party} with {second_party}")

    def _call(self, command: Command, row: Row | None) -> Request:
        mine = command.arg("phone") or self.settings.phone
        _diallable(mine)
        number = _diallable(command.destination.number if command.destination is not None else number_of(row))
        body = {"caller": mine, "callee": number, "send_sdp": True}
        return request("POST", route("/sessions"), body, f"{mine} calls {number}")

    def _status(self, command: Command, row: Row | None) -> Request:
        if not isinstance(row, Agent):
            raise NotSent(tr("nothing sent: not for this row"))
        extension = named(command, "extension", tr("the vendor does not name the agent's telephone"))
        queue_id, reason = self.queue_for(command.verb, row, command.arg("queue"))
        if not queue_id:
            raise NotSent(tr("nothing sent: {why}", why=reason))
        status = wanted_status(command)
        where = route("/call_queues/{id}/agents/{agent_number}", id=queue_id, agent_number=extension)
        return request("POST", where, {"status": status}, status)

    def _destination(self, command: Command) -> str:
        if command.destination is None:
            raise NotSent(tr("nothing sent: no destination"))
        return _diallable(command.destination.number)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        """Send exactly one request. Raises ActionError."""
        asked = self._request(command, row)
        answer = await act(self.http, asked)
        identity = command.target.key.id
        if command.verb is Verb.HOLD:
            self.held.hold(identity, self.clock.now())
        elif command.verb is Verb.RESUME:
            self.held.resume(identity)
        if command.verb is Verb.CALL:
            said = CreatedWire.model_validate(answer.data).id if isinstance(answer.data, dict) else ""
            identity = self.scene.session(said) if said else ""
        return receipt(asked, answer, identity)


def wanted_status(command: Command) -> str:
    """The status to write; a pause for lunch or a break says so."""
    if command.verb is Verb.PAUSE:
        return _REASONS.get(command.arg("reason").strip().casefold(), _STATUS[Verb.PAUSE])
    return _STATUS[command.verb]


def leg_of(row: Call | Member) -> str:
    """The extension number that holds or refers: the agent's, or for who waits the queue's."""
    if isinstance(row, Member) and row.state is MemberState.TALKING and row.serving_ref:
        return row.serving_ref
    return in_address(row.address, "extension") or ""


def asked_through(command: Command, row: Row | None) -> str:
    """The extension of the agent whose call this is, where the verb was pressed on the agent; else ""."""
    via = command.target.via
    on_it = via is not None and via.kind is Kind.AGENT and isinstance(row, Call) and via.id in parties(row)
    return via.id if via is not None and on_it else ""


def _acting(command: Command, row: Row | None) -> str:
    through = asked_through(command, row)
    if not through and isinstance(row, Call) and row.direction is Direction.INTERNAL and row.agent_key is not None:
        # Between two telephones the agent's acts, also where the call was read before its agent was.
        through = row.agent_key.id if row.agent_key.id in parties(row) else ""
    return through or named(command, "extension", tr("no telephone of this PBX is on it"))


def opposite(call: Call, extension: str) -> str:
    """Who is on the other side of `call` as seen from `extension`."""
    others = _others(call, extension)
    if call.from_number and call.from_number in others:
        return call.from_number
    return others[-1] if others else ""


def _others(call: Call, extension: str) -> list[str]:
    return [number for number in parties(call) if number != extension]


def _diallable(number: str) -> str:
    """The digits that are really sent; NotSent where this PBX cannot be told to call them."""
    if reason := why_not_dialled(number):
        raise NotSent(tr("nothing sent: {why}", why=reason))
    return dialled(number)
