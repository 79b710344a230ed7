"""The hairline: whatever a pane has to say of itself, the names of its columns stay."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from wallboard.view.cells import Column, place
from wallboard.view.lines import Line, line_width
from wallboard.view.titles import Part, title_lines

COLUMNS = (
    Column("name", "", 15), Column("wait", "wait", 4, "right"), Column("longest", "longest", 7, "right"),
    Column("with", "with", 12), Column("src", "src", 6),
)  # fmt: skip
WORDS = st.text("abc 9…", min_size=1, max_size=30)
PARTS = st.lists(
    st.builds(lambda form, must: Part((form, form[:4]), must=must), WORDS.filter(str.strip), st.booleans()), max_size=5
)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


@given(PARTS, st.integers(30, 120))
def test_the_headings_of_all_columns_in_sight_are_there_whatever_is_said(parts: Sequence[Part], width: int) -> None:
    placed = [(spot.x, spot.width, spot.column) for spot in place(COLUMNS, width)]
    lines = title_lines("1 Queues", parts, width, placed, active=True)
    head = text(lines[0])
    assert head.startswith("─1 Queues")
    assert "underline" in lines[0][1].style, "where keys go is seen without bold"
    for x, shown, column in placed:
        assert column.title in head[x : x + shown], f"{column.title} is lost in {head!r}"
    assert all(line_width(line) == width for line in lines)


@given(PARTS)
def test_what_must_be_said_and_has_no_room_gets_a_line_of_its_own(parts: Sequence[Part]) -> None:
    placed = [(spot.x, spot.width, spot.column) for spot in place(COLUMNS, 68)]
    whole = "".join(text(line) for line in title_lines("1 Queues", parts, 200, placed, active=False))
    assert all(part.forms[0] in whole or part.forms[1] in whole for part in parts if part.must)


def test_the_sorted_column_is_named_by_its_heading() -> None:
    placed = [(spot.x, spot.width, spot.column) for spot in place(COLUMNS, 68)]
    (line,) = title_lines("1 Queues", (), 68, placed, active=False, sorted_by="longest")
    assert [cell.text for cell in line if "bold" in cell.style] == ["longest"]
