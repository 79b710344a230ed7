"""Where the panes stand: never over each other, never outside, and each with room for its worst rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.keys import Resource
from wallboard.view.layout import (
    ALL,
    BOARD,
    IN_PLACE,
    WORST,
    Layout,
    arrange,
    covered,
    halves,
    size_class,
    wide,
)

SIZES = st.tuples(st.integers(40, 300), st.integers(10, 100))
PANES = st.sampled_from(ALL)
SHOWN = st.lists(PANES, unique=True)
NEEDS = st.fixed_dictionaries({pane: st.integers(0, 60) for pane in ALL})
WIDTHS = st.tuples(st.integers(0, 200), st.integers(0, 200))


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
def test_on_a_wide_screen_the_active_pane_moves_nothing(
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


@given(SIZES, PANES, NEEDS, WIDTHS)
def test_every_pane_of_a_wide_screen_keeps_its_worst_rows(
    size: tuple[int, int], active: Resource, needs: Mapping[Resource, int], wants: tuple[int, int]
) -> None:
    layout = arrange(*size, active, needs=needs, wants=wants)
    taken = cells(layout)
    assert len(taken) == len(set(taken))
    assert all(x < size[0] and y < size[1] for x, y in taken)
    if wide(*size):
        assert all(place.height - 1 >= min(WORST, needs[place.resource]) for place in layout.places)


@given(st.integers(110, 300), st.integers(20, 100), NEEDS)
def test_lines_go_where_rows_are_and_none_is_left_over_beside_rows_out_of_sight(
    width: int, height: int, needs: Mapping[Resource, int]
) -> None:
    places = {place.resource: place for place in arrange(width, height, Resource.QUEUES, needs=needs).places}
    blank = {each: place.height - 1 - max(1, needs[each]) for each, place in places.items()}
    for upper, lower in ((Resource.QUEUES, Resource.AGENTS), (Resource.MEMBERS, Resource.CALLS)):
        assert min(blank[upper], blank[lower]) >= 0 or max(blank[upper], blank[lower]) <= 0, blank
    assert not (blank[Resource.HOTLINES] < 0 < min(blank[Resource.AGENTS], blank[Resource.CALLS])), blank


@given(SIZES, PANES, st.booleans(), NEEDS, st.integers(0, 60))
def test_what_covers_the_lowest_pane_moves_no_row_but_brings_its_own_pane_up(
    size: tuple[int, int], active: Resource, zoomed: bool, needs: Mapping[Resource, int], lines: int
) -> None:
    width, height = size
    room = max(3, height - lines)
    before = arrange(width, height, active, zoomed, needs=needs)
    after = covered(before, room, active)
    taken = cells(after)
    assert len(taken) == len(set(taken))
    assert all(x < width and y < room for x, y in taken)
    old = {place.resource: place for place in before.places}
    for place in after.places:
        if place.resource is active:
            assert place.height >= min(old[active].height, WORST + 1, room)
        else:
            assert (place.x, place.y, place.width) == (
                old[place.resource].x,
                old[place.resource].y,
                old[place.resource].width,
            )


@given(st.integers(110, 400), WIDTHS)
def test_columns_beyond_the_usual_ones_go_where_something_is_cut(width: int, wants: tuple[int, int]) -> None:
    left, right = halves(width, wants)
    assert left + right + 1 == width
    usual = (68, 91) if size_class(width) == 160 else (46, 73)
    if width >= sum(usual) + 1:
        assert left >= usual[0]
        assert right >= usual[1]
        if sum(max(have, want) for have, want in zip(usual, wants, strict=True)) < width:
            assert left >= wants[0]
            assert right >= wants[1]
