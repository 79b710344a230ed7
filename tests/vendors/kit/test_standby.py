"""What actions on a lent source rest on: learnt once, for who asks first, and for the next where that was too late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from tests.vendors.suite.stand import settle
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import Late, ReadError
from wallboard.vendors.kit.standby import BACK, GOOD_FOR, Standby

pytestmark = pytest.mark.anyio


class Vendor:
    def __init__(self) -> None:
        self.clock = ManualClock(1000.0)
        self.read = 0
        self.looked = 0
        self.fails = False
        self.holds = anyio.Event()
        self.holds.set()
        self.standby = Standby(self.clock, self.learn)

    async def learn(self) -> None:
        self.read += 1
        await self.holds.wait()
        if self.fails:
            raise Late("too slow")

    async def look(self) -> None:
        self.looked += 1


@asynccontextmanager
async def lent(vendor: Vendor) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(vendor.standby.run)
        await settle()
        yield
        tasks.cancel_scope.cancel()


async def test_who_reads_the_source_waits_for_nothing() -> None:
    vendor = Vendor()
    await vendor.standby.ready()
    vendor.standby.look_back(vendor.look)
    assert vendor.read == 0


async def test_it_is_learnt_once_and_again_when_it_is_old() -> None:
    vendor = Vendor()
    async with lent(vendor):
        assert vendor.read == 0, "nothing is read until something is to be done"
        await vendor.standby.ready()
        await vendor.standby.ready()
        assert vendor.read == 1
        vendor.clock.advance(GOOD_FOR + 1)
        await vendor.standby.ready()
        assert vendor.read == 2


async def test_a_reading_that_fails_is_said_to_who_waits_and_tried_for_the_next() -> None:
    vendor = Vendor()
    vendor.fails = True
    async with lent(vendor):
        with pytest.raises(ReadError, match="too slow"):
            await vendor.standby.ready()
        vendor.fails = False
        await vendor.standby.ready()
        assert vendor.read == 2


async def test_who_gives_up_leaves_it_to_the_next() -> None:
    vendor = Vendor()
    vendor.holds = anyio.Event()
    async with lent(vendor):
        with anyio.move_on_after(0.01):
            await vendor.standby.ready()
        vendor.holds.set()
        await settle()
        await vendor.standby.ready()
        assert vendor.read == 1


async def test_an_action_is_looked_for_a_few_times() -> None:
    vendor = Vendor()
    async with lent(vendor):
        vendor.standby.look_back(vendor.look)
        for pause in (*BACK, 60.0):
            await settle()
            vendor.clock.advance(pause)
            await settle()
        assert vendor.looked == len(BACK)
