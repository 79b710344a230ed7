"""The push connection against a server on this machine that speaks as the vendor's pages say."""

from __future__ import annotations

import json
import logging
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.support.certificates import Authority
from tests.vendors.portsip.test_push_messages import NOW, STATUS, caller
from wallboard.domain.clock import SystemClock
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.vendors.base import BearerAuth, LoginAuth, Secret, Services, SourceSettings
from wallboard.vendors.http.limits import THREAD_ABOVE
from wallboard.vendors.pace import TURN
from wallboard.vendors.portsip import push as module
from wallboard.vendors.portsip import push_messages
from wallboard.vendors.portsip.push import Push
from wallboard.vendors.portsip.scene import QueueKnown, Scene

PASSWORD = "A1s2d3f4"
SETTINGS = SourceSettings(
    "branch", "portsip", "http://127.0.0.1:1/api", auth=LoginAuth("testuser1", Secret(PASSWORD), "test.io")
)


class Hasty(SystemClock):
    """Pauses are forty times shorter; time itself is not."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def now(self) -> float:
        # As old as the samples: what they say happened then happened just now.
        return super().now() - self._start + NOW if hasattr(self, "_start") else super().now()

    def begin(self) -> Hasty:
        self._start = super().now()
        return self

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await super().sleep(seconds / 40)


class Board:
    """A sink that keeps what it is given and wakes who waits for more."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self._more = anyio.Event()

    def apply(self, update: Update) -> None:
        self.updates.append(update)
        self._more.set()

    def status(self, status: FeedStatus) -> None:
        raise AssertionError("polling alone says how its feeds fare")

    def source(self, info: SourceInfo) -> None:
        pass

    @property
    def members(self) -> dict[str, Member]:
        rows: dict[str, Member] = {}
        for update in self.updates:
            if update.resource is Resource.MEMBERS:
                if update.kind is UpdateKind.SNAPSHOT:
                    rows = {}
                rows |= {row.key.id: row for row in update.rows if isinstance(row, Member)}
                for key in update.removed:
                    rows.pop(key.id, None)
        return rows

    async def until(self, test: Callable[[], bool]) -> None:
        with anyio.fail_after(10):
            while not test():
                self._more = anyio.Event()
                with anyio.move_on_after(0.02):
                    await self._more.wait()


class Wsi:
    """A push server. `script` is called with each connection that signed in, after it subscribed."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.open: list[ServerConnection] = []
        self.connections = 0
        self.auth: dict[str, Any] = {"command": "auth", "id": "1", "status": 0}
        self.refused: set[str] = set()
        self.statuses = True
        self.url = ""

    async def __call__(self, socket: ServerConnection) -> None:
        self.connections += 1
        try:
            self.heard.append(json.loads(await socket.recv()))
            await socket.send(json.dumps(self.auth))
            if self.auth["status"] != 0:
                return
            self.open.append(socket)
            async for frame in socket:
                command = json.loads(frame)
                self.heard.append(command)
                bad = sorted(self.refused & set(command["queues"]))
                await socket.send(
                    json.dumps(
                        {"command": "subscribe", "status": -1, "error": "no permission"}
                        if bad
                        else {"command": "subscribe", "status": 0}
                    )
                )
                for number in command["queues"]:
                    if self.statuses and not bad:
                        await socket.send(json.dumps({**STATUS, "queue_id": f"id{number}", "queue_number": number}))
        except ConnectionClosed:
            pass

    async def say(self, *frames: object) -> None:
        for frame in frames:
            await self.open[-1].send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    @property
    def subscribed(self) -> list[list[str]]:
        return [command["queues"] for command in self.heard if command["command"] == "subscribe"]


class Rig:
    """A push side with its server, board and scene."""

    def __init__(self, server: Wsi, settings: SourceSettings, queues: tuple[str, ...]) -> None:
        self.server = server
        self.board = Board()
        self.clock = Hasty().begin()
        self.scene = Scene("branch")
        for number in queues:
            self.know(number)
        self.push = Push(settings, Services(self.clock), self.scene)

    def know(self, number: str) -> None:
        self.scene.queues[f"id{number}"] = QueueKnown(f"id{number}", number, clean(f"Queue {number}"))

    async def alive(self) -> None:
        await self.board.until(lambda: self.push.alive(Resource.MEMBERS) and self.push.alive(Resource.AGENTS))


@asynccontextmanager
async def rig(
    *queues: str, server: Wsi | None = None, settings: SourceSettings = SETTINGS, **more: Any
) -> AsyncIterator[Rig]:
    server = server or Wsi()
    async with serve(server, "127.0.0.1", 0, compression=None, **more) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        server.url = f"https://localhost:{port}/api" if "ssl" in more else f"http://127.0.0.1:{port}/api"
        found = Rig(server, replace(settings, url=server.url), queues or ("8001",))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(found.push.run, found.board)
            yield found
            tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_it_signs_in_subscribes_to_all_queues_and_is_alive() -> None:
    async with rig("8001", "8002") as here:
        assert not here.push.alive(Resource.MEMBERS)
        await here.alive()
        assert here.server.heard == [
            {"command": "auth", "username": "testuser1", "password": PASSWORD, "domain": "test.io"},
            {"command": "subscribe", "topics": ["queue_events"], "queues": ["8001", "8002"]},
        ]
        assert here.push.why == ""
        assert not here.push.alive(Resource.CALLS), "calls are never pushed"
        assert here.board.members["6763987198342"].name == "T. Young"


@pytest.mark.anyio
async def test_an_extension_signs_in_by_its_number() -> None:
    settings = replace(SETTINGS, auth=LoginAuth("101", Secret("p"), ""))
    async with rig(settings=settings) as here:
        await here.alive()
        assert here.server.heard[0] == {"command": "auth", "extension_number": "101", "password": "p"}


@pytest.mark.anyio
async def test_while_nothing_happens_the_lists_stay_young() -> None:
    async with rig() as here:
        await here.alive()

        def again() -> bool:
            lists = [u for u in here.board.updates if u.kind is UpdateKind.SNAPSHOT and u.resource is Resource.MEMBERS]
            return len(lists) >= 3 and lists[-1].as_of > lists[0].as_of

        await here.board.until(again)


@pytest.mark.anyio
async def test_a_queue_that_becomes_known_later_is_subscribed_and_not_alive_before() -> None:
    async with rig() as here:
        await here.alive()
        here.know("8003")
        assert not here.push.alive(Resource.MEMBERS)
        await here.alive()
        assert here.server.subscribed == [["8001"], ["8003"]]


@pytest.mark.anyio
async def test_a_loss_is_known_at_once_and_the_new_connection_is_a_new_epoch() -> None:
    async with rig() as here:
        await here.alive()
        first = here.board.updates[-1].epoch
        here.server.auth = {"command": "auth", "status": 0, "id": "7"}
        await here.server.open[-1].close()
        await here.board.until(lambda: not here.push.alive(Resource.MEMBERS))
        await here.alive()
        assert here.server.connections == 2
        assert here.board.updates[-1].epoch == first + 1


@pytest.mark.anyio
async def test_a_connection_cut_in_the_middle_of_a_frame_is_taken_up_again() -> None:
    async with rig() as here:
        await here.alive()
        here.server.open[-1].transport.write(b"\x81\x7e\x01\x00{")
        here.server.open[-1].transport.abort()
        await here.board.until(lambda: here.server.connections == 2)
        await here.alive()


@pytest.mark.anyio
async def test_a_refused_sign_in_is_said_and_not_tried_again_soon(caplog: pytest.LogCaptureFixture) -> None:
    server = Wsi()
    server.auth = {"command": "auth", "error": f"password {PASSWORD} error", "id": "2", "status": -1}
    with caplog.at_level(logging.DEBUG):
        async with rig(server=server) as here:
            await here.board.until(lambda: bool(here.clock.pauses))
            assert here.push.why == "push: the sign-in was refused: password *** error"
            assert here.clock.pauses == [module.REFUSED_PAUSE]
            assert (server.connections, here.board.updates) == (1, [])
    # The server of this test writes what it hears; everything else is ours.
    assert not [r for r in caplog.records if r.name != "websockets.server" and PASSWORD in r.getMessage()]


@pytest.mark.anyio
async def test_garbage_is_dropped_with_one_line_and_what_follows_is_read(caplog: pytest.LogCaptureFixture) -> None:
    async with rig() as here:
        await here.alive()
        huge = json.dumps({**STATUS, "queue_id": "id8001", "waiting_list": [], "x": "y" * (module.LARGEST + 1)})
        await here.server.say("}{", "[" * 50_000, b"\xff\xfe", "null", huge, {"event_type": "queue_status"})
        await here.server.say({**caller("enqueue"), "queue_id": "id8001"})
        await here.board.until(lambda: "999888777666" in here.board.members)
        assert "6763987198342" in here.board.members, "the huge one was not taken"
        assert here.server.connections == 1
        assert here.push.alive(Resource.MEMBERS)
    lines = [record for record in caplog.records if "frames dropped" in record.getMessage()]
    assert len(lines) == 1


@pytest.mark.anyio
async def test_of_a_flood_of_messages_a_bounded_number_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    since = most = read = 0
    whole = push_messages.decode

    def decode(frame: str | bytes) -> list[Any]:
        nonlocal since, most, read
        since, read = since + 1, read + 1
        most = max(most, since)
        return list(whole(frame))

    async def turn() -> None:
        nonlocal since
        while True:
            since = 0
            await anyio.lowlevel.checkpoint()

    monkeypatch.setattr(module, "decode", decode)
    async with rig() as here, anyio.create_task_group() as tasks:
        await here.alive()
        tasks.start_soon(turn)
        await here.server.say(*[{"event_type": "x"}] * 3000)
        await here.server.say({**caller("enqueue"), "queue_id": "id8001"})
        await here.board.until(lambda: "999888777666" in here.board.members)
        tasks.cancel_scope.cancel()
    assert read > 3000
    assert most <= TURN // module.COST + 1


@pytest.mark.anyio
async def test_a_big_message_is_read_in_another_thread_and_one_without_measure_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: set[int] = set()
    whole = push_messages.decode

    def decode(frame: str | bytes) -> list[Any]:
        if len(frame) > THREAD_ABOVE:
            threads.add(threading.get_ident())
        return list(whole(frame))

    monkeypatch.setattr(module, "decode", decode)
    async with rig() as here:
        await here.alive()
        await here.server.say({"event_type": "x", "more": [""] * THREAD_ABOVE})
        await here.server.say({"event_type": "x", **{f"k{number}": 1 for number in range(60_000)}})
        await here.server.say({**caller("enqueue"), "queue_id": "id8001", "more": [""] * 30_000})
        await here.board.until(lambda: "999888777666" in here.board.members)
        assert here.push.dropped == 2
    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.anyio
async def test_one_queue_that_is_refused_does_not_take_the_others_away() -> None:
    server = Wsi()
    server.refused = {"8002"}
    async with rig("8001", "8002", "8003", server=server) as here:
        await here.board.until(lambda: "no permission" in here.push.why and len(server.subscribed) >= 4)
        assert server.subscribed[:4] == [["8001", "8002", "8003"], ["8001"], ["8002"], ["8003"]]
        await here.board.until(lambda: {u.scope for u in here.board.updates} >= {"id8001", "id8003"})
        assert not here.push.alive(Resource.MEMBERS), "polling goes on at its own pace while one queue is not pushed"


@pytest.mark.anyio
async def test_what_polling_found_to_be_otherwise_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_AGAIN", 0.05)
    async with rig() as here:
        await here.alive()
        known = here.scene.queues["id8001"]
        assert here.scene.waits(known, {"1231231231": None}, here.clock.now() + 0.2)
        await here.board.until(lambda: len(here.server.subscribed) >= 2)


@pytest.mark.anyio
async def test_a_server_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PONG_WITHIN", 0.1)
    async with rig() as here:
        await here.alive()
        # Reads no more, so no ping is answered; the connection itself stays up.
        here.server.open[-1].transport.pause_reading()
        await here.board.until(lambda: here.server.connections == 2)
        await here.alive()
        here.server.open[0].transport.abort()


@pytest.mark.anyio
async def test_a_redirect_is_not_followed() -> None:
    elsewhere = Wsi()

    async with serve(elsewhere, "127.0.0.1", 0) as other:
        port = next(iter(other.sockets)).getsockname()[1]

        def redirect(socket: ServerConnection, request: Any) -> Any:
            response = socket.respond(302, "")
            response.headers["Location"] = f"ws://127.0.0.1:{port}/wsi"
            return response

        async with rig(process_request=redirect) as here:
            await here.board.until(lambda: len(here.clock.pauses) >= 2)
            assert here.push.why == "push: the PBX answers 302 instead of connecting"
        assert elsewhere.connections == 0


@pytest.mark.anyio
async def test_certificates_are_verified_against_the_ca_file(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = Authority(tmp_path / "own").make()
    context.load_cert_chain(authority.issue("pbx", "DNS:localhost"))
    async with rig(settings=replace(SETTINGS, ca_file=str(authority.ca)), ssl=context) as here:
        await here.alive()
    for ca_file, why in (("", "is signed by nobody known here"), ("/nonexistent.pem", "cannot be read")):
        async with rig(settings=replace(SETTINGS, ca_file=ca_file), ssl=context) as here:
            await here.board.until(lambda: bool(here.clock.pauses))
            assert why in here.push.why
            assert here.server.heard == []


@pytest.mark.anyio
async def test_it_backs_off_from_a_server_that_is_not_there() -> None:
    board, clock = Board(), Hasty().begin()
    push = Push(SETTINGS, Services(clock), Scene("branch"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(push.run, board)
        await board.until(lambda: len(clock.pauses) >= 4)
        tasks.cancel_scope.cancel()
    assert push.why == "push: 127.0.0.1 refuses connections"
    for pause, expected in zip(clock.pauses, (1, 2, 4, 8), strict=False):
        assert 0.75 * expected <= pause <= 1.25 * expected


@pytest.mark.anyio
async def test_a_board_that_fails_costs_the_push_and_not_the_source(caplog: pytest.LogCaptureFixture) -> None:
    async with rig() as here:
        broken = [True]
        keep = here.board.apply

        def apply(update: Update) -> None:
            if broken:
                broken.clear()
                raise KeyError("x")
            keep(update)

        here.board.apply = apply  # type: ignore[method-assign]
        await here.board.until(lambda: here.server.connections >= 2)
        await here.alive()
    assert "the push connection broke" in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("settings", "transport", "why"),
    [
        (replace(SETTINGS, options={"push": False}), None, "push is switched off"),
        (replace(SETTINGS, auth=BearerAuth(Secret("t"))), None, "push needs auth of kind login"),
        (SETTINGS, object(), "push is not part of this network"),
    ],
)
async def test_where_it_is_not_used_the_reason_is_known(settings: SourceSettings, transport: Any, why: str) -> None:
    push = Push(settings, Services(Hasty(), transport), Scene("branch"))
    with anyio.fail_after(1):
        await push.run(Board())
    assert push.why == why
    assert not push.alive(Resource.MEMBERS)


@pytest.mark.anyio
async def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets", None)
    push = Push(SETTINGS, Services(Hasty()), Scene("branch"))
    with anyio.fail_after(1):
        await push.run(Board())
    assert push.why == "push needs the extra wallboard[push]"


def test_the_address_follows_the_source_s_and_may_be_given() -> None:
    def url(settings: SourceSettings) -> str:
        return Push(settings, Services(Hasty()), Scene("x"))._url

    assert url(replace(SETTINGS, url="https://pbx.example.net:8887/api")) == "wss://pbx.example.net:8887/wsi"
    assert url(SETTINGS) == "ws://127.0.0.1:1/wsi"
    assert url(replace(SETTINGS, options={"push_url": "wss://pbx:8885"})) == "wss://pbx:8885"
    for wrong in ("ws://pbx.example.net/wsi", "https://pbx/wsi", "wss://u:p@pbx/wsi", "pbx"):
        with pytest.raises(ConfigError):
            url(replace(SETTINGS, options={"push_url": wrong}))
