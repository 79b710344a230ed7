"""Saved views: which one the board shows."""

from __future__ import annotations

from wallboard.domain.language import tr, trc
from wallboard.ui.asking import Asking
from wallboard.ui.modes import BOARD, Modes
from wallboard.ui.panes import Panes
from wallboard.ui.room import Room
from wallboard.ui.settings import Station
from wallboard.view.dialogs import Answer, Choice, Chooser


class Views:
    def __init__(self, at: Station, panes: Panes, modes: Modes, room: Room, asking: Asking) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        self._room = room
        self._asking = asking

    def begin(self) -> None:
        """Take the view that the console begins with."""
        settings = self._at.settings
        if settings.view:
            self._panes.show(next(view for view in settings.views if view.name == settings.view))

    def ask(self) -> None:
        """Ask which view to take."""
        at = self._at
        if not at.settings.views:
            at.warn(tr('no view is saved: write [[view]] name = "…" into the config'))
            return
        current, taken = self._panes.view, trc("view", "taken")
        choices = [
            Choice(view.name, view.name, taken if view is current else " ".join((*view.queues, *view.sources)))
            for view in at.settings.views
        ]
        chooser = Chooser(tr("VIEW"), [*choices, Choice("", tr("everything"))], at.clock.now())
        self._asking.ask(chooser, self._chosen)

    def _chosen(self, answer: Answer) -> None:
        if isinstance(answer.value, str):
            self.take(answer.value)

    def take(self, name: str) -> None:
        """Take the view of this name, "" for everything."""
        view = next((each for each in self._at.settings.views if each.name == name), None)
        wrong = self._panes.show(view)
        self._modes.to(BOARD)
        self._room.opened(self._panes.active)
        shown = tr("view {name}", name=view.name) if view is not None else tr("everything")
        self._at.remarks.say(wrong or shown, "warn" if wrong else "text")
