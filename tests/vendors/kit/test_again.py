"""The last answers made into rows once more: a list a turn of the loop, and never over a newer answer."""

from __future__ import annotations

from functools import partial

import anyio
import pytest
from anyio.lowlevel import checkpoint

from wallboard.domain.keys import Resource
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import Ticket
from wallboard.vendors.kit.again import Again
from wallboard.vendors.kit.rows import snapshot

pytestmark = pytest.mark.anyio

LISTS = 50


class Told:
    """A sink, and in which turn of the loop it was told what."""

    def __init__(self) -> None:
        self.turn = 0
        self.heard: list[tuple[int, Update]] = []

    def apply(self, update: Update) -> None:
        self.heard.append((self.turn, update))

    async def count(self) -> None:
        while True:
            self.turn += 1
            await checkpoint()


async def made(scope: str, seq: int) -> Update:
    return snapshot("hq", Resource.MEMBERS, scope, Ticket(1, seq, 0.0), 0.0, ())


async def test_of_many_lists_no_two_are_made_in_one_step_of_the_loop() -> None:
    again, told = Again(), Told()
    for number in range(LISTS):
        await again.first(partial(made, str(number), 1))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(told.count)
        tasks.start_soon(again.run, told)  # type: ignore[arg-type]  # a sink of updates alone
        await checkpoint()
        again.learnt()
        while len(told.heard) < LISTS:
            await checkpoint()
        tasks.cancel_scope.cancel()
    assert len({turn for turn, _ in told.heard}) == LISTS
    assert {update.kind for _, update in told.heard} == {UpdateKind.NAMED}


async def test_an_answer_that_came_meanwhile_is_not_written_over_by_the_one_before() -> None:
    again, told, newer = Again(), Told(), anyio.Event()

    async def slow() -> Update:
        if newer.is_set():
            raise AssertionError("it is not the last answer any more")
        if told.turn:
            await again.first(partial(made, "601", 2))
            newer.set()
        return await made("601", 1)

    await again.first(slow)
    await again.first(partial(made, "602", 1))
    told.turn = 1
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(again.run, told)  # type: ignore[arg-type]  # a sink of updates alone
        await checkpoint()
        again.learnt()
        while not told.heard:
            await checkpoint()
        tasks.cancel_scope.cancel()
    assert [update.scope for _, update in told.heard] == ["602"]
