"""A dialog that stands open: what becomes of its answer, and whether it takes text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.view.dialogs import Answer, Chooser, Dialog, Prompt, TypeName
from wallboard.view.picker import Picker


@dataclass(slots=True)
class OpenDialog:
    """A dialog and what becomes of its answer. `watch` says what changed about the row it speaks of, "" if nothing."""

    dialog: Dialog
    done: Callable[[Answer], None]
    watch: Callable[[], str] | None = None


def takes_text(dialog: Dialog) -> bool:
    """Whether typed and pasted text goes into a field of the dialog now."""
    match dialog:
        case TypeName() | Prompt():
            return True
        case Picker() as picker:
            return picker.asking is None
        case Chooser() as chooser:
            return chooser.searching
    return False
