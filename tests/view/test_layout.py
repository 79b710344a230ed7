"""Where the panes stand: never over each other, never outside, and never moved by data."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.keys import Resource
from wallboard.view.layout import ALL, BOARD, IN_PLACE, Layout, arrange, size_class

SIZES = st.tuples(st.integers(40, 300), st.integers(10, 100))
PANES = st.sampled_from(ALL)
SHOWN = st.lists(PANES, unique=True)


def cells(layout: Layout) -> list[tuple[int, int]]:
    return [
        (x, y)
        for place in layout.places
        for y in range(place.y, place.y + place.height)
        for x in range(place.x, place.x + place.width)
    ]


@given(SIZES, PANES, st.booleans(), SHOWN)
def test_panes_never_overlap_and_never_stick_out(
    size: tuple[int, int], active: Resource, zoomed: bool, summaries: Sequence[Resource]
) -> None:
    width, height = size
    layout = arrange(width, height, active, zoomed, summaries)
    taken = cells(layout)
    assert len(taken) == len(set(taken))
    assert all(0 <= x < width and 0 <= y < height for x, y in taken)
    if layout.divider is not None:
        start, end = layout.divider_rows
        over = {(layout.divider, y) for y in range(start, end)} & set(taken)
        assert not over, "the upright line crosses a pane"


@given(SIZES, PANES, st.booleans())
def test_every_line_belongs_to_a_pane(size: tuple[int, int], active: Resource, zoomed: bool) -> None:
    width, height = size
    layout = arrange(width, height, active, zoomed)
    assert {y for _, y in cells(layout)} == set(range(height))


@given(SIZES, PANES, st.booleans(), SHOWN)
def test_the_active_pane_always_has_room_for_rows(
    size: tuple[int, int], active: Resource, zoomed: bool, summaries: Sequence[Resource]
) -> None:
    places = {place.resource: place for place in arrange(*size, active, zoomed, summaries).places}
    assert places[active].height >= 3
    assert not places[active].summary


@given(st.integers(110, 300), st.integers(12, 100), st.sampled_from(BOARD), st.sampled_from(BOARD), SHOWN)
def test_on_a_wide_screen_neither_data_nor_the_active_pane_moves_anything(
    width: int, height: int, one: Resource, other: Resource, summaries: Sequence[Resource]
) -> None:
    assert arrange(width, height, one, summaries=summaries) == arrange(width, height, other)


@given(st.integers(110, 300), st.integers(12, 100), st.sampled_from(IN_PLACE))
def test_panes_six_to_eight_open_in_the_place_of_the_hotlines(width: int, height: int, active: Resource) -> None:
    usual = {place.resource: place for place in arrange(width, height, Resource.QUEUES).places}
    opened = {place.resource: place for place in arrange(width, height, active).places}
    hotlines, across = usual.pop(Resource.HOTLINES), opened.pop(active)
    assert opened == usual
    assert (across.x, across.y, across.width, across.height) == (
        hotlines.x, hotlines.y, hotlines.width, hotlines.height,
    )  # fmt: skip


def test_the_sizes_of_the_look_document() -> None:
    wide = {place.resource: place.width for place in arrange(160, 32, Resource.QUEUES).places}
    assert (wide[Resource.QUEUES], wide[Resource.MEMBERS], wide[Resource.HOTLINES]) == (68, 91, 160)
    middle = {place.resource: place.width for place in arrange(120, 32, Resource.QUEUES).places}
    assert (middle[Resource.QUEUES], middle[Resource.MEMBERS]) == (46, 73)
    assert [size_class(width) for width in (149, 150, 109, 110, 40)] == [120, 160, 80, 120, 80]
