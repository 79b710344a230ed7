"""A GroupAlarm organisation as a source: hotlines every 15 s, telephones and call logs every minute.

Hotline rows are put together from three lists. The telephones are a feed of their own and the call logs are read with
the discovery, so that a slow or forbidden one never makes the hotlines look old; each reading of the hotlines shows
what the others have brought until then. Discovery reads all three once, for those who look only once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import Missing, NotPermitted, NotSent, ReadError, TargetGone
from wallboard.domain.forms import Form
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.language import english, mark, tr
from wallboard.domain.models import Hotline, Phone, Row, in_address
from wallboard.domain.update import Update
from wallboard.vendors.base import (
    YES,
    Can,
    CheckLine,
    Feed,
    Receipt,
    Report,
    Services,
    SourceSettings,
    Ticket,
    Verification,
)
from wallboard.vendors.groupalarm import actions, mapping
from wallboard.vendors.groupalarm.checks import check_source
from wallboard.vendors.groupalarm.reading import PAGE, Reader, newest_cover
from wallboard.vendors.groupalarm.reports import LOG_PAGES, reports
from wallboard.vendors.groupalarm.wire import HotlineWire, LogWire, PhoneWire
from wallboard.vendors.http.client import route
from wallboard.vendors.kit.acts import Request, act, fresh, receipt, request
from wallboard.vendors.kit.adapter import Made, WebAdapter
from wallboard.vendors.kit.lists import lost, rows
from wallboard.vendors.kit.rows import snapshot
from wallboard.vendors.kit.wire import instant

log = logging.getLogger(__name__)

EVERY = 15.0
SLOWLY = 60.0
JUST_READ = 10.0
"""Seconds for which what discovery read of the telephones need not be read again."""


class GroupalarmAdapter(WebAdapter):
    """See `vendors.base.Adapter`."""

    vendor = "groupalarm"
    verbs = actions.VERBS
    lacking = mark("GroupAlarm has no call control")
    no_calls = mark("GroupAlarm places no calls")

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        super().__init__(settings, services)
        self._reader = Reader(self._http, settings.organization)
        self._known = mapping.Known(settings.name, self._zone, settings.people, mapping.Words.of(settings.words))
        self._wires: tuple[HotlineWire, ...] = ()
        self._discovered = False
        self._first_phones: tuple[list[Phone], float, str] | None = None
        self._missed: set[str] = set()

    def detail(self) -> str:
        organization = self.settings.organization
        return tr("organization {id}", id=organization) if organization is not None else ""

    def feeds(self) -> Sequence[Feed]:
        every = self.settings.every
        interval, slowly = every.get("hotlines", EVERY), every.get("phones", SLOWLY)
        users, lists = len(self._users()), len(self._wires)
        resource, discover, read = Resource.HOTLINES, self._discover, self._read_phones
        feeds = [
            Feed(resource, "discovery", discover, SLOWLY, 1 + lists, 60.0, hidden_interval=SLOWLY, priority=3),
            Feed(resource, "", self._read_hotlines, interval, cost=1 + lists // PAGE),
        ]
        if self._discovered:
            cost, timeout = max(1, users), min(60.0, 8.0 + 2.0 * users)
            feeds.append(Feed(Resource.PHONES, "", read, slowly, cost, timeout, hidden_interval=slowly, priority=2))
        return feeds

    def _users(self) -> list[str]:
        return list(dict.fromkeys(user for wire in self._wires for user in wire.agents))

    async def _discover(self, ticket: Ticket) -> Sequence[Update]:
        """Which hotlines there are, what their call logs say and, the first time, who has which telephones."""
        self._wires = tuple((await self._reader.hotlines())[0])
        if not self._discovered:
            try:
                self._first_phones = await self._all_phones()
            except ReadError as error:
                # Its own feed will say so.
                log.debug("%s: telephones: %s", self.settings.name, english(str(error)))
        self._discovered = True
        await self._read_logs()
        return ()

    async def _read_hotlines(self, ticket: Ticket) -> Sequence[Update]:
        wires, pages = await self._reader.hotlines()
        self._known.ahead = self._http.clock_offset or 0.0
        self._wires = tuple(wires)
        for identity in self._known.since.keys() - {wire.id for wire in wires}:
            del self._known.since[identity]

        async def make() -> Made:
            return [mapping.hotline(wire, self._known, pages.started_at) for wire in wires], pages.approximate

        return (await self._kept(ticket, Resource.HOTLINES, "", pages.started_at, make),)

    async def _read_phones(self, ticket: Ticket) -> Sequence[Update]:
        first, self._first_phones = self._first_phones, None
        if first is None or first[1] < self.clock.now() - JUST_READ:
            first = await self._all_phones()
        found, started, why = first
        return (snapshot(self.settings.name, Resource.PHONES, "", ticket, started, found, why),)

    async def _all_phones(self) -> tuple[list[Phone], float, str]:
        """One request a user. A user who forbids it is no fault: those telephones stay unknown."""
        started, users = self.clock.now(), self._users()
        read: dict[str, tuple[list[PhoneWire], Sequence[object]]] = {}
        refusals: list[ReadError] = []
        for user in users:
            try:
                read[user] = await self._reader.phones(user)
            except (NotPermitted, Missing) as error:
                refusals.append(error)
        # With one telephone that cannot be read, how many are on duty is not known.
        whole = {user: wires for user, (wires, items) in read.items() if len(wires) == len(items)}
        self._known.phones = {
            user: tuple(map(mapping.duty_phone, whole[user])) if user in whole else None for user in users
        }
        self._again.learnt()
        if refusals and not read:
            raise refusals[0]
        found = [mapping.phone(wire, user, self._known) for user, (wires, _) in read.items() for wire in wires]
        return found, started, lost(sum(len(items) for _, items in read.values()), len(found), tr("telephones"))

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
            self._known.logs[identity] = mapping.call_log(logs, whole, self.clock.now(), self._known)
        for identity in self._known.logs.keys() - set(ids):
            del self._known.logs[identity]
        self._missed &= set(ids)
        self._again.learnt()
        if ids and len(failures) == len(ids):
            raise failures[0]

    def _a_day(self, logs: Sequence[LogWire]) -> bool:
        """Whether the logs reach back further than a day."""
        starts = [instant(log.start, self._known.zone, self._known.ahead) for log in logs]
        dated = [start for start in starts if start is not None]
        return bool(dated) and min(dated) < self.clock.now() - mapping.DAY

    async def refresh(self, row: Row) -> Row | None:
        try:
            if isinstance(row, Hotline):
                wire = HotlineWire.model_validate(await self._reader.hotline(row.key.id))
                return mapping.hotline(wire, self._known, self.clock.now()) if wire.id == row.key.id else None
            if isinstance(row, Phone) and (user := in_address(row.address, "user")):
                wires, _ = await self._reader.phones(user)
                return next((mapping.phone(wire, user, self._known) for wire in wires if wire.id == row.key.id), None)
        except Missing:
            return None
        raise NotPermitted(tr("GroupAlarm has no such row"))

    def _can(self, verb: Verb, row: Row | None) -> Can:
        if row is None:
            return YES
        if isinstance(row, Hotline):
            return YES if verb in actions.HOTLINE_VERBS else Can(False, tr("duty is a matter of its telephones"))
        if isinstance(row, Phone):
            return YES if verb in actions.PHONE_VERBS else Can(False, tr("not for a telephone"))
        return Can(False, tr("not for this row"))

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

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        kind = command.target.key.kind
        put = {Kind.HOTLINE: self._put_hotline, Kind.PHONE: self._put_phone}.get(kind)
        if put is None:
            raise NotSent(tr("nothing sent: not for this row"))
        async with self._writing.alone(command.target.key):
            asked = await put(command)
            answer = await act(self._http, asked)
        said = answer.data if isinstance(answer.data, dict) else {}
        status = said.get("status")
        detail = tr("status {status}", status=status) if isinstance(status, str) else ""
        return receipt(asked, answer, command.target.key.id, detail=detail)

    async def _put_hotline(self, command: Command) -> Request:
        identity = command.target.key.id
        body = actions.hotline_body(await fresh(self._reader.hotline(identity)), command)
        what = "ttsInbound, ttsOutbound" if command.verb is Verb.ANNOUNCE else _active(body)
        return request("PUT", route("/hotlines/{id}", id=identity), body, what)

    async def _put_phone(self, command: Command) -> Request:
        identity = command.target.key.id
        user = in_address(command.target.address, "user") or self._owner(identity)
        if not user:
            raise NotSent(tr("nothing sent: whose telephone it is has not been read yet"))
        _, items = await fresh(self._reader.phones(user))
        as_it_is = next((item for item in items if any(wire.id == identity for wire in rows([item], PhoneWire))), None)
        if not isinstance(as_it_is, dict):
            raise TargetGone(tr("nothing sent: the user has no such telephone any more"))
        body = actions.phone_body(as_it_is, command)
        asked = request("PUT", route("/agents/{id}", id=identity), body, _active(body))
        return replace(asked, params=self._reader.organization)

    def _owner(self, phone: str) -> str:
        for user, phones in self._known.phones.items():
            if any(each.id == phone for each in phones or ()):
                return user
        return ""

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self._reader, self._http, self.settings)


def _active(body: dict[str, Any]) -> str:
    return f"isActive={'true' if body['isActive'] else 'false'}"
