"""Who is rung for whom, told through a silent world in which only the test's callers exist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.model import LOGGED_OUT, Agent, Member, Queue
from wallboard.sim.world import Site

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SALES, SUPPORT, EMERGENCY = 601, 602, 603


@pytest.fixture
def world() -> World:
    world = World(1, START, Knobs.quiet())
    for agent in world.hq.pbx.agents.values():
        world.hq.distributor.set_status(agent, "Available")
    return world


def queue_of(world: World, identity: int, strategy: str | None = None) -> Queue:
    queue = world.hq.pbx.queues[identity]
    queue.strategy = strategy or queue.strategy
    return queue


def call_in(world: World, queue: Queue, patience: float = 300.0, number: str = "+493023125100") -> Member:
    return world.hq.distributor.arrive(queue, number, "Caller", patience)


def pass_time(world: World, seconds: float) -> None:
    world.advance(world.now + seconds)


def only(site: Site, queue: Queue, *identities: int) -> list[Agent]:
    """Sign everybody out but these agents."""
    for agent in site.pbx.agents.values():
        if agent.id not in identities:
            site.distributor.set_status(agent, LOGGED_OUT)
    return [tier.agent for tier in queue.tiers if tier.agent.id in identities]


def test_a_caller_is_rung_answered_served_and_gone(world: World) -> None:
    queue = queue_of(world, SALES)
    member = call_in(world, queue)
    assert (member.state, bool(member.serving)) == ("Trying", True)
    agent = member.offers[0].agent
    assert agent.state == "Receiving"
    pass_time(world, 5)
    assert (member.state, member.serving, agent.state) == ("Answered", agent.name_fs, "In a queue call")
    pass_time(world, 300)
    assert queue.members == {}
    assert world.hq.pbx.statistics.ended == {"completed": 1}


def test_an_agent_in_wrap_up_is_not_rung(world: World) -> None:
    queue = queue_of(world, SALES)
    agent = only(world.hq, queue, 136)[0]
    member = call_in(world, queue)
    pass_time(world, 5)
    world.hq.distributor.hang_up(member)
    second = call_in(world, queue)
    pass_time(world, agent.wrap_up_time - 0.5)
    assert (second.state, agent.state) == ("Waiting", "Waiting")
    pass_time(world, 1.0)
    assert second.state == "Trying"


def test_ring_all_rings_everybody_and_the_first_takes_it(world: World) -> None:
    queue = queue_of(world, EMERGENCY)
    member = call_in(world, queue)
    assert (member.serving, len(member.offers)) == ("ring-all", 3)
    pass_time(world, 5)
    assert member.serving.endswith("_local")
    assert [tier.agent.state for tier in queue.tiers].count("In a queue call") == 1
    assert [tier.agent.state for tier in queue.tiers].count("Waiting") == 2


def test_round_robin_goes_on_after_the_last_one(world: World) -> None:
    queue = queue_of(world, SUPPORT, "round-robin")
    order = [call_in(world, queue).offers[0].agent.id for _ in range(3)]
    assert order == [140, 141, 142]
    pass_time(world, 400)
    assert call_in(world, queue).offers[0].agent.id == 143


def test_a_lower_tier_is_asked_only_after_its_time(world: World) -> None:
    queue = queue_of(world, SUPPORT)
    only(world.hq, queue, 137, 144)
    member = call_in(world, queue)
    assert member.state == "Waiting"
    pass_time(world, 24)
    assert member.state == "Waiting"
    pass_time(world, 2)
    assert member.state == "Trying"


def test_nobody_picks_up_then_the_next_is_rung(world: World) -> None:
    queue = queue_of(world, SALES, "top-down")
    only(world.hq, queue, 136, 137)
    phone = world.hq.pbx.extensions[201]
    phone.answers = False
    member = call_in(world, queue)
    assert member.serving == "136_local"
    pass_time(world, 20.1)
    assert (member.state, member.serving) == ("Trying", "137_local")
    assert not phone.legs


def test_a_caller_out_of_patience_stays_a_minute_as_abandoned(world: World) -> None:
    queue = queue_of(world, SALES)
    only(world.hq, queue)
    member = call_in(world, queue, patience=20)
    pass_time(world, 21)
    assert (member.state, member.serving) == ("Abandoned", "")
    assert member.id in queue.members
    pass_time(world, 58)
    assert member.id in queue.members
    pass_time(world, 2)
    assert member.id not in queue.members
    assert world.hq.pbx.statistics.ended == {"abandoned": 1}


def test_signing_out_withdraws_the_offer_but_not_the_talk(world: World) -> None:
    queue = queue_of(world, SALES, "top-down")
    agents = only(world.hq, queue, 136, 137)
    member = call_in(world, queue)
    world.hq.distributor.set_status(agents[0], LOGGED_OUT)
    assert (member.serving, agents[0].state) == ("137_local", "Idle")
    pass_time(world, 5)
    world.hq.distributor.set_status(agents[1], LOGGED_OUT)
    assert (member.state, agents[1].state) == ("Answered", "In a queue call")
    pass_time(world, 300)
    assert agents[1].state == "Idle"


def test_a_remote_agent_answers_on_a_phone_that_is_not_ours(world: World) -> None:
    queue = queue_of(world, SALES)
    agent = only(world.hq, queue, 9)[0]
    member = call_in(world, queue)
    pass_time(world, 10)
    assert (member.serving, agent.state) == ("9_remote", "In a queue call")
    assert not any(phone.legs for phone in world.hq.pbx.phones())
