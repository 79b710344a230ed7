"""The one adapter that is no vendor's: tests of what stands above adapters are done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import anyio
import anyio.lowlevel

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ReadError
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.text import clean
from wallboard.domain.update import Budget, SourceInfo, Update, UpdateKind
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import (
    YES,
    Can,
    Feed,
    Receipt,
    Report,
    Services,
    Sink,
    SourceSettings,
    Ticket,
    Verification,
)


def unseen(verb: Verb) -> Verification:
    return Verification(verb, f"PUT {verb.value}", cannot="the sample shows nothing")


class FakeAdapter(BaseAdapter):
    """A vendor that can everything, does it at once and shows nothing of it; a test sets what is otherwise.

    It has the feeds that it is given (`give`); what is in `faults` is called at the start of each read of a feed, and
    may raise or wait.
    """

    def __init__(
        self,
        clock: Clock,
        name: str = "hq",
        phone: str = "2001",
        budget: int | None = None,
        consoles: int | None = None,
    ) -> None:
        settings = SourceSettings(name, "fake", "http://127.0.0.1", phone=phone, budget=budget, consoles=consoles)
        super().__init__(settings, Services(clock))
        self.list: list[Feed] = []
        self.faults: dict[tuple[Resource, str], Callable[[], Awaitable[None]]] = {}
        self.reads: list[tuple[float, Resource, str]] = []
        self.budget: Budget | None = None
        self.flying = self.most_flying = 0
        self.pushes: Callable[[Sink], Awaitable[None]] | None = None
        self.performed: list[Command] = []
        self.refreshed = 0
        self.refused: dict[Verb, str] = {}
        self.by_queue: set[Verb] = set()
        """Verbs that this vendor does in one queue at a time."""
        self.able: Callable[[Verb, Row | None], Can] = lambda verb, row: YES
        self.known_forms: dict[Verb, tuple[Form, ...]] = {}
        self.known_reports: dict[Kind, tuple[Report, ...]] = {}
        self.check_table: Callable[[Verb], Verification] = unseen
        self.answer: Callable[[Command], object] = lambda command: None
        """Called once for each request: it does what the vendor does, and returns or raises its answer."""
        self.hold: anyio.Event | None = None
        """Set: the vendor answers only when this event comes."""
        self.ids: tuple[str, ...] = ()
        self.truth: Callable[[Row], Row | None] = lambda row: row
        """What a re-reading finds."""
        self.refresh_error: ReadError | None = None
        self.refresh_hangs = False

    def can(self, verb: Verb, row: Row | None) -> Can:
        if verb in self.by_queue:
            return Can(True, needs="queue")
        return Can(False, self.refused[verb]) if verb in self.refused else self.able(verb, row)

    def can_dial(self, destination: Destination) -> Can:
        return Can(destination.number.lstrip("+").isdigit(), "not a number")

    def reports(self, row: Row) -> Sequence[Report]:
        return self.known_reports.get(row.key.kind, ())

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return self.known_forms.get(verb, ())

    def verification(self, command: Command, row: Row | None) -> Verification:
        return self.check_table(command.verb)

    def table(self) -> Sequence[Verification]:
        return [self.check_table(verb) for verb in Verb]

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        self.performed.append(command)
        sent = self.clock.now()
        if self.hold is not None:
            await self.hold.wait()
        result = self.answer(command)
        if isinstance(result, Exception):
            raise result
        return Receipt(f"PUT {command.verb.value} → 204", "204", sent, self.clock.now(), self.ids)

    async def refresh(self, row: Row) -> Row | None:
        self.refreshed += 1
        if self.refresh_hangs:
            await anyio.sleep_forever()
        if self.refresh_error is not None:
            raise self.refresh_error
        return self.truth(row)

    # ---- reading -----------------------------------------------------------------------------------------------

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
        name = self.settings.name
        row = Queue(Key(name, Kind.QUEUE, scope or "601"), clean("Sales"))
        rows: tuple[Row, ...] = (row,) if resource is Resource.QUEUES and scope != "discovery" else ()
        kind = UpdateKind.SNAPSHOT
        made = Update(name, resource, scope, kind, ticket.epoch, ticket.seq, ticket.started_at, rows)
        return [] if scope == "discovery" else [made]

    def info(self) -> SourceInfo:
        return replace(super().info(), budget=self.budget)

    def feeds(self) -> Sequence[Feed]:
        return tuple(self.list)

    async def run(self, sink: Sink) -> None:
        if self.pushes is not None:
            await self.pushes(sink)
