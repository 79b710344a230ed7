"""Graphs of cells: what is drawn where, and what never is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.text import cell_width
from wallboard.view.format import span
from wallboard.view.glyphs import ascii_text
from wallboard.view.graph import Trace, count_top, plot, scaled, time_axis, time_top
from wallboard.view.lines import Line

VALUES = st.lists(st.none() | st.floats(0, 500), max_size=200)


def text(rows: Sequence[Line]) -> list[str]:
    return ["".join(cell.text for cell in row) for row in rows]


def dots(rows: Sequence[Line]) -> list[list[bool]]:
    """The dots from top to bottom, left to right."""
    glass = []
    for row in text(rows):
        cells = [0 if char == " " else ord(char) - 0x2800 for char in row]
        for left, right in ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)):
            glass.append([bool(cell & bit) for cell in cells for bit in (left, right)])
    return glass


def line(*values: float | None, **more: object) -> list[str]:
    return text(plot((Trace(values, "digits", **more),), 4, 2, 4.0))  # type: ignore[arg-type]


def test_a_line_goes_through_its_values_and_joins_them() -> None:
    assert line(0, 0, 4, 4) == ["  ⡏⠉", "⣀⣀⡇ "]
    assert line(4, 2, 0, 2) == ["⠉⣇⡀⣀", "  ⣇⡇"]


def test_no_line_leads_through_a_gap() -> None:
    assert line(4, None, None, 4) == ["⠉  ⠉", "    "]
    assert line(None, None, None, None) == ["    ", "    "]
    assert line() == ["    ", "    "]


def test_a_gap_that_is_narrower_than_a_dot_still_parts_the_line() -> None:
    whole, parted = [*[0.0] * 16, *[4.0] * 16], [*[0.0] * 15, None, *[4.0] * 16]
    upright = [sum(row[x] for row in dots(plot((Trace(tuple(whole), "digits"),), 4, 2, 4.0))) for x in range(8)]
    assert max(upright) == 8
    upright = [sum(row[x] for row in dots(plot((Trace(tuple(parted), "digits"),), 4, 2, 4.0))) for x in range(8)]
    assert max(upright) == 1


def test_one_value_and_equal_values_and_zero_are_seen() -> None:
    assert line(3) == line(3, 3, 3, 3) == ["⠤⠤⠤⠤", "    "]
    assert line(None, 3, None, None) == [" ⠤  ", "    "]
    assert line(0, 0, 0, 0) == ["    ", "⣀⣀⣀⣀"]
    assert text(plot((Trace((0.0, 0.0), "digits"),), 2, 1, 0.0)) == ["⣀⣀"], "a scale of nothing"


def test_of_several_values_at_one_dot_the_highest_is_drawn_in_its_tone() -> None:
    values = (*[0.0] * 63, 4.0)
    rows = plot((Trace(values, "digits", tones=(*[""] * 63, "alarm")),), 4, 2, 4.0)
    assert rows[0][-1].style == "alarm"
    assert dots(rows)[0][-1]


def test_what_stands_behind_is_hidden_cell_by_cell() -> None:
    rows = plot((Trace((4, None), "digits"), Trace((4, 4), "muted", 0)), 4, 2, 4.0)
    assert [(cell.text, cell.style) for cell in rows[0]] == [("⠉⠉", "digits"), ("⠉⠉", "muted")]


def test_a_shade_goes_from_its_floor_up_and_not_where_nothing_is_known() -> None:
    filled = dots(plot((Trace((4, 2, None, 4), "line", floor=(0, 2, None, 2)),), 8, 4, 4.0))
    columns = [[y for y, row in enumerate(filled) if row[x] or row[x + 1]] for x in (0, 4, 8, 12)]
    assert columns == [[*range(16)], [7], [], [*range(8)]]


@given(st.lists(VALUES, max_size=4), st.integers(1, 60), st.integers(1, 12), st.just(0.0) | st.floats(1, 400))
def test_it_fills_its_place_and_no_more_whatever_the_values(
    lines: list[list[float | None]], width: int, height: int, top: float
) -> None:
    rows = text(
        plot(tuple(Trace(tuple(values), "digits", gap) for gap, values in enumerate(lines)), width, height, top)
    )
    assert len(rows) == height
    assert all(cell_width(row) == width for row in rows)
    assert all(ascii_text(row).isascii() and len(ascii_text(row)) == width for row in rows)


@given(VALUES, st.integers(1, 60))
def test_a_dot_stands_where_something_is_known_and_nowhere_else(values: list[float | None], width: int) -> None:
    drawn = dots(plot((Trace(tuple(values), "digits"),), width, 3, 500.0))
    for x in range(2 * width):
        first = x * len(values) // (2 * width)
        part = values[first : max(first + 1, (x + 1) * len(values) // (2 * width))]
        assert any(row[x] for row in drawn) == any(value is not None for value in part)


def test_in_ascii_lines_shades_and_gaps_are_told_apart() -> None:
    shade = Trace((4,), "line", floor=(0,))
    assert [ascii_text(row) for row in line(4, 4, None, 0)] == ['""  ', "   _"]
    assert [ascii_text(row) for row in text(plot((shade,), 4, 2, 4.0))] == ["::::", "::::"]
    assert ascii_text("⡇⢸") == "||"


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (7, 10), (41, 60), (101, 200), (4500, 6000)])
def test_a_scale_of_things_ends_with_a_round_number_whose_half_is_round(most: float, top: float) -> None:
    assert count_top(most) == top


@pytest.mark.parametrize(("most", "top"), [(0, "0:10"), (45, "1:00"), (61, "2:00"), (3601, "2h00"), (90_000, "25h00")])
def test_a_scale_of_seconds_ends_with_a_round_time(most: float, top: str) -> None:
    assert span(time_top(most)) == top


def test_the_scale_names_its_top_its_middle_and_zero() -> None:
    rows = text(scaled(plot((), 4, 5, 10.0), 10.0, lambda value: f"{value:g}"))
    assert [row[:7] for row in rows] == ["   10 ┤", "      │", "    5 ┤", "      │", "    0 ┤"]
    assert [row[:7] for row in text(scaled(plot((), 4, 1, 10.0), 10.0, str))] == [" 10.0 ┤"]


def test_times_stand_under_the_columns_that_they_name() -> None:
    since = datetime(2026, 2, 2, 13, 41, tzinfo=UTC).timestamp()
    axis = time_axis(since, 60, 60, 60, UTC)
    assert axis == "         13:50     14:00     14:10     14:20     14:30      "
    assert time_axis(since, 60, 60, 150, UTC).split() == [f"{13 + m // 60}:{m % 60:02}" for m in range(45, 100, 5)]
    assert time_axis(since, 60, 60, 12, UTC).split() == ["14:00"]


def test_a_week_is_named_by_its_days() -> None:
    since = datetime(2026, 1, 27, 6, tzinfo=UTC).timestamp()
    assert time_axis(since, 3600, 168, 73, UTC).split()[-2:] == ["Mon", "02"]
    assert len(time_axis(since, 3600, 168, 33, UTC)) == 33


def test_the_hour_that_a_clock_change_repeats_is_named_twice() -> None:
    zone = ZoneInfo("Europe/Berlin")
    since = datetime(2026, 10, 25, tzinfo=zone).timestamp()
    assert time_axis(since, 600, 150, 300, zone).split()[:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
