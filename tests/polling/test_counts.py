"""What reading has taken is counted where a feed is asked."""

from __future__ import annotations

import pytest

from tests.polling.room import Room
from wallboard.domain import asking
from wallboard.domain.errors import ServerTrouble, Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.update import FeedStatus
from wallboard.polling.counts import STEPS, Counts
from wallboard.vendors.base import Sink

pytestmark = pytest.mark.anyio


def of(room: Room, resource: Resource) -> Counts:
    return {found: counts for _, found, counts in room.scheduler.counts()}[resource]


async def test_readings_their_time_and_their_failures_are_counted_by_list() -> None:
    room = Room(feeds={Resource.CALLS: 5.0, Resource.QUEUES: 5.0})
    room.hq.hangs(Resource.QUEUES, 2.0)
    async with room.running():
        await room.pass_(11.0)
        calls, queues = of(room, Resource.CALLS), of(room, Resource.QUEUES)
        assert sum(calls.reads) == len(room.hq.times(Resource.CALLS)) == calls.reads[0]
        assert not calls.errors
        assert queues.reads[STEPS.index(2.5)] == sum(queues.reads) > 0
        assert queues.seconds == pytest.approx(2.0 * sum(queues.reads))
        room.hq.fails(Resource.CALLS, ServerTrouble("vendor answered 502"))
        await room.pass_(6.0)
        room.hq.fails(Resource.CALLS, KeyError("bug"))
        await room.pass_(11.0)
        room.hq.fails(Resource.CALLS, Throttled("slow down", 60.0))
        room.hq.hangs(Resource.QUEUES, 600.0)
        await room.pass_(30.0)
        assert set(calls.errors) == {"ServerTrouble", "Broken", "Throttled"}
        assert sum(calls.reads) == len(room.hq.times(Resource.CALLS))
        assert queues.errors["Late"] >= 1


async def test_requests_are_those_that_were_sent_within_the_reading() -> None:
    room = Room(feeds={Resource.CALLS: 5.0})

    async def three() -> None:
        for _ in range(3):
            asking.asked()

    room.hq.faults[Resource.CALLS, ""] = three
    async with room.running():
        await room.pass_(11.0)
        asking.asked()
        assert of(room, Resource.CALLS).requests == 3 * len(room.hq.times(Resource.CALLS)) > 3


async def test_each_end_of_a_push_is_an_error_of_its_lists() -> None:
    room = Room()

    async def told(sink: Sink) -> None:
        sink.status(FeedStatus("hq", Resource.AGENTS, "", 15.0, 8.0, last_ok=room.clock.now(), push=True))
        await room.clock.sleep(5.0)
        # It lost its line, and says so itself; then it ends.
        sink.status(FeedStatus("hq", Resource.AGENTS, "", 15.0, 8.0, failures=1, cause="lost", push=True))
        await room.clock.sleep(5.0)

    room.hq.pushes = told
    async with room.running():
        await room.pass_(7.0)
        assert of(room, Resource.AGENTS).errors == {"Cut": 1}
        await room.pass_(4.0)
        assert of(room, Resource.AGENTS).errors == {"Cut": 2}
