"""The hosted PBX "extension" API (seed 003) as a source: what can be polled, refreshed, checked and done.

Live lists are asked per queue (status, members, agents) and per account or phone (calls, registration). Lists that the
config leaves out are discovered. Bases and extras: vendors.md §3.2, §3.3.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ActionError, BadAnswer, Missing, NotPermitted
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row, in_address
from wallboard.domain.states import MemberState
from wallboard.domain.update import Update
from wallboard.vendors.base import (
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
from wallboard.vendors.http.client import Answer, route
from wallboard.vendors.kit.adapter import Made, WebAdapter
from wallboard.vendors.kit.lists import lost
from wallboard.vendors.kit.rows import Starts, aside, snapshot
from wallboard.vendors.kit.wire import identity, one
from wallboard.vendors.ringme.actions import LACKS, TO_MY_PHONE, Actions
from wallboard.vendors.ringme.checks import check_source
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.mapping import (
    Context,
    agent_row,
    call_row,
    member_row,
    phone_row,
    queue_row,
    registrations,
    room_row,
)
from wallboard.vendors.ringme.memo import Memo
from wallboard.vendors.ringme.own import Own, slot_answer
from wallboard.vendors.ringme.people import People
from wallboard.vendors.ringme.reports import Reports
from wallboard.vendors.ringme.scalars import suffix
from wallboard.vendors.ringme.sight import sight
from wallboard.vendors.ringme.states import Words
from wallboard.vendors.ringme.verification import DOCUMENTED, table, verification
from wallboard.vendors.ringme.wire import (
    AgentStatus,
    CurrentCall,
    MemberStatus,
    QueueStatus,
    Registration,
    many,
    rows_of,
)

INTERVALS: dict[Resource, float] = {
    Resource.QUEUES: 5.0,
    Resource.MEMBERS: 5.0,
    Resource.AGENTS: 5.0,
    Resource.CALLS: 2.0,
    Resource.PHONES: 30.0,
    Resource.PARKED: 5.0,
}
DISCOVERY = 600.0
DISCOVERY_AT_FIRST = 5.0
REGISTRATIONS_AT_ONCE = 50
"""Extension ids in one request, so that the address stays short."""
OFFSET_MATTERS = 2.0
"""Seconds of clock difference below which the vendor's `Date`, given in whole seconds, says nothing."""
HANDSET = "handset keys 1–3 may open your microphone"
"""FreeSWITCH's eavesdrop takes the keys of my handset as commands."""

Fetch = Callable[[Ticket], Awaitable[Sequence[Update]]]


class RingmeAdapter(WebAdapter):
    """One `[[source]]` with `vendor = "ringme"`."""

    vendor = "ringme"
    verbs = tuple(DOCUMENTED)
    lacks = LACKS
    lacking = "this vendor has no such action"
    on_my_phone = (*TO_MY_PHONE, Verb.CALL, Verb.FETCH)
    caution = HANDSET

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        super().__init__(settings, services)
        self._words = Words.of(settings.words)
        self._directory = Directory(settings, self._http, self._again.learnt)
        self._own = Own(settings.name, settings.operator)
        people = People(settings, self._http, self._directory)
        self._actions = Actions(settings, self._http, self.clock, self._directory, self._own, people)
        self._reports = Reports(settings, self._http, self.clock, self._directory, people, self._zone)
        self._legs: dict[str, tuple[Call, ...]] = {}
        self._memos: dict[str, Memo[Call]] = {}
        self._starts = Starts()

    def detail(self) -> str:
        return "; ".join(["hosted PBX", *self._directory.lost.values()])

    # ---- feeds -------------------------------------------------------------------------------------------------

    def feeds(self) -> Sequence[Feed]:
        directory = self._directory
        listed = (self.settings.queues is None) + 3 * (self.settings.phones is None)
        feeds = [
            Feed(
                Resource.QUEUES,
                "discovery",
                self._discover,
                DISCOVERY if directory.complete else DISCOVERY_AT_FIRST,
                cost=max(1, listed + len(directory.queues) // 2),
                timeout=30.0,
            )
        ]
        for queue_id in directory.queues:
            feeds.append(self._feed(Resource.MEMBERS, queue_id, partial(self._members, queue_id)))
            feeds.append(self._feed(Resource.QUEUES, queue_id, partial(self._queue, queue_id)))
            feeds.append(self._feed(Resource.AGENTS, queue_id, partial(self._agents, queue_id)))
        if directory.client_calls is False:
            for phone_id in directory.phones:
                feeds.append(self._feed(Resource.CALLS, phone_id, partial(self._phone_calls, phone_id)))
        else:
            feeds.append(self._feed(Resource.CALLS, "", self._client_calls))
        if directory.phones or directory.rooms:
            chunks = -(-len(directory.phones) // REGISTRATIONS_AT_ONCE)
            feeds.append(self._feed(Resource.PHONES, "", self._registration, cost=chunks))
        if not self.settings.read_only:
            feeds.append(self._feed(Resource.PARKED, "", self._parked, cost=0))
        return feeds

    def _feed(self, resource: Resource, scope: str, fetch: Fetch, cost: int = 1) -> Feed:
        interval = self.settings.every.get(resource.value, INTERVALS[resource])
        return Feed(
            resource,
            scope,
            fetch,
            interval,
            cost=cost,
            timeout=self.settings.timeout or 8.0,
        )

    async def _discover(self, ticket: Ticket) -> Sequence[Update]:
        try:
            await self._directory.discover(self.clock.now())
        finally:
            self._forget()
        return ()

    def _forget(self) -> None:
        """Drop what is kept of the lists of queues and phones that are no more."""
        scopes = {"", *self._directory.queues, *self._directory.phones}
        self._again.keep(scopes)
        self._legs = {scope: legs for scope, legs in self._legs.items() if scope in scopes}
        self._memos = {scope: memo for scope, memo in self._memos.items() if scope in scopes}
        self._starts.keep(set(product((Resource.MEMBERS, Resource.AGENTS), scopes)))

    async def _queue(self, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        answer = await self._http.get(route("/extension/{extension_id}/queue/status/", extension_id=queue_id))

        async def row() -> Made:
            return [self._queue_row(queue_id, answer)], ""

        return [await self._kept(ticket, Resource.QUEUES, queue_id, answer.started_at, row)]

    def _queue_row(self, queue_id: str, answer: Answer) -> Queue:
        status = one(answer.data, QueueStatus, "queue status")
        directory = self._directory
        return queue_row(
            self._context(answer),
            queue_id,
            status,
            directory.queues.get(queue_id),
            directory.settings.get(queue_id),
        )

    async def _members(self, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        answer = await self._read_members(queue_id)
        rows = partial(self._member_rows, queue_id, answer)
        return [await self._kept(ticket, Resource.MEMBERS, queue_id, answer.started_at, rows)]

    async def _read_members(self, queue_id: str) -> Answer:
        return await self._http.get(route("/extension/{extension_id}/queue/status/members/", extension_id=queue_id))

    async def _member_rows(self, queue_id: str, answer: Answer) -> tuple[list[Member], str]:
        context, name = self._context(answer), self._directory.queue_name(queue_id)
        raw = rows_of(MemberStatus, answer.data, "queue members")

        def build() -> tuple[dict[Key, Member], str]:
            rows: dict[Key, Member] = {}
            kept = gone = 0
            for wire in many(MemberStatus, raw, "queue members"):
                row = member_row(context, queue_id, name, wire)
                if row is not None:
                    kept += 1
                    rows[row.key] = row
                elif context.words.member(wire.state) is MemberState.ABANDONED:
                    # A caller who has hung up may stand there without an id; nobody misses that row.
                    gone += 1
            return rows, lost(len(raw) - gone, kept, "queue members")

        rows, why = await aside(len(raw), build)
        starts = self._starts.held((Resource.MEMBERS, queue_id), {key: row.joined_at for key, row in rows.items()})
        return [replace(row, joined_at=starts.get(key)) for key, row in rows.items()], why

    async def _agents(self, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        answer = await self._read_agents(queue_id)
        rows = partial(self._agent_rows, queue_id, answer)
        return [await self._kept(ticket, Resource.AGENTS, queue_id, answer.started_at, rows)]

    async def _read_agents(self, queue_id: str) -> Answer:
        return await self._http.get(route("/extension/{extension_id}/queue/status/agents/", extension_id=queue_id))

    async def _agent_rows(self, queue_id: str, answer: Answer) -> tuple[list[Agent], str]:
        context, name = self._context(answer), self._directory.queue_name(queue_id)
        raw = rows_of(AgentStatus, answer.data, "queue agents")

        def build() -> tuple[dict[Key, Agent], str]:
            rows: dict[Key, Agent] = {}
            kept = 0
            for wire in many(AgentStatus, raw, "queue agents"):
                place = self._directory.place(queue_id, wire.name_fs)
                row = agent_row(context, queue_id, name, wire, place, self.settings.wrap_up)
                if row is not None:
                    kept += 1
                    rows[row.key] = row
            return rows, lost(len(raw), kept, "queue agents")

        rows, why = await aside(len(raw), build)
        starts = self._starts.held((Resource.AGENTS, queue_id), {key: row.since for key, row in rows.items()})
        return [replace(row, since=starts.get(key)) for key, row in rows.items()], why

    async def _client_calls(self, ticket: Ticket) -> Sequence[Update]:
        answer = await self._http.get(route("/client/{client}/current_calls/", client=self._directory.client))
        return [await self._calls(ticket, "", answer)]

    async def _phone_calls(self, phone_id: str, ticket: Ticket) -> Sequence[Update]:
        answer = await self._http.get(route("/extension/{extension_id}/current_calls/", extension_id=phone_id))
        return [await self._calls(ticket, phone_id, answer)]

    async def _calls(self, ticket: Ticket, scope: str, answer: Answer) -> Update:
        update = await self._kept(
            ticket, Resource.CALLS, scope, answer.started_at, partial(self._call_rows, scope, answer)
        )
        self._legs[scope] = tuple(row for row in update.rows if isinstance(row, Call) and row.mine)
        self._actions.my_legs = tuple(leg for legs in self._legs.values() for leg in legs)
        return update

    async def _call_rows(self, scope: str, answer: Answer) -> tuple[list[Call], str]:
        context = self._context(answer)
        memo = self._memos.setdefault(scope, Memo("call_api_id"))
        raw = rows_of(CurrentCall, answer.data, "current calls")

        def build(items: list[dict[str, Any]]) -> list[Call | None]:
            return [call_row(context, CurrentCall.model_validate(item), scope) for item in items]

        # A few tenths of a second of clock difference come and go; they must not move the starts of calls.
        circumstances = (context.phones, round(context.offset))
        found, missed = await aside(len(raw), lambda: memo.rows(raw, circumstances, build))
        why = lost(len(raw), len(raw) - missed, "current calls")
        rows = {row.key: row for row in found}
        return self._own.overlay(list(rows.values()), scope, self.clock.now()), why

    async def _registration(self, ticket: Ticket) -> Sequence[Update]:
        ids = list(self._directory.phones)
        known: dict[str, bool | None] = {}
        answer: Answer | None = None
        for start in range(0, len(ids), REGISTRATIONS_AT_ONCE):
            chunk = ids[start : start + REGISTRATIONS_AT_ONCE]
            read = await self._http.get("/extension/registration/", params={"extension_id": chunk})
            answer = answer or read
            known |= registrations(many(Registration, read.data, "registration"))
        rows = [
            phone_row(
                self.settings.name,
                phone_id,
                self._directory.phone_name(phone_id),
                "" if info is None else info.label,
                known.get(phone_id),
            )
            for phone_id, info in self._directory.phones.items()
        ]
        rows += [room_row(self.settings.name, room_id, info) for room_id, info in self._directory.rooms.items()]
        as_of = self.clock.now() if answer is None else answer.started_at
        return [snapshot(self.settings.name, Resource.PHONES, "", ticket, as_of, rows)]

    async def _parked(self, ticket: Ticket) -> Sequence[Update]:
        """Known here, not asked for: the API has no list of parked calls."""
        now = self.clock.now()
        return [snapshot(self.settings.name, Resource.PARKED, "", ticket, now, self._own.parked(now))]

    def _context(self, answer: Answer) -> Context:
        offset = self._http.clock_offset
        return Context(
            source=self.settings.name,
            as_of=answer.started_at,
            zone=self._zone,
            offset=offset if offset is not None and abs(offset) > OFFSET_MATTERS else 0.0,
            phone=self.settings.phone,
            phones=self._directory.phone_names,
            words=self._words,
        )

    # ---- one row again -----------------------------------------------------------------------------------------

    async def refresh(self, row: Row) -> Row | None:
        match row:
            case Call():
                return await self._refresh_call(row)
            case Member():
                members, _ = await self._member_rows(row.queue_id, await self._read_members(row.queue_id))
                return next((member for member in members if member.key == row.key), None)
            case Agent() if row.memberships:
                queue_id = row.memberships[0].queue_id
                agents, _ = await self._agent_rows(queue_id, await self._read_agents(queue_id))
                found = next((agent for agent in agents if agent.key == row.key), None)
                return None if found is None else replace(found, memberships=row.memberships)
            case Queue():
                where = route("/extension/{extension_id}/queue/status/", extension_id=row.key.id)
                return self._queue_row(row.key.id, await self._http.get(where))
            case ParkedCall():
                return await self._refresh_parked(row)
            case _:
                raise NotPermitted("this vendor has no reading of that row alone")

    async def _refresh_call(self, row: Call) -> Call | None:
        extension_id = in_address(row.address, "extension_id") or ""
        where = route("/extension/{extension_id}/current_calls/{id}", extension_id=extension_id, id=row.key.id)
        try:
            answer = await self._http.get(where)
        except Missing:
            return None
        found = call_row(self._context(answer), one(answer.data, CurrentCall, "call"), extension_id)
        if found is None or found.key != row.key:
            return None
        # The object of one call lacks the parties' extensions that the list has.
        found = replace(
            found,
            extension=row.extension,
            direction=row.direction,
            agent_refs=row.agent_refs,
            mine=row.mine,
            whole=found.whole or row.whole,
        )
        return self._own.overlay([found], "-", self.clock.now())[0]

    async def _refresh_parked(self, row: ParkedCall) -> ParkedCall | None:
        """`slots` asks which call sits in a slot: a question in the form of a PUT, so only on demand."""
        now = self.clock.now()
        if row not in self._own.parked(now):
            return None
        extension_id = in_address(row.address, "extension_id") or ""
        slot = identity(row.slot)
        if not slot.isdigit() or self.settings.read_only:
            return row
        where = route("/extension/{extension_id}/valet_park/{id}", extension_id=extension_id, id=row.key.id)
        try:
            answer = await self._http.act("PUT", where, json={"action": "slots", "slot": int(slot)})
        except ActionError as error:
            raise BadAnswer(f"the slot cannot be asked for: {error}") from None
        if slot_answer(answer.data, suffix(row.key.id) or row.key.id) is False:
            self._own.drop(row.key.id)
            return None
        return row

    # ---- acting ------------------------------------------------------------------------------------------------

    def _can(self, verb: Verb, row: Row | None) -> Can:
        return self._actions.can(verb, row)

    def can_dial(self, destination: Destination) -> Can:
        return self._actions.can_dial(destination)

    def reports(self, row: Row) -> Sequence[Report]:
        return self._reports.of(row)

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return self._actions.forms(verb) if row is not None and self.can(verb, row) else ()

    def verification(self, command: Command, row: Row | None) -> Verification:
        return verification(sight(self.settings, self._directory, self._words), command, row)

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        return await self._actions.perform(command, row)

    def table(self) -> Sequence[Verification]:
        return table()

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self.settings, self._http, self._directory)
