"""Everything known of one row, in lines: what it is, what can be done with it and why the rest cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wallboard.board import QueueFigures
from wallboard.board.agent_day import AgentDay
from wallboard.board.source import COUNTING
from wallboard.control.labels import label
from wallboard.control.policy import CONFERENCE
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import cell_width, clean
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.chrome import KeyHint
from wallboard.view.context import Context
from wallboard.view.figures import caller_clock, level_text
from wallboard.view.format import DASH, age, count, local, moment, percent, plural, span
from wallboard.view.lines import Line, clip, rule, wrapped
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
) -> list[Line]:
    """The panel of `row`: facts, what was seen of it, what can and cannot be done, the vendor's own words, and what is
    read about it on demand. `pane` None: a row that stands in none, such as a telephone."""
    seen = context.board.seen_at(row.key)
    read = f"read {age(context.since(seen))} ago" if seen is not None else "not read yet"
    state = context.state(row.key).value
    lines: list[Line] = [
        rule(
            f"DETAILS {label(row) if pane is None else pane.label(row)}",
            f"{clean(str(row.key), 80)} · {state} · {read}",
            width,
        )
    ]
    facts = _facts(row, context)
    column = min(max(_LABEL, min(_LABEL_MOST, width // 6)), max([_LABEL, *(cell_width(name) for name, _ in facts)]))
    for name, text in facts:
        lines += _wrapped(name, text, width, label=column)
    if note:
        lines += _wrapped("note", note, width, label=column)
    if history:
        lines += _wrapped("seen", " · ".join(history), width, label=column)
    able = "  ".join(f"{hint.key} {hint.text}" for hint in hints if hint.ok)
    reasons: dict[str, list[str]] = {}
    for hint in hints:
        if not hint.ok:
            reasons.setdefault(hint.reason, []).append(hint.key)
    unable = " · ".join(f"{' '.join(keys)}: {reason}" for reason, keys in reasons.items())
    if able:
        lines += _wrapped("can", able, width, label=column)
    if unable:
        lines += _wrapped("cannot", unable, width, "muted", column)
    return [*lines, *report_lines(readings, context.now, width)]


def _wrapped(name: str, text: str, width: int, style: str = "text", label: int = 8) -> list[Line]:
    room = max(10, width - label - 2)
    return [
        clip([Cell(f" {fit(name if not index else '', label)} ", "muted"), Cell(part, style)], width)
        for index, part in enumerate(wrapped(text, room))
    ]


def _place(row: Member, context: Context) -> str:
    """`place 1 of 7`; by waiting time, where the vendor has no positions."""
    waiting = len(
        [
            other
            for other in context.board.rows(Resource.MEMBERS, row.key.source)
            if isinstance(other, Member)
            and other.queue_id == row.queue_id
            and other.state in (MemberState.WAITING, MemberState.RINGING)
        ]
    )
    if row.position is not None:
        return f"place {row.position} of {waiting}"
    place = place_by_wait(row, context)
    return f"place {count(place)}" if place is None else f"place {place} of {waiting} by waiting time"


def _why(row: Member, context: Context) -> str:
    """Why nobody answers: who of the queue's agents is ready, and what the others do."""
    agents = [
        agent
        for agent in context.board.rows(Resource.AGENTS, row.key.source)
        if isinstance(agent, Agent) and any(place.queue_id == row.queue_id for place in agent.memberships)
    ]
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
    people = [
        agent
        for agent in context.board.rows(Resource.AGENTS, row.key.source)
        if isinstance(agent, Agent) and agent.no_state and any(p.queue_id == row.key.id for p in agent.memberships)
    ]
    return f"{len(people)} on the roster, {people[0].no_state}" if people else ""


def _notice(row: Notice, context: Context) -> list[tuple[str, str]]:
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


def _receptionist(row: Receptionist, context: Context) -> list[tuple[str, str]]:
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
    facts = [
        ("now", state),
        ("number", f"{row.number or DASH} · language {row.language or DASH}"),
    ]
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


def _day(stats: QueueFigures, zone: tzinfo | None) -> list[tuple[str, str]]:
    """What became of the callers since the day began, and the means."""
    if stats.offered is None:
        return [("today", f"{DASH} not counted yet")]
    ends = (("answered", stats.answered), ("lost", stats.lost), ("pulled", stats.pulled), ("flowed", stats.flowed))
    told = ", ".join(f"{count(value)} {name}" for name, value in (*ends, ("unseen", stats.unseen)))
    share = DASH if stats.lost_percent is None else f"{stats.lost_percent:.1f}%"
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


def _facts(row: Row, context: Context) -> list[tuple[str, str]]:
    since = context.since
    zone = context.zone
    match row:
        case Queue():
            stats = context.stats(row.key)
            counts = stats.counts
            level = stats.service_level
            agents = ", ".join(
                f"{value} {name}"
                for name, value in (
                    ("ready", counts.ready),
                    ("ringing", counts.ringing),
                    ("talking", counts.talking),
                    ("wrap-up", counts.wrap_up),
                    ("break", counts.break_),
                    ("other call", counts.other_call),
                    ("no phone", counts.unreachable),
                    ("stuck", counts.stuck),
                    ("mismatch", counts.mismatch),
                    ("off", counts.off),
                    ("unknown", counts.unknown),
                )
                if value
            )
            facts = [
                (
                    "queue",
                    f"{f'{row.name} {row.number}'.strip()} · {row.channel.value if row.channel else 'channel –'}"
                    f" · strategy {row.strategy or '–'}",
                ),
                (
                    "callers",
                    f"– {row.no_counts}"
                    if row.no_counts
                    else f"{count(stats.waiting)} waiting, {count(stats.ringing)} ringing,"
                    f" {count(stats.talking)} talking · longest {span(stats.longest(context.now))}",
                ),
                ("agents", agents or _roster(row, context) or "none known"),
                (
                    "service",
                    f"{level_text(level)} of {level.n} ({level.formula}, {level.window}), goal {percent(level.goal)}"
                    if level.value is not None
                    else f"– {level.reason}",
                ),
            ]
            if row.no_counts:
                facts = [fact for fact in facts if fact[0] != "service"]
            else:
                facts += _day(stats, zone)
            if row.addresses:
                facts.append(("reached", ", ".join(row.addresses)))
        case Member():
            glyph, word, _ = glyphs.MEMBER[row.state]
            served = row.state is MemberState.TALKING
            clock = caller_clock(row, context)
            place = f"answered {local(row.answered_at, zone)}" if served else _place(row, context)
            facts = [
                (
                    "caller",
                    f"{glyph} {word} {span(clock)} · {row.queue} · {place} · joined {local(row.joined_at, zone)}",
                ),
                ("number", row.number or "anonymous"),
            ]
            if row.serving:
                facts.append(("with", row.serving))
            elif why := _why(row, context):
                facts.append(("why", why))
        case Agent():
            glyph, word, _ = state_of(row)
            places = ", ".join(
                f"{place.queue}"
                + (f" level {place.level}" if place.level is not None else "")
                + (f" position {place.position}" if place.position is not None else "")
                + (" paused" if place.paused else "")
                for place in row.memberships
            )
            phone = {True: "registered", False: "not registered", None: "–"}[row.registered]
            facts = [
                (
                    "agent",
                    f"{glyph} {word} {span(since(row.since))} · extension {row.extension or '–'} · phone {phone}",
                ),
                ("queues", places or "none"),
                ("vendor", f"status {row.raw_status or '–'}, state {row.raw_state or '–'}"),
            ]
            if row.no_state:
                facts = [fact for fact in facts if fact[0] != "vendor"]
                facts.insert(1, ("state", f"– {row.no_state}"))
            if row.with_name:
                facts.append(("with", row.with_name))
            day = context.board.agent_day(row.key)
            if day is not None and not row.no_state and context.now - day.since >= COUNTING:
                facts.append(("today", _agent_day(day, zone)))
        case Call():
            glyph, word, _ = glyphs.CALL[row.state]
            recording = {True: "recording", False: "not recorded", None: "recording unknown"}[row.recording]
            facts = [
                ("call", f"{glyph} {word} · {row.direction.value} · {recording}"),
                ("from", f"{row.from_name} {row.from_number}".strip() or "unknown"),
                ("to", f"{row.to} {row.to_name}".strip() or "unknown"),
                ("times", f"set up {local(row.started_at, zone)}, answered {local(row.answered_at, zone)}"),
            ]
            if row.agent:
                facts.append(("agent", row.agent))
            if not row.real:
                facts.append(("note", "the talk runs elsewhere (forwarded): no listening here"))
        case Hotline():
            facts = [
                (
                    "hotline",
                    f"{row.state.value} ({row.raw_status or 'no word'})"
                    + (f" for {age(since(row.since))}" if row.since else "")
                    + f", asked {row.asked}"
                    + ("  NOT AS ASKED" if drifted(row) else ""),
                ),
                ("channels", f"in –/{count(row.channels_in)}, out –/{count(row.channels_out)} (use is not told)"),
            ]
            for agent in row.agents:
                phones = (
                    "not read yet"
                    if agent.phones is None
                    else ", ".join(f"{phone.name} {phone.number} {_DUTY[phone.active]}" for phone in agent.phones)
                )
                facts.append(("duty", f"{agent.name}: {phones or 'no phone'}"))
            if row.last_call is not None:
                facts.append(
                    (
                        "last",
                        f"{local(row.last_call.started_at, zone)} taken by {row.last_call.taken_by or '–'},"
                        f" {row.last_call.entries} entries",
                    )
                )
            facts.append(("says", f"callers: {row.announcement_in or '–'} · agents: {row.announcement_out or '–'}"))
        case Notice():
            facts = _notice(row, context)
        case Receptionist():
            facts = _receptionist(row, context)
        case Phone():
            state = {True: "registered", False: "not registered", None: "registration not told"}[row.registered]
            facts = [
                (
                    "room" if row.use == CONFERENCE else "phone",
                    f"{row.name or '–'} · extension {row.extension or '–'} · {state}",
                )
            ]
        case ParkedCall():
            facts = [
                ("caller", f"{row.caller} {row.number}".strip()),
                ("slot", f"{row.slot}, parked {span(since(row.since))} by {row.by or '–'}"),
                (
                    "returns",
                    f"{span(row.returns_at - context.now) if row.returns_at else '–'} to {row.returns_to or '–'}",
                ),
            ]
        case _:
            facts = []
    return [*facts, *((str(name), str(value)) for name, value in getattr(row, "details", ()))]
