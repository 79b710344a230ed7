"""A board and a vendor small enough to know what really happened, to compare with what control says happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel

from tests.support.adapters import FakeAdapter
from wallboard.board.colleagues import Presence
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.outcome import Outcome
from wallboard.control.ports import Changed
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Verb, new_id
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import (
    Agent,
    Call,
    Hotline,
    Member,
    Membership,
    Notice,
    ParkedCall,
    Phone,
    Receptionist,
    Row,
)
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, ResourceState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import Proof
from wallboard.vendors.base import (
    Evidence,
    Trial,
    Verification,
)

NOW = 1_770_000_000.0


def call(
    ident: str = "c-1", state: CallState = CallState.TALKING, *, caller: str = "+49301", agent: str = "Bo Quist"
) -> Call:
    return Call(
        Key("hq", Kind.CALL, ident),
        from_number=clean(caller),
        from_name=clean("Mia Sand"),
        to=clean("601"),
        state=state,
        started_at=NOW - 80,
        agent=clean(agent),
        agent_key=Key("hq", Kind.AGENT, "bo"),
    )


def member(ident: str = "m-1", state: MemberState = MemberState.WAITING, *, position: int | None = 1) -> Member:
    return Member(
        Key("hq", Kind.MEMBER, ident),
        queue_id="601",
        queue=clean("Sales"),
        name=clean("Eve Lund"),
        number=clean("+4930111"),
        state=state,
        joined_at=NOW - 60,
        position=position,
    )


def agent(ident: str = "bo", state: AgentState = AgentState.READY, *, queues: tuple[str, ...] = ("601",)) -> Agent:
    return Agent(
        Key("hq", Kind.AGENT, ident),
        clean(ident.title()),
        extension=clean("202"),
        state=state,
        memberships=tuple(Membership(queue, clean(f"Queue {queue}")) for queue in queues),
    )


def hotline(state: HotlineState = HotlineState.OPEN, wanted: Wanted | None = Wanted.OPEN) -> Hotline:
    return Hotline(Key("hq", Kind.HOTLINE, "9"), clean("Water rescue"), clean("+49241"), wanted=wanted, state=state)


def parked(ident: str = "p-1") -> ParkedCall:
    return ParkedCall(Key("hq", Kind.PARKED, ident), clean("701"), clean("Eve Lund"), clean("+4930111"), NOW - 5)


def notice(ident: str = "n-1", *, until: float | None = None) -> Notice:
    return Notice(Key("hq", Kind.NOTICE, ident), clean("roads"), clean("Fibre cut"), NOW - 600, until)


def receptionist(ident: str = "r-1") -> Receptionist:
    return Receptionist(Key("hq", Kind.RECEPTIONIST, ident), clean("Front desk"), clean("700"))


def room(ident: str = "k-1", use: str = "conference") -> Phone:
    return Phone(Key("hq", Kind.PHONE, ident), clean("Bridge"), clean("900"), use=use)


@dataclass
class View:
    state: ResourceState = ResourceState.LIVE
    age: float | None = 0.5


class FakeBoard:
    def __init__(self, clock: ManualClock, *rows: Row) -> None:
        self.clock = clock
        self.held: dict[Key, Row] = {row.key: row for row in rows}
        self.views: dict[tuple[str, Resource], View] = {}
        self.reads: dict[tuple[str, Resource], float] = {}
        self.evidence: list[Proof] = []
        self.listeners: list[Callable[[Changed], None]] = []
        self.pending: dict[str, Key] = {}
        self.settled: dict[str, str] = {}
        self.pulls: list[Key] = []
        self.others: dict[Key, Presence] = {}

    def now(self) -> float:
        return self.clock.now()

    def row(self, key: Key) -> Row | None:
        return self.held.get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        return [
            row
            for row in self.held.values()
            if RESOURCE_OF[row.key.kind] is resource and source in (None, row.key.source)
        ]

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self.reads.get((source, resource))

    def proofs(self, source: str) -> Sequence[Proof]:
        return self.evidence

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def row_state(self, key: Key) -> ResourceState:
        return self.view(key.source, RESOURCE_OF[key.kind]).state

    def resource_view(self, source: str, resource: Resource) -> View | None:
        return self.view(source, resource)

    def pend(self, command_id: str, key: Key) -> None:
        self.pending[command_id] = key

    def settle(self, command_id: str, outcome: str) -> None:
        self.settled[command_id] = outcome

    def colleagues(self, keys: Collection[Key]) -> Sequence[Presence]:
        return tuple(self.others[key] for key in sorted(keys) if key in self.others)

    def pulled(self, member_key: Key) -> None:
        self.pulls.append(member_key)

    # ---- what a test does to it

    def view(self, source: str, resource: Resource) -> View:
        return self.views.setdefault((source, resource), View())

    def put(self, *rows: Row) -> None:
        self.held.update({row.key: row for row in rows})
        self.tell(*(RESOURCE_OF[row.key.kind] for row in rows))

    def drop(self, *keys: Key) -> None:
        for key in keys:
            self.held.pop(key, None)
        for key in keys:
            self.reads[key.source, RESOURCE_OF[key.kind]] = self.clock.now()
        self.tell(*(RESOURCE_OF[key.kind] for key in keys))

    def prove(self, name: str, *subject: str) -> None:
        self.evidence.append(Proof(name, self.clock.now(), subject))
        self.tell(Resource.CALLS)

    def tell(self, *resources: Resource) -> None:
        for listener in tuple(self.listeners):
            listener(frozenset(("hq", resource) for resource in resources))


DONE = "Done"
OVER = "Over"


def table(verb: Verb, deadline: float = 10.0) -> Verification:
    """Evidence by the vendor's word alone: `Done` names the target, `Over` says that it ended by itself."""

    def did(trial: Trial) -> bool:
        return trial.proof(DONE, f"{verb.value} {trial.command.target.key.id}") is not None

    def over(trial: Trial) -> bool:
        return trial.proof(OVER, trial.command.target.key.id) is not None

    return Verification(
        verb,
        f"PUT {verb.value}",
        confirms=(Evidence("the vendor's event", did),),
        denies=(Evidence("it ended by itself", over),),
        deadline=deadline,
        watch=(Resource.CALLS,),
    )


async def inline(work: Callable[[], None]) -> None:
    work()


class Desk:
    """A dispatcher with its board, vendor and journal, in a task group that the test owns."""

    def __init__(
        self,
        group: anyio.abc.TaskGroup,
        path: Path,
        *rows: Row,
        read_only: bool = False,
        may: Collection[Verb] | None = None,
        journal: Journal | None = None,
        board: FakeBoard | None = None,
        clock: ManualClock | None = None,
    ) -> None:
        self.clock = clock or ManualClock(NOW)
        self.board = board or FakeBoard(self.clock, *rows)
        self.adapter = FakeAdapter(self.clock)
        self.adapter.check_table = table
        self.journal = journal or Journal(path, self.clock, operator="Mira", sync=lambda descriptor: None)
        self.outcomes: list[Outcome] = []
        self.hurried: list[tuple[str, tuple[Resource, ...]]] = []

        def start(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
            group.start_soon(work)

        def hurry(source: str, resources: Iterable[Resource]) -> None:
            self.hurried.append((source, tuple(resources)))

        self.dispatcher = Dispatcher(
            self.board,
            {"hq": self.adapter},
            self.journal,
            self.clock,
            read_only=read_only,
            may=may,
            hurry=hurry,
            start=start,
            offload=inline,
        )
        self.dispatcher.subscribe(self.outcomes.append)

    def command(
        self, verb: Verb, row: Row, number: str = "", *args: tuple[str, str], painted: Row | None = None
    ) -> Command:
        target = self.dispatcher.target(painted or row)
        destination = Destination(number, number) if number else None
        return Command(new_id(), verb, target, destination, args, self.clock.now())

    def press(self, verb: Verb, row: Row, number: str = "", *args: tuple[str, str]) -> Command:
        """Submit as if the row had just been painted as it is given."""
        command = self.command(verb, row, number, *args)
        self.dispatcher.submit(command)
        return command

    def ending(self, command: Command) -> Outcome | None:
        ends = [outcome for outcome in self.outcomes if outcome.command.id == command.id and outcome.final]
        assert len(ends) <= 1
        return ends[0] if ends else None

    def publish(self, *args: tuple[str, str]) -> Command:
        """Put up a notice on the source, as a form was filled in."""
        command = Command(new_id(), Verb.PUBLISH, self.dispatcher.source_target("hq"), None, args, self.clock.now())
        self.dispatcher.submit(command)
        return command

    async def settle(self, command: Command, *, at_most: float = 120.0, step: float = 0.25) -> Outcome:
        """Move the clock until the command has its ending."""
        passed = 0.0
        while (outcome := self.ending(command)) is None:
            await self.idle()
            if self.ending(command) is None:
                assert passed < at_most, "no ending"
                self.clock.advance(step)
                passed += step
        return outcome

    async def idle(self) -> None:
        """Let every task run until it waits for the clock or for the test; nothing here waits for anything else."""
        for _ in range(30):
            await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def desk_at(path: Path, *rows: Row, **more: Any) -> AsyncIterator[Desk]:
    """A desk in a task group of its own, which is left when all its actions have ended."""
    async with anyio.create_task_group() as group:
        yield Desk(group, path, *rows, **more)
