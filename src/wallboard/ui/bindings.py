"""The one table of keys as Textual's bindings, by the node that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.binding import Binding, BindingType

from wallboard.domain.actions import ACTIONS, Action, Scope
from wallboard.ui.asking import named
from wallboard.ui.modes import ANYWHERE, SCROLLS, SIDEWAYS

NO_KEY = "no_key"
"""What an action without a key is bound to: an id in Textual's keymap cannot have none."""


def bindings(wanted: Callable[[Action], bool], *, priority: bool = False) -> list[BindingType]:
    """Those of the board's actions that are `wanted`: each runs `action_do` of its node with the action's id."""
    found = [action for action in ACTIONS if action.scope == "board" and wanted(action)]
    return [_binding(action, f"do({action.id!r})", priority) for action in found]


def answers(scope: Scope) -> list[BindingType]:
    """The actions in questions: each runs `action_answer` with what it is called there."""
    found = [action for action in ACTIONS if action.scope == scope]
    return [_binding(action, f"answer({named(action.id)!r})", True) for action in found]


def _binding(action: Action, does: str, priority: bool) -> Binding:
    return Binding(_keys(action), does, action.does, id=action.id, priority=priority, show=action.acts)


def _keys(action: Action) -> str:
    """Esc leads out of every question and is no key of its own there."""
    return ",".join(key for key in action.keys if (action.id, key) != ("dialog.no", "escape")) or NO_KEY


def everywhere(action: Action) -> bool:
    """Works in every mode, on no row."""
    return action.id.startswith(ANYWHERE)


def of_page(action: Action) -> bool:
    """Turns, narrows and leaves the page of a mode, goes where its cursor stands, undoes or copies what is there."""
    own = ("nav.back", "nav.details", "view.filter", "row.undo", "copy")
    return action.id in (*SCROLLS, *SIDEWAYS, *own)


def of_board(action: Action) -> bool:
    """Looks at, moves between or acts on rows."""
    return not everywhere(action)


def keymap(actions: Sequence[Action]) -> dict[str, str]:
    """For `App.set_keymap`: the actions whose keys are not the defaults, and those that are not there. `config.keymap`
    has looked for what Textual takes in silence: ids that there are not, clashes, and letters where text is typed."""
    defaults = {action.id: action.keys for action in ACTIONS}
    there = {one.id: _keys(one) for one in actions}
    changed = {one.id: there[one.id] for one in actions if one.keys != defaults[one.id]}
    return changed | dict.fromkeys(defaults.keys() - there.keys(), NO_KEY)


def fixed(keys: str, action: str) -> Binding:
    """Keys of editing, which have no id: as those of Textual's own input."""
    return Binding(keys, action, show=False, priority=True)


def spelled(key: str, character: str | None) -> str:
    """A key of Textual's as the table writes it."""
    return "space" if character == " " else character if character else key
