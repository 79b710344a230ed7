"""A hosted PBX: one queue, three telephones, a conference room."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from tests.vendors.ringme.server import PHONES, QUEUES, Server, agent, call, member, phone
from tests.vendors.server import bare
from tests.vendors.suite.stand import WORD, Listed, Strange, changed
from tests.vendors.suite.web import WebSession, WebStand
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Row
from wallboard.vendors.base import OAuthAuth, Secret

QUEUE, ANNA, BORIS, BOSS, ROOM = "34414", 32494, 32495, 32500, 34600


def envelope(name: str) -> Any:
    return lambda page, total: {name: page}


class RingmeStand(WebStand):
    name = "ringme"
    url = "https://pbx.example.net/api/ver1.0"
    settings: ClassVar[Mapping[str, Any]] = {
        "auth": OAuthAuth("app", Secret("S3CR3T")),
        "phone": "022*300",
        "operator": "Mira",
        "client": "@me",
    }
    sign_in = "/oauth/token"
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

    server: Server

    def vendor(self) -> tuple[Server, Mapping[str, tuple[MutableMapping[str, Any], str]]]:
        server = Server(archive=True)
        server.queues, server.phones, server.registered = QUEUES[:1], list(PHONES), {str(ANNA): True}
        server.members[QUEUE] = [
            member(1),
            member(2, state="Trying", serving_agent="ring-all"),
            member(3, state="Answered", serving_agent="136_local"),
        ]
        busy = {"name": "Anna", "name_fs": "136_local", "extension_name": "022*341@pbx.example"}
        free = {"name": "Boris", "name_fs": "137_local", "extension_name": "022*342@pbx.example"}
        server.agents[QUEUE] = [agent(1, **busy, state="In a queue call", call_duration=90), agent(2, **free)]
        server.calls = [
            call(1, ANNA, record_uuid="32494-AB12"),
            call(2, BORIS),
            call(3, BORIS, answer_time_gmt=None),
            call(4, BOSS),
        ]
        places: dict[str, tuple[MutableMapping[str, Any], str]] = {
            "telephones": (vars(server), "phones"),
            "members": (server.members, QUEUE),
            "agents": (server.agents, QUEUE),
            "calls": (vars(server), "calls"),
        }
        return server, places

    def listed(self, path: str, query: Mapping[str, str]) -> Listed | None:
        found = super().listed(path, query)
        return None if found is not None and found.name == "telephones" and query.get("type") != "phone" else found

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
