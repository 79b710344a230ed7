"""What can be read of a hotline and its telephones on demand, and the form for its announcements."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.support.coverage import document
from tests.vendors.groupalarm.server import Server, hotline
from tests.vendors.groupalarm.test_contract import adapter, command, hotlines, phone_row, read
from wallboard.domain.command import Verb
from wallboard.domain.errors import NotPermitted
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Row
from wallboard.vendors.base import Adapter, Sheet
from wallboard.vendors.groupalarm.adapter import GroupalarmAdapter

pytestmark = pytest.mark.anyio

LOG = {
    "id": 4400,
    "hotlineID": 311,
    "startTime": "2026-03-02T08:14:05Z",
    "entries": [
        {"action": "called", "agentPhone": "0049170", "id": 1, "startTime": "2026-03-02T08:14:07Z", "userID": 5012},
        {"action": "accepted", "agentPhone": "Handy", "id": 2, "startTime": "2026-03-02T08:14:21Z", "userID": 5044},
    ],
}
OLDER = {"id": 4399, "hotlineID": 311, "startTime": "2026-03-01T22:00:00Z", "entries": []}


async def report(source: Adapter, row: Row, name: str) -> Sheet:
    (found,) = [each for each in source.reports(row) if each.id == name]
    return await found.read()


async def test_the_call_log_shows_every_entry_of_every_call_newest_first() -> None:
    vendor = Server(hotline())
    vendor.logs = [OLDER, LOG]
    source = adapter(vendor, timezone="Europe/Berlin")
    (row,) = await hotlines(source)
    sheet = await report(source, row, "calls")
    assert sheet.columns == ("time, Europe/Berlin", "action", "who", "phone")
    assert sheet.rows == (
        ("2026-03-02 09:14:05", "call", "", ""),
        ("2026-03-02 09:14:07", "called", "K. Roth", "0049170"),
        ("2026-03-02 09:14:21", "accepted", "user 5044", "Handy"),
        ("2026-03-01 23:00:00", "call without entries", "", ""),
    )
    assert sheet.note == "2 calls, all there are"


@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_long_call_log_has_no_gap(newest_first: bool) -> None:
    vendor = Server(hotline())
    logs = [{"id": n, "startTime": f"2026-03-01T{n // 60:02}:{n % 60:02}:00Z", "entries": []} for n in range(400)]
    vendor.logs = logs[::-1] if newest_first else logs
    source = adapter(vendor)
    (row,) = await hotlines(source)
    sheet = await report(source, row, "calls")
    times = [line[0] for line in sheet.rows]
    shown = len(times)
    assert shown in (100, 150)
    assert times == [f"2026-03-01 {n // 60:02}:{n % 60:02}:00" for n in range(399, 399 - shown, -1)]
    assert sheet.note == "the newest of 400 calls"


@pytest.mark.parametrize("newest_first", [True, False])
async def test_without_times_the_greatest_ids_are_the_newest(newest_first: bool) -> None:
    vendor = Server(hotline())
    logs = [{"id": n, "hotlineID": 311, "startTime": None, "entries": [{"agentPhone": str(n)}]} for n in range(1, 201)]
    vendor.logs = logs[::-1] if newest_first else logs
    source = adapter(vendor)
    (row,) = await hotlines(source)
    sheet = await report(source, row, "calls")
    named = [int(line[3]) for line in sheet.rows if line[3]]
    assert len(named) in (100, 150)
    assert named == list(range(200, 200 - len(named), -1))
    assert (await report(source, row, "call")).note == "call 200"


async def test_the_last_call_is_read_by_its_own_id() -> None:
    vendor = Server(hotline())
    vendor.logs = [OLDER, LOG]
    source = adapter(vendor)
    (row,) = await hotlines(source)
    sheet = await report(source, row, "call")
    assert [line[1] for line in sheet.rows] == ["call", "called", "accepted"]
    assert sheet.note == "call 4400"
    vendor.logs = []
    assert (await report(source, row, "call")).note == "no call yet"


async def test_billed_records_with_their_length_and_price() -> None:
    vendor = Server(hotline())
    legs = [
        {"id": 1, "destinationNumber": "0049170", "timeStart": "2026-03-02T08:14:21Z", "timeEnd": None, "price": 0.5},
        {
            "id": 2,
            "destinationNumber": "0049171\u202e",
            "timeStart": "2026-03-02T09:00:00Z",
            "timeEnd": "2026-03-02T09:02:05Z",
            "price": 0.12,
        },
        {"id": 3, "destinationNumber": "0049172", "timeStart": None, "timeEnd": None, "price": None},
        {"id": 4, "destinationNumber": "0049173", "timeStart": None, "timeEnd": None, "price": None},
    ]
    vendor.records = legs
    source = adapter(vendor)
    (row,) = await hotlines(source)
    sheet = await report(source, row, "records")
    assert sheet.rows == (
        ("2026-03-02 09:00:00", "0049171·", "2:05", "0.12"),
        ("2026-03-02 08:14:21", "0049170", "– (may be running)", "0.5"),
        ("", "0049173", "–", "–"),
        ("", "0049172", "–", "–"),
    )
    assert "no currency" in sheet.note


async def test_the_telephones_of_a_responder() -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    row = await phone_row(source, "80")
    sheet = await report(source, row, "phones")
    assert sheet.rows == (
        ("Diensthandy", "00491700000001", "on duty"),
        ("Privat", "004924199999", "off duty"),
    )
    assert sheet.note == "of K. Roth"
    vendor.answers["GET /agents"] = lambda request: httpx.Response(403)
    with pytest.raises(NotPermitted):
        await report(source, row, "phones")


async def test_other_rows_have_no_reports_and_no_forms() -> None:
    source = adapter(Server(hotline()))
    call = Call(Key("responders", Kind.CALL, "1"))
    assert source.reports(call) == ()
    assert source.forms(Verb.ANNOUNCE, call) == ()


# ---- announcements ---------------------------------------------------------------------------------------------


async def announce(source: GroupalarmAdapter) -> tuple[Row, Form]:
    (row,) = await hotlines(source)
    (form,) = source.forms(Verb.ANNOUNCE, row)
    return row, form


async def test_announcements_are_edited_in_a_form_and_what_stays_stays_byte_for_byte() -> None:
    vendor = Server(hotline(ttsInbound='"Willkommen"', ttsOutbound="Bitte  1 drücken"))
    source = adapter(vendor)
    row, form = await announce(source)
    assert [(field.name, field.value, field.most) for field in form.fields] == [
        ("text_in", "Willkommen", 298),
        ("text_out", "Bitte 1 drücken", 300),
    ]
    assert form.problems({"text_in": "x" * 299})
    assert not form.problems({"text_in": "", "text_out": ""})
    values = {field.name: field.value for field in form.fields} | {"text_in": "Wir sind gleich da"}
    await source.perform(command(Verb.ANNOUNCE, row, form=form.id, **values), row)
    ((_, body),) = vendor.sent("PUT")
    assert (body["ttsInbound"], body["ttsOutbound"]) == ('"Wir sind gleich da"', "Bitte  1 drücken")


# ---- the whole document ----------------------------------------------------------------------------------------


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path) is not None


async def test_every_operation_that_is_said_to_be_reached_is_really_asked_for() -> None:
    vendor = Server(hotline())
    vendor.logs = [LOG]
    source = adapter(vendor)
    phone = await phone_row(source, "80")
    (row,) = await hotlines(source)
    await source.refresh(row)
    for each in (row, phone):
        for found in source.reports(each):
            await found.read()
    await source.perform(command(Verb.CLOSE, row), row)
    await source.perform(command(Verb.SIGNOUT, phone), phone)
    await read(source, Resource.HOTLINES, "discovery")
    asked = {(request.method, request.url.path.removeprefix("/api/v1/first-responder")) for request in vendor.requests}
    table = document("001")
    assert len(table.reached) == 8
    for operation in table.operations:
        was = any(method == operation.method and _matches(operation.path, path) for method, path in asked)
        assert was is (operation in table.reached), f"{operation.method} {operation.path}"
