"""What the panes share: columns by screen class, row facts for the selection, cells for the grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.states import ResourceState
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import Align, Cell, Column, cut, fit
from wallboard.view.context import Context
from wallboard.view.format import DASH, age
from wallboard.view.layout import NUMBER
from wallboard.view.selection import RowFact

Cells = dict[str, Cell]
Rank = tuple[Any, ...]

MUTED = Cell(DASH, "muted")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a pane: id, title, alignment, and how it sorts (None: not sortable on its own)."""

    id: str
    title: str
    align: Align = "left"
    sort: Callable[[Any, Context], Any] | None = None
    short: str = ""
    """The title where the column is narrower than on the widest screen."""


class Pane:
    """A pane without state: everything comes from the context and the row."""

    resource: ClassVar[Resource]
    title: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    widths: ClassVar[Mapping[int, str]]
    """Per screen class, `id width` pairs most important first: "name 15, wait 4"."""
    says: ClassVar[Mapping[str, int]] = {}
    """Where a row says what this console did to it, in place of its own: columns, and how many each takes."""
    names: ClassVar[str] = "name"
    """The column that names a row, where a note on it shows."""
    empty: ClassVar[str] = "none"
    """What the summary says where there is no row."""

    def columns(self, size_class: int, many_sources: bool) -> tuple[Column, ...]:
        """The columns in order; those of wider screens follow, so that scrolling reaches them."""
        named = {field.id: field for field in self.fields}
        chosen = _widths(self.widths[size_class])
        for other in (160, 120, 80):
            for name, width in _widths(self.widths[other]).items():
                chosen.setdefault(name, width)
        chosen.setdefault("src", 6)
        widest = _widths(self.widths[160])
        return tuple(
            Column(
                name,
                named[name].short if named[name].short and width < widest.get(name, width) else named[name].title,
                width,
                named[name].align,
            )
            for name, width in chosen.items()
            if name != "src" or many_sources
        )

    def rows(self, context: Context) -> Sequence[Row]:
        return context.board.rows(self.resource)

    def fact(self, row: Row, context: Context, sort: str = "") -> RowFact:
        """`sort` names the column to sort by ("": urgency)."""
        rank = self.urgency(row, context)
        if sort:
            field = next((field for field in self.fields if field.id == sort), None)
            if field is not None and field.sort is not None:
                rank = (field.sort(row, context), *rank)
        return RowFact(row.key, rank, self.search(row).casefold(), self.label(row))

    def urgency(self, row: Any, context: Context) -> Rank:
        """The default order: what needs a person first."""
        raise LookupError(self.title)

    def search(self, row: Any) -> str:
        """The text that the filter looks in."""
        raise LookupError(self.title)

    def label(self, row: Any) -> str:
        """The row's name in a sentence."""
        raise LookupError(self.title)

    def own(self, row: Any, context: Context) -> Cells:
        """What stands in the columns of the pane's own."""
        raise LookupError(self.title)

    def cells(self, row: Row, context: Context) -> Cells:
        """What stands in each column."""
        cells = self.own(row, context)
        cells["src"] = Cell(row.key.source, "muted")
        if context.notes(row) is not None:
            cells[self.names] = cells[self.names]._replace(text=f"{glyphs.NOTE} {cells[self.names].text}")
        if said := context.said.get(row.key):
            cells |= {name: Cell(said, "info", span) for name, span in self.says.items()}
        return cells

    def ended(self, row: Any, seconds: float, context: Context) -> Cells:
        """The cells of a row that is gone: as it was then, since when, and what this console did to it."""
        then = replace(context, now=context.now - max(0.0, seconds), _known={})
        cells = {name: Cell(cell.text, "muted", cell.span) for name, cell in self.cells(row, then).items()}
        return cells | self.when_ended(age(max(1.0, seconds)))

    def when_ended(self, ago: str) -> Cells:
        """Where a vanished row says that it ended. Nine columns hold the word and the age, but no sign."""
        return {"state": Cell(f"ended {ago}", "muted")}

    def summary(self, context: Context) -> Sequence[Cell]:
        """The pane in one line, for narrow screens; a list that nobody has read is not an empty one."""
        state, rows = context.board.pane_state(self.resource).state, self.rows(context)
        if state is ResourceState.NEVER and not rows:
            return (Cell("not read yet", "stale"),)
        if state is ResourceState.UNAVAILABLE:
            return (Cell("not for this account", "muted"),)
        cells = self.brief(rows, context) if rows else (Cell(self.empty, "muted"),)
        if state in (ResourceState.STALE, ResourceState.GONE):
            return (Cell(f"{glyphs.STALE} {state.value} · ", "stale"), *cells)
        return cells

    def brief(self, rows: Sequence[Any], context: Context) -> Sequence[Cell]:
        """What the rows, of which there are some, say in one line."""
        raise LookupError(self.title)

    def sortable(self) -> tuple[str, ...]:
        return ("", *(field.id for field in self.fields if field.sort is not None))


def in_order(columns: Sequence[Column], cells: Cells) -> tuple[Cell, ...]:
    """The cells of a row in the order of the columns.

    A pane may give a shorter form for a narrow column under `id width` ("queues 9").
    """
    return tuple(cells.get(f"{column.id} {column.width}") or cells.get(column.id, MUTED) for column in columns)


def _widths(text: str) -> dict[str, int]:
    return {name: int(width) for name, width in (pair.split() for pair in text.split(","))}


SOURCE = Field("src", "src", sort=lambda row, context: row.key.source)


def dash_or(text: str, style: str = "text") -> Cell:
    return Cell(text, style) if text else MUTED


def title_line(
    pane: Pane,
    width: int,
    counts: str,
    state: str,
    state_style: str,
    columns: Sequence[tuple[int, int, Column]],
    active: bool,
    told: Sequence[Cell] = (),
) -> list[Cell]:
    """The hairline above a pane: `─2 Members 11 late 14s ───number──`. `columns` are (x, shown width, column);
    column names give way to what is `told` of other panes."""
    label = f"{NUMBER[pane.resource]} {pane.title} {counts}".rstrip()
    spans: list[tuple[int, str, str]] = [(1, label, "text bold" if active else "text")]
    end = 1 + cell_width(label)
    if state:
        spans.append((end + 1, state, state_style))
        end += 1 + cell_width(state)
    if told:
        end += 3
        for cell in told:
            spans.append((end, cell.text, cell.style))
            end += cell_width(cell.text)
    for x, shown, column in columns:
        title = column.title
        if not title:
            continue
        size = cell_width(title)
        if size > shown:
            title, size = cut(title, shown), shown
        start = x + shown - size if column.align == "right" else x
        if start > end:
            spans.append((start, title, "muted"))
            end = start + size
    out: list[Cell] = []
    at = 0
    for start, text, style in spans:
        if start >= width:
            break
        if start > at:
            out.append(Cell(glyphs.LINE * (start - at), "line"))
        text = text if start + cell_width(text) <= width else fit(text, width - start)
        out.append(Cell(text, style))
        at = start + cell_width(text)
    if at < width:
        out.append(Cell(glyphs.LINE * (width - at), "line"))
    return out
