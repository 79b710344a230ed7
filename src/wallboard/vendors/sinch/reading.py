"""Reading RCI: whole lists over all their pages, and single objects. Lists tell no totals.

Only the lists whose documents name `offset` and `limit` are asked for page by page. The others are asked for without;
where such an answer holds exactly a page, the rest is asked for all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.http import HttpSource, Params, Route, route
from wallboard.vendors.kit.paging import Page, Pages, pages
from wallboard.vendors.kit.rows import aside
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
        changed = everybody.read.changed or numbered.read.changed
        return Listing(tuple({**better, **found}.values()), replace(everybody.read, changed=changed))

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

    async def probe(self, path: str) -> tuple[str, float]:
        """How long the smallest page of a list takes; it does not tell who we are."""
        answer = await self._http.get(Route(path, path), params={"offset": 0, "limit": 1})
        rows(listed(answer.data, "rows"), Wire, "rows")
        return "", answer.took

    async def _single(self, where: Route, model: type[_Row], what: str) -> _Row:
        return read_one((await self._http.get(where)).data, model, what)

    async def _paged(self, where: Route, model: type[_Row], what: str, params: Params | None = None) -> Listing[_Row]:
        """Page by page until one is not full."""
        return await self._listing(where, model, what, params or {}, True)

    async def _whole(self, where: Route, model: type[_Row], what: str, params: Params | None = None) -> Listing[_Row]:
        """A list whose document names no pages."""
        return await self._listing(where, model, what, params or {}, False)

    async def _listing(self, where: Route, model: type[_Row], what: str, params: Params, paged: bool) -> Listing[_Row]:
        async def ask(number: int, got: int) -> Page | None:
            asked = {**params, "offset": number * PAGE, "limit": PAGE} if paged or number else params
            try:
                answer = await self._http.get(where, params=asked)
            except BadAnswer:
                if paged or not number:
                    raise
                # It takes no pages after all: what came was the whole list.
                return None
            return answer, listed(answer.data, what), None

        read = await pages(ask, what, full=(PAGE,), most=PAGES, mark=_content)
        found, lost = await aside(len(read.items), lambda: rows(read.items, model, what))
        return Listing(tuple(found), replace(read, lost=lost))


def _content(row: object) -> str | None:
    """All that a row says: one event may be listed in two versions."""
    has_id = isinstance(row, Mapping) and any(str(name).casefold() == "id" for name in row)
    return str(sorted(row.items(), key=str)) if has_id and isinstance(row, Mapping) else None


def event_route(disruption_set: str, event: str) -> Route:
    """The address of one event."""
    template = "/disruptionSets/{disruptionSetId}/events/{eventId}"
    return route(template, disruptionSetId=disruption_set, eventId=event)
