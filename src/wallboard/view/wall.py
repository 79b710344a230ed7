"""The wall: tiles that fill the screen and keep their places, below them hotlines, the clock and the worst alarm. There
is no cursor on it, and no caller's number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Hotline, Queue
from wallboard.domain.records import dataclass
from wallboard.domain.rules import QueueRule
from wallboard.domain.states import ResourceState
from wallboard.domain.views import View
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.alarm_words import counted, lines_of
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.face import large
from wallboard.view.format import DASH, local, span
from wallboard.view.header import blind, sources_in_words, totals
from wallboard.view.lines import Line, clip, joined, line_width, pressing, spread
from wallboard.view.panes import PANES
from wallboard.view.panes.hotlines import active_phones, drifted
from wallboard.view.scope import in_view
from wallboard.view.tile import DOTS, LEAST, Size, letters_for, needs, strips, tile

PAGE_SECONDS = 15.0
_TALL, _LOW = 5, 2
"""Lines below the tiles, and those on a screen that has no more to give."""
_CLOCK = 21
"""Columns of the large clock."""


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Grid:
    """`across` × `down` places. Where there are several pages, the last of each is kept for alarms of the others."""

    across: int
    down: int
    dots: tuple[int, int]
    pages: int

    @property
    def shares(self) -> bool:
        """Whether a page has a place for alarms of the others."""
        return self.pages > 1 and self.across * self.down > 1

    @property
    def places(self) -> int:
        """Queues of a page."""
        return self.across * self.down - self.shares


def in_order(context: Context, view: View | None = None) -> list[Queue]:
    """The queues of a view, or all, by its patterns or the `[[queue]]` that applies, then by name: an order that no
    reading changes."""
    named = [QueueRule(each) for each in view.queues] if view is not None else []
    rules, sources = named or context.board.settings.queues, list(context.board.sources())

    def place(row: Queue) -> tuple[object, ...]:
        rule = next((n for n, rule in enumerate(rules) if rule.matches(str(row.name), row.key.id)), len(rules))
        return rule, sources.index(row.key.source), row.name.casefold(), row.key

    # A queue whose vendor tells no counts would be a tile of dashes for good.
    rows = (row for row in rows_of(Queue, context.board) if not row.no_counts)
    return sorted((row for row in rows if view is None or in_view(view, row)), key=place)


def grid(width: int, height: int, count: int) -> Grid:
    """The largest digits with which all queues share a page, and the smallest where they need several."""
    for dots in DOTS:
        wide, high = needs(dots)
        across = min(count, width // wide)
        if across and across * (height // high) >= count:
            rows = -(-count // across)
            return Grid(-(-count // rows), rows, dots, 1)
    least = needs(DOTS[-1])[1] if height >= needs(DOTS[-1])[1] else LEAST[1]
    across, down = max(1, width // LEAST[0]), max(1, height // least)
    size = across * down
    return Grid(across, down, DOTS[-1], 1 if count <= size else -(-count // max(1, size - 1)))


def wall(
    context: Context,
    width: int,
    height: int,
    moment: datetime,
    *,
    view: View | None = None,
    hint: str = "",
    notice: str = "",
    banner: str = "",
) -> Page:
    """One page; the next comes after 15 s. `hint` says how it is left, `notice` what has to be read now, `banner` what
    is true of all of it."""
    queues = in_order(context, view)
    below = _TALL if height >= needs(DOTS[-1])[1] + _TALL - 1 else _LOW
    room = height - below + (below == _TALL and height < 30)
    made = grid(width, room, len(queues))
    number = int(context.now // PAGE_SECONDS) % made.pages
    shown = queues[number * made.places : (number + 1) * made.places]
    keys = {row.key for row in shown}
    elsewhere = [row for row in queues if row.key not in keys and row.key in context.severities]
    elsewhere.sort(key=lambda row: PANES[Resource.QUEUES].urgency(row, context))
    lines = _tiles(context, shown, elsewhere, Counter(row.name for row in queues), made, width, room)
    if not queues:
        lines.append([Cell(f"  {tr('no queues known yet')}", "muted")])
    lines = [clip(line, width) for line in [*lines, *[[]] * room][:room]]
    one = [Cell(tr("page {n}/{all}", n=number + 1, all=made.pages), "muted")]
    named = [Cell(view.name, "muted")] if view is not None else []
    page = joined([named, one, [Cell(hint, "muted", press="app.quit")] if hint else []])
    if line_width(page) + 3 > width - _CLOCK:
        page = one
    band = [Cell(f" {notice}", "warn bold")] if notice else _hotlines(context, view)
    if not (notice or made.shares):
        # A page of one tile has no place for them but this line.
        band = [*_named(elsewhere, context), *band]
    if banner:
        band = [Cell(f" {banner}  ", "warn bold"), *band]
    foot = [clip([Cell(glyphs.LINE * width, "line")], width), clip(band, width)]
    foot += (_below if below == _TALL else _low)(context, width, moment, page)
    return Page([*lines, *foot[room - height :]], number, made.pages)


def _tiles(
    context: Context,
    shown: Sequence[Queue],
    elsewhere: Sequence[Queue],
    names: Mapping[str, int],
    made: Grid,
    width: int,
    height: int,
) -> list[Line]:
    """The queues of a page, and in its last place those that are in alarm elsewhere. `names` counts those of all."""
    wide = width // made.across
    size = Size(wide, height // made.down, made.dots, letters_for(names, wide))
    drawn = [
        [pressing(line, row.key) for line in tile(row, context, size, named_twice=names[row.name] > 1)] for row in shown
    ]
    if made.shares:
        drawn += [[clip([], size.width)] * size.height] * (made.places - len(drawn))
        drawn.append(strips(elsewhere, context, size.width, size.height))
    return [
        [cell for each in drawn[start : start + made.across] for cell in each[y]]
        for start in range(0, len(drawn), made.across)
        for y in range(size.height)
    ]


# ---- below the tiles ---------------------------------------------------------------------------------------------


def _below(context: Context, width: int, moment: datetime, page: Line) -> list[Line]:
    """Beside a large clock the worst alarm, all queues in numbers, and what is not live."""
    clock = large(moment.strftime("%H:%M")) or []
    sums = totals(context)
    waiting = DASH if sums.waiting is None else str(sums.waiting)
    ready = f"{sums.ready}/{sums.staffed}" if sums.agents_known else DASH
    numbers = [
        [Cell(f"{tr('wait')} ", "muted"), Cell(f"{glyphs.STALE if sums.old_wait else ''}{waiting}", "digits bold")],
        [
            Cell(f"{tr('longest')} ", "muted"),
            Cell(f"{glyphs.STALE if sums.old_longest else ''}{span(sums.longest)}", "digits bold"),
            Cell(f" {sums.longest_queue}"),
        ],
        [Cell(f"{tr('ready')} ", "muted"), Cell(ready, "digits bold")],
    ]
    told = pressing(sources_in_words(context.views(), tr("sources"))[1], "mode.sources")
    beside: list[Line] = [
        _alarm(context),
        joined(numbers),
        spread(told, [Cell("  "), *page, Cell(" ")], width - _CLOCK),
    ]
    return [clip([Cell(f" {row}   ", "digits"), *line], width) for row, line in zip(clock, beside, strict=True)]


def _low(context: Context, width: int, moment: datetime, page: Line) -> list[Line]:
    clock = [Cell(f" {moment.strftime('%H:%M')}  ", "digits bold"), *_alarm(context)]
    return [spread(clock, [Cell("  "), *page, Cell(" ")], width)]


def _alarm(context: Context) -> Line:
    """How many there are, and the worst as a sentence."""
    book = context.board.alarms
    alarms, warnings = counted(book)
    signs = ((alarms, glyphs.ALARM, "alarm"), (warnings, glyphs.WARN, "warn"))
    out: Line = [Cell(f"{sign}{number} ", f"{token} bold") for number, sign, token in signs if number]
    worst = next((line for line in lines_of(book) if not line.lead.cleared), None)
    if worst is None:
        nothing = tr("no alarm can be known: no source is live") if blind(context) else tr("no alarm")
        return [*out, Cell(nothing, "muted")]
    lead = worst.lead
    unknown = f", {tr('unknown now')}" if lead.unknown else ""
    acked = tr("snoozed by {who}", who=lead.snoozed_by) if lead.snoozed else tr("acked by nobody")
    acked = tr("acked by {who}", who=lead.acked_by) if lead.acked else acked
    out.append(Cell(f" {worst.sentence}{unknown}", "stale" if unknown else f"{lead.severity} bold"))
    since = tr("since {time}", time=local(lead.since, context.zone, seconds=False))
    return pressing([*out, Cell(f", {since}, {acked}", "muted")], "mode.alarms")


def _named(queues: Sequence[Queue], context: Context) -> Line:
    signs = [(row, *glyphs.SEVERITY[context.severities[row.key]]) for row in queues]
    return [Cell(f" {sign} {row.name}", f"{token} bold", press=row.key) for row, sign, token in signs]


def _hotlines(context: Context, view: View | None) -> Line:
    cells: Line = [Cell(" ")]
    rows = [row for row in rows_of(Hotline, context.board) if view is None or in_view(view, row)]
    rows.sort(key=lambda row: PANES[Resource.HOTLINES].urgency(row, context))
    for row in rows:
        glyph, word, token = glyphs.HOTLINE[row.state]
        bad = drifted(row)
        asked = f" ({tr('asked {state}', state=tr(row.asked))})" if bad else ""
        phones = active_phones(row)
        on = "" if phones is None else f" {tr('{n} on', n=phones)}"
        style = f"{token} reverse" if bad else token
        cells += [Cell(f"{glyph} {row.name} {tr(word)}{asked}{on}", style, press=row.key), Cell("   ")]
    if not rows:
        state = context.pane(Resource.HOTLINES).state
        text = tr("hotlines not read yet") if state is ResourceState.NEVER else tr("no hotlines")
        cells.append(Cell(text, "muted"))
    return cells
