"""A source as a console has it that holds no secret of it: another reads it, another acts on it, and both are asked
over the bus. No client of the vendor is built."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import anyio

from wallboard.domain.clock import within
from wallboard.domain.codec import Unreadable
from wallboard.domain.command import Command, Destination, Fingerprint, Verb, fingerprint
from wallboard.domain.errors import Ambiguous, BadAnswer, Ended, Late, NotPermitted, NotSent, Unreachable
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Row
from wallboard.domain.orders import Order, packed, row_unpacked
from wallboard.domain.records import dataclass
from wallboard.domain.sending import look
from wallboard.domain.text import clean
from wallboard.domain.verbs import deed
from wallboard.share import acting
from wallboard.share.acting import KEYS, Line, Offered
from wallboard.share.bus import Forbidden, Nobody
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import Can, CheckLine, Receipt, Services, Sink, SourceSettings, Told, Verification

log = logging.getLogger("wallboard.share")

GOOD_FOR = 5.0
"""Seconds for which what is offered on a row is not asked again."""
READ = 2.0
"""Seconds for which a row that was read for an order need not be read again."""
REMEMBERED = 256
NOBODY = mark('nobody acts on this source: no `wallboard serve` with actions = "executor" answers')
UNASKED = mark("whoever acts on this source has not answered yet")
_DIALLED = re.compile(r"\+?[0-9A-Za-z*#._@/-]{1,80}")
_PHASES = frozenset({"refused", "failed", "confirmed", "not_confirmed", "accepted", "unknown"})


@dataclass(frozen=True, slots=True)
class _Known:
    print: Fingerprint
    at: float
    offered: Offered


@dataclass(frozen=True, slots=True)
class _Ready:
    """An order that is held for us: `at` is by whom."""

    ticket: str
    at: str
    verification: Verification


class RemoteAdapter(BaseAdapter):
    def __init__(self, settings: SourceSettings, services: Services, line: Line) -> None:
        super().__init__(settings, services)
        self._line, self._time = line, line.patience
        self._why = tr(UNASKED)
        self._can: dict[Verb, Can] = {}
        self._forms: Mapping[Verb, tuple[Form, ...]] = {}
        self._forbidden: set[Verb] = set()
        self._known: dict[Key, _Known] = {}
        self._asked: dict[Key, Fingerprint] = {}
        self._wanted = anyio.Event()
        self._ready: dict[str, _Ready] = {}
        self._read: dict[Key, tuple[float, Row | None]] = {}
        self._told: dict[str, Told | None] = {}

    # ---- what is offered -------------------------------------------------------------------------------------

    def can(self, verb: Verb, row: Row | None) -> Can:
        if self.settings.read_only:
            return Can(False, tr("this source is read-only"))
        if verb in self._forbidden:
            return Can(False, tr("the bus does not let this console {verb}", verb=deed(verb)))
        able = self._can.get(verb)
        if able is None or not able or row is None:
            return Can(False, self._why) if able is None else able
        known = self._of(row)
        return able if known is None else known.can.get(verb, able)

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        if row is None:
            return self._forms.get(verb, ())
        known = self._of(row)
        return () if known is None else known.forms.get(verb, ())

    def can_dial(self, destination: Destination) -> Can:
        """What no source could dial; the rest is said when it is to be sent."""
        good = _DIALLED.fullmatch(destination.number)
        return Can(True) if good else Can(False, tr("not a number that can be dialled"))

    def _of(self, row: Row) -> Offered | None:
        """What whoever acts offers on the row as it is now; None while it is being asked."""
        known, now = self._known.get(row.key), self.clock.now()
        seen = fingerprint(row)
        if known is None or known.print != seen or now - known.at > GOOD_FOR:
            self._asked[row.key] = seen
            self._wanted.set()
        return known.offered if known is not None and known.print == seen else None

    # ---- asking ----------------------------------------------------------------------------------------------

    async def stand_by(self, sink: Sink) -> None:
        """Learn what may be done, hear how it ended; until cancelled."""
        bus, names = self._line.bus, self._line.names
        subscribed = probed = False
        asked = float("-inf")
        while True:
            if not bus.connected:
                self._forget(tr("the bus does not answer: {why}", why=bus.why))
                probed = False
                await self.clock.sleep(0.2)
                continue
            try:
                if not subscribed:
                    await bus.subscribe(names.acted(self._line.account), self._heard)
                    subscribed = True
                if self.clock.now() - asked >= (self._time.anew if any(self._can.values()) else self._time.soon):
                    await self._ask_source()
                    asked = self.clock.now()
                if self._can and not probed:
                    await self._probe()
                    probed = True
                if self._can and self._asked:
                    await self._ask_rows()
            except (OSError, Nobody, Forbidden) as error:
                self._forget(tr(NOBODY) if isinstance(error, Nobody) else clean(str(error)))
                asked = self.clock.now()
            self._wanted = anyio.Event()
            await within(self.clock, min(1.0, self._time.soon), self._wanted.wait)

    def _forget(self, why: str) -> None:
        self._why, self._can, self._forms, self._known = why, {}, {}, {}

    async def _ask_source(self) -> None:
        """What the source can do at all."""
        found = await self._look(k="can")
        offered = acting.offered_of(found.get("source"))
        if offered.can:
            self._can, self._forms = offered.can, offered.forms

    async def _probe(self) -> None:
        """Which verbs the server lets us say: it answers with nothing that one could ask for."""
        self._forbidden = set()
        able = [verb for verb, can in self._can.items() if can]

        async def one(verb: Verb) -> None:
            try:
                await self._line.bus.request(self._subject(verb), acting.written(k="may"), self._time.look)
            except Forbidden:
                self._forbidden.add(verb)
            except (OSError, Nobody):
                return

        async with anyio.create_task_group() as tasks:
            for verb in able:
                tasks.start_soon(one, verb)

    async def _ask_rows(self) -> None:
        asked, self._asked = list(self._asked.items())[-KEYS:], {}
        found = await self._look(k="can", keys=[[key.kind.value, key.id] for key, _ in asked])
        rows = found.get("rows")
        for (key, seen), said in zip(asked, rows if isinstance(rows, list) else (), strict=False):
            if isinstance(said, dict):
                self._keep(self._known, key, _Known(seen, self.clock.now(), acting.offered_of(said)))

    async def _look(self, **asked: Any) -> dict[str, Any]:
        subject = self._line.names.can(self._line.account)
        data = await self._line.bus.request(
            subject, acting.written(phone=self.settings.phone, **asked), self._time.look
        )
        return {} if data is None else acting.read(data)

    def _subject(self, verb: Verb, at: str = "") -> str:
        return self._line.names.act(self._line.account, verb.value, at)

    async def refresh(self, row: Row) -> Row | None:
        at, read = self._read.get(row.key, (float("-inf"), None))
        if self.clock.now() - at <= READ:
            return read
        try:
            found = await self._look(k="look", key=[row.key.kind.value, row.key.id])
        except (OSError, Nobody, Forbidden) as error:
            raise Unreachable(clean(str(error))) from error
        if found.get("gone") is True:
            return None
        if why := acting.text_of(found.get("why")):
            raise NotPermitted(why) if found.get("not_permitted") is True else BadAnswer(why)
        return self._row_of(found.get("row"))

    def _row_of(self, found: Any) -> Row | None:
        try:
            return row_unpacked(found, self.clock.now())
        except Unreadable as error:
            raise BadAnswer(tr("whoever acts answered with no row")) from error

    # ---- acting ----------------------------------------------------------------------------------------------

    async def prepare(self, command: Command) -> None:
        """Have the order held. BadAnswer with the reason where it is refused."""
        try:
            order = packed(Order(command, self.settings.phone), self.clock.now())
        except Unreadable as error:
            raise BadAnswer(clean(str(error))) from error
        try:
            data = await self._line.bus.request(
                self._subject(command.verb), acting.written(k="ready", order=order), self._time.ready + 0.5
            )
        except Forbidden:
            self._forbidden.add(command.verb)
            raise BadAnswer(self.can(command.verb, None).reason) from None
        except Nobody:
            raise Unreachable(tr(NOBODY)) from None
        except OSError as error:
            raise Unreachable(tr("the bus does not answer: {why}", why=clean(str(error)))) from error
        if data is None:
            raise Late(tr("whoever acts on this source does not answer"))
        found = acting.read(data)
        if found.get("ok") is not True:
            raise BadAnswer(acting.text_of(found.get("why")) or tr("whoever acts refused it without a reason"))
        ticket, at = found.get("ticket"), found.get("at")
        if not (isinstance(ticket, str) and isinstance(at, str) and re.fullmatch(r"[0-9a-z]{1,40}", at)):
            raise BadAnswer(tr("whoever acts answered with no ticket"))
        key = command.target.key
        if "row" in found:
            self._keep(self._read, key, (self.clock.now(), self._row_of(found["row"])))
        # It was judged as a whole: what was offered a moment ago does not stand against that.
        self._can.setdefault(command.verb, Can(True))
        self._known.pop(key, None)
        self._keep(self._ready, command.id, _Ready(ticket, at, self._verification(command, found)))

    def _verification(self, command: Command, found: Mapping[str, Any]) -> Verification:
        ident = command.id
        self._keep(self._told, ident, None)
        seconds = acting.seconds_of(found.get("deadline"), self._time.silence)
        return Verification(
            command.verb,
            acting.text_of(found.get("request")),
            deadline=max(self._time.silence, seconds + self._time.answer),
            watch=acting.resources_of(found.get("watch")),
            told=lambda: self._told.get(ident),
        )

    def verification(self, command: Command, row: Row | None) -> Verification:
        ready = self._ready.get(command.id)
        return self._verification(command, {}) if ready is None else ready.verification

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        ready = self._ready.pop(command.id, None)
        if ready is None:
            raise NotSent(tr("nothing sent: whoever acts does not hold this order"))
        look()
        sent_at = self.clock.now()
        try:
            data = await self._line.bus.request(
                self._subject(command.verb, ready.at),
                acting.written(k="go", ticket=ready.ticket, id=command.id),
                self._time.console,
            )
        except (Forbidden, Nobody, OSError) as error:
            raise NotSent(tr("nothing sent: {why}", why=clean(str(error)))) from error
        found = {} if data is None else acting.read(data)
        match found.get("state"):
            case "accepted":
                ids = found.get("ids")
                return Receipt(
                    acting.text_of(found.get("request")) or ready.verification.request,
                    acting.text_of(found.get("status"), 40),
                    sent_at,
                    self.clock.now(),
                    tuple(each[:200] for each in ids if isinstance(each, str)) if isinstance(ids, list) else (),
                )
            case "ended" if (told := _told(found)) is not None:
                raise Ended(told.phase, told.ending, told.evidence)
            case "unclear":
                raise Ambiguous(acting.text_of(found.get("why")) or tr("no clear answer"))
        raise Ambiguous(tr("whoever acts did not answer in {seconds:g} s", seconds=self._time.console))

    async def _heard(self, data: bytes) -> bytes | None:
        found = acting.read(data)
        ident, told = found.get("id"), _told(found)
        if isinstance(ident, str) and ident in self._told and told is not None:
            self._told[ident] = told
        return None

    async def check(self) -> Sequence[CheckLine]:
        return (CheckLine(mark("reach"), None, tr("read and acted on by others, over the bus: not tried")),)

    @staticmethod
    def _keep(table: dict[Any, Any], key: Any, value: Any) -> None:
        table[key] = value
        if len(table) > REMEMBERED:
            del table[next(iter(table))]


def _told(found: Mapping[str, Any]) -> Told | None:
    phase, ending = found.get("phase"), acting.text_of(found.get("ending"))
    if not isinstance(phase, str) or phase not in _PHASES or not ending:
        return None
    return Told(phase, ending, acting.text_of(found.get("evidence")))


Signed = Callable[[Command], Command]


def signed(sources: frozenset[str], by: str, node: str) -> Signed:
    """Put on an order whose it is: the person as this console names them, and the console."""
    name = clean(by, 80)

    def sign(command: Command) -> Command:
        return replace(command, by=name, node=node) if command.target.key.source in sources else command

    return sign
