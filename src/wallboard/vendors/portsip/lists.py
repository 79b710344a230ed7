"""The lists of a PortSIP PBX, read and made into rows: what each feed fetches.

Counts of a queue come from who waits there, an agent's row from the statuses in all queues, so every list leaves what
it learned in the scene and the rows are made from that.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import field, replace

from wallboard.domain.clock import Clock
from wallboard.domain.errors import BadAnswer, Late, Missing, NotPermitted, Unreachable
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, tr, trn
from wallboard.domain.models import Agent, Call, Member, Phone, Queue, Row, in_address
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import SourceSettings, Ticket
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.kit.again import Again
from wallboard.vendors.kit.gather import ONE_READING, WHOLE_SOURCE, gather
from wallboard.vendors.kit.lists import together
from wallboard.vendors.kit.rows import Starts, snapshot
from wallboard.vendors.portsip import mapping
from wallboard.vendors.portsip.actions import Actions
from wallboard.vendors.portsip.numbers import is_extension
from wallboard.vendors.portsip.reading import Reader
from wallboard.vendors.portsip.scene import QueueKnown, Scene
from wallboard.vendors.portsip.states import same_id
from wallboard.vendors.portsip.wire import AgentWire, QueueWire, UserStatusWire, UserWire

log = logging.getLogger(__name__)

DETAILS_GOOD_FOR = 900.0
DETAILS_AT_ONCE = 15
"""Queues whose details one discovery reads, two requests each, and at first who waits there."""
PHONES_AT_ONCE = 10
"""Users whose registration one reading of the telephones asks for, those asked longest ago first."""


@dataclass(slots=True)
class Lists:
    """What one source has read. Every method but `refresh` is the fetch of a feed."""

    settings: SourceSettings
    http: HttpSource
    clock: Clock
    scene: Scene
    actions: Actions
    again: Again
    reader: Reader
    discovered: bool = False
    _joined: Starts = field(default_factory=Starts)
    _statuses: dict[str, tuple[float, UserStatusWire | None]] = field(default_factory=dict)

    async def discover(self, ticket: Ticket) -> Sequence[Update]:
        """Which queues there are."""
        self._know(await self._list())
        self.discovered = True
        return ()

    @property
    def described(self) -> bool:
        return all(known.detailed_at is not None for known in self.scene.queues.values())

    async def describe(self, ticket: Ticket) -> Sequence[Update]:
        """What the details of queues say, which nothing waits for; where nothing else has told it yet, also who waits
        and who serves there. A queue whose details may not be read keeps its name."""
        old = self.clock.now() - DETAILS_GOOD_FOR
        due = [known for known in self.scene.queues.values() if known.detailed_at is None or known.detailed_at < old]
        for known in due[:DETAILS_AT_ONCE]:
            await self._at_best("details of a queue", self._detail(known))
            known.detailed_at = self.clock.now()
            if known.waiting_at is None:
                await self._at_best("who waits", self._first_waiting(known))
                await self._at_best("the agents of a queue", self._first_roster(known))
        self.again.learnt()
        return ()

    async def _at_best(self, what: str, reading: Awaitable[None]) -> None:
        try:
            await reading
        except ONE_READING as error:
            log.debug("%s: %s: %s", self.settings.name, what, english(str(error)))

    async def _first_roster(self, known: QueueKnown) -> None:
        """Who the agents are, before the calls are read: which end of a call is theirs decides who holds and refers."""
        roster, answer, _ = await self.reader.agents(known.id)
        for wire in roster:
            name, number = clean(wire.display_name), wire.extension_number
            self.scene.put(number, known.id, at=answer.started_at, name=name, level=wire.skill_level)

    async def _first_waiting(self, known: QueueKnown) -> None:
        """Who waits, before the calls are read: a session does not say by itself that nobody has taken it yet."""
        rows, started, _ = await self._waiting(known)
        self._note(known, rows, started)

    def _note(self, known: QueueKnown, rows: Iterable[Member], at: float) -> bool:
        return self.scene.waits(known, {row.key.id: row.joined_at for row in rows}, at)

    async def _list(self) -> list[QueueWire]:
        try:
            return (await self.reader.queues())[0]
        except NotPermitted:
            if not self.settings.queues:
                raise
            # The list may be closed to an account that may read the queues named to it.
            return [QueueWire(id=name) for name in self.settings.queues]

    def _know(self, wires: Iterable[QueueWire]) -> None:
        chosen = self.settings.queues
        known: dict[str, QueueKnown] = {}
        for wire in wires:
            if chosen is not None and not any(wire.extension_number == c or same_id(wire.id, c) for c in chosen):
                continue
            queue = self.scene.queue(wire.id) or QueueKnown(wire.id)
            _learn(queue, wire)
            known[queue.id] = queue
        self.scene.keep_queues(known)
        self._joined.keep(known)
        self.again.keep({"", *known})

    async def _detail(self, known: QueueKnown) -> None:
        _learn(known, await self.reader.queue(known.id))
        known.status = await self.reader.queue_status(known.id)

    async def queues(self, ticket: Ticket) -> Sequence[Update]:
        order = self.scene.order.polled(ticket)
        started, why = self.clock.now(), ""
        try:
            wires, pages = await self.reader.queues()
            started, why = pages.started_at, pages.approximate
        except NotPermitted:
            if not self.settings.queues:
                raise
            wires = [await self.reader.queue(known.id) for known in self.scene.queues.values()]
        self._tell_time()
        self._know(wires)

        async def make() -> Update:
            now = self.clock.now()
            rows = [mapping.queue(self.scene, known, now) for known in self.scene.queues.values()]
            return self._update(Resource.QUEUES, "", order, started, rows, why)

        return (await self.again.first(make),)

    def _queue(self, queue_id: str) -> QueueKnown:
        known = self.scene.queues.get(queue_id)
        if known is None:
            raise Missing(tr("the queue is no more"))
        return known

    async def members(self, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        order, known = self.scene.order.polled(ticket), self._queue(queue_id)
        rows, started, why = await self._waiting(known)

        async def make() -> Update:
            named = [replace(row, queue=mapping.title(known)) for row in rows]
            return self._update(Resource.MEMBERS, queue_id, order, started, named, why)

        updates = [await self.again.first(make)]
        if self._note(known, rows, started):
            # The count belongs to the queue's own row, which another list brings.
            row = mapping.queue(self.scene, known, self.clock.now())
            updates.append(replace(self._update(Resource.QUEUES, "", order, started, [row]), kind=UpdateKind.DELTA))
        return updates

    async def _waiting(self, known: QueueKnown) -> tuple[list[Member], float, str]:
        wires, answer, why = await self.reader.waiting(known.id)
        self._tell_time()
        joined = {
            self.scene.session(wire.session_id): answer.started_at - wire.waiting_time
            for wire in wires
            if wire.waiting_time is not None
        }
        starts = self._joined.held(known.id, joined)
        rows: dict[str, Member] = {}
        for position, wire in enumerate(wires, start=1):
            identity = self.scene.session(wire.session_id)
            who = (wire.session_id, wire.extension_number, wire.display_name)
            rows.setdefault(identity, mapping.member(self.scene, known, *who, starts.get(identity), position))
        return list(rows.values()), answer.started_at, why

    async def agents(self, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        """The roster, and one request for each of its agents. One agent that cannot be read keeps the last status."""
        order = self.scene.order.polled(ticket)
        self._queue(queue_id)
        roster, answer, unlisted = await self.reader.agents(queue_id)
        self._tell_time()
        failures = await self._each_status(queue_id, roster, answer.started_at)
        present = {wire.extension_number for wire in roster}
        for extension in self.scene.agents_of(queue_id):
            place = self.scene.places[extension][queue_id]
            if extension not in present and place.seen_at < answer.started_at:
                self.scene.leave(extension, queue_id)
        why = trn("{n} agent could not be read", "{n} agents could not be read", failures) if failures else ""

        async def make() -> Update:
            rows = mapping.agents(self.scene, queue_id)
            return self._update(Resource.AGENTS, queue_id, order, answer.started_at, rows, together(why, unlisted))

        return (await self.again.first(make),)

    async def _each_status(self, queue_id: str, roster: Sequence[AgentWire], listed_at: float) -> int:
        """Read every agent's status, a few at a time; how many could not be read, which leaves the rest true. Raises
        what says that asking on is of no use, or that nothing could be read."""
        wires = {wire.extension_number: wire for wire in roster}

        def put(extension: str, said: AgentWire, at: float) -> None:
            wire = wires[extension]
            name = clean(wire.display_name or said.display_name)
            level = wire.skill_level if wire.skill_level is not None else said.skill_level
            self.scene.put(extension, queue_id, at=at, status=said.status, name=name, level=level)

        async def read(extension: str) -> None:
            said, at = wires[extension], listed_at
            if is_extension(extension) and not self.scene.no_states:
                try:
                    said, answer = await self.reader.agent(queue_id, extension)
                    at = answer.started_at
                except NotPermitted:
                    self.scene.no_states = tr("this account may not read what agents do")
            put(extension, said, at)

        _, failed = await gather(wires, read, ends=(*WHOLE_SOURCE, Unreachable, Late))
        for extension in failed:
            put(extension, wires[extension], listed_at)
        # Where only the states are missing, who the agents are is still true.
        serious = [error for error in failed.values() if not isinstance(error, Missing)]
        if serious and len(failed) == len(wires):
            raise serious[0]
        return len(failed)

    async def calls(self, ticket: Ticket) -> Sequence[Update]:
        order = self.scene.order.polled(ticket)
        wires, answer, why = await self.reader.sessions()
        self._tell_time()

        async def make() -> Update:
            found = {row.key: row for wire in wires if (row := mapping.call(self.scene, wire, answer.started_at))}
            rows = self.actions.held.marked(found.values(), "", self.clock.now())
            return self._update(Resource.CALLS, "", order, answer.started_at, rows, why)

        update = await self.again.first(make)
        self.actions.calls = tuple(row for row in update.rows if isinstance(row, Call))
        return (update,)

    async def phones(self, ticket: Ticket) -> Sequence[Update]:
        """All users, and the registration of some: the list tells no status, so it is asked for in turns."""
        order = self.scene.order.polled(ticket)
        users, pages = await self.reader.users()
        self.scene.users = {user.extension_number: user.id for user in users}
        for user in users:
            name = clean(user.display_name or user.name or user.extension_number)
            self.scene.names.setdefault(user.extension_number, name)
        self.again.learnt()
        turns = sorted(users, key=lambda user: self._statuses.get(user.id, (0.0, None))[0])
        for user in turns[:PHONES_AT_ONCE]:
            try:
                status: UserStatusWire | None = await self.reader.user_status(user.id)
            except ONE_READING:
                status = None
            self._statuses[user.id] = (self.clock.now(), status)
        self._statuses = {user.id: self._statuses[user.id] for user in users if user.id in self._statuses}
        rows = {user.extension_number: self._phone(user) for user in users}
        return (self._update(Resource.PHONES, "", order, pages.started_at, rows.values(), pages.approximate),)

    def _phone(self, user: UserWire) -> Phone:
        return mapping.phone(self.scene, user, self._statuses.get(user.id, (0.0, None))[1])

    def _tell_time(self) -> None:
        self.scene.ahead = self.http.clock_offset or 0.0

    def _update(
        self, resource: Resource, scope: str, order: Ticket, as_of: float, rows: Iterable[Row], approximate: str = ""
    ) -> Update:
        return snapshot(self.settings.name, resource, scope, order, as_of, rows, approximate)

    async def refresh(self, row: Row) -> Row | None:
        """Read one row again; None: it is gone."""
        try:
            match row:
                case Call():
                    session = in_address(row.address, "session") or row.key.id
                    wire, answer = await self.reader.session(session)
                    if not wire.id:
                        wire = wire.model_copy(update={"id": session})
                    again = mapping.call(self.scene, wire, answer.started_at)
                    if again is None or again.key != row.key:
                        raise BadAnswer(tr("the vendor returned another call than was asked for"))
                    return self.actions.held.mark(again)
                case Member():
                    rows, _, _ = await self._waiting(self._queue(row.queue_id))
                    return next((again for again in rows if again.key == row.key), None)
                case Agent():
                    for place in row.memberships:
                        wired, answer = await self.reader.agent(place.queue_id, row.key.id)
                        self.scene.put(row.key.id, place.queue_id, at=answer.started_at, status=wired.status)
                    return mapping.agent(self.scene, row.key.id)
                case Queue():
                    known = self._queue(row.key.id)
                    _learn(known, await self.reader.queue(known.id))
                    return mapping.queue(self.scene, known, self.clock.now())
                case Phone():
                    user = in_address(row.address, "user") or ""
                    status = await self.reader.user_status(user)
                    self._statuses[user] = (self.clock.now(), status)
                    return replace(row, registered=mapping.registered(status))
        except Missing:
            return None
        raise NotPermitted(tr("PortSIP has no such row"))


def _learn(known: QueueKnown, wire: QueueWire) -> None:
    """Take over what an answer says; a list says less than the queue itself."""
    known.number = wire.extension_number or known.number
    known.name = clean(wire.name) or known.name
    known.strategy = wire.polling_strategy or known.strategy
    for name in ("sla_time", "max_callers", "max_waiting_time", "agent_auto_ready"):
        if (value := getattr(wire, name)) is not None:
            setattr(known, name, value)
