"""A vendor whose answers are at hand: the whole program with so many agents, and no network to wait for.

`installed` puts it beside the program as any package with a vendor would be, and `config` names a source of it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.bench.model import Agent as Person
from tests.bench.model import Model
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Membership
from wallboard.domain.states import AgentState
from wallboard.domain.text import clean
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import Adapter, Feed, Services, SourceSettings, Ticket
from wallboard.vendors.plugin import Plugin, SourceRules

ROOT = Path(__file__).parents[2]
STATES = {
    "ready": AgentState.READY,
    "talking": AgentState.TALKING,
    "wrap-up": AgentState.WRAP_UP,
    "held": AgentState.OTHER_CALL,
    "break": AgentState.BREAK,
    "ringing": AgentState.READY,  # nobody is rung for so long
}
CONFIG = """
[[source]]
name = "bench"
vendor = "bench"
url = "https://{size}.{pace}.example.net"
auth = {{ kind = "none" }}

[[queue]]
match = "*"
agent = {{ break = 86400, wrap_up = 86400, talk = 86400, hold = 86400 }}

[[view]]
name = "bench"
panes = ["agents"]
sort = {{ agents = "{order}" }}
"""


class BenchAdapter(BaseAdapter):
    """The host of its address says how many agents, and `still` where nothing ever happens and no clock goes."""

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        super().__init__(settings, services)
        size, self.pace = settings.url.partition("//")[2].split(".")[:2]
        self.model = Model(int(size))
        self.began = self.clock.now()
        self.rows = {person.key: self._row(person) for person in self.model.agents}

    def _row(self, person: Person) -> Agent:
        queue = Membership(person.queue, clean(person.queue))
        return Agent(
            Key(self.settings.name, Kind.AGENT, person.key),
            clean(person.name),
            clean(str(10_000 + person.number)),
            STATES[person.state],
            since=None if self.pace == "still" else self.began + person.since,
            memberships=(queue,),
        )

    def feeds(self) -> Sequence[Feed]:
        return [self.feed(Resource.AGENTS, self._read, 1.0)]

    async def _read(self, ticket: Ticket) -> Sequence[Update]:
        if self.pace != "still":
            self.rows |= {person.key: self._row(person) for person in self.model.step()}
        told, name = tuple(self.rows.values()), self.settings.name
        return [
            Update(name, Resource.AGENTS, "", UpdateKind.SNAPSHOT, ticket.epoch, ticket.seq, self.clock.now(), told)
        ]


class BenchPlugin(Plugin):
    name = "bench"
    rules = SourceRules(auth=("none",))

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        return BenchAdapter(settings, services)


plugin = BenchPlugin()


def installed(folder: Path) -> str:
    """The PYTHONPATH beside which the vendor is found."""
    told = folder / "bench-1.dist-info"
    told.mkdir(parents=True, exist_ok=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: bench\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[wallboard.vendor]\nbench = tests.bench.vendor:plugin\n")
    return os.pathsep.join([str(ROOT / "src"), str(ROOT), str(folder)])


def config(size: int, *, pace: str = "moving", order: str = "time") -> str:
    """Of so many agents, sorted by that column: a whole configuration."""
    return CONFIG.format(size=size, pace=pace, order=order)
