"""Which calls this console has put on hold, where the vendor lists no held ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wallboard.domain.language import tr
from wallboard.domain.models import Call
from wallboard.domain.states import CallState
from wallboard.domain.text import clean

FORGET = 4 * 3600.0


class Held:
    """By the ids of calls, each with whose list it stands in ("" the one there is)."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, float]] = {}

    def hold(self, call: str, now: float, scope: str = "") -> None:
        self._since[call] = (scope, now)

    def resume(self, call: str) -> None:
        self._since.pop(call, None)

    def marked(self, rows: Iterable[Call], scope: str, now: float) -> list[Call]:
        """The calls of a whole list ("" all there are) as held where they are; those that are over are forgotten."""
        found = list(rows)
        present = {row.key.id for row in found}
        for call, (owner, since) in list(self._since.items()):
            if now - since > FORGET or (call not in present and scope in ("", owner)):
                del self._since[call]
        return [self.mark(row) for row in found]

    def mark(self, row: Call) -> Call:
        if row.key.id not in self._since or row.state not in (CallState.TALKING, CallState.UNKNOWN):
            return row
        return by_us(replace(row, state=CallState.HELD, held_since=self._since[row.key.id][1]), tr("held"))


def by_us(row: Call, what: str) -> Call:
    note = (clean(what), clean(tr("by this console; the vendor does not show it")))
    return replace(row, details=(*row.details, note))
