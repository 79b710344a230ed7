"""Width goes where something is cut; what has nothing to show gives its place to what has."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.text import cell_width
from wallboard.view.cells import Column, place
from wallboard.view.columns import FIRST, hidden, least, share

COLUMNS = (
    Column("state", "", 9),
    Column("name", "", 16, most=30),
    Column("number", "number", 16, most=20),
    Column("time", "time", 6, "right"),
    Column("queue", "queue", 11, most=24),
    Column("with", "with", 8, most=24),
    Column("src", "src", 6, most=12),
)
WANTS = st.fixed_dictionaries({column.id: st.integers(0, 40) for column in COLUMNS})


@given(st.integers(20, 300), WANTS, st.integers(0, 5))
def test_nothing_is_cut_while_there_is_room(width: int, wants: Mapping[str, int], skip: int) -> None:
    shared = share(COLUMNS, width, wants, skip=skip)
    shown = [spot.column for spot in place(shared, width, skip=skip)]
    cut = [column for column in shown if column.width < wants[column.id]]
    spare = width - sum(column.width + column.gap for column in shown)
    assert not cut or spare <= 0, "cells are cut and others are left over"
    # What may grow keeps no more than its words while another is cut.
    for column in shown:
        idle = column.width - max(wants[column.id], cell_width(column.title))
        assert not (cut and column.most and idle > 0), f"{column.id} has {idle} to give to {[each.id for each in cut]}"


@given(st.integers(20, 300), WANTS)
def test_columns_keep_their_order_and_only_those_with_nothing_but_dashes_are_left_out(
    width: int, wants: Mapping[str, int]
) -> None:
    shared = share(COLUMNS, width, wants)
    ids = [column.id for column in COLUMNS]
    assert all(ids.index(one.id) < ids.index(other.id) for one, other in pairwise(shared))
    assert {column.id for column in shared} == {each for each in ids if wants[each] or each == "state"}


@given(WANTS)
def test_in_the_width_that_all_of_them_want_everything_stands_uncut(wants: Mapping[str, int]) -> None:
    width = least(COLUMNS, wants) + 1
    shown = [spot.column for spot in place(share(COLUMNS, width, wants), width)]
    assert all(column.width >= wants[column.id] for column in shown)
    assert {column.id for column in shown} >= {each for each, wide in wants.items() if wide}


def test_spare_cells_go_to_names_first_and_then_bring_the_next_column_in() -> None:
    wants = {"state": 9, "name": 22, "number": 15, "time": 5, "queue": 14, "with": 8, "src": 4}
    usual = {column.id: column.width for column in COLUMNS}
    narrow = {column.id: column.width for column in share(COLUMNS, 63, wants)}
    assert narrow["name"] > usual["name"], "what is cut gets what others do not fill"
    assert FIRST.index("name") < FIRST.index("queue")
    assert "src" not in {spot.column.id for spot in place(share(COLUMNS, 70, wants), 70)}
    assert "src" in {spot.column.id for spot in place(share(COLUMNS, 95, wants), 95)}


def test_to_leave_out_what_has_words_is_worse_than_to_cut_others() -> None:
    """Measured before anybody was with an agent, the column must come once somebody is."""
    found = {"state": 9, "name": 28, "number": 18, "time": 6, "queue": 20, "with": 14, "src": 6}
    assert hidden(COLUMNS, 110, found | {"with": 0}, found) > hidden(COLUMNS, 110, found, found)
