"""What can be read about one row on demand. Each report is a list, and where that list is known to leave things out
(the samples of seed 002 do), its entries one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from wallboard.domain.clock import Clock
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Notice, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import Channel
from wallboard.vendors.base import Report, Sheet
from wallboard.vendors.kit.gather import gather
from wallboard.vendors.kit.sheets import sheet
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.sinch import mapping, rci
from wallboard.vendors.sinch.mapping import Known
from wallboard.vendors.sinch.notices import iso
from wallboard.vendors.sinch.rci import Many, Single
from wallboard.vendors.sinch.reading import Reader, Records
from wallboard.vendors.sinch.wire import ExtensionWire, ItemWire, IvrWire, NamedWire, Wire

MOST = 25
"""So many entries are asked for one by one."""
HISTORY = 30 * 86_400.0
"""Seconds back to which a set's own history is asked for."""

_T = TypeVar("_T")
_Row = TypeVar("_Row", bound=Wire)


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> Sheet:
    """RCI leaves out what is blank, so that is not known either."""
    return sheet(columns, ([None if each == "" else each for each in row] for row in rows), note)


async def _fuller(ids: Sequence[str], read: Callable[[str], Awaitable[_T]]) -> tuple[dict[str, _T], str]:
    """Entries one by one, and what to say of those that did not come."""
    found, failed = await gather(ids[:MOST], read)
    notes = [tr("{n} more in short only", n=len(ids) - MOST)] if len(ids) > MOST else []
    if failed:
        why = str(next(iter(failed.values())))
        notes.append(tr("{n} could not be read in full: {why}", n=len(failed), why=why))
    return found, "; ".join(notes)


@dataclass(slots=True)
class Reports:
    """Makes the reports of a row; reading is what they do when asked."""

    reader: Reader
    records: Records
    known: Known
    clock: Clock

    def of(self, row: Row) -> Sequence[Report]:
        if isinstance(row, Agent):
            user = row.key.id
            return (
                Report("record", tr("user record"), partial(self._record, user)),
                Report("roles", tr("roles"), partial(self._roles, user), cost=3),
                Report("groups", tr("user groups"), partial(self._groups, user), cost=3),
                Report("skills", tr("skills"), partial(self._skills, user), cost=2),
                Report("profiles", tr("presence profiles"), self._profiles),
            )
        if isinstance(row, Queue):
            queue = row.key.id
            found = [
                Report("addresses", tr("addresses"), partial(self._addresses, queue), cost=3),
                Report("groups", tr("queue groups"), partial(self._queue_groups, queue), cost=3),
            ]
            if row.channel is Channel.PHONE:
                found.append(Report("ivrs", tr("IVRs"), self._ivrs))
            return found
        if isinstance(row, Notice):
            return (
                Report(
                    "items", tr("items"), partial(self._items, row), cost=max(1, len(mapping.items_of(row.address)))
                ),
                Report("set", tr("disruption set"), partial(self._set, mapping.set_of(row)), cost=2),
            )
        return ()

    async def _record(self, user: str) -> Sheet:
        wire = await self.records.user(user)
        pairs = [
            (tr("name"), f"{wire.first_name} {wire.surname}".strip()),
            (tr("login"), wire.login),
            (tr("external id"), wire.external_id),
            (tr("phone"), wire.phone),
            (tr("e-mail"), wire.email),
            (tr("chat"), wire.chat),
            (tr("chat name"), wire.chat_name),
            (tr("interface language"), wire.ui_language),
            (tr("prompt language"), wire.prompt_language),
            (tr("time zone"), wire.time_zone),
            (tr("synchronised"), wire.synchronised),
        ]
        return _table((tr("field"), tr("value")), pairs)

    async def _in_full(
        self, of: str, listing: Many[_Row], ways: Sequence[Single[_Row]], bare: Callable[[_Row], bool]
    ) -> tuple[list[tuple[_Row, _Row]], str]:
        """The entries of a list of `of` ("" of the account), each beside itself as read on its own where the list is
        `bare`: below `of`, and where that says no more, alone."""

        async def full(identity: str) -> _Row:
            first, *more = ways
            wire = await self.reader.one(first, *filter(None, (of, identity)))
            return await self.reader.one(more[0], identity) if more and bare(wire) else wire

        listed = (await self.reader.all(listing, *filter(None, (of,)))).rows
        found, note = await _fuller([wire.id for wire in listed if bare(wire)], full)
        return [(wire, found.get(wire.id, wire)) for wire in listed], note

    async def _roles(self, user: str) -> Sheet:
        wires, note = await self._in_full(user, rci.ROLES_OF, (rci.ROLE_OF, rci.ROLE), _undescribed)
        rows = [(wire.name or more.name, more.description) for wire, more in wires]
        return _table((tr("role"), tr("about")), rows, note)

    async def _groups(self, user: str) -> Sheet:
        ways = (rci.GROUP_OF, rci.USER_GROUP)
        wires, note = await self._in_full(user, rci.GROUPS_OF, ways, lambda wire: wire.synchronised is None)
        rows = [(wire.name or more.name, more.synchronised) for wire, more in wires]
        return _table((tr("user group"), tr("synchronised")), rows, note)

    async def _skills(self, user: str) -> Sheet:
        """Of a user's skills the list tells ids and values alone; names are in the list of all skills."""

        async def full(skill: str) -> NamedWire:
            wire = await self.reader.one(rci.SKILL_OF, user, skill)
            return wire if wire.name else await self.reader.one(rci.SKILL, skill)

        listed = (await self.reader.all(rci.SKILLS_OF, user)).rows
        names: dict[str, NamedWire] = {}
        if any(not wire.name for wire in listed):
            names = {wire.id: wire for wire in (await self.reader.all(rci.SKILLS)).rows if wire.name}
        more, note = await _fuller([wire.id for wire in listed if not wire.name and wire.id not in names], full)
        names |= more
        rows = [(names.get(wire.id, wire), wire) for wire in listed]
        rows.sort(key=lambda pair: (pair[1].value == "", -float(_digits(pair[1].value)), pair[0].name))
        cells = [(mapping.titled(named), wire.value, named.description) for named, wire in rows]
        return _table((tr("skill"), tr("level 1–5"), tr("about")), cells, note)

    async def _profiles(self) -> Sheet:
        wires, note = await self._in_full("", rci.PROFILES, (rci.PROFILE,), lambda wire: not wire.reason)
        why = tr("what there is to choose; RCI does not tell who is in which")
        cells = [(more.name, more.reason) for _, more in wires]
        return _table((tr("profile"), tr("reason")), cells, f"{why}. {note}".strip(" ."))

    async def _addresses(self, queue: str) -> Sheet:
        def bare(wire: ExtensionWire) -> bool:
            return not (wire.language or wire.priority)

        wires, note = await self._in_full(queue, rci.EXTENSIONS, (rci.EXTENSION,), bare)
        cells = [(wire.address or more.address, more.language, more.priority) for wire, more in wires]
        return _table((tr("address"), tr("language"), tr("priority")), cells, note)

    async def _queue_groups(self, queue: str) -> Sheet:
        ways = (rci.QUEUE_GROUP_OF, rci.QUEUE_GROUP)
        wires, note = await self._in_full(queue, rci.QUEUE_GROUPS_OF, ways, _undescribed)
        rows = [(wire.name or more.name, more.description) for wire, more in wires]
        return _table((tr("queue group"), tr("about")), rows, note)

    async def _ivrs(self) -> Sheet:
        def bare(wire: IvrWire) -> bool:
            return wire.active is None or not wire.addresses

        wires, note = await self._in_full("", rci.IVRS, (rci.IVR,), bare)
        cells = [(more.name, more.active, ", ".join(more.addresses), more.description) for _, more in wires]
        why = tr("all there are; RCI does not tell which leads to which queue")
        return _table((tr("IVR"), tr("active"), tr("addresses"), tr("about")), cells, f"{why}. {note}".strip(" ."))

    async def _items(self, row: Notice) -> Sheet:
        disruption_set = mapping.set_of(row)

        async def full(item: str) -> ItemWire:
            return await self.reader.one(rci.ITEM, disruption_set, item)

        names = mapping.items_of(row.address)
        found, note = await _fuller([name for name in names if "/" not in name], full)
        known = self.known.items.get(disruption_set, {})
        cells = []
        for name, kind in names.items():
            wire = found.get(name) or known.get(name) or ItemWire(externalid=name.partition("/")[2], type=kind)
            cells.append((wire.kind or kind, wire.name, wire.description, wire.external_id, wire.prompt))
        columns = (tr("type"), tr("name"), tr("about"), tr("external id"), tr("prompt"))
        return _table(columns, cells, note)

    async def _set(self, disruption_set: str) -> Sheet:
        """Everything published in the set of late, newest first."""
        wire = await self.reader.one(rci.ONE_SET, disruption_set)
        since = iso(self.clock.now() + self.known.ahead - HISTORY)
        events = (await self.reader.all(rci.EVENTS, disruption_set, params={"created": since})).rows
        rows = [(event, mapping.notice(event, disruption_set, self.known)) for event in events]
        rows.sort(key=lambda pair: instant(pair[0].created) or 0.0, reverse=True)
        cells = [(event.created, row.title, event.active_from, event.active_to, row.remarks) for event, row in rows]
        name = f"{mapping.titled(wire)} {wire.external_id}".strip()
        columns = (tr("created"), tr("notice"), tr("from"), tr("until"), tr("remarks"))
        return _table(columns, cells, tr("set {name}, last 30 days", name=name))


def _undescribed(wire: NamedWire) -> bool:
    return not wire.description


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 9 else "0"
