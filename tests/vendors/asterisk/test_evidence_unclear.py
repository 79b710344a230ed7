"""After an unclear answer there are no ids to look for, and no table row may take that for a confirmation."""

from __future__ import annotations

import pytest

from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Fingerprint, Target, Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.update import SourceInfo
from wallboard.vendors.asterisk.evidence import TABLE
from wallboard.vendors.base import Receipt, Trial


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_unclear_answer_confirms_nothing_by_itself(name: str) -> None:
    clock = ManualClock()
    board = Board(clock)
    board.source(SourceInfo("lab", "asterisk"))
    target = Target(Key("lab", Kind.AGENT, "PJSIP/1001"), "Alice", Fingerprint(("Alice", ""), None, "ready"))
    command = Command("1", Verb.PAUSE, target)
    trial = Trial(command, Receipt("QueuePause", "", clock.now(), clock.now()), None, board)
    assert not any(evidence.test(trial) for evidence in TABLE[name].confirms)
