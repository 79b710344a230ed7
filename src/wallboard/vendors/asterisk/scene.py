"""The tables at one moment, indexed: which channels are one call, whose telephone a channel is, how agents are called.

A call is the channels that share a Linkedid or a bridge; its caller is the oldest of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.domain.keys import Key, Kind
from wallboard.domain.text import Clean, clean
from wallboard.vendors.asterisk.facts import DOWN, RINGING, Channel, Place, device_of, device_of_interface
from wallboard.vendors.asterisk.state import Switchboard

#: Device states of a member whose telephone rings.
RINGS = frozenset({6, 7})


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


class Scene:
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
        self.interfaces = board.interfaces()
        self.names: dict[str, Clean] = {}
        self.places: dict[str, list[Place]] = {}
        for (queue, interface), place in sorted(board.places.items()):
            if self.shown(queue):
                self.places.setdefault(interface, []).append(place)
                self.names.setdefault(interface, clean(place.name))
        self.entries = {entry.uniqueid: entry for waiting in board.entries.values() for entry in waiting}
        self.legs = group(board)
        self.by_device: dict[str, list[Channel]] = {}
        self.call_of: dict[str, Leg] = {}
        for leg in self.legs:
            for channel in leg.all:
                self.by_device.setdefault(channel.device, []).append(channel)
                self.call_of[channel.uniqueid] = leg
        self.served_by = {pair.agent: pair for pair in board.serving.values()}

    def shown(self, queue: str) -> bool:
        return self.queues is None or queue in self.queues

    def instant(self, server: float | None) -> float | None:
        return self.local(server) if server else None

    def key(self, kind: Kind, ident: str) -> Key:
        return Key(self.source, kind, ident)

    def ringing_agents(self, leg: Leg) -> list[str]:
        """Interfaces whose telephones ring for this call."""
        found = []
        for channel in leg.peers:
            if channel.state in (DOWN, RINGING) and not channel.bridge and channel.device in self.interfaces:
                found.append(self.interfaces[channel.device])
        return found

    def device_rings(self, interface: str) -> bool:
        return any(place.status in RINGS for place in self.places.get(interface, ()))

    def agent_name(self, interface: str) -> Clean:
        return self.names.get(interface) or clean(interface)

    def other_party(self, leg: Leg, interface: str) -> Clean:
        device = device_of_interface(interface)
        for channel in leg.all:
            if channel.device != device:
                name = self.names.get(self.interfaces.get(channel.device, ""))
                return name or clean(channel.caller or channel.number)
        return clean(leg.caller.exten)

    def spied_name(self, channel: str) -> Clean:
        interface = self.interfaces.get(device_of(channel), "")
        return self.agent_name(interface) if interface else clean(channel)
