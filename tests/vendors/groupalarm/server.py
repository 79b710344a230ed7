"""An organisation of GroupAlarm as seeds 000 and 001 describe it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.vendors.server import Item, Lists, Refused, answer, body_of, lacks, operations, template_of

BASE = "/api/v1/first-responder"
INBOUND = '"Willkommen zur \\"First Responder\\" Hotline – bitte warten. €"'
ORGANIZATION = 77
PEOPLE = (5012, 5044)


def hotline(identity: int = 311, **changes: Any) -> Item:
    return {
        "agents": list(PEOPLE),
        "channelsInbound": 10,
        "channelsOutbound": 4,
        "id": identity,
        "isActive": True,
        "name": f"Hotline {identity}",
        "number": "004924155660",
        "organizationID": ORGANIZATION,
        "status": "active",
        "ttsInbound": INBOUND,
        "ttsOutbound": '"Bitte 1 drücken"',
        "costCentre": {"code": 9007199254740993, "shares": [0.1, None]},
    } | changes


def duty_phone(identity: int, user: int, name: str, phone: str, **more: Any) -> Item:
    return {"id": identity, "isActive": True, "name": name, "phone": phone, "userID": user, **more}


class Server(Lists):
    """So many hotlines; `answers` replaces what one request (method and path) gets."""

    def __init__(self, *hotlines: Item) -> None:
        super().__init__()
        self.hotlines = list(hotlines)
        self.phones = [
            duty_phone(80, 5012, "Diensthandy", "00491700000001", weight=1.5),
            duty_phone(81, 5012, "Privat", "004924199999", isActive=False),
            duty_phone(82, 5044, "Handy", "00491700000002"),
        ]
        self.logs: list[Item] = []
        self.records: list[Item] = [
            {
                "id": 7,
                "destinationNumber": "0049170",
                "timeStart": "2026-03-02T08:14:21Z",
                "timeEnd": None,
                "price": 0.5,
            }
        ]
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, Callable[[httpx.Request], httpx.Response]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.raw_path.decode().partition("?")[0].removeprefix(BASE)
        template_of(request.method, path, operations("001"))
        given = self.answers.get(f"{request.method} {path}")
        if given is not None:
            return given(request)
        found = (self._get if request.method == "GET" else self._put)(request, path.strip("/").split("/"))
        return answer({"message": "not found"}, 404) if found is ... else answer(found)

    def _get(self, request: httpx.Request, parts: list[str]) -> object:
        params = request.url.params
        match parts:
            case ["hotlines"]:
                assert params["organization_id"] == str(ORGANIZATION)
                return self._page(request, "hotlines", self.hotlines, "hotlines", "totalHotlines")
            case ["agents"]:
                assert params["organization_id"] == str(ORGANIZATION)
                rows = [row for row in self.phones if str(row.get("userID") or PEOPLE[0]) == params["owner_id"]]
                return self.listing("phones", rows, lambda page, total: page)
            case ["hotlines", identity]:
                return next((row for row in self.hotlines if str(row["id"]) == identity), ...)
            case ["hotlines", _, "logs"]:
                return self._page(request, "logs", self.logs, "callLogs", "totalCallLogs")
            case ["hotlines", _, "logs", identity]:
                return next((row for row in self.logs if str(row["id"]) == identity), ...)
            case ["hotlines", _, "records"]:
                return self._page(request, "records", self.records, "records", "totalRecords")
        raise Refused("not for a console")

    def _put(self, request: httpx.Request, parts: list[str]) -> object:
        match request.method, parts:
            case "PUT", ["hotlines", _]:
                counts = {f"{name}_": int for name in ("channelsInbound", "channelsOutbound", "id")}
                texts = {f"{name}_": str for name in ("status", "ttsInbound", "ttsOutbound")}
                known = {**counts, **texts, "costCentre_": object}
                shape: dict[str, type] = {"agents": list, "isActive": bool, "name": str, "organizationID": int}
                problem = lacks(body_of(request), **shape, **known)
            case "PUT", ["agents", _]:
                body = {name: value for name, value in body_of(request).items() if name != "weight"}
                problem = lacks(body, isActive=bool, name=str, phone=str, userID=int, id_=int)
            case _:
                problem = "not for a console"
        if problem:
            raise Refused(problem)
        return {"status": "started"}

    def _page(self, request: httpx.Request, name: str, rows: list[Item], plural: str, count: str) -> object:
        limit, offset = int(request.url.params["limit"]), int(request.url.params["offset"])
        assert 1 <= limit <= 50
        return self.listing(name, rows, lambda page, total: {plural: page, count: total}, offset, limit)

    def sent(self, method: str) -> list[tuple[str, Any]]:
        """Paths below the base with their queries, and bodies."""
        return [
            (request.url.raw_path.decode().removeprefix(BASE), body_of(request))
            for request in self.requests
            if request.method == method
        ]
