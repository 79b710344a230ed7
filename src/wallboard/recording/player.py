"""Plays a recording on a board: words as they came, and the board's own seconds between them.

The board's clock is the recording's: it stands where the player has come to, so that ages, waits, figures and alarms
are what they were. Forward is played, however fast; back is a moment that was kept, and forward from there.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter, thread_time
from typing import NamedTuple, Protocol

import anyio
from anyio.lowlevel import checkpoint

from wallboard.board.board import Board
from wallboard.domain.clock import WATCH, Clock
from wallboard.domain.update import FeedStatus, Update
from wallboard.recording.tape import Damage, Line, Place

log = logging.getLogger(__name__)

SLICE = 0.03
"""Seconds that are played in one turn of the event loop: keys come between."""
STEP = 0.125
"""Seconds between two looks at the clock once the player has come to where it should be."""
WORK = 0.2
"""Seconds of work after which a moment is kept, so that going back takes about as long."""
KEPT = 64 << 20
"""Bytes of kept moments. Beyond, every second one goes, and new ones come half as often."""


class Played(Protocol):
    """What can be played, from `start` to `end`. The board's clock stands on whole `step`s of seconds (0: it runs).
    An empty board on which `lead` seconds were played shows all that there is, so that it may begin anywhere."""

    step: float
    lead: float
    start: float
    end: float
    damage: Damage | None

    def words(self, place: Place | None = None, at: float | None = None) -> Iterator[Line]:
        """From a place on, where the word before came `at`; or without one, from `at` on. Raises Damage."""


class Moment:
    """The recording's clock. Nobody waits on it: nothing that waits is built on a recording."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep_forever()


class _Kept(NamedTuple):
    """The board at a whole second of the recording, and where the next word stands."""

    at: float
    board: bytes
    place: Place | None


class Player:
    """`board` stands on `moment`; `clock` is the time of whoever watches, `speed` seconds of the recording in one of
    it. `goal` is where it should be now, `end` the last instant that there is."""

    def __init__(
        self, tape: Played, board: Board, moment: Moment, clock: Clock, *, speed: float = 1.0, at: float | None = None
    ) -> None:
        self.speed = speed
        self.start, self.end, self.step = tape.start, tape.end, tape.step
        self.damage = tape.damage
        self.goal = self.start if at is None else min(max(at, self.start), self.end)
        self._tape = tape
        self.board = board
        self._moment = moment
        self.clock = clock
        self._pace = WORK
        self._mark = 0.0
        """From when on the work is reckoned that going back to the last kept moment would take."""
        self._kept = [_Kept(self.start, board.kept(), None)]
        self._worked = 0.0
        self._go_to(self._before())

    @property
    def at(self) -> float:
        """The instant that the board shows."""
        return self._moment.at

    @property
    def behind(self) -> float:
        """Seconds that the board has still to be played on."""
        return max(0.0, self._due - self.at)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to come."""
        return self.at >= self.end

    async def run(self) -> None:
        """Play until cancelled."""
        looked = self.clock.now()
        while True:
            now = self.clock.now()
            if not self.behind:
                # A machine that slept did not watch.
                self.goal = min(self.goal + self.speed * min(now - looked, WATCH), self.end)
            looked = now
            self.play(SLICE)
            if self.behind:
                await checkpoint()
            else:
                await self.clock.sleep(STEP)

    def play(self, budget: float = math.inf) -> None:
        """Towards the goal, for about `budget` seconds of work."""
        began = perf_counter()
        self._mark = thread_time() - self._worked
        while not self._played() and perf_counter() - began < budget:
            pass
        self._worked = thread_time() - self._mark

    def wind(self, seconds: float) -> float | None:
        """Have it be so much later, or earlier. The instant to which the board was put back, None if it goes on."""
        self.goal = min(max(self.goal + seconds, self.start), self.end)
        if self.goal >= self.at:
            return None
        kept = self._before()
        self._go_to(kept)
        self.board.put_back(kept.board)
        return kept.at

    @property
    def _due(self) -> float:
        """Where the board should be."""
        return self.goal - self.goal % self.step if self.step else self.goal

    def _before(self) -> _Kept:
        """From where the goal is played."""
        kept = next(kept for kept in reversed(self._kept) if kept.at <= self.goal)
        begin = self._due - self._tape.lead
        if begin <= kept.at:
            return kept
        # What was kept later on would keep the moments from here to there from being kept.
        del self._kept[1:]
        return self._kept[0]._replace(at=begin)

    def _go_to(self, kept: _Kept) -> None:
        # On an empty board nothing has been played of a step that it stands on.
        fresh = bool(self.step) and kept.place is None
        self._moment.at, self._tick_at = kept.at, kept.at if fresh else kept.at + (self.step or 1.0)
        self._words, self._place, self._worked = self._tape.words(kept.place, kept.at), kept.place, 0.0
        self._fetch(kept.at)

    def _played(self) -> bool:
        """Play the next word or second; True if the goal is reached."""
        line, until = self._next, min(self._due, self._tick_at)
        if line is not None and line.at <= until:
            self._moment.at = line.at
            try:
                self._tell(line)
            except Exception:  # who wrote the file need not be believed, and one word ends no other
                log.exception("a word of the recording could not be taken in")
            self._place = line.place
            self._fetch(line.at)
            return False
        self._moment.at = max(self.at, until)
        if self._tick_at > self._due:
            return True
        self.board.tick()
        self._keep()
        self._tick_at += self.step or 1.0
        return False

    def _tell(self, line: Line) -> None:
        if isinstance(line.word, Update):
            self.board.apply(line.word)
        elif isinstance(line.word, FeedStatus):
            self.board.status(line.word)
        else:
            self.board.source(line.word)

    def _fetch(self, last: float) -> None:
        """Look at the next word, after one that came at `last`: where there is damage, the recording ends with that."""
        try:
            self._next = next(self._words, None)
        except Damage as damage:
            self._next = None
            if last < self.end or self.damage is None:
                self.damage, self.end, self.goal = damage, last, min(self.goal, last)

    def _keep(self) -> None:
        """Keep this second, if it would be long to come here again."""
        if thread_time() - self._mark < self._pace or self._kept[-1].at >= self._tick_at:
            return
        self._kept.append(_Kept(self._tick_at, self.board.kept(), self._place))
        self._mark = thread_time()
        if sum(len(kept.board) for kept in self._kept) > KEPT:
            del self._kept[1::2]
            self._pace *= 2
