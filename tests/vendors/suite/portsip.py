"""A PortSIP PBX: one queue, two agents, a receptionist."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from tests.vendors.portsip.server import Server
from tests.vendors.server import Item, bare, stamp
from tests.vendors.suite.stand import WORD, Listed, Strange, changed
from tests.vendors.suite.web import WebStand
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
    "bare": bare,
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
    sign_in = "/login|/auth/refresh_token"
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

    server: Server

    def vendor(self) -> tuple[Server, Mapping[str, tuple[MutableMapping[str, Any], str]]]:
        server = Server()
        server.queues = [queue(0)]
        server.waiting[QUEUE] = [waiting(1)]
        server.agents[QUEUE] = [agent(1), agent(2, status="NOT_READY"), agent(3, status="LOGGED_OUT")]
        server.sessions = [session(1, CALLER, "1001"), session(2, "1001", "1002"), session(3, CALLER, "1003", 0)]
        server.users, server.ivrs = [user(1), user(2)], [receptionist(1)]
        kept = {name: (vars(server), name) for name in ("queues", "sessions", "users")}
        several = {"waiting": (server.waiting, QUEUE), "agents": (server.agents, QUEUE)}
        return server, {**kept, **several, "receptionists": (vars(server), "ivrs")}

    def destination(self, verb: Verb, row: Row | None) -> str:
        if verb is Verb.ATTENDED:
            # It joins two calls: the other party of the agent's other call.
            return "1002" if isinstance(row, Call) and CALLER in row.from_number else CALLER
        return "8100" if verb is Verb.TRANSFER else ""
