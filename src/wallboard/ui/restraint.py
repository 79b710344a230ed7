"""When keys do no more than move: after a refusal, after a question that went away by itself, as the keyboard comes
back from another window, and while nothing that they could mean is on the screen.

Whoever types a name into a picker that did not open types verbs. So verbs, and whatever opens, ends or acknowledges,
rest until the typing has stopped.
"""

from __future__ import annotations

from wallboard.domain.language import mark
from wallboard.ui.modes import moves

REST_SECONDS = 1.0
"""So long without a printable key, and keys act again."""
ONE_PASTE_SECONDS = 1.0
"""Pieces of text that come so soon after each other are told as one paste."""
RESTING = mark("keys rest until 1 s without one")
_FREE = ("ctrl+c", "escape")
"""They lead out, and nobody types them in a word."""


class Restraint:
    def __init__(self) -> None:
        self.fits = True
        """Whether the window has room for rows and questions."""
        self._until = float("-inf")
        self._told = True
        self._dropped = 0
        self._dropped_at = float("-inf")

    def resting(self, now: float) -> bool:
        """Whether keys do no more than move at this instant."""
        return now < self._until

    def begin(self, now: float) -> None:
        """Something was refused, or went away by itself."""
        self._until = now + REST_SECONDS
        self._told = False

    def holds(self, key: str, action: str, printable: bool, now: float) -> bool:
        """Whether this key is dropped; a printable one is waited for anew."""
        if not self.resting(now):
            return False
        if printable:
            self._until = now + REST_SECONDS
        return not moves(action) and key not in _FREE

    def drop(self, count: int, now: float) -> int:
        """So many characters of a paste went nowhere; how many of it by now."""
        self._dropped = count + (self._dropped if now - self._dropped_at < ONE_PASTE_SECONDS else 0)
        self._dropped_at = now
        return self._dropped

    def tell(self) -> bool:
        """Whether it is still to be said that keys rest; asked once."""
        told, self._told = self._told, True
        return not told
