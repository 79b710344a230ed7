"""The history on disk: what was written is there, two consoles share it, and no fault of the disk costs more than
history."""

from __future__ import annotations

import logging
import os
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from wallboard.history.reading import History, Unreadable
from wallboard.history.records import AgentSpell, Caller, Minute
from wallboard.history.store import DAY, HistoryStore

NOON = 1_800_000_000
MINUTE = Minute(NOON, "hq", "queue", "601", "Sales", waiting=4, longest=72, talking=2, ready=1, staffed=5)
CALLER = Caller("hq", "m-1", "601", "Sales", "+4930111222", "Eve Lund", NOON, NOON + 40, "lost", 40.0, 38.0, 43.0)


@contextmanager
def store(path: Path, keep: float = 90, now: float = NOON, limit: int = 1 << 30) -> Iterator[HistoryStore]:
    writer = HistoryStore(path, keep, lambda: now, limit=limit)
    writer.start()
    try:
        yield writer
    finally:
        writer.close(5.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


def test_what_was_written_is_there_after_the_end(path: Path) -> None:
    with store(path) as writer:
        writer.add(MINUTE)
        writer.add(CALLER)
    with History(path) as history:
        assert history.minutes(NOON - 60, NOON + 60) == [MINUTE]
        assert history.callers(NOON - 60, NOON + 60) == [CALLER]
        assert history.callers(NOON + 41, NOON + 60) == []


def test_only_its_owner_reads_it(path: Path) -> None:
    with store(path) as writer:
        writer.add(MINUTE)
        assert writer.flush(5.0)
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_two_consoles_on_one_history_add_what_they_know(path: Path) -> None:
    with store(path) as one, store(path) as other:
        one.add(MINUTE)
        one.add(CALLER)
        assert one.flush(5.0)
        other.add(replace(MINUTE, waiting=6, longest=None, ready=0))
        other.add(replace(CALLER, name="", joined_at=NOON + 1, wait_low=39.0, wait_high=44.0))
        assert other.flush(5.0)
    with History(path) as history:
        assert history.minutes(NOON, NOON) == [replace(MINUTE, waiting=6, ready=0)]
        assert history.callers(NOON, NOON + 60) == [replace(CALLER, wait_low=39.0, wait_high=44.0)]


def test_the_old_goes_and_the_rest_stays(path: Path) -> None:
    old = replace(CALLER, id="old", joined_at=NOON - 91 * DAY, ended_at=NOON - 91 * DAY + 9)
    young = replace(CALLER, id="young", joined_at=NOON - 89 * DAY, ended_at=NOON - 89 * DAY)
    with store(path, keep=365) as writer:
        writer.add(old)
        writer.add(young)
    with store(path):
        pass
    with History(path) as history:
        assert [caller.id for caller in history.callers(0, NOON)] == ["young"]


def test_a_history_that_grew_too_large_lets_its_oldest_days_go(path: Path) -> None:
    text = "x" * 90
    with store(path, keep=365) as writer:
        for day in range(200):
            for agent in range(20):
                writer.add(AgentSpell("hq", f"a{agent}", text, "talking", NOON - day * DAY - 60, NOON - day * DAY))
    with store(path, keep=365, limit=300_000):
        pass
    with History(path) as history:
        left = {spell.since for spell in history.spells(0, NOON)}
    assert NOON - 60 in left
    assert 20 < len(left) < 150


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be looked at" * 90, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_a_broken_file_is_kept_aside_and_a_new_one_begins(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING), store(path) as writer:
        writer.add(MINUTE)
    with History(path) as history:
        assert history.minutes(NOON, NOON) == [MINUTE]
    (aside,) = path.parent.glob("history.sqlite3.broken-*")
    assert aside.read_bytes() == content
    assert f"it is kept as {aside.name}" in caplog.text


def test_a_page_that_was_overwritten_is_noticed_at_the_next_start(path: Path) -> None:
    with store(path) as writer:
        for index in range(2000):
            writer.add(replace(CALLER, id=f"m-{index}"))
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(content)
    with store(path) as writer:
        writer.add(MINUTE)
    with History(path) as history:
        assert history.minutes(NOON, NOON) == [MINUTE]
    assert list(path.parent.glob("history.sqlite3.broken-*"))


def test_a_full_disk_is_said_and_nothing_that_was_written_is_lost(path: Path) -> None:
    """A limit of the size of files stands for the disk."""
    with store(path) as writer:
        writer.add(MINUTE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, before[1]))
        with store(path) as writer:
            for index in range(3000):
                writer.add(replace(CALLER, id=f"m-{index}"))
            assert not writer.flush(5.0)
            assert writer.problem in ("the disk is full", "the disk fails")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with History(path) as history:
        assert history.minutes(NOON, NOON) == [MINUTE]


def test_a_folder_that_takes_no_file_is_said_and_costs_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file" / "history.sqlite3"
    (tmp_path / "file").write_text("")
    with store(blocked) as writer:
        writer.add(MINUTE)
        assert not writer.flush(5.0)
        assert writer.problem == "Not a directory"


def test_a_newer_file_is_left_as_it_is(path: Path) -> None:
    with store(path) as writer:
        writer.add(MINUTE)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with store(path) as writer:
        writer.add(CALLER)
        assert not writer.flush(5.0)
        assert writer.problem == "the history was written by a newer wallboard"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM minute").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("version", [None, 99], ids=["no history", "a newer one"])
def test_a_file_that_cannot_be_read_is_not_held_open(path: Path, version: int | None) -> None:
    if version is None:
        path.write_bytes(b"no history" * 400)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(Unreadable) as told:
        History(path)
    # What was raised still knows where it came from, and all that was at hand there.
    assert told.value.__traceback__ is not None
    opened = {os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()}
    assert str(path) not in opened


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    path.symlink_to(target)
    with store(path) as writer:
        writer.add(MINUTE)
        assert not writer.flush(5.0)
    assert not target.exists()
