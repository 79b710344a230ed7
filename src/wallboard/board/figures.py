"""One queue in numbers: the vendor's own counters where it has them, else what the board has seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wallboard.board.kpi import AgentCounts, Ledger, QueueStats, ServiceLevel, Tally, service_level
from wallboard.domain.models import Queue
from wallboard.domain.rules import Goal
from wallboard.domain.states import MemberState

NOTHING = QueueStats(
    None, None, None, None, AgentCounts(), None, ServiceLevel(None, 0, "live", "no such queue"), None, None, None
)
COUNTING = 5.0
"""Seconds after the books were opened from which a count is a number: before, no two readings can be compared."""
_IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})


def figures(
    queue: Queue,
    tally: Tally,
    ledger: Ledger,
    now: float,
    *,
    members_known: bool,
    agents_known: bool,
    pulled_before: int = 0,
    goal: Goal | None = None,
    trend: tuple[int | None, ...] = (),
) -> QueueStats:
    """The queue in numbers; without a `goal` the service level, which takes the longest, is left out.

    `members_known`, `agents_known`: the list that covers this queue was read. `pulled_before`: our own pulls that the
    vendor's counter no longer holds.
    """
    if queue.no_counts:
        return replace(NOTHING, service_level=ServiceLevel(None, 0, "live", queue.no_counts))
    key = queue.key
    known = members_known
    members = list(tally.members(key.id)) if known else []
    states = [member.state for member in members]
    served = known and not queue.only_waiting
    in_queue = [m.joined_at for m in members if m.joined_at is not None and m.state in _IN_QUEUE]
    counts = tally.counts(key.id) if agents_known else AgentCounts()
    book = ledger.book(key.id)
    pulled = book.total("pulled")
    counted = known and now - ledger.opened >= COUNTING
    abandoned: int | None = book.total("abandoned") if counted else None
    if queue.abandoned is not None:
        # The vendor counts whoever leaves unanswered, our own pulls too.
        abandoned = max(0, queue.abandoned - (pulled - pulled_before))
    answered = queue.answered
    if answered is None and counted and ledger.answers_seen:
        answered = book.total("answered")
    waits = [
        max(0.0, now - m.joined_at)
        for m in members
        if m.joined_at is not None and m.state in _IN_QUEUE and not ledger.inherited(m.key)
    ]
    return QueueStats(
        waiting=queue.waiting if queue.waiting is not None else _number(states, MemberState.WAITING, known),
        ringing=queue.ringing if queue.ringing is not None else _number(states, MemberState.RINGING, served),
        talking=queue.talking if queue.talking is not None else _number(states, MemberState.TALKING, served),
        longest_since=min(in_queue) if in_queue else queue.longest_since,
        counts=counts,
        staffed=counts.staffed,
        service_level=_level(ledger, queue, goal, waits, now) if goal is not None else ServiceLevel(None, 0, "live"),
        answered=answered,
        abandoned=abandoned,
        lost=abandoned,
        trend=trend,
        pulled=pulled,
    )


def _level(ledger: Ledger, queue: Queue, goal: Goal, waits: Iterable[float], now: float) -> ServiceLevel:
    own = service_level(goal, ledger.book(queue.key.id), waits, now, ledger.answers_seen)
    if own.value is not None and goal.formula != "vendor":
        return own
    if queue.service_percent is not None:
        return ServiceLevel(min(1.0, max(0.0, queue.service_percent / 100)), queue.answered or 0, "vendor")
    if goal.formula == "vendor":
        return ServiceLevel(None, 0, "vendor", "the vendor gives no service level")
    return own


def _number(states: Sequence[MemberState], wanted: MemberState, known: bool) -> int | None:
    return states.count(wanted) if known else None
