"""What a site wants of its queues: service-level goals, limits, and when their day begins."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from fnmatch import fnmatchcase

from wallboard.domain.records import dataclass

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Day:
    """When "today" begins: `start` seconds after midnight in `zone` (None: where this machine is)."""

    start: float = 0.0
    zone: tzinfo | None = None

    def begin(self, now: float) -> float:
        """The beginning of the day in which `now` falls; a day of a clock change has 23 or 25 hours."""
        local = datetime.fromtimestamp(now, self.zone)
        hours, rest = divmod(int(self.start), 3600)
        begin = local.replace(hour=hours, minute=rest // 60, second=rest % 60, microsecond=0, fold=0)
        if begin.timestamp() > now:
            # By the calendar, not by 24 hours: the clock may have changed in between.
            begin -= timedelta(days=1)
        return begin.timestamp()


@dataclass(frozen=True, slots=True)
class Goal:
    """Service-level goal: `percent` of callers answered within `seconds`; `formula` is one of
    `queue_numbers.FORMULAS`, over the last `window` seconds (None: today)."""

    percent: float = 80.0
    seconds: float = 20.0
    formula: str = "live"
    window: float | None = HOUR

    @property
    def window_name(self) -> str:
        """As the config says it."""
        return "today" if self.window is None else f"{self.window / 60:g}m"


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
    day: Day = Day()

    def matches(self, name: str, queue_id: str) -> bool:
        pattern = self.match.casefold()
        return any(text == pattern or fnmatchcase(text, pattern) for text in (name.casefold(), queue_id.casefold()))
