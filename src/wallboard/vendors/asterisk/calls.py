"""Calls, parked callers and telephones as rows."""

from __future__ import annotations

from wallboard.domain.keys import Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Call, ParkedCall, Phone
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.asterisk.devices import device_of, extension_of, is_local
from wallboard.vendors.asterisk.facts import DEVICE_REGISTERED, DOWN, RING, RINGING, UP, Channel, born
from wallboard.vendors.asterisk.parties import Leg, Parties, first_of

#: Channel states of a call on its way: down, reserved, off hook, dialling, ring, ringing.
_SETTING_UP = frozenset({DOWN, 1, 2, 3, RING, RINGING})


class CallRows(Parties):
    """The part of a walk that makes calls of channels."""

    def call(self, leg: Leg) -> Call:
        board, origin = self.board, leg.origin
        queue = self.queue_of(leg)
        interface = self.agent_of(leg, queue)
        spy = first_of(board.spies, leg.channels)
        held = (board.held[c.uniqueid] for c in leg.channels if c.uniqueid in board.held)
        to, to_name = self.called(leg, interface, queue)
        at = born(origin.uniqueid)
        talks = leg.party if leg.crowd else leg.agent
        answered = leg.pair.since if leg.pair is not None else talks.bridged_at if talks is not None else None
        members = {self.interface_of(c): c for c in leg.channels if self.interface_of(c) and not is_local(c.name)}
        return Call(
            key=self.key(Kind.CALL, origin.uniqueid),
            extension=clean(extension_of(interface)) if interface else NOTHING,
            direction=self.direction(leg, bool(queue)),
            from_number=clean(origin.number),
            from_name=clean(origin.caller),
            to=to,
            to_name=to_name,
            state=self.call_state(leg),
            started_at=self.local(at[0]) if at else None,
            answered_at=self.instant(answered),
            held_since=self.instant(min(held, default=None)),
            recording=first_of(board.recording, leg.channels),
            agent=self.agent_name(interface) if interface else NOTHING,
            agent_key=self.key(Kind.AGENT, interface) if interface else None,
            agent_refs=tuple(dict.fromkeys((*([interface] if interface else ()), *members))),
            queue=clean(queue),
            whole=origin.linkedid,
            mine=any(self.is_mine(c) for c in leg.channels),
            spying=self.spied_name(spy.spyee_channel) if spy is not None else NOTHING,
            address=(*self.address(leg), *((("spied", spy.spyee_channel),) if spy is not None else ())),
        )

    def queue_of(self, leg: Leg) -> str:
        entry = self.entries.get(leg.origin.uniqueid)
        return leg.pair.queue if leg.pair is not None else entry.queue if entry is not None else ""

    def agent_of(self, leg: Leg, queue: str) -> str:
        """The interface of the agent. Where nobody has answered: of who calls, or of the one telephone that rings."""
        if leg.interface or leg.agent is not None:
            return leg.interface
        ringing = self.ringing_agents(leg)
        rings = len(ringing) == 1 and (not queue or self.device_rings(ringing[0]))
        return self.interface_of(leg.origin) or (ringing[0] if rings else "")

    def address(self, leg: Leg) -> tuple[tuple[str, str], ...]:
        """Whom the verbs act on, and by which channel each agent on the call is reached."""
        party = leg.party
        found = [("channel", party.name), ("uniqueid", party.uniqueid)]
        found += [("context", party.context), ("exten", party.exten)]
        if leg.agent is not None and leg.near is not None:
            found += [("agent_channel", leg.agent.name), ("agent_uniqueid", leg.agent.uniqueid)]
            found += [("near_channel", leg.near.name), ("near_uniqueid", leg.near.uniqueid)]
        for channel in leg.channels:
            interface = self.interface_of(channel)
            if interface and not is_local(channel.name):
                found.append((f"agent {interface}", channel.uniqueid))
        # By these a console knows its own telephone where another reads for it.
        found += [("device", device) for device in dict.fromkeys(device_of(c.name) for c in leg.channels)]
        if leg.crowd:
            found.append(("crowd", str(leg.crowd)))
        elif leg.agent is None and len(self.topology.talking.get(self.topology.bridge_of(party), ())) == 2:
            found.append(("roles", "unknown"))
        return tuple(found)

    def direction(self, leg: Leg, queue: bool) -> Direction:
        """In for who came to a queue or dialled a telephone of this house from outside; out for who dialled from one;
        unknown where nothing tells."""
        if queue:
            return Direction.IN
        inside = self.is_inside(leg.origin)
        others = [c for c in leg.peers if not is_local(c.name)]
        if leg.crowd or not others:
            return Direction.OUT if inside else Direction.UNKNOWN
        here = [self.is_inside(channel) for channel in others]
        if inside:
            return Direction.INTERNAL if all(here) else Direction.OUT
        return Direction.IN if any(here) else Direction.UNKNOWN

    def call_state(self, leg: Leg) -> CallState:
        board = self.board
        if any(c.uniqueid in board.parked for c in leg.channels):
            return CallState.PARKED
        if any(c.uniqueid in board.held for c in leg.channels):
            return CallState.HELD
        if leg.pair is not None or leg.agent is not None or leg.crowd:
            return CallState.TALKING
        if any(c.uniqueid in self.entries for c in leg.channels):
            return CallState.RINGING
        bridges = [self.topology.bridge_of(c) for c in leg.channels]
        talking = [bridge for bridge in bridges if bridge]
        if len(talking) != len(set(talking)):
            return CallState.TALKING
        if any(c.state in (DOWN, RINGING) for c in leg.peers):
            return CallState.RINGING
        # Alone in the dialplan: an announcement, music, a menu, a spy. It was answered, so it is not ringing.
        if leg.origin.state == UP:
            return CallState.TALKING
        return CallState.RINGING if leg.origin.state in _SETTING_UP else CallState.UNKNOWN

    def called(self, leg: Leg, interface: str, queue: str) -> tuple[Clean, Clean]:
        origin = leg.origin
        if leg.crowd:
            return clean(origin.exten), clean(tr("conference of {n}", n=leg.crowd))
        if interface and self.interface_of(origin) != interface:
            return clean(extension_of(interface)), self.agent_name(interface)
        other = self._other_end(leg)
        if other is not None and not queue:
            number = other.number or (origin.exten if self.is_inside(origin) else extension_of(device_of(other.name)))
            return clean(number), self.party_name(other) if self.interface_of(other) else clean(other.caller)
        # "s" is where a dialplan starts without a number.
        return clean("" if origin.exten == "s" else origin.exten), clean(queue)

    def _other_end(self, leg: Leg) -> Channel | None:
        """The telephone at the other end from who dialled, talking or ringing."""
        for channel in (leg.party, leg.agent):
            if channel is not None and channel is not leg.origin and leg.agent is not None:
                return channel
        peers = [c for c in leg.peers if not is_local(c.name)]
        return next((c for c in peers if c.state == UP), None) or (peers[0] if peers else None)

    def parked(self) -> list[ParkedCall]:
        rows = []
        for parked in self.board.parked.values():
            leg = self.call_of.get(parked.uniqueid)
            # Older servers give the channel that parked, newer ones the device to dial.
            members = self.telephones.members_on(parked.by) or self.telephones.members_on(device_of(parked.by))
            name = self.agent_name(members[0]) if len(members) == 1 else clean(parked.by)
            rows.append(
                ParkedCall(
                    key=self.key(Kind.PARKED, parked.uniqueid),
                    slot=clean(parked.space),
                    caller=clean(parked.name or parked.number),
                    number=clean(parked.number),
                    since=self.local(parked.since),
                    by=name,
                    returns_at=self.instant(parked.returns),
                    returns_to=name,
                    call_key=self.key(Kind.CALL, leg.origin.uniqueid) if leg else None,
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
            members = self.telephones.members_on(device)
            rows.append(
                Phone(
                    key=self.key(Kind.PHONE, device),
                    name=self.agent_name(members[0]) if len(members) == 1 else clean(device),
                    extension=clean(extension),
                    registered=DEVICE_REGISTERED.get(state),
                    refs=(device,),
                    address=(("device", device),),
                )
            )
        return rows
