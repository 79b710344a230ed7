"""Numbers of a site as its people know them: which notation, which are its own, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from wallboard.domain.command import Command
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Phone, Queue, Row
from wallboard.domain.notation import pair, prose, sent, written
from wallboard.view.context import Context
from wallboard.view.format import instants


def inside(number: str, source: str, context: Context) -> tuple[str, str]:
    """A source's own number without the client's prefix (`022*602` is 602 inside), and the name of whose it is;
    every other as people read it, without a name."""
    if not number:
        return "", ""
    bare = sent(number).rpartition("*")[2]
    own = context.once("extensions", lambda: _own(context))
    name = next((names[source, bare] for names in own if (source, bare) in names), None)
    return written(number if name is None else bare, context.region(source)), name or ""


def party(name: str, number: str, source: str, context: Context) -> str:
    """Somebody on a call as people call them: the name with the number, an own extension with whose it is."""
    short, known = inside(number, source, context)
    called = written(name, context.region(source)) if name != number else ""
    return " ".join(dict.fromkeys(part for part in (called or known, short) if part))


def target(text: str, source: str, context: Context) -> str:
    """Where something leads to as Calls says it, `8003 Night`; what stands before the number stays, as in
    `voicemail 311`."""
    if (whole := written(text, context.region(source))) is not text:
        return whole
    before, _, number = text.rpartition(" ")
    short, name = inside(number, source, context)
    return f"{before} {short} {name if name not in text else ''}".strip()


def known(text: str, source: str, context: Context) -> str:
    """The same with an exchange's own ids as what people know: `022*603` as 603 Emergency, an agent's name in the
    exchange (`137_local`) as the agent's."""
    if "*" in text or "_" in text:
        return " ".join(_known(word, source, context) for word in text.split(" "))
    return text


def readable(text: str, source: str, context: Context) -> str:
    """A vendor's text in which numbers, instants and its own ids stand as people know them."""
    return prose(instants(known(text, source, context), context.zone))


def in_words(command: Command, context: Context) -> Command:
    """The command as sentences about it name things. It is not one to send."""
    source, to = command.target.key.source, command.destination
    region = context.region(source)
    called = replace(command.target, label=known(pair(command.target.label, region), source, context))
    if to is not None:
        to = replace(to, number=inside(to.number, source, context)[0], label=written(to.label, region))
    return replace(command, target=called, destination=to)


def _known(word: str, source: str, context: Context) -> str:
    if "*" in word:
        return target(word, source, context)
    agent = context.board.row(Key(source, Kind.AGENT, word)) if "_" in word else None
    return agent.name if isinstance(agent, Agent) and agent.name else word


Names = Mapping[tuple[str, str], str]
"""Of extensions, by source."""


def _queues(rows: Sequence[Row]) -> Names:
    return {(row.key.source, row.number): row.name for row in rows if isinstance(row, Queue) and row.number}


def _agents(rows: Sequence[Row]) -> Names:
    return {(row.key.source, row.extension): row.name for row in rows if isinstance(row, Agent) and row.extension}


def _phones(rows: Sequence[Row]) -> Names:
    return {(row.key.source, row.extension): "" for row in rows if isinstance(row, Phone) and row.extension}


def _own(context: Context) -> Sequence[Names]:
    """A queue's number goes before an agent's extension, that before a bare telephone's."""
    board = context.board
    return (
        context.made_of(_queues, board.rows(Resource.QUEUES), _queues),
        context.made_of(_agents, board.rows(Resource.AGENTS), _agents),
        context.made_of(_phones, board.rows(Resource.PHONES), _phones),
    )
