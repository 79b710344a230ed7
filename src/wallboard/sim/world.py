"""The simulated contact centre as a whole: three PBX sites, one hotline organisation, one contact centre without
live counts, one public network between them, one clock, one seed."""

from __future__ import annotations

from datetime import datetime

from wallboard.domain.records import dataclass
from wallboard.sim import front, sites
from wallboard.sim.controls import Controls
from wallboard.sim.engine import Engine
from wallboard.sim.exchange import Exchange
from wallboard.sim.incidents import Incidents, Outages
from wallboard.sim.model import Behaviour
from wallboard.sim.notices import demo_center
from wallboard.sim.pbx import Pbx
from wallboard.sim.queueing import Distributor
from wallboard.sim.rooms import Room, open_rooms
from wallboard.sim.scale import Scale
from wallboard.sim.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a world can be told. Seconds throughout.

    `traffic` off gives a silent world in which only what is asked for happens (for tests); `warm_up` is how long it
    has been running when it is first seen.
    """

    traffic: bool = True
    incidents: bool = True
    warm_up: float = 900.0

    @classmethod
    def quiet(cls) -> Knobs:
        return cls(traffic=False, incidents=False, warm_up=0.0)


@dataclass(frozen=True, slots=True)
class Site:
    """One PBX account with those who work on it."""

    pbx: Pbx
    distributor: Distributor
    controls: Controls
    traffic: Traffic
    rooms: dict[int, Room]


class World:
    """A seeded world. The same seed, start and requests give the same history, however often it is looked at.

    `start` is the UTC time of world second 0; `advance(to)` runs the world to a second after it.
    """

    def __init__(self, seed: int, start: datetime, knobs: Knobs | None = None, scale: Scale | None = None) -> None:
        self.seed = seed
        self.knobs = knobs or Knobs()
        told = scale or Scale()
        self.engine = Engine(seed, start, told)
        self.engine.now = -self.knobs.warm_up
        self.sites: dict[str, Site] = {}
        parts = ((0, 6), (6, 9), (9, 10))
        for make, (low, high) in zip((sites.hq, sites.branch, sites.front), parts, strict=True):
            pbx = make(self.engine)
            queues, agents = (size * high // 10 - size * low // 10 for size in (told.queues, told.agents))
            sites.fill(pbx, queues, agents)
            if not self.knobs.traffic:
                pbx.behaviour = Behaviour.calm()
            distributor = Distributor(pbx)
            controls = Controls(pbx, distributor)
            rooms = open_rooms(pbx, lively=self.knobs.traffic)
            self.sites[pbx.name] = Site(pbx, distributor, controls, Traffic(pbx, distributor), rooms)
            pbx.recordings.write_past(pbx.queues.values(), pbx.phones())
        self.hotlines = sites.responders(self.engine)
        self.center = demo_center(self.engine)
        self.reception = front.reception(self.front.pbx)
        front.connect(Exchange(self.engine, self.hotlines), {name: site.pbx for name, site in self.sites.items()})
        self.outages = Outages(self.engine, self.center, self.hotlines, self.hq.traffic, self.hq.controls)
        traffic = {name: site.traffic for name, site in self.sites.items()}
        self.incidents = Incidents(self.engine, traffic, self.hotlines)
        if self.knobs.traffic:
            for site in self.sites.values():
                site.traffic.begin()
            self.hotlines.begin()
            self.reception.begin()
        if self.knobs.incidents:
            self.incidents.begin()
            self.outages.begin()
        self.engine.run(0.0)

    @property
    def now(self) -> float:
        """World seconds since `start`."""
        return self.engine.now

    @property
    def hq(self) -> Site:
        return self.sites["hq"]

    @property
    def branch(self) -> Site:
        return self.sites["branch"]

    @property
    def front(self) -> Site:
        return self.sites["front"]

    def advance(self, to: float) -> None:
        """Run to world second `to`; a time already passed changes nothing."""
        self.engine.run(to)
