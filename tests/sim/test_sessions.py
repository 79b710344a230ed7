"""Call control of the front site: whatever is asked of it, nobody gets lost, doubled or stuck."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from tests.sim.test_world import check_sound
from wallboard.sim import Knobs, World
from wallboard.sim.model import Call, Leg
from wallboard.sim.sessions import Sessions, UnfitError, agent_state, session_id, set_agent_state
from wallboard.sim.sites import did

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STATES = ("READY", "LOGGED_IN", "NOT_READY", "WRAP_UP", "BREAK", "LUNCH", "LOGGED_OUT")
TARGETS = ("301", "311", "8001", "8003", "8100", "8101", "66601", "66212", "+493023125999", did("8102"), "nobody")


def talks(sessions: Sessions) -> list[tuple[str, Leg]]:
    return [
        (phone.number, leg)
        for phone in sessions.pbx.phones()
        for leg in phone.legs.values()
        if leg.real and leg.answered is not None
    ]


def other_party(leg: Leg) -> str:
    ends = (leg.call.caller, leg.call.callee)
    return next((end.number for end in ends if end is not None and end.leg is not leg), "")


def meddle(world: World, sessions: Sessions, rng: random.Random) -> None:
    """One arbitrary request on whatever is there."""
    calls: list[Call] = list(world.front.pbx.calls.values())
    queue = rng.choice(list(world.front.pbx.queues.values()))
    choice, talking = rng.random(), talks(sessions)
    if choice < 0.15:
        set_agent_state(world.front.distributor, queue, rng.choice(queue.tiers), rng.choice(STATES))
    elif choice < 0.3:
        held = [number for number, leg in talking if leg.held] or ["2001"]
        sessions.originate(rng.choice([*held, "2001", "311"]), rng.choice(TARGETS))
    elif choice < 0.4 and calls:
        sessions.pick_up(rng.choice(calls), rng.choice(["2001", "302"]))
    elif choice < 0.45 and calls:
        world.front.pbx.end(rng.choice(calls), "hung up")
    elif choice < 0.55 and calls:
        sessions.refer(rng.choice(calls), rng.choice(["8001", "8002", "8003", "8100"]), rng.choice(TARGETS))
    elif choice < 0.6:
        site = world.hq
        waiting = [each for queue in site.pbx.queues.values() for each in queue.members.values()]
        present = [each for each in waiting if each.state in ("Waiting", "Trying")]
        if present:
            site.controls.perform(rng.choice(present), "transfer", rng.choice(["778100", "778001", "77302"]))
    elif talking:
        number, leg = rng.choice(talking)
        twice = [each for whose, each in talking if whose == number]
        if len(twice) > 1:
            first, second = twice[:2]
            sessions.attended_refer(number, (other_party(first), None), (other_party(second), second.call))
        elif choice < 0.85:
            sessions.hold(leg.call, number, held=rng.random() < 0.7)
        else:
            sessions.refer(leg.call, number, rng.choice(TARGETS))


@pytest.mark.parametrize("seed", range(6))
def test_the_laws_hold_whatever_is_asked(seed: int) -> None:
    rng = random.Random(seed)
    world = World(seed, START, Knobs(warm_up=120.0))
    sessions = Sessions(world.front.pbx, world.front.controls)
    done = 0
    for step in range(700):
        world.advance(step * 2.0)
        try:
            meddle(world, sessions, rng)
            done += 1
        except UnfitError:
            pass
        world.advance(step * 2.0)
        check_sound(world.front)
        check_sound(world.hq)
    assert done > 300
    assert world.front.pbx.statistics.ended["joined"] + world.front.pbx.statistics.ended["completed"] > 5


def test_ids_of_sessions_do_not_meet() -> None:
    world = World(2, START)
    world.advance(600.0)
    calls = [call for site in world.sites.values() for call in site.pbx.calls.values()]
    assert len({session_id(call) for call in calls}) == len(calls) > 5


def test_a_break_of_the_agent_shows_in_all_queues_until_one_is_set_alone() -> None:
    world = World(2, START, Knobs.quiet())
    site = world.front
    one, two = (queue for queue in site.pbx.queues.values() if any(tier.agent.id == 309 for tier in queue.tiers))
    tiers = [next(tier for tier in queue.tiers if tier.agent.id == 309) for queue in (one, two)]
    site.distributor.set_status(tiers[0].agent, "On Break")
    assert [agent_state(tier, world.now) for tier in tiers] == ["BREAK", "BREAK"]
    set_agent_state(site.distributor, one, tiers[0], "READY")
    assert [agent_state(tier, world.now) for tier in tiers] == ["READY", "BREAK"]
