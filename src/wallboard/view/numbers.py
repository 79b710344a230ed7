"""Numbers of a site as its people dial them, and whose they are."""

from __future__ import annotations

from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Phone, Queue
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
    found: dict[tuple[str, str], str] = {}
    for row in context.board.rows(Resource.PHONES):
        if isinstance(row, Phone) and row.extension:
            found[row.key.source, row.extension] = ""
    for row in context.board.rows(Resource.AGENTS):
        if isinstance(row, Agent) and row.extension:
            found[row.key.source, row.extension] = row.name
    for row in context.board.rows(Resource.QUEUES):
        if isinstance(row, Queue) and row.number:
            found[row.key.source, row.number] = row.name
    return found
