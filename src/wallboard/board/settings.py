"""What the board is told about queues and alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wallboard.domain.rules import Goal, QueueRule

DEFAULT_GOAL = Goal()


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """`queues` in order, the first match wins; `goal` where no rule gives one.

    `longest_alarm` caps the default red limit of the longest wait, which is three times the goal's seconds.
    """

    queues: tuple[QueueRule, ...] = ()
    goal: Goal = DEFAULT_GOAL
    longest_alarm: float = 120.0
    trend_bucket: float = 60.0
    trend_size: int = 60

    def rule(self, name: str, queue_id: str) -> QueueRule:
        """The first matching rule, or one that says nothing; its goal is always set."""
        for rule in self.queues:
            if rule.matches(name, queue_id):
                return rule if rule.goal else replace(rule, goal=self.goal)
        return QueueRule("*", self.goal)
