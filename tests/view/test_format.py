"""How durations, ages and counts are written."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.text import cell_width
from wallboard.view.format import age, count, local, percent, span, sparkline


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (-5, "0:00"), (4, "0:04"), (192.9, "3:12"), (760, "12:40"), (3900, "1h05"), (400_000, "4d")],
)
def test_a_running_clock(seconds: float | None, text: str) -> None:
    assert span(seconds) == text


@given(st.floats(0, 1e12))
def test_a_clock_takes_five_columns_at_most(seconds: float) -> None:
    assert len(span(seconds)) <= 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.84, "0.8s"), (46, "46s"), (400, "6 min"), (7300, "2 h"), (400_000, "4 d")],
)
def test_an_age(seconds: float | None, text: str) -> None:
    assert age(seconds) == text


def test_unknown_is_a_dash_and_never_a_zero() -> None:
    assert (count(None), percent(None), span(None), age(None), local(None)) == ("–",) * 5
    assert (count(0), percent(0.0), span(0)) == ("0", "0%", "0:00")


def test_a_time_of_day_is_of_the_given_zone_and_survives_nonsense() -> None:
    assert local(1_770_000_000, UTC) == "02:40:00"
    assert local(1_770_000_000, UTC, seconds=False) == "02:40"
    assert local(1e300, UTC) == "–"


@given(st.lists(st.none() | st.integers(0, 10_000), max_size=40), st.integers(1, 12))
def test_a_trend_is_as_wide_as_its_column_and_shows_gaps_as_gaps(values: list[int | None], width: int) -> None:
    drawn = sparkline(values, width, 10_000)
    assert cell_width(drawn) == width
    for value, bar in zip(values[-width:], drawn[width - len(values[-width:]) :], strict=True):
        assert (bar == " ") == (value is None)
        assert (bar == "▁") == (value == 0)


def test_trends_of_one_scale_can_be_compared() -> None:
    assert (sparkline((0, 1, 2), 3, 40), sparkline((0, 20, 40), 3, 40)) == ("▁▂▂", "▁▅█")
