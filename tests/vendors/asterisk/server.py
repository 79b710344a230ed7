"""A small Asterisk in memory: its tables, the events of what happens, its lists, and AMI over a pipe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteStream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.protocol import Message

START = 1_795_000_000


def message(event: str, **fields: object) -> Message:
    return Message([("Event", event), *((key, str(value)) for key, value in fields.items())])


@dataclass
class Leg:
    unique: str
    name: str
    linked: str
    state: int = 0
    number: str = ""
    caller: str = ""
    exten: str = "s"
    context: str = "ctx"
    application: str = ""
    data: str = ""
    bridge: str = ""

    def fields(self, prefix: str = "") -> dict[str, object]:
        return {
            f"{prefix}Channel": self.name,
            f"{prefix}ChannelState": self.state,
            f"{prefix}CallerIDNum": self.number or "<unknown>",
            f"{prefix}CallerIDName": self.caller or "<unknown>",
            f"{prefix}Context": self.context,
            f"{prefix}Exten": self.exten,
            f"{prefix}Uniqueid": self.unique,
            f"{prefix}Linkedid": self.linked,
        }


@dataclass
class Seat:
    queue: str
    interface: str
    status: int = 1
    paused: int = 0
    in_call: int = 0

    def fields(self) -> dict[str, object]:
        return {"Penalty": 0, "LastCall": 0, "LastPause": 0, "LoginTime": START, "InCall": self.in_call} | {
            "Status": self.status,
            "Paused": self.paused,
            "PausedReason": "lunch" if self.paused else "",
            "Wrapuptime": 0,
        }


@dataclass
class Pbx:
    """Queues ``sales`` and ``support``; agents PJSIP/1001 and 1002. Every change appends its events to ``events``."""

    now: float = START
    legs: dict[str, Leg] = field(default_factory=dict)
    waiting: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: {"sales": [], "support": []})
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)
    served: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Caller → (agent's leg, interface, queue)."""
    events: list[tuple[Message, float]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        for interface in ("PJSIP/1001", "PJSIP/1002"):
            for queue in self.waiting:
                self.seats[queue, interface] = Seat(queue, interface)

    def say(self, event: str, **fields: object) -> None:
        self.events.append((message(event, Timestamp=f"{self.now:.6f}", **fields), self.now))

    def new_leg(self, device: str, linked: str = "", *, state: int = 4, number: str = "", caller: str = "") -> Leg:
        self.count += 1
        unique = f"pbx-{int(self.now)}.{self.count}"
        leg = Leg(unique, f"{device}-{self.count:08x}", linked or unique, state, number, caller)
        self.legs[unique] = leg
        self.say("Newchannel", **leg.fields())
        return leg

    def set_state(self, leg: Leg, state: int) -> None:
        leg.state = state
        self.say("Newstate", **leg.fields())

    def seat_event(self, event: str, seat: Seat) -> None:
        self.say(
            event, Queue=seat.queue, MemberName=f"Agent {seat.interface}", Interface=seat.interface, **seat.fields()
        )

    def device(self, interface: str, status: int, queue: str = "") -> None:
        for seat in self.seats.values():
            if seat.interface == interface:
                seat.status = status
                seat.in_call = int(status == 2 and seat.queue == queue)
                self.seat_event("QueueMemberStatus", seat)

    def arrive(self, queue: str, number: str = "+1555", caller: str = "Ann") -> str:
        leg = self.new_leg("PJSIP/trunk", number=number, caller=caller)
        self.set_state(leg, 6)
        leg.exten, leg.application, leg.data = queue, "Queue", f"{queue},tT"
        self.join(leg, queue)
        return leg.unique

    def join(self, leg: Leg, queue: str) -> None:
        self.waiting[queue].append((leg.unique, self.now))
        place = len(self.waiting[queue])
        self.say("QueueCallerJoin", Queue=queue, Position=place, Count=place, **leg.fields())

    def leave(self, unique: str) -> str:
        for queue, rows in self.waiting.items():
            for place, (caller, _) in enumerate(rows, 1):
                if caller == unique:
                    del rows[place - 1]
                    leg = self.legs[unique]
                    self.say("QueueCallerLeave", Queue=queue, Position=place, Count=len(rows), **leg.fields())
                    return queue
        return ""

    def ring(self, caller: str, interface: str) -> str:
        queue = next(q for q, rows in self.waiting.items() if any(unique == caller for unique, _ in rows))
        leg = self.new_leg(interface, self.legs[caller].linked, state=0, number=interface[-4:])
        leg.application = "AppQueue"
        self.say("AgentCalled", Queue=queue, Interface=interface, **self.legs[caller].fields(), **leg.fields("Dest"))
        self.set_state(leg, 5)
        self.device(interface, 6)
        return leg.unique

    def answer(self, caller: str, agent: str) -> None:
        leg, other = self.legs[agent], self.legs[caller]
        interface = leg.name.rsplit("-", 1)[0]
        self.set_state(leg, 6)
        queue = self.leave(caller)
        self.served[caller] = (agent, interface, queue)
        self.say(
            "AgentConnect",
            Queue=queue,
            Interface=interface,
            MemberName=f"Agent {interface}",
            HoldTime=1,
            RingTime=1,
            **other.fields(),
            **leg.fields("Dest"),
        )
        self.count += 1
        for channel in (leg, other):
            self.enter(channel, f"bridge-{self.count}")
        self.device(interface, 2, queue)

    def enter(self, leg: Leg, bridge: str, technology: str = "simple_bridge") -> None:
        leg.bridge = bridge
        self.say("BridgeEnter", BridgeUniqueid=bridge, BridgeTechnology=technology, **leg.fields())

    def exit(self, leg: Leg) -> None:
        if leg.bridge:
            bridge, leg.bridge = leg.bridge, ""
            self.say("BridgeLeave", BridgeUniqueid=bridge, **leg.fields())

    def hang_up(self, unique: str) -> None:
        leg = self.legs[unique]
        if any(unique == caller for rows in self.waiting.values() for caller, _ in rows):
            self.say("QueueCallerAbandon", Queue="sales", Position=1, OriginalPosition=1, **leg.fields())
            self.leave(unique)
        if unique in self.parked:
            space = self.parked.pop(unique)
            self.say("ParkedCallGiveUp", ParkingSpace=space, **leg.fields("Parkee"))
        self.exit(leg)
        del self.legs[unique]
        self.say("Hangup", Cause=16, **leg.fields())
        interface = leg.name.rsplit("-", 1)[0]
        if interface.startswith("PJSIP/100"):
            self.device(interface, 1)

    def end(self, caller: str) -> None:
        agent, interface, queue = self.served.pop(caller)
        for unique in (agent, caller):
            if unique in self.legs:
                self.exit(self.legs[unique])
        self.say("AgentComplete", Queue=queue, Interface=interface, Reason="caller", **self.legs[caller].fields())
        for unique in (agent, caller):
            if unique in self.legs:
                self.hang_up(unique)

    def park(self, caller: str, space: str) -> None:
        agent, _, _ = self.served.pop(caller)
        leg = self.legs[caller]
        self.exit(leg)
        self.parked[caller] = space
        self.say("ParkedCall", **self.parked_fields(caller))
        leg.application = "Parked Call"
        self.enter(leg, "parking", "holding_bridge")
        self.hang_up(agent)

    def parked_fields(self, caller: str) -> dict[str, object]:
        return self.legs[caller].fields("Parkee") | {
            "ParkerDialString": "PJSIP/1001",
            "Parkinglot": "default",
            "ParkingSpace": self.parked[caller],
            "ParkingTimeout": 60,
            "ParkingDuration": 0,
        }

    def pause(self, interface: str, paused: int) -> None:
        for seat in self.seats.values():
            if seat.interface == interface:
                seat.paused = paused
                self.seat_event("QueueMemberPause", seat)

    # -- lists ------------------------------------------------------------------------------------------------------

    def queue_status(self) -> tuple[Message, ...]:
        items: list[Message] = []
        for queue, rows in self.waiting.items():
            counts = {"Calls": len(rows), "Completed": 0, "Abandoned": 0}
            items.append(message("QueueParams", Queue=queue, Strategy="ringall", **counts))
            for seat in self.seats.values():
                if seat.queue == queue:
                    items.append(
                        message(
                            "QueueMember",
                            Queue=queue,
                            Name=f"Agent {seat.interface}",
                            Location=seat.interface,
                            **seat.fields(),
                        )
                    )
            for place, (unique, since) in enumerate(rows, 1):
                leg = self.legs[unique]
                items.append(
                    message(
                        "QueueEntry",
                        Queue=queue,
                        Position=place,
                        Channel=leg.name,
                        Uniqueid=unique,
                        CallerIDNum=leg.number,
                        CallerIDName=leg.caller,
                        Wait=int(self.now - since),
                        Priority=0,
                    )
                )
        return tuple(items)

    def channels(self) -> tuple[Message, ...]:
        return tuple(
            message(
                "CoreShowChannel",
                Application=leg.application,
                ApplicationData=leg.data,
                BridgeId=leg.bridge,
                **leg.fields(),
            )
            for leg in self.legs.values()
        )

    def parked_calls(self) -> tuple[Message, ...]:
        return tuple(message("ParkedCall", **self.parked_fields(caller)) for caller in self.parked)

    def bridge_list(self) -> tuple[Message, ...]:
        kinds = {leg.bridge: leg.application == "Parked Call" for leg in self.legs.values() if leg.bridge}
        return tuple(
            message(
                "BridgeListItem",
                BridgeUniqueid=bridge,
                BridgeTechnology="holding_bridge" if holding else "simple_bridge",
                BridgeCreator="Parking" if holding else "<unknown>",
            )
            for bridge, holding in kinds.items()
        )

    def lists(self) -> Lists:
        return Lists(self.now, self.queue_status(), self.channels(), self.parked_calls(), (), self.bridge_list(), ())


# ---- AMI over a pipe ----------------------------------------------------------------------------------------------


class Pipe(ByteStream):
    """One end of an in-memory connection."""

    def __init__(self, inbox: MemoryObjectReceiveStream[bytes], outbox: MemoryObjectSendStream[bytes]) -> None:
        self._inbox, self._outbox = inbox, outbox

    async def receive(self, max_bytes: int = 65536) -> bytes:
        try:
            return await self._inbox.receive()
        except anyio.ClosedResourceError:
            raise anyio.EndOfStream from None

    async def send(self, item: bytes) -> None:
        await self._outbox.send(item)

    @property
    def unread(self) -> int:
        """What was sent and has not been received."""
        return self._outbox.statistics().current_buffer_used

    async def send_eof(self) -> None:
        await self._outbox.aclose()

    async def aclose(self) -> None:
        self._inbox.close()
        self._outbox.close()


def pipe() -> tuple[Pipe, Pipe]:
    to_server, from_client = anyio.create_memory_object_stream[bytes](1000)
    to_client, from_server = anyio.create_memory_object_stream[bytes](1000)
    return Pipe(from_server, to_server), Pipe(from_client, to_client)


Answer = Callable[["Server", Message], Awaitable[bool]]

COMMANDS = (
    *("Ping", "QueueStatus", "CoreShowChannels", "ParkedCalls", "DeviceStateList", "ShowDialPlan", "Originate"),
    *("Hangup", "PlayDTMF", "BlindTransfer", "Redirect", "Atxfer", "Park", "QueuePause", "QueueAdd", "QueueRemove"),
)


@dataclass
class Server:
    """Speaks AMI for a Pbx. ``answer`` may take an action over (True: done); ``actions`` holds everything received."""

    pbx: Pbx = field(default_factory=Pbx)
    secret: str = "s3cret"
    commands: tuple[str, ...] = COMMANDS
    answer: Answer | None = None
    actions: list[Message] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    connections: int = 0
    missing: tuple[str, ...] = ("9999",)
    faulty: dict[str, str] = field(default_factory=dict)
    """Lists that are answered with an error, and its words."""
    banner: str = "Asterisk Call Manager/11.0.0"
    booted: bool = True
    """Whether FullyBooted comes with a login; ``boot`` makes it so later."""
    loading: set[str] = field(default_factory=set)
    """Actions whose module is not loaded: neither named nor known."""
    unnamed: set[str] = field(default_factory=set)
    """Actions that are granted and that ListCommands does not name."""
    refusals: list[str] = field(default_factory=list)
    """What the next logins are refused with."""
    lets_through: Callable[[Message], bool] = lambda event: True
    """The account's event filter."""
    clock: Callable[[], float] = lambda: START
    _end: Pipe | None = None
    _sent: int = 0

    async def connect(self) -> ByteStream:
        """The stream factory. The server runs as long as its task group (``serve``)."""
        self.connections += 1
        client, self._end = pipe()
        self._tasks.start_soon(self._talk, self._end)
        return client

    _tasks: anyio.abc.TaskGroup = field(init=False)

    def use(self, tasks: anyio.abc.TaskGroup) -> Server:
        self._tasks = tasks
        return self

    async def drop(self) -> None:
        assert self._end is not None
        await self._end.aclose()

    async def write(self, *messages: Message) -> None:
        assert self._end is not None
        for item in messages:
            text = "".join(f"{key}: {value}\r\n" for key, value in item.pairs) + "\r\n"
            await self._end.send(text.encode())

    @property
    def unread(self) -> int:
        """Messages that the adapter has not taken yet."""
        return self._end.unread if self._end is not None else 0

    async def raw(self, data: bytes) -> None:
        assert self._end is not None
        await self._end.send(data)

    async def flush(self) -> None:
        """Send the events that the Pbx has made since."""
        for item, _ in self.pbx.events[self._sent :]:
            if self.lets_through(item):
                await self.write(item)
        self._sent = len(self.pbx.events)

    async def boot(self) -> None:
        """The last module is loaded."""
        self.booted = True
        self.loading.clear()
        await self.write(message("FullyBooted", Privilege="system,all", Status="Fully Booted"))

    async def reply(self, request: Message, response: str = "Success", **fields: object) -> None:
        pairs = [("Response", response), ("ActionID", request.action_id)]
        await self.write(Message([*pairs, *((key, str(value)) for key, value in fields.items())]))

    async def reply_list(self, request: Message, items: tuple[Message, ...]) -> None:
        await self.reply(request, EventList="start")
        for item in items:
            await self.write(Message([*item.pairs, ("ActionID", request.action_id)]))
        await self.write(
            Message([("Event", "ListComplete"), ("ActionID", request.action_id), ("EventList", "Complete")])
        )

    async def _talk(self, end: Pipe) -> None:
        try:
            await end.send(f"{self.banner}\r\n".encode())
            buffer = b""
            while True:
                data = await end.receive()
                self.received += data
                buffer += data
                while b"\r\n\r\n" in buffer:
                    raw, _, buffer = buffer.partition(b"\r\n\r\n")
                    pairs = [line.split(": ", 1) for line in raw.decode().split("\r\n")]
                    request = Message([(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs])
                    self.actions.append(request)
                    if self.answer is None or not await self.answer(self, request):
                        await self._default(request)
        except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
            return
        finally:
            await end.aclose()

    async def _default(self, request: Message) -> None:
        name = request.get("Action")
        lists = {
            "QueueStatus": self.pbx.queue_status,
            "CoreShowChannels": self.pbx.channels,
            "ParkedCalls": self.pbx.parked_calls,
            "DeviceStateList": tuple,
            "BridgeList": self.pbx.bridge_list,
            "ExtensionStateList": tuple,
        }
        if name == "Login":
            if request.get("Secret") != self.secret:
                await self.reply(request, "Error", Message="Authentication failed")
                await self.drop()
                return
            if self.refusals:
                await self.reply(request, "Error", Message=self.refusals.pop(0))
                await self.drop()
                return
            await self.reply(request, Message="Authentication accepted")
            if self.booted:
                await self.write(message("FullyBooted", Privilege="system,all", Status="Fully Booted"))
        elif name in self.loading:
            words = f"Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
            await self.reply(request, "Error", Message=words)
        elif name == "ListCommands":
            named = [command for command in self.commands if command not in self.loading | self.unnamed]
            await self.reply(request, **dict.fromkeys(named, "does it (Priv: all)"))
        elif name == "Ping":
            await self.reply(request, Ping="Pong", Timestamp=f"{self.clock():.6f}")
        elif name in self.faulty:
            await self.reply(request, "Error", Message=self.faulty[name])
        elif name in lists and name in self.commands:
            await self.reply_list(request, lists[name]())
        elif name == "ShowDialPlan":
            if request.get("Extension") in self.missing:
                await self.reply(request, "Error", Message=f"Did not find extension {request.get('Extension')}")
            else:
                await self.reply_list(request, ())
        elif name == "Events" or name in self.commands:
            await self.reply(request, Message="done")
        else:
            await self.reply(request, "Error", Message="Permission denied")
