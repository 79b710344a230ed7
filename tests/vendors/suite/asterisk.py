"""An Asterisk as its AMI documentation describes it: lists as events, refusals as `Response: Error`.

AMI has no addresses, no status codes, no pages and no types, so many cases do not exist here; each is excepted with its
reason. What it has instead is played: a refused sign-in, a command that this account may not use, lists that never
end, half messages, endless lines and connections that break.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import anyio
from anyio.abc import ByteStream

from tests.lab.desk import Desk
from tests.support.facts import Seen
from tests.vendors.asterisk.server import Pbx, Server
from tests.vendors.server import NOW, Item
from tests.vendors.suite.stand import (
    GARBAGE,
    SOURCE,
    Case,
    Fault,
    Listed,
    Nowhere,
    Session,
    Stand,
    Strange,
    Warp,
    changed,
    settle,
)
from wallboard.domain.command import Verb
from wallboard.domain.errors import (
    ActionError,
    Ambiguous,
    CredentialsRefused,
    NotPermitted,
    NotSent,
    ReadError,
    Rejected,
    TargetGone,
    Unreachable,
)
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.update import UpdateKind
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.base import AmiAuth, Secret, Services, SourceSettings

READS = frozenset(
    ("Login", "Logoff", "Events", "Ping", "ListCommands", "ShowDialPlan", "BridgeList", "ExtensionStateList")
)
ACTIONS: dict[str, tuple[str, ...]] = {
    "Hangup": ("Channel",),
    "Originate": ("Channel",),
    "PlayDTMF": ("Channel", "Digit"),
    "BlindTransfer": ("Channel", "Context", "Exten"),
    "Redirect": ("Channel", "Context", "Exten", "Priority"),
    "Atxfer": ("Channel", "Exten"),
    "Park": ("Channel",),
    "QueuePause": ("Interface", "Paused"),
    "QueueAdd": ("Queue", "Interface"),
    "QueueRemove": ("Queue", "Interface"),
}
"""Acting commands and what their documentation requires."""
COMMANDS = {"members": "QueueStatus", "agents": "QueueStatus", "calls": "CoreShowChannels", "parked": "ParkedCalls"}

RUBBISH = (
    Message([("Event", "NobodyKnowsThis"), ("Queue", "sales")]),
    *(
        Message([("Event", event), ("Queue", "sales")])
        for event in ("QueueEntry", "QueueMember", "CoreShowChannel", "ParkedCall")
    ),
    Message([("Nothing", "")]),
)


def channel(index: int, prefix: str = "") -> Item:
    unique = f"pbx-{int(NOW)}.{index}"
    return {
        f"{prefix}Channel": f"PJSIP/trunk-{index:08x}",
        f"{prefix}ChannelState": 6,
        f"{prefix}CallerIDNum": f"+1555{index:04}",
        f"{prefix}CallerIDName": f"Caller {index}",
        f"{prefix}Exten": "s",
        f"{prefix}Uniqueid": unique,
        f"{prefix}Linkedid": unique,
    }


def unique(index: int) -> str:
    return f"pbx-{int(NOW)}.{index}"


class AmiSession(Session):
    stand: AsteriskStand

    def __init__(self, stand: AsteriskStand, adapter: AsteriskAdapter, desk: Desk) -> None:
        super().__init__(stand, adapter)
        self._desk = desk
        self._warp = Warp()

    async def read(self, listed: Listed) -> tuple[Row, ...]:
        """The next snapshot, or what the source's status says instead of one."""
        desk, mark = self._desk, len(self._desk.updates)
        await self._settle()
        desk.statuses.clear()
        fault = self.stand.fault_of(listed.name)
        if fault in self.stand.shared:
            await self.stand.server.drop()
        for _ in range(40):
            await self._settle()
            found = desk.updates[mark:]
            if any((one.resource, one.kind) == (listed.resource, UpdateKind.SNAPSHOT) for one in found):
                return tuple(desk.rows(listed.resource))
            status = desk.statuses.get(listed.resource)
            if status is not None and status.refused:
                raise CredentialsRefused(status.cause)
            if status is not None and status.unavailable:
                raise NotPermitted(status.cause)
            lost = status is not None and status.failures and status.cause
            if status is not None and lost and fault not in (None, Fault.REFUSED):
                raise Unreachable(status.cause)
            self._warp.jump(6.0)
            self.stand.clock.advance(6.0)
        raise AssertionError(f"neither rows nor a reason: {listed.name}")

    async def read_slowly(self, listed: Listed) -> tuple[Row, ...]:
        return await self.read(listed)

    async def everything(self) -> list[Row]:
        await self.read(self.stand.of("members"))
        await self._settle()
        return [row for resource in Resource for row in self._desk.rows(resource)]

    async def refuse(self, fault: Fault | None) -> None:
        self.stand.refusal = fault
        if fault is Fault.CLOSED:
            self.stand.everywhere = fault
            await self.stand.server.drop()
            await self._settle()

    async def _settle(self) -> None:
        """Until nothing is under way any more in either direction."""
        before, still = self._marks(), 0
        while still < 3:
            await settle(25)
            now = self._marks()
            before, still = now, still + 1 if now == before else 0

    def _marks(self) -> tuple[int, ...]:
        stand = self.stand
        return stand.server.unread, stand.server.connections, len(stand.server.received), len(self._desk.updates)


class AsteriskStand(Stand):
    name = "asterisk"
    breaks = True
    shared = frozenset({Fault.REFUSED, Fault.CLOSED, Fault.DROPPED, Fault.SLOW, *GARBAGE})
    lists = (
        Listed(
            "members",
            Resource.MEMBERS,
            lambda index: {
                "Event": "QueueEntry",
                "Queue": "sales",
                "Position": index + 1,
                "Channel": f"PJSIP/trunk-{index:08x}",
                "Uniqueid": unique(index),
                "CallerIDNum": f"+1555{index:04}",
                "CallerIDName": f"Caller {index}",
                "Wait": 30,
                "Priority": 0,
            },
            unique,
            "Uniqueid",
            ("Event", "Queue", "Uniqueid"),
            request="QueueStatus",
        ),
        Listed(
            "agents",
            Resource.AGENTS,
            lambda index: {
                "Event": "QueueMember",
                "Queue": "sales",
                "Name": f"Agent {index}",
                "Location": f"PJSIP/{3000 + index}",
                "Status": 1,
                "Paused": 0,
                "InCall": 0,
            },
            lambda index: f"PJSIP/{3000 + index}",
            "Location",
            ("Event", "Queue", "Location"),
            request="QueueStatus",
            strange=(Strange(changed(Status="42")),),
        ),
        Listed(
            "calls",
            Resource.CALLS,
            lambda index: {"Event": "CoreShowChannel", **channel(index), "BridgeId": "", "Application": "Playback"},
            unique,
            "Uniqueid",
            ("Event", "Uniqueid", "Channel"),
        ),
        Listed(
            "parked",
            Resource.PARKED,
            lambda index: {
                "Event": "ParkedCall",
                **channel(index, "Parkee"),
                "ParkerDialString": "PJSIP/1001",
                "Parkinglot": "default",
                "ParkingSpace": str(700 + index),
                "ParkingTimeout": 60,
                "ParkingDuration": 3,
            },
            unique,
            "ParkeeUniqueid",
            ("Event", "ParkeeUniqueid", "ParkeeChannel"),
        ),
    )
    states: ClassVar[Mapping[tuple[str, str], str]] = {
        ("agent", "PJSIP/1001"): "talking",
        ("agent", "PJSIP/1002"): "break",
        ("member", "pbx-1772439247.4"): "talking",
        ("member", "pbx-1772439247.7"): "waiting",
        ("call", "pbx-1772439247.1"): "parked",
        ("phone", "PJSIP/1001"): "registered",
    }
    exceptions: ClassVar[Mapping[str, str]] = {
        Case.PAGES: "a list comes whole, item by item",
        Case.HOLE: "a list comes whole, item by item",
        Case.NUMBERS: "every value of AMI is text",
        Case.SEVERAL_FORMS: "a list has one form: events between the answer and the closing event",
        Case.RENEWAL: "a connection is signed in once and for all",
        Case.STATUS: "events are pushed: there is nothing to poll",
        **{
            fault: "AMI has no status codes: Response: Error is all that a refusal can be"
            for fault in (Fault.MISSING, Fault.CONFLICT, Fault.THROTTLED, Fault.BROKEN, Fault.BUSY, Fault.PAUSED)
        },
        Fault.NOT_A_NUMBER: "every value of AMI is text",
    }
    remedies: ClassVar[Mapping[Fault, type[ReadError]]] = {
        Fault.REFUSED: CredentialsRefused,
        Fault.FORBIDDEN: NotPermitted,
        **dict.fromkeys(
            (
                *(Fault.NOT_JSON, Fault.HTML, Fault.TRUNCATED, Fault.EMPTY, Fault.TOO_LARGE),
                *(Fault.SLOW, Fault.DROPPED, Fault.CLOSED),
            ),
            Unreachable,
        ),
    }
    endings: ClassVar[Mapping[Fault, type[ActionError]]] = {
        Fault.FORBIDDEN: Rejected,
        Fault.MISSING: TargetGone,
        Fault.CONFLICT: Rejected,
        Fault.SLOW: Ambiguous,
        Fault.DROPPED: Ambiguous,
        Fault.TRUNCATED: Ambiguous,
        Fault.CLOSED: NotSent,
    }

    def __init__(self) -> None:
        super().__init__()
        self.listens = True
        """Whether the adapter is kept running; the stand-in talks to one connection at a time."""
        self.pbx = Pbx(now=NOW)
        self.server = Server(self.pbx, clock=self.clock.now, answer=self._answer)
        self._scene()

    def _scene(self) -> None:
        """One waits, one is rung for, one talks, one is parked; one agent has a break and one queue has nobody."""
        pbx = self.pbx
        pbx.waiting["overflow"] = []
        pbx.pause("PJSIP/1002", 1)
        pbx.park(self._served("PJSIP/1002"), "701")
        self.talker = self._served("PJSIP/1001")
        pbx.arrive("sales", "+15550009", "Zoe")

    def _served(self, interface: str) -> str:
        caller = self.pbx.arrive("sales", f"+1555{self.pbx.count:04}", "Ann")
        self.pbx.answer(caller, self.pbx.ring(caller, interface))
        return caller

    def ready(self, verb: Verb) -> None:
        """Ending a listening needs one."""
        if verb is Verb.END:
            agent = self.pbx.legs[self.pbx.served[self.talker][0]]
            spy = self.pbx.new_leg("PJSIP/sup1", state=6)
            spy.application, spy.data = "ChanSpy", f"{agent.name},q"

    @asynccontextmanager
    async def open(self, told: Sequence[Row] | None = None, **changes: Any) -> AsyncIterator[AmiSession]:
        values: dict[str, Any] = {
            "name": SOURCE,
            "vendor": "asterisk",
            "url": "tcp://127.0.0.1:5038",
            "auth": AmiAuth("boss", Secret(self.server.secret)),
            "phone": "PJSIP/sup1",
            "transfer_context": "targets",
        }
        facts = None if told is None else Seen(self.clock.now(), told)
        adapter = AsteriskAdapter(SourceSettings(**{**values, **changes}), Services(self.clock, self._connect, facts))
        desk = Desk()
        async with anyio.create_task_group() as tasks:
            self.server.use(tasks)
            if told is not None:
                tasks.start_soon(adapter.stand_by, Nowhere())
                await settle()
            elif self.listens:
                tasks.start_soon(adapter.run, desk)
            yield AmiSession(self, adapter, desk)
            tasks.cancel_scope.cancel()

    async def _connect(self) -> ByteStream:
        if self.everywhere is Fault.CLOSED or Fault.CLOSED in self.faults.values():
            raise ConnectionRefusedError(111, "Connection refused")
        return await self.server.connect()

    def fault_of(self, name: str) -> Fault | None:
        return self.everywhere or self.faults.get(name)

    async def _answer(self, server: Server, request: Message) -> bool:
        action = request.get("Action")
        for name, command in COMMANDS.items():
            fault = self.fault_of(name)
            if fault is Fault.REFUSED and action == "Login":
                await server.reply(request, "Error", Message="Authentication failed")
                return True
            if fault is not None and command == action:
                return await self._faulty(fault, server, request)
        if action not in READS and action not in COMMANDS.values() and action != "DeviceStateList":
            return await self._act(server, request)
        if self.litter:
            await self.server.raw(b"no field at all\r\n: \r\nX\r\n\r\n\r\n")
        if action in COMMANDS.values():
            await server.reply_list(request, tuple(self._items(action)))
            return True
        if action == "DeviceStateList":
            phone = Message([("Event", "DeviceStateChange"), ("Device", "PJSIP/1001"), ("State", "NOT_INUSE")])
            await server.reply_list(request, (phone,))
            return True
        return False

    def _items(self, action: str) -> list[Message]:
        """The items of a list: those of the scene, or where a test filled lists, these alone."""
        scene = {"QueueStatus": self.pbx.queue_status, "CoreShowChannels": self.pbx.channels}
        found = list(scene.get(action, self.pbx.parked_calls)())
        if self.rows:
            found = [item for item in found if item.event == "QueueParams"]
        for name, command in COMMANDS.items():
            if command == action:
                rows = self.rows.get(name, [])
                found += [Message([(key, str(value)) for key, value in row.items()]) for row in rows]
        return [*found, *found[-1:], *RUBBISH] if self.litter else found

    async def _faulty(self, fault: Fault, server: Server, request: Message) -> bool:
        match fault:
            case Fault.FORBIDDEN:
                await server.reply(request, "Error", Message="Permission denied")
            case Fault.MISSING:
                await server.reply(request, "Error", Message="No such channel")
            case Fault.CONFLICT:
                await server.reply(request, "Error", Message="Could not do it now")
            case Fault.SLOW:
                self.hanging.set()
            case Fault.DROPPED | Fault.EMPTY:
                await server.drop()
            case Fault.TRUNCATED:
                await self.server.raw(b"Response: Succ")
                await server.drop()
            case _:
                # A line beyond all bounds, whatever is in it; lines without a colon alone would be passed over.
                await self.server.raw(b"<html>" * 20_000)
        return True

    async def _act(self, server: Server, request: Message) -> bool:
        action = request.get("Action")
        self.acted.append(f"{action} {dict(request.pairs[2:])}")
        missing = [name for name in ACTIONS.get(action, ("an action of the documentation",)) if not request.get(name)]
        if action == "Originate" and not (request.get("Application") or request.get("Exten")):
            missing.append("Application or Exten")
        if missing:
            self.undocumented.append(f"{action} without {missing[0]}")
        if self.refusal is not None and self.refusals > 0:
            self.refusals -= 1
            return await self._faulty(self.refusal, server, request)
        return False

    def destination(self, verb: Verb, row: Row | None) -> str:
        return "2002" if verb in (Verb.TRANSFER, Verb.ATTENDED) else ""

    def args(self, verb: Verb, row: Row | None) -> dict[str, str]:
        return {Verb.STAFF: {"queue": "overflow"}, Verb.UNSTAFF: {"queue": "sales"}}.get(verb, {})
