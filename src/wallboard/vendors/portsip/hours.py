"""Office hours and holidays of PortSIP: open or closed at an instant, and when that changes. Pure.

What holds at an instant depends only on what the clock on the tenant's wall shows then. So an hour that a change of
the clocks skips never comes, one that it repeats comes twice, and the change itself can open or close.

The week (public OpenAPI of PBX 22, administration guide "office hours"): a day that is off is closed all day, one that
is on without ranges is open all day, else it is open from each `from` until just before each `to`. A day that is not
given, or not in the form HH:MM, is neither: it is unknown.

Holidays. The documents name the fields and say "a specific time range within a single day, or a continuous range of
days", for one year or every year. What they leave open is read like this:

- `consecutive` true: one stretch from the start (day, hour, minute) until just before the end. False: on each day from
  the first to the last day, which is usually the same, from the start's time until just before the end's time.
- An end that is midnight (hours and minutes zero or not given), or that is not after the start on the same day, is the
  end of that day. An end at 23:59 is 23:59.
- `every_year`: the years are ignored; an end that lies before its start runs over New Year; 29 February is a holiday
  in leap years only.
- Without `every_year`, a missing last year is the first one.
- `region` is not looked at: a rule lists the holidays that are its own.
- A holiday whose dates make no sense is never on (`readable` says so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple, TypeVar

from wallboard.domain.records import dataclass

DAY = 1440
"""Minutes."""
FORTNIGHT = 14 * 86_400.0
"""Seconds."""
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_STEP = 3 * 3600
_ONE_DAY = timedelta(days=1)


class Phase(Enum):
    """Which of a rule's three destinations holds."""

    OFFICE = "office hours"
    CLOSED = "outside office hours"
    HOLIDAY = "holiday"


Spans = tuple[tuple[int, int], ...]
"""Open from, until just before, in minutes from midnight; () closed all day, ((0, 1440),) open all day."""

ALL_DAY: Spans = ((0, DAY),)


def minutes(text: str) -> int | None:
    """ "09:30" as minutes from midnight, at most 24:00; None if it is no time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    found = int(match[1]) * 60 + int(match[2])
    return found if int(match[2]) < 60 and found <= DAY else None


def clock(minute: int) -> str:
    """The same back: "09:30"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def day_spans(enabled: bool | None, ranges: Sequence[tuple[str, str]]) -> Spans | None:
    """The open stretches of one day, in order; None: it cannot be said."""
    if enabled is False:
        return ()
    if not ranges:
        return None if enabled is None else ALL_DAY
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        a, b = minutes(start), minutes(end)
        if a is None or b is None or a >= b:
            return None
        found.append((a, b))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, Monday first; None for a day that is not known."""

    days: tuple[Spans | None, ...] = (None,) * 7

    def open(self, wall: datetime) -> bool | None:
        """Whether it is open when the wall clock shows `wall`; None: that day is not known."""
        spans = self.days[wall.weekday()]
        return None if spans is None else any(start <= wall.hour * 60 + wall.minute < end for start, end in spans)

    def minutes(self, day: date) -> Iterable[int]:
        """When it may open or close on `day`."""
        return (edge for span in self.days[day.weekday()] or () for edge in span)


class Edge(NamedTuple):
    """One end of a holiday; `minute` from midnight, 1440 for the end of the day."""

    year: int
    month: int
    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """See the module for how the fields are read. `start` or `end` None: its dates make no sense."""

    name: str
    consecutive: bool
    every_year: bool
    start: Edge | None
    end: Edge | None

    @property
    def readable(self) -> bool:
        return self.start is not None and self.end is not None

    def covers(self, wall: datetime) -> bool:
        """Whether it is this holiday when the wall clock shows `wall`."""
        if self.start is None or self.end is None:
            return False
        moment = Edge(wall.year, wall.month, wall.day, wall.hour * 60 + wall.minute)
        start, now, end = (
            edge._replace(year=0) if self.every_year else edge for edge in (self.start, moment, self.end)
        )
        until = end.minute if end.minute > start.minute else DAY
        if not self.consecutive:
            first, day, last = start[:3], now[:3], end[:3]
            on = first <= day <= last if first <= last else day >= first or day <= last
            return on and start.minute <= now.minute < until
        end = end._replace(minute=until if start[:3] == end[:3] else end.minute or DAY)
        return start <= now < end if start < end else now >= start or now < end

    def minutes(self) -> Iterable[int]:
        """When it may begin or end on any day."""
        return () if self.start is None or self.end is None else (self.start.minute, self.end.minute)


def edge(year: int | None, month: int | None, day: int | None, hour: int | None, minute: int | None) -> Edge | None:
    """One end of a holiday from its fields; None if there is no such moment."""
    at = (hour or 0) * 60 + (minute or 0)
    if month is None or day is None or (minute or 0) > 59 or at > DAY:
        return None
    try:
        # A leap year where none is given: 29 February is a day of every year's calendar that has one.
        date(year if year and year <= 9999 else 2024, month, day)
    except (ValueError, OverflowError):
        return None
    return Edge(year or 0, month, day, at)


def holiday(name: str, consecutive: bool, every_year: bool, start: Edge | None, end: Edge | None) -> Holiday:
    """A holiday whose years, if they count, are in order."""
    if start is not None and end is not None and not every_year:
        end = end if end.year else end._replace(year=start.year)
        if not start.year or end[:3] < start[:3]:
            start = end = None
    return Holiday(name, consecutive, every_year, start, end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hours of one rule. `week` None: not known."""

    week: Week | None
    holidays: tuple[Holiday, ...] = ()

    def phase(self, wall: datetime) -> Phase | None:
        """A holiday beats the week; None: the week does not say."""
        if any(day.covers(wall) for day in self.holidays):
            return Phase.HOLIDAY
        opened = self.week.open(wall) if self.week is not None else None
        return None if opened is None else Phase.OFFICE if opened else Phase.CLOSED

    def minutes(self, day: date) -> Iterable[int]:
        """When the phase may change on `day`, beside midnight."""
        if self.week is not None:
            yield from self.week.minutes(day)
        for each in self.holidays:
            yield from each.minutes()


def wall_at(instant: float, zone: tzinfo) -> datetime:
    """What the clock on the wall shows at `instant` (UTC seconds)."""
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None)


V = TypeVar("V")


def changes(
    value: Callable[[datetime], V], schedules: Sequence[Schedule], zone: tzinfo, instant: float
) -> Iterator[tuple[float, V]]:
    """Each instant after `instant` at which `value` of the wall clock becomes another, with what it becomes, in order
    and within a fortnight. `value` may depend on nothing but the phases of `schedules`."""
    before = value(wall_at(instant, zone))
    for moment in _candidates(schedules, zone, instant):
        now = value(wall_at(moment, zone))
        if now != before:
            before = now
            yield moment, now


def _candidates(schedules: Sequence[Schedule], zone: tzinfo, instant: float) -> Iterator[float]:
    """Every instant at which a phase can change, in order: each edge of each day, and each change of the clocks.

    By stretches of 24 hours, each with its neighbouring days: where clocks go back at midnight, a minute of one day
    comes after the first of the next.
    """
    start, limit = instant, instant + FORTNIGHT
    while start < limit:
        end = start + _ONE_DAY.total_seconds()
        day, last = wall_at(start, zone).date() - _ONE_DAY, wall_at(end, zone).date() + _ONE_DAY
        found = set(_clock_changes(zone, start, end))
        while day <= last:
            edges = {0, *(minute for schedule in schedules for minute in schedule.minutes(day) if minute < DAY)}
            found.update(moment for minute in edges for moment in _instants(day, minute, zone))
            day += _ONE_DAY
        yield from sorted(moment for moment in found if start < moment <= end)
        start = end


def _instants(day: date, minute: int, zone: tzinfo) -> tuple[float, float]:
    """Both instants at which the wall clock shows that minute; the same one twice on nearly all days."""
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    return wall.timestamp(), wall.replace(fold=1).timestamp()


def _clock_changes(zone: tzinfo, start: float, end: float) -> Iterator[float]:
    """The instants between `start` and `end` at which the wall clock jumps."""
    at = start
    while at < end:
        following = min(at + _STEP, end)
        if _offset(zone, at) != _offset(zone, following):
            low, high = int(at), int(following)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, at) else (low, middle)
            yield float(high)
        at = following


def _offset(zone: tzinfo, instant: float) -> timedelta | None:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
