"""GroupAlarm First Responder as an HTTP API: hotlines, call logs, records and agent phones (seeds 000 and 001).

Paths are below `/api/v1/first-responder`. The documents give no form for error bodies; here it is `{"message": …}`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wallboard.sim.asgi import Face, HttpError, OpenBody, Request, Response, Row, Thing, json_response
from wallboard.sim.hotlines import DEFAULTS, AgentPhone, CallLog, Hotline, HotlineService, Record

_Channels = Annotated[int, Field(ge=1, le=100)]
_Text = Annotated[str, Field(max_length=300)]


class _Hotline(OpenBody):
    """A PUT replaces: what is left out falls back to its documented default."""

    agents: list[int]
    isActive: bool
    name: Annotated[str, Field(min_length=1)]
    organizationID: int
    channelsInbound: _Channels | None = None
    channelsOutbound: _Channels | None = None
    ttsInbound: _Text | None = None
    ttsOutbound: _Text | None = None


class _Phone(OpenBody):
    isActive: bool
    name: str
    phone: str
    userID: int


class GroupalarmFace(Face):
    """One organisation's view. Either header with its token opens the door (`tokens`)."""

    def __init__(self, service: HotlineService, token: str, personal_token: str) -> None:
        self.service = service
        self.engine = service.engine
        self.tokens = {"api-token": token, "personal-access-token": personal_token}
        one = "/hotlines/{hotline}"
        super().__init__(
            {
                "GET /hotlines": self._hotlines,
                f"GET {one}": lambda ask: self._hotline_row(self._find(ask)),
                f"PUT {one}": self._change_hotline,
                f"GET {one}/logs": self._logs,
                f"GET {one}/logs/{{log}}": self._log,
                f"GET {one}/records": self._records,
                "GET /agents": self._agents,
                "PUT /agents/{phone}": self._change_phone,
            }
        )

    def admit(self, request: Request) -> None:
        if not any(request.headers.get(name) == value for name, value in self.tokens.items()):
            raise HttpError(401, "401 Unauthorized")

    def refusal(self, error: HttpError) -> Response:
        return json_response(error.status, {"message": error.message})

    def _stamp(self, seconds: float | None) -> str | None:
        return None if seconds is None else self.engine.utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _hotline_row(self, hotline: Hotline) -> Row:
        return hotline.written | {"id": hotline.id, "number": hotline.number, "status": hotline.status}

    def _log_row(self, hotline: Hotline, log: CallLog) -> Row:
        entries = [
            {"id": each.id, "startTime": self._stamp(each.at), "action": each.action}
            | {"agentPhone": each.phone, "userID": each.user}
            for each in log.entries
        ]
        return {"id": log.id, "hotlineID": hotline.id, "startTime": self._stamp(log.started), "entries": entries}

    def _record_row(self, hotline: Hotline, record: Record) -> Row:
        return {
            "id": record.id,
            "hotlineID": hotline.id,
            "destinationNumber": record.number,
            "timeStart": self._stamp(record.started),
            "timeEnd": self._stamp(record.ended),
            "price": record.price,
        }

    def _phone_row(self, phone: AgentPhone) -> Row:
        row: Row = {"id": phone.id, "isActive": phone.is_active, "name": phone.name}
        return row | {"phone": phone.phone, "userID": phone.user}

    def _organization(self, request: Request, default: str = "") -> None:
        if request.parameter("organization_id", default) != str(self.service.organization):
            raise HttpError(400, "invalid or missing organizationID")

    def _page(self, request: Request, things: list[Thing]) -> list[Thing]:
        offset, limit = request.number("offset", 0, 0), request.number("limit", 10, 1, 50)
        return things[offset : offset + limit]

    def _find(self, request: Request) -> Hotline:
        if not request.at["hotline"].isdecimal():
            raise HttpError(400, "invalid hotlineID")
        hotline = self.service.hotlines.get(int(request.at["hotline"]))
        if hotline is None:
            raise HttpError(404, "hotline not found")
        return hotline

    def _hotlines(self, request: Request) -> Row:
        self._organization(request)
        hotlines = list(self.service.hotlines.values())
        part = [self._hotline_row(hotline) for hotline in self._page(request, hotlines)]
        return {"hotlines": part, "totalHotlines": len(hotlines)}

    def _logs(self, request: Request) -> Row:
        hotline = self._find(request)
        rows = [self._log_row(hotline, log) for log in self._page(request, hotline.logs[::-1])]
        return {"callLogs": rows, "totalCallLogs": len(hotline.logs)}

    def _log(self, request: Request) -> Row:
        hotline = self._find(request)
        for log in hotline.logs:
            if str(log.id) == request.at["log"]:
                return self._log_row(hotline, log)
        raise HttpError(400, "invalid logID")

    def _records(self, request: Request) -> Row:
        hotline = self._find(request)
        rows = [self._record_row(hotline, record) for record in self._page(request, hotline.records[::-1])]
        return {"records": rows, "totalRecords": len(hotline.records)}

    def _agents(self, request: Request) -> list[Row]:
        self._organization(request, str(self.service.organization))
        owner = request.parameter("owner_id")
        if not owner.isdecimal():
            raise HttpError(400, "invalid or missing userID")
        if int(owner) not in self.service.users():
            raise HttpError(403, "access not allowed")
        return [self._phone_row(phone) for phone in self.service.phones.values() if phone.user == int(owner)]

    def _change_hotline(self, request: Request) -> Row:
        """`number` and `status` are the vendor's own: what a body has of them is not looked at."""
        hotline, body = self._find(request), request.read(_Hotline)
        if body.organizationID != self.service.organization:
            raise HttpError(400, "organizationID: that of the hotline")
        told = DEFAULTS | body.model_dump(exclude_unset=True, exclude={"id", "number", "status"})
        wanted, hotline.written = body.isActive, told | {"isActive": hotline.is_active}
        self.service.want(hotline, wanted)
        return self._hotline_row(hotline)

    def _change_phone(self, request: Request) -> Row:
        self._organization(request, str(self.service.organization))
        identity = request.at["phone"]
        phone = self.service.phones.get(int(identity)) if identity.isdecimal() else None
        if phone is None:
            raise HttpError(404, "AgentPhone not found")
        body = request.read(_Phone)
        if body.userID != phone.user:
            raise HttpError(400, "userID: that of the phone")
        phone.is_active, phone.name, phone.phone = body.isActive, body.name, body.phone
        return self._phone_row(phone)
