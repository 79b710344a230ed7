"""What the collector of garbage walks through, and that nothing is lost to it."""

from __future__ import annotations

import gc
import weakref

import anyio
import pytest

from wallboard.runtime import garbage

pytestmark = pytest.mark.anyio


class Ring:
    """A cycle, which only the collector takes apart."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "STEP_SECONDS", 0.0)


async def turns(count: int) -> None:
    for _ in range(count):
        await anyio.lowlevel.checkpoint()


async def test_what_has_outlived_a_full_collection_is_walked_through_no_more() -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(garbage.collect)
        await turns(1)
        rows = [Ring() for _ in range(5_000)]
        await turns(3 * garbage.FULL)
        assert len(gc.get_objects()) < len(rows)
        tasks.cancel_scope.cancel()
    assert len(gc.get_objects()) > len(rows), "afterwards all is as it was"


async def test_nothing_is_collected_in_the_middle_of_a_step() -> None:
    ran: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        ran.append(info["generation"])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(garbage.collect)
        await turns(1)
        gc.callbacks.append(note)
        rows = [Ring() for _ in range(5_000)]
        gc.callbacks.remove(note)
        tasks.cancel_scope.cancel()
    assert rows
    assert not ran


async def test_where_nothing_is_new_nothing_is_walked_through() -> None:
    ran: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        ran.append(phase)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(garbage.collect)
        rows = [Ring() for _ in range(5_000)]
        await turns(3 * garbage.FULL)
        gc.callbacks.append(note)
        await turns(20)
        gc.callbacks.remove(note)
        tasks.cancel_scope.cancel()
    assert rows
    assert not ran


async def test_what_breaks_there_goes_with_a_thorough_one_once_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "THOROUGH_SECONDS", 0.0)
    untouched, gone = [0.0], anyio.Event()
    async with anyio.create_task_group() as tasks:
        ring = Ring()
        weakref.finalize(ring, gone.set)
        tasks.start_soon(garbage.collect, lambda: untouched[0])
        await turns(1)
        del ring
        await turns(3 * garbage.FULL)
        assert not gone.is_set(), "somebody is typing"
        untouched[0] = garbage.QUIET_SECONDS
        with anyio.fail_after(10):
            await gone.wait()
        tasks.cancel_scope.cancel()
