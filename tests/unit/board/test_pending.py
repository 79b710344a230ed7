"""Actions on their way are shown on their row, and what was never proven is counted."""

from __future__ import annotations

from tests.unit.board.making import Desk, key
from wallboard.board import Pending
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource


def test_pending_actions_and_their_endings() -> None:
    desk = Desk()
    row = key(Resource.CALLS, "c-1")
    heard: list[frozenset[tuple[str, Resource]]] = []
    desk.board.subscribe(heard.append)
    desk.board.pend(Pending("1", row, Verb.HOLD, "hold Eve Lund", desk.now))
    desk.board.pend(Pending("2", row, Verb.PARK, "park Eve Lund", desk.now, "sent"))
    desk.board.pend(Pending("1", row, Verb.HOLD, "hold Eve Lund", desk.now, "accepted"))
    assert [(p.command_id, p.phase) for p in desk.board.pending_on(row)] == [("1", "accepted"), ("2", "sent")]
    assert desk.board.unconfirmed == 2
    desk.board.settle("1", "confirmed")
    assert desk.board.unconfirmed == 1
    desk.board.settle("2", "not_confirmed")
    assert desk.board.pending_on(row) == []
    assert desk.board.unconfirmed == 1
    desk.clock.advance(601)
    assert desk.board.unconfirmed == 0
    assert heard == [frozenset({("hq", Resource.CALLS)})] * 5
