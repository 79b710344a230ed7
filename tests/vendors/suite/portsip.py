"""A PortSIP PBX as seed 004 and its public document describe it: one queue, two agents, a receptionist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from tests.vendors.portsip.contract import EVERYTHING, Refused, operation_of
from tests.vendors.suite.stand import WORD, Item, Listed, Strange, changed
from tests.vendors.suite.web import WebStand, pattern, stamp
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Row
from wallboard.vendors.base import LoginAuth, Secret

QUEUE = "700551909773148160"
CALLER = "00431334081002"
ISO = "%Y-%m-%dT%H:%M:%SZ"


def pages(page: list[Item], total: int) -> object:
    return {"count": total, "items": page}


WAYS: dict[str, Any] = {
    "wrapped": pages,
    "bare": lambda page, total: page,
    "without a count": lambda page, total: {"items": page},
}
NOTHING: dict[str, object] = {"wrapped": {"count": 0, "items": []}, "null": {"count": 0, "items": None}, "bare": []}


def queue(index: int, **more: object) -> Item:
    base = {"id": str(int(QUEUE) + index), "name": f"Queue {index}", "extension_number": str(8001 + index)}
    return {**base, "ring_time": 20, "polling_strategy": "CYCLIC_HUNT", **more}


def waiting(index: int, **more: object) -> Item:
    base = {"session_id": str(884761305393664000 + index), "extension_number": f"0043133408{index:04}"}
    return {**base, "display_name": f"Caller {index}", "waiting_time": 30 + index, **more}


def agent(index: int, **more: object) -> Item:
    named = {"extension_number": str(1000 + index), "display_name": f"Agent {index}", "skill_level": 3}
    return {**named, "status": "READY", **more}


def session(index: int, caller: str, callee: str, talking: int = 187) -> Item:
    leg = {
        "caller": caller,
        "caller_display_name": "T. Young",
        "callee": callee,
        "trunk": "carrier-a",
        "started_at": stamp(200, ISO),
        "talking_time": talking,
    }
    return {"id": str(884757570370146000 + index), "calls": [leg]}


def user(index: int, **more: object) -> Item:
    base = {"id": str(900000000 + index), "name": f"user{index}", "display_name": f"User {index}"}
    return {**base, "extension_number": str(1000 + index), "role": "Agent", "enabled": True, **more}


def receptionist(index: int, **more: object) -> Item:
    week = {
        day: {"enabled": True, "ranges": [{"from": "09:00", "to": "17:00"}]}
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    }
    rule = {
        "user_input": "1",
        "office_hours": {"mode": "CUSTOM", **week},
        "office_hours_forward_rule": {"action": "FORWARD_TO_NUMBER", "number": "8001"},
        "non_office_hours_forward_rule": {"action": "FORWARD_TO_VOICEMAIL", "number": "101"},
        "holidays": [],
    }
    return {
        "id": str(600000000 + index),
        "name": f"Menu {index}",
        "extension_number": str(5000 + index),
        "language": "en-US",
        "dtmf_interval": 2,
        "enable_pin": False,
        "timeout_forward_rule": {"timeout": 30, "repeat_times": 3, "action": "FORWARD_TO_NUMBER", "number": "8001"},
        "failure_forward_rule": {"action": "FORWARD_TO_VOICEMAIL", "number": "101"},
        "custom_forward_rules": [rule],
        "outbound_caller_ids": [],
        **more,
    }


class PortsipStand(WebStand):
    name = "portsip"
    url = "https://pbx.example.net:8887/api"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": LoginAuth("mira", Secret("S3CR3T"), "example.net"),
        "phone": "100",
        "options": {"push": False},
    }
    documents = tuple((method, pattern(path)) for method, path in EVERYTHING)
    paths: ClassVar[Mapping[str, str]] = {
        "queues": "/call_queues",
        "waiting": f"/call_queues/{QUEUE}/waiting",
        "agents": f"/call_queues/{QUEUE}/agents",
        "sessions": "/sessions",
        "users": "/users",
        "receptionists": "/ivrs",
    }
    lists = (
        Listed(
            "queues",
            Resource.QUEUES,
            queue,
            lambda index: str(int(QUEUE) + index),
            "id",
            ("id",),
            page=100,
            ways=WAYS,
            nothing=NOTHING,
            strange=(Strange(changed(polling_strategy=WORD.lower()), state=False),),
        ),
        Listed(
            "waiting",
            Resource.MEMBERS,
            waiting,
            lambda index: str(884761305393664000 + index),
            "session_id",
            ("session_id",),
            scope=QUEUE,
            ways=WAYS,
            nothing=NOTHING,
            after=(Resource.QUEUES,),
        ),
        Listed(
            "agents",
            Resource.AGENTS,
            agent,
            lambda index: str(1000 + index),
            "extension_number",
            ("extension_number",),
            scope=QUEUE,
            ways=WAYS,
            nothing=NOTHING,
            strange=(Strange(changed(status=WORD)),),
            after=(Resource.QUEUES,),
        ),
        Listed(
            "sessions",
            Resource.CALLS,
            lambda index: session(index, CALLER, "1001"),
            lambda index: str(884757570370146000 + index),
            "id",
            ("id",),
            ways=WAYS,
            nothing=NOTHING,
        ),
        Listed(
            "users",
            Resource.PHONES,
            user,
            lambda index: str(1000 + index),
            "extension_number",
            ("id", "extension_number"),
            page=100,
            ways=WAYS,
            nothing=NOTHING,
            after=(Resource.QUEUES,),
        ),
        Listed(
            "receptionists",
            Resource.RECEPTIONISTS,
            receptionist,
            lambda index: str(600000000 + index),
            "id",
            ("id",),
            page=100,
            ways=WAYS,
            nothing=NOTHING,
            strange=(
                Strange(changed(timeout_forward_rule={"action": WORD.upper()}), state=False),
                Strange(changed(language=WORD), state=False),
            ),
        ),
    )
    states: ClassVar[Mapping[tuple[str, str], str]] = {
        ("member", "884761305393664001"): "waiting",
        ("agent", "1001"): "ready",
        ("agent", "1002"): "break",
        ("agent", "1003"): "off",
        ("call", "884757570370146001"): "talking",
        ("call", "884757570370146003"): "ringing",
        ("phone", "1001"): "registered",
    }
    exceptions: ClassVar[Mapping[str, str]] = {}

    def scene(self, name: str) -> list[Item]:
        match name:
            case "queues":
                return [queue(0)]
            case "waiting":
                return [waiting(1)]
            case "agents":
                return [agent(1), agent(2, status="NOT_READY"), agent(3, status="LOGGED_OUT")]
            case "sessions":
                return [session(1, CALLER, "1001"), session(2, "1001", "1002"), session(3, CALLER, "1003", 0)]
            case "users":
                return [user(1), user(2)]
            case _:
                return [receptionist(1)]

    def page(self, listed: Listed, query: Mapping[str, str]) -> tuple[int, int]:
        return (int(query["skip"]), int(query["top"])) if listed.page else super().page(listed, query)

    def shown(self, listed: Listed, item: Item, query: Mapping[str, str]) -> Item | None:
        """Lists are summaries: an agent's status and a receptionist's rules are asked for one by one."""
        if listed.name == "agents":
            return {name: value for name, value in item.items() if name != "status"}
        if listed.name == "receptionists":
            return {name: item[name] for name in ("id", "name", "extension_number") if name in item}
        return item

    def thing(self, path: str, query: Mapping[str, str]) -> object:
        match path.strip("/").split("/"):
            case ["tenant"]:
                return {"name": "Example", "domain": "example.net", "timezone": "Europe/Vienna"}
            case ["holidays"]:
                return pages([], 0)
            case ["call_queues", identity]:
                return self._one("queues", "id", identity)
            case ["call_queues" | "ivrs", _, "status"]:
                return {"status": "ONLINE"}
            case ["call_queues", _, "waiting" | "agents"]:
                return pages([], 0)
            case ["call_queues", _, "agents", number]:
                return self._one("agents", "extension_number", number)
            case ["sessions", identity]:
                return self._one("sessions", "id", identity)
            case ["users", _, "status"]:
                return {"status": "ONLINE", "presence": "AVAILABLE", "registration": [{"user_agent": "Phone 1"}]}
            case ["users", _, "call_queues"]:
                return pages([queue(0)], 1)
            case ["ivrs", identity]:
                return self._one("receptionists", "id", identity)
        return ...

    def _one(self, name: str, field: str, identity: str) -> object:
        return next((row for row in self.rows[name] if str(row[field]) == identity), ...)

    def sign_in(self, path: str) -> object:
        token = {"access_token": f"T{self.signed_in}", "expires_in": 1800, "refresh_token": "R"}
        return token if path in ("/login", "/auth/refresh_token") else ...

    def unfit(self, method: str, path: str, body: Any) -> str:
        try:
            template, _ = operation_of(method, path)
        except Refused as refused:
            return str(refused)
        shape = EVERYTHING[method, template].body
        if shape is None:
            return "it takes no body" if body is not None else ""
        return str(shape.problem(body))

    def done(self, method: str, path: str, body: Any) -> httpx.Response:
        return httpx.Response(200, json={"id": "884757570370149999"}) if path == "/sessions" else httpx.Response(200)

    def destination(self, verb: Verb, row: Row | None) -> str:
        if verb is Verb.ATTENDED:
            # It joins two calls: the other party of the agent's other call.
            return "1002" if isinstance(row, Call) and CALLER in row.from_number else CALLER
        return "8100" if verb is Verb.TRANSFER else ""
