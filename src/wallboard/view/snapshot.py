"""The board as data (`snapshot --json`, schema 1) and as plain tables (`snapshot --table`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wallboard.board import AgentCounts, Board, QueueFigures, SourceView
from wallboard.domain.clock import iso
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Queue, Receptionist
from wallboard.domain.states import AgentState, ResourceState
from wallboard.domain.text import cell_width
from wallboard.view.shapes import (
    AgentShape,
    CallShape,
    HotlineShape,
    MemberShape,
    NoticeShape,
    ParkedShape,
    QueueShape,
    ReceptionistShape,
    SourceShape,
)

SCHEMA = 1
Data = dict[str, Any]

_DATALESS = frozenset({ResourceState.GONE, ResourceState.NEVER, ResourceState.UNAVAILABLE})


def snapshot(board: Board, taken_at: float) -> Data:
    """One object for `json.dumps`: times as ISO 8601, durations as whole seconds, unknown as None.

    `taken_at` is in steady UTC seconds. Rows whose data is gone are left out: their source says so in `sources`.
    """

    def rows(resource: Resource, make: Callable[[Any], Mapping[str, object]]) -> list[Data]:
        return [
            {"source": row.key.source, "id": row.key.id, **make(row)}
            for row in board.rows(resource)
            if board.row_state(row.key) not in _DATALESS
        ]

    return {
        "schema": SCHEMA,
        "taken_at": iso(taken_at),
        "sources": [
            {"source": view.info.name, "id": view.info.name, **_source(view, taken_at)} for view in board.source_views()
        ],
        "queues": rows(Resource.QUEUES, lambda row: _queue(row, board.queue_stats(row.key), taken_at)),
        "members": rows(Resource.MEMBERS, lambda row: _member(row, taken_at)),
        "agents": rows(Resource.AGENTS, _agent),
        "calls": rows(Resource.CALLS, _call),
        "hotlines": rows(Resource.HOTLINES, _hotline),
        "notices": rows(Resource.NOTICES, _notice),
        "receptionists": rows(Resource.RECEPTIONISTS, _receptionist),
        "parked": rows(Resource.PARKED, _parked),
    }


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else max(0, int(seconds))


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _source(view: SourceView, now: float) -> SourceShape:
    budget = view.budget
    resets = budget.resets_at if budget is not None else None
    return {
        "name": view.info.name,
        "vendor": view.info.vendor,
        "state": view.state,
        "detail": view.detail,
        "age": _whole(view.age),
        "budget": None
        if budget is None
        else {
            "limit": budget.limit,
            "remaining": budget.remaining,
            "resets_in": None if resets is None else _whole(resets - now),
        },
        "resources": [
            {"name": part.name.value, "state": part.state, "age": _whole(part.age), "detail": part.detail}
            for part in view.resources
            if part.name is not Resource.PHONES
        ],
    }


def _counts(counts: AgentCounts) -> dict[AgentState, int | None]:
    return {state: counts.of(state) for state in AgentState}


def _queue(row: Queue, stats: QueueFigures, now: float) -> QueueShape:
    level = stats.service_level
    return {
        "name": row.name,
        "channel": row.channel,
        "waiting": stats.waiting,
        "ringing": stats.ringing,
        "talking": stats.talking,
        "longest_wait": _whole(stats.longest(now)),
        "agents": _counts(stats.counts),
        "staffed": stats.staffed,
        "strategy": row.strategy or None,
        "service_level": {
            "value": _share(level.value),
            "n": level.n,
            "formula": level.formula,
            "reason": level.reason or None,
            "low": _share(level.low),
            "high": _share(level.high),
            "window": level.window or None,
            "since": iso(level.since),
        },
        "answered": stats.answered,
        "abandoned": stats.abandoned,
        "offered": stats.offered,
        "lost": stats.lost,
        "pulled": stats.pulled,
        "flowed": stats.flowed,
        "unseen": stats.unseen,
        "asa": _whole(stats.asa),
        "aht": _whole(stats.aht),
        "occupancy": _share(stats.occupancy),
        "expected_wait": _whole(stats.expected_wait),
        "lost_percent": None if stats.lost_percent is None else round(stats.lost_percent, 1),
        "counted_since": iso(stats.counted_since),
    }


def _member(row: Member, now: float) -> MemberShape:
    """The wait ends with the answer: a caller who talks waited until then."""
    until = row.answered_at or row.ended_at or now
    waited = row.waited if row.joined_at is None else until - row.joined_at
    return {
        "queue": row.queue or None,
        "name": row.name or None,
        "number": row.number or None,
        "state": row.state,
        "wait": None if waited is None else _whole(waited),
        "joined_at": iso(row.joined_at),
        "serving": row.serving or None,
    }


def _agent(row: Agent) -> AgentShape:
    return {
        "name": row.name,
        "extension": row.extension or None,
        "state": row.state,
        "raw_status": row.raw_status or None,
        "raw_state": row.raw_state or None,
        "since": iso(row.since),
        "queues": [place.queue for place in row.memberships],
        "registered": row.registered,
    }


def _call(row: Call) -> CallShape:
    return {
        "extension": row.extension or None,
        "direction": row.direction,
        "from": row.from_number or None,
        "from_name": row.from_name or None,
        "to": row.to or None,
        "did": row.did or None,
        "state": row.state,
        "started_at": iso(row.started_at),
        "answered_at": iso(row.answered_at),
        "recording": row.recording,
        "agent": row.agent or None,
    }


def _hotline(row: Hotline) -> HotlineShape:
    last = row.last_call
    return {
        "name": row.name,
        "number": row.number or None,
        "wanted": row.wanted,
        "state": row.state,
        "raw_status": row.raw_status or None,
        "channels_in": row.channels_in,
        "channels_out": row.channels_out,
        "agents": [
            {
                "user": agent.user,
                "name": agent.name,
                "phones": None
                if agent.phones is None
                else [{"name": phone.name, "number": phone.number, "active": phone.active} for phone in agent.phones],
            }
            for agent in row.agents
        ],
        "last_call": None
        if last is None
        else {"started_at": iso(last.started_at), "taken_by": last.taken_by or None, "entries": last.entries},
    }


def _notice(row: Notice) -> NoticeShape:
    return {
        "set": row.set,
        "title": row.title,
        "active_from": iso(row.active_from),
        "active_to": iso(row.active_to),
        "why": row.why or None,
        "where": row.where or None,
        "when": row.when or None,
        "remarks": row.remarks or None,
    }


def _receptionist(row: Receptionist) -> ReceptionistShape:
    return {
        "name": row.name,
        "number": row.number or None,
        "language": row.language or None,
        "open": row.open,
        "sends_to": [{"input": entry.input, "to": entry.to or None, "open": entry.open} for entry in row.sends_to],
    }


def _parked(row: ParkedCall) -> ParkedShape:
    return {"slot": row.slot, "caller": row.caller or row.number or None, "since": iso(row.since), "by": row.by or None}


# ---- tables ------------------------------------------------------------------------------------------------------

_COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": ("name", "vendor", "state", "age", "detail"),
    "queues": ("source", "name", "waiting", "ringing", "talking", "longest_wait", "ready", "staffed", "service"),
    "members": ("source", "queue", "state", "wait", "name", "number", "serving"),
    "agents": ("source", "name", "extension", "state", "since", "queues"),
    "calls": ("source", "state", "direction", "from", "from_name", "to", "started_at", "agent"),
    "hotlines": ("source", "name", "number", "wanted", "state", "phones"),
    "notices": ("source", "title", "set", "where", "active_from", "active_to"),
    "receptionists": ("source", "name", "number", "open"),
    "parked": ("source", "slot", "caller", "since", "by"),
}
_RIGHT = frozenset({"age", "waiting", "ringing", "talking", "longest_wait", "ready", "staffed", "service", "wait"})
_DURATIONS = frozenset({"age", "longest_wait", "wait"})
UNKNOWN = "–"


def table(board: Board, taken_at: float | None = None) -> str:
    """The same as text: a title and a table for each list that has rows; local clock times, `–` for unknown."""
    data = snapshot(board, board.now() if taken_at is None else taken_at)
    parts: list[str] = []
    for name, columns in _COLUMNS.items():
        if data[name]:
            rows = [[_text(_cell(row, column), column) for column in columns] for row in data[name]]
            parts.append(f"{name} {len(rows)}\n" + _lines(columns, rows))
    return "\n".join(parts)


def _cell(row: Data, column: str) -> Any:
    if column == "ready":
        return row["agents"]["ready"]
    if column == "service":
        value, n = row["service_level"]["value"], row["service_level"]["n"]
        return None if value is None else f"{value:.0%} of {n}"
    if column == "phones":
        phones = [phone["active"] for agent in row["agents"] for phone in agent["phones"] or ()]
        return f"{sum(phones)} on" if phones else None
    return row[column]


def _text(value: Any, column: str) -> str:
    if value is None or value == "":
        return UNKNOWN
    if column in _DURATIONS:
        hours, rest = divmod(int(value), 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or UNKNOWN
    if column in ("since", "started_at"):
        return _local(str(value))
    return str(value)


def _local(stamp: str) -> str:
    """The clock time of an ISO instant where this machine is."""
    instant = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return instant.astimezone().strftime("%H:%M:%S")


def _lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = [column.replace("_", " ") for column in columns]
    widths = [max(cell_width(row[i]) for row in [heads, *rows]) for i in range(len(columns))]
    out = []
    for row in [heads, *rows]:
        cells = [
            " " * (widths[i] - cell_width(text)) + text
            if column in _RIGHT
            else text + " " * (widths[i] - cell_width(text))
            for i, (column, text) in enumerate(zip(columns, row, strict=True))
        ]
        out.append("  " + "  ".join(cells).rstrip())
    return "\n".join(out) + "\n"
