"""How the width of a pane is shared out among its columns: pure, from what its rows hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from wallboard.domain.text import cell_width
from wallboard.view.cells import Column, Placed, place

FIRST = ("name", "from", "caller", "with", "queue", "queues", "number", "src")
"""Where spare cells go first; then to the others, as they stand."""


def share(
    columns: Sequence[Column], width: int, wants: Mapping[str, int], pinned: int = 1, skip: int = 0
) -> tuple[Column, ...]:
    """`columns` with the widths that they get in a pane of `width`, most important first.

    `wants` are the widths that their rows would fill, 0 where every cell is a dash: such a column is left out. Each has
    its usual width. What is spare shows first what is cut, for which those that may grow (`most`) give what they do not
    fill; then it brings the next columns in, and then goes to those that may grow, so that a longer name finds room.
    """
    kept = [each for index, each in enumerate(columns) if index < pinned or wants.get(each.id, 1)]
    shown: Sequence[Placed] = ()
    while len(shown) < len(found := place(kept, width, pinned, skip)):
        shown = found
        _lend(kept, shown, width, wants)
        _raise(kept, shown, width, lambda column: wants.get(column.id, 0))
    _raise(kept, shown, width, lambda column: column.most)
    return tuple(kept)


def hidden(
    columns: Sequence[Column], width: int, wants: Mapping[str, int], found: Mapping[str, int], skip: int = 0
) -> tuple[int, ...]:
    """How many columns with anything in their cells, as wide as `found`, are left out where the width is shared by
    `wants`; then how many characters are cut or left out of each, the columns in the order in which they get room."""
    shared = share(columns, width, wants, skip=skip)
    kept = {column.id for column in shared}
    cut = {spot.column.id: found[spot.column.id] - spot.width for spot in place(shared, width, skip=skip)}
    order = sorted(range(len(columns)), key=lambda index: _turn(columns[index], index))
    ids = [columns[index].id for index in order]
    out = sum(found[each] > 0 for each in ids if each not in cut)
    return (out, *(max(0, cut.get(each, 0)) if each in kept else found[each] for each in ids))


def least(columns: Sequence[Column], wants: Mapping[str, int]) -> int:
    """The width at which all of them show all of what their rows hold."""
    kept = [each for index, each in enumerate(columns) if index == 0 or wants.get(each.id, 1)]
    return sum(max(each.width, wants.get(each.id, 0)) + each.gap for each in kept)


def _lend(kept: list[Column], shown: Sequence[Placed], width: int, wants: Mapping[str, int]) -> None:
    """Take from columns what they do not fill, as much as those that are cut lack."""
    lacking = sum(max(0, wants.get(kept[spot.index].id, 0) - kept[spot.index].width) for spot in shown)
    lacking -= _spare(kept, shown, width)
    for index in sorted((spot.index for spot in shown), key=lambda index: _turn(kept[index], index), reverse=True):
        column = kept[index]
        filled = max(wants.get(column.id, column.width), cell_width(column.title))
        if column.most and lacking > 0 and filled < column.width:
            less = min(lacking, column.width - filled)
            kept[index] = replace(column, width=column.width - less)
            lacking -= less


def _raise(kept: list[Column], shown: Sequence[Placed], width: int, to: Callable[[Column], int]) -> None:
    spare = _spare(kept, shown, width)
    for index in sorted((spot.index for spot in shown), key=lambda index: _turn(kept[index], index)):
        more = min(spare, to(kept[index]) - kept[index].width)
        if more > 0:
            kept[index] = replace(kept[index], width=kept[index].width + more)
            spare -= more


def _spare(kept: Sequence[Column], shown: Sequence[Placed], width: int) -> int:
    return width - sum(kept[spot.index].width + kept[spot.index].gap for spot in shown)


def _turn(column: Column, index: int) -> tuple[int, int]:
    return (FIRST.index(column.id) if column.id in FIRST else len(FIRST), index)
