"""How days and holidays are read, where the vendor's documents leave it open (the rest is a property test)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from wallboard.vendors.portsip.hours import ALL_DAY, Schedule, Week, day_spans, minutes
from wallboard.vendors.portsip.ivr import HolidayWire, Hours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("09:30", 570), ("9:30", 570), ("24:00", 1440), ("24:01", None), ("09:60", None), ("nine", None), ("", None)],
)
def test_a_time_of_day_is_read_or_refused(text: str, expected: int | None) -> None:
    assert minutes(text) == expected


def test_a_day_that_is_off_is_closed_and_one_that_is_on_without_ranges_is_open() -> None:
    assert day_spans(False, [("09:00", "17:00")]) == ()
    assert day_spans(True, []) == ALL_DAY
    assert day_spans(None, []) is None
    assert day_spans(True, [("13:00", "17:00"), ("09:00", "12:00")]) == ((540, 720), (780, 1020))


def test_a_range_that_makes_no_sense_makes_the_day_unknown_not_closed() -> None:
    assert day_spans(True, [("17:00", "09:00")]) is None
    assert day_spans(True, [("09:00", "later")]) is None


def test_open_from_the_first_minute_until_just_before_the_last() -> None:
    week = Week((((540, 1020),),) * 7)
    shown = [week.open(at(f"2026-03-02 {text}")) for text in ("08:59:59", "09:00:00", "16:59:59", "17:00:00")]
    assert shown == [False, True, True, False]


def test_a_week_is_read_through_text_for_numbers_and_missing_days() -> None:
    week = Hours.model_validate(
        {"monday": {"enabled": "true", "ranges": None}, "tuesday": {"enabled": 0}, "friday": None}
    ).week
    assert week.days[0] == ALL_DAY
    assert week.days[1] == ()
    assert week.days[2] is None
    assert week.days[4] is None


def _holiday(**given: Any) -> dict[str, Any]:
    return {"id": "h", "name": "X", "consecutive": True, "every_year": False, **given}


CHRISTMAS = _holiday(
    year_start=2025, year_end=2025, month_start=12, month_end=12, day_start=24, day_end=26, hour_start=12
)


@pytest.mark.parametrize(
    ("given", "on", "off"),
    [
        (CHRISTMAS, ["2025-12-24 12:00", "2025-12-25 03:00", "2025-12-26 23:59"], ["2025-12-24 11:59", "2025-12-27"]),
        (
            {**CHRISTMAS, "consecutive": False, "hour_end": 14, "minute_end": 30},
            ["2025-12-24 12:00", "2025-12-25 14:29", "2025-12-26 13:00"],
            ["2025-12-25 11:59", "2025-12-25 14:30", "2025-12-25 03:00"],
        ),
        (
            _holiday(every_year=True, month_start=12, day_start=31, month_end=1, day_end=1, hour_start=18, hour_end=6),
            ["2025-12-31 18:00", "2026-01-01 05:59", "2031-12-31 23:00"],
            ["2025-12-31 17:59", "2026-01-01 06:00", "2026-06-01"],
        ),
        (
            _holiday(every_year=True, month_start="02", day_start="29", month_end=2, day_end=29),
            ["2028-02-29 00:00", "2028-02-29 23:59"],
            ["2027-02-28", "2027-03-01"],
        ),
        (
            _holiday(year_start=2026, month_start=5, day_start=1),
            ["2026-05-01 00:00", "2026-05-01 23:59"],
            ["2026-05-02", "2026-04-30 23:59", "2027-05-01"],
        ),
        (
            _holiday(year_start=2026, year_end=0, month_start=5, day_start=1, month_end=5, day_end=1, hour_end=24),
            ["2026-05-01 00:00", "2026-05-01 23:59"],
            ["2026-05-02"],
        ),
    ],
)
def test_what_a_holiday_covers(given: dict[str, Any], on: list[str], off: list[str]) -> None:
    day = HolidayWire.model_validate(given).day
    assert day.readable
    assert [text for text in on if not day.covers(at(text))] == []
    assert [text for text in off if day.covers(at(text))] == []


@pytest.mark.parametrize(
    "given",
    [
        _holiday(),
        _holiday(year_start=2026, month_start=13, day_start=1),
        _holiday(year_start=2026, month_start=2, day_start=30, month_end=3, day_end=1),
        _holiday(month_start=5, day_start=1),
        _holiday(year_start=2026, month_start=5, day_start=1, month_end=13, day_end=1),
        _holiday(year_start=2026, month_start=5, day_start=1, year_end=2025, month_end=5, day_end=2),
        _holiday(year_start=2026, month_start=5, day_start=1, hour_start=25),
    ],
)
def test_a_holiday_whose_dates_make_no_sense_is_never_on(given: dict[str, Any]) -> None:
    day = HolidayWire.model_validate(given).day
    assert not day.readable
    assert not day.covers(at("2026-05-01 12:00"))


def test_a_holiday_beats_hours_that_are_not_known() -> None:
    day = HolidayWire.model_validate(_holiday(year_start=2026, month_start=5, day_start=1)).day
    schedule = Schedule(None, (day,))
    phases = [schedule.phase(at(text)) for text in ("2026-05-01", "2026-05-02")]
    assert [phase.value if phase else None for phase in phases] == ["holiday", None]
