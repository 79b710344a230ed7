"""Where things stand on a screen of a given size: pure arithmetic over what the panes hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from wallboard.domain.keys import Resource
from wallboard.domain.records import dataclass

MINIMUM = (40, 10)
"""Columns and rows below which only a message is shown."""

BOARD = (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.CALLS, Resource.HOTLINES)
IN_PLACE = (Resource.NOTICES, Resource.RECEPTIONISTS, Resource.PARKED)
ALL = BOARD + IN_PLACE
NUMBER = {resource: number for number, resource in enumerate(ALL, 1)}
WORST = 3
"""Rows that every pane keeps."""
USUAL = 9
"""Rows that a pane is given which has not told yet how many it has."""
_SLACK = 2
_STACKS = ((Resource.QUEUES, Resource.AGENTS), (Resource.MEMBERS, Resource.CALLS))
_ACROSS = (Resource.HOTLINES, *IN_PLACE)


@dataclass(frozen=True, slots=True)
class Place:
    """A pane's title line at (x, y) and its rows below it. `height` counts the title; 1 is a summary line only."""

    resource: Resource
    x: int
    y: int
    width: int
    height: int

    @property
    def summary(self) -> bool:
        return self.height == 1


@dataclass(frozen=True, slots=True)
class Layout:
    """`size_class` picks the columns (160, 120 or 80); `divider` is the x of the upright line, if any."""

    size_class: int
    places: tuple[Place, ...]
    divider: int | None = None
    divider_rows: tuple[int, int] = (0, 0)


def size_class(width: int) -> int:
    return 160 if width >= 150 else 120 if width >= 110 else 80


def wide(width: int, height: int) -> bool:
    """Whether all panes of the board stand side by side in a body of this size."""
    return size_class(width) != 80 and height >= 12


def halves(width: int, wants: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """The widths of the left and the right panes: 68 | 91 of 160, 46 | 73 of 120, and what there is beyond that goes
    where `wants`, the widths that show all, are not met; the rest is shared out."""
    left, right = (68, 91) if size_class(width) == 160 else (46, 73)
    spare = width - left - right - 1
    more = max(0, wants[0] - left), max(0, wants[1] - right)
    if spare > sum(more):
        left += more[0] + round((spare - sum(more)) * 0.425)
    elif spare > 0:
        left += round(spare * more[0] / sum(more))
    return left, width - left - 1


def arrange(
    width: int,
    height: int,
    active: Resource,
    zoomed: bool = False,
    summaries: Sequence[Resource] = ALL,
    needs: Mapping[Resource, int] | None = None,
    wants: tuple[int, int] = (0, 0),
    panes: Sequence[Resource] = BOARD,
) -> Layout:
    """Place the `panes` in a body of `width` × `height` (header, alarm and bottom lines already taken off).

    Wide screens show panes 1–5, with one of 6–8 opened in the place of the hotlines, and share their lines out by
    `needs`, the rows that each would fill, and their columns by `wants`; narrow ones show the active pane and the
    others as one line each, as many as fit.
    """
    kind = size_class(width)
    if zoomed:
        return Layout(kind, (Place(active, 0, 0, width, height),))
    if not wide(width, height):
        lines = [resource for resource in summaries if resource != active]
        room = max(0, min(len(lines), height - 6))
        lines = lines[:room]
        places = [Place(active, 0, 0, width, height - len(lines))]
        places += [Place(resource, 0, height - len(lines) + i, width, 1) for i, resource in enumerate(lines)]
        return Layout(80, tuple(places))
    full = {each: max(1, (needs or {}).get(each, USUAL)) + 1 for each in ALL}
    chosen = {*panes, active}
    across = active if active in _ACROSS else next((each for each in _ACROSS if each in chosen), None)
    stacks = [[each for each in stack if each in chosen] for stack in _STACKS]
    sides = [stack for stack in stacks if stack]
    if not sides:
        return Layout(kind, (Place(active, 0, 0, width, height),))
    spare = height - max(sum(full[each] for each in stack) for stack in sides)
    bottom = 0 if across is None else min(full[across], max(WORST + 1, spare, round(height * 0.25)))
    middle = height - bottom
    uppers = [_upper(middle, full[stack[0]], full[stack[1]]) if len(stack) > 1 else middle for stack in sides]
    level = max(uppers)
    if level < middle and level + max(full[stack[1]] for stack in sides) <= middle:
        # Where all of it fits, titles stand side by side.
        uppers = [level] * len(uppers)
    left, right = halves(width, wants) if len(sides) > 1 else (width, 0)
    placed = []
    for x, span, stack, upper in zip((0, left + 1), (left, right), sides, uppers, strict=False):
        placed.append(Place(stack[0], x, 0, span, upper))
        if len(stack) > 1:
            placed.append(Place(stack[1], x, upper, span, middle - upper))
    if across is not None:
        placed.append(Place(across, 0, middle, width, bottom))
    return Layout(kind, tuple(placed), left if len(sides) > 1 else None, (0, middle - (across is None)))


def _upper(room: int, upper: int, lower: int) -> int:
    """Lines for the upper of two panes that would fill so many: both whole where they fit, else the smaller one, and
    else half each, but its worst rows for each."""
    if upper + lower <= room:
        return min(upper + _SLACK, room - lower)
    half = (room + 1) // 2
    if upper <= half:
        return upper
    return room - lower if lower <= room - half else half


def upright_line(layout: Layout) -> str:
    """The signs of the line between left and right panes, from top to bottom."""
    start, end = layout.divider_rows
    left = {place.y for place in layout.places if not place.x}
    right = {place.y for place in layout.places if place.x}
    signs = {(True, True): "┼", (True, False): "┤", (False, True): "├"}
    line = "".join(signs.get((y in left, y in right), "│") for y in range(start, end + 1))
    foot = "┴" if any(place.y == end for place in layout.places) else line[-1:]
    return f"┬{line[1:-1]}{foot}"


def shown(layout: Layout, needs: Mapping[Resource, int]) -> int:
    """How many of the rows that there are stand on the screen."""
    return sum(min(needs[place.resource], place.height - 1) for place in layout.places)


def covered(layout: Layout, room: int, active: Resource) -> Layout:
    """The layout with only its first `room` lines in sight: something covers the rest, and moves nothing. The active
    pane, of whose rows it speaks, comes up from under it."""
    at = next(place for place in layout.places if place.resource is active)
    height = min(at.height, max(room - at.y, min(room, WORST + 1)))
    moved = replace(at, y=min(at.y, room - height), height=height)
    places = [moved]
    for place in layout.places:
        if place is not at:
            over = moved.x < place.x + place.width and place.x < moved.x + moved.width and place.y < moved.y + height
            end = moved.y if over and place.y + place.height > moved.y else room
            left = min(place.height, end - place.y)
            if left > 1 or (left == 1 and place.summary):
                places.append(replace(place, height=left))
    start, end = layout.divider_rows
    across = moved.y if not moved.x and moved.width > (layout.divider or 0) else room
    return replace(layout, places=tuple(places), divider_rows=(start, min(end, across, room)))
