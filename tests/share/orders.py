"""A site in which `serve` acts: one account, executors that hold its sign-in, and consoles that hold none."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from tests.share.site import LISTS, QUICK, Ahead, Vendor, World, agent
from wallboard.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.outcome import Outcome
from wallboard.domain.command import Command, Target, Verb, fingerprint, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Row
from wallboard.domain.states import AgentState
from wallboard.polling.scheduler import Scheduler
from wallboard.runtime.desks import Desks, Marking, Means
from wallboard.runtime.executor import Executor
from wallboard.share.acting import Patience
from wallboard.share.bus import Bus, BusSettings
from wallboard.share.names import account
from wallboard.share.remote import RemoteAdapter, signed
from wallboard.share.shared_source import ShareSettings
from wallboard.share.sharing import Sharing
from wallboard.vendors.base import Evidence, Receipt, Services, SourceSettings, Trial, Verification

PATIENCE = Patience(answer=0.8, console=1.2, silence=1.5, look=0.5, anew=0.5, soon=0.2)
SETTINGS = replace(Vendor(Ahead(0.0), World(), "").settings, vendor="ringme")
AGENT = Key("hq", Kind.AGENT, "a1")


def state_of(row: Row | None) -> AgentState | None:
    return row.state if isinstance(row, Agent) else None


def became(state: AgentState, trial: Trial) -> bool:
    return trial.read_since(Resource.AGENTS) and state_of(trial.after()) is state


@dataclass
class Account(World):
    """What is so at the vendor, what was done there, and what happens as it is done."""

    done: list[Command] = field(default_factory=list)
    doing: Callable[[Command], Awaitable[None]] | None = None

    async def act(self, command: Command) -> None:
        self.done.append(command)
        rows = self.rows[Resource.AGENTS]
        state = AgentState.BREAK if command.verb is Verb.PAUSE else AgentState.READY
        self.rows[Resource.AGENTS] = tuple(
            replace(row, state=state) if row.key == command.target.key and isinstance(row, Agent) else row
            for row in rows
        )
        if self.doing is not None:
            await self.doing(command)

    def ready(self) -> None:
        self.rows[Resource.AGENTS] = tuple(agent(number) for number in range(3))


class ActingVendor(Vendor):
    def __init__(self, clock: Ahead, world: Account, node: str, settings: SourceSettings = SETTINGS) -> None:
        super().__init__(clock, world, node)
        self.settings = settings
        self.account = world
        self.truth = lambda row: next((each for each in world.rows[Resource.AGENTS] if each.key == row.key), None)

    def verification(self, command: Command, row: Row | None) -> Verification:
        wanted = AgentState.BREAK if command.verb is Verb.PAUSE else AgentState.READY
        seen = Evidence("its state", partial(became, wanted))
        return Verification(command.verb, f"PUT {command.verb.value}", (seen,), (), 1.0, (Resource.AGENTS,))

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        sent = self.clock.now()
        await self.account.act(command)
        return Receipt(f"PUT {command.verb.value} → 204", "204", sent, self.clock.now())


class Member:
    """One process of the site: its line, its board, its journal."""

    def __init__(self, url: str, folder: Path, node: str, role: str, user: str = "", ahead: float = 0.0) -> None:
        self.node = node
        self.clock = Ahead(ahead)
        self.board = Board(self.clock)
        self.journal = Journal(folder / f"{node}.jsonl", self.clock, operator=f"who sits at {node}")
        self.bus: Bus | None = None
        self.scope = anyio.CancelScope()
        settings = ShareSettings({"hq": account(SETTINGS)}, {"hq": ""}, "north", node, role, role != "view", QUICK)

        def connect(changed: Callable[[], None]) -> Bus:
            self.bus = Bus(BusSettings((url,), user, user, name=node), changed)
            return self.bus

        self.sharing = Sharing(settings, connect, self.clock, self.board)
        self.line = replace(self.sharing.line("hq"), patience=PATIENCE)
        self.tasks: TaskGroup | None = None

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        assert self.tasks is not None

        async def run() -> None:
            await work()

        self.tasks.start_soon(run)

    def records(self) -> list[dict[str, Any]]:
        if not self.journal.path.exists():
            return []
        return [json.loads(line) for line in self.journal.path.read_text().splitlines()]

    def phases(self, ident: str) -> list[str]:
        return [record["phase"] for record in self.records() if record.get("id") == ident]

    async def live(self, *works: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with self.scope:
            async with anyio.create_task_group() as self.tasks:
                self.sharing.demand(frozenset(LISTS))
                self.tasks.start_soon(self.sharing.run)
                for work in works:
                    self.tasks.start_soon(work)


class Serving(Member):
    """`wallboard serve`: reads, and acts for the others."""

    def __init__(
        self, url: str, folder: Path, node: str, world: Account, user: str = "", may: frozenset[Verb] | None = None
    ) -> None:
        super().__init__(url, folder, node, "serve", user)
        self.world = world
        vendor = ActingVendor(self.clock, world, node)
        marking = Marking(self.sharing)
        self.scheduler = Scheduler(self.clock, {"hq": vendor}, marking)
        self.sharing.bind(self.scheduler)

        def build(settings: SourceSettings, services: Services) -> ActingVendor:
            return ActingVendor(self.clock, world, node, settings)

        def seated(executor: Executor) -> Desks:
            claim = partial(self._claim, executor)
            hurry, sink = self.sharing.hurry, self.sharing
            means = Means(
                self.board, self.journal, self.clock, sink, None, may, hurry, self.start, claim, executor.heard, build
            )
            return Desks([vendor.settings], means)

        self.executor = Executor({"hq": self.line}, self.clock, seated, self.start)
        self.claimed: Callable[[Command], Awaitable[None]] | None = None
        """Awaited between the claim and the call."""

    async def _claim(self, executor: Executor, command: Command) -> None:
        await executor.claims.claim(command.id)
        if self.claimed is not None:
            await self.claimed(command)

    async def run(self) -> None:
        await self.live(self.executor.run)


class Viewing(Member):
    """A console without any secret of the vendor."""

    def __init__(self, url: str, folder: Path, node: str, user: str = "", ahead: float = 0.0, phone: str = "") -> None:
        super().__init__(url, folder, node, "view", user, ahead)
        self.adapter = RemoteAdapter(replace(SETTINGS, phone=phone), Services(self.clock), self.line)
        self.scheduler = Scheduler(self.clock, {"hq": self.adapter}, self.sharing)
        self.sharing.bind(self.scheduler)
        self.outcomes: list[Outcome] = []
        self.dispatcher = Dispatcher(
            self.board,
            {"hq": self.adapter},
            self.journal,
            self.clock,
            hurry=self.sharing.hurry,
            start=self.start,
            sign=signed(frozenset({"hq"}), f"who sits at {node}", node),
        )
        self.dispatcher.subscribe(self.outcomes.append)

    async def run(self) -> None:
        await self.live()

    def command(self, verb: Verb, key: Key = AGENT) -> Command:
        row = self.board.row(key)
        assert row is not None
        target = Target(key, "Agent", fingerprint(row), row.address)
        return Command(new_id(), verb, target, None, (), self.clock.now())

    def press(self, verb: Verb, key: Key = AGENT) -> str:
        command = self.command(verb, key)
        self.dispatcher.submit(command)
        return command.id

    def ending(self, ident: str) -> Outcome | None:
        return next((each for each in self.outcomes if each.final and each.command.id == ident), None)

    def sees(self, state: AgentState, key: Key = AGENT) -> bool:
        return state_of(self.board.row(key)) is state

    def able(self, verb: Verb) -> bool:
        return self.adapter.can(verb, self.board.row(AGENT)).ok
