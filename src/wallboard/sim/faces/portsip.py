"""A PortSIP PBX as an HTTP API: the receptionists of seed 004 and the public resources of the vendor's contract.

Paths are below `/api`. Only GET and POST; errors are `{"errors": [{"code", "message"}]}`. Where the documents leave it
open, this face does the following (see also `portsip_wire` and `portsip_ivrs`).
- Whoever signs in is the phone that a queue pick-up rings.
- Session id 1 means the latest call of the extension in the body, as the call-control page says.
- A transfer to a number that nobody has is accepted and changes nothing. A waiting caller, or one who listens to a
  receptionist, is transferred in the name of the queue's or receptionist's own extension number.
- A held call shows nowhere: the session resource has no field for it.
- A ringing or waiting call has `talking_time` 0; a session whose queue rings its agents has one row for each of them.
- An agent's state belongs to one queue. States that hold at once read in this order: OFFLINE, QUEUE_CALL, LOGGED_OUT,
  OTHER_CALL, WRAP_UP or what was set, READY. LOGGED_IN makes READY (`agent_auto_ready`).
- What is not there is 404 with code UNKNOWN; what does not fit the state of the call is 400 with code UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from wallboard.sim.asgi import Handler, HttpError, Request, Response, Router, json_response
from wallboard.sim.faces import portsip_ivrs as ivrs
from wallboard.sim.faces import portsip_rows as rows
from wallboard.sim.faces.portsip_tokens import SIGN_IN_PATHS, SignIn
from wallboard.sim.faces.portsip_wire import (
    EXTENSION,
    Body,
    FaceError,
    Row,
    flag,
    identity,
    listed,
    one_of,
    printed,
    read_body,
    text,
)
from wallboard.sim.front import resource_id
from wallboard.sim.model import Call, Extension, Queue, Tier
from wallboard.sim.receptionists import Reception, Receptionist
from wallboard.sim.sessions import Sessions, UnfitError, agent_state, session_id, set_agent_state
from wallboard.sim.world import Site

_EXTENSION = text(pattern=EXTENSION)
_LEG = Body({"extension_number": _EXTENSION}, ("extension_number",))
_REFER = Body({"extension_number": _EXTENSION, "refer_to": text(low=1)}, ("extension_number", "refer_to"))
_ATTENDED = Body(
    {
        "extension_number": _EXTENSION,
        **dict.fromkeys(("refer_to_1", "session_1", "refer_to_2", "session_2"), text(low=1)),
    },
    ("extension_number", "refer_to_1", "refer_to_2"),
)
_SESSION = Body(
    {
        "caller": text(low=1, high=256),
        "caller_display_name": text(high=1024),
        "callee": text(low=1, high=256),
        "send_sdp": flag,
        "trunk": text(low=1, high=64),
        **dict.fromkeys(("rewrite_from", "rewrite_pai", "rewrite_rpi"), text(low=1, high=16)),
        **dict.fromkeys(("user_data", "target", "target_instance_id", "target_extension_number"), text(high=128)),
        "additional_header": one_of(
            *("ANSWER_MODE", "CALL_INFO", "ALERT_INFO_AUTO_ANSWER_DELAY0"),
            *("ALERT_INFO_AUTO_ANSWER", "ALERT_INFO_INTERCOM"),
        ),
        "header_direction": one_of("CALLER", "CALLEE", "ALL"),
    },
    ("caller", "callee", "send_sdp"),
)
_STATE = Body(
    {"status": one_of("READY", "NOT_READY", "WRAP_UP", "BREAK", "LUNCH", "LOGGED_IN", "LOGGED_OUT")}, ("status",)
)


class PortsipFace:
    """One tenant."""

    def __init__(self, site: Site, reception: Reception, sign_in: SignIn) -> None:
        self.site = site
        self.pbx = site.pbx
        self.engine = site.pbx.engine
        self.reception = reception
        self.sign_in = sign_in
        self.sessions = Sessions(site.pbx, site.controls)
        self.router = Router()
        self._mount()

    def _mount(self) -> None:
        queue, user, session = "/call_queues/{queue}", "/users/{user}", "/sessions/{session}"
        for method, path, handler in (
            ("POST", "/login", self.sign_in.login),
            ("POST", "/login/oauth/token", self.sign_in.oauth),
            ("POST", "/auth/refresh_token", self.sign_in.refresh),
            ("GET", "/tenant", _told(lambda path: rows.tenant_row(self.reception.tenant))),
            ("GET", "/users", self._users),
            ("GET", user + "/status", _told(lambda path: rows.user_status(self._phone_of(path)))),
            ("GET", user + "/call_queues", _told(self._queues_of)),
            ("GET", "/call_queues", _list(lambda: map(rows.queue_summary, self.pbx.queues.values()))),
            ("GET", queue, _told(lambda path: rows.queue_row(self._queue_of(path)))),
            ("GET", queue + "/status", self._queue_status),
            ("GET", queue + "/waiting", _told(self._waiting_in)),
            ("POST", queue + "/waiting/{session}/pickup", self._pick_up),
            (
                "GET",
                queue + "/agents",
                _told(lambda path: {"items": [rows.agent_row(tier) for tier in self._queue_of(path).tiers]}),
            ),
            ("GET", queue + "/agents/{agent}", self._agent),
            ("POST", queue + "/agents/{agent}", self._set_agent),
            ("GET", "/sessions", self._sessions),
            ("POST", "/sessions", self._originate),
            ("GET", session, _told(lambda path: rows.session_row(self.engine, self._call_of(path)))),
            ("POST", session + "/hold", partial(self._hold, held=True)),
            ("POST", session + "/unhold", partial(self._hold, held=False)),
            ("POST", session + "/refer", self._refer),
            ("POST", session + "/attended_refer", self._attended_refer),
            ("POST", session + "/destroy", self._destroy),
            ("GET", "/holidays", _list(lambda: map(ivrs.holiday_row, self.reception.holidays.values()))),
            ("GET", "/ivrs", _list(lambda: map(ivrs.summary, self.reception.receptionists.values()))),
            ("GET", "/ivrs/{ivr}", _told(lambda path: ivrs.details(self.reception, self._receptionist_of(path)))),
            ("POST", "/ivrs/{ivr}", self._change_ivr),
            (
                "GET",
                "/ivrs/{ivr}/status",
                _told(lambda path: {"status": "ONLINE" if self._receptionist_of(path).online else "OFFLINE"}),
            ),
        ):
            self.router.add(method, path, handler)

    def handle(self, request: Request) -> Response:
        try:
            if request.path not in SIGN_IN_PATHS:
                self.sign_in.holder(request)
            return self.router.dispatch(request)
        except FaceError as error:
            return error.response()
        except UnfitError as error:
            return FaceError(400, "UNKNOWN", str(error)).response()
        except HttpError as error:
            return FaceError(error.status, "UNKNOWN", error.message).response()

    def _queue_of(self, path: dict[str, str]) -> Queue:
        wanted = identity(path["queue"])
        for queue in self.pbx.queues.values():
            if resource_id(queue.id) == wanted:
                return queue
        raise FaceError(404, "UNKNOWN", "call queue not found")

    def _phone_of(self, path: dict[str, str]) -> Extension:
        wanted = identity(path["user"])
        for phone in self.pbx.phones():
            if resource_id(phone.id) == wanted:
                return phone
        raise FaceError(404, "UNKNOWN", "user not found")

    def _tier_of(self, path: dict[str, str]) -> tuple[Queue, Tier]:
        """The agent named by an extension number, in the queue of the path."""
        queue = self._queue_of(path)
        for tier in queue.tiers:
            if tier.agent.extension is not None and tier.agent.extension.number == path["agent"]:
                return queue, tier
        raise FaceError(404, "UNKNOWN", "agent not found")

    def _call_of(self, path: dict[str, str], extension_number: str = "") -> Call:
        wanted = path["session"]
        found = identity(wanted)
        call = self.sessions.latest(extension_number) if wanted == "1" and extension_number else None
        call = call or (self.sessions.find(found) if found is not None else None)
        if call is None:
            raise FaceError(404, "UNKNOWN", "session not found")
        return call

    def _receptionist_of(self, path: dict[str, str]) -> Receptionist:
        receptionist = self.reception.receptionists.get(identity(path["ivr"]) or 0)
        if receptionist is None:
            raise FaceError(404, "UNKNOWN", "virtual receptionist not found")
        return receptionist

    def _users(self, request: Request, path: dict[str, str]) -> Response:
        people = {person.extension: person for person in self.sign_in.people.values()}
        return listed(request, [rows.user_row(phone, people.get(phone.number)) for phone in self.pbx.phones()])

    def _queues_of(self, path: dict[str, str]) -> Row:
        phone = self._phone_of(path)
        mine = [
            rows.queue_name(queue)
            for queue in self.pbx.queues.values()
            if any(tier.agent.extension is phone for tier in queue.tiers)
        ]
        return {"items": mine}

    def _queue_status(self, request: Request, path: dict[str, str]) -> Response:
        self._queue_of(path)
        return json_response(200, {"status": "ONLINE"})

    def _waiting_in(self, path: dict[str, str]) -> Row:
        return {"items": [rows.waiting_row(self.engine, each) for each in rows.waiting(self._queue_of(path))]}

    def _pick_up(self, request: Request, path: dict[str, str]) -> Response:
        queue, call = self._queue_of(path), self._call_of(path)
        if call.member is None or call.member.queue is not queue:
            raise FaceError(404, "UNKNOWN", "the session does not wait in this queue")
        self.sessions.pick_up(call, self.sign_in.holder(request).extension)
        return Response(200)

    def _agent(self, request: Request, path: dict[str, str]) -> Response:
        _, tier = self._tier_of(path)
        state = agent_state(tier, self.engine.now)
        return json_response(200, rows.agent_row(tier) | {"status": state})

    def _set_agent(self, request: Request, path: dict[str, str]) -> Response:
        queue, tier = self._tier_of(path)
        body = read_body(request, _STATE)
        set_agent_state(self.site.distributor, queue, tier, str(body["status"]))
        return Response(200)

    def _sessions(self, request: Request, path: dict[str, str]) -> Response:
        found = [rows.session_row(self.engine, call) for call in self.pbx.calls.values()]
        return json_response(201, {"count": len(found), "items": found})

    def _originate(self, request: Request, path: dict[str, str]) -> Response:
        body = read_body(request, _SESSION)
        call = self.sessions.originate(
            str(body["caller"]), str(body["callee"]), str(body.get("caller_display_name", ""))
        )
        return json_response(201, {"id": printed(session_id(call))})

    def _hold(self, request: Request, path: dict[str, str], *, held: bool) -> Response:
        extension_number = str(read_body(request, _LEG)["extension_number"])
        self.sessions.hold(self._call_of(path, extension_number), extension_number, held)
        return Response(200)

    def _refer(self, request: Request, path: dict[str, str]) -> Response:
        body = read_body(request, _REFER)
        extension_number = str(body["extension_number"])
        self.sessions.refer(self._call_of(path, extension_number), extension_number, str(body["refer_to"]))
        return Response(200)

    def _attended_refer(self, request: Request, path: dict[str, str]) -> Response:
        body = read_body(request, _ATTENDED)
        extension_number = str(body["extension_number"])
        self._call_of(path, extension_number)
        parties: list[tuple[str, Call | None]] = []
        for place in ("1", "2"):
            given = body.get(f"session_{place}")
            call = self._call_of({"session": str(given)}) if given is not None else None
            parties.append((str(body[f"refer_to_{place}"]), call))
        self.sessions.attended_refer(extension_number, parties[0], parties[1])
        return Response(200)

    def _destroy(self, request: Request, path: dict[str, str]) -> Response:
        self.sessions.destroy(self._call_of(path))
        return Response(204)

    def _change_ivr(self, request: Request, path: dict[str, str]) -> Response:
        ivrs.change(self.reception, self._receptionist_of(path), request)
        return Response(200)


def _told(row: Callable[[dict[str, str]], Row]) -> Handler:
    return lambda request, path: json_response(200, row(path))


def _list(found: Callable[[], Iterable[Row]]) -> Handler:
    return lambda request, path: listed(request, list(found()))
