"""Everything the PortSIP adapter can ask for is one of the operations of the vendor's document, and every answer that
the document describes is read. The mock refuses anything else, so a request that slipped in would fail here."""

from __future__ import annotations

import logging

import anyio
import httpx
import pytest

from tests.support.coverage import document
from tests.vendors.portsip.desk import CALLER, PASSWORD, SALES, TALKING, Desk
from tests.vendors.portsip.document import EVERYTHING, OAUTH, OPERATIONS, operation_of
from tests.vendors.portsip.server import Server, error
from tests.vendors.server import Refused
from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, NotSent
from wallboard.domain.forms import FormField, Takes
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Phone, Queue, Receptionist, Row
from wallboard.vendors.base import BearerAuth, LoginAuth, Secret

pytestmark = pytest.mark.anyio

MENU = {
    "id": "NzAwNTUxOTA5NzczMTQ4MTYw",
    "name": "Main menu",
    "extension_number": "8100",
    "language": "en-US",
    "dtmf_interval": 2,
    "prompt_file_name": None,
    "prompt_file_size": 0,
    "prompt_file_url": None,
    "enable_pin": False,
    "pin": None,
    "timeout_forward_rule": {"timeout": 30, "repeat_times": 3, "action": "FORWARD_TO_NUMBER", "number": "8001"},
    "failure_forward_rule": {"action": "HANGUP", "number": None},
    "custom_forward_rules": [
        {
            "user_input": "1",
            "office_hours": {"mode": "GLOBAL"},
            "office_hours_forward_rule": {"action": "FORWARD_TO_NUMBER", "number": "8001"},
            "non_office_hours_forward_rule": {"action": "FORWARD_TO_NUMBER", "number": "8101"},
            "holidays": [],
            "holiday_forward_rule": {"action": "FORWARD_TO_VOICEMAIL", "number": "101"},
        }
    ],
    "outbound_caller_ids": [],
}


def bare(pbx: Server) -> Desk:
    """A desk whose PBX answers everything from the description alone: every field filled."""
    desk = Desk(pbx)
    pbx.queues = None
    return desk


async def rows_of_every_kind(desk: Desk) -> list[Row]:
    await desk.read()
    await desk.read()
    return [row for resource in Resource for row in desk.board.rows(resource)]


# ---- what is asked -------------------------------------------------------------------------------------------------


async def test_every_read_of_the_document_is_made_and_no_other() -> None:
    desk = Desk()
    desk.pbx.ivrs = [MENU]
    rows = await rows_of_every_kind(desk)
    assert {type(row) for row in rows} == {Queue, Member, Agent, Call, Phone, Receptionist}
    for row in rows:
        await desk.adapter.refresh(row)
        for report in desk.adapter.reports(row):
            await report.read()
    await desk.adapter.check()
    asked = {(method, operation_of(method, path)) for method, path, _ in desk.pbx.sent}
    assert {where for where in OPERATIONS if where[0] == "GET"} - asked == set()
    assert desk.pbx.acted() == []


async def test_a_rule_is_changed() -> None:
    """Every form of a receptionist, with every field filled in anew, is a write that the document allows."""
    desk = Desk()
    desk.pbx.ivrs = [MENU]
    await desk.read(Resource.RECEPTIONISTS)
    row = desk.one(Receptionist, str(MENU["id"]))
    forms = desk.adapter.forms(Verb.CHANGE, row)
    assert forms
    for form in forms:
        values = {field.name: another(field) for field in form.fields}
        await desk.act(Verb.CHANGE, row, form=form.id, **values)
    assert len(desk.pbx.acted()) == len(forms)


def another(field: FormField) -> str:
    """A value that the field takes and that is not the one it shows."""
    match field.takes:
        case Takes.CHOICE:
            values = [option.value for option in field.options]
            return next((value for value in values if value != field.value and "DISA" not in value), values[0])
        case Takes.NUMBER | Takes.PLACE:
            return "8777"
        case Takes.HOURS:
            return "08:00-12:00, 13:00-17:30"
        case Takes.LINE:
            return "8777"
    return field.value


async def test_the_mock_refuses_what_the_document_does_not_have() -> None:
    pbx = Server()
    client = httpx.AsyncClient(transport=httpx.MockTransport(pbx), base_url="https://pbx.example.net:8887/api/")
    for method, path, more in (
        ("GET", "sessions?skip=0", {}),
        ("DELETE", "sessions/1", {}),
        ("GET", "call_queues?top=101", {}),
        ("GET", "parking", {}),
        ("GET", "call_queues/1/agents/x7", {}),
        ("POST", "sessions/1/hold", {"json": {"extension_number": "12"}}),
        ("POST", "sessions/1/hold", {"json": {"extension_number": "101", "why": "x"}}),
        ("POST", "sessions/1/hold", {"json": {}}),
        ("POST", "sessions/1/destroy", {"json": {}}),
        ("POST", "call_queues/1/agents/101", {"json": {"status": "QUEUE_CALL"}}),
    ):
        with pytest.raises(Refused):
            await client.request(method, path, **more)
    await client.aclose()


# ---- what is answered ------------------------------------------------------------------------------------------------


async def test_every_answer_that_the_document_describes_is_read() -> None:
    """With every field filled in, a row of every kind stands on the board and says what its answer said."""
    desk = bare(Server())
    await rows_of_every_kind(desk)
    (queue,) = desk.board.rows(Resource.QUEUES)
    (member,) = desk.board.rows(Resource.MEMBERS)
    (agent,) = desk.board.rows(Resource.AGENTS)
    (call,) = desk.board.rows(Resource.CALLS)
    (phone,) = desk.board.rows(Resource.PHONES)
    (menu,) = desk.board.rows(Resource.RECEPTIONISTS)
    assert isinstance(queue, Queue)
    assert (queue.name, queue.number, queue.service_seconds, queue.waiting) == ("text", "8001", 20, 1)
    assert queue.strategy == "ring all"
    assert isinstance(member, Member)
    assert (member.name, member.number) == ("text", "8001")
    assert member.joined_at == pytest.approx(desk.clock.now() - 73, abs=2.1)
    assert isinstance(agent, Agent)
    assert (agent.name, agent.extension, agent.raw_status) == ("Ada", "101", "READY")
    assert isinstance(call, Call)
    assert (call.from_number, call.from_name, call.to) == ("00431334081002", "T. Young", "101")
    assert isinstance(phone, Phone)
    assert (phone.extension, phone.registered) == ("101", True)
    assert isinstance(menu, Receptionist)
    assert menu.number == "8001"


# ---- signing in ------------------------------------------------------------------------------------------------------


async def test_both_sign_ins_and_their_renewals_are_documented() -> None:
    for style in ("json", "oauth"):
        desk = Desk(auth=LoginAuth("mira", Secret(PASSWORD), "pbx.example.net", style))
        await desk.fetch(desk.feed(Resource.CALLS))
        desk.clock.advance(1790)
        await desk.fetch(desk.feed(Resource.CALLS))
        posts = [(path, body) for method, path, body in desk.pbx.sent if method == "POST"]
        if style == "json":
            assert posts == [
                ("/login", {"username": "mira", "password": PASSWORD, "domain": "pbx.example.net"}),
                ("/auth/refresh_token", {"refresh_token": "R3FR35H"}),
            ]
        else:
            assert [path for path, _ in posts] == ["/login/oauth/token"] * 2
            assert [body["grant_type"] for _, body in posts] == ["password", "refresh_token"]
            assert all(OAUTH.problem(body) == "" for _, body in posts)


async def test_a_token_of_the_config_is_used_as_it_is() -> None:
    desk = Desk(auth=BearerAuth(Secret("T0K3N")))
    await desk.fetch(desk.feed(Resource.CALLS))
    assert [method for method, _, _ in desk.pbx.sent] == ["GET"]


async def test_a_wrong_password_is_said_once_and_not_tried_again_for_a_minute() -> None:
    desk = Desk()
    desk.pbx.answers["POST", "/login"] = error(400, "UNAUTHORIZED", "Login failed, authentication error")
    with pytest.raises(CredentialsRefused, match="Login failed"):
        await desk.fetch(desk.feed(Resource.CALLS))
    assert desk.adapter.info().refused
    row_less = desk.adapter.can(Verb.HANGUP, None)
    assert row_less.reason == "the vendor refuses the credentials"
    with pytest.raises(CredentialsRefused, match="Login failed"):
        await desk.fetch(desk.feed(Resource.QUEUES))
    assert len(desk.pbx.sent) == 1, "accounts lock"
    desk.clock.advance(61)
    del desk.pbx.answers["POST", "/login"]
    await desk.fetch(desk.feed(Resource.CALLS))
    assert not desk.adapter.info().refused


async def test_neither_password_nor_token_nor_pin_is_written_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk()
    desk.pbx.ivrs = [MENU]
    desk.pbx.ivrs = [MENU | {"pin": "604179", "enable_pin": True}]
    rows = await rows_of_every_kind(desk)
    said = repr(rows) + repr(await desk.adapter.check()) + repr(desk.adapter.info())
    desk.pbx.answers["GET", "/sessions"] = error(500, "UNKNOWN", f"Bearer T0K3N {PASSWORD} R3FR35H")
    with pytest.raises(Exception, match="500") as caught:
        await desk.fetch(desk.feed(Resource.CALLS))
    call = desk.row(Kind.CALL, TALKING)
    assert call
    desk.pbx.answers["POST", "/sessions/{id}/hold"] = error(400, "VALIDATE_FAILED", f"T0K3N {PASSWORD}")
    with pytest.raises(Exception, match="400") as refused:
        await desk.act(Verb.HOLD, call)
    for secret in (PASSWORD, "T0K3N", "R3FR35H", "604179"):
        assert secret not in said + str(caught.value) + str(refused.value) + caplog.text


# ---- the rest ------------------------------------------------------------------------------------------------------


async def test_check_says_what_works_and_what_does_not() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/sessions"] = error(403, "FORBIDDEN", "no")
    desk.pbx.answers["GET", "/tenant"] = error(403, "FORBIDDEN", "no")
    lines = {line.name: line for line in await desk.adapter.check()}
    assert lines["sign-in"].ok is True
    assert lines["members"].text == "1 waiting"
    assert lines["agent status"].ok is True
    assert lines["calls"].ok is False
    assert "not permitted" in lines["calls"].text
    assert lines["tenant"].ok is False
    assert "signs in" in lines["pickup"].text
    assert desk.pbx.acted() == []


async def test_check_without_a_phone_or_for_reading_only() -> None:
    lines = {line.name: line for line in await Desk(phone="").adapter.check()}
    assert lines["call"].ok is False
    assert lines["hold"].ok is None
    closed = {line.name: line for line in await Desk(read_only=True).adapter.check()}
    assert closed["hold"].ok is False


class Pushing:
    """A push interface that lives as long as a test says."""

    def __init__(self) -> None:
        self.live: set[Resource] = set()
        self.why = "push: the PBX closed the connection"
        self.unread = ""
        self.ran = anyio.Event()

    def alive(self, resource: Resource) -> bool:
        return resource in self.live

    async def run(self, sink: object) -> None:
        self.ran.set()


async def test_lists_that_are_pushed_are_only_reconciled(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, push = Desk(), Pushing()
    monkeypatch.setattr(desk.adapter, "_push", push)
    await desk.discover()

    def pace(resource: Resource) -> float:
        return desk.feed(resource, SALES).interval

    assert (pace(Resource.MEMBERS), pace(Resource.AGENTS)) == (5.0, 10.0)
    assert desk.adapter.info().detail == "polled, push: the PBX closed the connection"
    push.live = {Resource.MEMBERS, Resource.AGENTS}
    assert (pace(Resource.MEMBERS), pace(Resource.AGENTS)) == (60.0, 120.0)
    assert desk.feed(Resource.CALLS).interval == 2.0, "sessions are not pushed"
    assert desk.adapter.info().detail == "pushed"


async def test_a_target_without_its_address_sends_nothing() -> None:
    desk = Desk()
    await desk.read()
    for kind, identity, verb in ((Kind.CALL, TALKING, Verb.HOLD), (Kind.MEMBER, CALLER, Verb.PICKUP)):
        row = desk.row(kind, identity)
        assert row
        command = desk.command(verb, row)
        object.__setattr__(command.target, "address", ())
        with pytest.raises(NotSent):
            await desk.adapter.perform(command, row)
    assert desk.pbx.acted() == []


def test_what_the_tables_say_is_reached_is_what_the_mock_lets_pass() -> None:
    reached = {
        (operation.method, operation.path.removeprefix("/api"))
        for table in (document("004"), document("portsip-openapi-22"))
        for operation in table.reached
    }
    assert set(EVERYTHING) == reached
