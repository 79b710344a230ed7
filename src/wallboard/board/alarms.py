"""Alarms: one per object and condition, with the states of ISA-18.2.

The rules say each second what is so (`Verdict`); the book keeps what a person needs on top of that: since when, who
knows of it, what came and went unseen, and that an alarm whose data went stale is unknown, not over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, TypeVar

from wallboard.board.alarm import Alarm, acked, unacked, unsnoozed
from wallboard.board.verdicts import LOW, Severity, Signal, Timing, Trace, Verdict
from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass

T = TypeVar("T")
WINDOW = 600.0
FLOOD = 10
"""More new alarms than this in `WINDOW` seconds are a flood."""
LATCHED = {"alarm": 12 * 3600.0, "warn": 1800.0}
"""Seconds for which what came and went unseen is kept: a shift, and half an hour."""
REMEMBERED = 200
"""So many of them at most, the latest."""
GROWTH = 0.5
"""Share of its limit by which an acknowledged alarm may grow before it asks again."""


ASTRAY = 30.0
"""Seconds by which two consoles may see the same begin at different times: their clocks differ, one reads later."""
AWAITED = 500
"""What others did about so many alarms that are not here is kept; then the oldest goes."""
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
        self._made: dict[object, Any] = {}
        """What was made of these alarms, until one of them changes."""
        self._traces: dict[str, Trace] = {}
        self._raised: deque[float] = deque(maxlen=MOST_RAISED)
        self._gone: deque[Alarm] = deque(maxlen=REMEMBERED)
        self._listeners: list[Callable[[AlarmEvent], None]] = []
        self._began = now()
        self._awaited: dict[str, Alarm] = {}
        """What others did about alarms that did not come up here yet."""

    def subscribe(self, listener: Callable[[AlarmEvent], None]) -> Callable[[], None]:
        """Be told of each transition; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def listed(self) -> Sequence[Alarm]:
        """Every alarm that is not normal, most urgent first: active, acknowledged, unknown, snoozed, cleared unseen."""
        return self.once("listed", lambda: sorted(self._alarms.values(), key=lambda alarm: alarm.urgency))

    def once(self, name: object, made: Callable[[], T]) -> T:
        """What `made` gives of the alarms, worked out anew only when one has changed."""
        if name not in self._made:
            self._made[name] = made()
        found: T = self._made[name]
        return found

    def active(self) -> Sequence[Alarm]:
        """Those that are there and not snoozed, acknowledged or not."""
        return self.once("active", lambda: [each for each in self.listed() if not each.cleared and not each.snoozed])

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

    def judged(self) -> Collection[Key | None]:
        """The rows of which a condition is or was true."""
        return {_subject(each) for each in (*self._traces, *self._alarms)}

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
                acted_at=self._after(alarm),
                acted_by=who,
            ),
        )
        return True

    def snooze(self, alarm_id: str, who: str, seconds: float | None) -> bool:
        """Put it aside by name, for so long or (None) until it clears; one that becomes worse comes back by itself."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.cleared or not who:
            return False
        until = None if seconds is None else self._now() + seconds
        acted_at = self._after(alarm)
        snoozed = replace(unacked(alarm), snoozed_by=who, snoozed_until=until, acted_at=acted_at, acted_by=who)
        self._set("snoozed", snoozed)
        return True

    def _after(self, alarm: Alarm) -> float:
        """Now, but later than what was done before, whatever the clock of whoever did that."""
        return max(self._now(), alarm.act[0] + 0.001)

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
                self._put(alarm)
                if not alarm.cleared:
                    self._traces[alarm.id] = Trace(alarm.condition, up, up if alarm.severity == "alarm" else Signal())

    def adopt(self, theirs: Iterable[Alarm]) -> None:
        """Take over what somebody did at another console that sees the same, where nobody has done anything since; what
        is so, each sees for itself. What has not come up here may still do so: one console reads later than another."""
        for other in theirs:
            mine = self._alarms.get(other.id)
            if mine is None:
                self._await(other)
                continue
            if other.act <= mine.act or not self._about(mine, other):
                continue
            mine = replace(mine, acted_at=other.acted_at, acted_by=other.acted_by)
            if other.snoozed and not mine.cleared:
                until = other.snoozed_until
                self._set("snoozed", replace(unacked(mine), snoozed_by=other.snoozed_by, snoozed_until=until))
            elif other.acked_by:
                self._set("acknowledged", acked(unsnoozed(mine), other))

    def _await(self, other: Alarm) -> None:
        if other.acted_at is not None and not other.cleared:
            self._awaited.pop(other.id, None)
            self._awaited[other.id] = other
            if len(self._awaited) > AWAITED:
                del self._awaited[next(iter(self._awaited))]

    def _about(self, mine: Alarm, other: Alarm) -> bool:
        """Whether what was done there was done about this alarm, and not about one that was over before it came up. Of
        what was there when this console began, nobody here knows since when; only what was done lately counts then."""
        now, acted_at = self._now(), other.act[0]
        if other.snoozed_until is not None:
            return other.snoozed_until > now
        there = mine.since <= self._began + ASTRAY and now - acted_at < self._timing(mine.condition).again
        return there or acted_at >= mine.since - ASTRAY

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
            self._set("merged", unsnoozed(replace(alarm, cleared_at=now)))

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
            if (other := self._awaited.pop(alarm.id, None)) is not None:
                self.adopt([other])
            return
        alarm = replace(
            acked(alarm, before),
            changed_at=before.changed_at,
            snoozed_by=before.snoozed_by,
            snoozed_until=before.snoozed_until,
            acted_at=before.acted_at,
            acted_by=before.acted_by,
        )
        if severity == "alarm" and before.severity == "warn":
            asks = not alarm.acked or alarm.acked_severity == "warn"
            if asks:
                self._count(now)
            self._set("worse", unsnoozed(unacked(alarm)) if asks else alarm)
        elif severity != before.severity:
            self._set("milder", alarm)
        elif alarm.acked and _asks_again(alarm, reading.below, timing, now):
            self._set("again", unacked(alarm))
        elif before.unknown:
            self._set("known", alarm)
        else:
            self._put(alarm)

    def _clear(self, alarm: Alarm, now: float) -> None:
        over = replace(alarm, cleared_at=now, unknown=False)
        if alarm.snoozed and alarm.snoozed_until is not None:
            # Aside for its time, whether it comes and goes meanwhile.
            self._put(over)
        elif alarm.acked or alarm.snoozed or alarm.priority == LOW:
            self._set("over", unsnoozed(over))
        else:
            self._set("cleared", over)

    def _end_snoozes(self, now: float) -> None:
        for alarm in tuple(self._alarms.values()):
            if alarm.snoozed and alarm.snoozed_until is not None and now >= alarm.snoozed_until:
                self._set("over" if alarm.cleared else "woken", unsnoozed(alarm))

    def _forget(self, now: float) -> None:
        """Let go of what has been over for long."""
        old = sorted((alarm.cleared_at, alarm.id) for alarm in self._alarms.values() if alarm.cleared_at is not None)
        for place, (at, alarm_id) in enumerate(reversed(old)):
            alarm = self._alarms[alarm_id]
            if not alarm.snoozed and (place >= REMEMBERED or now - at >= LATCHED[alarm.severity]):
                self._drop(alarm_id)

    def _count(self, now: float) -> None:
        self._raised.append(now)

    def _put(self, alarm: Alarm) -> None:
        self._alarms[alarm.id] = alarm
        self._made.clear()

    def _drop(self, alarm_id: str) -> None:
        self._alarms.pop(alarm_id, None)
        self._made.clear()

    def _set(self, what: What, alarm: Alarm) -> None:
        """Make a transition: keep the alarm as it is now, or let it go where it is normal, and tell of it."""
        now = self._now()
        alarm = replace(alarm, changed_at=now)
        if what in ("over", "merged") or alarm.state == "normal":
            self._drop(alarm.id)
            self._gone.append(replace(alarm, cleared_at=alarm.cleared_at or now, acked_at=alarm.acked_at or now))
        else:
            self._put(alarm)
        for listener in tuple(self._listeners):
            listener(AlarmEvent(what, alarm, now))


@lru_cache(maxsize=4096)
def _subject(alarm_id: str) -> Key | None:
    try:
        return Key.parse(alarm_id.rpartition(":")[0])
    except ValueError:  # of a list or of a source
        return None


def _asks_again(alarm: Alarm, below: bool, timing: Timing, now: float) -> bool:
    """Whether the acknowledgement has ended: it has grown by half of its limit, or long ago enough."""
    if alarm.acked_at is not None and now - alarm.acked_at >= timing.again:
        return True
    if alarm.value is None or alarm.acked_value is None or not alarm.limit:
        return False
    grown = alarm.acked_value - alarm.value if below else alarm.value - alarm.acked_value
    return grown >= GROWTH * abs(alarm.limit)
