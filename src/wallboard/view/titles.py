"""The hairline above a pane: its name and count, how it stands, and the names of its columns, which always stay."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import Cell, Column, cut
from wallboard.view.lines import Line, clip


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a title says. `forms` from the longest to the shortest; with `must` it gets a line of its own
    where not even that has room, else it is left out."""

    forms: tuple[str, ...]
    style: str = "muted"
    must: bool = False


def title_lines(
    label: str,
    parts: Sequence[Part],
    width: int,
    columns: Sequence[tuple[int, int, Column]],
    active: bool,
    sorted_by: str = "",
) -> list[Line]:
    """`─2 Members 11 late 14s ───number──`, and below it what had no room beside the headings but must be said. `parts`
    come most important first, `columns` are (x, shown width, column)."""
    headings = [(x, shown, column, cut(column.title, shown)) for x, shown, column in columns if column.title]
    room = min((x + shown - cell_width(text) for x, shown, _, text in headings), default=width) - 2
    told, rest = [Cell(label, "text bold underline" if active else "text")], []
    used = cell_width(label)
    for part in parts:
        form = next((form for form in part.forms if used + 1 + cell_width(form) <= room), "")
        if form:
            told.append(Cell(form, part.style))
            used += 1 + cell_width(form)
        elif part.must:
            rest.append(Cell(f" {part.forms[0]}", part.style))
    line: Line = []
    at = 0
    for cell in told:
        line += [Cell(" " if at else glyphs.LINE, "line"), cell]
        at += 1 + cell_width(cell.text)
    for x, shown, column, text in headings:
        last = x + shown - cell_width(text)
        start = last if column.align == "right" else min(last, max(x, at + 1))
        if start > at:
            style = "text bold" if column.id == sorted_by else "muted"
            line += [Cell(glyphs.LINE * (start - at), "line"), Cell(text, style)]
            at = start + cell_width(text)
    line.append(Cell(glyphs.LINE * max(0, width - at), "line"))
    return [clip([cell for cell in line if cell.text], width), *([clip(rest, width)] if rest else [])]
