"""The incident across the vendors: in order, soon, again, and the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.outages import STEPS

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def first_times(world: World) -> list[tuple[str, float]]:
    """When each step came for the first time, in order of time."""
    found: dict[str, float] = {}
    for step in world.outages.history:
        found.setdefault(step.what, step.at)
    return sorted(found.items(), key=lambda pair: pair[1])


@pytest.mark.parametrize("seed", range(5))
def test_it_runs_through_all_its_steps_in_the_first_minutes_and_comes_again(seed: int) -> None:
    world = World(seed, START)
    world.advance(300.0)
    times = first_times(world)
    assert [what for what, _ in times] == list(STEPS)
    assert times[0][1] < 40.0
    assert times[-2][1] < 280.0
    assert dict(times)["hotline rings"] < 120.0
    assert len([step for step in world.outages.history if step.what == "callers sent on"]) >= 3
    world.advance(1800.0)
    assert len([step for step in world.outages.history if step.what == "notice up"]) >= 2


def test_every_vendor_shows_its_part() -> None:
    world = World(1, START)
    support = world.hq.pbx.queues[602]
    hotline = world.hotlines.hotlines[314]
    sent = {"0"}
    seen: dict[str, float] = {}
    longest = 0
    for second in range(270):
        world.advance(float(second))
        sent |= {step.subject for step in world.outages.history if step.what == "callers sent on"}
        longest = max(longest, len([each for each in support.members.values() if each.state == "Waiting"]))
        shown = {
            "notice": bool(world.center.active_events()),
            "caller at front": any(call.caller.number in sent and call.menu for call in world.front.pbx.calls.values()),
            "hotline open": hotline.status == "active",
            "hotline rings": bool(hotline.calls),
        }
        for what, is_there in shown.items():
            if is_there:
                seen.setdefault(what, float(second))
    assert list(seen) == ["notice", "caller at front", "hotline open", "hotline rings"]
    assert longest >= 5
    world.advance(320.0)
    assert world.center.active_events() == []
    assert (hotline.is_active, hotline.status) == (False, "paused")


def test_the_same_seed_tells_the_same_story() -> None:
    one, two = World(7, START), World(7, START)
    one.advance(400.0)
    for second in range(0, 401, 3):
        two.advance(float(second))
    two.advance(400.0)
    assert one.outages.history == two.outages.history


def test_a_hotline_that_was_opened_by_hand_is_left_open() -> None:
    world = World(5, START, Knobs.quiet())
    world.hotlines.want(world.hotlines.hotlines[314], True)
    world.outages.happen()
    world.advance(320.0)
    assert world.hotlines.hotlines[314].is_active
    assert "hotline paused" not in {step.what for step in world.outages.history}


def test_a_world_without_incidents_has_no_outage() -> None:
    world = World(5, START, Knobs(incidents=False))
    world.advance(300.0)
    assert world.outages.history == []
