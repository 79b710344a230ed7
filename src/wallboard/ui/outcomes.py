"""What becomes of commands: the line that says it, notes that are kept, and when keys rest because one was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import FORMS, Verb
from wallboard.domain.language import tr
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.restraint import Restraint
from wallboard.ui.settings import Station


class Outcomes:
    """`others` hear of them first."""

    def __init__(
        self, at: Station, panes: Panes, panel: Panel, restraint: Restraint, *others: Callable[[Outcome], None]
    ) -> None:
        self._at = at
        self._panes = panes
        self._panel = panel
        self._restraint = restraint
        self._others = others
        self._taken_back: set[str] = set()
        """Commands that the user took back, which is no refusal, until that is told."""

    def take_back(self) -> bool:
        """Cancel the newest command that waits to be sent; whether there was one."""
        command = self._at.dispatcher.take_back()
        self._taken_back |= {command} if command else set()
        return bool(command)

    def heard(self, outcome: Outcome) -> None:
        at, command = self._at, outcome.command
        for hear in self._others:
            hear(outcome)
        if outcome.phase is Phase.WAITING:
            back = at.settings.key_of("nav.back")
            key = "Esc" if back == "escape" else back
            outcome = replace(outcome, ending=tr("{ending}, {key} cancels", ending=outcome.ending, key=key))
        if outcome.phase is Phase.REFUSED:
            if command.id not in self._taken_back:
                self._restraint.begin(at.clock.now())
            self._taken_back.discard(command.id)
        if outcome.final and outcome.phase is Phase.CONFIRMED and command.verb is Verb.NOTE:
            at.ports.notes.write(command, outcome.at)
        at.remarks.tell(outcome)
        if outcome.phase is Phase.REQUESTED:
            return
        self._panes.outdated()
        if outcome.final and command.verb in FORMS:
            # Open details must not go on showing the rule that was just replaced.
            self._panel.readings.outdated(command.target.key)
