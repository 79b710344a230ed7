"""Calls, parked callers and telephones as rows."""

from __future__ import annotations

from wallboard.domain.keys import Kind
from wallboard.domain.models import Call, ParkedCall, Phone
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.asterisk.facts import DOWN, RINGING, UP, Channel, Serving, born, extension_of
from wallboard.vendors.asterisk.scene import Leg, Scene

_GONE_DEVICES = frozenset({"UNAVAILABLE", "INVALID"})


class CallRows(Scene):
    """The part of a walk that makes calls of channels."""

    def call(self, leg: Leg) -> Call:
        board, caller = self.board, leg.caller
        spy = next((board.spies[c.uniqueid] for c in leg.all if c.uniqueid in board.spies), None)
        pair = next((board.serving[c.uniqueid] for c in leg.all if c.uniqueid in board.serving), None)
        entry = self.entries.get(caller.uniqueid)
        agent_leg = board.channels.get(pair.agent) if pair is not None else None
        talker = agent_leg or self.talking_peer(leg)
        ringing = self.ringing_agents(leg)
        interface = pair.interface if pair is not None else self.interfaces.get(talker.device, "") if talker else ""
        if not interface and len(ringing) == 1 and self.device_rings(ringing[0]):
            interface = ringing[0]
        caller_is_ours = caller.device in self.interfaces or caller.device == self.phone
        if not interface and caller.device in self.interfaces:
            interface = self.interfaces[caller.device]
        peer_is_ours = any(c.device in self.interfaces or c.device == self.phone for c in leg.peers)
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
            key=self.key(Kind.CALL, caller.uniqueid),
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
            agent_key=self.key(Kind.AGENT, interface) if interface else None,
            agent_refs=(interface,) if interface else (),
            queue=clean(queue),
            whole=caller.linkedid,
            mine=bool(self.phone) and any(c.device == self.phone for c in leg.all),
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
        if any(c.uniqueid in self.entries for c in leg.all):
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

    def parked(self) -> list[ParkedCall]:
        rows = []
        for parked in self.board.parked.values():
            leg = self.call_of.get(parked.uniqueid)
            by = self.interfaces.get(parked.by, "")
            name = self.agent_name(by) if by else clean(parked.by)
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
                    call_key=self.key(Kind.CALL, leg.caller.uniqueid) if leg else None,
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
                    key=self.key(Kind.PHONE, device),
                    name=self.names.get(self.interfaces.get(device, "")) or clean(device),
                    extension=clean(extension),
                    registered=None if state == "UNKNOWN" else state not in _GONE_DEVICES,
                    refs=(device,),
                    address=(("device", device),),
                )
            )
        return rows


def _direction(caller_is_ours: bool, peer_is_ours: bool, taken: bool) -> Direction:
    if caller_is_ours:
        return Direction.INTERNAL if peer_is_ours else Direction.OUT
    return Direction.IN if peer_is_ours or taken else Direction.UNKNOWN
