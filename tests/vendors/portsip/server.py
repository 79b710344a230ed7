"""A PortSIP PBX that takes only what the vendor's public document promises, in our own words (`document.py`).

A request on an unknown path, with an unknown parameter or field, of a wrong type or beyond a limit raises `Refused`.
Answers are made from what the PBX holds; where it holds nothing, from the description, with every field filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx

from tests.vendors.portsip.document import (
    AGENT_SHORT,
    EVERYTHING,
    IVR_SHORT,
    NUMBER,
    QUEUE_SHORT,
    Object,
    Operation,
    Whole,
    operation_of,
)
from tests.vendors.server import Item, Lists, Refused

Respond = Callable[[httpx.Request], httpx.Response | Any]
BASE = "/api"


class Server(Lists):
    """`answers` by (method, template) or (method, path): an object to answer with, a response, or a function of the
    request. `tokens` are those that count; `keeps` the fields of a receptionist that a write does not replace."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[httpx.Request] = []
        self.sent: list[tuple[str, str, Any]] = []
        self.answers: dict[tuple[str, str], Any] = {}
        self.tokens: set[str] = {"T0K3N"}
        self.queues: list[Item] | None = None
        """None: it holds nothing at all."""
        self.waiting: dict[str, list[Item]] = {}
        self.agents: dict[str, list[Item]] = {}
        self.states: dict[str, Any] = {}
        """What agents do, by extension, where their row does not say."""
        self.sessions: list[Item] = []
        self.users: list[Item] = []
        self.ivrs: list[Item] = []
        self.holidays: list[Item] = []
        self.tenant: Item = {"id": "t", "timezone": "Europe/Vienna"}
        self.keeps: tuple[str, ...] = ()
        self.before_write: Callable[[], None] = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.raw_path.decode().partition("?")[0]
        if not path.startswith(BASE + "/"):
            raise Refused(f"{path} is not below {BASE}")
        path = path.removeprefix(BASE)
        template = operation_of(request.method, path)
        operation = EVERYTHING[request.method, template]
        self._check_ids(template, path)
        self._check_query(request, operation)
        body = self._body(request, operation)
        self.sent.append((request.method, path, body))
        if not operation.open and request.headers.get("authorization", "") not in {f"Bearer {t}" for t in self.tokens}:
            return error(401, "UNAUTHORIZED", "no valid token")
        given = self.answers.get((request.method, path), self.answers.get((request.method, template)))
        if callable(given):
            given = given(request)
        if given is None:
            given = self._held(request, path, body)
        if isinstance(given, httpx.Response):
            return given
        if given is not None:
            return httpx.Response(operation.status, json=given)
        if operation.answer is None:
            return httpx.Response(operation.status)
        return httpx.Response(operation.status, json=operation.answer.sample())

    def _held(self, request: httpx.Request, path: str, body: Any) -> Any:
        """What the PBX holds; None where nothing is held of it."""
        if self.queues is None:
            return None
        match request.method, path.strip("/").split("/"):
            case "GET", ["call_queues"]:
                return self._page(request, "queues", _short(self.queues, *QUEUE_SHORT))
            case "GET", ["call_queues", identity]:
                return _one(self.queues, "id", identity)
            case "GET", ["call_queues", identity, "waiting"]:
                return self._page(request, "waiting", self.waiting.get(identity, []))
            case "GET", ["call_queues", identity, "agents"]:
                return self._page(request, "agents", _short(self.agents.get(identity, []), *AGENT_SHORT, "zNew"))
            case "GET", ["call_queues", identity, "agents", number]:
                known = self.states.get(number)
                found = _one(self.agents.get(identity, []), "extension_number", number)
                return found if known is None or isinstance(found, httpx.Response) else {**found, "status": known}
            case "GET", ["sessions"]:
                return self._page(request, "sessions", self.sessions)
            case "GET", ["sessions", identity]:
                return _one(self.sessions, "id", identity)
            case "GET", ["users"]:
                return self._page(request, "users", self.users)
            case "GET", ["tenant"]:
                return self.tenant
            case "GET", ["holidays"]:
                return self._page(request, "holidays", self.holidays)
            case "GET", ["ivrs"]:
                return self._page(request, "receptionists", _short(self.ivrs, *IVR_SHORT))
            case "GET", ["ivrs", identity]:
                return _one(self.ivrs, "id", identity)
            case "POST", ["ivrs", identity]:
                found = _one(self.ivrs, "id", identity)
                if isinstance(found, httpx.Response):
                    return found
                self.before_write()
                self.ivrs[self.ivrs.index(found)] = self.replaced(found, body)
        return None

    def replaced(self, old: Item, body: Item) -> Item:
        """A receptionist after a write: what is not sent is gone, and a holiday is sent by its id."""
        new = {**old, **{name: None for name in old if name not in ("id", "extension_number", *self.keeps)}, **body}
        rules = new.get("custom_forward_rules") or []
        held = {each["id"]: each for each in self.holidays}
        new["custom_forward_rules"] = [
            {**rule, "holidays": [held[each] for each in rule.get("holidays") or () if each in held]} for rule in rules
        ]
        return new

    def _page(self, request: httpx.Request, name: str, rows: list[Item]) -> object:
        skip, top = int(request.url.params.get("skip", 0)), int(request.url.params.get("top", 1 << 30))
        return self.listing(name, rows, lambda page, total: {"count": total, "items": page}, skip, top)

    @staticmethod
    def _check_ids(template: str, path: str) -> None:
        number = path.rpartition("/")[2]
        if template.endswith("{agent_number}") and (why := NUMBER.problem(number)):
            raise Refused(f"agent_number {number}: {why}")

    @staticmethod
    def _check_query(request: httpx.Request, operation: Operation) -> None:
        for name, text in parse_qsl(request.url.query.decode(), keep_blank_values=True):
            shape = operation.query.get(name)
            if shape is None:
                raise Refused(f"{request.url.path} takes no parameter {name}")
            value: Any = int(text) if isinstance(shape, Whole) and re.fullmatch("-?[0-9]+", text) else text
            if why := shape.problem(value):
                raise Refused(f"{request.url.path}: {name}: {why}")

    @staticmethod
    def _body(request: httpx.Request, operation: Operation) -> Any:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if operation.form is not None:
            if kind != "application/x-www-form-urlencoded":
                raise Refused(f"{request.url.path} takes a form, not {kind}")
            body: Any = dict(parse_qsl(request.content.decode()))
        elif operation.body is not None:
            if kind != "application/json":
                raise Refused(f"{request.url.path} takes JSON, not {kind or 'nothing'}")
            body = json.loads(request.content)
        else:
            if request.content:
                raise Refused(f"{request.url.path} takes no body")
            return None
        if why := (operation.form or operation.body or Object({})).problem(body):
            raise Refused(f"{request.method} {request.url.path}: {why}")
        return body

    def acted(self) -> list[tuple[str, Any]]:
        """What was posted, sign-ins left out: path and body."""
        return [
            (path, body)
            for method, path, body in self.sent
            if method == "POST" and not path.startswith(("/login", "/auth/"))
        ]

    def read(self, path: str) -> int:
        """How often a path was read."""
        return sum(1 for method, asked, _ in self.sent if method == "GET" and asked == path)


def error(status: int, code: str, message: str) -> httpx.Response:
    """An error as this vendor words one."""
    return httpx.Response(status, json={"errors": [{"code": code, "message": message}]})


def paged(rows: list[Any], *, count: bool = True) -> Respond:
    """Answers a list page by page as `skip` and `top` ask."""

    def answer(request: httpx.Request) -> Any:
        skip, top = int(request.url.params.get("skip", 0)), int(request.url.params.get("top", 100))
        page = rows[skip : skip + top]
        return {"count": len(rows), "items": page} if count else {"items": page}

    return answer


def _short(rows: list[Item], *names: str) -> list[Any]:
    """Lists are summaries: the rest is asked for one by one."""
    return [{name: row[name] for name in names if name in row} for row in rows]


def _one(rows: list[Item], field: str, identity: str) -> Any:
    found = next((row for row in rows if str(row.get(field)) == identity), None)
    return error(404, "NOT_FOUND", "not found") if found is None else found
