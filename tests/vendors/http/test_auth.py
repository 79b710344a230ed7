"""Signing in: one token for all who wait, renewed in time, and no hammering with refused credentials."""

from __future__ import annotations

import base64

import anyio
import httpx
import pytest

from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import BadAnswer, CredentialsRefused, NotSent, ServerTrouble
from wallboard.vendors.base import (
    Auth,
    BasicAuth,
    BearerAuth,
    HeaderAuth,
    NoAuth,
    OAuthAuth,
    Secret,
    Services,
    SourceSettings,
)
from wallboard.vendors.http.client import HttpSource

pytestmark = pytest.mark.anyio

OAUTH = OAuthAuth("app", Secret("S3CR3T"), scope="all")


class Vendor:
    """Gives out numbered tokens and accepts those in `good` (any if empty)."""

    def __init__(self, **token: object) -> None:
        self.token: dict[str, object] = {"token_type": "Bearer", "expires_in": 3600, **token}
        self.token_status = 200
        self.forms: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.good: set[str] = set()

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            assert "authorization" not in request.headers
            self.forms.append(request.content.decode())
            body = {**self.token, "access_token": f"t{len(self.forms)}"}
            if self.token_status != 200:
                body = {"error": "invalid_client"}
            return httpx.Response(self.token_status, json=body)
        key = request.headers.get("authorization", "")
        self.seen.append((request.method, key))
        if self.good and key.removeprefix("Bearer ") not in self.good:
            return httpx.Response(401, json={"message": "expired"})
        return httpx.Response(200, json=[])


def source(vendor: Vendor, auth: Auth = OAUTH, clock: ManualClock | None = None, **changes: object) -> HttpSource:
    settings = SourceSettings("hq", "ringme", "https://pbx.example.net/api/ver1.0", auth, **changes)  # type: ignore[arg-type]
    return HttpSource(settings, Services(clock or ManualClock(), httpx.MockTransport(vendor.handle)))


async def test_client_credentials_are_posted_to_the_host_root_and_the_token_is_kept() -> None:
    vendor = Vendor()
    http = source(vendor)
    await http.get("/user/")
    await http.get("/user/")
    assert vendor.forms == ["grant_type=client_credentials&client_id=app&client_secret=S3CR3T&scope=all"]
    assert vendor.seen == [("GET", "Bearer t1")] * 2


async def test_a_sign_in_that_failed_has_failed_for_all_who_waited_and_is_tried_again_later() -> None:
    vendor, clock = Vendor(), ManualClock()
    vendor.token_status = 502
    http = source(vendor, clock=clock)
    failures: list[str] = []

    async def ask() -> None:
        with pytest.raises(ServerTrouble) as error:
            await http.get("/user/")
        failures.append(str(error.value))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(ask)
    assert len(vendor.forms) == 1
    assert failures == ["sign-in: vendor answered 502: invalid_client"] * 8
    vendor.token_status = 200
    clock.advance(1.1)
    await http.get("/user/")
    assert len(vendor.forms) == 2


async def test_everybody_who_waits_shares_one_sign_in() -> None:
    vendor = Vendor()
    http = source(vendor)
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(http.get, "/user/")
    assert len(vendor.forms) == 1
    vendor.good = {"t2"}
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(http.get, "/user/")
    assert len(vendor.forms) == 2


async def test_a_token_is_renewed_a_minute_before_its_end() -> None:
    vendor, clock = Vendor(), ManualClock()
    http = source(vendor, clock=clock)
    await http.get("/user/")
    clock.advance(3600 - 61)
    await http.get("/user/")
    assert len(vendor.forms) == 1
    clock.advance(1)
    await http.get("/user/")
    assert len(vendor.forms) == 2


@pytest.mark.parametrize("life", [None, "soon", 0, -5, [], 1e300])
async def test_a_token_without_a_sensible_life_is_kept_until_it_is_refused(life: object) -> None:
    vendor, clock = Vendor(expires_in=life), ManualClock()
    http = source(vendor, clock=clock)
    await http.get("/user/")
    clock.advance(100_000)
    await http.get("/user/")
    assert len(vendor.forms) == 1
    vendor.good = {"t2"}
    await http.get("/user/")
    assert vendor.seen[-2:] == [("GET", "Bearer t1"), ("GET", "Bearer t2")]


async def test_a_second_refusal_is_final_and_is_not_repeated_for_a_minute() -> None:
    vendor, clock = Vendor(), ManualClock()
    vendor.good = {"none"}
    http = source(vendor, clock=clock)
    for _ in range(5):
        with pytest.raises(CredentialsRefused, match="refuses the credentials: expired"):
            await http.get("/user/")
    assert http.refused
    assert len(vendor.forms) == 2, "one token, one new token"
    clock.advance(61)
    vendor.good = {"t3"}
    await http.get("/user/")
    assert not http.refused


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_refused_client_credentials_are_not_sent_again_and_again(status: int) -> None:
    vendor, clock = Vendor(), ManualClock()
    vendor.token_status = status
    http = source(vendor, clock=clock)
    for _ in range(4):
        with pytest.raises(CredentialsRefused, match="sign-in refused: invalid_client"):
            await http.get("/user/")
    with pytest.raises(NotSent, match="nothing sent: sign-in refused"):
        await http.act("POST", "/x/", json={})
    assert len(vendor.forms) == 1
    assert vendor.seen == []


async def test_trouble_of_the_sign_in_is_told_apart_from_a_refusal() -> None:
    vendor = Vendor()
    vendor.token_status = 502
    with pytest.raises(ServerTrouble, match="sign-in: vendor answered 502"):
        await source(vendor).get("/user/")
    for token in ("", "a b", "a\nb", "ü"):
        broken = Vendor()
        broken.handle = lambda request, token=token: httpx.Response(200, json={"access_token": token})  # type: ignore[method-assign,misc]
        with pytest.raises(BadAnswer, match="holds no token"):
            await source(broken).get("/user/")


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (BearerAuth(Secret("tok")), "authorization", "Bearer tok"),
        (
            BasicAuth("me", Secret("pä:w")),
            "authorization",
            "Basic " + base64.b64encode("me:pä:w".encode()).decode(),
        ),
        (HeaderAuth("API-TOKEN", Secret("k")), "api-token", "k"),
        (NoAuth(), "authorization", None),
    ],
)
async def test_fixed_credentials_are_sent_and_a_refusal_is_final(auth: Auth, name: str, value: str | None) -> None:
    seen: list[httpx.Headers] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(401)

    settings = SourceSettings("x", "x", "https://h.example/api", auth, headers=(("X-Tenant", Secret("7")),))
    http = HttpSource(settings, Services(ManualClock(), httpx.MockTransport(handle)))
    with pytest.raises(CredentialsRefused):
        await http.get("/user/")
    assert len(seen) == 1
    assert seen[0].get(name) == value
    assert seen[0]["x-tenant"] == "7"
    assert seen[0]["accept-encoding"] == "gzip, identity"
