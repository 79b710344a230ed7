"""Which alarm the alarm line shows, which ones are new, and where `!` goes."""

from __future__ import annotations

from wallboard.board.alarms import Alarm
from wallboard.board.board import Board
from wallboard.view.eventlog import Entry
from wallboard.view.format import plural

NEW_SECONDS = 2.0
"""A newcomer shows as "+1 new" this long before it takes its place, so that the line does not change under the eye."""
NEXT_SECONDS = 5.0
VISIT_SECONDS = 30.0
"""How long the line stays with the alarm that was gone to, unless a worse one comes up."""


class AlarmPointer:
    def __init__(self, board: Board) -> None:
        self._board = board
        self.shown: str | None = None
        self._first_seen: dict[str, float] = {}
        self._sentences: dict[str, str] = {}
        self._visited: list[str] = []
        self._jumped_at = float("-inf")
        self.fresh = 0

    def tick(self, now: float, dialog_open: bool) -> list[Entry]:
        """Follow the board's alarms; returns what is worth logging."""
        active = self._board.alarms.active()
        entries: list[Entry] = []
        ids = {alarm.id for alarm in active}
        for alarm in active:
            if alarm.id not in self._first_seen:
                self._first_seen[alarm.id] = now
                self._sentences[alarm.id] = alarm.sentence
                style = "alarm" if alarm.severity == "alarm" else "warn"
                entries.append(Entry(now, "alarm", alarm.sentence, style))
        for gone in [known for known in self._first_seen if known not in ids]:
            del self._first_seen[gone]
            entries.append(Entry(now, "alarm", f"over: {self._sentences.pop(gone)}", "muted"))
        open_ones = [alarm for alarm in active if not alarm.acked_by]
        shown_is_open = any(alarm.id == self.shown for alarm in open_ones)
        self.fresh = 0
        if not open_ones:
            self.shown = None
        elif not shown_is_open:
            if not dialog_open or self.shown is None:
                self.shown = open_ones[0].id
        else:
            better = []
            visiting = now - self._jumped_at < VISIT_SECONDS
            for alarm in open_ones:
                if alarm.id == self.shown:
                    break
                if not visiting or self._first_seen[alarm.id] > self._jumped_at:
                    better.append(alarm)
            young = [alarm for alarm in better if now - self._first_seen[alarm.id] < NEW_SECONDS]
            self.fresh = len(better) if dialog_open else len(young)
            if better and not dialog_open and len(young) < len(better):
                self.shown = next(alarm.id for alarm in better if alarm not in young)
        return entries

    def next(self, now: float) -> Alarm | None:
        """The alarm in the line; again within 5 s: the next one. The line goes with it."""
        active = self._board.alarms.active()
        if not active:
            return None
        if now - self._jumped_at > NEXT_SECONDS:
            self._visited = []
        self._jumped_at = now
        order = active if self._visited else sorted(active, key=lambda alarm: alarm.id != self.shown)
        chosen = next((alarm for alarm in order if alarm.id not in self._visited), order[0])
        if chosen.id in self._visited:
            self._visited = []
        self._visited.append(chosen.id)
        if not chosen.acked_by:
            self.shown = chosen.id
        return chosen

    def acknowledge(self, who: str, now: float) -> str:
        """Acknowledge the alarm in the line; says which, "" if there is none."""
        shown = next((alarm for alarm in self._board.alarms.active() if alarm.id == self.shown), None)
        self.shown = None
        if shown is None:
            return ""
        self._board.alarms.acknowledge(shown.id, who)
        return f"alarm acknowledged: {shown.sentence}"

    def acknowledge_all(self, who: str, now: float) -> str:
        """Acknowledge every alarm that has been in sight for a second or more."""
        count = 0
        for alarm in self._board.alarms.active():
            if not alarm.acked_by and now - self._first_seen.get(alarm.id, now) >= 1.0:
                self._board.alarms.acknowledge(alarm.id, who)
                count += 1
        self.shown = None
        return f"{plural(count, 'alarm')} acknowledged"
