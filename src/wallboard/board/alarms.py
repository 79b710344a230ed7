"""Alarms: one per object and condition, with the states of ISA-18.2.

The rules say each second what is so (`Verdict`); the book keeps what a person needs on top of that: since when, who
knows of it, what came and went unseen, and that an alarm whose data went stale is unknown, not over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wallboard.board.verdicts import LOW, Severity, Signal, Timing, Trace, Verdict
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import tr

State = Literal["active", "acked", "cleared", "snoozed", "unknown", "normal"]

WINDOW = 600.0
FLOOD = 10
"""More new alarms than this in `WINDOW` seconds are a flood."""
LATCHED = {"alarm": 12 * 3600.0, "warn": 1800.0}
"""Seconds for which what came and went unseen is kept: a shift, and half an hour."""
REMEMBERED = 200
"""So many of them at most, the latest."""
GROWTH = 0.5
"""Share of its limit by which an acknowledged alarm may grow before it asks again."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. `key` is the row to go to (None: a list, or a whole source). `snoozed_until` None with a
    name: until it clears. `changed_at`: its last transition. Instants in steady UTC seconds."""

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


MOST_RAISED = 1000
"""Alarms of ten minutes that are counted: that many are no rate any more."""
What = Literal[
    "raised",
    "worse",
    "milder",
    "cleared",
    "over",
    "merged",
    "unknown",
    "known",
    "acknowledged",
    "again",
    "snoozed",
    "woken",
]


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One transition. `cleared`: over, and nobody had seen it; `over`: gone for good; `merged`: another alarm tells it
    from now on; `again`: an acknowledgement ended; `woken`: a snooze did."""

    what: What
    alarm: Alarm
    at: float


class AlarmBook:
    """All alarms that a person should know of. Its only clock is `now`; `timing` gives each condition its own."""

    def __init__(self, now: Callable[[], float], timing: Callable[[str], Timing] = lambda _condition: Timing()) -> None:
        self._now = now
        self._timing = timing
        self._alarms: dict[str, Alarm] = {}
        self._traces: dict[str, Trace] = {}
        self._raised: deque[float] = deque(maxlen=MOST_RAISED)
        self._gone: deque[Alarm] = deque(maxlen=REMEMBERED)
        self._listeners: list[Callable[[AlarmEvent], None]] = []

    def subscribe(self, listener: Callable[[AlarmEvent], None]) -> Callable[[], None]:
        """Be told of each transition; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def listed(self) -> Sequence[Alarm]:
        """Every alarm that is not normal, most urgent first: active, acknowledged, unknown, snoozed, cleared unseen."""
        return sorted(self._alarms.values(), key=lambda alarm: alarm.urgency)

    def active(self) -> Sequence[Alarm]:
        """Those that are there and not snoozed, acknowledged or not."""
        return [alarm for alarm in self.listed() if not alarm.cleared and not alarm.snoozed]

    def unseen(self) -> Sequence[Alarm]:
        """Those that came and went without anybody knowing of it."""
        return [alarm for alarm in self.listed() if alarm.state == "cleared"]

    def snoozed(self) -> Sequence[Alarm]:
        return [alarm for alarm in self.listed() if alarm.snoozed]

    def get(self, alarm_id: str) -> Alarm | None:
        return self._alarms.get(alarm_id)

    def on(self, key: Key) -> Sequence[Alarm]:
        """The alarms of one row that are there."""
        return [alarm for alarm in self.listed() if alarm.key == key and not alarm.cleared]

    @property
    def rate(self) -> int:
        """New alarms of the last ten minutes, those that became worse included."""
        until = self._now() - WINDOW
        while self._raised and self._raised[0] <= until:
            self._raised.popleft()
        return len(self._raised)

    @property
    def flood(self) -> bool:
        return self.rate > FLOOD

    def acknowledge(self, alarm_id: str, who: str) -> bool:
        """Note that `who` knows; what is over then goes. False where nothing asks for it."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.acked or alarm.snoozed:
            return False
        self._set(
            "acknowledged",
            replace(
                alarm,
                acked_by=who,
                acked_at=self._now(),
                acked_value=alarm.value,
                acked_severity=alarm.severity,
            ),
        )
        return True

    def snooze(self, alarm_id: str, who: str, seconds: float | None) -> bool:
        """Put it aside by name, for so long or (None) until it clears; one that becomes worse comes back by itself."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.cleared or not who:
            return False
        until = None if seconds is None else self._now() + seconds
        self._set("snoozed", replace(_unacked(alarm), snoozed_by=who, snoozed_until=until))
        return True

    def kept(self) -> Sequence[Alarm]:
        """What a store has to keep: all that is listed, and what lately went, which is normal."""
        return list(({alarm.id: alarm for alarm in self._gone} | self._alarms).values())

    def restore(self, kept: Iterable[Alarm]) -> None:
        """Begin with what a store kept: unknown, until its data has been read."""
        now = self._now()
        for alarm in kept:
            if alarm.state != "normal" and alarm.id not in self._alarms:
                since = min(alarm.since, now)
                up = Signal(True, since, 0.0, now, False, now)
                alarm = replace(alarm, since=since, unknown=not alarm.cleared)
                self._alarms[alarm.id] = alarm
                if not alarm.cleared:
                    self._traces[alarm.id] = Trace(alarm.condition, up, up if alarm.severity == "alarm" else Signal())

    def adopt(self, theirs: Iterable[Alarm]) -> None:
        """Take over what somebody did at another console that sees the same; what is so, each sees for itself."""
        for other in theirs:
            mine = self._alarms.get(other.id)
            if mine is None or mine.snoozed or mine.acked or other.changed_at <= mine.changed_at:
                continue
            if other.snoozed and not mine.cleared:
                until = other.snoozed_until
                self._set("snoozed", replace(mine, snoozed_by=other.snoozed_by, snoozed_until=until))
            elif other.acked_by:
                self._set("acknowledged", _acked(mine, other))

    def update(self, verdicts: Iterable[Verdict], now: float, blind: Callable[[Alarm], bool]) -> bool:
        """Take the verdicts of this second in; whether anything changed.

        `blind` tells whether the data of an alarm that no verdict mentions is too old to conclude that it is over.
        """
        before = dict(self._alarms)
        named: set[str] = set()
        for verdict in verdicts:
            named.add(verdict.id)
            if verdict.merged:
                self._merge(verdict.id, now)
            elif not verdict.known:
                self._lose_sight(verdict.id)
            elif not verdict.confirming:
                self._judge(verdict, now)
        for alarm_id in [each for each in {**self._alarms, **self._traces} if each not in named]:
            alarm = self._alarms.get(alarm_id)
            if alarm is not None and not alarm.cleared and blind(alarm):
                self._lose_sight(alarm_id)
            else:
                self._absent(alarm_id, now)
        self._end_snoozes(now)
        self._forget(now)
        return before != self._alarms

    def _lose_sight(self, alarm_id: str) -> None:
        alarm = self._alarms.get(alarm_id)
        if alarm is not None and not alarm.cleared and not alarm.unknown:
            self._set("unknown", replace(alarm, unknown=True))

    def _merge(self, alarm_id: str, now: float) -> None:
        self._traces.pop(alarm_id, None)
        alarm = self._alarms.get(alarm_id)
        if alarm is not None and not alarm.cleared:
            self._set("merged", _unsnoozed(replace(alarm, cleared_at=now)))

    def _absent(self, alarm_id: str, now: float) -> None:
        trace = self._traces.get(alarm_id)
        if trace is None:
            return
        self._keep(alarm_id, trace.after(False, False, now, self._timing(trace.condition)))
        alarm = self._alarms.get(alarm_id)
        if alarm is not None and not alarm.cleared and alarm_id not in self._traces:
            self._clear(alarm, now)

    def _judge(self, verdict: Verdict, now: float) -> None:
        timing = self._timing(verdict.condition)
        trace = self._traces.get(verdict.id)
        known = trace or Trace(verdict.condition)
        warn = verdict.reached(verdict.reading.warn, timing, known.warn.up)
        alarm = verdict.reached(verdict.reading.alarm, timing, known.alarm.up)
        if trace is None and not warn and not alarm:
            return
        trace = known.after(warn, alarm, now, timing)
        self._keep(verdict.id, trace)
        found = self._alarms.get(verdict.id)
        if trace.severity is not None and trace.since is not None:
            self._follow(verdict, found, trace.severity, trace.since, timing, now)
        elif found is not None and not found.cleared:
            self._clear(found, now)

    def _keep(self, alarm_id: str, trace: Trace) -> None:
        if trace.since is None:
            self._traces.pop(alarm_id, None)
        else:
            self._traces[alarm_id] = trace

    def _follow(
        self, verdict: Verdict, before: Alarm | None, severity: Severity, since: float, timing: Timing, now: float
    ) -> None:
        reading = verdict.reading
        limit = reading.alarm if severity == "alarm" else reading.warn
        text = reading.told(limit or 0.0) if reading.value is not None or before is None else before.text
        alarm = Alarm(
            id=verdict.id,
            source=verdict.source,
            object=verdict.object,
            condition=verdict.condition,
            key=verdict.key,
            resource=verdict.resource,
            severity=severity,
            priority=verdict.priority,
            value=reading.value,
            limit=limit,
            text=text,
            since=since,
            changed_at=now,
        )
        if before is None or (before.cleared and not before.snoozed):
            self._count(now)
            self._set("raised", alarm)
            return
        alarm = replace(
            _acked(alarm, before),
            changed_at=before.changed_at,
            snoozed_by=before.snoozed_by,
            snoozed_until=before.snoozed_until,
        )
        if severity == "alarm" and before.severity == "warn":
            asks = not alarm.acked or alarm.acked_severity == "warn"
            if asks:
                self._count(now)
            self._set("worse", _unsnoozed(_unacked(alarm)) if asks else alarm)
        elif severity != before.severity:
            self._set("milder", alarm)
        elif alarm.acked and _asks_again(alarm, reading.below, timing, now):
            self._set("again", _unacked(alarm))
        elif before.unknown:
            self._set("known", alarm)
        else:
            self._alarms[alarm.id] = alarm

    def _clear(self, alarm: Alarm, now: float) -> None:
        over = replace(alarm, cleared_at=now, unknown=False)
        if alarm.snoozed and alarm.snoozed_until is not None:
            # Aside for its time, whether it comes and goes meanwhile.
            self._alarms[alarm.id] = over
        elif alarm.acked or alarm.snoozed or alarm.priority == LOW:
            self._set("over", _unsnoozed(over))
        else:
            self._set("cleared", over)

    def _end_snoozes(self, now: float) -> None:
        for alarm in tuple(self._alarms.values()):
            if alarm.snoozed and alarm.snoozed_until is not None and now >= alarm.snoozed_until:
                self._set("over" if alarm.cleared else "woken", _unsnoozed(alarm))

    def _forget(self, now: float) -> None:
        """Let go of what has been over for long."""
        old = sorted((alarm.cleared_at, alarm.id) for alarm in self._alarms.values() if alarm.cleared_at is not None)
        for place, (at, alarm_id) in enumerate(reversed(old)):
            alarm = self._alarms[alarm_id]
            if not alarm.snoozed and (place >= REMEMBERED or now - at >= LATCHED[alarm.severity]):
                del self._alarms[alarm_id]

    def _count(self, now: float) -> None:
        self._raised.append(now)

    def _set(self, what: What, alarm: Alarm) -> None:
        """Make a transition: keep the alarm as it is now, or let it go where it is normal, and tell of it."""
        now = self._now()
        alarm = replace(alarm, changed_at=now)
        if what in ("over", "merged") or alarm.state == "normal":
            self._alarms.pop(alarm.id, None)
            self._gone.append(replace(alarm, cleared_at=alarm.cleared_at or now, acked_at=alarm.acked_at or now))
        else:
            self._alarms[alarm.id] = alarm
        for listener in tuple(self._listeners):
            listener(AlarmEvent(what, alarm, now))


def _acked(alarm: Alarm, like: Alarm) -> Alarm:
    """With the acknowledgement that `like` has."""
    return replace(
        alarm,
        acked_by=like.acked_by,
        acked_at=like.acked_at,
        acked_value=like.acked_value,
        acked_severity=like.acked_severity,
    )


def _unacked(alarm: Alarm) -> Alarm:
    return replace(alarm, acked_by="", acked_at=None, acked_value=None, acked_severity=None)


def _unsnoozed(alarm: Alarm) -> Alarm:
    return replace(alarm, snoozed_by="", snoozed_until=None)


def _asks_again(alarm: Alarm, below: bool, timing: Timing, now: float) -> bool:
    """Whether the acknowledgement has ended: it has grown by half of its limit, or long ago enough."""
    if alarm.acked_at is not None and now - alarm.acked_at >= timing.again:
        return True
    if alarm.value is None or alarm.acked_value is None or not alarm.limit:
        return False
    grown = alarm.acked_value - alarm.value if below else alarm.value - alarm.acked_value
    return grown >= GROWTH * abs(alarm.limit)
