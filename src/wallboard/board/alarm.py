"""One alarm as it stands, with what people know of it and did about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from wallboard.board.verdicts import Severity
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass

State = Literal["active", "acked", "cleared", "snoozed", "unknown", "normal"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. `key` is the row to go to (None: a list, or a whole source). `snoozed_until` None with a
    name: until it clears. `changed_at`: its last transition; `acted_at` and `acted_by`: the last time that a person did
    something about it, also where that has ended since. Instants in steady UTC seconds."""

    id: str
    source: str
    object: str
    condition: str
    key: Key | None
    resource: Resource | None
    severity: Severity
    priority: int
    value: float | None
    limit: float | None
    text: str
    since: float
    changed_at: float
    acked_by: str = ""
    acked_at: float | None = None
    acked_value: float | None = None
    acked_severity: Severity | None = None
    snoozed_by: str = ""
    snoozed_until: float | None = None
    cleared_at: float | None = None
    unknown: bool = False
    acted_at: float | None = None
    acted_by: str = ""

    @property
    def act(self) -> tuple[float, str]:
        """Of two copies of an alarm, that with the greater one is what people did last."""
        return (float("-inf") if self.acted_at is None else self.acted_at, self.acted_by)

    @property
    def acked(self) -> bool:
        return self.acked_at is not None

    @property
    def snoozed(self) -> bool:
        return bool(self.snoozed_by)

    @property
    def cleared(self) -> bool:
        return self.cleared_at is not None

    @property
    def state(self) -> State:
        if self.snoozed:
            return "snoozed"
        if self.cleared:
            return "normal" if self.acked else "cleared"
        return "unknown" if self.unknown else "acked" if self.acked else "active"

    @property
    def sentence(self) -> str:
        return tr("{row} {what}", row=self.object, what=self.text) if self.object else self.text

    @property
    def urgency(self) -> tuple[bool, int, bool, bool, float, str]:
        """What comes first: priority, severity, what nobody has acknowledged, age; what is over comes last."""
        return (self.cleared, self.priority, self.severity != "alarm", self.acked, self.since, self.id)


def acked(alarm: Alarm, like: Alarm) -> Alarm:
    """With the acknowledgement that `like` has."""
    return replace(
        alarm,
        acked_by=like.acked_by,
        acked_at=like.acked_at,
        acked_value=like.acked_value,
        acked_severity=like.acked_severity,
    )


def unacked(alarm: Alarm) -> Alarm:
    return replace(alarm, acked_by="", acked_at=None, acked_value=None, acked_severity=None)


def unsnoozed(alarm: Alarm) -> Alarm:
    return replace(alarm, snoozed_by="", snoozed_until=None)
