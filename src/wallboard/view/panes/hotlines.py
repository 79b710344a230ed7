"""Pane 5: hotlines, what they were asked to be and what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, markc, tr, trn
from wallboard.domain.models import Hotline
from wallboard.domain.states import HotlineState, Wanted
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.filters import Value, words
from wallboard.view.format import DASH, age, local
from wallboard.view.panes.base import MUTED, SOURCE, Cells, Field, Pane, Rank, dash_or, with_sign

_ORDER = {
    HotlineState.ERROR: 0,
    HotlineState.UNKNOWN: 1,
    HotlineState.STARTING: 2,
    HotlineState.OPEN: 3,
    HotlineState.PAUSED: 4,
}


_CLOCK = 5
"""The width of a time of day."""


def drifted(row: Hotline) -> bool:
    """Whether the hotline is not what it was asked to be."""
    match row.state:
        case HotlineState.OPEN:
            return row.wanted is Wanted.PAUSED
        case HotlineState.PAUSED | HotlineState.ERROR:
            return row.wanted is Wanted.OPEN
        case _:
            return False


class HotlinesPane(Pane):
    resource = Resource.HOTLINES
    title = mark("Hotlines")
    empty = mark("no hotlines")
    says: ClassVar[Mapping[str, int]] = {"last": 1}
    signs = glyphs.HOTLINE.values()
    reads: ClassVar[Mapping[str, Callable[[Hotline, Context], Value]]] = {
        "name": lambda row, context: row.name,
        "number": lambda row, context: row.number,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: words(row.state.value, glyphs.HOTLINE[row.state][1]),
        "asked": lambda row, context: words(row.asked, row.asked),
        "phones": lambda row, context: active_phones(row),
        "lost": lambda row, context: row.unaccepted,
        "alarm": lambda row, context: context.severities.get(row.key),
    }
    fields = (
        Field("state", "", sort=lambda row, context: _ORDER[row.state]),
        Field("asked", ""),
        Field("name", "", sort=lambda row, context: row.name.casefold(), most=36),
        Field("number", mark("number"), sort=lambda row, context: row.number, most=20),
        Field(
            "phones", markc("column", "phones"), "right", lambda row, context: active_phones(row) or 0, context="column"
        ),
        Field("in", mark("in"), "right"),
        Field("out", mark("out"), "right"),
        Field("since", mark("since"), "right"),
        Field(
            "last",
            mark("last"),
            sort=lambda row, context: -((row.last_call and row.last_call.started_at) or 0),
            most=40,
        ),
        Field("lost", markc("column", "lost"), "right", context="column"),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 9, asked 14, name 22, number 17, phones 8, in 6, out 6, since 10, last 34, lost 6, src 12",
        120: "state 9, asked 14, name 20, number 16, phones 8, in 6, since 8, last 28",
        80: "state 9, asked 14, name 18, number 16, phones 6, in 5, last 5",
    }

    def urgency(self, row: Hotline, context: Context) -> Rank:
        severity = {"alarm": 0, "warn": 1}.get(context.severities.get(row.key, ""), 2)
        return (severity, 0 if drifted(row) else 1, _ORDER[row.state], row.name.casefold(), row.key)

    def census(self, rows: Sequence[Hotline], context: Context) -> Sequence[str]:
        return [tr("{n} open", n=len([row for row in rows if row.state is HotlineState.OPEN]))]

    def search(self, row: Hotline) -> str:
        people = " ".join(agent.name for agent in row.agents)
        return f"{row.name} {row.number} {words(row.state.value, row.state.value)} {people} {row.key.source}"

    def label(self, row: Hotline) -> str:
        return row.name or row.number

    def own(self, row: Hotline, context: Context) -> Cells:
        glyph, word, token = glyphs.HOTLINE[row.state]
        stale = context.dim(row.key)
        style = "stale" if stale else "text"
        since = context.elapsed(row.key, row.since)
        asked = ""
        if drifted(row) or row.state is HotlineState.STARTING:
            asked = tr("asked {state}", state=tr(row.asked))
        elif row.state is HotlineState.UNKNOWN:
            asked = row.raw_status
        phones = active_phones(row)
        crowded = phones is not None and row.channels_out is not None and phones > row.channels_out
        last = at = DASH
        lost = context.cause(row.key, "not_taken")
        if row.last_call is not None:
            who, n = row.last_call.taken_by, row.last_call.entries
            taken = tr("taken, {who}", who=who) if who else trn("{n} entry", "{n} entries", n)
            at = local(row.last_call.started_at, context.zone, seconds=False)
            last = f"{at} {taken}"
        return {
            "state": Cell(f"{glyph} {tr(word)}", "stale" if stale else token),
            "asked": Cell(asked, "stale" if stale else "warn" if row.state is not HotlineState.ERROR else "alarm"),
            "name": dash_or(row.name, style),
            "number": dash_or(row.number, style),
            "phones": MUTED
            if phones is None
            else Cell(
                with_sign(tr("{n} on", n=phones), context.cause(row.key, "nobody")),
                "warn" if phones == 0 or crowded else style,
            ),
            "in": Cell(f"{DASH}/{row.channels_in}" if row.channels_in is not None else DASH, "muted"),
            "out": Cell(
                f"{phones if phones is not None else DASH}/{row.channels_out}" if row.channels_out else DASH,
                "warn" if crowded else "muted",
            ),
            "since": Cell(age(since) if since is not None else DASH, "muted"),
            "last": lambda width: Cell(last if width > _CLOCK else at, "muted"),
            "lost": MUTED
            if row.unaccepted is None
            else Cell(
                f"{row.unaccepted} {glyphs.SEVERITY[lost][0]}".rstrip(), lost or style if row.unaccepted else "muted"
            ),
        }

    def brief(self, rows: Sequence[Hotline], context: Context) -> Sequence[Cell]:
        out: list[Cell] = []
        for row in sorted(rows, key=lambda row: self.urgency(row, context)):
            if drifted(row):
                since = age(context.since(row.since)) if row.since is not None else ""
                glyph, word, token = glyphs.HOTLINE[row.state]
                asked = tr("asked {state}", state=tr(row.asked))
                out.append(Cell(f"{glyph} {row.name} {tr(word)} {since} ({asked}) · ", token))
        opened = len([row for row in rows if row.state is HotlineState.OPEN])
        out.append(Cell(f"{tr('{n} open', n=opened)}, {phones_told(phones_on_duty(rows))}", "text"))
        return out


def phones_told(phones: int | None) -> str:
    """`1 phone`, `2 phones`."""
    return tr("– phones") if phones is None else trn("{n} phone", "{n} phones", phones)


def phones_on_duty(hotlines: Sequence[Hotline]) -> int | None:
    """Telephones that would ring now, of all hotlines whose phones have been read; None if that is none."""
    known = [phones for row in hotlines if (phones := active_phones(row)) is not None]
    return sum(known) if known else None


def active_phones(row: Hotline) -> int | None:
    """Telephones that would ring now; None while they have not been read, or where the vendor does not say."""
    if any(agent.phones is None for agent in row.agents):
        return None
    on = [phone.active for agent in row.agents for phone in agent.phones or ()]
    return None if None in on else sum(map(bool, on))
