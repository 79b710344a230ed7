"""One account of a vendor and several consoles on it that know nothing of each other: what each gets."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import anyio
from anyio.abc import TaskGroup

from tests.polling.room import settle
from tests.support.adapters import FakeAdapter
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.update import Budget, FeedStatus, SourceInfo, Update
from wallboard.polling.scheduler import Scheduler

HOUR = 3600.0
_LISTS = (Resource.MEMBERS, Resource.QUEUES, Resource.AGENTS)
TICK = 0.25
"""Seconds to which the clock of the simulation moves."""
TRIP = 0.25
"""Seconds that an answer takes."""


class SharedAccount:
    """The vendor's side: `limit` requests in each hour of its own, told with every answer; beyond them it refuses."""

    def __init__(self, clock: ManualClock, limit: int, *, tells: bool = True) -> None:
        self.clock, self.limit, self.tells = clock, limit, tells
        self.began = clock.now()
        self.hours = [0]
        self.refused = 0

    def spend(self, requests: int = 1) -> Budget:
        now = self.clock.now()
        while now >= self.began + HOUR:
            self.began += HOUR
            self.hours.append(0)
        if self.hours[-1] + requests > self.limit:
            self.refused += 1
            raise Throttled("too many requests", retry_after=60.0, scope="account")
        self.hours[-1] += requests
        return Budget(self.limit, self.limit - self.hours[-1], self.began + HOUR, self.limit // 10)


class Console:
    """A scheduler with an adapter of its own, and what it is told: nothing that another one is told."""

    def __init__(
        self, account: SharedAccount, number: int, feeds: Mapping[tuple[Resource, str], float], **settings: Any
    ) -> None:
        self.adapter = FakeAdapter(account.clock, "hq", **settings)
        self.last: dict[tuple[Resource, str], FeedStatus] = {}
        self.info: SourceInfo | None = None
        self.asked = 0
        self._account = account
        for (resource, scope), interval in feeds.items():
            self.adapter.give(resource, scope, interval)
            self.adapter.faults[resource, scope] = self._ask
        self.scheduler = Scheduler(account.clock, {"hq": self.adapter}, self, random=Random(number))
        self.scope = anyio.CancelScope()

    async def run(self) -> None:
        with self.scope:
            await self.scheduler.run()

    async def _ask(self) -> None:
        budget = self._account.spend()
        await self._account.clock.sleep(TRIP)
        self.asked += 1
        if self._account.tells:
            self.adapter.budget = replace(budget, asked=self.asked)

    def apply(self, update: Update) -> None: ...

    def status(self, status: FeedStatus) -> None:
        self.last[status.resource, status.scope] = status

    def source(self, info: SourceInfo) -> None:
        self.info = info

    def reads(self, since: float) -> int:
        return sum(1 for at, _, _ in self.adapter.reads if at >= since)

    def longest_gap(self, resource: Resource, scope: str, since: float, until: float) -> float:
        """Seconds between two readings of a list in that time, at most."""
        times = [since, *(at for at in self.adapter.times(resource, scope) if since <= at <= until), until]
        return max(b - a for a, b in pairwise(times))


class Office:
    """`consoles` that begin together, each with the lists of so many queues; `said`: what their config says of it."""

    def __init__(
        self, limit: int, consoles: int, queues: int = 2, *, said: int | None = None, tells: bool = True
    ) -> None:
        self.clock = ManualClock()
        self.account = SharedAccount(self.clock, limit, tells=tells)
        self._feeds = {(what, str(600 + n)): 5.0 for n in range(queues) for what in _LISTS} | {
            (Resource.CALLS, ""): 2.0
        }
        self._settings = {"consoles": said, "budget": None if tells else limit}
        self._tasks: TaskGroup | None = None
        self.consoles = [self._console(n) for n in range(consoles)]

    def _console(self, number: int) -> Console:
        return Console(self.account, number, self._feeds, **self._settings)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as self._tasks:
            for console in self.consoles:
                self._tasks.start_soon(console.run)
            yield
            self._tasks.cancel_scope.cancel()

    def come(self) -> Console:
        """One more begins."""
        assert self._tasks is not None
        self.consoles.append(self._console(len(self.consoles)))
        self._tasks.start_soon(self.consoles[-1].run)
        return self.consoles[-1]

    def leave(self, consoles: int) -> None:
        """So many end."""
        for console in self.consoles[-consoles:]:
            console.scope.cancel()
        del self.consoles[-consoles:]

    async def pass_(self, seconds: float, turns: int = 10) -> None:
        """Let `seconds` pass, from one thing that happens to the next."""
        end = self.clock.now() + seconds
        while True:
            await settle(turns)
            due = min(self.clock.next_wake(), end)
            step = max(TICK, math.ceil((due - self.clock.now()) / TICK) * TICK)
            self.clock.advance(min(step, end - self.clock.now()))
            if self.clock.now() >= end:
                await settle(turns)
                return
