"""What a key does, as the key list, the screen and the docs name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["board", "dialog", "picker"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a key does. `acts` marks a verb: it changes something at a vendor.

    Keys of the same scope must differ; a dialog or the picker takes all keys while it is open.
    """

    id: str
    keys: tuple[str, ...]
    does: str
    scope: Scope = "board"
    acts: bool = False
