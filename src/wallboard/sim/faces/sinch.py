"""The contact centre's restful configuration interface as an HTTP API (seed 002). Paths are below `/RI/rci`.

Reading: users, user groups, queues with their addresses, queue groups, roles, skills, presence profiles, custom IVRs
and disruption sets with items and events. Writing: disruption events. JSON only; errors are texts.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from wallboard.sim.asgi import HttpError, Request, Response, Router, json_response
from wallboard.sim.faces import sinch_rows as rows
from wallboard.sim.faces.sinch_events import read_draft, wanted
from wallboard.sim.faces.sinch_lists import Listing, select
from wallboard.sim.faces.sinch_rows import Row, canonical
from wallboard.sim.notices import (
    ContactCenter,
    CustomIvr,
    DisruptionEvent,
    DisruptionSet,
    NetworkQueue,
    PresenceProfile,
    QueueGroup,
    Role,
    Skill,
    User,
    UserGroup,
)

__all__ = ["SinchFace"]

Thing = TypeVar(
    "Thing", User, UserGroup, Role, Skill, NetworkQueue, QueueGroup, PresenceProfile, CustomIvr, DisruptionSet
)
Path = dict[str, str]

_USERS = Listing(
    ("firstName", "surname", "externalId", "chatName", "chat", "email", "phone"),
    ("firstName", "surname", "externalId", "chatName", "chat", "email", "phone"),
)
_NAMED = Listing(("id", "name"), ("id", "name"))
_QUEUES = Listing(("name", "description", "address"), ("name", "description"))
_GROUP_QUEUES = Listing(("name",), ("name",))
_QUEUE_GROUPS = Listing(("name", "description"), ("name",))
_PROFILES = Listing(("id", "name", "reason"), ("id", "name"))
_IVRS = Listing(("name", "description", "address", "active", "attributeName", "attributeValue"), ("name",))
_SETS = Listing(("name", "externalId"), ("name",))
_ITEMS = Listing(
    ("externalId", "name", "type", "description", "promptId", "promptName", "promptExternalId"), (), paged=False
)
_ATTACHED = Listing(paged=False)
# No query parameters are given for the users of a group or a role, yet their samples say "fields used in query".
_ATTACHED_USERS = Listing(_USERS.searchable, paged=False)


class SinchFace:
    """One account. Signs in by HTTP Basic and, where `api_key` is not empty, the header `x-api-key`."""

    def __init__(self, center: ContactCenter, *, username: str, password: str, api_key: str) -> None:
        self.center = center
        self.engine = center.engine
        self.username, self.password, self.api_key = username, password, api_key
        self.router = Router()
        self._mount()

    def _mount(self) -> None:
        for method, path, handler in (
            ("GET", "/users", self._users),
            ("GET", "/users/{user}", self._user),
            ("GET", "/users/{user}/userGroups", self._groups_of),
            ("GET", "/users/{user}/userGroups/{group}", self._group_of),
            ("GET", "/users/{user}/roles", self._roles_of),
            ("GET", "/users/{user}/roles/{role}", self._role_of),
            ("GET", "/users/{user}/skills", self._skills_of),
            ("GET", "/users/{user}/skills/{skill}", self._skill_of),
            ("GET", "/userGroups", self._groups),
            ("GET", "/userGroups/{group}", self._group),
            ("GET", "/userGroups/{group}/users", self._group_users),
            ("GET", "/userGroups/{group}/users/{user}", self._group_user),
            ("GET", "/roles", self._roles),
            ("GET", "/roles/{role}", self._role),
            ("GET", "/roles/{role}/users", self._role_users),
            ("GET", "/roles/{role}/users/{user}", self._role_user),
            ("GET", "/skills", self._skills),
            ("GET", "/skills/{skill}", self._skill),
            ("GET", "/queues", self._queues),
            ("GET", "/queues/{queue}", self._queue),
            ("GET", "/queues/{queue}/extensions", self._addresses),
            ("GET", "/queues/{queue}/extensions/{address}", self._address),
            ("GET", "/queues/{queue}/queueGroups", self._queue_groups_of),
            ("GET", "/queues/{queue}/queueGroups/{group}", self._queue_group_of),
            ("GET", "/queueGroups", self._queue_groups),
            ("GET", "/queueGroups/{group}", self._queue_group),
            ("GET", "/queueGroups/{group}/queues", self._group_queues),
            ("GET", "/queueGroups/{group}/queues/{queue}", self._group_queue),
            ("GET", "/prsProfiles", self._profiles),
            ("GET", "/prsProfiles/{profile}", self._profile),
            ("GET", "/customIvrs", self._ivrs),
            ("GET", "/customIvrs/{ivr}", self._ivr),
            ("GET", "/disruptionSets", self._sets),
            ("GET", "/disruptionSets/{set}", self._set),
            ("GET", "/disruptionSets/{set}/items", self._items),
            ("GET", "/disruptionSets/{set}/items/{item}", self._item),
            ("GET", "/disruptionSets/{set}/events", self._events),
            ("POST", "/disruptionSets/{set}/events", self._create_event),
            ("GET", "/disruptionSets/{set}/events/{event}", self._event),
            ("PUT", "/disruptionSets/{set}/events/{event}", self._replace_event),
            ("DELETE", "/disruptionSets/{set}/events/{event}", self._delete_event),
        ):
            self.router.add(method, path, handler)

    def handle(self, request: Request) -> Response:
        """Sign-in, the headers that the document demands, then the operation."""
        if not self._signed_in(request):
            refusal = _text(401, "HTTP 401 Unauthorized")
            return refusal.plus([("www-authenticate", 'Basic realm="RCI"')])
        try:
            _check_headers(request)
            return self.router.dispatch(request)
        except HttpError as error:
            words = {404: "HTTP 404 Not Found", 405: "HTTP 405 Method Not Allowed"}
            return _text(error.status, words.get(error.status, error.message))

    def _signed_in(self, request: Request) -> bool:
        kind, _, code = request.headers.get("authorization", "").partition(" ")
        try:
            given = b64decode(code.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        key = request.headers.get("x-api-key", "")
        named = kind.lower() == "basic" and given == f"{self.username}:{self.password}"
        return named and self.api_key in ("", key)

    # -- users ------------------------------------------------------------------------------------------------------

    def _users(self, request: Request, path: Path) -> Response:
        found = select(map(rows.user_row, self.center.users.values()), request, _USERS, _short_user)
        return json_response(200, found)

    def _user(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.user_row(_find(self.center.users, path["user"])))

    def _groups_of(self, request: Request, path: Path) -> Response:
        user = _find(self.center.users, path["user"])
        return _listed(request, (rows.named(rows.group_row(each)) for each in user.groups))

    def _group_of(self, request: Request, path: Path) -> Response:
        user = _find(self.center.users, path["user"])
        return json_response(200, rows.group_row(_among(user.groups, path["group"])))

    def _roles_of(self, request: Request, path: Path) -> Response:
        user = _find(self.center.users, path["user"])
        return _listed(request, (rows.named(rows.role_row(each)) for each in user.roles))

    def _role_of(self, request: Request, path: Path) -> Response:
        user = _find(self.center.users, path["user"])
        return json_response(200, rows.role_row(_among(user.roles, path["role"])))

    def _skills_of(self, request: Request, path: Path) -> Response:
        """The list gives id and value, the single skill its name: as the samples have it."""
        user = _find(self.center.users, path["user"])
        return _listed(request, ({"id": skill.id, "value": value} for skill, value in user.skills))

    def _skill_of(self, request: Request, path: Path) -> Response:
        user = _find(self.center.users, path["user"])
        return json_response(200, rows.skill_row(_among([skill for skill, _ in user.skills], path["skill"])))

    def _attached_users(self, request: Request, members: Iterable[User]) -> Response:
        return json_response(200, select(map(rows.user_row, members), request, _ATTACHED_USERS, _short_user))

    # -- user groups, roles, skills, presence profiles --------------------------------------------------------------

    def _groups(self, request: Request, path: Path) -> Response:
        whole = map(rows.group_row, self.center.user_groups.values())
        return json_response(200, select(whole, request, _NAMED, lambda row, asked: rows.named(row)))

    def _group(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.group_row(_find(self.center.user_groups, path["group"])))

    def _group_members(self, path: Path) -> list[User]:
        group = _find(self.center.user_groups, path["group"])
        return [each for each in self.center.users.values() if group in each.groups]

    def _group_users(self, request: Request, path: Path) -> Response:
        return self._attached_users(request, self._group_members(path))

    def _group_user(self, request: Request, path: Path) -> Response:
        user = _among(self._group_members(path), path["user"])
        return json_response(200, _short_user(rows.user_row(user), ()))

    def _roles(self, request: Request, path: Path) -> Response:
        whole = map(rows.role_row, self.center.roles.values())
        return json_response(200, select(whole, request, _NAMED, lambda row, asked: rows.named(row)))

    def _role(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.role_row(_find(self.center.roles, path["role"])))

    def _role_members(self, path: Path) -> list[User]:
        role = _find(self.center.roles, path["role"])
        return [each for each in self.center.users.values() if role in each.roles]

    def _role_users(self, request: Request, path: Path) -> Response:
        return self._attached_users(request, self._role_members(path))

    def _role_user(self, request: Request, path: Path) -> Response:
        user = _among(self._role_members(path), path["user"])
        return json_response(200, _short_user(rows.user_row(user), ()))

    def _skills(self, request: Request, path: Path) -> Response:
        return json_response(200, select(map(rows.skill_row, self.center.skills.values()), request, _NAMED))

    def _skill(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.skill_row(_find(self.center.skills, path["skill"])))

    def _profiles(self, request: Request, path: Path) -> Response:
        return json_response(200, select(map(rows.profile_row, self.center.profiles.values()), request, _PROFILES))

    def _profile(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.profile_row(_find(self.center.profiles, path["profile"])))

    # -- queues -----------------------------------------------------------------------------------------------------

    def _queues(self, request: Request, path: Path) -> Response:
        address: dict[str, Callable[[Row], object]] = {"address": lambda row: row.get("addresses")}
        found = select(map(rows.queue_row, self.center.queues.values()), request, _QUEUES, more=address)
        return json_response(200, found)

    def _queue(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.queue_row(_find(self.center.queues, path["queue"])))

    def _addresses(self, request: Request, path: Path) -> Response:
        queue = _find(self.center.queues, path["queue"])
        return _listed(request, map(rows.address_row, queue.addresses))

    def _address(self, request: Request, path: Path) -> Response:
        queue, identity = _find(self.center.queues, path["queue"]), canonical(path["address"])
        for each in queue.addresses:
            if each.id == identity:
                return json_response(200, rows.address_row(each))
        raise HttpError(404, "Not found")

    def _queue_groups_of(self, request: Request, path: Path) -> Response:
        queue = _find(self.center.queues, path["queue"])
        return _listed(request, (rows.named(rows.queue_group_row(each, in_list=True)) for each in queue.groups))

    def _queue_group_of(self, request: Request, path: Path) -> Response:
        group = _among(_find(self.center.queues, path["queue"]).groups, path["group"])
        return json_response(200, rows.named(rows.queue_group_row(group, in_list=True)))

    def _queue_groups(self, request: Request, path: Path) -> Response:
        whole = [rows.queue_group_row(each, in_list=True) for each in self.center.queue_groups.values()]
        return json_response(200, select(whole, request, _QUEUE_GROUPS))

    def _queue_group(self, request: Request, path: Path) -> Response:
        group = _find(self.center.queue_groups, path["group"])
        return json_response(200, rows.queue_group_row(group, in_list=False))

    def _grouped(self, path: Path) -> list[NetworkQueue]:
        group = _find(self.center.queue_groups, path["group"])
        return [each for each in self.center.queues.values() if group in each.groups]

    def _group_queues(self, request: Request, path: Path) -> Response:
        whole = map(rows.queue_row, self._grouped(path))
        return json_response(200, select(whole, request, _GROUP_QUEUES, lambda row, asked: rows.named(row)))

    def _group_queue(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.named(rows.queue_row(_among(self._grouped(path), path["queue"]))))

    # -- custom IVRs ------------------------------------------------------------------------------------------------

    def _ivrs(self, request: Request, path: Path) -> Response:
        spoken = {each.id: each.attributes for each in self.center.ivrs.values()}
        more: dict[str, Callable[[Row], object]] = {
            "address": lambda row: row.get("addresses"),
            "attributeName": lambda row: [each[0] for each in spoken[str(row["id"])]],
            "attributeValue": lambda row: [each[2] for each in spoken[str(row["id"])]],
        }
        return json_response(200, select(map(rows.ivr_row, self.center.ivrs.values()), request, _IVRS, more=more))

    def _ivr(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.ivr_row(_find(self.center.ivrs, path["ivr"])))

    # -- disruptions ------------------------------------------------------------------------------------------------

    def _sets(self, request: Request, path: Path) -> Response:
        return json_response(200, select(map(rows.set_row, self.center.sets.values()), request, _SETS))

    def _set(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.set_row(_find(self.center.sets, path["set"])))

    def _items(self, request: Request, path: Path) -> Response:
        group = _find(self.center.sets, path["set"])
        return json_response(200, select(map(rows.item_row, group.items), request, _ITEMS))

    def _item(self, request: Request, path: Path) -> Response:
        group, identity = _find(self.center.sets, path["set"]), canonical(path["item"])
        for each in group.items:
            if each.id == identity:
                return json_response(200, rows.item_row(each))
        raise HttpError(404, "Not found")

    def _find_event(self, path: Path) -> tuple[DisruptionSet, DisruptionEvent]:
        group = _find(self.center.sets, path["set"])
        event = group.events.get(canonical(path["event"]))
        if event is None:
            raise HttpError(404, "Not found")
        return group, event

    def _events(self, request: Request, path: Path) -> Response:
        group, keep = _find(self.center.sets, path["set"]), wanted(self.engine, request)
        newest = sorted(group.events.values(), key=lambda each: -each.created)
        return json_response(200, [rows.event_row(self.engine, each) for each in newest if keep(each)])

    def _event(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.event_row(self.engine, self._find_event(path)[1]))

    def _create_event(self, request: Request, path: Path) -> Response:
        group = _find(self.center.sets, path["set"])
        draft, now = read_draft(self.engine, group, request.json(), None), self.engine.now
        event = DisruptionEvent(self.center.new_id(), now, now, draft.items, draft.remarks)
        event.active_from, event.active_to, event.extra = draft.active_from, draft.active_to, draft.extra
        group.events[event.id] = event
        return Response(201, event.id.encode(), (("content-type", "text/html"),))

    def _replace_event(self, request: Request, path: Path) -> Response:
        """ "Provide all properties since all fields are updated": what is left out is lost."""
        group, event = self._find_event(path)
        draft = read_draft(self.engine, group, request.json(), event)
        event.items, event.remarks, event.extra = draft.items, draft.remarks, draft.extra
        event.active_from, event.active_to = draft.active_from, draft.active_to
        event.modified = self.engine.now
        return Response(204)

    def _delete_event(self, request: Request, path: Path) -> Response:
        group, event = self._find_event(path)
        del group.events[event.id]
        return Response(204)


def _text(status: int, words: str) -> Response:
    return Response(status, words.encode(), (("content-type", "text/plain"),))


def _media(value: str) -> set[str]:
    return {part.partition(";")[0].strip().lower() for part in value.split(",")}


def _check_headers(request: Request) -> None:
    """ "Request Header Data Requirements": a GET must say application/json, a POST text/html (the id comes as that);
    a body must be called application/json. XML is not offered here, and `*/*` leaves open what is meant."""
    accepted = _media(request.headers.get("accept", ""))
    if request.method == "GET" and "application/json" not in accepted:
        raise HttpError(406, "HTTP 406 Not Acceptable")
    if request.method == "POST" and "text/html" not in accepted:
        raise HttpError(406, "HTTP 406 Not Acceptable")
    sent = _media(request.headers.get("content-type", ""))
    if request.method in ("POST", "PUT") and "application/json" not in sent:
        raise HttpError(415, "HTTP 415 Unsupported Media Type")


def _find(things: Mapping[str, Thing], identity: str) -> Thing:
    found = things.get(canonical(identity))
    if found is None:
        raise HttpError(404, "Not found")
    return found


def _among(things: Iterable[Thing], identity: str) -> Thing:
    return _find({each.id: each for each in things}, identity)


def _listed(request: Request, found: Iterable[Row]) -> Response:
    return json_response(200, select(found, request, _ATTACHED))


def _short_user(row: Row, asked: tuple[str, ...]) -> Row:
    """ "id, firstName, surname, + all fields used in query parameter"."""
    return {name: value for name, value in row.items() if name in ("id", "firstName", "surname", *asked)}
