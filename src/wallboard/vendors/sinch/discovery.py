"""The slow lists behind the rows: addresses and groups of queues, roles and groups of people, sets and their items.

Each is read on its own and remembered; a list that fails or is forbidden leaves what was known before, and costs the
rows nothing but that detail.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from wallboard.domain.errors import Missing, NotPermitted, ReadError
from wallboard.domain.language import english
from wallboard.vendors.kit.gather import WHOLE_SOURCE, gather
from wallboard.vendors.sinch import rci
from wallboard.vendors.sinch.mapping import Known, members
from wallboard.vendors.sinch.rci import Many
from wallboard.vendors.sinch.reading import Listing, Reader
from wallboard.vendors.sinch.wire import ItemWire, NamedWire, QueueWire

log = logging.getLogger(__name__)

MOST = 200
"""So many queues, roles or groups are asked for one by one in one reading; those left over come with the next."""
NEW_ITEMS = 10
"""Most items that are asked for alone in one reading of events."""


class Discovery:
    """Fills `known`. Each `read_…` says whether all was read; what is forbidden counts as read."""

    def __init__(self, reader: Reader, known: Known) -> None:
        self._reader = reader
        self._known = known
        self._turn = 0
        self._turns: dict[str, int] = {}
        self._strange: set[tuple[str, str]] = set()
        self.queue_groups = 0
        self.people_groups = 0
        """How many there were when last listed: each costs a request."""

    async def read_queues(self, queues: Sequence[QueueWire]) -> bool:
        known, ids = self._known, [wire.id for wire in queues]
        # Those asked longest ago first, so that each comes round.
        now = sorted(ids, key=lambda identity: self._turns.get(identity, 0))[:MOST]
        found, failed = await gather(now, partial(self._reader.all, rci.EXTENSIONS))
        self._turn += 1
        self._turns = {identity: self._turn if identity in now else self._turns.get(identity, 0) for identity in ids}
        known.extensions = {
            identity: found[identity].rows if identity in found else known.extensions.get(identity, ())
            for identity in ids
        }
        whole = not _worth_again(failed.values()) and all(self._turns.values())
        names, of, complete = await self._grouped(rci.QUEUE_GROUPS, rci.GROUP_QUEUES)
        if names is not None:
            known.queue_groups, self.queue_groups = members(of, names), len(names)
        return whole and complete

    async def read_people(self) -> bool:
        """Who has which roles and belongs to which groups, by role and group: far fewer requests than by user."""
        known = self._known
        roles, of_role, first = await self._grouped(rci.ROLES, rci.ROLE_USERS)
        if roles is not None:
            known.roles = members(of_role, roles)
        groups, of_group, second = await self._grouped(rci.USER_GROUPS, rci.GROUP_USERS)
        if groups is not None:
            known.groups = members(of_group, groups)
        self.people_groups = len(roles or ()) + len(groups or ())
        return first and second

    async def read_sets(self) -> bool:
        """The disruption sets and what their notices can say. Raises ReadError if the sets cannot be read."""
        known = self._known
        sets = {wire.id: wire for wire in (await self._reader.all(rci.SETS)).rows}
        nameless = [name for name, wire in sets.items() if not wire.name]
        sets |= (await gather(nameless, partial(self._reader.one, rci.ONE_SET)))[0]
        found, failed = await gather(sets, partial(self._reader.all, rci.ITEMS))
        known.sets = sets
        known.items = {name: _by_id(found[name]) if name in found else known.items.get(name, {}) for name in sets}
        known.events = {name: ids for name, ids in known.events.items() if name in sets}
        self._strange.clear()
        return not _worth_again(failed.values())

    async def read_items(self, disruption_set: str, wanted: Sequence[ItemWire]) -> None:
        """Items of notices that the set's list does not hold, one by one; each is tried once until the next list."""
        items = self._known.items.setdefault(disruption_set, {})
        new = [item.id for item in wanted if item.id and not item.name and item.id not in items]
        new = [name for name in dict.fromkeys(new) if (disruption_set, name) not in self._strange][:NEW_ITEMS]

        async def read(name: str) -> ItemWire:
            return await self._reader.one(rci.ITEM, disruption_set, name)

        found, _ = await gather(new, read)
        for name in new:
            if name in found:
                items[name] = found[name]
            else:
                self._strange.add((disruption_set, name))

    async def _grouped(
        self, groups: Many[NamedWire], of: Many[Any]
    ) -> tuple[dict[str, NamedWire] | None, Mapping[str, Sequence[str]], bool]:
        """Groups by id (None: could not be read), their members, and whether all was read."""
        try:
            listed = {wire.id: wire for wire in (await self._reader.all(groups)).rows}
        except WHOLE_SOURCE:
            raise
        except ReadError as error:
            log.debug("groups: %s", english(str(error)))
            return None, {}, not _worth_again([error])
        found, failed = await gather(list(listed)[:MOST], partial(self._reader.all, of))
        ids = {name: [wire.id for wire in listing.rows] for name, listing in found.items()}
        return listed, ids, not _worth_again(failed.values())


def _by_id(listing: Listing[ItemWire]) -> dict[str, ItemWire]:
    return {wire.id or f"{wire.kind}/{wire.external_id}": wire for wire in listing.rows}


def _worth_again(failed: Iterable[ReadError]) -> bool:
    """Whether asking again soon may bring more: what is forbidden or missing stays so."""
    return any(not isinstance(error, NotPermitted | Missing) for error in failed)
