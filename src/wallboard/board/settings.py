"""What the board is told about queues and alarms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, replace

from wallboard.board.verdicts import Timing
from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.records import dataclass
from wallboard.domain.rules import AgentLimits, Goal, QueueRule

DEFAULT_GOAL = Goal()
DEFAULT_TIMING = Timing()
_NO_LIMITS = AgentLimits()

_AT_ONCE = {"on_delay": 0.0}
_CONDITIONS: dict[str, dict[str, float]] = {
    # The share of an hour moves by single callers: what matters is a minute of it.
    "service": {"on_delay": 60.0, "points": 2.0},
    "lost_percent": {"on_delay": 60.0, "points": 1.0},
    # Whoever has been at something for so long has been so for long enough.
    **{name: {**_AT_ONCE, "deadband": 0.0} for name in ("break", "wrap_up", "talk", "ring", "hold")},
    # Counts of a day: nothing new happens while nobody else calls in vain.
    "not_taken": {**_AT_ONCE, "off_delay": 0.0, "deadband": 0.0, "again": math.inf},
    # A list is stale only when it has been late for long, and one good reading ends it.
    "data": {**_AT_ONCE, "off_delay": 0.0, "deadband": 0.0},
}
"""What a condition has of its own, in place of what `[alarm]` says."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """`queues` in order, the first match wins; `goal` where no rule gives one.

    `known` are callers whom the site names, `regions` the country of each source's national numbers.
    `longest_alarm` caps the default red limit of the longest wait, which is three times the goal's seconds; `timing` is
    that of all conditions but those that have one of their own.
    """

    queues: tuple[QueueRule, ...] = ()
    goal: Goal = DEFAULT_GOAL
    known: KnownNumbers = field(default_factory=KnownNumbers)
    regions: Mapping[str, str] = field(default_factory=dict)
    longest_alarm: float = 120.0
    trend_bucket: float = 60.0
    trend_size: int = 60
    timing: Timing = DEFAULT_TIMING

    def rule(self, name: str, queue_id: str) -> QueueRule:
        """The first matching rule, or one that says nothing; its goal is always set."""
        for rule in self.queues:
            if rule.matches(name, queue_id):
                return rule if rule.goal else replace(rule, goal=self.goal)
        return QueueRule("*", self.goal)

    def agent_limits(self, name: str, queue_id: str) -> AgentLimits:
        """Of the first matching rule, or one that says nothing."""
        return next((rule.agent for rule in self.queues if rule.matches(name, queue_id)), _NO_LIMITS)

    def timing_of(self, condition: str) -> Timing:
        """The delays and the deadband of a condition."""
        own = dict(_CONDITIONS.get(condition, ()))
        if own.get("on_delay"):
            own["on_delay"] = max(own["on_delay"], self.timing.on_delay)
        return replace(self.timing, **own)

    def caller(self, source: str, number: str) -> Known | None:
        """Whom the site knows `number` as."""
        return self.known.find(number, self.regions.get(source, "")) if self.known else None
