"""The virtual receptionists of a PBX: read slowly, right at every opening and closing, changed one rule at a time.

Reading all of them costs a request each, so they are read every five minutes; what changes with the hour is computed
from what was read, and written when it falls due. After a write only the receptionist that was written is read again,
and what differs beside the part that was asked for speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

import anyio
import anyio.lowlevel

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import Missing, NotPermitted, NotSent, ReadError, Rejected
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import english, tr, trc
from wallboard.domain.models import Receptionist, Row, in_address
from wallboard.domain.text import clean
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import YES, Can, Feed, Receipt, Report, Sheet, Sink, SourceSettings, Ticket, Verification
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.kit.acts import Request, act, fresh, receipt, refusal, require
from wallboard.vendors.kit.gather import WHOLE_SOURCE, gather
from wallboard.vendors.kit.lists import rows, together, used
from wallboard.vendors.kit.rows import snapshot
from wallboard.vendors.kit.sheets import sheet
from wallboard.vendors.kit.turns import Turns
from wallboard.vendors.portsip import rules
from wallboard.vendors.portsip.ivr import HolidayWire, Ivr, Tenant, read_ivr, tenant_of, words
from wallboard.vendors.portsip.reading import Reader
from wallboard.vendors.portsip.reception import dates, holiday_words, receptionist, week_words
from wallboard.vendors.portsip.writes import Write, Writes
from wallboard.vendors.portsip.writes import sheet as of_write

EVERY = 300.0
MOST = 200
"""Receptionists that are read in full; a PBX allows 20 to a tenant unless told otherwise."""
WEEK = 7 * 86_400.0
LOOK_EVERY = 2.0
"""Seconds between two looks at whether a row has fallen due."""


class Receptionists:
    """Reads, shows and changes them. `http` is the source's own client."""

    def __init__(self, http: HttpSource, settings: SourceSettings, clock: Clock) -> None:
        self._http = http
        self._reader = Reader(http)
        self._settings = settings
        self._clock = clock
        self._tenant = Tenant(ZoneInfo(settings.timezone), why=tr("not read yet"))
        self._known: dict[str, Ivr] = {}
        self._rows: dict[str, Receptionist] = {}
        self._due: dict[str, float] = {}
        self._read_at: float | None = None
        self._ticket = Ticket(1, 0, 0.0)
        self._able: dict[str, tuple[Ivr, Can]] = {}
        self._writes = Writes()
        self._writing = Turns()

    def feeds(self) -> Sequence[Feed]:
        count = len(self._known)
        every, timeout = self._interval, min(60.0, 15.0 + count)
        hidden = max(every, EVERY)
        fetch, resource = self._fetch, Resource.RECEPTIONISTS
        return (Feed(resource, "", fetch, every, 2 + count, timeout, hidden_interval=hidden, priority=2),)

    @property
    def _interval(self) -> float:
        return self._settings.every.get(Resource.RECEPTIONISTS.value, EVERY)

    @property
    def read(self) -> bool:
        """Whether all were read once."""
        return self._read_at is not None

    async def _fetch(self, ticket: Ticket) -> Sequence[Update]:
        now = self._clock.now()
        fresh = self._read_at is not None and now - self._read_at < 0.9 * self._interval
        awaited = self._writes.awaited(now)
        return await (self._read_back(ticket, awaited) if fresh and awaited else self._read_all(ticket))

    async def _read_all(self, ticket: Ticket) -> Sequence[Update]:
        pages = await self._reader.pages(route("/ivrs"), tr("receptionists"))
        listed, unlisted = used(pages.items, Ivr, tr("receptionists"))
        await self._read_tenant()
        failures = await self._read_each([ivr.id for ivr in listed[:MOST]])
        gone = {identity for identity, error in failures.items() if isinstance(error, Missing)}
        if len(gone) == len(listed):
            # Not all of them were deleted just now: this account is not told more than the list.
            gone = set()
        self._known = {ivr.id: self._known.get(ivr.id, ivr) for ivr in listed if ivr.id not in gone}
        whys = [pages.approximate, unlisted]
        missed = sum(not isinstance(error, Missing | NotPermitted) for error in failures.values())
        if missed or len(listed) > MOST:
            lacking = missed + max(0, len(listed) - MOST)
            whys.append(tr("{n} of {all} were not read in full", n=lacking, all=len(listed)))
        self._read_at = pages.started_at
        self._ticket = ticket
        self._forget()
        await self._compute(self._known)
        rows = [self._rows[identity] for identity in self._known]
        why = together(*whys)
        return (snapshot(self._settings.name, Resource.RECEPTIONISTS, "", ticket, pages.started_at, rows, why),)

    async def _read_tenant(self) -> None:
        """The zone and the global hours. Where they are not for this account the rest is still true."""
        zone = ZoneInfo(self._settings.timezone)
        try:
            self._tenant = tenant_of(await self._reader.tenant(), zone)
        except (NotPermitted, Missing):
            self._tenant = Tenant(zone, why=tr("this account may not read the global office hours"))
        except WHOLE_SOURCE:
            raise
        except ReadError as error:
            if self._read_at is None:
                why = tr("the global office hours could not be read: {why}", why=str(error))
                self._tenant = Tenant(zone, why=why)

    async def _read_each(self, ids: Sequence[str]) -> dict[str, ReadError]:
        """Read each in full, a few at a time; what could not be read, by id. Raises what holds for all of them."""
        _, failures = await gather(ids, self._read_one)
        serious = [error for error in failures.values() if not isinstance(error, Missing | NotPermitted)]
        if ids and len(serious) == len(ids):
            raise serious[0]
        return failures

    async def _read_one(self, identity: str) -> Ivr:
        # Not kept by the client: the answer may hold a PIN.
        answer = await self._http.get(route("/ivrs/{id}", id=identity), keep=False)
        ivr = self._known[identity] = read_ivr(answer.data, identity)
        self._writes.read(identity, rules.meaning(ivr), answer.started_at)
        return ivr

    async def _read_back(self, ticket: Ticket, ids: set[str]) -> Sequence[Update]:
        """Only what was just written; as old as the last reading of all, which the others are."""
        failures = await self._read_each(sorted(ids & self._known.keys()))
        for identity, error in failures.items():
            if isinstance(error, Missing):
                self._known.pop(identity, None)
        self._ticket = ticket
        removed = self._forget()
        changed = await self._compute(sorted(ids))
        as_of = self._read_at if self._read_at is not None else ticket.started_at
        return (self._changes(ticket, as_of, changed, removed),)

    async def _compute(self, ids: Iterable[str]) -> list[Receptionist]:
        """Rows as of now; those that differ from what they were. Some milliseconds each, so others come in between."""
        changed = []
        for identity in list(ids):
            ivr = self._known.get(identity)
            if ivr is None:
                continue
            now = self._clock.now()
            row, until = receptionist(self._settings.name, ivr, self._tenant, now, self._ahead)
            if self._rows.get(identity) != row:
                changed.append(row)
            # A fortnight is looked at: within half of it nothing is missed.
            self._rows[identity], self._due[identity] = row, min(until, now + WEEK)
            await anyio.lowlevel.checkpoint()
        return changed

    @property
    def _ahead(self) -> float:
        return self._http.clock_offset or 0.0

    def _forget(self) -> tuple[Key, ...]:
        """Drop the rows of those that are no more; their keys."""
        gone = [identity for identity in self._rows if identity not in self._known]
        self._able = {identity: able for identity, able in self._able.items() if identity in self._known}
        for identity in gone:
            del self._due[identity]
        return tuple(self._rows.pop(identity).key for identity in gone)

    def _changes(self, ticket: Ticket, as_of: float, rows: Iterable[Row], removed: Iterable[Key] = ()) -> Update:
        source = self._settings.name
        return snapshot(source, Resource.RECEPTIONISTS, "", ticket, as_of, rows, "", UpdateKind.DELTA, removed)

    async def run(self, sink: Sink) -> None:
        """Write what falls due between two readings, until cancelled. Asks the vendor nothing."""
        while True:
            soonest = min((self._due[identity] for identity in self._rows), default=float("inf"))
            await self._clock.sleep(max(0.05, min(LOOK_EVERY, soonest - self._clock.now())))
            now = self._clock.now()
            changed = await self._compute([identity for identity in self._rows if self._due[identity] <= now])
            if changed and self._read_at is not None:
                # After the last reading and before the next one, whatever else is counted meanwhile.
                after = replace(self._ticket, seq=self._ticket.seq + 1)
                sink.apply(self._changes(after, self._read_at, changed))

    async def refresh(self, row: Row) -> Row | None:
        """The row read again; None: it is gone. Raises ReadError."""
        try:
            ivr = await self._read_one(row.key.id)
        except Missing:
            return None
        return receptionist(self._settings.name, ivr, self._tenant, self._clock.now(), self._ahead)[0]

    def reports(self, row: Row) -> Sequence[Report]:
        """Its state in the PBX, its rules in full, the tenant's holidays, and what the last write changed."""
        identity = row.key.id
        found = [
            Report("status", tr("status"), partial(self._status, identity)),
            Report("rules", tr("rules"), partial(self._rules, identity), cost=0),
            Report("holidays", tr("holidays"), self._holidays),
        ]
        if write := self._writes.last(identity):
            found.append(Report("written", tr("last write"), partial(self._written, write), cost=0))
        return found

    async def _status(self, identity: str) -> Sheet:
        return sheet((), [((await self._reader.ivr_status(identity)).lower() or tr("not told"),)])

    async def _rules(self, identity: str) -> Sheet:
        ivr = self._known.get(identity)
        leads = (tr("in office hours"), trc("hours", "outside"), tr("on holidays"))
        columns = (tr("input"), trc("office", "hours"), *leads, tr("holidays"))
        lines = [
            (
                rule.input,
                week_words(rule, self._tenant),
                *(words(getattr(rule, name)) or None for name, _ in rules.INPUT.values()),
                holiday_words(rule) or None,
            )
            for _, rule in (ivr.rules if ivr is not None else ())
        ]
        return sheet(columns, lines, tr("in {zone}", zone=self._tenant.zone.key))

    async def _holidays(self) -> Sheet:
        found = rows((await self._reader.pages(route("/holidays"), tr("holidays"))).items, HolidayWire)
        lines = [(wire.name, dates(wire.day) or None, wire.region) for wire in found]
        return sheet((tr("holiday"), tr("when"), tr("region")), lines)

    async def _written(self, write: Write) -> Sheet:
        return of_write(write)

    def can(self, verb: Verb, row: Row | None) -> Can:
        refused = refusal(self._settings, self._http, verb)
        if refused is not None:
            return refused
        if row is None:
            return YES
        if not isinstance(row, Receptionist):
            return Can(False, tr("not for this row"))
        ivr = self._known.get(row.key.id)
        if ivr is None or not ivr.full:
            return Can(False, tr("its rules could not be read"))
        # Asked for each time a row is drawn: looked at once for each reading.
        last = self._able.get(ivr.id)
        if last is None or last[0] is not ivr:
            able = Can(True, rules.risk(ivr)) if rules.forms(ivr, "") else Can(False, tr("it has no rules"))
            last = self._able[ivr.id] = (ivr, able)
        return last[1]

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        if row is None or not self.can(verb, row):
            return ()
        return rules.forms(self._known[row.key.id], self._tenant.zone.key)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        """Read it, change one part, write it once. NotSent where the part is not what the form showed."""
        require(self.can(command.verb, row))
        found = rules.part_of(command.arg("form"))
        if found is None:
            raise NotSent(tr("nothing sent: it is not said what is to change"))
        identity = in_address(command.target.address, "receptionist") or command.target.key.id
        async with self._writing.alone(identity):
            return await self._write(command, identity, *found)

    async def _write(self, command: Command, identity: str, part: rules.Part, shown: str) -> Receipt:
        drawn = self._known.get(identity)
        read = await fresh(self._read_one(identity))
        before = rules.meaning(read)
        moved = not shown and drawn is not None and not rules.same(part.aspect, rules.meaning(drawn), before)
        if moved or not rules.still(part, shown, before):
            now = clean(before.get(part.aspect) or tr("not there"), 80)
            what = clean(part.aspect, 60)
            raise NotSent(tr("nothing sent: {what} was changed meanwhile and is now: {now}", what=what, now=now))
        result = rules.changed(read, part, dict(command.args))
        body = result.body()
        write = Write(identity, part, before, rules.meaning(result), self._clock.now())
        self._writes.add(command.id, write)
        wanted = clean(english(write.wanted.get(part.aspect, "")), 80)
        words = f"POST …/ivrs/{clean(identity, 40)} {clean(english(part.aspect), 60)}: {wanted}"
        request = Request("POST", route("/ivrs/{id}", id=identity), body, words)
        try:
            answer = await act(self._http, request)
        except (NotSent, Rejected):
            self._writes.drop(command.id)
            raise
        write.sent_at = answer.started_at
        return receipt(request, answer, identity)

    def verification(self, command: Command, row: Row | None) -> Verification:
        found = rules.part_of(command.arg("form"))
        ivr = self._known.get(command.target.key.id)
        if found is None or ivr is None:
            return self._writes.table()
        return self._writes.verification(command.id, found[0], rules.meaning(ivr))

    def table(self) -> Sequence[Verification]:
        return (self._writes.table(),)
