"""Actions on their way: what is shown on the row until its ending is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallboard.domain.command import Verb
from wallboard.domain.keys import Key

UNPROVEN = frozenset({"not_confirmed", "unknown"})
"""Endings after which nobody knows that it happened."""
KEPT = 600.0
"""Seconds for which an unproven ending still counts as unconfirmed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An action without an ending yet. `phase` is requested, sent or accepted; `sentence` is for people."""

    command_id: str
    key: Key
    verb: Verb
    sentence: str
    since: float
    phase: str = "requested"


class PendingBook:
    """Pending actions by command, and how many lately ended without proof."""

    def __init__(self) -> None:
        self._open: dict[str, Pending] = {}
        self._unproven: dict[str, float] = {}

    def pend(self, pending: Pending) -> None:
        """Add, or replace when the same command is already there."""
        self._open[pending.command_id] = pending

    def settle(self, command_id: str, outcome: str, now: float) -> Pending | None:
        """End the command with `outcome` (a phase of control, such as `confirmed`)."""
        if outcome in UNPROVEN:
            self._unproven[command_id] = now
        else:
            self._unproven.pop(command_id, None)
        return self._open.pop(command_id, None)

    def on(self, key: Key) -> Sequence[Pending]:
        return [pending for pending in self._open.values() if pending.key == key]

    def everything(self) -> Sequence[Pending]:
        return tuple(self._open.values())

    def unconfirmed(self, now: float) -> int:
        self._unproven = {id_: at for id_, at in self._unproven.items() if now - at < KEPT}
        return len(self._open) + len(self._unproven)
