"""What a vendor announces is read at once, once, and within its share; what it announces whole is polled seldom."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.polling.room import Room, settle
from wallboard.domain.errors import Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState

pytestmark = pytest.mark.anyio

C, M, Q = Resource.CALLS, Resource.MEMBERS, Resource.QUEUES
CALLS = (C, "")
HOUR = 3600.0


def room(budget: int | None = None, **more: float) -> Room:
    """A source whose calls are announced, and the lists that are not."""
    made = Room(budget=budget, feeds={M: 5.0, **{Resource(name): every for name, every in more.items()}})
    made.hq.give(C, "", 2.0, reconcile=60.0)
    return made


def since(at: Room, moment: float, resource: Resource = C) -> list[float]:
    return [when for when in at.hq.times(resource) if when >= moment]


async def test_what_is_announced_is_read_once_a_minute_and_says_so() -> None:
    at = room()
    async with at.running():
        await at.pass_(600)
        assert 9 <= len(at.hq.times(C)) <= 11
        status = at.status(C)
        assert (status.interval, status.events, at.status(M).events) == (60.0, True, False)
        assert at.board.pane_state(C).state is ResourceState.LIVE


async def test_an_event_is_one_reading_at_once() -> None:
    at = room()
    async with at.running():
        await at.pass_(20)
        moment = at.clock.now()
        at.scheduler.announced("hq", [CALLS])
        await at.pass_(10)
        (read,) = since(at, moment)
        assert read - moment <= 0.5
        assert len(since(at, moment, M)) <= 2


async def test_an_event_while_the_list_is_read_is_another_reading() -> None:
    at = room()
    async with at.running():
        await at.pass_(20)
        at.hq.hangs(C, 1.5)
        moment = at.clock.now()
        at.scheduler.announced("hq", [CALLS])
        await at.pass_(1)
        at.scheduler.announced("hq", [CALLS])
        await at.pass_(5)
        first, second = since(at, moment)
        assert 1.5 <= second - first <= 2.0


async def test_a_thousand_events_a_second_are_a_reading_a_second() -> None:
    at = room()
    async with at.running():
        await at.pass_(20)
        moment = at.clock.now()
        for _ in range(40):
            for _ in range(250):
                at.scheduler.announced("hq", [CALLS, (M, "")])
            await at.pass_(0.25)
        for resource in (C, M):
            reads = since(at, moment, resource)
            assert 5 <= len(reads) <= 11
            assert all(b - a >= 1.0 for a, b in pairwise(reads))


async def test_a_flood_leaves_the_other_lists_their_pace_and_the_account_its_reserve() -> None:
    at = room(600, queues=5.0)
    async with at.running():
        for _ in range(int(HOUR)):
            at.scheduler.announced("hq", [CALLS])
            await at.pass_(1.0, step=0.5, turns=6)
        assert len(at.hq.reads) <= 540
        assert len(at.hq.times(C)) <= 0.5 * 540 + 70
        for resource in (M, Q):
            gaps = [b - a for a, b in pairwise(at.hq.times(resource))]
            assert max(gaps) < 90.0
        assert at.status(C).failures == 0


async def test_an_event_that_waits_for_budget_is_answered_by_the_next_reading_of_its_list() -> None:
    at = room(600, queues=5.0)
    async with at.running():
        await at.pass_(20)
        for _ in range(200):
            at.scheduler.announced("hq", [CALLS])
            await at.pass_(2)
        # The share is used up, and a reading on an event comes when there is room for one.
        reads = [b - a for a, b in pairwise(at.hq.times(C)[-5:])]
        assert all(5 < gap <= 60 for gap in reads)
        moment = at.clock.now()
        await at.pass_(120)
        assert len(since(at, moment)) <= 3


async def test_a_short_budget_stretches_what_nobody_announces_first() -> None:
    at = room(600, queues=5.0)
    async with at.running():
        await at.pass_(60)
        assert (at.status(C).interval, at.status(C).paced) == (60.0, False)
        assert 15.0 < at.status(M).interval < 30.0
        assert at.status(M).paced


async def test_what_is_not_announced_any_more_is_polled_as_before_within_seconds() -> None:
    at = room()
    async with at.running():
        await at.pass_(30)
        at.hq.list = [replace(feed, reconcile=None) for feed in at.hq.list]
        moment = at.clock.now()
        await at.pass_(20)
        assert (at.status(C).interval, at.status(C).events) == (2.0, False)
        assert since(at, moment)[0] - moment <= 10.5
        assert len(since(at, moment)) >= 4


async def test_no_event_brings_a_pause_forward_that_the_vendor_ordered() -> None:
    at = room()
    async with at.running():
        at.hq.fails(C, Throttled("too many requests", retry_after=40.0, scope="endpoint"))
        await at.pass_(65)
        at.hq.fails(C, None)
        moment = at.hq.times(C)[-1]
        at.scheduler.announced("hq", [CALLS])
        await at.pass_(60)
        assert since(at, moment)[1] - moment >= 40.0


async def test_events_of_a_source_that_another_reads_ask_for_nothing() -> None:
    at = room()
    async with at.running():
        await at.pass_(10)
        at.scheduler.lend("hq")
        await settle()
        moment = at.clock.now()
        at.scheduler.announced("hq", [CALLS])
        at.scheduler.announced("nobody", [CALLS])
        at.scheduler.announced("hq", [(C, "gone")])
        await at.pass_(5)
        assert since(at, moment) == []
