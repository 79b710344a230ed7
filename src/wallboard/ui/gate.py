"""A key that is held down acts once, until it was let go and pressed again."""

from __future__ import annotations

HOLD_SECONDS = 0.75
"""A key again within this time is the same key held down: keyboards begin to repeat after 250 to 660 ms."""


class KeyGate:
    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def accept(self, key: str, at: float, is_verb: bool, repeated: bool = False) -> bool:
        """Whether the key may act now. `at` in seconds of a steady clock; `repeated`: it is known to be held.

        A verb's key is refused while it repeats, and every refused repeat extends the wait; keys that only move
        repeat freely.
        """
        before = self._seen.get(key)
        if len(self._seen) > 64:
            self._seen = {name: seen for name, seen in self._seen.items() if at - seen < HOLD_SECONDS}
        self._seen[key] = at
        return not repeated and not (is_verb and before is not None and 0 <= at - before < HOLD_SECONDS)
