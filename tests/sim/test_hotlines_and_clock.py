"""Hotlines follow what is wanted of them after a while; the world follows a wall clock."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wallboard.config.load import load
from wallboard.sim import Knobs, World, demo_environment, demo_sources, ready_config
from wallboard.sim.clock import WorldClock

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(1, START, Knobs.quiet())


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
    logs = service.hotlines[311].logs
    for log in logs:
        rung = [entry.phone for entry in log.entries if entry.action == "called"]
        assert rung == [service.phones[each].phone for each in (80, 82, 83, 84)]
        taken = [entry for entry in log.entries if entry.action == "accepted"]
        assert len(taken) <= 1
        assert log.entries[-1].action in ("ended", "caller hung up")
    assert service.arrived == 30 == sum(service.ended.values())
    assert service.ended["accepted"] == len(service.hotlines[311].records) > 20
    assert all(record.ended is not None for record in service.hotlines[311].records)


def test_phones_off_duty_are_not_called(world: World) -> None:
    service = world.hotlines
    for phone in service.phones.values():
        phone.is_active = False
    call = service.call(service.hotlines[312])
    world.advance(120.0)
    assert call is not None
    assert [entry.action for entry in call.log.entries] == ["caller hung up"]
    assert service.ended["lost"] == 1


def test_the_world_runs_with_the_wall_clock_times_speed(world: World) -> None:
    seconds = [100.0]
    clock = WorldClock(world, 4.0, lambda: seconds[0])
    seconds[0] += 2.5
    clock.sync()
    assert world.now == 10.0
    assert clock.elapsed() == 2.5
    clock.sync()
    assert world.now == 10.0
    assert world.engine.utc(world.now).isoformat() == "2026-03-02T10:00:10+00:00"


def test_the_world_never_goes_back(world: World) -> None:
    world.advance(50.0)
    world.advance(20.0)
    assert world.now == 50.0


def test_a_speed_of_nothing_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="above zero"):
        WorldClock(world, 0.0)


def test_the_ready_config_is_toml_with_a_source_of_every_face() -> None:
    config = tomllib.loads(ready_config("http://127.0.0.1:4711/"))
    assert [source["name"] for source in config["source"]] == ["hq", "branch", "responders", "cc", "front"]
    assert config["source"] == demo_sources("http://127.0.0.1:4711")
    assert config["source"][0]["url"] == "http://127.0.0.1:4711/ringme/hq/api/ver1.0"
    assert {source["region"] for source in config["source"]} == {"DE"}
    assert config["operator"]["phone"] == "2001"
    assert {"theme", "operator", "source", "queue", "favourite", "route"} >= set(config)
    assert set(references(config)) == set(demo_environment())


def references(value: object) -> Iterator[str]:
    """Every variable that a configuration refers to."""
    if isinstance(value, dict):
        if set(value) == {"env"}:
            yield str(value["env"])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_only_a_served_simulation_has_push() -> None:
    options = [
        tomllib.loads(ready_config("http://127.0.0.1:4711", push=push))["source"][-1]["options"]
        for push in (False, True)
    ]
    assert options == [{"push": False}, {"push": True, "push_url": "ws://127.0.0.1:4711/portsip/wsi"}]


def test_the_ready_config_is_what_a_console_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    written = tmp_path / "config.toml"
    written.write_text(ready_config("http://127.0.0.1:4711", push=True), encoding="utf-8")
    config = load(written).config()
    assert [(source.name, source.vendor) for source in config.sources][3:] == [("cc", "sinch"), ("front", "portsip")]
    assert ("hq", "front", "77") in {(route.origin, route.to, route.prefix) for route in config.routes}
