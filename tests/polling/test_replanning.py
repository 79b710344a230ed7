"""No wait outlives what it was reckoned from: who looks, how fast, what the allowance is, what was to be waited for."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from tests.polling.room import Room, settle
from wallboard.domain.errors import (
    CredentialsRefused,
    Missing,
    NotPermitted,
    ReadError,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState
from wallboard.domain.update import Budget

pytestmark = pytest.mark.anyio

Q, C, A, M = Resource.QUEUES, Resource.CALLS, Resource.AGENTS, Resource.MEMBERS
EVERYTHING = frozenset(Resource)
ELSEWHERE = frozenset({C})


@pytest.mark.parametrize("error", [ServerTrouble("vendor answered 502"), Unreachable("connection refused")])
@pytest.mark.parametrize("failing", [2.0, 10.0, 40.0, 130.0])
@pytest.mark.parametrize("shown", [True, False])
async def test_what_recovered_is_read_when_somebody_comes_back_to_it(
    error: ReadError, failing: float, shown: bool
) -> None:
    room = Room(feeds={Q: 3.0, C: 3.0})
    async with room.running():
        await room.pass_(10)
        if not shown:
            room.scheduler.demand(ELSEWHERE)
        room.hq.fails(Q, error)
        await room.pass_(failing)
        room.scheduler.demand(ELSEWHERE)
        room.hq.fails(Q, None)
        await room.pass_(1)
        room.scheduler.demand(EVERYTHING)
        assert (room.status(Q).next_at or 0.0) <= room.clock.now() + 3.0
        await room.pass_(3.25)
        assert room.status(Q).failures == 0
        assert room.board.pane_state(Q).state is ResourceState.LIVE


@pytest.mark.parametrize("failing", [10.0, 40.0, 130.0])
async def test_what_was_in_sight_all_the_time_is_read_when_somebody_comes_to_it(failing: float) -> None:
    room = Room(feeds={Q: 3.0, C: 3.0})
    room.hq.fails(Q, ServerTrouble("vendor answered 502"))
    async with room.running():
        await room.pass_(failing)
        room.hq.fails(Q, None)
        room.scheduler.demand(EVERYTHING, looked=Q)
        await room.pass_(3.25)
        assert room.board.pane_state(Q).state is ResourceState.LIVE


async def test_somebody_who_comes_again_and_again_asks_no_oftener_than_the_interval() -> None:
    room = Room(feeds={Q: 3.0, C: 3.0})
    room.hq.fails(Q, ServerTrouble("vendor answered 502"))
    async with room.running():
        for _ in range(60):
            room.scheduler.demand(ELSEWHERE)
            await room.pass_(0.5)
            room.scheduler.demand(EVERYTHING)
            await room.pass_(0.5)
        times = room.hq.times(Q)
        assert min(b - a for a, b in pairwise(times)) >= 3.0
        # Each look is one try; between them the opening goes on as it was.
        room.scheduler.demand(ELSEWHERE)
        await room.pass_(25)
        assert len(room.hq.times(Q)) - len(times) <= 2


@pytest.mark.parametrize("scope", ["account", "endpoint"])
async def test_a_pause_that_the_vendor_ordered_is_kept_whoever_comes_and_is_said(scope: str) -> None:
    room = Room(feeds={Q: 3.0, C: 3.0})
    async with room.running():
        await room.pass_(10)
        room.hq.fails(Q, Throttled("too many requests", 40.0, scope))  # type: ignore[arg-type]  # one of the two words
        while not room.status(Q).failures:
            await room.pass_(0.25)
        room.hq.fails(Q, None)
        ordered = room.hq.times(Q)[-1]
        for _ in range(5):
            room.scheduler.demand(ELSEWHERE)
            await room.pass_(3)
            room.scheduler.demand(EVERYTHING)
            said = room.scheduler.refresh()
            await room.pass_(3)
            assert room.hq.times(Q)[-1] == ordered
            assert "hq asked us to wait" in said
            assert room.status(Q).next_at == pytest.approx(ordered + 40.0, abs=1.0)
        await room.pass_(12)
        assert room.hq.times(Q)[-1] > ordered


async def test_to_look_at_a_slow_list_that_failed_does_not_put_it_off() -> None:
    room = Room(feeds={A: 300.0, C: 3.0})
    room.scheduler.demand(ELSEWHERE)
    room.hq.fails(A, ServerTrouble("vendor answered 502"))
    async with room.running():
        await room.pass_(30)
        before = room.status(A).next_at
        assert before is not None
        room.scheduler.demand(EVERYTHING)
        after = room.status(A).next_at
        assert after is not None
        assert after <= before


async def test_a_larger_allowance_ends_the_wait_for_the_smaller() -> None:
    room = Room(feeds={Q: 5.0})
    async with room.running():
        room.hq.budget = Budget(3600, 0, room.clock.now() + 1800.0)
        await room.pass_(20)
        spent = len(room.hq.reads)
        await room.pass_(20)
        room.scheduler.refresh()
        await room.pass_(1)
        assert len(room.hq.reads) == spent
        assert room.status(Q).cause == "the request budget is used up"
        room.hq.budget = None
        await room.pass_(16)
        assert len(room.hq.reads) > spent
        assert room.status(Q).cause == ""
        assert room.status(Q).interval == 5.0


async def test_an_account_that_is_let_in_again_is_read_at_its_pace() -> None:
    room = Room(feeds={Q: 5.0, C: 5.0})
    async with room.running():
        await room.pass_(6)
        for resource in (Q, C):
            room.hq.fails(resource, CredentialsRefused("credentials refused"))
        await room.pass_(12)
        room.hq.faults.clear()
        room.scheduler.refresh()
        await room.pass_(12)
        for resource in (Q, C):
            assert room.hq.times(resource)[-1] > room.clock.now() - 6.0
            assert room.board.pane_state(resource).state is ResourceState.LIVE


async def test_a_list_whose_push_ended_is_asked_at_its_own_pace_within_seconds_though_nothing_else_succeeds() -> None:
    room = Room()
    room.hq.give(M, "", 60.0, hidden_interval=60.0)
    async with room.running():
        await room.pass_(8)
        room.hq.list.clear()
        room.hq.give(M, "", 5.0)
        await room.pass_(11)
        assert len(room.hq.times(M)) >= 2


FAULTS = [
    ServerTrouble("vendor answered 502"),
    Unreachable("connection refused"),
    Missing("not found"),
    NotPermitted("not for this account"),
    Throttled("too many requests", 9.0),
    Throttled("vendor answered 503", None, "endpoint"),
]


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_waits_longer_than_a_plan_made_now_would_have_it_wait(seed: int) -> None:
    """Whatever came before: who had come to look, what had failed, how fast it was to be asked."""
    random = Random(seed)
    room = Room()
    intervals = {Q: 3.0, C: 2.0, A: 20.0, M: 300.0}

    def offer() -> None:
        room.hq.list.clear()
        for resource, interval in intervals.items():
            room.hq.give(resource, "", interval)

    offer()
    async with room.running():
        for _ in range(60):
            resource = random.choice(list(intervals))
            match random.randrange(5):
                case 0 | 1:
                    wanted = frozenset(random.sample(list(intervals), random.randint(1, 4)))
                    room.scheduler.demand(wanted)
                case 2:
                    room.hq.fails(resource, random.choice(FAULTS))
                case 3:
                    room.hq.faults.clear()
                case _:
                    intervals[resource] = random.choice([2.0, 5.0, 60.0])
                    offer()
                    await room.pass_(10.25)
            room.scheduler.demand(frozenset())
            await settle()
            room.scheduler.demand(EVERYTHING)
            now = room.clock.now()
            if any(room.status(each).cause == "too many requests" for each in intervals):
                # The vendor wants to be left alone by the whole account.
                await room.pass_(9.5)
                continue
            for each, interval in intervals.items():
                status = room.status(each)
                if status.unavailable or status.cause == "vendor answered 503":
                    continue
                assert status.next_at is not None
                assert status.next_at <= now + interval + 1.0, (each, status)
            await room.pass_(random.choice([0.5, 4.0, 15.0]))
