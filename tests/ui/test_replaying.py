"""A recording on the console: its moment is said, it can be wound, its clocks are not those of whoever watches it, and
nothing can be done to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.support.console import HQ, NOW, Desk, board, desk, read, rows
from wallboard.board import Board
from wallboard.config import keymap
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.domain.actions import looks
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.history.records import Minute
from wallboard.history.store import write_down
from wallboard.recording.minutes import Minutes
from wallboard.recording.player import Moment, Played, Player
from wallboard.recording.recorder import Recorder
from wallboard.recording.tape import Tape, Writer
from wallboard.runtime.console import NoPast, console_settings
from wallboard.ui.console import Console
from wallboard.ui.remarks import REMARK_SECONDS

LASTS = 180


def recorded(path: Path) -> Path:
    """Three minutes of the sample evening: after one nobody waits, after two they are back."""
    clock = ManualClock(NOW)
    made = board(clock)
    writer = Writer(path, NOW, [HQ], masked=False)
    sink = Recorder(made, writer, clock.now, None)
    for name in made.sources():
        sink.source(next(view.info for view in made.source_views() if view.info.name == name))
    everybody = rows()
    nobody = everybody | {(HQ, Resource.MEMBERS): ()}
    for second in range(0, LASTS, 5):
        clock.advance(NOW + second - clock.now())
        read(cast("Board", sink), nobody if 60 <= second < 120 else everybody, clock.now(), second + 2)
    writer.close()
    return path


def remembered(folder: Path) -> Minutes:
    """Three minutes of two queues; of the last there is nothing of one of the sources."""
    kept, began = folder / "history.sqlite3", int(NOW // 60) * 60
    minutes = [
        Minute(began, HQ, "queue", "601", "Sales", waiting=3, longest=95, talking=1, ready=2, staffed=5),
        Minute(began + 60, HQ, "queue", "601", "Sales", waiting=0, longest=0, talking=4, ready=0, staffed=5),
        *(Minute(began + 60 * each, "lab", "queue", "7", "Desk", waiting=0, longest=0) for each in range(3)),
    ]
    assert write_down(kept, 100_000, minutes) == ""
    return Minutes(kept, {HQ: "ringme"})


class Watch:
    """Whoever watches it; `desk.clock` is their time."""

    def __init__(self, folder: Path, file: Path | Played, speed: float = 1.0) -> None:
        tape, self.desk = Tape(file) if isinstance(file, Path) else file, desk(folder)
        moment = Moment(tape.start)
        self.board = Board(moment, self.desk.board.settings)
        self.player = Player(tape, self.board, moment, self.desk.clock, speed=speed)
        old = self.desk.console
        settings = replace(old.settings, actions=[each for each in keymap.ACTIONS if looks(each)])
        ports = replace(old.ports, player=self.player, past=NoPast())
        self.console = self.desk.console = Console(self.board, old.dispatcher, self.desk.clock, settings, ports)
        self.desk.asked.clear()

    def to(self, second: float) -> None:
        """Let it play to there, and a second pass before the screen."""
        self.player.wind(NOW + second - self.player.goal)
        self.settle()

    def settle(self) -> None:
        self.player.play()
        self.desk.clock.advance(1.0)
        self.console.reload(frozenset(Resource))
        self.console.tick()

    def press(self, *keys: str) -> None:
        self.desk.press(*keys)
        self.settle()

    @property
    def log(self) -> list[tuple[float, str]]:
        return [(entry.at - NOW, entry.text) for entry in self.console.remarks.entries]

    def header(self) -> str:
        return self.desk.paint()[0]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path, recorded(tmp_path / "evening.gz"))


@pytest.fixture
def past(tmp_path: Path) -> Watch:
    return Watch(tmp_path, remembered(tmp_path))


def said(second: float) -> str:
    return f"{datetime.fromtimestamp(NOW + second, UTC):%Y-%m-%d %H:%M:%S}"


def test_its_moment_is_said_and_is_that_of_every_clock(watch: Watch) -> None:
    watch.to(30)
    assert f"REPLAY {said(30)}   " in watch.header()
    assert f" {said(30)[11:]} " in watch.header().partition("REPLAY")[0]
    # 192 s when it began.
    assert "longest 3:42 Sales" in watch.header()
    watch.desk.press("f2")
    assert any(f" REPLAY {said(30)}  " in line for line in watch.desk.paint())


def test_its_speed_and_where_it_goes_are_said(tmp_path: Path) -> None:
    watch = Watch(tmp_path, recorded(tmp_path / "evening.gz"), speed=10)
    watch.to(5)
    assert f"REPLAY {said(5)} ×10 " in watch.header()
    watch.player.goal = NOW + 90
    assert f"REPLAY {said(5)} → {said(90)[11:]} " in watch.header()


def test_a_minute_back_and_on(watch: Watch) -> None:
    watch.to(110)
    assert not watch.board.rows(Resource.MEMBERS)
    watch.press("[")
    assert f"REPLAY {said(50)}" in watch.header()
    assert len(watch.board.rows(Resource.MEMBERS)) == 4
    assert any("Eve Lund" in line for line in watch.desk.paint())
    assert watch.desk.said == f"wound to {said(50)[11:]}"
    watch.press("]", "]")
    assert f"REPLAY {said(170)}" in watch.header()
    watch.press("[", "[", "[", "[")
    assert f"REPLAY {said(0)}" in watch.header()


def test_what_happened_again_is_told_once(watch: Watch) -> None:
    for second in range(1, 176):
        watch.to(second)
    before = watch.log
    assert len({text for _, text in before}) > 4
    watch.press("[", "[")
    assert watch.log == [line for line in before if line[0] <= 55]
    for second in range(56, 176):
        watch.to(second)
    assert watch.log == before


def test_the_hands_have_time_of_their_own(watch: Watch) -> None:
    watch.to(110)
    watch.press("2", "[")
    pane = watch.console.pane
    assert watch.desk.said.startswith("wound to ")
    assert not pane.selection.held
    watch.desk.clock.advance(REMARK_SECONDS)
    assert watch.desk.said == ""
    # The recording stands still; a question arms all the same.
    watch.desk.press("q")
    assert watch.console.dialog is not None
    watch.desk.press("y")
    assert watch.desk.asked[-1] == "quit"


def test_at_its_end_it_says_so(watch: Watch) -> None:
    watch.to(1000)
    assert f"REPLAY {said(LASTS - 5)} END " in watch.header()
    assert watch.desk.said == "the recording ends here"
    watch.press("]")
    assert f"REPLAY {said(LASTS - 5)} END " in watch.header()
    watch.press("[")
    assert "END" not in watch.header()
    watch.press("]")
    assert watch.desk.said == "the recording ends here"


def test_a_file_that_was_cut_off_or_damaged_says_so_where_it_ends(tmp_path: Path) -> None:
    whole = recorded(tmp_path / "evening.gz").read_bytes()
    cut, broken = tmp_path / "cut.gz", tmp_path / "broken.gz"
    cut.write_bytes(whole[:-12])
    broken.write_bytes(whole[: len(whole) // 2] + b"\xff" * 40 + whole[len(whole) // 2 + 40 :])
    for file, told in ((cut, "the recording was cut off here"), (broken, "what follows is damaged: it ends here")):
        watch = Watch(tmp_path, file)
        watch.to(1000)
        assert watch.desk.said == told
        assert watch.log[-1][1] == told
        assert " END " in watch.header()


def test_the_history_is_shown_by_the_minute(past: Watch) -> None:
    began = int(NOW // 60) * 60 - NOW
    past.to(began + 59)
    assert f"REPLAY {said(began)[:-3]} history, a row a minute" in past.header()
    assert "longest 1:35 Sales" in past.header()
    shown = "\n".join(past.desk.paint())
    assert re.search(r"Sales +▲3 +1:35 ▲ +2/5 +1 ", shown)
    assert shown.count("only minutes of queues were kept") >= 3
    past.press("]")
    assert f"REPLAY {said(began + 60)[:-3]} history" in past.header()
    assert re.search(r"Sales +0 +– +0/5 +4 ", "\n".join(past.desk.paint()))
    past.press("]", "]")
    assert f"REPLAY {said(began + 120)[:-3]} history, a row a minute END" in past.header()
    assert past.desk.said == "the history ends here"
    shown = "\n".join(past.desk.paint())
    assert re.search(r"Sales +~0 +– +0/5 +~4 ", shown)
    assert "1 Queues 2 hq ~ stale 60s" in shown
    past.desk.press("f4")
    assert any("nothing was recorded" in line for line in past.desk.paint())
    past.desk.press("f4")
    past.press("[", "[", "[")
    assert "longest 1:35 Sales" in past.header()


@pytest.mark.parametrize("name", ["watch", "past"])
def test_no_key_does_anything_to_it(name: str, request: pytest.FixtureRequest) -> None:
    watch: Watch = request.getfixturevalue(name)
    watch.to(20)
    alarms = watch.board.alarms.listed()
    for action in keymap.ACTIONS:
        for key in action.keys:
            if action.scope == "board" and action.id != "app.quit" and not action.id.startswith("replay."):
                watch.desk.press("1", "j", key, "y", "escape", "escape", "escape")
                watch.to(20)
    assert not watch.desk.commands
    assert not [asked for asked in watch.desk.asked if asked.partition(" ")[0] not in ("demand", "redraw", "scroll")]
    assert watch.board.alarms.listed() == alarms


def test_where_nothing_is_played_there_are_no_such_keys(tmp_path: Path) -> None:
    here: Desk = desk(tmp_path)
    before = here.paint()
    here.press("[", "]")
    assert here.paint() == before
    made = console_settings(Config(), ConsoleOptions(), "site", "", [])
    assert not any(made.has(action) for action in ("replay.back", "replay.on"))
    assert console_settings(Config(), ConsoleOptions(looks=True), "site", "", [], replay=True).has("replay.back")
