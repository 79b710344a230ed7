"""Every account of the ready configuration answers where the configuration says, under its own name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sim.faces.desk import Desk
from wallboard.sim import demo_environment, demo_sources

pytestmark = pytest.mark.anyio

BASE = "http://127.0.0.1:1"
FIRST = {
    "hq": "/user/",
    "branch": "/user/",
    "responders": "/hotlines?organization_id=77",
    "cc": "/queues",
    "front": "/call_queues",
}
LOGGED = {"hq": "hq", "branch": "branch", "responders": "groupalarm", "cc": "cc", "front": "front"}


def resolved(value: Any) -> Any:
    """A table of the configuration with its references replaced by the values."""
    if isinstance(value, dict):
        if set(value) == {"env"}:
            return demo_environment()[value["env"]]
        return {name: resolved(each) for name, each in value.items()}
    return value


async def signed_in(http: httpx.AsyncClient, url: str, auth: dict[str, Any]) -> dict[str, Any]:
    """What a request of this source carries."""
    if auth["kind"] == "oauth":
        form = {"grant_type": "client_credentials", **{name: auth[name] for name in ("client_id", "client_secret")}}
        token = (await http.post("/oauth/token", data=form)).json()["access_token"]
        return {"headers": {"Authorization": f"Bearer {token}"}}
    if auth["kind"] == "login":
        body = {name: auth[name] for name in ("username", "password", "domain")}
        token = (await http.post(url + "/login", json=body)).json()["access_token"]
        return {"headers": {"Authorization": f"Bearer {token}"}}
    if auth["kind"] == "basic":
        return {"auth": (auth["username"], auth["password"]), "headers": auth["headers"]}
    return {"headers": {auth["name"]: auth["value"]}}


@pytest.mark.parametrize("name", list(FIRST))
async def test_a_source_is_let_in_with_its_credentials_and_with_no_others(name: str) -> None:
    desk = Desk()
    source = next(resolved(each) for each in demo_sources(BASE) if each["name"] == name)
    carried = await signed_in(desk.http, source["url"], source["auth"])
    accept = {"Accept": "application/json"}
    carried["headers"] |= accept
    url = source["url"] + FIRST[name]
    assert (await desk.http.get(url, **carried)).status_code == 200
    assert (await desk.http.get(url, headers=accept)).status_code == 401
    assert [(each.account, each.status) for each in desk.app.requests[-2:]] == [
        (LOGGED[name], 200),
        (LOGGED[name], 401),
    ]
    desk.app.faults.set(f"{LOGGED[name]}/*", "status:503")
    assert (await desk.http.get(url, **carried)).status_code == 503
