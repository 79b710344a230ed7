"""Whoever gave up stands in the list until they were called back, or somebody says why not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from wallboard.history.call_backs import KEPT, CallBacks, Lost
from wallboard.history.records import CallBack, Caller, Record

NOON = 1_800_000_000


def caller(id_: str, joined: int, outcome: str = "lost", number: str = "+4930111222", source: str = "hq") -> Caller:
    joined += NOON
    return Caller(source, id_, "601", "Sales", number, "", joined, joined + 40, outcome, 40.0, 39.0, 41.0)


@dataclass
class Desk:
    at: float = NOON + 1000
    written: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.list = CallBacks(self.written.append, lambda: self.at)

    def take(self, *callers: Caller) -> None:
        for each in callers:
            self.list.take(each)

    @property
    def open(self) -> list[tuple[str, int, int]]:
        return [(lost.caller.id, lost.times, lost.tries) for lost in self.list.open()]

    @property
    def first(self) -> Lost:
        return self.list.open()[0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_only_those_who_gave_up_and_have_a_number(desk: Desk) -> None:
    desk.take(caller("a", 0), caller("b", 10, "answered", "+4930111333"), caller("c", 20, number=""))
    desk.take(caller("d", 30, "flowed", "+4930111444"), caller("e", 40, number="201"))
    assert desk.open == [("a", 1, 0), ("e", 1, 0)]


def test_one_number_is_one_entry_however_often_it_tried_and_however_it_is_written(desk: Desk) -> None:
    desk.take(caller("a", 0), caller("b", 100, number="+49 (30) 111222"), caller("c", 200, number="0049-30-111222"))
    assert desk.open == [("c", 3, 0)]


def test_an_extension_means_another_telephone_at_another_source(desk: Desk) -> None:
    desk.take(caller("a", 0, number="201"), caller("b", 10, number="201", source="branch"))
    assert [lost.caller.source for lost in desk.list.open()] == ["hq", "branch"]


def test_who_called_again_and_was_answered_needs_no_call(desk: Desk) -> None:
    desk.take(caller("a", 0), caller("b", 100, "answered"))
    assert desk.open == []
    desk.take(caller("c", 200))
    assert desk.open == [("c", 1, 0)]


def test_who_had_not_given_up_after_all_is_taken_off(desk: Desk) -> None:
    desk.take(caller("a", 0))
    desk.take(caller("a", 0, "flowed"))
    assert desk.open == []


def test_a_try_is_counted_and_a_proven_call_closes(desk: Desk) -> None:
    desk.take(caller("a", 0))
    desk.list.tried(desk.first, "Mira")
    assert desk.open == [("a", 1, 1)]
    assert desk.first.by == "Mira"
    desk.at += 60
    desk.list.done(desk.first, "Mira")
    assert desk.open == []
    assert [(r.state, r.tries) for r in desk.written if isinstance(r, CallBack)] == [("tried", 1), ("done", 1)]


def test_closed_with_a_reason_and_open_again_when_they_give_up_again(desk: Desk) -> None:
    desk.take(caller("a", 0))
    desk.list.close(desk.first, "Mira", "wrong number")
    assert desk.open == []
    desk.take(caller("b", 1100))
    assert desk.open == [("b", 1, 0)]


def test_what_another_console_did_counts_here(desk: Desk) -> None:
    desk.take(caller("a", 0), caller("b", 10, number="+4930111333"))
    other = CallBack("hq", "601", "a", NOON, "done", 1, NOON + 900, "Olga")
    desk.list.restore([], [other])
    assert desk.open == [("b", 1, 0)]
    desk.list.restore([], [CallBack("hq", "601", "b", NOON + 10, "tried", 2, NOON + 950, "Olga")])
    assert desk.open == [("b", 1, 2)]


def test_what_was_done_before_a_restart_stays_done(desk: Desk) -> None:
    desk.list.restore(
        [caller("a", 0), caller("b", 10, number="+4930111333")],
        [CallBack("hq", "601", "a", NOON, "closed", 0, NOON + 900, "Olga", "wrong number")],
    )
    assert desk.open == [("b", 1, 0)]


def test_nobody_is_waited_for_longer_than_a_day(desk: Desk) -> None:
    desk.take(caller("a", 0))
    desk.at += KEPT
    assert desk.open == []


def test_what_is_over_is_forgotten(desk: Desk) -> None:
    for day in range(4):
        desk.at = NOON + day * 86_400 + 50_000
        desk.take(*(caller(f"{day}-{n}", day * 86_400 + n, number=f"+4930{day}{n:07d}") for n in range(100)))
    assert len(desk.open) == 100
    assert len(desk.list._callers) <= 200
