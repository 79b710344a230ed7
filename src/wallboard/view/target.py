"""The row that a verb would hit, in words."""

from __future__ import annotations

from wallboard.domain.keys import RESOURCE_OF
from wallboard.domain.models import Agent, Call, Member, Phone, Row
from wallboard.domain.text import clean
from wallboard.view import glyphs
from wallboard.view.context import Context
from wallboard.view.format import age, span
from wallboard.view.numbers import party, readable
from wallboard.view.panes import PANES


def label(row: Row) -> str:
    """The row's name in a sentence, as its pane says it."""
    if isinstance(row, Phone):
        return f"{row.name} {row.extension}".strip()
    pane = PANES.get(RESOURCE_OF[row.key.kind])
    return clean(row.key.id) if pane is None else pane.label(row)


def named(row: Row, context: Context) -> str:
    """The same, the site's own numbers on a call as people know them."""
    return readable(label(row), row.key.source, context)


def told(row: Row, context: Context) -> tuple[str, str]:
    """A living row, and how fresh it is: `Eve Lund · Sales · waits 3:12`, `hq live`."""
    parts = [label(row)]
    match row:
        case Member():
            clock = context.elapsed(row.key, row.joined_at)
            parts += [row.queue, f"waits {span(clock)}" if not row.serving else f"with {row.serving}"]
        case Agent():
            parts[0] = f"{row.name} {row.extension}".strip() or parts[0]
            clock = context.elapsed(row.key, row.since)
            word = "roster" if row.no_state else glyphs.AGENT[row.state][1]
            parts.append(f"{word} {span(clock)}" if clock is not None else word)
            other = party(row.with_name, row.with_name, row.key.source, context)
            parts += [f"with {other}"] if other else []
        case Call():
            parts[0] = named(row, context)
            parts.append(span(context.elapsed(row.key, row.answered_at or row.started_at)))
        case _:
            pass
    state = context.board.row_state(row.key)
    return " · ".join(part for part in parts if part), f"{row.key.source} {state.value}"


def ended(row: Row, seconds: float | None) -> str:
    """One that has gone, so many seconds ago."""
    return f"{label(row)} · ended" + ("" if seconds is None else f" {age(max(1.0, seconds))} ago")
