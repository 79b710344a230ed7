"""What a console remembers: it gives the board its day back, writes down what the board shows, knows who is still
to be called back, and what people noted on rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread

from wallboard.board.alarms import AlarmEvent
from wallboard.board.board import Board
from wallboard.domain.clock import Clock
from wallboard.domain.language import english, tr
from wallboard.history.call_backs import KEPT, CallBacks
from wallboard.history.collector import EVERY, Collector
from wallboard.history.courses import Course, Stretch
from wallboard.history.notes import Notes
from wallboard.history.records import AlarmChange, CallBack, Caller, Minute, Record, Written

if TYPE_CHECKING:
    from wallboard.history.reading import History
    from wallboard.history.store import HistoryStore

DAY = 86_400.0
RECENT = 3600.0
"""Seconds of the past that are kept in memory where nothing is written down."""
REREAD = 30.0
"""Seconds between two looks at what other consoles did to callers who gave up."""


class Archive:
    """See the module. `keep`: days; 0 remembers in memory alone, and nothing after the end. `sources` are those whose
    past is of interest; `by` names who writes notes."""

    def __init__(
        self, board: Board, clock: Clock, path: Path, keep: float, sources: frozenset[str], by: str = ""
    ) -> None:
        self._board = board
        self._clock = clock
        self._path = path
        self._keep = keep
        self._sources = sources
        self._store: HistoryStore | None = None
        self._recent: deque[tuple[float, Record]] = deque()
        self.call_backs = CallBacks(self.add, clock.now)
        self.notes = Notes(self.add, by)
        self.told: Callable[[], None] = lambda: None
        """Called when something was noted, or done about a caller who gave up."""

    def add(self, record: Record) -> None:
        if isinstance(record, Caller):
            self.call_backs.take(record)
        if isinstance(record, CallBack | Written):
            self.told()
        if self._store is not None:
            self._store.add(record)
        elif not self._keep and isinstance(record, Minute | Caller):
            now = self._clock.now()
            self._recent.append((now, record))
            while now - self._recent[0][0] > RECENT:
                self._recent.popleft()

    @property
    def problem(self) -> str:
        """Why nothing is written down at the moment, as a sentence; "" where it is, or nothing is to be."""
        why = "" if self._store is None else self._store.problem
        return tr("the history is not written ({path}: {why})", path=self._path, why=why) if why else ""

    @property
    def remark(self) -> str:
        """Why there is less of the past than one would expect."""
        return "" if self._keep else tr("no history ([history] keep = 0): the last hour of this console alone")

    async def courses(self, stretches: Sequence[Stretch]) -> Sequence[Course]:
        """How queues fared, read in a thread. Unreadable."""
        from wallboard.history.past import courses

        recent = None if self._keep else [record for _, record in self._recent]
        opened: list[History] = []
        read = partial(courses, self._path, stretches, recent, opened.append)
        try:
            return await to_thread.run_sync(read, abandon_on_cancel=True)
        finally:
            # Whoever goes from queue to queue must not leave a thread behind at each.
            for history in opened:
                history.interrupt()

    def _alarm(self, event: AlarmEvent) -> None:
        alarm = event.alarm
        self.add(
            AlarmChange(
                at=int(event.at),
                id=alarm.id,
                source=alarm.source,
                object=english(alarm.object),
                condition=alarm.condition,
                severity=alarm.severity,
                change=event.what,
                since=int(alarm.since),
                by=alarm.snoozed_by or alarm.acked_by,
                text=f"{english(alarm.object)} {english(alarm.text)}",
            )
        )

    async def run(self) -> None:
        """Until it is cancelled; then what is under way is written."""
        collector = Collector(self._board, self.add)
        leave = self._board.alarms.subscribe(self._alarm)
        if self._keep:
            # Imported here: a database is nothing that the first frame waits for.
            from wallboard.history.store import HistoryStore

            self._store = HistoryStore(self._path, self._keep, lambda: self._clock.wall().timestamp())
            await self._restore()
            self._store.start()
        self.call_backs.catch_up = collector.decide
        read = self._clock.now()
        try:
            while True:
                await self._clock.sleep(EVERY)
                for _ in collector.looking():
                    await anyio.lowlevel.checkpoint()
                if self._keep and self._clock.now() - read >= REREAD:
                    # What the other console was slow to write is read as well.
                    await self._read_call_backs(read - REREAD)
                    await self._read_notes(read - REREAD)
                    read = self._clock.now()
        finally:
            leave()
            collector.close()
            if self._store is not None:
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(self._store.close)

    async def _restore(self) -> None:
        from wallboard.history import past

        day = await to_thread.run_sync(past.last_day, self._path, self._clock.now())
        day.give_back(self._board, self._sources)
        await self._read_call_backs(self._clock.now() - KEPT)
        await self._read_notes(self._clock.now() - self._keep * DAY)

    async def _read_notes(self, since: float) -> None:
        from wallboard.history import past

        if self.notes.restore(await to_thread.run_sync(past.notes, self._path, since, self._clock.now())):
            self.told()

    async def _read_call_backs(self, since: float) -> None:
        from wallboard.history import past

        callers, backs = await to_thread.run_sync(past.lately, self._path, since, self._clock.now())
        if self.call_backs.restore((caller for caller in callers if caller.source in self._sources), backs):
            self.told()
