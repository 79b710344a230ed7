"""Signing in, rights and restarts: what passes is tried again, what does not is said, and nothing is blind for ever."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.abc import ByteStream

from tests.lab.desk import Console, Desk
from tests.vendors.asterisk.server import Server
from tests.vendors.asterisk.test_adapter import running, settings
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.states import SourceState
from wallboard.domain.update import FeedStatus
from wallboard.vendors.asterisk import check, health, lists
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.ami import Ami
from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.base import Patient, Services

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings follow each other closely."""
    for name in ("REREAD_CLOSELY", "REREAD_STARTING", "REREAD_EVERY"):
        monkeypatch.setattr(health, name, 0.05)
    monkeypatch.setattr(check, "WATCH", 0.05)
    monkeypatch.setattr(check, "GRACE", 0.05)


@asynccontextmanager
async def signing_in(server: Server, clock: ManualClock, secret: str = "s3cret") -> AsyncIterator[Console]:
    """The adapter on a clock that stands still between two tries."""
    desk = Desk()
    desk.board = Board(clock)
    async with anyio.create_task_group() as tasks:
        adapter = AsteriskAdapter(settings(secret=secret), Services(clock, server.use(tasks).connect))
        tasks.start_soon(adapter.run, desk)
        yield Console(desk, adapter)
        tasks.cancel_scope.cancel()


def queues(shown: Console) -> FeedStatus:
    return shown.desk.statuses[Resource.QUEUES]


def source(shown: Console) -> SourceState:
    assert shown.desk.board is not None
    return shown.desk.board.source_views()[0].state


# ---- a server that starts -----------------------------------------------------------------------------------------


async def test_a_server_that_has_not_loaded_its_queues_is_starting_and_is_read_when_it_has_booted() -> None:
    server = Server(booted=False, loading={"QueueStatus", "QueuePause", "QueueAdd", "QueueRemove", "ParkedCalls"})
    async with signing_in(server, ManualClock()) as shown:
        desk = shown.desk
        await desk.until(lambda: Resource.CALLS in desk.snapshots, "the calls are there")
        await desk.until(lambda: Resource.QUEUES in desk.statuses and queues(shown).cause, "the queues are not")
        for resource in (Resource.QUEUES, Resource.AGENTS, Resource.PARKED):
            assert desk.statuses[resource].cause == "the server is still starting"
            assert not desk.statuses[resource].unavailable
        assert source(shown) is not SourceState.LIVE
        assert shown.adapter.info().detail == "the server is still starting"
        assert shown.adapter.can(Verb.PAUSE, None).reason == "the server is still starting"
        await server.boot()
        await desk.until(lambda: len(desk.rows(Resource.QUEUES)) == 2, "the queues are read")
        assert not queues(shown).cause
        assert Resource.PARKED in desk.snapshots
        await desk.until(lambda: shown.adapter.can(Verb.PAUSE, None).ok, "the rights are learnt again")


async def test_an_account_that_hears_of_no_boot_is_not_blind_either() -> None:
    server = Server(booted=False, loading={"QueueStatus"})
    async with signing_in(server, ManualClock()) as shown:
        await shown.desk.until(lambda: Resource.CALLS in shown.desk.snapshots, "the calls are there")
        server.loading.clear()
        await shown.desk.until(lambda: len(shown.desk.rows(Resource.QUEUES)) == 2, "the queues are read")


async def test_a_module_that_is_never_loaded_is_named_and_hides_nothing_else() -> None:
    server = Server(loading={"ParkedCalls"})
    async with signing_in(server, ManualClock()) as shown:
        desk = shown.desk
        await desk.until(lambda: desk.statuses and desk.statuses[Resource.PARKED].unavailable, "no parking")
        assert desk.statuses[Resource.PARKED].cause == "the server does not know ParkedCalls: its module is not loaded"
        assert source(shown) is SourceState.LIVE
        server.loading.clear()
        await desk.until(lambda: Resource.PARKED in desk.snapshots, "loaded later, it is read")


async def test_an_unknown_queue_list_is_no_start_for_ever() -> None:
    clock = ManualClock()
    server = Server(booted=False, loading={"QueueStatus"})
    async with signing_in(server, clock) as shown:
        await shown.desk.until(lambda: shown.desk.statuses and queues(shown).cause == lists.STARTING, "told")
        clock.advance(lists.START_MOST)
        await shown.desk.until(lambda: queues(shown).unavailable, "no start takes so long")
        assert queues(shown).cause == "the server does not know QueueStatus: its module is not loaded"


async def test_what_is_granted_without_being_named_is_shown() -> None:
    server = Server(unnamed={"QueueStatus", "CoreShowChannels"})
    server.pbx.arrive("sales")
    async with running(server) as shown:
        assert len(shown.desk.rows(Resource.QUEUES)) == 2
        assert len(shown.desk.rows(Resource.CALLS)) == 1


async def test_a_right_that_an_answer_contradicts_is_learnt_again() -> None:
    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") == "QueuePause":
            await server.reply(request, "Error", Message="Permission denied")
            return True
        return False

    server = Server(answer=answer)
    async with running(server) as shown:
        desk = shown.desk
        row = desk.rows(Resource.AGENTS)[0]
        before = names(server).count("ListCommands")
        server.commands = tuple(name for name in server.commands if name != "QueuePause")
        with pytest.raises(Exception, match="Permission denied"):
            await shown.act(Verb.PAUSE, row)
        assert "QueuePause" in shown.adapter.can(Verb.PAUSE, row).reason
        await desk.until(lambda: names(server).count("ListCommands") > before, "it asks what it may")


def names(server: Server) -> list[str]:
    return [action.get("Action") for action in server.actions]


async def test_a_list_that_never_ends_says_so_and_keeps_no_other_from_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "CoreShowChannels":
            return False
        await server.reply(request, Message="Channels will follow")
        for item in server.pbx.channels():
            await server.write(Message([*item.pairs, ("ActionID", request.action_id)]))
        return True

    collect = Ami.collect

    async def impatient(self: Ami, name: str) -> tuple[Message, ...]:
        return await collect(self, name, within=0.1)

    monkeypatch.setattr(Ami, "collect", impatient)
    server = Server(answer=answer)
    server.pbx.arrive("sales")
    async with running(server) as shown:
        await shown.desk.until(lambda: Resource.CALLS in shown.desk.statuses, "told")
        status = shown.desk.statuses[Resource.CALLS]
        assert status.cause == "CoreShowChannels did not end within 0.1 s: 1 rows came, and no EventList: Complete"
        assert status.failures >= 1
        assert Resource.CALLS not in shown.desk.snapshots
        assert len(shown.desk.rows(Resource.QUEUES)) == 2
        assert not queues(shown).failures


# ---- refusals -----------------------------------------------------------------------------------------------------


async def test_a_refusal_that_passes_is_tried_again_until_it_has() -> None:
    clock = ManualClock()
    server = Server(refusals=["Login Already In Use", "Asterisk is shutting down", "Permission denied", "Come back"])
    async with signing_in(server, clock) as shown:
        desk = shown.desk
        for words in tuple(server.refusals):
            cause = f"sign-in refused for now: {words}"
            await desk.until(lambda: desk.infos and desk.infos[-1].detail == cause, words)  # noqa: B023
            assert not shown.adapter.info().refused
            await desk.until(lambda: clock.sleeping == 1, "it waits")
            assert not queues(shown).refused
            clock.advance(13.0)
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "signed in")
        assert server.connections == 5


async def test_refused_credentials_are_tried_three_times_in_a_quarter_of_an_hour_and_recover() -> None:
    clock = ManualClock()
    server = Server(refusals=["Authentication failed"] * 3)
    async with signing_in(server, clock) as shown:
        desk = shown.desk
        for count in range(1, 4):
            await desk.until(lambda: server.connections == count and clock.sleeping == 1, "refused")  # noqa: B023
            assert source(shown) is SourceState.REFUSED
            status = queues(shown)
            assert status.cause == (
                "sign-in refused (Authentication failed): wrong secret, or not allowed from this address"
            )
            assert status.next_at == clock.now() + 300
            clock.advance(299)
            await anyio.wait_all_tasks_blocked()
            assert server.connections == count
            clock.advance(1)
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "signed in once the account is open again")
        assert not shown.adapter.info().refused
        assert source(shown) is SourceState.LIVE


async def test_who_asks_for_a_refused_source_need_not_wait_for_its_next_try() -> None:
    clock = ManualClock()
    server = Server(refusals=["Authentication failed"])
    async with signing_in(server, clock) as shown:
        await shown.desk.until(lambda: shown.desk.statuses and queues(shown).refused, "refused")
        await anyio.wait_all_tasks_blocked()
        assert isinstance(shown.adapter, Patient)
        shown.adapter.hurry()
        await shown.desk.until(lambda: Resource.QUEUES in shown.desk.snapshots, "signed in at once")


async def test_check_tells_a_wrong_secret_from_a_session_that_is_refused_for_now() -> None:
    async with anyio.create_task_group() as tasks:
        for words, name in (("Authentication failed", "sign-in"), ("Login Already In Use", "session")):
            server = Server(refusals=[words]).use(tasks)
            desk = Desk()
            lines = await AsteriskAdapter(settings(), Services(desk.clock, server.connect)).check()
            assert [(line.name, line.ok) for line in lines] == [("reach", True), (name, False)]
            assert words in lines[1].text
        tasks.cancel_scope.cancel()


# ---- too old ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3", "1.4.0"])
async def test_an_asterisk_before_12_is_told_so_before_anything_is_sent(version: str) -> None:
    clock = ManualClock()
    server = Server(banner=f"Asterisk Call Manager/{version}")
    said = f"Asterisk 12 or newer is needed (this one speaks AMI {version})"
    async with signing_in(server, clock) as shown:
        await shown.desk.until(lambda: [i.detail for i in shown.desk.infos[-1:]] == [said], "too old")
        await shown.desk.until(lambda: clock.sleeping == 1, "it waits")
        assert queues(shown).cause == said
        assert not queues(shown).refused
        assert server.received == b""
        (line,) = await shown.adapter.check()
        assert (line.name, line.ok, line.text) == ("reach", False, said)
        server.banner = "Asterisk Call Manager/2.10.6"
        clock.advance(60)
        await shown.desk.until(lambda: Resource.QUEUES in shown.desk.snapshots, "after an upgrade")


# ---- faults that nobody foresaw -----------------------------------------------------------------------------------


async def test_a_fault_nobody_foresaw_is_a_failed_source_that_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock, server, load = ManualClock(), Server(), Switchboard.load

    def broken(self: Switchboard, lists: Lists, meanwhile: object = ()) -> None:
        raise ZeroDivisionError("5551234")

    async with signing_in(server, clock) as shown:
        desk = shown.desk
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "live")
        monkeypatch.setattr(Switchboard, "load", broken)
        with caplog.at_level(logging.ERROR, "wallboard.asterisk"):
            await desk.until(lambda: clock.sleeping == 1, "it waits to try again")
        assert queues(shown).failures == 1
        assert queues(shown).cause == "a fault of this program (ZeroDivisionError); the log has more"
        assert "ZeroDivisionError" in caplog.text
        clock.advance(20)
        await desk.until(lambda: queues(shown).failures == 2 and clock.sleeping == 1, "it is not live again")
        monkeypatch.setattr(Switchboard, "load", load)
        clock.advance(20)
        await desk.until(lambda: not queues(shown).failures, "well again")


async def test_one_odd_event_costs_neither_the_connection_nor_what_it_told(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    apply = Switchboard.apply

    def odd(self: Switchboard, event: Message, at: float) -> bool:
        if event.event == "QueueCallerJoin":
            raise KeyError("nobody foresaw this")
        return apply(self, event, at)

    async with running(server) as shown:
        monkeypatch.setattr(Switchboard, "apply", odd)
        server.pbx.arrive("sales")
        await server.flush()
        await shown.desk.until(lambda: shown.desk.rows(Resource.MEMBERS), "the caller is found by the list")
        assert server.connections == 1


async def test_a_connection_lost_while_a_list_is_read_is_told_at_once() -> None:
    """Python 3.11.2 raises the group again out of ``except*``; then the source stayed live."""
    clock = ManualClock()
    server = Server()

    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") == "QueueStatus":
            await server.drop()
            return True
        return False

    async with signing_in(server, clock) as shown:
        desk = shown.desk
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "live")
        server.answer = answer
        await desk.until(lambda: clock.sleeping == 1, "it waits to try again")
        assert queues(shown).failures == 1
        assert queues(shown).cause == "the server closed the connection"


async def test_a_server_that_says_it_goes_is_said_to_be_going() -> None:
    clock, server = ManualClock(), Server()
    async with signing_in(server, clock) as shown:
        await shown.desk.until(lambda: Resource.QUEUES in shown.desk.snapshots, "live")
        await server.write(Message([("Event", "Shutdown"), ("Shutdown", "Cleanly"), ("Restart", "True")]))
        await server.drop()
        await shown.desk.until(lambda: clock.sleeping == 1, "it waits to try again")
        assert queues(shown).cause == "the server is shutting down"


async def test_a_factory_that_fails_in_a_new_way_is_tried_again() -> None:
    clock, server, tries = ManualClock(), Server(), 0

    async def connect() -> ByteStream:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("a resolver of a new kind")
        return await server.connect()

    desk = Desk()
    async with anyio.create_task_group() as tasks:
        server.use(tasks)
        tasks.start_soon(AsteriskAdapter(settings(), Services(clock, connect)).run, desk)
        await desk.until(lambda: clock.sleeping == 1, "it waits to try again")
        assert desk.statuses[Resource.QUEUES].failures == 1
        clock.advance(2)
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "live")
        tasks.cancel_scope.cancel()


async def test_rows_of_a_list_that_no_longer_ends_follow_the_events_and_are_no_younger_than_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "CoreShowChannels":
            return False
        await server.reply(request, EventList="start")
        return True

    collect = Ami.collect

    async def impatient(self: Ami, name: str) -> tuple[Message, ...]:
        return await collect(self, name, within=0.1)

    monkeypatch.setattr(Ami, "collect", impatient)
    server = Server()
    caller = server.pbx.arrive("sales")
    async with running(server) as shown:
        desk = shown.desk
        await desk.until(lambda: desk.rows(Resource.CALLS), "the call is there")
        server.answer = answer
        await desk.until(lambda: desk.statuses[Resource.CALLS].failures, "its list does not end")
        read = desk.snapshots[Resource.CALLS]
        assert desk.statuses[Resource.CALLS].last_ok == read
        server.pbx.hang_up(caller)
        await server.flush()
        await desk.until(lambda: not desk.rows(Resource.CALLS), "the events tell its end")
        assert desk.snapshots[Resource.CALLS] == read
        assert server.connections == 1
