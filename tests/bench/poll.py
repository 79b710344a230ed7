"""What one poll costs beside its bare reading: `python -m tests.bench.poll [--polls 300]`.

A list of 50 calls of a hosted PBX, over a socket to another process. Printed is the time of the processor, in ms: for
httpx to read the body, and for request, decoding, cleaning, mapping, merging and what changed, on the board.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wallboard.board import Board, BoardSettings
from wallboard.config.load import parsed
from wallboard.domain.clock import SystemClock
from wallboard.domain.keys import Resource
from wallboard.sim import World, demo_environment, make_app, ready_config
from wallboard.sim.server import serve
from wallboard.vendors.base import Feed, Services, Ticket
from wallboard.vendors.http.library import httpx
from wallboard.vendors.registry import load

ROWS = 50
CALLS, STILL = "/current_calls/", "/still"
Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class Calls:
    """The simulation with a list of so many calls, of which each reading finds one in twenty new; after a request of
    `STILL` none."""

    def __init__(self, inner: Asgi) -> None:
        self._inner = inner
        self._made = 0
        self._moves = True
        self._rows: list[dict[str, object]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path == STILL:
            self._moves = False
        elif not path.endswith(CALLS):
            await self._inner(scope, receive, send)
            return
        if self._moves:
            for _ in range(ROWS // 20 if self._rows else ROWS):
                self._rows = [self._row(), *self._rows][:ROWS]
        body = json.dumps({"call_list": self._rows, "meta": {"total_count": len(self._rows)}}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _row(self) -> dict[str, object]:
        self._made += 1
        number = self._made
        return {
            "call_api_id": f"202-{number:032x}",
            "call_id": f"{number:032x}",
            "subcall_id": f"{number:08x}",
            "extension_id": 202,
            "call_flow": "in",
            "caller_id_number": f"+331990{number:05d}",
            "caller_id_name": f"Northwind Traders {number}",
            "called_number": "022*601",
            "called_did": "49302312501",
            "caller_extension": None,
            "called_extension": {"id": 202, "name": "022*202@pbx.example", "client_id": 3401, "type": "phone"},
            "init_time_gmt": "2026-11-29 19:24:10.57",
            "answer_time_gmt": "2026-11-29 19:24:16",
            "real_call": True,
            "record_uuid": f"202-{number:024X}",
            "callback_id": None,
        }


@contextmanager
def vendor() -> Iterator[str]:
    """The address of that vendor, another process."""
    command = [sys.executable, "-m", "tests.bench.poll", "--serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        while not _listens(port):
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def measured(address: str, polls: int) -> tuple[float, float, float]:
    """ms of the processor: bare, with everything, and with everything where nothing changed."""
    os.environ.update(demo_environment())
    settings = parsed(Path("config.toml"), ready_config(address)).config().sources[0]
    settings = replace(settings, budget=None)
    clock = SystemClock()
    adapter = load(settings.vendor).build(settings, Services(clock))
    board = Board(clock, BoardSettings())
    board.source(adapter.info())
    seq = 0

    async def poll(feed: Feed) -> None:
        nonlocal seq
        seq += 1
        for update in await feed.fetch(Ticket(1, seq, clock.now())):
            board.apply(update)

    def feeds(scope: str, resource: Resource) -> Feed:
        return next(feed for feed in adapter.feeds() if (feed.scope, feed.resource) == (scope, resource))

    async def cost(what: Callable[[], Awaitable[object]], times: int) -> float:
        began = time.process_time()
        for _ in range(times):
            await what()
        return 1e3 * (time.process_time() - began)

    await poll(feeds("discovery", Resource.QUEUES))
    calls = feeds("", Resource.CALLS)
    async with httpx.AsyncClient() as client:

        async def bare() -> None:
            assert len((await client.get(f"{address}{CALLS}")).content) > 20_000

        async def both() -> tuple[float, float]:
            alone = whole = 0.0
            for _ in range(polls // 10):
                alone += await cost(bare, 10)
                whole += await cost(lambda: poll(calls), 10)
            return alone / polls, whole / polls

        await cost(bare, 10)
        await cost(lambda: poll(calls), 10)
        assert len(board.rows(Resource.CALLS)) == ROWS
        alone, whole = await both()
        await client.get(f"{address}{STILL}")
        again, still = await both()
    await adapter.aclose()
    return alone, whole, still * alone / again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=300)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        _serve()
        return
    with vendor() as address:
        alone, whole, still = asyncio.run(measured(address, given.polls))
    print(f"read {alone:.2f} ms, polled {whole:.2f} ms ({whole / alone:.2f}), unchanged {still / alone:.2f}")


def _serve() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    print(port, flush=True)
    serve(Calls(make_app(World(1, datetime.now(UTC)), keep=100)), port)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
