"""When rows that have come are drawn."""

from __future__ import annotations

GATHER_SECONDS = 0.015
"""After a pause the first change is drawn this soon, with what comes in its wake."""
FLUSH_SECONDS = 0.25
"""Between two frames that data alone asks for: what comes meanwhile shares the next."""
BUSY_SECONDS = 0.5
"""Until a terminal that does not keep up is tried again."""
FIRST_SECONDS = 3.0
"""So long the first lists come in, one behind the other. Where nothing was read yet, nobody should wait for company."""
FIRST_FLUSH_SECONDS, FIRST_BUSY_SECONDS = 0.05, 0.03
SLOW_SECONDS = 2.0
"""Between two frames on a line that is said to be slow, for data and the clocks together."""


class Pacing:
    """Instants in seconds of one steady clock; `began` is when the board was put up. `slow`: the line is."""

    def __init__(self, began: float, *, slow: bool = False) -> None:
        self._began = began
        self._slow = slow
        self._drawn: float | None = None

    @property
    def untouched(self) -> bool:
        """Whether no row was drawn yet."""
        return self._drawn is None

    def wait(self, now: float) -> float:
        """Seconds until a change that comes `now` is to be drawn; the very first waits for nothing."""
        if self._drawn is None:
            return 0.0
        apart = FIRST_FLUSH_SECONDS if self._first(now) else SLOW_SECONDS if self._slow else FLUSH_SECONDS
        return max(GATHER_SECONDS, self._drawn + apart - now)

    def drew(self, now: float) -> None:
        self._drawn = now

    def ticks(self, now: float) -> bool:
        """Whether a second that begins is drawn."""
        return not self._slow or self._drawn is None or now - self._drawn >= SLOW_SECONDS

    def ticked(self, now: float) -> None:
        if self._slow:
            self._drawn = now

    def busy(self, now: float) -> float:
        """Seconds until a terminal that has not yet taken the last frame is looked at again."""
        return FIRST_BUSY_SECONDS if self._first(now) else BUSY_SECONDS

    def _first(self, now: float) -> bool:
        return now - self._began < FIRST_SECONDS
