"""The scripted trouble: every few minutes something goes wrong somewhere, and comes right again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.sim.engine import Engine
from wallboard.sim.hotlines import HotlineService
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent
from wallboard.sim.pbx import Pbx
from wallboard.sim.traffic import Traffic

KEPT = 1000
"""So much of the past is known."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened: world seconds of begin and end, kind, where and whom it hit."""

    at: float
    until: float
    kind: str
    where: str
    subject: str


class Incidents:
    """Starts an incident every `every` seconds on average; `history` tells which."""

    def __init__(
        self, engine: Engine, traffic: dict[str, Traffic], hotlines: HotlineService, every: float = 170.0
    ) -> None:
        self.engine = engine
        self.traffic = traffic
        self.hotlines = hotlines
        self.every = every
        self.history: list[Incident] = []
        self._rng = engine.stream("incidents")
        self._kinds: dict[str, Callable[[float], tuple[str, str] | None]] = {
            "queue swells": self._swell,
            "phone offline": self._unregister,
            "hotline error": self._hotline_error,
            "agents on break": self._breaks,
            "hotline alarm": self._hotline_burst,
            "agent stuck": self._stuck,
            "shift change": self._shift,
        }
        self._order: list[str] = []

    def begin(self) -> None:
        self._plan(self._rng.uniform(20.0, 60.0))

    def _plan(self, delay: float) -> None:
        def due() -> None:
            if not self._order:
                # Each kind once before any comes again: a short demo shows all of them.
                self._order = list(self._kinds)
                self._rng.shuffle(self._order)
            while self._order and self.happen(self._order.pop()) is None:
                pass
            self._plan(self._rng.uniform(0.5, 1.5) * self.every)

        self.engine.after(delay, due)

    def happen(self, kind: str) -> Incident | None:
        """Cause one incident now; None when there is nothing that it could hit."""
        length = self._rng.uniform(70.0, 150.0)
        hit = self._kinds[kind](length)
        if hit is None:
            return None
        incident = Incident(self.engine.now, self.engine.now + length, kind, *hit)
        self.history.append(incident)
        del self.history[:-KEPT]
        return incident

    def _site(self) -> Pbx:
        # The larger site comes first and is hit more often.
        names = list(self.traffic)
        return self.traffic[names[0] if self._rng.random() < 0.75 else self._rng.choice(names)].pbx

    def _free(self, pbx: Pbx) -> list[Agent]:
        return [agent for agent in pbx.agents.values() if agent.status == AVAILABLE and agent.state == "Waiting"]

    def _swell(self, length: float) -> tuple[str, str]:
        pbx = self._site()
        queue = self._rng.choice(list(pbx.queues.values()))
        queue.surge_until = self.engine.now + length
        return pbx.name, queue.label

    def _unregister(self, length: float) -> tuple[str, str] | None:
        pbx = self._site()
        phones = [agent.extension for agent in self._free(pbx) if agent.extension and agent.extension.registered]
        if not phones:
            return None
        phone = self._rng.choice(phones)
        phone.registered = False

        def back() -> None:
            phone.registered = True
            pbx.phone_freed(phone)

        self.engine.after(length, back)
        return pbx.name, phone.name

    def _hotline_error(self, length: float) -> tuple[str, str] | None:
        open_ones = [hotline for hotline in self.hotlines.hotlines.values() if hotline.status == "active"]
        if not open_ones:
            return None
        hotline = self._rng.choice(open_ones)
        self.hotlines.fail(hotline, length)
        return "responders", hotline.name

    def _hotline_burst(self, length: float) -> tuple[str, str] | None:
        open_ones = [hotline for hotline in self.hotlines.hotlines.values() if hotline.status == "active"]
        if not open_ones:
            return None
        hotline = self._rng.choice(open_ones)
        for number in range(self._rng.randint(3, 6)):
            self.engine.after(number * self._rng.uniform(2.0, 12.0), lambda: self._dial(hotline.id))
        return "responders", hotline.name

    def _dial(self, identity: int) -> None:
        self.hotlines.call(self.hotlines.hotlines[identity])

    def _breaks(self, length: float) -> tuple[str, str] | None:
        pbx = self._site()
        free = self._free(pbx)
        if len(free) < 2:
            return None
        chosen = self._rng.sample(free, min(3, len(free)))
        for agent in chosen:
            self.traffic[pbx.name].take_break(agent, length * self._rng.uniform(0.7, 1.0))
        return pbx.name, ", ".join(agent.name for agent in chosen)

    def _stuck(self, length: float) -> tuple[str, str] | None:
        """Available, but Idle: looks ready and is never rung."""
        pbx = self._site()
        free = self._free(pbx)
        if not free:
            return None
        agent = self._rng.choice(free)
        agent.state = "Idle"

        def back() -> None:
            if agent.state == "Idle" and agent.status == AVAILABLE:
                self.traffic[pbx.name].distributor.set_status(agent, AVAILABLE)

        self.engine.after(length, back)
        return pbx.name, agent.name

    def _shift(self, length: float) -> tuple[str, str] | None:
        pbx = self._site()
        distributor = self.traffic[pbx.name].distributor
        off = [agent for agent in pbx.agents.values() if agent.status == LOGGED_OUT]
        free = self._free(pbx)
        if not free:
            return None
        leaving = self._rng.choice(free)
        if off:
            distributor.set_status(self._rng.choice(off), AVAILABLE)
        distributor.set_status(leaving, LOGGED_OUT)
        mark = leaving.breaks

        def back() -> None:
            if leaving.breaks == mark and not off:
                distributor.set_status(leaving, AVAILABLE)

        self.engine.after(length, back)
        return pbx.name, leaving.name
