"""A loop that turns a clock held by hand: a scheduler that runs, on sources whose feeds do what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random

import anyio
import anyio.lowlevel

from tests.support.adapters import FakeAdapter
from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.polling.scheduler import Scheduler


class Watch:
    """A sink that keeps the last word on each feed and hands on to a board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.statuses: dict[tuple[str, Resource, str], FeedStatus] = {}
        self.said: list[FeedStatus] = []

    def apply(self, update: Update) -> None:
        self.board.apply(update)

    def status(self, status: FeedStatus) -> None:
        self.statuses[status.source, status.resource, status.scope] = status
        self.said.append(status)
        self.board.status(status)

    def source(self, info: SourceInfo) -> None:
        self.board.source(info)


class Room:
    """A scheduler that runs, and the hand on its clock."""

    def __init__(self, *sources: str, budget: int | None = None, feeds: Mapping[Resource, float] | None = None) -> None:
        """`feeds` are what each source has, with their intervals."""
        self.clock = ManualClock()
        self.board = Board(self.clock)
        self.sink = Watch(self.board)
        self.sources = {name: FakeAdapter(self.clock, name, budget=budget) for name in sources or ("hq",)}
        for source in self.sources.values():
            for resource, interval in (feeds or {}).items():
                source.give(resource, "", interval)
        self.scheduler = Scheduler(self.clock, self.sources, self.sink, random=Random(7))

    @property
    def hq(self) -> FakeAdapter:
        return self.sources["hq"]

    def status(self, resource: Resource, scope: str = "", source: str = "hq") -> FeedStatus:
        return self.sink.statuses[source, resource, scope]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.scheduler.run)
            await settle()
            yield
            tasks.cancel_scope.cancel()

    async def pass_(self, seconds: float, step: float = 0.25, turns: int = 12) -> None:
        """Let `seconds` pass in small steps, everybody getting their turn after each."""
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            await settle(turns)


async def settle(turns: int = 12) -> None:
    """Let every task that can run do so."""
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
