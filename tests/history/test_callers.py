"""What became of each caller is written down, and makes the same figures when it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.board.traces import Caller, Console, Told, Trace
from wallboard.domain.rules import Goal
from wallboard.history.collector import Collector
from wallboard.history.past import queue_days
from wallboard.history.reading import History
from wallboard.history.records import Caller as Written
from wallboard.history.store import HistoryStore

CALLERS = [
    *(Caller(10 + 100.0 * i, wait) for i, wait in enumerate([4.0, 8.0, 19.0, 23.0, 40.0, 12.0])),
    *(Caller(700 + 100.0 * i, wait, "lost") for i, wait in enumerate([6.0, 30.0, 50.0])),
    Caller(1010, 20.0, "moved"),
    Caller(1110, 20.0, "overflow", talk=200.0),
]
END = 1500


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HistoryStore]:
    made = HistoryStore(tmp_path / "history.sqlite3", 90, lambda: 0.0)
    made.start()
    yield made
    made.close(10.0)


def watched(store: HistoryStore, poll: float, console: Console) -> None:
    """The console runs, and what it sees is written down every few seconds."""
    collector = Collector(console.desk.board, store.add)
    for second in range(0, END, 5):
        console.run(second)
        collector.look()
    collector.close()
    assert store.flush(10.0)


def console(callers: list[Caller], poll: float = 5.0, start: float | None = None) -> Console:
    return Console(Trace(callers, Told(linger=60.0)), poll=poll, goal=Goal(80, 20, "negative"), start=start)


def read(store: HistoryStore) -> list[Written]:
    with History(store.path) as history:
        return history.callers(0.0, 1e12)


@pytest.mark.parametrize("poll", [2.0, 5.0, 15.0])
def test_each_caller_is_written_with_how_it_ended(store: HistoryStore, poll: float) -> None:
    first = console(CALLERS, poll)
    watched(store, poll, first)
    ends = {"moved": "flowed", "overflow": "flowed"}
    told = {(row.id, row.queue): row for row in read(store)}
    for caller in first.trace.callers:
        row = told[caller.id, "601"]
        assert row.outcome == ends.get(caller.end, caller.end)
        assert row.number == caller.number
        assert row.queue_name == "Sales"
        assert row.wait is not None
        assert row.wait_low is not None
        assert row.wait_high is not None
        assert row.wait_low <= caller.wait + 1
        assert caller.wait - 1 <= row.wait_high
        if caller.end == "answered":
            assert row.agent == "Agent bo"
            assert row.talk == pytest.approx(caller.talk, abs=poll)


def test_the_figures_of_the_day_come_back_with_a_restart_and_say_since_when(store: HistoryStore) -> None:
    first = console(CALLERS)
    watched(store, 5.0, first)
    before = first.figures()
    again = console([], start=first.desk.now + 30)
    again.run(30)
    for day in queue_days(store.path, again.desk.now):
        again.desk.board.restore(day.source, day.queue, day.callers, day.since)
    after = again.figures()
    for name in ("answered", "lost", "flowed", "pulled", "unseen", "offered"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.asa == pytest.approx(before.asa, abs=0.5)
    assert after.aht == pytest.approx(before.aht, abs=0.5)
    assert after.service_level.value == pytest.approx(before.service_level.value)
    assert after.counted_since == pytest.approx(first.base, abs=60)


def test_who_still_waited_at_the_end_counts_once(store: HistoryStore) -> None:
    first = console([Caller(END - 20.0, 100.0)])
    watched(store, 5.0, first)
    assert read(store) == []


def test_two_consoles_write_one_caller_once(store: HistoryStore) -> None:
    for poll in (2.0, 15.0):
        watched(store, poll, console(CALLERS, poll))
    rows = read(store)
    assert len({(row.id, row.queue) for row in rows}) == len(rows)


def test_without_a_history_the_day_begins_anew(tmp_path: Path) -> None:
    assert queue_days(tmp_path / "history.sqlite3", 1e9) == []
    (tmp_path / "history.sqlite3").write_text("no database")
    assert queue_days(tmp_path / "history.sqlite3", 1e9) == []
