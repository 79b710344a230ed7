"""The row that a verb would hit, in words."""

from __future__ import annotations

from wallboard.domain.keys import RESOURCE_OF
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Member, Phone, Row
from wallboard.domain.states import ResourceState
from wallboard.domain.text import clean
from wallboard.view.cells import Cell
from wallboard.view.colleagues import beside
from wallboard.view.context import Context
from wallboard.view.format import age, span
from wallboard.view.numbers import party
from wallboard.view.panes import PANES
from wallboard.view.panes.agents import state_of


def label(row: Row, context: Context) -> str:
    """The row's name in a sentence, as its pane says it."""
    if isinstance(row, Phone):
        return f"{row.name} {row.extension}".strip()
    pane = PANES.get(RESOURCE_OF[row.key.kind])
    return clean(row.key.id) if pane is None else pane.called(row, context)


def told(row: Row, context: Context) -> tuple[str, Cell]:
    """A living row, and how fresh it is: `Eve Lund · Sales · waits 3:12`, `hq live`."""
    row = context.shown(row)
    parts = [label(row, context)]
    match row:
        case Member():
            clock = context.elapsed(row.key, row.joined_at)
            with_ = tr("with {who}", who=row.serving) if row.serving else tr("waits {time}", time=span(clock))
            parts += [row.queue, with_]
        case Agent():
            parts[0] = f"{row.name} {row.extension}".strip() or parts[0]
            clock = context.elapsed(row.key, row.since)
            word = tr(state_of(row)[1])
            parts.append(f"{word} {span(clock)}" if clock is not None else word)
            other = party(row.with_name, row.with_name, row.key.source, context)
            parts += [tr("with {who}", who=other)] if other else []
        case Call():
            parts.append(span(context.elapsed(row.key, row.answered_at or row.started_at)))
        case _:
            pass
    parts.append(beside(row.key, context))
    state = context.board.row_state(row.key)
    fresh = Cell(f"{row.key.source} {tr(state.value)}", "muted" if state is ResourceState.LIVE else "stale")
    return " · ".join(part for part in parts if part), fresh


def ended(row: Row, seconds: float | None, context: Context) -> str:
    """One that has gone, so many seconds ago."""
    gone = tr("ended") if seconds is None else tr("ended {age} ago", age=age(max(1.0, seconds)))
    return f"{label(row, context)} · {gone}"
