"""Receptionists of a PortSIP PBX: what the pane says of them, and that a change of one rule changes nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import anyio.lowlevel
import httpx
import pytest

from tests.support.facts import Seen
from tests.vendors.portsip.server import Server, error
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.errors import Ambiguous, NotPermitted, NotSent, ServerTrouble, TargetGone
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.models import Receptionist
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.vendors.base import BearerAuth, Receipt, Secret, Services, SourceSettings, Ticket, Trial, Verification
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


class Board:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.heard = anyio.Event()

    def apply(self, update: Update) -> None:
        self.updates.append(update)
        self.heard.set()

    def status(self, status: FeedStatus) -> None:
        pass

    def source(self, info: SourceInfo) -> None:
        pass


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
        target = Target(row.key, row.name, fingerprint(row), row.address, self.clock.now())
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


# ---- what the pane says ------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_in_office_hours_each_input_shows_where_it_leads_now() -> None:
    row = await Desk(holding(MAIN)).main()
    assert row.open is True
    assert row.until == instant("2026-04-29 17:00")
    assert (row.number, row.language) == ("8100", "en-US")
    assert sends(row) == {
        "1": ("8001", True),
        "2": ("8002", True),
        "no input": ("8001", None),
        "failed transfer": ("hangs up", None),
    }
    assert ("time zone", "Europe/Berlin") in row.details
    assert ("hours of 1", "Mo–Fr 09:00-17:00, Sa–Su closed (global)") in row.details
    assert ("holidays of 1", "Labour Day 05-01 each year") in row.details


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("at", "opened", "one", "two", "until"),
    [
        ("2026-04-29 17:00", False, "voicemail 101", "repeats", "2026-04-30 09:00"),
        # On Labour Day the first input is closed all day; the second knows no holidays.
        ("2026-05-01 10:00", True, "hangs up", "8002", "2026-05-01 17:00"),
        ("2026-05-02 12:00", True, "voicemail 101", "8002", "2026-05-03 00:00"),
        ("2026-05-03 12:00", False, "voicemail 101", "repeats", "2026-05-04 09:00"),
    ],
)
async def test_outside_hours_and_on_holidays(at: str, opened: bool, one: str, two: str, until: str) -> None:
    row = await Desk(holding(MAIN), at).main()
    assert row.open is opened
    assert (sends(row)["1"][0], sends(row)["2"][0]) == (one, two)
    assert row.until == instant(until)


@pytest.mark.anyio
async def test_the_row_changes_at_a_boundary_without_asking_the_vendor() -> None:
    desk = Desk(holding(MAIN), "2026-05-01 16:59")
    before = await desk.fetch()
    asked = len(desk.pbx.sent)
    board = Board()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.here.run, board)
        while not desk.clock.sleeping:
            await anyio.lowlevel.checkpoint()
        desk.clock.advance(61)
        with anyio.fail_after(5):
            await board.heard.wait()
        tasks.cancel_scope.cancel()
    (update,) = board.updates
    assert update.kind is UpdateKind.DELTA
    assert before.seq < update.seq < before.seq + 10, "it sorts between this reading and the next"
    assert update.as_of == before.as_of, "and claims no newer reading"
    (row,) = update.rows
    assert isinstance(row, Receptionist)
    assert (row.open, sends(row)["2"]) == (False, ("repeats", False))
    assert len(desk.pbx.sent) == asked


@pytest.mark.anyio
async def test_night_mode_goes_before_everything() -> None:
    pbx = holding(MAIN)
    pbx.tenant = {**TENANT, "enable_night_mode": True}
    row = await Desk(pbx).main()
    assert row.open is False
    assert {to for to, _ in sends(row).values()} == {"voicemail 101"}
    assert ("night mode", "on") in row.details


@pytest.mark.anyio
async def test_global_hours_that_may_not_be_read_leave_it_unknown_and_say_why() -> None:
    only = {**MAIN, "custom_forward_rules": MAIN["custom_forward_rules"][:1]}
    pbx = holding(only)
    pbx.answers["GET", "/tenant"] = error(403, "FORBIDDEN", "no")
    row = await Desk(pbx, timezone="Europe/Berlin").main()
    assert row.open is None
    assert row.until == instant("2026-05-01 00:00"), "the holiday is known all the same"
    assert sends(row)["1"] == ("8001 if open, else voicemail 101", None)
    assert ("office hours", "this account may not read the global office hours") in row.details


@pytest.mark.anyio
async def test_without_rules_it_is_neither_open_nor_closed() -> None:
    row = await Desk(holding({**MAIN, "custom_forward_rules": []})).main()
    assert (row.open, row.until) == (None, None)


@pytest.mark.anyio
async def test_all_pages_are_read_and_each_once() -> None:
    many = [{**MAIN, "id": f"id{n}", "name": f"n{n}"} for n in range(130)]
    rows = await Desk(holding(*many)).rows()
    assert set(rows) == {f"n{n}" for n in range(130)}


@pytest.mark.anyio
async def test_none_at_all_is_an_empty_list() -> None:
    update = await Desk(holding()).fetch()
    assert (update.kind, update.rows) == (UpdateKind.SNAPSHOT, ())


@pytest.mark.anyio
async def test_hostile_and_wrong_types_cost_no_row() -> None:
    odd: dict[str, Any] = {
        "id": "x",
        "name": "\x1b[2J\u202eevil",
        "extension_number": 8100,
        "language": ["en"],
        "dtmf_interval": "2",
        "timeout_forward_rule": "none",
        "failure_forward_rule": {"action": "Play Music", "number": 7},
        "custom_forward_rules": [{"user_input": 1, "office_hours": [], "office_hours_forward_rule": None}, "x", None],
    }
    (row,) = (await Desk(holding(odd)).rows()).values()
    assert "\x1b" not in row.name
    assert "\u202e" not in row.name
    assert row.number == "8100"
    assert row.open is True, "a rule without hours of its own follows the global ones"
    assert sends(row) == {"1": ("", True), "failed transfer": ("PLAY_MUSIC 7", None)}


@pytest.mark.anyio
async def test_one_that_cannot_be_read_keeps_what_was_read_and_is_told() -> None:
    other = {**MAIN, "id": "b", "name": "Other"}
    desk = Desk(holding(MAIN, other))
    first = await desk.rows()
    desk.clock.advance(300)
    desk.pbx.answers["GET", "/ivrs/b"] = error(502, "UNKNOWN", "no")
    again = await desk.fetch()
    assert [row for row in again.rows if row == first["Other"]]
    assert again.approximate == "1 of 2 were not read in full"
    desk.pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(502, "UNKNOWN", "no")
    desk.clock.advance(300)
    with pytest.raises(ServerTrouble):
        await desk.fetch()


@pytest.mark.anyio
async def test_rules_that_are_not_for_this_account_leave_the_names() -> None:
    pbx = holding(MAIN)
    pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(403, "UNKNOWN", "no")
    desk = Desk(pbx)
    row = await desk.main()
    assert (row.name, row.number, row.open) == ("Main menu", "8100", None)
    able = desk.here.can(Verb.CHANGE, row)
    assert (able.ok, able.reason) == (False, "its rules could not be read")
    assert desk.here.forms(Verb.CHANGE, row) == ()
    pbx.answers["GET", "/ivrs"] = error(403, "UNKNOWN", "no")
    with pytest.raises(NotPermitted):
        await desk.fetch()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.anyio
async def test_the_pin_is_kept_nowhere(everything_logged: pytest.LogCaptureFixture) -> None:
    pin = "947351"
    secret = {**MAIN, "enable_pin": True, "pin": pin, "custom_forward_rules": [
        {**rule, "pin": pin} for rule in MAIN["custom_forward_rules"]
    ]}  # fmt: skip
    desk = Desk(holding(secret))
    row = await desk.main()
    assert ("PIN for DISA", "asked for") in row.details
    seen: set[int] = set()

    def search(thing: object) -> None:
        if id(thing) in seen or isinstance(thing, Server | ManualClock):
            return
        seen.add(id(thing))
        assert pin not in repr(thing) if isinstance(thing, str | bytes | int) else True
        if isinstance(thing, dict):
            for key, value in thing.items():
                search(key)
                search(value)
        elif isinstance(thing, list | tuple | set):
            for part in thing:
                search(part)
        else:
            for name in (*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())):
                if name != "_transport":
                    search(getattr(thing, name, None))

    search(desk.here)
    search(desk.here.forms(Verb.CHANGE, row))
    for report in desk.here.reports(row):
        search(await report.read())
    await desk.here.perform(
        desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT"), row
    )
    search(desk.here)
    assert pin not in json.dumps(writes(desk.pbx))
    assert pin not in everything_logged.text


# ---- changing ----------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_form_for_each_rule_filled_with_what_is_there() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    forms = desk.here.forms(Verb.CHANGE, row)
    assert [form.title for form in forms] == [
        "night mode: where callers go",
        "no input: where callers go",
        "failed transfer: where callers go",
        "input 1 in office hours",
        "input 1 outside office hours",
        "input 1 on holidays",
        "input 2 in office hours",
        "input 2 outside office hours",
        "input 2: office hours",
    ]
    values = {field.name: field.value for field in forms[1].fields}
    assert values == {"action": "FORWARD_TO_NUMBER", "number": "8001", "timeout": "30", "repeat_times": "3"}
    week = {field.name: field.value for field in forms[-1].fields}
    assert (week["monday"], week["saturday"], week["sunday"]) == ("09:00-17:00", "all day", "closed")
    assert forms[-1].zone == "Europe/Berlin"
    assert all(form.problems({}) == [] and not form.warning for form in forms)
    assert desk.here.can(Verb.CHANGE, row).reason == ""


@pytest.mark.anyio
async def test_a_changed_night_rule_reads_back_equal_and_nothing_else_is_altered() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("night mode: where callers go", action="FORWARD_TO_NUMBER", number="+49 (30) 1234-56")
    assert ended == "reading it back: rule for night mode is as asked and nothing else changed"
    ((method, path, body),) = writes(desk.pbx)
    assert (method, path) == ("POST", f"/ivrs/{MAIN['id']}")
    assert body["night_mode_forward_rule"] == {"action": "FORWARD_TO_NUMBER", "number": "+4930123456"}
    after = desk.pbx.ivrs[0]
    for name, value in MAIN.items():
        if name in ("night_mode_forward_rule", "custom_forward_rules", "failure_forward_rule", "outbound_caller_ids"):
            continue
        assert after[name] == value, name
    assert after["custom_forward_rules"][0]["holidays"] == [MAY_DAY]
    # A null is not written: blank fields come back so, and are no value of the written form.
    assert "null" not in json.dumps(body)
    assert "prompt_file_url" not in body
    assert "pin" not in body


@pytest.mark.anyio
async def test_one_rule_of_an_input_goes_with_the_whole_list_as_it_was_read() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("input 2 outside office hours", action="FORWARD_TO_VOICEMAIL", number="102")
    assert ended.startswith("reading it back")
    rules = writes(desk.pbx)[0][2]["custom_forward_rules"]
    assert rules[1]["non_office_hours_forward_rule"] == {"action": "FORWARD_TO_VOICEMAIL", "number": "102"}
    assert rules[1]["office_hours"]["monday"] == WORK
    assert rules[0]["holidays"] == [MAY_DAY["id"]]
    assert rules[0]["office_hours_forward_rule"] == {"action": "FORWARD_TO_NUMBER", "number": "8001"}
    desk.clock.advance(300)
    row = await desk.main()
    assert {field.value for field in desk.form(row, "input 2 outside office hours").fields} >= {"102"}


@pytest.mark.anyio
async def test_office_hours_change_by_the_day_and_the_row_follows() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("input 2: office hours", monday="08:00-12:00, 13:00-18:30", tuesday="closed")
    assert ended.startswith("reading it back")
    hours = writes(desk.pbx)[0][2]["custom_forward_rules"][1]["office_hours"]
    assert hours["mode"] == "CUSTOM"
    assert hours["monday"] == {
        "enabled": True,
        "ranges": [{"from": "08:00", "to": "12:00"}, {"from": "13:00", "to": "18:30"}],
    }
    assert hours["tuesday"]["enabled"] is False
    assert hours["wednesday"] == WORK
    desk.clock.advance(300)
    row = await desk.main()
    week = "Mo 08:00-12:00, 13:00-18:30, Tu closed, We–Fr 09:00-17:00, Sa all day, Su closed"
    assert ("hours of 2", week) in row.details


@pytest.mark.anyio
async def test_inputs_of_any_spelling_can_be_changed_and_two_alike_are_told_apart() -> None:
    inputs = ["", "*", "a/b@c", "\x1b[31m", "1", "1"]
    found = [{**MAIN["custom_forward_rules"][1], "user_input": each} for each in inputs]
    pbx = holding({**MAIN, "custom_forward_rules": found})
    desk = Desk(pbx)
    row = await desk.main()
    forms = [form for form in desk.here.forms(Verb.CHANGE, row) if form.title.endswith(" in office hours")]
    assert len({form.id for form in forms}) == len(inputs)
    assert all(form.id.isprintable() for form in forms)
    for number, form in enumerate(forms):
        await desk.here.perform(desk.command(row, form, number=f"90{number}"), row)
    written = pbx.ivrs[0]["custom_forward_rules"]
    assert [rule["user_input"] for rule in written] == inputs
    assert [rule["office_hours_forward_rule"]["number"] for rule in written] == [f"90{n}" for n in range(len(inputs))]


@pytest.mark.anyio
async def test_after_a_write_only_that_receptionist_is_read_again() -> None:
    other = {**MAIN, "id": "b", "name": "Other"}
    desk = Desk(holding(MAIN, other))
    row = await desk.main()
    form = desk.form(row, "failed transfer: where callers go")
    await desk.here.perform(desk.command(row, form, action="REPEAT"), row)
    del desk.pbx.sent[:]
    desk.clock.advance(1)
    update = await desk.fetch()
    assert [path for _, path, _ in desk.pbx.sent] == [f"/ivrs/{MAIN['id']}"]
    assert (update.kind, [row.key.id for row in update.rows]) == (UpdateKind.DELTA, [MAIN["id"]])
    desk.clock.advance(60)
    assert (await desk.fetch()).kind is UpdateKind.SNAPSHOT


@pytest.mark.anyio
async def test_a_prompt_that_a_write_loses_is_named() -> None:
    spoken = {**MAIN, "prompt_file_name": "menu.wav", "prompt_file_size": 48211, "prompt_file_url": "/api/blobs/a"}
    desk = Desk(holding(spoken))
    row = await desk.main()
    able = desk.here.can(Verb.CHANGE, row)
    assert (able.ok, able.reason) == (True, "the vendor does not say whether the prompt menu.wav survives a write")
    assert {form.warning for form in desk.here.forms(Verb.CHANGE, row)} == {able.reason}
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the prompt is no longer menu.wav (48211 bytes)"
    written = next(report for report in desk.here.reports(row) if report.id == "written")
    sheet = await written.read()
    assert [line[0] for line in sheet.rows] == ["rule for failed transfer", "prompt"]
    assert sheet.rows[0][1:] == ("hangs up", "repeats", "repeats")


@pytest.mark.anyio
@pytest.mark.parametrize("asked", [True, False])
async def test_a_pin_that_a_write_loses_is_reported_and_not_shown(asked: bool) -> None:
    desk = Desk(holding({**MAIN, "enable_pin": asked, "pin": "947351"}))
    row = await desk.main()
    assert desk.here.can(Verb.CHANGE, row).reason == "the vendor does not say whether the PIN survives a write"
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the PIN is no longer what it was"
    written = next(report for report in desk.here.reports(row) if report.id == "written")
    sheet = await written.read()
    assert [line[0] for line in sheet.rows] == ["rule for failed transfer", "PIN"]
    assert "947351" not in repr(sheet)


@pytest.mark.anyio
async def test_a_pin_that_stays_confirms() -> None:
    desk = Desk(holding({**MAIN, "enable_pin": True, "pin": "947351"}, keeps=("pin",)))
    assert (await desk.change("failed transfer: where callers go", action="REPEAT")).startswith("reading it back")


@pytest.mark.anyio
async def test_receptionists_of_which_only_the_list_is_known_are_shown() -> None:
    pbx = holding(MAIN)
    pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(404, "UNKNOWN", "no")
    row = await Desk(pbx).main()
    assert (row.name, row.open) == (MAIN["name"], None)


@pytest.mark.anyio
async def test_a_prompt_that_stays_confirms_though_its_address_is_a_new_one() -> None:
    spoken = {**MAIN, "prompt_file_name": "menu.wav", "prompt_file_size": 48211, "prompt_file_url": "/api/blobs/a"}
    pbx = holding(spoken, keeps=("prompt_file_name", "prompt_file_size"))
    assert (await Desk(pbx).change("failed transfer: where callers go", action="REPEAT")).startswith("reading it back")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"enable_pin": True, "pin": "947351"}, "the vendor does not say whether the PIN survives a write"),
        ({"music": "a.wav"}, "the vendor does not say whether music survives a write"),
        (
            {"transfer_prompt_file_name": "t.wav", "enable_pin": True},
            "the vendor does not say whether the transfer prompt t.wav and the PIN survive a write",
        ),
    ],
)
async def test_what_a_write_may_lose_is_said_before(more: dict[str, Any], reason: str) -> None:
    desk = Desk(holding({**MAIN, **more}))
    assert desk.here.can(Verb.CHANGE, await desk.main()).reason == reason


@pytest.mark.anyio
async def test_a_rule_that_the_vendor_does_not_take_over_is_not_confirmed() -> None:
    desk = Desk(holding(MAIN))
    desk.pbx.replaced = lambda old, body: old  # type: ignore[method-assign]
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the vendor returns another rule for failed transfer"


@pytest.mark.anyio
async def test_a_rule_changed_by_somebody_else_meanwhile_is_not_overwritten() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    form = desk.form(row, "input 1 in office hours")
    rules = desk.pbx.ivrs[0]["custom_forward_rules"]
    rules[0]["office_hours_forward_rule"]["number"] = "8009"
    with pytest.raises(NotSent, match=r"input 1 in office hours was changed meanwhile and is now: 8009"):
        await desk.here.perform(desk.command(row, form, number="8005"), row)
    del rules[0]
    with pytest.raises(NotSent):
        await desk.here.perform(desk.command(row, form, number="8005"), row)
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_what_somebody_else_changed_elsewhere_is_kept() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    desk.pbx.ivrs[0]["timeout_forward_rule"]["number"] = "8055"
    form = desk.form(row, "failed transfer: where callers go")
    await desk.here.perform(desk.command(row, form, action="REPEAT"), row)
    assert desk.pbx.ivrs[0]["timeout_forward_rule"]["number"] == "8055"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("title", "values", "said"),
    [
        ("night mode: where callers go", {"number": ""}, "write the number that callers are to be sent to"),
        ("no input: where callers go", {"timeout": "soon"}, "write the seconds as a whole number, at least 1"),
        ("no input: where callers go", {"repeat_times": "-1"}, "write the repeats as a whole number, at least 0"),
        ("input 2: office hours", {"monday": "nine to five"}, "write 09:00-12:30, 13:00-17:00 or closed"),
        ("input 2: office hours", {"monday": "09:00-24:00"}, "this vendor's day ends at 23:59"),
    ],
)
async def test_what_cannot_be_written_is_refused_without_a_write(title: str, values: dict[str, str], said: str) -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    with pytest.raises(NotSent, match=said):
        await desk.here.perform(desk.command(row, desk.form(row, title), **values), row)
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_a_holiday_without_an_id_cannot_go_back_so_nothing_is_written() -> None:
    rules = deepcopy(MAIN["custom_forward_rules"])
    rules[0]["holidays"] = [{**MAY_DAY, "id": None}]
    desk = Desk(holding({**MAIN, "custom_forward_rules": rules}))
    row = await desk.main()
    with pytest.raises(NotSent, match="holiday without an id"):
        await desk.here.perform(
            desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT"), row
        )
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_one_that_is_gone_or_cannot_be_read_is_not_written() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    command = desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT")
    desk.pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(500, "UNKNOWN", "no")
    with pytest.raises(NotSent):
        await desk.here.perform(command, row)
    desk.pbx.answers.clear()
    desk.pbx.ivrs.clear()
    with pytest.raises(TargetGone):
        await desk.here.perform(command, row)
    assert await desk.here.refresh(row) is None
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_an_unclear_answer_is_still_decided_by_reading_back() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    form = desk.form(row, "failed transfer: where callers go")
    command = desk.command(row, form, action="REPEAT")
    verification = desk.here.verification(command, row)

    def breaks() -> None:
        desk.pbx.ivrs[0]["failure_forward_rule"] = to("REPEAT")
        raise httpx.ReadError("gone")

    desk.pbx.before_write = breaks
    with pytest.raises(Ambiguous):
        await desk.here.perform(command, row)
    desk.clock.advance(1)
    await desk.fetch()
    trial = Trial(
        command, Receipt("", "", desk.clock.now() - 1, desk.clock.now() - 0.5), row, Seen(desk.clock.now(), read={})
    )
    assert judged(verification, trial).startswith("reading it back")
    assert len(writes(desk.pbx)) == 1


@pytest.mark.anyio
async def test_read_only_and_other_verbs_are_refused_with_a_reason() -> None:
    desk = Desk(holding(MAIN), read_only=True)
    row = await desk.main()
    assert desk.here.can(Verb.CHANGE, row).reason == "this source is read-only"
    command = Command("c", Verb.CHANGE, Target(row.key, row.name, fingerprint(row)), args=(("form", "failure"),))
    with pytest.raises(NotSent):
        await desk.here.perform(command, row)
    assert Desk(holding(MAIN)).here.can(Verb.CHANGE, row).reason == "its rules could not be read"


@pytest.mark.anyio
async def test_reports_read_status_and_holidays_on_demand() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    sheets = {report.id: await report.read() for report in desk.here.reports(row)}
    assert sheets["status"].rows == (("online",),)
    assert sheets["holidays"].rows == (("Labour Day", "05-01 each year", "DEU"),)
    assert sheets["rules"].rows[0] == (
        "1",
        "Mo–Fr 09:00-17:00, Sa–Su closed (global)",
        "8001",
        "voicemail 101",
        "hangs up",
        "Labour Day 05-01 each year",
    )


def test_the_row_of_the_table_watches_the_receptionists() -> None:
    (row,) = Desk(holding()).here.table()
    assert (row.verb, row.watch, row.cannot) == (Verb.CHANGE, (Resource.RECEPTIONISTS,), "")
