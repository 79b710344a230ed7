"""A tile of the wall: one queue, to be read from three metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from wallboard.board.alarm import Alarm
from wallboard.domain.language import tr
from wallboard.domain.models import Queue
from wallboard.domain.records import dataclass
from wallboard.domain.states import ResourceState
from wallboard.view import glyphs
from wallboard.view.alarm_words import together
from wallboard.view.cells import Cell, fit
from wallboard.view.context import Context
from wallboard.view.face import huge, large
from wallboard.view.figures import aged, level_text
from wallboard.view.format import DASH, count, local, span
from wallboard.view.lines import Line, clip, joined, line_width, pressing, spread

LEAST = (40, 8)
"""Columns and lines of a tile whose title has to stand in normal letters."""
DOTS = ((4, 3), (3, 3), (3, 2), (2, 2), (2, 1), (1, 1))
"""Sizes of the digits, largest first: columns and lines of a dot."""
_WAITING, _LONGEST, _READY = 7, 17, 7
"""Dots of `88`, `88:88` and `88`."""
_OF = 3
"""Columns of `/12`."""
_TITLE = 3


@dataclass(frozen=True, slots=True)
class Size:
    """A tile with digits of `dots` and a name in `letters` of one size or of twice that; whatever its numbers are, they
    stand where they stood."""

    width: int
    height: int
    dots: tuple[int, int]
    letters: int = 1


def needs(dots: tuple[int, int]) -> tuple[int, int]:
    """Columns and lines that a tile with digits of such dots takes, with a title as large as they are."""
    across, down = dots
    return (_WAITING + _LONGEST + _READY) * across + _OF + 6, _TITLE * min(down, 2) + 5 * down + 2


def letters_for(names: Iterable[str], width: int) -> int:
    """The size of letters in which all names of a page stand; those that have no large form do not count."""
    drawn = [rows for name in names if (rows := large(name, 2)) is not None]
    return 2 if all(len(rows[0]) <= width - 3 for rows in drawn) else 1


def tile(row: Queue, context: Context, size: Size, *, named_twice: bool = False) -> list[Line]:
    """The lines of a tile, of exactly its size. Of two queues of one name each tells its source."""
    stats = context.stats(row.key)
    alarms = [alarm for alarm in context.board.alarms.on(row.key) if not alarm.cleared]
    inner = size.width - 1
    figures = 5 * size.dots[1] + 2
    band = min(2 * _TITLE, size.height - figures)
    source = row.key.source if named_twice else ""
    letters = min(size.letters, band // _TITLE)
    title = _title(row.name, context.severities.get(row.key, ""), inner, band, letters, source=source)
    blank: list[Line] = [[]] * (size.height - len(title) - figures)
    ready = (DASH, "") if stats.staffed is None else (str(stats.counts.ready), f"/{stats.staffed}")
    dim, cause = context.dim(row.key), partial(context.cause, row.key)
    waits = span(stats.longest(context.now))
    middle = _figures(
        [
            _Figure(tr("waiting"), count(stats.queued), "", _WAITING, dim or stats.old("waiting"), cause("waiting")),
            _Figure(tr("longest"), waits, "", _LONGEST, dim or stats.old("longest"), cause("longest", "known")),
            _Figure(tr("ready"), *ready, _READY, dim or stats.old("ready"), cause("ready")),
        ],
        inner,
        size.dots,
    )
    lines = [*title, *blank[::2], *middle, *blank[1::2], _foot(row, context, alarms, inner)]
    return [clip(line, size.width) for line in lines]


def strips(rows: Sequence[Queue], context: Context, width: int, height: int) -> list[Line]:
    """Queues that are in alarm on other pages, the worst first, in the place of a tile; all of them are named as long
    as there is a line for each."""
    inner = width - 1
    if not rows:
        lines = [[], [Cell(f"  {tr('no alarm on the other pages')}", "muted")]]
        return [clip(line, width) for line in [*lines, *[[]] * height][:height]]
    tall = _TITLE if _TITLE * len(rows) <= height else 1
    lines = []
    for row in rows[: height // tall]:
        severity = context.severities.get(row.key, "")
        alarms = [alarm for alarm in context.board.alarms.on(row.key) if not alarm.cleared]
        why = f" {together(alarms)[0].told}" if alarms else ""
        title = _title(row.name, severity, inner, tall, tall // _TITLE, why=why)
        lines += [pressing(line, row.key) for line in title]
    if len(rows) > height // tall:
        more = tr("and {n} more", n=len(rows) - height + 1)
        lines[-1] = [Cell(fit(f" {glyphs.ALARM} {more}", inner), "alarm reverse bold")]
    return [clip(line, width) for line in [*lines, *[[]] * height][:height]]


def _title(
    name: str, severity: str, width: int, height: int, size: int, *, why: str = "", source: str = ""
) -> list[Line]:
    """The name in `height` lines, as large as it fits, reversed across where the queue is in alarm."""
    glyph, token = glyphs.SEVERITY[severity]
    style = f"{token} reverse bold" if severity else "text bold"
    room = width - 2
    letters, rest = _letters(name, f" {source}" if source else "", room, size)
    lead = (height - len(letters)) // 2
    rows = [""] * lead + letters + [""] * (height - len(letters) - lead)
    # What has no room in large letters stands beside them on their last line, the sign on their first full one.
    last, first = lead + len(letters) - 1, lead + min(1, len(letters) - 1)
    out: list[Line] = []
    for y, text in enumerate(rows):
        aside = rest if y == last else why if y == first and len(text) + len(why) <= room else ""
        text = f"{glyph if y == first else ' '} {text}{aside}"
        out.append([Cell(fit(text, width), style)])
    return out


def _letters(name: str, tail: str, room: int, size: int) -> tuple[list[str], str]:
    """The name, or its first words, in large letters; what is left of it and the tail in normal ones."""
    words = name.split(" ")
    for head in range(len(words), 0, -1):
        rest = "".join(f" {word}" for word in words[head:]) + tail
        drawn = large(" ".join(words[:head]), size) if size else None
        if drawn is not None and len(drawn[0]) + line_width([Cell(rest)]) <= room:
            return drawn, rest
    return [name], tail


@dataclass(frozen=True, slots=True)
class _Figure:
    """`of` stands in normal letters behind the large ones, which take `dots` at most. `stale`: too old to be true;
    `severity`: that of an alarm of which this is the cause."""

    name: str
    text: str
    of: str
    dots: int
    stale: bool
    severity: str


def _figures(figures: Sequence[_Figure], width: int, dots: tuple[int, int]) -> list[Line]:
    """Large digits with their words below. The sign of an alarm stands at the number that is its cause."""
    across, down = dots
    need = sum(figure.dots for figure in figures) * across + _OF
    gap = max(2, min(8 * across, (width - 1 - need) // 2))
    rows: list[Line] = [[Cell(" ")] for _ in range(5 * down)]
    words: Line = []
    for figure in figures:
        style = "stale" if figure.stale else figure.severity
        room = figure.dots * across + (_OF if figure.of else 0)
        drawn = huge(figure.text, across, down)
        if len(drawn[0]) > figure.dots * across:
            # A number of more digits than there is room for.
            drawn = [*[""] * (5 * down - 1), figure.text]
        drawn[-1] += figure.of
        for row, text in zip(rows, drawn, strict=True):
            row += [Cell(fit(text, room), f"{style or 'digits'} bold"), Cell(" " * gap)]
        sign = glyphs.STALE if figure.stale else glyphs.SEVERITY[figure.severity][0]
        words.append(Cell(fit(f"{sign}{figure.name.upper()}", room + gap), style or "muted"))
    words[-1] = words[-1]._replace(text=words[-1].text.rstrip())
    return [*(row[:-1] for row in rows), words]


def _foot(row: Queue, context: Context, alarms: Sequence[Alarm], width: int) -> Line:
    """Service level and goal, who gave up, how old it is, and who knows of it."""
    stats = context.stats(row.key)
    level = stats.service_level
    service = aged(tr("SL {level}", level=level_text(level)), stats.old("service"))
    missed = "warn" if level.missed and not stats.old("service") else "text"
    goal = "" if level.value is None else f" {tr('goal {percent:g}', percent=level.goal.percent)}"
    lost = tr("lost {n}", n=aged(count(stats.lost), stats.old("lost")))
    state = context.state(row.key)
    parts: list[Line] = [
        [Cell(service, context.cause(row.key, "service") or missed), Cell(goal, "muted")],
        [Cell(lost, context.cause(row.key, "lost_percent") or "muted")],
        [] if state is ResourceState.LIVE else [Cell(f"{glyphs.STALE} {tr(state.value)}", "stale")],
    ]
    known = next((alarm for alarm in alarms if alarm.acked), None)
    acked = tr("acked nobody")
    if known:
        at = local(known.acked_at, context.zone, seconds=False)
        acked = tr("acked {who} {time}", who=known.acked_by, time=at)
    return spread([Cell(" "), *joined(parts, "  ")], [Cell(f" {acked} ", "muted")] if alarms else [], width)
