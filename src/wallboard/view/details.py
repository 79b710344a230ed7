"""Everything known of one row, in lines: what it is, what can be done with it and why the rest cannot."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wallboard.control.labels import label
from wallboard.control.policy import CONFERENCE
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import cell_width, clean
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.chrome import KeyHint, by_reason
from wallboard.view.context import Context
from wallboard.view.explain import explained
from wallboard.view.figures import caller_clock
from wallboard.view.format import DASH, age, count, local, moment, ordinal, span
from wallboard.view.lines import Line, clip, rule, wrapped
from wallboard.view.links import linked
from wallboard.view.looks.agent import agent_look
from wallboard.view.looks.blocks import LABEL
from wallboard.view.looks.hotline import hotline_look
from wallboard.view.looks.queue import queue_look
from wallboard.view.numbers import party, readable, target, written
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
) -> list[Line]:
    """The panel of `row`: facts, what was seen of it, what can and cannot be done, the vendor's own words, and what is
    read about it on demand; of a queue its `settings` alone; or, where it `explains`, what its figures are made of.
    `pane` None: a row that stands in none, such as a telephone. `helpers` and `help_key` as in `queue_look`."""
    lines = [] if explains or settings else _look(row, context, helpers, help_key, width)
    facts = explained(row, context) if explains else [] if lines and isinstance(row, Queue) else _facts(row, context)
    least = LABEL if lines else _LABEL
    column = min(max(least, min(_LABEL_MOST, width // 6)), max([least, *(cell_width(name) for name, _ in facts)]))
    what = "EXPLAIN" if explains else "SETTINGS" if settings else "DETAILS"
    lines = lines or [_head(pane, row, context, what, width)]
    for name, text in facts:
        lines += _wrapped(name, text, width, label=column)
    if explains:
        return lines
    if note:
        lines += _wrapped("note", note, width, label=column)
    if history:
        lines += _wrapped("seen", " · ".join(history), width, label=column)
    able = "  ".join(f"{hint.key} {hint.text}" for hint in hints if hint.ok)
    unable = " · ".join(f"{' '.join(keys)}: {reason}" for reason, keys in by_reason(hints).items())
    if able:
        lines += _wrapped("can", able, width, label=column)
    if unable:
        lines += _wrapped("cannot", unable, width, "muted", column)
    return [*lines, *report_lines(readings, context.now, width, lambda text: readable(text, row.key.source, context))]


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
    read = f"read {age(context.since(seen))} ago" if seen is not None else "not read yet"
    told = f"{clean(str(row.key), 80)} · {context.state(row.key).value} · {read}"
    return rule(f"{what} {label(row) if pane is None else pane.label(row)}", told, width)


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
        return f"place {row.position} of {waiting}"
    place = place_by_wait(row, context)
    return f"place {count(place)}" if place is None else f"place {place} of {waiting} by waiting time"


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
            word = glyphs.AGENT[agent.state][1]
            doing.append(f"{agent.name} {word}" + (f" {span(clock)}" if clock is not None else ""))
    more = f", and {len(doing) - 6} more" if len(doing) > 6 else ""
    return f"{ready}/{len(staffed)} ready: {', '.join(doing[:6])}{more}" if doing else f"{ready}/{len(staffed)} ready"


def _notice(row: Notice, context: Context) -> list[Fact]:
    def when(instant: float | None) -> str:
        return moment(instant, context.now, context.zone)

    ends = "until somebody ends it" if row.active_to is None else f"to {when(row.active_to)}"
    begins = f"from {when(row.active_from)} " if row.active_from is not None else ""
    facts = [
        ("notice", f"{row.title} · {row.set}" if row.set else str(row.title)),
        ("state", f"{notice_state(row, context.now)}, {begins}{ends}"),
    ]
    named = (("why", row.why), ("where", row.where), ("when", row.when), ("remarks", row.remarks))
    return [*facts, *((name, str(text) or DASH) for name, text in named)]


def _receptionist(row: Receptionist, context: Context) -> list[Fact]:
    glyph, word, _ = RECEPTIONIST[row.open]
    there = zone_of(row)
    changes = "no change within a fortnight, or none known"
    if row.until is not None:
        changes = f"until {moment(row.until, context.now, there or context.zone)}"
        if there is not None:
            here = moment(row.until, context.now, context.zone)
            local_time = moment(row.until, context.now, there)
            changes += f" {there.key}" + (f", {here} here" if here != local_time else "")
    state = f"{glyph} {word}, {changes}" if row.open is not None else f"{glyph} open or closed is not known"
    facts = [("now", state), ("number", f"{row.number or DASH} · language {row.language or DASH}")]
    words, source = {True: "open", False: "closed", None: "no rule"}, row.key.source
    facts += [
        (entry.input or DASH, f"{glyphs.TO} {target(entry.to, source, context) or DASH} ({words[entry.open]})")
        for entry in relevant(row)
    ]
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
    match row:
        case Queue():
            facts = _queue(row)
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
            state = {True: "registered", False: "not registered", None: "registration not told"}[row.registered]
            name = "room" if row.use == CONFERENCE else "phone"
            facts = [(name, f"{row.name or DASH} · extension {row.extension or DASH} · {state}")]
        case ParkedCall():
            returns = span(row.returns_at - context.now) if row.returns_at else DASH
            facts = [
                ("caller", party(row.caller, row.number, row.key.source, context)),
                ("slot", f"{row.slot}, parked {span(context.since(row.since))} by {row.by or DASH}"),
                ("returns", f"{returns} to {target(row.returns_to, row.key.source, context) or DASH}"),
            ]
    told = getattr(row, "details", ())
    return [*facts, *((str(name), readable(str(value), row.key.source, context)) for name, value in told)]


def _queue(row: Queue) -> list[Fact]:
    """How it is set up; how it fares is the look's."""
    channel = row.channel.value if row.channel else f"channel {DASH}"
    facts = [("queue", f"{f'{row.name} {row.number}'.strip()} · {channel} · strategy {row.strategy or DASH}")]
    return [*facts, ("reached", ", ".join(row.addresses))] if row.addresses else facts


def _member(row: Member, context: Context) -> list[Fact]:
    glyph, word, _ = glyphs.MEMBER[row.state]
    served = row.state is MemberState.TALKING
    clock = caller_clock(row, context)
    place = f"answered {local(row.answered_at, context.zone)}" if served else _place(row, context)
    joined = local(row.joined_at, context.zone)
    facts = [
        ("caller", f"{glyph} {word} {span(clock)} · {row.queue} · {place} · joined {joined}"),
        ("number", _number(row, context)),
    ]
    if row.serving:
        return [*facts, ("with", row.serving)]
    why = _why(row, context)
    return [*facts, ("why", why)] if why else facts


def _number(row: Member, context: Context) -> str:
    """With what the site knows of it, and whether it has called before."""
    parts = [written(row.number) or "anonymous"]
    known, repeat = context.board.caller(row.key.source, row.number), context.board.repeat(row.key.source, row.number)
    if known is not None:
        limit = "" if known.longest is None else f", may wait {span(known.longest)}"
        parts.append(f"{glyphs.STAR if known.star else 'known as'} {known.name}{limit}")
    if repeat is not None:
        parts.append(f"{ordinal(repeat.times)} call in {max(1, round((context.now - repeat.first) / 60))} min")
    return " · ".join(parts)


def _call(row: Call, context: Context) -> list[Fact]:
    glyph, word, _ = glyphs.CALL[row.state]
    recording = {True: "recording", False: "not recorded", None: "recording unknown"}[row.recording]
    begun, answered = local(row.started_at, context.zone), local(row.answered_at, context.zone)
    facts = [
        ("call", f"{glyph} {word} · {row.direction.value} · {recording}"),
        ("from", party(row.from_name, row.from_number, row.key.source, context) or "unknown"),
        ("to", party(row.to_name, row.to, row.key.source, context) or "unknown"),
        ("times", f"set up {begun}, answered {answered}"),
    ]
    if row.agent:
        facts.append(("agent", row.agent))
    if not row.real:
        facts.append(("note", "the talk runs elsewhere (forwarded): no listening here"))
    return facts
