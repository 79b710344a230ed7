"""What the looks are put together of: their head, blocks with a heading, and two blocks side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import pairwise, zip_longest

from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.view import glyphs
from wallboard.view.alarm_words import both
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.format import age
from wallboard.view.lines import Line, clip, line_width, spread, wrapped

TWO_COLUMNS = 120
"""Columns from which two blocks stand side by side."""
LABEL = 12
"""Columns of the names at the left."""


def head(title: str, row: Row, told: Cell, context: Context, width: int) -> list[Line]:
    """The hairline: what it is, what is wrong with it and how fresh that is; what has no room in it stands below."""
    seen, state = context.since(context.board.seen_at(row.key)), tr(context.state(row.key).value)
    read = f" {state} {age(seen)} ─" if seen is not None else f" {state} ─"
    fresh = Cell(read, "stale" if context.dim(row.key) else "muted")
    name = fit(title, max(8, width - line_width([fresh]) - 6)).rstrip()
    left = [Cell("─ ", "line"), Cell(f"{name} ", "text bold")]
    inside = line_width([*left, told, fresh]) + 6 <= width
    right = [Cell(f" {told.text} ", told.style), Cell("──", "line"), fresh] if inside else [fresh]
    fill = Cell("─" * max(0, width - line_width([*left, *right])), "line")
    below = [] if inside else wrapped(told.text, width - 2)
    return [clip([*left, fill, *right], width), *(clip([Cell(f" {part}", told.style)], width) for part in below)]


def alarm(row: Row, calm: str, context: Context) -> Cell:
    """Its alarms as a sentence; `calm` without one."""
    alarms = [each for each in context.board.alarms.listed() if each.key == row.key and not each.cleared]
    if not alarms:
        return Cell(calm, "muted")
    worst = "alarm" if any(each.severity == "alarm" for each in alarms) else "warn"
    acked = next((f", {tr('acked by {who}', who=each.acked_by)}" for each in alarms if each.acked_by), "")
    glyph, token = glyphs.SEVERITY[worst]
    return Cell(f"{glyph} {reduce(both, (each.text for each in alarms))}{acked}", f"{token} bold")


def heading(name: str, told: str, width: int, right: str = "") -> Line:
    """`CALLERS 5 (longest first)`."""
    return spread([Cell(f" {name}", "text bold"), Cell(f" {told}", "muted")], [Cell(f"{right} ", "muted")], width)


def labelled(name: str, cells: Sequence[Cell], width: int) -> Line:
    return clip([Cell(f" {fit(name, LABEL)} ", "muted"), *cells], width)


def paragraph(name: str, text: str, width: int, style: str = "text") -> list[Line]:
    """Text beside its name, in as many lines as it needs."""
    parts = wrapped(text, max(10, width - LABEL - 3))
    return [labelled("" if index else name, [Cell(part, style)], width) for index, part in enumerate(parts)]


def beside(left: Iterable[Line], right: Iterable[Line], width: int) -> list[Line]:
    """Two blocks side by side; each was made for its half (`halves`)."""
    one, other = halves(width)
    pairs = zip_longest(left, right)
    return [[*clip(a or [], one), Cell(glyphs.UPRIGHT, "line"), *clip(b or [], other)] for a, b in pairs]


def halves(width: int) -> tuple[int, int]:
    """Columns of the left and the right block."""
    left = (width - 1) // 2
    return left, width - 1 - left


def binned(values: Sequence[int | None], bins: int) -> list[int | None]:
    """The greatest of each of so many spans; a span without any is a gap."""
    count = min(bins, len(values))
    cuts = [len(values) * index // count for index in range(count + 1)] if count else []
    spans = ([v for v in values[a:b] if v is not None] for a, b in pairwise(cuts))
    return [max(span, default=None) for span in spans]
