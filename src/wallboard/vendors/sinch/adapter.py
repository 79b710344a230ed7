"""A Sinch Contact Center as a source: a roster of queues and people, slowly, and disruption notices every minute.

Three discoveries read what hangs on the rows (addresses, groups, roles, sets and their items) at a slow pace and
remember it; each reading of a list shows what they have brought until then. Each disruption set is a scope of its own,
so that one that fails dims no other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import BadAnswer, Missing, NotPermitted, NotSent
from wallboard.domain.forms import Form
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Notice, Queue, Row
from wallboard.domain.update import Update
from wallboard.vendors.base import (
    YES,
    Can,
    CheckLine,
    Feed,
    Receipt,
    Report,
    Services,
    SourceSettings,
    Ticket,
    Verification,
    rows_of,
)
from wallboard.vendors.kit.adapter import Made, WebAdapter
from wallboard.vendors.kit.paging import Pages
from wallboard.vendors.kit.rows import aside
from wallboard.vendors.sinch import evidence, mapping, notices, rci
from wallboard.vendors.sinch.actions import Actions
from wallboard.vendors.sinch.checks import check_source
from wallboard.vendors.sinch.discovery import Discovery
from wallboard.vendors.sinch.reading import PAGE, Listing, Reader, Records
from wallboard.vendors.sinch.reports import Reports
from wallboard.vendors.sinch.wire import EventWire, NamedWire, QueueWire, Wire, canonical

SLOWLY = 900.0
AT_FIRST = 60.0
"""Seconds between discoveries until one has read everything, and between tries of a list until the first answer."""
NOTICES = 60.0
BEGUN = 730 * 86_400.0
"""Seconds for which a notice without an end is listed though the vendor does not count it as active: whether it does is
not documented, and such a notice must not vanish from the board while callers still hear it."""
JUST_READ = 10.0
"""Seconds for which the queues that a discovery read need not be read again."""
LONG = 30.0
"""Outer deadline, in seconds, of a list of several pages."""
VERY_LONG = 120.0
"""The same of a discovery, which makes a request for each queue, role, group and set."""

_Row = TypeVar("_Row", bound=Wire)


class SinchAdapter(WebAdapter):
    """See `vendors.base.Adapter`."""

    vendor = "sinch"
    verbs = evidence.VERBS
    lacking = mark("RCI is for configuration: no calls and no states")
    no_calls = mark("RCI places no calls")
    rests_on = (Resource.NOTICES,)

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        super().__init__(settings, services)
        self._reader = Reader(self._http)
        self._known = mapping.Known(settings.name, mapping.channels(settings.words))
        self._records = Records(self._reader, self._known)
        self._discovery = Discovery(self._reader, self._known)
        self._reports = Reports(self._reader, self._records, self._known, self.clock)
        self._actions = Actions(settings, self._http, self._reader, self._known, self.clock, self._zone)
        self._whole: dict[Resource, bool] = {}
        """Resources whose discovery has been through, and whether it read everything."""
        self._counts: dict[Resource, int] = {}
        self._first_queues: Listing[QueueWire] | None = None
        self._unfound: tuple[str, ...] = ()

    def detail(self) -> str:
        if self._unfound:
            return tr("RCI: roster and notices; no queue {names}", names=", ".join(self._unfound))
        return tr("RCI: roster and notices")

    def feeds(self) -> Sequence[Feed]:
        queues, agents = (self._counts.get(resource, 0) for resource in (Resource.QUEUES, Resource.AGENTS))
        discovery = self._discovery
        feeds = [
            self._slow(Resource.QUEUES, "discovery", self._discover_queues, 2 + queues + discovery.queue_groups),
            self._slow(Resource.QUEUES, "", self._read_queues, 1 + queues // PAGE),
            self._slow(Resource.AGENTS, "discovery", self._discover_people, 2 + discovery.people_groups),
            self._slow(Resource.AGENTS, "", self._read_users, 2 + 2 * (agents // PAGE)),
            self._slow(Resource.NOTICES, "discovery", self._discover_sets, 1 + len(self._known.sets)),
        ]
        interval = self.settings.every.get("notices", NOTICES)
        for name in self._known.sets:
            # Also while the pane is shut: the header counts the active ones.
            read = partial(self._read_events, name)
            feeds.append(Feed(Resource.NOTICES, name, read, interval, cost=3, timeout=LONG, hidden_interval=interval))
        return feeds

    def _slow(
        self, resource: Resource, scope: str, fetch: Callable[[Ticket], Awaitable[Sequence[Update]]], cost: int
    ) -> Feed:
        """A feed that nobody watches second by second: as slow where it is hidden."""
        if scope:
            seconds = SLOWLY if self._whole.get(resource) else AT_FIRST
            return Feed(resource, scope, fetch, seconds, cost, VERY_LONG, hidden_interval=seconds, priority=3)
        seconds = self.settings.every.get(resource.value, SLOWLY)
        if resource not in self._counts:
            # A list that has never been read is not waited for so long.
            seconds = min(seconds, AT_FIRST)
        return Feed(resource, scope, fetch, seconds, cost, LONG, hidden_interval=seconds, priority=2, roster=True)

    async def _discover_queues(self, ticket: Ticket) -> Sequence[Update]:
        listing = await self._reader.all(rci.QUEUES)
        self._first_queues = listing
        try:
            self._whole[Resource.QUEUES] = await self._discovery.read_queues(self._wanted(listing.rows))
        finally:
            self._again.learnt()
        return ()

    async def _discover_people(self, ticket: Ticket) -> Sequence[Update]:
        try:
            self._whole[Resource.AGENTS] = await self._discovery.read_people()
        finally:
            self._again.learnt()
        return ()

    async def _discover_sets(self, ticket: Ticket) -> Sequence[Update]:
        self._whole[Resource.NOTICES] = await self._discovery.read_sets()
        self._again.keep({"", *self._known.sets})
        self._again.learnt()
        return ()

    async def _read_queues(self, ticket: Ticket) -> Sequence[Update]:
        listing, self._first_queues = self._first_queues, None
        if listing is None or listing.read.started_at < self.clock.now() - JUST_READ:
            listing = await self._reader.all(rci.QUEUES)
        wires = self._wanted(listing.rows)
        self._counts[Resource.QUEUES] = len(wires)

        def made() -> list[Queue]:
            return [mapping.queue(wire, self._known) for wire in wires]

        return (await self._made(Resource.QUEUES, "", ticket, listing, made),)

    def _wanted(self, wires: Sequence[QueueWire]) -> list[QueueWire]:
        """All queues, or exactly those that the config names by id or name."""
        names = self.settings.queues
        if names is None:
            return list(wires)
        by_name = {key: wire for wire in reversed(wires) for key in (wire.name.strip().casefold(), wire.id)}
        found = {name: by_name.get(canonical(name)) or by_name.get(name.strip().casefold()) for name in names}
        self._unfound = tuple(name for name, wire in found.items() if wire is None)
        return list({wire.id: wire for wire in found.values() if wire is not None}.values())

    async def _read_users(self, ticket: Ticket) -> Sequence[Update]:
        listing = await self._reader.users()
        wires = listing.rows
        self._counts[Resource.AGENTS] = len(wires)

        def made() -> list[Agent]:
            return [mapping.agent(wire, self._known) for wire in wires]

        return (await self._made(Resource.AGENTS, "", ticket, listing, made),)

    async def _read_events(self, disruption_set: str, ticket: Ticket) -> Sequence[Update]:
        """What is active, what begins later, and what ended in the last 24 hours.

        Three questions, because each filter passes over events that lack its instant: one without an end is found as
        active or by its beginning, one that is over by its end. All events ever would be the fourth, and grows.
        """
        now = self.clock.now()
        vendor_now = now + (self._http.clock_offset or 0.0)
        questions: tuple[dict[str, str], ...] = (
            {"active": "true"},
            {"activeFrom": notices.iso(vendor_now - BEGUN)},
            {"activeTo": notices.iso(vendor_now - mapping.RECENT)},
        )
        wires: dict[tuple[str, ...], EventWire] = {}
        read: list[Pages] = []
        for params in questions:
            listing = await self._reader.all(rci.EVENTS, disruption_set, params=params)
            # The last answer to a question knows best: the event may have been changed in between.
            wires.update({wire.mark: wire for wire in listing.rows})
            read.append(listing.read)
        lost = next((pages.lost for pages in read if pages.lost), "")
        pages = replace(read[0], changed=any(pages.changed for pages in read), lost=lost)
        self._known.ahead = mapping.ahead(self._http.clock_offset)
        await self._discovery.read_items(disruption_set, [item for wire in wires.values() for item in wire.items])
        whole = Listing(tuple(wires.values()), pages)

        def made() -> Sequence[Notice]:
            return mapping.notices(whole.rows, disruption_set, self._known, now)

        update = await self._made(Resource.NOTICES, disruption_set, ticket, whole, made)
        self._known.events[disruption_set] = frozenset(row.key.id for row in update.rows)
        return (update,)

    async def _made(
        self, resource: Resource, scope: str, ticket: Ticket, listing: Listing[_Row], rows: Callable[[], Sequence[Row]]
    ) -> Update:
        async def make() -> Made:
            return await aside(len(listing.rows), rows), listing.approximate

        return await self._kept(ticket, resource, scope, listing.read.started_at, make)

    async def refresh(self, row: Row) -> Row | None:
        try:
            found = await self._read_again(row)
        except Missing:
            return None
        if found.key != row.key:
            raise BadAnswer(tr("the vendor returned another row than was asked for"))
        return found

    async def _read_again(self, row: Row) -> Row:
        if isinstance(row, Queue):
            return mapping.queue(await self._records.queue(row.key.id), self._known)
        if isinstance(row, Agent):
            return mapping.agent(await self._records.user(row.key.id), self._known)
        if isinstance(row, Notice) and (disruption_set := mapping.set_of(row)):
            fresh = EventWire.model_validate(await self._reader.event(disruption_set, row.key.id))
            return mapping.notice(fresh, disruption_set, self._known)
        raise NotPermitted(tr("RCI has no such row"))

    def reports(self, row: Row) -> Sequence[Report]:
        return self._reports.of(row)

    def _can(self, verb: Verb, row: Row | None) -> Can:
        if verb in (Verb.PUBLISH, Verb.CHANGE) and self._standby.lent and not self._known.sets:
            # What a person fills in is made of them.
            self._standby.want()
            if Resource.NOTICES not in self._whole:
                return Can(False, tr("the disruption sets are not read yet"))
        if verb is Verb.PUBLISH:
            if not self._known.sets:
                if Resource.NOTICES in self._whole:
                    return Can(False, tr("there is no disruption set"))
                return Can(False, tr("the disruption sets are not read yet"))
            return YES if any(self._known.items.values()) else Can(False, tr("no disruption set has anything to say"))
        if row is None:
            return YES
        if not isinstance(row, Notice):
            return Can(False, tr("not for this row"))
        now = self.clock.now()
        if verb is Verb.CHANGE:
            return YES
        return YES if mapping.begun(row, now) else Can(True, tr("it has not begun, so it is deleted for good"))

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        """Publishing: one form a set that has items. Changing: the one of the notice."""
        if verb not in (Verb.PUBLISH, Verb.CHANGE) or not self.can(verb, row):
            return ()
        zone, items = self.settings.timezone, self._known.items
        if verb is Verb.PUBLISH:
            return [notices.publish_form(wire, items[name], zone) for name, wire in self._sets() if items.get(name)]
        if isinstance(row, Notice):
            return (notices.change_form(row, items.get(mapping.set_of(row), {}), zone, self._zone),)
        return ()

    def _sets(self) -> list[tuple[str, NamedWire]]:
        return sorted(self._known.sets.items(), key=lambda pair: mapping.titled(pair[1]).casefold())

    def verification(self, command: Command, row: Row | None) -> Verification:
        return evidence.verification(command.verb, self._zone, command, row, self._listed())

    def _listed(self) -> dict[str, frozenset[str]]:
        """The ids of each set's notices, as they were read or told last."""
        if not self._standby.lent or self._facts is None:
            return dict(self._known.events)
        told: dict[str, set[str]] = {name: set() for name in self._known.sets}
        for row in rows_of(Notice, self._facts, self.settings.name):
            told.setdefault(mapping.set_of(row), set()).add(row.key.id)
        return {name: frozenset(ids) for name, ids in told.items()}

    def table(self) -> Sequence[Verification]:
        return [evidence.verification(verb, self._zone) for verb in evidence.VERBS]

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        if command.verb is Verb.PUBLISH:
            return await self._actions.publish(command)
        if command.target.key.kind is Kind.NOTICE:
            act = self._actions.change if command.verb is Verb.CHANGE else self._actions.end
            return await act(command)
        raise NotSent(tr("nothing sent: not for this row"))

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self._reader, self._http, self.settings)
