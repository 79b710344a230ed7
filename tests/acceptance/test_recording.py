"""A recording of the whole demonstration, played again: rows, states, figures and alarms are what they were."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.acceptance.scene import FastClock, Line, configured, settle
from wallboard.board import Board
from wallboard.config.settings import Config
from wallboard.domain.keys import Resource
from wallboard.domain.models import Queue
from wallboard.domain.rules import Limits, QueueRule
from wallboard.recording.player import Moment, Player
from wallboard.recording.recorder import Recorder
from wallboard.recording.tape import Tape, Writer
from wallboard.recording.unnumbered import Unnumbered
from wallboard.runtime.rooms import board_settings, headless
from wallboard.sim import Knobs, SimServer, World, make_app
from wallboard.vendors.base import Sink, SourceSettings
from wallboard.vendors.http.exchange import in_process
from wallboard.view.snapshot import snapshot

pytestmark = pytest.mark.anyio

MOMENTS = (5, 60, 65, 200, 335, 480, 595)
"""Seconds after the beginning."""


class Studio:
    """The demonstration's world and the rooms on it. Its board has its seconds where a player has them."""

    def __init__(self, clock: FastClock, server: SimServer, board: Board, writers: list[Writer]) -> None:
        self.clock = clock
        self.board = board
        self._server = server
        self._writers = writers
        self._second = clock.now() + 1.0

    async def until(self, instant: float) -> None:
        clock = self.clock
        while clock.now() < instant:
            due = clock.next_due
            step = instant if due is None else max(due, clock.now() + 0.001)
            clock.to(min(step, self._second, instant))
            self._server.clock.sync()
            await settle()
            if clock.now() == self._second:
                self._second += 1.0
                self.board.tick()
                for writer in self._writers:
                    writer.write(writer.cut())


def config_of(folder: Path) -> Config:
    config = configured(folder)
    strict = QueueRule("*", warn=Limits(waiting=1, longest=20.0), alarm=Limits(waiting=3, longest=60.0))
    return replace(config, queues=(strict, *config.queues))


@asynccontextmanager
async def studio(folder: Path, *files: tuple[Path, bool]) -> AsyncIterator[Studio]:
    """`files`: where to record to, and whether masked."""
    config, clock = config_of(folder), FastClock()
    server = make_app(World(5, datetime.fromtimestamp(clock.now(), UTC), Knobs()), clock=clock.now)
    writers = [Writer(path, clock.now(), [each.name for each in config.sources], masked=mask) for path, mask in files]

    def heard(sink: Sink) -> Sink:
        for writer, (_, mask) in zip(writers, files, strict=True):
            sink = Recorder(sink, writer, clock.now, Unnumbered() if mask else None)
        return sink

    def line(source: SourceSettings) -> Line:
        return Line(source.name, in_process(server), set())

    state = folder / "state"
    async with headless(
        config, read_only=True, keeps=False, clock=clock, state=state, transports=line, heard=heard
    ) as head:
        head.scheduler.demand(frozenset(Resource))
        head.tasks.start_soon(head.scheduler.run)
        await settle()
        yield Studio(clock, server, head.board, writers)
    for writer in writers:
        writer.close()


def shown(board: Board) -> dict[str, Any]:
    """All that a console asks of a board."""
    queues = [row.key for row in board.rows(Resource.QUEUES) if isinstance(row, Queue)]
    agents = [row.key for row in board.rows(Resource.AGENTS)]
    return {
        "rows": {resource: board.rows(resource) for resource in Resource},
        "snapshot": snapshot(board, board.now()),
        **judged(board),
        "outlook": {key: board.outlook(key) for key in queues},
        "last hour": {key: board.last_hour(key) for key in queues},
        "days": {key: (board.agent_day(key), board.agent_course(key)) for key in agents},
    }


def judged(board: Board) -> dict[str, Any]:
    """What is concluded of the rows."""
    queues = [row.key for row in board.rows(Resource.QUEUES) if isinstance(row, Queue)]
    return {
        "states": board.source_views(),
        "panes": {resource: board.pane_state(resource) for resource in Resource},
        "figures": {key: board.queue_stats(key) for key in queues},
        "alarms": [*board.alarms.listed(), board.alarms.rate],
    }


@dataclass(frozen=True)
class Shift:
    """Ten recorded minutes, and what the board showed at each of the moments."""

    folder: Path
    whole: Path
    masked: Path
    was: dict[float, dict[str, Any]]

    def player(self, path: Path, **more: Any) -> Player:
        tape = Tape(path)
        moment = Moment(tape.start)
        return Player(tape, Board(moment, board_settings(config_of(self.folder))), moment, FastClock(), **more)


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Shift:
    folder = tmp_path_factory.mktemp("studio")
    made = Shift(folder, folder / "whole.gz", folder / "masked.gz", {})

    async def record() -> None:
        async with studio(folder, (made.whole, False), (made.masked, True)) as here:
            start = here.clock.now()
            for seconds in MOMENTS:
                await here.until(start + seconds)
                made.was[here.clock.now()] = shown(here.board)
            await here.until(start + 600)

    anyio.run(record)
    return made


def stand(player: Player, instant: float) -> Board:
    player.wind(instant - player.goal)
    player.play()
    assert player.at == instant
    return player.board


def test_it_was_worth_recording(shift: Shift) -> None:
    last = shift.was[max(shift.was)]
    assert len(last["alarms"]) > 3
    assert len(last["states"]) == 5
    assert any(figures.service_level.value is not None for figures in last["figures"].values())
    assert any(figures.lost or figures.flowed for figures in last["figures"].values())


async def test_ten_times_as_fast_it_shows_what_the_board_showed_and_stands_still_at_the_end(shift: Shift) -> None:
    player = shift.player(shift.whole, speed=10.0)
    clock = player.clock
    assert isinstance(clock, FastClock)
    began = clock.now()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        for instant, was in shift.was.items():
            while clock.now() < began + (instant - player.start) / 10:
                await settle()
                clock.to(clock.now() + 0.125)
            await settle()
            assert player.at == instant
            assert shown(player.board) == was
        for _ in range(16):
            clock.to(clock.now() + 0.125)
            await settle()
        tasks.cancel_scope.cancel()
    assert player.ended
    assert player.damage is None
    assert player.goal == player.at == player.end


def test_in_whatever_order_it_is_wound_it_shows_what_the_board_showed(shift: Shift) -> None:
    player = shift.player(shift.whole)
    moments = sorted(shift.was)
    for instant in (moments[-2], *moments[-3::-1], moments[2], moments[1], moments[-1], moments[-2]):
        assert shown(stand(player, instant)) == shift.was[instant], f"{instant - player.start} s after the beginning"


# ---- without numbers -----------------------------------------------------------------------------------------------


def texts(path: Path) -> Iterator[str]:
    """Every text and every name in a file."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from within(each)

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield from within(json.loads(line))


def test_a_masked_file_holds_no_number_and_shows_the_same_but_for_them(shift: Shift) -> None:
    written = set(texts(shift.whole))
    numbers = {re.sub(r"\D", "", text) for text in written if re.fullmatch(r"\+?[0-9]{7,}", text)}
    assert len(numbers) > 30
    masked = set(texts(shift.masked))
    for text in masked:
        assert not any(number in re.sub(r"[ ()./-]", "", text) for number in numbers), text
    assert {number[-3:] for number in numbers} <= {text[-3:] for text in masked if text.startswith("…")}
    # An extension is nobody's number.
    assert {"201", "601"} <= masked
    player = shift.player(shift.masked)
    for instant in list(shift.was)[3:6]:
        now = judged(stand(player, instant))
        assert now == {name: shift.was[instant][name] for name in now}
