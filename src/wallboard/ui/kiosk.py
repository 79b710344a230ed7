"""A screen that hangs on a wall: whoever passes its keyboard changes nothing on it."""

from __future__ import annotations

from collections.abc import Callable

from wallboard.domain.language import tr

TWICE = 2.0
"""Seconds within which the second Ctrl+C ends the program."""


class Kiosk:
    """`end` ends the program; None: nobody here does."""

    def __init__(self, now: Callable[[], float], end: Callable[[], None] | None) -> None:
        self._now = now
        self._end = end
        self._until = float("-inf")

    @property
    def notice(self) -> str:
        return tr("Ctrl+C again within {seconds:g} s ends it", seconds=TWICE) if self._now() <= self._until else ""

    def press(self, key: str) -> None:
        """A key, which does nothing else."""
        if key != "ctrl+c" or self._end is None:
            self._until = float("-inf")
        elif self._now() <= self._until:
            self._end()
        else:
            self._until = self._now() + TWICE
