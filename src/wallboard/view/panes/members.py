"""Pane 2: callers in the queues; those who wait first, those being served last and dim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.models import Member
from wallboard.domain.notation import sent
from wallboard.domain.states import MemberState
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.figures import caller_clock
from wallboard.view.filters import Value, words
from wallboard.view.format import count, span
from wallboard.view.panes.base import SOURCE, Cells, Field, Pane, Rank, dash_or

WAITS = (MemberState.WAITING, MemberState.RINGING)
_ORDER = {
    MemberState.WAITING: 0,
    MemberState.RINGING: 0,
    MemberState.UNKNOWN: 1,
    MemberState.TALKING: 2,
    MemberState.ABANDONED: 3,
}


class MembersPane(Pane):
    resource = Resource.MEMBERS
    title = mark("Members")
    empty = mark("no callers")
    says: ClassVar[Mapping[str, int]] = {"number": 3}
    others = ("queue", "with")
    signs = glyphs.MEMBER.values()
    reads: ClassVar[Mapping[str, Callable[[Member, Context], Value]]] = {
        "name": lambda row, context: row.name,
        "number": lambda row, context: row.number,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: words(row.state.value, glyphs.MEMBER[row.state][1]),
        "wait": caller_clock,
        "queue": lambda row, context: row.queue,
        "with": lambda row, context: row.serving,
        "pos": lambda row, context: row.position,
    }
    fields = (
        Field("wait", "", "right", lambda row, context: _since(row)),
        Field("state", "", sort=lambda row, context: _ORDER[row.state]),
        Field("name", "", sort=lambda row, context: row.name.casefold(), most=32),
        Field("number", mark("number"), sort=lambda row, context: row.number, most=20),
        Field("queue", mark("queue"), sort=lambda row, context: row.queue.casefold(), most=24),
        Field("with", mark("with"), sort=lambda row, context: row.serving.casefold(), most=24),
        Field("pos", mark("pos"), "right"),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "wait 7, state 9, name 17, number 16, queue 12, with 12, pos 3, src 6",
        120: "wait 7, state 9, name 16, number 16, queue 11, with 8",
        80: "wait 7, state 9, name 18, number 16, queue 12, with 11",
    }

    def urgency(self, row: Member, context: Context) -> Rank:
        return (_ORDER[row.state], _since(row), row.key)

    def census(self, rows: Sequence[Member], context: Context) -> Sequence[str]:
        served = len([row for row in rows if row.state is MemberState.TALKING])
        rung = len([row for row in rows if row.state is MemberState.RINGING])
        waiting = len([row for row in rows if row.state in WAITS]) - rung
        told = trn("{n} waiting", "{n} waiting", waiting)
        after = f" {tr('{n} served', n=served)}" if served else ""
        return [f"{told} {tr('{n} ringing', n=rung)}{after}", f"{told}{after}"] if rung else [f"{told}{after}"]

    def search(self, row: Member) -> str:
        state = words(row.state.value, row.state.value)
        return f"{row.name} {row.number} {row.queue} {row.serving} {state} {row.key.source}"

    def label(self, row: Member) -> str:
        return " ".join(part for part in (row.name, row.number) if part) or tr("unknown caller")

    def own(self, row: Member, context: Context) -> Cells:
        glyph, word, token = glyphs.MEMBER[row.state]
        waiting = row.state in WAITS
        stale = context.dim(row.key)
        style = "stale" if stale else "text" if waiting else "muted"
        clock = caller_clock(row, context)
        severity = wait_severity(row, clock, context) if waiting else ""
        sign, mark_style = glyphs.SEVERITY[severity]
        return {
            "wait": Cell(f"{span(clock)} {sign}", style if stale or not severity else mark_style),
            "state": Cell(f"{glyph} {tr(word)}", "stale" if stale else token if waiting else "muted"),
            "name": dash_or(marked(row, context), style),
            "number": dash_or(row.number or tr("anonymous"), style),
            "queue": dash_or(row.queue, style),
            "with": dash_or(row.serving or row.raw_state, style),
            "pos": _place(row, context, style),
        }

    def brief(self, rows: Sequence[Member], context: Context) -> Sequence[Cell]:
        waiting = [row for row in rows if row.state in WAITS]
        if not waiting:
            return (Cell(tr("nobody waits"), "muted"),)
        first = min(waiting, key=_since)
        clock, shown = caller_clock(first, context), context.shown(first)
        sign, token = glyphs.SEVERITY[wait_severity(first, clock, context)]
        served = len([row for row in rows if row.state is MemberState.TALKING])
        told = trn("{n} wait, longest {time}", "{n} wait, longest {time}", len(waiting), time=span(clock))
        return (
            Cell(f"{told}{sign.strip()} {shown.name or shown.number}", token),
            Cell(f" · {tr('{n} served', n=served)}", "muted"),
        )


def wait_severity(row: Member, clock: float | None, context: Context) -> str:
    """ "", "warn" or "alarm" for how long this caller has waited, by the limits of their queue."""
    if clock is None:
        return ""
    return context.board.wait_severity(Key(row.key.source, Kind.QUEUE, row.queue_id), clock, sent(row.number))


def marked(row: Member, context: Context) -> str:
    """The name, after a star and how often they have called within the hour."""
    source, number = row.key.source, sent(row.number)
    known, repeat = context.board.caller(source, number), context.board.repeat(source, number)
    star = glyphs.STAR if known is not None and known.star else ""
    again = f"×{repeat.times}" if repeat is not None else ""
    return " ".join(part for part in (star, again, row.name) if part)


def _place(row: Member, context: Context, style: str) -> Cell:
    """The vendor's position; where a queue has none, the place by waiting time, muted, since it may serve otherwise."""
    if row.position is not None:
        return Cell(str(row.position), style)
    return Cell(count(place_by_wait(row, context)), "muted")


def place_by_wait(row: Member, context: Context) -> int | None:
    """Which of the callers waiting in the queue has waited longest, counted from 1; None where the vendor gives some
    of them a position, or does not tell when all of them joined."""
    return _places(context).get(row.key)


def _places(context: Context) -> Mapping[Key, int]:
    def made() -> dict[Key, int]:
        queues: dict[tuple[str, str], list[Member]] = {}
        for row in rows_of(Member, context.board):
            if row.state in WAITS:
                queues.setdefault((row.key.source, row.queue_id), []).append(row)
        found: dict[Key, int] = {}
        for rows in queues.values():
            if all(row.position is None and row.joined_at is not None for row in rows):
                rows.sort(key=lambda row: (_since(row), row.key))
                found |= {row.key: number for number, row in enumerate(rows, 1)}
        return found

    return context.once("places by wait", made)


def _since(row: Member) -> float:
    return float("inf") if row.joined_at is None else row.joined_at
