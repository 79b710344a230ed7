"""How a queue fared, by a history that the real store wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.board.caller_history import Outcome
from wallboard.board.ledger import Ledger
from wallboard.board.queue_numbers import service_level
from wallboard.domain.rules import Day, Goal
from wallboard.history.callers import stay
from wallboard.history.courses import GAP, Course, Stretch, course
from wallboard.history.past import courses
from wallboard.history.reading import History, Unreadable
from wallboard.history.records import Caller, Minute, Record
from wallboard.history.store import HistoryStore

NOON = 1_800_000_000 // 60 * 60
SALES = Stretch(NOON, 60, 60, ("hq",), ("hq", "601"), Goal())
ALL = replace(SALES, queue=None)


def minute(number: int, queue: str = "601", **known: int | None) -> Minute:
    figures: dict[str, int | None] = {"waiting": 1, "longest": 10, "talking": 2, "ready": 1, "staffed": 4}
    return Minute(NOON + 60 * number, "hq", "queue", queue, "Sales", **(figures | known))


def caller(joined: float, wait: float, outcome: str = "answered", apart: float = 0.0, queue: str = "601") -> Caller:
    return Caller(
        "hq", f"{queue}-{joined}", queue, "Sales", "", "", int(NOON + joined), int(NOON + joined + wait), outcome, wait,
        max(0.0, wait - apart), wait + apart,
    )  # fmt: skip


def read(records: Iterable[Record], asked: Stretch = SALES) -> Course:
    with History.of(records) as history:
        return course(history, asked)


def test_what_the_store_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    store = HistoryStore(path, 90, lambda: NOON + 3600)
    store.start()
    for record in (minute(0, waiting=3, longest=72), minute(1), minute(7, staffed=None), minute(1, "602", waiting=9)):
        store.add(record)
    store.close(5.0)
    (found,) = courses(path, [SALES])
    assert found.first == NOON
    assert found.columns[0][:5] == (3, 0.0, 72, 4, 2)
    assert found.columns[1].waiting == 1, "another queue's minute is not ours"
    assert found.columns[2:7] == [GAP] * 5, "what was not written down is a gap and no zero"
    assert found.columns[7].staffed is None


def test_without_a_history_it_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no history yet"):
        courses(tmp_path / "history.sqlite3", [SALES])


def test_a_column_of_many_minutes_has_the_most_and_the_least_of_them() -> None:
    found = read(
        [minute(3, waiting=2, staffed=5), minute(8, waiting=6, longest=99, staffed=3)], replace(SALES, step=600)
    )
    assert found.columns[0][:5] == (6, 0.0, 99, 3, 2)
    assert found.columns[1] == GAP


def test_the_mean_is_what_all_have_waited_shared_out() -> None:
    known = [minute(number) for number in range(4)]
    waits = [caller(-90, 120), caller(30, 60), caller(40, 140, "lost"), caller(70, 20)]
    means = [column.mean for column in read([*known, *waits]).columns[:4]]
    assert means == pytest.approx([(30 + 30 + 20) / 60, (30 + 60 + 20) / 60, 1.0, 0.0])


def test_answered_and_lost_count_where_the_wait_ended() -> None:
    known = [minute(number) for number in range(3)]
    found = read(
        [*known, caller(10, 60), caller(20, 70), caller(50, 30, "lost"), caller(0, 5, "flowed"), caller(400, 5)]
    )
    assert [(column.answered, column.lost) for column in found.columns[:3]] == [(0, 0), (2, 1), (0, 0)]
    assert found.columns[6].answered is None, "whoever is known from a gap makes no figure of it"


@given(
    st.lists(
        st.tuples(
            st.integers(-5000, 3500), st.integers(0, 60), st.sampled_from(["answered", "lost", "unseen", "flowed"]),
            st.integers(0, 9),
        ),
        max_size=40,
        unique_by=lambda each: each[0] // 20,
    ),
    st.sampled_from(["live", "answered", "positive", "negative", "ignored", "flex"]),
    st.sampled_from([600.0, 3600.0]),
)  # fmt: skip
def test_a_service_level_is_what_the_board_would_have_shown(
    told: list[tuple[int, int, str, int]], formula: str, window: float
) -> None:
    goal = Goal(80, 20, formula, window)
    callers = [caller(float(at), float(wait), outcome, float(apart)) for at, wait, outcome, apart in told]
    found = read([*map(minute, range(60)), *callers], replace(SALES, goal=goal))
    for number in (0, 17, 59):
        end = NOON + 60 * (number + 1)
        done = sorted((each for each in callers if each.ended_at < end), key=lambda each: each.ended_at)
        level, _ = Ledger([stay(each) for each in done], goal, 0.0, True).look(1, end - window - 1, lambda stay: True)
        answers = any(each.outcome == Outcome.ANSWERED for each in callers if each.ended_at < NOON + 3600)
        made = service_level(level, goal, 0.0, answers_known=answers)
        column = found.columns[number]
        assert (column.service, column.low, column.high) == (made.value, made.low, made.high)


def test_of_today_begins_with_the_queues_day() -> None:
    day = Day(start=(NOON % 86_400) - 7200, zone=ZoneInfo("UTC"))
    asked = replace(SALES, goal=Goal(window=None), day=day)
    before = [caller(-7300 - 10 * number, 5) for number in range(9)]
    today = [caller(-7000 + 10 * number, 50) for number in range(5)]
    assert read([minute(0), *before, *today], asked).columns[0].service == 0.0
    assert read([minute(0), *before], asked).columns[0].service is None


def test_all_queues_are_added_up_and_where_one_is_missing_it_is_said() -> None:
    both = [minute(number, queue, waiting=2, longest=number) for number in range(3) for queue in ("601", "602")]
    found = read([*both, minute(3, waiting=2), minute(4, "603", waiting=None)], ALL)
    assert [column.waiting for column in found.columns[:5]] == [4, 4, 4, 2, None]
    assert [column.staffed for column in found.columns[:2]] == [8, 8]
    assert [column.whole for column in found.columns[:5]] == [True, True, True, False, False]


def test_a_queue_of_a_source_that_is_no_more_is_left_out() -> None:
    assert read([minute(0)], replace(ALL, sources=("lab",))).columns[0] == GAP


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_the_day_of_a_clock_change_has_its_own_length(day: tuple[int, int, int], hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    since = int(datetime(*day, tzinfo=zone).timestamp())
    asked = replace(SALES, since=since, step=3600, columns=hours)
    known = [replace(minute(0), at=since + 3600 * hour, waiting=hour) for hour in range(hours)]
    assert [column.waiting for column in read(known, asked).columns] == list(range(hours))


@pytest.mark.parametrize("span", [SALES, replace(SALES, step=3600, columns=24)], ids=["hour", "day"])
def test_what_is_read_does_not_grow_with_the_queues_that_are_not_shown(span: Stretch) -> None:
    def steps(queues: int) -> int:
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        known = [minute(number, str(601 + queue)) for number in range(60) for queue in range(queues)]
        others = [caller(10.0 * number, 5, queue=str(601 + queue)) for number in range(60) for queue in range(queues)]
        with History.of([*known, *others]) as history:
            history._connection.set_progress_handler(count, 10)
            found = course(history, span)
        assert len(found.columns) == span.columns
        return counted[0]

    assert steps(40) < 1.2 * steps(1)
