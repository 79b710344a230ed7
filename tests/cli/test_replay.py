"""`wallboard replay`, before the console stands: the file, the config, and where to begin."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.recording.test_tape import START, recorded
from wallboard.cli.main import main
from wallboard.cli.replay import begin
from wallboard.config.paths import state_dir
from wallboard.domain.errors import ConfigError
from wallboard.history.records import Minute
from wallboard.history.store import write_down
from wallboard.recording.minutes import Minutes
from wallboard.recording.tape import Tape

VALID = Path(__file__).resolve().parents[1] / "config" / "valid" / "full.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return recorded(tmp_path / "shift.gz")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def talk(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> str:
    assert main(["replay", *words, "--config", str(VALID)]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_without_a_terminal_it_says_so_and_no_secret_was_read(
    file: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert "HQ_SECRET" not in os.environ
    assert "is not a terminal" in talk(capsys, str(file), code=5)
    assert not list(home.glob("**/wallboard/*"))


def test_what_is_wrong_with_the_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.gz: there is no such file; name a file that" in talk(capsys, str(tmp_path / "none.gz"))
    (tmp_path / "other").write_text("[[source]]")
    assert "other: this is no recording; name a file that" in talk(capsys, str(tmp_path / "other"))
    newer = b'{"wallboard":"recording","version":7,"program":"8.0","start":1}\n'
    (tmp_path / "new.gz").write_bytes(gzip.compress(newer))
    assert "a newer wallboard (8.0) recorded this; play it with that one" in talk(capsys, str(tmp_path / "new.gz"))


@pytest.mark.parametrize("words", [("--at", "25:00"), ("--at", "soon"), ("--speed", "0"), ("--speed", "fast")])
def test_times_and_speeds_that_make_no_sense_are_told(
    file: Path, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "write " in talk(capsys, str(file), *words)


@pytest.mark.usefixtures("berlin")
def test_it_begins_where_it_is_told(file: Path) -> None:
    tape = Tape(file)
    assert f"{datetime.fromtimestamp(START, UTC):%H:%M:%S}" == "02:40:00"
    assert begin("", tape) is None
    assert begin("+2m", tape) == START + 120
    assert begin("+90s", tape) == START + 90
    assert begin("03:40", tape) == START
    assert begin("03:41", tape) == begin("2026-02-02T03:41", tape) == int(START) + 60
    assert begin("2026-02-02T02:42:10+00:00", tape) == int(START) + 130


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("text", ["03:38", "03:50", "+1h", "2026-02-01"])
def test_outside_of_it_it_says_from_when_to_when_it_goes(file: Path, text: str) -> None:
    told = "the recording goes from 2026-02-02 03:40:00 to 2026-02-02 03:42:55; .*without FILE the history is shown"
    with pytest.raises(ConfigError, match=told):
        begin(text, Tape(file))


# ---- the history instead of a file ---------------------------------------------------------------------------------


def remembered(path: Path) -> None:
    """Two minutes, with as many between of which nothing was written down."""
    first = Minute(1_770_000_000, "hq", "queue", "601", "Sales", waiting=4)
    assert write_down(path, 100_000, [first, replace(first, at=first.at + 180)]) == ""


@pytest.mark.usefixtures("home")
def test_without_a_file_and_without_a_history_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no history yet: a console writes it while it runs" in talk(capsys, "--at", "03:00", code=1)
    none = tmp_path / "none.toml"
    none.write_text(VALID.read_text() + "\n[history]\nkeep = 0\n")
    none.chmod(0o600)
    assert main(["replay", "--config", str(none)]) == 2
    assert "there is no history ([history] keep = 0); name a file that" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_without_a_file_the_history_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    state_dir().mkdir(parents=True)
    remembered(state_dir() / "history.sqlite3")
    assert "is not a terminal" in talk(capsys, code=5)
    assert "is not a terminal" in talk(capsys, "--at", "+2m", code=5)
    assert "--at 2020-01-01: the history goes from 2026-02-" in talk(capsys, "--at", "2020-01-01")


@pytest.mark.usefixtures("berlin")
def test_it_begins_in_the_history_where_it_is_told(tmp_path: Path) -> None:
    remembered(tmp_path / "history.sqlite3")
    minutes = Minutes(tmp_path / "history.sqlite3", {})
    assert begin("2026-02-02T03:41", minutes) == 1_770_000_060
    with pytest.raises(ConfigError, match="the history goes from 2026-02-02 03:40:00 to 2026-02-02 03:43:00; write"):
        begin("03:30", minutes)
