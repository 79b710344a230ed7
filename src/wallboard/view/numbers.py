"""Numbers of a site as its people dial them, and whose they are."""

from __future__ import annotations

from functools import lru_cache

from wallboard.domain.keys import Key, Kind
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


def target(text: str, source: str, context: Context) -> str:
    """Where something leads to as Calls says it, `8003 Night`; what stands before the number stays, as in
    `voicemail 311`."""
    before, _, number = text.rpartition(" ")
    short, name = inside(number, source, context)
    return f"{before} {written(short)} {name if name not in text else ''}".strip()


def readable(text: str, source: str, context: Context) -> str:
    """A vendor's text in which its own ids stand as people know them: `022*603` as 603 Emergency, an agent's name in
    the exchange (`137_local`) as the agent's."""
    if "*" not in text and "_" not in text:
        return text
    return " ".join(_known(word, source, context) for word in text.split(" "))


def _known(word: str, source: str, context: Context) -> str:
    if "*" in word:
        return target(word, source, context)
    agent = context.board.row(Key(source, Kind.AGENT, word)) if "_" in word else None
    return agent.name if isinstance(agent, Agent) and agent.name else word


def _extensions(context: Context) -> dict[tuple[str, str], str]:
    """The extensions of queues, agents and telephones, each with its name, by source."""
    board = context.board
    found: dict[tuple[str, str], str] = {
        (row.key.source, row.extension): "" for row in rows_of(Phone, board) if row.extension
    }
    found |= {(row.key.source, row.extension): row.name for row in rows_of(Agent, board) if row.extension}
    found |= {(row.key.source, row.number): row.name for row in rows_of(Queue, board) if row.number}
    return found
