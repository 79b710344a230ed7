"""A stand-in for the board and for control in the lab's tests: keeps rows and proofs, performs, and judges endings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from wallboard.board.board import Board
from wallboard.domain.clock import SystemClock
from wallboard.domain.command import Command, Destination, Target, Verb, fingerprint, new_id
from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.streams import StreamFactory
from wallboard.vendors.base import AmiAuth, Receipt, Secret, Services, SourceSettings, Trial

SOURCE = "lab"


@dataclass
class Desk:
    """Sink and Facts in one; ``until`` waits for something to become true of it."""

    clock: SystemClock = field(default_factory=SystemClock)
    table: dict[Resource, dict[Key, Row]] = field(default_factory=lambda: {resource: {} for resource in Resource})
    snapshots: dict[Resource, float] = field(default_factory=dict)
    statuses: dict[Resource, FeedStatus] = field(default_factory=dict)
    infos: list[SourceInfo] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    kept: list[Proof] = field(default_factory=list)
    board: Board | None = None
    """The real board, when a test wants what the program would print."""
    _changed: anyio.Event = field(default_factory=anyio.Event)

    # -- Sink

    def apply(self, update: Update) -> None:
        self.updates.append(update)
        if self.board is not None:
            self.board.apply(update)
        rows = self.table[update.resource]
        if update.kind is UpdateKind.SNAPSHOT:
            rows.clear()
            self.snapshots[update.resource] = update.as_of
        for row in update.rows:
            rows[row.key] = row
        for key in update.removed:
            rows.pop(key, None)
        self.kept.extend(update.proofs)
        self._wake()

    def status(self, status: FeedStatus) -> None:
        self.statuses[status.resource] = status
        if self.board is not None:
            self.board.status(status)
        self._wake()

    def source(self, info: SourceInfo) -> None:
        self.infos.append(info)
        if self.board is not None:
            self.board.source(info)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    # -- Facts

    def now(self) -> float:
        return self.clock.now()

    def row(self, key: Key) -> Row | None:
        return self.table[RESOURCE_OF[key.kind]].get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        return tuple(self.table[resource].values())

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self.snapshots.get(resource)

    def proofs(self, source: str) -> Sequence[Proof]:
        return tuple(self.kept)

    # -- waiting

    async def until(self, test: Callable[[], object], what: str, within: float = 30.0) -> None:
        with anyio.move_on_after(within):
            while not test():
                await self._changed.wait()
            return
        raise AssertionError(f"did not happen within {within:g} s: {what}")


@dataclass
class Console:
    """A desk with a running adapter."""

    desk: Desk
    adapter: AsteriskAdapter

    def command(self, verb: Verb, row: Row, *, to: str = "", args: tuple[tuple[str, str], ...] = ()) -> Command:
        return Command(
            id=new_id(),
            verb=verb,
            target=Target(row.key, "the row", fingerprint(row), address=row.address),
            destination=Destination(to) if to else None,
            args=args,
            asked_at=self.desk.now(),
        )

    async def act(
        self, verb: Verb, row: Row, *, to: str = "", args: tuple[tuple[str, str], ...] = ()
    ) -> tuple[str, Receipt]:
        """Perform and wait for the ending, by the adapter's own table: its word and the receipt."""
        command = self.command(verb, row, to=to, args=args)
        check = self.adapter.verification(command, row)
        receipt = await self.adapter.perform(command, row)
        trial = Trial(command, receipt, row, self.desk)
        return await self.judge(check.confirms, check.denies, trial, check.deadline), receipt

    async def judge(self, confirms: Sequence[object], denies: Sequence[object], trial: Trial, deadline: float) -> str:
        def found(evidences: Sequence[object]) -> bool:
            return any(evidence.test(trial) for evidence in evidences)  # type: ignore[attr-defined]

        with anyio.move_on_after(deadline):
            await self.desk.until(lambda: found(confirms) or found(denies), "evidence", deadline + 1)
        return "denied" if found(denies) else "confirmed" if found(confirms) else "not confirmed"


def settings_for(port: int, username: str, secret: str, *, phone: str, read_only: bool = False) -> SourceSettings:
    return SourceSettings(
        name=SOURCE,
        vendor="asterisk",
        url=f"tcp://127.0.0.1:{port}",
        auth=AmiAuth(username, Secret(secret)),
        phone=phone,
        transfer_context="targets",
        wrap_up=4.0,
        read_only=read_only,
    )


@asynccontextmanager
async def console(settings: SourceSettings, transport: StreamFactory | None = None) -> AsyncIterator[Console]:
    """The adapter running into a fresh desk, with every list read."""
    desk = Desk()
    desk.board = Board(desk.clock)
    adapter = AsteriskAdapter(settings, Services(desk.clock, transport))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(adapter.run, desk)
        await desk.until(lambda: Resource.QUEUES in desk.snapshots, "the first snapshot", 20.0)
        yield Console(desk, adapter)
        tasks.cancel_scope.cancel()
