"""GroupAlarm First Responder as an HTTP API: hotlines, call logs, records and agent phones (seeds 000 and 001).

Paths are below `/api/v1/first-responder`. The documents give no form for error bodies; here it is `{"message": …}`.
"""

from __future__ import annotations

from wallboard.sim.asgi import HttpError, Request, Response, Router, json_response
from wallboard.sim.hotlines import TTS_INBOUND, TTS_OUTBOUND, AgentPhone, CallLog, Hotline, HotlineService, Record

_HOTLINE_FIELDS = frozenset(
    [
        "agents",
        "channelsInbound",
        "channelsOutbound",
        "id",
        "isActive",
        "name",
        "number",
        "organizationID",
        "status",
        "ttsInbound",
        "ttsOutbound",
    ]
)


class GroupalarmFace:
    """One organisation's view. Either header with its token opens the door."""

    def __init__(self, service: HotlineService, token: str, personal_token: str) -> None:
        self.service = service
        self.engine = service.engine
        self.tokens = {"api-token": token, "personal-access-token": personal_token}
        self.router = Router()
        for method, path, handler in (
            ("GET", "/hotlines", self._hotlines),
            ("GET", "/hotlines/{hotline}", self._hotline),
            ("PUT", "/hotlines/{hotline}", self._change_hotline),
            ("GET", "/hotlines/{hotline}/logs", self._logs),
            ("GET", "/hotlines/{hotline}/logs/{log}", self._log),
            ("GET", "/hotlines/{hotline}/records", self._records),
            ("GET", "/agents", self._agents),
            ("PUT", "/agents/{phone}", self._change_phone),
        ):
            self.router.add(method, path, handler)

    def handle(self, request: Request) -> Response:
        if not any(request.headers.get(name) == value for name, value in self.tokens.items()):
            return json_response(401, {"message": "401 Unauthorized"})
        try:
            return self.router.dispatch(request)
        except HttpError as error:
            return json_response(error.status, {"message": error.message})

    def _stamp(self, seconds: float | None) -> str | None:
        return None if seconds is None else self.engine.utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _hotline_row(self, hotline: Hotline) -> dict[str, object]:
        return hotline.extra | {
            "agents": list(hotline.agents),
            "channelsInbound": hotline.channels_in,
            "channelsOutbound": hotline.channels_out,
            "id": hotline.id,
            "isActive": hotline.is_active,
            "name": hotline.name,
            "number": hotline.number,
            "organizationID": hotline.organization,
            "status": hotline.status,
            "ttsInbound": hotline.tts_in,
            "ttsOutbound": hotline.tts_out,
        }

    def _log_row(self, hotline: Hotline, log: CallLog) -> dict[str, object]:
        return {
            "id": log.id,
            "hotlineID": hotline.id,
            "startTime": self._stamp(log.started),
            "entries": [
                {
                    "id": entry.id,
                    "startTime": self._stamp(entry.at),
                    "action": entry.action,
                    "agentPhone": entry.phone,
                    "userID": entry.user,
                }
                for entry in log.entries
            ],
        }

    def _record_row(self, hotline: Hotline, record: Record) -> dict[str, object]:
        return {
            "id": record.id,
            "hotlineID": hotline.id,
            "destinationNumber": record.number,
            "timeStart": self._stamp(record.started),
            "timeEnd": self._stamp(record.ended),
            "price": record.price,
        }

    def _phone_row(self, phone: AgentPhone) -> dict[str, object]:
        return {
            "id": phone.id,
            "isActive": phone.is_active,
            "name": phone.name,
            "phone": phone.phone,
            "userID": phone.user,
        }

    def _organization(self, request: Request, *, required: bool) -> None:
        text = request.parameter("organization_id")
        if text is None and not required:
            return
        if text is None or text != str(self.service.organization):
            raise HttpError(400, "invalid or missing organizationID")

    def _page(self, request: Request) -> tuple[int, int]:
        try:
            limit, offset = int(request.parameter("limit", "10") or ""), int(request.parameter("offset", "0") or "")
        except ValueError:
            raise HttpError(400, "limit and offset must be integers") from None
        if not 1 <= limit <= 50 or offset < 0:
            raise HttpError(400, "limit must be 1 to 50, offset 0 or more")
        return limit, offset

    def _find(self, path: dict[str, str]) -> Hotline:
        if not path["hotline"].isascii() or not path["hotline"].isdigit():
            raise HttpError(400, "invalid hotlineID")
        hotline = self.service.hotlines.get(int(path["hotline"]))
        if hotline is None:
            raise HttpError(404, "hotline not found")
        return hotline

    def _hotlines(self, request: Request, path: dict[str, str]) -> Response:
        self._organization(request, required=True)
        limit, offset = self._page(request)
        hotlines = list(self.service.hotlines.values())
        part = [self._hotline_row(hotline) for hotline in hotlines[offset : offset + limit]]
        return json_response(200, {"hotlines": part, "totalHotlines": len(hotlines)})

    def _hotline(self, request: Request, path: dict[str, str]) -> Response:
        return json_response(200, self._hotline_row(self._find(path)))

    def _logs(self, request: Request, path: dict[str, str]) -> Response:
        hotline = self._find(path)
        limit, offset = self._page(request)
        newest = hotline.logs[::-1][offset : offset + limit]
        rows = [self._log_row(hotline, log) for log in newest]
        return json_response(200, {"callLogs": rows, "totalCallLogs": len(hotline.logs)})

    def _log(self, request: Request, path: dict[str, str]) -> Response:
        hotline = self._find(path)
        for log in hotline.logs:
            if str(log.id) == path["log"]:
                return json_response(200, self._log_row(hotline, log))
        raise HttpError(400, "invalid logID")

    def _records(self, request: Request, path: dict[str, str]) -> Response:
        hotline = self._find(path)
        limit, offset = self._page(request)
        newest = hotline.records[::-1][offset : offset + limit]
        rows = [self._record_row(hotline, record) for record in newest]
        return json_response(200, {"records": rows, "totalRecords": len(hotline.records)})

    def _agents(self, request: Request, path: dict[str, str]) -> Response:
        self._organization(request, required=False)
        owner = request.parameter("owner_id")
        if owner is None or not owner.isascii() or not owner.isdigit():
            raise HttpError(400, "invalid or missing userID")
        if int(owner) not in self.service.users():
            raise HttpError(403, "access not allowed")
        phones = [phone for phone in self.service.phones.values() if phone.user == int(owner)]
        return json_response(200, [self._phone_row(phone) for phone in phones])

    def _change_hotline(self, request: Request, path: dict[str, str]) -> Response:
        """A PUT replaces: what is left out falls back to its documented default. `number` and `status` are ours."""
        hotline, body = self._find(path), request.json_object()
        agents = body.get("agents")
        if not isinstance(agents, list) or not all(type(agent) is int for agent in agents):
            raise HttpError(400, "agents: required, a list of userIDs")
        if not isinstance(body.get("isActive"), bool) or not isinstance(body.get("name"), str) or not body["name"]:
            raise HttpError(400, "isActive and name: required")
        if body.get("organizationID") != hotline.organization:
            raise HttpError(400, "organizationID: required and that of the hotline")
        channels_in, channels_out = _channels(body, "channelsInbound"), _channels(body, "channelsOutbound")
        tts_in = _announcement(body, "ttsInbound", TTS_INBOUND)
        tts_out = _announcement(body, "ttsOutbound", TTS_OUTBOUND)
        hotline.agents, hotline.name = list(agents), str(body["name"])
        hotline.channels_in, hotline.channels_out = channels_in, channels_out
        hotline.tts_in, hotline.tts_out = tts_in, tts_out
        hotline.extra = {name: value for name, value in body.items() if name not in _HOTLINE_FIELDS}
        self.service.want(hotline, bool(body["isActive"]))
        return json_response(200, self._hotline_row(hotline))

    def _change_phone(self, request: Request, path: dict[str, str]) -> Response:
        self._organization(request, required=False)
        identity = path["phone"]
        phone = self.service.phones.get(int(identity)) if identity.isascii() and identity.isdigit() else None
        if phone is None:
            raise HttpError(404, "AgentPhone not found")
        body = request.json_object()
        name, number = body.get("name"), body.get("phone")
        if not isinstance(body.get("isActive"), bool) or not isinstance(name, str) or not isinstance(number, str):
            raise HttpError(400, "isActive, name and phone: required")
        if body.get("userID") != phone.user:
            raise HttpError(400, "userID: required and that of the phone")
        phone.is_active, phone.name, phone.phone = bool(body["isActive"]), name, number
        return json_response(200, self._phone_row(phone))


def _channels(body: dict[str, object], name: str) -> int:
    value = body.get(name, 10)
    if type(value) is not int or not 1 <= value <= 100:
        raise HttpError(400, f"{name}: 1 to 100")
    return value


def _announcement(body: dict[str, object], name: str, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > 300:
        raise HttpError(400, f"{name}: a text of at most 300 characters")
    return value
