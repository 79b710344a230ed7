"""The hosted PBX as an HTTP API: the operations of seed 003 that a wallboard uses, and the public extras.

Paths are below `/api/ver1.0`. Errors are `{"message": …}`; every answer carries the hourly quota in `X-RateLimit-*`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial

from wallboard.sim.asgi import Handler, HttpError, Request, Response, Router, json_response
from wallboard.sim.controls import CALL_ACTIONS, CallbackRequest, SlotRefusedError, Target
from wallboard.sim.faces import ringme_rows as rows
from wallboard.sim.faces.ringme_archive import Archive
from wallboard.sim.faces.ringme_rooms import RoomRoutes
from wallboard.sim.faces.tokens import TokenOffice
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Extension, Queue, Tier
from wallboard.sim.world import Site

_STATUSES = {"available": AVAILABLE, "logged_out": LOGGED_OUT}
_NEEDS_DESTINATION = ("eavesdrop", "whisper", "conference", "transfer", "attended_transfer", "pickup")


class RingmeFace:
    """One account. `limit` is requests an hour, for all its clients together; `clock` gives wall seconds."""

    def __init__(self, site: Site, tokens: TokenOffice, clock: Callable[[], float], limit: int = 30000) -> None:
        self.site = site
        self.pbx = site.pbx
        self.engine = site.pbx.engine
        self.tokens = tokens
        self.clock = clock
        self.limit = limit
        self._window = -1
        self._spent = 0
        self.archive = Archive(self.pbx, self._find_extension, clock)
        self.conferences = RoomRoutes(self.pbx, self._find_extension)
        self.router = Router()
        self._mount()

    def _mount(self) -> None:
        one = "/extension/{extension}"
        for method, path, handler in (
            ("GET", "/user/", self._user),
            ("GET", "/client/{client}/extension/", self._client_extensions),
            ("GET", "/client/{client}/current_calls/", self._client_calls),
            ("GET", "/extension/registration/", self._registrations),
            ("GET", one + "/registration/", self._of_phone(rows.registration_row)),
            ("GET", one + "/extension/", self._of_any(partial(rows.extension_row, domain=self.pbx.domain))),
            ("GET", one + "/phone/", self._of_phone(rows.phone_settings)),
            ("GET", one + "/agent/", self._of_phone(self._profiles)),
            ("GET", one + "/agent/{agent}", self._agent),
            ("PUT", one + "/agent/{agent}", self._change_agent),
            ("GET", one + "/queue/", self._of_queue(lambda queue: queue.settings)),
            ("GET", one + "/queue/status/", self._of_queue(rows.queue_counts)),
            ("GET", one + "/queue/status/agents/", self._of_queue(self._agent_rows)),
            ("GET", one + "/queue/status/members/", self._of_queue(self._member_rows)),
            ("GET", one + "/current_calls/", self._of_phone(lambda phone: self._call_list([phone]))),
            ("GET", one + "/current_calls/{call}", self._call),
            ("PUT", one + "/current_calls/{call}", self._act),
            ("DELETE", one + "/current_calls/{call}", self._hang_up),
            ("PUT", one + "/valet_park/{call}", self._valet_park),
            ("POST", one + "/callback/", self._callback),
            ("GET", one + "/ani/", self._of_phone(lambda phone: {"default": f"49302312500{phone.id % 100:02d}"})),
            *self.archive.routes(),
            *self.conferences.routes(),
        ):
            self.router.add(method, path, handler)
        for kind in ("local", "remote"):
            base = f"{one}/queue/agents/{kind}/"
            single = base + "{agent}"
            self.router.add("GET", base, partial(self._tiers, kind=kind))
            self.router.add("POST", base, partial(self._add_tier, kind=kind))
            self.router.add("GET", single, partial(self._tier, kind=kind))
            self.router.add("PUT", single, partial(self._change_tier, kind=kind))
            self.router.add("DELETE", single, partial(self._drop_tier, kind=kind))

    def handle(self, request: Request) -> Response:
        """Sign-in, quota, then the operation."""
        if self.tokens.account(request) != self.pbx.name:
            return json_response(401, {"message": "Unauthorized", "error": "invalid_token"})
        elapsed = self.clock()
        window = int(elapsed // 3600)
        if window != self._window:
            self._window, self._spent = window, 0
        refused = self._spent >= self.limit
        self._spent += 0 if refused else 1
        quota = (
            ("X-RateLimit-Limit", str(self.limit)),
            ("X-RateLimit-Remaining", str(self.limit - self._spent)),
            ("X-RateLimit-Reset", str(math.ceil((window + 1) * 3600 - elapsed))),
        )
        if refused:
            return json_response(429, {"message": "Too Many Requests", "status": "rate_limit_exceeded"}).plus(quota)
        try:
            response = self.router.dispatch(request)
        except HttpError as error:
            response = json_response(error.status, {"message": error.message})
        return response.plus(quota)

    def _of_any(self, row: Callable[[Extension], object], kind: str | None = None) -> Handler:
        return lambda request, path: json_response(200, row(self._find_extension(path, kind)))

    def _of_phone(self, row: Callable[[Extension], object]) -> Handler:
        return self._of_any(row, "phone")

    def _of_queue(self, row: Callable[[Queue], object]) -> Handler:
        return lambda request, path: json_response(200, row(self._find_queue(path)))

    def _find_extension(self, path: dict[str, str], kind: str | None = None) -> Extension:
        text = path["extension"]
        extension = self.pbx.extensions.get(int(text)) if text.isascii() and text.isdigit() else None
        if extension is None or (kind is not None and extension.kind != kind):
            raise HttpError(404, "Not found")
        return extension

    def _find_queue(self, path: dict[str, str]) -> Queue:
        return self.pbx.queues[self._find_extension(path, "queue").id]

    def _find_target(self, path: dict[str, str]) -> Target:
        target = self.site.controls.find(self._find_extension(path), path["call"])
        if target is None:
            raise HttpError(404, "Not found")
        return target

    def _find_agent(self, path: dict[str, str]) -> Agent:
        phone = self._find_extension(path, "phone")
        text = path["agent"]
        agent = self.pbx.agents.get(("local", int(text))) if text.isascii() and text.isdigit() else None
        if agent is None or agent.extension is not phone:
            raise HttpError(404, "Not found")
        return agent

    def _own_client(self, path: dict[str, str]) -> None:
        if path["client"] not in ("@me", str(self.pbx.client_id)):
            raise HttpError(403, "Forbidden")

    def _user(self, request: Request, path: dict[str, str]) -> Response:
        return json_response(
            200,
            {
                "id": self.pbx.client_id * 10 + 1,
                "login": f"{self.pbx.name}-console",
                "admin": False,
                "client_id": self.pbx.client_id,
                "dealer_id": 12,
                "extension_group_id": None,
                "extension_id": None,
            },
        )

    def _client_extensions(self, request: Request, path: dict[str, str]) -> Response:
        self._own_client(path)
        kinds = request.query.get("type")
        try:
            page, size = int(request.parameter("page") or 1), int(request.parameter("per_page") or 20)
        except ValueError:
            raise HttpError(400, "page and per_page must be integers") from None
        if page < 1 or not 1 <= size <= 100:
            raise HttpError(400, "page or per_page out of range")
        found = [each for each in self.pbx.extensions.values() if not kinds or each.kind in kinds]
        found.sort(key=lambda each: each.id)
        part = found[(page - 1) * size : page * size]
        return json_response(200, [rows.extension_row(each, self.pbx.domain) for each in part])

    def _client_calls(self, request: Request, path: dict[str, str]) -> Response:
        self._own_client(path)
        return json_response(200, self._call_list(self.pbx.phones()))

    def _call_list(self, phones: Iterable[Extension]) -> dict[str, object]:
        return {"call_list": [rows.call_row(self.engine, leg) for phone in phones for leg in phone.legs.values()]}

    def _registrations(self, request: Request, path: dict[str, str]) -> Response:
        wanted = request.query.get("extension_id")
        try:
            identities = [int(text) for text in wanted] if wanted else [phone.id for phone in self.pbx.phones()]
        except ValueError:
            raise HttpError(400, "extension_id must be an integer; repeat it for several") from None
        found = [self.pbx.extensions[each] for each in identities if each in self.pbx.extensions]
        return json_response(200, [rows.registration_row(each) for each in found if each.kind == "phone"])

    def _profiles(self, phone: Extension) -> list[dict[str, object]]:
        return [rows.agent_profile(agent) for agent in self.pbx.agents.values() if agent.extension is phone]

    def _agent_rows(self, queue: Queue) -> list[dict[str, object]]:
        return [rows.agent_row(self.engine, tier.agent) for tier in queue.tiers]

    def _member_rows(self, queue: Queue) -> list[dict[str, object]]:
        return [rows.member_row(self.engine, member) for member in queue.members.values()]

    def _find_tier(self, path: dict[str, str], kind: str) -> tuple[Queue, Tier]:
        queue = self._find_queue(path)
        for tier in queue.tiers:
            if tier.agent.kind == kind and str(tier.agent.id) == path["agent"]:
                return queue, tier
        raise HttpError(404, "Not found")

    def _tiers(self, request: Request, path: dict[str, str], kind: str) -> Response:
        tiers = [tier for tier in self._find_queue(path).tiers if tier.agent.kind == kind]
        return json_response(200, [rows.tier_row(tier) for tier in tiers])

    def _tier(self, request: Request, path: dict[str, str], kind: str) -> Response:
        return json_response(200, rows.tier_row(self._find_tier(path, kind)[1]))

    def _add_tier(self, request: Request, path: dict[str, str], kind: str) -> Response:
        queue, body = self._find_queue(path), request.json_object()
        identity = _integer(body, "agent_id")
        if identity is None:
            raise HttpError(400, "agent_id: required")
        agent = self.pbx.agents.get((kind, identity))
        if agent is None:
            raise HttpError(404, "Agent not found")
        if any(tier.agent is agent for tier in queue.tiers):
            raise HttpError(400, "Agent is in the queue already")
        tier = Tier(agent, _integer(body, "level") or 0, _integer(body, "position") or 0)
        queue.tiers.append(tier)
        self.site.distributor.dispatch(queue)
        return json_response(201, rows.tier_row(tier))

    def _change_tier(self, request: Request, path: dict[str, str], kind: str) -> Response:
        queue, tier = self._find_tier(path, kind)
        body = request.json_object()
        level, position = _integer(body, "level"), _integer(body, "position")
        tier.level = tier.level if level is None else level
        tier.position = tier.position if position is None else position
        self.site.distributor.dispatch(queue)
        return json_response(200, rows.tier_row(tier))

    def _drop_tier(self, request: Request, path: dict[str, str], kind: str) -> Response:
        queue, tier = self._find_tier(path, kind)
        queue.tiers.remove(tier)
        return Response(204)

    def _agent(self, request: Request, path: dict[str, str]) -> Response:
        return json_response(200, rows.agent_profile(self._find_agent(path)))

    def _change_agent(self, request: Request, path: dict[str, str]) -> Response:
        agent, body = self._find_agent(path), request.json_object()
        status = body.get("status")
        if status is not None and status not in _STATUSES:
            raise HttpError(400, "status: one of 'logged_out', 'available'")
        if status is not None:
            self.site.distributor.set_status(agent, _STATUSES[str(status)])
        return json_response(200, rows.agent_profile(agent))

    def _call(self, request: Request, path: dict[str, str]) -> Response:
        leg = self._find_extension(path, "phone").legs.get(path["call"])
        if leg is None:
            raise HttpError(404, "Not found")
        return json_response(200, rows.call_row(self.engine, leg))

    def _act(self, request: Request, path: dict[str, str]) -> Response:
        target, body = self._find_target(path), request.json_object()
        action = body.get("action")
        if action not in CALL_ACTIONS:
            raise HttpError(400, "action: required, one of " + ", ".join(repr(name) for name in CALL_ACTIONS))
        destination = body.get("send_dst")
        if action in _NEEDS_DESTINATION and not isinstance(destination, str):
            raise HttpError(400, "send_dst: required")
        self.site.controls.perform(
            target,
            str(action),
            destination if isinstance(destination, str) else None,
            _text(body, "caller_id_name"),
            _text(body, "caller_id_number"),
        )
        return json_response(200, {})

    def _hang_up(self, request: Request, path: dict[str, str]) -> Response:
        self.site.controls.hang_up(self._find_target(path))
        return Response(204)

    def _valet_park(self, request: Request, path: dict[str, str]) -> Response:
        body = request.json_object()
        action, slot = body.get("action"), _integer(body, "slot")
        if action not in ("park", "bridge", "slots"):
            raise HttpError(400, "action: required, one of 'park', 'bridge', 'slots'")
        if slot is None and action != "bridge":
            raise HttpError(400, "slot: required")
        target = self._find_target_or_parked(path, action == "slots")
        try:
            if action == "slots":
                parked = self.site.controls.in_slot(slot or 0)
                return json_response(200, {"slot": slot, "uuid": parked.hex if parked else None})
            assert target is not None
            if action == "park":
                self.site.controls.park(target, slot)
            else:
                self.site.controls.bridge(target, slot)
        except SlotRefusedError as error:
            raise HttpError(400, str(error)) from None
        return json_response(200, {})

    def _find_target_or_parked(self, path: dict[str, str], asking: bool) -> Target | None:
        """Asking what is in a slot may be done with any handle of an extension that exists."""
        if not asking:
            return self._find_target(path)
        return self.site.controls.find(self._find_extension(path), path["call"])

    def _callback(self, request: Request, path: dict[str, str]) -> Response:
        self._find_extension(path, "phone")
        body = request.json_object()
        sources, destination = body.get("src_num"), body.get("dst_num")
        if not isinstance(sources, list) or not sources or not all(isinstance(each, str) for each in sources):
            raise HttpError(400, "src_num: required, a list of numbers")
        if not isinstance(destination, str) or not destination:
            raise HttpError(400, "dst_num: required")
        wait = _integer(body, "wait_for_pickup")
        identity = self.site.controls.callback(
            CallbackRequest(
                tuple(sources),
                destination,
                _text(body, "caller_id_number"),
                _text(body, "caller_id_name"),
                30.0 if wait is None else float(wait),
            )
        )
        return json_response(200, {"call_api_id": identity, "call_id": identity})


def _integer(body: dict[str, object], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise HttpError(400, f"{name}: integer expected")
    return value


def _text(body: dict[str, object], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
