"""Pane 4: current calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Call
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.figures import caller_clock, queued_caller
from wallboard.view.filters import Value, findable, words
from wallboard.view.format import DASH, span
from wallboard.view.numbers import inside
from wallboard.view.panes.base import MUTED, SOURCE, Cells, Field, Pane, Rank, dash_or

_ORDER = {CallState.TALKING: 1, CallState.HELD: 1, CallState.PARKED: 1, CallState.RINGING: 2, CallState.UNKNOWN: 3}
_WAY = {Direction.IN: mark("in"), Direction.OUT: mark("out"), Direction.INTERNAL: mark("int"), Direction.UNKNOWN: DASH}


class CallsPane(Pane):
    resource = Resource.CALLS
    title = mark("Calls")
    empty = mark("no calls")
    says: ClassVar[Mapping[str, int]] = {"to": 2}
    others = ("to", "agent")
    names = "from"
    signs = (*glyphs.CALL.values(), *glyphs.MEMBER.values())
    reads: ClassVar[Mapping[str, Callable[[Call, Context], Value]]] = {
        "name": lambda row, context: row.from_name,
        "number": lambda row, context: row.from_number,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: words(_stands(row, context)[1], _stands(row, context)[1]),
        "time": lambda row, context: call_clock(row, context),
        "dir": lambda row, context: words(row.direction.value, _WAY[row.direction]),
        "from": lambda row, context: f"{row.from_name} {row.from_number}",
        "to": lambda row, context: f"{row.to} {row.to_name}",
        "agent": lambda row, context: row.agent,
        "queue": lambda row, context: row.queue,
    }
    fields = (
        Field("time", "", "right", lambda row, context: clock_start(row) or float("inf")),
        Field("state", "", sort=lambda row, context: _ORDER[row.state]),
        Field("dir", "", sort=lambda row, context: row.direction.value),
        Field("from", mark("from"), sort=lambda row, context: (row.from_name or row.from_number).casefold(), most=36),
        Field("to", mark("to"), sort=lambda row, context: row.to.casefold(), most=28),
        Field("agent", mark("agent"), sort=lambda row, context: row.agent.casefold(), most=24),
        Field("rec", mark("rec")),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "time 6, state 9, dir 3, from 23, to 18, agent 14, rec 3, src 6",
        120: "time 6, state 9, dir 3, from 23, to 14, agent 12",
        80: "time 6, state 9, dir 3, from 23, to 18, agent 14",
    }

    def urgency(self, row: Call, context: Context) -> Rank:
        return (_ORDER[row.state], clock_start(row) or float("inf"), row.key)

    def census(self, rows: Sequence[Call], context: Context) -> Sequence[str]:
        counts = Counter(_stands(row, context)[1] for row in rows)
        told = (glyphs.MEMBER[MemberState.WAITING][1], *(glyphs.CALL[state][1] for state in CallState))
        return [" ".join(f"{counts[word]} {tr(word)}" for word in dict.fromkeys(told) if counts[word])]

    def search(self, row: Call) -> str:
        parts = (row.from_name, row.from_number, row.to, row.to_name, row.agent, row.queue, row.key.source)
        return " ".join((*parts, words(row.direction.value, row.direction.value)))

    def sought(self, row: Call, context: Context, roster: bool = False) -> str:
        """With the names that stand beside its numbers, and where it stands."""
        beside = f"{_party(row.from_name, row.from_number, row, context)} {_called(row, context)}"
        word = _stands(row, context)[1]
        return f"{super().sought(row, context, roster)} {findable(f'{beside} {words(word, word)}')}"

    def label(self, row: Call) -> str:
        caller = row.from_name or row.from_number or tr("unknown")
        other = row.agent or row.to_name or row.to
        return f"{caller} {glyphs.BOTH} {other}" if other and other != caller else caller

    def own(self, row: Call, context: Context) -> Cells:
        glyph, word, token = _stands(row, context)
        stale = context.dim(row.key)
        style = "stale" if stale else "text" if row.real else "muted"
        recording = MUTED if row.recording is None else Cell(glyphs.READY if row.recording else "", style)
        return {
            "time": Cell(span(call_clock(row, context)), style),
            "state": Cell(f"{glyph} {tr(word)}", "stale" if stale else token),
            "dir": Cell(tr(_WAY[row.direction]), "muted"),
            "from": dash_or(_party(row.from_name, row.from_number, row, context), style),
            "to": dash_or(_called(row, context), style),
            "agent": dash_or(tr("my leg") if row.spying else row.agent, "info" if row.spying else style),
            "rec": recording,
        }

    def brief(self, rows: Sequence[Call], context: Context) -> Sequence[Cell]:
        counts = Counter(row.state for row in rows)
        out: list[Cell] = []
        for state in (CallState.TALKING, CallState.HELD, CallState.PARKED, CallState.RINGING, CallState.UNKNOWN):
            if not counts[state]:
                continue
            word = f"{counts[state]} {tr(glyphs.CALL[state][1])}"
            if state is CallState.HELD:
                held = [row.held_since for row in rows if row.state is state and row.held_since is not None]
                word += f" {span(context.since(min(held)))}" if held else ""
            out.append(Cell(f"{word}  "))
        return out


def _stands(row: Call, context: Context) -> tuple[str, str, str]:
    """Sign, word and colour of where it stands; a caller in a queue waits there, whatever the call is said to do."""
    waits = queued_caller(row, context)
    return glyphs.CALL[row.state] if waits is None else glyphs.MEMBER[waits.state]


def _party(name: str, number: str, row: Call, context: Context) -> str:
    short, known = inside(number, row.key.source, context)
    called = name or (known if short != number else "")
    return " ".join(dict.fromkeys(part for part in (called, short) if part))


def _called(row: Call, context: Context) -> str:
    """Whom the call went to: the number with the callee's name, else with that of the queue behind it."""
    short, known = inside(row.to, row.key.source, context)
    name = row.to_name or row.queue or known
    return " ".join(part for part in (short, name if name not in short else "") if part)


def call_clock(row: Call, context: Context) -> float | None:
    """The running clock of a call; that of a caller in a queue is their wait."""
    waits = queued_caller(row, context)
    return context.elapsed(row.key, clock_start(row)) if waits is None else caller_clock(waits, context)


def clock_start(row: Call) -> float | None:
    """From when the shown clock counts: held since, else answered, else set up."""
    if row.state is CallState.HELD and row.held_since is not None:
        return row.held_since
    return row.answered_at if row.answered_at is not None else row.started_at
