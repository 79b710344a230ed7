"""What the command palette offers."""

from __future__ import annotations

from wallboard.ui.settings import ConsoleSettings
from wallboard.view.dialogs import Choice

UNLOCK = "app.unlock"


def commands(settings: ConsoleSettings, locked: bool) -> list[Choice]:
    """Every action of the board but moving, and the themes."""
    return [
        *(
            Choice(action.id, action.does, f"{action.id}  {' '.join(action.keys)}")
            for action in settings.actions
            if action.scope == "board" and not action.id.startswith("nav.") and (action.id != UNLOCK or locked)
        ),
        *(Choice(f"theme {name}", f"theme {name}", "colours") for name in settings.themes),
    ]
