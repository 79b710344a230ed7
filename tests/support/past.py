"""A history for consoles of tests: what was written down of Sales in the days before the sample evening."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wallboard.history.courses import Course, Stretch
from wallboard.history.past import courses
from wallboard.history.records import Caller, Minute, Record

MINUTE, DAY = 60, 86_400


@dataclass
class Past:
    """A history that is read at once: of `records`, or of the file at `path`. `readings` counts."""

    records: Sequence[Record] = ()
    path: Path | None = None
    remark: str = ""
    readings: list[Sequence[Stretch]] = field(default_factory=list)

    async def courses(self, stretches: Sequence[Stretch]) -> Sequence[Course]:
        self.readings.append(stretches)
        return courses(self.path or Path(), stretches, None if self.path is not None else self.records)


def shift(source: str, queue: str, since: int, until: int, noon: int) -> Iterator[Minute | Caller]:
    """The minutes of a queue and its callers: a day that swells up to `noon` and ebbs, each day a little different."""
    for at in range(since, until, MINUTE):
        minute, day = at // MINUTE, (at - noon) // DAY
        load = max(0.05, math.cos((at - noon) % DAY / DAY * 2 * math.pi)) * (1 + day % 3 / 4)
        wave = (minute * 7919 % 17) / 17
        waiting = int(6 * load * wave)
        staffed = 2 + int(3 * load)
        yield Minute(
            at, source, "queue", queue, "Sales", waiting, int(35 * load * waiting), min(staffed, int(4 * load)),
            staffed // 2, staffed,
        )  # fmt: skip
        if wave < load:
            wait = 60 * load * wave
            outcome = "lost" if minute % 9 == 0 else "answered"
            yield Caller(
                source, f"c{minute}", queue, "Sales", "+4930111222", "Eve Lund", at, int(at + wait), outcome, wait,
                max(0.0, wait - 4), wait + 4,
            )  # fmt: skip
