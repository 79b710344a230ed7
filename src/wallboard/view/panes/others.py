"""Panes 6 to 8: notices, receptionists and what is parked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, markc, tr
from wallboard.domain.models import Entry, Notice, ParkedCall, Receptionist
from wallboard.domain.notation import shown
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.filters import Value, words
from wallboard.view.format import DASH, age, moment, span
from wallboard.view.numbers import party, target
from wallboard.view.panes.base import SOURCE, Cells, Field, Pane, Rank, dash_or


def active(row: Notice, now: float) -> bool:
    return notice_state(row, now) == "active"


def place_of(row: Notice) -> str:
    """The notice in a few words: `Fibre cut, Berlin`."""
    row = shown(row)
    title = row.title or row.why or row.set
    known = not row.where or row.where.casefold() in title.casefold()
    return title if known else f"{title}, {row.where}"


def until_words(row: Notice, context: Context) -> str:
    """Until when, in words for a sentence."""
    if row.active_to is None:
        return tr("until somebody ends it")
    return tr("until {time}", time=moment(row.active_to, context.now, context.zone))


_RANK = {mark("active"): 0, mark("coming"): 1, mark("over"): 2}
RECEPTIONIST: dict[bool | None, tuple[str, str, str]] = {
    True: (glyphs.READY, mark("open"), "ok"),
    False: (glyphs.OFF, mark("closed"), "muted"),
    None: ("?", DASH, "muted"),
}
_SIGNS = {"active": (glyphs.WARN, "warn"), "coming": (glyphs.WAITING, "text"), "over": (glyphs.OFF, "muted")}


def notice_state(row: Notice, now: float) -> str:
    """`active`, `coming` or `over`."""
    if row.active_to is not None and row.active_to <= now:
        return "over"
    return "coming" if row.active_from is not None and row.active_from > now else "active"


class NoticesPane(Pane):
    resource = Resource.NOTICES
    title = mark("Notices")
    says: ClassVar[Mapping[str, int]] = {"where": 3}
    names = "what"
    signs = tuple((sign, state, token) for state, (sign, token) in _SIGNS.items())
    reads: ClassVar[Mapping[str, Callable[[Notice, Context], Value]]] = {
        "name": lambda row, context: row.title,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: words((state := notice_state(row, context.now)), state),
        "where": lambda row, context: row.where,
        "why": lambda row, context: row.why,
        "set": lambda row, context: row.set,
    }
    fields = (
        Field("state", ""),
        Field("until", mark("until")),
        Field("where", mark("where"), sort=lambda row, context: row.where.casefold(), most=32),
        Field("why", mark("why"), sort=lambda row, context: row.why.casefold(), most=32),
        Field("what", mark("what"), sort=lambda row, context: row.title.casefold(), most=40),
        Field("set", mark("set"), sort=lambda row, context: row.set.casefold(), most=20),
        Field("remarks", mark("remarks"), most=60),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 8, until 13, where 24, why 24, what 24, set 16, remarks 36",
        120: "state 8, until 13, where 20, why 20, set 14, remarks 28",
        80: "state 8, until 13, where 14, why 16, set 12, remarks 11",
    }

    def stamp(self, row: Notice, context: Context, sort: str) -> object:
        return context.now

    def urgency(self, row: Notice, context: Context) -> Rank:
        """What holds now, the first to end first; then what comes; then what is over, the latest first."""
        state = notice_state(row, context.now)
        far = float("inf")
        when = {
            "active": row.active_to if row.active_to is not None else far,
            "coming": row.active_from if row.active_from is not None else far,
            "over": -(row.active_to or 0.0),
        }[state]
        return (_RANK[state], when, row.title.casefold(), row.key)

    def search(self, row: Notice) -> str:
        return f"{row.title} {row.where} {row.why} {row.when} {row.set} {row.remarks} {row.key.source}"

    def label(self, row: Notice) -> str:
        return row.title or row.why or row.set or tr("untitled notice")

    def when_ended(self, ago: str) -> Cells:
        return {"state": Cell(tr("ended"), "muted"), "until": Cell(tr("{age} ago", age=ago), "muted")}

    def own(self, row: Notice, context: Context) -> Cells:
        state = notice_state(row, context.now)
        glyph, token = _SIGNS[state]
        stale = context.dim(row.key)
        style = "stale" if stale else "muted" if state == "over" else "text"
        if state == "coming":
            until = tr("from {time}", time=moment(row.active_from, context.now, context.zone, short=True))
        else:
            until = tr("open end") if row.active_to is None else moment(row.active_to, context.now, context.zone)
        return {
            "state": Cell(f"{glyph} {tr(state)}", "stale" if stale else token),
            "until": Cell(until, style),
            "where": dash_or(row.where, style),
            "why": dash_or(row.why, style),
            "what": dash_or(row.title, style),
            "set": dash_or(row.set, style),
            "remarks": dash_or(row.remarks, style),
        }

    def brief(self, rows: Sequence[Notice], context: Context) -> Sequence[Cell]:
        states = Counter(notice_state(row, context.now) for row in rows)
        cells = [Cell(f"{states['active']} {tr('active')}", "warn" if states["active"] else "muted")]
        if states["coming"]:
            cells.append(Cell(f" · {states['coming']} {tr('coming')}", "muted"))
        return cells


class ReceptionistsPane(Pane):
    resource = Resource.RECEPTIONISTS
    title = mark("Receptionists")
    says: ClassVar[Mapping[str, int]] = {"sends": 1}
    signs = RECEPTIONIST.values()
    reads: ClassVar[Mapping[str, Callable[[Receptionist, Context], Value]]] = {
        "name": lambda row, context: row.name,
        "number": lambda row, context: row.number,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: words((word := RECEPTIONIST[row.open][1]), word),
    }
    fields = (
        Field("state", "", sort=lambda row, context: str(row.open)),
        Field("until", mark("until"), sort=lambda row, context: row.until or float("inf")),
        Field("name", "", sort=lambda row, context: row.name.casefold(), most=36),
        Field("number", mark("number"), sort=lambda row, context: row.number, most=20),
        Field("sends", mark("sends to"), most=100),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 8, until 12, name 28, number 10, sends 60",
        120: "state 8, until 12, name 24, number 10, sends 40",
        80: "state 8, until 6, name 20, number 8, sends 24, src 8",
    }

    def urgency(self, row: Receptionist, context: Context) -> Rank:
        # Closed first: who is sent elsewhere needs a look; what is not known last.
        return ((False, True, None).index(row.open), row.name.casefold(), row.key)

    def search(self, row: Receptionist) -> str:
        ways = " ".join(entry.to for entry in row.sends_to)
        return f"{row.name} {row.number} {row.language} {ways} {row.key.source}"

    def label(self, row: Receptionist) -> str:
        return row.name or row.number or tr("unnamed receptionist")

    def when_ended(self, ago: str) -> Cells:
        return {"state": Cell(tr("ended"), "muted"), "until": Cell(ago, "muted")}

    def own(self, row: Receptionist, context: Context) -> Cells:
        stale = context.dim(row.key)
        style = "stale" if stale else "text"
        state = RECEPTIONIST[row.open]
        until, day = (moment(row.until, context.now, context.zone, short=short) for short in (False, True))
        return {
            "state": Cell(f"{state[0]} {tr(state[1])}", "stale" if stale else state[2]),
            "until": lambda width: Cell(until if cell_width(until) <= width else day, style if row.until else "muted"),
            "name": dash_or(row.name, style),
            "number": dash_or(row.number, style),
            "sends": lambda width: dash_or(sends_to(row, width, context), style),
        }

    def brief(self, rows: Sequence[Receptionist], context: Context) -> Sequence[Cell]:
        closed = len([row for row in rows if row.open is False])
        opened = len([row for row in rows if row.open])
        text = tr("{n}, open or closed not known", n=len(rows))
        if closed or opened:
            text = tr("{n} closed", n=closed) if closed else tr("{n} open", n=opened)
        return (Cell(text, "text" if closed else "muted"),)


def relevant(row: Receptionist) -> Sequence[Entry]:
    """The inputs, most telling first: keys that callers press, then what happens without one; each with its way."""
    return sorted(row.sends_to, key=lambda entry: (not entry.to, not entry.input[:1].isdigit()))


def sends_to(row: Receptionist, width: int, context: Context) -> str:
    """Where the inputs send callers now: as many as fit whole, and how many more there are."""
    ways = ((entry.input, target(entry.to, row.key.source, context) or DASH) for entry in relevant(row))
    found = [f"{way} {glyphs.TO} {to}" for way, to in ways]
    text = ""
    for index, part in enumerate(found):
        longer = f"{text} · {part}" if text else part
        left = len(found) - index - 1
        if text and cell_width(longer) + (len(f" +{left}") if left else 0) > width:
            return f"{text} +{len(found) - index}"
        text = longer
    return text


class ParkedPane(Pane):
    resource = Resource.PARKED
    title = mark("Parked")
    names = "caller"
    reads: ClassVar[Mapping[str, Callable[[ParkedCall, Context], Value]]] = {
        "name": lambda row, context: row.caller,
        "number": lambda row, context: row.number,
        "source": lambda row, context: row.key.source,
        "slot": lambda row, context: row.slot,
        "by": lambda row, context: row.by,
        "since": lambda row, context: context.elapsed(row.key, row.since),
    }
    fields = (
        Field("slot", "", sort=lambda row, context: row.slot),
        Field(
            "returns",
            markc("returns", "in"),
            "right",
            lambda row, context: row.returns_at or float("inf"),
            context="returns",
        ),
        Field("to", mark("to"), most=20),
        Field("caller", mark("caller"), sort=lambda row, context: row.caller.casefold(), most=48),
        Field("since", mark("since"), "right", lambda row, context: row.since or float("inf")),
        Field("by", mark("by"), most=20),
        Field("note", mark("note"), most=60),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "slot 6, returns 8, to 14, caller 40, since 8, by 16, note 40, src 8",
        120: "slot 6, returns 8, to 12, caller 34, since 8, by 12, note 20",
        80: "slot 4, returns 8, to 12, caller 28, since 6, by 8, note 7",
    }

    def urgency(self, row: ParkedCall, context: Context) -> Rank:
        return (row.returns_at or float("inf"), row.since or 0.0, row.key)

    def search(self, row: ParkedCall) -> str:
        return f"{row.slot} {row.caller} {row.number} {row.by}"

    def label(self, row: ParkedCall) -> str:
        who = " ".join(dict.fromkeys(part for part in (row.caller, row.number) if part)) or tr("caller")
        return tr("{who} in {slot}", who=who, slot=row.slot)

    def when_ended(self, ago: str) -> Cells:
        return {"returns": Cell(tr("ended"), "muted"), "to": Cell(tr("{age} ago", age=ago), "muted")}

    def own(self, row: ParkedCall, context: Context) -> Cells:
        style = "stale" if context.dim(row.key) else "text"
        left = None if row.returns_at is None else row.returns_at - context.now
        soon = left is not None and left < 30
        return {
            "slot": dash_or(row.slot, style),
            "returns": Cell(
                DASH if left is None else f"{span(left)} {glyphs.WARN if soon else ' '}", "warn" if soon else style
            ),
            "to": dash_or(target(row.returns_to, row.key.source, context), style),
            "caller": dash_or(party(row.caller, row.number, row.key.source, context), style),
            "since": Cell(span(context.elapsed(row.key, row.since)), style),
            "by": dash_or(row.by, "muted"),
            "note": Cell(context.said.get(row.key, "") or (note.text if (note := context.notes(row)) else ""), "muted"),
        }

    def brief(self, rows: Sequence[ParkedCall], context: Context) -> Sequence[Cell]:
        first = min(rows, key=lambda row: self.urgency(row, context))
        left = None if first.returns_at is None else first.returns_at - context.now
        clock = tr("returns {time}", time=span(left))
        if left is None:
            clock = tr("since {time}", time=age(context.since(first.since)))
        return (Cell(f"{len(rows)}: {first.slot} {clock}", "warn" if left is not None and left < 30 else "text"),)
