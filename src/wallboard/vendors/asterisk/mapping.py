"""Switchboard → rows of the domain. Pure: the same tables at the same second give the same rows.

Ids: a queue is its name, a caller and a call the caller's Uniqueid (it survives every transfer, park and requeue), an
agent the interface. A call is the channels that share a Linkedid or a bridge; its caller is the oldest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Membership, ParkedCall, Phone, Queue, Row
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.asterisk.facts import (
    DEVICE_WORDS,
    DOWN,
    RING,
    RINGING,
    UP,
    Channel,
    Place,
    Serving,
    born,
    device_of,
    device_of_interface,
    extension_of,
)
from wallboard.vendors.asterisk.state import Switchboard

Rows = dict[Resource, dict[Key, Row]]

_UNREACHABLE = frozenset({4, 5})
_RINGING = frozenset({6, 7})
_BUSY = frozenset({2, 3, 8})
_GONE_DEVICES = frozenset({"UNAVAILABLE", "INVALID"})


@dataclass(frozen=True, slots=True)
class Leg:
    """The channels of one call. ``caller`` is the oldest, ``peers`` the others, oldest first."""

    caller: Channel
    peers: tuple[Channel, ...]

    @property
    def all(self) -> tuple[Channel, ...]:
        return (self.caller, *self.peers)


def group(board: Switchboard) -> list[Leg]:
    """The calls: channels joined by Linkedid and by bridge, holding bridges (parking) apart."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for channel in board.channels.values():
        own = f"c:{channel.uniqueid}"
        if channel.linkedid:
            root[find(own)] = find(f"l:{channel.linkedid}")
        if channel.bridge and not channel.holding and channel.uniqueid not in board.parked:
            root[find(own)] = find(f"b:{channel.bridge}")
    found: dict[str, list[Channel]] = {}
    for channel in board.channels.values():
        found.setdefault(find(f"c:{channel.uniqueid}"), []).append(channel)
    legs = []
    for channels in found.values():
        channels.sort(key=lambda channel: channel.order)
        legs.append(Leg(channels[0], tuple(channels[1:])))
    legs.sort(key=lambda leg: leg.caller.order)
    return legs


@dataclass(slots=True)
class Mapper:
    """Settings, and the little that rows need to remember: since when an agent is in a state."""

    source: str
    wrap_up: float
    phone: str
    queues: tuple[str, ...] | None = None
    since: dict[str, tuple[AgentState, float | None]] = field(default_factory=dict)
    #: When the earliest wrap-up ends (server's clock): no event will tell.
    next_change: float | None = None

    def rows(self, board: Switchboard, now: float, local: Callable[[float], float]) -> Rows:
        """Every row, now. ``now`` is the server's clock, ``local`` turns the server's instants into ours."""
        return _Pass(self, board, now, local).rows()

    def key(self, kind: Kind, ident: str) -> Key:
        return Key(self.source, kind, ident)


class _Pass:
    """One walk over the tables, with the indexes that it needs."""

    def __init__(self, mapper: Mapper, board: Switchboard, now: float, local: Callable[[float], float]) -> None:
        self.mapper = mapper
        self.board = board
        self.now = now
        self.local = local
        self.interfaces = board.interfaces()
        self.names: dict[str, Clean] = {}
        self.places: dict[str, list[Place]] = {}
        for (queue, interface), place in sorted(board.places.items()):
            if self.shown(queue):
                self.places.setdefault(interface, []).append(place)
                self.names.setdefault(interface, clean(place.name))
        self.legs = group(board)
        self.by_device: dict[str, list[Channel]] = {}
        self.call_of: dict[str, Leg] = {}
        for leg in self.legs:
            for channel in leg.all:
                self.by_device.setdefault(channel.device, []).append(channel)
                self.call_of[channel.uniqueid] = leg
        self.served_by = {pair.agent: pair for pair in board.serving.values()}

    def shown(self, queue: str) -> bool:
        return self.mapper.queues is None or queue in self.mapper.queues

    def instant(self, server: float | None) -> float | None:
        return self.local(server) if server else None

    def rows(self) -> Rows:
        members = self.members()
        return {
            Resource.QUEUES: _by_key(self.queue_rows(members)),
            Resource.MEMBERS: _by_key(members),
            Resource.AGENTS: _by_key(self.agents()),
            Resource.CALLS: _by_key([self.call(leg) for leg in self.legs]),
            Resource.PARKED: _by_key(self.parked()),
            Resource.PHONES: _by_key(self.phones()),
        }

    # -- callers and queues -----------------------------------------------------------------------------------------

    def ringing_agents(self, leg: Leg) -> list[str]:
        """Interfaces whose telephones ring for this call."""
        found = []
        for channel in leg.peers:
            if channel.state in (DOWN, RINGING) and not channel.bridge and channel.device in self.interfaces:
                found.append(self.interfaces[channel.device])
        return found

    def device_rings(self, interface: str) -> bool:
        return any(place.status in _RINGING for place in self.places.get(interface, ()))

    def members(self) -> list[Member]:
        rows: list[Member] = []
        for queue, waiting in self.board.entries.items():
            if not self.shown(queue):
                continue
            for place, entry in enumerate(waiting, 1):
                leg = self.call_of.get(entry.uniqueid)
                ringing = leg is not None and bool(self.ringing_agents(leg))
                rows.append(
                    Member(
                        key=self.mapper.key(Kind.MEMBER, entry.uniqueid),
                        queue_id=queue,
                        queue=clean(queue),
                        name=clean(entry.name),
                        number=clean(entry.number),
                        state=MemberState.RINGING if ringing else MemberState.WAITING,
                        joined_at=self.local(entry.joined),
                        position=place,
                        priority=entry.priority,
                        call_key=self.mapper.key(Kind.CALL, leg.caller.uniqueid if leg else entry.uniqueid),
                        address=(("channel", entry.channel), ("uniqueid", entry.uniqueid), ("queue", queue)),
                    )
                )
        for pair in self.board.serving.values():
            caller = self.board.channels.get(pair.caller)
            agent = self.board.channels.get(pair.agent)
            if caller is None or agent is None or not self.shown(pair.queue):
                continue
            leg = self.call_of[caller.uniqueid]
            rows.append(
                Member(
                    key=self.mapper.key(Kind.MEMBER, pair.caller),
                    queue_id=pair.queue,
                    queue=clean(pair.queue),
                    name=clean(caller.caller),
                    number=clean(caller.number),
                    state=MemberState.TALKING,
                    joined_at=self.instant(pair.joined),
                    answered_at=self.instant(pair.since),
                    serving_ref=pair.interface,
                    serving=self.agent_name(pair.interface),
                    serving_key=self.mapper.key(Kind.AGENT, pair.interface),
                    call_key=self.mapper.key(Kind.CALL, leg.caller.uniqueid),
                    address=(
                        ("channel", caller.name),
                        ("uniqueid", caller.uniqueid),
                        ("queue", pair.queue),
                        ("agent_channel", agent.name),
                        ("agent_uniqueid", agent.uniqueid),
                    ),
                )
            )
        return rows

    def queue_rows(self, members: Sequence[Member]) -> list[Queue]:
        counts: dict[tuple[str, MemberState], int] = {}
        longest: dict[str, float] = {}
        for member in members:
            counts[member.queue_id, member.state] = counts.get((member.queue_id, member.state), 0) + 1
            if member.state is not MemberState.TALKING and member.joined_at is not None:
                longest[member.queue_id] = min(longest.get(member.queue_id, member.joined_at), member.joined_at)
        rows = []
        for name, facts in self.board.queues.items():
            if not self.shown(name):
                continue
            asked = bool(facts.completed or facts.abandoned)
            rows.append(
                Queue(
                    key=self.mapper.key(Kind.QUEUE, name),
                    name=clean(name),
                    waiting=counts.get((name, MemberState.WAITING), 0),
                    ringing=counts.get((name, MemberState.RINGING), 0),
                    talking=counts.get((name, MemberState.TALKING), 0),
                    longest_since=longest.get(name),
                    strategy=clean(facts.strategy),
                    answered=facts.completed,
                    abandoned=facts.abandoned,
                    service_seconds=facts.service_seconds,
                    # Asterisk says 0.0 % for a queue that has had no call; that is no service level.
                    service_percent=facts.service_percent if asked else None,
                    wrap_up=self.mapper.wrap_up or None,
                    address=(("queue", name),),
                )
            )
        return rows

    # -- agents -----------------------------------------------------------------------------------------------------

    def agent_name(self, interface: str) -> Clean:
        return self.names.get(interface) or clean(interface)

    def agents(self) -> list[Agent]:
        self.mapper.next_change = None
        rows = [self.agent(interface, places) for interface, places in self.places.items()]
        self.mapper.since = {interface: self.mapper.since[interface] for interface in self.places}
        return rows

    def agent(self, interface: str, places: Sequence[Place]) -> Agent:
        pair, other = self.call_with(interface)
        wrap_until = self.wrap_until(interface, places)
        state = self.agent_state(places, pair, other, wrap_until)
        if state is AgentState.WRAP_UP and wrap_until is not None:
            change = self.mapper.next_change
            self.mapper.next_change = wrap_until if change is None else min(change, wrap_until)
        with_name, with_key = NOTHING, None
        if pair is not None or other is not None:
            leg = self.call_of[pair.caller if pair is not None else other.uniqueid if other is not None else ""]
            with_key = self.mapper.key(Kind.CALL, leg.caller.uniqueid)
            with_name = self.other_party(leg, interface)
        reason = next((place.reason for place in places if place.paused and place.reason), "")
        status = max((place.status for place in places), default=0)
        paused = [place.paused for place in places]
        word = DEVICE_WORDS.get(status, str(status))
        return Agent(
            key=self.mapper.key(Kind.AGENT, interface),
            name=self.agent_name(interface),
            extension=clean(extension_of(interface)),
            state=state,
            raw_status=clean(word),
            raw_state=clean("Paused" if all(paused) else "Paused in some queues" if any(paused) else ""),
            since=self.agent_since(interface, state, places, pair),
            memberships=tuple(
                Membership(place.queue, clean(place.queue), level=place.penalty, paused=place.paused)
                for place in places
            ),
            registered=None if status in (0,) else status not in _UNREACHABLE,
            with_name=with_name,
            with_key=with_key,
            pause_reason=clean(reason),
            wrap_up=self.mapper.wrap_up or None,
            refs=tuple(dict.fromkeys((interface, device_of_interface(interface), places[0].name))),
            address=(("interface", interface), ("name", places[0].name)),
        )

    def call_with(self, interface: str) -> tuple[Serving | None, Channel | None]:
        """The queue call that this agent serves, else the channel of another call (a ringing one last)."""
        best: Channel | None = None
        for channel in self.by_device.get(device_of_interface(interface), ()):
            pair = self.served_by.get(channel.uniqueid)
            if pair is not None and pair.caller in self.call_of:
                return pair, channel
            # The second half of a Local channel runs the dialplan of the same call.
            if channel.name.endswith(";2") and device_of(channel.name).startswith("Local/"):
                continue
            if best is None or (channel.state == UP and best.state != UP):
                best = channel
        return None, best

    def agent_state(
        self, places: Sequence[Place], pair: Serving | None, other: Channel | None, wrap_until: float | None
    ) -> AgentState:
        statuses = {place.status for place in places}
        if pair is not None:
            return AgentState.TALKING
        if other is not None and other.state in (UP, RING):
            return AgentState.OTHER_CALL
        # A ringing telephone on a Local channel is "Not in use" to Asterisk, and is offered more calls: so it is here.
        if statuses & _RINGING:
            return AgentState.RINGING
        if statuses & _BUSY:
            return AgentState.TALKING if any(place.in_call for place in places) else AgentState.OTHER_CALL
        if statuses & _UNREACHABLE:
            return AgentState.UNREACHABLE
        if all(place.paused for place in places):
            return AgentState.BREAK
        if 1 not in statuses:
            return AgentState.UNKNOWN
        return AgentState.WRAP_UP if wrap_until is not None else AgentState.READY

    def wrap_until(self, interface: str, places: Sequence[Place]) -> float | None:
        """When the wrap-up ends, while it lasts. The queue's own ``wrapuptime`` is told nowhere: it is configured."""
        last = max([place.last_call for place in places] + [self.board.completed.get(interface, 0.0)])
        seconds = max([float(place.wrap_up) for place in places] + [self.mapper.wrap_up])
        until = last + seconds
        return until if last and seconds and until > self.now else None

    def agent_since(
        self, interface: str, state: AgentState, places: Sequence[Place], pair: Serving | None
    ) -> float | None:
        before = self.mapper.since.get(interface)
        if before is not None and before[0] is state:
            return before[1]
        since: float | None = self.local(self.now)
        if before is None:
            # First sight: what Asterisk remembers, and nothing where it does not.
            since = None
            if state is AgentState.BREAK:
                since = self.instant(max(place.last_pause for place in places))
        if state is AgentState.TALKING:
            since = self.instant(pair.since) if pair is not None else since
        self.mapper.since[interface] = (state, since)
        return since

    # -- calls ------------------------------------------------------------------------------------------------------

    def other_party(self, leg: Leg, interface: str) -> Clean:
        device = device_of_interface(interface)
        for channel in leg.all:
            if channel.device != device:
                name = self.names.get(self.interfaces.get(channel.device, ""))
                return name or clean(channel.caller or channel.number)
        return clean(leg.caller.exten)

    def call(self, leg: Leg) -> Call:
        board, caller = self.board, leg.caller
        spy = next((board.spies[c.uniqueid] for c in leg.all if c.uniqueid in board.spies), None)
        pair = next((board.serving[c.uniqueid] for c in leg.all if c.uniqueid in board.serving), None)
        entry = board.entry(caller.uniqueid)
        agent_leg = board.channels.get(pair.agent) if pair is not None else None
        talker = agent_leg or self.talking_peer(leg)
        ringing = self.ringing_agents(leg)
        interface = pair.interface if pair is not None else self.interfaces.get(talker.device, "") if talker else ""
        if not interface and len(ringing) == 1 and self.device_rings(ringing[0]):
            interface = ringing[0]
        caller_is_ours = caller.device in self.interfaces or caller.device == self.mapper.phone
        if not interface and caller.device in self.interfaces:
            interface = self.interfaces[caller.device]
        peer_is_ours = any(c.device in self.interfaces or c.device == self.mapper.phone for c in leg.peers)
        queue = pair.queue if pair is not None else entry.queue if entry is not None else ""
        state = self.call_state(leg, pair)
        held = [board.held[c.uniqueid] for c in leg.all if c.uniqueid in board.held]
        to, to_name = self.called(leg, talker, interface, queue)
        at = born(caller.uniqueid)
        answered = pair.since if pair is not None else talker.bridged_at if talker is not None else None
        address = [("channel", caller.name), ("uniqueid", caller.uniqueid)]
        address += [("context", caller.context), ("exten", caller.exten)]
        if talker is not None:
            address += [("agent_channel", talker.name), ("agent_uniqueid", talker.uniqueid)]
        if spy is not None:
            address += [("spied", spy.spyee_channel)]
        return Call(
            key=self.mapper.key(Kind.CALL, caller.uniqueid),
            extension=clean(extension_of(interface)) if interface else NOTHING,
            direction=_direction(caller_is_ours, peer_is_ours, bool(queue) or bool(talker)),
            from_number=clean(caller.number),
            from_name=clean(caller.caller),
            to=to,
            to_name=to_name,
            state=state,
            started_at=self.local(at[0]) if at else None,
            answered_at=self.instant(answered),
            held_since=self.instant(min(held)) if held else None,
            recording=next((board.recording[c.uniqueid] for c in leg.all if c.uniqueid in board.recording), None),
            agent=self.agent_name(interface) if interface else NOTHING,
            agent_key=self.mapper.key(Kind.AGENT, interface) if interface else None,
            agent_refs=(interface,) if interface else (),
            queue=clean(queue),
            whole=caller.linkedid,
            mine=bool(self.mapper.phone) and any(c.device == self.mapper.phone for c in leg.all),
            spying=self.spied_name(spy.spyee_channel) if spy is not None else NOTHING,
            address=tuple(address),
        )

    def talking_peer(self, leg: Leg) -> Channel | None:
        """Who the caller is in a bridge with: an agent if there is one, else the oldest."""
        if not leg.caller.bridge or leg.caller.holding:
            return None
        together = [c for c in leg.peers if c.bridge == leg.caller.bridge]
        ours = [c for c in together if c.device in self.interfaces]
        return next(iter(ours or together), None)

    def call_state(self, leg: Leg, pair: Serving | None) -> CallState:
        board = self.board
        if any(c.uniqueid in board.parked for c in leg.all):
            return CallState.PARKED
        if any(c.uniqueid in board.held for c in leg.all):
            return CallState.HELD
        if pair is not None:
            return CallState.TALKING
        if any(board.entry(c.uniqueid) is not None for c in leg.all):
            return CallState.RINGING
        bridges = [c.bridge for c in leg.all if c.bridge and not c.holding]
        if len(bridges) != len(set(bridges)):
            return CallState.TALKING
        if any(c.state in (DOWN, RINGING) for c in leg.peers):
            return CallState.RINGING
        # Alone in the dialplan: an announcement, music, a menu, a spy. It was answered, so it is not ringing.
        return CallState.TALKING if leg.caller.state == UP else CallState.RINGING

    def called(self, leg: Leg, talker: Channel | None, interface: str, queue: str) -> tuple[Clean, Clean]:
        if interface and self.interfaces.get(leg.caller.device) != interface:
            return clean(extension_of(interface)), self.agent_name(interface)
        if talker is not None:
            return clean(talker.number or extension_of(talker.name)), clean(talker.caller)
        rung = next((c for c in leg.peers if c.state in (DOWN, RINGING)), None)
        if rung is not None and not queue:
            return clean(rung.number or leg.caller.exten), clean(rung.caller)
        return clean(leg.caller.exten), clean(queue)

    def spied_name(self, channel: str) -> Clean:
        interface = self.interfaces.get(device_of(channel), "")
        return self.agent_name(interface) if interface else clean(channel)

    # -- parking and telephones -------------------------------------------------------------------------------------

    def parked(self) -> list[ParkedCall]:
        rows = []
        for parked in self.board.parked.values():
            leg = self.call_of.get(parked.uniqueid)
            by = self.interfaces.get(parked.by, "")
            name = self.agent_name(by) if by else clean(parked.by)
            rows.append(
                ParkedCall(
                    key=self.mapper.key(Kind.PARKED, parked.uniqueid),
                    slot=clean(parked.space),
                    caller=clean(parked.name or parked.number),
                    number=clean(parked.number),
                    since=self.local(parked.since),
                    by=name,
                    returns_at=self.instant(parked.returns),
                    returns_to=name,
                    call_key=self.mapper.key(Kind.CALL, leg.caller.uniqueid) if leg else None,
                    address=(
                        ("channel", parked.channel),
                        ("uniqueid", parked.uniqueid),
                        ("lot", parked.lot),
                        ("space", parked.space),
                    ),
                )
            )
        return rows

    def phones(self) -> list[Phone]:
        """Telephones by device state; pseudo devices (``Queue:…``, ``park:…``) and trunks with callers on are not."""
        rows = []
        for device, state in self.board.devices.items():
            technology, _, rest = device.partition("/")
            if not rest or ":" in technology or technology in {"Local", "ConfBridge", "MeetMe", "Agent"}:
                continue
            extension = extension_of(device)
            if not extension.isdigit():
                continue
            rows.append(
                Phone(
                    key=self.mapper.key(Kind.PHONE, device),
                    name=self.names.get(self.interfaces.get(device, "")) or clean(device),
                    extension=clean(extension),
                    registered=None if state == "UNKNOWN" else state not in _GONE_DEVICES,
                    refs=(device,),
                    address=(("device", device),),
                )
            )
        return rows


def _by_key(rows: Sequence[Row]) -> dict[Key, Row]:
    return {row.key: row for row in rows}


def _direction(caller_is_ours: bool, peer_is_ours: bool, taken: bool) -> Direction:
    if caller_is_ours:
        return Direction.INTERNAL if peer_is_ours else Direction.OUT
    return Direction.IN if peer_is_ours or taken else Direction.UNKNOWN


def changes(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> tuple[tuple[Row, ...], tuple[Key, ...]]:
    """The rows that are new or other than before, and the keys that went."""
    changed = tuple(row for key, row in after.items() if before.get(key) != row)
    return changed, tuple(key for key in before if key not in after)
