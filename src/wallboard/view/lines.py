"""Lines of cells outside the grids: how the header, the alarm line and the dialogs are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wallboard.domain.text import cell_width
from wallboard.view.cells import Cell, Press, fit

Line = list[Cell]


def line_width(cells: Iterable[Cell]) -> int:
    return sum(cell_width(cell.text) for cell in cells)


def clip(cells: Sequence[Cell], width: int) -> Line:
    """The cells in exactly `width` columns: padded with blanks, or cut with an ellipsis."""
    out: Line = []
    used = 0
    for cell in cells:
        size = cell_width(cell.text)
        if used + size > width:
            if width - used > 0:
                out.append(cell._replace(text=fit(cell.text, width - used)))
            return out
        out.append(cell)
        used += size
    if used < width:
        out.append(Cell(" " * (width - used)))
    return out


def pressing(cells: Iterable[Cell], press: Press) -> Line:
    """The cells, a click on any of which does this."""
    return [cell._replace(press=press) for cell in cells]


def spread(left: Sequence[Cell], right: Sequence[Cell], width: int) -> Line:
    """`left` from the left edge, `right` to the right edge; when both do not fit, the left one is cut."""
    right_size = line_width(right)
    if right_size >= width:
        return clip(right, width)
    return [*clip(left, width - right_size), *right]


def joined(parts: Iterable[Sequence[Cell]], gap: str = "   ") -> Line:
    """The non-empty parts with `gap` between them."""
    out: Line = []
    for part in parts:
        if not part:
            continue
        if out:
            out.append(Cell(gap))
        out += part
    return out


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at blanks; a word longer than a line is left for `clip`."""
    rows: list[str] = [""]
    for word in text.split(" "):
        longer = f"{rows[-1]} {word}" if rows[-1] else word
        if rows[-1] and cell_width(longer) > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def out_of_sight(above: int, below: int) -> str:
    """How much of a list is scrolled away, "" if nothing: "↑2 ↓9"."""
    return " ".join(part for part in (f"↑{above}" if above > 0 else "", f"↓{below}" if below > 0 else "") if part)


def first_in_sight(mark: int, shown: int, count: int, top: int = 0) -> int:
    """Of a list of `count` lines the first of the `shown` ones: `top`, as far as the marked line is in sight then."""
    return max(0, min(max(top, mark - shown + 1), mark, count - shown))


def rule(title: str | Line, right: str | Line, width: int) -> Line:
    """A hairline with a title in it, the head of a dialog or of a mode."""
    head = [Cell(title, "text bold")] if isinstance(title, str) else title
    told = [Cell(right, "muted")] if isinstance(right, str) else right
    tail = [Cell(" "), *told, Cell(" ─", "muted")] if line_width(told) else []
    room = width - 2 - line_width(tail)
    if room < min(16, line_width(head) + 1):
        tail, room = [], width - 2
    head = head if line_width(head) < room else clip(head, max(0, room - 1))
    fill = "─" * max(0, room - line_width(head) - 1)
    return clip([Cell("─ ", "line"), *head, Cell(" "), Cell(fill, "line"), *tail], width)
