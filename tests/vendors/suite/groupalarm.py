"""An organisation of GroupAlarm."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from tests.vendors.groupalarm import server as documented
from tests.vendors.groupalarm.server import ORGANIZATION, PEOPLE, Server
from tests.vendors.server import Item, bare, stamp
from tests.vendors.suite.stand import WORD, Case, Listed, Strange, changed
from tests.vendors.suite.web import WebStand
from wallboard.domain.keys import Resource
from wallboard.vendors.base import HeaderAuth, Secret

USER = PEOPLE[0]


def hotline(index: int, **more: object) -> Item:
    item = documented.hotline(1000 + index, agents=[USER], number=f"00492415{index:05}", **more)
    return {name: value for name, value in item.items() if name != "costCentre"}


def phone(index: int, **more: object) -> Item:
    return documented.duty_phone(80 + index, USER, f"Phone {index}", f"00491700{index:06}", **more)


class GroupalarmStand(WebStand):
    name = "groupalarm"
    url = "https://app.groupalarm.com/api/v1/first-responder"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": HeaderAuth("API-TOKEN", Secret("S3CR3T")),
        "organization": ORGANIZATION,
        "people": {"5012": "K. Roth"},
    }
    paths: ClassVar[Mapping[str, str]] = {"hotlines": "/hotlines", "phones": "/agents"}
    lists = (
        Listed(
            "hotlines",
            Resource.HOTLINES,
            hotline,
            lambda index: str(1000 + index),
            "id",
            ("id",),
            page=50,
            ways={
                "wrapped": lambda page, total: {"hotlines": page, "totalHotlines": total},
                "bare": bare,
                "under another name": lambda page, total: {"items": page, "totalItems": str(total)},
            },
            nothing={
                "wrapped": {"hotlines": [], "totalHotlines": 0},
                "null": {"hotlines": None, "totalHotlines": 0},
                "bare": [],
            },
            strange=(Strange(changed(status=WORD)),),
        ),
        Listed(
            "phones",
            Resource.PHONES,
            phone,
            lambda index: str(80 + index),
            "id",
            ("id",),
            ways={"bare": bare, "wrapped": lambda page, total: {"agents": page}},
            nothing={"bare": [], "wrapped": {"agents": []}, "null": {"agents": None}},
            after=(Resource.HOTLINES,),
        ),
    )
    states: ClassVar[Mapping[tuple[str, str], str]] = {
        ("hotline", "1001"): "open",
        ("hotline", "1002"): "paused",
        ("phone", "81"): "registered",
        ("phone", "82"): "off",
    }
    exceptions: ClassVar[Mapping[str, str]] = {Case.RENEWAL: "its keys are fixed: a refused one stays refused"}

    server: Server

    def vendor(self) -> tuple[Server, Mapping[str, tuple[MutableMapping[str, Any], str]]]:
        server = Server(hotline(1), hotline(2, isActive=False, status="paused"))
        server.phones = [phone(1), phone(2, isActive=False)]
        log = {"action": "accepted", "agentPhone": "1", "id": 1, "startTime": None, "userID": USER}
        started = stamp(600, "%Y-%m-%dT%H:%M:%SZ")
        server.logs = [{"entries": [log], "hotlineID": 1001, "id": 4400, "startTime": started}]
        return server, {"hotlines": (vars(server), "hotlines"), "phones": (vars(server), "phones")}
