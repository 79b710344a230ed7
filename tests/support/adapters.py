"""The one adapter that is no vendor's: tests of what stands above adapters are done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ReadError
from wallboard.domain.forms import Form
from wallboard.domain.keys import Kind
from wallboard.domain.models import Row
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import YES, Can, Receipt, Report, Services, SourceSettings, Verification


def unseen(verb: Verb) -> Verification:
    return Verification(verb, f"PUT {verb.value}", cannot="the sample shows nothing")


class FakeAdapter(BaseAdapter):
    """A vendor that can everything, does it at once and shows nothing of it; a test sets what is otherwise."""

    def __init__(self, clock: Clock, name: str = "hq", phone: str = "2001") -> None:
        super().__init__(SourceSettings(name, "fake", "http://127.0.0.1", phone=phone), Services(clock))
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
