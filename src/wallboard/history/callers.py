"""Callers between the board's books and the database: a stay written down as a record, and a record read as a stay."""

from __future__ import annotations

from wallboard.board.board import Board
from wallboard.board.caller_history import Outcome, Span, Stay
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Queue
from wallboard.domain.text import clean
from wallboard.history.records import Caller


def record(board: Board, stay: Stay) -> Caller:
    """What is known of one whose wait is over."""
    frozen = board.wait_stands_still(stay.key.source)
    queue = board.row(Key(stay.key.source, Kind.QUEUE, stay.queue_id))
    agent = board.row(stay.server) if stay.server is not None else None
    wait, joined = stay.waited(frozen), stay.first if stay.joined is None else stay.joined
    ended = stay.wait_ended(frozen)
    return Caller(
        source=stay.key.source,
        id=stay.key.id,
        queue=stay.queue_id,
        queue_name=queue.name if isinstance(queue, Queue) else stay.queue_id,
        number=stay.number,
        name=stay.name,
        joined_at=int(joined),
        ended_at=int(max(joined, ended.best if ended is not None else board.now())),
        outcome=stay.outcome.value,
        wait=wait.best if wait is not None else None,
        wait_low=wait.low if wait is not None else None,
        wait_high=wait.high if wait is not None else None,
        talk=stay.talked(frozen),
        agent=agent.name if isinstance(agent, Agent) else "",
        went_to=stay.other if stay.outcome is Outcome.FLOWED else "",
    )


def stay(caller: Caller) -> Stay:
    """The same, for the figures of the day."""
    known = caller.wait is not None and caller.wait_low is not None and caller.wait_high is not None
    wait = Span(caller.wait_low or 0.0, caller.wait or 0.0, caller.wait_high or 0.0) if known else None
    ended = float(caller.ended_at)
    talk = None if caller.talk is None else ended + caller.talk
    return Stay(
        key=Key(caller.source, Kind.MEMBER, caller.id),
        queue_id=caller.queue,
        scope="",
        line="",
        first=float(caller.joined_at),
        seen=ended,
        joined=None if wait is None else ended - wait.best,
        outcome=Outcome(caller.outcome),
        left=ended,
        talk_seen=talk,
        talk_end=talk,
        other=caller.went_to,
        number=clean(caller.number),
        name=clean(caller.name),
        kept=wait,
    )
