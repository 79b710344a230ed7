"""The hosted PBX "extension" API (seed 003) as a source: what can be polled, refreshed, checked and done.

Live lists are asked per queue (status, members, agents) and per account or phone (calls, registration). Lists that the
config leaves out are discovered. Bases and extras: vendors.md §3.2, §3.3.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ActionError, BadAnswer, Missing, NotPermitted
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row, in_address
from wallboard.domain.states import MemberState
from wallboard.domain.update import LISTS, Update
from wallboard.domain.words import spelling
from wallboard.vendors.base import (
    Can,
    CheckLine,
    Feed,
    Receipt,
    Report,
    Secret,
    Services,
    SourceSettings,
    Ticket,
    Verification,
)
from wallboard.vendors.http.client import Answer, route
from wallboard.vendors.kit.adapter import Made, WebAdapter
from wallboard.vendors.kit.lists import lost, together
from wallboard.vendors.kit.rows import Starts, aside, snapshot
from wallboard.vendors.kit.wire import identity, one
from wallboard.vendors.ringme.actions import LACKS, TO_MY_PHONE, Actions, call_route, valet_route
from wallboard.vendors.ringme.checks import check_source
from wallboard.vendors.ringme.directory import CONFERENCE, Directory
from wallboard.vendors.ringme.hooks import Hooks
from wallboard.vendors.ringme.mapping import (
    Context,
    agent_row,
    call_row,
    member_row,
    phone_row,
    queue_row,
    registrations,
)
from wallboard.vendors.ringme.memo import Memo
from wallboard.vendors.ringme.names import same_phone, suffix
from wallboard.vendors.ringme.own import Own, slot_answer
from wallboard.vendors.ringme.reports import Reports
from wallboard.vendors.ringme.states import Words
from wallboard.vendors.ringme.verification import DOCUMENTED, Sight, table, verification
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
RECONCILE = 60.0
"""Seconds between two lists of calls while each of them is announced."""
DISCOVERY = 600.0
DISCOVERY_AT_FIRST = 5.0
DETAILS = 3600.0
"""Seconds between two readings of queue settings, tiers and single extension names."""
REGISTRATIONS_AT_ONCE = 50
"""Extension ids in one request, so that the address stays short."""
OFFSET_MATTERS = 2.0
"""Seconds of clock difference below which the vendor's `Date`, given in whole seconds, says nothing."""
OF_QUEUE: dict[Resource, str] = {
    Resource.MEMBERS: "/extension/{extension_id}/queue/status/members/",
    Resource.QUEUES: "/extension/{extension_id}/queue/status/",
    Resource.AGENTS: "/extension/{extension_id}/queue/status/agents/",
}
"""The live lists of a queue."""
HANDSET = mark("handset keys 1–3 may open your microphone")
"""FreeSWITCH's eavesdrop takes the keys of my handset as commands."""

Fetch = Callable[[Ticket], Awaitable[Sequence[Update]]]


class RingmeAdapter(WebAdapter):
    """One `[[source]]` with `vendor = "ringme"`."""

    vendor = "ringme"
    verbs = tuple(DOCUMENTED)
    lacks = LACKS
    lacking = mark("this vendor has no such action")
    on_my_phone = (*TO_MY_PHONE, Verb.CALL, Verb.FETCH)
    caution = HANDSET
    rests_on = (Resource.QUEUES, Resource.AGENTS)

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        super().__init__(settings, services)
        self._words = Words.of(settings.words)
        self._directory = Directory(settings, self._http, self._again.learnt)
        self._own = Own(settings.name, settings.operator)
        self._actions = Actions(settings, self._http, self.clock, self._directory, self._own)
        self._reports = Reports(settings, self._http, self.clock, self._directory, self._zone)
        self._legs: dict[str, tuple[Call, ...]] = {}
        self._memos: dict[str, Memo[Call]] = {}
        self._starts = Starts()
        self._hooks = Hooks(settings.name, self._http, self._directory, self.clock)
        self._staff: dict[str, frozenset[str]] = {}
        """The names of the telephones that each queue rings, as its list of agents has them."""
        self._rung: dict[str, tuple[str, ...]] = {}
        """The queues by which a telephone is rung, as far as somebody asked."""

    def detail(self) -> str:
        said = tr("hosted PBX")
        for lost_of in self._directory.lost.values():
            said = tr("{detail}; {lost}", detail=said, lost=lost_of)
        return together(said, self._hooks.said())

    def feeds(self) -> Sequence[Feed]:
        directory = self._directory
        listed = (self.settings.queues is None) + 3 * (self.settings.phones is None)
        every = DISCOVERY if directory.complete else DISCOVERY_AT_FIRST
        feeds = [Feed(Resource.QUEUES, "discovery", self._discover, every, listed, timeout=30.0)]
        if directory.queues or directory.phones:
            every, cost = DETAILS if directory.described else DISCOVERY_AT_FIRST, 1 + 3 * len(directory.queues)
            feeds.append(Feed(Resource.AGENTS, "discovery", self._describe, every, cost, 30.0, False, every, 3))
        for queue_id in directory.queues:
            for resource in OF_QUEUE:
                feeds.append(self._feed(resource, queue_id, partial(self._of_queue, resource, queue_id)))
        for scope in directory.phones if directory.client_calls is False else ("",):
            feed = self._feed(Resource.CALLS, scope, partial(self._calls, scope))
            feeds.append(replace(feed, reconcile=RECONCILE) if self._hooks.trusted else feed)
        if self._hooks.begun:
            every, cost = self._hooks.every, self._hooks.cost
            keep = Feed(Resource.CALLS, "discovery", self._keep_hooks, every, cost, timeout=30.0, hidden_interval=every)
            feeds.append(keep)
        if directory.phones or directory.rooms:
            chunks = -(-len(directory.phones) // REGISTRATIONS_AT_ONCE)
            feeds.append(self._feed(Resource.PHONES, "", self._registration, cost=chunks))
        if not self.settings.read_only:
            feeds.append(self._feed(Resource.PARKED, "", self._parked, cost=0))
        return feeds

    def _feed(self, resource: Resource, scope: str, fetch: Fetch, cost: int = 1) -> Feed:
        return self.feed(resource, fetch, INTERVALS[resource], scope=scope, cost=cost)

    async def _discover(self, ticket: Ticket) -> Sequence[Update]:
        try:
            await self._directory.discover()
        finally:
            self._forget()
        return ()

    async def _describe(self, ticket: Ticket) -> Sequence[Update]:
        await self._directory.describe()
        self._forget()
        return ()

    async def _keep_hooks(self, ticket: Ticket) -> Sequence[Update]:
        await self._hooks.keep()
        return ()

    def announce_to(self, address: Secret) -> None:
        self._hooks.begin(address)

    async def unannounce(self) -> None:
        await self._hooks.end()

    def announced(self, place: str, fields: Mapping[str, str]) -> Collection[tuple[Resource, str]]:
        if not self._hooks.news(place, fields):
            return ()
        if place in self._directory.queues:
            return [(Resource.MEMBERS, place)]
        calls = (Resource.CALLS, self._directory.calls_scope(place))
        # Who dials out is rung by no queue.
        queues = () if spelling(fields.get("CallFlow", "")) == "out" else self._queues_of(place)
        return [calls, *product((Resource.MEMBERS, Resource.AGENTS), queues)]

    def _queues_of(self, phone_id: str) -> tuple[str, ...]:
        """The queues that ring a telephone; of one without a name, all."""
        if phone_id not in self._rung:
            name = self._directory.phone_name(phone_id)
            rung = (q for q, names in self._staff.items() if any(same_phone(name, each) for each in names))
            self._rung[phone_id] = tuple(rung if name else self._staff)
        return self._rung[phone_id]

    def _forget(self) -> None:
        """Drop what is kept of the lists of queues and phones that are no more."""
        scopes = {"", *self._directory.queues, *self._directory.phones}
        self._again.keep(scopes)
        self._legs = {scope: legs for scope, legs in self._legs.items() if scope in scopes}
        self._memos = {scope: memo for scope, memo in self._memos.items() if scope in scopes}
        self._starts.keep(set(product((Resource.MEMBERS, Resource.AGENTS), scopes)))
        self._staff = {queue_id: names for queue_id, names in self._staff.items() if queue_id in scopes}
        self._rung.clear()

    async def _of_queue(self, resource: Resource, queue_id: str, ticket: Ticket) -> Sequence[Update]:
        answer = await self._read(resource, queue_id)
        make: dict[Resource, Callable[[str, Answer], Awaitable[Made]]] = {
            Resource.QUEUES: self._queue_rows,
            Resource.MEMBERS: self._member_rows,
            Resource.AGENTS: self._agent_rows,
        }
        rows = partial(make[resource], queue_id, answer)
        return [await self._kept(ticket, resource, queue_id, answer.started_at, rows)]

    async def _read(self, resource: Resource, queue_id: str) -> Answer:
        return await self._http.get(route(OF_QUEUE[resource], extension_id=queue_id))

    async def _queue_rows(self, queue_id: str, answer: Answer) -> tuple[list[Queue], str]:
        status, known = one(answer.data, QueueStatus, tr("queue status")), self._directory
        info, settings = known.queues.get(queue_id), known.settings.get(queue_id)
        return [queue_row(self._context(answer), queue_id, status, info, settings)], ""

    async def _member_rows(self, queue_id: str, answer: Answer) -> tuple[list[Member], str]:
        context, name = self._context(answer), self._directory.queue_name(queue_id)
        what = tr("queue members")
        raw = rows_of(MemberStatus, answer.data, what)

        def build() -> tuple[dict[Key, Member], str]:
            wires = many(MemberStatus, raw, what)
            rows = [row for wire in wires if (row := member_row(context, queue_id, name, wire))]
            # A caller who has hung up may stand there without an id; nobody misses that row.
            gone = sum(not w.call_api_id and context.words.member(w.state) is MemberState.ABANDONED for w in wires)
            return {row.key: row for row in rows}, lost(len(raw) - gone, len(rows), what)

        rows, why = await aside(len(raw), build)
        starts = self._starts.held((Resource.MEMBERS, queue_id), {key: row.joined_at for key, row in rows.items()})
        return [replace(row, joined_at=starts.get(key)) for key, row in rows.items()], why

    async def _agent_rows(self, queue_id: str, answer: Answer) -> tuple[list[Agent], str]:
        context, name = self._context(answer), self._directory.queue_name(queue_id)
        what = tr("queue agents")
        raw = rows_of(AgentStatus, answer.data, what)

        def row_of(wire: AgentStatus) -> Agent | None:
            place = self._directory.place(queue_id, wire.name_fs)
            return agent_row(context, queue_id, name, wire, place, self.settings.wrap_up)

        def build() -> tuple[dict[Key, Agent], str]:
            rows = [row for wire in many(AgentStatus, raw, what) if (row := row_of(wire))]
            return {row.key: row for row in rows}, lost(len(raw), len(rows), what)

        rows, why = await aside(len(raw), build)
        staff = frozenset(in_address(row.address, "extension_name") or "" for row in rows.values())
        if self._staff.get(queue_id) != staff:
            self._staff[queue_id] = staff
            self._rung.clear()
        starts = self._starts.held((Resource.AGENTS, queue_id), {key: row.since for key, row in rows.items()})
        return [replace(row, since=starts.get(key)) for key, row in rows.items()], why

    async def _calls(self, scope: str, ticket: Ticket) -> Sequence[Update]:
        """Those of a telephone, or with "" of the whole account."""
        answer = await self._http.get(self._directory.calls_route(scope))
        rows = partial(self._call_rows, scope, answer)
        update = await self._kept(ticket, Resource.CALLS, scope, answer.started_at, rows)
        calls = [row for row in update.rows if isinstance(row, Call)]
        if self._hooks.begun:
            self._hooks.calls.listed(scope, calls, self.clock.now())
        self._legs[scope] = tuple(row for row in calls if row.mine)
        self._actions.my_legs = tuple(leg for legs in self._legs.values() for leg in legs)
        return (update,)

    async def _call_rows(self, scope: str, answer: Answer) -> tuple[list[Call], str]:
        context = self._context_of_calls(answer)
        memo = self._memos.setdefault(scope, Memo("call_api_id"))
        what = tr("current calls")
        raw = rows_of(CurrentCall, answer.data, what)

        def build(item: dict[str, Any]) -> Call | None:
            return call_row(context, CurrentCall.model_validate(item), scope)

        # A few tenths of a second of clock difference come and go; they must not move the starts of calls.
        circumstances = (context.phones, round(context.offset))
        found, missed = await aside(len(raw), lambda: memo.rows(raw, circumstances, build))
        why = lost(len(raw), len(raw) - missed, what)
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
            known |= registrations(many(Registration, read.data, tr("registration")))
        source, directory = self.settings.name, self._directory
        rows = [phone_row(source, each, info, known.get(each)) for each, info in directory.phones.items()]
        rows += [phone_row(source, each, info, use=CONFERENCE) for each, info in directory.rooms.items()]
        as_of = self.clock.now() if answer is None else answer.started_at
        return [snapshot(source, Resource.PHONES, "", ticket, as_of, rows)]

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
            words=self._words,
        )

    def _context_of_calls(self, answer: Answer) -> Context:
        """With the names of all telephones, for which nothing but a call asks."""
        return replace(self._context(answer), phones=self._directory.phone_names)

    def told(self, update: Update) -> Update:
        if update.resource is Resource.PARKED and update.kind in LISTS:
            parked = {row.key: row for row in (*update.rows, *self._own.parked(self.clock.now()))}
            return replace(update, rows=tuple(parked.values()))
        calls = [row for row in update.rows if isinstance(row, Call)]
        if update.resource is not Resource.CALLS or update.kind not in LISTS:
            return update
        marked = self._own.overlay(calls, update.scope, self.clock.now())
        self._legs[update.scope] = tuple(row for row in marked if row.mine)
        self._actions.my_legs = tuple(leg for legs in self._legs.values() for leg in legs)
        return replace(update, rows=tuple(marked))

    async def refresh(self, row: Row) -> Row | None:
        match row:
            case Call():
                return await self._refresh_call(row)
            case Member():
                members, _ = await self._member_rows(row.queue_id, await self._read(Resource.MEMBERS, row.queue_id))
                return next((member for member in members if member.key == row.key), None)
            case Agent() if row.memberships:
                queue_id = row.memberships[0].queue_id
                agents, _ = await self._agent_rows(queue_id, await self._read(Resource.AGENTS, queue_id))
                found = next((agent for agent in agents if agent.key == row.key), None)
                return None if found is None else replace(found, memberships=row.memberships)
            case Queue():
                queues, _ = await self._queue_rows(row.key.id, await self._read(Resource.QUEUES, row.key.id))
                return queues[0]
            case ParkedCall():
                return await self._refresh_parked(row)
            case _:
                raise NotPermitted(tr("this vendor has no reading of that row alone"))

    async def _refresh_call(self, row: Call) -> Call | None:
        extension_id = in_address(row.address, "extension_id") or ""
        try:
            answer = await self._http.get(call_route(extension_id, row.key.id))
        except Missing:
            return None
        found = call_row(self._context_of_calls(answer), one(answer.data, CurrentCall, tr("call")), extension_id)
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
        if row not in self._own.parked(now) and not self._standby.lent:
            return None
        extension_id, slot = in_address(row.address, "extension_id") or "", identity(row.slot)
        if not slot.isdigit() or self.settings.read_only:
            return row
        try:
            where, asked = valet_route(extension_id, row.key.id), {"action": "slots", "slot": int(slot)}
            answer = await self._http.act("PUT", where, json=asked)
        except ActionError as error:
            raise BadAnswer(tr("the slot cannot be asked for: {why}", why=str(error))) from None
        if slot_answer(answer.data, suffix(row.key.id) or row.key.id) is False:
            self._own.drop(row.key.id)
            return None
        return row

    def _can(self, verb: Verb, row: Row | None) -> Can:
        self._actions.lent = self._standby.lent
        return self._actions.can(verb, row)

    def can_dial(self, destination: Destination) -> Can:
        return self._actions.can_dial(destination)

    def reports(self, row: Row) -> Sequence[Report]:
        return self._reports.of(row)

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return self._actions.forms(verb) if row is not None and self.can(verb, row) else ()

    def verification(self, command: Command, row: Row | None) -> Verification:
        directory = self._directory
        mine = directory.sees_phone(self.settings.phone)
        sight = Sight(mine, directory.calls_scope, directory.hides, directory.queue_id, self._words)
        return verification(sight, command, row)

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        return await self._actions.perform(command, row)

    def table(self) -> Sequence[Verification]:
        return table()

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self.settings, self._http, self._directory)
