"""The contact centre's restful configuration interface as an HTTP API (seed 002). Paths are below `/RI/rci`.

Reading: users, user groups, queues with their addresses, queue groups, roles, skills, presence profiles, custom IVRs
and disruption sets with items and events. Writing: disruption events. JSON only; errors are texts.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from wallboard.sim.asgi import HttpError, Request, Response, Router, json_response
from wallboard.sim.faces import sinch_rows as rows
from wallboard.sim.faces.sinch_events import read_draft, wanted
from wallboard.sim.faces.sinch_lists import Listing, select
from wallboard.sim.faces.sinch_rows import Row, canonical
from wallboard.sim.notices import ContactCenter, CustomIvr, DisruptionEvent, DisruptionSet, NetworkQueue, User

Path = dict[str, str]


class Identified(Protocol):
    id: str


Thing = TypeVar("Thing", bound=Identified)

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


def _whole(row: Row, asked: tuple[str, ...]) -> Row:
    return row


def _named(row: Row, asked: tuple[str, ...]) -> Row:
    return rows.named(row)


def _short_user(row: Row, asked: tuple[str, ...]) -> Row:
    """ "id, firstName, surname, + all fields used in query parameter"."""
    return {name: value for name, value in row.items() if name in ("id", "firstName", "surname", *asked)}


def _user_alone(user: User) -> Row:
    return _short_user(rows.user_row(user), ())


@dataclass(frozen=True, slots=True)
class Things:
    """What is read in one way: a list at `path` before its last part, and each alone at the whole of it.

    `row` makes the whole row of a thing, `show` what a list prints of it, `alone` what is printed of one.
    """

    path: str
    of: Callable[[Path], Iterable[Any]]
    row: Callable[[Any], Row]
    listing: Listing = _ATTACHED
    show: Callable[[Row, tuple[str, ...]], Row] = _whole
    alone: Callable[[Any], Row] | None = None
    more: Mapping[str, Callable[[Row], object]] | None = None

    def listed(self, request: Request, path: Path) -> Response:
        found = map(self.row, self.of(path))
        return json_response(200, select(found, request, self.listing, self.show, self.more))

    def one(self, request: Request, path: Path) -> Response:
        found = _among(self.of(path), path[self.path.rpartition("{")[2].rstrip("}")])
        return json_response(200, (self.alone or self.row)(found))


class SinchFace:
    """One account. Signs in by HTTP Basic and, where `api_key` is not empty, the header `x-api-key`."""

    def __init__(self, center: ContactCenter, *, username: str, password: str, api_key: str) -> None:
        self.center = center
        self.engine = center.engine
        self.username, self.password, self.api_key = username, password, api_key
        self.router = Router()
        for each in self._things():
            self.router.add("GET", each.path.rpartition("/")[0], each.listed)
            self.router.add("GET", each.path, each.one)
        event = "/disruptionSets/{set}/events/{event}"
        for method, path, handler in (
            ("GET", "/users/{user}/skills", self._skills_of),
            ("GET", "/users/{user}/skills/{skill}", self._skill_of),
            ("GET", "/disruptionSets/{set}/events", self._events),
            ("POST", "/disruptionSets/{set}/events", self._create_event),
            ("GET", event, self._event),
            ("PUT", event, self._replace_event),
            ("DELETE", event, self._delete_event),
        ):
            self.router.add(method, path, handler)

    def _things(self) -> tuple[Things, ...]:
        center = self.center
        address: dict[str, Callable[[Row], object]] = {"address": lambda row: row.get("addresses")}
        spoken: dict[str, Callable[[Row], object]] = {
            "attributeName": lambda row: [each[0] for each in self._ivr(row).attributes],
            "attributeValue": lambda row: [each[2] for each in self._ivr(row).attributes],
        }
        in_list = partial(rows.queue_group_row, in_list=True)
        alone = partial(rows.queue_group_row, in_list=False)
        return (
            Things("/users/{user}", lambda path: center.users.values(), rows.user_row, _USERS, _short_user),
            Things(
                "/users/{user}/userGroups/{group}",
                lambda path: self._user(path).groups,
                rows.group_row,
                show=_named,
            ),
            Things("/users/{user}/roles/{role}", lambda path: self._user(path).roles, rows.role_row, show=_named),
            Things("/userGroups/{group}", lambda path: center.user_groups.values(), rows.group_row, _NAMED, _named),
            Things(
                "/userGroups/{group}/users/{user}",
                self._group_members,
                rows.user_row,
                _ATTACHED_USERS,
                _short_user,
                _user_alone,
            ),
            Things("/roles/{role}", lambda path: center.roles.values(), rows.role_row, _NAMED, _named),
            Things(
                "/roles/{role}/users/{user}",
                self._role_members,
                rows.user_row,
                _ATTACHED_USERS,
                _short_user,
                _user_alone,
            ),
            Things("/skills/{skill}", lambda path: center.skills.values(), rows.skill_row, _NAMED),
            Things("/prsProfiles/{profile}", lambda path: center.profiles.values(), rows.profile_row, _PROFILES),
            Things("/queues/{queue}", lambda path: center.queues.values(), rows.queue_row, _QUEUES, more=address),
            Things("/queues/{queue}/extensions/{address}", lambda path: self._queue(path).addresses, rows.address_row),
            Things(
                "/queues/{queue}/queueGroups/{group}",
                lambda path: self._queue(path).groups,
                in_list,
                show=_named,
                alone=lambda group: rows.named(in_list(group)),
            ),
            Things(
                "/queueGroups/{group}",
                lambda path: center.queue_groups.values(),
                in_list,
                _QUEUE_GROUPS,
                alone=alone,
            ),
            Things(
                "/queueGroups/{group}/queues/{queue}",
                self._grouped,
                rows.queue_row,
                _GROUP_QUEUES,
                _named,
                lambda queue: rows.named(rows.queue_row(queue)),
            ),
            Things("/customIvrs/{ivr}", lambda path: center.ivrs.values(), rows.ivr_row, _IVRS, more=address | spoken),
            Things("/disruptionSets/{set}", lambda path: center.sets.values(), rows.set_row, _SETS),
            Things("/disruptionSets/{set}/items/{item}", lambda path: self._set(path).items, rows.item_row, _ITEMS),
        )

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

    def _user(self, path: Path) -> User:
        return _find(self.center.users, path["user"])

    def _queue(self, path: Path) -> NetworkQueue:
        return _find(self.center.queues, path["queue"])

    def _set(self, path: Path) -> DisruptionSet:
        return _find(self.center.sets, path["set"])

    def _ivr(self, row: Row) -> CustomIvr:
        return self.center.ivrs[str(row["id"])]

    def _skills_of(self, request: Request, path: Path) -> Response:
        """The list gives id and value, the single skill its name: as the samples have it."""
        found = ({"id": skill.id, "value": value} for skill, value in self._user(path).skills)
        return json_response(200, select(found, request, _ATTACHED))

    def _skill_of(self, request: Request, path: Path) -> Response:
        skills = [skill for skill, _ in self._user(path).skills]
        return json_response(200, rows.skill_row(_among(skills, path["skill"])))

    def _group_members(self, path: Path) -> list[User]:
        group = _find(self.center.user_groups, path["group"])
        return [each for each in self.center.users.values() if group in each.groups]

    def _role_members(self, path: Path) -> list[User]:
        role = _find(self.center.roles, path["role"])
        return [each for each in self.center.users.values() if role in each.roles]

    def _grouped(self, path: Path) -> list[NetworkQueue]:
        group = _find(self.center.queue_groups, path["group"])
        return [each for each in self.center.queues.values() if group in each.groups]

    def _find_event(self, path: Path) -> tuple[DisruptionSet, DisruptionEvent]:
        group = self._set(path)
        event = group.events.get(canonical(path["event"]))
        if event is None:
            raise HttpError(404, "Not found")
        return group, event

    def _events(self, request: Request, path: Path) -> Response:
        group, keep = self._set(path), wanted(self.engine, request)
        newest = sorted(group.events.values(), key=lambda each: -each.created)
        return json_response(200, [rows.event_row(self.engine, each) for each in newest if keep(each)])

    def _event(self, request: Request, path: Path) -> Response:
        return json_response(200, rows.event_row(self.engine, self._find_event(path)[1]))

    def _create_event(self, request: Request, path: Path) -> Response:
        group = self._set(path)
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
