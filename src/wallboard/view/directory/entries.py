"""What stands in the directory: every destination once, by its best name.

A public number is one destination however many sources know it and however they write it. An extension belongs to its
source: the same digits in two sources are two destinations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wallboard.board.board import Board
from wallboard.domain.keys import Key
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Hotline, Phone, Queue, Receptionist
from wallboard.domain.numbers import dialled, e164, same_number
from wallboard.domain.places import Favourite
from wallboard.domain.records import dataclass
from wallboard.domain.states import Channel
from wallboard.vendors.base import rows_of

FAVOURITE = mark("favourite")
CONFERENCE = mark("conference")
_PHONE = mark("phone")
_NO_TELEPHONE = {Channel.CHAT: mark("chat address"), Channel.EMAIL: mark("e-mail address")}
_QUEUES = {
    None: mark("queue"),
    Channel.PHONE: mark("phone queue"),
    Channel.CHAT: mark("chat queue"),
    Channel.EMAIL: mark("email queue"),
}


@dataclass(slots=True)
class Entry:
    """One destination. `number` as its source writes it; `public` the same in E.164, "" for an extension of `source`.

    `kind` is a word that it is found by, too, told with `tr`; `also` are other names of the same number; `refused` says
    why it is no telephone destination at all; `home` marks a number that the row's own source wrote, or the user for
    it.
    """

    name: str
    number: str
    source: str
    kind: str
    public: str = ""
    key: Key | None = None
    also: tuple[str, ...] = ()
    digit: str = ""
    refused: str = ""
    home: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)


def gather(board: Board, favourites: Sequence[Favourite], regions: Mapping[str, str], source: str = "") -> list[Entry]:
    """Everything that has a number, favourites first; `source` is where the call is ("": nowhere in particular), whose
    own names go before others'."""
    out: list[Entry] = []
    known: dict[str, list[Entry]] = {}
    for place, favourite in enumerate(favourites):
        entry = Entry(
            favourite.name,
            favourite.number,
            favourite.source or source,
            FAVOURITE,
            digit=str(place + 1) if place < 9 else "",
            home=favourite.source in ("", source),
        )
        entry.public = e164(entry.number, regions.get(entry.source, ""))
        out.append(entry)
        known.setdefault(_identity(entry), []).append(entry)
    for entry in _rows(board):
        entry.home = entry.source == source
        if not entry.refused:
            entry.public = e164(entry.number, regions.get(entry.source, ""))
        same = known.setdefault(_identity(entry), []) if entry.number and not entry.refused else []
        met = [other for other in same if _one(other, entry)]
        for other in met:
            _join(other, entry, source)
        if not met:
            same.append(entry)
            out.append(entry)
    return out


def name_of(number: str, source: str, board: Board, favourites: Sequence[Favourite], regions: Mapping[str, str]) -> str:
    """Whose number it is that a row of `source` shows: an extension of its own, or a public number of any source; ""
    when nobody knows."""
    region = regions.get(source, "")
    wanted = e164(number, region)
    for entry in gather(board, favourites, regions, source):
        if wanted and entry.public == wanted:
            return entry.name
        if not wanted and entry.source == source and not entry.refused and same_number(entry.number, number, region):
            return entry.name
    return ""


def _identity(entry: Entry) -> str:
    return entry.public or f"{entry.source} {dialled(entry.number)}"


def _one(known: Entry, new: Entry) -> bool:
    """Whether two entries of one number are one destination. Two agents who share a telephone stay two names; a
    telephone is its agent's, and a favourite is whatever it leads to."""
    return bool(new.public) or new.kind == _PHONE or (known.kind == FAVOURITE and known.key in (None, new.key))


def _join(known: Entry, new: Entry, source: str) -> None:
    """Take `new` into `known`: the favourite's name is best, then the one of the row's own source, then the first."""
    if known.kind != FAVOURITE and known.source != source and new.source == source:
        known.name, new.name = new.name, known.name
        known.number, known.source, known.kind, known.home = new.number, new.source, new.kind, True
        known.key, new.key = new.key, known.key
    if new.name not in known.names:
        known.also = (*known.also, new.name)
    if known.key is None:
        known.key = new.key
        if known.public and known.home:
            # A favourite that names no source stands where its number belongs; it is dialled as before.
            known.source = new.source


def _rows(board: Board) -> Iterator[Entry]:
    for agent in rows_of(Agent, board):
        yield Entry(agent.name or agent.extension, agent.extension, agent.key.source, mark("agent"), key=agent.key)
    for queue in rows_of(Queue, board):
        yield from _queue(queue)
    for row in rows_of(Receptionist, board):
        yield Entry(row.name or row.number, row.number, row.key.source, mark("receptionist"), key=row.key)
    for hotline in rows_of(Hotline, board):
        name = hotline.name or hotline.number
        yield Entry(name, hotline.number, hotline.key.source, mark("hotline"), key=hotline.key)
    for phone in rows_of(Phone, board):
        kind = CONFERENCE if phone.use == CONFERENCE else _PHONE
        yield Entry(phone.name or phone.extension, phone.extension, phone.key.source, kind, key=phone.key)


def _queue(row: Queue) -> Iterator[Entry]:
    refused = tr(_NO_TELEPHONE.get(row.channel, "")) if row.channel else ""
    numbers = dict.fromkeys(str(number) for number in (row.number, *row.addresses) if number)
    for number in numbers or ("",):
        reason = refused or (tr("e-mail address") if "@" in number and ":" not in number else "")
        yield Entry(row.name, number, row.key.source, _QUEUES[row.channel], key=row.key, refused=reason)
