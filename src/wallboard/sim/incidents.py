"""The scripted trouble: every few minutes something goes wrong somewhere, and comes right again.

One incident runs across the vendors (`Outages`): a line is cut, and every part of the contact centre feels it. A
disruption notice goes up; a queue of headquarters swells; callers there are sent on to a receptionist of `front`; a
paused hotline is opened and rings. Then it calms down: the notice is ended and the hotline paused again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wallboard.domain.records import dataclass
from wallboard.sim.controls import Controls
from wallboard.sim.engine import Engine
from wallboard.sim.hotlines import Hotline, HotlineService
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent
from wallboard.sim.notices import ContactCenter
from wallboard.sim.pbx import Pbx
from wallboard.sim.sites import did
from wallboard.sim.traffic import Traffic

_EVERY = 170.0


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened: world seconds of begin and end, kind, where and whom it hit."""

    at: float
    until: float
    kind: str
    where: str
    subject: str


class Incidents:
    """Starts an incident every three minutes on average; `history` tells which."""

    def __init__(self, engine: Engine, traffic: dict[str, Traffic], hotlines: HotlineService) -> None:
        self.engine = engine
        self.traffic = traffic
        self.hotlines = hotlines
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
            self._plan(self._rng.uniform(0.5, 1.5) * _EVERY)

        self.engine.after(delay, due)

    def happen(self, kind: str) -> Incident | None:
        """Cause one incident now; None when there is nothing that it could hit."""
        length = self._rng.uniform(70.0, 150.0)
        hit = self._kinds[kind](length)
        if hit is None:
            return None
        self.history.append(Incident(self.engine.now, self.engine.now + length, kind, *hit))
        del self.history[: -self.engine.scale.kept]
        return self.history[-1]

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

    def _open_hotline(self) -> Hotline | None:
        found = [hotline for hotline in self.hotlines.hotlines.values() if hotline.status == "active"]
        return self._rng.choice(found) if found else None

    def _hotline_error(self, length: float) -> tuple[str, str] | None:
        hotline = self._open_hotline()
        if hotline is None:
            return None
        self.hotlines.fail(hotline, length)
        return "responders", hotline.name

    def _hotline_burst(self, length: float) -> tuple[str, str] | None:
        hotline = self._open_hotline()
        if hotline is None:
            return None
        for number in range(self._rng.randint(3, 6)):
            self.engine.after(number * self._rng.uniform(2.0, 12.0), partial(self.hotlines.call, hotline))
        return "responders", hotline.name

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


STEPS = (
    *("notice up", "queue swells", "callers sent on", "hotline opened", "hotline rings"),
    *("queue calms", "notice ended", "hotline paused"),
)
_QUEUE, _HOTLINE = 602, 314
_LENGTH = 250.0
"""Seconds from the notice to the paused hotline: longer than a console takes to look at slow things again."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at a world second: one of `STEPS`, and to what. "callers sent on" comes once for each caller."""

    at: float
    what: str
    subject: str


class Outages:
    """Runs the story half a minute after the world is first seen, and again about every quarter of an hour.

    The callers of the story come from streams of its own, so that the ordinary callers are the same with and without.
    """

    def __init__(
        self, engine: Engine, center: ContactCenter, hotlines: HotlineService, traffic: Traffic, controls: Controls
    ) -> None:
        self.engine = engine
        self.center = center
        self.hotlines = hotlines
        self.traffic = traffic
        self.controls = controls
        self.queue = traffic.pbx.queues[_QUEUE]
        self.hotline = hotlines.hotlines[_HOTLINE]
        self.history: list[Step] = []
        self._rng = engine.stream("outages")

    def begin(self) -> None:
        self._plan(max(0.0, -self.engine.now) + self._rng.uniform(20.0, 35.0))

    def _plan(self, delay: float) -> None:
        def due() -> None:
            self.happen()
            self._plan(self._rng.uniform(780.0, 1020.0))

        self.engine.after(delay, due)

    def _note(self, what: str, subject: str) -> None:
        self.history.append(Step(self.engine.now, what, subject))
        del self.history[: -self.engine.scale.kept]

    def happen(self) -> None:
        """Let it begin now; it is over 250 seconds later."""
        later, rng = self.engine.after, self._rng
        why = rng.choice(("Fibre cut", "Power failure"))
        remarks = f"{why}: calls go through the main menu"
        event = self.center.publish("Network", why=why, where="Headquarters", remarks=remarks, lasts=None)
        self._note("notice up", why)
        later(6.0, self._swell)
        for place in range(5):
            later(24.0 + 7.0 * place + rng.uniform(0.0, 3.0), self._send_on)
        opened: list[bool] = []
        later(48.0, lambda: opened.append(self._open()))
        for place in range(4):
            later(64.0 + 9.0 * place + rng.uniform(0.0, 4.0), self._ring)
        later(105.0, self._calm)
        later(_LENGTH - 10.0, lambda: self._end(event))
        later(_LENGTH, lambda: self._pause(any(opened)))

    def _swell(self) -> None:
        self._note("queue swells", self.queue.label)
        self.queue.surge_until = max(self.queue.surge_until, self.engine.now + 95.0)
        for place in range(9):
            who, patience = self._rng.choice(self.traffic.people), self._rng.uniform(120.0, 300.0)
            arrive = partial(self.traffic.distributor.arrive, self.queue, *who, patience)
            self.engine.after(place * 2.5 + self._rng.uniform(0.0, 2.0), arrive)

    def _send_on(self) -> None:
        waiting = [member for member in self.queue.members.values() if member.state == "Waiting"]
        if waiting:
            longest = min(waiting, key=lambda member: member.joined)
            self._note("callers sent on", longest.call.caller.number)
            self.controls.perform(longest, "transfer", did("8100"))

    def _open(self) -> bool:
        """Open the hotline; False if it already is."""
        if self.hotline.is_active:
            return False
        self._note("hotline opened", self.hotline.name)
        self.hotlines.want(self.hotline, True)
        return True

    def _ring(self) -> None:
        if self.hotlines.call(self.hotline) is not None:
            self._note("hotline rings", self.hotline.name)

    def _calm(self) -> None:
        self.queue.surge_until = min(self.queue.surge_until, self.engine.now)
        self._note("queue calms", self.queue.label)

    def _end(self, event: str) -> None:
        self.center.end(event)
        self._note("notice ended", event)

    def _pause(self, opened: bool) -> None:
        if opened:
            self.hotlines.want(self.hotline, False)
            self._note("hotline paused", self.hotline.name)
