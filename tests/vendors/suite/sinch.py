"""A Sinch Contact Center."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from tests.vendors.server import Item, stamp
from tests.vendors.sinch.server import AGENT, BREAK, DESK, GROUP, HELP, POWER, Server, guid, ways
from tests.vendors.suite.stand import WORD, Case, Listed, Strange, changed
from tests.vendors.suite.web import WebStand
from wallboard.domain.keys import Resource
from wallboard.vendors.base import BasicAuth, Secret

ISO = "%Y-%m-%dT%H:%M:%S.000Z"


SET = POWER


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
        "items": {"item": [{"id": BREAK, "externalId": "55", "type": "WHY"}]},
        **more,
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
            ways=ways("queues"),
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
            ways=ways("users"),
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
            ways=ways("events"),
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

    server: Server

    def vendor(self) -> tuple[Server, Mapping[str, tuple[MutableMapping[str, Any], str]]]:
        server = Server(self.clock)
        server.queues = [queue(1), queue(2, type="Email", addresses={"address": "sales@example.com"})]
        server.users = [user(1), user(2)]
        server.role_users, server.group_users = {AGENT: [guid(0x1001), guid(0x1002)]}, {DESK: [guid(0x1001)]}
        server.extensions = {guid(0x2001): server.extensions[HELP]}
        server.group_queues = {GROUP: [guid(0x2001), guid(0x2002)]}
        server.sets, server.items = server.sets[:1], {SET: server.items[SET]}
        server.events = {SET: [event(1), event(2, activeFrom=stamp(-3600, ISO)), event(3, activeTo=stamp(600, ISO))]}
        places = {"queues": (vars(server), "queues"), "users": (vars(server), "users")}
        return server, {**places, "notices": (server.events, SET)}
