"""The queue in one look: who waits, why nobody answers, who can help and how it went. Its settings are another key."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.board.forecast import AHEAD, word
from wallboard.board.last_hour import HOUR
from wallboard.board.queue_book import COUNTING
from wallboard.board.tally import place_state
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Agent, Member, Queue
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import cell_width
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs, staffing
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.directory.states import live
from wallboard.view.figures import IN_QUEUE, caller_clock, level_text
from wallboard.view.format import DASH, count, local, ordinal, percent, span, sparkline
from wallboard.view.lines import Line, clip, line_width, pressing, spread
from wallboard.view.looks.blocks import TWO_COLUMNS, alarm, beside, binned, halves, head, heading, labelled, paragraph
from wallboard.view.numbers import party
from wallboard.view.panes.members import wait_severity

CALLERS, AGENTS, HELPERS = 12, 40, 4
"""Rows of each block; of the others only the number is told, their pane has them."""
_BARS, _LEVELS = 20, 12


def queue_look(row: Queue, context: Context, helpers: Sequence[Agent], help_key: str, width: int) -> list[Line]:
    """`helpers` can be added with `help_key`, the first of them at once; "" where this source adds nobody."""
    source = "" if not row.key.source else f" {row.key.source}"
    title = f"{row.name.upper()}{source} {context.shown(row).number}".rstrip()
    lines = head(title, row, alarm(row, staffing.standing(row, context), context), context, width)
    help_lines = _help(helpers, help_key, row, context, width)
    if width >= TWO_COLUMNS:
        left, right = halves(width)
        lines += [*beside(_callers(row, context, left), _agents(row, context, right), width), *help_lines]
    else:
        # Why nobody answers comes first where not all can be seen.
        lines += [*_agents(row, context, width), *help_lines, *_callers(row, context, width)]
    if row.no_counts:
        return lines
    return [*lines, *_hour(row, context, width), *_soon(row, context, width), *_today(row, context, width)]


# ---- who waits ---------------------------------------------------------------------------------------------------


def _callers(row: Queue, context: Context, width: int) -> list[Line]:
    if row.no_counts:
        return [heading(tr("CALLERS"), f"{DASH} {row.no_counts}", width)]
    found = [m for m in rows_of(Member, context.board, row.key.source) if m.queue_id == row.key.id]
    waiting = sorted(
        (member for member in found if member.state in IN_QUEUE),
        key=lambda member: (member.joined_at is None, member.joined_at or 0.0, member.key),
    )
    if not waiting:
        waits = context.stats(row.key).queued
        told = tr("nobody waits") if waits == 0 else tr("{n}, none of them listed", n=count(waits))
        return [heading(tr("CALLERS"), told, width)]
    lines = [heading(tr("CALLERS"), tr("{n} (longest first)", n=len(waiting)), width)]
    lines += [_caller(place, member, context, width) for place, member in enumerate(waiting[:CALLERS], 1)]
    more = len(waiting) - CALLERS
    return [*lines, clip([Cell(f"    {tr('and {n} more', n=more)}", "muted")], width)] if more > 0 else lines


def _caller(place: int, member: Member, context: Context, width: int) -> Line:
    clock = caller_clock(member, context)
    sign, style = glyphs.SEVERITY[wait_severity(member, clock, context)]
    who = party(member.name, member.number, member.key.source, context) or tr("anonymous")
    left = [
        Cell(f" {place:>2} ", "muted"),
        Cell(f"{fit(span(clock), 5, 'right')} {sign} ", style),
        Cell(f"{who}  ", "stale" if context.dim(member.key) else "text"),
    ]
    return clip(pressing([*left, Cell("  ".join(_of_caller(member, context)), "muted")], member.key), width)


def _of_caller(member: Member, context: Context) -> list[str]:
    """What the site knows of them, and who is rung."""
    rung = member.state is MemberState.RINGING and member.serving
    told = [tr("rings {who}", who=member.serving)] if rung else []
    source, number = member.key.source, member.number
    repeat, known = context.board.repeat(source, number), context.board.caller(source, number)
    if repeat is not None:
        minutes = max(1, round((context.now - repeat.first) / 60))
        told.append(tr("{ordinal} call in {minutes} min", ordinal=ordinal(repeat.times), minutes=minutes))
    if known is not None:
        sign, name = glyphs.STAR if known.star else "", "" if known.name == member.name else known.name
        told.append(f"{sign} {name}".strip())
    return told


# ---- who answers -------------------------------------------------------------------------------------------------


def _agents(row: Queue, context: Context, width: int) -> list[Line]:
    people = rows_of(Agent, context.board, row.key.source)
    staff = [agent for agent in people if any(place.queue_id == row.key.id for place in agent.memberships)]
    stats = context.stats(row.key)
    roster = [agent for agent in staff if agent.no_state]
    if roster:
        return [heading(tr("AGENTS"), f"{tr('{n} on the roster', n=len(roster))}, {roster[0].no_state}", width)]
    if not staff:
        return [heading(tr("AGENTS"), tr("none known"), width)]
    ready = tr("– ready")
    if stats.counts.ready is not None:
        ready = tr("{n}/{all} ready", n=stats.counts.ready, all=stats.staffed)
    here = sorted((agent for agent in staff if agent.state is not AgentState.OFF), key=staffing.order(context))
    off = [agent for agent in staff if agent.state is AgentState.OFF]
    lines = [heading(tr("AGENTS"), ready, width, tr("today"))]
    lines += [_agent(agent, row, context, width) for agent in here[:AGENTS]]
    if len(here) > AGENTS:
        lines.append(clip([Cell(f" {tr('and {n} more', n=len(here) - AGENTS)}", "muted")], width))
    if off:
        sign, word, token = glyphs.AGENT[AgentState.OFF]
        names = [Cell(f"{', ' if n else ''}{agent.name}", token, press=agent.key) for n, agent in enumerate(off[:8])]
        names += [Cell(f" {tr('and {n} more', n=len(off) - 8)}", token)] if len(off) > 8 else []
        lines.append(clip([Cell(f" {fit(f'{sign} {tr(word)}', 12)} ", token), *names], width))
    return lines


def _agent(agent: Agent, queue: Queue, context: Context, width: int) -> Line:
    state = place_state(agent, queue.key.id)
    glyph, word, token = glyphs.AGENT[state]
    word = tr("{state} here", state=tr(word)) if state is not agent.state else tr(word)
    clock = span(context.elapsed(agent.key, agent.since))
    other = party(agent.with_name, agent.with_name, agent.key.source, context) if agent.with_name else ""
    left = [
        Cell(f" {fit(f'{glyph} {word}', 12)} ", "stale" if context.dim(agent.key) else token),
        Cell(f"{fit(agent.name, 18)} "),
        Cell(f"{fit(clock, 6, 'right')}  "),
    ]
    told = f"{day_told(agent, context)} "
    room = max(0, width - line_width(left) - cell_width(told) - 1)
    return pressing(spread([*left, Cell(fit(other, room), "muted")], [Cell(told, "muted")], width), agent.key)


def day_told(agent: Agent, context: Context) -> str:
    """`11 calls  aht 2:40`; "" where nothing was seen of the day."""
    day = context.board.agent_day(agent.key)
    if day is None or context.now - day.since < COUNTING:
        return ""
    busy = day.of(AgentState.TALKING) + day.of(AgentState.WRAP_UP)
    calls = trn("{n} call", "{n} calls", day.answered)
    return f"{calls}  {tr('aht {time}', time=span(busy / day.answered))}" if day.answered else calls


def _help(helpers: Sequence[Agent], key: str, row: Queue, context: Context, width: int) -> list[Line]:
    if not key:
        return []
    if not helpers:
        return [labelled(tr("CAN HELP"), [Cell(tr("nobody is ready elsewhere"), "muted")], width)]
    lines: list[Line] = []
    for place, agent in enumerate(helpers[:HELPERS]):
        state, token = live(agent, context)
        adds = f" {tr('adds')}  "
        cells = [
            Cell(f"{fit(agent.name, 18)} ", "text" if place else "text bold", press=agent.key),
            Cell(f"{fit(state, 14)} ", token, press=agent.key),
            Cell(" " * cell_width(key) if place else key, "info bold", press="" if place else "staff.add"),
            Cell(" " * cell_width(adds) if place else adds),
            staffing.leaving(agent, context, row.key),
        ]
        lines.append(labelled("" if place else tr("CAN HELP"), cells, width))
    return lines


# ---- how it went -------------------------------------------------------------------------------------------------


def _hour(row: Queue, context: Context, width: int) -> list[Line]:
    stats, hour = context.stats(row.key), context.board.last_hour(row.key)
    level = stats.service_level
    name = tr("LAST 60 MIN")
    if hour is not None and hour.since > context.now - HOUR:
        name = tr("SINCE {time}", time=local(hour.since, context.zone, seconds=False))
    bars, most = binned(stats.trend, _BARS), max((value for value in stats.trend if value is not None), default=None)
    waits = [
        Cell(f"{tr('wait')} "),
        Cell(sparkline(bars, _BARS, most or 0).strip() or DASH, "info"),
        Cell(f" {tr('max {n}', n=count(most))}   ", "muted"),
    ]
    shares = [None if each is None else round(each * 100) for each in (hour.levels if hour is not None else ())]
    curve = sparkline(shares, _LEVELS, 100).strip()
    goal = tr("goal {percent:g} in {seconds:g} s", percent=level.goal.percent, seconds=level.goal.seconds)
    service = [
        Cell(tr("SL {level}", level=level_text(level)), "warn" if level.missed else "text"),
        Cell(f" ({goal}) ", "muted"),
        Cell(f"{curve}   " if curve else "  ", "info"),
    ]
    ends = ""
    if hour is not None:
        ends = tr(
            "answered {answered}  lost {lost}  asa {asa}", answered=hour.answered, lost=hour.lost, asa=span(hour.asa)
        )
    if line_width([*waits, *service, Cell(ends)]) <= width - 14:
        return [labelled(name, [*waits, *service, Cell(ends)], width)]
    return [labelled(name, [*waits, Cell(ends)], width), labelled("", service, width)]


def _soon(row: Queue, context: Context, width: int) -> list[Line]:
    """How likely it is that the limit of the longest wait is passed soon, and with one agent more."""
    found = context.board.outlook(row.key)
    if found is None:
        return []
    told = found.soon
    if told.likely is None or told.with_one_more is None:
        return paragraph(tr("soon"), f"{DASH} {told.reason}", width, "muted")
    one, more = (f"{word(share)} ({share:.1f})" for share in (told.likely, told.with_one_more))
    text = tr(
        "longest > {limit} within {minutes:.0f} min: {likely}; with one more agent: {with_one_more} · n {n}",
        limit=span(found.limit),
        minutes=AHEAD / 60,
        likely=one,
        with_one_more=more,
        n=told.n,
    )
    return paragraph(tr("soon"), text, width)


def _today(row: Queue, context: Context, width: int) -> list[Line]:
    """What became of the callers since the day began, and the means."""
    stats = context.stats(row.key)
    if stats.offered is None:
        return paragraph(tr("today"), f"{DASH} {tr('not counted yet')}", width, "muted")
    ends = (
        *((tr("answered"), stats.answered), (tr("lost"), stats.lost), (tr("pulled"), stats.pulled)),
        *((tr("flowed"), stats.flowed), (tr("unseen"), stats.unseen)),
    )
    told = ", ".join(f"{count(value)} {name}" for name, value in ends)
    share = DASH if stats.lost_percent is None else f"{stats.lost_percent:.1f}%"
    if stats.resets:
        told += " · " + trn("{n} restart of the vendor seen", "{n} restarts of the vendor seen", stats.resets)
    offered = tr("{n} offered", n=stats.offered)
    if stats.counted_since is not None:
        since = local(stats.counted_since, context.zone, seconds=False)
        offered = tr("{n} offered since {time}", n=stats.offered, time=since)
    means = tr(
        "answered after {asa}, handled in {aht}, wrap-up {wrap_up} · occupancy {occupancy} · expected wait {wait}",
        asa=span(stats.asa),
        aht=span(stats.aht),
        wrap_up=span(stats.wrap_up),
        occupancy=percent(stats.occupancy),
        wait=span(stats.expected_wait),
    )
    return [
        *paragraph(tr("today"), f"{offered}: {told} · {tr('lost {share}', share=share)}", width),
        *paragraph(tr("means"), means, width),
    ]
