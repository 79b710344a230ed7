"""A PBX written by hand from the seed and its fixtures: answers by method and path, and a log of every request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Target, Verb, fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Row
from wallboard.domain.update import Update
from wallboard.vendors.base import BearerAuth, Feed, Secret, Services, SourceSettings, Ticket
from wallboard.vendors.ringme.adapter import RingmeAdapter

BASE = "/api/ver1.0"
NOW = 1_772_439_247.0
"""2026-03-02 08:14:07 UTC, when the fixtures of the documents were taken."""

STATUS: dict[str, Any] = {"waiting_members": 4, "trying_members": 1, "answered_members": 3}
MEMBERS: list[dict[str, Any]] = [
    {
        "state": "Waiting",
        "number": "+37410555012",
        "wait_time": 94,
        "joined_datetime": "2026-03-02 08:12:33",
        "call_api_id": "34414-c69226e0a64e11eaa0086fd86d94a0e0",
        "serving_agent": "",
    },
    {
        "state": "Trying",
        "number": "+37410555077",
        "wait_time": 131,
        "joined_datetime": "2026-03-02 08:11:56",
        "call_api_id": "34414-d0aa11d2a64e11eaa0086fd86d94a0e0",
        "serving_agent": "ring-all",
    },
    {
        "state": "Answered",
        "number": "anonymous",
        "wait_time": 12,
        "joined_datetime": "2026-03-02 08:05:00.42",
        "call_api_id": "34414-e1bb",
        "serving_agent": "136_local",
    },
    {
        "state": "Abandoned",
        "number": "",
        "wait_time": 45,
        "joined_datetime": None,
        "call_api_id": None,
        "serving_agent": None,
    },
]
AGENTS: list[dict[str, Any]] = [
    {
        "status": "Available",
        "state": "In a queue call",
        "name": "Anna",
        "name_fs": "136_local",
        "extension_name": "022*341@pbx.example",
        "call_duration": 187,
    },
    {
        "status": "available",
        "state": "Waiting",
        "name": "Boris",
        "name_fs": "137_local",
        "extension_name": "022*342@pbx.example",
        "call_duration": 0,
    },
    {
        "status": "On Break",
        "state": "Waiting",
        "name": "Chen",
        "name_fs": "138_local",
        "extension_name": "022*343@pbx.example",
        "call_duration": None,
    },
    {
        "status": {"name": "logged_out"},
        "state": "Idle",
        "name": "Dana",
        "name_fs": "9_remote",
        "extension_name": "031*101@pbx.example",
        "call_duration": 0,
    },
]
CALLS: list[dict[str, Any]] = [
    {
        "call_api_id": "32494-02abb9ee685a11ea94bfe17eb6eaecba",
        "call_id": "02abb9ee685a11ea94bfe17eb6eaecba",
        "subcall_id": "1",
        "extension_id": 32494,
        "call_flow": "in",
        "caller_id_number": "+37410555012",
        "caller_id_name": "Acme",
        "called_number": "022*200",
        "called_did": "37460700700",
        "init_time_gmt": "2026-03-02 08:05:12.98",
        "answer_time_gmt": "2026-03-02 08:05:20",
        "real_call": True,
        "record_uuid": None,
        "callback_id": None,
        "caller_extension": None,
        "called_extension": {
            "id": 32494,
            "name": "022*341@pbx.example",
            "client_id": 12,
            "type": "phone",
            "extension_group_id": 3,
        },
    },
    {
        "call_api_id": "32495-77",
        "extension_id": 32495,
        "call_flow": "out",
        "caller_id_number": "022*342",
        "called_number": "+37410555100",
        "called_did": None,
        "init_time_gmt": "2026-03-02 08:13:59",
        "answer_time_gmt": None,
        "real_call": False,
        "record_uuid": "32495-AB12",
        "caller_id_name": "",
    },
]
PHONES: list[dict[str, Any]] = [
    {"id": 32494, "name": "022*341@pbx.example", "type": "phone", "label": "Anna's desk", "status": "active"},
    {"id": "32495", "name": "022*342@pbx.example", "type": "phone", "label": "", "status": "active"},
    {"id": 32500, "name": "022*300@pbx.example", "type": "phone", "label": "Supervisor", "status": "active"},
]
QUEUES: list[dict[str, Any]] = [
    {"id": 34414, "name": "022*601@pbx.example", "type": "queue", "label": "Sales", "status": "active"},
    {"id": 34415, "name": "022*602@pbx.example", "type": "queue", "label": "Support", "status": "active"},
]
RATE = {"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "2900", "X-RateLimit-Reset": "1260"}

Reply = httpx.Response | Callable[[httpx.Request], httpx.Response] | Exception


def ok(data: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=data, headers={**RATE, **headers})


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived. `path` is raw, below the base."""

    method: str
    path: str
    query: str
    body: Any
    headers: Mapping[str, str]


@dataclass
class FakePbx:
    """Answers from `routes` ("GET /extension/34414/queue/status/"), 404 for everything else."""

    routes: dict[str, Reply] = field(default_factory=dict)
    log: list[Seen] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii").split("?", 1)[0].removeprefix(BASE)
        content = request.content.decode()
        try:
            body = json.loads(content) if content else None
        except ValueError:
            body = content
        query = request.url.query.decode("ascii")
        self.log.append(Seen(request.method, path, query, body, dict(request.headers)))
        reply = self.routes.get(f"{request.method} {path}")
        if isinstance(reply, Exception):
            raise reply
        if reply is None:
            return httpx.Response(404, json={"message": "Not found"}, headers=RATE)
        if callable(reply):
            return reply(request)
        # A response is used up by one reading.
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    @property
    def acted(self) -> list[Seen]:
        """Everything but reads."""
        return [seen for seen in self.log if seen.method != "GET"]


def pbx() -> FakePbx:
    """Two queues, three phones, the documented lists in the first queue."""

    def listing(request: httpx.Request) -> httpx.Response:
        rows = {"queue": QUEUES, "phone": PHONES}.get(request.url.params.get("type", ""), [])
        return ok(rows if request.url.params.get("page") == "1" else [])

    routes: dict[str, Reply] = {
        "GET /user/": ok({"admin": False, "client_id": 12, "id": 5, "login": "mira"}),
        "GET /client/@me/extension/": listing,
        "GET /client/@me/current_calls/": ok({"call_list": CALLS}),
        "GET /extension/registration/": ok(
            [
                {"extension_id": 32494, "registered": True, "registrations": [{"id": "a"}]},
                {"extension_id": "32495", "registered": False, "registrations": []},
            ]
        ),
    }
    for queue in QUEUES:
        base = f"GET /extension/{queue['id']}"
        routes[f"{base}/queue/status/"] = ok(STATUS)
        routes[f"{base}/queue/status/members/"] = ok(MEMBERS if queue["id"] == 34414 else [])
        routes[f"{base}/queue/status/agents/"] = ok(AGENTS)
        routes[f"{base}/queue/"] = ok({"strategy": "longest-idle-agent", "max_wait_time": 300, "record_enabled": True})
        routes[f"{base}/queue/agents/local/"] = ok([{"agent_id": 136, "level": 2, "position": 1}])
        routes[f"{base}/queue/agents/remote/"] = ok([{"agent_id": "9", "level": 1, "position": 4}])
        routes[f"{base}/extension/"] = ok(queue)
    for phone in PHONES:
        routes[f"GET /extension/{phone['id']}/extension/"] = ok(phone)
        routes[f"GET /extension/{phone['id']}/current_calls/"] = ok(
            {"call_list": [call for call in CALLS if str(call["extension_id"]) == str(phone["id"])]}
        )
    for call in CALLS:
        routes[f"GET /extension/{call['extension_id']}/current_calls/{call['call_api_id']}"] = ok(call)
    routes["GET /extension/32494/agent/"] = ok([{"id": 136, "name": "Anna", "extension_id": 32494, "wrap_up_time": 10}])
    routes["GET /extension/32495/agent/"] = ok({"id": 137, "name": "Boris", "extension_id": 32495})
    return FakePbx(routes)


def settings(**changes: Any) -> SourceSettings:
    values: dict[str, Any] = {
        "name": "hq",
        "vendor": "ringme",
        "url": f"https://pbx.example.net{BASE}",
        "auth": BearerAuth(Secret("S3CR3T-token")),
        "phone": "022*300",
        "operator": "Mira",
        "client": "@me",
    }
    return SourceSettings(**{**values, **changes})


def adapter(vendor: FakePbx, clock: ManualClock | None = None, **changes: Any) -> RingmeAdapter:
    return RingmeAdapter(settings(**changes), Services(clock or ManualClock(NOW), vendor.transport()))


def feed(source: RingmeAdapter, resource: Resource, scope: str) -> Feed:
    return next(found for found in source.feeds() if (found.resource, found.scope) == (resource, scope))


async def read(source: RingmeAdapter, resource: Resource, scope: str = "") -> Update:
    updates = await feed(source, resource, scope).fetch(Ticket(1, 1, NOW))
    assert len(updates) == 1
    return updates[0]


async def discover(source: RingmeAdapter) -> None:
    assert await feed(source, Resource.QUEUES, "discovery").fetch(Ticket(1, 1, NOW)) == ()


def command(verb: Verb, row: Row, to: str = "", **args: str) -> Command:
    target = Target(row.key, "row", fingerprint(row), row.address)
    return Command("01J0000000000000000000TEST", verb, target, Destination(to) if to else None, tuple(args.items()))


def calls_of(update: Update) -> list[Call]:
    return [row for row in update.rows if isinstance(row, Call)]
