"""A PortSIP PBX as a source: queues, callers, agents, calls and receptionists.

Pace. The vendor names no request limit and tells an agent's status one request at a time, so agents are read at no more
than `AGENT_RATE` requests a second over all queues, three at a time; details, telephones and receptionists are slow
lists. While the push interface is alive the lists of callers and agents are only reconciled.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import anyio

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Phone, Receptionist, Row, in_address
from wallboard.domain.update import Update
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

    def detail(self) -> str:
        live = self._push.alive(Resource.MEMBERS) or self._push.alive(Resource.AGENTS)
        return together(tr("pushed") if live else tr("polled"), "" if live else self._push.why, self._push.unread)

    def feeds(self) -> Sequence[Feed]:
        wait = DISCOVERY if self._lists.discovered else DISCOVERY_AT_FIRST
        details = 3 * min(DETAILS_AT_ONCE, len(self._scene.queues))
        found, feed = self._lists.discover, self._feed
        feeds = [Feed(Resource.QUEUES, "discovery", found, wait, 2 + details, 60.0, hidden_interval=wait, priority=3)]
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

    async def refresh(self, row: Row) -> Row | None:
        if isinstance(row, Receptionist):
            return await self._receptionists.refresh(row)
        return await self._lists.refresh(row)

    def _can(self, verb: Verb, row: Row | None) -> Can:
        if verb is Verb.CHANGE:
            return self._receptionists.can(verb, row)
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
            return await self._receptionists.perform(command, row)
        return await self._actions.perform(command, row)

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
