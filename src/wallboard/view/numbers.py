"""Numbers of a site as its people dial them, and whose they are."""

from __future__ import annotations

from wallboard.domain.models import Agent, Phone, Queue
from wallboard.vendors.base import rows_of
from wallboard.view.context import Context


def inside(number: str, source: str, context: Context) -> tuple[str, str]:
    """A source's own number without the client's prefix (`022*602` is 602 inside), and the name of whose it is;
    every other number as it is, without a name."""
    if not number:
        return "", ""
    own = context.once("extensions", lambda: _extensions(context))
    bare = number.rpartition("*")[2]
    name = own.get((source, bare))
    return (number, "") if name is None else (bare, name)


def _extensions(context: Context) -> dict[tuple[str, str], str]:
    """The extensions of queues, agents and telephones, each with its name, by source."""
    board = context.board
    found: dict[tuple[str, str], str] = {
        (row.key.source, row.extension): "" for row in rows_of(Phone, board) if row.extension
    }
    found |= {(row.key.source, row.extension): row.name for row in rows_of(Agent, board) if row.extension}
    found |= {(row.key.source, row.number): row.name for row in rows_of(Queue, board) if row.number}
    return found
