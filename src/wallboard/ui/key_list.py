"""The list of keys, narrowed by what is typed into it."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.actions import Action
from wallboard.domain.language import mark, tr
from wallboard.ui.hints import Hints
from wallboard.ui.modes import Modes
from wallboard.ui.panes import Panes
from wallboard.view.key_list import key_lines
from wallboard.view.lines import Line


class KeyList:
    """A list that the filter line narrows (`asking.Filtered`). What is typed finds a key and never presses it."""

    name = mark("keys")

    def __init__(self, panes: Panes, hints: Hints, modes: Modes, actions: Sequence[Action]) -> None:
        self._panes = panes
        self._hints = hints
        self._modes = modes
        self._actions = [action for action in actions if action.scope == "board"]
        self.filter = ""

    def lines(self, width: int, wanted: str | None = None) -> list[Line]:
        wanted = self.filter if wanted is None else wanted
        hints = [*self._hints.now().values()]
        return key_lines(tr(self._panes.pane.pane.title), hints, self._actions, width, wanted)

    @property
    def counts(self) -> tuple[int, int]:
        heads = 2
        return len(self.lines(80)) - heads, len(self.lines(80, "")) - heads

    def set_filter(self, text: str) -> None:
        self.filter = text
        self._modes.scroll.pop(self._modes.now, None)

    def move(self, lines: int) -> None:
        self._modes.turn(lines)
