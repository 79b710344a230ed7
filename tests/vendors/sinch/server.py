"""A Sinch Contact Center as seed 002 describes it: checks every request against the document and remembers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from fnmatch import fnmatchcase
from typing import Any

import httpx

from tests.vendors.server import Lists, Refused, Wrap, answer, bare, body_of, lacks, operations, template_of
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Notice, Row, in_address
from wallboard.domain.text import NOTHING
from wallboard.domain.update import Proof, Update
from wallboard.vendors.base import BasicAuth, Feed, Secret, Services, SourceSettings, Ticket
from wallboard.vendors.sinch import plugin
from wallboard.vendors.sinch.adapter import SinchAdapter

BASE = "/RI/rci"
PASSWORD = "S3CR3T-canary"
KEY = "K3Y-canary"
PAGED = {"/users", "/userGroups", "/queues", "/queueGroups", "/queueGroups/{}/queues", "/roles", "/skills"} | {
    "/timeZones",
    "/prsProfiles",
    "/customIvrs",
    "/disruptionSets",
}
SEARCHED = {"/users": {"firstName", "surname", "externalId", "chatName", "chat", "email", "phone"}}
EVENT_FILTERS = {
    "active",
    *(f"{name}{end}" for name in ("activeFrom", "activeTo", "created", "modified") for end in ("", "End")),
}


def guid(number: int) -> str:
    return f"{number:032X}"


def dashed(text: str) -> str:
    low = text.lower()
    return f"{low[:8]}-{low[8:12]}-{low[12:16]}-{low[16:20]}-{low[20:]}"


def _wrapped(page: list[Any], name: str) -> object:
    return {name: {name.removesuffix("s"): page}}


def _collapsed(page: list[Any], name: str) -> object:
    return {name.removesuffix("s"): page[0] if len(page) == 1 else page or None}


def ways(name: str) -> dict[str, Wrap]:
    """The forms in which a list may come, the documented one first."""
    return {
        "bare": bare,
        "wrapped": lambda page, total: _wrapped(page, name),
        "collapsed": lambda page, total: _collapsed(page, name),
    }


def user(number: int, **more: Any) -> dict[str, Any]:
    return {"id": guid(0x1000 + number), "firstName": f"First{number}", "surname": f"Sur{number}"} | more


def queue(number: int, **more: Any) -> dict[str, Any]:
    return {"id": guid(0x2000 + number), "type": "Phone", "name": f"Queue {number}", "loginType": "HuntGroup"} | more


SALES, HELP, CHAT, MAIL = (guid(0x2000 + number) for number in range(4))
ANN, BEN = guid(0x1000), guid(0x1001)
AGENT, BOSS = guid(0x3000), guid(0x3001)
DESK = guid(0x4000)
GROUP = guid(0x5000)
ENGLISH, DEUTSCH, SUOMI = guid(0x6000), guid(0x6001), guid(0x6002)
POWER, WATER = guid(0x7000), guid(0x7001)
BREAK, STORM, HELSINKI, TODAY = (guid(0x8000 + number) for number in range(4))
LEAK = guid(0x8100)
NOTICE = guid(0x9000)


class Server(Lists):
    """The installation. `answers` replaces what one request (method and path below the base) gets; `wrap` is how all
    lists come (`ways`); `ahead` how far its clock is ahead, None: it does not tell."""

    def __init__(self, clock: ManualClock | None = None) -> None:
        super().__init__()
        self.clock = clock or ManualClock()
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        self.wrap = "bare"
        self.ahead: float | None = None
        self.made = guid(0x9999)
        self.users = [
            user(0, phone="7001", login="ann", email="ann@example.com", chat="ann@example.com", externalId="A1"),
            user(1),
        ]
        self.roles: list[dict[str, Any]] = [
            {"id": AGENT, "name": "CC Agent", "description": "takes calls"},
            {"id": BOSS, "name": "CC Boss"},
        ]
        self.role_users = {AGENT: [ANN, BEN], BOSS: [BEN]}
        self.groups: list[dict[str, Any]] = [{"id": DESK, "name": "HelpDesk", "synchronised": True}]
        self.group_users = {DESK: [ANN]}
        self.skills = [
            {"id": ENGLISH, "name": "English", "description": "English language"},
            {"id": DEUTSCH, "name": "Deutsch", "description": "German language"},
        ]
        self.user_skills: dict[str, list[dict[str, Any]]] = {
            ANN: [{"id": DEUTSCH, "value": 2}, {"id": ENGLISH, "value": 5}]
        }
        self.queues = [
            queue(0, name="Sales", description="Sales phone", addresses={"address": ["100"]}, synchronised=True),
            queue(1, name="Helpdesk", type="phone", addresses={"address": "101"}),
            queue(2, name="Sales chat", type="Chat", addresses={"address": ["sales.chat@example.com"]}),
            queue(3, name="Sales mail", type="email", loginType="AutoAllocation"),
        ]
        self.extensions: dict[str, list[dict[str, Any]]] = {
            HELP: [
                {"id": guid(0x2100), "address": "101"},
                {"id": guid(0x2101), "name": "102", "language": "FI", "priority": 3},
            ]
        }
        self.queue_groups: list[dict[str, Any]] = [{"id": GROUP, "name": "Front", "description": "first contact"}]
        self.group_queues = {GROUP: [SALES, HELP]}
        self.profiles = [{"id": guid(0xA000), "name": "Lunch", "reason": "NONE"}]
        self.ivrs = [{"id": guid(0xB000), "name": "Menu", "active": True, "addresses": {"address": ["243", "234"]}}]
        self.sets = [
            {"id": POWER, "name": "electricity", "externalId": "set1"},
            {"id": WATER, "name": "water", "externalId": "set2"},
        ]
        self.items: dict[str, list[dict[str, Any]]] = {
            POWER: [
                {"id": BREAK, "type": "WHY", "externalId": "55", "name": "Service", "description": "Service break"},
                {"id": STORM, "type": "WHY", "externalId": "56", "name": "Storm"},
                {"id": HELSINKI, "type": "WHERE", "externalid": "00100", "name": "00100", "description": "Helsinki"},
                {"id": TODAY, "type": "WHEN", "externalId": "14", "name": "today", "promptName": "WHEN_14"},
            ],
            WATER: [{"id": LEAK, "type": "WHY", "externalId": "05", "name": "Leak"}],
        }
        self.events: dict[str, list[dict[str, Any]]] = {POWER: [], WATER: []}

    # ---- time ------------------------------------------------------------------------------------------------

    def iso(self, after: float = 0.0) -> str:
        moment = datetime.fromtimestamp(self.clock.now() + (self.ahead or 0.0) + after, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def event(self, identity: str = NOTICE, **more: Any) -> dict[str, Any]:
        """An active event of the electricity set, with a field that no document knows."""
        return {
            "id": identity,
            "created": self.iso(-7200),
            "modified": self.iso(-3600),
            "activeFrom": self.iso(-7200),
            "remarks": "Fibre  cut\n\u202e",
            "items": {"item": [{"id": BREAK, "externalId": "55", "type": "WHY"}, {"id": HELSINKI, "type": "WHERE"}]},
            "costCentre": {"code": 9007199254740993, "shares": [0.1, None]},
        } | more

    # ---- answering -------------------------------------------------------------------------------------------

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path.removeprefix(BASE)
        assert request.url.path.startswith(BASE)
        template_of(request.method, path, operations("002"))
        self._check_headers(request)
        given = self.answers.get(f"{request.method} {path}")
        usual = self._get if request.method == "GET" else self._act
        answer = given(request) if given is not None else usual(request, path.strip("/").split("/"))
        if self.ahead is not None:
            moment = datetime.fromtimestamp(self.clock.now() + self.ahead, UTC)
            answer.headers["date"] = format_datetime(moment, usegmt=True)
        return answer

    @staticmethod
    def _check_headers(request: httpx.Request) -> None:
        accept, kind = request.headers["accept"], request.headers.get("content-type")
        assert accept == ("text/html" if request.method == "POST" else "application/json")
        assert kind == ("application/json" if request.method in ("POST", "PUT") else None)
        assert bool(request.content) is (request.method in ("POST", "PUT"))

    def _get(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        for part in parts[1::2]:
            if not re.fullmatch(r"[0-9A-F]{32}", part):
                return httpx.Response(400, text=f"Invalid GUID: '{part}'", headers={"content-type": "text/plain"})
        shape = "/" + "/".join("{}" if index % 2 else part for index, part in enumerate(parts))
        found = self._found(parts)
        if found is None:
            return httpx.Response(404, text="HTTP 404 Not Found", headers={"content-type": "text/plain"})
        if isinstance(found, dict):
            assert not request.url.params
            return httpx.Response(200, json=found)
        return answer(self._page(request, shape, found, parts[-1]))

    def _page(self, request: httpx.Request, shape: str, found: list[dict[str, Any]], name: str) -> object:
        params = dict(request.url.params)
        usual = ways(name)[self.wrap]
        if shape == "/disruptionSets/{}/events":
            assert set(params) <= EVENT_FILTERS
            return self.listing("notices", [each for each in found if self._fits(each, params)], usual)
        if shape not in PAGED:
            # Not in the document; asked only where a list holds exactly a page.
            assert not params or params == {"offset": "100", "limit": "100"}
            return self.listing("", found, usual, 100 if params else 0, 100)
        offset, limit = int(params.pop("offset", 0)), int(params.pop("limit", 100))
        assert 1 <= limit <= 100
        assert set(params) <= SEARCHED.get(shape, set())
        for field, pattern in params.items():
            found = [each for each in found if field in each and fnmatchcase(str(each[field]), pattern)]
        if shape == "/users":
            shown = ("id", "firstName", "surname", *params)
            found = [{field: each[field] for field in shown if field in each} for each in found]
        return self.listing(shape.strip("/"), found, usual, offset, limit)

    def _fits(self, event: dict[str, Any], params: dict[str, str]) -> bool:
        begins, ends, now = event.get("activeFrom") or "", event.get("activeTo") or "", self.iso()
        active = (not begins or begins <= now) and (not ends or ends > now)
        for name, value in params.items():
            if name == "active":
                if active is not (value == "true"):
                    return False
                continue
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
            told = event.get(name.removesuffix("End")) or ""
            if not told or (told >= value if name.endswith("End") else told <= value):
                return False
        return True

    def _found(self, parts: list[str]) -> list[dict[str, Any]] | dict[str, Any] | None:
        roots: dict[str, list[dict[str, Any]]] = {
            "users": self.users,
            "userGroups": self.groups,
            "queues": self.queues,
            "queueGroups": self.queue_groups,
            "roles": self.roles,
            "skills": self.skills,
            "prsProfiles": self.profiles,
            "customIvrs": self.ivrs,
            "disruptionSets": self.sets,
        }
        rows = roots[parts[0]]
        if len(parts) > 2:
            owner, kind = parts[1], parts[2]
            if owner not in {each["id"] for each in rows}:
                return None
            rows = self._children(parts[0], owner, kind)
        if len(parts) % 2:
            if parts == ["roles"] or (len(parts) == 3 and parts[2] in ("roles", "userGroups", "queueGroups")):
                # What the samples of these lists show.
                return [{name: each[name] for name in ("id", "name")} for each in rows]
            return rows
        return next((each for each in rows if each["id"] == parts[-1]), None)

    def _children(self, root: str, owner: str, kind: str) -> list[dict[str, Any]]:
        match root, kind:
            case "users", "roles":
                return [each for each in self.roles if owner in self.role_users.get(each["id"], ())]
            case "users", "userGroups":
                return [each for each in self.groups if owner in self.group_users.get(each["id"], ())]
            case "users", "skills":
                return self.user_skills.get(owner, [])
            case "roles", "users":
                return [each for each in self.users if each["id"] in self.role_users.get(owner, ())]
            case "userGroups", "users":
                return [each for each in self.users if each["id"] in self.group_users.get(owner, ())]
            case "queues", "extensions":
                return self.extensions.get(owner, [])
            case "queues", "queueGroups":
                return [each for each in self.queue_groups if owner in self.group_queues.get(each["id"], ())]
            case "queueGroups", "queues":
                return [each for each in self.queues if each["id"] in self.group_queues.get(owner, ())]
            case "disruptionSets", "items":
                return self.items.get(owner, [])
            case "disruptionSets", "events":
                return self.events.get(owner, [])
        raise AssertionError(f"{root}/{kind} is not for this console")

    def _act(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        listed = self.events[parts[1]]
        if request.method == "POST":
            body = body_of(request)
            if problem := lacks(body, items=dict, activeFrom_=str, activeTo_=str, remarks_=str):
                raise Refused(problem)
            listed.append({**body, "id": self.made, "created": self.iso(), "modified": self.iso()})
            return httpx.Response(201, text=self.made, headers={"content-type": "text/html"})
        found = [each for each in listed if each["id"] == parts[3]]
        if not found:
            return httpx.Response(404, text="HTTP 404 Not Found", headers={"content-type": "text/plain"})
        listed.remove(found[0])
        if request.method == "PUT":
            body = body_of(request)
            assert not {"created", "modified"} & set(body)
            # All fields are updated: what is not sent is gone.
            listed.append({"created": found[0].get("created"), **body, "modified": self.iso()})
        return httpx.Response(204)

    # ---- what was asked --------------------------------------------------------------------------------------

    def asked(self, method: str = "GET") -> list[str]:
        """Paths below the base with their queries."""
        return [
            request.url.raw_path.decode().removeprefix(BASE) for request in self.requests if request.method == method
        ]

    def acted(self) -> list[tuple[str, str, Any]]:
        return [
            (request.method, request.url.path.removeprefix(BASE), body_of(request))
            for request in self.requests
            if request.method != "GET"
        ]


# ---- the adapter under test ----------------------------------------------------------------------------------


def adapter(vendor: Server, **changes: Any) -> SinchAdapter:
    settings: dict[str, Any] = {
        "name": "cc",
        "vendor": "sinch",
        "url": f"https://contact.example.net{BASE}",
        "auth": BasicAuth("mira", Secret(PASSWORD)),
        "headers": (("x-api-key", Secret(KEY)),),
    }
    built = plugin.build(
        SourceSettings(**(settings | changes)), Services(vendor.clock, transport=httpx.MockTransport(vendor))
    )
    assert isinstance(built, SinchAdapter)
    return built


def feed(source: SinchAdapter, resource: Resource, scope: str = "") -> Feed:
    (found,) = [each for each in source.feeds() if (each.resource, each.scope) == (resource, scope)]
    return found


async def read(source: SinchAdapter, resource: Resource, scope: str = "", seq: int = 1) -> list[Update]:
    return list(await feed(source, resource, scope).fetch(Ticket(1, seq, 100.0)))


async def rows(source: SinchAdapter, resource: Resource, scope: str = "") -> list[Row]:
    (update,) = await read(source, resource, scope)
    assert (update.resource, update.scope) == (resource, scope)
    return list(update.rows)


async def notices(source: SinchAdapter, scope: str = POWER) -> list[Notice]:
    return [row for row in await rows(source, Resource.NOTICES, scope) if isinstance(row, Notice)]


class Facts:
    """The board, as far as verification looks at it."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.held: dict[Key, Row] = {}
        self.at: dict[str | None, float] = {}

    async def look(self, source: SinchAdapter, scope: str = POWER) -> None:
        """Read the set and take the rows over."""
        (update,) = await read(source, Resource.NOTICES, scope)
        self.held = {key: row for key, row in self.held.items() if in_address(row.address, "set") != scope}
        self.held |= {row.key: row for row in update.rows}
        self.at[scope] = update.as_of

    def now(self) -> float:
        return self.clock.now()

    def row(self, key: Key) -> Row | None:
        return self.held.get(key)

    def rows(self, resource: Resource, source: str | None = None) -> list[Row]:
        return list(self.held.values()) if resource is Resource.NOTICES else []

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self.at.get(scope) if resource is Resource.NOTICES else None

    def proofs(self, source: str) -> list[Proof]:
        return []


def command(verb: Verb, row: Notice | None, form: str = "", **values: str) -> Command:
    """What the console makes of a key and a form."""
    if row is None:
        target = Target(
            Key("cc", Kind.SOURCE, "cc"), "cc", fingerprint(Notice(Key("cc", Kind.NOTICE, ""), NOTHING, NOTHING))
        )
    else:
        target = Target(row.key, row.title, fingerprint(row), row.address)
    args = (("form", form), *((name.rstrip("_"), value) for name, value in values.items())) if form else ()
    return Command("01", verb, target, None, args, 0.0)
