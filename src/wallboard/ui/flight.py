"""What is under way to a terminal that says how far it has come.

Over a network the system takes megabytes for a line that carries kilobytes, and keys wait behind them. So nothing is
drawn by itself while something is on its way; afterwards the line is left to the keys for a while. What keys draw may
wait behind as much as the line carries in a moment.
"""

from __future__ import annotations

from collections import deque

from wallboard.domain.records import dataclass

TELLING = 512
"""So many bytes are worth a question behind them."""
SHARE = 0.6
"""Of the line, at most, for what nobody pressed a key for."""
AHEAD_SECONDS = 0.75
LARGE = 4096
"""Only so many bytes show how fast the line is."""
PATIENCE = (10.0, 60.0)
"""Until something is drawn although the terminal is silent: at first, and at the longest. It may be another by now."""


@dataclass(frozen=True, slots=True)
class _Asked:
    number: int
    size: int
    at: float


class Flight:
    """Instants in seconds of one steady clock. A terminal that has never answered is not waited for."""

    def __init__(self) -> None:
        self._asked: deque[_Asked] = deque()
        self._answers = False
        self._drawn_at = float("-inf")
        self._patience = PATIENCE[0]
        self._rest_until = float("-inf")
        self._round_trip = float("inf")
        self._pace = float("inf")

    def asked(self, number: int, size: int, now: float) -> None:
        """This question stands behind so many bytes more."""
        self._asked.append(_Asked(number, size, now))

    def came(self, number: int, now: float) -> None:
        """The terminal has come to this question."""
        if all(each.number != number for each in self._asked):
            return
        self._answers, self._patience = True, PATIENCE[0]
        began, size = self._asked[0].at, 0
        while True:
            found = self._asked.popleft()
            size += found.size
            if found.number == number:
                break
        took = max(1e-6, now - found.at)
        self._round_trip = min(self._round_trip, took)
        self._rest_until = now + (took - self._round_trip) * (1 / SHARE - 1)
        if size >= LARGE:
            self._pace = size / max(1e-6, now - began)

    def forget(self) -> None:
        """What was asked may never be answered."""
        self._asked.clear()

    def drew(self, now: float) -> None:
        """Something is drawn by itself."""
        if self._answers and self._asked:
            self._patience = min(2 * self._patience, PATIENCE[1])
        self._drawn_at = now

    def behind(self, now: float) -> bool:
        """Whether to draw nothing by itself now."""
        if not self._answers:
            return False
        return now - self._drawn_at < self._patience if self._asked else now < self._rest_until

    def full(self, now: float) -> bool:
        """Whether what a key draws would only queue behind too much."""
        if not self._answers or not self._asked or now - self._asked[0].at >= PATIENCE[0]:
            return False
        return sum(each.size for each in self._asked) > AHEAD_SECONDS * self._pace
