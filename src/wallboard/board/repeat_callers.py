"""Who calls again: how often one number came to the queues of all sources within the last hour."""

from __future__ import annotations

from typing import NamedTuple

from wallboard.board.caller_history import Stay, line_of, whose
from wallboard.domain.numbers import MASK

WITHIN = 3600.0
"""Seconds."""
MOST = 1000
"""Numbers that are remembered: the latest."""


class Repeat(NamedTuple):
    """The call is the `times`-th since `first` (steady UTC seconds), at least the second."""

    times: int
    first: float


class RepeatCallers:
    """Told of every caller (`note`), asked by number (`find`)."""

    def __init__(self) -> None:
        self._stays: dict[tuple[str, str], dict[Stay, float]] = {}
        self._swept = 0.0

    def note(self, stay: Stay) -> None:
        if stay.line and not stay.line.startswith(MASK):
            # A masked number is the number of many.
            came = stay.first if stay.joined is None else min(stay.joined, stay.first)
            self._stays.setdefault(whose(stay.key.source, stay.line), {})[stay] = came
            if len(self._stays) > MOST:
                del self._stays[next(iter(self._stays))]
            if came - self._swept > WITHIN / 6:
                self._sweep(came)

    def find(self, source: str, number: str, now: float) -> Repeat | None:
        """None for a first call, and where there is no number."""
        stays = self._stays.get(whose(source, line_of(number)), {})
        # Who was sent on from another queue has not called again.
        came = [at for stay, at in stays.items() if at > now - WITHIN and not stay.came]
        return Repeat(len(came), min(came)) if len(came) > 1 else None

    def _sweep(self, now: float) -> None:
        self._swept = now
        for line, stays in list(self._stays.items()):
            for stay in [stay for stay, at in stays.items() if at <= now - WITHIN]:
                del stays[stay]
            if not stays:
                del self._stays[line]
