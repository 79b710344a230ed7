"""What is known of one Asterisk: tables kept by events and replaced by lists. Pure; time comes in with each message.

Each event sets or removes facts and never counts, so replaying events that a list already includes changes nothing in
the end: lists are taken while events go on, and what arrived meanwhile is applied once more on top of them. Any
interleaving of lists and events ends equal to a fresh set of lists (property-tested). Sources: Asterisk 22 AMI events,
and their order as seen on Asterisk 22.10.1 (tests/lab).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from wallboard.vendors.asterisk.devices import POOL, Telephones, device_of, is_local, other_half, pool_device
from wallboard.vendors.asterisk.facts import (
    UP,
    Bridge,
    Channel,
    Entry,
    Lists,
    Offer,
    Parked,
    Place,
    QueueFacts,
    Serving,
    Spy,
    decimal,
    known,
    number,
)
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.asterisk.wiring import Wiring


class Switchboard:
    """The tables. ``apply`` takes an event, ``load`` a reading; both with the server's time."""

    def __init__(self) -> None:
        self.queues: dict[str, QueueFacts] = {}
        self.places: dict[tuple[str, str], Place] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.channels: dict[str, Channel] = {}
        self.parked: dict[str, Parked] = {}
        self.held: dict[str, float] = {}
        self.serving: dict[str, Serving] = {}
        self.spies: dict[str, Spy] = {}
        self.completed: dict[str, float] = {}
        self.recording: dict[str, bool] = {}
        self.devices: dict[str, str] = {}
        self.bridges: dict[str, Bridge] = {}
        #: Who dialled a channel: its Uniqueid, "" where the PBX itself did (Originate).
        self.dialled: dict[str, str] = {}
        #: By caller and interface; kept while the member is rung.
        self.offers: dict[tuple[str, str], Offer] = {}
        #: Devices of a hint, by ``exten@context`` in lower case.
        self.hints: dict[str, tuple[str, ...]] = {}
        #: Whether this account is told of channels at all: then what is not in the table does not exist.
        self.sees_channels = False

    # -- looking up -------------------------------------------------------------------------------------------------

    def channel_named(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    def entry(self, uniqueid: str) -> Entry | None:
        for waiting in self.entries.values():
            for entry in waiting:
                if entry.uniqueid == uniqueid:
                    return entry
        return None

    def wiring(self) -> Wiring:
        """How the channels hang together now."""
        return Wiring(self.channels, self.bridges, self.parked, self.dialled)

    # -- lists ------------------------------------------------------------------------------------------------------

    def load(self, lists: Lists, meanwhile: Iterable[tuple[Message, float]] = ()) -> None:
        """Replace what the lists cover, then apply what arrived while they were taken."""
        if lists.queues is not None:
            self._load_queues(lists.queues, lists.at)
        if lists.bridges is not None:
            self.bridges = {}
            for item in lists.bridges:
                self._bridge_seen(item)
        if lists.hints is not None:
            self.hints = {
                f"{item.get('Exten')}@{item.get('Context')}".casefold(): tuple(
                    part.strip() for part in item.get("Hint").split("&") if part.strip()
                )
                for item in lists.hints
                if item.event == "ExtensionStatus"
            }
        if lists.channels is not None:
            self.sees_channels = True
            self._load_channels(lists.channels)
        if lists.parked is not None:
            self.parked = {}
            for item in lists.parked:
                if item.event == "ParkedCall":
                    self._parked_call(item, lists.at)
        if lists.devices is not None:
            self.devices = {
                item.get("Device"): item.get("State") for item in lists.devices if item.event == "DeviceStateChange"
            }
        for message, at in meanwhile:
            self.apply(message, at)
        self._derive_serving()

    def _load_queues(self, items: tuple[Message, ...], at: float) -> None:
        before = {entry.uniqueid: entry for waiting in self.entries.values() for entry in waiting}
        self.queues, self.places = {}, {}
        found: dict[str, dict[str, tuple[int, Entry]]] = {}
        for item in items:
            queue = item.get("Queue")
            if item.event == "QueueParams":
                self.queues[queue] = QueueFacts(
                    queue,
                    item.get("Strategy"),
                    number(item.get("Completed")),
                    number(item.get("Abandoned")),
                    number(item.get("ServiceLevel")),
                    decimal(item.get("ServicelevelPerf")),
                )
            elif item.event == "QueueMember":
                self._set_place(item)
            elif item.event == "QueueEntry" and (uniqueid := item.get("Uniqueid")):
                # Both stand behind the caller's name, which may hold such lines of its own: the server's are the last.
                joined = at - (number(item.last("Wait")) or 0)
                old = before.get(uniqueid)
                # Wait is in whole seconds; the time from the join event is better, so it stays while they agree.
                if old is not None and old.queue == queue and abs(old.joined - joined) <= 2.0:
                    joined = old.joined
                name, caller = item.get("CallerIDName"), item.get("CallerIDNum")
                entry = Entry(
                    queue,
                    uniqueid,
                    item.get("Channel"),
                    "" if caller == "unknown" else known(caller),
                    "" if name == "unknown" else known(name),
                    joined,
                    number(item.last("Priority")),
                )
                found.setdefault(queue, {})[uniqueid] = (number(item.get("Position")) or 0, entry)
        self.entries = {
            queue: [entry for _, entry in sorted(rows.values(), key=lambda row: row[0])]
            for queue, rows in found.items()
        }

    def _load_channels(self, items: tuple[Message, ...]) -> None:
        before = self.channels
        self.channels = {}
        for item in items:
            if item.event != "CoreShowChannel" or not item.get("Uniqueid"):
                continue
            channel = self._channel(item, "", Channel(item.get("Uniqueid"), "", ""))
            bridge = item.get("BridgeId")
            old = before.get(channel.uniqueid)
            channel = replace(
                channel,
                bridge=bridge,
                application=item.get("Application"),
                data=item.get("ApplicationData"),
                bridged_at=old.bridged_at if old is not None and bridge and old.bridge == bridge else None,
            )
            self.channels[channel.uniqueid] = channel
        alive = self.channels
        self.held = {uid: at for uid, at in self.held.items() if uid in alive}
        self.recording = {uid: on for uid, on in self.recording.items() if uid in alive}
        self.dialled = {uid: by for uid, by in self.dialled.items() if uid in alive}
        self.offers = {key: offer for key, offer in self.offers.items() if offer.caller in alive and offer.leg in alive}
        self.spies = {uid: spy for uid, spy in self.spies.items() if uid in alive}
        for pair in list(self.serving.values()):
            self._settle(pair)
        for channel in alive.values():
            if channel.application == "ChanSpy" and channel.state == UP:
                spyee, _, options = channel.data.rpartition(",")
                spy = self.spies.get(channel.uniqueid)
                if spy is not None:
                    self.spies[channel.uniqueid] = replace(spy, options=options)
                elif self.channel_named(spyee) is not None:
                    self.spies[channel.uniqueid] = Spy(channel.uniqueid, channel.name, spyee, options=options)

    def _settle(self, pair: Serving) -> None:
        """Keep a pair true when its channels change: the agent's Local channel may have gone out of the way."""
        if pair.caller in self.channels and pair.agent in self.channels:
            return
        self.serving.pop(pair.caller, None)
        caller = self.channels.get(pair.caller)
        if caller is None:
            return
        wiring = self.wiring()
        others = [c for c in wiring.talking.get(wiring.bridge_of(caller), ()) if c is not caller]
        if len(others) == 1:
            self.serving[pair.caller] = replace(pair, agent=others[0].uniqueid)

    def _derive_serving(self) -> None:
        """Find who serves whom where AgentConnect was before our time: a caller in Queue who talks, and the member of
        that queue who is there: by the telephone, or because it is the only one that the queue counts as in a call."""
        if not self.sees_channels:
            # No Hangup is told either: the queue's own word ends what AgentComplete did not.
            self.serving = {
                uid: pair
                for uid, pair in self.serving.items()
                if (place := self.places.get((pair.queue, pair.interface))) is None or place.in_call is not False
            }
            return
        telephones = Telephones(self.places.values(), self.hints)
        wiring = self.wiring()
        taken = {(pair.queue, pair.interface) for pair in self.serving.values()}
        nameless: dict[str, list[tuple[Channel, Channel]]] = {}
        for caller in self.channels.values():
            if caller.application != "Queue" or caller.uniqueid in self.serving or self.entry(caller.uniqueid):
                continue
            legs = [c for c in wiring.talking.get(wiring.bridge_of(caller), ()) if c is not caller]
            if len(legs) != 1:
                continue
            queue = caller.data.split(",", 1)[0]
            on = (
                interface
                for leg in wiring.chain(legs[0])
                for device in (device_of(leg.name), pool_device(leg))
                for interface in telephones.members_on(device)
                if (queue, interface) in self.places
            )
            interface = next(on, "")
            if interface:
                self.serving[caller.uniqueid] = Serving(caller.uniqueid, legs[0].uniqueid, interface, queue)
                taken.add((queue, interface))
            else:
                nameless.setdefault(queue, []).append((caller, legs[0]))
        for queue, calls in nameless.items():
            left = [p.interface for p in self.places.values() if p.queue == queue and p.in_call]
            left = [interface for interface in left if (queue, interface) not in taken]
            if len(calls) == len(left) == 1:
                caller, leg = calls[0]
                self.serving[caller.uniqueid] = Serving(caller.uniqueid, leg.uniqueid, left[0], queue)

    # -- events -----------------------------------------------------------------------------------------------------

    def apply(self, event: Message, at: float) -> bool:
        """Take one event in; False for kinds that are not used."""
        handler = HANDLERS.get(event.event)
        if handler is None:
            return False
        handler(self, event, at)
        return True

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
            connected_number=text("ConnectedLineNum", old.connected_number),
            connected_name=text("ConnectedLineName", old.connected_name),
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

    def _offered(self, event: Message, at: float) -> None:
        self._see(event)
        self._see(event, "Dest")
        caller, leg, interface = event.get("Uniqueid"), event.get("DestUniqueid"), event.get("Interface")
        waits = any(entry.uniqueid == caller for waiting in self.entries.values() for entry in waiting)
        if waits and (leg in self.channels or not self.sees_channels):
            self.offers[caller, interface] = Offer(event.get("Queue"), caller, leg, interface)

    def _not_taken(self, event: Message, at: float) -> None:
        self._see(event)
        self.offers.pop((event.get("Uniqueid"), event.get("Interface")), None)

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
        self.held.pop(uniqueid, None)
        self.parked.pop(uniqueid, None)
        self.recording.pop(uniqueid, None)
        self.spies.pop(uniqueid, None)
        self.dialled.pop(uniqueid, None)
        self.offers = {key: offer for key, offer in self.offers.items() if uniqueid not in (offer.caller, offer.leg)}
        for pair in list(self.serving.values()):
            if uniqueid in (pair.caller, pair.agent):
                self._settle(pair)
        self._drop_entry(uniqueid)

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
        swapped = event.get("SwapUniqueid")
        if swapped:
            for pair in self.serving.values():
                if pair.agent == swapped:
                    self.serving[pair.caller] = replace(pair, agent=old.uniqueid)
            parked = self.parked.pop(swapped, None)
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
        for channel in list(self.channels.values()):
            if channel.bridge == bridge:
                self.channels[channel.uniqueid] = replace(channel, bridge="", bridged_at=None)

    def _set_place(self, event: Message) -> None:
        # The list says Location and Name where the events say Interface and MemberName.
        interface = event.get("Location") or event.get("Interface")
        queue = event.get("Queue")
        if not interface:
            return
        self.places[queue, interface] = Place(
            queue,
            interface,
            event.get("Name") or event.get("MemberName") or interface,
            number(event.get("Status")) or 0,
            event.get("Paused") == "1",
            event.get("PausedReason"),
            event.get("InCall") == "1" if "InCall" in event else None,
            number(event.get("Penalty")) or 0,
            decimal(event.get("LastCall")) or 0.0,
            decimal(event.get("LastPause")) or 0.0,
            decimal(event.get("LoginTime")) or 0.0,
            number(event.get("Wrapuptime")) or 0,
            event.get("Membership"),
            event.get("StateInterface"),
        )

    def _member(self, event: Message, at: float) -> None:
        if event.get("Queue") and event.get("Interface"):
            self._set_place(event)

    def _member_removed(self, event: Message, at: float) -> None:
        self.places.pop((event.get("Queue"), event.get("Interface")), None)

    def _join(self, event: Message, at: float) -> None:
        self._see(event)
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        self.serving.pop(uniqueid, None)
        waiting = self.entries.setdefault(queue, [])
        if any(entry.uniqueid == uniqueid for entry in waiting):
            return
        self._drop_entry(uniqueid)
        waiting = self.entries.setdefault(queue, [])
        place = max(0, (number(event.get("Position")) or len(waiting) + 1) - 1)
        entry = Entry(
            queue, uniqueid, event.get("Channel"), known(event.get("CallerIDNum")), known(event.get("CallerIDName")), at
        )
        waiting.insert(place, entry)

    def _leave(self, event: Message, at: float) -> None:
        self._see(event)
        self._drop_entry(event.get("Uniqueid"), event.get("Queue"))
        self._drop_offers(event.get("Uniqueid"))

    def _drop_offers(self, caller: str) -> None:
        self.offers = {key: offer for key, offer in self.offers.items() if offer.caller != caller}

    def _drop_entry(self, uniqueid: str, queue: str | None = None) -> None:
        for name in [queue] if queue is not None else list(self.entries):
            left = [entry for entry in self.entries.get(name, []) if entry.uniqueid != uniqueid]
            if left:
                self.entries[name] = left
            else:
                self.entries.pop(name, None)

    def _connect(self, event: Message, at: float) -> None:
        self._see(event)
        self._see(event, "Dest")
        caller, agent = event.get("Uniqueid"), event.get("DestUniqueid")
        # A replayed event may name a call that has ended since: its Hangup follows, or came with the list.
        self._drop_offers(caller)
        if not self.sees_channels or (caller in self.channels and agent in self.channels):
            waited = number(event.get("HoldTime"))
            self.serving[caller] = Serving(
                caller,
                agent,
                event.get("Interface"),
                event.get("Queue"),
                at,
                at - waited if waited is not None else None,
                known(event.get("CallerIDNum")),
                known(event.get("CallerIDName")),
            )

    def _complete(self, event: Message, at: float) -> None:
        self._see(event)
        interface = event.get("Interface")
        pair = self.serving.get(event.get("Uniqueid"))
        # It can be late (after Redirect or Park), when the caller may already be with another agent.
        if pair is not None and pair.interface == interface:
            del self.serving[pair.caller]
        if interface:
            self.completed[interface] = max(at, self.completed.get(interface, 0.0))

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
        since = at - (number(event.get("ParkingDuration")) or 0)
        old = self.parked.get(uniqueid)
        if old is not None and abs(old.since - since) <= 2.0:
            since = old.since
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
        self.serving.pop(uniqueid, None)

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

    def _device(self, event: Message, at: float) -> None:
        self.devices[event.get("Device")] = event.get("State")


_Handler = Callable[[Switchboard, Message, float], None]

HANDLERS: dict[str, _Handler] = {
    "Newchannel": Switchboard._new_channel,
    "Newstate": Switchboard._seen,
    "NewCallerid": Switchboard._seen,
    "NewConnectedLine": Switchboard._seen,
    "Newexten": Switchboard._seen,
    "MusicOnHoldStart": Switchboard._seen,
    "MusicOnHoldStop": Switchboard._seen,
    "Rename": Switchboard._rename,
    "Hangup": Switchboard._hangup,
    "DialBegin": Switchboard._dial,
    "DialState": Switchboard._dial,
    "DialEnd": Switchboard._dial,
    "BridgeCreate": Switchboard._bridge_seen,
    "BridgeEnter": Switchboard._bridge_enter,
    "BridgeLeave": Switchboard._bridge_leave,
    "BridgeDestroy": Switchboard._bridge_destroy,
    "QueueMemberStatus": Switchboard._member,
    "QueueMemberPause": Switchboard._member,
    "QueueMemberAdded": Switchboard._member,
    "QueueMemberPenalty": Switchboard._member,
    "QueueMemberRinginuse": Switchboard._member,
    "QueueMemberRemoved": Switchboard._member_removed,
    "QueueCallerJoin": Switchboard._join,
    "QueueCallerLeave": Switchboard._leave,
    # An abandon is followed by a leave: what the caller's going means is the leave's to say, once.
    "QueueCallerAbandon": Switchboard._seen,
    "AgentCalled": Switchboard._offered,
    "AgentRingNoAnswer": Switchboard._not_taken,
    "AgentConnect": Switchboard._connect,
    "AgentComplete": Switchboard._complete,
    "AgentLogin": Switchboard._agent_login,
    "AgentLogoff": Switchboard._agent_logoff,
    "Hold": Switchboard._hold,
    "Unhold": Switchboard._unhold,
    "ParkedCall": Switchboard._parked_event,
    "ParkedCallSwap": Switchboard._parked_event,
    "UnParkedCall": Switchboard._unparked,
    "ParkedCallTimeOut": Switchboard._unparked,
    "ParkedCallGiveUp": Switchboard._unparked,
    "ChanSpyStart": Switchboard._spy_start,
    "ChanSpyStop": Switchboard._spy_stop,
    "MixMonitorStart": Switchboard._record,
    "MixMonitorStop": Switchboard._record,
    "DeviceStateChange": Switchboard._device,
}
