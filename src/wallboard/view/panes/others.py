"""Panes 6 to 8: notices, receptionists and what is parked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from wallboard.domain.keys import Resource
from wallboard.domain.models import Notice, ParkedCall, Receptionist
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.format import DASH, age, local, span
from wallboard.view.panes.base import SOURCE, Cells, Field, Pane, Rank, dash_or, source_cell


def _active(row: Notice, now: float) -> bool:
    return (row.active_from is None or row.active_from <= now) and (row.active_to is None or row.active_to > now)


class NoticesPane(Pane):
    resource = Resource.NOTICES
    title = "Notices"
    fields = (
        Field("state", ""),
        Field("until", "until"),
        Field("where", "where", sort=lambda row, context: row.where.casefold()),
        Field("why", "why", sort=lambda row, context: row.why.casefold()),
        Field("what", "what"),
        Field("set", "set", sort=lambda row, context: row.set.casefold()),
        Field("remarks", "remarks"),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 8, until 13, where 24, why 24, what 24, set 16, remarks 36",
        120: "state 8, until 13, where 20, why 20, set 14, remarks 28",
        80: "state 8, until 13, where 14, why 16, set 12, remarks 11",
    }

    def urgency(self, row: Notice, context: Context) -> Rank:
        return (not _active(row, context.now), row.active_to or float("inf"), row.title.casefold(), row.key)

    def search(self, row: Notice) -> str:
        return f"{row.title} {row.where} {row.why} {row.set} {row.remarks}"

    def label(self, row: Notice) -> str:
        return row.title

    def when_ended(self, ago: str) -> Cells:
        return {"state": Cell("ended", "muted"), "until": Cell(f"{ago} ago", "muted")}

    def cells(self, row: Notice, context: Context) -> Cells:
        active = _active(row, context.now)
        style = "stale" if context.dim(row.key) else "text" if active else "muted"
        return {
            "state": Cell(
                f"{glyphs.WARN if active else glyphs.OFF} {'active' if active else 'over'}",
                "warn" if active else "muted",
            ),
            "until": Cell(local(row.active_to, context.zone, seconds=False), style),
            "where": dash_or(row.where, style),
            "why": dash_or(row.why, style),
            "what": dash_or(row.title, style),
            "set": dash_or(row.set, style),
            "remarks": dash_or(row.remarks, style),
            "src": source_cell(row.key),
        }

    def brief(self, context: Context) -> Sequence[Cell]:
        rows = [row for row in self.rows(context) if isinstance(row, Notice) and _active(row, context.now)]
        return (Cell(f"{len(rows)} active", "warn" if rows else "muted"),)


class ReceptionistsPane(Pane):
    resource = Resource.RECEPTIONISTS
    title = "Receptionists"
    fields = (
        Field("state", "", sort=lambda row, context: str(row.open)),
        Field("until", "until"),
        Field("name", "", sort=lambda row, context: row.name.casefold()),
        Field("number", "number", sort=lambda row, context: row.number),
        Field("sends", "sends to"),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "state 8, until 6, name 28, number 10, sends 60",
        120: "state 8, until 6, name 24, number 10, sends 40",
        80: "state 8, until 6, name 20, number 8, sends 24, src 8",
    }

    def urgency(self, row: Receptionist, context: Context) -> Rank:
        return (row.open is not False, row.name.casefold(), row.key)

    def search(self, row: Receptionist) -> str:
        return f"{row.name} {row.number}"

    def label(self, row: Receptionist) -> str:
        return row.name

    def when_ended(self, ago: str) -> Cells:
        return {"state": Cell("ended", "muted"), "until": Cell(ago, "muted")}

    def cells(self, row: Receptionist, context: Context) -> Cells:
        style = "stale" if context.dim(row.key) else "text"
        state = {
            True: (glyphs.READY, "open", "ok"),
            False: (glyphs.OFF, "closed", "muted"),
            None: ("?", DASH, "muted"),
        }[row.open]
        sends = " · ".join(f"{entry.input} {glyphs.TO} {entry.to}" for entry in row.sends_to)
        return {
            "state": Cell(f"{state[0]} {state[1]}", state[2]),
            "until": Cell(DASH, "muted"),
            "name": dash_or(row.name, style),
            "number": dash_or(row.number, style),
            "sends": dash_or(sends, style),
            "src": source_cell(row.key),
        }

    def brief(self, context: Context) -> Sequence[Cell]:
        rows = [row for row in self.rows(context) if isinstance(row, Receptionist)]
        closed = len([row for row in rows if row.open is False])
        if not rows:
            return (Cell("none", "muted"),)
        return (Cell(f"{closed} closed") if closed else Cell(f"{len(rows)} open", "muted"),)


class ParkedPane(Pane):
    resource = Resource.PARKED
    title = "Parked"
    fields = (
        Field("slot", "slot", sort=lambda row, context: row.slot),
        Field("returns", "returns", "right", lambda row, context: row.returns_at or float("inf")),
        Field("to", "to"),
        Field("caller", "caller", sort=lambda row, context: row.caller.casefold()),
        Field("since", "since", "right", lambda row, context: row.since or float("inf")),
        Field("by", "by"),
        Field("note", "note"),
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
        return f"{' '.join(part for part in (row.caller, row.number) if part) or 'caller'} in {row.slot}"

    def when_ended(self, ago: str) -> Cells:
        return {"returns": Cell("ended", "muted"), "to": Cell(f"{ago} ago", "muted")}

    def cells(self, row: ParkedCall, context: Context) -> Cells:
        style = "stale" if context.dim(row.key) else "text"
        left = None if row.returns_at is None else row.returns_at - context.now
        soon = left is not None and left < 30
        return {
            "slot": dash_or(row.slot, style),
            "returns": Cell(
                DASH if left is None else f"{span(left)} {glyphs.WARN if soon else ' '}", "warn" if soon else style
            ),
            "to": dash_or(row.returns_to, style),
            "caller": dash_or(" ".join(part for part in (row.caller, row.number) if part), style),
            "since": Cell(span(context.elapsed(row.key, row.since)), style),
            "by": dash_or(row.by, "muted"),
            "note": Cell(context.said.get(row.key, "") or context.notes.get(row.key, ""), "muted"),
            "src": source_cell(row.key),
        }

    def brief(self, context: Context) -> Sequence[Cell]:
        rows = sorted(
            (r for r in self.rows(context) if isinstance(r, ParkedCall)), key=lambda r: self.urgency(r, context)
        )
        if not rows:
            return (Cell("none", "muted"),)
        first = rows[0]
        left = None if first.returns_at is None else first.returns_at - context.now
        clock = f"since {age(context.since(first.since))}" if left is None else f"returns {span(left)}"
        return (Cell(f"{len(rows)}: {first.slot} {clock}", "warn" if left is not None and left < 30 else "text"),)
