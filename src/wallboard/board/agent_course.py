"""The course of an agent's day: which state lasted longest in each ten minutes, a byte for each."""

from __future__ import annotations

from copy import copy

from wallboard.domain.states import AgentState

SLOT = 600.0
"""Seconds."""
_MOST = 144
"""Slots that are kept: a day."""
_STATES = tuple(AgentState)
_GAP = 255
"""Nobody could look, or the agent was not there."""


class AgentCourse:
    """Told of each spell once it is over, in their order."""

    __slots__ = ("_seen", "_slot", "_spent")

    def __init__(self) -> None:
        self._seen = bytearray()
        """The slots before the one that lasts, oldest first."""
        self._slot: int | None = None
        self._spent: dict[AgentState, float] = {}

    def spend(self, state: AgentState, since: float, until: float) -> None:
        """The agent was in this state from `since` to `until`."""
        since = max(since, until - _MOST * SLOT)
        while since < until:
            slot = int(since // SLOT)
            if slot != self._slot:
                self._begin(slot)
            end = min(until, (slot + 1) * SLOT)
            self._spent[state] = self._spent.get(state, 0.0) + end - since
            since = end

    @property
    def grown(self) -> bool:
        """Whether it is longer than the slot that lasts."""
        return bool(self._seen)

    def states(self, now: float, lasting: tuple[AgentState, float] | None) -> tuple[AgentState | None, ...]:
        """Up to the slot of `now`, oldest first; None is a gap. `lasting`: the spell that goes on, since when."""
        made = copy(self)
        made._seen, made._spent = self._seen[:], dict(self._spent)
        if lasting is not None:
            made.spend(*lasting, now)
        made._begin(int(now // SLOT) + 1)
        return tuple(None if seen == _GAP else _STATES[seen] for seen in made._seen)

    def _begin(self, slot: int) -> None:
        if self._slot is not None:
            longest = max(self._spent, key=lambda state: self._spent[state], default=None)
            self._seen.append(_GAP if longest is None else _STATES.index(longest))
            self._seen.extend([_GAP] * min(_MOST, max(0, slot - self._slot - 1)))
            del self._seen[:-_MOST]
        self._slot, self._spent = slot, {}
