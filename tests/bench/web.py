"""What browsers cost: `python -m tests.bench.web [--seconds 30] [--viewers 0,1,10]`.

The program on a simulated contact centre over loopback, with so many sockets that read as a browser does. Printed for
each number of viewers: the processors that server, projector and screens take together (% of one), the memory that is
theirs alone and that they share (MiB, proportional), bytes a second to each browser, and the requests that the vendors
saw in that time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import anyio

from tests.terminal.stage import Site
from tests.web.site import Browser, Web, browser

TICKS = os.sysconf("SC_CLK_TCK")


def cpu(processes: list[int]) -> float:
    """Seconds that they have taken."""
    told = (Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in processes)
    return sum(int(fields[11]) + int(fields[12]) for fields in told) / TICKS


def memory(processes: list[int]) -> float:
    """Their proportional set size, MiB."""
    told = (Path(f"/proc/{each}/smaps_rollup").read_text() for each in processes)
    return sum(int(line.split()[1]) for text in told for line in text.splitlines() if line.startswith("Pss:")) / 1024


async def _read(seen: Browser) -> None:
    while not seen.closed:
        await seen.read(60.0)


async def measure(site: Site, viewers: int, seconds: float) -> None:
    with Web(site) as web:
        async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
            begun = time.monotonic()
            seen = [await stack.enter_async_context(browser(web)) for _ in range(viewers)]
            for each in seen:
                tasks.start_soon(_read, each)
            while any(len(each.raw) < 5000 for each in seen) or time.monotonic() - begun < 20:  # noqa: ASYNC110
                await anyio.sleep(0.1)
            processes = [web.process.pid, *web.family()]
            before, sent = cpu(processes), sum(len(each.raw) for each in seen)
            asked, at = len(site.sim.requests), time.monotonic()
            await anyio.sleep(seconds)
            took = time.monotonic() - at
            used, requests = cpu(processes) - before, len(site.sim.requests) - asked
            rate = (sum(len(each.raw) for each in seen) - sent) / took / max(1, viewers)
            print(
                f"{viewers:>3} viewers: {used / took:6.1%} of a processor, {memory(processes):6.1f} MiB,"
                f" {rate:6.0f} B/s each, {requests / took * 60:5.0f} requests a minute"
            )
            tasks.cancel_scope.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--viewers", default="0,1,10")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        with Site(Path(folder), speed=1.0) as site:
            for number in given.viewers.split(","):
                anyio.run(measure, site, int(number), given.seconds)


if __name__ == "__main__":
    main()
