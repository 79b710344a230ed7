"""The incident that runs across the vendors: a line is cut, and every part of the contact centre feels it.

A disruption notice goes up; a queue of headquarters swells; callers there are sent on to a receptionist of `front`; a
paused hotline is opened and rings. Then it calms down: the notice is ended and the hotline paused again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wallboard.sim.controls import Controls
from wallboard.sim.engine import Engine
from wallboard.sim.front import did
from wallboard.sim.hotlines import HotlineService
from wallboard.sim.model import Member, Queue
from wallboard.sim.notices import ContactCenter
from wallboard.sim.traffic import Traffic

KEPT = 1000
"""So much of the past is known."""

STEPS = (
    *("notice up", "queue swells", "callers sent on", "hotline opened", "hotline rings"),
    *("queue calms", "notice ended", "hotline paused"),
)
_QUEUE = 602
_HOTLINE = 314
_RECEPTIONIST = did("8100")
_LENGTH = 250.0
"""Seconds from the notice to the paused hotline: longer than a console takes to look at slow things again."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at a world second: one of `STEPS`, and to what. "callers sent on" comes once for each caller."""

    at: float
    what: str
    subject: str


class Outages:
    """Runs the story `first` seconds after the world is first seen, and again about every `every` seconds.

    The callers of the story come from streams of its own, so that the ordinary callers are the same with and without.
    """

    def __init__(
        self,
        engine: Engine,
        center: ContactCenter,
        hotlines: HotlineService,
        traffic: Traffic,
        controls: Controls,
        first: tuple[float, float] = (20.0, 35.0),
        every: tuple[float, float] = (780.0, 1020.0),
    ) -> None:
        self.engine = engine
        self.center = center
        self.hotlines = hotlines
        self.traffic = traffic
        self.controls = controls
        self.first = first
        self.every = every
        self.history: list[Step] = []
        self._rng = engine.stream("outages")

    def begin(self) -> None:
        self._plan(max(0.0, -self.engine.now) + self._rng.uniform(*self.first))

    def _plan(self, delay: float) -> None:
        def due() -> None:
            self.happen()
            self._plan(self._rng.uniform(*self.every))

        self.engine.after(delay, due)

    def _note(self, what: str, subject: str) -> None:
        self.history.append(Step(self.engine.now, what, subject))
        del self.history[:-KEPT]

    def happen(self) -> None:
        """Let it begin now; it is over 250 seconds later."""
        why = self._rng.choice(("Fibre cut", "Power failure"))
        event = self.center.publish(
            "Network", why=why, where="Headquarters", remarks=f"{why}: calls go through the main menu", lasts=None
        )
        self._note("notice up", why)
        queue = self.controls.pbx.queues[_QUEUE]
        self._later(6.0, lambda: self._swell(queue))
        for place in range(5):
            self._later(24.0 + 7.0 * place + self._rng.uniform(0.0, 3.0), lambda: self._send_on(queue))
        opened: list[bool] = []
        self._later(48.0, lambda: opened.append(self._open()))
        for place in range(4):
            self._later(64.0 + 9.0 * place + self._rng.uniform(0.0, 4.0), self._ring)
        self._later(105.0, lambda: self._calm(queue))
        self._later(_LENGTH - 10.0, lambda: self._end(event))
        self._later(_LENGTH, lambda: self._pause(any(opened)))

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        self.engine.after(delay, action)

    def _swell(self, queue: Queue) -> None:
        self._note("queue swells", queue.label)
        queue.surge_until = max(queue.surge_until, self.engine.now + 95.0)
        for place in range(9):
            who, patience = self._rng.choice(self.traffic.people), self._rng.uniform(120.0, 300.0)
            self._later(place * 2.5 + self._rng.uniform(0.0, 2.0), partial(self._arrive, queue, who, patience))

    def _arrive(self, queue: Queue, who: tuple[str, str], patience: float) -> None:
        self.traffic.distributor.arrive(queue, *who, patience)

    def _send_on(self, queue: Queue) -> None:
        waiting: list[Member] = [member for member in queue.members.values() if member.state == "Waiting"]
        if waiting:
            longest = min(waiting, key=lambda member: member.joined)
            self._note("callers sent on", longest.call.caller.number)
            self.controls.perform(longest, "transfer", _RECEPTIONIST)

    def _open(self) -> bool:
        """Open the hotline; False if it already is, or is gone."""
        hotline = self.hotlines.hotlines.get(_HOTLINE)
        if hotline is None or hotline.is_active:
            return False
        self._note("hotline opened", hotline.name)
        self.hotlines.want(hotline, True)
        return True

    def _ring(self) -> None:
        hotline = self.hotlines.hotlines.get(_HOTLINE)
        if hotline is not None and self.hotlines.call(hotline) is not None:
            self._note("hotline rings", hotline.name)

    def _calm(self, queue: Queue) -> None:
        queue.surge_until = min(queue.surge_until, self.engine.now)
        self._note("queue calms", queue.label)

    def _end(self, event: str) -> None:
        self.center.end(event)
        self._note("notice ended", event)

    def _pause(self, opened: bool) -> None:
        hotline = self.hotlines.hotlines.get(_HOTLINE)
        if opened and hotline is not None:
            self.hotlines.want(hotline, False)
            self._note("hotline paused", hotline.name)
