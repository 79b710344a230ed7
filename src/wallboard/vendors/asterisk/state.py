"""What is known of one Asterisk: tables kept by events and replaced by lists. Pure; time comes in with each message.

Each event sets or removes facts and never counts, so replaying events that a list already includes changes nothing in
the end: lists are taken while events go on, and what arrived meanwhile is applied once more on top of them. Any
interleaving of lists and events ends equal to a fresh set of lists (property-tested). Sources: Asterisk 22 AMI events,
and their order as seen on Asterisk 22.10.1 (tests/lab).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from wallboard.vendors.asterisk.channels import ChannelTables
from wallboard.vendors.asterisk.devices import Telephones, device_of, pool_device
from wallboard.vendors.asterisk.facts import (
    Channel,
    Entry,
    Lists,
    Offer,
    Place,
    QueueFacts,
    Serving,
    decimal,
    known,
    number,
)
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.kit.rows import steady


class Switchboard(ChannelTables):
    """The tables. ``apply`` takes an event, ``load`` a reading; both with the server's time."""

    def __init__(self) -> None:
        super().__init__()
        self.queues: dict[str, QueueFacts] = {}
        self.places: dict[tuple[str, str], Place] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.serving: dict[str, Serving] = {}
        #: By caller and interface; kept while the member is rung.
        self.offers: dict[tuple[str, str], Offer] = {}
        self.completed: dict[str, float] = {}
        self.devices: dict[str, str] = {}
        #: Devices of a hint, by ``exten@context`` in lower case.
        self.hints: dict[str, tuple[str, ...]] = {}

    def entry(self, uniqueid: str) -> Entry | None:
        found = (entry for waiting in self.entries.values() for entry in waiting if entry.uniqueid == uniqueid)
        return next(found, None)

    def load(self, lists: Lists, meanwhile: Iterable[tuple[Message, float]] = ()) -> None:
        """Replace what the lists cover, then apply what arrived while they were taken."""
        if lists.queues is not None:
            self._load_queues(lists.queues, lists.at)
        if lists.bridges is not None:
            self.load_bridges(lists.bridges)
        if lists.hints is not None:
            self.hints = {}
            for item in lists.hints:
                self._hint(item, lists.at)
        if lists.channels is not None:
            self.load_channels(lists.channels)
            alive = self.channels.keys()
            self.offers = {key: offer for key, offer in self.offers.items() if {offer.caller, offer.leg} <= alive}
            for pair in list(self.serving.values()):
                self._settle(pair)
        if lists.parked is not None:
            self.load_parked(lists.parked, lists.at)
            self.serving = {uid: pair for uid, pair in self.serving.items() if uid not in self.parked}
        if lists.devices is not None:
            self.devices = {}
            for item in lists.devices:
                if item.event == "DeviceStateChange":
                    self._device(item, lists.at)
        for message, at in meanwhile:
            self.apply(message, at)
        self._derive_serving()

    def _load_queues(self, items: tuple[Message, ...], at: float) -> None:
        before = {entry.uniqueid: entry for waiting in self.entries.values() for entry in waiting}
        self.queues, self.places = {}, {}
        found: dict[str, dict[str, tuple[int, Entry]]] = {}
        for item in items:
            queue = item.get("Queue")
            if not queue:
                continue
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
                joined = steady(old.joined if old is not None and old.queue == queue else None, joined)
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
        members = {interface for _, interface in self.places}
        self.completed = {interface: at for interface, at in self.completed.items() if interface in members}
        self.entries = {
            queue: [entry for _, entry in sorted(rows.values(), key=lambda row: row[0])]
            for queue, rows in found.items()
        }

    def _settle(self, pair: Serving) -> None:
        """Keep a pair true when its channels change: the agent's Local channel may have gone out of the way."""
        if pair.caller in self.channels and pair.agent in self.channels:
            return
        self.serving.pop(pair.caller, None)
        caller = self.channels.get(pair.caller)
        if caller is None:
            return
        others = self.topology().others(caller)
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
        topology = self.topology()
        taken = {(pair.queue, pair.interface) for pair in self.serving.values()}
        nameless: dict[str, list[tuple[Channel, Channel]]] = {}
        for caller in self.channels.values():
            if caller.application != "Queue" or caller.uniqueid in self.serving or self.entry(caller.uniqueid):
                continue
            legs = topology.others(caller)
            if len(legs) != 1:
                continue
            queue = caller.data.split(",", 1)[0]
            on = (
                interface
                for leg in topology.chain(legs[0])
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

    def apply(self, event: Message, at: float) -> bool:
        """Take one event in; False for kinds that are not used."""
        handler = HANDLERS.get(event.event)
        if handler is None:
            return False
        handler(self, event, at)
        return True

    def _offered(self, event: Message, at: float) -> None:
        self._see(event)
        self._see(event, "Dest")
        caller, leg, interface = event.get("Uniqueid"), event.get("DestUniqueid"), event.get("Interface")
        if self.entry(caller) and (leg in self.channels or not self.sees_channels):
            self.offers[caller, interface] = Offer(event.get("Queue"), caller, leg, interface)

    def _not_taken(self, event: Message, at: float) -> None:
        self._see(event)
        self.offers.pop((event.get("Uniqueid"), event.get("Interface")), None)

    def _set_place(self, event: Message) -> None:
        # The list says Location and Name where the events say Interface and MemberName.
        interface = event.get("Location") or event.get("Interface")
        queue = event.get("Queue")
        if not interface or not queue:
            return
        self.places[queue, interface] = Place(
            queue,
            interface,
            event.get("Name") or event.get("MemberName") or interface,
            number(event.get("Status")) or 0,
            {"1": True, "0": False}.get(event.get("Paused")),
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
        if not queue or not uniqueid:
            return
        self.serving.pop(uniqueid, None)
        if any(entry.uniqueid == uniqueid for entry in self.entries.get(queue, ())):
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
            self.entries[name] = [entry for entry in self.entries.get(name, []) if entry.uniqueid != uniqueid]
            if not self.entries[name]:
                del self.entries[name]

    def _connect(self, event: Message, at: float) -> None:
        self._see(event)
        self._see(event, "Dest")
        caller, agent = event.get("Uniqueid"), event.get("DestUniqueid")
        if not caller or not event.get("Interface"):
            return
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

    def _hint(self, event: Message, at: float) -> None:
        if event.event == "ExtensionStatus" and "Hint" in event:
            devices = (part.strip() for part in event.get("Hint").split("&"))
            self.hints[f"{event.get('Exten')}@{event.get('Context')}".casefold()] = tuple(filter(None, devices))

    def _device(self, event: Message, at: float) -> None:
        if event.get("Device"):
            self.devices[event.get("Device")] = event.get("State")

    def _hangup(self, event: Message, at: float) -> None:
        super()._hangup(event, at)
        uniqueid = event.get("Uniqueid")
        self.offers = {key: offer for key, offer in self.offers.items() if uniqueid not in (offer.caller, offer.leg)}
        for pair in list(self.serving.values()):
            if uniqueid in (pair.caller, pair.agent):
                self._settle(pair)
        self._drop_entry(uniqueid)

    def _bridge_enter(self, event: Message, at: float) -> None:
        super()._bridge_enter(event, at)
        swapped = event.get("SwapUniqueid")
        for pair in list(self.serving.values()) if swapped else ():
            if pair.agent == swapped:
                self.serving[pair.caller] = replace(pair, agent=event.get("Uniqueid"))

    def _parked_event(self, event: Message, at: float) -> None:
        super()._parked_event(event, at)
        self.serving = {uid: pair for uid, pair in self.serving.items() if uid not in self.parked}


_Handler = Callable[[Switchboard, Message, float], None]

HANDLERS: dict[str, _Handler] = {
    "Newchannel": Switchboard._new_channel,
    **dict.fromkeys(
        ("Newstate", "NewCallerid", "NewConnectedLine", "Newexten", "MusicOnHoldStart", "MusicOnHoldStop"),
        Switchboard._seen,
    ),
    "Rename": Switchboard._rename,
    "Hangup": Switchboard._hangup,
    **dict.fromkeys(("DialBegin", "DialState", "DialEnd"), Switchboard._dial),
    "BridgeCreate": Switchboard._bridge_seen,
    "BridgeEnter": Switchboard._bridge_enter,
    "BridgeLeave": Switchboard._bridge_leave,
    "BridgeDestroy": Switchboard._bridge_destroy,
    **{f"QueueMember{what}": Switchboard._member for what in ("Status", "Pause", "Added", "Penalty", "Ringinuse")},
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
    **dict.fromkeys(("ParkedCall", "ParkedCallSwap"), Switchboard._parked_event),
    **dict.fromkeys(("UnParkedCall", "ParkedCallTimeOut", "ParkedCallGiveUp"), Switchboard._unparked),
    "ChanSpyStart": Switchboard._spy_start,
    "ChanSpyStop": Switchboard._spy_stop,
    **dict.fromkeys(("MixMonitorStart", "MixMonitorStop"), Switchboard._record),
    "DeviceStateChange": Switchboard._device,
    "ExtensionStatus": Switchboard._hint,
}
