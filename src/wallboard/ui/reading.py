"""Reports of the row whose details are open: read when the cursor rests, one at a time, kept for a minute.

Nothing is asked by the clock. Moving on or closing the details cancels what is still being read, and what a vendor's
allowance keeps for actions is never spent here.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import anyio

from wallboard.board.board import Board
from wallboard.domain.clock import Clock
from wallboard.domain.errors import ReadError
from wallboard.domain.keys import Key
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Row
from wallboard.domain.text import clean
from wallboard.vendors.base import Report
from wallboard.view.reports import Reading, reading_sentence

REST = 0.4
"""Seconds that the cursor rests on a row before anything is read about it."""
KEPT = 60.0
"""Seconds that a reading serves again."""

Work = Callable[[], Awaitable[None]]
Start = Callable[[Work], Callable[[], None]]
"""Runs a coroutine beside the screen; the answer cancels it."""

log = logging.getLogger(__name__)


class Readings:
    """`shown` is what the panel says of the row that was looked at last. `news` is called when it changes."""

    def __init__(
        self,
        board: Board,
        clock: Clock,
        reports: Callable[[Row], Sequence[Report]],
        start: Start,
        news: Callable[[], None],
    ) -> None:
        self._board = board
        self._clock = clock
        self._reports = reports
        self._start = start
        self._news = news
        self._key: Key | None = None
        self._row: Row | None = None
        self._cancel: Callable[[], None] | None = None
        self._kept: dict[tuple[Key, str], Reading] = {}
        self._turns: dict[str, anyio.Lock] = {}
        self.shown: tuple[Reading, ...] = ()

    def look(self, row: Row | None) -> None:
        """The details show this row now (None: they are closed). The same row again changes nothing."""
        key = None if row is None else row.key
        if key == self._key:
            return
        self._stop()
        self._key, self._row, self.shown = key, row, ()
        if row is not None:
            self._begin(row, REST)

    def again(self) -> str:
        """Read them anew, at once; says what that costs, "" where there is nothing to read."""
        if self._row is None or not self.shown:
            return ""
        for reading in self.shown:
            self._kept.pop((self._row.key, reading.id), None)
        self._stop()
        self._begin(self._row, 0.0)
        return reading_sentence(self.shown)

    def outdated(self, key: Key) -> None:
        """What was read about this row may be so no longer: read it anew if it is shown, else when it is looked at."""
        self._kept = {at: reading for at, reading in self._kept.items() if at[0] != key}
        if self._row is not None and self._row.key == key and self.shown:
            self._stop()
            self._begin(self._row, 0.0)

    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _begin(self, row: Row, rest: float) -> None:
        reports = tuple(self._reports(row))
        now = self._clock.now()
        self._kept = {at: reading for at, reading in self._kept.items() if now - reading.at < KEPT}
        self.shown = tuple(
            self._kept.get((row.key, report.id)) or Reading(report.id, str(clean(report.title)), report.cost)
            for report in reports
        )
        wanted = [report for report, reading in zip(reports, self.shown, strict=True) if reading.stage == "waits"]
        if not wanted:
            return

        async def work() -> None:
            await self._clock.sleep(rest)
            for report in wanted:
                await self._read(row.key, report)

        self._cancel = self._start(work)

    async def _read(self, key: Key, report: Report) -> None:
        async with self._turns.setdefault(key.source, anyio.Lock()):
            short = self._allowance(key.source, report.cost)
            if short:
                self._note(key, report.id, stage="kept", text=short)
                return
            self._note(key, report.id, stage="reading")
            try:
                sheet = await report.read()
            except ReadError as error:
                self._note(key, report.id, stage="failed", text=str(clean(str(error))))
            except Exception as error:
                # Adapters raise only ReadErrors; whatever else it is must not leave "reading…" on the screen.
                log.exception("the report %s of %s failed", report.id, key)
                self._note(
                    key,
                    report.id,
                    stage="failed",
                    text=tr("it could not be read ({error})", error=type(error).__name__),
                )
            else:
                self._note(key, report.id, stage="read", sheet=sheet)

    def _note(self, key: Key, ident: str, **what: object) -> None:
        changed: list[Reading] = []
        for reading in self.shown:
            if key == self._key and reading.id == ident:
                reading = replace(reading, at=self._clock.now(), **what)  # type: ignore[arg-type]  # its own fields
                if reading.stage in ("read", "failed"):
                    self._kept[key, ident] = reading
            changed.append(reading)
        self.shown = tuple(changed)
        self._news()

    def _allowance(self, source: str, cost: int) -> str:
        """Why the vendor's allowance does not let us read now, "" if it does."""
        budget = next((view.info.budget for view in self._board.source_views() if view.info.name == source), None)
        if budget is None or budget.remaining is None or budget.remaining - cost >= budget.reserve:
            return ""
        return trn(
            "not read: {n} request left, which {source} keeps for actions",
            "not read: {n} requests left, which {source} keeps for actions",
            budget.remaining,
            source=source,
        )
