"""How well `soon` foretells, on simulated shifts: `python -m tests.bench.outlook` prints the table of the docs."""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.bench.shift import SOURCE, Shift
from wallboard.board.forecast import AHEAD
from wallboard.domain.keys import Key, Kind
from wallboard.sim.model import Queue

EVERY = 120
"""Seconds between two forecasts of a queue."""


@dataclass
class Foretold(Shift):
    """Asks for an outlook now and then, and looks afterwards whether it came true."""

    asked: list[tuple[Queue, int, float, float]] = field(default_factory=list)
    """Queue, second, limit and likelihood."""
    slowest: float = 0.0

    def _compare(self, second: int) -> None:
        if second % EVERY != 30 or second < 900:
            return
        for queue in self.queues:
            begin = time.perf_counter()
            found = self.board.outlook(Key(SOURCE, Kind.QUEUE, str(queue.id)))
            self.slowest = max(self.slowest, time.perf_counter() - begin)
            if found is not None and found.soon.likely is not None:
                self.asked.append((queue, second, found.limit, found.soon.likely))

    def truth(self, queue: Queue, second: int, limit: float) -> bool:
        """Whether somebody's wait was longer than the limit at some moment of the time that was looked ahead."""
        until = second + AHEAD
        for visit in self._visits(queue):
            passes, ended = visit.offered + limit, until if visit.settled is None else visit.settled
            if passes < until and ended > max(passes, second):
                return True
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=240)
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    slowest = 0.0
    for seed in range(1, given.seeds + 1):
        shift = Foretold(seed, given.minutes)
        shift.run()
        slowest = max(slowest, shift.slowest)
        for queue, second, limit, likely in shift.asked:
            if second + AHEAD <= given.minutes * 60:
                bins[min(4, int(likely * 5))].append((likely, shift.truth(queue, second, limit)))
        print(f"shift {seed}: {len(shift.asked)} forecasts", file=sys.stderr)
    print("| foretold | forecasts | on average foretold | came true |\n|---|---|---|---|")
    for index in range(5):
        told = bins.get(index, [])
        if told:
            mean, true = sum(likely for likely, _ in told) / len(told), sum(came for _, came in told) / len(told)
            print(f"| {index * 20}–{index * 20 + 20} % | {len(told)} | {100 * mean:.0f} % | {100 * true:.0f} % |")
    print(f"slowest {1000 * slowest:.1f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
