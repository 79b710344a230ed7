"""What the board is told about queues and alarms, as plain values (the runtime maps the config to them)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Goal:
    """Service-level goal: `percent` of callers answered within `seconds`; `formula` is one of `kpi.FORMULAS`."""

    percent: float = 80.0
    seconds: float = 20.0
    formula: str = "live"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one severity: reached when waiting ≥, longest wait in seconds ≥, ready agents ≤. None: no limit."""

    waiting: int | None = None
    longest: float | None = None
    ready: int | None = None


@dataclass(frozen=True, slots=True)
class QueueRule:
    """One `[[queue]]`: `match` is a name, an id or a pattern of either, without regard to case."""

    match: str
    goal: Goal | None = None
    warn: Limits = Limits()
    alarm: Limits = Limits()

    def matches(self, name: str, queue_id: str) -> bool:
        pattern = self.match.casefold()
        return any(text == pattern or fnmatchcase(text, pattern) for text in (name.casefold(), queue_id.casefold()))


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """`queues` in order, the first match wins; `goal` where no rule gives one.

    `longest_alarm` caps the default red limit of the longest wait, which is three times the goal's seconds.
    """

    queues: tuple[QueueRule, ...] = ()
    goal: Goal = Goal()
    longest_alarm: float = 120.0
    trend_bucket: float = 60.0
    trend_size: int = 60

    def rule(self, name: str, queue_id: str) -> QueueRule:
        """The first matching rule, or one that says nothing; its goal is always set."""
        for rule in self.queues:
            if rule.matches(name, queue_id):
                return rule if rule.goal else QueueRule(rule.match, self.goal, rule.warn, rule.alarm)
        return QueueRule("*", self.goal)
