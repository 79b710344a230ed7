"""A vendor that counts requests is never asked more than it allows, and keeps a tenth for actions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.polling.room import Room, settle
from wallboard.domain.keys import Resource
from wallboard.domain.update import Budget
from wallboard.polling.budget import RateBudget, Wish, paced

Q, C, A, M = Resource.QUEUES, Resource.CALLS, Resource.AGENTS, Resource.MEMBERS


class Counter:
    """The vendor's side: an allowance of `limit` that starts anew each hour, told with every answer."""

    def __init__(self, room: Room, limit: int) -> None:
        self.room, self.limit = room, limit
        self.began = room.clock.now()
        self.hours: list[int] = [0]
        self.tell()

    def tell(self) -> None:
        now = self.room.clock.now()
        while now >= self.began + 3600:
            self.began += 3600
            self.hours.append(0)
        self.room.hq.budget = Budget(self.limit, self.limit - self.hours[-1], self.began + 3600, self.limit // 10)

    async def count(self) -> None:
        self.tell()
        self.hours[-1] += 1
        self.tell()


def ringme(room: Room, queues: int) -> None:
    for index in range(queues):
        for resource in (M, Q, A):
            room.hq.give(resource, str(601 + index), 5.0)
    room.hq.give(C, "", 2.0)


def spread(times: list[float]) -> list[float]:
    return [b - a for a, b in pairwise(times)]


@pytest.mark.anyio
@pytest.mark.parametrize("told", [True, False])
async def test_six_hundred_an_hour_and_five_queues(told: bool) -> None:
    room = Room(budget=None if told else 600)
    ringme(room, 5)
    if told:
        counter = Counter(room, 600)
        for feed in room.hq.list:
            room.hq.faults[feed.resource, feed.scope] = counter.count
    room.scheduler.demand(frozenset({Q, M}))
    async with room.running():
        await room.pass_(2 * 3600 + 600, step=1.0, turns=7)
        status = room.status(M, "601")
    if told:
        assert max(counter.hours) <= 540
        assert counter.hours[1] >= 500, "the allowance is there to be used"
    times = [at for at, _, _ in room.hq.reads]
    busiest = max(sum(1 for other in times if at <= other < at + 3600) for at in times[::20])
    assert busiest <= (600 if told else 540)
    assert status.paced
    steady = room.clock.now() - 3600
    shown = [gap for i in range(5) for what in (Q, M) for gap in _since(room, what, str(601 + i), steady)]
    hidden = [gap for i in range(5) for gap in _since(room, A, str(601 + i), steady)]
    assert sum(hidden) / len(hidden) >= 3 * sum(shown) / len(shown)
    assert max(shown) <= 1.6 * min(shown)


def _since(room: Room, resource: Resource, scope: str, instant: float) -> list[float]:
    return spread([at for at in room.hq.times(resource, scope) if at >= instant])


@pytest.mark.anyio
async def test_when_others_have_used_the_allowance_up_it_waits_for_the_next_hour_and_says_so() -> None:
    room = Room()
    ringme(room, 1)
    room.hq.budget = Budget(600, 40, room.clock.now() + 300, 60)
    async with room.running():
        await room.pass_(10)
        asked = len(room.hq.reads)
        assert asked <= len(room.hq.list)
        await room.pass_(280, step=1.0)
        assert len(room.hq.reads) == asked
        assert room.status(C).cause == "the request budget is used up"
        room.hq.budget = Budget(600, 600, room.clock.now() + 3600, 60)
        await room.pass_(30, step=1.0)
        assert len(room.hq.reads) > asked


@pytest.mark.anyio
async def test_the_view_of_an_action_may_use_half_of_the_reserve() -> None:
    room = Room(feeds={C: 60.0})
    room.hq.budget = Budget(100, 9, room.clock.now() + 3000, 10)
    async with room.running():
        await room.pass_(2)
        assert room.hq.reads == []
        room.scheduler.hurry("hq", [C])
        await room.pass_(4)
        assert len(room.hq.reads) >= 1


def test_the_last_hour_is_counted_to_the_second() -> None:
    allowance = RateBudget(100)
    for second in range(90):
        assert allowance.wait(float(second), 1) == 0
        allowance.spend(float(second), 1)
    assert allowance.wait(90.0, 1) == pytest.approx(3510.0)
    assert allowance.wait(90.0, 1, for_action=True) == 0
    assert allowance.wait(3600.5, 1) == 0


def test_without_a_limit_everything_is_granted() -> None:
    assert RateBudget(None).rate(0.0) is None
    assert paced([Wish(5.0, 1, True)], None) == ([5.0], 1.0)


wishes = st.lists(st.builds(Wish, st.floats(1, 60), st.integers(1, 5), st.booleans()), min_size=1, max_size=30)


@given(wishes, st.floats(0.05, 5))
def test_pacing_stays_within_the_rate_and_keeps_the_screen_fresher(wished: list[Wish], rate: float) -> None:
    intervals, stretch = paced(wished, rate)
    load = sum(wish.cost / interval for wish, interval in zip(wished, intervals, strict=True))
    least = sum(wish.cost for wish in wished if wish.visible) / 600
    assert load <= max(rate, least + 1e-9) * 1.001 or stretch > 500
    assert all(interval >= wish.interval - 1e-9 for wish, interval in zip(wished, intervals, strict=True))
    if stretch > 1:
        shown = [i for wish, i in zip(wished, intervals, strict=True) if wish.visible and i < 600]
        hidden = [i for wish, i in zip(wished, intervals, strict=True) if not wish.visible]
        if shown and hidden:
            assert min(hidden) >= 3 * max(shown)


@pytest.mark.anyio
async def test_what_costs_nothing_is_not_paced() -> None:
    room = Room(budget=30, feeds={Q: 5.0})
    room.hq.give(Resource.PARKED, "", 5.0, cost=0)
    async with room.running():
        await settle()
        assert room.status(Q).paced
        assert not room.status(Resource.PARKED).paced
        await room.pass_(60)
        assert len(room.hq.times(Resource.PARKED)) >= 11
