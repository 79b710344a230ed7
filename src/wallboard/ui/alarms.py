"""Which alarm the alarm line shows, which ones are new, where `!` goes, and what a person does with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wallboard.board.alarm import Alarm
from wallboard.board.alarms import AlarmEvent
from wallboard.board.board import Board
from wallboard.domain.language import mark, tr, trn
from wallboard.view.alarm_words import Together, lines_of, searched, visited
from wallboard.view.filters import holds

NEW_SECONDS = 2.0
"""A newcomer shows as "+1 new" this long before it takes its place, so that the line does not change under the eye."""
NEXT_SECONDS = 5.0
VISIT_SECONDS = 30.0
"""How long the line stays with the alarm that was gone to, unless a worse one comes up."""

Remember = Callable[[str, Alarm], None]
"""Writes down what a person did with an alarm: "acknowledge" or "snooze"."""


class AlarmPointer:
    """The alarms of one object stand in the line together (`alarm_words`), and what it names is acknowledged."""

    name = mark("alarms")

    def __init__(self, board: Board, remember: Remember, now: Callable[[], float]) -> None:
        self._board = board
        self._book = board.alarms
        self._remember = remember
        self._at: str | None = None
        self._first_seen: dict[str, float] = {}
        self._visited: list[str] = []
        self._jumped_at = float("-inf")
        # What was there before anybody looked is told like what comes.
        there = (alarm for alarm in self._book.active() if alarm.state == "active")
        self._heard = [AlarmEvent("raised", alarm, alarm.since) for alarm in there]
        self.fresh = 0
        self.filter = ""
        """What the list of the alarms mode is narrowed to."""
        self._now = now
        self._book.subscribe(self._heard.append)

    def lines(self) -> Sequence[Together]:
        return lines_of(self._book)

    def listed(self) -> Sequence[Together]:
        """The lines of the alarms mode."""
        words = self.filter.casefold().split()
        return [line for line in self.lines() if all(holds(searched(line), word) for word in words)]

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.listed()), len(self.lines())

    def set_filter(self, text: str) -> None:
        """Narrow the list of the alarms mode; a cursor that it hides goes to its first line."""
        self.filter = text
        found = self.listed()
        if text and found and not any(line.holds(self._at) for line in found):
            self._at = found[0].lead.id

    @property
    def line(self) -> Together | None:
        """What stands in the alarm line, and under the cursor of the alarms mode. Behind one that was just acknowledged
        the next is shown at once, and is there to be acknowledged with the next second."""
        return self._pointed or next((line for line in self.lines() if line.open), None)

    @property
    def _pointed(self) -> Together | None:
        return next((line for line in self.lines() if line.holds(self._at)), None) if self._at else None

    @property
    def shown(self) -> str | None:
        """Which alarms these are."""
        line = self.line
        return None if line is None else line.stamp

    def heard(self) -> list[AlarmEvent]:
        """The transitions since it was last asked."""
        events = list(self._heard)
        self._heard.clear()
        return events

    def tick(self, now: float, dialog_open: bool) -> None:
        """Follow the board's alarms."""
        lines = self.lines()
        ids = {alarm.id for line in lines for alarm in line.alarms}
        self._first_seen = {known: at for known, at in self._first_seen.items() if known in ids}
        for alarm_id in ids:
            self._first_seen.setdefault(alarm_id, now)
        open_ones = [line for line in lines if line.open]
        # Whoever has narrowed the list is at it. Under the cursor of somebody who is, an alarm may also be over.
        visiting = now - self._jumped_at < VISIT_SECONDS or bool(self.filter)
        line = self._pointed
        self.fresh = 0
        if line is None or not (visiting or (line.open and not line.lead.cleared)):
            if not open_ones:
                self._at = None
            elif not dialog_open or self._at is None:
                self._at = open_ones[0].lead.id
            return
        better = []
        for other in open_ones:
            if other.stamp == line.stamp:
                break
            if not visiting or self._seen(other) > self._jumped_at:
                better.append(other)
        young = [other for other in better if now - self._seen(other) < NEW_SECONDS]
        self.fresh = len(better) if dialog_open else len(young)
        if better and not dialog_open and len(young) < len(better):
            self._at = next(other.lead.id for other in better if other not in young)

    def _seen(self, line: Together) -> float:
        return min(self._first_seen.get(alarm.id, float("inf")) for alarm in line.alarms)

    def next(self, now: float) -> Alarm | None:
        """The alarm in the line; again within 5 s: the next one. The line goes with it."""
        lines = visited(self.lines())
        if not lines:
            return None
        if now - self._jumped_at > NEXT_SECONDS:
            self._visited = []
        self._jumped_at = now
        order = lines if self._visited else sorted(lines, key=lambda line: not line.holds(self._at))
        chosen = next((line.lead for line in order if line.lead.id not in self._visited), order[0].lead)
        if chosen.id in self._visited:
            self._visited = []
        self._visited.append(chosen.id)
        self._at = chosen.id
        return chosen

    def move(self, lines: int) -> None:
        """Move on by so many lines of the alarms mode; far beyond either end is the end."""
        found = self.listed()
        if found:
            place = next((index for index, line in enumerate(found) if line.holds(self._at)), -1 if lines > 0 else 1)
            self._at = found[max(0, min(len(found) - 1, place + lines))].lead.id
            self._jumped_at = self._now()

    def to(self, what: object, line: int) -> bool:
        """Put the cursor of the alarms mode on the line of the alarm with this id; whether it stood there."""
        there = self.line
        found = next((each for each in self.listed() if isinstance(what, str) and each.holds(what)), None)
        if found is not None:
            self._at = found.lead.id
            self._jumped_at = self._now()
        return found is not None and there is not None and there.stamp == found.stamp

    def acknowledge(self, who: str, *, stay: bool = False) -> str:
        """Acknowledge what stands in the line; says what, "" if there is nothing. `stay`: the cursor of the alarms mode
        is on it and stays there."""
        line = self._pointed
        if line is None:
            return ""
        done = [alarm for alarm in line.alarms if self._acknowledge(alarm, who)]
        if stay:
            self._jumped_at = self._now()
        else:
            self._at = None
        return tr("alarm acknowledged: {alarm}", alarm=Together(tuple(done)).sentence) if done else ""

    def acknowledge_all(self, who: str, now: float) -> str:
        """Acknowledge every alarm of the list that has been in sight for a second or more."""
        listed = [alarm for line in self.listed() for alarm in line.alarms]
        seen = [alarm for alarm in listed if now - self._first_seen.get(alarm.id, now) >= 1.0]
        done = [alarm for alarm in seen if self._acknowledge(alarm, who)]
        self._at = None
        return trn("{n} alarm acknowledged", "{n} alarms acknowledged", len(done))

    def snooze(self, alarms: Sequence[Alarm], who: str, seconds: float | None) -> str:
        """Put these aside; says what."""
        done = [alarm for alarm in alarms if self._book.snooze(alarm.id, who, seconds)]
        for alarm in done:
            self._remember("snooze", self._book.get(alarm.id) or alarm)
        if not done:
            return ""
        self._at = None
        told = Together(tuple(done)).sentence
        if seconds is None:
            return tr("alarm snoozed until it clears: {alarm}", alarm=told)
        return tr("alarm snoozed for {minutes:.0f} min: {alarm}", minutes=seconds / 60, alarm=told)

    def _acknowledge(self, alarm: Alarm, who: str) -> bool:
        if not self._book.acknowledge(alarm.id, who):
            return False
        self._remember("acknowledge", alarm)
        return True
