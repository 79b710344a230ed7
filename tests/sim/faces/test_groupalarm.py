"""The hotline face: paging, sign-in, and full-object changes as the vendor's documents have them (seeds 000, 001)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sim.faces.desk import GROUPALARM, Desk
from wallboard.sim.access import GROUPALARM_PERSONAL_TOKEN

pytestmark = pytest.mark.anyio

FIELDS = {
    *("agents", "channelsInbound", "channelsOutbound", "id", "isActive", "name", "number", "organizationID"),
    *("status", "ttsInbound", "ttsOutbound"),
}


async def get(desk: Desk, path: str) -> Any:
    answer = await desk.ask_hotlines("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def writable(hotline: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {name: value for name, value in hotline.items() if name not in ("number", "status", "id")} | changes


async def put(desk: Desk, hotline: int, body: object) -> httpx.Response:
    return await desk.ask_hotlines("PUT", f"/hotlines/{hotline}", body)


async def test_either_header_opens_and_nothing_else_does(desk: Desk) -> None:
    url = GROUPALARM + "/hotlines?organization_id=77"
    good = {"Personal-Access-Token": GROUPALARM_PERSONAL_TOKEN}
    assert (await desk.http.get(url, headers=good)).status_code == 200
    for headers in ({}, {"API-TOKEN": "wrong"}, {"Authorization": "Bearer " + GROUPALARM_PERSONAL_TOKEN}):
        assert (await desk.http.get(url, headers=headers)).status_code == 401


async def test_hotlines_come_in_pages_with_a_total(desk: Desk) -> None:
    whole = await get(desk, "/hotlines?organization_id=77")
    assert whole["totalHotlines"] == 4 == len(whole["hotlines"])
    pages = [await get(desk, f"/hotlines?organization_id=77&limit=3&offset={offset}") for offset in (0, 3, 6)]
    assert [len(page["hotlines"]) for page in pages] == [3, 1, 0]
    assert [row for page in pages for row in page["hotlines"]] == whole["hotlines"]
    first = whole["hotlines"][0]
    assert set(first) == FIELDS
    assert (first["status"], first["isActive"], first["agents"]) == ("active", True, [5, 6, 7])
    assert first["ttsInbound"].startswith('"')
    assert await get(desk, "/hotlines/311") == first


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/hotlines", 400),
        ("GET", "/hotlines?organization_id=78", 400),
        ("GET", "/hotlines?organization_id=77&limit=51", 400),
        ("GET", "/hotlines?organization_id=77&limit=0", 400),
        ("GET", "/hotlines?organization_id=77&offset=-1", 400),
        ("GET", "/hotlines?organization_id=77&limit=x", 400),
        ("GET", "/hotlines/", 404),
        ("GET", "/hotlines/abc", 400),
        ("GET", "/hotlines/999", 404),
        ("GET", "/hotlines/311/logs?limit=99", 400),
        ("GET", "/hotlines/311/logs/1", 400),
        ("GET", "/agents", 400),
        ("GET", "/agents?owner_id=4711", 403),
        ("PUT", "/hotlines/999", 404),
        ("PUT", "/agents/999", 404),
        ("PATCH", "/hotlines/311", 405),
    ],
)
async def test_errors(desk: Desk, method: str, path: str, status: int) -> None:
    answer = await desk.ask_hotlines(method, path, {} if method != "GET" else None)
    assert answer.status_code == status
    assert answer.json()["message"]


async def test_opening_by_a_full_object_changes_nothing_else(desk: Desk) -> None:
    before = await get(desk, "/hotlines/314")
    assert (before["isActive"], before["status"]) == (False, "paused")
    answer = await put(desk, 314, writable(before, isActive=True))
    assert (answer.status_code, answer.json()["status"]) == (200, "started")
    desk.wait(13)
    assert await get(desk, "/hotlines/314") == before | {"isActive": True, "status": "active"}


async def test_number_and_status_cannot_be_written_and_unknown_fields_live_in_the_object(desk: Desk) -> None:
    before = await get(desk, "/hotlines/313")
    assert before["callbackNumberMode"] == "hotline"
    await put(desk, 313, before | {"number": "0049000", "status": "error"})
    assert await get(desk, "/hotlines/313") == before
    lossy = {name: value for name, value in writable(before).items() if name in FIELDS}
    await put(desk, 313, lossy)
    assert "callbackNumberMode" not in await get(desk, "/hotlines/313")


@pytest.mark.parametrize(
    "changes",
    [
        {"agents": None},
        {"agents": ["5"]},
        {"isActive": "yes"},
        {"name": ""},
        {"organizationID": 78},
        {"channelsInbound": 101},
        {"ttsOutbound": "x" * 301},
    ],
)
async def test_a_change_that_lacks_something_is_refused_whole(desk: Desk, changes: dict[str, object]) -> None:
    before = await get(desk, "/hotlines/311")
    answer = await put(desk, 311, writable(before, **({"name": "Other"} | changes)))
    assert answer.status_code == 400
    assert await get(desk, "/hotlines/311") == before


async def test_logs_and_records_come_in_pages_newest_first(desk: Desk) -> None:
    service = desk.world.hotlines
    for _ in range(23):
        service.call(service.hotlines[311])
        desk.wait(400)
    for path, name, total in (("logs", "callLogs", "totalCallLogs"), ("records", "records", "totalRecords")):
        whole = await get(desk, f"/hotlines/311/{path}?limit=50")
        rows = whole[name]
        assert len(rows) == whole[total] > 10
        begun = [row.get("startTime") or row["timeStart"] for row in rows]
        assert begun == sorted(begun, reverse=True)
        pages = [await get(desk, f"/hotlines/311/{path}?limit=4&offset={offset}") for offset in range(0, 28, 4)]
        assert [row for page in pages for row in page[name]] == rows
        assert {page[total] for page in pages} == {whole[total]}
        beyond = await get(desk, f"/hotlines/311/{path}?offset=100")
        assert (beyond[name], beyond[total]) == ([], whole[total])
        for wrong in ("limit=51", "limit=0", "offset=-1", "offset=x"):
            assert (await desk.ask_hotlines("GET", f"/hotlines/311/{path}?{wrong}")).status_code == 400


async def test_agent_phones_are_listed_by_user_and_put_off_duty(desk: Desk) -> None:
    phones = await get(desk, "/agents?owner_id=5&organization_id=77")
    assert [(phone["id"], phone["isActive"]) for phone in phones] == [(80, True), (81, False)]
    body = phones[0] | {"isActive": False}
    answer = await desk.ask_hotlines("PUT", "/agents/80?organization_id=77", body)
    assert (answer.status_code, answer.json()) == (200, body)
    assert (await get(desk, "/agents?owner_id=5"))[0] == body
    for broken in ({"isActive": True}, body | {"userID": 6}, body | {"phone": 7}):
        assert (await desk.ask_hotlines("PUT", "/agents/80", broken)).status_code == 400
