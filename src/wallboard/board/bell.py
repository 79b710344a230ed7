"""When the bell rings, and how often: by priority, once for a flood, and for high ones again until somebody knows."""

from __future__ import annotations

from collections.abc import Iterable

from wallboard.board.alarm import Alarm
from wallboard.board.alarms import AlarmEvent
from wallboard.board.verdicts import HIGH, LOW, NORMAL

PATTERN = {HIGH: 3, NORMAL: 1, LOW: 0}
REPEAT_SECONDS = 15.0
_NEW = frozenset({"raised", "worse", "again", "woken"})


def calls(events: Iterable[AlarmEvent]) -> list[Alarm]:
    """The alarms among the events that ask for somebody: new or worse, and no mere warning."""
    return [each.alarm for each in events if each.what in _NEW and each.alarm.severity == "alarm"]


class Bell:
    """Asked once a second."""

    def __init__(self) -> None:
        self._called_at = float("-inf")
        self._in_flood = False

    def rings(
        self, events: Iterable[AlarmEvent], active: Iterable[Alarm], now: float, *, flood: bool, silent: bool
    ) -> int:
        """How often to ring now. `silent`: muted, or quiet hours; what would have rung then is not made up for."""
        times = max((PATTERN[alarm.priority] for alarm in calls(events)), default=0)
        if flood and self._in_flood:
            times = 0
        self._in_flood = flood
        high = any(each.priority == HIGH and each.severity == "alarm" and each.state == "active" for each in active)
        if not times and high and now - self._called_at >= REPEAT_SECONDS:
            times = PATTERN[HIGH]
        if times == PATTERN[HIGH]:
            self._called_at = now
        return 0 if silent else times
