"""The source as a whole against a scripted Asterisk: live from events, one epoch a connection, nothing sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from tests.lab.desk import SOURCE, Console, Desk, console
from tests.vendors.asterisk.server import Server
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.errors import Expired, NotSent
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue
from wallboard.domain.sending import leaving
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.update import UpdateKind
from wallboard.vendors.asterisk import check, plugin
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.protocol import READ_ACTIONS
from wallboard.vendors.base import AmiAuth, BearerAuth, Secret, Services, SourceSettings

pytestmark = pytest.mark.anyio

CANARY = "s3cret"


def settings(*, read_only: bool = False, secret: str = CANARY, wrap_up: float | None = None) -> SourceSettings:
    return SourceSettings(
        name=SOURCE,
        vendor="asterisk",
        url="tcp://127.0.0.1:5038",
        auth=AmiAuth("boss", Secret(secret)),
        phone="PJSIP/sup1",
        transfer_context="targets",
        wrap_up=wrap_up,
        read_only=read_only,
    )


@asynccontextmanager
async def running(server: Server, chosen: SourceSettings | None = None) -> AsyncIterator[Console]:
    async with anyio.create_task_group() as tasks:
        server.use(tasks)
        async with console(chosen or settings(), server.connect) as shown:
            yield shown
        tasks.cancel_scope.cancel()


def acting(server: Server) -> list[str]:
    return [a.get("Action") for a in server.actions if a.get("Action") not in READ_ACTIONS]


def calls(shown: Console) -> list[Call]:
    return [row for row in shown.desk.rows(Resource.CALLS) if isinstance(row, Call)]


async def test_events_come_first_then_the_lists() -> None:
    server = Server()
    async with running(server):
        order = [action.get("Action") for action in server.actions]
        assert order.index("Events") < order.index("QueueStatus")
        assert server.actions[order.index("Events")].get("EventMask") == "agent,call,system,dtmf"


async def test_a_call_is_followed_from_its_arrival_to_its_end() -> None:
    server = Server()
    async with running(server) as shown:
        desk = shown.desk
        caller = server.pbx.arrive("sales", "+15550001", "Ann Lee")
        await server.flush()
        await desk.until(lambda: desk.rows(Resource.MEMBERS), "the caller waits")
        (member,) = desk.rows(Resource.MEMBERS)
        assert isinstance(member, Member)
        assert (member.key.id, member.name, member.number) == (caller, "Ann Lee", "+15550001")
        assert member.state is MemberState.WAITING
        agent = server.pbx.ring(caller, "PJSIP/1001")
        await server.flush()
        await desk.until(lambda: calls(shown) and calls(shown)[0].agent == "Agent PJSIP/1001", "the agent rings")
        server.pbx.answer(caller, agent)
        await server.flush()
        await desk.until(
            lambda: [m.state for m in desk.rows(Resource.MEMBERS) if isinstance(m, Member)] == [MemberState.TALKING],
            "they talk",
        )
        who = desk.row(Key(SOURCE, Kind.AGENT, "PJSIP/1001"))
        assert isinstance(who, Agent)
        assert (who.state, who.with_name) == (AgentState.TALKING, "Ann Lee")
        queue = desk.row(Key(SOURCE, Kind.QUEUE, "sales"))
        assert isinstance(queue, Queue)
        assert (queue.waiting, queue.ringing, queue.talking) == (0, 0, 1)
        server.pbx.end(caller)
        await server.flush()
        await desk.until(lambda: not calls(shown) and not desk.rows(Resource.MEMBERS), "all is over")


async def test_a_new_connection_is_a_new_epoch_with_its_own_lists() -> None:
    server = Server()
    server.pbx.arrive("sales")
    async with running(server) as shown:
        desk = shown.desk
        assert len(calls(shown)) == 1
        first = desk.updates[-1].epoch
        server.pbx.legs.clear()
        server.pbx.waiting["sales"].clear()
        await server.drop()
        await desk.until(lambda: not calls(shown), "the new lists are shown")
        assert desk.updates[-1].epoch == first + 1
        assert server.connections == 2
        assert any("closed the connection" in info.detail for info in desk.infos)
        inside = [update.seq for update in desk.updates if update.epoch == first + 1]
        assert inside == sorted(set(inside))


async def test_a_list_that_the_server_cannot_give_is_not_said_to_be_a_missing_right() -> None:
    server = Server()
    server.faulty["CoreShowChannels"] = "Could not get Channels"
    async with running(server) as shown:
        await shown.desk.until(lambda: shown.desk.statuses[Resource.CALLS].unavailable, "no calls")
        assert shown.desk.statuses[Resource.CALLS].cause == "CoreShowChannels: Could not get Channels"


async def test_a_ping_keeps_a_quiet_source_young() -> None:
    async with running(Server()) as shown:
        desk = shown.desk
        await desk.until(lambda: any(u.kind is UpdateKind.PROOF for u in desk.updates), "a proof of life")


async def talking(server: Server, shown: Console) -> Call:
    caller = server.pbx.arrive("sales")
    agent = server.pbx.ring(caller, "PJSIP/1001")
    server.pbx.answer(caller, agent)
    await server.flush()
    await shown.desk.until(lambda: calls(shown) and calls(shown)[0].state.value == "talking", "they talk")
    return calls(shown)[0]


async def test_a_number_that_does_not_exist_is_refused_before_anything_is_sent() -> None:
    server = Server()
    async with running(server) as shown:
        row = await talking(server, shown)
        with pytest.raises(NotSent, match="no 9999 in targets"):
            await shown.act(Verb.TRANSFER, row, to="9999")
        assert acting(server) == []


async def test_not_connected_is_not_sent() -> None:
    desk, server = Desk(), Server()
    adapter = AsteriskAdapter(settings(), Services(desk.clock, Server().connect))
    assert adapter.can(Verb.HANGUP, None).reason == "not connected"
    async with running(server) as shown:
        row = await talking(server, shown)
    with pytest.raises(NotSent, match="not connected"):
        await adapter.perform(shown.command(Verb.HANGUP, row), row)


async def test_the_row_is_read_again_before_acting_on_it() -> None:
    server = Server()
    async with running(server) as shown:
        row = await talking(server, shown)
        again = await shown.adapter.refresh(row)
        assert again is not None
        assert again.key == row.key
        server.pbx.end(row.key.id)
        await server.flush()
        await shown.desk.until(lambda: not calls(shown), "it is over")
        assert await shown.adapter.refresh(row) is None


async def test_wrap_up_ends_without_an_event() -> None:
    server = Server()
    async with running(server, settings(wrap_up=0.4)) as shown:
        row = await talking(server, shown)
        desk = shown.desk

        def state() -> AgentState | None:
            who = desk.row(Key(SOURCE, Kind.AGENT, "PJSIP/1001"))
            return who.state if isinstance(who, Agent) else None

        # The server's clock stands still in this scene, so the call ends "now" on it.
        server.pbx.now = shown.adapter._server_now()
        server.pbx.end(row.key.id)
        await server.flush()
        await desk.until(lambda: state() is AgentState.WRAP_UP, "wrap-up")
        before = len(server.pbx.events)
        await desk.until(lambda: state() is AgentState.READY, "ready", 3.0)
        assert len(server.pbx.events) == before


async def test_the_secret_is_in_nothing_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "WATCH", 0.05)
    monkeypatch.setattr(check, "GRACE", 0.05)
    server = Server()
    async with running(server) as shown:
        lines = await shown.adapter.check()
        assert any(line.name == "sign-in" and line.ok for line in lines)
        said = (shown.adapter.info(), shown.adapter.settings, shown.desk.statuses, shown.desk.updates, lines)
        assert CANARY not in repr(said)


async def test_only_ami_credentials_make_an_asterisk_source() -> None:
    desk = Desk()
    assert plugin.build(settings(), Services(desk.clock, Server().connect)).settings.vendor == "asterisk"
    wrong = SourceSettings(name="x", vendor="asterisk", url="tcp://127.0.0.1", auth=BearerAuth(Secret("t")))
    with pytest.raises(ValueError, match="ami"):
        plugin.build(wrong, Services(desk.clock))


async def test_a_command_that_waited_for_its_turn_on_the_line_is_not_sent_when_it_is_too_old() -> None:
    server = Server()
    caller = server.pbx.arrive("sales")
    async with running(server) as shown:
        row = shown.desk.row(Key(SOURCE, Kind.CALL, caller))
        assert row is not None
        clock = ManualClock()
        command = replace(shown.command(Verb.HANGUP, row), asked_at=clock.now())
        ami = shown.adapter._ami
        assert ami is not None
        sent: list[object] = []

        async def act() -> None:
            with leaving(command, clock), pytest.raises(Expired):
                sent.append(await shown.adapter.perform(command, row))

        async with anyio.create_task_group() as tasks:
            # Somebody else's action is being written, slowly.
            await ami._sending.acquire()
            tasks.start_soon(act)
            await anyio.wait_all_tasks_blocked()
            clock.advance(6.0)
            ami._sending.release()
        assert sent == []
        assert acting(server) == []


async def test_after_a_silence_the_server_is_heard_before_a_row_is_taken_for_the_present() -> None:
    server = Server()
    caller = server.pbx.arrive("sales")
    async with running(server) as shown:
        row = shown.desk.row(Key(SOURCE, Kind.CALL, caller))
        ami = shown.adapter._ami
        assert row is not None
        assert ami is not None
        # The machine slept: what the events told is of before.
        ami.heard_at -= 3600.0
        asked = len(server.actions)
        assert await shown.adapter.refresh(row) is not None
        assert "CoreShowChannels" in [action.get("Action") for action in server.actions[asked:]]
