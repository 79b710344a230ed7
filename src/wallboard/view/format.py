"""How values are written: durations, ages, counts. Unknown is always the dash, never zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from wallboard.domain.language import mark, tr

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


_ORDINALS = {1: mark("{n}st"), 2: mark("{n}nd"), 3: mark("{n}rd")}


def ordinal(value: int) -> str:
    """`2nd`, `3rd`, `11th`."""
    plain = value % 100 in (11, 12, 13)
    return tr(_ORDINALS.get(0 if plain else value % 10, mark("{n}th")), n=value)


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


_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?(?!\w)")


def instants(text: str, zone: tzinfo | None) -> str:
    """A vendor's text with its instants (ISO 8601) as local ones; where it names no zone, as they are."""

    def told(found: re.Match[str]) -> str:
        try:
            at = datetime.fromisoformat(found[1] + (found[2] or ""))
            return (at.astimezone(zone) if found[2] else at).strftime("%Y-%m-%d %H:%M:%S")
        except (OverflowError, ValueError):
            return found[0]

    return _INSTANT.sub(told, text)


DAY = 86_400.0
_DAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
_MONTHS = (
    *(mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun")),
    *(mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")),
)


def weekday(then: datetime) -> str:
    """`Mon`."""
    return tr(_DAYS[then.weekday()])


def date(then: datetime) -> str:
    """`02 Mar`."""
    return tr("{day} {month}", day=f"{then:%d}", month=tr(_MONTHS[then.month - 1]))


def moment(instant: float | None, now: float, zone: tzinfo | None = None, *, short: bool = False) -> str:
    """An instant that may be on another day: `18:00` today, `Mon 08:00` within a week, `02 Mar 08:00` else. `short`
    keeps the day and leaves the time out (`Mon`, `02 Mar`); of another year only the date is told (`02 Mar 27`)."""
    if instant is None:
        return DASH
    try:
        then, today = datetime.fromtimestamp(instant, zone), datetime.fromtimestamp(now, zone)
    except (OverflowError, OSError, ValueError):
        return DASH
    clock = then.strftime("%H:%M")
    if then.date() == today.date():
        return clock
    if 0 < (then.date() - today.date()).days < 7:
        day = weekday(then)
    elif abs(instant - now) < 300 * DAY:
        day = date(then)
    else:
        return date(then) if short else f"{date(then)} {then:%y}"
    return day if short else f"{day} {clock}"


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[int | None], width: int, top: int) -> str:
    """The last `width` samples as bars on a scale up to `top`; a gap (no data) is a blank, and only zero is the lowest
    bar."""
    bars = (" " if value is None else _BARS[min(7, max(value > 0, round(value * 7 / max(1, top))))] for value in values)
    return "".join(bars)[-width:].rjust(width)
