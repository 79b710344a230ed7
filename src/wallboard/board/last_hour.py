"""The last hour of a queue in steps, from what is proven of its callers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.board.caller_history import Outcome, Stay
from wallboard.board.ledger import Counts, Level, entry
from wallboard.board.queue_numbers import mean
from wallboard.board.source import SourceState
from wallboard.domain.models import Queue
from wallboard.domain.records import dataclass
from wallboard.domain.rules import Goal

HOUR = 3600.0
STEPS = 12
_LONGEST = 3600.0
"""Seconds: whoever came longer than this before the hour began is not looked for."""


@dataclass(frozen=True, slots=True)
class LastHour:
    """Callers whose wait ended within it, seconds to answer (`asa`), and the service level 0..1 of each of `STEPS`
    steps, oldest first (None: nobody counted). `since` is when it begins, or when we began in it."""

    since: float
    answered: int
    lost: int
    asa: float | None
    levels: tuple[float | None, ...]


def of(source: SourceState, queue: Queue, now: float) -> LastHour | None:
    """None where the queue's callers, or what becomes of them, are not known."""
    history = source.history
    since = history.since(queue.key.id)
    if since is None or not history.answers_known:
        return None
    return last_hour(history.stays(queue.key.id), source.queues.goal(queue), history.frozen, since, now)


def last_hour(stays: Sequence[Stay], goal: Goal, frozen: bool | None, since: float, now: float) -> LastHour:
    """`stays` in the order of their coming; `frozen` as in `Stay.wait_ended`; `since`: when we began."""
    counts, steps = Counts(), [Level() for _ in range(STEPS)]
    for stay in reversed(stays):
        if stay.first <= now - HOUR - _LONGEST:
            break
        made = entry(stay, goal, frozen)
        if made is not None and now - HOUR < made.ended <= now:
            counts.add(made)
            place = int((made.ended - now + HOUR) * STEPS // HOUR)
            steps[min(STEPS - 1, place)].add(made.likely, made.low, made.high)
    levels = tuple(step.good / step.n if step.n else None for step in steps)
    ends = counts.ends
    asa = mean(counts.waited, counts.waits)
    return LastHour(max(since, now - HOUR), ends[Outcome.ANSWERED], ends[Outcome.LOST], asa, levels)
