"""A key that is held down acts once, until it was let go and pressed again.

Some terminals tell when that is (the kitty keyboard protocol). The others do not, and the key's silence stands for it.
"""

from __future__ import annotations

HOLD_SECONDS = 0.75
"""A key again within this time is the same key held down: keyboards begin to repeat after 250 to 660 ms."""
LOST_SECONDS = 10.0
"""What a terminal tells of a key's end may get lost: after so long without the key it is a new press."""
_NEVER = float("-inf")


class KeyGate:
    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._down: dict[str, float] = {}
        self._tells = False  # whether the terminal has ever said that the key of a character was let go

    def accept(self, key: str, at: float, is_verb: bool, repeated: bool = False) -> bool:
        """Whether the key may act now. `at` in seconds of a steady clock; `repeated`: it is known to be held.

        A verb's key is refused while it repeats, and every refused repeat extends the wait; keys that only move
        repeat freely.
        """
        held = 0 <= at - self._seen.get(key, _NEVER) < HOLD_SECONDS
        held |= self._tells and 0 <= at - self._down.get(key, _NEVER) < LOST_SECONDS
        if len(self._seen) > 64:
            self._seen = {name: seen for name, seen in self._seen.items() if at - seen < HOLD_SECONDS}
            self._down = {name: seen for name, seen in self._down.items() if at - seen < LOST_SECONDS}
        self._seen[key] = at
        if len(key) == 1:
            # Keys with names repeat by sequences that say so.
            self._down[key] = at
        return not repeated and not (is_verb and held)

    def let_go(self, character: str) -> None:
        """The key with this character on it, as it is without Shift, was let go."""
        self._tells = True
        known = [key for key in self._down if key.casefold() == character.casefold()]
        for key in known:
            del self._down[key]
            self._seen.pop(key, None)
        if not known:
            # Where Shift makes another sign of it, silence has to tell which it was.
            self._down.clear()

    def forget(self) -> None:
        """What is let go from now on may not be told."""
        self._down.clear()
