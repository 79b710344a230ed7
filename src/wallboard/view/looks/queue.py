"""The queue in one look: who waits, why nobody answers, who can help and how it went. Its settings are another key."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.board.forecast import AHEAD, word
from wallboard.board.last_hour import HOUR
from wallboard.board.source import COUNTING
from wallboard.board.tally import place_state
from wallboard.domain.models import Agent, Member, Queue
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import cell_width
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs, staffing
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.directory.states import live
from wallboard.view.figures import IN_QUEUE, caller_clock, level_text
from wallboard.view.format import DASH, count, local, ordinal, percent, plural, span, sparkline
from wallboard.view.lines import Line, clip, line_width, spread
from wallboard.view.looks.blocks import TWO_COLUMNS, alarm, beside, binned, halves, head, heading, labelled, paragraph
from wallboard.view.numbers import party
from wallboard.view.panes.members import wait_severity

CALLERS, AGENTS, HELPERS = 12, 40, 4
"""Rows of each block; of the others only the number is told, their pane has them."""
_BARS, _LEVELS = 20, 12


def queue_look(row: Queue, context: Context, helpers: Sequence[Agent], help_key: str, width: int) -> list[Line]:
    """`helpers` can be added with `help_key`, the first of them at once; "" where this source adds nobody."""
    source = "" if not row.key.source else f" {row.key.source}"
    title = f"{row.name.upper()}{source} {row.number}".rstrip()
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
        return [heading("CALLERS", f"{DASH} {row.no_counts}", width)]
    found = [m for m in rows_of(Member, context.board, row.key.source) if m.queue_id == row.key.id]
    waiting = sorted(
        (member for member in found if member.state in IN_QUEUE),
        key=lambda member: (member.joined_at is None, member.joined_at or 0.0, member.key),
    )
    if not waiting:
        waits = context.stats(row.key).queued
        return [heading("CALLERS", "nobody waits" if waits == 0 else f"{count(waits)}, none of them listed", width)]
    lines = [heading("CALLERS", f"{len(waiting)} (longest first)", width)]
    lines += [_caller(place, member, context, width) for place, member in enumerate(waiting[:CALLERS], 1)]
    more = len(waiting) - CALLERS
    return [*lines, clip([Cell(f"    and {more} more", "muted")], width)] if more > 0 else lines


def _caller(place: int, member: Member, context: Context, width: int) -> Line:
    clock = caller_clock(member, context)
    mark, style = glyphs.SEVERITY[wait_severity(member, clock, context)]
    who = party(member.name, member.number, member.key.source, context) or "anonymous"
    left = [
        Cell(f" {place:>2} ", "muted"),
        Cell(f"{fit(span(clock), 5, 'right')} {mark} ", style),
        Cell(f"{who}  ", "stale" if context.dim(member.key) else "text"),
    ]
    return clip([*left, Cell("  ".join(_of_caller(member, context)), "muted")], width)


def _of_caller(member: Member, context: Context) -> list[str]:
    """What the site knows of them, and who is rung."""
    told = [f"rings {member.serving}"] if member.state is MemberState.RINGING and member.serving else []
    source, number = member.key.source, member.number
    repeat, known = context.board.repeat(source, number), context.board.caller(source, number)
    if repeat is not None:
        minutes = max(1, round((context.now - repeat.first) / 60))
        told.append(f"{ordinal(repeat.times)} call in {minutes} min")
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
        return [heading("AGENTS", f"{len(roster)} on the roster, {roster[0].no_state}", width)]
    if not staff:
        return [heading("AGENTS", "none known", width)]
    ready = DASH if stats.counts.ready is None else f"{stats.counts.ready}/{stats.staffed}"
    here = sorted((agent for agent in staff if agent.state is not AgentState.OFF), key=staffing.order(context))
    off = [agent.name for agent in staff if agent.state is AgentState.OFF]
    lines = [heading("AGENTS", f"{ready} ready", width, "today")]
    lines += [_agent(agent, row, context, width) for agent in here[:AGENTS]]
    if len(here) > AGENTS:
        lines.append(clip([Cell(f" and {len(here) - AGENTS} more", "muted")], width))
    if off:
        names = ", ".join(off[:8]) + (f" and {len(off) - 8} more" if len(off) > 8 else "")
        lines.append(clip([Cell(f" {glyphs.OFF} off        {names}", "muted")], width))
    return lines


def _agent(agent: Agent, queue: Queue, context: Context, width: int) -> Line:
    state = place_state(agent, queue.key.id)
    glyph, word, token = glyphs.AGENT[state]
    word = f"{word} here" if state is not agent.state else word
    clock = span(context.elapsed(agent.key, agent.since))
    other = party(agent.with_name, agent.with_name, agent.key.source, context) if agent.with_name else ""
    left = [
        Cell(f" {fit(f'{glyph} {word}', 12)} ", "stale" if context.dim(agent.key) else token),
        Cell(f"{fit(agent.name, 18)} "),
        Cell(f"{fit(clock, 6, 'right')}  "),
    ]
    told = f"{day_told(agent, context)} "
    room = max(0, width - line_width(left) - len(told) - 1)
    return spread([*left, Cell(fit(other, room), "muted")], [Cell(told, "muted")], width)


def day_told(agent: Agent, context: Context) -> str:
    """`11 calls  aht 2:40`; "" where nothing was seen of the day."""
    day = context.board.agent_day(agent.key)
    if day is None or context.now - day.since < COUNTING:
        return ""
    busy = day.of(AgentState.TALKING) + day.of(AgentState.WRAP_UP)
    calls = plural(day.answered, "call")
    return f"{calls}  aht {span(busy / day.answered)}" if day.answered else calls


def _help(helpers: Sequence[Agent], key: str, row: Queue, context: Context, width: int) -> list[Line]:
    if not key:
        return []
    if not helpers:
        return [labelled("CAN HELP", [Cell("nobody is ready elsewhere", "muted")], width)]
    lines: list[Line] = []
    for place, agent in enumerate(helpers[:HELPERS]):
        state, token = live(agent, context)
        left = staffing.leaving(agent, context, row.key)
        cells = [
            Cell(f"{fit(agent.name, 18)} ", "text" if place else "text bold"),
            Cell(f"{fit(state, 14)} ", token),
            Cell(" " * cell_width(key) if place else key, "info bold"),
            Cell("       " if place else " adds  "),
            Cell(left, "warn" if left.startswith("last") else "muted"),
        ]
        lines.append(labelled("" if place else "CAN HELP", cells, width))
    return lines


# ---- how it went -------------------------------------------------------------------------------------------------


def _hour(row: Queue, context: Context, width: int) -> list[Line]:
    stats, hour = context.stats(row.key), context.board.last_hour(row.key)
    level = stats.service_level
    name = (
        "LAST 60 MIN"
        if hour is None or hour.since <= context.now - HOUR
        else f"SINCE {local(hour.since, context.zone, seconds=False)}"
    )
    bars, most = binned(stats.trend, _BARS), max((value for value in stats.trend if value is not None), default=None)
    waits = [
        Cell("wait "),
        Cell(sparkline(bars, _BARS, most or 0).strip() or DASH, "info"),
        Cell(f" max {count(most)}   ", "muted"),
    ]
    shares = [None if each is None else round(each * 100) for each in (hour.levels if hour is not None else ())]
    curve = sparkline(shares, _LEVELS, 100).strip()
    service = [
        Cell(f"SL {level_text(level)}", "warn" if level.missed else "text"),
        Cell(f" (goal {level.goal.percent:g} in {level.goal.seconds:g} s) ", "muted"),
        Cell(f"{curve}   " if curve else "  ", "info"),
    ]
    ends = f"answered {hour.answered}  lost {hour.lost}  asa {span(hour.asa)}" if hour is not None else ""
    if line_width([*waits, *service, Cell(ends)]) <= width - 14:
        return [labelled(name, [*waits, *service, Cell(ends)], width)]
    return [labelled(name, [*waits, Cell(ends)], width), labelled("", service, width)]


def _soon(row: Queue, context: Context, width: int) -> list[Line]:
    """How likely it is that the limit of the longest wait is passed soon, and with one agent more."""
    found = context.board.outlook(row.key)
    if found is None:
        return []
    told, ahead = found.soon, f"longest > {span(found.limit)} within {AHEAD / 60:.0f} min"
    if told.likely is None or told.with_one_more is None:
        return paragraph("soon", f"{DASH} {told.reason}", width, "muted")
    one, more = (f"{word(share)} ({share:.1f})" for share in (told.likely, told.with_one_more))
    return paragraph("soon", f"{ahead}: {one}; with one more agent: {more} · n {told.n}", width)


def _today(row: Queue, context: Context, width: int) -> list[Line]:
    """What became of the callers since the day began, and the means."""
    stats = context.stats(row.key)
    if stats.offered is None:
        return paragraph("today", f"{DASH} not counted yet", width, "muted")
    ends = (("answered", stats.answered), ("lost", stats.lost), ("pulled", stats.pulled), ("flowed", stats.flowed))
    told = ", ".join(f"{count(value)} {name}" for name, value in (*ends, ("unseen", stats.unseen)))
    share = DASH if stats.lost_percent is None else f"{stats.lost_percent:.1f}%"
    if stats.resets:
        told += f" · {plural(stats.resets, 'restart')} of the vendor seen"
    since = (
        f" since {local(stats.counted_since, context.zone, seconds=False)}" if stats.counted_since is not None else ""
    )
    means = (
        f"answered after {span(stats.asa)}, handled in {span(stats.aht)}, wrap-up {span(stats.wrap_up)}"
        f" · occupancy {percent(stats.occupancy)} · expected wait {span(stats.expected_wait)}"
    )
    return [
        *paragraph("today", f"{stats.offered} offered{since}: {told} · lost {share}", width),
        *paragraph("means", means, width),
    ]
