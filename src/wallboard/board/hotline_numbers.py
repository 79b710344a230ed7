"""The figures of a hotline over the last day, from its calls: how soon they were taken, and when most came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from wallboard.board.queue_numbers import ENOUGH
from wallboard.domain.models import HotlineCall
from wallboard.domain.records import dataclass

LADDER = (10.0, 15.0, 20.0)
"""Seconds: the answer standards of emergency numbers."""


@dataclass(frozen=True, slots=True)
class HotlineFigures:
    """`within`: the share of the calls taken within each step of `LADDER`, None below 5 calls or where a vendor does
    not tell when one was taken. `busy`: the hour of the day in which most came, and how many; None without calls."""

    calls: int
    taken: int
    within: tuple[float, ...] | None
    busy: tuple[int, int] | None


def figures(calls: Sequence[HotlineCall], zone: tzinfo | None) -> HotlineFigures:
    """Of the calls of the last day; hours are those of the clock in `zone`."""
    taken = [call for call in calls if call.taken]
    within = None
    if len(calls) >= ENOUGH and all(call.after is not None for call in taken):
        within = tuple(
            len([c for c in taken if c.after is not None and c.after <= step]) / len(calls) for step in LADDER
        )
    hours = Counter(datetime.fromtimestamp(call.started_at, zone).hour for call in calls)
    busy = max(hours.items(), key=lambda entry: (entry[1], -entry[0]), default=None)
    return HotlineFigures(len(calls), len(taken), within, busy)
