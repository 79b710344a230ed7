"""The push of the PortSIP face, through a websocket of the application's own interface."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

from tests.sim.faces.desk import CREDENTIALS, SHOWN, FrontDesk, decimal

pytestmark = pytest.mark.anyio

AUTH = {"command": "auth", **CREDENTIALS}
Row = dict[str, Any]
Message = MutableMapping[str, Any]


class Socket:
    """A client's end of a connection."""

    def __init__(self, front: FrontDesk) -> None:
        self.front = front
        self._to: asyncio.Queue[Message] = asyncio.Queue()
        self._from: asyncio.Queue[Message] = asyncio.Queue()

    async def run(self, path: str) -> None:
        scope: Message = {"type": "websocket", "path": path, "headers": []}
        await self.front.app(scope, self._to.get, self._from.put)

    async def open(self, tasks: TaskGroup, path: str = "/portsip/wsi") -> str:
        tasks.start_soon(self.run, path)
        await self._to.put({"type": "websocket.connect"})
        return str((await self.next())["type"])

    async def next(self) -> Message:
        with anyio.fail_after(5):
            return await self._from.get()

    async def say(self, command: Row | str) -> None:
        text = command if isinstance(command, str) else json.dumps(command)
        await self._to.put({"type": "websocket.receive", "text": text})

    async def hear(self) -> Row:
        message = await self.next()
        assert message["type"] == "websocket.send"
        heard: Row = json.loads(message["text"])
        return heard

    async def subscribe(self, *queues: str) -> list[Row]:
        await self.say(AUTH)
        assert (await self.hear())["status"] == 0
        await self.say({"command": "subscribe", "topics": ["queue_events"], "queues": list(queues)})
        assert (await self.hear())["status"] == 0
        return [await self.hear() for _ in queues]

    async def leave(self) -> None:
        await self._to.put({"type": "websocket.disconnect", "code": 1000})


@asynccontextmanager
async def connected(front: FrontDesk) -> AsyncIterator[Socket]:
    """An open connection; what changes is told when a request came in or `front.app.push.pulse()` says so."""
    front.app.push.tick = 60.0
    line = Socket(front)
    async with anyio.create_task_group() as tasks:
        assert await line.open(tasks) == "websocket.accept"
        yield line
        await line.leave()


async def test_a_subscription_begins_with_all_there_is(front: FrontDesk) -> None:
    session = decimal(await front.talk())
    front.arrive(number="+493023125777")
    async with connected(front) as line:
        (status,) = await line.subscribe("8001")
    assert {name: status[name] for name in ("event_type", "queue_number", "queue_name")} == {
        "event_type": "queue_status",
        "queue_number": "8001",
        "queue_name": "Front desk",
    }
    (caller,) = status["waiting_list"]
    assert (caller["position"], caller["caller_number"], caller["type"]) == ("1", "00493023125777", "normal")
    assert caller["timestamp"] == str(int(front.world.engine.utc(6).timestamp()))
    agents = {each["agent_extension_number"]: each for each in status["agents"]}
    assert (agents["301"]["state"], agents["301"]["session_id"]) == ("Queue Call", session)
    assert agents["301"]["caller_number"] == SHOWN
    assert (agents["302"]["state"], "session_id" in agents["302"]) == ("Break", False)
    assert all(isinstance(each["timestamp"], str) for each in agents.values())


async def test_changes_come_by_themselves_in_the_words_of_the_push(front: FrontDesk) -> None:
    front.only()
    async with connected(front) as line:
        await line.subscribe("8001")
        front.arrive()
        front.app.push.pulse()
        came = await line.hear()
        assert came["event_type"] == "queue_caller_status"
        (caller,) = came["updated_callers"]
        assert (caller["reason"], caller["caller_number"], caller["position"]) == ("enqueue", SHOWN, "1")
        path = f"/call_queues/{await front.queue()}/agents/301"
        await front.post(path, {"status": "READY"})
        (agent,) = (await line.hear())["updated_agents"]
        assert (agent["agent_extension_number"], agent["state"]) == ("301", "Ready")
        front.wait(5)
        front.app.push.pulse()
        left, busy = await line.hear(), await line.hear()
        assert [each["reason"] for each in left["updated_callers"]] == ["agent_answered"]
        assert [(each["state"], each["caller_number"]) for each in busy["updated_agents"]] == [("Queue Call", SHOWN)]
        assert busy["updated_agents"][0]["session_id"] == caller["session_id"]
        await front.post(path, {"status": "LOGGED_OUT"})
        await front.post(f"/sessions/{caller['session_id']}/destroy", status=204)
        assert [each["state"] for each in (await line.hear())["updated_agents"]] == ["Online"]


async def test_a_caller_who_gives_up_is_taken_away_or_waits_too_long_is_told(front: FrontDesk) -> None:
    front.only()
    async with connected(front) as line:
        await line.subscribe("8001")
        front.arrive(patience=30)
        gone = front.arrive(number="+493023125777")
        front.app.push.pulse()
        assert [each["position"] for each in (await line.hear())["updated_callers"]] == ["1", "2"]
        front.site.controls.perform(gone, "transfer", "8002")
        front.app.push.pulse()
        assert [each["reason"] for each in (await line.hear())["updated_callers"]] == ["overflow"]
        front.wait(21)
        front.app.push.pulse()
        breach = await line.hear()
        assert (breach["event_type"], breach["caller"], breach["sla_time_secs"]) == ("queue_sla_breached", SHOWN, 20)
        front.wait(10)
        front.app.push.pulse()
        assert [each["reason"] for each in (await line.hear())["updated_callers"]] == ["hangup"]


async def test_an_agent_who_leaves_the_roster_is_named(front: FrontDesk) -> None:
    front.only(301, 302)
    async with connected(front) as line:
        await line.subscribe("8001")
        queue = front.pbx.queues[8001]
        queue.tiers[:] = [tier for tier in queue.tiers if tier.agent.id == 301]
        front.app.push.pulse()
        removed = (await line.hear())["removed_agents"]
        assert {each["agent_extension_number"] for each in removed} == {"302", "303", "304", "305", "306"}


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ({"command": "subscribe", "topics": ["queue_events"], "queues": ["8001"]}, "not authenticated"),
        (AUTH | {"password": "wrong"}, "password"),
        (AUTH | {"domain": "other.example"}, "domain"),
        ({"command": "dance"}, "unknown command"),
        ("{", "JSON"),
    ],
)
async def test_what_is_not_allowed_or_not_understood_is_answered(
    front: FrontDesk, command: Row | str, error: str
) -> None:
    async with connected(front) as line:
        await line.say(command)
        answer = await line.hear()
        assert (answer["status"], error in answer["error"], answer["id"]) == (-1, True, "1")


async def test_it_is_served_over_a_socket() -> None:
    uvicorn = pytest.importorskip("uvicorn", reason="the sim extra is not installed")
    client = pytest.importorskip("websockets.asyncio.client", reason="the push extra is not installed")
    front = FrontDesk()
    front.only()
    front.arrive()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(front.app, log_level="critical", lifespan="off"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listener])
            address = f"ws://127.0.0.1:{listener.getsockname()[1]}/portsip/wsi"
            async with client.connect(address) as line:
                await line.send(json.dumps(AUTH))
                assert json.loads(await line.recv()) == {"command": "auth", "id": "1", "status": 0}
                await line.send(json.dumps({"command": "subscribe", "topics": ["queue_events"], "queues": ["8001"]}))
                await line.recv()
                status = json.loads(await line.recv())
            assert [each["caller_number"] for each in status["waiting_list"]] == [SHOWN]
            server.should_exit = True
