"""The spans of time that graphs go over, by the local clock: the last hour, the day of a queue, the week up to it; and
the same hour or day of yesterday and of last week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Day, Goal
from wallboard.history.courses import GAP, MINUTE, Column, Course, Stretch

SpanName = Literal["hour", "day", "week"]
SPANS: tuple[SpanName, ...] = ("hour", "day", "week")
_STEPS: dict[SpanName, int] = {"hour": MINUTE, "day": 10 * MINUTE, "week": 60 * MINUTE}
_BACK: dict[SpanName, tuple[int, ...]] = {"hour": (1, 7), "day": (1, 7), "week": (7,)}
"""Days by which what stands behind is older."""
_SOME_DAY, _NEXT_DAY = 12 * 3600, 36 * 3600
"""Seconds that surely lead from the beginning of a day into the day before, or into the next."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What graphs are about: a queue, or all of some sources; its goal (None: there is no common one) and its day."""

    queue: Key | None
    sources: Sequence[str]
    goal: Goal | None
    day: Day


def stretches(subject: Subject, span: SpanName, now: float) -> tuple[Stretch, ...]:
    """What is to be read: the span itself first, then what stands behind it."""
    step = _STEPS[span]
    begin = subject.day.begin(now)
    if span == "hour":
        since, until = now // MINUTE * MINUTE - 59 * MINUTE, now // MINUTE * MINUTE + MINUTE
    else:
        until, since = subject.day.begin(begin + _NEXT_DAY), begin
        for _ in range(6 if span == "week" else 0):
            since = subject.day.begin(since - _SOME_DAY)
    since = since // MINUTE * MINUTE
    queue = (subject.queue.source, subject.queue.id) if subject.queue is not None else None
    columns = round(until - since) // step
    whole = Stretch(int(since), step, columns, tuple(subject.sources), queue, subject.goal, subject.day)
    return whole, *(_earlier(whole, days) for days in _BACK[span])


def _earlier(whole: Stretch, days: int) -> Stretch:
    since = _back(whole.since, days, whole.day)
    until = _back(whole.until - whole.step, days, whole.day) + whole.step
    return replace(whole, since=int(since), columns=max(1, round(until - since) // whole.step))


def _back(at: float, days: int, day: Day) -> float:
    """The same time by the local clock, days before."""
    return (datetime.fromtimestamp(at, day.zone) - timedelta(days=days)).timestamp()


def behind(course: Course, earlier: Course) -> Sequence[Column]:
    """The columns of an earlier span that stand behind those of a later one: at the same time by the local clock."""
    shown, old = course.stretch, earlier.stretch
    days = round((shown.since - old.since) / 86_400)
    found = (int(_back(shown.since + index * shown.step, days, shown.day) - old.since) // old.step
             for index in range(shown.columns))  # fmt: skip
    return [earlier.columns[place] if 0 <= place < len(earlier.columns) else GAP for place in found]
