"""A day of polling on a clock held by hand: nothing piles up, and every fault passes."""

from __future__ import annotations

import asyncio
import gc
import logging
from random import Random

import pytest

from tests.polling.room import Room, settle
from wallboard.domain.errors import Late, ReadError, ServerTrouble, Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState

pytestmark = pytest.mark.anyio

HOUR = 3600.0


async def leap(room: Room, until: float) -> None:
    """Go from one waking to the next, with a tick of the board each minute."""
    minute = room.clock.now() + 60
    while room.clock.now() < until:
        sleepers = room.clock._sleepers
        wake = min([minute, *(entry[0] for entry in sleepers)])
        room.clock.advance(max(0.0, wake - room.clock.now()))
        await settle(7)
        if room.clock.now() >= minute:
            room.board.tick()
            minute += 60


async def test_a_day_of_polling_with_faults(caplog: pytest.LogCaptureFixture) -> None:
    # What pytest captures would grow all day.
    caplog.set_level(logging.CRITICAL, "wallboard.polling")
    room = Room("hq", "lab")
    random = Random(11)
    faults: list[type[ReadError]] = [ServerTrouble, Late, Throttled]
    for source in room.sources.values():
        for resource, interval in ((Resource.QUEUES, 180.0), (Resource.CALLS, 120.0), (Resource.HOTLINES, 600.0)):
            source.give(resource, "", interval)

            async def fault() -> None:
                if random.random() < 0.15:
                    raise random.choice(faults)("a fault")

            source.faults[resource, ""] = fault
    start = room.clock.now()
    async with room.running():
        await leap(room, start + 2 * HOUR)
        room.sink.said.clear()
        tasks, objects = len(asyncio.all_tasks()), _objects()
        await leap(room, start + 24 * HOUR)
        room.sink.said.clear()
        assert abs(len(asyncio.all_tasks()) - tasks) <= 2
        # The record of reads grows by one tuple a read; nothing else may.
        assert _objects() - objects <= 1.02 * len(room.hq.reads + room.sources["lab"].reads) + 500
        for source in room.sources.values():
            source.faults.clear()
            assert len(source.times(Resource.CALLS)) > 550
        await leap(room, start + 24 * HOUR + 1500)
        for name in room.sources:
            view = room.board.resource_view(name, Resource.QUEUES)
            assert view is not None
            assert view.state in (ResourceState.LIVE, ResourceState.LATE)
            assert room.status(Resource.QUEUES, source=name).failures == 0


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())
