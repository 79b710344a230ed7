"""What makes a row of evidence: readings that count, starts that fit, and what was so before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from wallboard.domain.command import Verb
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import Proof
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


@dataclass
class Board:
    """The facts: what stands there, and when it was read."""

    read: float = 0.0
    shown: dict[Key, Row] = field(default_factory=dict)

    def now(self) -> float:
        return self.read

    def row(self, key: Key) -> Row | None:
        return self.shown.get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        return [row for row in self.shown.values() if RESOURCE_OF[row.key.kind] is resource]

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self.read or None

    def proofs(self, source: str) -> Sequence[Proof]:
        return ()


def trial(before: Row | None, board: Board, at_sending: Mapping[Key, Row] | None = None) -> Trial:
    command = documented(Verb.HANGUP)
    if before is not None:
        command = replace(command, target=replace(command.target, key=before.key))
    return Trial(command, Receipt("", "204", SENT, ANSWERED), before, board, at_sending or {})


def shows(*rows: Row, read: float) -> Board:
    return Board(read, {row.key: row for row in rows})


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
    assert done.test(trial(AGENT, shows(off, read=101.0)))
    assert not done.test(trial(AGENT, shows(off, read=100.4))), "asked for before the answer"
    assert not done.test(trial(AGENT, Board()))
    assert not not_done.test(trial(AGENT, shows(AGENT, read=101.0))), "it may come yet"
    assert not_done.test(trial(AGENT, shows(AGENT, read=ANSWERED + SETTLED + 0.1)))
    assert (done.text, done.impostor) == ("signed out", "an old list")


def test_what_was_so_before_is_said_to_have_been() -> None:
    off = replace(AGENT, state=AgentState.OFF)
    row = read_back(Verb.SIGNOUT, "", read_at(Resource.AGENTS), {"off": is_off}, {}, "", before=off)
    assert row.confirms[0].text == "off (it was so before)"


def test_one_list_that_lacks_a_row_is_not_enough() -> None:
    gone = TwiceRunning(over, read_at(Resource.CALLS))
    assert not gone(trial(CALL, Board(100.2)))
    assert not gone(trial(CALL, Board(101.0)))
    assert not gone(trial(CALL, Board(101.0))), "the same reading again"
    assert gone(trial(CALL, Board(102.0)))
    flapping = TwiceRunning(over, read_at(Resource.CALLS))
    assert [flapping(trial(CALL, board)) for board in (Board(101.0), shows(CALL, read=102.0), Board(103.0))] == (
        [False, False, False]
    )


def test_a_caller_who_hung_up_is_over() -> None:
    left = replace(MEMBER, state=MemberState.ABANDONED)
    assert over(trial(MEMBER, shows(left, read=101.0)))
    assert not over(trial(MEMBER, shows(MEMBER, read=101.0)))


@pytest.mark.parametrize(
    ("started", "fits"), [(96.9, False), (97.0, True), (105.5, True), (105.6, False), (None, False)]
)
def test_a_call_that_began_with_the_action(started: float | None, fits: bool) -> None:
    there = trial(CALL, shows(CALL, read=101.0))
    assert began_with(there, replace(CALL, started_at=started)) is fits
    assert began_with(there, replace(MEMBER, joined_at=started)) is fits


def test_an_unmoved_row_is_the_same_call_or_waits_in_the_same_queue() -> None:
    def same(after: Call, before: Call) -> bool:
        return after.extension == before.extension

    moved = replace(CALL, extension=clean("102"))
    assert unmoved(trial(CALL, shows(CALL, read=101.0)), same)
    assert not unmoved(trial(CALL, shows(moved, read=101.0)), same)
    assert unmoved(trial(MEMBER, shows(MEMBER, read=101.0)), same)
    assert not unmoved(trial(MEMBER, shows(replace(MEMBER, queue_id="q2"), read=101.0)), same)
    assert not unmoved(trial(MEMBER, Board(101.0)), same)


def test_the_rows_of_a_kind_and_the_age_of_what_they_say_together() -> None:
    there = trial(CALL, shows(CALL, MEMBER, AGENT, read=101.0))
    assert (calls(there), members(there)) == ([CALL], [MEMBER])
    assert not settled(there, Resource.CALLS)
    assert oldest(3.0, 2.0) == 2.0
    assert oldest(3.0, None) is None
    assert oldest() is None
