"""What really happened in a queue, second by second, and what a console that polls is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.board.making import SOURCE, Desk, agent, call, key, member, queue
from wallboard.board import BoardSettings, QueueFigures
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member
from wallboard.domain.rules import Day, Goal, QueueRule
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.domain.text import clean

M, A, Q, C = Resource.MEMBERS, Resource.AGENTS, Resource.QUEUES, Resource.CALLS


@dataclass(frozen=True)
class Caller:
    """One caller: joined at `at`, and after `wait` seconds `end`: answered, lost, moved (another console sent them to
    a telephone that is none of the queue's), overflow (to queue 602, where they are another id) or cut (the row goes).
    `talk` is how long they are served, or wait in the other queue."""

    at: float
    wait: float
    end: str = "answered"
    talk: float = 60.0
    number: str = ""
    ring: float = 3.0
    id: str = ""
    agent: str = "bo"
    name: str = ""
    wrap: float = 0.0
    """Seconds of wrap-up after the talk."""

    @property
    def over(self) -> float:
        return self.at + self.wait


@dataclass
class Told:
    """How the vendor tells it: `frozen` waits, `linger` seconds that it keeps those who gave up, and what it lists."""

    frozen: bool = True
    linger: float = 0.0
    marked: tuple[str, ...] = ("lost",)
    """Who is kept as having given up: FreeSWITCH keeps those whom somebody sent on as well."""
    agents: bool = True
    calls: bool = True
    durations: bool = True
    answered: bool = True
    """Whether callers who are served are listed."""


@dataclass
class Trace:
    callers: list[Caller]
    told: Told = field(default_factory=Told)
    begin: float = 0.0
    """World second of the first look; the callers' times are counted from there."""

    def __post_init__(self) -> None:
        self.callers = [
            replace(c, id=c.id or f"c{i}", number=c.number or f"+4930555{i:04d}") for i, c in enumerate(self.callers)
        ]

    def members(self, now: float, base: float, queue_id: str = "601") -> Iterable[Member]:
        """The rows as the vendor's whole seconds tell them, `base` being the instant of second 0."""
        for c in self.callers:
            if queue_id == "602":
                if c.end == "overflow" and c.over <= now < c.over + c.talk:
                    yield self._row(c, base, c.over, MemberState.WAITING, now, id_=f"{c.id}-b", queue_id="602")
            elif c.at <= now < c.over:
                ringing = c.end == "answered" and now >= c.over - c.ring
                state = MemberState.RINGING if ringing else MemberState.WAITING
                yield self._row(c, base, c.at, state, now, serving=c.agent if ringing else "")
            elif c.end == "answered" and self.told.answered and c.over <= now < c.over + c.talk:
                row = self._row(c, base, c.at, MemberState.TALKING, now, serving=c.agent)
                wait = int(c.wait) if self.told.frozen else int(now - c.at)
                yield replace(row, answered_at=min(base + int(c.at) + wait, base + now))
            elif c.end in self.told.marked and c.over <= now < c.over + self.told.linger:
                row = self._row(c, base, c.at, MemberState.ABANDONED, now)
                yield replace(row, ended_at=min(base + int(c.at) + int(c.wait), base + now))

    def _row(
        self, c: Caller, base: float, joined: float, state: MemberState, now: float, *, serving: str = "",
        id_: str = "", queue_id: str = "601",
    ) -> Member:  # fmt: skip
        row = member(id_ or c.id, state, queue_id, joined_at=base + int(joined), serving_ref=serving)
        return replace(row, number=clean(c.number), name=clean(c.name))

    def agents(self, now: float, base: float) -> Iterable[Agent]:
        for name in sorted({c.agent for c in self.callers} | {"bo"}):
            mine = [c for c in self.callers if c.agent == name and c.end == "answered"]
            talk = next((c for c in mine if c.over <= now < c.over + c.talk), None)
            rings = any(c.over - c.ring <= now < c.over for c in mine)
            wraps = any(c.over + c.talk <= now < c.over + c.talk + c.wrap for c in mine)
            idle = AgentState.WRAP_UP if wraps else AgentState.READY
            state = AgentState.TALKING if talk else AgentState.RINGING if rings else idle
            since = base + now - int(now - talk.over) if talk and self.told.durations and now - talk.over >= 1 else None
            yield agent(name, state, ["601", "602"], since=since)

    def calls(self, now: float, base: float) -> Iterable[Call]:
        """Legs carry ids of their own, the caller's number, and what they were sent to."""
        for c in self.callers:
            if c.end == "answered" and c.over - c.ring <= now < c.over + c.talk:
                up = now >= c.over
                row = call(
                    f"leg-{c.id}",
                    CallState.TALKING if up else CallState.RINGING,
                    on=(c.agent,),
                    started_at=base + c.over - c.ring,
                    answered_at=base + int(c.over) if up else None,
                )
                yield replace(row, from_number=clean(c.number), to=clean("022*601"))
            elif c.end == "moved" and c.over <= now < c.over + c.talk:
                row = call(f"leg-{c.id}", CallState.TALKING, on=("elsewhere",), started_at=base + c.over)
                answered = base + c.over + 1 if now >= c.over + 1 else None
                yield replace(row, from_number=clean(c.number), to=clean("022*299"), answered_at=answered)


class Console:
    """A board that is told a trace by polls."""

    def __init__(
        self,
        trace: Trace,
        *,
        poll: float = 5.0,
        calls_every: float = 2.0,
        offset: float = 0.0,
        goal: Goal | None = None,
        day: Day | None = None,
        start: float | None = None,
    ) -> None:
        rule = QueueRule("*", goal or Goal(), day=day or Day())
        self.desk = Desk(BoardSettings(queues=(rule,)))
        if start is not None:
            self.desk.clock.advance(start - self.desk.now)
        self.trace, self.poll, self.calls_every, self.offset = trace, poll, calls_every, offset
        self.base = self.desk.now
        self.gaps: list[tuple[float, float]] = []
        """Spans in which every poll fails."""
        self.skip: set[tuple[float, str]] = set()
        """(second, caller) missing from the list of that second."""
        self.dead: tuple[float, float] = (-1.0, -1.0)
        """A span in which the PBX is down: nobody is there, and nobody comes back under the same id."""
        self._failed = False
        self.at = 0.0

    def run(self, until: float) -> QueueFigures:
        """Up to that second, a tick a second; the figures of queue 601 then."""
        desk = self.desk
        while self.at <= until:
            now = self.at
            if (now - self.offset) % self.poll == 0 and now >= self.offset:
                self._read(now)
                desk.board.tick()
            elif self.trace.told.calls and now % self.calls_every == 0:
                self._read_calls(now)
                desk.board.tick()
            desk.clock.advance(1.0)
            self.at += 1.0
        return self.figures()

    def figures(self, queue_id: str = "601") -> QueueFigures:
        return self.desk.board.queue_stats(key(Q, queue_id))

    def _read(self, now: float) -> None:
        if any(low <= now < high for low, high in self.gaps):
            self._failed = True
            for scope in ("601", "602"):
                self.desk.status(M, scope, self.poll, failures=1, cause="no answer")
            return
        for scope, name in (("601", "Sales"), ("602", "Help")):
            rows = [] if self.dead[0] <= now < self.dead[1] else list(self.trace.members(now, self.base, scope))
            rows = [row for row in rows if (now, row.key.id) not in self.skip]
            self.desk.snapshot(Q, queue(scope, name, number=clean(scope)), scope=scope)
            self.desk.snapshot(M, *rows, scope=scope)
            self.desk.status(Q, scope, self.poll, last_ok=self.desk.now)
            self.desk.status(M, scope, self.poll, last_ok=self.desk.now)
        if self.trace.told.agents:
            self.desk.snapshot(A, *self.trace.agents(now, self.base))
            self.desk.status(A, "", self.poll, last_ok=self.desk.now)
        if self.trace.told.calls:
            self._read_calls(now)

    def _read_calls(self, now: float) -> None:
        if any(low <= now < high for low, high in self.gaps):
            return
        rows = [] if self.dead[0] <= now < self.dead[1] else list(self.trace.calls(now, self.base))
        self.desk.snapshot(C, *rows)
        self.desk.status(C, "", self.calls_every, last_ok=self.desk.now)


__all__ = ["SOURCE", "A", "C", "Caller", "Console", "M", "Q", "Told", "Trace"]
