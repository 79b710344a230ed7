"""What a person can have read: the last frame that the terminal has taken, not the one that was drawn last.

Output may stand still for minutes while keys come in. A verb takes what it hits from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.ui.asking import OpenDialog

if TYPE_CHECKING:
    from wallboard.ui.console import Console


@dataclass(frozen=True, slots=True)
class Sight:
    """One frame: the row that it named as the one that keys act on, the question and the alarm in it."""

    pane: Resource
    mode: str
    subject: object | None
    row: Row | None
    dialog: OpenDialog | None
    alarm: str | None
    window: int
    """Which of the window's sizes it was drawn for."""


class Glimpses:
    """Frames on their way to the terminal. With no terminal (`terminal` False) what is drawn is seen."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.terminal = False
        self._sent: Sight | None = None
        self._taken: Sight | None = None
        self._window = 0

    def drawn(self) -> Sight:
        """The frame as it was drawn last."""
        console = self._console
        key = console.panel.subject
        row = console.panel.painted(key) if isinstance(key, Key) else None
        return Sight(console.active, console.mode, key, row, console.dialog, console.alarms.shown, self._window)

    def sent(self, sight: Sight) -> None:
        """This frame was handed over to the writer."""
        if sight.window == self._window:
            self._sent = sight

    def settle(self) -> None:
        """The terminal has taken everything that was sent."""
        self._taken = self._sent

    def lose(self) -> None:
        """The window has another size: what was painted in the old one stands nowhere now."""
        self._sent = self._taken = None
        self._window += 1

    def last(self) -> Sight | None:
        """The frame that can have been read; None before the first."""
        return self._taken if self.terminal else self.drawn()

    def of_row(self) -> Sight | None:
        """The same, where keys act on the same row in it as they do now."""
        last, now = self.last(), self.drawn()
        if last is None or (last.pane, last.mode, last.subject) != (now.pane, now.mode, now.subject):
            return None
        return last if last.row is not None or not self.terminal else None

    def of_dialog(self, dialog: OpenDialog) -> bool:
        """Whether this question can have been read."""
        last = self.last()
        return last is not None and last.dialog is dialog

    def of_alarm(self, alarm: str | None) -> bool:
        """Whether this alarm stood in the alarm line."""
        last = self.last()
        return last is not None and last.alarm == alarm
