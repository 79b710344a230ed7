"""Open or closed at every boundary of a week, against a computation of another kind: a table of wall minutes.

The table knows nothing of intervals, of instants or of time zones: for each day it paints 1440 minutes, holidays last.
Instants are told their minute of wall time by counting forward in UTC and asking the zone what it shows.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallboard.vendors.portsip.hours import (
    ALL_DAY,
    Edge,
    Holiday,
    Phase,
    Schedule,
    Spans,
    Week,
    changes,
    holiday,
    wall_at,
)

# Each week holds a change of the clocks; the last three at midnight, by half an hour, and by a whole day.
WEEKS = (
    ("Europe/Berlin", date(2026, 3, 26)),
    ("Europe/Berlin", date(2026, 10, 22)),
    ("America/New_York", date(2026, 3, 5)),
    ("America/New_York", date(2026, 10, 29)),
    ("America/St_Johns", date(2006, 10, 27)),
    ("Africa/Cairo", date(2026, 4, 22)),
    ("Africa/Cairo", date(2026, 10, 27)),
    ("Australia/Lord_Howe", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 10, 1)),
    ("Pacific/Apia", date(2011, 12, 27)),
    ("Asia/Kolkata", date(2026, 12, 28)),
    ("Europe/London", date(2024, 2, 26)),
)


def next_change(
    value: Callable[[datetime], object], schedules: list[Schedule], zone: ZoneInfo, at: float
) -> float | None:
    return next((moment for moment, _ in changes(value, schedules, zone, at)), None)


MINUTES = st.one_of(st.sampled_from([0, 60, 90, 120, 150, 180, 1380, 1410, 1439]), st.integers(0, 1439))


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    kind = draw(st.sampled_from(["closed", "all day", "one", "two"]))
    if kind == "closed":
        return ()
    if kind == "all day":
        return ALL_DAY
    edges = sorted(draw(st.sets(MINUTES, min_size=4, max_size=4)))
    return ((edges[0], edges[1]),) if kind == "one" else ((edges[0], edges[1]), (edges[2], edges[3]))


@st.composite
def holidays(draw: st.DrawFn, around: date) -> Holiday:
    first = around + timedelta(days=draw(st.integers(-2, 8)))
    last = first + timedelta(days=draw(st.integers(0, 3)))
    every_year = draw(st.booleans())
    shift = draw(st.sampled_from([0, -1, 5])) if every_year else 0
    start = Edge(first.year + shift, first.month, first.day, draw(MINUTES))
    end = Edge(last.year + shift, last.month, last.day, draw(MINUTES))
    return holiday("x", draw(st.booleans()), every_year, start, end)


class Table:
    """What each minute of wall time is, painted day by day."""

    def __init__(self, week: Week, days: list[Holiday], first: date, count: int) -> None:
        self.painted: dict[tuple[date, int], Phase] = {}
        for number in range(count):
            day = first + timedelta(days=number)
            for minute in range(1440):
                self.painted[day, minute] = Phase.CLOSED
            for a, b in week.days[calendar.weekday(day.year, day.month, day.day)] or ():
                for minute in range(a, b):
                    self.painted[day, minute] = Phase.OFFICE
        for each in days:
            assert each.start is not None
            assert each.end is not None
            for year in range(first.year - 1, first.year + 2) if each.every_year else [each.start.year]:
                self._paint(each, year, each.start, each.end)

    def _paint(self, each: Holiday, year: int, start: Edge, end: Edge) -> None:
        turns = (end.month, end.day) < (start.month, start.day)
        begin = self._day(year, start.month, start.day)
        finish = self._day(year + 1 if turns else year, end.month, end.day)
        if begin is None or finish is None:
            return
        day = begin
        while day <= finish:
            low, high = 0, 1440
            if not each.consecutive or day == begin:
                low = start.minute
            if not each.consecutive or day == finish:
                high = end.minute
                alone = not each.consecutive or begin == finish
                if high == 0 or (alone and high <= start.minute):
                    high = 1440
            for minute in range(low, high):
                if (day, minute) in self.painted:
                    self.painted[day, minute] = Phase.HOLIDAY
            day += timedelta(days=1)

    @staticmethod
    def _day(year: int, month: int, day: int) -> date | None:
        return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None

    def at(self, instant: int, zone: ZoneInfo) -> Phase:
        shown = datetime.fromtimestamp(instant, UTC).astimezone(zone)
        return self.painted[date(shown.year, shown.month, shown.day), shown.hour * 60 + shown.minute]


@settings(max_examples=60)
@given(st.data())
def test_every_minute_and_every_change_of_a_week_is_right(data: st.DataObject) -> None:
    name, first = data.draw(st.sampled_from(WEEKS))
    zone = ZoneInfo(name)
    week = Week(tuple(data.draw(spans()) for _ in range(7)))
    days = data.draw(st.lists(holidays(first), max_size=2))
    leap = any(edge and (edge.month, edge.day) == (2, 29) for day in days for edge in (day.start, day.end))
    if leap and first.year % 4:
        return
    schedule = Schedule(week, tuple(days))
    table = Table(week, days, first - timedelta(days=2), 12)
    begin = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    length = 7 * 1440

    expected = [table.at(begin + 60 * minute, zone) for minute in range(length)]
    flips = [minute for minute in range(1, length) if expected[minute] != expected[minute - 1]]

    for flip in [0, *flips]:
        for minute in {max(0, flip - 1), flip, min(length - 1, flip + 1)}:
            instant = begin + 60.0 * minute
            assert schedule.phase(wall_at(instant, zone)) is expected[minute], (name, minute)
            # And to the second: the last of a minute is as its first.
            assert schedule.phase(wall_at(instant + 59.0, zone)) is expected[minute]

    # From each stretch, the next change is the first minute of the next one.
    stretch = 0
    for flip in flips:
        for minute in {stretch, (stretch + flip) // 2, flip - 1}:
            found = next_change(schedule.phase, [schedule], zone, begin + 60.0 * minute + 7)
            assert found == begin + 60.0 * flip, (name, minute, flip)
        stretch = flip


@settings(max_examples=30)
@given(st.data())
def test_open_by_any_of_several_rules_changes_when_the_first_opens_or_the_last_closes(data: st.DataObject) -> None:
    name, first = data.draw(st.sampled_from(WEEKS))
    zone = ZoneInfo(name)
    weeks = [Week(tuple(data.draw(spans()) for _ in range(7))) for _ in range(2)]
    schedules = [Schedule(week) for week in weeks]
    tables = [Table(week, [], first - timedelta(days=2), 12) for week in weeks]
    begin = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    expected = [
        any(table.at(begin + 60 * minute, zone) is Phase.OFFICE for table in tables) for minute in range(4 * 1440)
    ]

    def opened(wall: datetime) -> bool:
        return any(schedule.phase(wall) is Phase.OFFICE for schedule in schedules)

    start = data.draw(st.integers(0, 4 * 1440 - 1))
    flip = next((minute for minute in range(start, len(expected)) if expected[minute] != expected[start]), None)
    found = next_change(opened, schedules, zone, begin + 60.0 * start)
    if flip is None:
        assert found is None or found >= begin + 60.0 * len(expected)
    else:
        assert found == begin + 60.0 * flip


@pytest.mark.parametrize(("name", "first"), WEEKS)
def test_what_never_changes_has_no_next_change(name: str, first: date) -> None:
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    for always in (ALL_DAY, ()):
        schedule = Schedule(Week((always,) * 7))
        assert next_change(schedule.phase, [schedule], ZoneInfo(name), begin) is None
