"""What `forecast` needs to know of a queue, taken from the books and the agents of its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wallboard.board.caller_history import Outcome, Stay
from wallboard.board.forecast import LOOKED_BACK, QueueNow, Soon, soon
from wallboard.board.source import SourceState
from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Queue
from wallboard.domain.states import AgentState

LATELY = 60
"""Callers whose waits and talks stand for those to come: the latest of the day."""
HELD = 15.0
"""Seconds for which an outlook is shown before it is worked out again."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How likely it is that somebody waits over `limit` seconds."""

    limit: float
    soon: Soon


def outlook(source: SourceState, queue: Queue, now: float) -> Outlook | None:
    """None where the queue has no limit, or its callers or agents are not known."""
    limit = source.longest_limit(queue)
    counts = source.queue_stats(queue.key, now, level=False).counts
    if limit is None or counts.ready is None or source.history.since(queue.key.id) is None:
        return None
    return Outlook(limit, soon(_now(source, queue.key, now), longest=limit, seed=int(now // HELD)))


def _now(source: SourceState, queue: Key, now: float) -> QueueNow:
    stays, frozen = source.history.stays(queue.id), source.history.frozen
    ended = [stay for stay in stays[-3 * LATELY :] if not stay.present and not stay.undecided]
    talks = [talk for stay in ended if (talk := stay.talked(frozen)) is not None]
    agents = [row for key in source.tally.people(queue.id) if isinstance(row := source.row(key), Agent)]
    wrap_up = [row for row in agents if row.state is AgentState.WRAP_UP]
    return QueueNow(
        waits=[now - stay.joined for stay in source.history.waiting(queue.id) if stay.joined is not None],
        ready=sum(row.state is AgentState.READY for row in agents),
        talking=[_lasted(row, now) for row in agents if row.state in (AgentState.TALKING, AgentState.RINGING)],
        wrap_up=[max(0.0, (row.wrap_up or 0.0) - _lasted(row, now)) for row in wrap_up],
        arrivals=sum((stay.first if stay.joined is None else stay.joined) > now - LOOKED_BACK for stay in stays),
        talks=talks[-LATELY:],
        answered_after=_waits(ended, Outcome.ANSWERED, frozen),
        lost_after=_waits(ended, Outcome.LOST, frozen),
    )


def _waits(stays: Iterable[Stay], outcome: Outcome, frozen: bool | None) -> list[float]:
    found = [wait.best for stay in stays if stay.outcome is outcome and (wait := stay.waited(frozen)) is not None]
    return found[-LATELY:]


def _lasted(row: Agent, now: float) -> float:
    return 0.0 if row.since is None else max(0.0, now - row.since)
