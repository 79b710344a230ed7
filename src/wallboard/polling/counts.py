"""What reading a list has taken since the start: numbers that only grow, for whoever watches the poller."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import field

from wallboard.domain.errors import ReadError
from wallboard.domain.records import dataclass

STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds up to which the answers are counted together; what took longer comes after the last."""
CUT = "Cut"
"""The kind of error that is the end of a push."""
BROKEN = "Broken"
"""The kind that is a fault of ours or of the adapter."""


@dataclass(slots=True)
class Counts:
    """Of one list of one source, all its scopes together. `requests` that were sent over HTTP, `reads` by `STEPS`,
    good ones and bad, `seconds` of all of them, `errors` by kind: the names in `domain.errors`."""

    requests: int = 0
    reads: list[int] = field(default_factory=lambda: [0] * (len(STEPS) + 1))
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)

    def asked(self) -> None:
        self.requests += 1

    def read(self, seconds: float) -> None:
        self.reads[bisect_left(STEPS, seconds)] += 1
        self.seconds += seconds

    def failed(self, error: Exception) -> None:
        self.errors[type(error).__name__ if isinstance(error, ReadError) else BROKEN] += 1
