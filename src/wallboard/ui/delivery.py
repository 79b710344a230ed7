"""Follows each frame until it has left, and has the terminal say when it has come to the end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from wallboard.ui.terminal import diff
from wallboard.ui.terminal.driver import ConsoleDriver
from wallboard.ui.terminal.sequences import question
from wallboard.ui.visibility import Shown, Visibility

FOLLOW_SECONDS = 0.05
"""How often it is looked whether a frame that waits for a slow terminal has left."""


class Delivery:
    """`wire` is our own side of the terminal; None where something else hosts the app."""

    def __init__(self, app: App[Any], visibility: Visibility, wire: Callable[[], ConsoleDriver | None]) -> None:
        self._app = app
        self._visibility = visibility
        self._wire = wire
        self._begun = 0
        self._following = False

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
            self._app.set_timer(FOLLOW_SECONDS, self._follow)

    def _ask(self) -> None:
        wire = self._wire()
        if wire is None or wire.needs_full_repaint:
            return
        if wire.begun != self._begun:
            self._begun = wire.begun
            self._visibility.unasked()
        if not diff.frame_pending(self._app) and (number := self._visibility.ask()) is not None:
            wire.write(question(number))

    def settle(self) -> bool:
        """Whether everything has left."""
        wire = self._wire()
        lost = wire is not None and wire.needs_full_repaint
        if lost or diff.frame_pending(self._app) or diff.writer_busy(self._app):
            return False
        self._visibility.settle()
        return True
