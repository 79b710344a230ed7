"""An organisation of GroupAlarm as seeds 000 and 001 describe it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from tests.vendors.suite.stand import WORD, Case, Item, Listed, Strange, changed
from tests.vendors.suite.web import WebStand, lacks, operations, stamp
from wallboard.domain.keys import Resource
from wallboard.vendors.base import HeaderAuth, Secret

USER = 5012


def hotline(index: int, **more: object) -> Item:
    return {
        "agents": [USER],
        "channelsInbound": 10,
        "channelsOutbound": 10,
        "id": 1000 + index,
        "isActive": True,
        "name": f"Hotline {index}",
        "number": f"00492415{index:05}",
        "organizationID": 771,
        "status": "active",
        "ttsInbound": "Willkommen",
        "ttsOutbound": "Bitte 1 druecken",
        **more,
    }


def duty_phone(index: int, **more: object) -> Item:
    number = f"00491700{index:06}"
    return {"id": 80 + index, "isActive": True, "name": f"Phone {index}", "phone": number, "userID": USER, **more}


class GroupalarmStand(WebStand):
    name = "groupalarm"
    url = "https://app.groupalarm.com/api/v1/first-responder"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": HeaderAuth("API-TOKEN", Secret("S3CR3T")),
        "organization": 771,
        "people": {"5012": "K. Roth"},
    }
    documents = operations("001")
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
                "bare": lambda page, total: page,
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
            duty_phone,
            lambda index: str(80 + index),
            "id",
            ("id",),
            ways={"bare": lambda page, total: page, "wrapped": lambda page, total: {"agents": page}},
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

    def scene(self, name: str) -> list[Item]:
        if name == "phones":
            return [duty_phone(1), duty_phone(2, isActive=False)]
        return [hotline(1), hotline(2, isActive=False, status="paused")]

    def page(self, listed: Listed, query: Mapping[str, str]) -> tuple[int, int]:
        return (int(query["offset"]), int(query["limit"])) if listed.page else super().page(listed, query)

    def thing(self, path: str, query: Mapping[str, str]) -> object:
        log = {
            "entries": [{"action": "accepted", "agentPhone": "1", "id": 1, "startTime": None, "userID": USER}],
            "hotlineID": 1001,
            "id": 4400,
            "startTime": stamp(600, "%Y-%m-%dT%H:%M:%SZ"),
        }
        match path.strip("/").split("/"):
            case ["hotlines", identity]:
                return next((row for row in self.rows["hotlines"] if str(row["id"]) == identity), ...)
            case ["hotlines", _, "logs"]:
                return {"callLogs": [log], "totalCallLogs": 1}
            case ["hotlines", _, "logs", _]:
                return log
            case ["hotlines", _, "records"]:
                return {"records": [{"id": 7, "hotlineID": 1001, "destinationNumber": "1"}], "totalRecords": 1}
        return ...

    def unfit(self, method: str, path: str, body: Any) -> str:
        match method, path.strip("/").split("/"):
            case "PUT", ["hotlines", _]:
                counts = {f"{name}_": int for name in ("channelsInbound", "channelsOutbound", "id")}
                texts = {f"{name}_": str for name in ("status", "ttsInbound", "ttsOutbound")}
                return lacks(body, agents=list, isActive=bool, name=str, organizationID=int, **counts, **texts)
            case "PUT", ["agents", _]:
                return lacks(body, isActive=bool, name=str, phone=str, userID=int, id_=int)
        return "not for a console"

    def done(self, method: str, path: str, body: Any) -> httpx.Response:
        return httpx.Response(200, json=body)
