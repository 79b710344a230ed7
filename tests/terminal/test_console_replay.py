"""`wallboard replay` in a real terminal: the console on a file or on the history, which asks nobody and leaves nothing
behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.recording.test_tape import START, recorded
from tests.terminal.stage import PATIENCE, has, leave, press, quit_console, wallboard
from tests.terminal.term import Terminal
from wallboard.history.records import Caller, Minute
from wallboard.history.store import write_down

pytestmark = pytest.mark.pty

SMALLEST = Path(__file__).resolve().parents[1] / "config" / "valid" / "full.toml"


def test_it_plays_is_wound_and_leaves_nothing_but_a_log(tmp_path: Path) -> None:
    file, home = recorded(tmp_path / "shift.gz"), tmp_path / "home"
    home.mkdir(mode=0o700)
    command = wallboard("--config", str(SMALLEST), "replay", str(file), "--at", "+2m", "--speed", "5")
    env = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TZ": "UTC"}
    with Terminal(command, 160, 50, env) as terminal:
        terminal.wait(lambda screen: has(screen, "REPLAY 2026-02-02 02:42:") and has(screen, "Eve 1"), PATIENCE)
        assert has(terminal.screen(), "×5")
        press(terminal, b"[", "wound to 02:41:")
        terminal.wait(lambda screen: has(screen, "REPLAY 2026-02-02 02:41:"), PATIENCE)
        press(terminal, b"]]", "REPLAY 2026-02-02 02:42:55 END")
        terminal.wait(lambda screen: has(screen, "the recording ends here"), PATIENCE)
        press(terminal, b"\x1b[17~", "a recording has no history")
        press(terminal, b"0", "SOURCES 1")
        leave(terminal, b"\x1b", "SOURCES 1")
        quit_console(terminal)
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["wallboard.log"]


def test_without_a_file_it_plays_the_history(tmp_path: Path) -> None:
    home, began = tmp_path / "home", int(START) // 60 * 60
    state = home / "state" / "wallboard"
    state.mkdir(parents=True, mode=0o700)
    first = Minute(began, "hq", "queue", "601", "Sales", waiting=3, longest=95, talking=1, ready=2, staffed=5)
    minutes = [replace(first, at=began + 60 * each, longest=95 + each) for each in range(90)]
    lost = Caller("hq", "m-1", "601", "Sales", "", "", began, began + 40, "lost", 40.0, 38.0, 43.0)
    assert write_down(state / "history.sqlite3", 100_000, [*minutes, lost]) == ""
    command = wallboard("--config", str(SMALLEST), "replay", "--at", "+80m")
    env = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TZ": "UTC"}
    with Terminal(command, 160, 50, env) as terminal:
        terminal.wait(
            lambda screen: has(screen, "REPLAY 2026-02-02 04:00 history, a row a minute  ") and has(screen, "Sales"),
            PATIENCE,
        )
        assert has(terminal.screen(), "longest 2:55 Sales")
        assert has(terminal.screen(), "2 Members only minutes of queues were kept")
        press(terminal, b"[", "longest 2:54 Sales")
        press(terminal, b"]", "longest 2:55 Sales")
        press(terminal, b"\x1b[17~", "callers answered and lost")
        leave(terminal, b"\x1b", "callers answered and lost")
        quit_console(terminal)
    written = {path.name for path in home.rglob("*") if path.is_file() and "history" not in path.name}
    assert written == {"wallboard.log"}
