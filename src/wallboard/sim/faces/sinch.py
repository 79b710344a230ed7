"""The contact centre's restful configuration interface as an HTTP API (seed 002). Paths are below `/RI/rci`.

Reading: users, user groups, queues with their addresses, queue groups, roles, skills, presence profiles, custom IVRs
and disruption sets with items and events. Writing: disruption events. JSON only; errors are texts. With the document's
inconsistencies: a queue's type capitalised though the schema has it in lower case; ids with and without dashes;
`externalId` and `externalid`; times with and without milliseconds; absent rather than null.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wallboard.sim.asgi import Body, Face, Handler, HttpError, Request, Response, Row, there
from wallboard.sim.notices import ContactCenter, DisruptionEvent, DisruptionItem, DisruptionSet

_GUID = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
_ALL: tuple[str, ...] = ()
_TIMES = {"activeFrom": "active_from", "activeTo": "active_to", "created": "created", "modified": "modified"}
_NAMED = ("id", "name")
_USER = ("id", "firstName", "surname")
# What a list of each kind prints, and what it is sorted by.
_KINDS = {
    "users": (_USER, _USER[1:]),
    "userGroups": (_NAMED, _NAMED),
    "roles": (_NAMED, _NAMED),
    "skills": (_ALL, _NAMED),
    "prsProfiles": (_ALL, _NAMED),
    "queues": (_ALL, ("name", "description")),
    "queueGroups": (_ALL, ("name",)),
    "customIvrs": (_ALL, ("name",)),
    "disruptionSets": (_ALL, ("name",)),
}
# What belongs to one of a kind: what its list prints, and what one alone.
_ATTACHED = {
    ("users", "userGroups"): (_NAMED, _ALL),
    ("users", "roles"): (_NAMED, _ALL),
    ("users", "skills"): (("id", "value"), ("id", "name", "description")),
    ("userGroups", "users"): (_USER, _USER),
    ("roles", "users"): (_USER, _USER),
    ("queues", "extensions"): (_ALL, _ALL),
    ("queues", "queueGroups"): (_NAMED, _NAMED),
    ("queueGroups", "queues"): (_NAMED, _NAMED),
    ("disruptionSets", "items"): (_ALL, _ALL),
}


def canonical(text: str) -> str:
    """An id in the form in which it is kept. Raises the 400 of the document for what is no GUID."""
    if not _GUID.fullmatch(text):
        raise HttpError(400, f"Invalid GUID: '{text}'")
    return text.replace("-", "").upper()


def moment(text: str) -> datetime:
    """A UTC time such as `2021-03-29T12:01:00.000Z`, with milliseconds or without."""
    if not _TIME.fullmatch(text):
        raise ValueError("UTC time expected, such as 2021-03-29T12:01:00.000Z")
    return datetime.fromisoformat(text)


_Moment = Annotated[str, AfterValidator(lambda text: moment(text) and text)]


class _Item(Body):
    """ "Either id or externalId and type are required for items"."""

    id: str = ""
    externalId: str = ""
    externalid: str = ""
    type: Literal["WHY", "WHERE", "WHEN", ""] = ""


class _Items(Body):
    item: Annotated[list[_Item], Field(min_length=1)]


class _Event(Body):
    """What a POST may hold; `ticket` is a property that no document mentions."""

    items: _Items
    remarks: str = ""
    activeFrom: _Moment = ""
    activeTo: _Moment = ""
    ticket: str = ""


class _Replacement(_Event):
    """ "Provide all properties since all fields are updated": what is left out is lost."""

    id: str = ""
    created: str = ""
    modified: str = ""


class SinchFace(Face):
    """One account. Signs in by HTTP Basic and, where `api_key` is not empty, the header `x-api-key`."""

    def __init__(self, center: ContactCenter, username: str, password: str, api_key: str) -> None:
        self.center = center
        self.engine = center.engine
        self.api_key = api_key
        self._basic = "Basic " + b64encode(f"{username}:{password}".encode()).decode()
        routes: dict[str, Handler] = {}
        for kind in _KINDS:
            routes[f"GET /{kind}"] = partial(self._list, kind)
            routes[f"GET /{kind}/{{id}}"] = partial(self._row, kind)
        for kind, what in _ATTACHED:
            routes[f"GET /{kind}/{{id}}/{what}"] = partial(self._list_of, kind, what)
            routes[f"GET /{kind}/{{id}}/{what}/{{inner}}"] = partial(self._one_of, kind, what)
        events = "/disruptionSets/{id}/events"
        routes |= {
            f"GET {events}": self._events,
            f"POST {events}": self._create_event,
            f"GET {events}/{{event}}": lambda ask: self._event_row(self._event(ask)[1]),
            f"PUT {events}/{{event}}": self._replace_event,
            f"DELETE {events}/{{event}}": self._delete_event,
        }
        super().__init__(routes)

    def admit(self, request: Request) -> None:
        """Sign-in, and "Request Header Data Requirements": a GET must say application/json, a POST text/html (the id
        comes as that); a body must be called application/json. `*/*` leaves open what is meant."""
        key = request.headers.get("x-api-key", "")
        if request.headers.get("authorization") != self._basic or self.api_key not in ("", key):
            raise HttpError(401, "HTTP 401 Unauthorized")
        wanted = {"GET": "application/json", "POST": "text/html"}.get(request.method, "")
        if wanted and wanted not in _media(request, "accept"):
            raise HttpError(406, "HTTP 406 Not Acceptable")
        if request.method in ("POST", "PUT") and "application/json" not in _media(request, "content-type"):
            raise HttpError(415, "HTTP 415 Unsupported Media Type")

    def refusal(self, error: HttpError) -> Response:
        words = {404: "HTTP 404 Not Found", 405: "HTTP 405 Method Not Allowed"}.get(error.status, error.message)
        answer = Response(error.status, words.encode(), (("content-type", "text/plain"),))
        return answer.plus([("www-authenticate", 'Basic realm="RCI"')]) if error.status == 401 else answer

    def _row(self, kind: str, request: Request) -> Row:
        return there(self.center.rows[kind].get(canonical(request.at["id"])))

    def _list(self, kind: str, request: Request) -> list[Row]:
        """A page of all; how many there are in all is never said. Short rows also have what was searched by."""
        asked = [name for name in request.query if name not in ("offset", "limit")]
        printed, order = _KINDS[kind]
        found = list(self.center.rows[kind].values())
        for name in asked:
            if not any(name in row for row in found):
                raise HttpError(400, f"Unknown query parameter '{name}'")
            pattern = request.parameter(name).casefold()
            found = [row for row in found if name in row and fnmatchcase(str(row[name]).casefold(), pattern)]
        found.sort(key=lambda row: [str(row.get(name, "")).casefold() for name in order])
        offset, limit = request.number("offset", 0, 0), request.number("limit", 100, 1)
        return [_part(_in_list(row), (*printed, *asked) if printed else _ALL) for row in found[offset:][:limit]]

    def _attached(self, kind: str, what: str, request: Request) -> list[Row]:
        row = self._row(kind, request)
        if what == "items":
            return [_item_row(each) for each in self._set(request).items]
        return self.center.attached[kind, str(row["id"]), what]

    def _list_of(self, kind: str, what: str, request: Request) -> list[Row]:
        return [_part(_in_list(row), _ATTACHED[kind, what][0]) for row in self._attached(kind, what, request)]

    def _one_of(self, kind: str, what: str, request: Request) -> Row:
        wanted = canonical(request.at["inner"])
        row = there(next((each for each in self._attached(kind, what, request) if each["id"] == wanted), None))
        return _part(_in_list(row), _ATTACHED[kind, what][1])

    def _set(self, request: Request) -> DisruptionSet:
        return self.center.sets[str(self._row("disruptionSets", request)["id"])]

    def _event(self, request: Request) -> tuple[DisruptionSet, DisruptionEvent]:
        group = self._set(request)
        return group, there(group.events.get(canonical(request.at["event"])))

    def _event_row(self, event: DisruptionEvent) -> Row:
        row: Row = {"id": event.id, "modified": self._stamp(event.modified)}
        row["created"] = self._stamp(event.created)[:19] + "Z"
        for name, seconds in (("activeFrom", event.active_from), ("activeTo", event.active_to)):
            if seconds is not None:
                row[name] = self._stamp(seconds)
        if event.remarks is not None:
            row["remarks"] = event.remarks
        # The schema spells it `externalid`, the samples `externalId`; this server does both.
        items = [
            {"id": each.id, "externalid" if each.kind == "WHERE" else "externalId": each.external_id, "type": each.kind}
            for each in event.items
        ]
        return row | event.extra | {"items": {"item": items}}

    def _stamp(self, seconds: float) -> str:
        return self.engine.utc(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _seconds(self, text: str) -> float | None:
        return (moment(text) - self.engine.start).total_seconds() if text else None

    def _events(self, request: Request) -> list[Row]:
        """Newest first: those that are `active` or not, or have a time (`created`, `activeFrom` …) from the one given
        on, or with `…End` up to it. An event without the time asked about is not meant."""
        found = sorted(self._set(request).events.values(), key=lambda each: -each.created)
        for name in request.query:
            value, of = request.parameter(name), _TIMES.get(name.removesuffix("End"))
            if name == "active":
                found = [each for each in found if each.active(self.engine.now) == (value == "true")]
            elif of is not None:
                bound, sign = self._bound(name, value), -1 if name.endswith("End") else 1
                timed = [each for each in found if getattr(each, of) is not None]
                found = [each for each in timed if getattr(each, of) * sign >= bound * sign]
            elif name not in ("offset", "limit"):
                raise HttpError(400, f"Unknown query parameter '{name}'")
        return [self._event_row(each) for each in found]

    def _bound(self, name: str, text: str) -> float:
        try:
            return (moment(text) - self.engine.start).total_seconds()
        except ValueError as error:
            raise HttpError(400, f"{name}: {error}") from None

    def _change(self, group: DisruptionSet, event: DisruptionEvent, body: _Event) -> None:
        """The event as a body has it, or a refusal of the whole."""
        items = [_meant(group, each) for each in body.items.item]
        begins, ends = self._seconds(body.activeFrom), self._seconds(body.activeTo)
        if len({each.id for each in items}) != len(items):
            raise HttpError(400, "items: the same item twice")
        if begins is not None and ends is not None and ends < begins:
            raise HttpError(400, "activeTo: before activeFrom")
        event.items, event.remarks = items, body.remarks or None
        event.active_from, event.active_to = begins, ends
        event.extra = {"ticket": body.ticket} if body.ticket else {}
        event.modified = self.engine.now

    def _create_event(self, request: Request) -> Response:
        group, now = self._set(request), self.engine.now
        body = request.read(_Event)
        event = DisruptionEvent("", now, now, [])
        self._change(group, event, body)
        event.id = self.center.new_id()
        group.events[event.id] = event
        return Response(201, event.id.encode(), (("content-type", "text/html"),))

    def _replace_event(self, request: Request) -> Response:
        group, event = self._event(request)
        body = request.read(_Replacement)
        if body.id and canonical(body.id) != event.id:
            raise HttpError(400, "id: not that of the event")
        self._change(group, event, body)
        return Response(204)

    def _delete_event(self, request: Request) -> Response:
        group, event = self._event(request)
        del group.events[event.id]
        return Response(204)


def _media(request: Request, header: str) -> set[str]:
    return {part.partition(";")[0].strip().lower() for part in request.headers.get(header, "").split(",")}


def _part(row: Row, names: tuple[str, ...]) -> Row:
    return {name: row[name] for name in names if name in row} if names else row


def _in_list(row: Row) -> Row:
    """One group's id has dashes wherever it is in a list, as one of the samples has it."""
    if row.get("name") != "CC Sales":
        return row
    text = str(row["id"])
    return row | {"id": "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))}


def _item_row(item: DisruptionItem) -> Row:
    return item.more | {"id": item.id, "type": item.kind, "externalId": item.external_id, "name": item.name}


def _meant(group: DisruptionSet, item: _Item) -> DisruptionItem:
    external = item.externalId or item.externalid
    if not item.id and not (external and item.type):
        raise HttpError(400, "Either id or externalId and type are required for items")
    identity = canonical(item.id) if item.id else ""
    for each in group.items:
        if identity in ("", each.id) and external in ("", each.external_id) and item.type in ("", each.kind):
            return each
    raise HttpError(400, "items.item: no such item in this disruption set")
