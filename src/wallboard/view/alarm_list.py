"""The alarms mode: every active, snoozed and cleared-unseen alarm, with what is known of each."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.board.alarm import Alarm, State
from wallboard.board.verdicts import HIGH, LOW, NORMAL
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.records import dataclass
from wallboard.view import glyphs
from wallboard.view.alarm_words import STATES, Together, lines_of
from wallboard.view.cells import At, Cell, fit
from wallboard.view.context import Context
from wallboard.view.format import DASH, age, local, span
from wallboard.view.lines import Line, clip, pressing, rule

_PRIORITY = {HIGH: mark("high"), NORMAL: mark("normal"), LOW: mark("low")}
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
            return tr("acked {who}", who=alarm.acked_by)
        case "unknown" if alarm.acked:
            return tr("unknown, acked {who}", who=alarm.acked_by)
        case "snoozed" if alarm.snoozed_until is None:
            return tr("snoozed till clear {who}", who=alarm.snoozed_by)
        case "snoozed":
            until = local(alarm.snoozed_until, context.zone, False)
            return tr("snoozed {time} {who}", time=until, who=alarm.snoozed_by)
        case other:
            return tr(STATES[other])


def alarm_list(context: Context, width: int, lines: Sequence[Together], shown: str | None, wanted: str = "") -> Page:
    """`shown` is the stamp of the line that the cursor stands on; `lines` are those that match `wanted`."""
    book = context.board.alarms
    counts: list[tuple[int, State]] = [
        (len(book.active()), "active"),
        (len(book.snoozed()), "snoozed"),
        (len(book.unseen()), "cleared"),
    ]
    told = " · ".join(f"{number} {tr(STATES[state])}" for number, state in counts if number) or tr("none")
    if wanted:
        told = tr('{n} of {all} "{wanted}"', n=len(lines), all=len(lines_of(book)), wanted=wanted)
    rate = trn("{n} alarm in 10 min", "{n} alarms in 10 min", book.rate)
    rate = f"{rate}, {tr('FLOOD: one line a queue')}" if book.flood else rate
    out = [rule(f"{tr('ALARMS')} {told}", rate, width), clip([Cell(_head(width), "muted")], width)]
    marked: int | None = None
    for line in lines:
        here = line.stamp == shown
        if here:
            marked = len(out)
        rows = (line,) if book.flood else tuple(Together((alarm,)) for alarm in line.alarms)
        out += [pressing(clip(_row(row, here, context, width), width), At(row.lead.id)) for row in rows]
    if not lines:
        nothing = tr("nothing matches") if wanted else tr("nothing to know of")
        out.append(clip([Cell(f"   {nothing}", "muted")], width))
    return Page(out, marked)


_WIDE = 110


def _state_width(width: int) -> int:
    """With the name of who acknowledged or put it aside, and until when."""
    return 25 if width < 150 else 37


def _head(width: int) -> str:
    columns = f"   {fit(tr('since'), 8)} {fit(tr('age'), 6)} "
    if width < _WIDE:
        return f"{columns}{tr('alarm')}"
    numbers = f"{fit(tr('value'), 7, 'right')} {fit(tr('limit'), 7, 'right')}"
    state = fit(tr("state"), _state_width(width))
    return f"{columns}{numbers}  {fit(tr('priority'), 8)} {state} {fit(tr('source'), 11)} {tr('alarm')}"


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
            *([tr(_PRIORITY[alarm.priority])] if alarm.priority != NORMAL else []),
            alarm.source,
        ]
        return [*cells, Cell(line.sentence, token), Cell(f"  {' '.join(known)}", "muted")]
    return [
        *cells,
        Cell(fit(measured(alarm.condition, alarm.value), 7, "right") + " "),
        Cell(fit(measured(alarm.condition, alarm.limit), 7, "right") + "  ", "muted"),
        Cell(fit(tr(_PRIORITY[alarm.priority]), 8) + " ", "muted"),
        Cell(
            f"{fit(state_word(alarm, context), _state_width(width))} ", "text" if alarm.state == "active" else "muted"
        ),
        Cell(fit(alarm.source, 11) + " ", "muted"),
        Cell(line.sentence, token if alarm.acked or token == "muted" else f"{token} bold"),
    ]
