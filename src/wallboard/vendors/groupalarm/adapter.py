"""A GroupAlarm organisation as a source: hotlines every 15 s, telephones and call logs every minute.

Hotline rows are put together from three lists. The telephones are a feed of their own and the call logs are read with
the discovery, so that a slow or forbidden one never makes the hotlines look old; each reading of the hotlines shows
what the others have brought until then. Discovery reads all three once, for those who look only once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import (
    Missing,
    NotPermitted,
    NotSent,
    ReadError,
    TargetGone,
)
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Hotline, Phone, Row, in_address
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo, Update, UpdateKind
from wallboard.vendors.again import Again
from wallboard.vendors.base import (
    YES,
    Can,
    CheckLine,
    Feed,
    Receipt,
    Report,
    Services,
    Sink,
    SourceSettings,
    Ticket,
    Verification,
)
from wallboard.vendors.groupalarm import actions, mapping
from wallboard.vendors.groupalarm.checks import check_source
from wallboard.vendors.groupalarm.reading import PAGE, Reader, newest_cover
from wallboard.vendors.groupalarm.reports import LOG_PAGES, reports
from wallboard.vendors.groupalarm.wire import HotlineWire, LogWire, PhoneWire, rows
from wallboard.vendors.http import HttpSource, route
from wallboard.vendors.lists import lost
from wallboard.vendors.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)

EVERY = 15.0
SLOWLY = 60.0
JUST_READ = 10.0
"""Seconds for which what discovery read of the telephones need not be read again."""


class GroupalarmAdapter:
    """See `vendors.base.Adapter`."""

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        self._settings = settings
        self._clock = services.clock
        self._http = HttpSource(settings, services)
        self._reader = Reader(self._http, settings.organization)
        self._known = mapping.Known(
            settings.name, ZoneInfo(settings.timezone), settings.people, mapping.Words.of(settings.words)
        )
        self._wires: tuple[HotlineWire, ...] = ()
        self._discovered = False
        self._first_phones: tuple[list[Phone], float, str] | None = None
        self._missed: set[str] = set()
        self._writing = Turns()
        self._again = Again()

    # ---- what is known ---------------------------------------------------------------------------------------

    @property
    def settings(self) -> SourceSettings:
        return self._settings

    def info(self) -> SourceInfo:
        detail = f"organization {self._settings.organization}" if self._settings.organization is not None else ""
        return SourceInfo(
            name=self._settings.name,
            vendor="groupalarm",
            detail=detail,
            budget=self._http.budget,
            refused=self._http.refused,
            clock_offset=self._http.clock_offset,
        )

    def feeds(self) -> Sequence[Feed]:
        every = self._settings.every
        interval, slowly = every.get("hotlines", EVERY), every.get("phones", SLOWLY)
        users, lists = len(self._users()), len(self._wires)
        discover = Feed(
            Resource.HOTLINES,
            "discovery",
            self._discover,
            SLOWLY,
            cost=1 + lists,
            timeout=60.0,
            priority=3,
            hidden_interval=SLOWLY,
        )
        hotlines = Feed(Resource.HOTLINES, "", self._read_hotlines, interval, cost=1 + lists // PAGE)
        if not self._discovered:
            return (discover, hotlines)
        phones = Feed(
            Resource.PHONES,
            "",
            self._read_phones,
            slowly,
            cost=max(1, users),
            timeout=min(60.0, 8.0 + 2.0 * users),
            priority=2,
            hidden_interval=slowly,
        )
        return (discover, hotlines, phones)

    async def run(self, sink: Sink) -> None:
        """Nothing is pushed; what telephones and call logs tell goes into the rows of the hotlines."""
        await self._again.run(sink)

    def _users(self) -> list[str]:
        return list(dict.fromkeys(user for wire in self._wires for user in wire.agents))

    # ---- reading ---------------------------------------------------------------------------------------------

    async def _discover(self, ticket: Ticket) -> Sequence[Update]:
        """Which hotlines there are, what their call logs say and, the first time, who has which telephones."""
        self._wires = tuple((await self._reader.hotlines())[0])
        if not self._discovered:
            try:
                self._first_phones = await self._all_phones()
            except ReadError as error:
                # Its own feed will say so.
                log.debug("%s: telephones: %s", self._settings.name, error)
        self._discovered = True
        await self._read_logs()
        return ()

    async def _read_hotlines(self, ticket: Ticket) -> Sequence[Update]:
        wires, pages = await self._reader.hotlines()
        self._known.ahead = self._http.clock_offset or 0.0
        self._wires = tuple(wires)
        known = {wire.id for wire in wires}
        for identity in self._known.since.keys() - known:
            del self._known.since[identity]

        async def make() -> Update:
            found = [mapping.hotline(wire, self._known, pages.started_at) for wire in wires]
            return self._update(Resource.HOTLINES, ticket, pages.started_at, found, pages.approximate)

        return (await self._again.first(make),)

    async def _read_phones(self, ticket: Ticket) -> Sequence[Update]:
        first, self._first_phones = self._first_phones, None
        if first is None or first[1] < self._clock.now() - JUST_READ:
            first = await self._all_phones()
        found, started, why = first
        return (self._update(Resource.PHONES, ticket, started, found, why),)

    async def _all_phones(self) -> tuple[list[Phone], float, str]:
        """One request a user. A user who forbids it is no fault: those telephones stay unknown."""
        found: list[Phone] = []
        listed = 0
        started = self._clock.now()
        users = self._users()
        refusals: list[ReadError] = []
        for user in users:
            try:
                wires, items, _ = await self._reader.phones(user)
            except (NotPermitted, Missing) as error:
                self._known.phones[user] = None
                refusals.append(error)
                continue
            # With one that cannot be read, how many are on duty is not known.
            whole = len(wires) == len(items)
            self._known.phones[user] = tuple(mapping.duty_phone(wire) for wire in wires) if whole else None
            listed += len(items)
            found += [mapping.phone(wire, user, self._known) for wire in wires]
        for user in self._known.phones.keys() - set(users):
            del self._known.phones[user]
        self._again.learnt()
        if users and len(refusals) == len(users):
            raise refusals[0]
        return found, started, lost(listed, len(found), "telephones")

    async def _read_logs(self) -> None:
        """The call log of each hotline. One that cannot be read twice in a row is unknown; if none can, raises."""
        failures: list[ReadError] = []
        ids = [wire.id for wire in self._wires]
        for identity in ids:
            try:
                logs, pages = await self._reader.logs(identity, LOG_PAGES)
            except ReadError as error:
                failures.append(error)
                if identity in self._missed:
                    self._known.logs.pop(identity, None)
                self._missed.add(identity)
                continue
            self._missed.discard(identity)
            whole = len(logs) == len(pages.items) and (newest_cover(logs, pages) or self._a_day(logs))
            self._known.logs[identity] = mapping.call_log(logs, whole, self._clock.now(), self._known)
        for identity in self._known.logs.keys() - set(ids):
            del self._known.logs[identity]
        self._missed &= set(ids)
        self._again.learnt()
        if ids and len(failures) == len(ids):
            raise failures[0]

    def _a_day(self, logs: Sequence[LogWire]) -> bool:
        """Whether the logs reach back further than a day."""
        starts = [mapping.instant(log.start, self._known.zone, self._known.ahead) for log in logs]
        dated = [start for start in starts if start is not None]
        return bool(dated) and min(dated) < self._clock.now() - mapping.DAY

    def _update(
        self, resource: Resource, ticket: Ticket, as_of: float, found: Sequence[Row], approximate: str = ""
    ) -> Update:
        return Update(
            source=self._settings.name,
            resource=resource,
            scope="",
            kind=UpdateKind.SNAPSHOT,
            epoch=ticket.epoch,
            seq=ticket.seq,
            as_of=as_of,
            rows=tuple(found),
            approximate=approximate,
        )

    async def refresh(self, row: Row) -> Row | None:
        try:
            if isinstance(row, Hotline):
                (wire,) = rows([await self._reader.hotline(row.key.id)], HotlineWire)
                return mapping.hotline(wire, self._known, self._clock.now()) if wire.id == row.key.id else None
            if isinstance(row, Phone) and (user := in_address(row.address, "user")):
                wires, _, _ = await self._reader.phones(user)
                return next((mapping.phone(wire, user, self._known) for wire in wires if wire.id == row.key.id), None)
        except Missing:
            return None
        raise NotPermitted("GroupAlarm has no such row")

    # ---- acting ----------------------------------------------------------------------------------------------

    def can(self, verb: Verb, row: Row | None) -> Can:
        if verb not in actions.VERBS:
            return Can(False, "GroupAlarm has no call control")
        if self._settings.read_only:
            return Can(False, "this source is read-only")
        if self._http.refused:
            return Can(False, "the vendor refuses the credentials")
        if row is None:
            return YES
        if isinstance(row, Hotline):
            return YES if verb in actions.HOTLINE_VERBS else Can(False, "duty is a matter of its telephones")
        if isinstance(row, Phone):
            return YES if verb in actions.PHONE_VERBS else Can(False, "not for a telephone")
        return Can(False, "not for this row")

    def can_dial(self, destination: Destination) -> Can:
        return Can(False, "GroupAlarm places no calls")

    def reports(self, row: Row) -> Sequence[Report]:
        return reports(self._reader, self._known, row)

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        if verb is not Verb.ANNOUNCE or not isinstance(row, Hotline) or not self.can(verb, row):
            return ()
        wire = next((each for each in self._wires if each.id == row.key.id), None)
        return (actions.announcements(row, wire),)

    def verification(self, command: Command, row: Row | None) -> Verification:
        return actions.verification(command.verb, command, row)

    def table(self) -> Sequence[Verification]:
        return [actions.verification(verb) for verb in actions.VERBS]

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        able = self.can(command.verb, row)
        if not able:
            raise NotSent(f"nothing sent: {able.reason}")
        async with self._alone(command.target.key):
            if command.target.key.kind is Kind.HOTLINE:
                return await self._put_hotline(command)
            if command.target.key.kind is Kind.PHONE:
                return await self._put_phone(command)
        raise NotSent("nothing sent: not for this row")

    @asynccontextmanager
    async def _alone(self, key: Key) -> AsyncIterator[None]:
        """One read-and-write of an object at a time: the second would undo the first."""
        async with self._writing.alone(key):
            yield

    async def _put_hotline(self, command: Command) -> Receipt:
        identity = command.target.key.id
        try:
            fresh = await self._reader.hotline(identity)
        except Missing as error:
            raise TargetGone(f"nothing sent: {error}") from None
        except ReadError as error:
            raise NotSent(f"nothing sent: {error}") from None
        body = actions.hotline_body(fresh, command)
        return await self._put(f"/hotlines/{identity}", route("/hotlines/{id}", id=identity), body, {}, command)

    async def _put_phone(self, command: Command) -> Receipt:
        identity = command.target.key.id
        user = in_address(command.target.address, "user") or self._owner(identity)
        if not user:
            raise NotSent("nothing sent: whose telephone it is has not been read yet")
        try:
            _, items, _ = await self._reader.phones(user)
        except Missing as error:
            raise TargetGone(f"nothing sent: {error}") from None
        except ReadError as error:
            raise NotSent(f"nothing sent: {error}") from None
        fresh = _with_id(items, identity)
        if fresh is None:
            raise TargetGone("nothing sent: the user has no such telephone any more")
        organization = self._settings.organization
        params = {} if organization is None else {"organization_id": organization}
        body = actions.phone_body(fresh, command)
        return await self._put(f"/agents/{identity}", route("/agents/{id}", id=identity), body, params, command)

    def _owner(self, phone: str) -> str:
        for user, phones in self._known.phones.items():
            if any(each.id == phone for each in phones or ()):
                return user
        return ""

    async def _put(
        self, shown: str, where: Any, body: dict[str, Any], params: dict[str, int], command: Command
    ) -> Receipt:
        answer = await self._http.act("PUT", where, json=body, params=params)
        said = answer.data if isinstance(answer.data, dict) else {}
        texts = command.verb is Verb.ANNOUNCE
        what = "ttsInbound, ttsOutbound" if texts else f"isActive={'true' if body['isActive'] else 'false'}"
        return Receipt(
            request=f"PUT …{shown} {what} → {answer.status}",
            status=str(answer.status),
            sent_at=answer.started_at,
            answered_at=answer.answered_at,
            ids=(command.target.key.id,),
            detail=clean(f"status {said['status']}") if isinstance(said.get("status"), str) else "",
        )

    # ---- the rest --------------------------------------------------------------------------------------------

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self._reader, self._http, self._settings)

    async def aclose(self) -> None:
        await self._http.aclose()


def _with_id(items: Sequence[object], identity: str) -> dict[str, Any] | None:
    for item in items:
        if isinstance(item, dict) and any(wire.id == identity for wire in rows([item], PhoneWire)):
            return item
    return None
