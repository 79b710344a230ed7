"""A Sinch Contact Center as seed 002 describes it: bare lists without totals, GUIDs, ids as text/html."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from tests.vendors.suite.stand import WORD, Case, Item, Listed, Strange, changed
from tests.vendors.suite.web import WebStand, lacks, operations, stamp
from wallboard.domain.keys import Resource
from wallboard.vendors.base import BasicAuth, Secret

ISO = "%Y-%m-%dT%H:%M:%S.000Z"


def guid(number: int) -> str:
    return f"{number:032X}"


SET, WHY, WHERE, ROLE, GROUP, FRONT = (guid(0x7000 + number) for number in range(6))


def queue(index: int, **more: object) -> Item:
    addresses = {"address": [str(100 + index)]}
    base = {"id": guid(0x2000 + index), "type": "Phone", "name": f"Queue {index}", "loginType": "HuntGroup"}
    return {**base, "addresses": addresses, **more}


def user(index: int, **more: object) -> Item:
    named = {"firstName": f"First{index}", "surname": f"Sur{index}", "phone": str(7000 + index)}
    return {"id": guid(0x1000 + index), **named, **more}


def event(index: int, **more: object) -> Item:
    return {
        "id": guid(0x9000 + index),
        "created": stamp(7200, ISO),
        "modified": stamp(7200, ISO),
        "activeFrom": stamp(3600, ISO),
        "remarks": f"Fibre cut {index}",
        "items": {"item": [{"id": WHY, "externalId": "55", "type": "WHY"}]},
        **more,
    }


def ways(plural: str, single: str) -> dict[str, Any]:
    def collapsed(page: list[Item], total: int) -> object:
        return {single: page[0] if len(page) == 1 else page or None}

    return {
        "bare": lambda page, total: page,
        "wrapped": lambda page, total: {plural: {single: page}},
        "collapsed": collapsed,
    }


def nothing(plural: str, single: str) -> dict[str, object]:
    return {"bare": [], "null": None, "wrapped": {plural: {single: []}}, "collapsed": {single: None}}


class SinchStand(WebStand):
    name = "sinch"
    url = "https://contact.example.net/RI/rci"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": BasicAuth("mira", Secret("S3CR3T")),
        "headers": (("x-api-key", Secret("K3Y")),),
    }
    documents = operations("002")
    paths: ClassVar[Mapping[str, str]] = {
        "queues": "/queues",
        "users": "/users",
        "notices": f"/disruptionSets/{SET}/events",
    }
    lists = (
        Listed(
            "queues",
            Resource.QUEUES,
            queue,
            lambda index: guid(0x2000 + index),
            "id",
            ("id",),
            page=100,
            ways=ways("queues", "queue"),
            nothing=nothing("queues", "queue"),
            strange=(Strange(changed(type=WORD), state=False), Strange(changed(loginType=WORD), state=False)),
        ),
        Listed(
            "users",
            Resource.AGENTS,
            user,
            lambda index: guid(0x1000 + index),
            "id",
            ("id",),
            page=100,
            ways=ways("users", "user"),
            nothing=nothing("users", "user"),
        ),
        Listed(
            "notices",
            Resource.NOTICES,
            event,
            lambda index: guid(0x9000 + index),
            "id",
            ("id",),
            scope=SET,
            ways=ways("events", "event"),
            nothing=nothing("events", "event"),
            strange=(Strange(changed(items=[{"externalId": "55", "type": WORD}]), state=False),),
            after=(Resource.NOTICES,),
        ),
    )
    states: ClassVar[Mapping[tuple[str, str], str]] = {
        # RCI tells no states: a roster is neither ready nor off.
        ("agent", guid(0x1001)): "unknown",
        ("agent", guid(0x1002)): "unknown",
    }
    exceptions: ClassVar[Mapping[str, str]] = {
        Case.HOLE: "its lists tell no totals: a short page is the last one (document, paging)",
        Case.RENEWAL: "user, password and key are fixed: what is refused stays refused",
    }

    def scene(self, name: str) -> list[Item]:
        match name:
            case "queues":
                return [queue(1), queue(2, type="Email", addresses={"address": "sales@example.com"})]
            case "users":
                return [user(1), user(2)]
            case _:
                return [event(1), event(2, activeFrom=stamp(-3600, ISO)), event(3, activeTo=stamp(600, ISO))]

    def page(self, listed: Listed, query: Mapping[str, str]) -> tuple[int, int]:
        return (int(query["offset"]), int(query["limit"])) if listed.page else super().page(listed, query)

    def shown(self, listed: Listed, item: Item, query: Mapping[str, str]) -> Item | None:
        """Users come with the fields that were asked about; of the three questions for events one has them all."""
        if listed.name == "users" and "phone" not in query:
            return {name: value for name, value in item.items() if name != "phone"}
        if listed.name == "notices" and "offset" not in query:
            over, begun = "activeTo" in item, str(item.get("activeFrom", "")) <= stamp(0, ISO)
            asked = "activeTo" if over else "active" if begun else "activeFrom"
            return item if asked in query else None
        return item

    def thing(self, path: str, query: Mapping[str, str]) -> object:
        named = {
            "roles": {"id": ROLE, "name": "CC Agent", "description": "takes calls"},
            "userGroups": {"id": GROUP, "name": "Desk", "synchronised": True},
            "queueGroups": {"id": FRONT, "name": "Front", "description": "first"},
            "skills": {"id": guid(0x6000), "name": "English", "value": 4},
            "prsProfiles": {"id": guid(0x6100), "name": "Lunch", "reason": "NONE"},
            "customIvrs": {"id": guid(0x6200), "name": "Menu", "active": True, "addresses": {"address": ["243"]}},
            "disruptionSets": {"id": SET, "name": "electricity", "externalId": "set1"},
            "extensions": {"id": guid(0x6300), "address": "101", "language": "FI", "priority": 3},
        }
        items = [
            {"id": WHY, "type": "WHY", "externalId": "55", "name": "Service", "description": "Service break"},
            {"id": WHERE, "type": "WHERE", "externalid": "00100", "name": "Helsinki"},
        ]
        match path.strip("/").split("/"):
            case ["queues", identity] | ["queueGroups", _, "queues", identity]:
                return self._one("queues", identity)
            case ["users", identity] | ["roles" | "userGroups", _, "users", identity]:
                return self._one("users", identity)
            case ["disruptionSets", _, "events", identity]:
                return self._one("notices", identity)
            case ["roles" | "userGroups", _, "users"]:
                return [{"id": row["id"]} for row in self.rows["users"]]
            case ["queueGroups", _, "queues"]:
                return self.rows["queues"][: int(query.get("limit", 100))] if query.get("offset", "0") == "0" else []
            case ["disruptionSets", _, "items"]:
                return items
            case ["disruptionSets", _, "items", identity]:
                return next((item for item in items if item["id"] == identity), ...)
            case [kind] | [_, _, kind] if kind in named:
                return [named[kind]] if query.get("offset", "0") == "0" else []
            case [kind, _] | [_, _, kind, _] if kind in named:
                return named[kind]
        return ...

    def _one(self, name: str, identity: str) -> object:
        return next((row for row in self.rows[name] if row["id"] == identity), ...)

    def unfit(self, method: str, path: str, body: Any) -> str:
        match method, path.strip("/").split("/"):
            case "POST", ["disruptionSets", _, "events"]:
                return lacks(body, items=dict, activeFrom_=str, activeTo_=str, remarks_=str)
            case "PUT", ["disruptionSets", _, "events", _]:
                return lacks(body, items=dict, activeFrom_=str, activeTo_=str, remarks_=str, id_=str)
            case "DELETE", ["disruptionSets", _, "events", _]:
                return "it takes no body" if body is not None else ""
        return "not for a console"

    def done(self, method: str, path: str, body: Any) -> httpx.Response:
        if method == "POST":
            return httpx.Response(201, text=guid(0x9999), headers={"Content-Type": "text/html"})
        return httpx.Response(204)
