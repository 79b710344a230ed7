"""What calls a person who looks elsewhere: the bell, the terminal's title and its desktop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wallboard.board.alarms import AlarmBook, AlarmEvent
from wallboard.board.bell import PATTERN, Bell, calls
from wallboard.domain.language import tr
from wallboard.ui.settings import ConsoleSettings, Ports
from wallboard.view.alarm_words import Together

MUTE_SECONDS = 600.0


class Attention:
    """Asked once a second. `muted_until` is in steady UTC seconds."""

    def __init__(self, settings: ConsoleSettings, ports: Ports) -> None:
        self.muted_until = float("-inf")
        self._settings = settings
        self._ports = ports
        self._bell = Bell()
        self._title = ""
        self._flood = False

    def tick(self, events: Sequence[AlarmEvent], book: AlarmBook, title: str, now: float, wall: datetime) -> None:
        flood = book.flood
        silent = not self._settings.bell or now < self.muted_until or self._quiet(wall)
        times = self._bell.rings(events, book.active(), now, flood=flood, silent=silent)
        if times:
            self._ports.bell(times)
        if self._settings.notify:
            self._tell(events, title, book, flood)
        self._flood = flood

    def _tell(self, events: Sequence[AlarmEvent], title: str, book: AlarmBook, flood: bool) -> None:
        if title != self._title:
            self._title = title
            self._ports.title(title)
        if flood and not self._flood:
            self._ports.notify(tr("{n} alarms in 10 min", n=book.rate))
        elif not flood:
            for alarm in calls(events):
                self._ports.notify(Together((alarm,)).sentence)

    def _quiet(self, wall: datetime) -> bool:
        """Whether the bell is to be silent at this time of day."""
        minute = wall.hour * 60 + wall.minute
        return any(
            start <= minute < end if start <= end else minute >= start or minute < end
            for start, end in self._settings.quiet
        )

    def mute(self, now: float) -> str:
        """Silence the bell for ten minutes, or end that; says what."""
        if now < self.muted_until:
            self.muted_until = now
            return tr("the bell rings again")
        self.muted_until = now + MUTE_SECONDS
        return tr("the bell is muted for 10 min")

    def test(self) -> str:
        """Ring as for an alarm of high priority, whatever is muted."""
        self._ports.bell(PATTERN[1])
        return tr("that was the bell of a high alarm: three")
