"""What a person reads on demand, as small tables of clean cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from wallboard.domain.language import tr
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.base import Sheet

Line = tuple[Clean, ...]
UNKNOWN = clean("–")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> Sheet:
    """Cells of any kind; what is not known (None) is a dash."""
    return Sheet(
        tuple(clean(column) for column in columns),
        tuple(tuple(cell(each) for each in row) for row in rows),
        clean(note),
    )


def cell(value: object) -> Clean:
    if isinstance(value, bool):
        return clean(tr("yes") if value else tr("no"))
    return UNKNOWN if value is None else clean(value)


def lines(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[Clean, Clean], ...]:
    """Names with what is known under them: what is blank is left out."""
    said = [(name, clean(value)) for name, value in pairs if value is not None and value != ""]
    return tuple((clean(name), value) for name, value in said if value)


def clock(at: float | None, zone: tzinfo) -> Clean:
    """A moment in the zone of the source; "" for none."""
    try:
        return NOTHING if at is None else clean(datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S"))
    except (ValueError, OverflowError, OSError):
        return NOTHING


def length(seconds: float | None) -> Clean:
    """`4:07`, `1:02:00`; a dash where it is not known."""
    if seconds is None:
        return UNKNOWN
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return clean(f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}")
