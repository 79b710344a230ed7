"""What makes a row of evidence: readings that count, starts that fit, and what was so before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.support.facts import Seen
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.domain.text import clean
from wallboard.vendors.base import Receipt, Trial
from wallboard.vendors.kit.evidence import (
    SETTLED,
    TwiceRunning,
    began_with,
    calls,
    documented,
    members,
    oldest,
    over,
    read_at,
    read_back,
    settled,
    unmoved,
)

SENT, ANSWERED = 100.0, 100.5
AGENT = Agent(Key("pbx", Kind.AGENT, "101"), clean("Ada"), state=AgentState.READY)
CALL = Call(Key("pbx", Kind.CALL, "c1"), clean("101"), state=CallState.TALKING, started_at=50.0)
MEMBER = Member(Key("pbx", Kind.MEMBER, "m1"), "q1", clean("Sales"), state=MemberState.WAITING, joined_at=60.0)


def trial(before: Row | None, board: Seen, at_sending: Mapping[Key, Row] | None = None) -> Trial:
    command = documented(Verb.HANGUP)
    if before is not None:
        command = replace(command, target=replace(command.target, key=before.key))
    return Trial(command, Receipt("", "204", SENT, ANSWERED), before, board, at_sending or {})


def is_off(row: Row | None) -> bool:
    return isinstance(row, Agent) and row.state is AgentState.OFF


def is_on(row: Row | None) -> bool:
    return isinstance(row, Agent) and row.state is not AgentState.OFF


def test_what_is_read_back_confirms_since_the_answer_and_denies_long_since() -> None:
    row = read_back(
        Verb.SIGNOUT, "PUT", read_at(Resource.AGENTS), {"signed out": is_off}, {"still there": is_on}, "an old list"
    )
    off = replace(AGENT, state=AgentState.OFF)
    (done,), (not_done,) = row.confirms, row.denies
    assert done.test(trial(AGENT, Seen(101.0, [off])))
    assert not done.test(trial(AGENT, Seen(100.4, [off]))), "asked for before the answer"
    assert not done.test(trial(AGENT, Seen(101.0, read={})))
    assert not not_done.test(trial(AGENT, Seen(101.0, [AGENT]))), "it may come yet"
    assert not_done.test(trial(AGENT, Seen(ANSWERED + SETTLED + 0.1, [AGENT])))
    assert (done.text, done.impostor) == ("signed out", "an old list")


def test_what_was_so_before_is_said_to_have_been() -> None:
    off = replace(AGENT, state=AgentState.OFF)
    row = read_back(Verb.SIGNOUT, "", read_at(Resource.AGENTS), {"off": is_off}, {}, "", before=off)
    assert row.confirms[0].text == "off (it was so before)"


def test_one_list_that_lacks_a_row_is_not_enough() -> None:
    gone = TwiceRunning(over, read_at(Resource.CALLS))
    assert not gone(trial(CALL, Seen(100.2)))
    assert not gone(trial(CALL, Seen(101.0)))
    assert not gone(trial(CALL, Seen(101.0))), "the same reading again"
    assert gone(trial(CALL, Seen(102.0)))
    flapping = TwiceRunning(over, read_at(Resource.CALLS))
    assert [flapping(trial(CALL, board)) for board in (Seen(101.0), Seen(102.0, [CALL]), Seen(103.0))] == (
        [False, False, False]
    )


def test_a_caller_who_hung_up_is_over() -> None:
    left = replace(MEMBER, state=MemberState.ABANDONED)
    assert over(trial(MEMBER, Seen(101.0, [left])))
    assert not over(trial(MEMBER, Seen(101.0, [MEMBER])))


@pytest.mark.parametrize(
    ("started", "fits"), [(96.9, False), (97.0, True), (105.5, True), (105.6, False), (None, False)]
)
def test_a_call_that_began_with_the_action(started: float | None, fits: bool) -> None:
    there = trial(CALL, Seen(101.0, [CALL]))
    assert began_with(there, replace(CALL, started_at=started)) is fits
    assert began_with(there, replace(MEMBER, joined_at=started)) is fits


def test_an_unmoved_row_is_the_same_call_or_waits_in_the_same_queue() -> None:
    def same(after: Call, before: Call) -> bool:
        return after.extension == before.extension

    moved = replace(CALL, extension=clean("102"))
    assert unmoved(trial(CALL, Seen(101.0, [CALL])), same)
    assert not unmoved(trial(CALL, Seen(101.0, [moved])), same)
    assert unmoved(trial(MEMBER, Seen(101.0, [MEMBER])), same)
    assert not unmoved(trial(MEMBER, Seen(101.0, (replace(MEMBER, queue_id="q2"),))), same)
    assert not unmoved(trial(MEMBER, Seen(101.0)), same)


def test_the_rows_of_a_kind_and_the_age_of_what_they_say_together() -> None:
    there = trial(CALL, Seen(101.0, [CALL, MEMBER, AGENT]))
    assert (calls(there), members(there)) == ([CALL], [MEMBER])
    assert not settled(there, Resource.CALLS)
    assert oldest(3.0, 2.0) == 2.0
    assert oldest(3.0, None) is None
    assert oldest() is None
