"""Alarms: what is wrong now, since when, and who knows of it.

`conditions` says each second what is wrong; the book keeps what a person needs on top of that: when it began, who
acknowledged it, and that an alarm whose data went stale is unknown, not over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wallboard.domain.keys import Key, Resource

Severity = Literal["warn", "alarm"]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong. `weight` ranks kinds of trouble against each other, `size` within a kind."""

    severity: Severity
    sentence: str
    weight: float
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one thing that may be wrong. `known` False: its data is too old to say; `held`: wait a poll."""

    id: str
    key: Key | None
    source: str
    resource: Resource | None
    condition: Condition | None
    known: bool = True
    held: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. `key` is the row to go to (None: a whole source)."""

    id: str
    key: Key | None
    source: str
    resource: Resource | None
    severity: Severity
    sentence: str
    since: float
    acked_by: str = ""
    acked_at: float | None = None
    unknown: bool = False
    weight: float = 0.0
    size: float = 0.0

    @property
    def acked(self) -> bool:
        return self.acked_at is not None


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """`what` is raised, worse, cleared, unknown, known or acknowledged."""

    what: str
    alarm: Alarm
    at: float


class AlarmBook:
    """All alarms that are up."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._alarms: dict[str, Alarm] = {}
        self._listeners: list[Callable[[AlarmEvent], None]] = []

    def subscribe(self, listener: Callable[[AlarmEvent], None]) -> Callable[[], None]:
        """Be told of each change; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def active(self) -> Sequence[Alarm]:
        """Worst first: unacknowledged before acknowledged, alarms before warnings, known before unknown."""
        return sorted(self._alarms.values(), key=_urgency)

    def get(self, alarm_id: str) -> Alarm | None:
        return self._alarms.get(alarm_id)

    def on(self, key: Key) -> Sequence[Alarm]:
        """The alarms of one row."""
        return [alarm for alarm in self._alarms.values() if alarm.key == key]

    def acknowledge(self, alarm_id: str, who: str) -> bool:
        """Note that `who` knows; False when the alarm is over or was acknowledged before."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.acked:
            return False
        self._set(replace(alarm, acked_by=who, acked_at=self._now()), "acknowledged")
        return True

    def acknowledge_all(self, older_than: float = 1.0, who: str = "") -> Sequence[str]:
        """Acknowledge what has been up for `older_than` seconds, so that nothing is waved through unseen; the ids."""
        now = self._now()
        ids = [alarm.id for alarm in self.active() if not alarm.acked and now - alarm.since >= older_than]
        return [alarm_id for alarm_id in ids if self.acknowledge(alarm_id, who)]

    def update(self, verdicts: Iterable[Verdict], now: float, blind: Callable[[Alarm], bool]) -> bool:
        """Take the verdicts of this second in; whether anything changed.

        `blind` tells whether the data of an alarm that no verdict mentions is too old to conclude that it is over.
        """
        version = dict(self._alarms)
        seen: set[str] = set()
        for verdict in verdicts:
            seen.add(verdict.id)
            alarm = self._alarms.get(verdict.id)
            if verdict.held:
                continue
            if not verdict.known:
                if alarm is not None and not alarm.unknown:
                    self._set(replace(alarm, unknown=True), "unknown")
            elif verdict.condition is None:
                if alarm is not None:
                    self._clear(alarm, now)
            else:
                self._raise(verdict, verdict.condition, alarm, now)
        for alarm in tuple(self._alarms.values()):
            if alarm.id not in seen:
                if not blind(alarm):
                    self._clear(alarm, now)
                elif not alarm.unknown:
                    self._set(replace(alarm, unknown=True), "unknown")
        return version != self._alarms

    def _raise(self, verdict: Verdict, condition: Condition, alarm: Alarm | None, now: float) -> None:
        if alarm is None:
            fresh = Alarm(verdict.id, verdict.key, verdict.source, verdict.resource, "warn", "", now)
            what = "raised"
        elif alarm.severity == "warn" and condition.severity == "alarm":
            # Worse than what was acknowledged: it has to be looked at again.
            fresh, what = replace(alarm, since=now, acked_by="", acked_at=None), "worse"
        else:
            fresh, what = alarm, "known" if alarm.unknown else ""
        fresh = replace(
            fresh,
            severity=condition.severity,
            sentence=condition.sentence,
            weight=condition.weight,
            size=condition.size,
            unknown=False,
        )
        if fresh != alarm:
            self._set(fresh, what)

    def _set(self, alarm: Alarm, what: str) -> None:
        self._alarms[alarm.id] = alarm
        self._tell(what, alarm)

    def _clear(self, alarm: Alarm, now: float) -> None:
        del self._alarms[alarm.id]
        self._tell("cleared", alarm)

    def _tell(self, what: str, alarm: Alarm) -> None:
        if what:
            event = AlarmEvent(what, alarm, self._now())
            for listener in tuple(self._listeners):
                listener(event)


def _urgency(alarm: Alarm) -> tuple[bool, bool, bool, float, float, float, str]:
    return (
        alarm.acked,
        alarm.severity != "alarm",
        alarm.unknown,
        -alarm.weight,
        -alarm.size,
        alarm.since,
        alarm.id,
    )
