"""What supervisors do all day, with the keys counted: from the board to the request, through the real adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.scene import ALL_FIVE, staged
from tests.acceptance.seat import Seat
from wallboard.config.settings import Config
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Hotline
from wallboard.domain.places import Favourite
from wallboard.domain.states import AgentState
from wallboard.sim.model import AVAILABLE

pytestmark = pytest.mark.anyio

NIGHT_DESK = Favourite("Night desk", "8100", "front")
SALES, SUPPORT = 601, 602


def with_favourite(config: Config) -> Config:
    return replace(config, favourites=(NIGHT_DESK,))


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    """Bo Quist waits in Sales of hq, where nobody is signed in."""
    async with staged(tmp_path, sources=ALL_FIVE, settings=with_favourite) as stage:
        await stage.waiting()
        yield Seat(stage)


async def keys(seat: Seat, typed: str, most: int) -> None:
    """Press keys (named ones between blanks), no more than were needed before."""
    pressed = typed.split()
    assert len(pressed) <= most
    await seat.press(*pressed)


async def ready(seat: Seat, count: int) -> list[Agent]:
    """So many who answer Support and not Sales are ready."""
    stage = seat.stage
    rows = [row for row in seat.rooms.board.rows(Resource.AGENTS, "hq") if isinstance(row, Agent)]
    others = [row for row in rows if {place.queue_id for place in row.memberships} == {str(SUPPORT)}][:count]
    assert len(others) == count
    for row in others:
        agent = next(each for each in stage.hq.agents.values() if f"{each.id}_local" == row.key.id)
        stage.world.hq.distributor.set_status(agent, AVAILABLE)
    await seat.until(lambda: all(stage.agent(row.key.id).state is AgentState.READY for row in others))
    return others


def in_sales(seat: Seat, agent: Agent) -> bool:
    row = seat.stage.agent(agent.key.id)
    return str(SALES) in {place.queue_id for place in row.memberships}


async def test_worst_queue_who_can_help_added_in_the_details(seat: Seat) -> None:
    (helper,) = await ready(seat, 1)
    await keys(seat, "1 enter", 2)
    assert any("CAN HELP" in line and helper.name in line and "+ adds" in line for line in seat.look())
    await keys(seat, "+ y", 2)
    assert (await seat.ending()).ending.startswith("confirmed")
    assert in_sales(seat, helper)


async def test_worst_queue_who_can_help_added_from_the_list(seat: Seat) -> None:
    (helper,) = await ready(seat, 1)
    await keys(seat, "1 + enter", 3)
    assert (await seat.ending()).ending.startswith("confirmed")
    assert in_sales(seat, helper)


async def test_row_8_two_agents_are_added_to_a_drowning_queue(seat: Seat) -> None:
    helpers = await ready(seat, 2)
    await keys(seat, "1 + space down space enter", 6)
    await seat.until(lambda: len(seat.endings) == 2)
    assert all(in_sales(seat, helper) for helper in helpers)
    assert len(seat.sent()) == 2


async def test_row_1_the_caller_who_waits_longest_goes_to_a_favourite(seat: Seat) -> None:
    await keys(seat, "2 t 1 enter", 4)
    await seat.ending()
    ((method, path, body),) = seat.acting()
    assert (method, path.split("/")[0]) == ("PUT", "hq")
    assert "778100" in str(body)


async def test_row_2_i_take_the_caller_myself(seat: Seat) -> None:
    await keys(seat, "2 u", 2)
    await seat.ending()
    assert len(seat.sent()) == 1


async def test_row_5_a_call_is_parked_and_handed_over(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE, settings=with_favourite) as stage:
        await stage.talk()
        seat = Seat(stage)
        await keys(seat, "4 p", 2)
        await seat.ending()
        await seat.until(stage.parked)
        await keys(seat, "8 t 1 enter", 4)
        await seat.ending()
        assert seat.acting()[-1][2] == {"action": "transfer", "send_dst": "778100"}
        assert not stage.parked()


async def test_row_6_an_agent_who_forgot_is_signed_out(seat: Seat) -> None:
    (agent,) = await ready(seat, 1)
    await seat.to(agent.key, "3")
    await keys(seat, "i", 1)
    assert (await seat.ending()).ending.startswith("confirmed")
    assert seat.stage.agent(agent.key.id).state is AgentState.OFF


async def test_row_9_a_hotline_is_paused_by_the_last_digits_of_its_number_and_opened_again(seat: Seat) -> None:
    key = Key("responders", Kind.HOTLINE, "311")
    await seat.to(key, "5")
    row = seat.rooms.board.row(key)
    assert isinstance(row, Hotline)
    await keys(seat, f"o {' '.join(row.number[-4:])} enter", 6)
    await seat.ending()
    assert [method for method, _, _ in seat.acting()] == ["PUT"]
    await seat.until(lambda: seat.stage.hotline(311).asked == "paused")
    await seat.to(key, "5")
    await keys(seat, "o", 1)
    await seat.until(lambda: seat.stage.hotline(311).asked == "open")
