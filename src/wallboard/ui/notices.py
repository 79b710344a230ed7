"""Notices that begin or end, as lines of the log: a disruption is news, wherever the eye is."""

from __future__ import annotations

from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Notice
from wallboard.view.context import Context
from wallboard.view.eventlog import Entry
from wallboard.view.panes.others import active, place_of, until_words

_READABLE = frozenset({"live", "late"})


class NoticeWatch:
    def __init__(self) -> None:
        self._active: dict[Key, str] = {}

    def tick(self, context: Context) -> list[Entry]:
        """What has begun or ended since the last look. A list that cannot be read ends nothing."""
        entries: list[Entry] = []
        rows = {row.key: row for row in context.board.rows(Resource.NOTICES) if isinstance(row, Notice)}
        for key, row in rows.items():
            if active(row, context.now) and key not in self._active:
                self._active[key] = place_of(row)
                place, until = place_of(row), until_words(row, context)
                text = tr("notice on {source}: {notice}, {until}", source=key.source, notice=place, until=until)
                entries.append(Entry(context.now, "notice", text, "warn", (key,)))
        for key in [known for known in self._active if known not in rows or not active(rows[known], context.now)]:
            view = context.board.resource_view(key.source, Resource.NOTICES)
            if key in rows or (view is not None and view.state.value in _READABLE):
                text = tr("over on {source}: {notice}", source=key.source, notice=self._active.pop(key))
                entries.append(Entry(context.now, "notice", text, "muted", (key,)))
        return entries
