"""A dialog that stands open: what becomes of its answer, and whether it takes text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.view.dialogs import Answer, Chooser, Dialog, Prompt, TypeName
from wallboard.view.form import SLACK, FormDialog
from wallboard.view.picker import Picker

PASTE = 300
"""Most characters of a paste that a field takes."""


@dataclass(slots=True)
class OpenDialog:
    """A dialog and what becomes of its answer. `watch` says what changed about the row it speaks of, "" if nothing."""

    dialog: Dialog
    done: Callable[[Answer], None]
    watch: Callable[[], str] | None = None


def takes_text(dialog: Dialog) -> bool:
    """Whether typed and pasted text goes into a field of the dialog now."""
    match dialog:
        case TypeName() | Prompt() | FormDialog():
            return True
        case Picker() as picker:
            return picker.asking is None
        case Chooser() as chooser:
            return chooser.searching
    return False


def paste_limit(dialog: Dialog) -> int:
    """How much of a paste goes into the field at hand: a form's fields may be long, and say what is too much."""
    here = dialog.here if isinstance(dialog, FormDialog) else None
    return PASTE if here is None else max(PASTE, here.most + SLACK)
