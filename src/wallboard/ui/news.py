"""What a second brings that is worth a line in the log: alarms, sources that come and go, notices; and the bell."""

from __future__ import annotations

from wallboard.domain.language import tr
from wallboard.domain.states import SourceState
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.attention import Attention
from wallboard.ui.notices import NoticeWatch
from wallboard.ui.settings import Station
from wallboard.view.alarm_words import log_entries
from wallboard.view.context import Context
from wallboard.view.eventlog import source_key
from wallboard.view.header import window_title


class News:
    def __init__(self, at: Station, alarms: AlarmPointer, attention: Attention) -> None:
        self._at = at
        self._alarms = alarms
        self._attention = attention
        self._flood = False
        self._notices = NoticeWatch()
        self._states: dict[str, str] = {}

    def tick(self, context: Context, asked: bool) -> None:
        """`asked`: a question stands, so the alarm line keeps its alarm."""
        at = self._at
        self._alarms.tick(at.clock.now(), asked)
        events = self._alarms.heard()
        at.remarks.entries.extend(log_entries(events, self._new_flood(), at.settings.zone))
        wall = at.clock.wall().astimezone(at.settings.zone)
        self._attention.tick(events, at.board.alarms, window_title(context), at.clock.now(), wall)
        for view in context.views():
            before = self._states.get(view.info.name)
            if before != view.word:
                self._states[view.info.name] = view.word
                if before is not None:
                    style = "ok" if view.state is SourceState.LIVE else "stale"
                    said = tr("{source} is {state}", source=view.info.name, state=tr(view.word))
                    text = f"{said}: {view.detail}" if view.detail else said
                    at.remarks.log("state", text, style, (source_key(view.info.name),))
        at.remarks.entries.extend(self._notices.tick(context))

    def _new_flood(self) -> int:
        """The alarms of the last ten minutes, where they have just become a flood."""
        book = self._at.board.alarms
        begun, self._flood = book.flood and not self._flood, book.flood
        return book.rate if begun else 0
