"""Receptionists send callers on by their rules; sites and hotlines reach each other by number."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.model import Call, Member
from wallboard.sim.receptionists import Holiday, Reception
from wallboard.sim.sites import did

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CALLER = "+493023125123"


@pytest.fixture
def world() -> World:
    return World(5, MONDAY, Knobs.quiet())


def says(reception: Reception, number: str, place: int, local: datetime) -> tuple[object, object]:
    rules = reception.numbered(number).definition["custom_forward_rules"]
    assert isinstance(rules, list)
    said = reception.says(rules[place], local)
    return said.get("action"), said.get("number")


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ((2026, 3, 2, 7, 59), "8003"),
        ((2026, 3, 2, 8, 0), "8001"),
        ((2026, 3, 2, 17, 59), "8001"),
        ((2026, 3, 2, 18, 0), "8003"),
        ((2026, 3, 7, 12, 59), "8001"),
        ((2026, 3, 7, 13, 0), "8003"),
        ((2026, 3, 8, 12, 0), "8003"),
        ((2026, 5, 1, 12, 0), "311"),
        ((2026, 5, 2, 12, 0), "8001"),
        ((2026, 12, 23, 12, 0), "8001"),
        ((2026, 12, 24, 13, 59), "8001"),
        ((2026, 12, 24, 14, 0), "311"),
        ((2027, 1, 1, 23, 59), "311"),
        ((2027, 1, 2, 12, 0), "8001"),
    ],
)
def test_global_hours_and_holidays_decide_where_a_choice_leads(world: World, at: tuple[int, ...], number: str) -> None:
    year, month, day, hour, minute = at
    local = datetime(year, month, day, hour, minute, tzinfo=BERLIN)
    assert says(world.reception, "8100", 0, local)[1] == number


def test_custom_hours_may_have_a_break_and_a_day_may_be_open_throughout(world: World) -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)

    assert [says(world.reception, "8100", 1, at(2, *time))[0] for time in ((12, 29), (12, 30), (13, 30))] == [
        "FORWARD_TO_NUMBER",
        "FORWARD_TO_VOICEMAIL",
        "FORWARD_TO_NUMBER",
    ]
    assert [says(world.reception, "8104", 0, at(day, 3))[1] for day in (6, 7, 8, 9)] == ["8001", "8003", "8003", "8001"]


def test_the_hours_are_those_of_the_tenants_zone() -> None:
    # 06:30 UTC is half past seven in winter and half past eight in summer.
    for month, number in ((3, "8003"), (7, "8001")):
        world = World(5, datetime(2026, month, 1 if month == 7 else 2, 6, 30, tzinfo=UTC), Knobs.quiet())
        assert says(world.reception, "8100", 0, world.reception.local())[1] == number


def test_a_holiday_that_is_one_day_has_hours_and_one_of_years_has_years() -> None:
    half = Holiday(1, "Half day", "DEU", False, False, (2026, 2026), (12, 12), (31, 31), (12, 18), (0, 30))
    assert [half.covers(datetime(2026, 12, 31, *time)) for time in ((11, 59), (12, 0), (18, 30), (18, 31))] == [  # noqa: DTZ001
        *(False, True, True, False),
    ]
    assert not half.covers(datetime(2027, 12, 31, 13, 0))  # noqa: DTZ001


def listener(world: World) -> Call:
    (call,) = (call for call in world.front.pbx.calls.values() if call.menu is not None)
    return call


def waiting(world: World, queue: int) -> list[Member]:
    return list(world.front.pbx.queues[queue].members.values())


def test_a_caller_of_a_receptionist_is_in_a_queue_some_seconds_later() -> None:
    arrived: list[str] = []
    for seed in range(12):
        world = World(seed, MONDAY, Knobs.quiet())
        world.reception.arrive("8101", CALLER)
        assert listener(world).caller.number == CALLER
        world.advance(8.0)
        arrived += [queue.label for queue in world.front.pbx.queues.values() if queue.members]
    # By day the night menu sends to the front desk; who presses nothing or nonsense gets the night queue.
    assert arrived.count("Front desk") >= 8
    assert set(arrived) <= {"Front desk", "Night"}


@pytest.mark.parametrize("dialled", [did("8100"), "778100", "00" + did("8100")[1:]])
def test_headquarters_reaches_a_receptionist_by_number_and_by_prefix(world: World, dialled: str) -> None:
    for agent in world.hq.pbx.agents.values():
        world.hq.distributor.set_status(agent, "Logged Out")
    member = world.hq.distributor.arrive(world.hq.pbx.queues[601], CALLER, "Bo Quist", 900.0)
    world.hq.controls.perform(member, "transfer", dialled)
    assert world.hq.pbx.queues[601].members == {}
    there = listener(world)
    assert (there.caller.number, there.caller.name, there.menu and there.menu.number) == (CALLER, "Bo Quist", "8100")


def test_a_call_between_sites_ends_on_both_sides_whoever_ends_it() -> None:
    for far_first in (True, False):
        world = World(5, MONDAY, Knobs.quiet())
        near, far = world.hq.pbx, world.front.pbx
        member = world.hq.distributor.arrive(near.queues[601], CALLER, "Bo Quist", 900.0)
        world.hq.controls.perform(member, "transfer", did("8001"))
        world.advance(12.0)
        assert (len(near.calls), len(far.calls), len(waiting(world, 8001))) == (1, 1, 1)
        (call,) = (far if far_first else near).calls.values()
        (far if far_first else near).end(call, "hung up")
        assert (near.calls, far.calls) == ({}, {})


def test_front_reaches_a_queue_of_headquarters(world: World) -> None:
    for agent in world.hq.pbx.agents.values():
        world.hq.distributor.set_status(agent, "Logged Out")
    call = world.reception.arrive("8101", CALLER)
    world.front.pbx.detach(call)
    world.front.pbx.route(call, "66602", None)
    (member,) = world.hq.pbx.queues[602].members.values()
    assert member.call.caller.number == CALLER


def test_a_caller_sent_to_a_hotline_lets_it_ring(world: World) -> None:
    member = world.hq.distributor.arrive(world.hq.pbx.queues[601], CALLER, "Bo Quist", 900.0)
    world.hq.controls.perform(member, "transfer", "+4924155660")
    world.advance(3.0)
    assert [len(hotline.calls) for hotline in world.hotlines.hotlines.values()] == [1, 0, 0, 0]
