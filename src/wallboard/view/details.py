"""Everything known of one row, in lines: what it is, what can be done with it and why the rest cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wallboard.board import QueueFigures
from wallboard.board.agent_day import AgentDay
from wallboard.board.forecast import AHEAD, word
from wallboard.board.hotline_numbers import figures
from wallboard.board.source import COUNTING
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
from wallboard.view.figures import busy_hour, caller_clock, ladder, level_text
from wallboard.view.format import DASH, age, count, local, moment, ordinal, percent, plural, span
from wallboard.view.lines import Line, clip, rule, wrapped
from wallboard.view.links import linked
from wallboard.view.panes.agents import state_of
from wallboard.view.panes.base import Pane
from wallboard.view.panes.hotlines import drifted
from wallboard.view.panes.members import place_by_wait
from wallboard.view.panes.others import RECEPTIONIST, notice_state, relevant
from wallboard.view.reports import Reading, report_lines

_LABEL, _LABEL_MOST = 8, 20
"""Columns of the names on the left, and how many they may take where there is room for it."""

ZONE_DETAILS = ("time zone", "timezone", "zone")
"""Names under which a receptionist's details carry the time zone of its hours."""

Fact = tuple[str, str]
"""Its name, and what is known."""

_DUTY = {True: "on", False: "off", None: "duty not told"}


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
) -> list[Line]:
    """The panel of `row`: facts, what was seen of it, what can and cannot be done, the vendor's own words, and what is
    read about it on demand; or, where it `explains`, what its figures are made of. `pane` None: a row that stands in
    none, such as a telephone."""
    seen = context.board.seen_at(row.key)
    read = f"read {age(context.since(seen))} ago" if seen is not None else "not read yet"
    state = context.state(row.key).value
    lines: list[Line] = [
        rule(
            f"{'EXPLAIN' if explains else 'DETAILS'} {label(row) if pane is None else pane.label(row)}",
            f"{clean(str(row.key), 80)} · {state} · {read}",
            width,
        )
    ]
    facts = explained(row, context) if explains else _facts(row, context)
    column = min(max(_LABEL, min(_LABEL_MOST, width // 6)), max([_LABEL, *(cell_width(name) for name, _ in facts)]))
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
    return [*lines, *report_lines(readings, context.now, width)]


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


def _roster(row: Queue, context: Context) -> str:
    """How many people a queue has whose states nobody tells."""
    people = [agent for agent in _staff(row.key.id, row.key.source, context) if agent.no_state]
    return f"{len(people)} on the roster, {people[0].no_state}" if people else ""


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
    words = {True: "open", False: "closed", None: "no rule"}
    facts += [(entry.input or DASH, f"{glyphs.TO} {entry.to or DASH} ({words[entry.open]})") for entry in relevant(row)]
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
            facts = _queue(row, context)
        case Member():
            facts = _member(row, context)
        case Agent():
            facts = _agent(row, context)
        case Call():
            facts = _call(row, context)
        case Hotline():
            facts = _hotline(row, context)
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
                ("caller", f"{row.caller} {row.number}".strip()),
                ("slot", f"{row.slot}, parked {span(context.since(row.since))} by {row.by or DASH}"),
                ("returns", f"{returns} to {row.returns_to or DASH}"),
            ]
    return [*facts, *((str(name), str(value)) for name, value in getattr(row, "details", ()))]


_COUNTED = (
    *(state for state in AgentState if state not in (AgentState.OFF, AgentState.UNKNOWN)),
    *(AgentState.OFF, AgentState.UNKNOWN),
)


def _queue(row: Queue, context: Context) -> list[Fact]:
    stats = context.stats(row.key)
    level = stats.service_level
    agents = ", ".join(f"{value} {glyphs.AGENT[state][1]}" for state in _COUNTED if (value := stats.counts.of(state)))
    channel = row.channel.value if row.channel else f"channel {DASH}"
    longest = span(stats.longest(context.now))
    callers = (
        f"{count(stats.waiting)} waiting, {count(stats.ringing)} ringing, {count(stats.talking)} talking"
        f" · longest {longest}"
    )
    facts = [
        ("queue", f"{f'{row.name} {row.number}'.strip()} · {channel} · strategy {row.strategy or DASH}"),
        ("callers", f"{DASH} {row.no_counts}" if row.no_counts else callers),
        ("agents", agents or _roster(row, context) or "none known"),
    ]
    if not row.no_counts:
        share = f"{level_text(level)} of {level.n} ({level.formula}, {level.window}), goal {level.goal.percent:g}%"
        facts += [
            ("service", f"{DASH} {level.reason}" if level.value is None else share),
            *_day(stats, context.zone),
            *_outlook(row, context),
        ]
    return [*facts, ("reached", ", ".join(row.addresses))] if row.addresses else facts


def _outlook(row: Queue, context: Context) -> list[Fact]:
    """How likely it is that the limit of the longest wait is passed soon, and with one agent more."""
    found = context.board.outlook(row.key)
    if found is None:
        return []
    told, ahead = found.soon, f"longest > {span(found.limit)} within {AHEAD / 60:.0f} min"
    if told.likely is None or told.with_one_more is None:
        return [("soon", f"{DASH} {told.reason}")]
    one, more = (f"{word(share)} ({share:.1f})" for share in (told.likely, told.with_one_more))
    return [("soon", f"{ahead}: {one}; with one more agent: {more} · n {told.n}")]


def _day(stats: QueueFigures, zone: tzinfo | None) -> list[Fact]:
    """What became of the callers since the day began, and the means."""
    if stats.offered is None:
        return [("today", f"{DASH} not counted yet")]
    ends = (("answered", stats.answered), ("lost", stats.lost), ("pulled", stats.pulled), ("flowed", stats.flowed))
    told = ", ".join(f"{count(value)} {name}" for name, value in (*ends, ("unseen", stats.unseen)))
    share = DASH if stats.lost_percent is None else f"{stats.lost_percent:.1f}%"
    if stats.resets:
        told += f" · {plural(stats.resets, 'restart')} of the vendor seen"
    since = f" since {local(stats.counted_since, zone, seconds=False)}" if stats.counted_since is not None else ""
    return [
        ("today", f"{stats.offered} offered{since}: {told} · lost {share}"),
        (
            "means",
            f"answered after {span(stats.asa)}, handled in {span(stats.aht)}, wrap-up {span(stats.wrap_up)}"
            f" · occupancy {percent(stats.occupancy)} · expected wait {span(stats.expected_wait)}",
        ),
    ]


def _agent_day(day: AgentDay, zone: tzinfo | None) -> str:
    """What the agent has done since the day began, or since we look."""
    times = (("talk", AgentState.TALKING), ("wrap-up", AgentState.WRAP_UP), ("idle", AgentState.READY))
    told = ", ".join(f"{span(day.of(state))} {name}" for name, state in times)
    pauses = f"{plural(day.pauses, 'pause')} {span(day.of(AgentState.BREAK))}"
    since = local(day.since, zone, seconds=False)
    return f"{day.answered} answered, {day.missed} missed · {told}, {pauses} · since {since}"


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
    parts = [row.number or "anonymous"]
    known, repeat = context.board.caller(row.key.source, row.number), context.board.repeat(row.key.source, row.number)
    if known is not None:
        limit = "" if known.longest is None else f", may wait {span(known.longest)}"
        parts.append(f"{glyphs.STAR if known.star else 'known as'} {known.name}{limit}")
    if repeat is not None:
        parts.append(f"{ordinal(repeat.times)} call in {max(1, round((context.now - repeat.first) / 60))} min")
    return " · ".join(parts)


def _agent(row: Agent, context: Context) -> list[Fact]:
    glyph, word, _ = state_of(row)
    places = ", ".join(
        f"{place.queue}"
        + (f" level {place.level}" if place.level is not None else "")
        + (f" position {place.position}" if place.position is not None else "")
        + (" paused" if place.paused else "")
        for place in row.memberships
    )
    phone = {True: "registered", False: "not registered", None: DASH}[row.registered]
    clock = span(context.since(row.since))
    facts = [("agent", f"{glyph} {word} {clock} · extension {row.extension or DASH} · phone {phone}")]
    if row.no_state:
        facts.append(("state", f"{DASH} {row.no_state}"))
    facts.append(("queues", places or "none"))
    if not row.no_state:
        facts.append(("vendor", f"status {row.raw_status or DASH}, state {row.raw_state or DASH}"))
    if row.with_name:
        facts.append(("with", row.with_name))
    day = context.board.agent_day(row.key)
    if day is not None and not row.no_state and context.now - day.since >= COUNTING:
        facts.append(("today", _agent_day(day, context.zone)))
    return facts


def _call(row: Call, context: Context) -> list[Fact]:
    glyph, word, _ = glyphs.CALL[row.state]
    recording = {True: "recording", False: "not recorded", None: "recording unknown"}[row.recording]
    begun, answered = local(row.started_at, context.zone), local(row.answered_at, context.zone)
    facts = [
        ("call", f"{glyph} {word} · {row.direction.value} · {recording}"),
        ("from", f"{row.from_name} {row.from_number}".strip() or "unknown"),
        ("to", f"{row.to} {row.to_name}".strip() or "unknown"),
        ("times", f"set up {begun}, answered {answered}"),
    ]
    if row.agent:
        facts.append(("agent", row.agent))
    if not row.real:
        facts.append(("note", "the talk runs elsewhere (forwarded): no listening here"))
    return facts


def _hotline(row: Hotline, context: Context) -> list[Fact]:
    since = f" for {age(context.since(row.since))}" if row.since else ""
    drift = "  NOT AS ASKED" if drifted(row) else ""
    facts = [
        ("hotline", f"{row.state.value} ({row.raw_status or 'no word'}){since}, asked {row.asked}{drift}"),
        ("channels", f"in {DASH}/{count(row.channels_in)}, out {DASH}/{count(row.channels_out)} (use is not told)"),
    ]
    for agent in row.agents:
        phones = "not read yet"
        if agent.phones is not None:
            phones = ", ".join(f"{phone.name} {phone.number} {_DUTY[phone.active]}" for phone in agent.phones)
        facts.append(("duty", f"{agent.name}: {phones or 'no phone'}"))
    if row.calls is not None:
        made = figures(row.calls, context.zone)
        taken = f"{made.taken} of {plural(made.calls, 'call')} taken, {ladder(made)}"
        facts.append(("24 h", f"{taken} · busy hour {busy_hour(made)}"))
    if (last := row.last_call) is not None:
        taken = f"{local(last.started_at, context.zone)} taken by {last.taken_by or DASH}"
        facts.append(("last", f"{taken}, {last.entries} entries"))
    return [*facts, ("says", f"callers: {row.announcement_in or DASH} · agents: {row.announcement_out or DASH}")]
