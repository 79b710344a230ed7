"""Acts for consoles that hold no secret of the vendors (`[share] actions = "executor"`, role `serve`).

An order passes everything that a key passes here: the row as it was painted, whether it may be done to it, this
process's own `[operator] may` and journal, one request, evidence. Before the request it is claimed on the bus, so that
it begins once among all who act. See `share.acting` for what is said, and for why nothing late or twice can act.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import Any

import anyio

from wallboard.control.offers import NOT_ALLOWED
from wallboard.control.outcome import Outcome
from wallboard.domain.clock import Clock, within
from wallboard.domain.codec import Unreadable
from wallboard.domain.command import FORMS, Command, Verb
from wallboard.domain.errors import NotPermitted, ReadError
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import english, tr
from wallboard.domain.models import Row
from wallboard.domain.orders import row_packed, unpacked
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.runtime.desks import Desk, Desks, Start
from wallboard.share import acting
from wallboard.share.acting import KEYS, QUEUE, Line, Offered
from wallboard.share.claims import Claims
from wallboard.share.names import token
from wallboard.vendors.base import Can

log = logging.getLogger(__name__)

TICKETS = 1000
AT_ONCE = 200
"""Requests that are answered at once; who comes beyond is told so."""
PHONE = 80


@dataclass(frozen=True, slots=True)
class _Held:
    """An order that is held: `issued_at` by our clock."""

    command: Command
    desk: Desk
    issued_at: float


@dataclass(slots=True)
class _Pending:
    """An order that was begun, and the first answer to it once there is one."""

    ident: str
    desk: Desk
    answered: anyio.Event = field(default_factory=anyio.Event)
    answer: Mapping[str, Any] = field(default_factory=dict)


class Executor:
    """`lines`: by source; `seated`: the desks of this one, whose orders it claims and hears."""

    def __init__(
        self, lines: Mapping[str, Line], clock: Clock, seated: Callable[[Executor], Desks], start: Start
    ) -> None:
        line = next(iter(lines.values()))
        self._lines, self._time = lines, line.patience
        self._bus, self._names, self._clock = line.bus, line.names, clock
        self._at = token(line.node)
        self._start = start
        self.claims = Claims(line.bus, line.names.claims, line.node)
        self.desks = seated(self)
        self._held: dict[str, _Held] = {}
        self._pending: dict[str, _Pending] = {}
        """By id, until the ending."""
        self._begun: dict[str, _Pending] = {}
        """By ticket."""
        self._asking = 0

    async def run(self) -> None:
        """Answer as long as there is a bus; until cancelled."""
        while not self._bus.connected:
            await self._clock.sleep(0.1)
        for source, line in self._lines.items():
            verbs = self._names.act(line.account, "*")
            await self._bus.serve(self._names.can(line.account), partial(self._asked, source), self._start, QUEUE)
            await self._bus.serve(verbs, partial(self._asked, source), self._start, QUEUE)
            await self._bus.serve(f"{verbs}.{self._at}", partial(self._redeemed, source), self._start)
        await anyio.sleep_forever()

    # ---- what may be done ------------------------------------------------------------------------------------

    async def _asked(self, source: str, subject: str, data: bytes) -> bytes | None:
        """On a verb's subject: hold an order of it. On the other: what is offered, a row. The server has said who may
        ask there."""
        found = acting.read(data)
        if self._asking >= AT_ONCE:
            return _refused(tr("whoever acts has too much to do: press again"))
        self._asking += 1
        try:
            last = subject.rsplit(".", 1)[-1]
            if last == "can":
                return await self._told(source, found)
            if found.get("k") == "may":
                return acting.written(ok=True)
            return await self._ready(source, last, found) if found.get("k") == "ready" else None
        finally:
            self._asking -= 1

    async def _told(self, source: str, found: Mapping[str, Any]) -> bytes | None:
        desk = self.desks.of(source, _phone(found.get("phone")))
        if found.get("k") == "look":
            return await self._looked(desk, _key(source, found.get("key")))
        said = found.get("keys")
        if not isinstance(said, list):
            return acting.written(source=acting.offered_json(self._offered(desk, None)))
        rows = [desk.board.row(key) if (key := _key(source, each)) is not None else None for each in said[:KEYS]]
        told = [None if row is None else acting.offered_json(self._offered(desk, row)) for row in rows]
        return acting.written(rows=told)

    def _offered(self, desk: Desk, row: Row | None) -> Offered:
        offered = Offered({}, {})
        reads = desk.dispatcher.read_only or desk.adapter.settings.read_only
        for verb in Verb:
            if verb is Verb.NOTE:
                continue
            may = desk.guard.can(verb, row)
            if may and (barred := desk.dispatcher.barred(verb)):
                may = Can(False, tr(barred) if barred == NOT_ALLOWED else barred)
            offered.can[verb] = Can(False, tr("read-only")) if may and reads else may
            if offered.can[verb] and verb in FORMS and (row is None or row.key.kind in verb.facts.kinds):
                offered.forms[verb] = tuple(desk.guard.forms(verb, row))
        return offered

    async def _looked(self, desk: Desk, key: Key | None) -> bytes:
        row = None if key is None else desk.board.row(key)
        if row is None:
            return acting.written(gone=True)
        again: list[Row | None] = []

        async def read() -> None:
            again.append(await desk.guard.refresh(row))

        try:
            seconds = self._time.ready
            if not await within(self._clock, seconds, read):
                return acting.written(why=english(tr("it could not be read again in {seconds:g} s", seconds=seconds)))
        except ReadError as error:
            return acting.written(why=english(str(error)), not_permitted=isinstance(error, NotPermitted))
        fresh = again[0]
        return acting.written(gone=True) if fresh is None else acting.written(row=row_packed(fresh, self._clock.now()))

    # ---- holding an order ------------------------------------------------------------------------------------

    async def _ready(self, source: str, verb: str, found: Mapping[str, Any]) -> bytes:
        """Look whether it may go, and hold it for some seconds if it may."""
        try:
            order = unpacked(found.get("order") or {}, self._clock.now())
        except Unreadable as error:
            return _refused(str(error))
        command = order.command
        if command.verb.value != verb or command.target.key.source != source or command.verb is Verb.NOTE:
            return _refused(tr("this order is not one of its subject"))
        desk = self.desks.of(source, _phone(order.phone))
        said: list[bytes] = []

        async def rehearse() -> None:
            said.append(await self._rehearsed(desk, command))

        if not await within(self._clock, self._time.ready, rehearse):
            return _refused(tr("it could not be looked at in {seconds:g} s; press again", seconds=self._time.ready))
        return said[0]

    async def _rehearsed(self, desk: Desk, command: Command) -> bytes:
        found = await desk.dispatcher.rehearse(command)
        if found.refusal or found.verification is None:
            return _refused(found.refusal)
        now = self._clock.now()
        ticket = secrets.token_hex(16)
        self._held = {
            name: held
            for name, held in self._held.items()
            if now - held.issued_at <= self._time.ticket and held.command.id != command.id
        }
        if len(self._held) >= TICKETS:
            return _refused(tr("whoever acts has too much to do: press again"))
        self._held[ticket] = _Held(command, desk, now)
        check = found.verification
        row = {} if found.row is None else {"row": row_packed(found.row, now)}
        return acting.written(
            ok=True,
            ticket=ticket,
            at=self._at,
            request=english(check.request),
            deadline=check.deadline,
            watch=[resource.value for resource in check.watch],
            **row,
        )

    # ---- acting ----------------------------------------------------------------------------------------------

    async def _redeemed(self, source: str, subject: str, data: bytes) -> bytes | None:
        """Carry out an order that is held here, and answer as soon as the vendor has; whoever asks again, or whose
        words came twice, gets the answer to the first."""
        found = acting.read(data)
        ticket = found.get("ticket")
        if not isinstance(ticket, str):
            return None
        if (begun := self._begun.get(ticket)) is not None and begun.ident == found.get("id"):
            return await self._answer(begun)
        held = self._held.pop(ticket, None)
        late = held is not None and self._clock.now() - held.issued_at > self._time.ticket
        if held is None or late or held.command.id != found.get("id"):
            return _ended("refused", tr("refused: this order is not held any more; press again"))
        command = held.command
        if subject.split(".")[-2] != command.verb.value or command.target.key.source != source:
            return _ended("refused", tr("refused: this order is not one of its subject"))
        pending = self._pending[command.id] = self._begun[ticket] = _Pending(command.id, held.desk)
        if len(self._begun) > TICKETS:
            del self._begun[next(iter(self._begun))]
        held.desk.busy += 1
        # As old as it was when it was held, by this clock: the last look before it leaves goes by that.
        held.desk.dispatcher.submit(replace(command, asked_at=min(command.asked_at, held.issued_at)))
        return await self._answer(pending)

    async def _answer(self, pending: _Pending) -> bytes:
        if not await within(self._clock, self._time.answer, pending.answered.wait):
            why = english(tr("no answer in {seconds:g} s", seconds=self._time.answer))
            return acting.written(state="unclear", why=why)
        return acting.written(**pending.answer)

    def heard(self, outcome: Outcome) -> None:
        """Of every order from the bus, at each step."""
        ident = outcome.command.id
        pending = self._pending.get(ident)
        if pending is None:
            return
        if outcome.receipt is not None:
            told = outcome.receipt
            pending.answer = {
                "state": "accepted",
                "request": english(told.request),
                "status": english(told.status),
                "ids": list(told.ids),
            }
            pending.answered.set()
        if outcome.final:
            del self._pending[ident]
            pending.desk.busy -= 1
            if not pending.answer:
                pending.answer = _ending(outcome)
            pending.answered.set()
            self._start(partial(self._tell, outcome))

    async def _tell(self, outcome: Outcome) -> None:
        """Write down how it ended, and tell whoever waits for it."""
        command = outcome.command
        await self.claims.ended(command.id, outcome.phase.value)
        subject = self._names.acted(self._lines[command.target.key.source].account)
        try:
            await self._bus.publish(subject, acting.written(id=command.id, **_ending(outcome)))
        except OSError as error:
            log.info("the ending of %s was not told: %s", command.id, english(str(error)))


def _ending(outcome: Outcome) -> dict[str, Any]:
    return {
        "state": "ended",
        "phase": outcome.phase.value,
        "ending": english(outcome.ending),
        "evidence": english(outcome.evidence),
    }


def _ended(phase: str, ending: str) -> bytes:
    return acting.written(state="ended", phase=phase, ending=english(ending), evidence="")


def _refused(why: str) -> bytes:
    return acting.written(ok=False, why=english(why))


def _phone(found: Any) -> str:
    return str(clean(found, PHONE)) if isinstance(found, str) else ""


def _key(source: str, found: Any) -> Key | None:
    if isinstance(found, list) and len(found) == 2 and all(isinstance(each, str) for each in found):
        kind, ident = found
        if kind in set(Kind):
            return Key(source, Kind(kind), ident[:1024])
    return None
