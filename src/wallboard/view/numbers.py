"""Numbers of a site as its people dial them, and whose they are."""

from __future__ import annotations

from functools import lru_cache

from wallboard.domain.models import Agent, Phone, Queue
from wallboard.domain.numbers import e164, international
from wallboard.vendors.base import rows_of
from wallboard.view.context import Context


@lru_cache(maxsize=4096)
def written(number: str) -> str:
    """A public number as people read it, `+49 241 55660`, in whichever notation it came; any other as it is."""
    public = e164(number)
    return international(public) if public else number


def inside(number: str, source: str, context: Context) -> tuple[str, str]:
    """A source's own number without the client's prefix (`022*602` is 602 inside), and the name of whose it is;
    every other number as it is, without a name."""
    if not number:
        return "", ""
    own = context.once("extensions", lambda: _extensions(context))
    bare = number.rpartition("*")[2]
    name = own.get((source, bare))
    return (number, "") if name is None else (bare, name)


def party(name: str, number: str, source: str, context: Context) -> str:
    """Somebody on a call as people call them: the name with the number, an own extension with whose it is."""
    short, known = inside(number, source, context)
    called = name if name != number else ""
    return " ".join(part for part in (called or known, written(short)) if part)


def _extensions(context: Context) -> dict[tuple[str, str], str]:
    """The extensions of queues, agents and telephones, each with its name, by source."""
    board = context.board
    found: dict[tuple[str, str], str] = {
        (row.key.source, row.extension): "" for row in rows_of(Phone, board) if row.extension
    }
    found |= {(row.key.source, row.extension): row.name for row in rows_of(Agent, board) if row.extension}
    found |= {(row.key.source, row.number): row.name for row in rows_of(Queue, board) if row.number}
    return found
