"""Actions on their way, until their ending is known, and those that lately ended without proof."""

from __future__ import annotations

from wallboard.domain.keys import Key

UNPROVEN = frozenset({"not_confirmed", "unknown"})
"""Endings after which nobody knows that it happened."""
KEPT = 600.0
"""Seconds for which an unproven ending still counts as unconfirmed."""


class PendingBook:
    """Pending actions by command, with the row that they are done to."""

    def __init__(self) -> None:
        self._open: dict[str, Key] = {}
        self._unproven: dict[str, float] = {}

    def pend(self, command_id: str, key: Key) -> None:
        self._open[command_id] = key

    def settle(self, command_id: str, outcome: str, now: float) -> Key | None:
        """End the command with `outcome` (a phase of control, such as `confirmed`); the row it was done to."""
        if outcome in UNPROVEN:
            self._unproven[command_id] = now
        return self._open.pop(command_id, None)

    def unproven(self, now: float) -> frozenset[str]:
        """The commands without an ending, and those that lately ended without proof."""
        self._unproven = {id_: at for id_, at in self._unproven.items() if now - at < KEPT}
        return frozenset({*self._open, *self._unproven})
