"""The board as data (`snapshot --json`, schema 1) and as plain tables (`snapshot --table`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from wallboard.board.board import Board
from wallboard.domain.clock import iso
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.states import ResourceState
from wallboard.domain.text import cell_width
from wallboard.view.cells import fit
from wallboard.view.context import Context
from wallboard.view.shapes import LISTS, SOURCES, filled, in_words

SCHEMA = 1
Data = dict[str, Any]

_DATALESS = frozenset({ResourceState.GONE, ResourceState.NEVER, ResourceState.UNAVAILABLE})


def snapshot(board: Board, taken_at: float) -> Data:
    """One object for `json.dumps`: times as ISO 8601, durations as whole seconds, unknown as None.

    `taken_at` is in steady UTC seconds. Rows whose data is gone are left out: their source says so in `sources`.
    """
    context = Context(board, taken_at)
    sources = [
        {"source": view.info.name, "id": view.info.name, **filled(LISTS[SOURCES], view, context)}
        for view in board.source_views()
    ]
    rows = {
        name: [
            {"source": row.key.source, "id": row.key.id, **filled(fields, row, context)}
            for row in board.rows(Resource(name))
            if context.state(row.key) not in _DATALESS
        ]
        for name, fields in LISTS.items()
        if name != SOURCES
    }
    return {"schema": SCHEMA, "taken_at": iso(taken_at), SOURCES: sources, **rows}


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
_HEADS = (
    *(mark("sources"), mark("name"), mark("vendor"), mark("state"), mark("age"), mark("detail"), mark("source")),
    *(mark("waiting"), mark("ringing"), mark("talking"), mark("longest wait"), mark("ready"), mark("staffed")),
    *(mark("service"), mark("queue"), mark("wait"), mark("number"), mark("serving"), mark("extension"), mark("since")),
    *(mark("queues"), mark("direction"), mark("from"), mark("from name"), mark("to"), mark("started at")),
    *(mark("agent"), mark("wanted"), mark("phones"), mark("title"), mark("set"), mark("where"), mark("active from")),
    *(mark("active to"), mark("open"), mark("slot"), mark("caller"), mark("by")),
)
"""What stands above tables and columns, beside the resources."""


def table(board: Board, taken_at: float | None = None) -> str:
    """The same as text: a title and a table for each list that has rows; local clock times, `–` for unknown."""
    data = snapshot(board, board.now() if taken_at is None else taken_at)
    parts: list[str] = []
    for name, columns in _COLUMNS.items():
        if data[name]:
            told = [in_words(name, row, board.settings.regions) for row in data[name]]
            rows = [[_text(_cell(row, column), column) for column in columns] for row in told]
            parts.append(f"{tr(name)} {len(rows)}\n" + _lines(columns, rows))
    return "\n".join(parts)


def _cell(row: Mapping[str, Any], column: str) -> Any:
    if column == "ready":
        return row["agents"]["ready"]
    if column == "service":
        value, n = row["service_level"]["value"], row["service_level"]["n"]
        return None if value is None else tr("{share:.0%} of {n}", share=value, n=n)
    if column == "phones":
        phones = [phone["active"] for agent in row["agents"] for phone in agent["phones"] or ()]
        return tr("{n} on", n=sum(phones)) if phones else None
    return row[column]


def _text(value: Any, column: str) -> str:
    if value is None or value == "":
        return UNKNOWN
    if column in _DURATIONS:
        hours, rest = divmod(int(value), 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, Enum):
        return tr(str(value.value))
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
    heads = [tr(column.replace("_", " ")) for column in columns]
    widths = [max(cell_width(row[i]) for row in [heads, *rows]) for i in range(len(columns))]
    out = []
    for row in [heads, *rows]:
        cells = [
            fit(text, width, "right" if column in _RIGHT else "left")
            for column, text, width in zip(columns, row, widths, strict=True)
        ]
        out.append("  " + "  ".join(cells).rstrip())
    return "\n".join(out) + "\n"
