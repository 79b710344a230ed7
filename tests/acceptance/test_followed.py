"""A board that only hears what another is told shows the same: rows, states, figures and alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.scene import staged
from wallboard.board.board import Board
from wallboard.board.masked import MaskedBoard
from wallboard.domain.keys import Resource
from wallboard.polling.words import Ear, Follower
from wallboard.runtime.rooms import board_settings
from wallboard.sim import Knobs
from wallboard.vendors.base import Sink
from wallboard.view.snapshot import snapshot

pytestmark = pytest.mark.anyio


async def test_minutes_of_words_make_the_same_board(tmp_path: Path) -> None:
    words: list[bytes] = []
    later: list[Follower] = []

    def tell(word: bytes) -> None:
        words.append(word)
        for follower in later:
            assert follower.hear(word)

    def heard(board: Sink) -> Sink:
        return Ear(board, tell)

    async with staged(tmp_path, knobs=Knobs(), heard=heard) as stage:
        settings = board_settings(stage.config)
        boards = [Board(stage.clock, settings), MaskedBoard(stage.clock, settings)]
        for board in boards:
            follower = Follower(board)
            assert all([follower.hear(word) for word in words])
            later.append(follower)

        for second in range(180):
            await stage.wait(1.0, step=1.0)
            for board in (stage.board, *boards):
                board.tick()
            if second % 30:
                continue
            now = stage.clock.now()
            told, followed, masked = (snapshot(board, now) for board in (stage.board, *boards))
            assert followed == told
            # What rows are called apart, the masked one knows all that the others know.
            for one, other in zip(told["queues"], masked["queues"], strict=True):
                assert one | {"name": ""} == other | {"name": ""}
            alarms = [list(board.alarms.listed()) for board in (stage.board, *boards)]
            assert alarms[1] == alarms[0]
            assert [alarm.id for alarm in alarms[2]] == [alarm.id for alarm in alarms[0]]
        assert len(stage.board.rows(Resource.CALLS)) > 3
        assert any(row["answered"] for row in told["queues"])
