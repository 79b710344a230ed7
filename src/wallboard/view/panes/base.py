"""What the panes share: columns by screen class, row facts for the selection, cells for the grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr, trc
from wallboard.domain.models import Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import ResourceState
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import Align, Cell, Column
from wallboard.view.colleagues import beside
from wallboard.view.context import Context
from wallboard.view.filters import Value, findable, words
from wallboard.view.format import DASH, age
from wallboard.view.numbers import known
from wallboard.view.selection import RowFact

Cells = dict[str, Cell | Callable[[int], Cell]]
"""By column; what is written otherwise in a narrow column than in a wide one makes its cell of the width."""
Rank = tuple[Any, ...]

MUTED = Cell(DASH, "muted")
UNCUT = 1000
"""The width of a column in which everything has room."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a pane: id, title, alignment, and how it sorts (None: not sortable on its own). What `context` the
    title is told in, where it means something else elsewhere."""

    id: str
    title: str
    align: Align = "left"
    sort: Callable[[Any, Context], Any] | None = None
    short: str = ""
    """The title where the column is narrower than on the widest screen."""
    most: int = 0
    """How wide it becomes where there is room to spare."""
    context: str = ""

    def told(self, narrow: bool) -> str:
        title = (narrow and self.short) or self.title
        return trc(self.context, title) if self.context else tr(title)


@dataclass(slots=True, eq=False)
class Sought:
    """What a filter asks of a row: all that is told of it, made once, and what one field holds."""

    pane: Pane
    row: Row
    at: Callable[[], Context]
    roster: bool
    told: str | None = None

    def text(self) -> str:
        if self.told is None:
            self.told = self.pane.sought(self.row, self.at(), self.roster)
        return self.told

    def read(self, name: str) -> Value:
        return self.pane.read(self.row, self.at(), name)


class Pane:
    """A pane without state: everything comes from the context and the row."""

    resource: ClassVar[Resource]
    title: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    widths: ClassVar[Mapping[int, str]]
    """Per screen class, `id width` pairs most important first: "name 15, wait 4"."""
    says: ClassVar[Mapping[str, int]] = {}
    """Where a row says what this console did to it, in place of its own: columns, and how many each takes."""
    others: ClassVar[tuple[str, str]] = ("", "")
    """Where it says what others do with it, over two columns, and the column whose text follows that."""
    names: ClassVar[str] = "name"
    """The column that names a row, where a note on it shows."""
    empty: ClassVar[str] = mark("none")
    """What the summary says where there is no row."""
    reads: ClassVar[Mapping[str, Callable[[Any, Context], Value]]] = {}
    """What a filter can ask of one field (`state:break`, `wait>60`)."""
    lacks: ClassVar[str] = ""
    """What the rows of a `roster` are without."""
    signs: ClassVar[Iterable[glyphs.Sign]] = ()
    """What the column of states shows: it has room for each, in every language."""

    def columns(self, size_class: int, many: bool) -> tuple[Column, ...]:
        """The columns in order, that of the source where there are `many`; those of wider screens follow, so that
        scrolling reaches them."""
        named = {field.id: field for field in self.fields}
        chosen = _widths(self.widths[size_class])
        for other in (160, 120, 80):
            for name, width in _widths(self.widths[other]).items():
                chosen.setdefault(name, width)
        chosen.setdefault("src", 6)
        if "state" in chosen:
            told = (cell_width(f"{sign} {tr(word)}") for sign, word, _ in self.signs)
            chosen["state"] = max((chosen["state"], *told))
        widest = _widths(self.widths[160])
        return tuple(
            Column(
                name,
                named[name].told(narrow=width < widest.get(name, width)),
                width,
                named[name].align,
                most=named[name].most,
            )
            for name, width in chosen.items()
            if name != "src" or many
        )

    def rows(self, context: Context) -> Sequence[Row]:
        return context.board.rows(self.resource)

    def fact(self, row: Row, context: Context, sort: str = "", later: Callable[[], Context] | None = None) -> RowFact:
        """`sort` names the column to sort by ("": urgency), `later` gives the context in which a filter asks."""
        at = later or (lambda: context)
        shown = context.shown(row)
        rank = self.urgency(row, context)
        if sort:
            field = next((field for field in self.fields if field.id == sort), None)
            if field is not None and field.sort is not None:
                rank = (field.sort(shown, context), *rank)
        roster = self.roster(row) and row.key not in context.severities
        return RowFact(row.key, rank, Sought(self, row, at, roster), self.label(shown), roster)

    def stamp(self, row: Any, context: Context, sort: str) -> object:
        """What its place is of beside the row and its alarm: the same object for as long as that stays."""
        return None

    def read(self, row: Any, context: Context, name: str) -> Value:
        """What the field holds: a number as it was sent and as it is shown."""
        sent, shown = (self.reads[name](each, context) for each in (row, context.shown(row)))
        return f"{sent} {shown}" if isinstance(sent, str) and sent != shown else sent

    def sought(self, row: Any, context: Context, roster: bool = False) -> str:
        """The text by which a row is found: its numbers as they were sent and as they are shown."""
        told = {self.search(each): None for each in (row, context.shown(row))}
        return findable(" ".join([*told, *([words("roster", "roster")] if roster else [])]))

    def called(self, row: Any, context: Context) -> str:
        """Its label, numbers and ids as people know them."""
        return known(self.label(context.shown(row)), row.key.source, context)

    def roster(self, row: Any) -> bool:
        """Whether the row can never have live numbers."""
        return False

    def census(self, rows: Sequence[Any], context: Context) -> Sequence[str]:
        """What the living rows are at, in a few words for the title; then in fewer."""
        return ()

    def urgency(self, row: Any, context: Context) -> Rank:
        """The default order: what needs a person first."""
        raise LookupError(self.title)

    def search(self, row: Any) -> str:
        """All that is told of the row, in one text."""
        raise LookupError(self.title)

    def label(self, row: Any) -> str:
        """The row's name in a sentence."""
        raise LookupError(self.title)

    def own(self, row: Any, context: Context) -> Cells:
        """What stands in the columns of the pane's own; the row's numbers are as people read them."""
        raise LookupError(self.title)

    def cells(self, row: Row, context: Context) -> Cells:
        """What stands in each column."""
        cells = self.own(context.shown(row), context)
        cells["src"] = Cell(row.key.source, "muted")
        if context.notes(row) is not None:
            named = cells[self.names]
            cells[self.names] = _noted(named) if isinstance(named, Cell) else lambda width: _noted(named(width - 2))
        if self.others[0] and (busy := beside(row.key, context)):
            known = cell_of(cells, self.others[1]).text
            told = f"{busy} · {known}" if known and known != DASH else busy
            cells[self.others[0]] = Cell(f"{glyphs.BESIDE} {told}", "info", 2)
        if said := context.said.get(row.key):
            cells |= {name: Cell(said, "info", span) for name, span in self.says.items()}
        return cells

    def ended(self, row: Any, seconds: float, context: Context) -> Cells:
        """The cells of a row that is gone: as it was then, since when, and what this console did to it."""
        return _muted(self.cells(row, context.earlier(seconds))) | self.when_ended(age(max(1.0, seconds)))

    def when_ended(self, ago: str) -> Cells:
        """Where a vanished row says that it ended. Nine columns hold the word and the age, but no sign."""
        return {"state": Cell(tr("ended {age}", age=ago), "muted")}

    def summary(self, context: Context) -> Sequence[Cell]:
        """The pane in one line, for narrow screens; a list that nobody has read is not an empty one."""
        pane, rows = context.pane(self.resource), self.rows(context)
        state = pane.state
        if state is ResourceState.NEVER and not rows:
            return (Cell(tr("not read yet"), "stale"),)
        if state is ResourceState.UNAVAILABLE:
            return (Cell(pane.shut, "muted"),)
        cells = self.brief(rows, context) if rows else (Cell(tr(self.empty), "muted"),)
        if state in (ResourceState.STALE, ResourceState.GONE):
            return (Cell(f"{glyphs.STALE} {tr(state.value)} · ", "stale"), *cells)
        return cells

    def brief(self, rows: Sequence[Any], context: Context) -> Sequence[Cell]:
        """What the rows, of which there are some, say in one line."""
        raise LookupError(self.title)

    def sortable(self) -> tuple[str, ...]:
        return ("", *(field.id for field in self.fields if field.sort is not None))


def _noted(cell: Cell) -> Cell:
    """The name of a row on which there is a note."""
    return cell._replace(text=f"{glyphs.NOTE} {cell.text}")


def namesakes(rows: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Of rows by (name, source): the names that more than one source has."""
    first: dict[str, str] = {}
    return frozenset(name for name, source in rows if first.setdefault(name, source) != source)


def with_source(cells: Cells, source: str) -> Cells:
    """The cells of a row that shares its name with one of another source, and so says its own."""
    name = cells.get("name")
    return cells | {"name": Cell(f"{name.text} {source}", name.style)} if isinstance(name, Cell) else cells


def in_order(columns: Sequence[Column], cells: Cells) -> tuple[Cell, ...]:
    """The cells of a row in the order of the columns."""
    return tuple(cell_of(cells, column.id, column.width) for column in columns)


def wants(columns: Sequence[Column], rows: Sequence[Cells]) -> dict[str, int]:
    """How wide each column would have to be to show all of every row; 0 where all that it has is dashes."""
    found = dict.fromkeys((column.id for column in columns), 0)
    for cells in rows:
        for column in columns:
            cell = cell_of(cells, column.id)
            if cell.span == 1 and cell.text != DASH and not cell.text.isspace():
                found[column.id] = max(found[column.id], cell_width(cell.text))
    return found


def cell_of(cells: Cells, name: str, width: int = UNCUT) -> Cell:
    """What stands in a column of that width."""
    found = cells.get(name, MUTED)
    return found if isinstance(found, Cell) else found(width)


def _muted(cells: Cells) -> Cells:
    def muted(name: str, width: int) -> Cell:
        cell = cell_of(cells, name, width)
        return Cell(cell.text, "muted", cell.span)

    return {name: partial(muted, name) for name in cells}


def _widths(text: str) -> dict[str, int]:
    return {name: int(width) for name, width in (pair.split() for pair in text.split(","))}


SOURCE = Field("src", mark("src"), sort=lambda row, context: row.key.source)


def with_sign(text: str, severity: str) -> str:
    """The number with the sign of the alarm that it causes, before it: so its digits stay where they are."""
    return f"{glyphs.SEVERITY[severity][0]}{text}" if severity else text


def dash_or(text: str, style: str = "text") -> Cell:
    return Cell(text, style) if text else MUTED
