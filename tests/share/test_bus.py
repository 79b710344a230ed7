"""The connection itself: what is never said in clear, what is no server, and that whatever is wrong is named and tried
again."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.share.keys import Pair, site_of_creds
from tests.share.listener import Listener, info
from tests.share.nats import Server, free_port
from tests.share.site import Console, World, queue, running, until
from tests.support.certificates import PAST, Authority
from wallboard.domain.keys import Resource
from wallboard.share.bus import Bus, BusError, BusSettings
from wallboard.share.wire import MOST_SERVERS, Wire

pytestmark = pytest.mark.anyio


@pytest.fixture
def world() -> World:
    return World({Resource.QUEUES: (queue(2),)})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ours").make()


def tls(certificate: Path) -> str:
    return f'tls {{ cert_file: "{certificate}", key_file: "{certificate}" }}'


@pytest.fixture
def secured(authority: Authority, tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path, tls(authority.issue(tmp_path.name, "DNS:localhost"))).start()
    yield made
    made.kill()


@asynccontextmanager
async def trying(settings: BusSettings) -> AsyncIterator[Bus]:
    """One that is being connected."""
    bus = Bus(settings, lambda: None)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bus.connect)
        yield bus
        tasks.cancel_scope.cancel()
    await bus.close()


def hosts(bus: Bus) -> set[str]:
    assert bus._trying is not None
    return {f"{each.uri.scheme}://{each.uri.hostname}" for each in bus._trying._server_pool}


# ---- what is never said in clear ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (info(), "offers no TLS"),
        (info(tls_required=True), "does not answer"),
        (info(auth_required=True, nonce="abc", tls_required=False), "offers no TLS"),
    ],
    ids=["no TLS", "TLS that is none", "asks for the sign-in"],
)
async def test_nothing_is_said_in_clear_where_the_address_says_tls(greeting: bytes, said: str) -> None:
    async with Listener(greeting).up() as listener:
        given = BusSettings((f"tls://localhost:{listener.port}",), "desk", "s3cret-of-the-bus")
        async with trying(given) as bus:
            await until(lambda: listener.came > 1 and said in bus.why, "it is tried again, and said")
            assert b"CONNECT" not in listener.heard
            assert b"s3cret" not in listener.heard


async def test_nothing_is_said_in_clear_to_who_comes_in_the_place_of_the_server(
    secured: Server, authority: Authority
) -> None:
    given = BusSettings((f"tls://localhost:{secured.port}",), "desk", "s3cret", ca_file=str(authority.ca))
    async with trying(given) as bus:
        await until(lambda: bus.connected, "it is there")
        secured.kill()
        async with Listener(info(), secured.port).up() as listener:
            await until(lambda: listener.came > 1 and bus.unfit, "it is said")
            await bus.close()
            assert listener.heard == b""


async def test_what_was_announced_counts_for_nothing_against_the_line_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wire, "_judge", lambda self, info, *, secure: None)
    async with (
        Listener(info()).up() as listener,
        trying(BusSettings((f"tls://localhost:{listener.port}",), "desk", "s3cret")) as bus,
    ):
        await until(lambda: listener.came > 1 and "is not encrypted" in bus.why, "it is said")
        assert listener.heard == b""


async def test_a_server_that_was_learnt_is_spoken_to_with_tls_too(authority: Authority, tmp_path: Path) -> None:
    certificate, routes = authority.issue("both", "DNS:localhost"), (free_port(), free_port())
    servers = []
    for number, port in enumerate(routes):
        (folder := tmp_path / str(number)).mkdir()
        cluster = f'cluster {{ name: c, listen: "127.0.0.1:{port}", routes: ["nats://127.0.0.1:{routes[0]}"] }}'
        servers.append(Server(folder, f"server_name: n{number}", tls(certificate), cluster).start())
    first, second = servers
    try:
        given = BusSettings((f"tls://localhost:{first.port}",), "desk", "s3cret", ca_file=str(authority.ca))
        async with trying(given) as bus:
            await until(lambda: bus.connected and len(hosts(bus)) > 1, "the other was learnt")
            assert all(each.startswith("tls://") for each in hosts(bus))
            first.kill()
            await until(lambda: bus._client and bus._client.server == second.url.removeprefix("nats://"), "tried")
            await until(lambda: bus.connected, "it is asked for the name that the configuration says, by address")
            second.kill()
            async with Listener(info(), second.port).up() as listener:
                await until(lambda: listener.came > 1 and bus.unfit, "it is said")
                assert listener.heard == b""
    finally:
        first.kill()
        second.kill()


@pytest.mark.parametrize(
    ("scheme", "told", "learnt"),
    [
        # By name only from who has shown a certificate: this may be anybody on the line.
        (
            "tls",
            {"tls_required": True, "connect_urls": ["evil.example.net:4222", "192.0.2.7:4222"]},
            {"tls://192.0.2.7"},
        ),
        # Nor does a long list keep it from the server that is meant.
        ("tls", {"tls_required": True, "connect_urls": [f"192.0.2.{n // 250}:{n}" for n in range(1, 2000)]}, None),
        # Nobody said that the password may leave this machine.
        ("nats", {"connect_urls": ["evil.example.net:4222", "192.0.2.7:4222", "[::1]:4222"]}, {"nats://::1"}),
    ],
)
async def test_nobody_on_the_line_names_a_server_that_gets_the_password(
    scheme: str, told: dict[str, object], learnt: set[str] | None
) -> None:
    async with (
        Listener(info("2.15.1", **told), ends=True).up() as listener,
        trying(BusSettings((f"{scheme}://localhost:{listener.port}",), "desk", "s3cret")) as bus,
    ):
        await until(lambda: listener.came > 0 and bus.why != "not connected yet", "it was tried")
        if learnt is None:
            assert bus._trying is not None
            assert len(bus._trying._server_pool) <= MOST_SERVERS
        else:
            assert hosts(bus) == {f"{scheme}://localhost"} | learnt


# ---- what is no server, or none that can be used ------------------------------------------------------------------


@pytest.mark.parametrize(
    "greeting",
    [
        b"INFO []\r\n",
        b"INFO {\r\n",
        b"INFO \xff\r\n",
        b"HTTP/1.1 400\r\n",
        b"INFO " + b"x" * 100_000,
        b"\r\n" * 9,
        info(""),
    ],
    ids=["list", "half", "bytes", "http", "long", "lines", "no version"],
)
async def test_whatever_answers_there_a_console_reads_by_itself_and_says_so(greeting: bytes, world: World) -> None:
    async with Listener(greeting).up() as listener:
        console = Console(f"nats://{listener.address}", world, "one", user="desk")
        async with running(console):
            await until(lambda: console.reads, "it reads alone")
            await until(lambda: listener.came > 1, "and goes on trying")
            await until(lambda: console.sharing.problems, "it is said")
            assert b"CONNECT" not in listener.heard


async def test_a_server_that_is_too_old_is_named_and_tried_until_it_is_new(tmp_path: Path, world: World) -> None:
    server = Server(tmp_path)
    console = Console(server.url, world, "one", user="desk")
    told: list[str] = []
    console.sharing.subscribe(told.append)
    async with running(console):
        async with Listener(info("2.10.29"), server.port).up() as listener:
            await until(lambda: console.reads, "it reads alone")
            await until(lambda: listener.came > 2 and told, "it is tried again")
            assert listener.heard == b""
        assert told == [
            f"the bus cannot be used: the NATS server 127.0.0.1:{server.port} is 2.10; 2.11 or newer is needed"
        ]
        server.start()
        try:
            await until(lambda: console.sharing.connected and not console.sharing.problems, "it is used")
        finally:
            server.kill()


@pytest.mark.parametrize(
    ("what", "missing", "said"),
    [
        (BusSettings(("nats://127.0.0.1:1",)), "wallboard.share.wire", "needs the extra [share]"),
        (BusSettings(("nats://127.0.0.1:1",), seed=Pair.new().seed), "nkeys", "needs the package nkeys"),
        (BusSettings(("nats://127.0.0.1:1",), seed="SUNONE"), "", "is no user's key"),
        (BusSettings(("tls://127.0.0.1:1",), ca_file=__file__), "", "has no certificates"),
    ],
    ids=["extra", "nkeys", "seed", "ca"],
)
async def test_what_can_never_be_used_ends_no_console(
    what: BusSettings, missing: str, said: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing:
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(BusError, match=re.escape(said)) as raised:
        await Bus(what, lambda: None).connect()
    assert not what.seed or what.seed not in str(raised.value)
    console = Console(what.servers[0], world, "one")
    assert console.bus is not None
    console.bus._settings = what
    async with running(console):
        await until(lambda: console.rows(Resource.QUEUES), "it reads by itself")
        (problem,) = console.sharing.problems
        assert said in problem


async def test_what_nobody_foresaw_of_the_bus_ends_no_console(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect() -> None:
        raise ValueError("whatever")

    console = Console("nats://127.0.0.1:1", world, "one")
    monkeypatch.setattr(console.bus, "connect", connect)
    async with running(console):
        await until(lambda: console.rows(Resource.QUEUES), "it reads by itself")
        assert console.sharing.problems == ["the bus cannot be used: ValueError: see the log"]


# ---- signing in ---------------------------------------------------------------------------------------------------


async def test_an_nkey_signs_in_and_another_is_refused_by_name(tmp_path: Path) -> None:
    ours, others = Pair.new(), Pair.new()
    server = Server(tmp_path, f"authorization {{ users = [ {{ nkey: {ours.public} }} ] }}").start()
    try:
        async with trying(BusSettings((server.url,), seed=ours.seed)) as bus:
            await until(lambda: bus.connected, "it is let in")
            await bus.bucket("keys", ttl=60)
        async with trying(BusSettings((server.url,), seed=others.seed)) as bus:
            await until(lambda: bus.unfit, "it is said")
            assert "does not take the sign-in" in bus.why
    finally:
        server.kill()


async def test_creds_sign_in_and_a_file_that_is_spoilt_meanwhile_is_said_and_read_again(tmp_path: Path) -> None:
    lines, creds = site_of_creds()
    (file := tmp_path / "desk.creds").write_text(creds)
    server = Server(tmp_path, lines).start()
    try:
        async with trying(BusSettings((server.url,), creds=str(file))) as bus:
            await until(lambda: bus.connected, "it is let in")
            await bus.bucket("creds", ttl=60)
            file.write_text("")
            server.kill()
            server.start()
            await until(lambda: bus.unfit, "it is said")
            assert "[share] auth" in bus.why
            file.write_text(creds)
            await until(lambda: bus.connected, "it is let in again")
    finally:
        server.kill()


async def test_who_is_sent_away_says_so_and_comes_back(tmp_path: Path) -> None:
    """The library would end for good: a password that is changed at the server first, and then here or back."""

    def users(password: str) -> str:
        return f"authorization {{ users = [ {{ user: desk, password: {password} }} ] }}"

    server = Server(tmp_path, users("old")).start()
    try:
        async with trying(BusSettings((server.url,), "desk", "old")) as bus:
            await until(lambda: bus.connected, "it is let in")
            server.reload(users("new"))
            await until(lambda: bus.unfit, "it is said")
            assert "does not take the sign-in" in bus.why
            server.reload(users("old"))
            await until(lambda: bus.connected and not bus.why, "it is let in again")
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("url", "user", "knows", "certificate", "said"),
    [
        ("nats://127.0.0.1:{port}", "other", False, "", "does not take the sign-in"),
        ("tls://localhost:{port}", "desk", False, "DNS:localhost", "signed by nobody known here (ca_file"),
        ("tls://127.0.0.1:{port}", "desk", True, "DNS:localhost", "the certificate is not for 127.0.0.1"),
        ("nats://localhost:{port}", "desk", False, "DNS:localhost", "signed by nobody known here (ca_file"),
        ("tls://localhost:{port}", "desk", True, "out of date", "has expired"),
        ("tls://localhost:{port}", "desk", True, "", "offers no TLS"),
    ],
    ids=["password", "authority", "name", "clear", "date", "plain"],
)
async def test_why_the_bus_cannot_be_used_is_said_once_with_what_to_do(
    url: str, user: str, knows: bool, certificate: str, said: str, world: World, authority: Authority, tmp_path: Path
) -> None:
    lines = ["authorization { users = [ { user: desk, password: desk } ] }"]
    if certificate == "out of date":
        lines.append(tls(authority.issue(tmp_path.name, "DNS:localhost", dates=PAST)))
    elif certificate:
        lines.append(tls(authority.issue(tmp_path.name, certificate)))
    server = Server(tmp_path, *lines).start()
    console = Console(url.format(port=server.port), world, "one", user=user)
    assert console.bus is not None
    console.bus._settings = BusSettings(
        (url.format(port=server.port),), user, user, ca_file=str(authority.ca) if knows else ""
    )
    told: list[str] = []
    console.sharing.subscribe(told.append)
    try:
        async with running(console):
            await until(lambda: console.reads and told, "it reads by itself and says why")
            assert said in told[0]
            tries = console.bus._trying.tries if console.bus._trying else 0
            await until(lambda: console.bus and console.bus._trying and console.bus._trying.tries > tries + 2, "again")
            assert told == console.sharing.problems
            assert len(told) == 1
    finally:
        server.kill()
