"""The hotline in one look: asked against is, who is on duty, how soon calls are taken, and the last ones."""

from __future__ import annotations

from wallboard.board.hotline_numbers import LADDER, figures
from wallboard.domain.language import tr, trc, trn
from wallboard.domain.models import DutyAgent, Hotline, HotlineCall
from wallboard.domain.notation import written
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.figures import busy_hour
from wallboard.view.format import DASH, age, count, local, percent, span
from wallboard.view.lines import Line, clip
from wallboard.view.looks.blocks import TWO_COLUMNS, alarm, beside, halves, head, heading, labelled, paragraph
from wallboard.view.panes.hotlines import active_phones, drifted

CALLS, PEOPLE = 8, 12
"""Rows of each block."""
_BAR = 10
_DUTY = {True: (glyphs.READY, "ok"), False: (glyphs.OFF, "muted"), None: ("?", "muted")}


def hotline_look(row: Hotline, context: Context, width: int) -> list[Line]:
    glyph, word, _ = glyphs.HOTLINE[row.state]
    since = context.elapsed(row.key, row.since)
    state = f"{glyph} {tr(word)}"
    title = f"{row.name.upper()} {row.key.source} {context.shown(row).number}".rstrip()
    lines = head(title, row, alarm(row, _lasting(state, since), context), context, width)
    drift = Cell(f"   {glyphs.WARN} {tr('NOT AS ASKED')}", "warn bold") if drifted(row) else Cell("")
    said = f" ({row.raw_status})" if row.raw_status and row.raw_status != word else ""
    now = tr("{asked}, is {state}", asked=tr(row.asked), state=_lasting(f"{state}{said}", since))
    lines.append(labelled(trc("hotline", "asked"), [Cell(now), drift], width))
    lines += _ladder(row, context, width)
    if width >= TWO_COLUMNS:
        left, right = halves(width)
        lines += beside(_duty(row, context, left), _calls(row, context, right), width)
    else:
        lines += [*_duty(row, context, width), *_calls(row, context, width)]
    channels = tr(
        "in {dash}/{channels_in}, out {dash}/{channels_out} (use is not told)",
        dash=DASH,
        channels_in=count(row.channels_in),
        channels_out=count(row.channels_out),
    )
    lines += paragraph(tr("channels"), channels, width, "muted")
    callers = tr("callers: {text}", text=row.announcement_in or DASH)
    agents = tr("agents: {text}", text=row.announcement_out or DASH)
    return [*lines, *paragraph(tr("says"), f"{callers} · {agents}", width)]


def _lasting(state: str, seconds: float | None) -> str:
    return state if seconds is None else tr("{state} for {time}", state=state, time=age(seconds))


def _ladder(row: Hotline, context: Context, width: int) -> list[Line]:
    """How many of the last day's calls were taken within each of the standard's seconds, and the busiest hour."""
    if row.calls is None:
        return paragraph("24 h", f"{DASH} {tr('not all calls of the day are known')}", width, "muted")
    made = figures(row.calls, context.zone)
    told = trn("{taken} of {n} call taken", "{taken} of {n} calls taken", made.calls, taken=made.taken)
    cells = [Cell(f"{told}  ", "text" if made.taken == made.calls else "warn")]
    for share, step in zip(made.within or (None,) * len(LADDER), LADDER, strict=True):
        bar = "█" * round((share or 0.0) * (_BAR if width >= TWO_COLUMNS else _BAR // 2))
        cells += [Cell(f"{step:g} s ", "muted"), Cell(bar, "info"), Cell(f" {percent(share)}  ")]
    return [labelled("24 h", cells, width), *paragraph(tr("busy hour"), busy_hour(made), width)]


def _duty(row: Hotline, context: Context, width: int) -> list[Line]:
    phones = active_phones(row)
    on = tr("not read yet") if phones is None else trn("{n} phone would ring", "{n} phones would ring", phones)
    lines = [heading(tr("ON DUTY"), on, width)]
    for agent in row.agents[:PEOPLE]:
        lines += _responder(agent, context.region(row.key.source), width)
    return [*lines, *_rest(len(row.agents) - PEOPLE, width)]


def _rest(more: int, width: int) -> list[Line]:
    return [clip([Cell(f" {tr('and {n} more', n=more)}", "muted")], width)] if more > 0 else []


def _responder(agent: DutyAgent, region: str, width: int) -> list[Line]:
    name = Cell(f" {fit(agent.name, 18)} ")
    if not agent.phones:
        told = tr("phones not read yet") if agent.phones is None else tr("no phone")
        return [clip([name, Cell(told, "muted")], width)]
    lines: list[Line] = []
    for phone in agent.phones:
        sign, token = _DUTY[phone.active]
        told = f"{phone.name} {written(phone.number, region)}"
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
    title = tr("LAST CALLS")
    if row.calls is not None:
        shown = row.calls[:CALLS]
        name = tr("{n} in 24 h", n=len(row.calls)) if row.calls else tr("none in 24 h")
        lines = [heading(title, name, width), *(_call(call, row, context, width) for call in shown)]
        return [*lines, *_rest(len(row.calls) - len(shown), width)]
    if row.last_call is None:
        return [heading(title, tr("none known"), width)]
    last = row.last_call
    taken = trn(
        "{time} taken by {who}, {n} entry",
        "{time} taken by {who}, {n} entries",
        last.entries,
        time=local(last.started_at, context.zone),
        who=last.taken_by or DASH,
    )
    return [heading(title, "", width), clip([Cell(f" {taken}")], width)]


def _call(call: HotlineCall, row: Hotline, context: Context, width: int) -> Line:
    when = Cell(f" {local(call.started_at, context.zone)} ", "muted")
    if not call.taken:
        return clip([when, Cell(f"{glyphs.ALARM} {tr('nobody took it')}", "alarm")], width)
    last = row.last_call
    by = call.taken_by or (last.taken_by if last is not None and last.started_at == call.started_at else "")
    who = f" {tr('by {who}', who=by)}" if by else ""
    after = f" {tr('after {time}', time=span(call.after))}" if call.after is not None else ""
    return clip([when, Cell(f"{glyphs.READY} {tr('taken')}", "ok"), Cell(f"{who}{after}")], width)
