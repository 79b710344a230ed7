"""A graph of cells: lines and shades of braille dots, two across and four down in each cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache

from wallboard.domain.records import dataclass
from wallboard.view.cells import Cell
from wallboard.view.format import weekday
from wallboard.view.lines import Line

_DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""Bits of a braille character: left and right, from the lowest dot up."""
_BLANK = 0x2800
GUTTER = 7
"""Columns of the scale at the left."""


@dataclass(frozen=True, slots=True)
class Trace:
    """`values` in equal parts of the width, None where nothing is known: a line; with a `gap` one of dots, so many left
    out after each; with a `floor` a shade from there up. `tones`: what a value is painted in place of `style`."""

    values: tuple[float | None, ...]
    style: str
    gap: int | None = None
    floor: tuple[float | None, ...] | None = None
    tones: tuple[str, ...] = ()


@lru_cache(maxsize=32)
def plot(traces: tuple[Trace, ...], width: int, height: int, top: float) -> tuple[Line, ...]:
    """The traces, the foremost first, on `width` × `height` cells that go from 0 to `top`. What is in front hides what
    is behind it, a cell at a time. No line leads through a gap. Kept, because a second and a key change hardly one."""
    glass: list[list[tuple[int, str]]] = [[(0, "text")] * width for _ in range(height)]
    for trace in reversed(traces):
        drawn: dict[tuple[int, int], tuple[int, str]] = {}
        for x, y, style in _dots(trace, 2 * width, 4 * height, top):
            place = height - 1 - y // 4, x // 2
            bits, known = drawn.get(place, (0, style))
            drawn[place] = bits | _DOTS[x % 2][y % 4], known
        for (row, column), cell in drawn.items():
            glass[row][column] = cell
    return tuple(_line(row) for row in glass)


def _line(row: Sequence[tuple[int, str]]) -> Line:
    """Cells of one style together."""
    out: Line = []
    for bits, style in row:
        char = chr(_BLANK + bits) if bits else " "
        if out and (out[-1].style == style or not bits):
            out[-1] = Cell(out[-1].text + char, out[-1].style)
        else:
            out.append(Cell(char, style))
    return out


def _dots(trace: Trace, across: int, down: int, top: float) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    before: int | None = None
    for x in range(across):
        part = _part(trace.values, x, across)
        known = [index for index in part if trace.values[index] is not None]
        if not known:
            before = None
            continue
        index = max(known, key=lambda index: trace.values[index] or 0.0)
        y = _height(trace.values[index], down, top)
        style = (trace.tones[index] if trace.tones else "") or trace.style
        if trace.floor is not None:
            low = _height(min(trace.floor[index] or 0.0 for index in known), down, top)
            out += [(x, at, style) for at in range(low, y + 1) if (x + at) % 2 == 0]
        elif trace.gap is not None:
            out += [(x, y, style)] if x % (trace.gap + 1) == 0 else []
        else:
            whole = len(known) == len(part)
            start = y if before is None or not whole else before
            out += [(x, at, style) for at in range(min(start, y), max(start, y) + 1)]
            before = y if whole else None
    return out


def _part(values: Sequence[object], x: int, across: int) -> range:
    """The values that the dots at `x` stand for."""
    first = x * len(values) // across
    return range(first, min(len(values), max(first + 1, (x + 1) * len(values) // across)))


def _height(value: float | None, down: int, top: float) -> int:
    return max(0, min(down - 1, round((value or 0.0) / top * (down - 1)))) if top > 0 else 0


def sample(gap: int | None, shade: bool = False) -> str:
    """What such a trace looks like."""
    return "⢕⢕" if shade else {None: "⠼⠭", 0: "⠤⠤", 1: "⠄⠄"}.get(gap, "⠄ ⠄")


_TOPS = (2, 4, 6, 10, 20, 40, 60, 100)
_TIMES = (10, 20, 60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400)


def count_top(most: float) -> float:
    """The round number, half of which is round too, up to which a scale of things goes."""
    scale = 1
    while most > _TOPS[-1] * scale:
        scale *= 10
    return float(next(top * scale for top in _TOPS if top * scale >= most))


def time_top(most: float) -> float:
    """The same for seconds."""
    return float(next((top for top in _TIMES if top >= most), most))


def scaled(rows: Sequence[Line], top: float, write: Callable[[float], str]) -> list[Line]:
    """The rows of a plot behind their scale: the top, the middle where there is room for it, and 0."""
    last = len(rows) - 1
    marks = {last: write(0), last - round((4 * len(rows) - 1) / 2) // 4: write(top / 2)} if last > 1 else {}
    marks[0] = write(top)
    return [[Cell(f"{marks.get(y, ''):>{GUTTER - 2}} {'┤' if y in marks else '│'}", "muted"), *row]
            for y, row in enumerate(rows)]  # fmt: skip


_TICKS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)
"""Minutes of the local clock."""


def time_axis(since: float, step: float, columns: int, width: int, zone: tzinfo | None) -> str:
    """Times of the day under a plot, days where it is a week: at round moments of the local clock, as many as fit."""
    room = 8 if columns * step < 3 * 86_400 else 7
    ticks = [tick for tick in _TICKS if width * tick * 60 >= room * columns * step]
    tick, text = ticks[0] if ticks else _TICKS[-1], ""
    for index in range(columns):
        local = datetime.fromtimestamp(since + index * step, zone)
        x = index * width // columns
        label = f"{weekday(local)} {local:%d}" if tick == _TICKS[-1] else f"{local:%H:%M}"
        if (local.hour * 60 + local.minute) % tick == 0 and len(text) < x + (not text) and x + len(label) <= width:
            text = text.ljust(x) + label
    return text.ljust(width)
