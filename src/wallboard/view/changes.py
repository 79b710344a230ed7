"""The board as a stream of changes (`watch`): what is here, what is new, what changed, what is gone.

A row is compared without its clocks: that somebody waits a second longer is no change. What a list that cannot be
read held is not gone; it is only not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Literal

from wallboard.board.alarm import Alarm
from wallboard.control.journal_reader import RESULTS
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState
from wallboard.view.alarm_list import COUNTED
from wallboard.view.alarm_words import STATES
from wallboard.view.context import Context
from wallboard.view.shapes import ACTIONS, ALARMS, LISTS, WATCHED, filled, in_words

Row = Mapping[str, Any]
Word = Literal["here", "new", "changed", "gone"]

_ALL = (*LISTS, *WATCHED)
_CLOCKS: dict[str, frozenset[str]] = {
    "sources": frozenset({"age", "detail", "resets_in", "remaining"}),
    "queues": frozenset({"longest_wait"}),
    "members": frozenset({"wait"}),
    "alarms": frozenset({"value", "text"}),
}
"""Fields that tick, wherever they stand in a row; the requests left of a budget tick with each reading."""
_INSTANTS = frozenset({"since", "joined_at", "started_at", "answered_at"})
JITTER = 2.0
"""Seconds by which an instant may differ from one reading to the next and be the same."""
_READ = frozenset({"live", "stale"})
_BLIND = frozenset({"gone", "never", "unavailable"})


@dataclass(frozen=True, slots=True)
class Change:
    """One line: what happened to a row of which list. `before` is the row as it was told last."""

    list: str
    change: Word
    row: Row
    before: Row | None = None


def alarm_rows(alarms: Iterable[Alarm], context: Context) -> list[Row]:
    """The alarms as `watch` tells them."""
    fields = WATCHED[ALARMS]
    return [{"id": alarm.id, "source": alarm.source, **filled(fields, alarm, context)} for alarm in alarms]


def action_rows(records: Iterable[Row], context: Context) -> list[Row]:
    """Where each action stands by the newest of these records of the journal; others in it are left out."""
    newest = {
        str(record.get("id", "")): record
        for record in records
        if record.get("phase") in _PHASES and isinstance(record.get("target"), dict)
    }
    return [{"id": ident, **filled(WATCHED[ACTIONS], record, context)} for ident, record in newest.items()]


_PHASES = frozenset({"requested", "sent", "answered", "refused", *RESULTS})


class Changes:
    """Compares each taking of the board with the one before."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[str, str], Row]] = {name: {} for name in _ALL}
        self._read: set[tuple[str, str]] = set()
        self._begun = False

    def step(self, taken: Mapping[str, Iterable[Row]]) -> list[Change]:
        """The changes since the last step. `taken` holds rows by list, as `snapshot` has them; of actions only those
        that have news."""
        states = {
            (source["name"], part["name"]): part["state"] for source in taken["sources"] for part in source["resources"]
        }
        found: list[Change] = []
        for name in _ALL:
            found += self._list(name, taken.get(name, ()), states)
        self._read |= {where for where, state in states.items() if state in _READ}
        self._begun = True
        return found

    def _list(self, name: str, rows: Iterable[Row], states: Mapping[tuple[str, str], str]) -> list[Change]:
        known = self._rows[name]
        found: list[Change] = []
        seen: set[tuple[str, str]] = set()
        for row in rows:
            key = (str(row.get("source", "")), str(row["id"]))
            seen.add(key)
            before = known.get(key)
            if before is None:
                first = (key[0], name) not in self._read if name in LISTS and name != "sources" else not self._begun
                found.append(Change(name, "here" if first else "new", row))
            elif not same(name, before, row):
                found.append(Change(name, "changed", row, before))
            else:
                continue
            known[key] = row
        for key in [key for key in known if key not in seen]:
            if name == "actions":
                if known[key]["phase"] not in ("requested", "sent", "accepted"):
                    del known[key]
            elif states.get((key[0], name)) not in _BLIND:
                row = known.pop(key)
                found.append(Change(name, "gone", {**row, "state": "normal"} if name == "alarms" else row))
        return found


def same(name: str, before: Row, row: Row) -> bool:
    """Whether only clocks differ."""
    clocks = _CLOCKS.get(name, frozenset())
    if name == "alarms" and row["condition"] in COUNTED:
        clocks = frozenset({"text"})
    return _same(before, row, clocks)


def _same(before: Any, now: Any, clocks: frozenset[str]) -> bool:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        fields = [field for field in now if field not in clocks]
        return all(
            _near(before.get(field), now[field]) if field in _INSTANTS else _same(before.get(field), now[field], clocks)
            for field in fields
        )
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(_same(*pair, clocks) for pair in zip(before, now, strict=True))
    return bool(before == now)


def _near(before: object, now: object) -> bool:
    """Whether two instants are one that was read twice: many vendors tell seconds, and no times."""
    if before == now or not (isinstance(before, str) and isinstance(now, str)):
        return before == now
    try:
        return abs(datetime.fromisoformat(now) - datetime.fromisoformat(before)).total_seconds() <= JITTER
    except ValueError:
        return False


_NOUN = {
    "sources": mark("source"),
    "queues": mark("queue"),
    "members": mark("caller"),
    "agents": mark("agent"),
    "calls": mark("call"),
    "hotlines": mark("hotline"),
    "notices": mark("notice"),
    "receptionists": mark("receptionist"),
    "parked": mark("parked call"),
}
_STATES = {**STATES, "cleared": mark("cleared")}
_SAID = frozenset(
    {
        *(mark("name"), mark("vendor"), mark("state"), mark("budget"), mark("limit"), mark("detail"), mark("channel")),
        *(mark("waiting"), mark("ringing"), mark("talking"), mark("agents"), mark("staffed"), mark("strategy")),
        *(mark("service_level"), mark("value"), mark("formula"), mark("low"), mark("high"), mark("window")),
        *(mark("answered"), mark("abandoned"), mark("offered"), mark("lost"), mark("pulled"), mark("flowed")),
        *(mark("unseen"), mark("asa"), mark("aht"), mark("occupancy"), mark("expected_wait"), mark("lost_percent")),
        *(mark("counted_since"), mark("queue"), mark("queues"), mark("number"), mark("serving"), mark("extension")),
        *(mark("registered"), mark("direction"), mark("from"), mark("from_name"), mark("to"), mark("did")),
        *(mark("recording"), mark("agent"), mark("wanted"), mark("channels_in"), mark("channels_out")),
        *(mark("last_call"), mark("taken_by"), mark("entries"), mark("set"), mark("title"), mark("active_from")),
        *(mark("active_to"), mark("why"), mark("where"), mark("when"), mark("remarks"), mark("language")),
        *(mark("open"), mark("slot"), mark("caller"), mark("by"), *AgentState),
    }
)
"""Fields, as they are called in a sentence."""
_FACTS: dict[str, tuple[str, ...]] = {
    "sources": ("state", "detail"),
    "queues": ("waiting", "ringing", "talking"),
    "members": ("state", "queue", "number"),
    "agents": ("state",),
    "calls": ("state", "direction", "to"),
    "hotlines": ("state", "wanted"),
    "notices": ("why", "where"),
    "receptionists": ("open",),
    "parked": ("slot", "by"),
}
_BARE = frozenset({"state", "detail", "queue", "number", "direction", "why", "where"})
"""Fields whose value says what they are."""
_UNSAID = _INSTANTS | {"raw_status", "raw_state", "reason", "n"}
"""Fields whose change is no news in a sentence."""
_LABELS = ("name", "title", "caller", "from_name", "from", "number", "extension", "id")


def plain(change: Change, clock: str, regions: Mapping[str, str]) -> str:
    """The change as a sentence; "" where nothing is in it that a person would want to hear. `regions`: the country of
    each source's national numbers."""
    name, before = change.list, change.before
    row = in_words(name, change.row, regions)
    change = Change(name, change.change, row, None if before is None else in_words(name, before, regions))
    if name == "alarms":
        state = tr(_STATES[row["state"]])
        if row["state"] == "acked":
            state = tr("acked by {who}", who=row["acked_by"])
        severity = tr("alarm") if row["severity"] == "alarm" else tr("warn")
        return f"{clock} {_happened(change, severity)}: {row['text']}, {state}"
    if name == "actions":
        what = f"{row['verb']} {row['target']}"
        what = tr("{what} to {number}", what=what, number=row["destination"]) if row["destination"] else what
        return f"{clock} {what}: {row['ending'] or row['phase']}"
    label = next((str(row[each]) for each in _LABELS if row.get(each)), "")
    what = f"{tr(_NOUN[name])} {label}"
    what = what if name == "sources" else tr("{what} of {source}", what=what, source=row["source"])
    head = f"{clock} {_happened(change, what)}"
    if change.before is not None:
        told = [
            tr("{field} {now} (was {before})", field=field, now=_word(now), before=_word(was))
            for field, was, now in _differences(change)
        ]
        return f"{head}: {', '.join(told)}" if told else ""
    if change.change == "gone":
        return head
    facts = [
        _word(row[field]) if field in _BARE else f"{_field(field)} {_word(row[field])}"
        for field in _FACTS[name]
        if row.get(field) not in (None, "")
    ]
    return f"{head}: {', '.join(facts)}" if facts else head


def _happened(change: Change, what: str) -> str:
    match change.change:
        case "new":
            return tr("new {what}", what=what)
        case "gone":
            return tr("gone: {what}", what=what)
    return what


def _field(name: str) -> str:
    return tr(name) if name in _SAID else name


def _differences(change: Change) -> list[tuple[str, object, object]]:
    clocks = _CLOCKS.get(change.list, frozenset()) | _UNSAID
    found: list[tuple[str, object, object]] = []
    for field, now in change.row.items():
        was = (change.before or {}).get(field)
        if field in clocks or was == now:
            continue
        if isinstance(now, Mapping) and isinstance(was, Mapping):
            inside = [part for part in now if part not in clocks and was.get(part) != now[part]]
            found += [(f"{_field(field)} {_field(part)}", was.get(part), now[part]) for part in inside]
        elif not isinstance(now, list):
            found.append((_field(field), was, now))
        elif all(isinstance(part, str) for part in now):
            found.append((_field(field), ", ".join(was or ()), ", ".join(now)))
    return found


def _word(value: object) -> str:
    if value is None or value == "":
        return tr("unknown")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, Enum):
        return tr(str(value.value))
    return f"{value:g}" if isinstance(value, float) else str(value)
