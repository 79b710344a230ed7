"""What is written down. One class a table: its fields are the columns, `KEY` what makes a row the same row.

Two consoles may watch the same queue and write to one history. They saw the same facts, each perhaps a part of them, so
a row that is there already is merged, by `MERGE`, never doubled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from wallboard.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a queue or hotline. `at`: its first second (UTC epoch). Counts are the most of the minute,
    `ready` and `staffed` the least; None was not known."""

    at: int
    source: str
    kind: Literal["queue", "hotline"]
    row: str
    name: str
    waiting: int | None = None
    longest: int | None = None
    talking: int | None = None
    ready: int | None = None
    staffed: int | None = None

    TABLE: ClassVar = "minute"
    KEY: ClassVar = ("at", "source", "kind", "row")
    MERGE: ClassVar = {"waiting": "max", "longest": "max", "talking": "max", "ready": "min", "staffed": "min"}


@dataclass(frozen=True, slots=True)
class Caller:
    """What became of one caller of one queue. Times are UTC epoch seconds; the `wait` lies within `wait_low` and
    `wait_high` (seconds), as far as two readings can tell; None is not known. `outcome`: answered, lost, pulled, flowed
    or unseen."""

    source: str
    id: str
    queue: str
    queue_name: str
    number: str
    name: str
    joined_at: int
    ended_at: int
    outcome: str
    wait: float | None = None
    wait_low: float | None = None
    wait_high: float | None = None
    talk: float | None = None
    agent: str = ""
    went_to: str = ""

    TABLE: ClassVar = "caller"
    KEY: ClassVar = ("source", "queue", "id", "joined_at")
    MERGE: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class AgentSpell:
    """An agent in one state, from `since` to `until` (UTC epoch seconds)."""

    source: str
    agent: str
    name: str
    state: str
    since: int
    until: int

    TABLE: ClassVar = "agent_spell"
    KEY: ClassVar = ("source", "agent", "since")
    MERGE: ClassVar = {"until": "max"}


@dataclass(frozen=True, slots=True)
class AgentSums:
    """An agent's day as it was `at` that time: what was counted since `since` (UTC epoch seconds), and seconds by
    state."""

    source: str
    agent: str
    since: int
    at: int
    answered: int
    missed: int
    pauses: int
    talking: float
    wrap_up: float
    ready: float
    ringing: float
    on_break: float
    other_call: float

    TABLE: ClassVar = "agent_sums"
    KEY: ClassVar = ("source", "agent", "since")
    MERGE: ClassVar = dict.fromkeys(
        ("at", "answered", "missed", "pauses", "talking", "wrap_up", "ready", "ringing", "on_break", "other_call"),
        "max",
    )


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """An alarm changed its state (`raised`, `worse`, `acknowledged`, `snoozed`, `cleared` …). `since`: when its
    condition became true; `by`: who acknowledged or snoozed."""

    at: int
    id: str
    source: str
    object: str
    condition: str
    severity: str
    change: str
    since: int
    by: str
    text: str

    TABLE: ClassVar = "alarm_change"
    KEY: ClassVar = ("id", "since", "change", "at")
    MERGE: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """A note on a row, by a person."""

    at: int
    source: str
    row: str
    label: str
    by: str
    text: str

    TABLE: ClassVar = "note"
    KEY: ClassVar = ("at", "source", "row", "by")
    MERGE: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class CallBack:
    """Where the return call to a caller who gave up stands: open, tried, done or closed (with a `reason`)."""

    source: str
    queue: str
    id: str
    joined_at: int
    state: Literal["open", "tried", "done", "closed"]
    tries: int
    at: int
    by: str = ""
    reason: str = ""

    TABLE: ClassVar = "call_back"
    KEY: ClassVar = ("source", "queue", "id", "joined_at")
    MERGE: ClassVar[dict[str, str]] = {}


NEAR: Mapping[str, float] = {"joined_at": 10.0}
"""Parts of a key that two consoles, or two readings, see a little differently: the same row within these seconds."""

Record = Minute | Caller | AgentSpell | AgentSums | AlarmChange | Written | CallBack
KINDS: tuple[type[Record], ...] = (Minute, Caller, AgentSpell, AgentSums, AlarmChange, Written, CallBack)
AGED_BY = {
    "minute": "at",
    "caller": "ended_at",
    "agent_spell": "until",
    "agent_sums": "at",
    "alarm_change": "at",
    "note": "at",
    "call_back": "at",
}
"""The column by which rows of a table grow old."""
