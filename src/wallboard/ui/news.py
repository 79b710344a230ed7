"""What a second brings that is worth a line in the log: alarms, sources that come and go, notices; and the bell."""

from __future__ import annotations

from wallboard.domain.states import SourceState
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.notices import NoticeWatch
from wallboard.ui.settings import Station
from wallboard.view.context import Context
from wallboard.view.eventlog import Entry


class News:
    def __init__(self, at: Station, alarms: AlarmPointer) -> None:
        self._at = at
        self._alarms = alarms
        self._notices = NoticeWatch()
        self._states: dict[str, str] = {}

    def tick(self, context: Context, asked: bool) -> None:
        """`asked`: a question stands, so the alarm line keeps its alarm."""
        at = self._at
        for entry in self._alarms.tick(context.now, asked):
            at.remarks.entries.append(entry)
            if entry.style == "alarm" and at.settings.bell and not self._quiet():
                at.ports.bell()
        for view in context.views():
            before = self._states.get(view.info.name)
            if before != view.word:
                self._states[view.info.name] = view.word
                if before is not None:
                    style = "ok" if view.state is SourceState.LIVE else "stale"
                    text = f"{view.info.name} is {view.word}" + (f": {view.detail}" if view.detail else "")
                    at.remarks.entries.append(Entry(context.now, "state", text, style))
        at.remarks.entries.extend(self._notices.tick(context))

    def _quiet(self) -> bool:
        """Whether the bell is to be silent at this time of day."""
        wall = self._at.clock.wall().astimezone(self._at.settings.zone)
        minute = wall.hour * 60 + wall.minute
        return any(
            start <= minute < end if start <= end else minute >= start or minute < end
            for start, end in self._at.settings.quiet
        )
