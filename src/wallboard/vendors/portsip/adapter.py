"""A PortSIP PBX as a source: queues, callers, agents, calls and receptionists.

Pace. The vendor names no request limit and tells an agent's status one request at a time, so agents are read at no more
than `AGENT_RATE` requests a second over all queues, three at a time; details, telephones and receptionists are slow
lists. While the push interface is alive the lists of callers and agents are only reconciled.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import anyio

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Phone, Receptionist, Row, in_address
from wallboard.domain.states import MemberState
from wallboard.domain.update import LISTS, Update
from wallboard.vendors.base import (
    Can,
    CheckLine,
    Feed,
    LoginAuth,
    Receipt,
    Report,
    Services,
    Sheet,
    Sink,
    SourceSettings,
    Ticket,
    Verification,
    rows_of,
)
from wallboard.vendors.kit.adapter import WebAdapter
from wallboard.vendors.kit.lists import together
from wallboard.vendors.kit.sheets import sheet
from wallboard.vendors.portsip import evidence
from wallboard.vendors.portsip.actions import LACKS, VERBS, Actions
from wallboard.vendors.portsip.checks import check_source
from wallboard.vendors.portsip.lists import DETAILS_AT_ONCE, PHONES_AT_ONCE, Lists
from wallboard.vendors.portsip.login import Login
from wallboard.vendors.portsip.push import Push
from wallboard.vendors.portsip.reading import Reader
from wallboard.vendors.portsip.receptionists import Receptionists
from wallboard.vendors.portsip.scene import Scene
from wallboard.vendors.portsip.states import words

INTERVALS: dict[Resource, float] = {
    Resource.QUEUES: 10.0,
    Resource.MEMBERS: 5.0,
    Resource.AGENTS: 10.0,
    Resource.CALLS: 2.0,
    Resource.PHONES: 60.0,
}
RECONCILE: dict[Resource, float] = {Resource.MEMBERS: 60.0, Resource.AGENTS: 120.0}
"""Seconds between two lists of what is pushed."""
DISCOVERY = 300.0
DISCOVERY_AT_FIRST = 10.0
AGENT_RATE = 2.5

Fetch = Callable[[Ticket], Awaitable[Sequence[Update]]]


class PortsipAdapter(WebAdapter):
    """See `vendors.base.Adapter`."""

    vendor = "portsip"
    verbs = (*VERBS, Verb.CHANGE)
    lacks = LACKS
    lacking = mark("PortSIP has no such action")
    on_my_phone = (Verb.CALL, Verb.PICKUP)
    rests_on = (Resource.QUEUES, Resource.AGENTS)

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        auth = settings.auth
        sign = (lambda post: Login(auth, services.clock, post)) if isinstance(auth, LoginAuth) else None
        super().__init__(settings, services, sign=sign)
        self._scene = Scene(settings.name, settings.phone, words=words(settings.words))
        self._actions = Actions(settings, self._http, services.clock, self._scene)
        reader = Reader(self._http)
        self._lists = Lists(settings, self._http, services.clock, self._scene, self._actions, self._again, reader)
        self._receptionists = Receptionists(self._http, settings, services.clock)
        self._push = Push(settings, services, self._scene)
        self._changing = False
        """Whether a receptionist has been looked at while another console reads them: their rules are ours to read."""

    def detail(self) -> str:
        live = self._push.alive(Resource.MEMBERS) or self._push.alive(Resource.AGENTS)
        return together(tr("pushed") if live else tr("polled"), "" if live else self._push.why, self._push.unread)

    def feeds(self) -> Sequence[Feed]:
        wait = DISCOVERY if self._lists.discovered else DISCOVERY_AT_FIRST
        found, feed = self._lists.discover, self._feed
        feeds = [Feed(Resource.QUEUES, "discovery", found, wait, 1, 60.0, hidden_interval=wait, priority=3)]
        if queues := len(self._scene.queues):
            wait, cost = DISCOVERY if self._lists.described else DISCOVERY_AT_FIRST, 3 * min(DETAILS_AT_ONCE, queues)
            feeds.append(
                Feed(Resource.AGENTS, "discovery", self._lists.describe, wait, cost, 60.0, False, wait, priority=3)
            )
        seldom = sum(len(queues) for queues in self._scene.places.values()) / AGENT_RATE
        for queue_id in self._scene.queues:
            agents, read = len(self._scene.agents_of(queue_id)), partial(self._lists.agents, queue_id)
            feeds += [
                feed(Resource.MEMBERS, queue_id, partial(self._lists.members, queue_id)),
                feed(Resource.AGENTS, queue_id, read, 1 + agents, 10.0 + agents, at_least=seldom, priority=1),
            ]
        users = 1 + len(self._scene.users) // 100
        return [
            *feeds,
            feed(Resource.QUEUES, "", self._lists.queues),
            feed(Resource.CALLS, "", self._lists.calls),
            feed(Resource.PHONES, "", self._lists.phones, users + PHONES_AT_ONCE, 30.0, priority=2, hidden=300.0),
            *self._receptionists.feeds(),
        ]

    def _feed(
        self,
        resource: Resource,
        scope: str,
        fetch: Fetch,
        cost: int = 1,
        timeout: float = 8.0,
        *,
        at_least: float = 0.0,
        priority: int = 0,
        hidden: float | None = None,
    ) -> Feed:
        interval = max(self.settings.every.get(resource.value, INTERVALS[resource]), at_least)
        if resource in RECONCILE and self._push.alive(resource):
            interval = hidden = max(interval, RECONCILE[resource])
        seconds = max(timeout, self.settings.timeout or 0.0)
        return Feed(resource, scope, fetch, interval, cost, seconds, hidden_interval=hidden, priority=priority)

    async def run(self, sink: Sink) -> None:
        """What is pushed, what is learnt about rows, and receptionists that open and close between two readings."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._again.run, sink)
            group.start_soon(self._push.run, sink)
            group.start_soon(self._receptionists.run, sink)

    async def prepare(self, command: Command) -> None:
        await super().prepare(command)
        self._take_told()

    async def _learn(self) -> None:
        await super()._learn()
        if self._changing:
            for feed in self._receptionists.feeds():
                await feed.fetch(Ticket(0, 0, self.clock.now()))

    def _take_told(self) -> None:
        """What the rows say that another reads for us: who waits where, who is agent where, and the calls there are."""
        if not self._standby.lent or self._facts is None:
            return
        source, scene, facts = self.settings.name, self._scene, self._facts
        self._actions.calls = tuple(rows_of(Call, facts, source))
        members = [row for row in rows_of(Member, facts, source) if row.state is not MemberState.TALKING]
        for key in (row.key for rows in (self._actions.calls, members) for row in rows):
            scene.session(key.id)
        for known in scene.queues.values():
            at = facts.read_at(source, Resource.MEMBERS, known.id)
            if at is not None:
                joined = {row.key.id: row.joined_at for row in members if row.queue_id == known.id}
                scene.waits(known, joined, at)

    def told(self, update: Update) -> Update:
        if update.resource is not Resource.CALLS or update.kind not in LISTS:
            return update
        calls = [row for row in update.rows if isinstance(row, Call)]
        return replace(update, rows=tuple(self._actions.held.marked(calls, "", self.clock.now())))

    async def refresh(self, row: Row) -> Row | None:
        self._take_told()
        if isinstance(row, Receptionist):
            return await self._receptionists.refresh(row)
        return await self._lists.refresh(row)

    def _can(self, verb: Verb, row: Row | None) -> Can:
        if verb is Verb.CHANGE:
            if self._standby.lent and isinstance(row, Receptionist) and not self._receptionists.read:
                if not self._changing:
                    self._changing = True
                    self._standby.want(anew=True)
                return Can(False, tr("its rules are not read yet"))
            return self._receptionists.can(verb, row)
        if verb is Verb.ATTENDED:
            self._take_told()
        return self._actions.can(verb, row)

    def can_dial(self, destination: Destination) -> Can:
        return self._actions.can_dial(destination)

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return self._receptionists.forms(verb, row) if verb is Verb.CHANGE else ()

    def verification(self, command: Command, row: Row | None) -> Verification:
        if command.verb is Verb.CHANGE:
            return self._receptionists.verification(command, row)
        queue_id = ""
        if isinstance(row, Agent):
            queue_id, _ = self._actions.queue_for(command.verb, row, command.arg("queue"))
        return evidence.verification(self._scene, self.settings.phone, command, row, queue_id)

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        if command.verb is Verb.CHANGE:
            done = await self._receptionists.perform(command, row)
        else:
            done = await self._actions.perform(command, row)
        if row is not None and isinstance(row, Agent | Receptionist):
            # Its evidence is a word of the vendor's that no row carries.
            self._standby.look_back(partial(self.refresh, row))
        return done

    def table(self) -> Sequence[Verification]:
        return [*evidence.table(), *self._receptionists.table()]

    def reports(self, row: Row) -> Sequence[Report]:
        if isinstance(row, Receptionist):
            return self._receptionists.reports(row)
        if isinstance(row, Agent | Phone):
            user = in_address(row.address, "user") or self._scene.users.get(row.extension, "")
            if user:
                return (
                    Report("registration", tr("registration"), partial(self._registration, user)),
                    Report("queues", tr("queues"), partial(self._queues_of, user)),
                )
        return ()

    async def _registration(self, user: str) -> Sheet:
        status = await self._lists.reader.user_status(user)
        lines = [(each.user_agent, each.application, each.ip) for each in status.registration]
        note = f"{status.status.lower()}, {status.presence.lower()}".strip(", ")
        return sheet((tr("device"), tr("application"), tr("address")), lines, note)

    async def _queues_of(self, user: str) -> Sheet:
        found = await self._lists.reader.user_queues(user)
        return sheet((tr("number"), tr("queue")), [(wire.extension_number, wire.name) for wire in found])

    async def check(self) -> Sequence[CheckLine]:
        untried = tr("not tried: it is opened while the console runs")
        push = untried if self._push.untried else self._push.why
        return await check_source(self._lists.reader, self._http, self.settings, push)
