"""A site: one account at a vendor, and consoles that share what it tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio
import anyio.lowlevel

from tests.support.adapters import FakeAdapter
from wallboard.board import Board
from wallboard.domain.clock import Clock, SystemClock
from wallboard.domain.errors import Unreachable
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Queue, Row
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import Update, UpdateKind
from wallboard.polling.scheduler import Scheduler
from wallboard.share.bus import Bus, BusSettings
from wallboard.share.names import account
from wallboard.share.shared_source import ShareSettings
from wallboard.share.sharing import Sharing
from wallboard.share.timing import Timing
from wallboard.vendors.base import Feed, Ticket

QUICK = Timing(
    ttl=1.5, guard=0.4, turn=0.03, kept_every=0.4, look=0.6, last_resort=0.6, give_up=0.5, spread=0.5, demand_every=0.5
)
LISTS = (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS)
EVERY = 0.15


def queue(waiting: int) -> Queue:
    return Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"), clean("601"), waiting=waiting)


def caller(number: int, joined: float) -> Member:
    key = Key("hq", Kind.MEMBER, f"m{number}")
    return Member(key, "601", clean("Sales"), clean(f"Caller {number}"), state=MemberState.WAITING, joined_at=joined)


def agent(number: int, state: AgentState = AgentState.READY) -> Agent:
    return Agent(Key("hq", Kind.AGENT, f"a{number}"), clean(f"Agent {number}"), state=state)


@dataclass
class World:
    """What is so at the vendor, and who has asked."""

    rows: dict[Resource, tuple[Row, ...]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    down: bool = False

    def total(self) -> int:
        return sum(self.asked.values())


class Vendor(FakeAdapter):
    """The account as one console reads it."""

    def __init__(self, clock: Clock, world: World, node: str) -> None:
        super().__init__(clock, "hq")
        self.world, self.node = world, node
        for resource in LISTS:
            self.list.append(Feed(resource, "", self._reader(resource), EVERY, hidden_interval=EVERY))

    def _reader(self, resource: Resource) -> Callable[[Ticket], Awaitable[Sequence[Update]]]:
        async def fetch(ticket: Ticket) -> Sequence[Update]:
            await anyio.lowlevel.checkpoint()
            if self.world.down:
                raise Unreachable("the vendor does not answer")
            self.world.asked[self.node] = self.world.asked.get(self.node, 0) + 1
            rows = self.world.rows.get(resource, ())
            at = ticket.started_at
            return [Update("hq", resource, "", UpdateKind.SNAPSHOT, ticket.epoch, ticket.seq, at, rows)]

        return fetch


class Console:
    """One console of the site, without a screen."""

    def __init__(
        self,
        url: str,
        world: World,
        node: str,
        *,
        role: str = "auto",
        direct: bool = True,
        ahead: float = 0.0,
        user: str = "",
        timing: Timing = QUICK,
    ) -> None:
        self.clock = Ahead(ahead)
        self.board = Board(self.clock)
        self.vendor = Vendor(self.clock, world, node)
        self.node = node
        settings = ShareSettings(
            {"hq": account(self.vendor.settings)}, {"hq": "2001"}, "north", node, role, direct, timing
        )
        self.bus: Bus | None = None

        def connect(changed: Callable[[], None]) -> Bus:
            self.bus = Bus(BusSettings((url,), user, user, name=node), changed)
            return self.bus

        self.sharing = Sharing(settings, connect, self.clock, self.board)
        self.scheduler = Scheduler(self.clock, {"hq": self.vendor}, self.sharing)
        self.sharing.bind(self.scheduler)
        self.board.source(self.vendor.info())
        self.scope: anyio.CancelScope | None = None

    async def run(self) -> None:
        with anyio.CancelScope() as self.scope:
            self.sharing.demand(frozenset(LISTS))
            await self.sharing.run()

    def rows(self, resource: Resource) -> list[Row]:
        return [self.plain(row) for row in self.board.rows(resource, "hq")]

    def plain(self, row: Row) -> Row:
        """Without what the board adds, its instants as the vendor's console has them."""
        return (
            replace(row, joined_at=round(row.joined_at - self.clock.ahead))
            if isinstance(row, Member) and row.joined_at
            else row
        )

    @property
    def lists(self) -> set[Resource]:
        """Of which it is said how they fare."""
        views = [each for view in self.board.source_views() for each in view.resources]
        return {each.name for each in views if any(feed.status for feed in each.feeds)}

    @property
    def reads(self) -> bool:
        """Whether it asks the vendor itself."""
        return self.sharing._sources["hq"]._reads

    @property
    def told(self) -> bool:
        """Whether another reads it for this one."""
        return not self.reads and self.sharing._sources["hq"]._follower is not None

    def quit(self) -> None:
        """As a person ends it."""
        assert self.scope is not None
        self.scope.cancel()

    def die(self) -> None:
        """As a machine that loses its power: nothing is given back."""
        self.sharing._sources["hq"].leave = anyio.lowlevel.checkpoint  # type: ignore[method-assign]
        self.quit()


class Ahead(SystemClock):
    """A console whose clock is set wrong."""

    def __init__(self, ahead: float) -> None:
        super().__init__()
        self.ahead = ahead

    def now(self) -> float:
        return super().now() + self.ahead


@asynccontextmanager
async def running(*consoles: Console) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        for console in consoles:
            tasks.start_soon(console.run)
        yield
        tasks.cancel_scope.cancel()


clock = SystemClock()


async def until(test: Callable[[], object], what: str, within: float = 30.0) -> None:
    with anyio.move_on_after(within):
        while not test():  # noqa: ASYNC110  # what it waits for happens in many places
            await anyio.sleep(0.02)  # what it waits for is in many places
        return
    raise AssertionError(f"not within {within:g} s: {what}")
