"""Consoles on the real vendors' adapters, sharing one account: what they cost the vendor, and what they see."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio
import pytest

from tests.acceptance.scene import configured
from tests.share.nats import Server
from tests.share.site import clock, until
from wallboard.cli.answers import Order
from wallboard.cli.do import OFFERED, act
from wallboard.cli.snapshot import _take
from wallboard.config.settings import Operator, Share
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb, new_id
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Row
from wallboard.domain.states import AgentState, CallState, Direction, ResourceState
from wallboard.runtime.rooms import Headless, headless
from wallboard.sim import World, make_app
from wallboard.sim.server import SimServer
from wallboard.vendors.base import NoAuth, rows_of
from wallboard.vendors.http.exchange import in_process

pytestmark = pytest.mark.anyio
SEEN = frozenset({Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.CALLS})


def _line(site: SimServer, _source: object) -> object:
    return in_process(site)


def live(rooms: Headless) -> bool:
    return all(rooms.board.pane_state(resource).state is ResourceState.LIVE for resource in SEEN)


async def test_a_second_console_costs_the_vendor_nothing_and_sees_the_same(server: Server, tmp_path: Path) -> None:
    world, time = World(5, datetime.fromtimestamp(clock.now(), UTC)), Stopping()
    sites = {name: make_app(world, clock=time) for name in ("first", "second")}
    config = configured(tmp_path)
    hq = tuple(source for source in config.sources if source.name == "hq")
    config = replace(config, sources=hq, share=Share((server.url,), site="north"))
    async with AsyncExitStack() as stack:
        rooms = {}
        for name, site in sites.items():
            (tmp_path / name).mkdir()
            made = await stack.enter_async_context(
                headless(config, transports=partial(_line, site), state=tmp_path / name, shares=True)
            )
            made.reader.demand(SEEN)
            made.tasks.start_soon(made.reader.run)
            await until(partial(live, made), f"{name} is live", 60)
            rooms[name] = made
        first, second = rooms["first"], rooms["second"]
        time.stop()
        assert sites["first"].requests
        assert not sites["second"].requests
        for resource in SEEN:
            assert {row.key for row in first.board.rows(resource)} == {row.key for row in second.board.rows(resource)}
        assert [view.info.vendor for view in second.board.source_views()] == ["ringme"]
        # And acts on what it was told, with its own sign-in, once.
        agent = next(row for row in rows_of(Agent, second.board) if row.state is AgentState.READY)
        ending = await done(second, Verb.SIGNOUT, agent)
        assert ending.phase is Phase.CONFIRMED, ending
        assert acting(sites["second"]) == ["PUT"]
        assert not acting(sites["first"])
        read = [request for request in sites["second"].requests if "queue/status" in request.path]
        assert len(read) <= 1, "one row was read again, and no list for its own sake"
        for made in rooms.values():
            made.tasks.cancel_scope.cancel()
        await anyio.lowlevel.checkpoint()


async def test_consoles_without_a_secret_act_through_serve(server: Server, tmp_path: Path) -> None:
    world, time = World(5, datetime.fromtimestamp(clock.now(), UTC)), Stopping()
    sites = {name: make_app(world, clock=time) for name in ("serve", "desk")}
    config = configured(tmp_path)
    hq = tuple(source for source in config.sources if source.name == "hq")
    share = Share((server.url,), site="north", actions="executor")
    told = tuple(replace(source, auth=NoAuth()) for source in hq)
    configs = {
        "serve": replace(config, sources=hq, share=replace(share, role="serve"), operator=Operator()),
        "desk": replace(config, sources=told, share=share, operator=Operator(name="Mira")),
    }
    async with AsyncExitStack() as stack:
        rooms: dict[str, Headless] = {}
        for name, site in sites.items():
            (tmp_path / name).mkdir()
            made = rooms[name] = await stack.enter_async_context(
                headless(
                    configs[name],
                    read_only=name == "serve",
                    transports=partial(_line, site),
                    state=tmp_path / name,
                    shares=True,
                )
            )
            made.reader.demand(SEEN)
            made.tasks.start_soon(made.reader.run)
            await until(partial(live, made), f"{name} is live", 60)
        desk = rooms["desk"]
        call = await talking(desk)
        time.stop()
        await until(lambda: desk.dispatcher.offer(Verb.HOLD, call.key).ok, "it is offered", 10)
        ending = await done(desk, Verb.HOLD, call)
        assert ending.phase is Phase.ACCEPTED, ending
        await until(lambda: held(desk, call), "who is told sees what was done for it", 10)
        assert acting(sites["serve"]) == ["PUT"]
        # A script, and what is printed once, are told and act the same way.
        agent = next(row for row in rows_of(Agent, desk.board) if row.state is AgentState.READY)
        async with headless(configs["desk"], state=tmp_path / "desk") as script:
            order = Order(Verb.SIGNOUT, str(agent.key), "", True)
            code = await act(script.dispatcher, script.board, script.reader, order, lambda *_: True, offered=OFFERED)
        assert code == 0
        taken, code = await _take(configs["desk"], False)
        assert code == 0
        assert isinstance(taken, dict)
        assert taken["agents"]
        journals = {name: (tmp_path / name / "audit.jsonl").read_text().splitlines() for name in rooms}
        assert acting(sites["serve"]) == ["PUT", "PUT"]
        assert not sites["desk"].requests
        for lines in journals.values():
            records = [json.loads(line) for line in lines]
            assert len({record["id"] for record in records}) == 2
            assert ending.command.id in {record["id"] for record in records}
            assert {record["by"] for record in records} == {"Mira"}
        for made in rooms.values():
            made.tasks.cancel_scope.cancel()
        await anyio.lowlevel.checkpoint()


class Stopping:
    """The world's clock: once it stops nothing happens but what is asked for."""

    def __init__(self) -> None:
        self._stopped: float | None = None

    def __call__(self) -> float:
        return clock.now() if self._stopped is None else self._stopped

    def stop(self) -> None:
        self._stopped = clock.now()


def acting(site: SimServer) -> list[str]:
    """The methods of all requests that are neither a reading nor a sign-in."""
    return [each.method for each in site.requests if each.method != "GET" and "oauth" not in each.path]


def held(rooms: Headless, call: Call) -> bool:
    row = rooms.board.row(call.key)
    return isinstance(row, Call) and row.state is CallState.HELD


async def talking(rooms: Headless) -> Call:
    def found() -> Call | None:
        calls = (
            row
            for row in rows_of(Call, rooms.board)
            if row.state is CallState.TALKING and row.direction is Direction.IN
        )
        return max(calls, key=lambda row: row.answered_at or 0.0, default=None)

    await until(found, "somebody talks", 60)
    call = found()
    assert call is not None
    return call


async def done(rooms: Headless, verb: Verb, row: Row) -> Outcome:
    """Press, and wait for the ending."""
    ended: list[Outcome] = []

    def hear(outcome: Outcome) -> None:
        if outcome.final:
            ended.append(outcome)

    rooms.dispatcher.subscribe(hear)
    command = Command(new_id(), verb, rooms.dispatcher.target(row), None, (), rooms.clock.now())
    rooms.dispatcher.submit(command)
    await until(lambda: ended, "an ending", 60)
    return ended[0]
