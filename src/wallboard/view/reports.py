"""What was read about one row when a person asked: recordings, voicemail, call logs … as lines of the details panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from wallboard.domain.language import tr, trn
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.vendors.base import Sheet
from wallboard.view.cells import Cell
from wallboard.view.format import age
from wallboard.view.lines import Line, clip, wrapped
from wallboard.view.links import link_cells

ROWS = 8
"""Rows of a table in sight; of the others only the number is told."""
INDENT = 10
GAP = 2
_NARROWEST = 6

Stage = Literal["waits", "reading", "read", "failed", "kept"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One report and how far its reading is: `waits` for its turn, `read` with its `sheet`, `failed` or `kept` (not
    asked, to keep requests for actions) with the reason in `text`. `at` in steady UTC seconds."""

    id: str
    title: str
    cost: int = 1
    stage: Stage = "waits"
    sheet: Sheet | None = None
    text: str = ""
    at: float = 0.0


def report_lines(
    readings: Sequence[Reading], now: float, width: int, readable: Callable[[str], str] = str
) -> list[Line]:
    """Each report under its title; every line is `width` wide. `readable`: a cell as people know what it names."""
    lines: list[Line] = []
    for reading in readings:
        lines.append(clip([Cell(f" {reading.title} ", "text bold"), _state(reading, now)], width))
        if reading.stage in ("failed", "kept"):
            style = "warn" if reading.stage == "failed" else "muted"
            lines += [_indented(part, style, width) for part in wrapped(reading.text, max(10, width - INDENT))]
        elif reading.sheet is not None:
            lines += _table(reading.sheet, width, readable)
    return lines


def _state(reading: Reading, now: float) -> Cell:
    match reading.stage:
        case "waits" | "reading":
            return Cell(tr("reading…"), "muted")
        case "read" if reading.sheet is not None:
            rows = str(len(reading.sheet.rows) or tr("none"))
            return Cell(f"{rows} · {tr('read {age} ago', age=age(max(0.0, now - reading.at)))}", "muted")
    return Cell(tr("not read"), "muted")


def _indented(text: str, style: str, width: int) -> Line:
    return clip([Cell(" " * min(INDENT, width // 8)), Cell(text, style)], width)


def _table(sheet: Sheet, width: int, readable: Callable[[str], str]) -> list[Line]:
    indent = min(INDENT, width // 8)
    shown = [[readable(cell) for cell in row] for row in sheet.rows[:ROWS]]
    lines: list[Line] = []
    if shown:
        widths = column_widths([sheet.columns, *shown], width - indent)
        if any(sheet.columns):
            lines.append(_row(sheet.columns, widths, "muted", indent, width))
        lines += [_row(row, widths, "text", indent, width) for row in shown]
    more = len(sheet.rows) - len(shown)
    if more:
        lines.append(_indented(tr("and {n} more", n=more), "muted", width))
    if sheet.note:
        lines += [_indented(part, "muted", width) for part in wrapped(sheet.note, max(10, width - indent))]
    return lines


def _row(texts: Sequence[str], widths: Sequence[int], style: str, indent: int, width: int) -> Line:
    cells = [Cell(" " * indent)]
    for index, size in enumerate(widths):
        text = texts[index] if index < len(texts) else ""
        cells += [*link_cells(text, size, style), Cell(" " * GAP, style)]
    return clip(cells, width)


def column_widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is: as its longest text, the widest giving way first where all do not fit; columns for which
    nothing is left are not shown."""
    count = max((len(row) for row in rows), default=0)
    widths = [max((cell_width(row[index]) for row in rows if index < len(row)), default=0) for index in range(count)]
    while widths and sum(widths) + GAP * (len(widths) - 1) > room:
        widest = max(range(len(widths)), key=lambda index: widths[index])
        if widths[widest] > _NARROWEST:
            widths[widest] -= 1
        else:
            widths.pop()
    return widths or [max(1, room)]


def reading_sentence(readings: Sequence[Reading]) -> str:
    """What reading all of them again asks of the vendor."""
    cost = sum(reading.cost for reading in readings)
    titles = ", ".join(reading.title for reading in readings)
    return trn("reading {titles} again: {n} request", "reading {titles} again: {n} requests", cost, titles=titles)
