"""What a person can have read: the last frame that the terminal has taken, not the one that was drawn last.

Output may stand still for minutes while keys come in. A verb takes what it hits from here. Over a network the system
takes megabytes for a terminal that takes none, so one that answers is asked itself, behind each frame in which
something else stands that keys can hit; what it has not come to, nobody has read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import cycle

from wallboard.domain.clock import Clock
from wallboard.domain.command import fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.records import dataclass
from wallboard.ui.terminal.sequences import QUESTIONS

SILENCE_SECONDS = 120.0
"""A terminal that has not answered for so long may have been replaced by one that does not: the system is believed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame: the row that it named as the one that keys act on, the question and the alarm in it."""

    pane: Resource
    mode: str
    subject: object | None
    row: Row | None
    dialog: object | None
    alarm: str | None
    window: int
    """Which of the window's sizes it was drawn for."""

    def same(self, other: Shown | None) -> bool:
        """Whether keys hit the same in both."""
        if other is None or self.dialog is not other.dialog:
            return False
        mine, others = (None if each.row is None else fingerprint(each.row) for each in (self, other))
        return mine == others and (self.pane, self.mode, self.subject, self.alarm, self.window) == (
            *(other.pane, other.mode, other.subject),
            *(other.alarm, other.window),
        )


class Visibility:
    """Frames on their way to the terminal. With no terminal (`terminal` False) what is drawn is seen. `drawn` is the
    frame that was drawn last, in the window of this number."""

    def __init__(self, clock: Clock, drawn: Callable[[int], Shown]) -> None:
        self._clock = clock
        self._drawn = drawn
        self.terminal = False
        self._sent: Shown | None = None
        self._taken: Shown | None = None
        self._window = 0
        self._numbers = cycle(QUESTIONS)
        self._asked: deque[tuple[int, Shown, float]] = deque(maxlen=len(QUESTIONS) - 1)
        self._last_asked: Shown | None = None
        self._answers: bool | None = None
        """Whether the terminal answers; None until it was asked once."""

    def drawn(self) -> Shown:
        """The frame as it was drawn last."""
        return self._drawn(self._window)

    def sent(self, frame: Shown) -> None:
        """This frame was handed over to the writer."""
        if frame.window == self._window:
            self._sent = frame

    def settle(self) -> None:
        """The system has taken everything that was sent."""
        now = self._clock.now()
        if self._answers and self._asked and now - self._asked[0][2] > SILENCE_SECONDS:
            self._answers = False
        if not self._answers:
            self._taken = self._sent

    def ask(self, much: bool = False) -> int | None:
        """The number of the question to put behind what was sent, `much` or little; None where the terminal need not
        be asked."""
        frame = self._sent
        if frame is None or self._answers is False or (not much and frame.same(self._last_asked)):
            return None
        if self._answers is None and self._last_asked is not None:
            return None
        number = next(self._numbers)
        self._asked.append((number, frame, self._clock.now()))
        self._last_asked = frame
        return number

    def taken(self, number: int) -> None:
        """The terminal has come to the question of this number."""
        self._answers = True
        if number in (asked for asked, _, _ in self._asked):
            while (found := self._asked.popleft())[0] != number:
                pass
            self._taken = found[1]

    def unasked(self) -> None:
        """Output was lost, and questions with it, or the terminal was in other hands."""
        self._asked.clear()
        self._last_asked = None

    def lose(self) -> None:
        """The window has another size: what was painted in the old one stands nowhere now."""
        self._sent = self._taken = None
        self._window += 1
        self.unasked()

    def last(self) -> Shown | None:
        """The frame that can have been read; None before the first."""
        return self._taken if self.terminal else self.drawn()

    def of_row(self) -> Shown | None:
        """The same, where keys act on the same row in it as they do now."""
        last, now = self.last(), self.drawn()
        if last is None or (last.pane, last.mode, last.subject) != (now.pane, now.mode, now.subject):
            return None
        return last if last.row is not None or not self.terminal else None

    def of_dialog(self, dialog: object) -> bool:
        """Whether this question can have been read."""
        last = self.last()
        return last is not None and last.dialog is dialog

    def of_alarm(self, alarm: str | None) -> bool:
        """Whether this alarm stood in the alarm line."""
        last = self.last()
        return last is not None and last.alarm == alarm
