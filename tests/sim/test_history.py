"""The truth about every caller of a queue: what happened to each, and that it always adds up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.history import Visit
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Member

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    world = World(1, START, Knobs.quiet())
    for agent in world.hq.pbx.agents.values():
        world.hq.distributor.set_status(agent, LOGGED_OUT)
    return world


def arrive(world: World, patience: float = 900.0) -> Member:
    return world.hq.distributor.arrive(world.hq.pbx.queues[601], "+493023125100", "Caller", patience)


def told(visit: Visit) -> tuple[str, float | None, float | None, str]:
    return visit.outcome, visit.settled, visit.left, visit.agent


def test_who_is_answered_has_a_wait_and_a_talk(world: World) -> None:
    visit = arrive(world).visit
    world.advance(10.0)
    assert (visit.queue, visit.caller, visit.offered, visit.rung) == ("601", "+493023125100", 0.0, None)
    assert told(visit) == ("waiting", None, None, "")
    world.hq.distributor.set_status(world.hq.pbx.agents["local", 136], AVAILABLE)
    world.advance(300.0)
    assert (visit.rung, visit.outcome, visit.agent) == (10.0, "answered", "136_local")
    assert visit.settled is not None
    assert visit.left is not None
    assert 10.0 < visit.settled < 15.0
    assert visit.left - visit.settled == pytest.approx(105.0)


@pytest.mark.parametrize(
    ("action", "outcome"), [("", "lost"), ("transfer", "flowed"), ("park", "flowed"), ("pickup", "pulled")]
)
def test_who_is_not_answered_is_lost_flowed_or_pulled(world: World, action: str, outcome: str) -> None:
    member = arrive(world, patience=30.0)
    world.advance(5.0)
    if action:
        world.hq.controls.perform(member, action, "2001" if action == "pickup" else "212")
    world.advance(40.0)
    assert member.visit.outcome == outcome
    assert member.visit.left == member.visit.settled
    assert member.visit.settled == pytest.approx(
        5.0 if outcome == "flowed" else 30.0 if outcome == "lost" else 6.0, abs=1
    )
    assert world.hq.pbx.history.outcomes("601") == {outcome: 1}


def test_a_hung_up_caller_is_lost_and_one_back_from_a_slot_a_visit_of_its_own(world: World) -> None:
    world.hq.controls.hang_up(arrive(world))
    world.hq.controls.park(arrive(world, 5000.0), 1)
    world.advance(200.0)
    assert [visit.outcome for visit in world.hq.pbx.history.of("601")] == ["lost", "flowed", "waiting"]
    assert [visit.offered for visit in world.hq.pbx.history.of("601", since=1.0)] == [180.0]


def test_what_was_offered_always_adds_up() -> None:
    world = World(3, START, Knobs(warm_up=0.0))
    for second in range(0, 3600, 60):
        world.advance(float(second))
        for site in world.sites.values():
            for queue in site.pbx.queues.values():
                outcomes = site.pbx.history.outcomes(queue.extension.number)
                present = [each for each in queue.members.values() if each.state in ("Waiting", "Trying")]
                assert outcomes["waiting"] == len(present)
    visits = list(world.hq.pbx.history.visits)
    assert {"answered", "lost", "flowed"} <= {visit.outcome for visit in visits}
    for visit in visits:
        assert (visit.settled is None) == (visit.outcome == "waiting")
        assert (visit.agent != "") == (visit.outcome == "answered")
        times = [visit.offered, visit.rung, visit.settled, visit.left]
        reached = [time for time in times if time is not None]
        assert reached == sorted(reached)
