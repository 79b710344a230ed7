"""What else lives in the world: notices, hotlines, recordings, the incident across the vendors, and the clock."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wallboard.config.load import load
from wallboard.sim import Knobs, World, demo_environment, ready_config
from wallboard.sim.incidents import STEPS
from wallboard.sim.notices import DisruptionEvent
from wallboard.sim.scale import SCALES, Scale
from wallboard.sim.server import WorldClock

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(1, START, Knobs.quiet())


def active(world: World) -> list[DisruptionEvent]:
    return [event for each in world.center.sets.values() for event in each.events.values() if event.active(world.now)]


@pytest.mark.parametrize("by", ["id", "external_id", "name"])
def test_a_notice_goes_up_and_comes_down(world: World, by: str) -> None:
    center = world.center
    network = next(iter(center.sets.values()))
    assert active(world) == []
    identity = center.publish(getattr(network, by), why="05", where="Branch", remarks="", lasts=120.0)
    (event,) = active(world)
    assert (event.id, event.remarks) == (identity, None)
    assert [item.name for item in event.items] == ["Fibre cut", "Branch", "About one hour"]
    world.advance(120.0)
    assert active(world) == []
    forever = center.publish("Network", why="Fibre cut", where="00200", remarks="x", lasts=None)
    world.advance(300.0)
    assert [each.id for each in active(world)] == [forever]
    center.end(forever)
    assert active(world) == []
    ended = center.find_event(forever)[1].active_to
    world.advance(400.0)
    center.end(forever)
    center.end("0" * 32)
    assert center.find_event(forever)[1].active_to == ended
    with pytest.raises(KeyError):
        center.publish("Network", why="Aliens", where="Headquarters", remarks="", lasts=None)


def test_the_planned_notice_becomes_active_by_itself_and_ids_are_the_same_in_every_run(world: World) -> None:
    assert list(world.center.rows["users"]) == list(World(2, START, Knobs.quiet()).center.rows["users"])
    world.advance(9 * 3600.0)
    assert [each.remarks for each in active(world)] == ["New core switches"]


def test_a_busy_account_records_its_talks_and_takes_messages() -> None:
    world = World(4, START, Knobs(incidents=False, warm_up=0.0))
    kept = world.hq.pbx.recordings.kept
    past = len(kept)
    assert past > 0
    assert all(each.answered < each.ended <= 0.0 for each in kept)
    world.advance(2 * 3600.0)
    made = list(kept)[past:]
    assert Counter(each.result for each in made)["answered"] > 50
    assert {each.flow for each in made} == {"in", "transfer"}
    assert {"caller_bye", "callee_bye"} <= {each.disposition for each in made}
    assert len({each.uuid for each in made}) == len(made)
    assert all(each.began <= each.answered <= each.ended <= world.now for each in made)


def test_opening_takes_a_while_and_pausing_less(world: World) -> None:
    service = world.hotlines
    reserve = service.hotlines[314]
    service.want(reserve, True)
    assert (reserve.is_active, reserve.status) == (True, "started")
    world.advance(11.0)
    assert reserve.status == "started"
    world.advance(12.5)
    assert reserve.status == "active"
    service.want(reserve, False)
    assert reserve.status == "active"
    world.advance(16.0)
    assert reserve.status == "paused"


def test_a_hotline_in_error_recovers_to_what_is_wanted(world: World) -> None:
    service = world.hotlines
    north = service.hotlines[311]
    service.fail(north, 60.0)
    assert (north.status, service.call(north)) == ("error", None)
    world.advance(61.0)
    assert north.status == "active"


def test_a_call_rings_every_phone_on_duty_and_is_taken_once(world: World) -> None:
    service = world.hotlines
    for _ in range(30):
        service.call(service.hotlines[311])
        world.advance(world.now + 400.0)
    for log in service.hotlines[311].logs:
        rung = [entry.phone for entry in log.entries if entry.action == "called"]
        assert rung == [service.phones[each].phone for each in (80, 82, 83, 84)]
        assert len([entry for entry in log.entries if entry.action == "accepted"]) <= 1
        assert log.entries[-1].action in ("ended", "caller hung up")
    assert service.arrived == 30 == sum(service.ended.values())
    assert service.ended["accepted"] == len(service.hotlines[311].records) > 20
    assert all(record.ended is not None for record in service.hotlines[311].records)


def test_phones_off_duty_are_not_called(world: World) -> None:
    for phone in world.hotlines.phones.values():
        phone.is_active = False
    call = world.hotlines.call(world.hotlines.hotlines[312])
    world.advance(120.0)
    assert call is not None
    assert [entry.action for entry in call.log.entries] == ["caller hung up"]


def first_times(world: World) -> list[tuple[str, float]]:
    """When each step of the outage came for the first time, in order of time."""
    found: dict[str, float] = {}
    for step in world.outages.history:
        found.setdefault(step.what, step.at)
    return sorted(found.items(), key=lambda pair: pair[1])


@pytest.mark.parametrize("seed", range(5))
def test_an_outage_runs_through_all_its_steps_in_the_first_minutes_and_comes_again(seed: int) -> None:
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


def test_every_vendor_shows_its_part_of_an_outage() -> None:
    world = World(1, START)
    hotline = world.hotlines.hotlines[314]
    sent = {"0"}
    seen: dict[str, float] = {}
    longest = 0
    for second in range(270):
        world.advance(float(second))
        sent |= {step.subject for step in world.outages.history if step.what == "callers sent on"}
        waiting = [each for each in world.hq.pbx.queues[602].members.values() if each.state == "Waiting"]
        longest = max(longest, len(waiting))
        shown = {
            "notice": bool(active(world)),
            "caller at front": any(call.caller.number in sent and call.menu for call in world.front.pbx.calls.values()),
            "hotline open": hotline.status == "active",
            "hotline rings": bool(hotline.calls),
        }
        for what in [what for what, is_there in shown.items() if is_there]:
            seen.setdefault(what, float(second))
    assert list(seen) == ["notice", "caller at front", "hotline open", "hotline rings"]
    assert longest >= 5
    world.advance(320.0)
    assert active(world) == []
    assert (hotline.is_active, hotline.status) == (False, "paused")


def test_a_hotline_that_was_opened_by_hand_is_left_open() -> None:
    world = World(5, START, Knobs.quiet())
    world.hotlines.want(world.hotlines.hotlines[314], True)
    world.outages.happen()
    world.advance(320.0)
    assert world.hotlines.hotlines[314].is_active
    assert "hotline paused" not in {step.what for step in world.outages.history}


def test_the_world_runs_with_the_wall_clock_times_speed_and_never_back(world: World) -> None:
    seconds = [100.0]
    clock = WorldClock(world, 4.0, lambda: seconds[0])
    seconds[0] += 2.5
    clock.sync()
    assert (world.now, clock.elapsed()) == (10.0, 2.5)
    assert world.engine.utc(world.now).isoformat() == "2026-03-02T10:00:10+00:00"
    world.advance(5.0)
    assert world.now == 10.0
    with pytest.raises(ValueError, match="above zero"):
        WorldClock(world, 0.0)


def test_half_the_traffic_brings_about_half_the_callers() -> None:
    arrived = []
    for traffic in (1.0, 0.5):
        world = World(3, START, Knobs(incidents=False, warm_up=0.0), Scale(traffic=traffic))
        world.advance(2 * 3600.0)
        arrived.append(sum(site.pbx.statistics.arrived for site in world.sites.values()))
    assert 0.4 < arrived[1] / arrived[0] < 0.6


def test_a_large_centre_has_two_hundred_queues_with_callers_who_wait_and_calls_that_go_on() -> None:
    world = World(3, START, Knobs(warm_up=400.0), SCALES["large"])
    sites = [site.pbx for site in world.sites.values()]
    queues = [queue for pbx in sites for queue in pbx.queues.values()]
    assert (len(queues), sum(len(pbx.agents) for pbx in sites)) == (200, 2000)
    waiting = [member for queue in queues for member in queue.members.values() if member.state in ("Waiting", "Trying")]
    legs = [leg for pbx in sites for phone in pbx.phones() for leg in phone.legs.values()]
    assert 350 < len(waiting) < 750
    assert 700 < len(legs) < 1300
    assert all(len(pbx.queues) > 10 for pbx in sites), "every site has its part"


def references(value: object) -> Iterator[str]:
    """Every variable that a configuration refers to."""
    if isinstance(value, dict):
        if set(value) == {"env"}:
            yield str(value["env"])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_ready_config_is_what_a_console_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tomllib.loads(ready_config("http://127.0.0.1:4711/"))
    assert set(references(told)) == set(demo_environment())
    assert told["source"][-1]["options"] == {"push": False}, "in process there is no websocket"
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    written = tmp_path / "config.toml"
    written.write_text(ready_config("http://127.0.0.1:4711", push=True), encoding="utf-8")
    config = load(written).config()
    assert [source.name for source in config.sources] == ["hq", "branch", "responders", "cc", "front"]
    assert all("127.0.0.1:4711" in source.url for source in config.sources)
    assert 'push_url = "ws://127.0.0.1:4711/portsip/wsi"' in written.read_text()
    assert ("hq", "front", "77") in {(route.origin, route.to, route.prefix) for route in config.routes}
