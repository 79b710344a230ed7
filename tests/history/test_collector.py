"""What the board showed is what is written of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from tests.board.making import Desk, agent, hotline, member, queue
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.states import AgentState, HotlineState
from wallboard.history.collector import AT_ONCE, EVERY, Collector
from wallboard.history.records import AgentSpell, Minute, Record

Q, M, A, H = Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.HOTLINES


@dataclass
class Watched:
    desk: Desk = field(default_factory=Desk)
    written: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.collector = Collector(self.desk.board, self.written.append)
        self.desk.clock.advance(60 - self.desk.now % 60)
        self.began = int(self.desk.now)

    def watch(self, seconds: float, rows: Mapping[Resource, Sequence[Row]], read: bool = True) -> None:
        """The lists are read again every five seconds (not at all with `read` False), and looked at."""
        for _ in range(round(seconds / EVERY)):
            for resource, listed in rows.items() if read else ():
                self.desk.snapshot(resource, *listed)
            self.desk.board.tick()
            self.collector.look()
            self.desk.clock.advance(EVERY)

    @property
    def minutes(self) -> list[Minute]:
        return [record for record in self.written if isinstance(record, Minute)]

    @property
    def spells(self) -> list[tuple[str, int, int]]:
        return [
            (s.state, s.since - self.began, s.until - self.began) for s in self.written if isinstance(s, AgentSpell)
        ]


@pytest.fixture
def here() -> Watched:
    watched = Watched()
    for resource in (Q, M, A, H):
        watched.desk.status(resource, interval=5.0)
    return watched


def test_a_minute_holds_its_worst(here: Watched) -> None:
    now = here.desk.now
    agents = [agent("1"), agent("2", AgentState.TALKING), agent("3", AgentState.OFF)]
    here.watch(30, {Q: [queue()], M: [member("a", joined_at=now)], A: agents})
    more = [member("a", joined_at=now), member("b", joined_at=now + 30)]
    here.watch(10, {Q: [queue()], M: more, A: [agent("1", AgentState.BREAK), *agents[1:]]})
    here.watch(20, {Q: [queue()], M: [], A: agents})
    assert here.minutes == []
    here.watch(60, {Q: [queue()], M: [], A: agents})
    here.collector.close()
    first, second = here.minutes
    assert first == Minute(here.began, "hq", "queue", "601", "Sales", 2, 35, 0, 0, 2)
    assert second == Minute(here.began + 60, "hq", "queue", "601", "Sales", 0, 0, 0, 1, 2)


def test_what_was_not_known_is_a_gap(here: Watched) -> None:
    rows: dict[Resource, Sequence[Row]] = {Q: [queue()], M: [], A: [agent("1")]}
    here.watch(60, rows)
    here.watch(180, rows, read=False)
    here.watch(60, rows)
    here.collector.close()
    assert [minute.at - here.began for minute in here.minutes] == [0, 60, 240]


def test_states_of_agents_follow_one_another(here: Watched) -> None:
    states = [AgentState.READY, AgentState.TALKING, AgentState.WRAP_UP, AgentState.READY]
    for state in states:
        here.watch(20, {Q: [queue()], A: [agent("1", state)]})
    here.collector.close()
    assert here.spells == [("ready", 0, 20), ("talking", 20, 40), ("wrap_up", 40, 60), ("ready", 60, 75)]


def test_a_long_state_is_written_while_it_goes_on(here: Watched) -> None:
    here.watch(700, {A: [agent("1", AgentState.BREAK)]})
    assert here.spells == [("break", 0, 300), ("break", 0, 600)]


def test_hotlines_have_their_minutes(here: Watched) -> None:
    here.watch(30, {H: [hotline()]})
    here.watch(30, {H: [hotline(state=HotlineState.PAUSED)]})
    here.collector.close()
    (minute,) = here.minutes
    assert (minute.kind, minute.name, minute.staffed, minute.ready) == ("hotline", "Water rescue", 0, 0)


def test_of_many_agents_a_few_are_looked_at_in_one_step(here: Watched) -> None:
    agents = [agent(str(number)) for number in range(3 * AT_ONCE)]
    here.desk.snapshot(A, *agents)
    looked: list[int] = []
    steps = here.collector.looking()
    while next(steps, "over") is None:
        looked.append(len(here.collector._spells))
    assert looked[-1] == len(agents)
    assert all(later - before <= AT_ONCE for before, later in pairwise(looked))
