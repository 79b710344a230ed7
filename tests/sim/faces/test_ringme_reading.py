"""The hosted PBX face: signing in, quota, errors, and what its resources look like (seed 003)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.sim.faces.desk import HQ, Desk

pytestmark = pytest.mark.anyio

CALL_FIELDS = {
    *("called_number", "record_uuid", "init_time_gmt", "real_call", "call_flow", "called_did", "callback_id"),
    *("caller_id_name", "call_api_id", "extension_id", "answer_time_gmt", "caller_id_number"),
}


async def token(desk: Desk, **changes: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": "wallboard-hq", "client_secret": "demo-hq-3a7d"}
    return await desk.http.post("/oauth/token", data=form | changes)


async def test_client_credentials_give_a_bearer_token(desk: Desk) -> None:
    answer = await token(desk, scope="all")
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 3600)
    assert "x-ratelimit-limit" not in answer.headers
    desk.bearer = answer.json()["access_token"]
    assert (await desk.get("/user/"))["client_id"] == 3401


async def test_no_wrong_expired_or_revoked_token_opens_anything(desk: Desk) -> None:
    assert (await desk.http.get(HQ + "/user/")).status_code == 401
    desk.bearer = "made-up"
    answer = await desk.ask("GET", "/user/")
    assert (answer.status_code, "message" in answer.json()) == (401, True)
    desk.bearer = (await token(desk)).json()["access_token"]
    desk.wait(3599)
    assert (await desk.ask("GET", "/user/")).status_code == 200
    desk.wait(2)
    assert (await desk.ask("GET", "/user/")).status_code == 401
    desk.bearer = (await token(desk)).json()["access_token"]
    desk.app.tokens.revoke()
    assert (await desk.ask("GET", "/user/")).status_code == 401


async def test_the_hourly_quota_counts_down_and_comes_back() -> None:
    desk = Desk(limits={"hq": 3})
    desk.wait(3000)
    left = []
    for _ in range(3):
        answer = await desk.ask("GET", "/user/")
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert (left, answer.headers["X-RateLimit-Limit"]) == (["2", "1", "0"], "3")
    refused = await desk.ask("GET", "/user/")
    assert (refused.status_code, refused.json()["status"]) == (429, "rate_limit_exceeded")
    assert (refused.headers["X-RateLimit-Remaining"], refused.headers["X-RateLimit-Reset"]) == ("0", "600")
    desk.wait(600)
    assert (await desk.ask("GET", "/user/")).headers["X-RateLimit-Remaining"] == "2"


async def test_a_trailing_slash_is_part_of_the_path(desk: Desk) -> None:
    row = await desk.talk()
    good = ["/user/", "/extension/601/queue/status/", "/extension/201/current_calls/", "/extension/601/queue/"]
    good.append(f"/extension/201/current_calls/{row['call_api_id']}")
    for path in good:
        other = path.removesuffix("/") if path.endswith("/") else path + "/"
        assert (await desk.ask("GET", path)).status_code == 200, path
        answer = await desk.ask("GET", other)
        assert (answer.status_code, answer.json()) == (404, {"message": "Not found"}), other


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/extension/999/queue/status/", None, 404),
        ("GET", "/extension/201/queue/status/", None, 404),
        ("GET", "/extension/601/current_calls/", None, 404),
        ("GET", "/extension/x/extension/", None, 404),
        ("GET", "/client/1/extension/", None, 403),
        ("GET", "/client/@me/extension/?page=0", None, 400),
        ("GET", "/extension/registration/?extension_id=201,202", None, 400),
        ("PATCH", "/extension/201/agent/136", {}, 405),
        ("PUT", "/extension/201/agent/137", {"status": "available"}, 404),
        ("PUT", "/extension/201/agent/136", {"status": "on_break"}, 400),
        ("PUT", "/extension/201/agent/136", ["status"], 400),
        ("PUT", "/extension/201/current_calls/201-none", {"action": "hold"}, 404),
        ("DELETE", "/extension/201/current_calls/201-none", None, 404),
        ("POST", "/extension/201/callback/", {"src_num": "2001", "dst_num": "201"}, 400),
        ("POST", "/extension/201/callback/", {"src_num": ["2001"]}, 400),
        ("POST", "/extension/601/queue/agents/local/", {"level": 1}, 400),
        ("POST", "/extension/601/queue/agents/local/", {"agent_id": 9}, 404),
        ("POST", "/extension/601/queue/agents/local/", {"agent_id": 136}, 400),
        ("GET", "/extension/690/conference/status/", None, 400),
        ("GET", "/nothing/", None, 404),
    ],
)
async def test_errors_are_a_status_and_a_message(desk: Desk, method: str, path: str, body: object, status: int) -> None:
    answer = await desk.ask(method, path, body)
    assert answer.status_code == status
    assert set(answer.json()) == {"message"}
    assert "x-ratelimit-remaining" in answer.headers


@pytest.mark.parametrize("body", [{}, {"action": None}, {"action": "listen"}, {"action": "eavesdrop"}])
async def test_an_action_without_a_known_name_or_destination_is_refused(desk: Desk, body: object) -> None:
    row = await desk.talk()
    answer = await desk.ask("PUT", f"/extension/201/current_calls/{row['call_api_id']}", body)
    assert answer.status_code == 400
    assert (await desk.calls())[0]["call_api_id"] == row["call_api_id"]


async def test_discovery_pages_through_the_extensions_of_a_type(desk: Desk) -> None:
    queues = await desk.get("/client/@me/extension/?type=queue")
    assert [(row["id"], row["label"]) for row in queues][:2] == [(601, "Sales"), (602, "Support")]
    assert {row["type"] for row in queues} == {"queue"}
    phones: list[Any] = []
    for page in range(1, 9):
        phones += await desk.get(f"/client/3401/extension/?type=phone&page={page}&per_page=4")
    assert len(phones) == len({row["id"] for row in phones}) == 15
    assert {"022*201@pbx.example", "022*2001@pbx.example"} <= {row["name"] for row in phones}


async def test_a_queue_shows_counts_members_and_agents(desk: Desk) -> None:
    desk.only(136)
    for number in ("+493023125101", "anonymous", ""):
        desk.arrive(number=number)
    desk.wait(6)
    assert await desk.get("/extension/601/queue/status/") == {
        "waiting_members": 2,
        "trying_members": 0,
        "answered_members": 1,
    }
    rows = await desk.members()
    assert [row["state"] for row in rows] == ["Answered", "Waiting", "Waiting"]
    assert [row["number"] for row in rows] == ["+493023125101", "anonymous", ""]
    assert [row["serving_agent"] for row in rows] == ["136_local", "", ""]
    for row in rows:
        assert set(row) == {"state", "number", "wait_time", "joined_datetime", "call_api_id", "serving_agent"}
        assert re.fullmatch(r"2026-03-02 10:00:00(\.\d\d)?", row["joined_datetime"])
        assert re.fullmatch(r"601-[0-9a-f]{32}", row["call_api_id"])
    assert (rows[0]["wait_time"] < 5, rows[1]["wait_time"]) == (True, 6)
    agent = await desk.agent_row("136_local")
    assert (agent["status"], agent["state"]) == ("Available", "In a queue call")
    assert (agent["extension_name"], agent["name"]) == ("022*201@pbx.example", "Anna Petrosyan")
    assert agent["call_duration"] + rows[0]["wait_time"] in (5, 6)
    assert (await desk.agent_row("9_remote"))["status"] == {"name": "logged_out"}
    assert (await desk.agent_row("137_local"))["call_duration"] is None


async def test_a_call_shows_its_parties_and_times(desk: Desk) -> None:
    row = await desk.talk()
    assert set(row) >= CALL_FIELDS
    assert (row["caller_id_number"], row["caller_id_name"]) == ("+493023125123", "Bo Quist")
    assert re.fullmatch(r"2026-03-02 10:00:00\.\d\d", row["init_time_gmt"])
    assert re.fullmatch(r"2026-03-02 10:00:0\d", row["answer_time_gmt"])
    assert row["called_extension"] == {
        "id": 201,
        "name": "022*201@pbx.example",
        "client_id": 3401,
        "type": "phone",
        "extension_group_id": 3402,
    }
    assert row["record_uuid"].startswith("201-")
    assert str(row["called_did"]) == "49302312501"
    assert await desk.get(f"/extension/201/current_calls/{row['call_api_id']}") == row
    assert await desk.calls() == [row]


async def test_settings_profiles_and_registrations(desk: Desk) -> None:
    settings = await desk.get("/extension/602/queue/")
    assert (settings["strategy"], settings["tier_rule_wait_second"]) == ("round-robin", 25)
    assert settings["timeout_transfer_dst"] is None
    assert (await desk.get("/extension/201/phone/"))["hangup_timeout"] == 60
    assert (await desk.get("/extension/601/extension/"))["label"] == "Sales"
    (profile,) = await desk.get("/extension/201/agent/")
    assert (profile["id"], profile["status"], profile["call_timeout"]) == (136, {"name": "available"}, 20)
    assert await desk.get("/extension/201/agent/136") == profile
    assert await desk.get("/extension/212/agent/") == []
    desk.world.hq.pbx.extensions[202].registered = False
    rows = await desk.get("/extension/registration/?extension_id=201&extension_id=202")
    assert [(row["extension_id"], row["registered"], len(row["registrations"])) for row in rows] == [
        (201, True, 1),
        (202, False, 0),
    ]
    assert len(await desk.get("/extension/registration/")) == 15
    assert (await desk.get("/extension/202/registration/"))["registered"] is False
    assert await desk.get("/extension/690/conference/status/?action=count") == 0


async def test_the_other_account_has_its_own_queues(desk: Desk) -> None:
    desk.bearer = "demo-bearer-branch"
    answer = await desk.ask("GET", "/client/@me/extension/?type=queue", base="/ringme/branch/api/ver1.0")
    assert [row["id"] for row in answer.json()] == [701, 702]
