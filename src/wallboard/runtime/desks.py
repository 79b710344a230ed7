"""Those for whom this process acts: one desk for each telephone at a source, with an adapter and a dispatcher of its
own, so that whose leg it is, what is held, and who listens to whom are never another's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import anyio

from wallboard.board import Board
from wallboard.board.colleagues import Presence
from wallboard.control.checks import Locks
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.guard import Guard
from wallboard.control.journal import Journal
from wallboard.control.outcome import Outcome
from wallboard.control.ports import BoardPort, Changed, ResourceFreshness
from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Call, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update
from wallboard.runtime.adapters import asked, built
from wallboard.vendors.base import Adapter, Lendable, Services, Sink, SourceSettings
from wallboard.vendors.registry import load as load_vendor

MOST = 200
"""Desks at once; the one that has been idle for longest makes room."""
IDLE = 900.0
"""Seconds after which a desk is cleared."""

Start = Callable[[Callable[[], Awaitable[None]]], None]


class OwnBoard(BoardPort):
    """The board as who sits at a telephone has it: their legs are `mine`."""

    def __init__(self, board: Board, mine: Callable[[Call], bool]) -> None:
        self._board, self._mine = board, mine

    def _own(self, row: Row) -> Row:
        if not isinstance(row, Call):
            return row
        mine = self._mine(row)
        return row if row.mine is mine else replace(row, mine=mine)

    def now(self) -> float:
        return self._board.now()

    def colleagues(self, keys: Collection[Key]) -> Sequence[Presence]:
        return self._board.colleagues(keys)

    def row(self, key: Key) -> Row | None:
        row = self._board.row(key)
        return None if row is None else self._own(row)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        found = self._board.rows(resource, source)
        return [self._own(row) for row in found] if resource is Resource.CALLS else found

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self._board.read_at(source, resource, scope)

    def proofs(self, source: str) -> Sequence[Proof]:
        return self._board.proofs(source)

    def subscribe(self, listener: Callable[[Changed], None], /) -> Callable[[], None]:
        return self._board.subscribe(listener)

    def row_state(self, key: Key, /) -> ResourceState:
        return self._board.row_state(key)

    def resource_view(self, source: str, resource: Resource, /) -> ResourceFreshness | None:
        return self._board.resource_view(source, resource)

    def pend(self, command_id: str, key: Key, /) -> None:
        self._board.pend(command_id, key)

    def settle(self, command_id: str, outcome: str, /) -> None:
        self._board.settle(command_id, outcome)

    def pulled(self, member_key: Key, /) -> None:
        self._board.pulled(member_key)


@dataclass(slots=True)
class Desk:
    adapter: Adapter
    guard: Guard
    board: OwnBoard
    dispatcher: Dispatcher
    scope: anyio.CancelScope
    used_at: float
    busy: int = 0
    """Orders under way."""


@dataclass(frozen=True, slots=True)
class Means:
    """What all desks act with. `claim`, `heard`: of every order, right before it leaves and at each step."""

    board: Board
    journal: Journal
    clock: Clock
    sink: Sink
    transports: Callable[[SourceSettings], Any] | None
    may: Collection[Verb] | None
    hurry: Callable[[str, Iterable[Resource]], None]
    start: Start
    claim: Callable[[Command], Awaitable[None]]
    heard: Callable[[Outcome], None]
    build: Callable[[SourceSettings, Services], Adapter] = built


class Desks:
    def __init__(self, sources: Sequence[SourceSettings], means: Means) -> None:
        self._sources = {source.name: source for source in sources}
        self._means = means
        self._desks: dict[tuple[str, str], Desk] = {}
        # Two who press on one row in the same second are one after the other, and the second sees what the first did.
        self._locks = Locks()

    def of(self, source: str, phone: str) -> Desk:
        """The desk of whose telephone this is, "" of all who have none. KeyError for a source that there is not."""
        self._clear()
        desk = self._desks.get((source, phone))
        if desk is None:
            desk = self._desks[source, phone] = self._made(self._sources[source], phone)
        desk.used_at = self._means.clock.now()
        return desk

    def marked(self, update: Update) -> Update:
        """What is read, with what was held or parked from here."""
        for (source, _), desk in self._desks.items():
            if source == update.source and isinstance(desk.adapter, Lendable):
                update = asked(source, partial(desk.adapter.told, update), update)
        return update

    def _made(self, settings: SourceSettings, phone: str) -> Desk:
        means = self._means
        settings = replace(settings, phone=phone)
        plugin = load_vendor(settings.vendor)
        board = OwnBoard(means.board, lambda call: bool(phone) and plugin.mine(call, phone))
        transport = means.transports(settings) if means.transports is not None else None
        adapter = means.build(settings, Services(means.clock, transport, board))
        dispatcher = Dispatcher(
            board,
            {settings.name: adapter},
            means.journal,
            means.clock,
            may=means.may,
            hurry=means.hurry,
            start=means.start,
            claim=means.claim,
            locks=self._locks,
        )
        dispatcher.subscribe(means.heard)
        desk = Desk(adapter, Guard(adapter), board, dispatcher, anyio.CancelScope(), means.clock.now())

        async def stand_by() -> None:
            try:
                with desk.scope:
                    if isinstance(adapter, Lendable):
                        await adapter.stand_by(means.sink)
            finally:
                with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
                    await adapter.aclose()

        means.start(stand_by)
        return desk

    def _clear(self) -> None:
        now = self._means.clock.now()
        idle = sorted((desk.used_at, where) for where, desk in self._desks.items() if not desk.busy)
        over = len(self._desks) - MOST + 1
        for number, (used_at, where) in enumerate(idle):
            if number < over or now - used_at > IDLE:
                desk = self._desks.pop(where)
                desk.dispatcher.close()
                desk.scope.cancel()


class Marking(Sink):
    """Stands between what reads and the others: what was done from here is seen by all."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.marked: Callable[[Update], Update] = lambda update: update

    def apply(self, update: Update) -> None:
        self.sink.apply(self.marked(update))

    def status(self, status: FeedStatus) -> None:
        self.sink.status(status)

    def source(self, info: SourceInfo) -> None:
        self.sink.source(info)
