"""What the mouse does: what keys do, by the same ways.

A click on a line puts the cursor there, a click on the line under the cursor does what `Enter` does there. What a look
or the wall names is gone to at once. None of that reaches a vendor; a click on a key that is named presses it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager

from wallboard.domain.keys import Key, Resource
from wallboard.ui.asking import Asking
from wallboard.ui.modes import Modes
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.seeking import Seeking
from wallboard.ui.settings import Station
from wallboard.view.cells import At, Press
from wallboard.view.selection import ROSTER

MOVES, ENTERS = "nav.down", "nav.details"
"""What a click on a line is to those who decide whether a key may act."""


class Pointing:
    """`cursors` put the cursor of a mode on what was drawn in a line of its page (counted from 0), and say whether it
    stood there. `doing` stands around an action and says whether it may act; `run` does it."""

    def __init__(
        self,
        at: Station,
        panes: Panes,
        modes: Modes,
        panel: Panel,
        asking: Asking,
        seeking: Seeking,
        cursors: Mapping[str, Callable[[object, int], bool]],
        doing: Callable[[str], AbstractContextManager[bool]],
        run: Callable[[str], None],
    ) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        self._panel = panel
        self._asking = asking
        self._seeking = seeking
        self._cursors = cursors
        self._doing = doing
        self._run = run
        self._led = False
        """The last click led somewhere: the rest of a double click means nothing there."""

    def click(self, press: Press, chain: int = 1, line: int = 0) -> None:
        """On a cell, in this line of its lines; `chain` is 2 for the second of a double click."""
        there = False
        with self._doing(press if isinstance(press, str) and press else MOVES) as goes:
            if not goes or self._asked(press) or self._rest(chain):
                return
            match press:
                case At(what) if (to := self._cursors.get(self._modes.now)) is not None:
                    there = to(what, line)
                case Key():
                    self._led = True
                    self._seeking.to_row(press)
                case str() if press and not press.startswith("dialog."):
                    self._run(press)
        self._enter(there)

    def row(self, resource: Resource, key: Hashable, chain: int = 1) -> None:
        """On a row of a pane."""
        there = False
        with self._doing(MOVES) as goes:
            if not goes or self._asked("") or self._rest(chain):
                return
            panes = self._panes
            there = panes.active is resource and panes.pane.selection.cursor == key
            self._to_pane(resource)
            panes.pane.selection.to(key, self._at.clock.now())
        # The line that stands for a roster is nothing but a way to open it.
        self._enter(there or key is ROSTER)

    def title(self, resource: Resource, column: str = "") -> None:
        """On the title of a pane, where the heading of this column stands."""
        with self._doing(MOVES) as goes:
            if goes and not self._asked(""):
                self._to_pane(resource)
                if column:
                    self._at.remarks.say(self._panes.sort_by(column), "text")

    def wheel(self, lines: int, pane: Resource | None = None) -> None:
        """Over a pane, or over a page."""
        with self._doing(MOVES) as goes:
            if goes and self._asking.open is None:
                if pane is not None:
                    self._panes.move(lines, pane)
                else:
                    self._modes.move(lines)

    def wheel_below(self, lines: int) -> None:
        """Over the question, or over the details."""
        with self._doing(MOVES) as goes:
            if goes and self._asking.open is not None:
                self._asking.wheel(lines)
            elif goes:
                self._panel.turn(lines)

    def _asked(self, press: Press) -> bool:
        """Whether a question stands, whose own cells alone can be clicked. A filter that is typed stays as it is."""
        if self._asking.open is not None:
            self._asking.click(press)
            return True
        if self._asking.filter is not None:
            self._asking.press("enter")
        return False

    def _rest(self, chain: int) -> bool:
        """Whether this is the rest of a click that has led somewhere."""
        self._led = self._led and chain > 1
        return self._led

    def _to_pane(self, resource: Resource) -> None:
        """Into it; where one is in it already, `pane.…` would lead to its worst row."""
        if self._panes.active is resource:
            self._panes.enter(resource)
        else:
            self._run(f"pane.{resource.value}")

    def _enter(self, wanted: bool) -> None:
        if wanted:
            self._led = True
            with self._doing(ENTERS) as goes:
                if goes:
                    self._run(ENTERS)
