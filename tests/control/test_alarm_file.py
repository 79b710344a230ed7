"""What was known of alarms is there after a kill, a full disk is told, and two consoles lose nothing of each other."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from wallboard.board import Alarm, AlarmBook
from wallboard.board.alarm_records import alarm_of, record
from wallboard.board.verdicts import Reading, Verdict
from wallboard.control.alarm_file import LOOK_SECONDS, AlarmFile, AlarmKeeper, StoreError
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource

VERDICT = Verdict("hq", "Sales", "waiting", Key("hq", Kind.QUEUE, "6/1"), Resource.QUEUES, Reading(9.0, 3.0, 6.0))


def book(clock: ManualClock, *conditions: str) -> AlarmBook:
    """A book in which these conditions are up."""
    made = AlarmBook(clock.now)
    for _ in range(7):
        clock.advance(1.0)
        made.update([replace(VERDICT, condition=each) for each in conditions], clock.now(), lambda _alarm: False)
    return made


def only(alarms: object) -> Alarm:
    assert isinstance(alarms, list)
    (alarm,) = alarms
    assert isinstance(alarm, Alarm)
    return alarm


def test_a_record_is_the_alarm_again() -> None:
    clock = ManualClock()
    made = book(clock, "waiting")
    made.acknowledge("hq/queue/6/1:waiting", "Mira")
    (alarm,) = made.kept()
    assert alarm_of(json.loads(json.dumps(record(alarm)))) == alarm
    assert alarm.key == Key("hq", Kind.QUEUE, "6/1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "today"},
        {"key": "hq"},
        {"severity": "loud"},
        {"priority": 9},
        {"resource": "moon"},
        {"acked_by": 7},
        {"id": None},
    ],
)
def test_a_record_that_is_none_is_told(wrong: dict[str, object]) -> None:
    (alarm,) = book(ManualClock(), "waiting").kept()
    assert alarm_of(record(alarm) | wrong) is None


def test_an_id_that_is_no_text_for_a_terminal_stands_escaped_and_comes_back_as_it_was(tmp_path: Path) -> None:
    key = Key("hq", Kind.QUEUE, "6\x9b31m\u3164\U000e0041\ue000")
    (alarm,) = book(ManualClock(), "waiting").kept()
    alarm = replace(alarm, key=key, id=f"{key}:waiting")
    file = AlarmFile(tmp_path / "alarms.json", lambda: alarm.changed_at)
    file.save([alarm])
    assert file.path.read_text().isascii()
    assert file.path.read_text().isprintable()
    assert only(list(file.load())).key == key


def test_two_consoles_on_one_file_lose_nothing_of_each_other(tmp_path: Path) -> None:
    clock = ManualClock()
    mine, yours = book(clock, "waiting", "ready"), book(clock, "waiting", "ready")
    first, second = (AlarmFile(tmp_path / "alarms.json", clock.now) for _ in range(2))
    first.save(mine.kept())
    second.save(yours.kept())
    clock.advance(1)
    mine.acknowledge("hq/queue/6/1:waiting", "Mira")
    first.save(mine.kept())
    clock.advance(1)
    yours.snooze("hq/queue/6/1:ready", "Jo", 900)
    assert second.changed()
    yours.adopt(second.save(yours.kept()))
    assert {alarm.id: alarm.state for alarm in yours.listed()} == {
        "hq/queue/6/1:waiting": "acked",
        "hq/queue/6/1:ready": "snoozed",
    }
    after = AlarmBook(clock.now)
    after.restore(AlarmFile(tmp_path / "alarms.json", clock.now).load())
    assert [(alarm.acked_by, alarm.snoozed_by) for alarm in after.listed()] == [("", "Jo"), ("Mira", "")]


def test_what_another_one_acknowledged_when_it_was_over_is_no_longer_listed(tmp_path: Path) -> None:
    clock = ManualClock()
    mine, yours = book(clock, "waiting"), book(clock, "waiting")
    for each in (mine, yours):
        each.update([], clock.now() + 1, lambda _alarm: False)
        each.update([], clock.now() + 20, lambda _alarm: False)
    clock.advance(30)
    mine.acknowledge("hq/queue/6/1:waiting", "Mira")
    file = AlarmFile(tmp_path / "alarms.json", clock.now)
    file.save(mine.kept())
    yours.adopt(file.load())
    assert yours.listed() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 7, "alarms": []}', '{"schema": 1, "alarms": [{}]}'])
def test_a_file_that_cannot_be_read_is_told_and_put_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "alarms.json"
    path.write_text(text)
    file = AlarmFile(path, ManualClock().now)
    with pytest.raises(StoreError, match=r"alarms\.json cannot be read: kept as alarms\.json\.broken"):
        file.load()
    assert (tmp_path / "alarms.json.broken").read_text() == text
    assert file.load() == []


def full(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_is_full_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    made = book(clock, "waiting")
    file = AlarmFile(tmp_path / "alarms.json", clock.now)
    file.save(made.kept())
    monkeypatch.setattr(os, "fsync", full)
    clock.advance(1)
    made.acknowledge("hq/queue/6/1:waiting", "Mira")
    with pytest.raises(StoreError, match=r"alarms are not kept: alarms\.json: No space left on device"):
        file.save(made.kept())
    assert only(file.load()).acked_by == ""
    assert sorted(each.name for each in tmp_path.iterdir()) == ["alarms.json", "alarms.json.lock"]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    clock = ManualClock()
    AlarmFile(tmp_path / "state" / "alarms.json", clock.now).save(book(clock, "waiting").kept())
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / "alarms.json").stat().st_mode & 0o777 == 0o600


KILLED = """
import os, signal, sys, threading
import anyio
from dataclasses import replace
from pathlib import Path
from tests.control.test_alarm_file import VERDICT
from wallboard.board import AlarmBook
from wallboard.control.alarm_file import AlarmFile, AlarmKeeper
from wallboard.domain.clock import ManualClock

async def main():
    clock = ManualClock()
    book = AlarmBook(clock.now)
    file = AlarmFile(Path(sys.argv[1]), clock.now)
    keeper = AlarmKeeper(book, file, clock)
    await keeper.restore(["hq"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        both = [replace(VERDICT, condition=each) for each in ("waiting", "ready")]
        for _ in range(7):
            clock.advance(1.0)
            book.update(both, clock.now(), lambda alarm: False)
        book.acknowledge("hq/queue/6/1:waiting", "Mira")
        book.snooze("hq/queue/6/1:ready", "Jo", 900)
        while '"snoozed_by": "Jo"' not in Path(sys.argv[1]).read_text() if Path(sys.argv[1]).exists() else True:
            await anyio.sleep(0)
        os.kill(os.getpid(), signal.SIGKILL)

anyio.run(main)
"""


def test_a_console_that_is_killed_comes_back_with_the_same_alarms(tmp_path: Path) -> None:
    path = tmp_path / "alarms.json"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == -9
    clock = ManualClock()
    clock.advance(60)
    after = AlarmBook(clock.now)
    after.restore(AlarmFile(path, clock.now).load())
    began = ManualClock().now() + 1.0
    assert {(each.condition, each.state, each.since) for each in after.listed()} == {
        ("waiting", "unknown", began),
        ("ready", "snoozed", began),
    }
    assert {each.acked_by or each.snoozed_by for each in after.listed()} == {"Mira", "Jo"}


@pytest.mark.anyio
async def test_the_keeper_says_once_what_is_wrong_and_writes_when_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    made = AlarmBook(clock.now)
    file = AlarmFile(tmp_path / "alarms.json", clock.now)
    keeper = AlarmKeeper(made, file, clock)
    told: list[str] = []
    keeper.subscribe(told.append)
    await keeper.restore(["hq"])
    for _ in range(7):
        clock.advance(1.0)
        made.update([VERDICT], clock.now(), lambda _alarm: False)
    monkeypatch.setattr(os, "fsync", full)
    await keeper.flush()
    await keeper.flush()
    assert told == ["alarms are not kept: alarms.json: No space left on device"] == [keeper.problem]
    monkeypatch.undo()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        while keeper.problem:
            await anyio.lowlevel.checkpoint()
            clock.advance(LOOK_SECONDS)
        tasks.cancel_scope.cancel()
    assert only(file.load()).condition == "waiting"


@pytest.mark.anyio
async def test_who_only_reads_the_file_hears_what_others_did_though_alarms_come_and_go_here_too(tmp_path: Path) -> None:
    clock = ManualClock()
    theirs = book(clock, "waiting")
    file = AlarmFile(tmp_path / "alarms.json", clock.now)
    made = AlarmBook(clock.now)
    keeper = AlarmKeeper(made, AlarmFile(file.path, clock.now), clock, writes=False)
    await keeper.restore(["hq"])
    for _ in range(7):
        clock.advance(1.0)
        made.update([VERDICT], clock.now(), lambda _alarm: False)
    clock.advance(1.0)
    assert theirs.acknowledge(only(theirs.listed()).id, "Mira")
    file.save(theirs.kept())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        while not only(made.listed()).acked:
            await anyio.lowlevel.checkpoint()
            clock.advance(LOOK_SECONDS)
        tasks.cancel_scope.cancel()
    assert only(made.listed()).acked_by == "Mira"
