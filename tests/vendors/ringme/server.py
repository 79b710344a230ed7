"""A hosted PBX as seed 003 and the public extras describe it: it checks every request and remembers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.vendors.server import NOW, Item, Lists, Refused, bare, body_of, lacks, operations, stamp, template_of
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Target, Verb, fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Row
from wallboard.domain.update import Update
from wallboard.vendors.base import BearerAuth, Feed, Secret, Services, SourceSettings, Ticket
from wallboard.vendors.ringme.adapter import RingmeAdapter

BASE = "/api/ver1.0"


def phone(number: int | str, name: str, label: str, kind: str = "phone") -> Item:
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


STATUS: dict[str, Any] = {"waiting_members": 4, "trying_members": 1, "answered_members": 3}
MEMBERS = [
    member(
        1,
        number="+37410555012",
        wait_time=94,
        joined_datetime="2026-03-02 08:12:33",
        call_api_id="34414-c69226e0a64e11eaa0086fd86d94a0e0",
    ),
    member(
        2,
        state="Trying",
        number="+37410555077",
        wait_time=131,
        joined_datetime="2026-03-02 08:11:56",
        call_api_id="34414-d0aa11d2a64e11eaa0086fd86d94a0e0",
        serving_agent="ring-all",
    ),
    member(
        3,
        state="Answered",
        number="anonymous",
        wait_time=12,
        joined_datetime="2026-03-02 08:05:00.42",
        call_api_id="34414-e1bb",
        serving_agent="136_local",
    ),
    member(4, state="Abandoned", number="", wait_time=45, joined_datetime=None, call_api_id=None, serving_agent=None),
]
AGENTS = [
    agent(
        1,
        state="In a queue call",
        name="Anna",
        name_fs="136_local",
        extension_name="022*341@pbx.example",
        call_duration=187,
    ),
    agent(2, status="available", name="Boris", name_fs="137_local", extension_name="022*342@pbx.example"),
    agent(
        3, status="On Break", name="Chen", name_fs="138_local", extension_name="022*343@pbx.example", call_duration=None
    ),
    agent(
        4,
        status={"name": "logged_out"},
        state="Idle",
        name="Dana",
        name_fs="9_remote",
        extension_name="031*101@pbx.example",
    ),
]
_ANNAS = {"id": 32494, "name": "022*341@pbx.example", "client_id": 12, "type": "phone", "extension_group_id": 3}
CALLS = [
    call(
        1,
        32494,
        call_api_id="32494-02abb9ee685a11ea94bfe17eb6eaecba",
        call_id="02abb9ee685a11ea94bfe17eb6eaecba",
        subcall_id="1",
        caller_id_number="+37410555012",
        caller_id_name="Acme",
        called_number="022*200",
        called_did="37460700700",
        init_time_gmt="2026-03-02 08:05:12.98",
        answer_time_gmt="2026-03-02 08:05:20",
        callback_id=None,
        caller_extension=None,
        called_extension=_ANNAS,
    ),
    call(
        2,
        32495,
        call_api_id="32495-77",
        call_flow="out",
        caller_id_number="022*342",
        caller_id_name="",
        called_number="+37410555100",
        init_time_gmt="2026-03-02 08:13:59",
        answer_time_gmt=None,
        real_call=False,
        record_uuid="32495-AB12",
    ),
]
PHONES = [
    phone(32494, "022*341@pbx.example", "Anna's desk"),
    phone("32495", "022*342@pbx.example", ""),
    phone(32500, "022*300@pbx.example", "Supervisor"),
]
QUEUES = [
    phone(34414, "022*601@pbx.example", "Sales", "queue"),
    phone(34415, "022*602@pbx.example", "Support", "queue"),
]
ROOM: dict[str, Any] = {"id": 34600, "name": "022*690@pbx.example", "type": "conference", "label": "Morning meeting"}
DANA = phone(32600, "031*101@pbx.example", "Dana")
"""The telephone of the external agent."""
RECORDINGS: list[dict[str, Any]] = [
    {
        "record_uuid": "32494-OLD",
        "init_time_gmt": "2026-03-01 10:00:00.5",
        "duration": 3725,
        "flow": "out",
        "result": "answered",
        "hangup_disposition": "callee_bye",
        "source_number": "022*341",
        "dest_number": "+37410555100",
        "record_file_size": 1_400_000,
    },
    {
        "record_uuid": "32494-NEW",
        "init_time_gmt": "2026-03-02 08:00:00",
        "duration": "247",
        "flow": "in",
        "result": "answered",
        "hangup_disposition": "caller_bye",
        "source_number": "+37410555012",
        "from_screen_name": "Acme",
        "dest_number": "022*341",
        "record_file_size": 900,
    },
    {
        "record_uuid": "32494-VM",
        "init_time_gmt": "2026-03-02 07:00:00",
        "duration": 34,
        "flow": "in",
        "result": "voicemail",
        "hangup_disposition": "caller_bye",
        "source_number": "+37410555077",
        "record_file_size": None,
    },
]
PHONE_SETTINGS: dict[str, Any] = {
    "name": "022*341",
    "vm_enabled": True,
    "conference_pin": "9173",
    "replace_pin": "4455",
    "record_transfer": False,
    "hold_music": None,
    "vm_mailto": "None",
}
RATE = {"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "2900", "X-RateLimit-Reset": "1260"}

EXTRAS = (("GET", "/user/"), ("GET", "/client/{client}/extension/"), ("GET", "/client/{client}/current_calls/"))
"""What is public beside the document: who one is, and lists of a whole account."""
TO_MY_PHONE = ("eavesdrop", "whisper", "conference", "transfer", "attended_transfer", "pickup")
WITHOUT = ("hold", "offhold", "park")

Reply = httpx.Response | Callable[[httpx.Request], httpx.Response] | Exception


def ok(data: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=data, headers={**RATE, **headers})


MISSING = ok({"message": "Not found"}, 404)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived. `path` is raw, below the base."""

    method: str
    path: str
    query: str
    body: Any
    headers: Mapping[str, str]


ROOM_ANSWERS: dict[str, httpx.Response] = {
    "show_members": ok([{"member_id": 3, "caller_id_number": "022*341", "mute": False}]),
    "is_locked": ok(False),
    "max_members": ok({"max_members": 20}),
    "count": httpx.Response(200, text="one member\nreally", headers={"content-type": "text/plain"}),
    "run_time": ok(61),
}


class Server(Lists):
    """Two queues, three telephones, the documented lists in the first queue; `archive` adds an external agent's
    telephone and a conference room. `routes` ("GET /user/") replace what one request gets."""

    def __init__(self, *, archive: bool = False) -> None:
        super().__init__()
        self.routes: dict[str, Reply] = {}
        self.everywhere: Reply | None = None
        """What all requests get that `routes` do not name."""
        self.rate = RATE
        self.log: list[Seen] = []
        self.tokens = 0
        self.queues = list(QUEUES)
        self.phones = [*PHONES, DANA] if archive else list(PHONES)
        self.rooms = [ROOM] if archive else []
        self.calls = list(CALLS)
        self.members: dict[str, list[Item]] = {"34414": list(MEMBERS)}
        self.agents: dict[str, list[Item]] = {str(queue["id"]): list(AGENTS) for queue in QUEUES}
        self.places: dict[str, list[Item]] = {"local": [{"agent_id": 136, "level": 2, "position": 1}]}
        self.places["remote"] = [{"agent_id": "9", "level": 1, "position": 4}]
        self.profiles: dict[str, Item] = {
            "32494": {"id": 136, "name": "Anna", "extension_id": 32494, "wrap_up_time": 10},
            "32495": {"id": 137, "name": "Boris", "extension_id": 32495},
        } | ({"32600": {"id": 9, "name": "Dana"}} if archive else {})
        self.registered: dict[str, bool] = {"32494": True, "32495": False}
        self.hooks: dict[str, list[Item]] = {}
        """Subscriptions to events, by extension."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii").partition("?")[0].removeprefix(BASE)
        query, body = request.url.query.decode("ascii"), body_of(request)
        if path == "/oauth/token":
            self.tokens += 1
            return ok({"access_token": f"T{self.tokens}", "expires_in": 3600})
        template_of(request.method, path, (*operations("003"), *EXTRAS))
        self.log.append(Seen(request.method, path, query, body, dict(request.headers)))
        reply = self.routes.get(f"{request.method} {path}", self.everywhere)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            # A response is used up by one reading.
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        if reply is not None:
            return reply(request)
        parts = path.strip("/").split("/")
        found = self._get(parts, dict(request.url.params)) if request.method == "GET" else self._act(request, parts)
        if isinstance(found, httpx.Response):
            return found
        return MISSING if found is ... else httpx.Response(200, json=found, headers=self.rate)

    # ---- reading -----------------------------------------------------------------------------------------------

    def _get(self, parts: list[str], query: Mapping[str, str]) -> object:
        match parts:
            case ["user"]:
                return {"admin": False, "client_id": 12, "id": 5, "login": "mira"}
            case ["client", _, "extension"]:
                size, kind = int(query["per_page"]), query["type"]
                rows = {"queue": self.queues, "phone": self.phones, "conference": self.rooms}.get(kind, [])
                name = "telephones" if kind == "phone" else f"{kind}s"
                return self.listing(name, rows, bare, (int(query["page"]) - 1) * size, size)
            case ["client", _, "current_calls"]:
                return self._calls(self.calls)
            case ["extension", "registration"]:
                return [
                    {"extension_id": owner, "registered": there, "registrations": []}
                    for owner, there in self.registered.items()
                ]
            case ["extension", owner, *rest]:
                return self._of(owner, rest, query)
        return ...

    def _calls(self, rows: list[Item]) -> object:
        return self.listing("calls", rows, lambda page, total: {"call_list": page})

    def _of(self, owner: str, rest: list[str], query: Mapping[str, str]) -> object:
        things = [*self.queues, *self.phones, *self.rooms]
        thing = next((each for each in things if str(each.get("id")) == owner), None)
        match rest:
            case ["event"]:
                return self.listing("webhooks", self.hooks.get(owner, []), bare)
            case ["current_calls"]:
                return self._calls([each for each in self.calls if str(each.get("extension_id", owner)) == owner])
            case ["current_calls", identity]:
                return next((each for each in self.calls if str(each.get("call_api_id")) == identity), ...)
            case ["agent"]:
                return [self.profiles[owner]] if owner in self.profiles else []
            case ["agent", _]:
                profile = {"status": {"status": "available"}, "extra_params": None, **self.profiles.get(owner, {})}
                return {name: value for name, value in profile.items() if name != "extension_id"}
            case ["queue", *about] if thing in self.queues:
                return self._queue(owner, about)
        return ... if thing is None else self._thing(owner, thing, rest, query)

    def _queue(self, queue: str, about: list[str]) -> object:
        match about:
            case []:
                return {"strategy": "longest-idle-agent", "max_wait_time": 300, "record_enabled": True}
            case ["status"]:
                return STATUS
            case ["status", "members"]:
                return self.listing("members", self.members.get(queue, []), bare)
            case ["status", "agents"]:
                return self.listing("agents", self.agents.get(queue, []), bare)
            case ["agents", kind]:
                return self.places[kind]
            case ["agents", kind, identity]:
                return next((each for each in self.places[kind] if str(each["agent_id"]) == identity), ...)
        return ...

    def _thing(self, owner: str, thing: Item, rest: list[str], query: Mapping[str, str]) -> object:
        """What can be asked of one extension beside its lists."""
        match rest:
            case ["extension"]:
                return thing
            case ["record"]:
                return RECORDINGS
            case ["record", "stats"]:
                return {"records_count": 3, "files_size": 1_400_900}
            case ["record" | "voicemail", uuid, "storage_url"]:
                return {"record_url": f"https://storage.example/{uuid}"}
            case ["registration"]:
                device = {"id": "r1", "contact": "sip:341@192.0.2.7:5060", "user_agent": "Yealink\x1b[2J T46"}
                registrations = [{**device, "password": "pw"}]
                return {"extension_id": int(owner), "registered": True, "registrations": registrations}
            case ["phone"]:
                return PHONE_SETTINGS
            case ["ani"]:
                return {"default": "37460700700"}
            case ["conference"]:
                return {"pin": "1234", "moderator_pin": None, "max_members": 20}
            case ["conference", "status"]:
                said = ROOM_ANSWERS[query["action"]]
                return httpx.Response(said.status_code, headers=said.headers, content=said.content)
        return ...

    # ---- acting ------------------------------------------------------------------------------------------------

    def _act(self, request: httpx.Request, parts: list[str]) -> object:
        body, place = body_of(request), parts[2:]
        problem = _unfit(request.method, place, body)
        if problem:
            raise Refused(problem)
        known = {str(row.get("call_api_id")) for rows in (self.calls, *self.members.values()) for row in rows}
        if place[0] in ("current_calls", "valet_park", "speech_to_text") and place[1] not in known:
            return ...
        if place[0] == "event":
            return self._hook(request.method, parts[1], body, place[1:])
        return httpx.Response(204) if request.method == "DELETE" else {}

    def _hook(self, method: str, owner: str, body: Any, which: list[str]) -> object:
        hooks = self.hooks.setdefault(owner, [])
        if method == "POST":
            hooks.append({"id": sum(map(len, self.hooks.values())) + 7000, **body})
            return hooks[-1]
        found = next((each for each in hooks if str(each["id"]) == which[0]), None)
        if found is None:
            return ...
        if method == "PUT":
            found |= body
            return found
        hooks.remove(found)
        return httpx.Response(204)

    @property
    def acted(self) -> list[Seen]:
        """Everything but reads."""
        return [seen for seen in self.log if seen.method != "GET"]


def _unfit(method: str, place: list[str], body: Any) -> str:
    """What is wrong with an acting request, by the document; "" nothing."""
    match method, place:
        case "DELETE", ["current_calls" | "event", _] | ["queue", "agents", "local" | "remote", _]:
            return "it takes no body" if body is not None else ""
        case "PUT", ["current_calls", _]:
            wanted = (*TO_MY_PHONE, *WITHOUT)
            needs = isinstance(body, dict) and body.get("action") in TO_MY_PHONE
            shape: dict[str, type] = {"send_dst": str, "caller_id_name_": str} if needs else {"send_dst_": str}
            return lacks(body, action=wanted, **shape)
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
        case "POST", ["event"]:
            return lacks(body, url=str, event_type=("dial-in", "dial-out", "hangup", "answer"), method=("GET", "POST"))
        case "PUT", ["event", _]:
            return lacks(body, url=str, method=("GET", "POST"))
        case "PUT", ["speech_to_text", _]:
            return lacks(body, action=("start", "stop"), direction=("in", "out"), url_=str)
    return "not for a console"


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


def adapter(vendor: Server, clock: ManualClock | None = None, **changes: Any) -> RingmeAdapter:
    return RingmeAdapter(settings(**changes), Services(clock or ManualClock(NOW), httpx.MockTransport(vendor)))


def feed(source: RingmeAdapter, resource: Resource, scope: str) -> Feed:
    return next(found for found in source.feeds() if (found.resource, found.scope) == (resource, scope))


async def read(source: RingmeAdapter, resource: Resource, scope: str = "") -> Update:
    updates = await feed(source, resource, scope).fetch(Ticket(1, 1, NOW))
    assert len(updates) == 1
    return updates[0]


async def discover(source: RingmeAdapter) -> None:
    """First what there is, then what nothing waits for."""
    for resource in (Resource.QUEUES, Resource.AGENTS):
        assert await feed(source, resource, "discovery").fetch(Ticket(1, 1, NOW)) == ()


def command(verb: Verb, row: Row, to: str = "", **args: str) -> Command:
    target = Target(row.key, "row", fingerprint(row), row.address)
    return Command("01J0000000000000000000TEST", verb, target, Destination(to) if to else None, tuple(args.items()))


def calls_of(update: Update) -> list[Call]:
    return [row for row in update.rows if isinstance(row, Call)]
