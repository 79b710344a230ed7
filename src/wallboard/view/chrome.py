"""The lines around the panes: header, alarm line, call bar, target line with the last outcome, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Hotline, Queue
from wallboard.domain.states import AgentState, HotlineState, ResourceState, SourceState
from wallboard.view import glyphs
from wallboard.view.cells import ELLIPSIS, Cell
from wallboard.view.context import Context
from wallboard.view.format import age, plural, span
from wallboard.view.lines import Line, clip, joined, line_width, spread
from wallboard.view.panes.hotlines import active_phones

_OFF_DUTY = (AgentState.OFF, AgentState.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Totals:
    """The board in a handful of numbers; None where nothing is known."""

    waiting: int | None
    longest: float | None
    longest_queue: str
    ready: int
    staffed: int
    agents_known: bool
    hotlines_open: int
    hotlines: int
    phones: int


def totals(context: Context) -> Totals:
    board = context.board
    waiting: int | None = None
    longest: float | None = None
    name = ""
    for row in board.rows(Resource.QUEUES):
        if not isinstance(row, Queue):
            continue
        stats = context.stats(row.key)
        if stats.waiting is not None or stats.ringing is not None:
            waiting = (waiting or 0) + (stats.waiting or 0) + (stats.ringing or 0)
        clock = context.elapsed(row.key, stats.longest_since)
        if clock is not None and (longest is None or clock > longest):
            longest, name = clock, row.name
    agents = [row for row in board.rows(Resource.AGENTS) if isinstance(row, Agent)]
    hotlines = [row for row in board.rows(Resource.HOTLINES) if isinstance(row, Hotline)]
    return Totals(
        waiting,
        longest,
        name,
        len([row for row in agents if row.state is AgentState.READY]),
        len([row for row in agents if row.state not in _OFF_DUTY]),
        bool(agents),
        len([row for row in hotlines if row.state is HotlineState.OPEN]),
        len(hotlines),
        sum(active_phones(row) or 0 for row in hotlines),
    )


def _old(context: Context, resource: Resource) -> str:
    """The sign before a number of which some part is too old to be true."""
    state = context.board.pane_state(resource).state
    return glyphs.STALE if state in (ResourceState.STALE, ResourceState.GONE) else ""


def header(
    context: Context, width: int, site: str, wall: datetime, phone: Sequence[Cell], frozen: str = "", banner: str = ""
) -> Line:
    """Line 1. Wide, it speaks in words; narrow, it keeps the numbers."""
    numbers = totals(context)
    active = context.board.alarms.active(context.now)
    alarms = len([alarm for alarm in active if alarm.severity == "alarm"])
    warnings = len(active) - alarms
    views = context.views()
    live = len([view for view in views if view.state is SourceState.LIVE])
    wide = width >= 150
    middle = width >= 100
    gap = "   " if wide else "  "
    counts: Line = []
    if alarms:
        counts.append(Cell(f"{glyphs.ALARM}{alarms}", "alarm"))
    if warnings:
        counts.append(Cell(f"{' ' if alarms else ''}{glyphs.WARN}{warnings}", "warn"))
    if not counts:
        counts.append(Cell("alarms –" if blind(context) else "no alarms", "muted"))
    old_queues, old_agents = _old(context, Resource.QUEUES), _old(context, Resource.AGENTS)
    bold = "stale" if old_queues else "digits bold"
    waiting = "–" if numbers.waiting is None else f"{old_queues}{numbers.waiting}"
    wait = [Cell("wait ", "muted"), Cell(waiting, bold)]
    longest = [Cell("longest ", "muted"), Cell(old_queues + span(numbers.longest), bold)]
    if numbers.longest_queue:
        longest.append(Cell(f" {numbers.longest_queue}"))
    ready = [
        Cell("ready ", "muted"),
        Cell(
            f"{old_agents}{numbers.ready}/{numbers.staffed}" if numbers.agents_known else "–",
            "stale" if old_agents else "digits",
        ),
    ]
    hotlines: Line = []
    if numbers.hotlines:
        old = _old(context, Resource.HOTLINES)
        some = f"{old}{numbers.hotlines_open}/{numbers.hotlines}"
        text = f"{some} open, {plural(numbers.phones, 'phone')}" if wide else some
        hotlines = [Cell("hotlines " if middle else "hotl ", "muted"), Cell(text, "stale" if old else "digits")]
    sources = [
        Cell("sources " if middle else "src ", "muted"),
        Cell(f"{live}/{len(views)}", "digits" if live == len(views) else "stale"),
    ]
    if middle:
        for view in views:
            if view.state is not SourceState.LIVE:
                glyph = glyphs.STALE if view.state in (SourceState.LATE, SourceState.STALE) else glyphs.ALARM
                since = f" {age(view.age)}" if view.age is not None else ""
                mark = ":" if len(sources) == 2 else ","
                sources.append(Cell(f"{mark} {view.info.name} {glyph} {view.state.value}{since}", "stale"))
    clock = [Cell(wall.strftime("%H:%M:%S"), "digits")]
    parts: list[Sequence[Cell]] = [
        [Cell(f" {site}", "text bold")],
        clock,
        counts,
        wait,
        longest,
        ready,
        hotlines,
        sources,
    ]
    if frozen:
        parts.insert(2, [Cell(frozen, "warn")])
    if banner:
        parts.insert(2, [Cell(banner, "warn")])
    if middle:
        parts.append(phone)
    while len(parts) > 5 and line_width(joined(parts, gap)) > width:
        if gap == "   ":
            gap = "  "
        elif len(gap) == 2 and line_width(joined(parts, " ")) <= width:
            gap = " "
        else:
            parts.pop()
    if line_width(joined(parts, gap)) > width:
        # A screen this narrow has its clock elsewhere; how long somebody waits it has only here.
        gap = " "
        parts = parts if line_width(joined(parts, gap)) <= width else [part for part in parts if part is not clock]
    return clip(joined(parts, gap), width)


def blind(context: Context) -> bool:
    """Whether nothing is known: silence is no good news then."""
    return not any(view.state in (SourceState.LIVE, SourceState.LATE) for view in context.board.source_views())


def alarm_line(context: Context, width: int, shown: str | None, fresh: int, keys: tuple[str, str]) -> Line:
    """Line 2: the worst unacknowledged alarm as a sentence. `shown` is its id, `fresh` counts those that are newer
    and have not taken their place yet, `keys` are the keys of jump and acknowledge."""
    active = context.board.alarms.active(context.now)
    current = next((alarm for alarm in active if alarm.id == shown), None)
    newer = [Cell(f"+{fresh} {glyphs.ALARM} new ", "alarm")] if fresh else []
    if current is None:
        if active:
            word = ", all acknowledged" if all(alarm.acked_by for alarm in active) else ""
            return spread([Cell(f" {plural(len(active), 'alarm')} active{word}", "muted")], newer, width)
        nothing = " no alarm can be known: no source is live" if blind(context) else " no alarm"
        return spread([Cell(nothing, "muted")], newer, width)
    place = [alarm.id for alarm in active].index(current.id) + 1
    glyph, token = glyphs.SEVERITY[current.severity]
    wide = width >= 110
    sentence = current.sentence + (", unknown now" if current.unknown else "")
    since = f", since {datetime.fromtimestamp(current.since, context.zone).strftime('%H:%M:%S')}"
    acked = f", acked by {current.acked_by or 'nobody'}" if wide else ""
    left = [
        Cell(f" {glyph} {place}/{len(active)}  " if wide else f" {glyph}{place}/{len(active)} ", token),
        Cell(sentence, f"{token} bold" if not current.unknown else "stale"),
        Cell(since + acked, "muted"),
    ]
    right = [Cell(f"  {keys[0]} go   {keys[1]} ack   " if wide else f"  {keys[0]} go  {keys[1]} ack ", "muted"), *newer]
    return spread(left, right, width)


def target_line(target: str, freshness: str, outcome: tuple[str, str], unconfirmed: int, width: int) -> Line:
    """What a verb would hit, and what became of the last one (text, token)."""
    left: Line = [
        Cell(f" {glyphs.TARGET} ", "info bold"),
        Cell(target or "nothing selected", "text bold" if target else "muted"),
    ]
    if target and freshness:
        left.append(Cell(f" · {freshness}", "muted" if freshness.endswith("live") else "stale"))
    text, token = outcome
    wide = width >= 110
    words = f"   {unconfirmed} unconfirmed " if wide or not text else f"  {unconfirmed}? " if unconfirmed else " "
    count = Cell(words, "warn" if unconfirmed else "muted")
    right: Line = [count]
    if text:
        room = width - line_width(left) - line_width(right) - 2
        size = min(line_width([Cell(text)]), max(width // 3, room))
        right = [Cell("  "), *clip([Cell(text, token)], size), count]
    return spread(left, right, width)


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key of the key bar: what it does here, or why not."""

    key: str
    text: str
    ok: bool = True
    reason: str = ""


def key_bar(hints: Sequence[KeyHint], general: Sequence[KeyHint], width: int) -> Line:
    """The keys that work on this row, then the dim ones by reason, then the general ones at the right."""
    right: Line = []
    for hint in general if width >= 110 else general[-1:]:
        right += [Cell(f"  {hint.key}", "info"), Cell(f" {hint.text}", "muted")]
    right.append(Cell(" "))
    left: Line = [Cell(" ")]
    room = width - line_width(right)
    reasons: dict[str, list[str]] = {}
    for hint in hints:
        if not hint.ok:
            reasons.setdefault(hint.reason, []).append(hint.key)
            continue
        cells = [Cell(hint.key, "info bold"), Cell(f" {hint.text}  ", "text")]
        if line_width([*left, *cells]) - 2 > room:
            left.append(Cell(ELLIPSIS, "muted"))
            return spread(left, right, width)
        left += cells
    # Whole reasons, as many as fit; the rest is one key away.
    lead = "dim: " if width >= 110 else f"{glyphs.UPRIGHT} "
    dim = ""
    for reason, keys in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        longer = f"{dim}, {' '.join(keys)} {reason}" if dim else f"{lead}{' '.join(keys)} {reason}"
        if line_width([*left, Cell(longer)]) > room - 2:
            dim = f"{dim or lead}{ELLIPSIS}" if dim else longer
            break
        dim = longer
    left.append(Cell(dim, "muted"))
    return spread(left, right, width)


def call_bar(
    mode: str,
    clock: float | None,
    phone: str,
    parties: str,
    hears: str,
    proof: str,
    keys: Sequence[KeyHint],
    width: int,
) -> Line:
    """My own listen, whisper or barge: mode, both parties, who hears me, elapsed and proof."""
    left: Line = [
        Cell(f" {mode} {span(clock)} ", "alarm reverse"),
        Cell(f"  my {phone} · {parties} · " if width >= 110 else f" my {phone}  {parties}  "),
        Cell(hears, "warn" if hears != "nobody hears you" else "text"),
    ]
    if width >= 110:
        left.append(Cell(f" · {proof}", "muted"))
    right: Line = []
    for hint in keys:
        right += [
            Cell(f"  {hint.key}", "info bold" if hint.ok else "muted"),
            Cell(f" {hint.text}", "text" if hint.ok else "muted"),
        ]
    right.append(Cell(" "))
    return spread(left, right, width)
