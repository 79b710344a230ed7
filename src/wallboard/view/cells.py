"""Cells, columns and the arithmetic of fitting text into them; every width here is in terminal columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width, char_width, is_mark

Align = Literal["left", "right"]
ELLIPSIS = "…"
ASCII_ELLIPSIS = "~"


@dataclass(frozen=True, slots=True)
class At:
    """What a line of a list is about, wherever that stands by the time of a click. `top`: how many lines of the list
    are scrolled away where it stands."""

    what: object
    top: int = 0


Press = str | Key | At
"""What a click does: the id of an action, what a question calls it (`dialog.yes`), the row that it leads to, or what
the cursor goes to; "" nothing."""


class Cell(NamedTuple):
    """One field of a row.

    A tuple, because some hundred of them are made, hashed and compared with every key press.

    `style` is one semantic token of the theme, or several joined by a space ("warn", "muted", "alarm bold").
    A cell with `span` n also takes the place of the n - 1 columns after it: a row may say a sentence (the
    outcome of an action) where its fields stood. The cells it covers stay in the row's list and are not shown.
    """

    text: str
    style: str = "text"
    span: int = 1
    press: Press = ""
    link: str = ""
    """The address that it opens, where the terminal has a way to (`view.links`)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column `width` wide after `gap` blanks. The gap of the first column carries the cursor mark."""

    id: str
    title: str
    width: int
    align: Align = "left"
    gap: int = 1
    most: int = 0
    """How wide it becomes where there is room and no cell asks for more."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is on the screen: its index among all columns, its left edge and its shown width."""

    column: Column
    index: int
    x: int
    width: int


def fit(text: str, width: int, align: Align = "left", ellipsis: str = ELLIPSIS) -> str:
    """`text` in exactly `width` columns: padded, or cut at a whole grapheme and closed with the ellipsis.

    A wide character is never split (a blank takes the left-over column), a combining mark never leaves its base.
    """
    if width <= 0:
        return ""
    size = cell_width(text)
    if size > width:
        text = cut(text, width - cell_width(ellipsis)) + ellipsis
        size = cell_width(text)
    blanks = " " * (width - size)
    return blanks + text if align == "right" else text + blanks


def cut(text: str, width: int) -> str:
    """The longest head of `text` that takes at most `width` columns and ends with a whole grapheme."""
    if text.isascii():
        return text[: max(0, width)]
    used = start = 0
    for index, char in enumerate(text):
        if not is_mark(char):
            start = index
        used += char_width(char)
        if used > width:
            return text[:start]
    return text


def place(columns: Sequence[Column], width: int, pinned: int = 1, skip: int = 0) -> tuple[Placed, ...]:
    """Which columns are shown in `width`: the first `pinned`, then the others after the first `skip` of them.

    Columns come most important first, so the first that does not fit ends the line: what follows is reached by
    skipping, never by leaving a hole. A pinned column that does not fit gets what is left.
    """
    chosen = [*enumerate(columns)][:pinned] + [*enumerate(columns)][pinned + skip :]
    placed: list[Placed] = []
    x = 0
    for index, column in chosen:
        left = x + (column.gap if placed else max(1, column.gap))
        shown = column.width
        if left + shown > width:
            if len(placed) >= max(1, pinned) or left >= width:
                break
            shown = width - left
        placed.append(Placed(column, index, left, shown))
        x = left + shown
    return tuple(placed)


def furthest_skip(columns: Sequence[Column], width: int, pinned: int = 1) -> int:
    """The smallest skip at which the last column is shown: scrolling further would only show less."""
    movable = max(0, len(columns) - pinned)
    for skip in range(movable):
        placed = place(columns, width, pinned, skip)
        if placed and placed[-1].index == len(columns) - 1:
            return skip
    return max(0, movable - 1)


def runs(
    placed: Sequence[Placed], cells: Sequence[Cell], width: int, ellipsis: str = ELLIPSIS
) -> tuple[tuple[str, str], ...]:
    """A line as (text, style) runs, from column 1 (column 0 is the cursor mark) to `width` exactly."""
    out: list[tuple[str, str]] = []
    x = 1
    covered = 0
    for number, spot in enumerate(placed):
        if spot.index < covered or spot.index >= len(cells):
            continue
        cell = cells[spot.index]
        end = spot.x + spot.width
        if cell.span > 1:
            covered = spot.index + cell.span
            end = max(other.x + other.width for other in placed[number:] if other.index < covered)
        if spot.x > x:
            out.append((" " * (spot.x - x), "text"))
        out.append((fit(cell.text, end - spot.x, spot.column.align, ellipsis), cell.style))
        x = end
    if x < width:
        out.append((" " * (width - x), "text"))
    return tuple(out)
