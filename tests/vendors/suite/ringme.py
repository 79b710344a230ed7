"""A hosted PBX as seed 003 and the public extras describe it: one queue, three telephones, a conference room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from tests.vendors.suite.stand import WORD, Item, Listed, Strange, changed
from tests.vendors.suite.web import WebSession, WebStand, lacks, operations, pattern, stamp
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Row
from wallboard.vendors.base import OAuthAuth, Secret

QUEUE, ANNA, BORIS, BOSS, ROOM = "34414", 32494, 32495, 32500, 34600
TO_MY_PHONE = ("eavesdrop", "whisper", "conference", "transfer", "attended_transfer", "pickup")
WITHOUT = ("hold", "offhold", "park")


def envelope(name: str) -> Any:
    return lambda page, total: {name: page}


def bare(page: list[Item], total: int) -> object:
    return page


def phone(number: int, name: str, label: str, kind: str = "phone") -> Item:
    return {"id": number, "name": name, "type": kind, "label": label, "status": "active"}


def call(number: int, owner: int, **more: object) -> Item:
    return {
        "call_api_id": f"{owner}-{number:032x}",
        "call_id": f"{number:032x}",
        "extension_id": owner,
        "call_flow": "in",
        "caller_id_number": f"+3741055{number:04}",
        "caller_id_name": f"Caller {number}",
        "called_number": "022*601",
        "called_did": None,
        "init_time_gmt": stamp(120),
        "answer_time_gmt": stamp(100),
        "real_call": True,
        "record_uuid": None,
        **more,
    }


def member(index: int, **more: object) -> Item:
    return {
        "state": "Waiting",
        "number": f"+3741056{index:04}",
        "wait_time": 30 + index,
        "joined_datetime": stamp(30 + index),
        "call_api_id": f"34414-{index:032x}",
        "serving_agent": "",
        **more,
    }


def agent(index: int, **more: object) -> Item:
    return {
        "status": "Available",
        "state": "Waiting",
        "name": f"Agent {index}",
        "name_fs": f"{200 + index}_local",
        "extension_name": f"022*{500 + index}@pbx.example",
        "call_duration": 0,
        **more,
    }


PHONES = [
    phone(ANNA, "022*341@pbx.example", "Anna's desk"),
    phone(BORIS, "022*342@pbx.example", "Boris's desk"),
    phone(BOSS, "022*300@pbx.example", "Supervisor"),
]


class RingmeStand(WebStand):
    name = "ringme"
    url = "https://pbx.example.net/api/ver1.0"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": OAuthAuth("app", Secret("S3CR3T")),
        "phone": "022*300",
        "operator": "Mira",
        "client": "@me",
    }
    documents = (
        *operations("003"),
        ("GET", pattern("/user/")),
        ("GET", pattern("/client/{client}/extension/")),
        ("GET", pattern("/client/{client}/current_calls/")),
    )
    paths: ClassVar[Mapping[str, str]] = {
        "telephones": "/client/@me/extension/",
        "members": f"/extension/{QUEUE}/queue/status/members/",
        "agents": f"/extension/{QUEUE}/queue/status/agents/",
        "calls": "/client/@me/current_calls/|/extension/[0-9]+/current_calls/",
    }
    lists = (
        Listed(
            "telephones",
            Resource.PHONES,
            lambda index: phone(40000 + index, f"022*{1000 + index}@pbx.example", f"Desk {index}"),
            lambda index: str(40000 + index),
            "id",
            ("id",),
            page=100,
            ways={"bare": bare, "wrapped": envelope("extensions")},
            nothing={"bare": [], "wrapped": {"extensions": []}},
            after=(Resource.QUEUES,),
            besides=frozenset({str(ROOM)}),
            indirect="calls are shown also where the list of telephones cannot be read",
        ),
        Listed(
            "members",
            Resource.MEMBERS,
            member,
            lambda index: f"34414-{index:032x}",
            "call_api_id",
            ("call_api_id",),
            scope=QUEUE,
            ways={"bare": bare, "wrapped": envelope("members")},
            nothing={"bare": [], "wrapped": {"members": []}},
            strange=(Strange(changed(state=WORD)),),
            after=(Resource.QUEUES,),
        ),
        Listed(
            "agents",
            Resource.AGENTS,
            agent,
            lambda index: f"{200 + index}_local",
            "name_fs",
            ("name_fs",),
            scope=QUEUE,
            ways={"bare": bare, "wrapped": envelope("agents")},
            nothing={"bare": [], "wrapped": {"agents": []}},
            strange=(Strange(changed(status=WORD)), Strange(changed(state=WORD))),
            after=(Resource.QUEUES,),
        ),
        Listed(
            "calls",
            Resource.CALLS,
            lambda index: call(index, ANNA),
            lambda index: f"{ANNA}-{index:032x}",
            "call_api_id",
            ("call_api_id",),
            ways={"wrapped": envelope("call_list"), "bare": bare},
            nothing={"wrapped": {"call_list": []}, "bare": []},
            after=(Resource.QUEUES,),
        ),
    )
    states: ClassVar[Mapping[tuple[str, str], str]] = {
        ("member", str(member(1)["call_api_id"])): "waiting",
        ("member", str(member(2)["call_api_id"])): "ringing",
        ("member", str(member(3)["call_api_id"])): "talking",
        ("agent", "136_local"): "talking",
        ("agent", "137_local"): "ready",
        ("call", str(call(1, ANNA)["call_api_id"])): "talking",
        ("call", str(call(2, BORIS)["call_api_id"])): "parked",
        ("call", str(call(3, BORIS)["call_api_id"])): "ringing",
        ("phone", str(ANNA)): "registered",
        ("phone", str(BORIS)): "unknown",
    }
    exceptions: ClassVar[Mapping[str, str]] = {}

    # ---- what there is -----------------------------------------------------------------------------------------

    def scene(self, name: str) -> list[Item]:
        match name:
            case "telephones":
                return list(PHONES)
            case "members":
                return [
                    member(1),
                    member(2, state="Trying", serving_agent="ring-all"),
                    member(3, state="Answered", serving_agent="136_local"),
                ]
            case "agents":
                busy = {"name": "Anna", "name_fs": "136_local", "extension_name": "022*341@pbx.example"}
                free = {"name": "Boris", "name_fs": "137_local", "extension_name": "022*342@pbx.example"}
                return [agent(1, **busy, state="In a queue call", call_duration=90), agent(2, **free)]
            case _:
                return [
                    call(1, ANNA, record_uuid="32494-AB12"),
                    call(2, BORIS),
                    call(3, BORIS, answer_time_gmt=None),
                    call(4, BOSS),
                ]

    def listed(self, path: str, query: Mapping[str, str]) -> Listed | None:
        found = super().listed(path, query)
        return None if found is not None and found.name == "telephones" and query.get("type") != "phone" else found

    def page(self, listed: Listed, query: Mapping[str, str]) -> tuple[int, int]:
        if not listed.page:
            return super().page(listed, query)
        size = int(query["per_page"])
        return (int(query["page"]) - 1) * size, size

    def thing(self, path: str, query: Mapping[str, str]) -> object:
        parts = path.strip("/").split("/")
        match parts:
            case ["user"]:
                return {"admin": False, "client_id": 12, "id": 5, "login": "mira"}
            case ["client", _, "extension"]:
                rows = {
                    "queue": [phone(int(QUEUE), "022*601@pbx.example", "Sales", "queue")],
                    "conference": [phone(ROOM, "022*700@pbx.example", "Big room", "conference")],
                }
                return rows.get(query["type"], []) if query["page"] == "1" else []
            case ["extension", "registration"]:
                # httpx joins repeated parameters; what counts is that each has an answer.
                return [{"extension_id": ANNA, "registered": True, "registrations": []}]
            case ["extension", owner, *rest]:
                return self._of(owner, rest)
        return ...

    def _of(self, owner: str, rest: list[str]) -> object:
        profiles = {str(ANNA): {"id": 136, "name": "Anna"}, str(BORIS): {"id": 137, "name": "Boris"}}
        recording = {"record_uuid": "u-1", "duration": 61, "flow": "in", "result": "answered"}
        voicemail = {"record_uuid": "u-2", "duration": 5, "flow": "in", "result": "voicemail"}
        match rest:
            case ["extension"]:
                return next((each for each in PHONES if str(each["id"]) == owner), {"id": owner, "name": "022*601"})
            case ["queue"]:
                return {"strategy": "longest-idle-agent", "max_wait_time": 300}
            case ["queue", "status"]:
                return {"waiting_members": 1, "trying_members": 1, "answered_members": 1}
            case ["queue", "agents", kind]:
                return [{"agent_id": 136, "level": 1, "position": 1}] if kind == "local" else []
            case ["queue", "agents", _, identity]:
                return {"agent_id": int(identity), "level": 1, "position": 1}
            case ["agent"]:
                return [profiles[owner]] if owner in profiles else []
            case ["agent", _]:
                return profiles.get(owner, ...)
            case ["current_calls", identity]:
                return next((each for each in self.rows["calls"] if each["call_api_id"] == identity), ...)
            case ["record"]:
                return [recording, voicemail]
            case ["record", "stats"]:
                return {"records_count": 2, "files_size": 1024}
            case ["record" | "voicemail", _, "storage_url"]:
                return {"storage_url": "https://files.example.net/u-1.mp3"}
            case ["registration"]:
                return [{"id": "a", "contact": "sip:341@192.0.2.1"}]
            case ["phone"] | ["ani"] | ["conference"]:
                return {"name": "x"}
            case ["conference", "status"]:
                return {"answer": "2"}
        return ...

    # ---- what can be done ----------------------------------------------------------------------------------------

    def sign_in(self, path: str) -> object:
        return {"access_token": f"T{self.signed_in}", "expires_in": 3600} if path == "/oauth/token" else ...

    def unfit(self, method: str, path: str, body: Any) -> str:
        place = path.strip("/").split("/")[2:]
        match method, place:
            case "DELETE", ["current_calls", _] | ["queue", "agents", "local" | "remote", _]:
                return "it takes no body" if body is not None else ""
            case "PUT", ["current_calls", _]:
                wanted = (*TO_MY_PHONE, *WITHOUT)
                needs = isinstance(body, dict) and body.get("action") in TO_MY_PHONE
                return lacks(body, action=wanted, send_dst=str) if needs else lacks(body, action=wanted)
            case "PUT", ["valet_park", _]:
                return lacks(body, action=("park", "bridge", "slots"), slot_=int)
            case "POST", ["callback"]:
                return lacks(body, src_num=list, dst_num=str)
            case "PUT", ["agent", _]:
                return lacks(body, status=("available", "logged_out"))
            case "POST", ["queue", "agents", "local" | "remote"]:
                return lacks(body, agent_id=int, level=int, position=int)
            case "PUT", ["queue", "agents", "local" | "remote", _]:
                return lacks(body, level=int, position=int)
            case "PUT", ["conference", "status"]:
                switches = {f"{name}_": bool for name in ("mute", "deaf", "lock", "stop_play", "enter_sound")}
                return lacks(body, member_id_=int, **switches) or ("" if body else "nothing is asked for")
            case "PUT", ["speech_to_text", _]:
                return lacks(body, action=("start", "stop"), direction=("in", "out"), url_=str)
        return "not for a console"

    def done(self, method: str, path: str, body: Any) -> httpx.Response:
        return httpx.Response(204) if method == "DELETE" else httpx.Response(200, json={"ok": True})

    async def prepare(self, session: WebSession) -> None:
        """Only what this console parked is known to be parked."""
        rows = await session.all_rows()
        parked = next(row for row in rows if isinstance(row, Call) and row.key.id == call(2, BORIS)["call_api_id"])
        await session.adapter.perform(session.command(Verb.PARK, parked), parked)
        self.acted.clear()

    def destination(self, verb: Verb, row: Row | None) -> str:
        return "022*342" if verb in (Verb.TRANSFER, Verb.ATTENDED) else ""

    def args(self, verb: Verb, row: Row | None) -> dict[str, str]:
        return {"queue": QUEUE} if verb in (Verb.STAFF, Verb.UNSTAFF) else {}
