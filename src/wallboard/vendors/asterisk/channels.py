"""The channels of one Asterisk and what they are in: bridges, spies, parking. Half of the ``Switchboard``.

Each event sets or removes facts and never counts; see ``state``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wallboard.vendors.asterisk.devices import POOL, is_local, other_half
from wallboard.vendors.asterisk.facts import UP, Bridge, Channel, Parked, Spy, known, number
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.asterisk.topology import Topology
from wallboard.vendors.kit.rows import steady


class ChannelTables:
    """Tables by Uniqueid, but for bridges. Times are the server's."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.parked: dict[str, Parked] = {}
        self.held: dict[str, float] = {}
        self.spies: dict[str, Spy] = {}
        self.recording: dict[str, bool] = {}
        #: Who dialled a channel: its Uniqueid, "" where the PBX itself did (Originate).
        self.dialled: dict[str, str] = {}
        #: Whether this account is told of channels at all: then what is not in the table does not exist.
        self.sees_channels = False

    @property
    def _of_channels(self) -> tuple[dict[str, Any], ...]:
        return self.held, self.recording, self.dialled, self.spies

    def channel_named(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    def topology(self) -> Topology:
        return Topology(self.channels, self.bridges, self.parked, self.dialled)

    def load_channels(self, items: Iterable[Message]) -> None:
        self.sees_channels = True
        before, self.channels = self.channels, {}
        for item in items:
            if item.event != "CoreShowChannel" or not item.get("Uniqueid"):
                continue
            channel = self._channel(item, "", Channel(item.get("Uniqueid"), "", ""))
            bridge = item.get("BridgeId")
            old = before.get(channel.uniqueid)
            self.channels[channel.uniqueid] = replace(
                channel,
                bridge=bridge,
                application=item.get("Application"),
                data=item.get("ApplicationData"),
                bridged_at=old.bridged_at if old is not None and bridge and old.bridge == bridge else None,
            )
        alive = self.channels
        for table in self._of_channels:
            for uniqueid in table.keys() - alive.keys():
                del table[uniqueid]
        # Who enters a bridge tells of it again; where its end is not told, it would stay for good.
        entered = {channel.bridge for channel in alive.values()}
        self.bridges = {bridge: of for bridge, of in self.bridges.items() if bridge in entered}
        for channel in alive.values():
            if channel.application == "ChanSpy" and channel.state == UP:
                spyee, _, options = channel.data.rpartition(",")
                spy = self.spies.get(channel.uniqueid)
                if spy is not None:
                    self.spies[channel.uniqueid] = replace(spy, options=options)
                elif self.channel_named(spyee) is not None:
                    self.spies[channel.uniqueid] = Spy(channel.uniqueid, channel.name, spyee, options=options)

    def load_bridges(self, items: Iterable[Message]) -> None:
        self.bridges = {}
        for item in items:
            self._bridge_seen(item)

    def load_parked(self, items: Iterable[Message], at: float) -> None:
        self.parked = {}
        for item in items:
            if item.event == "ParkedCall":
                self._parked_call(item, at)

    def _channel(self, event: Message, prefix: str, old: Channel) -> Channel:
        """The channel as this event (or list item) shows it; what it does not say stays."""

        def text(key: str, before: str) -> str:
            return known(event.get(prefix + key)) if prefix + key in event else before

        state = number(event.get(prefix + "ChannelState"))
        return replace(
            old,
            name=event.get(prefix + "Channel") or old.name,
            linkedid=event.get(prefix + "Linkedid") or old.linkedid,
            state=state if state is not None else old.state,
            number=text("CallerIDNum", old.number),
            caller=text("CallerIDName", old.caller),
            context=text("Context", old.context),
            exten=text("Exten", old.exten),
        )

    def _see(self, event: Message, prefix: str = "") -> None:
        """Refresh a channel that is already known; only Newchannel and lists make one."""
        old = self.channels.get(event.get(prefix + "Uniqueid"))
        if old is not None:
            self.channels[old.uniqueid] = self._channel(event, prefix, old)

    def _new_channel(self, event: Message, at: float) -> None:
        uniqueid = event.get("Uniqueid")
        if uniqueid:
            old = self.channels.get(uniqueid) or Channel(uniqueid, "", "")
            self.channels[uniqueid] = self._channel(event, "", old)
            self.sees_channels = True

    def _seen(self, event: Message, at: float) -> None:
        self._see(event)

    def _dial(self, event: Message, at: float) -> None:
        self._see(event)
        self._see(event, "Dest")
        if event.event == "DialBegin" and event.get("DestUniqueid") in self.channels:
            self.dialled[event.get("DestUniqueid")] = event.get("Uniqueid")

    def _agent_login(self, event: Message, at: float) -> None:
        self._see(event)
        old = self.channels.get(event.get("Uniqueid"))
        if old is not None:
            self.channels[old.uniqueid] = replace(old, application=POOL, data=event.get("Agent"))

    def _agent_logoff(self, event: Message, at: float) -> None:
        agent = event.get("Agent")
        for channel in list(self.channels.values()):
            if channel.application == POOL and channel.data.split(",", 1)[0] == agent:
                self.channels[channel.uniqueid] = replace(channel, application="", data="")

    def _rename(self, event: Message, at: float) -> None:
        old = self.channels.get(event.get("Uniqueid"))
        if old is not None and event.get("Newname"):
            self.channels[old.uniqueid] = replace(old, name=event.get("Newname"))

    def _hangup(self, event: Message, at: float) -> None:
        uniqueid = event.get("Uniqueid")
        gone = self.channels.pop(uniqueid, None)
        if gone is not None and is_local(gone.name):
            self._hand_on_dialler(gone)
        for table in (*self._of_channels, self.parked):
            table.pop(uniqueid, None)

    def _hand_on_dialler(self, gone: Channel) -> None:
        """Whom a Local channel dialled was dialled by whoever dialled the Local channel."""
        half = self.channel_named(other_half(gone.name))
        dialler = self.dialled.get(gone.uniqueid, "")
        if half is not None:
            dialler = self.dialled.setdefault(half.uniqueid, dialler)
        for uniqueid, by in self.dialled.items():
            if by == gone.uniqueid:
                self.dialled[uniqueid] = dialler

    def _bridge_seen(self, event: Message, at: float = 0.0) -> None:
        bridge = event.get("BridgeUniqueid")
        if bridge and "BridgeTechnology" in event:
            self.bridges[bridge] = Bridge(event.get("BridgeTechnology"), known(event.get("BridgeCreator")))

    def _bridge_enter(self, event: Message, at: float) -> None:
        self._see(event)
        self._bridge_seen(event)
        old = self.channels.get(event.get("Uniqueid"))
        if old is None:
            return
        bridge = event.get("BridgeUniqueid")
        same = old.bridge == bridge
        self.channels[old.uniqueid] = replace(old, bridge=bridge, bridged_at=old.bridged_at if same else at)
        parked = self.parked.pop(event.get("SwapUniqueid"), None)
        if parked is not None:
            self.parked[old.uniqueid] = replace(
                parked, uniqueid=old.uniqueid, channel=old.name, number=old.number, name=old.caller
            )

    def _bridge_leave(self, event: Message, at: float) -> None:
        self._see(event)
        old = self.channels.get(event.get("Uniqueid"))
        if old is not None and old.bridge == event.get("BridgeUniqueid"):
            self.channels[old.uniqueid] = replace(old, bridge="", bridged_at=None)

    def _bridge_destroy(self, event: Message, at: float) -> None:
        bridge = event.get("BridgeUniqueid")
        self.bridges.pop(bridge, None)
        for channel in [channel for channel in self.channels.values() if channel.bridge == bridge]:
            self.channels[channel.uniqueid] = replace(channel, bridge="", bridged_at=None)

    def _hold(self, event: Message, at: float) -> None:
        self._see(event)
        if event.get("Uniqueid") in self.channels:
            self.held.setdefault(event.get("Uniqueid"), at)

    def _unhold(self, event: Message, at: float) -> None:
        self._see(event)
        self.held.pop(event.get("Uniqueid"), None)

    def _parked_call(self, event: Message, at: float) -> None:
        self._see(event, "Parkee")
        # Servers before 12 name the fields otherwise.
        uniqueid = event.get("ParkeeUniqueid") or event.get("Uniqueid") or event.get("UniqueID")
        if not uniqueid:
            return
        space = event.get("ParkingSpace") or event.get("Exten")
        lot = event.get("Parkinglot")
        old = self.parked.get(uniqueid)
        since = steady(None if old is None else old.since, at - (number(event.get("ParkingDuration")) or 0))
        left = number(event.get("ParkingTimeout") or event.get("Timeout"))
        # A slot holds one caller: who is told to be there now has taken the place of whoever was.
        self.parked = {uid: p for uid, p in self.parked.items() if (p.lot, p.space) != (lot, space)}
        self.parked[uniqueid] = Parked(
            uniqueid,
            event.get("ParkeeChannel") or event.get("Channel"),
            lot,
            space,
            known(event.get("ParkeeCallerIDNum") or event.get("CallerIDNum")),
            known(event.get("ParkeeCallerIDName") or event.get("CallerIDName")),
            event.get("ParkerDialString") or event.get("From"),
            since,
            at + left if left else None,
        )

    def _parked_event(self, event: Message, at: float) -> None:
        # A caller who has hung up cannot be parked: in a replay the list has already told of the end.
        uniqueid = event.get("ParkeeUniqueid") or event.get("Uniqueid")
        if uniqueid in self.channels or not self.sees_channels:
            self._parked_call(event, at)

    def _unparked(self, event: Message, at: float) -> None:
        self._see(event, "Parkee")
        self.parked.pop(event.get("ParkeeUniqueid") or event.get("Uniqueid"), None)

    def _spy_start(self, event: Message, at: float) -> None:
        self._see(event, "Spyer")
        self._see(event, "Spyee")
        spyer = event.get("SpyerUniqueid")
        if spyer in self.channels or not self.sees_channels:
            self.spies[spyer] = Spy(spyer, event.get("SpyerChannel"), event.get("SpyeeChannel"), at)

    def _spy_stop(self, event: Message, at: float) -> None:
        self.spies.pop(event.get("SpyerUniqueid"), None)
        if "SpyerUniqueid" not in event:
            name = event.get("SpyerChannel")
            self.spies = {uid: spy for uid, spy in self.spies.items() if spy.spyer_channel != name}

    def _record(self, event: Message, at: float) -> None:
        self._see(event)
        if event.get("Uniqueid") in self.channels:
            self.recording[event.get("Uniqueid")] = event.event == "MixMonitorStart"
