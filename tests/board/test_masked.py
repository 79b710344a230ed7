"""A masked board tells no number, and knows them all the same."""

from __future__ import annotations

import re

from wallboard.board.masked import MaskedBoard
from wallboard.board.settings import BoardSettings
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.models import Member, Queue
from wallboard.domain.rules import QueueRule
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo, Update, UpdateKind
from wallboard.vendors.base import rows_of

NUMBER = "+49 30 1234567"


def _board() -> tuple[MaskedBoard, ManualClock]:
    clock = ManualClock()
    rules = (QueueRule("0800*", priority=1),)
    known = KnownNumbers([Known(NUMBER, clean("Northwind"), star=True, longest=30)])
    board = MaskedBoard(clock, BoardSettings(rules, known=known))
    board.source(SourceInfo("hq", "ringme"))
    queue = Queue(Key("hq", Kind.QUEUE, "601"), clean("0800 1234567"))
    board.apply(Update("hq", Resource.QUEUES, "", UpdateKind.SNAPSHOT, 1, 1, clock.now(), (queue,)))
    return board, clock


def _caller(board: MaskedBoard, clock: ManualClock, seq: int, *members: str) -> None:
    rows = tuple(
        Member(
            Key("hq", Kind.MEMBER, name),
            "601",
            clean("0800 1234567"),
            number=clean(NUMBER),
            state=MemberState.WAITING,
            joined_at=clock.now(),
        )
        for name in members
    )
    board.apply(Update("hq", Resource.MEMBERS, "", UpdateKind.SNAPSHOT, 1, seq, clock.now(), rows))


def test_rows_are_masked_and_who_calls_is_known_by_what_they_hide() -> None:
    board, clock = _board()
    _caller(board, clock, 1, "c-1")
    clock.advance(10)
    _caller(board, clock, 2)
    clock.advance(60)
    _caller(board, clock, 3, "c-2")
    (member,) = rows_of(Member, board)
    assert member == board.row(member.key)
    assert member.number == "…567"
    assert member.name == "Northwind"
    known, repeat = board.caller("hq", member.number), board.repeat("hq", member.number)
    assert known is not None
    assert known.star
    assert repeat is not None
    assert repeat.times == 2
    assert board.wait_severity(Key("hq", Kind.QUEUE, "601"), 31.0, member.number) == "alarm"


def test_a_rule_finds_a_queue_by_the_name_that_is_masked() -> None:
    board, _ = _board()
    (queue,) = rows_of(Queue, board)
    assert queue.name == "…567"
    assert board.spelled("hq/call/PJSIP/+49301234567-00a1") == "hq/call/PJSIP/…700a1"
    assert board.priority(queue.key) == 1


def test_an_alarm_names_no_number() -> None:
    board, clock = _board()
    _caller(board, clock, 1, "c-1")
    for _ in range(60):
        clock.advance(1)
        board.tick()
    alarms = board.alarms.listed()
    assert alarms
    assert not re.search(r"\d{4}", " ".join(alarm.sentence for alarm in alarms))
    kept = [alarm for alarm in alarms]
    again, _ = _board()
    again.alarms.restore(kept)
    assert not re.search(r"\d{4}", " ".join(alarm.sentence for alarm in again.alarms.listed()))
