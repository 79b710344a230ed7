"""The alarms mode: every active, snoozed and cleared-unseen alarm, with what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallboard.board.alarms import Alarm
from wallboard.board.verdicts import HIGH, LOW, NORMAL
from wallboard.view import glyphs
from wallboard.view.alarm_words import Together, lines_of
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.format import DASH, age, local, plural, span
from wallboard.view.lines import Line, clip, rule

_PRIORITY = {HIGH: "high", NORMAL: "normal", LOW: "low"}
_TIMES = frozenset({"longest", "break", "wrap_up", "talk", "ring", "hold"})
_SHARES = frozenset({"service", "lost_percent"})
_COUNTS = frozenset({"waiting", "ready", "channels", "not_taken"})
COUNTED = _SHARES | _COUNTS
"""Conditions whose value is no clock."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page, and the first line of what the cursor stands on."""

    lines: list[Line]
    marked: int | None = None


def measured(condition: str, value: float | None) -> str:
    """A value or limit in its own unit; the dash where the condition is merely so."""
    if value is None:
        return DASH
    if condition in _TIMES:
        return span(value)
    if condition in _SHARES:
        return f"{value:.0f}%"
    return f"{value:g}" if condition in _COUNTS else DASH


def state_word(alarm: Alarm, context: Context) -> str:
    """Its state, with whoever is responsible for it."""
    match alarm.state:
        case "acked":
            return f"acked {alarm.acked_by}"
        case "snoozed":
            left = "till clear" if alarm.snoozed_until is None else local(alarm.snoozed_until, context.zone, False)
            return f"snoozed {left} {alarm.snoozed_by}"
        case "cleared":
            return "over, unseen"
        case other:
            return other


def alarm_list(context: Context, width: int, lines: Sequence[Together], shown: str | None, wanted: str = "") -> Page:
    """`shown` is the stamp of the line that the cursor stands on; `lines` are those that match `wanted`."""
    book = context.board.alarms
    counts = [
        (len(book.active()), "active"),
        (len(book.snoozed()), "snoozed"),
        (len(book.unseen()), "over, unseen"),
    ]
    told = " · ".join(f"{number} {word}" for number, word in counts if number) or "none"
    if wanted:
        told = f'{len(lines)} of {len(lines_of(book))} "{wanted}"'
    rate = f"{plural(book.rate, 'alarm')} in 10 min" + (", FLOOD: one line a queue" if book.flood else "")
    out = [rule(f"ALARMS {told}", rate, width), clip([Cell(_head(width), "muted")], width)]
    marked: int | None = None
    for line in lines:
        here = line.stamp == shown
        if here:
            marked = len(out)
        rows = (line,) if book.flood else tuple(Together((alarm,)) for alarm in line.alarms)
        out += [_row(row, here, context, width) for row in rows]
    if not lines:
        out.append(clip([Cell("   nothing matches" if wanted else "   nothing to know of", "muted")], width))
    return Page(out, marked)


_WIDE = 110


def _head(width: int) -> str:
    columns = f"   {'since':<9}{'age':<7}"
    if width < _WIDE:
        return f"{columns}alarm"
    return f"{columns}{'value':>7} {'limit':>7}  {'priority':<9}{'state':<26}{'source':<12}alarm"


def _row(line: Together, here: bool, context: Context, width: int) -> Line:
    alarm = line.lead
    glyph, token = glyphs.SEVERITY[alarm.severity]
    if alarm.state in ("cleared", "snoozed", "unknown"):
        token = "stale" if alarm.state == "unknown" else "muted"
    lasted = (alarm.cleared_at or context.now) - alarm.since
    cells: Line = [
        Cell(f"{glyphs.CURSOR if here else ' '}{glyph} ", token),
        Cell(fit(local(alarm.since, context.zone), 9), "muted"),
        Cell(fit(age(lasted), 7), "muted"),
    ]
    if width < _WIDE:
        known = [
            *([state_word(alarm, context)] if alarm.state != "active" else []),
            *([_PRIORITY[alarm.priority]] if alarm.priority != NORMAL else []),
            alarm.source,
        ]
        return clip([*cells, Cell(line.sentence, token), Cell(f"  {' '.join(known)}", "muted")], width)
    cells += [
        Cell(fit(measured(alarm.condition, alarm.value), 7, "right") + " "),
        Cell(fit(measured(alarm.condition, alarm.limit), 7, "right") + "  ", "muted"),
        Cell(fit(_PRIORITY[alarm.priority], 9), "muted"),
        Cell(fit(state_word(alarm, context), 25) + " ", "text" if alarm.state == "active" else "muted"),
        Cell(fit(alarm.source, 11) + " ", "muted"),
        Cell(line.sentence, token if alarm.acked or token == "muted" else f"{token} bold"),
    ]
    return clip(cells, width)
