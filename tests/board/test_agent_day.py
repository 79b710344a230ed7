"""An agent's day: callers taken and offers missed, and how long in which state."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.board.making import Desk, agent, key, member, queue
from tests.board.traces import Caller, Console, Trace
from wallboard.board import BoardSettings
from wallboard.board.agent_day import AgentDay, occupancy
from wallboard.domain.keys import Resource
from wallboard.domain.rules import Day, QueueRule
from wallboard.domain.states import AgentState, MemberState

A, M, Q = Resource.AGENTS, Resource.MEMBERS, Resource.QUEUES


def day(desk: Desk, name: str = "bo") -> AgentDay:
    made = desk.board.agent_day(key(A, name))
    assert made is not None
    return made


def seen(desk: Desk, state: AgentState, seconds: float) -> None:
    """The agent is read in this state every 5 s for so long."""
    for _ in range(int(seconds / 5)):
        desk.snapshot(A, agent("bo", state))
        desk.status(A, last_ok=desk.now)
        desk.board.tick()
        desk.clock.advance(5)


@pytest.mark.parametrize("poll", [2.0, 5.0, 15.0])
def test_what_an_agent_did(poll: float) -> None:
    callers = [Caller(13 + 100.0 * i, 8, talk=40, wrap=15) for i in range(6)]
    console = Console(Trace(callers), poll=poll)
    console.run(600)
    made = day(console.desk)
    assert (made.answered, made.missed, made.pauses) == (6, 0, 0)
    assert made.of(AgentState.TALKING) == pytest.approx(240, abs=6 * poll / 2)
    assert made.of(AgentState.WRAP_UP) == pytest.approx(90, abs=6 * poll / 2)
    assert sum(made.seconds.values()) == pytest.approx(600, abs=2)
    assert occupancy([made]) == console.figures().occupancy


def test_an_offer_that_was_not_taken_is_missed() -> None:
    desk = Desk()
    desk.snapshot(Q, queue(), scope="601")
    desk.snapshot(M, scope="601")
    desk.snapshot(A, agent("bo"))
    desk.clock.advance(5)
    joined = desk.now
    for state, theirs in (
        (AgentState.RINGING, MemberState.RINGING),
        (AgentState.READY, MemberState.WAITING),
        (AgentState.RINGING, MemberState.RINGING),
        (AgentState.TALKING, MemberState.TALKING),
    ):
        desk.clock.advance(5)
        serving = "" if theirs is MemberState.WAITING else "bo"
        desk.snapshot(M, member("a", theirs, joined_at=joined, serving_ref=serving), scope="601")
        desk.snapshot(A, agent("bo", state))
    assert (day(desk).missed, day(desk).answered) == (1, 1)


def test_pauses_are_counted_and_what_nobody_saw_is_in_no_state() -> None:
    desk = Desk()
    desk.snapshot(Q, queue(), scope="601")
    seen(desk, AgentState.READY, 60)
    seen(desk, AgentState.BREAK, 30)
    seen(desk, AgentState.READY, 60)
    assert (day(desk).pauses, day(desk).of(AgentState.BREAK), day(desk).of(AgentState.READY)) == (1, 30, 120)
    desk.status(A, failures=5, cause="no answer", last_ok=desk.now - 5)
    desk.pass_(600)
    seen(desk, AgentState.READY, 60)
    assert day(desk).of(AgentState.READY) == pytest.approx(180, abs=10)
    assert day(desk).pauses == 1


def test_the_day_begins_when_that_of_their_queue_does() -> None:
    rule = QueueRule("*", day=Day(6 * 3600, ZoneInfo("Europe/Berlin")))
    desk = Desk(BoardSettings(queues=(rule,)))
    begin = rule.day.begin(desk.now) + 86_400
    desk.clock.advance(begin - 60 - desk.now)
    desk.snapshot(Q, queue(), scope="601")
    seen(desk, AgentState.TALKING, 180)
    assert day(desk).since == begin
    assert day(desk).of(AgentState.TALKING) == 120
