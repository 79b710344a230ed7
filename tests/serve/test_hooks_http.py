"""Webhooks over real sockets of this machine: the simulation as a server, the door behind the listener."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from tests.acceptance.scene import configured
from wallboard.config.settings import Address, Config, Hook, ServeSettings
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call
from wallboard.runtime.rooms import Headless, headless
from wallboard.serve.hooks import Door, announced
from wallboard.serve.listener import Request, Response, listening
from wallboard.serve.service_manager import ServiceManager
from wallboard.serve.serving import serve
from wallboard.sim import Knobs, SimServer, World, make_app

pytestmark = pytest.mark.anyio


async def until(condition: Callable[[], object]) -> None:
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110
            await anyio.sleep(0.02)  # what it waits for is in many places


def announces_all(rooms: Headless) -> bool:
    view = rooms.board.resource_view("hq", Resource.CALLS)
    return view is not None and any(feed.status is not None and feed.status.events for feed in view.feeds)


def address(door: socket.socket) -> Address:
    door.bind(("127.0.0.1", 0))
    return Address("127.0.0.1", int(door.getsockname()[1]))


@asynccontextmanager
async def vendor(folder: Path) -> AsyncIterator[tuple[SimServer, Config]]:
    """A silent account behind a server, and a configuration of one telephone and one queue of it."""
    uvicorn = pytest.importorskip("uvicorn", reason="the sim extra is not installed")
    app = make_app(World(5, datetime.now(UTC), Knobs.quiet()), clock=time.monotonic)
    with socket.socket() as listener:
        at = address(listener)
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        config = configured(folder, f"http://{at}")
        source = replace(config.sources[0], queues=("601",), phones=("201",))
        yield app, replace(config, sources=(source,))
        server.should_exit = True
        await serving


async def test_a_call_is_announced_read_and_shown_and_at_the_end_nothing_is_left(tmp_path: Path) -> None:
    door: list[Door] = []
    heard: list[int] = []

    async def answer(request: Request) -> Response:
        response = await door[0].answer(request)
        heard.append(response.status)
        return response

    async with vendor(tmp_path) as (app, config):
        office = app.ringme["hq"].events
        async with (
            headless(config, read_only=True, state=tmp_path) as rooms,
            listening("127.0.0.1", 0, {"/": answer}) as port,
            announced(rooms.adapters, rooms.scheduler.announced, f"http://127.0.0.1:{port}/wb", tmp_path) as opened,
        ):
            assert opened is not None
            door.append(opened)
            rooms.tasks.start_soon(rooms.scheduler.run)
            await until(lambda: announces_all(rooms))
            app.world.hq.distributor.arrive(app.world.hq.pbx.queues[601], "+493023125123", "Bo Quist", 900.0)
            # Calls are polled once a minute: what shows them before is the event.
            await until(lambda: any(isinstance(row, Call) for row in rooms.board.rows(Resource.CALLS, "hq")))
            assert heard[0] == 200
            assert len(office.hooks) == 5
        assert office.hooks == {}


async def test_serve_has_it_all_and_takes_its_own_back_when_it_is_told_to_end(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.socket() as free:
        at = address(free)
    hook = Hook(at, f"http://{at}/wb")
    async with vendor(tmp_path) as (app, config):
        office = app.ringme["hq"].events
        async with anyio.create_task_group() as tasks:
            served = replace(config, serve=ServeSettings(hook=hook))
            tasks.start_soon(serve, served, ServiceManager({}), said.append)
            await until(lambda: len(office.hooks) == 5)
            app.world.hq.distributor.arrive(app.world.hq.pbx.queues[601], "+493023125123", "Bo Quist", 900.0)
            await until(lambda: office.sent)
            tasks.cancel_scope.cancel()
        assert office.hooks == {}
    assert f"webhooks for http://{at}/wb arrive at {at}" in said


async def test_serve_says_where_it_cannot_listen_and_which_source_sends_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.socket() as taken:
        hook = Hook(address(taken), "https://hooks.example.net/wb")
        taken.listen()
        config = configured(tmp_path)
        for source in (config.sources[0], replace(config.sources[0], read_only=True)):
            served = replace(config, sources=(source,), serve=ServeSettings(hook=hook))
            with anyio.move_on_after(0.5):
                assert await serve(served, ServiceManager({}), said.append) == 1
    assert said[0].startswith(f"[serve] hook.listen {hook.listen} cannot be had: ")
    assert said[1] == "[serve] hook is not used: no source here sends webhooks"
