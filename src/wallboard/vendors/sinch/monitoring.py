"""Where live counts and agent states come from: nowhere yet, and why.

RCI tells what is configured. The vendor's monitoring interface (RMI, beside it at `…/RI/rmi`) tells what goes on:
`/queueStatuses` by queue id, `/agents` with `availability` Away, Busy or Free by user id. Its ids are those of RCI; the
names of its counters are in no public document. An adapter for it is a second `Monitoring`, read by feeds of its own
and handed to `SinchAdapter`, whose rows ask nothing else for live values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wallboard.domain.states import AgentState
from wallboard.domain.text import NOTHING, Clean


@dataclass(frozen=True, slots=True)
class Counts:
    """What goes on in one queue; None: not told (never 0). `longest_since` in steady UTC seconds."""

    waiting: int | None = None
    ringing: int | None = None
    talking: int | None = None
    longest_since: float | None = None


class Monitoring(Protocol):
    """Live values by canonical RCI ids. The two reasons are clauses, "" where values are told."""

    @property
    def no_counts(self) -> Clean: ...

    @property
    def no_states(self) -> Clean: ...

    def counts(self, queue: str) -> Counts: ...

    def state(self, user: str) -> tuple[AgentState, Clean]:
        """The state, and the vendor's word for it."""


class Unmonitored:
    """RCI alone."""

    no_counts = Clean("RCI tells no live counts")
    no_states = Clean("RCI tells no states")

    def counts(self, queue: str) -> Counts:
        return Counts()

    def state(self, user: str) -> tuple[AgentState, Clean]:
        return AgentState.UNKNOWN, NOTHING
