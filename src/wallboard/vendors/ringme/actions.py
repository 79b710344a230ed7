"""What can be done to a row, and the one documented request that does it (seed 003; vendors.md §3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any

from wallboard.domain.clock import Clock
from wallboard.domain.command import MONITORING, Command, Destination, Verb
from wallboard.domain.errors import NotSent, ReadError
from wallboard.domain.forms import Form
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Address, Agent, Call, Member, ParkedCall, Phone, Row, in_address
from wallboard.domain.numbers import dialled
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.states import CallState, MemberState
from wallboard.vendors.base import YES, Can, Receipt, SourceSettings
from wallboard.vendors.http.client import Answer, HttpSource, Route, route
from wallboard.vendors.kit.acts import Request, act, receipt
from wallboard.vendors.kit.numbers import digits
from wallboard.vendors.kit.wire import count, identity
from wallboard.vendors.ringme import legs
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.own import Own
from wallboard.vendors.ringme.rooms import room_forms, room_request, speech_forms, speech_request

CALL_ACTIONS: dict[Verb, str] = {
    Verb.LISTEN: "eavesdrop",
    Verb.WHISPER: "whisper",
    Verb.BARGE: "conference",
    Verb.TRANSFER: "transfer",
    Verb.ATTENDED: "attended_transfer",
    Verb.HOLD: "hold",
    Verb.RESUME: "offhold",
    Verb.PARK: "park",
    Verb.PICKUP: "pickup",
}
"""The documented `action` of each verb."""
TO_MY_PHONE = MONITORING | {Verb.PICKUP}
_OF_ANSWERED = MONITORING | {Verb.ATTENDED, Verb.HOLD, Verb.RESUME, Verb.PARK, Verb.TRANSCRIBE}
_DIALLED = re.compile(r"\+?[0-9*#]{1,32}|[0-9A-Za-z_.]{1,32}\*[0-9A-Za-z_.]{1,32}(@[0-9A-Za-z.-]{1,100})?")
LACKS: Mapping[Verb, str] = {
    Verb.PAUSE: mark("this vendor knows only signed in and signed out"),
    Verb.UNPAUSE: mark("this vendor knows only signed in and signed out"),
    Verb.OPEN: mark("this vendor has no hotlines"),
    Verb.CLOSE: mark("this vendor has no hotlines"),
    Verb.ANNOUNCE: mark("this vendor has no hotlines"),
    Verb.PUBLISH: mark("this vendor has no notices"),
    Verb.CHANGE: mark("this vendor has no notices or receptionists"),
    Verb.NOTE: mark("notes stay in this console"),
}


@dataclass(slots=True)
class Actions:
    """The acting half of the adapter. `my_leg` is what the call list last showed on the operator's phone."""

    settings: SourceSettings
    http: HttpSource
    clock: Clock
    directory: Directory
    own: Own
    my_legs: tuple[Call, ...] = ()
    lent: bool = False
    """Whether another console reads the source: what it parked is known to it alone."""

    def can(self, verb: Verb, row: Row | None) -> Can:
        """Whether this PBX can do it to the row: the account may, and policy has said that its state allows it."""
        if row is None:
            return YES
        if verb is Verb.CALL:
            number = dialled(number_of(row))
            return YES if _DIALLED.fullmatch(number) else Can(False, tr("not a number that this PBX can dial"))
        if verb is Verb.END:
            # Never the call that I listen to, by which a session is known as well: it would be cut off.
            return YES if isinstance(row, Call) and row.mine else Can(False, tr("not a leg of my phone"))
        match row:
            case Call(state=CallState.UNKNOWN) if verb in _OF_ANSWERED:
                return Can(False, tr("the vendor does not tell whether it is answered"))
            case Member(state=MemberState.UNKNOWN) if verb in MONITORING:
                return Can(False, tr("the vendor does not tell whether it is answered"))
            case Call() | Member() if verb is Verb.PARK:
                return self._can_park()
            case ParkedCall() if not self.lent and not self.own.is_parked(row.key.id):
                return Can(False, tr("no longer parked"))
            case Agent() if not in_address(row.address, "extension_name"):
                return Can(False, tr("the vendor does not name the agent's phone"))
            case Phone() if verb is not Verb.ROOM:
                return Can(False, tr("not for a telephone"))
        return YES

    def _can_park(self) -> Can:
        slots = self.settings.park_slots
        if slots and self.own.free_slot(slots, self.clock.now()) is None:
            return Can(False, tr("all park slots are taken"))
        return YES

    @staticmethod
    def can_dial(destination: Destination) -> Can:
        if not destination.number:
            return Can(False, tr("it has no number"))
        return YES if _DIALLED.fullmatch(destination.number) else Can(False, tr("not a number that this PBX can dial"))

    def forms(self, verb: Verb) -> tuple[Form, ...]:
        if verb is Verb.ROOM:
            return room_forms()
        if verb is Verb.TRANSCRIBE:
            return speech_forms(str(self.settings.options.get("speech_url", "")))
        return ()

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        """Send the one request. Raises ActionError; NotSent also for whatever stands in the way before sending."""
        try:
            request = await self._request(command, row)
        except ReadError as error:
            raise NotSent(tr("nothing sent: {why}", why=str(error))) from None
        answer = await act(self.http, request)
        self._remember(command, row, request, answer.answered_at)
        return receipt(request, answer, *_ids(answer))

    async def _request(self, command: Command, row: Row | None) -> Request:
        verb = command.verb
        if verb in (Verb.SIGNIN, Verb.SIGNOUT):
            return await self._sign(command, row)
        if verb in (Verb.STAFF, Verb.UNSTAFF):
            return await self._staff(command, row)
        if verb is Verb.CALL:
            return await self._callback(command, row)
        if verb is Verb.ROOM:
            room = in_address(_address(command, row, Phone), "extension_id") or command.target.key.id
            return room_request(command, room)
        extension_id, call_api_id = self._call_address(command, row)
        if verb is Verb.TRANSCRIBE:
            return speech_request(command, extension_id, call_api_id, insecure=self.settings.insecure)
        if verb in (Verb.HANGUP, Verb.END):
            where = call_route(extension_id, call_api_id)
            return Request("DELETE", where, None, f"DELETE …/current_calls/{call_api_id}")
        if verb is Verb.PARK and self.settings.park_slots:
            return self._park(command, extension_id, call_api_id)
        if verb is Verb.FETCH:
            return self._fetch(command, row, extension_id, call_api_id)
        unnamed = verb in MONITORING or not digits(number_of(row))
        own = legs.mark(command) if unnamed and self.settings.options.get("mark_legs") else ""
        return self._control(verb, extension_id, call_api_id, self._send_dst(command), own)

    @staticmethod
    def _call_address(command: Command, row: Row | None) -> tuple[str, str]:
        address = _address(command, row, Call | Member | ParkedCall)
        extension_id, call_api_id = (in_address(address, name) or "" for name in ("extension_id", "call_api_id"))
        if not extension_id or not call_api_id:
            raise NotSent(tr("nothing sent: the vendor does not say on which extension this call is"))
        return extension_id, call_api_id

    def _my_phone(self, command: Command) -> str:
        return command.arg("phone") or self.settings.phone

    def _send_dst(self, command: Command) -> str:
        """Where the PBX is to ring or send; "" where the action needs none."""
        if command.verb in TO_MY_PHONE:
            return self._my_phone(command)
        if command.verb in (Verb.TRANSFER, Verb.ATTENDED):
            number = "" if command.destination is None else command.destination.number
            if not number:
                raise NotSent(tr("nothing sent: no destination was given"))
            return number
        return self._my_phone(command) if self.settings.options.get("always_send_dst") else ""

    @staticmethod
    def _control(verb: Verb, extension_id: str, call_api_id: str, send_dst: str, own: str = "") -> Request:
        """`own` is the caller's name that my phone is to show, by which its leg is known (option `mark_legs`)."""
        action = CALL_ACTIONS[verb]
        body: dict[str, Any] = {"action": action}
        if send_dst:
            body["send_dst"] = send_dst
        if own and verb in TO_MY_PHONE:
            body["caller_id_name"] = own
        to = f" to {send_dst}" if send_dst else ""
        where = call_route(extension_id, call_api_id)
        return Request("PUT", where, body, f"PUT …/current_calls/{call_api_id} {action}{to}")

    def _park(self, command: Command, extension_id: str, call_api_id: str) -> Request:
        slot = count(command.arg("slot"))
        if slot is None:
            slot = self.own.free_slot(self.settings.park_slots or (), self.clock.now())
        if slot is None:
            raise NotSent(tr("nothing sent: all park slots are taken"))
        return _valet(extension_id, call_api_id, "park", slot)

    def _fetch(self, command: Command, row: Row | None, extension_id: str, call_api_id: str) -> Request:
        """`bridge` joins a call of mine with the slot; without one the parked call is sent to my phone."""
        slot = count(row.slot if isinstance(row, ParkedCall) else command.arg("slot"))
        mine = next((leg for leg in self.my_legs if leg.state is CallState.TALKING), None)
        if slot is None or mine is None:
            return self._control(Verb.PICKUP, extension_id, call_api_id, self._my_phone(command))
        return _valet(in_address(mine.address, "extension_id") or "", mine.key.id, "bridge", slot)

    async def _callback(self, command: Command, row: Row | None) -> Request:
        number = command.destination.number if command.destination is not None else number_of(row)
        if not _DIALLED.fullmatch(number):
            raise NotSent(tr("nothing sent: there is no number to call"))
        phone = self._my_phone(command)
        extension_id = await self.directory.find_phone(phone)
        if not extension_id:
            raise NotSent(tr("nothing sent: my phone {phone} is not among the phones of this account", phone=phone))
        where = route("/extension/{extension_id}/callback/", extension_id=extension_id)
        return Request("POST", where, {"src_num": [phone], "dst_num": number}, f"POST …/callback/ {phone} to {number}")

    async def _sign(self, command: Command, row: Row | None) -> Request:
        agent = await self.directory.agent(_address(command, row, Agent))
        extension_id, agent_id = agent.phone_id, agent.agent_id
        status = "available" if command.verb is Verb.SIGNIN else "logged_out"
        where = route("/extension/{extension_id}/agent/{agent_id}", extension_id=extension_id, agent_id=agent_id)
        return Request("PUT", where, {"status": status}, f"PUT …/agent/{agent_id} {status}")

    async def _staff(self, command: Command, row: Row | None) -> Request:
        queue_id = self.directory.queue_id(command.arg("queue"))
        if not queue_id:
            raise NotSent(tr("nothing sent: the queue is not one of this source"))
        agent = await self.directory.agent(_address(command, row, Agent))
        agent_id, kind = agent.agent_id, agent.kind
        one = f"/extension/{{queue}}/queue/agents/{kind}/{{agent_id}}"
        if command.verb is Verb.UNSTAFF:
            where = route(one, queue=queue_id, agent_id=agent_id)
            return Request("DELETE", where, None, f"DELETE …/{queue_id}/queue/agents/{kind}/{agent_id}")
        place = self.directory.places.get((queue_id, agent_id))
        there = isinstance(row, Agent) and any(membership.queue_id == queue_id for membership in row.memberships)
        # The documented defaults differ between request and answer (vendors.md §3.7, 4): always said.
        body: dict[str, Any] = {
            name: next(said for said in (count(command.arg(name)), getattr(place, name, None), 1) if said is not None)
            for name in ("level", "position")
        }
        words = f"{queue_id}/queue/agents/{kind}/"
        if there:
            where = route(one, queue=queue_id, agent_id=agent_id)
            return Request("PUT", where, body, f"PUT …/{words}{agent_id}")
        where = route(f"/extension/{{queue}}/queue/agents/{kind}/", queue=queue_id)
        return Request("POST", where, {"agent_id": _body_id(agent_id), **body}, f"POST …/{words} {agent_id}")

    def _remember(self, command: Command, row: Row | None, request: Request, now: float) -> None:
        call_api_id = in_address(command.target.address, "call_api_id") or command.target.key.id
        extension_id = in_address(command.target.address, "extension_id") or ""
        match command.verb:
            case Verb.HOLD:
                self.own.held.hold(call_api_id, now, extension_id)
            case Verb.RESUME:
                self.own.held.resume(call_api_id)
            case Verb.PARK if isinstance(row, Call | Member):
                self.own.park(row, (request.json or {}).get("slot"), now)
            case Verb.FETCH:
                self.own.fetched(call_api_id, now)
            case Verb.HANGUP | Verb.TRANSFER:
                self.own.drop(call_api_id)


def call_route(extension_id: str, call_api_id: str) -> Route:
    where = "/extension/{extension_id}/current_calls/{call_api_id}"
    return route(where, extension_id=extension_id, call_api_id=call_api_id)


def valet_route(extension_id: str, call_api_id: str) -> Route:
    where = "/extension/{extension_id}/valet_park/{call_api_id}"
    return route(where, extension_id=extension_id, call_api_id=call_api_id)


def _valet(extension_id: str, call_api_id: str, action: str, slot: int) -> Request:
    where, body = valet_route(extension_id, call_api_id), {"action": action, "slot": slot}
    return Request("PUT", where, body, f"PUT …/valet_park/{call_api_id} {action} {slot}")


def _body_id(identity: str) -> int | str:
    """Ids are integers in bodies; one that is not goes as it came."""
    return int(identity) if identity.isascii() and identity.isdigit() and len(identity) < 16 else identity


def _address(command: Command, row: Row | None, kind: type[Row] | UnionType) -> Address:
    """As it was painted; from a script, which names the row alone, that of the row."""
    return command.target.address or (row.address if row is not None and isinstance(row, kind) else ())


def _ids(answer: Answer) -> tuple[str, ...]:
    if not isinstance(answer.data, Mapping):
        return ()
    return tuple(identity(answer.data.get(name)) for name in ("call_api_id", "call_id"))
