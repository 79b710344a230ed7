"""The hosted PBX as an HTTP API: the operations of seed 003 that a wallboard uses, and the public extras.

Paths are below `/api/ver1.0`. Errors are `{"message": …}`; every answer carries the hourly quota in `X-RateLimit-*`.
The document names what may be asked of and sent to a room, not the answers: these are bare values, as a room's module
prints them. The sound of a recording is not offered: a console names where it is and fetches none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from wallboard.sim.asgi import Face, Handler, HttpError, OpenBody, Request, Response, Row, Thing, json_response, there
from wallboard.sim.controls import CALL_ACTIONS, SlotRefusedError, Target
from wallboard.sim.faces import ringme_rows as rows
from wallboard.sim.faces.ringme_events import EventOffice
from wallboard.sim.faces.tokens import TokenOffice
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Extension, Leg, Queue, Tier, tail
from wallboard.sim.recordings import Recording
from wallboard.sim.rooms import Room
from wallboard.sim.world import Site

_NEEDS_DESTINATION = ("eavesdrop", "whisper", "conference", "transfer", "attended_transfer", "pickup")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")


class _Agent(OpenBody):
    """An agent, or an agent's place in a queue."""

    status: Literal["available", "logged_out", ""] = ""
    agent_id: int = 0
    level: int | None = None
    position: int | None = None


class _Action(OpenBody):
    action: str
    send_dst: str | None = None
    caller_id_name: str = ""
    caller_id_number: str = ""


class _Valet(OpenBody):
    action: Literal["park", "bridge", "slots"]
    slot: int


class _Callback(OpenBody):
    src_num: Annotated[list[str], Field(min_length=1)]
    dst_num: Annotated[str, Field(min_length=1)]
    caller_id_number: str = ""
    caller_id_name: str = ""
    wait_for_pickup: int = 30


class _Room(OpenBody):
    """One or several wishes at once. Without `member_id`, mute and deaf are meant for everybody."""

    mute: bool | None = None
    deaf: bool | None = None
    lock: bool | None = None
    enter_sound: bool | None = None
    stop_play: bool = False
    play_file: int | None = None
    member_id: int | None = None


class _Speech(OpenBody):
    action: Literal["start", "stop"]
    direction: Literal["in", "out"]
    url: str | None = None


class RingmeFace(Face):
    """One account. `limit` is requests an hour, for all its clients together; `clock` gives wall seconds."""

    def __init__(self, site: Site, tokens: TokenOffice, clock: Callable[[], float], limit: int) -> None:
        self.site, self.pbx, self.engine = site, site.pbx, site.pbx.engine
        self.tokens = tokens
        self.clock = clock
        self.limit = limit
        self.events = EventOffice(self.pbx)
        self._window, self._spent = -1, 0
        one, phone, queue = "/extension/{extension}", self._of_phone, self._of_queue
        call, room = one + "/current_calls/{call}", one + "/conference/"
        routes: dict[str, Handler] = {
            "GET /user/": lambda ask: rows.user_row(self.pbx),
            "GET /client/{client}/extension/": self._client_extensions,
            "GET /client/{client}/current_calls/": self._client_calls,
            "GET /extension/registration/": self._registrations,
            f"GET {one}/registration/": phone(rows.registration_row),
            f"GET {one}/extension/": lambda ask: rows.extension_row(self._extension(ask), self.pbx.domain),
            f"GET {one}/phone/": phone(rows.phone_settings),
            f"GET {one}/ani/": phone(lambda each: {"default": f"49302312500{each.id % 100:02d}"}),
            f"GET {one}/agent/": phone(self._profiles),
            f"GET {one}/agent/{{agent}}": lambda ask: rows.agent_profile(self._agent(ask)),
            f"PUT {one}/agent/{{agent}}": self._change_agent,
            f"GET {one}/queue/": queue(lambda each: each.settings),
            f"GET {one}/queue/status/": queue(rows.queue_counts),
            f"GET {one}/queue/status/agents/": queue(
                lambda each: [rows.agent_row(self.engine, tier.agent) for tier in each.tiers]
            ),
            f"GET {one}/queue/status/members/": queue(
                lambda each: [rows.member_row(self.engine, member) for member in each.members.values()]
            ),
            f"GET {one}/current_calls/": phone(lambda each: self._call_list([each])),
            f"GET {call}": lambda ask: rows.call_row(self.engine, self._leg(ask)),
            f"PUT {call}": self._act,
            f"DELETE {call}": self._hang_up,
            f"PUT {one}/valet_park/{{call}}": self._valet_park,
            f"POST {one}/callback/": self._callback,
            f"GET {one}/record/": self._recordings,
            f"GET {one}/record/stats/": self._totals,
            f"GET {one}/record/{{uuid}}/storage_url/": partial(self._storage, "answered", "mp3"),
            f"GET {one}/voicemail/{{uuid}}/storage_url/": partial(self._storage, "voicemail", "wav"),
            f"GET {room}": lambda ask: rows.room_settings(self._room(ask)),
            f"GET {room}status/": self._ask_room,
            f"PUT {room}status/": self._manage_room,
            f"PUT {one}/speech_to_text/{{call}}": self._transcribe,
            **self.events.routes(self._extension),
        }
        for kind in ("local", "remote"):
            base = f"{one}/queue/agents/{kind}/"
            routes |= {
                f"GET {base}": partial(self._tiers, kind),
                f"POST {base}": partial(self._add_tier, kind),
                f"GET {base}{{agent}}": partial(self._one_tier, kind),
                f"PUT {base}{{agent}}": partial(self._change_tier, kind),
                f"DELETE {base}{{agent}}": partial(self._drop_tier, kind),
            }
        super().__init__(routes)

    def admit(self, request: Request) -> None:
        if self.tokens.holder(request.bearer()) != self.pbx.name:
            raise HttpError(401, "Unauthorized")

    def refusal(self, error: HttpError) -> Response:
        return json_response(error.status, {"message": error.message})

    def handle(self, request: Request) -> Response:
        """Sign-in, quota, then the operation."""
        elapsed = self.clock()
        if int(elapsed // 3600) != self._window:
            self._window, self._spent = int(elapsed // 3600), 0
        refused = self._spent >= self.limit
        answer = json_response(429, {"message": "Too Many Requests", "status": "rate_limit_exceeded"})
        if not refused:
            answer = super().handle(request)
            if answer.status == 401:
                return answer
            self._spent += 1
        return answer.plus(
            (
                ("X-RateLimit-Limit", str(self.limit)),
                ("X-RateLimit-Remaining", str(self.limit - self._spent)),
                ("X-RateLimit-Reset", str(math.ceil((self._window + 1) * 3600 - elapsed))),
            )
        )

    def _of_phone(self, row: Callable[[Extension], object]) -> Handler:
        return lambda ask: row(self._extension(ask, "phone"))

    def _of_queue(self, row: Callable[[Queue], object]) -> Handler:
        return lambda ask: row(self._queue(ask))

    def _extension(self, request: Request, kind: str = "") -> Extension:
        text = request.at["extension"]
        extension = self.pbx.extensions.get(int(text)) if text.isdecimal() else None
        return there(extension if extension is None or kind in ("", extension.kind) else None)

    def _queue(self, request: Request) -> Queue:
        return self.pbx.queues[self._extension(request, "queue").id]

    def _target(self, request: Request) -> Target:
        target: Target | None = self.site.controls.find(self._extension(request), request.at["call"])
        if target is None:
            raise HttpError(404, "Not found")
        return target

    def _leg(self, request: Request) -> Leg:
        return there(self._extension(request, "phone").legs.get(request.at["call"]))

    def _agent(self, request: Request) -> Agent:
        phone, text = self._extension(request, "phone"), request.at["agent"]
        agent = self.pbx.agents.get(("local", int(text))) if text.isdecimal() else None
        return there(agent if agent is not None and agent.extension is phone else None)

    def _tier(self, kind: str, request: Request) -> tuple[Queue, Tier]:
        queue, text = self._queue(request), request.at["agent"]
        tiers = (each for each in queue.tiers if (each.agent.kind, str(each.agent.id)) == (kind, text))
        return queue, there(next(tiers, None))

    def _own_client(self, request: Request) -> None:
        if request.at["client"] not in ("@me", str(self.pbx.client_id)):
            raise HttpError(403, "Forbidden")

    def _client_extensions(self, request: Request) -> list[Row]:
        self._own_client(request)
        kinds = request.query.get("type")
        found = [each for each in self.pbx.extensions.values() if not kinds or each.kind in kinds]
        found.sort(key=lambda each: each.id)
        return [rows.extension_row(each, self.pbx.domain) for each in _page(request, found)]

    def _client_calls(self, request: Request) -> Row:
        self._own_client(request)
        return self._call_list(self.pbx.phones())

    def _call_list(self, phones: Iterable[Extension]) -> Row:
        return {"call_list": [rows.call_row(self.engine, leg) for phone in phones for leg in phone.legs.values()]}

    def _registrations(self, request: Request) -> list[Row]:
        wanted = request.query.get("extension_id")
        if wanted and not all(text.isdecimal() for text in wanted):
            raise HttpError(400, "extension_id must be an integer; repeat it for several")
        phones = {phone.id: phone for phone in self.pbx.phones()}
        identities = [int(text) for text in wanted] if wanted else phones
        return [rows.registration_row(phones[each]) for each in identities if each in phones]

    def _profiles(self, phone: Extension) -> list[Row]:
        return [rows.agent_profile(agent) for agent in phone.agents]

    def _tiers(self, kind: str, request: Request) -> list[Row]:
        return [rows.tier_row(tier) for tier in self._queue(request).tiers if tier.agent.kind == kind]

    def _one_tier(self, kind: str, request: Request) -> Row:
        return rows.tier_row(self._tier(kind, request)[1])

    def _add_tier(self, kind: str, request: Request) -> Response:
        queue, body = self._queue(request), request.read(_Agent)
        if not body.agent_id:
            raise HttpError(400, "agent_id: required")
        agent = there(self.pbx.agents.get((kind, body.agent_id)))
        if any(tier.agent is agent for tier in queue.tiers):
            raise HttpError(400, "Agent is in the queue already")
        tier = Tier(agent, body.level or 0, body.position or 0)
        queue.engage(tier)
        self.site.distributor.dispatch(queue)
        return json_response(201, rows.tier_row(tier))

    def _change_tier(self, kind: str, request: Request) -> Row:
        (queue, tier), body = self._tier(kind, request), request.read(_Agent)
        tier.level = tier.level if body.level is None else body.level
        tier.position = tier.position if body.position is None else body.position
        self.site.distributor.dispatch(queue)
        return rows.tier_row(tier)

    def _drop_tier(self, kind: str, request: Request) -> Response:
        queue, tier = self._tier(kind, request)
        queue.dismiss(tier)
        return Response(204)

    def _change_agent(self, request: Request) -> Row:
        agent, status = self._agent(request), request.read(_Agent).status
        if status:
            self.site.distributor.set_status(agent, AVAILABLE if status == "available" else LOGGED_OUT)
        return rows.agent_profile(agent)

    def _act(self, request: Request) -> Row:
        target, body = self._target(request), request.read(_Action)
        if body.action not in CALL_ACTIONS:
            raise HttpError(400, "action: required, one of " + ", ".join(repr(name) for name in CALL_ACTIONS))
        if body.action in _NEEDS_DESTINATION and body.send_dst is None:
            raise HttpError(400, "send_dst: required")
        self.site.controls.perform(target, body.action, body.send_dst, body.caller_id_name, body.caller_id_number)
        return {}

    def _hang_up(self, request: Request) -> Response:
        self.site.controls.hang_up(self._target(request))
        return Response(204)

    def _valet_park(self, request: Request) -> Row:
        """Asking what is in a slot may be done with any handle of an extension that exists."""
        body, controls = request.read(_Valet), self.site.controls
        if body.action == "slots":
            self._extension(request)
            parked = controls.in_slot(body.slot)
            return {"slot": body.slot, "uuid": tail(parked.handle) if parked else None}
        try:
            (controls.park if body.action == "park" else controls.bridge)(self._target(request), body.slot)
        except SlotRefusedError as error:
            raise HttpError(400, str(error)) from None
        return {}

    def _callback(self, request: Request) -> Row:
        self._extension(request, "phone")
        body = request.read(_Callback)
        shown = (body.caller_id_number, body.caller_id_name)
        identity = self.site.controls.callback(body.src_num, body.dst_num, *shown, body.wait_for_pickup)
        return {"call_api_id": identity, "call_id": identity}

    def _transcribe(self, request: Request) -> Row:
        """Text of a call would be sent to `url`; this simulation notes the wish and sends nothing."""
        leg, body = self._leg(request), request.read(_Speech)
        leg.transcribed = leg.transcribed - {body.direction} | ({body.direction} if body.action == "start" else set())
        return {}

    def _moment(self, request: Request, name: str) -> float:
        """`YYYY-MM-DD HH:MM:SS`, UTC without saying so, as all times of this vendor."""
        text = request.parameter(name)
        try:
            if not _TIME.fullmatch(text):
                raise ValueError
            return (datetime.fromisoformat(text).replace(tzinfo=UTC) - self.engine.start).total_seconds()
        except ValueError:
            raise HttpError(400, f"{name}: required, 'YYYY-MM-DD HH:MM:SS'") from None

    def _window_of(self, request: Request) -> list[Recording]:
        """What began in the window, newest first."""
        extension = self._extension(request)
        begin, end = self._moment(request, "start_datetime"), self._moment(request, "end_datetime")
        if end < begin:
            raise HttpError(400, "end_datetime: before start_datetime")
        found = [each for each in self.pbx.recordings.of(extension) if begin <= each.began <= end]
        return sorted(found, key=lambda each: each.began, reverse=True)

    def _recordings(self, request: Request) -> list[Row]:
        found = self._window_of(request)
        if request.parameter("order", "desc") == "asc":
            found.reverse()
        return [rows.recording_row(self.engine, each, self.pbx.domain) for each in _page(request, found)]

    def _totals(self, request: Request) -> Row:
        found = self._window_of(request)
        return {"files_size": sum(map(rows.file_size, found)), "records_count": len(found)}

    def _storage(self, result: str, kind: str, request: Request) -> Row:
        found = self.pbx.recordings.of(self._extension(request))
        uuid = there(
            next((each.uuid for each in found if (each.uuid, each.result) == (request.at["uuid"], result)), None)
        )
        return {"record_url": f"https://storage.{self.pbx.domain}/{self.pbx.client_id}/{uuid}.{kind}"}

    def _room(self, request: Request) -> Room:
        return self.site.rooms[self._extension(request, "conference").id]

    def _ask_room(self, request: Request) -> object:
        answers = rows.room_answers(self._room(request))
        question = request.parameter("action")
        if question not in answers:
            raise HttpError(400, "action: required, one of " + ", ".join(map(repr, answers)))
        return answers[question]

    def _manage_room(self, request: Request) -> Row:
        room, body = self._room(request), request.read(_Room)
        if body.model_extra or not body.model_fields_set - {"member_id"}:
            raise HttpError(400, "unknown parameter, or nothing to do")
        meant = [each for each in room.members.values() if body.member_id in (None, each.id)]
        if not meant:
            raise HttpError(404, "Member not found" if room.members else "Conference not found")
        for member in meant:
            member.mute = member.mute if body.mute is None else body.mute
            member.deaf = member.deaf if body.deaf is None else body.deaf
        room.locked = room.locked if body.lock is None else body.lock
        room.chime = room.chime if body.enter_sound is None else body.enter_sound
        room.playing = body.play_file if body.play_file is not None else None if body.stop_play else room.playing
        return {}


def _page(request: Request, things: list[Thing]) -> list[Thing]:
    page, size = request.number("page", 1, 1), request.number("per_page", 20, 1, 100)
    return things[(page - 1) * size : page * size]
