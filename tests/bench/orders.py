"""Whether an action can be done twice, or to another row, while everything between a console and the vendor breaks.

    python -m tests.bench.orders [--faults 10000] [--seed 1]

Three consoles press the same keys on the same three agents through two processes that act, over a real NATS server.
Messages are repeated, some of them much later, lines are cut, the vendor hangs, and those who act are killed between
claim and call and between call and answer. Ends with a table, or with what did not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import anyio

from tests.share.faults import Faults, play


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    began = time.monotonic()

    def tell(played: Faults, number: int) -> None:
        if number % 25 == 0:
            sys.stderr.write(f"{number} rounds, {played.total} faults, {time.monotonic() - began:.0f} s\n")

    with tempfile.TemporaryDirectory() as folder:
        played = anyio.run(play, Path(folder), given.seed, 0, given.faults, tell)
    out = sys.stdout.write
    out(f"{len(played.asked)} orders, {len(played.world.done)} done, {time.monotonic() - began:.0f} s\n")
    for title, counts in (("fault", played.seen), ("ending", played.endings)):
        out(f"\n| {title} | n |\n|---|---|\n")
        for name, count in counts.most_common():
            out(f"| {name} | {count} |\n")


if __name__ == "__main__":
    main(sys.argv[1:])
