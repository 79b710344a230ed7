"""What a site wants of its queues: service-level goals and limits."""

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
    """Limits of one severity: reached when waiting ≥, longest wait in seconds ≥, ready agents ≤, service level in per
    cent ≤, share of callers lost in per cent ≥. None: no limit."""

    waiting: int | None = None
    longest: float | None = None
    ready: int | None = None
    service: float | None = None
    lost_percent: float | None = None


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """Seconds after which an agent's row is marked; None: the default."""

    break_: float | None = None
    wrap_up: float | None = None
    talk: float | None = None
    ring: float | None = None
    hold: float | None = None


@dataclass(frozen=True, slots=True)
class QueueRule:
    """One `[[queue]]`: `match` is a name, an id or a pattern of either, without regard to case; the first wins.
    `priority` is 1 (high), 2 or 3 (low)."""

    match: str
    goal: Goal | None = None
    warn: Limits = Limits()
    alarm: Limits = Limits()
    agent: AgentLimits = AgentLimits()
    priority: int = 2

    def matches(self, name: str, queue_id: str) -> bool:
        pattern = self.match.casefold()
        return any(text == pattern or fnmatchcase(text, pattern) for text in (name.casefold(), queue_id.casefold()))
