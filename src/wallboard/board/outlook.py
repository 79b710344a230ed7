"""What `forecast` needs to know of a queue, taken from the books and the agents of its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from wallboard.board.caller_history import Outcome, Stay
from wallboard.board.conditions import longest
from wallboard.board.forecast import LOOKED_BACK, QueueNow, Soon, soon
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Agent, Queue
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState

LATELY = 60
"""Callers whose talks stand for those to come: the latest of the day."""
LATE = 1800.0
"""Seconds for which waits do."""
RING = 5.0
"""Seconds for which an agent is rung before a talk begins, about."""
SHOWN_FOR = 15.0
"""Seconds for which an outlook is shown before it is worked out again."""


_BUSY = frozenset({AgentState.TALKING, AgentState.RINGING, AgentState.OTHER_CALL})


@dataclass(frozen=True, slots=True)
class Outlook:
    """How likely it is that somebody waits over `limit` seconds."""

    limit: float
    soon: Soon


def outlook(source: SourceState, queue: Queue, settings: BoardSettings, now: float) -> Outlook | None:
    """None where the queue has no limit, or its callers or agents are not known."""
    limits = longest(None, source.queues.rule(queue), settings)
    limit = limits.warn if limits.alarm is None else limits.alarm
    counts = source.queues.stats(queue.key, now, level=False).counts
    if limit is None or counts.ready is None or source.history.since(queue.key.id) is None:
        return None
    return Outlook(limit, soon(_now(source, queue.key, now), longest=limit, seed=int(now // SHOWN_FOR)))


def _now(source: SourceState, queue: Key, now: float) -> QueueNow:
    """An agent is kept for the ring and the wrap-up too, and taken by the callers of their other queues as well."""
    stays, frozen = source.history.stays(queue.id), source.history.frozen
    ended = [stay for stay in stays[-3 * LATELY :] if not stay.present and not stay.undecided]
    talks = [talk for stay in ended if (talk := stay.talked(frozen)) is not None]
    # In an order of their own, or the same seed would not tell the same story.
    agents = [row for key in sorted(source.tally.people(queue.id)) if isinstance(row := source.row(key), Agent)]
    wrap_up = [row for row in agents if row.state is AgentState.WRAP_UP]
    beside = RING + (fmean(row.wrap_up or 0.0 for row in agents) if agents else 0.0)
    others, others_arrivals = _others(source, queue, now)
    return QueueNow(
        waits=[now - stay.joined for stay in source.history.waiting(queue.id) if stay.joined is not None],
        ready=sum(row.state is AgentState.READY for row in agents),
        talking=[_lasted(row, now) for row in agents if row.state in _BUSY],
        wrap_up=[max(0.0, (row.wrap_up or 0.0) - _lasted(row, now)) for row in wrap_up],
        arrivals=_arrivals(stays, now),
        talks=[talk + beside for talk in talks[-LATELY:]],
        answered_after=_waits(ended, Outcome.ANSWERED, frozen, now - LATE),
        lost_after=_waits(ended, Outcome.LOST, frozen, now - LATE),
        others=others,
        others_arrivals=others_arrivals,
    )


def _others(source: SourceState, queue: Key, now: float) -> tuple[list[float], float]:
    """The waits in other queues of the same agents, and how many came there: as far as their agents are these."""
    mine, waits, arrivals = set(source.tally.people(queue.id)), [], 0.0
    for row in source.rows(Resource.QUEUES):
        theirs = set(source.tally.people(row.key.id)) if row.key != queue else set()
        shared = len(theirs & mine) / len(theirs) if theirs else 0.0
        if shared:
            there = sorted(now - stay.joined for stay in source.history.waiting(row.key.id) if stay.joined is not None)
            waits += there[round(len(there) * (1 - shared)) :]
            arrivals += shared * _arrivals(source.history.stays(row.key.id), now)
    return waits, arrivals


def _arrivals(stays: Sequence[Stay], now: float) -> int:
    """How many came lately; they stand in the order of their coming."""
    found = 0
    for stay in reversed(stays):
        if (stay.first if stay.joined is None else stay.joined) <= now - LOOKED_BACK:
            break
        found += 1
    return found


def _waits(stays: Iterable[Stay], outcome: Outcome, frozen: bool | None, since: float) -> list[float]:
    ended = (stay for stay in stays if stay.outcome is outcome and (stay.left or 0.0) > since)
    return [wait.best for stay in ended if (wait := stay.waited(frozen)) is not None]


def _lasted(row: Agent, now: float) -> float:
    return 0.0 if row.since is None else max(0.0, now - row.since)
