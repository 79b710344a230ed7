"""Who can help where: how a queue stands, what an agent's leaving does to the others, and whom to ask first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Agent, Membership, Queue
from wallboard.domain.states import AgentState
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.format import span

_FIRST = (
    *(AgentState.READY, AgentState.WRAP_UP, AgentState.RINGING, AgentState.TALKING, AgentState.OTHER_CALL),
    *(AgentState.BREAK, AgentState.MISMATCH, AgentState.STUCK, AgentState.UNKNOWN),
    *(AgentState.UNREACHABLE, AgentState.OFF),
)
ALONE = "warn"
"""How it is painted that a queue would be left alone."""
_PLACE = {state: place for place, state in enumerate(_FIRST)}


def standing(queue: Queue, context: Context) -> str:
    """`0/2 ready, 1 waiting, longest 0:41`; the vendor's reason where it tells no counts."""
    if queue.no_counts:
        return str(queue.no_counts)
    stats = context.stats(queue.key)
    ready = stats.counts.ready
    parts = [] if ready is None else [tr("{n}/{all} ready", n=ready, all=stats.staffed)]
    parts += [] if stats.queued is None else [trn("{n} waiting", "{n} waiting", stats.queued)]
    longest = stats.longest(context.now)
    parts += [] if longest is None else [tr("longest {wait}", wait=span(longest))]
    return ", ".join(parts) or tr("nothing known of it")


def leaving(agent: Agent, context: Context, besides: Key | None = None) -> Cell:
    """What is left of the agent's queues, but for `besides`, when they are kept elsewhere: `last ready of Sales`, else
    `leaves Sales 1/2`. "" of one who is not ready, and so leaves nobody alone."""
    if agent.state is not AgentState.READY:
        return Cell("", "muted")
    left: list[str] = []
    last: list[str] = []
    for place in _elsewhere(agent, besides):
        stats = context.stats(Key(agent.key.source, Kind.QUEUE, place.queue_id))
        ready = stats.counts.ready
        if ready is not None and ready <= 1:
            last.append(place.queue)
        elif ready is not None:
            left.append(f"{place.queue} {ready - 1}/{stats.staffed}")
    if last:
        return Cell(tr("last ready of {queues}", queues=", ".join(last)), ALONE)
    return Cell(tr("leaves {queues}", queues=", ".join(left)) if left else "", "muted")


def order(context: Context, besides: Key | None = None) -> Callable[[Agent], tuple[Any, ...]]:
    """Whom to ask first: who is ready and leaves nobody alone, who is ready, who will be; then by how long they are."""

    def place(agent: Agent) -> tuple[Any, ...]:
        alone = leaving(agent, context, besides).style == ALONE
        place = len(_FIRST) if agent.no_state else _PLACE[agent.state]
        since = float("inf") if agent.since is None else agent.since
        return place, alone, since, agent.name.casefold(), agent.key

    return place


def queues(agent: Agent, most: int = 3) -> str:
    """`Sales, Support`; of many the first and how many more."""
    names = [place.queue or place.queue_id for place in agent.memberships]
    more = len(names) - most
    told = ", ".join(names[:most])
    return tr("{names} and {n} more", names=told, n=more) if more > 0 else told


def _elsewhere(agent: Agent, besides: Key | None) -> list[Membership]:
    skipped = "" if besides is None else besides.id
    return [place for place in agent.memberships if place.queue_id != skipped and place.paused is not True]
