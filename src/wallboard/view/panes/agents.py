"""Pane 3: agents, one row for all their queues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent
from wallboard.domain.states import AgentState
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.filters import Value, words
from wallboard.view.format import DASH, span
from wallboard.view.numbers import inside
from wallboard.view.panes.base import SOURCE, UNCUT, Cells, Field, Pane, Rank, dash_or, with_sign

_BAD = (AgentState.STUCK, AgentState.MISMATCH, AgentState.UNREACHABLE)
_BUSY = (AgentState.TALKING, AgentState.OTHER_CALL, AgentState.RINGING, AgentState.WRAP_UP)
_IDLE = (AgentState.BREAK, AgentState.READY, AgentState.UNKNOWN, AgentState.OFF)
_ORDER = {state: place for place, state in enumerate((*_BAD, *_BUSY, *_IDLE))}
_BRIEF = (
    *(AgentState.READY, *_BUSY, AgentState.BREAK),
    *(AgentState.UNREACHABLE, AgentState.STUCK, AgentState.MISMATCH, AgentState.OFF, AgentState.UNKNOWN),
)
"""The states in the order in which they are counted up."""


class AgentsPane(Pane):
    resource = Resource.AGENTS
    title = mark("Agents")
    empty = mark("no agents")
    lacks = mark("without states")
    says: ClassVar[Mapping[str, int]] = {"with": 2}
    others = ("with", "with")
    signs = glyphs.AGENT.values()
    reads: ClassVar[Mapping[str, Callable[[Agent, Context], Value]]] = {
        "name": lambda row, context: row.name,
        "number": lambda row, context: row.extension,
        "ext": lambda row, context: row.extension,
        "source": lambda row, context: row.key.source,
        "state": lambda row, context: _state_words(row),
        "time": lambda row, context: context.elapsed(row.key, row.since),
        "queue": lambda row, context: _queues(row),
        "with": lambda row, context: row.with_name,
        "reason": lambda row, context: row.pause_reason,
        "alarm": lambda row, context: context.severities.get(row.key),
    }
    fields = (
        Field("state", "", sort=lambda row, context: _place(row)),
        Field("name", "", sort=lambda row, context: row.name.casefold(), most=28),
        Field("ext", mark("ext"), sort=lambda row, context: row.extension, most=6),
        Field("time", mark("time"), "right", lambda row, context: row.since or float("inf")),
        Field("with", mark("with"), sort=lambda row, context: row.with_name.casefold(), most=28),
        Field("queues", mark("queues"), sort=lambda row, context: _queues(row), most=24),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 12, name 14, ext 5, time 6, with 16, queues 9",
        120: "state 12, name 14, time 6, with 10",
        80: "state 12, name 16, ext 5, time 6, with 18, queues 10, src 5",
    }

    def urgency(self, row: Agent, context: Context) -> Rank:
        severity = {"alarm": 0, "warn": 1}.get(context.severities.get(row.key, ""), 2)
        return (severity, _place(row), row.since or float("inf"), row.name.casefold(), row.key)

    def roster(self, row: Agent) -> bool:
        return bool(row.no_state)

    def census(self, rows: Sequence[Agent], context: Context) -> Sequence[str]:
        counts = Counter(row.state for row in rows if not row.no_state)
        return [" ".join(f"{counts[state]} {tr(glyphs.AGENT[state][1])}" for state in _BRIEF if counts[state])]

    def search(self, row: Agent) -> str:
        queues = " ".join(place.queue for place in row.memberships)
        return f"{row.name} {row.extension} {_state_words(row)} {row.with_name} {queues} {row.key.source}"

    def label(self, row: Agent) -> str:
        return row.name or row.extension or tr("unnamed agent")

    def own(self, row: Agent, context: Context) -> Cells:
        glyph, word, token = state_of(row)
        stale = context.dim(row.key)
        quiet = row.state is AgentState.OFF or bool(row.no_state)
        style = "stale" if stale else "muted" if quiet else "text"
        short, known = inside(row.with_name, row.key.source, context)
        other = known or short
        severity = context.severities.get(row.key, "") if row.since else ""
        clock = Cell(with_sign(span(context.elapsed(row.key, row.since)), severity), severity or style)
        return {
            "state": Cell(f"{glyph} {tr(word)}", "stale" if stale else token),
            "name": dash_or(row.name, style),
            "ext": dash_or(row.extension, "stale" if stale else "muted"),
            "time": clock if row.since else Cell(clock.text, "muted"),
            "with": Cell(other or _reason(row), style),
            "queues": lambda width: Cell(_queues(row, width) or DASH, "muted"),
        }

    def brief(self, rows: Sequence[Agent], context: Context) -> Sequence[Cell]:
        counts = Counter(row.state for row in rows if not row.no_state)
        told: list[Cell] = []
        for state in _BRIEF:
            if counts[state]:
                _, word, token = glyphs.AGENT[state]
                shown = f"{'  ' if told else ''}{counts[state]} {tr(word)}"
                told.append(Cell(shown, token if state in _BAD else "text"))
        if roster := len([row for row in rows if row.no_state]):
            told.append(Cell(f"{'  ' if told else ''}{roster} {tr('roster')}", "muted"))
        return told


def _reason(row: Agent) -> str:
    """Why the agent is on a break; the vendor's own words where they are not known."""
    if row.state is AgentState.UNKNOWN:
        return " · ".join(word for word in (row.raw_status, row.raw_state) if word)
    return row.pause_reason if row.state is AgentState.BREAK else ""


def state_of(row: Agent) -> glyphs.Sign:
    """The sign of the agent's state; of a roster, whose vendor tells none, the dash."""
    return (DASH, mark("roster"), "muted") if row.no_state else glyphs.AGENT[row.state]


def _state_words(row: Agent) -> str:
    word = state_of(row)[1]
    return words(word if row.no_state else row.state.value, word)


def _place(row: Agent) -> int:
    return len(_ORDER) if row.no_state else _ORDER[row.state]


def _queues(row: Agent, width: int = UNCUT) -> str:
    """As many of the queues as fit and how many more; a name is cut, never the number."""
    names = [str(place.queue) for place in row.memberships]
    for kept in range(len(names), 0, -1):
        more = f" +{len(names) - kept}" if kept < len(names) else ""
        text = ", ".join(names[:kept])
        if cell_width(text) + len(more) <= width:
            return text + more
        if kept == 1:
            return fit(text, width - len(more)).rstrip() + more
    return ""
