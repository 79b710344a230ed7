"""The lines around the panes: alarm line, call bar, target line with the last outcome, and the keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wallboard.control.labels import who_hears
from wallboard.domain.language import tr, trc, trn
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import Verb
from wallboard.view import glyphs
from wallboard.view.alarm_words import counted, lines_of, visited
from wallboard.view.cells import ELLIPSIS, Cell
from wallboard.view.context import Context
from wallboard.view.format import local, span
from wallboard.view.header import blind
from wallboard.view.lines import Line, clip, line_width, spread


def alarm_line(context: Context, width: int, shown: str | None, fresh: int, keys: tuple[str, str]) -> Line:
    """Line 2: the worst unacknowledged alarm as a sentence. `shown` says which alarms of one object stand here, `fresh`
    counts those that are newer and have not taken their place yet, `keys` are the keys of jump and acknowledge, "" for
    none."""
    book = context.board.alarms
    lines = context.once("alarm lines", lambda: lines_of(book))
    current = next((line for line in lines if line.stamp == shown), None)
    newer = [Cell(f"+{fresh} {glyphs.ALARM} {tr('new')} ", "alarm")] if fresh else []
    if current is None:
        return spread([Cell(f" {_nothing_open(context)}", "muted")], newer, width)
    alarm = current.lead
    reached = visited(lines)
    place = f"{reached.index(current) + 1}/{len(reached)}" if current in reached else ""
    glyph, token = glyphs.SEVERITY[alarm.severity]
    wide = width >= 110
    unknown = f", {tr('unknown now')}" if alarm.unknown and not alarm.cleared else ""
    flood = f"{tr('FLOOD {n} in 10 min', n=book.rate)}: " if book.flood else ""
    times = f", {tr('since {time}', time=local(alarm.since, context.zone))}"
    if alarm.cleared:
        times = f", {local(alarm.since, context.zone)}–{local(alarm.cleared_at, context.zone)}"
        acked = f", {tr('over, nobody saw it')}"
    elif alarm.snoozed:
        acked = f", {tr('snoozed by {who}', who=alarm.snoozed_by)}"
    else:
        known = tr("acked by {who}", who=alarm.acked_by) if alarm.acked_by else tr("acked by nobody")
        acked = f", {known}" if wide else ""
    quiet = "stale" if unknown else "muted" if alarm.cleared else f"{token} bold"
    go, ack = "alarm.go", "alarm.acknowledge"
    left = [
        Cell(f" {glyph} {place}  " if wide and place else f" {glyph}{place} ", token, press=go),
        Cell(flood + current.sentence + unknown, quiet, press=go),
        Cell(times + acked, "muted", press=go),
    ]
    gap = " " if wide else ""
    right = [
        Cell(f"  {keys[0]} {trc('key', 'go')}{gap}", "muted", press=go),
        *([Cell(f"  {keys[1]} {trc('key', 'ack')} {gap * 2}", "muted", press=ack)] if keys[1] else []),
        *newer,
    ]
    return spread(left, right, width)


def _nothing_open(context: Context) -> str:
    """What there is where nothing asks for an acknowledgement."""
    book = context.board.alarms
    active = sum(counted(book))
    snoozed = len(book.snoozed())
    parts = [trn("{n} alarm active, all acknowledged", "{n} alarms active, all acknowledged", active)] if active else []
    parts += [tr("{n} snoozed", n=snoozed)] if snoozed else []
    if parts:
        return ", ".join(parts)
    return tr("no alarm can be known: no source is live") if blind(context) else tr("no alarm")


_LEAST_OUTCOME = 20
"""Cells with less of an old outcome than this say nothing."""


def target_line(
    target: str, freshness: Cell, outcome: tuple[str, str], unconfirmed: int | None, width: int, *, fresh: bool = True
) -> Line:
    """What a verb would hit, and what became of the last one (text, token), which cuts the former only while it is
    `fresh`. `unconfirmed` None: there are no verbs."""
    left: Line = [
        Cell(f" {glyphs.TARGET} ", "info bold"),
        Cell(target or tr("nothing selected"), "text bold" if target else "muted"),
    ]
    if target and freshness.text:
        left.append(freshness._replace(text=f" · {freshness.text}"))
    text, token = outcome
    wide = width >= 110
    words = f"  {unconfirmed}? " if unconfirmed else " "
    if unconfirmed is not None and (wide or not text):
        words = f"   {tr('{n} unconfirmed', n=unconfirmed)} "
    count = Cell(words, "warn" if unconfirmed else "muted", press="mode.unconfirmed" if unconfirmed else "")
    right: Line = [count]
    if text:
        room = width - line_width(left) - line_width(right) - 2
        size = min(line_width([Cell(text)]), max(width // 3, room) if fresh else room)
        if fresh or size >= min(line_width([Cell(text)]), _LEAST_OUTCOME):
            right = [Cell("  "), *clip([Cell(text, token)], size), count]
    return spread(left, right, width)


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key of the key bar: what it does here, or why not. `action` is the id of that, for a click."""

    key: str
    text: str
    ok: bool = True
    reason: str = ""
    action: str = ""


def by_reason(hints: Iterable[KeyHint]) -> dict[str, list[str]]:
    """The keys that do nothing here, by why."""
    reasons: dict[str, list[str]] = {}
    for hint in hints:
        if not hint.ok:
            reasons.setdefault(hint.reason, []).append(hint.key)
    return reasons


def key_bar(hints: Sequence[KeyHint], general: Sequence[KeyHint], width: int) -> Line:
    """The keys that work on this row, then the dim ones by reason, then the general ones at the right."""
    right: Line = []
    for hint in general if width >= 110 else general[-1:]:
        right += [Cell(f"  {hint.key}", "info", press=hint.action), Cell(f" {hint.text}", "muted", press=hint.action)]
    right.append(Cell(" "))
    left: Line = [Cell(" ")]
    room = width - line_width(right)
    for hint in (hint for hint in hints if hint.ok):
        cells = [Cell(hint.key, "info bold", press=hint.action), Cell(f" {hint.text}  ", "text", press=hint.action)]
        if line_width([*left, *cells]) - 2 > room:
            left.append(Cell(ELLIPSIS, "muted"))
            return spread(left, right, width)
        left += cells
    # Whole reasons, as many as fit; the rest is one key away.
    lead = f"{tr('dim')}: " if width >= 110 else f"{glyphs.UPRIGHT} "
    dim = ""
    for reason, keys in sorted(by_reason(hints).items(), key=lambda pair: -len(pair[1])):
        longer = f"{dim}, {' '.join(keys)} {reason}" if dim else f"{lead}{' '.join(keys)} {reason}"
        if line_width([*left, Cell(longer)]) > room - 2:
            dim = f"{dim or lead}{ELLIPSIS}" if dim else longer
            break
        dim = longer
    left.append(Cell(dim, "muted"))
    return spread(left, right, width)


_PROOF = 20
"""Columns that the proof in the call bar keeps at least: `confirmed by event`."""


def call_bar(
    mode: str,
    clock: float | None,
    phone: str,
    parties: str,
    hears: str,
    proof: str,
    keys: Sequence[KeyHint],
    width: int,
    caution: str = "",
) -> Line:
    """My own listen, whisper or barge: mode, both parties, who hears me, elapsed and proof. `caution` is said where
    there is room for it."""
    mine = tr("my {phone}", phone=phone)
    left: Line = [
        Cell(f" {mode} {span(clock)} ", "alarm reverse"),
        Cell(f"  {mine} · {parties} · " if width >= 110 else f" {mine}  {parties}  "),
        Cell(hears, "text" if hears == who_hears(Verb.LISTEN, None) else "warn"),
    ]
    right: Line = []
    for hint in keys:
        right += [
            Cell(f"  {hint.key}", "info bold" if hint.ok else "muted", press=hint.action),
            Cell(f" {hint.text}", "text" if hint.ok else "muted", press=hint.action),
        ]
    right.append(Cell(" "))
    if width >= 110:
        warning = [Cell(f" · {caution}", "warn")] if caution else []
        # The proof may be cut at its end, where the caution has no end to lose.
        if line_width([*left, *warning, *right]) + _PROOF <= width:
            left += warning
        left.append(Cell(f" · {proof}", "muted"))
    return spread(left, right, width)
