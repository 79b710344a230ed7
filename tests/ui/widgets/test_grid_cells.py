"""Fitting text into columns: exact widths, whole graphemes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from wallboard.domain.text import cell_width, clean
from wallboard.ui.terminal.widths import claim_marks
from wallboard.view.cells import Cell, Column, cut, fit, furthest_skip, place, runs

claim_marks()

TEXTS = st.text(st.sampled_from("ab 12世界é\u0301\u0323ÅЖ…▌●"), max_size=20)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Mia", 5, "Mia  "),
        ("Mia Sand", 5, "Mia …"),
        ("世界人", 5, "世界…"),
        ("世界人", 4, "世… "),
        ("Zoe\u0301 Ny", 4, "Zoe\u0301…"),
        ("Zoe\u0301", 3, "Zoe\u0301"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
        ("", 2, "  "),
    ],
)
def test_text_is_padded_or_cut_to_the_width(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected


def test_right_alignment_and_ascii() -> None:
    assert fit("3:12", 6, "right") == "  3:12"
    assert fit("Mia Sand", 5, ellipsis="~") == "Mia ~"


@given(TEXTS, st.integers(1, 24), st.sampled_from(("left", "right")))
def test_every_text_takes_exactly_its_width(text: str, width: int, align: str) -> None:
    fitted = fit(clean(text), width, "right" if align == "right" else "left")
    assert cell_width(fitted) == width
    assert cell_len(fitted) == width


@given(TEXTS, st.integers(0, 12))
def test_a_cut_is_a_head_that_ends_with_a_whole_grapheme(text: str, width: int) -> None:
    text = clean(text)
    head = cut(text, width)
    assert text.startswith(head)
    assert cell_width(head) <= width
    rest = text[len(head) :]
    assert not rest or not unicodedata.combining(rest[0])


COLUMNS = (Column("a", "", 6), Column("b", "", 4, "right"), Column("c", "", 5), Column("d", "", 3))


@given(st.integers(1, 40), st.integers(0, 3), st.integers(1, 2))
def test_a_line_fills_its_width_and_columns_never_overlap(width: int, skip: int, pinned: int) -> None:
    placed = place(COLUMNS, width, pinned, skip)
    edge = 0
    for spot in placed:
        assert spot.x > edge or (edge == 0 and spot.x == 1)
        edge = spot.x + spot.width
        assert edge <= width
    line = "".join(text for text, _ in runs(placed, [Cell("世界 long text", span=2)] * 4, width))
    assert cell_width(line) == width - 1


def test_the_most_important_columns_stay_when_space_is_short() -> None:
    assert [spot.column.id for spot in place(COLUMNS, 40)] == ["a", "b", "c", "d"]
    assert [spot.column.id for spot in place(COLUMNS, 13)] == ["a", "b"]
    assert [(spot.column.id, spot.width) for spot in place(COLUMNS, 5)] == [("a", 4)]
    assert furthest_skip(COLUMNS, 40) == 0
    assert furthest_skip(COLUMNS, 13) == 2
