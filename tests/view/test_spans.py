"""The spans that graphs go over, by the local clock, and what stands behind them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from wallboard.domain.keys import Key, Kind
from wallboard.domain.rules import Day, Goal
from wallboard.history.courses import Column, Course
from wallboard.view.spans import SpanName, Subject, behind, stretches

BERLIN = ZoneInfo("Europe/Berlin")
SALES = Subject(Key("hq", Kind.QUEUE, "601"), ("hq",), Goal(), Day(6 * 3600.0, BERLIN))


def at(*when: int) -> float:
    return datetime(*when, tzinfo=BERLIN).timestamp()  # type: ignore[misc,arg-type]


def written(moment: float) -> str:
    return datetime.fromtimestamp(moment, BERLIN).strftime("%d.%m. %H:%M")


@pytest.mark.parametrize(
    ("span", "now", "found"),
    [
        (
            "hour",
            (2026, 2, 2, 14, 3, 22),
            "02.02. 13:04–02.02. 14:04, 01.02. 13:04–01.02. 14:04, 26.01. 13:04–26.01. 14:04",
        ),
        ("day", (2026, 2, 2, 14, 3), "02.02. 06:00–03.02. 06:00, 01.02. 06:00–02.02. 06:00, 26.01. 06:00–27.01. 06:00"),
        ("day", (2026, 2, 2, 5, 59), "01.02. 06:00–02.02. 06:00, 31.01. 06:00–01.02. 06:00, 25.01. 06:00–26.01. 06:00"),
        ("week", (2026, 2, 2, 14, 3), "27.01. 06:00–03.02. 06:00, 20.01. 06:00–27.01. 06:00"),
    ],
)
def test_a_span_follows_the_queues_day(span: SpanName, now: tuple[int, ...], found: str) -> None:
    made = stretches(SALES, span, at(*now))
    assert ", ".join(f"{written(each.since)}–{written(each.until)}" for each in made) == found


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (30, 24)])
def test_a_day_of_a_clock_change_is_as_long_as_it_is(day: int, hours: int) -> None:
    midnight = Subject(None, ("hq",), None, Day(0.0, BERLIN))
    made = stretches(midnight, "day", at(2026, 3, day, 12))[0]
    assert made.columns == hours * 6
    week = stretches(midnight, "week", at(2026, 3, day, 12))[0]
    assert week.columns == 7 * 24 - 1
    assert written(week.since) == f"{day - 6:02}.03. 00:00"


@pytest.mark.parametrize("day", [29, 30])
def test_what_stands_behind_is_of_the_same_time_of_the_clock(day: int) -> None:
    midnight = Subject(None, ("hq",), None, Day(0.0, BERLIN))
    now, *old = [
        Course(asked, [Column(waiting=int(asked.since + asked.step * number)) for number in range(asked.columns)])
        for asked in stretches(midnight, "day", at(2026, 3, day, 12))
    ]
    for days, earlier in zip((1, 7), old, strict=True):
        columns = behind(now, earlier)
        assert len(columns) == len(now.columns)
        for number in (0, 60, 100, len(columns) - 1):
            shown = datetime.fromtimestamp(now.columns[number].waiting or 0, BERLIN)
            before = datetime.fromtimestamp(columns[number].waiting or 0, BERLIN)
            assert before.strftime("%H:%M") == shown.strftime("%H:%M")
            assert (shown.date() - before.date()).days == days


def test_where_the_earlier_day_was_shorter_nothing_stands_behind() -> None:
    utc = Subject(None, ("hq",), None, Day(0.0, UTC))
    now, yesterday, _ = (Course(each, [Column(1)] * each.columns) for each in stretches(utc, "hour", 1_770_000_000.0))
    short = Course(yesterday.stretch, yesterday.columns[:30])
    assert [column.waiting for column in behind(now, short)] == [1] * 30 + [None] * 30
