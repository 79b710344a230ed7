"""A console's half of the PortSIP tests: an adapter on a mock PBX, its feeds read into a real board, commands sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

from tests.vendors.portsip.server import Server
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Target, Verb, fingerprint
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Phone, Queue, Receptionist, Row
from wallboard.domain.update import Update
from wallboard.vendors.base import (
    Evidence,
    Feed,
    LoginAuth,
    Receipt,
    Secret,
    Services,
    SourceSettings,
    Ticket,
    Trial,
    Verification,
)
from wallboard.vendors.portsip import plugin
from wallboard.vendors.portsip.adapter import PortsipAdapter

R = TypeVar("R", Agent, Call, Member, Phone, Queue, Receptionist)
PASSWORD = "pa55-canary"
SALES, SUPPORT = "NzAwNTUxOTA5NzczMTQ4MTYw", "NzAwNTUxOTA5NzczMTQ4MTYx"
CALLER, TALKING, SECOND = "884761305393664000", "884757570370146304", "884757570370146999"


def queue(identity: str, number: str, name: str) -> dict[str, Any]:
    return {
        "id": identity,
        "name": name,
        "extension_number": number,
        "ring_time": 20,
        "polling_strategy": "SKILL_BASED_ROUTING_CYCLIC_HUNT",
    }


def waiting(session: Any, number: str, seconds: Any, name: str = "") -> dict[str, Any]:
    return {"session_id": session, "extension_number": number, "display_name": name, "waiting_time": seconds}


def leg(caller: str, callee: str, started: float, talking: Any = 0, **more: Any) -> dict[str, Any]:
    when = datetime.fromtimestamp(started, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"caller": caller, "callee": callee, "started_at": when, "talking_time": talking, **more}


class Desk:
    """A PBX with two queues, two agents, a caller who waits and one who is served; tests change `pbx.answers`."""

    def __init__(self, pbx: Server | None = None, **changes: Any) -> None:
        self.clock = ManualClock()
        self.pbx = pbx or Server()
        settings: dict[str, Any] = {
            "name": "front",
            "vendor": "portsip",
            "url": "https://pbx.example.net:8887/api",
            "auth": LoginAuth("mira", Secret(PASSWORD), "pbx.example.net"),
            "phone": "109",
        }
        self.adapter = plugin.build(
            SourceSettings(**(settings | changes)), Services(self.clock, transport=httpx.MockTransport(self.pbx))
        )
        assert isinstance(self.adapter, PortsipAdapter)
        self.board = Board(self.clock)
        self.updates: list[Update] = []
        self._seq = 0
        self.states = {"101": "QUEUE_CALL", "102": "READY"}
        self.world()

    def world(self) -> None:
        now, pbx = self.clock.now(), self.pbx
        limits = {"sla_time": 20, "max_callers": 10, "max_waiting_time": 300, "agent_auto_ready": True}
        pbx.queues = [queue(SALES, "8001", "Sales") | limits, queue(SUPPORT, "8002", "Support") | {"sla_time": 0}]
        pbx.waiting[SALES] = [waiting(CALLER, "00431334081002", 73, "T. Young")]
        ada = {"extension_number": "101", "display_name": "Ada", "skill_level": 3}
        pbx.agents[SALES] = [ada, {"extension_number": "102", "display_name": "Bo", "skill_level": 1}]
        pbx.agents[SUPPORT] = [ada]
        pbx.states = self.states
        through = leg("004924199999", "8001", now - 200, 187, trunk="carrier-a")
        pbx.sessions = [
            {"id": CALLER, "calls": [leg("00431334081002", "8001", now - 73, 73)]},
            {"id": TALKING, "calls": [through, leg("004924199999", "101", now - 187, 180)]},
        ]
        pbx.users = [
            {"id": f"u{number}", "name": f"user{number}", "display_name": name, "extension_number": f"{number}"}
            for number, name in ((101, "Ada"), (102, "Bo"), (103, "Cy"), (109, "Mira"))
        ]

    # ---- reading ---------------------------------------------------------------------------------------------

    async def fetch(self, feed: Feed) -> list[Update]:
        self._seq += 1
        updates = list(await feed.fetch(Ticket(1, self._seq, self.clock.now())))
        for update in updates:
            self.board.apply(update)
        self.updates += updates
        return updates

    async def discover(self) -> None:
        """As often as there is something new to find out."""
        asked: set[Resource] = set()
        while due := [f for f in self.adapter.feeds() if f.scope == "discovery" and f.resource not in asked]:
            for feed in due:
                asked.add(feed.resource)
                await self.fetch(feed)

    async def read(self, *resources: Resource, after: float = 1.0) -> None:
        """Discover if need be, then read every feed of these resources (of all) once, `after` seconds later."""
        if len([feed for feed in self.adapter.feeds() if feed.resource is Resource.AGENTS]) == 0:
            await self.discover()
        self.clock.advance(after)
        for feed in self.adapter.feeds():
            if feed.scope != "discovery" and (not resources or feed.resource in resources):
                await self.fetch(feed)

    def feed(self, resource: Resource, scope: str = "") -> Feed:
        return next(feed for feed in self.adapter.feeds() if (feed.resource, feed.scope) == (resource, scope))

    def row(self, kind: Kind, identity: str) -> Row | None:
        return self.board.row(Key("front", kind, identity))

    def one(self, kind: type[R], identity: str) -> R:
        """The row of this kind with that id, which is there."""
        row = self.row(Kind(kind.__name__.lower()), identity)
        assert isinstance(row, kind)
        return row

    # ---- acting ----------------------------------------------------------------------------------------------

    def command(self, verb: Verb, row: Row, number: str = "", /, **args: str) -> Command:
        target = Target(row.key, "it", fingerprint(row), row.address)
        return Command("c1", verb, target, Destination(number) if number else None, tuple(args.items()))

    async def act(self, verb: Verb, row: Row, number: str = "", /, **args: str) -> tuple[Receipt, Action]:
        command = self.command(verb, row, number, **args)
        verification = self.adapter.verification(command, row)
        there = {row.key: row for resource in verification.watch for row in self.board.rows(resource, "front")}
        receipt = await self.adapter.perform(command, row)
        return receipt, Action(self, verification, Trial(command, receipt, row, self.board, there))


class Action:
    """An accepted action that is being verified."""

    def __init__(self, desk: Desk, verification: Verification, trial: Trial) -> None:
        self.verification = verification
        self.trial = trial
        self._desk = desk

    def confirmed(self) -> bool:
        return self._any(self.verification.confirms)

    def denied(self) -> bool:
        return self._any(self.verification.denies)

    def _any(self, evidence: tuple[Evidence, ...]) -> bool:
        return any([each.test(self.trial) for each in evidence])
