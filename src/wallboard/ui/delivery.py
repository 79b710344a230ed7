"""Follows each frame until it has left, and has the terminal say when it has come to the end of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.app import App

from wallboard.ui.flight import TELLING, Flight
from wallboard.ui.terminal import diff
from wallboard.ui.terminal.driver import ConsoleDriver
from wallboard.ui.terminal.sequences import question
from wallboard.ui.visibility import Shown, Visibility

FOLLOW_SECONDS = (0.05, 0.25)
"""How soon it is looked again whether a frame that waits for a slow terminal has left: first, and at the longest."""


class Delivery:
    """`wire` is our own side of the terminal; None where something else hosts the app."""

    def __init__(self, app: App[Any], visibility: Visibility, wire: Callable[[], ConsoleDriver | None]) -> None:
        self._app = app
        self._visibility = visibility
        self._wire = wire
        self._begun = 0
        self._told = 0
        """What was written up to the last question."""
        self._flight = Flight()
        self._following = False
        self._patience = FOLLOW_SECONDS[0]

    def behind(self) -> bool:
        """Whether the terminal has more to do than to be shown the time: what comes by itself is left out, and the
        newest is drawn when it has come so far."""
        return diff.writer_busy(self._app) or self._flight.behind(time.monotonic())

    def full(self) -> bool:
        """Whether what a key draws has to wait as well."""
        return self._flight.full(time.monotonic())

    def comes(self) -> None:
        """Something is drawn by itself."""
        self._flight.drew(time.monotonic())

    def taken(self, number: int) -> None:
        """The terminal has come to the question of this number."""
        self._flight.came(number, time.monotonic())
        self._visibility.taken(number)

    def lose(self) -> None:
        """The window has another size."""
        self._flight.forget()
        self._visibility.lose()

    def drawn(self) -> None:
        """A frame was drawn, and is shown when the screen is refreshed."""
        if self._visibility.terminal:
            self._app.call_after_refresh(self._sent, self._visibility.drawn())

    def _sent(self, shown: Shown) -> None:
        """Everything up to this frame is with the writer, or waits for it."""
        self.settle()
        self._visibility.sent(shown)
        if not self._following:
            self._follow()

    def _follow(self) -> None:
        """Look again and again until the last frame has left: a key may come while the next is on its way."""
        self._ask()
        self._following = not self.settle()
        if self._following:
            self._app.set_timer(self._patience, self._follow)
        self._patience = min(2 * self._patience, FOLLOW_SECONDS[1]) if self._following else FOLLOW_SECONDS[0]

    def _ask(self) -> None:
        wire = self._wire()
        if wire is None or wire.needs_full_repaint:
            return
        if wire.begun != self._begun:
            self._begun = wire.begun
            self._visibility.unasked()
            self._flight.forget()
        size = wire.written - self._told
        if not diff.frame_pending(self._app) and (number := self._visibility.ask(size >= TELLING)) is not None:
            self._flight.asked(number, size, time.monotonic())
            wire.write(question(number))
            self._told = wire.written

    def settle(self) -> bool:
        """Whether everything has left."""
        wire = self._wire()
        lost = wire is not None and wire.needs_full_repaint
        if lost or diff.frame_pending(self._app) or diff.writer_busy(self._app):
            return False
        self._visibility.settle()
        return True
