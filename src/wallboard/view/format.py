"""How values are written: durations, ages, counts. Unknown is always the dash, never zero."""

from __future__ import annotations

from datetime import datetime, tzinfo

DASH = "–"


def span(seconds: float | None) -> str:
    """A running clock: `0:04`, `12:40`, `1h05`, `4d`; at most five columns. Never negative."""
    if seconds is None:
        return DASH
    whole = max(0, int(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 100 * 3600:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{min(whole // 86400, 9999)}d"


def age(seconds: float | None) -> str:
    """How old something is: `0.8s`, `46s`, `6 min`, `2 h`, `3 d`."""
    if seconds is None:
        return DASH
    if seconds < 1:
        return f"{max(0.0, seconds):.1f}s"
    if seconds < 100:
        return f"{int(seconds)}s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 100 * 3600:
        return f"{int(seconds // 3600)} h"
    return f"{int(seconds // 86400)} d"


def count(value: int | None) -> str:
    return DASH if value is None else str(value)


def plural(value: int, word: str) -> str:
    """`1 phone`, `2 phones`."""
    return f"{value} {word}" if value == 1 else f"{value} {word}s"


def percent(value: float | None) -> str:
    """A share of 0..1 as `58%`."""
    return DASH if value is None else f"{round(value * 100)}%"


def local(instant: float | None, zone: tzinfo | None = None, seconds: bool = True) -> str:
    """An instant (UTC seconds) as local time of day."""
    if instant is None:
        return DASH
    try:
        return datetime.fromtimestamp(instant, zone).strftime("%H:%M:%S" if seconds else "%H:%M")
    except (OverflowError, OSError, ValueError):
        return DASH


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: tuple[int | None, ...], width: int) -> str:
    """The last `width` samples as bars; a gap (no data) is a blank, a flat zero the lowest bar."""
    tail = values[-width:]
    top = max((value for value in tail if value is not None), default=0)
    bars = "".join(" " if value is None else _BARS[0 if top <= 0 else min(7, round(value * 7 / top))] for value in tail)
    return bars.rjust(width)
