"""Acting on a scripted Asterisk that another console reads: signed in, without events, with evidence all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio
import pytest

from tests.lab.desk import SOURCE, Console, Desk
from tests.vendors.asterisk.server import Server
from tests.vendors.asterisk.test_adapter import acting, running, settings
from tests.vendors.suite.stand import settle
from wallboard.domain.command import Verb
from wallboard.domain.errors import Unreachable
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Row
from wallboard.domain.states import CallState
from wallboard.domain.update import Update, UpdateKind
from wallboard.runtime.adapters import personal
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.base import Services, SourceSettings

pytestmark = pytest.mark.anyio
LISTS = {"QueueStatus", "CoreShowChannels", "ParkedCalls", "BridgeList", "DeviceStateList", "ExtensionStateList"}


@dataclass
class Alone:
    server: Server
    console: Console

    def asked(self) -> list[str]:
        return [action.get("Action") for action in self.server.actions]


@asynccontextmanager
async def alone(server: Server, chosen: SourceSettings | None = None) -> AsyncIterator[Alone]:
    """The adapter of a lent source."""
    desk = Desk()
    adapter = AsteriskAdapter(chosen or settings(), Services(desk.clock, server.connect, desk))
    async with anyio.create_task_group() as tasks:
        server.use(tasks)
        tasks.start_soon(adapter.stand_by, desk)
        await settle()
        yield Alone(server, Console(desk, adapter))
        tasks.cancel_scope.cancel()


async def read(server: Server, resource: Resource) -> list[Row]:
    """As another console has them."""
    async with running(server) as shown:
        return list(shown.desk.rows(resource))


async def test_it_asks_for_nothing_until_something_is_to_be_done_and_confirms_by_its_own_events() -> None:
    server = Server()
    agents = await read(server, Resource.AGENTS)
    server.actions.clear()

    async def answer(_: Server, request: Message) -> bool:
        if request.get("Action") == "QueuePause":
            server.pbx.pause(request.get("Interface"), 1)
            await server.reply(request, Message="done")
            await server.flush()
            return True
        return False

    server.answer = answer
    async with alone(server) as only:
        (row,) = [row for row in agents if isinstance(row, Agent) and row.key.id == "PJSIP/1001"]
        command = only.console.command(Verb.PAUSE, row)
        await only.console.adapter.prepare(command)
        await server.flush()
        assert not only.console.desk.updates, "nothing is told of what another reads"
        ending, receipt = await only.console.act(Verb.PAUSE, row)
        assert (ending, receipt.status) == ("confirmed", "Success")
        assert acting(server) == ["QueuePause"]
        asked = only.asked()
        assert "DeviceStateList" not in asked
        assert asked.count("QueueStatus") == 1, "one look for what is done within a second"
        masks = [action.get("EventMask") for action in server.actions if action.get("Action") == "Events"]
        assert masks == ["off", "agent,call,system,dtmf"]


async def test_without_a_key_nothing_is_asked() -> None:
    server = Server()
    async with alone(server) as only:
        only.console.adapter.acts.wanted.set()  # type: ignore[union-attr]  # as after some seconds
        with anyio.fail_after(10):
            while "Ping" not in only.asked():  # noqa: ASYNC110  # what it waits for happens in the server
                await anyio.sleep(0.01)
        assert not LISTS & set(only.asked())
        assert only.console.adapter.can(Verb.PAUSE, None)


async def test_a_call_on_hold_is_as_it_is_told_and_one_that_ended_is_not_hit() -> None:
    server = Server()
    caller = server.pbx.arrive("sales", "+15550001", "Ann Lee")
    server.pbx.answer(caller, server.pbx.ring(caller, "PJSIP/1001"))
    (call,) = [row for row in await read(server, Resource.CALLS) if isinstance(row, Call) and row.key.id == caller]
    held = replace(call, state=CallState.HELD)
    async with alone(server) as only:
        adapter = only.console.adapter
        await adapter.prepare(only.console.command(Verb.HANGUP, held))
        assert await adapter.refresh(held) == held, "lists do not tell who is on hold"
        server.pbx.end(caller)
        adapter.acts.looked_at = 0.0  # type: ignore[union-attr]  # a second later
        assert await adapter.refresh(held) is None


async def test_why_it_cannot_connect_is_said_to_who_acts() -> None:
    server = Server(secret="another")
    agents = await read(Server(), Resource.AGENTS)
    async with alone(server, settings(secret="wrong")) as only:
        with pytest.raises(Unreachable, match="sign-in refused"):
            await only.console.adapter.prepare(only.console.command(Verb.PAUSE, agents[0]))


async def test_my_own_leg_is_known_by_my_telephone_and_not_by_the_readers() -> None:
    server = Server()
    server.pbx.new_leg("PJSIP/desk7", state=6, number="7")
    rows = await read(server, Resource.CALLS)
    assert rows
    assert [row.mine for row in rows if isinstance(row, Call)] == [False]
    for phone, mine in (("PJSIP/desk7", True), ("PJSIP/sup1", False), ("", False)):
        adapter = AsteriskAdapter(replace(settings(), phone=phone), Services(Desk().clock))
        wrong = tuple(replace(row, mine=not mine) for row in rows if isinstance(row, Call))
        told = personal(adapter)(Update(SOURCE, Resource.CALLS, "", UpdateKind.SNAPSHOT, 1, 1, 1.0, wrong))
        assert [row.mine for row in told.rows if isinstance(row, Call)] == [mine]
