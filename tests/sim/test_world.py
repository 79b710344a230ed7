"""The simulated world as a whole: reproducible, lively, and nobody in it gets lost or doubled."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.controls import CALL_ACTIONS, SlotRefusedError, Target
from wallboard.sim.faces import ringme_rows as rows
from wallboard.sim.world import Site

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def picture(world: World) -> str:
    """Everything that the ringme faces and the hotlines can show, as one text."""
    shown: list[object] = [world.now]
    for site in world.sites.values():
        for queue in site.pbx.queues.values():
            shown.append(rows.queue_counts(queue))
            shown += [rows.member_row(world.engine, member) for member in queue.members.values()]
            shown += [rows.agent_row(world.engine, tier.agent) for tier in queue.tiers]
        for phone in site.pbx.phones():
            shown.append(phone.registered)
            shown += [rows.call_row(world.engine, leg) for leg in phone.legs.values()]
    for hotline in world.hotlines.hotlines.values():
        shown += [hotline.status, [(log.id, len(log.entries)) for log in hotline.logs]]
    return json.dumps(shown)


def check_sound(site: Site) -> None:
    """Laws that hold at every moment."""
    pbx = site.pbx
    present = sum(call.counted for call in pbx.calls.values())
    assert pbx.statistics.arrived == sum(pbx.statistics.ended.values()) + present
    served = [call.agent for call in pbx.calls.values() if call.agent is not None]
    assert len(served) == len({id(agent) for agent in served}), "an agent has two queue calls"
    talking = [agent for agent in pbx.agents.values() if agent.state == "In a queue call"]
    assert {agent.name_fs for agent in talking} == {agent.name_fs for agent in served}
    offered = [
        offer.agent for queue in pbx.queues.values() for member in queue.members.values() for offer in member.offers
    ]
    assert len(offered) == len({id(agent) for agent in offered}), "an agent is rung for two callers"
    assert {a.name_fs for a in offered} == {a.name_fs for a in pbx.agents.values() if a.state == "Receiving"}
    for phone in pbx.phones():
        assert sum(leg.real and leg.answered is not None and not leg.held for leg in phone.legs.values()) <= 1
        for leg in phone.legs.values():
            assert leg.call.ended is None
            assert leg in leg.call.legs
    for queue in pbx.queues.values():
        for member in queue.members.values():
            assert (member.state == "Abandoned") == (member.call.ended is not None)
            assert bool(member.offers) == (member.state == "Trying")
            assert (member.call.callee is not None) == (member.state == "Answered")
            assert bool(member.serving) == (member.state in ("Trying", "Answered"))
    for parked in pbx.parked.values():
        assert parked.call.parked is parked
        assert parked.call.member is None
        assert parked.call.callee is None


def test_the_same_seed_gives_the_same_history_however_often_it_is_looked_at() -> None:
    one, two = World(7, START), World(7, START)
    one.advance(1800.0)
    for second in range(0, 1800, 7):
        two.advance(second + 0.3)
    two.advance(1800.0)
    assert picture(one) == picture(two)


def test_what_a_supervisor_does_changes_no_callers() -> None:
    one, two = World(7, START), World(7, START)
    arrived: list[list[tuple[float, str]]] = []
    for world in (one, two):
        seen: dict[str, tuple[float, str]] = {}
        for second in range(0, 1200, 5):
            world.advance(float(second))
            if world is two and second % 100 == 0:
                for call in list(world.hq.pbx.calls.values())[:2]:
                    world.hq.pbx.end(call, "hung up")
            for call in world.hq.pbx.calls.values():
                if call.counted:
                    seen.setdefault(f"{call.started:.3f}{call.caller.number}", (call.started, call.caller.number))
        arrived.append([row for row in seen.values() if row[0] > 0])
    long_enough = set(arrived[0]) & set(arrived[1])
    assert len(long_enough) >= 0.9 * max(len(arrived[0]), len(arrived[1]))


@pytest.mark.parametrize("seed", range(4))
def test_every_caller_ends_exactly_once_and_no_agent_has_two_calls(seed: int) -> None:
    world = World(seed, START)
    for second in range(0, 3600, 11):
        world.advance(float(second))
        for site in world.sites.values():
            check_sound(site)
    assert world.hq.pbx.statistics.ended["completed"] > 50
    assert world.hq.pbx.statistics.ended["abandoned"] > 5


def targets(site: Site) -> list[Target]:
    found: list[Target] = [leg for phone in site.pbx.phones() for leg in phone.legs.values()]
    found += [
        member for queue in site.pbx.queues.values() for member in queue.members.values() if member.state != "Abandoned"
    ]
    found += list(site.pbx.parked.values())
    return found


def meddle(world: World, rng: random.Random) -> None:
    """One arbitrary action on whatever is there."""
    site = world.hq
    found = targets(site)
    agent = rng.choice(list(site.pbx.agents.values()))
    destination = rng.choice(["2001", "201", "207", "601", "603", "+493023125999", "nowhere", "212", "8899"])
    choice = rng.random()
    if choice < 0.1:
        site.distributor.set_status(agent, rng.choice(["Available", "Logged Out", "On Break"]))
    elif choice < 0.18:
        site.controls.callback(["2001", "213"], destination)
    elif not found:
        return
    elif choice < 0.25:
        site.controls.hang_up(rng.choice(found))
    elif choice < 0.35:
        try:
            site.controls.park(rng.choice(found), rng.choice([None, 1, 2]))
        except SlotRefusedError:
            return
    elif choice < 0.4:
        try:
            site.controls.bridge(rng.choice(found), rng.choice([1, 2]))
        except SlotRefusedError:
            return
    else:
        site.controls.perform(rng.choice(found), rng.choice(CALL_ACTIONS), destination)


@pytest.mark.parametrize("seed", range(6))
def test_the_laws_hold_whatever_supervisors_do(seed: int) -> None:
    rng = random.Random(seed)
    world = World(seed, START)
    for step in range(900):
        world.advance(step * 2.0)
        meddle(world, rng)
        world.advance(step * 2.0)
        check_sound(world.hq)


@pytest.mark.parametrize("hour", [3, 10, 22])
def test_a_board_looks_alive_at_any_hour(hour: int) -> None:
    world = World(1, START.replace(hour=hour))
    waiting: list[int] = []
    legs: list[int] = []
    for second in range(0, 1800, 20):
        world.advance(float(second))
        members = [m for s in world.sites.values() for q in s.pbx.queues.values() for m in q.members.values()]
        waiting.append(sum(member.state in ("Waiting", "Trying") for member in members))
        legs.append(sum(len(phone.legs) for site in world.sites.values() for phone in site.pbx.phones()))
    assert max(waiting) >= 4
    assert sum(legs) / len(legs) >= 4
    assert min(legs) >= 1


def test_incidents_come_every_few_minutes_and_pass() -> None:
    world = World(3, START)
    world.advance(3600.0)
    kinds = {incident.kind for incident in world.incidents.history}
    assert len(kinds) == 7
    gaps = [b.at - a.at for a, b in zip(world.incidents.history, world.incidents.history[1:], strict=False)]
    assert max(gaps) < 300


def test_an_offline_phone_is_not_rung_and_comes_back() -> None:
    world = World(3, START, Knobs(incidents=False))
    before = len([phone for phone in world.hq.pbx.phones() if phone.registered])
    incident = None
    while incident is None:
        world.advance(world.now + 5.0)
        incident = world.incidents.happen("phone offline")
    site = world.sites[incident.where]
    phone = next(phone for phone in site.pbx.phones() if phone.name == incident.subject)
    while world.now < incident.until - 1:
        world.advance(world.now + 1.0)
        assert not any(leg.flow == "in" and leg.answered is None for leg in phone.legs.values())
    world.advance(incident.until + 1)
    assert phone.registered
    assert len([phone for phone in world.hq.pbx.phones() if phone.registered]) == before


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        World(1, datetime(2026, 3, 2))  # noqa: DTZ001
