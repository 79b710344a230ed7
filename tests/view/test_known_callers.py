"""Callers whom the site knows, and callers who call again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.board.making import SOURCE, Desk, call, key, member, queue
from wallboard.board import BoardSettings
from wallboard.domain.keys import Resource
from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.models import Call, Member
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.view.context import Context
from wallboard.view.details import details
from wallboard.view.panes.base import cell_of
from wallboard.view.panes.members import MembersPane

Q, M, C = Resource.QUEUES, Resource.MEMBERS, Resource.CALLS
NUMBER = clean("030 111222")
NORTHWIND = Known("+49 30 111222", clean("Northwind"), star=True, longest=30.0)


@pytest.fixture
def desk() -> Desk:
    made = Desk(BoardSettings(known=KnownNumbers([NORTHWIND]), regions={SOURCE: "DE"}))
    for resource in (Q, M, C):
        made.status(resource)
    made.snapshot(Q, queue())
    return made


def caller(desk: Desk, id_: str) -> Member:
    row = desk.board.row(key(M, id_))
    assert isinstance(row, Member)
    return row


def context(desk: Desk) -> Context:
    return Context(desk.board, desk.now)


def test_the_sites_own_name_beats_what_the_vendor_was_told(desk: Desk) -> None:
    desk.snapshot(M, member("a", number=NUMBER), member("b", number=clean("0301112223")))
    desk.snapshot(C, replace(call("c"), from_number=NUMBER))
    assert (caller(desk, "a").name, caller(desk, "b").name) == ("Northwind", "Caller b")
    row = desk.board.row(key(C, "c"))
    assert isinstance(row, Call)
    assert row.from_name == "Northwind"
    assert cell_of(MembersPane().own(caller(desk, "a"), context(desk)), "name").text == "★ Northwind"


def test_a_known_caller_has_a_wait_limit_of_their_own(desk: Desk) -> None:
    for wait, severity in ((29.0, "warn"), (30.0, "alarm")):
        assert desk.board.wait_severity(key(Q, "601"), wait, NUMBER) == severity
        assert desk.board.wait_severity(key(Q, "601"), wait, "0301112223") == "warn"


def test_who_calls_again_is_counted_and_said(desk: Desk) -> None:
    rows = []
    for id_, gone in (("a", 300.0), ("b", 540.0), ("c", 10.0)):
        rows = [member(id_, number=NUMBER, joined_at=desk.now)]
        desk.snapshot(M, *rows)
        desk.pass_(gone)
        if id_ != "c":
            desk.snapshot(M)
            desk.pass_(5)
    assert cell_of(MembersPane().own(caller(desk, "c"), context(desk)), "name").text == "★ ×3 Northwind"
    lines = details(MembersPane(), caller(desk, "c"), context(desk), (), 120)
    said = "\n".join("".join(piece.text for piece in line) for line in lines)
    assert "+49 30 111222 · ★ Northwind, may wait 0:30 · 3rd call in 14 min" in said


def test_a_caller_who_was_sent_on_has_not_called_again(desk: Desk) -> None:
    desk.snapshot(Q, queue(), queue("602", "Help"))
    desk.snapshot(M, member("a", number=NUMBER, joined_at=desk.now), scope="601")
    desk.snapshot(M, scope="602")
    desk.pass_(20)
    desk.snapshot(M, scope="601")
    desk.snapshot(M, member("b", MemberState.WAITING, "602", number=NUMBER, joined_at=desk.now), scope="602")
    desk.pass_(5)
    assert desk.board.repeat(SOURCE, NUMBER) is None


def test_after_an_hour_it_is_a_first_call_again(desk: Desk) -> None:
    desk.snapshot(M, member("a", number=NUMBER, joined_at=desk.now))
    desk.pass_(5)
    desk.snapshot(M)
    desk.pass_(3600)
    desk.snapshot(M, member("b", number=NUMBER, joined_at=desk.now))
    assert desk.board.repeat(SOURCE, NUMBER) is None


def test_their_own_limit_is_an_alarm_of_the_queue(desk: Desk) -> None:
    desk.snapshot(M, member("a", number=NUMBER, joined_at=desk.now), member("b", joined_at=desk.now))
    for _ in range(40):
        desk.clock.advance(1)
        for resource in (Q, M, C):
            desk.status(resource, last_ok=desk.now)
        desk.board.tick()
    found = {alarm.condition: alarm for alarm in desk.board.alarms.active()}
    assert found["known"].severity == "alarm"
    assert found["known"].text == "Northwind waits 0:40, may wait 0:30"
    desk.snapshot(M, member("b", joined_at=desk.now))
    for _ in range(20):
        desk.clock.advance(1)
        for resource in (Q, M, C):
            desk.status(resource, last_ok=desk.now)
        desk.board.tick()
    assert "known" not in {alarm.condition for alarm in desk.board.alarms.active()}
