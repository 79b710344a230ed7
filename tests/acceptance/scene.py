"""The whole program without its screen, on the simulation, with one clock for both that only the test moves.

The rooms are those of `headless`: the real adapters, scheduler, board, dispatcher and journal. Nothing is slept: time
jumps from one thing that is due to the next, once everything has come to rest.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import anyio.to_thread
import httpx
import uvicorn

from wallboard.board.freshness import ResourceView
from wallboard.config.load import load
from wallboard.config.settings import Config
from wallboard.control.outcome import Outcome
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, ParkedCall, Phone, Queue, Row
from wallboard.domain.states import CallState, MemberState, ResourceState
from wallboard.runtime.rooms import Headless, headless
from wallboard.sim import Knobs, LoggedRequest, SimServer, World, demo_environment, make_app, ready_config
from wallboard.sim.model import AVAILABLE, LOGGED_OUT
from wallboard.sim.model import Member as SimMember
from wallboard.vendors.base import Sink, SourceSettings
from wallboard.vendors.http.exchange import in_process

MY_PHONE = "2001"
BO = "+493023125123"
"""The number of Bo Quist, who calls."""


class FastClock(ManualClock):
    """A clock held by hand that knows when the next sleeper wants to be woken."""

    @property
    def next_due(self) -> float | None:
        return min((entry[0] for entry in self._sleepers), default=None)

    def to(self, instant: float) -> None:
        """Be at exactly this instant."""
        self._now = instant
        self.advance(0.0)


async def settle() -> None:
    """Let the event loop turn until only the clock can make anything happen."""
    loop = asyncio.get_running_loop()
    calm = 0
    while calm < 2:
        await asyncio.sleep(0)
        threads = anyio.to_thread.current_default_thread_limiter().borrowed_tokens
        calm = 0 if threads or vars(loop)["_ready"] else calm + 1


@dataclass(slots=True)
class Done:
    """What became of one action: the ending, and the acting requests that the vendors saw."""

    command: Command
    outcome: Outcome
    sent: list[LoggedRequest]

    @property
    def phase(self) -> str:
        return self.outcome.phase.value

    @property
    def ending(self) -> str:
        return self.outcome.ending

    @property
    def requests(self) -> list[tuple[str, str, object]]:
        return [(each.method, each.path, each.body) for each in self.sent]


class Line(httpx.AsyncBaseTransport):
    """The line from one source to its vendor; those in `cut` are refused by the other end."""

    def __init__(self, name: str, inner: httpx.AsyncBaseTransport, cut: set[str]) -> None:
        self._name, self._inner, self._cut = name, inner, cut

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._name in self._cut:
            why = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            raise httpx.ConnectError("All connection attempts failed", request=request) from why
        return await self._inner.handle_async_request(request)


class Stage:
    """A world, its server and the rooms on it. Sources in `cut` are not reached."""

    def __init__(
        self,
        clock: FastClock,
        world: World,
        server: SimServer,
        rooms: Headless,
        config: Config,
        cut: set[str],
    ) -> None:
        self.clock = clock
        self.world = world
        self.server = server
        self.rooms = rooms
        self.config = config
        self.cut = cut
        self.board = rooms.board
        self.dispatcher = rooms.dispatcher
        self.hq = world.hq.pbx

    # ---- time ------------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], object], within: float = 60.0, step: float = 0.25) -> float:
        """Let time pass until the condition holds; how many seconds it took. Fails after `within` seconds."""
        began = self.clock.now()
        while True:
            await settle()
            if condition():
                return self.clock.now() - began
            if self.clock.now() - began >= within:
                raise AssertionError(f"it did not come about in {within:g} s")
            self._advance(step)

    def _advance(self, most: float) -> None:
        due = self.clock.next_due
        wait = most if due is None else min(most, max(0.001, due - self.clock.now()))
        self.clock.advance(wait)
        self.server.clock.sync()

    async def wait(self, seconds: float, watch: Callable[[], object] | None = None, step: float = 0.25) -> None:
        """Let so much time pass; `watch` is called whenever everything has come to rest."""
        end = self.clock.now() + seconds
        while self.clock.now() < end:
            await settle()
            if watch is not None:
                watch()
            self._advance(min(step, end - self.clock.now()))
        await settle()

    # ---- what the board shows --------------------------------------------------------------------------------

    def view(self, resource: Resource, source: str = "hq") -> ResourceView:
        view = self.board.resource_view(source, resource)
        assert view is not None
        return view

    def states(self) -> dict[tuple[str, Resource], ResourceState]:
        """The state of everything that is polled."""
        return {
            (source.info.name, resource.name): resource.state
            for source in self.board.source_views()
            for resource in source.resources
        }

    def all_live(self) -> bool:
        states = self.states()
        return bool(states) and set(states.values()) == {ResourceState.LIVE}

    def calls(self, extension: str = "", source: str = "hq") -> list[Call]:
        rows = [row for row in self.board.rows(Resource.CALLS, source) if isinstance(row, Call)]
        return [row for row in rows if extension in ("", row.extension)]

    def members(self, queue: str = "601") -> list[Member]:
        rows = self.board.rows(Resource.MEMBERS, "hq")
        return [row for row in rows if isinstance(row, Member) and row.queue_id == queue]

    def parked(self, source: str = "hq") -> list[ParkedCall]:
        return [row for row in self.board.rows(Resource.PARKED, source) if isinstance(row, ParkedCall)]

    def agent(self, name_fs: str, source: str = "hq") -> Agent:
        row = self.board.row(Key(source, Kind.AGENT, name_fs))
        assert isinstance(row, Agent)
        return row

    def queue(self, identity: str = "601") -> Queue:
        row = self.board.row(Key("hq", Kind.QUEUE, identity))
        assert isinstance(row, Queue)
        return row

    def hotline(self, identity: int) -> Hotline:
        row = self.board.row(Key("responders", Kind.HOTLINE, str(identity)))
        assert isinstance(row, Hotline)
        return row

    def duty_phone(self, identity: int) -> Phone:
        row = self.board.row(Key("responders", Kind.PHONE, str(identity)))
        assert isinstance(row, Phone)
        return row

    # ---- people ----------------------------------------------------------------------------------------------

    def only(self, *identities: int) -> None:
        """These agents of hq are signed in, all others are not."""
        for agent in self.hq.agents.values():
            self.world.hq.distributor.set_status(agent, AVAILABLE if agent.id in identities else LOGGED_OUT)

    def arrive(self, queue: int = 601, number: str = BO, name: str = "Bo Quist") -> SimMember:
        self.server.clock.sync()
        return self.world.hq.distributor.arrive(self.hq.queues[queue], number, name, 3000.0)

    async def talk(self, within: float = 60.0) -> Call:
        """Agent 136 on phone 201 talks to Bo Quist of Sales, and the board shows it in all its panes."""
        self.only(136)
        sales = self.hq.queues[601]
        # This talk lasts until somebody ends it.
        sales.profile = replace(sales.profile, talk_mean=1e6)
        self.arrive()

        def shown() -> bool:
            agent = self.board.row(Key("hq", Kind.AGENT, "136_local"))
            return (
                [call.state for call in self.calls("201")] == [CallState.TALKING]
                and [member.state for member in self.members()] == [MemberState.TALKING]
                and isinstance(agent, Agent)
                and agent.with_key is not None
            )

        await self.until(shown, within)
        (call,) = self.calls("201")
        return call

    async def waiting(self) -> Member:
        """Bo Quist waits in Sales, where nobody is signed in."""
        self.only()
        self.arrive()
        await self.until(lambda: [row.state for row in self.members()] == [MemberState.WAITING])
        return self.members()[0]

    def legs(self, extension: int) -> list[str]:
        """The roles of the legs on a phone, in the world itself."""
        return [leg.role for leg in self.hq.extensions[extension].legs.values()]

    # ---- acting ----------------------------------------------------------------------------------------------

    def command(self, verb: Verb, row: Row | Key, to: str | Destination = "", **args: str) -> Command:
        """What the console makes of a key pressed on a row: which call, as painted, where to."""
        key = row if isinstance(row, Key) else row.key
        found = self.dispatcher.candidates(verb, key)
        assert len(found) < 2 or key.kind is Kind.QUEUE, "one call must not be offered as several"
        target = self.board.row(key) if verb is Verb.END or not found else found[0]
        assert target is not None
        painted = self.dispatcher.target(target, None if target.key == key else key)
        where = (Destination(to, to) if to else None) if isinstance(to, str) else to
        return Command(new_id(), verb, painted, where, tuple(args.items()), self.board.now(), "test")

    async def submit(self, command: Command, within: float = 90.0) -> Done:
        """Have it done and wait for its ending."""
        endings: list[Outcome] = []

        def hear(outcome: Outcome) -> None:
            if outcome.command.id == command.id and outcome.final:
                endings.append(outcome)

        leave = self.dispatcher.subscribe(hear)
        before = len(self.server.actions())
        try:
            self.dispatcher.submit(command)
            await self.until(lambda: endings, within)
            if len(self.server.actions()) > before:
                # What comes later than the ending would be a repetition.
                await self.wait(3.0)
        finally:
            leave()
        assert len(endings) == 1
        return Done(command, endings[0], self.server.actions()[before:])

    async def act(self, verb: Verb, row: Row | Key, to: str | Destination = "", **args: str) -> Done:
        key = row if isinstance(row, Key) else row.key
        offer = self.dispatcher.offer(verb, key)
        assert offer.ok, offer.reason
        return await self.submit(self.command(verb, row, to, **args))


Edit = Callable[[SourceSettings], SourceSettings]
ALL_FIVE = ("hq", "branch", "responders", "cc", "front")


def configured(folder: Path, base_url: str = "http://127.0.0.1:8900") -> Config:
    """The configuration that the simulation prints, read from a file as any other."""
    path = folder / "config.toml"
    path.write_text(ready_config(base_url), encoding="utf-8")
    with patch.dict(os.environ, demo_environment()):
        return load(path).config()


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    knobs: Knobs | None = None,
    limits: dict[str, int] | None = None,
    edit: Edit | None = None,
    read_only: bool = False,
    sources: Sequence[str] = ("hq", "branch", "responders"),
    prepare: Callable[[SimServer], None] | None = None,
    settings: Callable[[Config], Config] | None = None,
    seed: int = 5,
    heard: Callable[[Sink], Sink] = lambda board: board,
) -> AsyncIterator[Stage]:
    """The rooms, polling. `prepare` sees the server before them, `settings` changes the configuration, `heard` is an
    ear before the board."""
    config = configured(folder)
    kept = [source for source in config.sources if source.name in sources]
    config = replace(config, sources=tuple(edit(source) if edit else source for source in kept))
    config = settings(config) if settings is not None else config
    clock = FastClock()
    world = World(seed, datetime.fromtimestamp(clock.now(), UTC), knobs or Knobs.quiet())
    server = make_app(world, clock=clock.now, limits=limits)
    if prepare is not None:
        prepare(server)
    cut: set[str] = set()

    def line(source: SourceSettings) -> Line:
        return Line(source.name, in_process(server), cut)

    async with headless(config, read_only=read_only, transports=line, clock=clock, heard=heard) as rooms:
        rooms.tasks.start_soon(rooms.scheduler.run)
        stage = Stage(clock, world, server, rooms, config, cut)
        await stage.until(stage.all_live)
        yield stage


# ---- over real sockets ---------------------------------------------------------------------------------------------


@contextmanager
def served(app: SimServer) -> Iterator[str]:
    """The simulation behind a real server on a free port of this machine; its base address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", access_log=False, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # From here on a connection waits in the queue, so nobody has to wait for the server to be ready.
        listener.listen(64)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def real_time(prepare: Callable[[World], None], since: float) -> SimServer:
    """A silent world in real time, `since` seconds old, of which `prepare` has made the beginning."""
    ahead = 0.0
    world = World(5, datetime.now(UTC) - timedelta(seconds=since), Knobs.quiet())
    server = make_app(world, clock=lambda: time.monotonic() + ahead)
    prepare(world)
    ahead = since
    server.clock.sync()
    return server


def real_world() -> SimServer:
    """A silent world in real time, a minute old: Bo Quist talks to agent 136, Ana Lopez waits in Support."""

    def prepare(world: World) -> None:
        pbx, distributor = world.hq.pbx, world.hq.distributor
        for agent in pbx.agents.values():
            distributor.set_status(agent, AVAILABLE if agent.id in (136, 137) else LOGGED_OUT)
        pbx.extensions[300].answer_after = 0.2
        sales = pbx.queues[601]
        sales.profile = replace(sales.profile, talk_mean=1e6)
        distributor.arrive(sales, BO, "Bo Quist", 3000.0)
        world.advance(20.0)
        distributor.set_status(pbx.agents["local", 137], LOGGED_OUT)
        distributor.arrive(pbx.queues[602], "+493023125777", "Ana Lopez", 3000.0)
        distributor.set_status(pbx.agents["local", 138], AVAILABLE)

    return real_time(prepare, 60.0)
