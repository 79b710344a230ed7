"""Rows of different lists find each other, and an agent's state is what all lists say together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.board.making import Desk, agent, call, key, member, phone, queue
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call, Member, Row
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, clean

M, A, C = Resource.MEMBERS, Resource.AGENTS, Resource.CALLS
S = AgentState


def the_member(desk: Desk, id_: str) -> Member:
    row = desk.board.row(key(M, id_))
    assert isinstance(row, Member)
    return row


def the_call(desk: Desk, id_: str) -> Call:
    row = desk.board.row(key(C, id_))
    assert isinstance(row, Call)
    return row


@pytest.mark.parametrize("order", [(A, M, C), (C, M, A), (M, C, A)])
def test_caller_agent_and_call_know_each_other_in_whatever_order_they_come(order: tuple[Resource, ...]) -> None:
    desk = Desk()
    rows: dict[Resource, Row] = {
        A: agent("bo", refs=("bo@hq", "202")),
        M: member("c-1", MemberState.TALKING, serving_ref="bo@hq", answered_at=desk.now - 80),
        C: call("c-1", on=("202",)),
    }
    for resource in order:
        desk.snapshot(resource, rows[resource])
    caller, on, row = the_member(desk, "c-1"), the_call(desk, "c-1"), desk.agent("bo")
    assert (caller.serving, caller.serving_key, caller.call_key) == ("Agent bo", row.key, on.key)
    assert (on.agent, on.agent_key, on.queue) == ("Agent bo", row.key, "Sales")
    assert (row.state, row.with_name, row.with_key, row.since) == (S.TALKING, "Caller c-1", on.key, desk.now - 80)


def test_links_are_cut_when_the_call_is_over() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(C, call("c-1", on=("bo",)))
    assert desk.agent("bo").state is S.OTHER_CALL
    assert desk.agent("bo").with_key == key(C, "c-1")
    desk.snapshot(C)
    assert desk.agent("bo").state is S.READY
    assert desk.agent("bo").with_key is None


def test_a_caller_keeps_the_name_of_a_call_that_goes_before_they_do() -> None:
    desk = Desk()
    caller = replace(member("c-1", number=clean("+49301")), name=NOTHING)
    desk.snapshot(M, caller)
    desk.snapshot(C, call("c-1", from_name=clean("Eve Lund")))
    assert the_member(desk, "c-1").name == "Eve Lund"
    desk.snapshot(C)
    assert the_member(desk, "c-1").name == "Eve Lund"
    desk.snapshot(M, replace(caller, number=clean("+49302")))
    assert the_member(desk, "c-1").name == "", "it is somebody else"


def test_a_renamed_agent_is_renamed_where_they_serve() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(M, member("c-1", MemberState.TALKING, serving_ref="bo"))
    desk.snapshot(A, replace(agent("bo"), name=clean("Bo Quist")))
    assert the_member(desk, "c-1").serving == "Bo Quist"


@pytest.mark.parametrize(
    ("base", "calls", "registered", "shown"),
    [
        (S.READY, (), None, S.READY),
        (S.READY, (), True, S.READY),
        (S.READY, (), False, S.UNREACHABLE),
        (S.MISMATCH, (), False, S.UNREACHABLE),
        (S.MISMATCH, (), True, S.MISMATCH),
        (S.BREAK, (), False, S.BREAK),
        (S.OFF, (), False, S.OFF),
        (S.TALKING, (), False, S.TALKING),
        (S.RINGING, (), False, S.RINGING),
        (S.UNREACHABLE, (), None, S.UNREACHABLE),
        (S.READY, (CallState.TALKING,), False, S.OTHER_CALL),
        (S.UNREACHABLE, (CallState.TALKING,), None, S.OTHER_CALL),
        (S.MISMATCH, (CallState.HELD,), None, S.OTHER_CALL),
        (S.BREAK, (CallState.TALKING,), True, S.OTHER_CALL),
        (S.READY, (CallState.PARKED,), True, S.READY),
        (S.TALKING, (CallState.TALKING,), True, S.TALKING),
        (S.UNKNOWN, (), True, S.UNKNOWN),
    ],
)
def test_precedence_of_states(
    base: AgentState, calls: tuple[CallState, ...], registered: bool | None, shown: AgentState
) -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo", base))
    desk.snapshot(C, *(call(str(i), state, on=("bo",)) for i, state in enumerate(calls)))
    if registered is not None:
        desk.snapshot(Resource.PHONES, phone("bo", registered))
    assert desk.agent("bo").state is shown
    assert desk.agent("bo").registered is registered


def test_the_phone_that_comes_back_makes_the_agent_ready() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(Resource.PHONES, phone("bo", False))
    assert desk.agent("bo").state is S.UNREACHABLE
    desk.snapshot(Resource.PHONES, phone("bo", True))
    assert desk.agent("bo").state is S.READY


def test_a_ringing_caller_makes_their_agent_ring() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(M, member("c-1", MemberState.RINGING, serving_ref="bo"))
    assert (desk.agent("bo").state, desk.agent("bo").with_name) == (S.RINGING, "Caller c-1")


def test_a_ring_without_end_is_stuck() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo", S.RINGING, since=desk.now))
    desk.pass_(70)
    assert desk.agent("bo").state is S.RINGING
    desk.pass_(6)
    assert desk.agent("bo").state is S.STUCK


def test_an_answered_caller_whose_agent_is_idle_is_stuck_after_a_while() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(M, member("c-1", MemberState.TALKING, serving_ref="bo"))
    # The lists are seconds apart: at first the caller is believed.
    assert desk.agent("bo").state is S.TALKING
    desk.pass_(16)
    assert desk.agent("bo").state is S.STUCK
    desk.snapshot(A, agent("bo", S.TALKING))
    assert desk.agent("bo").state is S.TALKING


def test_wrap_up_follows_a_queue_call_for_the_queues_time() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue(wrap_up=10.0))
    desk.snapshot(A, agent("bo", S.TALKING))
    desk.clock.advance(60)
    desk.snapshot(A, agent("bo", since=desk.now - 900))
    ended = desk.now
    assert (desk.agent("bo").state, desk.agent("bo").since) == (S.WRAP_UP, ended)
    desk.pass_(9)
    assert desk.agent("bo").state is S.WRAP_UP
    desk.pass_(1)
    assert (desk.agent("bo").state, desk.agent("bo").since) == (S.READY, ended + 10)


def test_a_break_pressed_during_wrap_up_counts_at_once() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo", S.TALKING, wrap_up=30.0))
    desk.snapshot(A, agent("bo", wrap_up=30.0))
    assert desk.agent("bo").state is S.WRAP_UP
    desk.snapshot(A, agent("bo", S.BREAK, wrap_up=30.0))
    assert desk.agent("bo").state is S.BREAK


def test_the_other_party_is_seen_from_the_agents_side() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo", extension=clean("202")))
    desk.snapshot(C, call("c", on=("bo",), direction=Direction.OUT, to=clean("+4940"), to_name=clean("Mia")))
    assert desk.agent("bo").with_name == "Mia"
    desk.snapshot(C, call("c", on=("bo",), direction=Direction.IN, from_name=clean("Eve")))
    assert desk.agent("bo").with_name == "Eve"


def test_my_own_listening_leg_is_no_call_of_the_agent() -> None:
    desk = Desk()
    desk.snapshot(A, agent("bo"))
    desk.snapshot(C, call("spy", on=("bo",), mine=True, spying=clean("Ada")))
    assert desk.agent("bo").state is S.READY
