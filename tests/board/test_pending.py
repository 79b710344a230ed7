"""Actions on their way, and those that were never proven, are counted."""

from __future__ import annotations

from tests.board.making import Desk, key
from wallboard.domain.keys import Resource


def test_pending_actions_and_their_endings() -> None:
    desk = Desk()
    row = key(Resource.CALLS, "c-1")
    heard: list[frozenset[tuple[str, Resource]]] = []
    desk.board.subscribe(heard.append)
    for command in ("1", "2", "1"):
        desk.board.pend(command, row)
    assert desk.board.unconfirmed == 2
    desk.board.settle("1", "confirmed")
    assert desk.board.unconfirmed == 1
    desk.board.settle("2", "not_confirmed")
    assert desk.board.unconfirmed == 1
    desk.clock.advance(601)
    assert desk.board.unconfirmed == 0
    assert heard == [frozenset({("hq", Resource.CALLS)})] * 5
