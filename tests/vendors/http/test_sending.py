"""A command is as old as it is when its first byte would go, whatever it waited for: a token, a connection, a turn."""

from __future__ import annotations

import anyio
import httpx
import pytest

from tests.vendors.http.test_http import answer_ok, serving
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Fingerprint, Target, Verb
from wallboard.domain.errors import Expired
from wallboard.domain.keys import Key, Kind
from wallboard.domain.sending import leaving, look, overdue
from wallboard.vendors.base import OAuthAuth, Secret, Services, SourceSettings
from wallboard.vendors.http.client import HttpSource

pytestmark = pytest.mark.anyio

CLOCK = ManualClock()


def command(asked_at: float, origin: str = "console") -> Command:
    target = Target(Key("hq", Kind.CALL, "c-1"), "Mia Sand", Fingerprint(("+49",), None, "talking"))
    return Command("01A", Verb.HANGUP, target, asked_at=asked_at, origin=origin)


@pytest.mark.parametrize(
    ("age", "origin", "said"),
    [
        (0.0, "console", ""),
        (5.0, "console", ""),
        (5.2, "console", "6 s old when it could be sent; press again"),
        (47.0, "do", "47 s old when it could be sent; ask again"),
    ],
)
def test_after_five_seconds_it_has_expired(age: float, origin: str, said: str) -> None:
    assert overdue(command(CLOCK.now() - age, origin), CLOCK.now()) == said


async def test_the_look_speaks_of_the_command_of_its_own_task() -> None:
    clock = ManualClock()
    old, looked = command(clock.now() - 9.0), []

    async def other() -> None:
        with leaving(command(clock.now()), clock):
            look()
            looked.append("young")

    look()
    async with anyio.create_task_group() as group:
        group.start_soon(other)
        with leaving(old, clock), pytest.raises(Expired, match="9 s old"):
            look()
    assert looked == ["young"]


class Vendor:
    """Answers everything; fetching a token takes as long as it says, and every request is remembered."""

    def __init__(self, clock: ManualClock, token_takes: float = 0.0, refuses: int = 0) -> None:
        self.clock, self.token_takes, self.refuses = clock, token_takes, refuses
        self.acted: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            self.clock.advance(self.token_takes)
            return httpx.Response(200, json={"access_token": "T", "expires_in": 3600, "token_type": "bearer"})
        self.acted.append(request.method)
        if len(self.acted) <= self.refuses:
            return httpx.Response(401)
        return httpx.Response(200, json={})


def source(clock: ManualClock, vendor: Vendor) -> HttpSource:
    auth = OAuthAuth("app", Secret("S3CR3T"))
    settings = SourceSettings("hq", "x", "https://pbx.example.net/api", auth)
    return HttpSource(settings, Services(clock, httpx.MockTransport(vendor)))


async def test_a_token_that_comes_late_comes_too_late() -> None:
    clock = ManualClock()
    vendor = Vendor(clock, token_takes=6.0)
    http = source(clock, vendor)
    with leaving(command(clock.now()), clock), pytest.raises(Expired, match="6 s old"):
        await http.act("DELETE", "/calls/1")
    assert vendor.acted == []


async def test_a_token_that_has_to_be_renewed_is_not_waited_for_longer() -> None:
    clock = ManualClock()
    vendor = Vendor(clock, token_takes=3.0, refuses=1)
    http = source(clock, vendor)
    with leaving(command(clock.now()), clock), pytest.raises(Expired):
        await http.act("DELETE", "/calls/1")
    # The first was answered with 401, which proves that it did nothing.
    assert vendor.acted == ["DELETE"]


async def test_reading_on_the_way_is_not_what_expires() -> None:
    clock = ManualClock()
    vendor = Vendor(clock)
    http = source(clock, vendor)
    with leaving(command(clock.now() - 60.0), clock):
        assert (await http.get("/calls/1")).status == 200


class Awake(ManualClock):
    """The machine sleeps for a minute once it has a connection: after so many looks at the clock."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def now(self) -> float:
        self.looks -= 1
        if self.looks == 0:
            self.advance(60.0)
        return super().now()


async def test_no_byte_is_written_on_a_connection_that_was_made_before_a_sleep() -> None:
    async with serving(answer_ok) as server:
        settings = SourceSettings("hq", "x", f"http://127.0.0.1:{server.port}/api")
        clock = Awake(looks=10_000)
        http = HttpSource(settings, Services(clock))
        asked = command(clock.now())
        # The last look but one is before the connection, the last one right before the request's head.
        clock.looks = 3
        with leaving(asked, clock), pytest.raises(Expired, match="60 s old"):
            await http.act("DELETE", "/calls/1")
        await http.aclose()
    assert server.requests == []
    assert server.connections == 1
