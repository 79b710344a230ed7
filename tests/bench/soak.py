"""A day in minutes: `python -m tests.bench.soak [--minutes 10] [--seed 1]`.

The demonstration runs in a terminal, faster than life, while its vendors fail in every way, keys are pressed at random
and the window changes its size. Memory, tasks, descriptors and the size of everything that can be reached from the
console are printed when it has warmed up and at the end; what is not flat makes it fail.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from textual.cache import FIFOCache, LRUCache

from tests.support.growth import sizes
from tests.terminal.term import Terminal
from wallboard.config.settings import ConsoleOptions
from wallboard.runtime.console import run_demo
from wallboard.sim.server import SimServer
from wallboard.ui.console import Console
from wallboard.vendors.http import exchange as http

SPEED = 4.0
FAULTS = ("status:502", "status:429", "status:404", "delay:1.5", "drop", "garbage", "empty", "html", "nan")
PLACES = ("hq/*", "branch/*", "cc/*", "groupalarm/*", "front/*", "*")
KEYS = (*"jkgGhl12345678szf/nxeHptuicoa!r?", "\r", "\x1b", "\t", "\x1b[A", "\x1b[B", "\x1bOQ", "\x1b", "\x1b")
SIZES = ((160, 50), (120, 36), (80, 24), (200, 60))
_in_process = http.in_process
_roots: dict[str, Any] = {}
MEMORY = 1.05
"""How much larger it may be at the end."""


# ---- inside: the demonstration, with chaos -------------------------------------------------------------------------


class Chaos(httpx.AsyncBaseTransport):
    """The line to the simulation. Every so often another thing goes wrong, and every so often it is counted."""

    def __init__(self, server: SimServer, out: Path, every: float, seed: int) -> None:
        self._server, self._out, self._every = server, out, every
        self._inner = _in_process(server)
        self._dice = random.Random(seed)
        self._next = time.monotonic() + every

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        dice, faults = self._dice, self._server.faults
        if time.monotonic() >= self._next:
            self._next += self._every
            with self._out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(measured(self._server)) + "\n")
        if dice.random() < 0.01:
            faults.clear()
            if dice.random() < 0.7:
                faults.set(
                    dice.choice(("hq/*", "branch/*", "cc/*", "groupalarm/*", "front/*", "*")), dice.choice(FAULTS)
                )
        if dice.random() < 0.005:
            raise httpx.ConnectError("refused by the soak", request=request)
        return await self._inner.handle_async_request(request)


def measured(server: SimServer) -> dict[str, Any]:
    """Memory in MB, tasks, descriptors and the entries of every container by its path."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {
        "memory": round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1),
        "tasks": len(asyncio.all_tasks()),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "sizes": sizes(_roots, skip=(httpx.AsyncBaseTransport, LRUCache, FIFOCache)),
        "world": sum(sizes({"world": server.world}).values()),
    }


def inside(out: Path, every: float, seed: int) -> int:
    """`wallboard demo`, but for the line to its vendors."""
    lines: dict[int, Chaos] = {}

    def line(server: SimServer) -> Chaos:
        if id(server) not in lines:
            lines[id(server)] = Chaos(server, out, every, seed)
        return lines[id(server)]

    begin = Console.__init__

    def begun(console: Console, *given: Any) -> None:
        begin(console, *given)
        # From here the board, the scheduler, the adapters and the screen can all be reached.
        _roots["console"] = console

    Console.__init__ = begun  # type: ignore[method-assign, assignment]
    # The demo looks it up when it starts.
    http.in_process = line  # type: ignore[assignment]
    return run_demo(seed, SPEED, ConsoleOptions())


# ---- outside: the person, and the verdict --------------------------------------------------------------------------


def run(seconds: float, seed: int, out: Path) -> int:
    """Press keys and change the size until the time is over; the exit code of the console."""
    dice = random.Random(seed)
    command = [sys.executable, "-m", "tests.bench.soak", "--inside", str(out)]
    command += ["--every", str(seconds / 20), "--seed", str(seed)]
    with Terminal(command, 160, 50) as terminal:
        end = time.monotonic() + seconds
        while time.monotonic() < end and terminal.process.poll() is None:
            terminal.pass_time(dice.choice((0.1, 0.4, 1.2)))
            terminal.raw = terminal.raw[-4096:]
            terminal.send(dice.choice(KEYS).encode())
            if dice.random() < 0.02:
                terminal.resize(*dice.choice(SIZES))
        code = terminal.process.poll()
        if code is not None:
            print("\n".join(terminal.screen()))
        return 0 if code is None else code or 1


def verdict(samples: list[Mapping[str, Any]]) -> list[str]:
    """What is not flat: the last quarter against the second one."""
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    wrong: list[str] = []

    def compare(name: str, before: float, after: float, allowed: float) -> None:
        flat = after <= allowed
        print(f"{name:<28}{before:>10}{after:>10}   {'flat' if flat else f'more than {allowed:g}'}")
        if not flat:
            wrong.append(name)

    def worst(part: list[Mapping[str, Any]], name: str) -> Any:
        return max(sample[name] for sample in part)

    print(f"{'':<28}{'warm':>10}{'end':>10}")
    memory = worst(early, "memory")
    compare("memory, MB", memory, worst(late, "memory"), MEMORY * memory)
    for name in ("tasks", "descriptors"):
        compare(name, worst(early, name), worst(late, name), worst(early, name) + 12)
    compare("entries of the world", worst(early, "world"), worst(late, "world"), 1.5 * worst(early, "world"))
    paths = {path for sample in samples for path in sample["sizes"]}
    sized = {
        path: tuple(max(sample["sizes"].get(path, 0) for sample in part) for part in (early, late)) for path in paths
    }
    total = [sum(pair[place] for pair in sized.values()) for place in (0, 1)]
    compare("entries of all containers", total[0], total[1], 1.25 * total[0])
    for path, (before, after) in sorted(sized.items()):
        if after > 2 * before + 500:
            compare(path[-60:], before, after, 2 * before + 500)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--every", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside is not None:
        return inside(given.inside, given.every, given.seed)
    with tempfile.TemporaryDirectory(prefix="wallboard-soak-") as folder:
        out = Path(folder) / "samples.jsonl"
        print(f"{given.minutes:g} minutes of the demonstration at {SPEED:g} times its speed, with chaos")
        code = run(given.minutes * 60, given.seed, out)
        samples = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []
    if code or len(samples) < 8:
        print(f"the console ended with {code} after {len(samples)} measurements")
        return 1
    wrong = verdict(samples)
    print(f"not flat: {', '.join(wrong)}" if wrong else "everything is flat")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
