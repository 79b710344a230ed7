"""A shift that nobody recorded, shown again by the history that a console wrote meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from tests.acceptance.scene import FastClock
from tests.acceptance.test_recording import config_of, studio
from wallboard.board import Board
from wallboard.domain.keys import Key, Resource
from wallboard.domain.states import ResourceState
from wallboard.history.collector import EVERY, Collector
from wallboard.history.records import Record
from wallboard.history.store import write_down
from wallboard.recording.minutes import Minutes
from wallboard.recording.player import Moment, Player
from wallboard.runtime.rooms import board_settings, headless

MINUTE = 60
LASTS = 8
OFF = (3, 4)
"""The minutes in which no console ran."""

Worst = dict[Key, tuple[int, int]]
"""The most callers of a queue in a minute, and the longest wait of them in whole seconds."""


@dataclass
class Shift:
    path: Path
    began: int = 0
    was: dict[int, Worst] = field(default_factory=dict)
    """By minute after the beginning."""


def add(worst: Worst, board: Board) -> None:
    for row in board.rows(Resource.QUEUES):
        stats = board.queue_stats(row.key, level=False)
        if board.row_state(row.key) in (ResourceState.LIVE, ResourceState.LATE) and stats.queued is not None:
            callers, longest = worst.get(row.key, (0, 0))
            worst[row.key] = max(callers, stats.queued), max(longest, int(stats.longest(board.now()) or 0))


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Shift:
    folder = tmp_path_factory.mktemp("past")
    made, records = Shift(folder / "history.sqlite3"), list[Record]()

    async def live() -> None:
        async with studio(folder) as here:
            made.began = int(here.clock.now() // MINUTE + 1) * MINUTE
            await here.until(made.began)
            collector = Collector(here.board, records.append)
            for second in range(0, LASTS * MINUTE, int(EVERY)):
                await here.until(made.began + second)
                if second // MINUTE not in OFF:
                    collector.look()
                    add(made.was.setdefault(second // MINUTE, {}), here.board)
            collector.close()

    anyio.run(live)
    assert write_down(made.path, 100_000, records) == ""
    return made


@pytest.mark.anyio
async def test_it_shows_what_the_board_showed_in_that_minute_and_a_gap_where_no_console_ran(shift: Shift) -> None:
    config = config_of(shift.path.parent)
    tape = Minutes(shift.path, {source.name: source.vendor for source in config.sources})
    assert (tape.start, tape.end) == (shift.began, shift.began + MINUTE * (LASTS - 1))
    moment = Moment(tape.start)
    board = Board(moment, board_settings(config))
    player = Player(tape, board, moment, FastClock(), at=shift.began + 6 * MINUTE + 20)
    state = shift.path.parent / "nobody"
    async with headless(config, read_only=True, clock=moment, state=state, keeps=False, board=board) as rooms:
        assert not rooms.adapters
        seen: list[tuple[int, int]] = []
        for minute in (6, 1, 7):
            player.wind(shift.began + MINUTE * minute + 20 - player.goal)
            player.play()
            assert board.now() == shift.began + MINUTE * minute
            now = Worst()
            add(now, board)
            assert now == shift.was[minute]
            seen += now.values()
        assert len([callers for callers, longest in seen if callers and longest]) > 5
        for minute in OFF:
            player.wind(shift.began + MINUTE * minute - player.goal)
            player.play()
            rows = board.rows(Resource.QUEUES)
            assert len(rows) > 5
            assert {board.row_state(row.key) for row in rows} == {ResourceState.STALE}
            assert board.pane_state(Resource.QUEUES).sentence.endswith(": nothing was recorded")
