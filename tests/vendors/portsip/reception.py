"""Receptionists of a PBX whose rules are known, with a clock that the test moves."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tests.support.facts import Seen
from tests.vendors.portsip.server import Server
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.forms import Form
from wallboard.domain.models import Receptionist
from wallboard.domain.update import Update
from wallboard.vendors.base import BearerAuth, Secret, Services, SourceSettings, Ticket, Trial, Verification
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.portsip.receptionists import Receptionists

BERLIN = ZoneInfo("Europe/Berlin")
WORK = {"enabled": True, "ranges": [{"from": "09:00", "to": "17:00"}]}
OFF: dict[str, Any] = {"enabled": False, "ranges": []}
WEEK = {
    **{day: WORK for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    "saturday": OFF,
    "sunday": OFF,
}
TENANT = {"id": "t", "timezone": "Europe/Berlin", "enable_night_mode": False, "office_hours": WEEK}
MAY_DAY = {
    "id": "aG9saWRheQ",
    "name": "Labour Day",
    "region": "DEU",
    "consecutive": True,
    "every_year": True,
    "month_start": 5,
    "month_end": 5,
    "day_start": 1,
    "day_end": 1,
}


def to(action: str, number: str | None = None) -> dict[str, Any]:
    return {"action": action, "number": number}


MAIN: dict[str, Any] = {
    "id": "NzAwNTUxOTA5NzczMTQ4MTYw",
    "name": "Main menu",
    "extension_number": "8100",
    "language": "en-US",
    "dtmf_interval": 2,
    "prompt_file_name": None,
    "prompt_file_size": None,
    "prompt_file_url": None,
    "enable_pin": False,
    "pin": None,
    "timeout_forward_rule": {"timeout": 30, "repeat_times": 3, **to("FORWARD_TO_NUMBER", "8001")},
    "failure_forward_rule": to("HANGUP"),
    "night_mode_forward_rule": to("FORWARD_TO_VOICEMAIL", "101"),
    "custom_forward_rules": [
        {
            "user_input": "1",
            "office_hours": {"mode": "GLOBAL"},
            "office_hours_forward_rule": to("FORWARD_TO_NUMBER", "8001"),
            "non_office_hours_forward_rule": to("FORWARD_TO_VOICEMAIL", "101"),
            "holidays": [MAY_DAY],
            "holiday_forward_rule": to("HANGUP"),
        },
        {
            "user_input": "2",
            "office_hours": {"mode": "CUSTOM", **WEEK, "saturday": {"enabled": True, "ranges": []}},
            "office_hours_forward_rule": to("FORWARD_TO_NUMBER", "8002"),
            "non_office_hours_forward_rule": to("REPEAT"),
            "holidays": [],
            "holiday_forward_rule": None,
        },
    ],
    "outbound_caller_ids": [{"provider_id": "dHJ1bms", "caller_id": "+4930123456", "description": None}],
}


def holding(*ivrs: dict[str, Any], keeps: tuple[str, ...] = ()) -> Server:
    """A PBX with receptionists that replaces what it is sent, keeping only what `keeps` says it does not replace."""
    server = Server()
    server.queues, server.ivrs, server.tenant = [], deepcopy(list(ivrs)), deepcopy(TENANT)
    server.holidays, server.keeps, server.tokens = [MAY_DAY], keeps, {"t"}
    return server


def writes(server: Server) -> list[tuple[str, str, Any]]:
    return [request for request in server.sent if request[0] != "GET"]


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


class Desk:
    """Receptionists of a PBX, with a clock that the test moves."""

    def __init__(self, pbx: Server, at: str = "2026-04-29 10:00", **more: Any) -> None:
        self.clock = ManualClock(instant(at))
        self.pbx = pbx
        settings = SourceSettings(
            "branch", "portsip", "https://pbx.test:8887/api", auth=BearerAuth(Secret("t")), **more
        )
        services = Services(self.clock, transport=httpx.MockTransport(self._answer))
        self.here = Receptionists(HttpSource(settings, services), settings, self.clock)
        self.seq = 0

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.clock.advance(0.01)
        return self.pbx(request)

    async def fetch(self) -> Update:
        self.seq += 10
        (feed,) = self.here.feeds()
        (update,) = await feed.fetch(Ticket(1, self.seq, self.clock.now()))
        return update

    async def rows(self) -> dict[str, Receptionist]:
        return {row.name: row for row in (await self.fetch()).rows if isinstance(row, Receptionist)}

    async def main(self) -> Receptionist:
        return (await self.rows())["Main menu"]

    def form(self, row: Receptionist, title: str) -> Form:
        return next(form for form in self.here.forms(Verb.CHANGE, row) if form.title == title)

    def command(self, row: Receptionist, form: Form, **values: str) -> Command:
        fields = {field.name: field.value for field in form.fields} | values
        target = Target(row.key, row.name, fingerprint(row), row.address)
        return Command("c1", Verb.CHANGE, target, None, (("form", form.id), *fields.items()), self.clock.now())

    async def change(self, title: str, **values: str) -> str:
        """Make the change and read it back as the scheduler would; how it ended."""
        row = await self.main()
        command = self.command(row, self.form(row, title), **values)
        verification = self.here.verification(command, row)
        receipt = await self.here.perform(command, row)
        trial = Trial(command, receipt, row, Seen(self.clock.now(), read={}))
        assert judged(verification, trial) == ""
        for after in (0.5, 4.5):
            self.clock.advance(after)
            await self.fetch()
            said = judged(verification, trial)
            if said:
                return said
        return "nothing"


def judged(verification: Verification, trial: Trial) -> str:
    for evidence in (*verification.denies, *verification.confirms):
        if evidence.test(trial):
            return evidence.text
    return ""


def sends(row: Receptionist) -> dict[str, tuple[str, bool | None]]:
    return {str(entry.input): (str(entry.to), entry.open) for entry in row.sends_to}
