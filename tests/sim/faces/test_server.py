"""The application around the faces: its request log, its faults, and that it serves over a real socket."""

from __future__ import annotations

import asyncio
import socket
import tomllib
from base64 import b64encode
from typing import Any

import anyio
import httpx
import pytest

from tests.sim.faces.desk import HQ, Desk
from wallboard.sim import Knobs, demo_environment, ready_config
from wallboard.sim.access import CLIENTS

pytestmark = pytest.mark.anyio

STATUS = "/extension/601/queue/status/"


async def test_the_log_holds_each_request_once_as_it_came(desk: Desk) -> None:
    call = await desk.talk()
    desk.app.requests.clear()
    body = {"action": "transfer", "send_dst": "212"}
    path = f"/extension/201/current_calls/{call['call_api_id']}"
    await desk.ask("PUT", path, body)
    await desk.get("/client/@me/extension/?type=queue&page=2")
    (action,) = desk.app.actions()
    assert (action.account, action.method, action.path, action.body, action.status) == ("hq", "PUT", path, body, 200)
    assert action.time == 6.0
    (read,) = desk.app.made("GET", "hq")
    assert (read.path, read.query, read.body) == (
        "/client/@me/extension/",
        {"type": ["queue"], "page": ["2"]},
        None,
    )


async def test_the_log_holds_no_secret(desk: Desk) -> None:
    secret = CLIENTS["wallboard-hq"][1]
    form = {"grant_type": "client_credentials", "client_id": "wallboard-hq", "client_secret": secret}
    await desk.http.post("/oauth/token", data=form)
    (entry,) = desk.app.requests
    assert (entry.account, entry.path, entry.status) == ("hq", "/oauth/token", 200)
    assert secret not in repr(entry)


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("status:503", 503, b"Injected 503"),
        ("empty", 200, b""),
        ("garbage", 200, b"\xff"),
        ("html", 200, b"<html>"),
        ("redirect", 302, b""),
        ("nan", 200, b"NaN"),
        ("null", 200, b"null"),
        ("body:[1,2", 200, b"[1,2"),
    ],
)
async def test_faults_replace_the_answer_of_what_they_match(desk: Desk, kind: str, status: int, content: bytes) -> None:
    desk.app.faults.set("*/queue/status/", kind)
    answer = await desk.ask("GET", STATUS)
    assert (answer.status_code, content in answer.content) == (status, True)
    assert (await desk.ask("GET", "/extension/601/queue/status/members/")).status_code == 200
    desk.app.faults.clear()
    assert (await desk.ask("GET", STATUS)).status_code == 200


async def test_a_fault_can_be_for_one_account_one_method_and_a_few_times(desk: Desk) -> None:
    desk.app.faults.set("hq/extension/*", "status:500", method="GET", times=2, headers=(("retry-after", "7"),))
    answers = [await desk.ask("GET", STATUS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[0].headers["retry-after"] == "7"
    desk.app.faults.set("branch/*", "status:500")
    assert (await desk.ask("GET", STATUS)).status_code == 200


async def test_a_lost_answer_comes_after_the_deed(desk: Desk) -> None:
    call = await desk.talk()
    desk.app.faults.set("*/current_calls/*", "status:502", method="PUT", after=True)
    path = f"/extension/201/current_calls/{call['call_api_id']}"
    answer = await desk.ask("PUT", path, {"action": "transfer", "send_dst": "212"})
    assert answer.status_code == 502
    assert [row["extension_id"] for row in await desk.calls()] == [212]


async def test_what_hangs_goes_on_when_released(desk: Desk) -> None:
    desk.app.faults.set("*/queue/status/", "hang", times=1)
    answers: list[int] = []

    async def ask() -> None:
        answers.append((await desk.ask("GET", STATUS)).status_code)

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        assert (await desk.ask("GET", "/user/")).status_code == 200
        assert answers == []
        while not any(rule.hits for rule in desk.app.faults.rules):
            await anyio.lowlevel.checkpoint()
        await anyio.wait_all_tasks_blocked()
        desk.app.faults.release()
    assert answers == [200]


async def test_paths_outside_every_mount_are_not_found(desk: Desk) -> None:
    for path in ("/", "/ringme/other/api/ver1.0/user/", "/ringme/hq/user/", "/groupalarm/hotlines"):
        assert (await desk.http.get(path)).status_code == 404


async def test_it_serves_over_a_socket_and_a_dropped_answer_breaks_the_connection() -> None:
    uvicorn = pytest.importorskip("uvicorn", reason="the sim extra is not installed")
    desk = Desk(Knobs())
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Listening before the server starts: whoever connects early waits in the backlog.
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(desk.app, log_level="critical", lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    headers = {"Authorization": "Bearer demo-bearer-hq"}
    base = f"http://127.0.0.1:{listener.getsockname()[1]}{HQ}"
    async with httpx.AsyncClient(base_url=base, headers=headers) as client:
        answer = await client.get("/client/@me/current_calls/")
        assert (answer.status_code, len(answer.json()["call_list"]) > 0) == (200, True)
        desk.app.faults.set("*/queue/status/", "drop", times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(STATUS)
        assert (await client.get(STATUS)).status_code == 200
        desk.app.faults.set("*/queue/status/", "hang")
        with pytest.raises(httpx.ReadTimeout):
            await client.get(STATUS, timeout=0.2)
    assert [entry.status for entry in desk.app.requests if entry.path == STATUS][:2] == [0, 200]
    server.should_exit = True
    await serving
    listener.close()


FIRST = {
    "hq": "/user/",
    "branch": "/user/",
    "responders": "/hotlines?organization_id=77",
    "cc": "/queues",
    "front": "/call_queues",
}


async def signed_in(desk: Desk, url: str, auth: dict[str, Any]) -> dict[str, str]:
    """The headers of a source's requests, by what the ready configuration says of it."""
    secrets = demo_environment()
    match auth["kind"]:
        case "oauth":
            secret = secrets[auth["client_secret"]["env"]]
            form = {"grant_type": "client_credentials", "client_id": auth["client_id"], "client_secret": secret}
            token = (await desk.http.post("/oauth/token", data=form)).json()["access_token"]
            return {"authorization": f"Bearer {token}"}
        case "login":
            body = {"username": auth["username"], "domain": auth["domain"]}
            body["password"] = secrets[auth["password"]["env"]]
            token = (await desk.http.post(url + "/login", json=body)).json()["access_token"]
            return {"authorization": f"Bearer {token}"}
        case "basic":
            code = b64encode(f"{auth['username']}:{secrets[auth['password']['env']]}".encode()).decode()
            return {"authorization": f"Basic {code}", "x-api-key": secrets[auth["headers"]["x-api-key"]["env"]]}
        case _:
            return {str(auth["name"]): secrets[auth["value"]["env"]]}


@pytest.mark.parametrize("name", list(FIRST))
async def test_a_source_of_the_ready_config_is_let_in_with_its_credentials_alone(desk: Desk, name: str) -> None:
    told = tomllib.loads(ready_config("http://127.0.0.1:1"))
    source = next(each for each in told["source"] if each["name"] == name)
    carried = await signed_in(desk, source["url"], source["auth"])
    accept = {"Accept": "application/json"}
    url = source["url"] + FIRST[name]
    assert (await desk.http.get(url, headers=carried | accept)).status_code == 200
    assert (await desk.http.get(url, headers=accept)).status_code == 401
    account = {"responders": "groupalarm"}.get(name, name)
    assert [(each.account, each.status) for each in desk.app.requests[-2:]] == [(account, 200), (account, 401)]
