"""Everything known of one row, in lines: what it is, what can be done with it and why the rest cannot."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wallboard.control.labels import label
from wallboard.control.policy import CONFERENCE
from wallboard.domain.language import tr, trc
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.notation import sent, written
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import cell_width, clean
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.chrome import KeyHint, by_reason
from wallboard.view.colleagues import beside
from wallboard.view.context import Context
from wallboard.view.explain import explained
from wallboard.view.figures import caller_clock
from wallboard.view.format import DASH, age, local, moment, ordinal, span
from wallboard.view.lines import Line, clip, rule, wrapped
from wallboard.view.links import linked
from wallboard.view.looks.agent import agent_look
from wallboard.view.looks.blocks import LABEL
from wallboard.view.looks.hotline import hotline_look
from wallboard.view.looks.queue import queue_look
from wallboard.view.numbers import party, readable, target
from wallboard.view.panes.base import Pane
from wallboard.view.panes.members import place_by_wait
from wallboard.view.panes.others import RECEPTIONIST, notice_state, relevant
from wallboard.view.reports import Reading, report_lines

_LABEL, _LABEL_MOST = 8, 20
"""Columns of the names on the left, and how many they may take where there is room for it."""

ZONE_DETAILS = ("time zone", "timezone", "zone")
"""Names under which a receptionist's details carry the time zone of its hours."""

Fact = tuple[str, str]
"""Its name, and what is known."""


def details(
    pane: Pane | None,
    row: Row,
    context: Context,
    hints: Sequence[KeyHint],
    width: int,
    history: Sequence[str] = (),
    note: str = "",
    readings: Sequence[Reading] = (),
    *,
    explains: bool = False,
    settings: bool = False,
    helpers: Sequence[Agent] = (),
    help_key: str = "",
    gone: float | None = None,
) -> list[Line]:
    """The panel of `row`: facts, what was seen of it, what can and cannot be done, the vendor's own words, and what is
    read about it on demand; of a queue its `settings` alone; or, where it `explains`, what its figures are made of.
    `pane` None: a row that stands in none, such as a telephone. `helpers` and `help_key` as in `queue_look`. `gone`:
    for how many seconds it has not been there; all is told as it was then."""
    now, context = context.now, context if gone is None else context.earlier(gone)
    lines = [] if explains or settings else _look(row, context, helpers, help_key, width)
    facts = explained(row, context) if explains else [] if lines and isinstance(row, Queue) else _facts(row, context)
    least = max(LABEL if lines else _LABEL, cell_width(tr("cannot")))
    column = min(max(least, min(_LABEL_MOST, width // 6)), max([least, *(cell_width(name) for name, _ in facts)]))
    what = tr("EXPLAIN") if explains else tr("SETTINGS") if settings else tr("DETAILS")
    lines = lines or [_head(pane, row, context, what, width)]
    if gone is not None:
        told = tr("{age} ago; what follows is as it was then", age=age(max(1.0, gone)))
        lines += _wrapped(tr("ended"), told, width, "stale", column)
    for name, text in facts:
        lines += _wrapped(name, text, width, label=column)
    if explains:
        return lines
    if others := beside(row.key, context):
        lines += _wrapped(tr("others"), others, width, "info", column)
    if note:
        lines += _wrapped(tr("note"), note, width, label=column)
    if history:
        lines += _wrapped(tr("seen"), " · ".join(history), width, label=column)
    able = "  ".join(f"{hint.key} {hint.text}" for hint in hints if hint.ok)
    unable = " · ".join(f"{' '.join(keys)}: {reason}" for reason, keys in by_reason(hints).items())
    if able:
        lines += _wrapped(tr("can"), able, width, label=column)
    if unable:
        lines += _wrapped(tr("cannot"), unable, width, "muted", column)
    return [*lines, *report_lines(readings, now, width, lambda text: readable(text, row.key.source, context))]


def _look(row: Row, context: Context, helpers: Sequence[Agent], help_key: str, width: int) -> list[Line]:
    """The rows that have more to say than facts, in one look; of others nothing."""
    match row:
        case Queue():
            return queue_look(row, context, helpers, help_key, width)
        case Agent():
            return agent_look(row, context, width)
        case Hotline():
            return hotline_look(row, context, width)
    return []


def _head(pane: Pane | None, row: Row, context: Context, what: str, width: int) -> Line:
    seen = context.board.seen_at(row.key)
    read = tr("read {age} ago", age=age(context.since(seen))) if seen is not None else tr("not read yet")
    told = f"{clean(context.board.spelled(str(row.key)), 80)} · {tr(context.state(row.key).value)} · {read}"
    return rule(f"{what} {label(context.shown(row)) if pane is None else pane.called(row, context)}", told, width)


def _wrapped(name: str, text: str, width: int, style: str = "text", label: int = 8) -> list[Line]:
    room = max(10, width - label - 2)
    return [
        clip([Cell(f" {fit(name if not index else '', label)} ", "muted"), *linked(part, style, room)], width)
        for index, part in enumerate(wrapped(text, room))
    ]


def _place(row: Member, context: Context) -> str:
    """`place 1 of 7`; by waiting time, where the vendor has no positions."""
    others = [other for other in rows_of(Member, context.board, row.key.source) if other.queue_id == row.queue_id]
    waiting = len([other for other in others if other.state in (MemberState.WAITING, MemberState.RINGING)])
    if row.position is not None:
        return tr("place {n} of {all}", n=row.position, all=waiting)
    place = place_by_wait(row, context)
    return tr("place –") if place is None else tr("place {n} of {all} by waiting time", n=place, all=waiting)


def _staff(queue_id: str, source: str, context: Context) -> list[Agent]:
    agents = rows_of(Agent, context.board, source)
    return [agent for agent in agents if any(place.queue_id == queue_id for place in agent.memberships)]


def _why(row: Member, context: Context) -> str:
    """Why nobody answers: who of the queue's agents is ready, and what the others do."""
    agents = _staff(row.queue_id, row.key.source, context)
    if not agents:
        return ""
    staffed = [agent for agent in agents if agent.state not in (AgentState.OFF, AgentState.UNREACHABLE)]
    ready = len([agent for agent in staffed if agent.state is AgentState.READY])
    doing = []
    for agent in sorted(agents, key=lambda agent: (agent.state is AgentState.READY, agent.name.casefold())):
        clock = context.elapsed(agent.key, agent.since)
        if agent.state is not AgentState.OFF:
            word = tr(glyphs.AGENT[agent.state][1])
            doing.append(f"{agent.name} {word}" + (f" {span(clock)}" if clock is not None else ""))
    told = tr("{n}/{all} ready", n=ready, all=len(staffed))
    more = f", {tr('and {n} more', n=len(doing) - 6)}" if len(doing) > 6 else ""
    return f"{told}: {', '.join(doing[:6])}{more}" if doing else told


def _notice(row: Notice, context: Context) -> list[Fact]:
    def when(instant: float | None) -> str:
        return moment(instant, context.now, context.zone)

    lasts = tr("until somebody ends it") if row.active_to is None else tr("to {time}", time=when(row.active_to))
    if row.active_from is not None:
        lasts = f"{tr('from {time}', time=when(row.active_from))} {lasts}"
    facts = [
        (tr("notice"), f"{row.title} · {row.set}" if row.set else str(row.title)),
        (tr("state"), f"{tr(notice_state(row, context.now))}, {lasts}"),
    ]
    named = (tr("why"), row.why), (tr("where"), row.where), (tr("when"), row.when), (tr("remarks"), row.remarks)
    return [*facts, *((name, str(text) or DASH) for name, text in named)]


def _receptionist(row: Receptionist, context: Context) -> list[Fact]:
    glyph, word, _ = RECEPTIONIST[row.open]
    there = zone_of(row)
    changes = tr("no change within a fortnight, or none known")
    if row.until is not None:
        changes = tr("until {time}", time=moment(row.until, context.now, there or context.zone))
        if there is not None:
            here = moment(row.until, context.now, context.zone)
            local_time = moment(row.until, context.now, there)
            changes += f" {there.key}" + (f", {tr('{time} here', time=here)}" if here != local_time else "")
    state = f"{glyph} {tr(word)}, {changes}" if row.open is not None else f"{glyph} {tr('open or closed is not known')}"
    language = tr("language {language}", language=row.language or DASH)
    facts = [(tr("now"), state), (tr("number"), f"{row.number or DASH} · {language}")]
    for entry in relevant(row):
        said = tr("no rule") if entry.open is None else tr(RECEPTIONIST[entry.open][1])
        to = target(entry.to, row.key.source, context) or DASH
        facts.append((entry.input or DASH, f"{glyphs.TO} {to} ({said})"))
    return facts


def zone_of(row: Receptionist) -> ZoneInfo | None:
    """The time zone of the receptionist's hours, where its details name one that this machine knows."""
    named = {str(name).casefold(): str(value) for name, value in row.details}
    for name in ZONE_DETAILS:
        if named.get(name):
            try:
                return ZoneInfo(named[name])
            except (ZoneInfoNotFoundError, ValueError, OSError):
                return None
    return None


def _facts(row: Row, context: Context) -> list[Fact]:
    row = context.shown(row)
    match row:
        case Queue():
            facts = _queue(row, context)
        case Member():
            facts = _member(row, context)
        case Agent() | Hotline():
            facts = []
        case Call():
            facts = _call(row, context)
        case Notice():
            facts = _notice(row, context)
        case Receptionist():
            facts = _receptionist(row, context)
        case Phone():
            state = tr("registration not told")
            if row.registered is not None:
                state = tr("registered") if row.registered else tr("not registered")
            name = tr("room") if row.use == CONFERENCE else tr("phone")
            extension = tr("extension {number}", number=row.extension or DASH)
            facts = [(name, f"{row.name or DASH} · {extension} · {state}")]
        case ParkedCall():
            returns = span(row.returns_at - context.now) if row.returns_at else DASH
            parked = tr("parked {time} by {who}", time=span(context.since(row.since)), who=row.by or DASH)
            to = target(row.returns_to, row.key.source, context) or DASH
            facts = [
                (tr("caller"), party(row.caller, row.number, row.key.source, context)),
                (tr("slot"), f"{row.slot}, {parked}"),
                (tr("returns"), tr("{time} to {where}", time=returns, where=to)),
            ]
    told = getattr(row, "details", ())
    return [*facts, *((str(name), readable(str(value), row.key.source, context)) for name, value in told)]


def _queue(row: Queue, context: Context) -> list[Fact]:
    """How it is set up; how it fares is the look's."""
    channel = tr(row.channel.value) if row.channel else tr("channel –")
    strategy = tr("strategy {strategy}", strategy=row.strategy or DASH)
    facts = [(tr("queue"), f"{f'{row.name} {row.number}'.strip()} · {channel} · {strategy}")]
    reached = ", ".join(written(address, context.region(row.key.source)) for address in row.addresses)
    return [*facts, (tr("reached"), reached)] if reached else facts


def _member(row: Member, context: Context) -> list[Fact]:
    glyph, word, _ = glyphs.MEMBER[row.state]
    served = row.state is MemberState.TALKING
    clock = caller_clock(row, context)
    place = _place(row, context)
    if served:
        place = tr("answered {time}", time=local(row.answered_at, context.zone))
    joined = tr("joined {time}", time=local(row.joined_at, context.zone))
    facts = [
        (tr("caller"), f"{glyph} {tr(word)} {span(clock)} · {row.queue} · {place} · {joined}"),
        (tr("number"), _number(row, context)),
    ]
    if row.serving:
        return [*facts, (tr("with"), row.serving)]
    why = _why(row, context)
    return [*facts, (tr("why"), why)] if why else facts


def _number(row: Member, context: Context) -> str:
    """With what the site knows of it, and whether it has called before."""
    parts = [row.number or tr("anonymous")]
    source, number = row.key.source, sent(row.number)
    known, repeat = context.board.caller(source, number), context.board.repeat(source, number)
    if known is not None:
        limit = "" if known.longest is None else f", {tr('may wait {time}', time=span(known.longest))}"
        name = f"{glyphs.STAR} {known.name}" if known.star else tr("known as {name}", name=known.name)
        parts.append(f"{name}{limit}")
    if repeat is not None:
        minutes = max(1, round((context.now - repeat.first) / 60))
        parts.append(tr("{ordinal} call in {minutes} min", ordinal=ordinal(repeat.times), minutes=minutes))
    return " · ".join(parts)


def _call(row: Call, context: Context) -> list[Fact]:
    glyph, word, _ = glyphs.CALL[row.state]
    recording = tr("recording unknown")
    if row.recording is not None:
        recording = tr("recording") if row.recording else tr("not recorded")
    begun, answered = local(row.started_at, context.zone), local(row.answered_at, context.zone)
    facts = [
        (tr("call"), f"{glyph} {tr(word)} · {tr(row.direction.value)} · {recording}"),
        (tr("from"), party(row.from_name, row.from_number, row.key.source, context) or tr("unknown")),
        (tr("to"), party(row.to_name, row.to, row.key.source, context) or tr("unknown")),
        (trc("moments", "times"), tr("set up {begun}, answered {answered}", begun=begun, answered=answered)),
    ]
    if row.agent:
        facts.append((tr("agent"), row.agent))
    if not row.real:
        facts.append((tr("note"), tr("the talk runs elsewhere (forwarded): no listening here")))
    return facts
