"""One pane on the screen: the pure pane, its selection, its grid and the hairline above it."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence

from wallboard.board.freshness import PaneState as Freshness
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Row
from wallboard.domain.numbers import loaded
from wallboard.domain.states import ResourceState
from wallboard.view import glyphs
from wallboard.view.cells import Cell, Column
from wallboard.view.columns import hidden, least, share
from wallboard.view.context import Context, many_sources
from wallboard.view.format import age
from wallboard.view.layout import NUMBER
from wallboard.view.lines import Line, out_of_sight
from wallboard.view.panes.base import Cells, Pane, in_order, namesakes, wants, with_source
from wallboard.view.selection import ROSTER, RowFact, Selection
from wallboard.view.titles import Part, title_lines

_SHORT: dict[ResourceState, str] = {
    ResourceState.LATE: mark("late"),
    ResourceState.STALE: mark("stale"),
    ResourceState.GONE: mark("gone"),
    ResourceState.NEVER: mark("not read yet"),
}
_SIGNS = {ResourceState.STALE: f"{glyphs.STALE} ", ResourceState.GONE: f"{glyphs.ALARM} "}
BY = {
    **{"": mark("by urgency"), "name": mark("by name"), "number": mark("by number"), "state": mark("by state")},
    **{"src": mark("by src"), "wait": mark("by wait"), "longest": mark("by longest"), "ready": mark("by ready")},
    **{"talk": mark("by talk"), "sl": mark("by sl"), "lost": mark("by lost"), "queue": mark("by queue")},
    **{"with": mark("by with"), "ext": mark("by ext"), "time": mark("by time"), "queues": mark("by queues")},
    **{"dir": mark("by dir"), "from": mark("by from"), "to": mark("by to"), "agent": mark("by agent")},
    **{"phones": mark("by phones"), "last": mark("by last"), "where": mark("by where"), "why": mark("by why")},
    **{"what": mark("by what"), "set": mark("by set"), "until": mark("by until"), "slot": mark("by slot")},
    **{"returns": mark("by returns"), "caller": mark("by caller"), "since": mark("by since")},
}
"""The orders of all panes, by the column."""
AT_ONCE = 250
"""Rows that are new or have changed and are looked at in one step."""
MEASURED = 64
"""Rows of whose cells the widths of the columns are taken."""
EMPTY_SECONDS = 60.0
"""How long a column has nothing but dashes before it is left out."""


class PaneState:
    """What the console knows of a pane, drawn or not. It is its grid's source.

    Rows are remembered as they were painted: a verb carries the fingerprint of the row in the frame that was seen,
    not of what the board has learned since.
    """

    def __init__(self, pane: Pane, stands: float = 0.0) -> None:
        self.pane = pane
        self.selection = Selection(stands)
        self.scope = ""
        """What it is narrowed to, in words."""
        self.sort = ""
        self.reverse = False
        self.columns: tuple[Column, ...] = ()
        self.wants: dict[str, int] = {}
        """How wide the cells of each column were when its width was given, see `measure`."""
        self._shape = (80, 0, 0)
        """Class of screen, width and scrolled columns as last drawn."""
        self._empty_since: dict[str, float] = {}
        """Since when a column has had nothing to show."""
        self.lines = 10
        """Rows in sight, as last drawn: a page."""
        self.context: Context | None = None
        self._rows: dict[Key, Row] = {}
        self._gone: dict[Key, Row] = {}
        self._drawn: tuple[Sequence[Hashable], dict[Key, Row]] = ((), {})
        """The keys on the screen, and the rows that they were drawn from."""
        self._begun = self._loads = 0
        self._known: dict[Key, tuple[Row, str, object, RowFact]] = {}
        """By the row, the severity and the `Pane.stamp` that it was made of."""
        self._asked = False, ""
        """Whether the numbering plans were there then, and what was sorted by."""
        self._namesakes: frozenset[str] = frozenset()
        """Names that rows of several sources have."""
        self._told: tuple[Context | None, dict[Hashable, Cells]] = (None, {})
        """What stands in rows, as worked out for that context."""
        self._shared: tuple[object, ...] = ()
        """What `columns` were made of."""
        self._census: tuple[int, Sequence[str]] = (0, ())
        """What its rows are at, as last counted, and in which of the loads."""

    @property
    def resource(self) -> Resource:
        return self.pane.resource

    def load(self, context: Context, now: float, *, resort: bool = False) -> None:
        """Take the board's rows `now`: the selection sees them, the grid will ask for their cells. `resort`: the user
        has just chosen another order, which no hold delays."""
        deque(self.loading(context, now, resort=resort), maxlen=0)

    def loading(self, context: Context, now: float, *, resort: bool = False) -> Iterator[None]:
        """The same in steps. Until the last one all is as it was; where another load has begun meanwhile, it is left to
        that."""
        self._begun = mine = self._begun + 1
        self.context = self.context or context
        rows = {row.key: row for row in self.pane.rows(context)}
        for _ in self._looking(rows, context):
            yield
            if self._begun != mine:
                return
        facts = [self._known[key][3] for key in rows]
        self._known = {key: self._known[key] for key in rows}
        self.context = context
        self._loads += 1
        cursor = self.selection.cursor
        if isinstance(cursor, Key) and cursor not in rows and cursor in self._rows:
            self._gone = {cursor: self._rows[cursor]}
        self._rows = rows
        self._namesakes = namesakes(
            (fact.label, row.key.source) for fact, row in zip(facts, rows.values(), strict=True)
        )
        self.selection.apply(facts, now, resort=resort)
        if not self.wants and rows:
            self.measure()

    def _looking(self, rows: Mapping[Key, Row], context: Context) -> Iterator[None]:
        """See what is so of each row, in steps. What of a row is as it was is not worked out again."""
        asked = loaded(), self.sort
        if self._asked != asked:
            self._known = {}
        self._asked, known, severities, made = asked, self._known, context.severities, 0
        stamp, sort = self.pane.stamp, self.sort
        for key, row in rows.items():
            severity, stood, before = severities.get(key, ""), stamp(row, context, sort), known.get(key)
            if before is None or before[0] is not row or before[1] != severity or before[2] is not stood:
                known[key] = (row, severity, stood, self.pane.fact(row, context, sort, self._here))
                made += 1
                if made % AT_ONCE == 0:
                    yield

    def told(self, row: Row, context: Context) -> str:
        """All that is told of a row, as a filter looks for it."""
        known = self._known.get(row.key)
        return known[3].asked.text() if known is not None and known[0] is row else self.pane.sought(row, context)

    def _here(self) -> Context:
        assert self.context is not None
        return self.context

    def measure(self) -> None:
        """Look anew how much room the cells of the first rows and of those in sight need. Columns move only where that
        shows something that is cut or left out now."""
        context = self.context
        if context is None:
            return
        keys = dict.fromkeys((*self.order()[:MEASURED], *self._drawn[0]))
        rows = [self._cells(row, context) for key in keys if (row := self.row(key)) is not None]
        if not rows:
            # Those that there are lie folded: they say nothing of what a column needs.
            return
        found = wants(self.pane.columns(160, many=True), rows)
        for name, width in found.items():
            since = self._empty_since.setdefault(name, context.now)
            if width:
                del self._empty_since[name]
            elif self.wants.get(name) and context.now - since < EMPTY_SECONDS:
                found[name] = self.wants[name]
        if not self.wants or self._hides(self.wants, found) > self._hides(found, found):
            self.wants = found

    def _hides(self, wants: Mapping[str, int], found: Mapping[str, int]) -> tuple[int, ...]:
        """What is hidden of cells as wide as `found`, where the width is shared by `wants`."""
        kind, width, skip = self._shape
        if self.context is None or not width:
            return ()
        return hidden(self.all_columns(kind, self.context), width, wants, found, skip)

    def all_columns(self, size_class: int, context: Context) -> tuple[Column, ...]:
        return self.pane.columns(size_class, many_sources(context, self.resource))

    def wanted(self, size_class: int, context: Context) -> int:
        """The width in which nothing of it is cut."""
        return least(self.all_columns(size_class, context), self.wants)

    def choose_columns(self, size_class: int, context: Context, width: int, skip: int = 0) -> tuple[Column, ...]:
        """Pick the columns for the screen and share the width out; `skip` are scrolled away."""
        self._shape = size_class, width, skip
        made_of = (self._shape, many_sources(context, self.resource), self.wants)
        if made_of != self._shared:
            self._shared = made_of
            self.columns = share(self.all_columns(size_class, context), width, self.wants, skip=skip)
        return self.columns

    @property
    def need(self) -> int:
        """Lines that its rows would fill."""
        return len(self.order())

    def row(self, key: Hashable | None) -> Row | None:
        """The row as the board has it, or as it was when it went."""
        if not isinstance(key, Key):
            return None
        return self._rows.get(key) or self._gone.get(key)

    def live(self, key: Hashable | None) -> bool:
        return isinstance(key, Key) and key in self._rows

    def drew(self, keys: Sequence[Hashable]) -> None:
        """These stand on the screen now, as they are known now."""
        self._drawn = keys, self._rows

    def painted(self, key: Key) -> Row | None:
        """The row as it was last drawn; None for one that is not on the screen."""
        keys, rows = self._drawn
        return (rows.get(key) or self._gone.get(key)) if key in keys else None

    def picture(self) -> tuple[object, ...]:
        """All that decides how the pane looks within one second: where it is the same, there is nothing to draw."""
        selection = self.selection
        return (
            self._loads,
            selection.cursor,
            selection.tombstone,
            selection.marks,
            selection.filter,
            selection.frozen,
            self.sort,
            self.reverse,
        )

    # the grid's source

    def order(self) -> Sequence[Hashable]:
        return self.selection.order

    def cursor_index(self) -> int | None:
        return self.selection.cursor_index

    def cells(self, key: Hashable, now: float) -> Sequence[Cell]:
        if key is ROSTER:
            return [self._fold(), *(Cell("") for _ in self.columns[1:])]
        row = self.row(key)
        if row is None or self.context is None:
            return [Cell("") for _ in self.columns]
        tombstone = self.selection.tombstone
        if tombstone is not None and tombstone.key == key:
            return in_order(self.columns, self.pane.ended(row, now - tombstone.ended_at, self.context))
        return in_order(self.columns, self._cells(row, self.context))

    def _cells(self, row: Row, context: Context) -> Cells:
        if self._told[0] is not context:
            self._told = (context, {})
        cells = self._told[1].get(row.key)
        if cells is None:
            cells = self.pane.cells(row, context)
            if getattr(row, "name", "") and self.pane.called(row, context) in self._namesakes:
                cells = with_source(cells, row.key.source)
            self._told[1][row.key] = cells
        return cells

    def forget(self) -> None:
        """What rows say may have changed though no row did."""
        self._told = (None, {})

    def row_style(self, key: Hashable) -> str:
        words = []
        tombstone = self.selection.tombstone
        if tombstone is not None and tombstone.key == key:
            words.append("tombstone")
        if key in self.selection.marks:
            words.append("marked")
        return " ".join(words)

    def _fold(self) -> Cell:
        count, lacks = self.selection.roster, tr(self.pane.lacks)
        if self.selection.folded:
            return Cell(
                f"{glyphs.TARGET} " + tr("{n} more {lacks}", n=count, lacks=lacks), "muted", span=len(self.columns)
            )
        return Cell(f"{glyphs.OPENED} {count} {lacks}", "muted", span=len(self.columns))

    # the hairline

    @property
    def order_words(self) -> str:
        """By what it is sorted."""
        order = tr(BY[self.sort])
        return tr("{order} reversed", order=order) if self.reverse else order

    def title(
        self, width: int, placed: Sequence[tuple[int, int, Column]], active: bool, above: int = 0, below: int = 0
    ) -> list[Line]:
        """The hairline, and a line below it where something must be said that has no room there. `above` and `below`
        count rows out of sight."""
        context = self.context
        if context is None:
            return []
        label = f"{NUMBER[self.resource]} {tr(self.pane.title)}"
        state = context.pane(self.resource)
        parts = [self._counts(context, state), *self._state(state)]
        if self.scope and self.selection.scoped:
            parts.insert(1, Part((f"{glyphs.TO} {self.scope}",), "info", must=True))
        if self.selection.frozen:
            parts.append(Part((tr("frozen"),)))
        if above or below:
            words = out_of_sight(above, below)
            parts.append(Part((words, words.replace(" ", ""))))
        if self.sort or self.reverse:
            parts.append(Part((self.order_words,)))
        shown = {column.id for _, _, column in placed}
        if dropped := len([each for each in self.columns if each.id not in shown]):
            parts.append(Part((f"{glyphs.MORE}{dropped}",)))
        if self._census[0] != self._loads:
            self._census = self._loads, self.pane.census([*self._rows.values()], context)
        if any(self._census[1]) and self._rows and not (self.selection.filter or self.selection.scoped):
            parts.append(Part(tuple(f"· {told}" for told in self._census[1])))
        return title_lines(label, parts, width, placed, active, self.sort)

    def _counts(self, context: Context, state: Freshness) -> Part:
        shown, total = self.selection.counts
        if wanted := self.selection.filter:
            hidden = [key for key in self.selection.hidden_keys if isinstance(key, Key)]
            worse = len([key for key in hidden if context.severities.get(key) == "alarm"])
            said = tr('{n} of {all} "{wanted}"', n=shown, all=total, wanted=wanted)
            if worse:
                said += " · " + tr("{n}{sign} hidden", n=worse, sign=glyphs.ALARM)
            return Part((said,), "text", must=True)
        if self.selection.scoped:
            return Part((tr("{n} of {all}", n=shown, all=total),), "text")
        total -= 0 if self.selection.folded else self.selection.roster
        unread = state.state is ResourceState.NEVER or not state.sources
        unloaded = not total and bool(context.board.rows(self.resource))
        if unread or unloaded or state.state is ResourceState.UNAVAILABLE:
            # Never a zero for what nobody has read, nor for what has come and is only drawn with the next frame.
            return Part((str(total) if total else "",), "text")
        return Part((str(total),), "text")

    def _state(self, state: Freshness) -> Sequence[Part]:
        told, style = _freshness(state)
        if not told:
            return ()
        late = state.state is ResourceState.LATE
        short = (f"{glyphs.STALE}{age(state.age)}", glyphs.STALE) if late else ()
        return (Part((told, *short), style, must=not late),)


def _freshness(state: Freshness) -> tuple[str, str]:
    """How a pane stands in words, "" if it is live, and their token."""
    if state.state is ResourceState.LIVE:
        return "", "muted"
    if not state.sources:
        return "", "muted"
    if state.state is ResourceState.UNAVAILABLE:
        return state.shut, "muted"
    word = f"{_SIGNS.get(state.state, '')}{tr(_SHORT[state.state])}"
    blamed = [name for name, view in state.sources if view.state is state.state]
    seldom = next((view.detail for name, view in state.sources if name in blamed and view.seldom), "")
    if state.state is ResourceState.LATE and seldom:
        word = f"{word}, {seldom}"
    elif state.state in (ResourceState.LATE, ResourceState.STALE, ResourceState.GONE) and state.age is not None:
        word = f"{word} {age(state.age)}"
    if len(state.sources) > len(blamed):
        word = f"{blamed[0]} {word}"
    return word, "stale"
