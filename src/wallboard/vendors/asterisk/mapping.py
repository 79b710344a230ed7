"""Switchboard → rows of the domain. Pure: the same tables at the same second give the same rows.

Ids: a queue is its name, a caller and a call the Uniqueid of who called (it survives every transfer, park and requeue),
an agent the interface. Which channels are one call and who is who on it: ``parties``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Membership, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.asterisk.calls import CallRows
from wallboard.vendors.asterisk.devices import device_of_interface, extension_of, is_local
from wallboard.vendors.asterisk.facts import DEVICE_WORDS, RING, UP, Channel, Place, Serving
from wallboard.vendors.asterisk.parties import RINGS, Leg
from wallboard.vendors.asterisk.state import Switchboard

Rows = dict[Resource, dict[Key, Row]]

_UNREACHABLE = frozenset({4, 5})
_BUSY = frozenset({2, 3, 8})


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


class _Pass(CallRows):
    """One walk over the tables: every row of every pane."""

    def __init__(self, mapper: Mapper, board: Switchboard, now: float, local: Callable[[float], float]) -> None:
        super().__init__(mapper.source, mapper.phone, mapper.queues, board, now, local)
        self.mapper = mapper

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

    def members(self) -> list[Member]:
        rows: list[Member] = []
        for queue, waiting in self.board.entries.items():
            if not self.shown(queue):
                continue
            for place, entry in enumerate(waiting, 1):
                leg = self.call_of.get(entry.uniqueid)
                ringing = bool(self.offered_to(entry.uniqueid)) or (leg is not None and bool(self.ringing_agents(leg)))
                rows.append(
                    Member(
                        key=self.key(Kind.MEMBER, entry.uniqueid),
                        queue_id=queue,
                        queue=clean(queue),
                        name=clean(entry.name),
                        number=clean(entry.number),
                        state=MemberState.RINGING if ringing else MemberState.WAITING,
                        joined_at=self.local(entry.joined),
                        position=place,
                        priority=entry.priority,
                        call_key=self.key(Kind.CALL, leg.origin.uniqueid if leg else entry.uniqueid),
                        address=(("channel", entry.channel), ("uniqueid", entry.uniqueid), ("queue", queue)),
                    )
                )
        rows += [self.served(pair) for pair in self.board.serving.values() if self.shown(pair.queue)]
        return rows

    def served(self, pair: Serving) -> Member:
        leg = self.call_of.get(pair.caller)
        caller = self.board.channels.get(pair.caller)
        interface = leg.interface if leg is not None else pair.interface
        return Member(
            key=self.key(Kind.MEMBER, pair.caller),
            queue_id=pair.queue,
            queue=clean(pair.queue),
            name=clean(caller.caller if caller is not None else pair.name),
            number=clean(caller.number if caller is not None else pair.number),
            state=MemberState.TALKING,
            joined_at=self.instant(pair.joined),
            answered_at=self.instant(pair.since),
            serving_ref=interface,
            serving=self.agent_name(interface),
            serving_key=self.key(Kind.AGENT, interface),
            call_key=self.key(Kind.CALL, leg.origin.uniqueid) if leg is not None else None,
            address=(*(self.address(leg) if leg is not None else (("uniqueid", pair.caller),)), ("queue", pair.queue)),
        )

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
            rows.append(
                Queue(
                    key=self.key(Kind.QUEUE, name),
                    name=clean(name),
                    waiting=counts.get((name, MemberState.WAITING), 0),
                    ringing=counts.get((name, MemberState.RINGING), 0),
                    talking=self.talking(name, counts.get((name, MemberState.TALKING), 0)),
                    longest_since=longest.get(name),
                    strategy=clean(facts.strategy),
                    answered=facts.completed,
                    abandoned=facts.abandoned,
                    service_seconds=facts.service_seconds,
                    # Asterisk says 0.0 % for a queue of which nothing was answered; that is no service level.
                    service_percent=facts.service_percent if facts.completed else None,
                    wrap_up=self.mapper.wrap_up or None,
                    address=(("queue", name),),
                )
            )
        return rows

    def talking(self, queue: str, seen: int) -> int | None:
        """How many are being served. An account that sees no channels has only the queue's word on its members, and
        nothing for what was before our time where the server does not give even that."""
        if self.board.sees_channels:
            return seen
        told = [place.in_call for place in self.board.places.values() if place.queue == queue]
        return None if None in told else max(seen, sum(map(bool, told)))

    def agents(self) -> list[Agent]:
        self.mapper.next_change = None
        rows = [self.agent(interface, places) for interface, places in self.places.items()]
        self.mapper.since = {interface: self.mapper.since[interface] for interface in self.places}
        return rows

    def agent(self, interface: str, places: Sequence[Place]) -> Agent:
        pair, other, leg = self.call_with(interface)
        wrap_until = self.wrap_until(interface, places)
        state = self.agent_state(places, pair, other, wrap_until)
        if state is AgentState.WRAP_UP and wrap_until is not None:
            change = self.mapper.next_change
            self.mapper.next_change = wrap_until if change is None else min(change, wrap_until)
        with_name, with_key = NOTHING, None
        if leg is not None:
            with_key = self.key(Kind.CALL, leg.origin.uniqueid)
            with_name = self.other_party(leg, interface)
        reason = next((place.reason for place in places if place.paused and place.reason), "")
        status = max((place.status for place in places), default=0)
        paused = [place.paused for place in places]
        word = DEVICE_WORDS.get(status, str(status))
        return Agent(
            key=self.key(Kind.AGENT, interface),
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
            registered=None if status in (0,) or status not in DEVICE_WORDS else status not in _UNREACHABLE,
            with_name=with_name,
            with_key=with_key,
            pause_reason=clean(reason),
            wrap_up=self.mapper.wrap_up or None,
            refs=tuple(dict.fromkeys((interface, device_of_interface(interface), places[0].name))),
            address=(("interface", interface), ("name", places[0].name)),
        )

    def call_with(self, interface: str) -> tuple[Serving | None, Channel | None, Leg | None]:
        """The queue call that this agent serves, else the channel of another call (a ringing one last)."""
        best: Channel | None = None
        for channel in self.on_phone.get(interface, ()):
            leg = self.call_of[channel.uniqueid]
            if leg.pair is not None and leg.interface == interface:
                return leg.pair, channel, leg
            # The second half of a Local channel runs the dialplan of the same call.
            if is_local(channel.name) and channel.name.endswith(";2"):
                continue
            if best is None or (channel.state == UP and best.state != UP):
                best = channel
        if best is None and not self.board.sees_channels:
            told = (pair for pair in self.board.serving.values() if pair.interface == interface)
            return next(told, None), None, None
        return None, best, self.call_of[best.uniqueid] if best is not None else None

    def agent_state(
        self, places: Sequence[Place], pair: Serving | None, other: Channel | None, wrap_until: float | None
    ) -> AgentState:
        statuses = {place.status for place in places}
        if pair is not None:
            return AgentState.TALKING
        if other is not None and other.state in (UP, RING):
            return AgentState.OTHER_CALL
        # A ringing telephone on a Local channel is "Not in use" to Asterisk, and is offered more calls: so it is here.
        if statuses & RINGS:
            return AgentState.RINGING
        if statuses & _BUSY:
            return AgentState.TALKING if any(place.in_call for place in places) else AgentState.OTHER_CALL
        if statuses & _UNREACHABLE:
            return AgentState.UNREACHABLE
        if all(place.paused for place in places):
            return AgentState.BREAK
        if 1 not in statuses or all(place.paused is None for place in places):
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


def _by_key(rows: Sequence[Row]) -> dict[Key, Row]:
    return {row.key: row for row in rows}


def changes(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> tuple[tuple[Row, ...], tuple[Key, ...]]:
    """The rows that are new or other than before, and the keys that went."""
    changed = tuple(row for key, row in after.items() if before.get(key) != row)
    return changed, tuple(key for key in before if key not in after)
