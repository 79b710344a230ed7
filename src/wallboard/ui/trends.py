"""The trends mode: whose graphs are on the screen, over which span, and their reading from the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from wallboard.domain.errors import WallboardError
from wallboard.domain.keys import Key
from wallboard.history.courses import MINUTE, Course, Stretch
from wallboard.ui.modes import TRENDS, Modes, moved
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.view.scope import followed
from wallboard.view.spans import SPANS, SpanName, stretches
from wallboard.view.trend_graphs import countable
from wallboard.view.trends import Told, subject_of


class Trends:
    """Nothing is read while the mode is not on the screen; on it, anew as time goes on."""

    def __init__(self, at: Station, panes: Panes, modes: Modes) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        self._queue: Key | None = None
        self._span: SpanName = "hour"
        self._subject = subject_of(panes.context(), None)
        self._asked: Sequence[Stretch] = ()
        self._due = 0.0
        self._courses: Sequence[Course] = ()
        self._problem = ""
        self._cancel: Callable[[], None] | None = None

    @property
    def queue(self) -> Key | None:
        """Whose graphs they are; None: those of all queues."""
        return self._queue

    @property
    def told(self) -> Told:
        return Told(self._subject, self._span, self._courses, self._problem or self._at.ports.past.remark)

    def open(self) -> None:
        """On the queue that is followed, or that the row under the cursor is, or belongs to."""
        panes, context = self._panes, self._panes.context()
        row = panes.pane.row(panes.pane.selection.cursor)
        found = panes.followed or (followed(row, context) if row is not None else None)
        known = {queue.key for queue in countable(context)}
        self._queue = found.key if found is not None and found.key in known else None
        self.look()

    def act(self, action: str) -> None:
        """A key that moves: sideways to another span, up and down to another queue, by pages to other graphs."""
        if action in ("nav.left", "nav.right"):
            step = 1 if action == "nav.right" else -1
            self._span = SPANS[max(0, min(len(SPANS) - 1, SPANS.index(self._span) + step))]
        elif action in ("nav.page_up", "nav.page_down"):
            first = self._modes.scroll.get(TRENDS, 0) + moved(action, self._modes.page_lines)
            self._modes.scroll[TRENDS] = max(0, first)
        else:
            queues = [None, *(row.key for row in countable(self._panes.context()))]
            place = queues.index(self._queue) if self._queue in queues else 0
            self._queue = queues[max(0, min(len(queues) - 1, place + moved(action, 1)))]
        self.look()

    def to(self, what: object, line: int) -> bool:
        """Go to another span; no cursor stands on it."""
        self._span = next((span for span in SPANS if span == what), self._span)
        self.look()
        return False

    def look(self) -> None:
        """Read what is to be shown now, if it is not what was asked for last."""
        context = self._panes.context()
        self._subject = subject_of(context, self._queue)
        asked = stretches(self._subject, self._span, context.now)
        # What goes on is the board's to tell, so of wide columns each half is soon enough.
        due = context.now // max(MINUTE, asked[0].step // 2)
        if (asked, due) == (self._asked, self._due):
            return
        if not self._asked or asked[0].queue != self._asked[0].queue or asked[0].step != self._asked[0].step:
            # Of another queue nothing may stand there, not even while it is read.
            self._courses = ()
        if self._cancel is not None:
            self._cancel()
        self._asked, self._due, self._problem = asked, due, ""
        self._cancel = self._at.ports.start(partial(self._read, asked))

    async def _read(self, asked: Sequence[Stretch]) -> None:
        try:
            courses, problem = await self._at.ports.past.courses(asked), ""
        except WallboardError as error:
            courses, problem = (), str(error)
        if asked == self._asked:
            self._courses, self._problem, self._cancel = courses, problem, None
            self._at.ports.repaint()
