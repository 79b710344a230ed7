"""Short history for the trend column: a ring of buckets a queue, with gaps where nothing was known."""

from __future__ import annotations

from collections import deque
from itertools import islice

from wallboard.domain.keys import Key


class Trends:
    """The highest number seen in each of the last `size` buckets of `seconds`; None is a gap, never a zero."""

    def __init__(self, seconds: float = 60.0, size: int = 60) -> None:
        self._seconds = seconds
        self._size = size
        self._rings: dict[Key, deque[tuple[int, int]]] = {}

    def sample(self, key: Key, value: int | None, now: float) -> None:
        """Note `value` at `now`; None (not known, or too old to be true) leaves the gap."""
        if value is None:
            return
        bucket = int(now // self._seconds)
        ring = self._rings.get(key)
        if ring is None:
            ring = self._rings[key] = deque(maxlen=self._size)
        if ring and ring[-1][0] == bucket:
            if value > ring[-1][1]:
                ring[-1] = (bucket, value)
        elif not ring or ring[-1][0] < bucket:
            ring.append((bucket, value))

    def trend(self, key: Key, now: float) -> tuple[int | None, ...]:
        """Oldest first, up to the present bucket, at most `size` values."""
        ring = self._rings.get(key)
        if not ring:
            return ()
        last = int(now // self._seconds)
        first = max(ring[0][0], last - self._size + 1)
        values = dict(ring)
        return tuple(values.get(bucket) for bucket in range(first, last + 1))

    def peak(self, buckets: int, now: float) -> int:
        """The highest number of all in the last so many buckets, 0 where there is none."""
        first = int(now // self._seconds) - buckets
        recent = (islice(reversed(ring), buckets) for ring in self._rings.values())
        return max((value for ring in recent for bucket, value in ring if bucket > first), default=0)

    def forget(self, keys: set[Key]) -> None:
        """Drop the history of what is no longer there."""
        for key in keys:
            self._rings.pop(key, None)
