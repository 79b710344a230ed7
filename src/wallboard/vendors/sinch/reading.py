"""Reading RCI: whole lists over all their pages, and single objects. Lists tell no totals.

Only the lists whose documents name `offset` and `limit` are asked for page by page. The others are asked for without;
where such an answer holds exactly a page, the rest is asked for all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import anyio
import anyio.to_thread

from wallboard.domain.errors import BadAnswer, CredentialsRefused, ReadError, Throttled
from wallboard.vendors.http import HttpSource, Params, Route, route
from wallboard.vendors.kit.lists import CHANGED, together
from wallboard.vendors.sinch.wire import (
    EventWire,
    ExtensionWire,
    ItemWire,
    IvrWire,
    NamedWire,
    QueueWire,
    UserWire,
    Wire,
    listed,
    one,
    read_one,
    rows,
)

PAGE = 100
"""The vendor's default for `limit`."""
PAGES = 100
"""Most pages of a list: 10,000 rows."""
AT_ONCE = 3
"""Requests at a time when one list leads to many others."""

THREAD_ABOVE_ROWS = 400
"""Rows that would keep the screen waiting for more than about 10 ms."""

_Row = TypeVar("_Row", bound=Wire)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[_Row]):
    """A whole list in the vendor's order. `started_at` in steady UTC seconds of the first request; `changed`: it moved
    while it was read."""

    rows: tuple[_Row, ...]
    started_at: float
    changed: bool = False
    lost: str = ""
    """Which rows could not be used."""

    @property
    def approximate(self) -> str:
        return together(CHANGED if self.changed else "", self.lost)


class Reader:
    """The GET requests of one account. All raise `ReadError`s only; ids are sent canonical."""

    def __init__(self, http: HttpSource) -> None:
        self._http = http

    # ---- people ----------------------------------------------------------------------------------------------

    async def users(self) -> Listing[UserWire]:
        """Everybody, with telephone numbers.

        The list tells only the fields that were asked about, and a pattern may leave out who has no number: hence the
        plain list first and then the numbers.
        """
        everybody = await self._paged(route("/users"), UserWire, "users")
        if all(user.phone for user in everybody.rows):
            return everybody
        try:
            numbered = await self._paged(route("/users"), UserWire, "users", {"phone": "*"})
        except BadAnswer:
            return everybody
        better = {user.id: user for user in numbered.rows}
        found = {user.id: better.get(user.id, user) for user in everybody.rows}
        changed = everybody.changed or numbered.changed
        return Listing(tuple({**better, **found}.values()), everybody.started_at, changed, everybody.lost)

    async def user(self, user: str) -> UserWire:
        return await self._single(route("/users/{userId}", userId=user), UserWire, "user")

    async def user_by_role(self, role: str, user: str) -> UserWire:
        where = route("/roles/{roleId}/users/{userId}", roleId=role, userId=user)
        return await self._single(where, UserWire, "user")

    async def user_by_group(self, group: str, user: str) -> UserWire:
        where = route("/userGroups/{userGroupId}/users/{userId}", userGroupId=group, userId=user)
        return await self._single(where, UserWire, "user")

    async def roles(self) -> Listing[NamedWire]:
        return await self._paged(route("/roles"), NamedWire, "roles")

    async def role(self, role: str) -> NamedWire:
        return await self._single(route("/roles/{roleId}", roleId=role), NamedWire, "role")

    async def role_users(self, role: str) -> Listing[UserWire]:
        return await self._whole(route("/roles/{roleId}/users", roleId=role), UserWire, "users")

    async def user_groups(self) -> Listing[NamedWire]:
        return await self._paged(route("/userGroups"), NamedWire, "user groups")

    async def user_group(self, group: str) -> NamedWire:
        return await self._single(route("/userGroups/{userGroupId}", userGroupId=group), NamedWire, "user group")

    async def group_users(self, group: str) -> Listing[UserWire]:
        return await self._whole(route("/userGroups/{userGroupId}/users", userGroupId=group), UserWire, "users")

    async def roles_of(self, user: str) -> Listing[NamedWire]:
        return await self._whole(route("/users/{userId}/roles", userId=user), NamedWire, "roles")

    async def role_of(self, user: str, role: str) -> NamedWire:
        where = route("/users/{userId}/roles/{roleId}", userId=user, roleId=role)
        return await self._single(where, NamedWire, "role")

    async def groups_of(self, user: str) -> Listing[NamedWire]:
        return await self._whole(route("/users/{userId}/userGroups", userId=user), NamedWire, "user groups")

    async def group_of(self, user: str, group: str) -> NamedWire:
        where = route("/users/{userId}/userGroups/{userGroupId}", userId=user, userGroupId=group)
        return await self._single(where, NamedWire, "user group")

    async def skills(self) -> Listing[NamedWire]:
        return await self._paged(route("/skills"), NamedWire, "skills")

    async def skill(self, skill: str) -> NamedWire:
        return await self._single(route("/skills/{skillId}", skillId=skill), NamedWire, "skill")

    async def skills_of(self, user: str) -> Listing[NamedWire]:
        return await self._whole(route("/users/{userId}/skills", userId=user), NamedWire, "skills")

    async def skill_of(self, user: str, skill: str) -> NamedWire:
        where = route("/users/{userId}/skills/{skillId}", userId=user, skillId=skill)
        return await self._single(where, NamedWire, "skill")

    async def profiles(self) -> Listing[NamedWire]:
        return await self._paged(route("/prsProfiles"), NamedWire, "presence profiles")

    async def profile(self, profile: str) -> NamedWire:
        return await self._single(route("/prsProfiles/{prsProfileId}", prsProfileId=profile), NamedWire, "profile")

    # ---- queues ----------------------------------------------------------------------------------------------

    async def queues(self) -> Listing[QueueWire]:
        return await self._paged(route("/queues"), QueueWire, "queues")

    async def queue(self, queue: str) -> QueueWire:
        return await self._single(route("/queues/{queueId}", queueId=queue), QueueWire, "queue")

    async def queue_by_group(self, group: str, queue: str) -> QueueWire:
        where = route("/queueGroups/{queueGroupId}/queues/{queueId}", queueGroupId=group, queueId=queue)
        return await self._single(where, QueueWire, "queue")

    async def extensions(self, queue: str) -> Listing[ExtensionWire]:
        return await self._whole(route("/queues/{queueId}/extensions", queueId=queue), ExtensionWire, "addresses")

    async def extension(self, queue: str, extension: str) -> ExtensionWire:
        where = route("/queues/{queueId}/extensions/{extensionId}", queueId=queue, extensionId=extension)
        return await self._single(where, ExtensionWire, "address")

    async def queue_groups(self) -> Listing[NamedWire]:
        return await self._paged(route("/queueGroups"), NamedWire, "queue groups")

    async def queue_group(self, group: str) -> NamedWire:
        return await self._single(route("/queueGroups/{queueGroupId}", queueGroupId=group), NamedWire, "queue group")

    async def group_queues(self, group: str) -> Listing[QueueWire]:
        return await self._paged(route("/queueGroups/{queueGroupId}/queues", queueGroupId=group), QueueWire, "queues")

    async def queue_groups_of(self, queue: str) -> Listing[NamedWire]:
        return await self._whole(route("/queues/{queueId}/queueGroups", queueId=queue), NamedWire, "queue groups")

    async def queue_group_of(self, queue: str, group: str) -> NamedWire:
        where = route("/queues/{queueId}/queueGroups/{queueGroupId}", queueId=queue, queueGroupId=group)
        return await self._single(where, NamedWire, "queue group")

    async def ivrs(self) -> Listing[IvrWire]:
        return await self._paged(route("/customIvrs"), IvrWire, "IVRs")

    async def ivr(self, ivr: str) -> IvrWire:
        return await self._single(route("/customIvrs/{customIvrId}", customIvrId=ivr), IvrWire, "IVR")

    # ---- disruptions -----------------------------------------------------------------------------------------

    async def sets(self) -> Listing[NamedWire]:
        return await self._paged(route("/disruptionSets"), NamedWire, "disruption sets")

    async def one_set(self, disruption_set: str) -> NamedWire:
        where = route("/disruptionSets/{disruptionSetId}", disruptionSetId=disruption_set)
        return await self._single(where, NamedWire, "disruption set")

    async def items(self, disruption_set: str) -> Listing[ItemWire]:
        where = route("/disruptionSets/{disruptionSetId}/items", disruptionSetId=disruption_set)
        return await self._whole(where, ItemWire, "items")

    async def item(self, disruption_set: str, item: str) -> ItemWire:
        where = route("/disruptionSets/{disruptionSetId}/items/{itemId}", disruptionSetId=disruption_set, itemId=item)
        return await self._single(where, ItemWire, "item")

    async def events(self, disruption_set: str, params: Params) -> Listing[EventWire]:
        """`params` as the document names them (`active`, `activeFrom` …)."""
        where = route("/disruptionSets/{disruptionSetId}/events", disruptionSetId=disruption_set)
        return await self._whole(where, EventWire, "events", params)

    async def event(self, disruption_set: str, event: str) -> dict[str, Any]:
        """One event exactly as the vendor returns it."""
        answer = await self._http.get(event_route(disruption_set, event))
        return one(answer.data, "event")

    # ---- how -------------------------------------------------------------------------------------------------

    async def probe(self, path: str) -> tuple[int, float]:
        """How many rows the smallest page of a list holds, and how long the answer took."""
        answer = await self._http.get(Route(path, path), params={"offset": 0, "limit": 1})
        return len(rows(listed(answer.data, "rows"), Wire, "rows")[0]), answer.took

    async def _single(self, where: Route, model: type[_Row], what: str) -> _Row:
        return read_one((await self._http.get(where)).data, model, what)

    async def _paged(self, where: Route, model: type[_Row], what: str, params: Params | None = None) -> Listing[_Row]:
        """Page by page until one is not full."""
        return await self._listing(where, model, what, params or {}, True)

    async def _whole(self, where: Route, model: type[_Row], what: str, params: Params | None = None) -> Listing[_Row]:
        """A list whose document names no pages."""
        return await self._listing(where, model, what, params or {}, False)

    async def _listing(self, where: Route, model: type[_Row], what: str, params: Params, paged: bool) -> Listing[_Row]:
        items, started, changed = await self._pages(where, what, params, paged)
        found, lost = await aside(len(items), lambda: rows(items, model, what))
        return Listing(tuple(found), started, changed, lost)

    async def _pages(self, where: Route, what: str, params: Params, paged: bool) -> tuple[list[object], float, bool]:
        items: list[object] = []
        seen: set[str] = set()
        started, changed = 0.0, False
        for number in range(PAGES):
            asked = {**params, "offset": number * PAGE, "limit": PAGE} if paged or number else params
            try:
                answer = await self._http.get(where, params=asked)
            except BadAnswer:
                if paged or not number:
                    raise
                # It takes no pages after all: what came was the whole list.
                return items, started, changed
            started = started or answer.started_at
            page = listed(answer.data, what)
            marks = {str(sorted(part.items(), key=str)) if isinstance(part, Mapping) else str(part) for part in page}
            changed = changed or (not marks.isdisjoint(seen) and not marks <= seen)
            if marks <= seen:
                break
            seen |= marks
            items += page
            if len(page) != PAGE:
                break
        else:
            raise BadAnswer(f"the list of {what} has no end")
        return items, started, changed


def event_route(disruption_set: str, event: str) -> Route:
    """The address of one event."""
    template = "/disruptionSets/{disruptionSetId}/events/{eventId}"
    return route(template, disruptionSetId=disruption_set, eventId=event)


async def aside(count: int, work: Callable[[], _T]) -> _T:
    """`work` over `count` rows, in a thread where it takes long."""
    return await anyio.to_thread.run_sync(work) if count > THREAD_ABOVE_ROWS else work()


async def each(ids: Iterable[str], read: Callable[[str], Awaitable[_T]]) -> tuple[dict[str, _T], Sequence[ReadError]]:
    """`read` of each id, a few at a time: what came, and what failed.

    Refused credentials and a reached limit end it: they hold for the rest as well.
    """
    found: dict[str, _T] = {}
    failed: list[ReadError] = []
    final: list[ReadError] = []
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def work(identity: str) -> None:
        async with limiter:
            if final:
                return
            try:
                found[identity] = await read(identity)
            except (CredentialsRefused, Throttled) as error:
                final.append(error)
            except ReadError as error:
                failed.append(error)

    async with anyio.create_task_group() as tasks:
        for identity in dict.fromkeys(ids):
            tasks.start_soon(work, identity)
    if final:
        raise final[0]
    return found, failed
