"""A centre of any size on a console without a terminal, and how much work is done for what happens there.

Work is counted in calls of Python functions, which no load of the machine changes.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType

from tests.support.console import HQ, LAB, NOW, Desk, agent, call, desk, member, queue
from wallboard.board.board import Board
from wallboard.board.settings import BoardSettings
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Row
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind

STATES = (AgentState.TALKING, AgentState.READY, AgentState.OFF, AgentState.TALKING, AgentState.BREAK)
A_QUEUE = 10
"""Agents of a queue; for each four there is a caller, for each two a call."""
Lists = dict[tuple[str, Resource, str], tuple[Row, ...]]


def lists(agents: int) -> Lists:
    """What two sources tell of so many agents: each queue has lists of its own, as the vendors have them."""
    made: Lists = {}
    for source in (HQ, LAB):
        calls: list[Row] = []
        for place in range(agents // A_QUEUE // 2):
            ident, name = f"{source[0]}{place}", f"Queue {source} {place:04d}"
            here = (ident, name)
            people = [
                agent(
                    f"{ident}-{n}",
                    f"Person {n} {place}",
                    f"{n}{place:05d}",
                    STATES[n % 5],
                    30.0 + n,
                    here,
                    source=source,
                )
                for n in range(A_QUEUE)
            ]
            # Each other queue has a caller who has waited too long: that many alarms.
            callers = [
                member(f"{ident}.{n}", ident, name, state, waited, f"Caller {n} {place}", f"+49301{place:05d}{n}",
                       by=by, source=source)
                for n, (state, waited, by) in enumerate((
                    (MemberState.WAITING, 20.0 + 200.0 * (place % 2), ""), (MemberState.TALKING, 90.0, f"{ident}-0")))
            ]  # fmt: skip
            for n in range(5):
                who = (f"Caller {n} {place}", f"+49302{place:05d}{n}")
                row = call(f"c{ident}.{n}", CallState.TALKING, Direction.IN, *who, name, 60.0 + n, f"{ident}-{n}")
                calls.append(replace(row, key=Key(source, Kind.CALL, row.key.id)))
            made[source, Resource.QUEUES, ident] = (queue(source, ident, name, 1, 0, 1),)
            made[source, Resource.AGENTS, ident] = tuple(people)
            made[source, Resource.MEMBERS, ident] = tuple(callers)
        made[source, Resource.CALLS, ""] = tuple(calls)
    return made


class Crowd:
    """So many agents, their queues, callers and calls: 1.8 rows for each agent."""

    def __init__(self, folder: Path, agents: int) -> None:
        self.lists = lists(agents)
        self.seq = 1
        self.desk: Desk = desk(folder, make=self._board, settings={"favourites": []})
        self.clock, self.board, self.console = self.desk.clock, self.desk.board, self.desk.console
        self.console.reload(frozenset(Resource))
        self.second()

    def _board(self, clock: ManualClock) -> Board:
        limits = QueueRule("*", None, Limits(3, 100), Limits(6, 180))
        made = Board(clock, BoardSettings((limits,)))
        clock.advance(-60.0)
        for name, vendor in ((HQ, "ringme"), (LAB, "asterisk")):
            made.source(SourceInfo(name, vendor, phone="2001"))
        clock.advance(60.0)
        for where in self.lists:
            self._read(made, *where)
        made.tick()
        return made

    def _read(self, board: Board, source: str, resource: Resource, scope: str) -> None:
        now = self.desk.clock.now() if hasattr(self, "desk") else NOW
        rows = self.lists[source, resource, scope]
        board.apply(Update(source, resource, scope, UpdateKind.SNAPSHOT, 1, self.seq, now, rows))
        board.status(FeedStatus(source, resource, scope, 30.0, 8.0, last_ok=now, next_at=now + 30, successes=20))

    def second(self) -> None:
        """A second passes: clocks, rules, and the frame."""
        self.clock.advance(1.0)
        self.console.tick()
        self.desk.paint()

    def poll(self, source: str, resource: Resource, scope: str = "") -> None:
        """One list is read again, as it was; its rows are made anew, as an adapter makes them."""
        self.seq += 1
        where = source, resource, scope
        self.lists[where] = tuple(replace(row) for row in self.lists[where])
        self._read(self.board, *where)

    def turn(self) -> None:
        """An agent of one queue becomes another state, and the frame shows it."""
        where = HQ, Resource.AGENTS, "h0"
        first, *others = self.lists[where]
        assert isinstance(first, Agent)
        state = AgentState.READY if first.state is AgentState.TALKING else AgentState.TALKING
        self.lists[where] = (replace(first, state=state), *others)
        self.seq += 1
        self._read(self.board, *where)
        self.console.reload(frozenset({Resource.AGENTS, Resource.QUEUES}))
        self.desk.paint()

    def key(self, *keys: str) -> None:
        for key in keys:
            self.desk.press(key)
            self.desk.paint()


def work(done: Callable[[], object], where: Counter[CodeType] | None = None) -> int:
    """How many functions are called for it; `where` counts each."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        if event == "call":
            count += 1
            if where is not None:
                where[frame.f_code] += 1

    gc.disable()
    sys.setprofile(note)
    try:
        done()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count
