"""Whether memory grows with what was shown: `python -m tests.bench.refreshes [--times 10000]`.

A console without a terminal in which, each second, an agent becomes another state and the frame is drawn. Printed is
the resident memory after a hundred times and after all of them, MiB.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
from pathlib import Path

from tests.support.crowd import Crowd

AGENTS = 20
FIRST = 100


def resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        crowd = Crowd(Path(folder), AGENTS)
        for number in range(1, times + 1):
            crowd.clock.advance(1.0)
            crowd.console.tick()
            crowd.turn()
            if number in (FIRST, times):
                gc.collect()
                print(f"{resident():.2f}", flush=True)


if __name__ == "__main__":
    main()
