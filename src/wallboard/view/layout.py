"""Where things stand on a screen of a given size: pure arithmetic, so that nothing jumps when data changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallboard.domain.keys import Resource

MINIMUM = (40, 10)
"""Columns and rows below which only a message is shown."""

BOARD = (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.CALLS, Resource.HOTLINES)
IN_PLACE = (Resource.NOTICES, Resource.RECEPTIONISTS, Resource.PARKED)
ALL = BOARD + IN_PLACE
NUMBER = {resource: number for number, resource in enumerate(ALL, 1)}


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


def arrange(
    width: int, height: int, active: Resource, zoomed: bool = False, summaries: Sequence[Resource] = ALL
) -> Layout:
    """Place the panes in a body of `width` × `height` (header, alarm and bottom lines already taken off).

    Wide screens show panes 1–5, with one of 6–8 opened in the place of the hotlines; narrow ones show the active
    pane and the others as one line each, as many as fit.
    """
    kind = size_class(width)
    if zoomed:
        return Layout(kind, (Place(active, 0, 0, width, height),))
    if kind == 80 or height < 12:
        lines = [resource for resource in summaries if resource != active]
        room = max(0, min(len(lines), height - 6))
        lines = lines[:room]
        places = [Place(active, 0, 0, width, height - len(lines))]
        places += [Place(resource, 0, height - len(lines) + i, width, 1) for i, resource in enumerate(lines)]
        return Layout(80, tuple(places))
    left = 68 if kind == 160 else 46
    if width > 164:
        left = round(width * 0.425)
    right = width - left - 1
    bottom = max(4, min(9, round(height * 0.2)))
    top = (height - bottom + 1) // 2
    middle = height - bottom - top
    across = active if active in IN_PLACE else Resource.HOTLINES
    return Layout(
        kind,
        (
            Place(Resource.QUEUES, 0, 0, left, top),
            Place(Resource.MEMBERS, left + 1, 0, right, top),
            Place(Resource.AGENTS, 0, top, left, middle),
            Place(Resource.CALLS, left + 1, top, right, middle),
            Place(across, 0, top + middle, width, bottom),
        ),
        divider=left,
        divider_rows=(0, top + middle),
    )
