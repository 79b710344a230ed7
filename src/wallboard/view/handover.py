"""The hand-over: what a shift was, from the history and the action journal. Pure; as an object, as text and as CSV.

A figure is made of what consoles saw while they ran: `watched` says how much of the span that is.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import tzinfo
from typing import Any

from wallboard.domain.clock import iso
from wallboard.domain.language import mark, tr
from wallboard.domain.notation import pair, written
from wallboard.domain.numbers import is_number, last_digits
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.history.call_backs import CallBacks
from wallboard.history.notes import standing
from wallboard.history.records import AlarmChange, CallBack, Caller, Minute, Written
from wallboard.view.cells import fit
from wallboard.view.format import DASH, moment, percent, span
from wallboard.view.lines import wrapped

WORST = 10
"""Waits that are named one by one."""
ENOUGH = 5
"""A share of fewer callers is an accident."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet takes for a formula."""
_UNPROVEN = frozenset({"unknown", "not_confirmed", "accepted"})
_IN_QUEUE = ("answered", "lost")
_NO_ENDING = mark("no ending")
_OVER = frozenset({"milder", "cleared", "over", "merged"})
"""Changes after which an alarm is red no more."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the report is made of. Times are UTC epoch seconds; `actions` are records of the journal, oldest first."""

    since: float
    until: float
    minutes: Sequence[Minute] = ()
    callers: Sequence[Caller] = ()
    alarms: Sequence[AlarmChange] = ()
    notes: Sequence[Written] = ()
    call_backs: Sequence[CallBack] = ()
    actions: Sequence[Mapping[str, Any]] = ()
    masked: bool = False


@dataclass(slots=True)
class QueueShift:
    """One queue over the span. Waits in seconds; `unstaffed` in minutes; `longest_at` when the longest wait was."""

    source: str
    id: str
    name: str
    answered: int = 0
    lost: int = 0
    pulled: int = 0
    flowed: int = 0
    unseen: int = 0
    longest: int | None = None
    longest_at: float | None = None
    unstaffed: int = 0
    watched: int = 0
    _waits: list[float] = field(default_factory=list)

    @property
    def offered(self) -> int:
        return self.answered + self.lost + self.pulled + self.flowed + self.unseen

    @property
    def lost_share(self) -> float | None:
        return self.lost / self.offered if self.offered >= ENOUGH else None

    @property
    def asa(self) -> float | None:
        """Mean wait of those who were answered, as far as it is known."""
        return sum(self._waits) / len(self._waits) if len(self._waits) >= ENOUGH else None

    def see(self, minute: Minute) -> None:
        self.name = minute.name
        self.watched += 1
        self.unstaffed += minute.staffed == 0
        self._longer(minute.longest, minute.at + 59)

    def end(self, caller: Caller) -> None:
        self.name = self.name or caller.queue_name
        setattr(self, caller.outcome, getattr(self, caller.outcome) + 1)
        wait = caller.wait
        if caller.outcome == "answered" and wait is not None:
            self._waits.append(wait)
        if wait is not None:
            self._longer(int(wait), caller.joined_at + wait)

    def _longer(self, seconds: int | None, at: float) -> None:
        if seconds is not None and (self.longest is None or seconds > self.longest):
            self.longest, self.longest_at = seconds, at


@dataclass(frozen=True, slots=True)
class Red:
    """An alarm while it was red. `until` None: it still was at the end."""

    text: str
    source: str
    since: float
    until: float | None
    acked_by: str
    acked_at: float | None


def queues(material: Material) -> list[QueueShift]:
    """Every queue of which anything is known, the most lost callers first."""
    found: dict[tuple[str, str], QueueShift] = {}

    def of(source: str, row: str) -> QueueShift:
        return found.setdefault((source, row), QueueShift(source, row, ""))

    for minute in material.minutes:
        if minute.kind == "queue":
            of(minute.source, minute.row).see(minute)
    for caller in material.callers:
        of(caller.source, caller.queue).end(caller)
    return sorted(found.values(), key=lambda shift: (-shift.lost, -shift.offered, shift.name.casefold()))


def worst(material: Material) -> list[Caller]:
    """Whoever waited longest, longest first."""
    known = [caller for caller in material.callers if caller.wait is not None and caller.outcome in _IN_QUEUE]
    return sorted(known, key=lambda caller: -(caller.wait or 0.0))[:WORST]


def reds(material: Material) -> list[Red]:
    """Each alarm from when it turned red until it was over."""
    found: list[Red] = []
    up: dict[str, Red] = {}
    for change in sorted(material.alarms, key=lambda change: change.at):
        red = up.get(change.id)
        if change.change in _OVER:
            if red is not None:
                found.append(_over(up.pop(change.id), change.at))
        elif red is None:
            if change.severity == "alarm":
                up[change.id] = Red(change.text, change.source, change.since, None, "", None)
        elif change.change == "acknowledged":
            up[change.id] = Red(red.text, red.source, red.since, None, change.by, change.at)
    return sorted([*found, *up.values()], key=lambda red: red.since)


def _over(red: Red, at: float) -> Red:
    return Red(red.text, red.source, red.since, at, red.acked_by, red.acked_at)


def to_call_back(material: Material) -> list[Caller]:
    """Who gave up and was not called back yet: the last time of each, oldest first."""
    backs = CallBacks(lambda record: None, lambda: material.until)
    backs.restore(material.callers, material.call_backs)
    return [lost.caller for lost in backs.open()]


def unproven(material: Material) -> list[Mapping[str, Any]]:
    """The last record of each action that was sent and whose effect nothing showed."""
    last: dict[str, Mapping[str, Any]] = {}
    for record in material.actions:
        if record.get("phase") == "sent" or record.get("id") in last:
            last[str(record.get("id"))] = record
    return [record for record in last.values() if record.get("phase") in _UNPROVEN or record.get("phase") == "sent"]


# ---- as an object ------------------------------------------------------------------------------------------------


def report(material: Material) -> dict[str, Any]:
    """One object for `json.dumps`: times as ISO 8601, durations as whole seconds, unknown as None."""
    return {
        "schema": 1,
        "since": iso(material.since),
        "until": iso(material.until),
        "queues": [
            {
                "source": shift.source,
                "id": shift.id,
                "name": shift.name,
                "offered": shift.offered,
                "answered": shift.answered,
                "lost": shift.lost,
                "pulled": shift.pulled,
                "flowed": shift.flowed,
                "unseen": shift.unseen,
                "lost_percent": None if shift.lost_share is None else round(shift.lost_share * 100, 1),
                "asa": _whole(shift.asa),
                "longest": shift.longest,
                "longest_at": iso(shift.longest_at),
                "minutes_unstaffed": shift.unstaffed,
                "minutes_watched": shift.watched,
            }
            for shift in queues(material)
        ],
        "worst_waits": [_caller(caller, material.masked) for caller in worst(material)],
        "reds": [
            {
                "source": red.source,
                "text": red.text,
                "since": iso(red.since),
                "until": iso(red.until),
                "seconds": _whole((material.until if red.until is None else red.until) - red.since),
                "acked_by": red.acked_by or None,
                "acked_at": iso(red.acked_at),
            }
            for red in reds(material)
        ],
        "to_call_back": [_caller(caller, material.masked) for caller in to_call_back(material)],
        "unproven": [
            {
                "id": record.get("id"),
                "at": record.get("ts"),
                "operator": clean(record.get("operator") or record.get("user") or ""),
                "verb": clean(record.get("verb") or ""),
                "target": clean(_label(record)),
                "ending": clean(record.get("ending") or _NO_ENDING),
            }
            for record in unproven(material)
        ],
        "notes": [
            {"at": iso(note.at), "source": note.source, "row": on, "by": note.by, "text": note.text}
            for note, on in _notes(material)
        ],
    }


def _notes(material: Material) -> list[tuple[Written, str]]:
    """The notes that stand, and what each is on: a caller without a name is called by their number."""
    found = standing(material.notes)
    hidden = {note.label for note in found if is_number(note.label)} if material.masked else set()
    return [(note, last_digits(note.label) if note.label in hidden else note.label) for note in found]


def _caller(caller: Caller, masked: bool) -> dict[str, Any]:
    return {
        "source": caller.source,
        "queue": caller.queue_name or caller.queue,
        "name": caller.name or None,
        "number": (last_digits(caller.number) if masked else caller.number) or None,
        "joined_at": iso(caller.joined_at),
        "wait": _whole(caller.wait),
        "outcome": caller.outcome,
        "agent": caller.agent or None,
    }


def _label(record: Mapping[str, Any]) -> str:
    target = record.get("target")
    return str(target.get("label") or target.get("key")) if isinstance(target, dict) else ""


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else max(0, round(seconds))


# ---- as CSV ------------------------------------------------------------------------------------------------------


def as_csv(material: Material) -> str:
    """The queues, one a line. A cell that a spreadsheet would run begins with an apostrophe."""
    listed = report(material)["queues"]
    out = io.StringIO()
    names = list(listed[0]) if listed else ["source", "id", "name"]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in listed:
        writer.writerow(["" if row[name] is None else inert(row[name]) for name in names])
    return out.getvalue()


def inert(value: object) -> object:
    """`value` as a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value


# ---- as text -----------------------------------------------------------------------------------------------------

_COLUMNS = (
    (mark("queue"), 16),
    (mark("offered"), -7),
    (mark("answered"), -8),
    (mark("lost"), -4),
    (mark("lost %"), -6),
    (mark("asa"), -6),
    (mark("longest"), -7),
    (mark("at"), -5),
    (mark("unstaffed"), -9),
)
_ENDS = {name: name for name in (mark("answered"), mark("lost"), mark("pulled"), mark("flowed"), mark("unseen"))}


def as_text(material: Material, zone: tzinfo | None = None) -> str:
    """For people, 80 columns wide."""

    def at(instant: float | None) -> str:
        return moment(instant, material.until, zone)

    listed = queues(material)
    watched = max((shift.watched for shift in listed), default=0)
    minutes = max(1, round((material.until - material.since) / 60))
    lines = [
        tr(
            "HAND-OVER {since} – {until}, watched {watched} of {minutes} min",
            since=at(material.since),
            until=at(material.until),
            watched=min(watched, minutes),
            minutes=minutes,
        )
    ]
    busy = [shift for shift in listed if shift.offered or shift.longest]
    if busy:
        lines += ["", _row([tr(name) for name, _ in _COLUMNS])]
    named = Counter(shift.name for shift in listed)
    for shift in busy:
        cells = [
            shift.name if shift.name and named[shift.name] == 1 else f"{shift.name or shift.id} {shift.source}",
            *(str(count) for count in (shift.offered, shift.answered, shift.lost)),
            percent(shift.lost_share),
            span(shift.asa),
            span(shift.longest),
            at(shift.longest_at)[-5:],
            f"{shift.unstaffed} min" if shift.unstaffed else DASH,
        ]
        lines.append(_row(cells))
    quiet = [shift.name or shift.id for shift in listed if shift not in busy]
    if quiet:
        names = ", ".join(sorted(set(quiet), key=str.casefold))
        lines += wrapped(tr("without a caller: {queues}", queues=names), 80)
    found = report(material)
    lines += _part(tr("WORST WAITS"), (_waiter(caller, material.masked, at) for caller in worst(material)))
    lines += _part(tr("RED"), (_red(red, material.until, at) for red in reds(material)))
    lines += _part(
        tr("LOST, STILL TO CALL BACK"), (_waiter(caller, material.masked, at) for caller in to_call_back(material))
    )
    lines += _part(
        tr("ACTIONS WITHOUT PROOF"),
        (
            f"{one['operator']}: {one['verb']} {pair(one['target'])}: {_ending(one['ending'])}"
            for one in found["unproven"]
        ),
    )
    noted = (f"{at(note.at)} {note.by}: {pair(on)}: {note.text}" for note, on in _notes(material))
    lines += _part(tr("NOTES"), noted)
    if not listed:
        lines += ["", tr("Nothing was written down in this time.")]
    return "\n".join(lines) + "\n"


def _ending(text: str) -> str:
    return tr(text) if text == _NO_ENDING else text


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"{title} {len(found)}", *(f"  {line}" for line in found)] if found else []


def _waiter(caller: Caller, masked: bool, at: Any) -> str:
    number = last_digits(caller.number) if masked else written(caller.number)
    who = " ".join(part for part in (caller.name, number) if part) or tr("unknown caller")
    queue = caller.queue_name or caller.queue
    end = tr(_ENDS.get(caller.outcome, caller.outcome))
    end = f"{end}, {caller.agent}" if caller.agent else end
    return f"{span(caller.wait):>6}  {at(caller.joined_at)}  {queue}: {who}, {end}"


def _red(red: Red, until: float, at: Any) -> str:
    lasted = span((until if red.until is None else red.until) - red.since)
    acked = tr("acked by nobody")
    if red.acked_by:
        acked = tr("acked by {who} {time}", who=red.acked_by, time=at(red.acked_at))
    over = tr("now") if red.until is None else at(red.until)
    return f"{at(red.since)} – {over:<5}  {lasted:>6}  {red.text}, {acked}"


def _row(cells: Sequence[str]) -> str:
    return " ".join(
        fit(text, abs(width), "right" if width < 0 else "left")
        for text, (_, width) in zip(cells, _COLUMNS, strict=True)
    ).rstrip()
