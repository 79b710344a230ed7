"""What the rules say of a condition each second (`Verdict`), and what has become of that over time (`Trace`).

A condition has to hold for its on-delay and to be absent for its off-delay, and a value that is up has to come back by
its deadband, so that what flaps is one alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from wallboard.domain.keys import Key, Resource
from wallboard.domain.records import dataclass

Severity = Literal["warn", "alarm"]

HIGH, NORMAL, LOW = 1, 2, 3
"""Priorities: of a queue `[[queue]] priority`, of all else what its rule says."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but `deadband`: the share of the limit by which a value must be better before the condition is absent,
    or `points` in its own unit. `again`: an acknowledged alarm that is still there asks again after it."""

    on_delay: float = 5.0
    off_delay: float = 15.0
    deadband: float = 0.2
    again: float = 300.0
    points: float | None = None

    def slack(self, limit: float) -> float:
        return abs(limit) * self.deadband if self.points is None else self.points


@dataclass(frozen=True, slots=True)
class Reading:
    """How one condition stands. `value` is in seconds, callers, agents or per cent (None: there is nothing that could
    be wrong), worse the larger it is, with `below` the smaller; `told(limit)` is the clause that says so."""

    value: float | None = None
    warn: float | None = None
    alarm: float | None = None
    told: Callable[[float], str] = str
    below: bool = False

    def reached(self, limit: float | None, slack: float = 0.0) -> bool:
        """Whether the value is at the limit, or nearer to it than `slack`."""
        if self.value is None or limit is None:
            return False
        return self.value <= limit + slack if self.below else self.value >= limit - slack

    @property
    def left(self) -> float:
        """How far a value that rises is from the first of its limits."""
        limits = [limit for limit in (self.warn, self.alarm) if limit is not None]
        return float("inf") if self.value is None else min(limits, default=float("inf")) - self.value

    @property
    def wrong(self) -> bool:
        return self.reached(self.warn) or self.reached(self.alarm)


def so(severity: Severity, text: str, value: float = 1.0, limit: float = 1.0) -> Reading:
    """A condition that is merely so, in these words."""
    warn, alarm = (limit, None) if severity == "warn" else (None, limit)
    return Reading(value, warn, alarm, lambda _limit: text)


NOTHING = Reading()
"""Nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one condition of one object now. `known` False: its data is too old to say; `confirming`: wait
    for the next reading; `merged`: another alarm tells it."""

    source: str
    object: str
    condition: str
    key: Key | None = None
    resource: Resource | None = None
    reading: Reading = NOTHING
    priority: int = NORMAL
    known: bool = True
    confirming: bool = False
    merged: bool = False

    @property
    def id(self) -> str:
        """`hq/queue/601:longest`; of a list `hq/members:data`, of a source `hq:data`."""
        if self.key is not None:
            return f"{self.key}:{self.condition}"
        return f"{self.source}{'' if self.resource is None else f'/{self.resource.value}'}:{self.condition}"

    def reached(self, limit: float | None, timing: Timing, is_up: bool) -> bool:
        """Whether the value is at the limit; of what is up, whether it has not come back by the deadband."""
        return limit is not None and self.reading.reached(limit, timing.slack(limit) if is_up else 0.0)


@dataclass(frozen=True, slots=True)
class Signal:
    """One severity of one condition, freed of its flapping. `since`: when it first became true; `lasted`: for how many
    seconds it has been true since then; `true_at`: when it was last seen true."""

    up: bool = False
    since: float | None = None
    lasted: float = 0.0
    true_at: float = 0.0
    true: bool = False
    at: float = 0.0

    def after(self, true: bool, now: float, timing: Timing) -> Signal:
        # What was read holds until the next reading.
        lasted = self.lasted + (now - self.at if self.true else 0.0)
        if true:
            since = now if self.since is None else self.since
            return Signal(self.up or lasted >= timing.on_delay, since, lasted, now, True, now)
        if self.since is None or now - self.true_at >= timing.off_delay:
            return Signal()
        return replace(self, lasted=lasted, true=False, at=now)


@dataclass(frozen=True, slots=True)
class Trace:
    """Both severities of one condition: what has happened lately, before and while there is an alarm."""

    condition: str
    warn: Signal = Signal()
    alarm: Signal = Signal()

    @property
    def severity(self) -> Severity | None:
        return "alarm" if self.alarm.up else "warn" if self.warn.up else None

    @property
    def since(self) -> float | None:
        return min((each.since for each in (self.warn, self.alarm) if each.since is not None), default=None)

    def after(self, warn: bool, alarm: bool, now: float, timing: Timing) -> Trace:
        return Trace(self.condition, self.warn.after(warn, now, timing), self.alarm.after(alarm, now, timing))
