"""The actions of the PortSIP source through the whole program: what the PBX did is confirmed by what its lists show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.scene import Stage, staged
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Member, Row
from wallboard.domain.states import CallState
from wallboard.sim.model import AVAILABLE, LOGGED_OUT

pytestmark = pytest.mark.anyio
CALLER = "+493023125777"
Scene = Callable[[Stage], Awaitable[Row]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, sources=("front",)) as found:
        yield found


def only(stage: Stage, *agents: int) -> None:
    site = stage.world.sites["front"]
    for agent in site.pbx.agents.values():
        site.distributor.set_status(agent, AVAILABLE if agent.id in agents else LOGGED_OUT)


def members(stage: Stage) -> list[Member]:
    return [row for row in stage.board.rows(Resource.MEMBERS, "front") if isinstance(row, Member)]


async def waits(stage: Stage) -> Member:
    """A caller waits in a queue of nobody."""
    only(stage)
    site = stage.world.sites["front"]
    stage.server.clock.sync()
    site.distributor.arrive(site.pbx.queues[8001], CALLER, "Ana Lopez", 3000.0)
    await stage.until(lambda: len(members(stage)) == 1)
    return members(stage)[0]


async def talks(stage: Stage) -> Call:
    """An agent talks to a caller."""
    site = stage.world.sites["front"]
    queue = site.pbx.queues[8001]
    queue.profile = replace(queue.profile, talk_mean=1e6)
    await waits(stage)
    only(stage, queue.tiers[0].agent.id)

    def found() -> list[Call]:
        return [call for call in stage.calls(source="front") if call.state is CallState.TALKING]

    await stage.until(lambda: found() and not members(stage))
    return found()[0]


@pytest.mark.parametrize("to", ["309", "8002"])
@pytest.mark.parametrize("of", [talks, waits])
async def test_a_transfer_is_confirmed_at_its_destination(stage: Stage, of: Scene, to: str) -> None:
    row = await of(stage)
    done = await stage.act(Verb.TRANSFER, row, to)
    assert (done.phase, done.ending) == ("confirmed", f"confirmed by the caller at {to}")
    assert len(done.sent) == 1


@pytest.mark.parametrize("of", [talks, waits])
async def test_hanging_up_is_confirmed_by_two_lists(stage: Stage, of: Scene) -> None:
    row = await of(stage)
    done = await stage.act(Verb.HANGUP, row)
    assert (done.phase, done.ending) == ("confirmed", "confirmed by it is gone from two lists read since")
    assert len(done.sent) == 1


async def test_picking_up_and_calling_are_confirmed_on_my_phone(stage: Stage) -> None:
    done = await stage.act(Verb.PICKUP, await waits(stage))
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller on my phone")
    (call,) = stage.calls(source="front")
    assert (await stage.act(Verb.HANGUP, call)).phase == "confirmed"
    agent = stage.board.row(Key("front", Kind.AGENT, "301"))
    assert agent is not None
    done = await stage.act(Verb.CALL, agent)
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the new call on my phone")
