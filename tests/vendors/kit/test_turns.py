"""One at a time for each thing, and nothing kept of those that nobody is busy with."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from wallboard.vendors.kit.turns import Turns

pytestmark = pytest.mark.anyio


async def test_one_after_another_at_one_thing_and_side_by_side_at_others() -> None:
    turns = Turns()
    busy: list[str] = []
    most: dict[str, int] = {}

    async def work(thing: str) -> None:
        async with turns.alone(thing):
            busy.append(thing)
            for each in set(busy):
                most[each] = max(most.get(each, 0), busy.count(each))
            most["all"] = max(most.get("all", 0), len(busy))
            await anyio.lowlevel.checkpoint()
            busy.remove(thing)

    async with anyio.create_task_group() as tasks:
        for thing in "aabbab":
            tasks.start_soon(work, thing)
    assert most == {"a": 1, "b": 1, "all": 2}


async def test_a_thing_is_forgotten_with_its_last_visitor_also_when_one_who_waited_went_away() -> None:
    turns = Turns()

    async def wait() -> None:
        async with turns.alone("a"):
            raise AssertionError("it was taken")

    async with turns.alone("a"):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        assert list(turns._locks) == ["a"]
    assert not turns._locks
