"""The tables at one moment: which channels are one call, and who is who on it.

Roles come from evidence, never from age: the queue's own words (who serves whom), the telephone that a member answers
on, who dialled whom, the agent pool. Where nothing tells which of two parties is the agent's, nobody is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from wallboard.domain.keys import Key, Kind
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.vendors.asterisk.devices import POOL, Telephones, device_of, is_local, pool_device, same_device
from wallboard.vendors.asterisk.facts import DOWN, RINGING, Channel, Offer, Place, Serving
from wallboard.vendors.asterisk.state import Switchboard

#: Device states of a member whose telephone rings.
RINGS = frozenset({6, 7})
#: Applications that hold the far end of a dialled channel, as CoreShowChannels names them.
_OUTGOING = frozenset({"AppDial", "AppDial2", "AppQueue"})
#: Channels that a conference makes for itself: its announcer and its recorder.
_CONFERENCE_OWN = ("CBAnn/", "CBRec/", "ConfBridgeRecorder/", "Recorder/", "Announcer/")


@dataclass(frozen=True, slots=True)
class Leg:
    """One call, as one row shows it.

    ``party`` is whom the verbs act on: the caller, or whoever an agent called. ``agent`` is the telephone of the agent
    who talks with them, ``near`` the channel in the party's own bridge that leads there (the same one, or the half of a
    Local channel), ``interface`` the agent's. ``origin`` is who dialled. ``crowd``: how many talk in one conference.
    """

    channels: tuple[Channel, ...]
    origin: Channel
    party: Channel
    agent: Channel | None = None
    near: Channel | None = None
    interface: str = ""
    pair: Serving | None = None
    crowd: int = 0

    @property
    def peers(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in self.channels if channel is not self.origin)


V = TypeVar("V")


def first_of(table: Mapping[str, V], channels: Iterable[Channel]) -> V | None:
    """What a table by Uniqueid holds of the first of these channels that is in it."""
    return next((table[channel.uniqueid] for channel in channels if channel.uniqueid in table), None)


class _Groups:
    """Names that were joined, one by one or by way of others, are one group."""

    def __init__(self) -> None:
        self._root: dict[str, str] = {}

    def _find(self, name: str) -> str:
        root = self._root
        while root.setdefault(name, name) != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._root[self._find(one)] = self._find(other)

    def join_to_one(self, channel: Channel, others: Iterable[Channel]) -> None:
        """With the group that these are of, if it is one."""
        likely = {self._find(other.uniqueid) for other in others}
        if len(likely) == 1:
            self.join(channel.uniqueid, likely.pop())

    def same(self, one: Channel, other: Channel) -> bool:
        return self._find(one.uniqueid) == self._find(other.uniqueid)

    def of(self, channels: Iterable[Channel]) -> list[list[Channel]]:
        found: dict[str, list[Channel]] = {}
        for channel in channels:
            found.setdefault(self._find(channel.uniqueid), []).append(channel)
        return list(found.values())


class Parties:
    """The tables at one moment, with the indexes that rows are made by. ``phone`` is the operator's own."""

    def __init__(
        self,
        source: str,
        phone: str,
        queues: tuple[str, ...] | None,
        board: Switchboard,
        now: float,
        local: Callable[[float], float],
    ) -> None:
        self.source = source
        self.phone = phone
        self.queues = queues
        self.board = board
        self.now = now
        self.local = local
        self.names: dict[str, Clean] = {}
        self.places: dict[str, list[Place]] = {}
        for (queue, interface), place in sorted(board.places.items()):
            if self.shown(queue):
                self.places.setdefault(interface, []).append(place)
                self.names.setdefault(interface, clean(place.name))
        self.telephones = Telephones(board.places.values(), board.hints)
        self.entries = {entry.uniqueid: entry for waiting in board.entries.values() for entry in waiting}
        self.topology = board.topology()
        self._told = self._told_by_queues()
        #: Asked for about a dozen times a channel in one walk.
        self._answers: dict[str, str] = {}
        self._inside = {device.casefold() for devices in board.hints.values() for device in devices}
        self.legs = sorted(
            (leg for channels in self._groups() for leg in self._legs(channels)), key=lambda leg: leg.origin.order
        )
        self.call_of: dict[str, Leg] = {}
        self.on_phone: dict[str, list[Channel]] = {}
        for leg in self.legs:
            for channel in leg.channels:
                self.call_of.setdefault(channel.uniqueid, leg)
                interface = self.interface_of(channel)
                if interface:
                    self.on_phone.setdefault(interface, []).append(channel)

    def _told_by_queues(self) -> dict[str, str]:
        """Legs that a queue named with the member's interface, through Local channels to their telephones."""
        told: dict[str, str] = {}
        named = [(offer.leg, offer.interface) for offer in self.board.offers.values()]
        named += [(pair.agent, pair.interface) for pair in self.board.serving.values()]
        for uniqueid, interface in named:
            first = self.board.channels.get(uniqueid)
            for channel in () if first is None else self.topology.chain(first):
                told.setdefault(channel.uniqueid, interface)
        return told

    def interface_of(self, channel: Channel) -> str:
        """The member whose telephone this channel is on, "" for nobody's. A telephone that is known to be another
        member's beats what the queue said: that call was picked up."""
        found = self._answers.get(channel.uniqueid)
        if found is None:
            found = self._answers[channel.uniqueid] = self._answering(channel)
        return found

    def _answering(self, channel: Channel) -> str:
        told = self._told.get(channel.uniqueid, "")
        # Whoever is signed in to the pool on somebody's telephone is the pool's agent for as long.
        devices = [device for device in (pool_device(channel), device_of(channel.name)) if device]
        if told and any(self.telephones.may_be(told, device) for device in devices):
            return told
        for device in devices:
            members = self.telephones.members_on(device)
            if members:
                return members[0] if len(members) == 1 else ""
        return told

    def is_mine(self, channel: Channel) -> bool:
        return same_device(self.phone, device_of(channel.name))

    def is_inside(self, channel: Channel) -> bool:
        """A telephone of this house: a member's, my own, or one that an extension's hint names."""
        return (
            bool(self.interface_of(channel))
            or self.is_mine(channel)
            or device_of(channel.name).casefold() in self._inside
        )

    def _groups(self) -> list[list[Channel]]:
        """Joined by talking in one bridge, by being two halves of a Local channel, by serving and by dialling.

        A Linkedid alone does not join: it stays with a caller long after they have gone another way, and an agent of
        the pool hands on the same one from caller to caller.
        """
        board, topology, groups = self.board, self.topology, _Groups()
        linked: dict[str, list[Channel]] = {}
        for channel in board.channels.values():
            linked.setdefault(channel.linkedid, []).append(channel)
            if bridge := topology.bridge_of(channel):
                groups.join(channel.uniqueid, f"b:{bridge}")
            if half := topology.half_of(channel):
                groups.join(channel.uniqueid, half.uniqueid)
        for pair in board.serving.values():
            if pair.caller in board.channels and pair.agent in board.channels:
                groups.join(pair.caller, pair.agent)
        free = [c for c in board.channels.values() if not topology.bridge_of(c) and c.uniqueid not in board.parked]
        orphans: list[Channel] = []
        for channel in filter(self._is_rung, free):
            dialler = board.dialled.get(channel.uniqueid)
            if dialler is None:
                orphans.append(channel)
            elif dialler in board.channels:
                groups.join(channel.uniqueid, dialler)
        # Who dialled was before our time: whoever shares the Linkedid and is not dialled or talking, if it is one.
        for channel in orphans:
            groups.join_to_one(channel, [c for c in free if c.linkedid == channel.linkedid and not self._is_rung(c)])
        # One who was left alone in a bridge is held there, while the other consults under the same Linkedid.
        for bridge, talking in topology.talking.items():
            if len(talking) == 1:
                away = [c for c in linked[talking[0].linkedid] if topology.bridge_of(c) not in ("", bridge)]
                groups.join_to_one(talking[0], [c for c in away if not groups.same(c, talking[0])])
        return groups.of(board.channels.values())

    def _is_rung(self, channel: Channel) -> bool:
        return channel.state in (DOWN, RINGING) or channel.application in _OUTGOING

    def _legs(self, channels: list[Channel]) -> list[Leg]:
        """The rows of one group: one, or one for each party of a conference, or none for an agent who only waits in
        the pool."""
        channels.sort(key=lambda channel: channel.order)
        if len(channels) == 1 and channels[0].application == POOL:
            return []
        for bridge in {self.topology.bridge_of(channel): None for channel in channels}:
            crowd = self._ends(bridge)
            kind = self.board.bridges.get(bridge)
            if len(crowd) > 2 or (bridge and kind is not None and kind.conference):
                return [self._one_of(end, near, len(crowd)) for near, end in crowd]
        return [self._call(channels)]

    def _ends(self, bridge: str) -> list[tuple[Channel, Channel]]:
        """Who talks in a bridge: the channel in it, and the telephone behind that."""
        return [
            (channel, self.topology.far_end(channel))
            for channel in sorted(self.topology.talking.get(bridge, ()), key=lambda channel: channel.order)
            if not channel.name.startswith(_CONFERENCE_OWN)
        ]

    def _one_of(self, end: Channel, near: Channel, crowd: int) -> Leg:
        own, interface = {end.uniqueid: end, near.uniqueid: near}, self.interface_of(end)
        return Leg(tuple(own.values()), end, end, end if interface else None, near, interface, crowd=crowd)

    def _call(self, channels: list[Channel]) -> Leg:
        board = self.board
        pair = first_of(board.serving, channels)
        if pair is not None and pair.agent in board.channels:
            caller, near = board.channels[pair.caller], board.channels[pair.agent]
            agent = self.topology.far_end(near)
            # Who really answers may be another member than the one that the queue had called: a picked-up call.
            interface = self.interface_of(agent) or pair.interface
            return Leg(tuple(channels), caller, caller, agent, near, interface, pair)
        origin = self._origin(channels)
        for channel in channels:
            if channel.uniqueid in self.entries:
                return Leg(tuple(channels), channel, channel)
        bridges = [self._ends(bridge) for bridge in {self.topology.bridge_of(channel): None for channel in channels}]
        alone = [ends[0][0] for ends in bridges if len(ends) == 1]
        for ends in bridges:
            if len(ends) == 2:
                leg = self._two(channels, origin, ends)
                # Somebody waits alone in a bridge while the other consults: it is about them.
                return replace(leg, party=alone[0]) if len(alone) == 1 and leg.agent is not None else leg
        # Nobody talks yet, or one is alone: in a menu, with music, parked.
        return Leg(tuple(channels), origin, self._wanted(channels, origin))

    def _two(self, channels: list[Channel], origin: Channel, ends: list[tuple[Channel, Channel]]) -> Leg:
        # The pool's own channel is the agent's, whatever else it might be; then members; then other telephones here.
        for known in (lambda end: end.application == POOL, self.interface_of, self.is_mine, self.is_inside):
            ours = [pair for pair in ends if known(pair[1])]
            if len(ours) == 1:
                near, agent = ours[0]
                party = next(pair[0] for pair in ends if pair is not ours[0])
                return Leg(tuple(channels), origin, party, agent, near, self.interface_of(agent))
            if len(ours) == 2 and any(end is origin or near is origin for near, end in ends):
                # Both are ours: who was called is the one who serves.
                called = next(pair for pair in ends if origin not in pair)
                party = next(pair[0] for pair in ends if pair is not called)
                return Leg(tuple(channels), origin, party, called[1], called[0], self.interface_of(called[1]))
        return Leg(tuple(channels), origin, next((near for near, end in ends if origin in (near, end)), origin))

    def _origin(self, channels: list[Channel]) -> Channel:
        """Who dialled: the one whom nobody here dialled, best one who did dial, least one whom the PBX itself rang."""
        dialled = self.board.dialled
        here = {channel.uniqueid for channel in channels}
        diallers = {dialled.get(channel.uniqueid) for channel in channels}

        def unlike(channel: Channel) -> tuple[bool, ...]:
            ident = channel.uniqueid
            outgoing = ident not in dialled and channel.application in _OUTGOING
            return is_local(channel.name), dialled.get(ident) in here, outgoing, ident not in diallers, ident in dialled

        return min(channels, key=unlike)

    def _wanted(self, channels: list[Channel], origin: Channel) -> Channel:
        """Whom a call that nobody answered is about: whom an agent calls, else who calls."""
        rung = [c for c in channels if c is not origin and self._is_rung(c) and not is_local(c.name)]
        return rung[0] if len(rung) == 1 and self.is_inside(origin) else origin

    def shown(self, queue: str) -> bool:
        return self.queues is None or queue in self.queues

    def instant(self, server: float | None) -> float | None:
        return self.local(server) if server else None

    def key(self, kind: Kind, ident: str) -> Key:
        return Key(self.source, kind, ident)

    def ringing_agents(self, leg: Leg) -> list[str]:
        rung = [c for c in leg.peers if c.state in (DOWN, RINGING) and not c.bridge]
        return list(dict.fromkeys(filter(None, map(self.interface_of, rung))))

    def offered_to(self, caller: str) -> list[Offer]:
        return [offer for offer in self.board.offers.values() if offer.caller == caller]

    def device_rings(self, interface: str) -> bool:
        return any(place.status in RINGS for place in self.places.get(interface, ()))

    def agent_name(self, interface: str) -> Clean:
        return self.names.get(interface) or clean(interface)

    def party_name(self, channel: Channel) -> Clean:
        interface = self.interface_of(channel)
        return self.agent_name(interface) if interface else clean(channel.caller or channel.number)

    def other_party(self, leg: Leg, interface: str) -> Clean:
        """Whom this agent has on the call."""
        if leg.crowd:
            return clean(leg.origin.exten)
        for channel in (leg.party, leg.agent, *leg.peers, leg.origin):
            if channel is not None and not is_local(channel.name) and self.interface_of(channel) != interface:
                return self.party_name(channel)
        return clean(leg.origin.exten)

    def spied_name(self, channel: str) -> Clean:
        known = self.topology.named.get(channel)
        interface = self.interface_of(known) if known is not None else ""
        return self.agent_name(interface) if interface else clean(channel)
