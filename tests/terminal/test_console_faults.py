"""What nobody foresaw ends the console with one sentence; the environment presses no key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.terminal.stage import PATIENCE, assert_restored, has
from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

BROKEN = """
import sys, threading
from wallboard.cli.start import entry
import wallboard.ui.app as app

paint, frames = app.ConsoleApp.paint, 0

def broken(self):
    global frames
    frames += 1
    caller = "Anna Kowalska"
    if frames > 3:
        threading.Thread(target=lambda: 1 / 0).start()
        raise {error}
    paint(self)

app.ConsoleApp.paint = broken
sys.argv = ["wallboard", "demo"]
sys.exit(entry())
"""


@pytest.mark.parametrize("error", ["ValueError('row of ' + caller)", "KeyError(caller)"])
def test_an_error_of_the_screen_is_one_sentence_and_its_traceback_is_in_the_log(home: Path, error: str) -> None:
    with Terminal([sys.executable, "-c", BROKEN.format(error=error)], 100, 30) as terminal:
        assert terminal.wait_exit(PATIENCE) == 1
        kind = error.partition("(")[0]
        assert has(terminal.screen(), f"wallboard: this should not have happened: {kind}")
        assert has(terminal.screen(), "the details are in ")
        assert_restored(terminal)
        for told in (b"Traceback", b"Kowalska", b"locals", b"ZeroDivisionError"):
            assert told not in terminal.raw
    log = (home / ".local/state/wallboard/wallboard.log").read_text()
    assert "Traceback" in log
    assert "caller = " not in log


def test_the_environment_presses_no_key_and_takes_no_picture(tmp_path: Path, home: Path) -> None:
    leaks = {
        "TEXTUAL_PRESS": "q,y",
        "TEXTUAL_LOG": str(tmp_path / "textual.log"),
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
        "SSLKEYLOGFILE": str(tmp_path / "keys"),
    }
    with Terminal([sys.executable, "-m", "wallboard", "demo"], 160, 44, leaks) as terminal:
        terminal.wait_for("Queues 1", PATIENCE)
        terminal.pass_time(2.0)
        assert has(terminal.screen(), "Queues 1")
        assert not has(terminal.screen(), "Quit?")
        assert list(tmp_path.iterdir()) == []
