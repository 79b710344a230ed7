"""The command palette: every action of the board, the themes, and what Textual's providers find beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wallboard.ui.settings import ConsoleSettings
from wallboard.view.dialogs import Choice, Chooser

UNLOCK = "app.unlock"
Found = Callable[[Sequence[Choice], float], None]
"""What was found, and when."""


@dataclass(slots=True)
class Palette(Chooser):
    """Our own commands are there at once. `search` looks for more under a text, and gives it to the function it is
    handed when it has some."""

    search: Callable[[str, Found], None] = field(kw_only=True)
    more: Sequence[Choice] = ()

    def __post_init__(self) -> None:
        Chooser.__post_init__(self)
        self.search("", self._found)

    def visible(self) -> list[Choice]:
        return [*Chooser.visible(self), *self.more]

    def typed(self, now: float) -> None:
        Chooser.typed(self, now)
        self.more = ()
        self.search(self.field_.text, self._found)

    def _found(self, choices: Sequence[Choice], now: float) -> None:
        self.more = choices
        self.moved_at = now  # another command may be marked now than the one that was read


def commands(settings: ConsoleSettings, locked: bool) -> list[Choice]:
    """Every action of the board but moving, and the themes."""
    return [
        *(
            Choice(action.id, action.does, f"{action.id}  {' '.join(action.keys)}")
            for action in settings.actions
            if action.scope == "board" and not action.id.startswith("nav.") and (action.id != UNLOCK or locked)
        ),
        *(Choice(f"view {view.name}", f"view {view.name}", "what to see") for view in settings.views),
        *(Choice(f"theme {name}", f"theme {name}", "colours") for name in settings.themes),
    ]
