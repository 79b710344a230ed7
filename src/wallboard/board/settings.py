"""What the board is told about queues and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.rules import Goal, QueueRule

DEFAULT_GOAL = Goal()


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """`queues` in order, the first match wins; `goal` where no rule gives one.

    `known` are callers whom the site names, `regions` the country of each source's national numbers.
    `longest_alarm` caps the default red limit of the longest wait, which is three times the goal's seconds.
    """

    queues: tuple[QueueRule, ...] = ()
    goal: Goal = DEFAULT_GOAL
    known: KnownNumbers = field(default_factory=KnownNumbers)
    regions: Mapping[str, str] = field(default_factory=dict)
    longest_alarm: float = 120.0
    trend_bucket: float = 60.0
    trend_size: int = 60

    def rule(self, name: str, queue_id: str) -> QueueRule:
        """The first matching rule, or one that says nothing; its goal is always set."""
        for rule in self.queues:
            if rule.matches(name, queue_id):
                return rule if rule.goal else replace(rule, goal=self.goal)
        return QueueRule("*", self.goal)

    def caller(self, source: str, number: str) -> Known | None:
        """Whom the site knows `number` as."""
        return self.known.find(number, self.regions.get(source, "")) if self.known else None
