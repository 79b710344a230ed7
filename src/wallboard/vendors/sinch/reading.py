"""Reading RCI: whole lists over all their pages, and single objects. Lists tell no totals.

Only the lists whose documents name `offset` and `limit` are asked for page by page. The others are asked for without;
where such an answer holds exactly a page, the rest is asked for all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar

from wallboard.domain.errors import BadAnswer, NotPermitted
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.vendors.http.client import HttpSource, Params, Route, route
from wallboard.vendors.kit.paging import Page, Pages, pages
from wallboard.vendors.kit.rows import aside
from wallboard.vendors.sinch import rci
from wallboard.vendors.sinch.mapping import Known
from wallboard.vendors.sinch.rci import USERS, Many, Single
from wallboard.vendors.sinch.wire import QueueWire, UserWire, Wire, listed, one, read_one, rows

PAGE = 100
"""The vendor's default for `limit`."""
PAGES = 100
"""Most pages of a list: 10,000 rows."""
NO_PARAMS: Params = {}

_Row = TypeVar("_Row", bound=Wire)


@dataclass(frozen=True, slots=True)
class Listing(Generic[_Row]):
    """A whole list in the vendor's order, and how it was read."""

    rows: tuple[_Row, ...]
    read: Pages

    @property
    def approximate(self) -> str:
        return self.read.approximate


class Reader:
    """The GET requests of one account. All raise `ReadError`s only; ids are sent canonical."""

    def __init__(self, http: HttpSource) -> None:
        self._http = http

    async def users(self) -> Listing[UserWire]:
        """Everybody, with telephone numbers.

        The list tells only the fields that were asked about, and a pattern may leave out who has no number: hence the
        plain list first and then the numbers.
        """
        everybody = await self.all(USERS)
        if all(user.phone for user in everybody.rows):
            return everybody
        try:
            numbered = await self.all(USERS, params={"phone": "*"})
        except BadAnswer:
            return everybody
        better = {user.id: user for user in numbered.rows}
        found = {user.id: better.get(user.id, user) for user in everybody.rows}
        changed = everybody.read.changed or numbered.read.changed
        return Listing(tuple({**better, **found}.values()), replace(everybody.read, changed=changed))

    async def event(self, disruption_set: str, event: str) -> dict[str, Any]:
        answer = await self._http.get(event_route(disruption_set, event))
        return one(answer.data, tr("event"))

    async def probe(self, path: str) -> tuple[str, float]:
        """How long the smallest page of a list takes; it does not tell who we are."""
        answer = await self._http.get(Route(path, path), params={"offset": 0, "limit": 1})
        rows(listed(answer.data, tr("rows")), Wire, tr("rows"))
        return "", answer.took

    async def one(self, path: Single[_Row], *ids: str) -> _Row:
        return read_one((await self._http.get(path.route(*ids))).data, path.model, tr(path.what))

    async def all(self, path: Many[_Row], *ids: str, params: Params = NO_PARAMS) -> Listing[_Row]:
        """A list page by page until one is not full, or whole where its document names no pages. `params` as the
        document names them (`active`, `activeFrom` …)."""
        where, what = path.route(*ids), tr(path.what)

        async def ask(number: int, got: int) -> Page | None:
            asked = {**params, "offset": number * PAGE, "limit": PAGE} if path.paged or number else params
            try:
                answer = await self._http.get(where, params=asked)
            except BadAnswer:
                if path.paged or not number:
                    raise
                # It takes no pages after all: what came was the whole list.
                return None
            return answer, listed(answer.data, what), None

        read = await pages(ask, what, full=(PAGE,), most=PAGES, mark=_content)
        found, lost = await aside(len(read.items), lambda: rows(read.items, path.model, what))
        return Listing(tuple(found), replace(read, lost=lost))


def _content(row: object) -> str | None:
    """All that a row says: one event may be listed in two versions."""
    has_id = isinstance(row, Mapping) and any(str(name).casefold() == "id" for name in row)
    return str(sorted(row.items(), key=str)) if has_id and isinstance(row, Mapping) else None


def event_route(disruption_set: str, event: str) -> Route:
    template = "/disruptionSets/{disruptionSetId}/events/{eventId}"
    return route(template, disruptionSetId=disruption_set, eventId=event)


_T = TypeVar("_T")
WAYS = 3
"""So many roles or groups are tried."""


@dataclass(slots=True)
class Records:
    """One user or queue read on its own, by another way where the straight one is not permitted: who may not read all
    users may read those of a role or group, and the same holds for queues."""

    reader: Reader
    known: Known

    async def user(self, user: str) -> UserWire:
        ways: list[Callable[[], Awaitable[UserWire]]] = [partial(self.reader.one, rci.USER, user)]
        for role in self.known.roles.get(user, ())[:WAYS]:
            ways.append(partial(self.reader.one, rci.USER_BY_ROLE, role.id, user))
        for group in self.known.groups.get(user, ())[:WAYS]:
            ways.append(partial(self.reader.one, rci.USER_BY_GROUP, group.id, user))
        return await _first(ways)

    async def queue(self, queue: str) -> QueueWire:
        ways: list[Callable[[], Awaitable[QueueWire]]] = [partial(self.reader.one, rci.QUEUE, queue)]
        for group in self.known.queue_groups.get(queue, ())[:WAYS]:
            ways.append(partial(self.reader.one, rci.QUEUE_BY_GROUP, group.id, queue))
        return await _first(ways)


async def _first(ways: Sequence[Callable[[], Awaitable[_T]]]) -> _T:
    """The first that is permitted; a record that is gone is gone by any way."""
    for way in ways[:-1]:
        try:
            return await way()
        except NotPermitted:
            continue
    return await ways[-1]()
