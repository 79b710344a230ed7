"""`wallboard report` as a person calls it."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from wallboard.cli.main import main
from wallboard.cli.report import instant
from wallboard.config.paths import private, state_dir
from wallboard.domain.errors import ConfigError
from wallboard.history.records import Caller, Minute
from wallboard.history.store import HistoryStore

NOON = datetime(2026, 11, 28, 12, 0).astimezone()


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text('[[source]]\nname = "hq"\nvendor = "groupalarm"\nauth = { kind = "none" }\norganization = 7\n')
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def history() -> Path:
    path = private(state_dir()) / "history.sqlite3"
    store = HistoryStore(path, 90, NOON.timestamp)
    store.start()
    at = int(NOON.timestamp())
    store.add(Minute(at, "hq", "queue", "601", "Sales", waiting=3, longest=75, ready=0, staffed=0))
    store.add(Caller("hq", "m1", "601", "Sales", "+4930111222", "Eve Lund", at - 80, at, "lost", 78, 80))
    store.add(Caller("hq", "m2", "602", "Support", "+4930111333", "Bo Quist", at - 30, at, "lost", 28, 30))
    store.close(5.0)
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["report", "--since", "2026-11-28", "--until", "2026-11-28T13:00", *words]) == 0
    return capsys.readouterr().out


def test_the_shift_is_told(config: str, history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "--config", config)
    assert "Sales" in text
    assert "1:18  11:58  Sales: Eve Lund +49 30 111222, lost" in text
    assert json.loads(told(capsys, "--config", config, "--json"))["queues"][0]["lost"] == 1
    assert told(capsys, "--config", config, "--csv").splitlines()[0].startswith("source,id,name,offered")


def test_one_queue_alone(config: str, history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Eve Lund" not in told(capsys, "--config", config, "--queue", "supp*")


def test_numbers_are_masked_where_the_config_says_so(
    config: str, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(config, "a", encoding="utf-8") as file:
        file.write('[privacy]\nmask = ["report"]\n')
    text = told(capsys, "--config", config)
    assert "Eve Lund …222" in text
    assert "111222" not in text


def test_what_cannot_be_told_is_said(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--config", config]) == 1
    assert capsys.readouterr().err == "wallboard: there is no history yet: a console writes it while it runs\n"


def test_a_broken_history_is_said(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    (private(state_dir()) / "history.sqlite3").write_bytes(b"not a database" * 300)
    assert main(["report", "--config", config]) == 1
    assert capsys.readouterr().err.startswith("wallboard: the history cannot be read: ")


def test_what_others_wrote_into_the_file_moves_no_terminal(
    config: str, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(history) as connection:
        connection.execute("UPDATE caller SET name = ?", ("\x1b]0;pwned\x07\x9b2J‮Eve",))
    connection.close()
    for form in ("--text", "--csv", "--json"):
        text = told(capsys, "--config", config, form)
        assert not {"\x1b", "\x07", "\x9b", "‮"} & set(text)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--since", "noon"], "'noon' is no time; write 06:00, 2026-11-28 or 2026-11-28T06:00"),
        (["--since", "25:00"], "'25:00' is no time; write 06:00, 2026-11-28 or 2026-11-28T06:00"),
        (
            ["--since", "2026-11-28", "--until", "2026-11-27"],
            "--since is not before --until; write 06:00",
        ),
        (["--queue", "Sails"], "nothing is known of a queue 'Sails'; known are Sales"),
    ],
)
def test_bad_input_gets_a_remedy(
    words: list[str], complaint: str, config: str, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["report", "--config", config, "--since", "2026-11-28", "--until", "2026-11-28T13:00", *words]
    assert main(given) == 2
    assert capsys.readouterr().err.startswith(complaint)


def test_a_time_without_a_date_is_the_last_one() -> None:
    assert instant("06:00", NOON) == NOON - timedelta(hours=6)
    assert instant("22:30", NOON) == NOON - timedelta(hours=13, minutes=30)
    assert instant("6:00", NOON) == NOON - timedelta(hours=6)
    with pytest.raises(ConfigError):
        instant("", NOON)
