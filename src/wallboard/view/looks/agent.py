"""The agent in one look: what they do and how long, their day in figures and as a line of states, queues and calls."""

from __future__ import annotations

from wallboard.board.agent_course import SLOT
from wallboard.board.agent_day import AgentDay
from wallboard.board.queue_book import COUNTING
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Agent, Call, Membership, Queue
from wallboard.domain.states import AgentState
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs, staffing
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.directory.states import live
from wallboard.view.format import DASH, local, span
from wallboard.view.lines import Line, clip, pressing
from wallboard.view.looks.blocks import (
    LABEL,
    TWO_COLUMNS,
    alarm,
    beside,
    halves,
    head,
    heading,
    labelled,
    paragraph,
)
from wallboard.view.numbers import party
from wallboard.view.panes.agents import state_of

_HOUR = round(3600 / SLOT)


def agent_look(row: Agent, context: Context, width: int) -> list[Line]:
    glyph, word, token = state_of(row)
    clock = context.elapsed(row.key, row.since)
    now = f"{glyph} {tr(word)}" + (f" {span(clock)}" if clock is not None else "")
    title = f"{row.name.upper()} {row.key.source} {context.shown(row).extension}".rstrip()
    lines = [*head(title, row, alarm(row, now, context), context, width), *_now(row, now, token, context, width)]
    if not row.no_state:
        lines += [*_day(row, context, width), *_course(row, context, width)]
    if width >= TWO_COLUMNS:
        left, right = halves(width)
        lines += beside(_queues(row, context, left), _calls(row, context, right), width)
    else:
        lines += [*_calls(row, context, width), *_queues(row, context, width)]
    vendor = tr("status {status}, state {state}", status=row.raw_status or DASH, state=row.raw_state or DASH)
    return lines if row.no_state else [*lines, *paragraph(tr("vendor"), vendor, width, "muted")]


def _now(row: Agent, now: str, token: str, context: Context, width: int) -> list[Line]:
    if row.no_state:
        return paragraph(tr("now"), f"{DASH} {row.no_state}", width, "muted")
    told = []
    if row.with_name:
        told.append(tr("with {who}", who=party(row.with_name, row.with_name, row.key.source, context)))
    if row.pause_reason:
        told.append(row.pause_reason)
    phone = ""
    if row.registered is not None:
        phone = tr("phone registered") if row.registered else tr("phone not registered")
    rest = " · ".join(part for part in (*told, phone) if part)
    return [labelled(tr("now"), [Cell(now, "stale" if context.dim(row.key) else token), Cell(f"  {rest}")], width)]


def _day(row: Agent, context: Context, width: int) -> list[Line]:
    day = context.board.agent_day(row.key)
    if day is None or context.now - day.since < COUNTING:
        return paragraph(tr("today"), f"{DASH} {tr('not counted yet')}", width, "muted")
    return paragraph(tr("today"), _figures(day, context), width)


def _figures(day: AgentDay, context: Context) -> str:
    """What the agent has done since the day began, or since we look."""
    times = (tr("talk"), AgentState.TALKING), (tr("wrap-up"), AgentState.WRAP_UP), (tr("idle"), AgentState.READY)
    told = ", ".join(f"{span(day.of(state))} {name}" for name, state in times)
    pauses = f"{trn('{n} pause', '{n} pauses', day.pauses)} {span(day.of(AgentState.BREAK))}"
    since = local(day.since, context.zone, seconds=False)
    busy = day.of(AgentState.TALKING) + day.of(AgentState.WRAP_UP)
    calls = trn("{n} call", "{n} calls", day.answered)
    calls += f", {tr('aht {time}', time=span(busy / day.answered))}" if day.answered else ""
    missed = trn("{n} offer refused or missed", "{n} offers refused or missed", day.missed)
    return f"{calls} · {missed} · {told}, {pauses} · {tr('since {time}', time=since)}"


def _course(row: Agent, context: Context, width: int) -> list[Line]:
    """The day as a line of states, ten minutes each, a gap at each full hour."""
    states = context.board.agent_course(row.key)
    if not states:
        return []
    last = int(context.now // SLOT)
    room = (width - LABEL - 10) * _HOUR // (_HOUR + 1)
    shown = states[-room:]
    first = last - len(shown) + 1
    cells = [Cell(f"{local(first * SLOT, context.zone, seconds=False)} ", "muted")]
    for slot, state in enumerate(shown, first):
        gap = " " if slot % _HOUR == 0 and slot != first else ""
        glyph, _, token = (" ", "", "muted") if state is None else glyphs.AGENT[state]
        cells.append(Cell(f"{gap}{glyph}", token))
    minutes = tr("{minutes:.0f} min each, what lasted longest", minutes=SLOT / 60)
    return [labelled(tr("day"), [*cells, Cell(f"  {minutes}", "muted")], width)]


def _queues(row: Agent, context: Context, width: int) -> list[Line]:
    if not row.memberships:
        return [heading(tr("QUEUES"), tr("none"), width)]
    return [
        heading(tr("QUEUES"), str(len(row.memberships)), width),
        *(_queue(row, m, context, width) for m in row.memberships),
    ]


def _queue(row: Agent, place: Membership, context: Context, width: int) -> Line:
    queue = context.board.row(Key(row.key.source, Kind.QUEUE, place.queue_id))
    stands = staffing.standing(queue, context) if isinstance(queue, Queue) else ""
    severity = "" if queue is None else context.severities.get(queue.key, "")
    parts = (tr("level"), place.level), (tr("position"), place.position)
    told = [f"{name} {value}" for name, value in parts if value is not None]
    told += [tr("paused here")] if place.paused else []
    name = str(place.queue or place.queue_id)
    cells = [
        Cell(f" {fit(name, 18)} "),
        Cell(f"{stands}   ", glyphs.SEVERITY[severity][1]),
        Cell(", ".join(told), "muted"),
    ]
    return clip(cells if queue is None else pressing(cells, queue.key), width)


def _calls(row: Agent, context: Context, width: int) -> list[Line]:
    calls = [call for call in rows_of(Call, context.board, row.key.source) if call.agent_key == row.key]
    if not calls:
        return [heading(tr("CALLS"), tr("none now"), width)]
    return [heading(tr("CALLS"), tr("{n} now", n=len(calls)), width), *(_call(call, context, width) for call in calls)]


def _call(call: Call, context: Context, width: int) -> Line:
    state, token = live(call, context)
    return clip(pressing([Cell(f" {fit(state, 18)} ", token), Cell(both(call, context))], call.key), width)


def both(call: Call, context: Context) -> str:
    """`Mia Sand +49 30 555666 → 601 Sales`."""
    source = call.key.source
    caller = party(call.from_name, call.from_number, source, context) or tr("unknown")
    called = party(call.to_name or call.queue, call.to, source, context) or tr("unknown")
    return f"{caller} {glyphs.TO} {called}"
