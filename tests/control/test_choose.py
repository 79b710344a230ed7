""" "Which call": the law of the contract, and toggles that send the painted goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.control.fakes import FakeBoard, agent, call, hotline, member, parked
from wallboard.control import choose
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean

BO = agent(state=AgentState.TALKING)
QUEUE = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"))


def names(verb: Verb, row: Row, *others: Row) -> list[str]:
    board = FakeBoard(ManualClock(), row, *others)
    return [str(found.key) for found in choose.candidates(verb, row, board)]


def test_on_calls_and_parked_it_is_the_row_itself() -> None:
    assert names(Verb.HANGUP, call("c-1"), call("c-2")) == ["hq/call/c-1"]
    assert names(Verb.FETCH, parked()) == ["hq/parked/p-1"]


def test_on_members_it_is_the_caller_and_for_hold_the_call_they_are_on() -> None:
    served = replace(member(state=MemberState.TALKING), call_key=Key("hq", Kind.CALL, "c-1"))
    assert names(Verb.TRANSFER, served, call("c-1")) == ["hq/member/m-1"]
    assert names(Verb.HOLD, served, call("c-1")) == ["hq/call/c-1"]
    assert names(Verb.HOLD, member()) == []


def test_an_agent_without_a_call_has_none_with_one_that_one_with_two_a_choice() -> None:
    other = replace(call("c-9"), agent=clean("Cy"), agent_key=Key("hq", Kind.AGENT, "cy"))
    assert names(Verb.LISTEN, BO, other) == []
    assert names(Verb.LISTEN, BO, other, call("c-1")) == ["hq/call/c-1"]
    assert names(Verb.LISTEN, BO, call("c-1"), call("c-2", CallState.HELD)) == ["hq/call/c-1", "hq/call/c-2"]


def test_a_caller_seen_in_the_queue_and_in_the_calls_is_one_call() -> None:
    served = replace(member("c-1", MemberState.TALKING), serving_key=BO.key)
    assert names(Verb.HANGUP, BO, served, call("c-1")) == ["hq/call/c-1"]
    assert names(Verb.HANGUP, BO, served) == ["hq/member/c-1"]


def test_my_own_listening_leg_is_nobodys_call() -> None:
    spy = replace(call("spy"), spying=clean("Bo Quist"), mine=True)
    assert names(Verb.HANGUP, BO, spy) == []


def test_pick_up_on_a_queue_takes_the_caller_with_the_first_place() -> None:
    later = replace(member("m-2", position=2), joined_at=1.0)
    assert names(Verb.PICKUP, QUEUE, later, member("m-1", position=1)) == ["hq/member/m-1"]
    assert names(Verb.PICKUP, QUEUE, member("m-3", MemberState.TALKING)) == []


def test_without_places_the_longest_waiting_caller_is_next() -> None:
    first = replace(member("m-2", position=None), joined_at=1.0)
    assert names(Verb.PICKUP, QUEUE, member("m-1", position=None), first) == ["hq/member/m-2"]


def test_staffing_a_queue_offers_those_outside_and_removing_those_inside() -> None:
    inside, outside = agent("bo"), agent("cy", queues=("602",))
    assert names(Verb.UNSTAFF, QUEUE, inside, outside) == ["hq/agent/bo"]
    assert names(Verb.STAFF, QUEUE, inside, outside) == ["hq/agent/cy"]


@pytest.mark.parametrize(
    ("toggle", "row", "goals"),
    [
        ("hold", call(), (Verb.HOLD,)),
        ("hold", call(state=CallState.HELD), (Verb.RESUME,)),
        ("hold", call(state=CallState.UNKNOWN), (Verb.HOLD, Verb.RESUME)),
        ("sign", agent(state=AgentState.OFF), (Verb.SIGNIN,)),
        ("sign", agent(), (Verb.PAUSE, Verb.SIGNOUT)),
        ("open", hotline(), (Verb.CLOSE,)),
        ("open", hotline(HotlineState.ERROR, Wanted.PAUSED), (Verb.OPEN,)),
        ("open", hotline(wanted=None), (Verb.OPEN, Verb.CLOSE)),
    ],
)
def test_a_toggle_means_the_painted_goal_and_asks_where_the_state_is_unknown(
    toggle: choose.Toggle, row: Row, goals: tuple[Verb, ...]
) -> None:
    assert choose.goals(toggle, row) == goals


def test_the_last_ready_agent_is_the_one_whom_nobody_ready_stands_beside() -> None:
    board = FakeBoard(ManualClock(), agent("bo"), agent("cy", AgentState.BREAK), agent("di", queues=("602",)))
    ready = choose.ReadyAgents(board)
    assert ready.last_in(agent("bo")) == ("Queue 601",)
    board.put(agent("ed"))
    assert ready.last_in(agent("bo")) == ()
    assert ready.last_in(agent("cy", AgentState.BREAK)) == ()


class Counted(FakeBoard):
    """A board that gives the same list until it changes, and counts how often it is walked through."""

    walks = 0

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        walked = self

        class Rows(tuple[Row, ...]):
            def __iter__(self) -> Iterator[Row]:
                walked.walks += 1
                return super().__iter__()

        if not hasattr(self, "kept"):
            self.kept = Rows(super().rows(resource, source))
        return self.kept


def test_asking_about_every_agent_of_a_queue_walks_once_through_the_list() -> None:
    agents = [agent(f"a{number}") for number in range(200)]
    board = Counted(ManualClock(), *agents)
    ready = choose.ReadyAgents(board)
    assert [ready.last_in(each) for each in agents] == [()] * 200
    assert board.walks == 1
