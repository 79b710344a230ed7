"""The hotline in one look: asked against is, who is on duty, how soon calls are taken, and the last ones."""

from __future__ import annotations

from wallboard.board.hotline_numbers import LADDER, figures
from wallboard.domain.models import DutyAgent, Hotline, HotlineCall
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.figures import busy_hour
from wallboard.view.format import DASH, age, count, local, percent, plural, span
from wallboard.view.lines import Line, clip
from wallboard.view.looks.blocks import TWO_COLUMNS, alarm, beside, halves, head, heading, labelled, paragraph
from wallboard.view.numbers import written
from wallboard.view.panes.hotlines import active_phones, drifted

CALLS, PEOPLE = 8, 12
"""Rows of each block."""
_BAR = 10
_DUTY = {True: (glyphs.READY, "ok"), False: (glyphs.OFF, "muted"), None: ("?", "muted")}


def hotline_look(row: Hotline, context: Context, width: int) -> list[Line]:
    glyph, word, _ = glyphs.HOTLINE[row.state]
    since = context.elapsed(row.key, row.since)
    lasts = f" for {age(since)}" if since is not None else ""
    title = f"{row.name.upper()} {row.key.source} {written(row.number)}".rstrip()
    lines = head(title, row, alarm(row, f"{glyph} {word}{lasts}", context), context, width)
    drift = Cell(f"   {glyphs.WARN} NOT AS ASKED", "warn bold") if drifted(row) else Cell("")
    said = f" ({row.raw_status})" if row.raw_status and row.raw_status != word else ""
    lines.append(labelled("asked", [Cell(f"{row.asked}, is {glyph} {word}{said}{lasts}"), drift], width))
    lines += _ladder(row, context, width)
    if width >= TWO_COLUMNS:
        left, right = halves(width)
        lines += beside(_duty(row, left), _calls(row, context, right), width)
    else:
        lines += [*_duty(row, width), *_calls(row, context, width)]
    channels = f"in {DASH}/{count(row.channels_in)}, out {DASH}/{count(row.channels_out)} (use is not told)"
    lines += paragraph("channels", channels, width, "muted")
    texts = f"callers: {row.announcement_in or DASH} · agents: {row.announcement_out or DASH}"
    return [*lines, *paragraph("says", texts, width)]


def _ladder(row: Hotline, context: Context, width: int) -> list[Line]:
    """How many of the last day's calls were taken within each of the standard's seconds, and the busiest hour."""
    if row.calls is None:
        return paragraph("24 h", f"{DASH} not all calls of the day are known", width, "muted")
    made = figures(row.calls, context.zone)
    cells = [
        Cell(f"{made.taken} of {plural(made.calls, 'call')} taken  ", "text" if made.taken == made.calls else "warn")
    ]
    for share, step in zip(made.within or (None,) * len(LADDER), LADDER, strict=True):
        bar = "█" * round((share or 0.0) * (_BAR if width >= TWO_COLUMNS else _BAR // 2))
        cells += [Cell(f"{step:g} s ", "muted"), Cell(bar, "info"), Cell(f" {percent(share)}  ")]
    return [labelled("24 h", cells, width), *paragraph("busy hour", busy_hour(made), width)]


def _duty(row: Hotline, width: int) -> list[Line]:
    phones = active_phones(row)
    on = "not read yet" if phones is None else f"{plural(phones, 'phone')} would ring"
    lines = [heading("ON DUTY", on, width)]
    for agent in row.agents[:PEOPLE]:
        lines += _responder(agent, width)
    more = len(row.agents) - PEOPLE
    return [*lines, clip([Cell(f" and {more} more", "muted")], width)] if more > 0 else lines


def _responder(agent: DutyAgent, width: int) -> list[Line]:
    name = Cell(f" {fit(agent.name, 18)} ")
    if not agent.phones:
        return [clip([name, Cell("phones not read yet" if agent.phones is None else "no phone", "muted")], width)]
    lines: list[Line] = []
    for phone in agent.phones:
        sign, token = _DUTY[phone.active]
        told = f"{phone.name} {written(phone.number)}"
        lines.append(
            clip(
                [
                    name if not lines else Cell(" " * 20),
                    Cell(f"{sign} ", token),
                    Cell(told, "text" if phone.active else "muted"),
                ],
                width,
            )
        )
    return lines


def _calls(row: Hotline, context: Context, width: int) -> list[Line]:
    if row.calls is not None:
        shown = row.calls[:CALLS]
        name = f"{len(row.calls)} in 24 h" if row.calls else "none in 24 h"
        return [heading("LAST CALLS", name, width), *(_call(call, row, context, width) for call in shown)]
    if row.last_call is None:
        return [heading("LAST CALLS", "none known", width)]
    last = row.last_call
    taken = f"{local(last.started_at, context.zone)} taken by {last.taken_by or DASH}, {last.entries} entries"
    return [heading("LAST CALLS", "", width), clip([Cell(f" {taken}")], width)]


def _call(call: HotlineCall, row: Hotline, context: Context, width: int) -> Line:
    when = Cell(f" {local(call.started_at, context.zone)} ", "muted")
    if not call.taken:
        return clip([when, Cell(f"{glyphs.ALARM} nobody took it", "alarm")], width)
    last = row.last_call
    by = call.taken_by or (last.taken_by if last is not None and last.started_at == call.started_at else "")
    after = f" after {span(call.after)}" if call.after is not None else ""
    return clip([when, Cell(f"{glyphs.READY} taken", "ok"), Cell(f"{f' by {by}' if by else ''}{after}")], width)
