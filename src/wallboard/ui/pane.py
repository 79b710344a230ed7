"""One pane on the screen: the pure pane, its selection, its grid and the hairline above it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from wallboard.board.freshness import PACED
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.states import ResourceState
from wallboard.view import glyphs
from wallboard.view.cells import Cell, Column
from wallboard.view.context import Context, many_sources
from wallboard.view.format import age
from wallboard.view.lines import Line, out_of_sight
from wallboard.view.panes.base import Pane, in_order, title_line
from wallboard.view.selection import Selection

_SHORT: dict[ResourceState, str] = {
    ResourceState.LATE: "late",
    ResourceState.STALE: f"{glyphs.STALE} stale",
    ResourceState.GONE: f"{glyphs.ALARM} gone",
    ResourceState.NEVER: "not read yet",
    ResourceState.UNAVAILABLE: "not for this account",
}


class PaneState:
    """What the console knows of a pane, drawn or not. It is its grid's source.

    Rows are remembered as they were painted: a verb carries the fingerprint of the row in the frame that was seen,
    not of what the board has learned since.
    """

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.selection = Selection()
        self.sort = ""
        self.reverse = False
        self.columns: tuple[Column, ...] = ()
        self.lines = 10
        """Rows in sight, as last drawn: a page."""
        self.context: Context | None = None
        self._rows: dict[Key, Row] = {}
        self._gone: dict[Key, Row] = {}
        self._drawn: tuple[Sequence[Hashable], dict[Key, Row]] = ((), {})
        """The keys on the screen, and the rows that they were drawn from."""
        self._loads = 0

    @property
    def resource(self) -> Resource:
        return self.pane.resource

    def load(self, context: Context, *, resort: bool = False) -> None:
        """Take the board's rows: the selection sees them, the grid will ask for their cells. `resort`: the user has
        just chosen another order, which no hold delays."""
        self.context = context
        self._loads += 1
        rows = {row.key: row for row in self.pane.rows(context)}
        cursor = self.selection.cursor
        if isinstance(cursor, Key) and cursor not in rows and cursor in self._rows:
            self._gone = {cursor: self._rows[cursor]}
        self._rows = rows
        facts = [self.pane.fact(row, context, self.sort) for row in rows.values()]
        self.selection.apply(facts, context.now, resort=resort)

    def choose_columns(self, size_class: int, context: Context) -> tuple[Column, ...]:
        """Pick the columns for the screen."""
        self.columns = self.pane.columns(size_class, many_sources(context, self.resource))
        return self.columns

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
        row = self.row(key)
        if row is None or self.context is None:
            return [Cell("") for _ in self.columns]
        tombstone = self.selection.tombstone
        if tombstone is not None and tombstone.key == key:
            return in_order(self.columns, self.pane.ended(row, now - tombstone.ended_at, self.context))
        return in_order(self.columns, self.pane.cells(row, self.context))

    def row_style(self, key: Hashable) -> str:
        words = []
        tombstone = self.selection.tombstone
        if tombstone is not None and tombstone.key == key:
            words.append("tombstone")
        if key in self.selection.marks:
            words.append("marked")
        return " ".join(words)

    # the hairline

    def title(
        self,
        width: int,
        placed: Sequence[tuple[int, int, Column]],
        active: bool,
        above: int = 0,
        below: int = 0,
        told: Sequence[Cell] = (),
    ) -> Line:
        """`above` and `below` count rows out of sight; `told` is said of other panes, after this one's own words."""
        context = self.context
        if context is None:
            return []
        shown, total = self.selection.counts
        wanted = self.selection.filter
        state, style = self._freshness(context)
        counts = str(total)
        unread = state == _SHORT[ResourceState.NEVER]
        asked = bool(context.board.pane_state(self.resource).sources)
        unloaded = not total and bool(context.board.rows(self.resource))
        if unread or not asked or unloaded or state == _SHORT[ResourceState.UNAVAILABLE]:
            # Never a zero for what nobody has read, nor for what has come and is only drawn with the next frame.
            counts = str(total) if total else ""
        if wanted:
            hidden = [key for key in self.selection.hidden_keys if isinstance(key, Key)]
            worse = len([key for key in hidden if context.severities.get(key) == "alarm"])
            counts = f'{shown} of {total} "{wanted}"' + (f" · {worse}{glyphs.ALARM} hidden" if worse else "")
        extra = []
        if state:
            extra.append(state)
        if self.selection.frozen:
            extra.append("frozen")
        if self.sort:
            extra.append(f"by {self.sort}{' ↓' if self.reverse else ''}")
        if above or below:
            extra.append(out_of_sight(above, below))
        return title_line(self.pane, width, counts, " ".join(extra), style if state else "muted", placed, active, told)

    def _freshness(self, context: Context) -> tuple[str, str]:
        state = context.board.pane_state(self.resource)
        if state.state is ResourceState.LIVE:
            return "", "muted"
        if not state.sources:
            return "", "muted"
        word = _SHORT[state.state]
        blamed = [name for name, view in state.sources if view.state is state.state]
        if len(state.sources) > len(blamed):
            word = f"{blamed[0]} {word}"
        if state.state in (ResourceState.LATE, ResourceState.STALE, ResourceState.GONE) and state.age is not None:
            word += f" {age(state.age)}"
        paced = next((view.detail for name, view in state.sources if name in blamed and view.paced), "")
        if state.state is ResourceState.LATE and paced.startswith(PACED):
            word = f"{word.rpartition(' late')[0]} late, {paced}".strip()
        return word, "muted" if state.state is ResourceState.UNAVAILABLE else "stale"
