"""Many consoles on one account of a vendor: `python -m tests.bench.account [--only WORD]`.

Schedulers that know nothing of each other, on a clock that runs as fast as they work. Printed for each case and each of
two hours: requests that the vendor refused, the share of the allowance that was used, the most and the fewest readings
of a console, and how long its list of callers went unread at most after the first ten minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import NamedTuple

import anyio

from tests.polling.account import HOUR, Office
from wallboard.domain.keys import Resource


class Case(NamedTuple):
    name: str
    consoles: int
    limit: int
    queues: int = 2
    said: int | None = None
    tells: bool = True


CASES = (
    Case("1 on 30,000", 1, 30_000),
    Case("10 on 30,000", 10, 30_000),
    Case("40 on 30,000", 40, 30_000),
    Case("1 on 600", 1, 600),
    Case("10 on 600", 10, 600),
    Case("40 on 600", 40, 600),
    Case("40 on 600, said", 40, 600, said=40),
    Case("40 on 600, said, nothing told", 40, 600, said=40, tells=False),
    Case("2 on 30,000, said to be 40", 2, 30_000, queues=5, said=40),
)


async def hours(case: Case) -> None:
    began = time.perf_counter()
    office = Office(case.limit, case.consoles, case.queues, said=case.said, tells=case.tells)
    async with office.open():
        for hour in range(2):
            start = office.clock.now()
            refused = office.account.refused
            await office.pass_(HOUR)
            reads = sorted(console.reads(start) for console in office.consoles)
            settled = start + (600 if hour == 0 else 0)
            gap = max(c.longest_gap(Resource.MEMBERS, "600", settled, office.clock.now()) for c in office.consoles)
            used = office.account.hours[hour] / case.limit
            print(
                f"{case.name:<30} hour {hour + 1}: {office.account.refused - refused:4d} refused, {used:4.0%} used, "
                f"{reads[0]:5d} to {reads[-1]:5d} readings, {gap:5.0f} s unread at most"
            )
    print(f"{'':<30} in {time.perf_counter() - began:.0f} s")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--only", default="", help="cases whose name has this in it")
    only = options.parse_args().only
    for case in CASES:
        if only in case.name:
            anyio.run(hours, case)
    return 0


if __name__ == "__main__":
    sys.exit(main())
