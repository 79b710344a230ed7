"""A PortSIP PBX as an HTTP API: the receptionists of seed 004 and the public resources of the vendor's contract.

Paths are below `/api`. Only GET and POST; errors are `{"errors": [{"code", "message"}]}`. Where the documents leave it
open, this face does the following.
- Ids are printed in the resources as base64 of a decimal number, as the samples are; both forms are taken.
- Whoever signs in is the phone that a queue pick-up rings.
- Session id 1 means the latest call of the extension in the body, as the call-control page says.
- A transfer to a number that nobody has is accepted and changes nothing. A waiting caller, or one who listens to a
  receptionist, is transferred in the name of the queue's or receptionist's own extension number.
- A held call shows nowhere: the session resource has no field for it.
- A ringing or waiting call has `talking_time` 0; a session whose queue rings its agents has one row for each of them.
- An agent's state belongs to one queue. States that hold at once read in this order: OFFLINE, QUEUE_CALL, LOGGED_OUT,
  OTHER_CALL, WRAP_UP or what was set, READY. LOGGED_IN makes READY (`agent_auto_ready`).
- What is not there is 404 with code UNKNOWN; what does not fit the state of the call is 400 with code UNKNOWN.
- An update of a receptionist changes what it names and nothing else: a prompt whose `prompt_file_id` is left out stays.
  `custom_forward_rules` and the other arrays and objects are replaced whole. The answer is 200 and an empty body.
- Of a new session only the two numbers, `send_sdp` and the caller's name are offered; other fields are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from wallboard.sim.asgi import Body, Face, HttpError, Request, Response, Row, json_response, there
from wallboard.sim.faces import portsip_ivrs as ivrs
from wallboard.sim.faces import portsip_rows as rows
from wallboard.sim.faces.portsip_rows import identity, printed
from wallboard.sim.faces.tokens import SIGN_IN_PATHS, SignIn
from wallboard.sim.model import Call, Extension, Queue, Tier
from wallboard.sim.receptionists import Reception, Receptionist
from wallboard.sim.sessions import Sessions, UnfitError, agent_state, session_id, set_agent_state
from wallboard.sim.sites import place_of
from wallboard.sim.world import Site

_Extension = Annotated[str, Field(pattern=r"^[0-9]{3,64}$")]
_Text = Annotated[str, Field(min_length=1, max_length=256)]


class _Leg(Body):
    extension_number: _Extension


class _Refer(_Leg):
    refer_to: _Text


class _Attended(_Leg):
    refer_to_1: _Text
    session_1: _Text = ""
    refer_to_2: _Text
    session_2: _Text = ""


class _Session(Body):
    caller: _Text
    callee: _Text
    send_sdp: bool
    caller_display_name: str = ""


class _State(Body):
    status: Literal["READY", "NOT_READY", "WRAP_UP", "BREAK", "LUNCH", "LOGGED_IN", "LOGGED_OUT"]


class PortsipFace(Face):
    """One tenant."""

    def __init__(self, site: Site, reception: Reception, sign_in: SignIn) -> None:
        self.site, self.pbx, self.engine = site, site.pbx, site.pbx.engine
        self.reception = reception
        self.sign_in = sign_in
        self.sessions = Sessions(site.pbx, site.controls)
        queue, user, session, ivr = "/call_queues/{queue}", "/users/{user}", "/sessions/{session}", "/ivrs/{ivr}"
        queues, made = self.pbx.queues, reception
        super().__init__(
            {
                "POST /login": sign_in.login,
                "POST /login/oauth/token": sign_in.oauth,
                "POST /auth/refresh_token": sign_in.refresh,
                "GET /tenant": lambda ask: rows.tenant_row(made.tenant),
                "GET /users": self._users,
                f"GET {user}/status": lambda ask: rows.user_status(self._phone(ask)),
                f"GET {user}/call_queues": lambda ask: {"items": self._queues_of(self._phone(ask))},
                "GET /call_queues": lambda ask: _listed(ask, map(rows.queue_summary, queues.values())),
                f"GET {queue}": lambda ask: rows.queue_row(self._queue(ask)),
                f"GET {queue}/status": lambda ask: rows.queue_status(self._queue(ask)),
                f"GET {queue}/waiting": lambda ask: {"items": self._waiting(self._queue(ask))},
                f"POST {queue}/waiting/{{session}}/pickup": self._pick_up,
                f"GET {queue}/agents": lambda ask: {"items": list(map(rows.agent_row, self._queue(ask).tiers))},
                f"GET {queue}/agents/{{agent}}": self._agent,
                f"POST {queue}/agents/{{agent}}": self._set_agent,
                "GET /sessions": self._sessions,
                "POST /sessions": self._originate,
                f"GET {session}": lambda ask: rows.session_row(self.engine, self._call(ask.at["session"])),
                f"POST {session}/hold": lambda ask: self._hold(ask, held=True),
                f"POST {session}/unhold": lambda ask: self._hold(ask, held=False),
                f"POST {session}/refer": self._refer,
                f"POST {session}/attended_refer": self._attended_refer,
                f"POST {session}/destroy": self._destroy,
                "GET /holidays": lambda ask: _listed(ask, map(ivrs.holiday_row, made.holidays.values())),
                "GET /ivrs": lambda ask: _listed(ask, map(ivrs.summary, made.receptionists.values())),
                f"GET {ivr}": lambda ask: ivrs.details(made, self._receptionist(ask)),
                f"POST {ivr}": self._change_ivr,
                f"GET {ivr}/status": lambda ask: {"status": "ONLINE" if self._receptionist(ask).online else "OFFLINE"},
            }
        )

    def admit(self, request: Request) -> None:
        if request.path not in SIGN_IN_PATHS:
            self.sign_in.holder(request)

    def refusal(self, error: HttpError) -> Response:
        return json_response(error.status, {"errors": [{"code": error.code or "UNKNOWN", "message": error.message}]})

    def _dispatch(self, request: Request) -> object:
        try:
            return super()._dispatch(request)
        except UnfitError as error:
            raise HttpError(400, str(error)) from None

    def _queue(self, request: Request) -> Queue:
        wanted = identity(request.at["queue"])
        return there(self.pbx.queues.get(place_of(wanted or 0)))

    def _phone(self, request: Request) -> Extension:
        wanted = identity(request.at["user"])
        found = self.pbx.extensions.get(place_of(wanted or 0))
        return there(found if found is not None and found.kind == "phone" else None)

    def _tier(self, request: Request) -> tuple[Queue, Tier]:
        """The agent named by an extension number, in the queue of the path."""
        queue, number = self._queue(request), request.at["agent"]
        tiers = (tier for tier in queue.tiers if tier.agent.extension is not None)
        return queue, there(next((each for each in tiers if rows.agent_row(each)["extension_number"] == number), None))

    def _call(self, wanted: str, extension_number: str = "") -> Call:
        found = identity(wanted)
        call = self.sessions.latest(extension_number) if wanted == "1" and extension_number else None
        return there(call or (self.sessions.find(found) if found is not None else None))

    def _receptionist(self, request: Request) -> Receptionist:
        return there(self.reception.receptionists.get(identity(request.at["ivr"]) or 0))

    def _users(self, request: Request) -> Row:
        people = {person.extension: person for person in self.sign_in.people.values()}
        return _listed(request, [rows.user_row(phone, people.get(phone.number)) for phone in self.pbx.phones()])

    def _queues_of(self, phone: Extension) -> list[Row]:
        return [rows.queue_name(each) for agent in phone.agents for each in agent.queues]

    def _waiting(self, queue: Queue) -> list[Row]:
        return [rows.waiting_row(self.engine, each) for each in rows.waiting(queue)]

    def _pick_up(self, request: Request) -> Response:
        queue, call = self._queue(request), self._call(request.at["session"])
        if call.member is None or call.member.queue is not queue:
            raise HttpError(404, "the session does not wait in this queue")
        self.sessions.pick_up(call, self.sign_in.holder(request).extension)
        return Response(200)

    def _agent(self, request: Request) -> Row:
        _, tier = self._tier(request)
        return rows.agent_row(tier) | {"status": agent_state(tier, self.engine.now)}

    def _set_agent(self, request: Request) -> Response:
        queue, tier = self._tier(request)
        set_agent_state(self.site.distributor, queue, tier, request.read(_State).status)
        return Response(200)

    def _sessions(self, request: Request) -> Response:
        found = [rows.session_row(self.engine, call) for call in self.pbx.calls.values()]
        return json_response(201, {"count": len(found), "items": found})

    def _originate(self, request: Request) -> Response:
        body = request.read(_Session)
        call = self.sessions.originate(body.caller, body.callee, body.caller_display_name)
        return json_response(201, {"id": printed(session_id(call))})

    def _hold(self, request: Request, *, held: bool) -> Response:
        number = request.read(_Leg).extension_number
        self.sessions.hold(self._call(request.at["session"], number), number, held)
        return Response(200)

    def _refer(self, request: Request) -> Response:
        body = request.read(_Refer)
        call = self._call(request.at["session"], body.extension_number)
        self.sessions.refer(call, body.extension_number, body.refer_to)
        return Response(200)

    def _attended_refer(self, request: Request) -> Response:
        body = request.read(_Attended)
        self._call(request.at["session"], body.extension_number)
        one = self._call(body.session_1) if body.session_1 else None
        two = self._call(body.session_2) if body.session_2 else None
        self.sessions.attended_refer(body.extension_number, (body.refer_to_1, one), (body.refer_to_2, two))
        return Response(200)

    def _destroy(self, request: Request) -> Response:
        self.pbx.end(self._call(request.at["session"]), "hung up")
        return Response(204)

    def _change_ivr(self, request: Request) -> Response:
        ivrs.change(self.reception, self._receptionist(request), request)
        return Response(200)


def _listed(request: Request, found: Iterable[Row]) -> Row:
    """A page of a collection by `skip` and `top`; `count` is of the whole. What else the document lets a list be asked
    is refused, so that nobody takes the whole list for what they asked."""
    for name in request.query:
        if name not in ("skip", "top"):
            raise HttpError(400, f"{name}: not offered here", "VALIDATE_FAILED")
    whole, skip, top = list(found), request.number("skip", 0, 0), request.number("top", 100, 1, 100)
    return {"count": len(whole), "items": whole[skip : skip + top]}
