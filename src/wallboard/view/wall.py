"""The wall: one tile a queue for people who stand far away, a band of hotlines, the clock. Plain, without cursor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Queue
from wallboard.domain.states import ResourceState
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.figures import aged, level_text
from wallboard.view.format import DASH, count, span
from wallboard.view.header import sources_in_words
from wallboard.view.lines import Line, clip, spread
from wallboard.view.panes import PANES
from wallboard.view.panes.hotlines import active_phones, drifted

TILE = (40, 9)
PAGE_SECONDS = 15.0

_BIG = {
    "0": ("███", "█ █", "█ █", "█ █", "███"),
    "1": ("  █", "  █", "  █", "  █", "  █"),
    "2": ("███", "  █", "███", "█  ", "███"),
    "3": ("███", "  █", "███", "  █", "███"),
    "4": ("█ █", "█ █", "███", "  █", "  █"),
    "5": ("███", "█  ", "███", "  █", "███"),
    "6": ("███", "█  ", "███", "█ █", "███"),
    "7": ("███", "  █", "  █", "  █", "  █"),
    "8": ("███", "█ █", "███", "█ █", "███"),
    "9": ("███", "█ █", "███", "  █", "███"),
    ":": (" ", "█", " ", "█", " "),
    "h": ("█  ", "█  ", "███", "█ █", "█ █"),
    "d": ("  █", "  █", "███", "█ █", "███"),
    DASH: ("   ", "   ", "███", "   ", "   "),
}


LARGEST = 3


def big(text: str, scale: int = 1) -> list[str]:
    """`text` in digits `scale` × 5 lines high."""
    rows = [" ".join(_BIG.get(char, _BIG[DASH])[y] for char in text) for y in range(5)]
    return ["".join(char * scale for char in row) for row in rows for _ in range(scale)]


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    number: int
    pages: int


def wall(context: Context, width: int, height: int, wall_time: datetime) -> Page:
    """One page of tiles; alarming queues come first, pages turn every 15 s."""
    pane = PANES[Resource.QUEUES]
    # A queue whose vendor tells no counts would be a tile of dashes for good.
    queues = [row for row in rows_of(Queue, context.board) if not row.no_counts]
    queues.sort(key=lambda row: pane.urgency(row, context))
    scale, across, down = _grid(width, height - 3, len(queues))
    size = across * down
    pages = max(1, -(-len(queues) // size))
    number = int(context.now // PAGE_SECONDS) % pages
    shown = queues[number * size : (number + 1) * size]
    tile_width, tile_height = width // across, max(TILE[1], (height - 3) // down)
    lines: list[Line] = []
    for start in range(0, len(shown), across):
        tiles = [_tile(row, context, tile_width, scale) for row in shown[start : start + across]]
        for y in range(tile_height):
            line: Line = []
            for tile in tiles:
                line += tile[y] if y < len(tile) else []
            lines.append(clip(line, width))
    if not queues:
        lines.append(clip([Cell("  no queues known yet", "muted")], width))
    lines += [clip([], width) for _ in range(max(0, height - 3 - len(lines)))]
    lines = lines[: height - 3]
    lines.append(clip([Cell(glyphs.LINE * width, "line")], width))
    lines.append(_hotlines(context, width))
    clock = [
        Cell(f" {wall_time.strftime('%H:%M')}   ", "digits bold"),
        *sources_in_words(context.views(), "sources ")[1],
    ]
    lines.append(spread(clock, [Cell(f"page {number + 1}/{pages}   q leaves the wall ", "muted")], width))
    return Page(lines, number, pages)


def _grid(width: int, height: int, count: int) -> tuple[int, int, int]:
    """(scale of the digits, tiles across, tiles down): the largest digits with which all queues share a page, and
    the smallest where they need several. The digits grow; the lines around them do not."""
    for scale in range(LARGEST, 0, -1):
        # Two digits of callers beside `12:40`, and the frame around them.
        across = width // max(TILE[0], 24 * scale + 5)
        down = height // (TILE[1] + 5 * (scale - 1))
        if count and across * down >= count:
            rows = -(-count // across)
            return scale, -(-count // rows), rows
    return 1, max(1, width // TILE[0]), max(1, height // TILE[1])


def _tile(row: Queue, context: Context, width: int, scale: int) -> list[Line]:
    stats = context.stats(row.key)
    severity = context.severities.get(row.key, "")
    glyph, token = glyphs.SEVERITY[severity]
    stale = context.dim(row.key)
    style = "stale" if stale else token if severity else "digits"
    inner = width - 2
    ready = DASH if stats.staffed is None else f"{stats.counts.ready}/{stats.staffed} READY"
    head = spread(
        [Cell(f" {glyph} {row.name.upper()} ", f"{token} reverse bold" if severity else "text bold")],
        [Cell(f"{ready} ", "warn bold" if stats.staffed and not stats.counts.ready else "text")],
        inner,
    )
    left, right = big(count(stats.queued), scale), big(span(stats.longest(context.now)), scale)
    half = max(inner // 3, len(left[0]) + 3)
    body = [
        [Cell(fit(f"  {a}", half), style), Cell(fit(b, inner - half), style)] for a, b in zip(left, right, strict=True)
    ]
    level = stats.service_level
    value = aged(level_text(level), stats.old("service"))
    service = f"SL {DASH}" if level.value is None else f"SL {value} of {level.goal.percent:g}% n{level.n}"
    state = context.state(row.key)
    word = "live" if state is ResourceState.LIVE else f"{glyphs.STALE} {state.value}"
    alarms = context.board.alarms.on(row.key)
    known = next((alarm.acked_by for alarm in alarms if alarm.acked_by), "nobody")
    lost = aged(count(stats.lost), stats.old("lost"))
    foot = f"  {service}   lost {lost}   {word}" + (f"   acked: {known}" if alarms else "")
    waiting, longest = (aged(name, stats.old(name)) for name in ("waiting", "longest"))
    labels = [Cell(fit(f"  {waiting}", half), "muted"), Cell(fit(longest, inner - half), "muted")]
    lines = [head, *body, labels, clip([Cell(foot, "stale" if stale else "muted")], inner), [Cell(" " * inner)]]
    return [[*line, Cell("  ")] for line in lines]


def _hotlines(context: Context, width: int) -> Line:
    cells: Line = [Cell(" ")]
    rows = sorted(rows_of(Hotline, context.board), key=lambda row: PANES[Resource.HOTLINES].urgency(row, context))
    for row in rows:
        glyph, word, token = glyphs.HOTLINE[row.state]
        bad = drifted(row)
        asked = f" (asked {row.asked})" if bad else ""
        phones = active_phones(row)
        on = "" if phones is None else f" {phones} on"
        cells += [Cell(f"{glyph} {row.name} {word}{asked}{on}", f"{token} reverse" if bad else token), Cell("   ")]
    if not rows:
        state = context.board.pane_state(Resource.HOTLINES).state
        text = "hotlines not read yet" if state is ResourceState.NEVER else "no hotlines"
        cells.append(Cell(text, "muted"))
    return clip(cells, width)
