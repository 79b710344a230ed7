"""A source whose feeds do what the test says, and a loop that turns a clock held by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random

import anyio
import anyio.lowlevel

from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.text import clean
from wallboard.domain.update import Budget, FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.polling.scheduler import Scheduler
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import (
    Feed,
    Services,
    Sink,
    SourceSettings,
    Ticket,
)

Answer = Callable[[Ticket], Awaitable[Sequence[Update]]]


class StandIn(BaseAdapter):
    """An adapter. `fault` is called at the start of each read of a feed and may raise or wait."""

    def __init__(self, clock: ManualClock, name: str = "hq", budget: int | None = None) -> None:
        super().__init__(SourceSettings(name, "ringme", "http://127.0.0.1/", budget=budget), Services(clock))
        self.list: list[Feed] = []
        self.faults: dict[tuple[Resource, str], Callable[[], Awaitable[None]]] = {}
        self.reads: list[tuple[float, Resource, str]] = []
        self.budget: Budget | None = None
        self.flying = 0
        self.most_flying = 0
        self.pushes: Callable[[Sink], Awaitable[None]] | None = None

    def give(self, resource: Resource, scope: str = "", interval: float = 5.0, **more: object) -> None:
        """Add a feed that answers with one row of its own."""

        async def fetch(ticket: Ticket) -> Sequence[Update]:
            return await self._fetch(resource, scope, ticket)

        self.list.append(Feed(resource, scope, fetch, interval, **more))  # type: ignore[arg-type]  # as the test says

    def fails(self, resource: Resource, error: Exception | None, scope: str = "") -> None:
        """From now on this feed fails with `error`; None: it is well again."""
        if error is None:
            self.faults.pop((resource, scope), None)
            return

        async def fault() -> None:
            raise error

        self.faults[resource, scope] = fault

    def hangs(self, resource: Resource, seconds: float, scope: str = "") -> None:
        async def fault() -> None:
            await self.clock.sleep(seconds)

        self.faults[resource, scope] = fault

    def times(self, resource: Resource, scope: str = "") -> list[float]:
        return [at for at, what, where in self.reads if (what, where) == (resource, scope)]

    async def _fetch(self, resource: Resource, scope: str, ticket: Ticket) -> Sequence[Update]:
        self.reads.append((self.clock.now(), resource, scope))
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        try:
            await anyio.lowlevel.checkpoint()
            fault = self.faults.get((resource, scope))
            if fault is not None:
                await fault()
        finally:
            self.flying -= 1
        row = Queue(Key(self.settings.name, Kind.QUEUE, scope or "601"), clean("Sales"))
        rows: tuple[Row, ...] = (row,) if resource is Resource.QUEUES and scope != "discovery" else ()
        made = Update(
            self.settings.name, resource, scope, UpdateKind.SNAPSHOT, ticket.epoch, ticket.seq, ticket.started_at, rows
        )
        return [] if scope == "discovery" else [made]

    def info(self) -> SourceInfo:
        return SourceInfo(self.settings.name, "ringme", budget=self.budget)

    def feeds(self) -> Sequence[Feed]:
        return tuple(self.list)

    async def run(self, sink: Sink) -> None:
        if self.pushes is not None:
            await self.pushes(sink)


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

    def __init__(self, *sources: str, budget: int | None = None) -> None:
        self.clock = ManualClock()
        self.board = Board(self.clock)
        self.sink = Watch(self.board)
        self.sources = {name: StandIn(self.clock, name, budget) for name in sources or ("hq",)}
        self.scheduler = Scheduler(self.clock, self.sources, self.sink, random=Random(7))

    @property
    def hq(self) -> StandIn:
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
