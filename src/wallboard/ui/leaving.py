"""One step back, whatever was opened, marked or narrowed last, and at the end out of the console."""

from __future__ import annotations

from wallboard.domain.command import Verb
from wallboard.domain.language import mark, tr, trn
from wallboard.ui.acting import Acting
from wallboard.ui.asking import Asking
from wallboard.ui.modes import BOARD, HELP, SOURCES, Modes
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.seeking import Seeking
from wallboard.ui.settings import Station
from wallboard.view.dialogs import Answer, Confirm

_GOES_ON = {
    Verb.LISTEN: mark("your listen goes on until you hang up"),
    Verb.WHISPER: mark("your whisper goes on until you hang up"),
    Verb.BARGE: mark("your barge goes on until you hang up"),
}


class Leaving:
    def __init__(
        self, at: Station, panes: Panes, modes: Modes, panel: Panel, asking: Asking, acting: Acting, seeking: Seeking
    ) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        self._panel = panel
        self._asking = asking
        self._acting = acting
        self._seeking = seeking

    def step_back(self, quitting: bool) -> None:
        """Where no step is left, ask to quit if that is what was wanted."""
        panes, modes, selection = self._panes, self._modes, self._panes.pane.selection
        found = modes.lists.get(modes.now)
        if found is not None and found.filter and modes.now != HELP:
            found.set_filter("")
        elif modes.now != BOARD:
            if modes.now != SOURCES or not self._seeking.back():
                modes.to(BOARD)
        elif self._panel.close() or (not quitting and self._seeking.back()):
            return
        elif selection.marks:
            self._acting.unmark(selection.marks)
        elif panes.zoomed:
            panes.zoomed = False
        elif selection.filter:
            selection.set_filter("", self._at.clock.now())
        elif panes.unfollow():
            return
        elif quitting:
            self.ask_to_quit()

    def ask_to_quit(self) -> None:
        at, leave = self._at, self._at.ports.quit
        if leave is None:
            at.remarks.say(tr("nothing ends here: close the window"), "muted")
            return
        running = [tr(_GOES_ON[session.mode]) for session in at.dispatcher.sessions if session.live]
        if pending := at.board.unconfirmed:
            running.append(trn("{n} action not confirmed yet", "{n} actions not confirmed yet", pending))

        def done(answer: Answer) -> None:
            if answer.value:
                leave()

        self._asking.ask(Confirm(tr("Quit?"), "; ".join(running), at.clock.now() - 1.0), done)
