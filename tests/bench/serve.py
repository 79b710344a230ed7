"""What a poller without a screen costs, and how it hands over: `python -m tests.bench.serve [--seconds 60]`.

The program on a simulated contact centre over loopback: its part of a processor, its memory, and what the vendors were
asked meanwhile. Then, on a real bus, pollers that end one after the other while the next stands in: seconds from the
signal until the last lease is given back, until the last is taken, and until the next has told of every source.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import anyio
from nats.aio.client import Client

from tests.bench.web import cpu, memory
from tests.serve.poller import Poller
from tests.serve.test_hand_over import SOURCES, reads_all, shared, told_all
from tests.share.nats import Server
from tests.terminal.stage import PATIENCE, Site


def cost(site: Site, seconds: float) -> None:
    with Poller(site.folder, site.config.read_text(), "--metrics", "127.0.0.1:0") as poller:
        poller.hear(lambda lines: "hq: live" in lines)
        time.sleep(20)
        pids = [poller.process.pid]
        before, asked, at = cpu(pids), len(site.sim.requests), time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - at
        used, requests = (cpu(pids) - before) / took, (len(site.sim.requests) - asked) / took * 60
        address, begun = f"{poller.address}/metrics", time.monotonic()
        with urlopen(address, timeout=PATIENCE) as answer:
            page = answer.read().decode()
        scrape = time.monotonic() - begun
        print(f"{used:.1%} of a processor, {memory(pids):.0f} MiB, {requests:.0f} requests a minute")
        print(f"/metrics: {len(page.splitlines())} lines in {scrape * 1e3:.0f} ms")


async def handed_over(url: str, ends: Poller) -> tuple[float, float, float]:
    client = Client()
    await client.connect(servers=[url])
    told: list[tuple[str, float]] = []

    async def hear(message: Any) -> None:
        told.append((message.subject.split(".")[3], time.monotonic()))

    bucket = await client.jetstream().key_value("wb_north_lease")
    watcher: Any = await bucket.watchall(ignore_deletes=False)
    while await watcher.updates(timeout=PATIENCE) is not None:
        pass
    await client.subscribe("wb.v1.north.*.told", cb=hear)
    begun = time.monotonic()
    ends.process.send_signal(signal.SIGTERM)
    given: dict[str, float] = {}
    taken: dict[str, float] = {}
    while len(taken) < len(SOURCES):
        entry = await watcher.updates(timeout=PATIENCE)
        if entry is not None:
            (taken if entry.operation is None and entry.key in given else given)[entry.key] = time.monotonic()
    with anyio.fail_after(PATIENCE):
        while len({account for account, at in told if at >= taken[account]}) < len(SOURCES):  # noqa: ASYNC110
            await anyio.sleep(0.01)
    spoke = [min(at for account, at in told if account == each and at >= taken[each]) for each in taken]
    await client.close()
    return max(given.values()) - begun, max(taken.values()) - begun, max(spoke) - begun


def hand_overs(site: Site, times: int) -> None:
    server = Server(site.folder).start()
    try:
        reads = Poller(site.folder, shared(site, server))
        for _ in range(times):
            reads.hear(reads_all)
            with reads:
                stands_in = Poller(site.folder, shared(site, server))
                stands_in.hear(told_all)
                found = anyio.run(handed_over, server.url, reads)
                print("given back after {:.2f} s, taken after {:.2f} s, told after {:.2f} s".format(*found))
            reads = stands_in
        with reads:
            reads.end()
    finally:
        server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder), speed=1.0) as site:
        cost(site, given.seconds)
        hand_overs(site, given.times)


if __name__ == "__main__":
    main()
