"""What consoles of one account go through when the bus and the vendor fail, at random.

    python -m tests.bench.faults [--faults 100] [--consoles 4] [--seed 1] [--usual] [--only "server full" --lasts 300]

Each console has a way of its own to a real NATS server. One fault after the other: the reader or another console is
killed, quits, is cut off or hears nothing; the server is killed, hangs, is wiped or has no room; the vendor does not
answer. What a console shows must have been so at the vendor at the time that it gives; after each fault all must come
to what the vendor has; and of two readers the server takes the newer one's word alone. `--usual` takes the times of a
real site.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import anyio
from anyio.abc import TaskGroup

from tests.share.line import Line
from tests.share.nats import Server
from tests.share.site import QUICK, Console, World, agent, clock, queue, until
from wallboard.board.trust import INSTANT
from wallboard.domain.codec import Unreadable
from wallboard.domain.keys import Resource
from wallboard.domain.states import AgentState
from wallboard.share.bucket import Bucket
from wallboard.share.frames import Epoch, unpacked
from wallboard.share.timing import USUAL, Timing

PATIENCE = 90.0
READING = 0.5 + INSTANT
"""Seconds that a reading of this account may take on a busy machine, and for which an age is not told anew."""
ROOM = 200_000
"""Bytes that the server's store takes."""
FAULTS = (
    *("reader killed", "reader quits", "reader cut off", "reader hears nothing"),
    *("console killed", "console cut off", "console hears nothing"),
    *("server killed", "server hangs", "server wiped", "server full", "vendor down"),
)
SHOWN = (Resource.QUEUES, Resource.AGENTS)


class Written:
    """What stands written for joiners, in the order in which the server took it; what it refuses is said as well, so
    that only who wrote it knows."""

    def __init__(self) -> None:
        self._newest: Epoch = (0, 0)
        self.twice: list[str] = []
        self._update = Bucket.update

    @contextmanager
    def read(self) -> Iterator[None]:
        """Of all consoles of this process."""

        async def update(bucket: Bucket, key: str, value: bytes, last: int, *, lasts: float | None = None) -> int:
            revision = await self._update(bucket, key, value, last, lasts=lasts)
            with suppress(Unreadable):
                self._taken(unpacked(value).epoch)
            return revision

        with patch.object(Bucket, "update", update):
            yield

    def _taken(self, epoch: Epoch) -> None:
        if epoch < self._newest:
            self.twice.append(f"{epoch} was taken after {self._newest}")
        self._newest = max(self._newest, epoch)


class Site:
    """Consoles of one account that changes all the time; `worst` is the oldest age that any has shown of late."""

    def __init__(self, server: Server, count: int, seed: int, timing: Timing, lasts: float = 0.0) -> None:
        self.server, self._timing, self._lasts = server, timing, lasts
        self.chance = random.Random(seed)
        self.world = World()
        self._course: list[tuple[float, int]] = []
        self._turn = 0
        self.lines = [Line(server.port) for _ in range(count)]
        self.consoles: list[Console] = []
        self._made = 0
        self.worst = 0.0
        self.lies: list[str] = []
        self.change()

    def add(self, tasks: TaskGroup, place: int) -> None:
        self._made += 1
        made = Console(self.lines[place].url, self.world, f"n{self._made}", timing=self._timing)
        self.consoles[place : place + 1] = [made]
        tasks.start_soon(made.run)

    def change(self) -> None:
        self._turn += 1
        self._course.append((clock.now(), self._turn))
        self.world.rows[Resource.QUEUES] = (queue(self._turn),)
        self.world.rows[Resource.AGENTS] = tuple(
            agent(each, self.chance.choice(list(AgentState))) for each in range(self.chance.randrange(40, 60))
        )

    async def go_on(self) -> None:
        while True:
            await anyio.sleep(self.chance.uniform(0.05, 0.5))
            self.change()

    async def look(self) -> None:
        while True:
            for console in self.consoles:
                for each in SHOWN:
                    age = console.board.pane_state(each).age
                    self.worst = max(self.worst, age or 0.0)
                self._is_so(console)
            await anyio.sleep(0.05)

    def _is_so(self, console: Console) -> None:
        """Whether the queue was as it is shown when it is said to have been read."""
        (row, *_) = console.rows(Resource.QUEUES) or (None,)
        age = console.board.pane_state(Resource.QUEUES).age
        if row is None or age is None:
            return
        read = console.clock.now() - age
        turns = [turn for at, turn in self._course if at <= read + READING]
        since = [turn for at, turn in self._course if at <= read - READING]
        shown = getattr(row, "waiting", None)
        if not turns or not (since or [1])[-1] <= (shown or 0) <= turns[-1]:
            self.lies.append(
                f"{console.node}: turn {shown}, read {age:.2f} s ago, when it was {since[-1:]} to {turns[-1:]}"
            )

    def same(self) -> bool:
        return all(
            [(row.key, getattr(row, "state", None), getattr(row, "waiting", None)) for row in console.rows(each)]
            == [(row.key, getattr(row, "state", None), getattr(row, "waiting", None)) for row in self.world.rows[each]]
            for console in self.consoles
            for each in SHOWN
        )

    def one_reads(self) -> bool:
        return sum(console.reads for console in self.consoles) == 1 and all(
            console.board.pane_state(each).state.value == "live" for console in self.consoles for each in SHOWN
        )

    async def fail(self, fault: str, tasks: TaskGroup) -> None:
        """The fault, for as long as it lasts, and its end."""
        reading = [place for place, console in enumerate(self.consoles) if console.reads] or [0]
        others = [place for place in range(len(self.consoles)) if place not in reading] or reading
        place = reading[0] if fault.startswith("reader") else self.chance.choice(others)
        console, line = self.consoles[place], self.lines[place]
        lasts = self._lasts or self.chance.uniform(0.2, 2.5) * self._timing.ttl
        match fault.split(" ", 1)[1]:
            case "killed" if fault.startswith("server"):
                self.server.kill()
                await anyio.sleep(lasts)
                self.server.start()
            case "killed" | "quits" as how:
                console.die() if how == "killed" else console.quit()
                self.add(tasks, place)
            case "cut off":
                line.end()
                await anyio.sleep(lasts)
            case "hears nothing":
                line.silence()
                await anyio.sleep(lasts)
            case "hangs":
                self.server.freeze()
                await anyio.sleep(lasts)
                self.server.thaw()
            case "wiped":
                self.server.wipe()
                await anyio.sleep(lasts / 4)
                self.server.start()
            case "full":
                await self.server.fill()
                await anyio.sleep(lasts)
                await self.server.clear()
            case "down":
                self.world.down = True
                await anyio.sleep(lasts)
                self.world.down = False
        line.mend()


async def run(faults: int, consoles: int, seed: int, timing: Timing, only: Sequence[str], lasts: float) -> int:
    ages, recovered = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.room = ROOM
        server.start()
        site, written = Site(server, consoles, seed, timing, lasts), Written()
        try:
            async with AsyncExitStack() as stack:
                for line in site.lines:
                    await stack.enter_async_context(line.up())
                stack.enter_context(written.read())
                tasks = await stack.enter_async_context(anyio.create_task_group())
                for place in range(consoles):
                    site.add(tasks, place)
                await until(lambda: site.same() and site.one_reads(), "all see it", PATIENCE)
                for number in range(faults):
                    fault = site.chance.choice(only)
                    site.worst = 0.0
                    async with anyio.create_task_group() as meanwhile:
                        meanwhile.start_soon(site.go_on)
                        meanwhile.start_soon(site.look)
                        await site.fail(fault, tasks)
                        ended = time.monotonic()
                        await until(site.one_reads, f"{number}: one reads after: {fault}", PATIENCE)
                        meanwhile.cancel_scope.cancel()
                    recovered[fault].append(time.monotonic() - ended)
                    ages[fault].append(site.worst)
                    await until(site.same, f"{number}: all see what is so after: {fault}", PATIENCE)
                tasks.cancel_scope.cancel()
        finally:
            server.kill()
    out = sys.stdout.write
    out("| fault | times | oldest shown s (median, most) | live again after its end s (median, most) |\n")
    out("|---|---|---|---|\n")
    for fault in FAULTS:
        if times := len(ages[fault]):
            old, again = ages[fault], recovered[fault]
            figures = [statistics.median(old), max(old), statistics.median(again), max(again)]
            out("| {} | {} | {:.1f}, {:.1f} | {:.1f}, {:.1f} |\n".format(fault, times, *figures))
    for said in (*site.lies[:20], *written.twice[:20]):
        out(f"{said}\n")
    lies, twice = len(site.lies), len(written.twice)
    out(f"{faults} faults: {lies} rows that were not so, {twice} words of a reader of before taken\n")
    return int(bool(site.lies or written.twice))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--consoles", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--usual", action="store_true")
    parser.add_argument("--only", choices=FAULTS, action="append")
    parser.add_argument("--lasts", type=float, default=0.0, help="seconds that each fault lasts")
    given = parser.parse_args(arguments)
    timing, only = USUAL if given.usual else QUICK, given.only or FAULTS
    return anyio.run(run, given.faults, given.consoles, given.seed, timing, only, given.lasts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
