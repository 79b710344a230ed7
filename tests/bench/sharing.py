"""What many consoles of one account cost: requests at the vendor, how old what they show is, CPU and bytes.

    python -m tests.bench.sharing [--consoles 1 10 100 500] [--seconds 30]

One console reads an account of 20 queues, 200 agents and 100 callers once a second, a tenth of which changes each time;
the others are told over a real NATS server. Consoles run several a process, without a screen.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio

from tests.share.nats import Server
from tests.share.site import Console, World, agent, caller, queue, running
from wallboard.domain.keys import Resource
from wallboard.domain.states import AgentState
from wallboard.domain.update import Update

A_PROCESS = 50


def told(url: str, count: int, seconds: float, answer: Any) -> None:
    """`count` consoles that are told: ages of what comes (s), and their CPU (s)."""
    ages: list[float] = []

    async def go() -> None:
        consoles = [Console(url, World(), f"told{time.monotonic_ns()}", role="view") for _ in range(count)]
        for console in consoles:
            apply, clock = console.board.apply, console.clock

            def measured(update: Update, apply: Any = apply, clock: Any = clock) -> None:
                ages.append(clock.now() - update.as_of)
                apply(update)

            console.board.apply = measured  # type: ignore[method-assign]  # it is measured, not replaced
        async with running(*consoles):
            await anyio.sleep(5)
            ages.clear()
            before = time.process_time()
            await anyio.sleep(seconds)
            answer.put((ages, time.process_time() - before, count))

    anyio.run(go)


async def measure(others: int, seconds: float) -> list[str]:
    world, chance = World(), random.Random(1)
    now = time.time()
    world.rows = {
        Resource.QUEUES: (queue(1),),
        Resource.AGENTS: tuple(agent(number) for number in range(200)),
        Resource.MEMBERS: tuple(caller(number, now - number) for number in range(100)),
    }
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        parts = [min(A_PROCESS, others - start) for start in range(0, others, A_PROCESS)]
        processes = [context.Process(target=told, args=(server.url, part, seconds, answers)) for part in parts]
        reader = Console(server.url, world, "reader")
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(running(reader))
                for process in processes:
                    process.start()
                await anyio.sleep(8)
                asked, cpu = world.total(), time.process_time()
                until = time.monotonic() + seconds
                while time.monotonic() < until:
                    await anyio.sleep(1)
                    world.rows[Resource.AGENTS] = tuple(
                        agent(number, chance.choice(list(AgentState))) if chance.random() < 0.1 else row
                        for number, row in enumerate(world.rows[Resource.AGENTS])
                    )
                requests, cpu = world.total() - asked, time.process_time() - cpu
                ages, spent = [], 0.0
                for _ in processes:
                    found, used, _ = await anyio.to_thread.run_sync(answers.get)
                    ages += found
                    spent += used
        finally:
            server.kill()
            for process in processes:
                process.join(10)
    ages.sort()
    old = ["–", "–"]
    if ages:
        old = [f"{age * 1e3:.0f}" for age in (statistics.median(ages), ages[int(len(ages) * 0.99)])]
    a_console = f"{spent / seconds / others * 100:.2f}" if others else "–"
    return [str(others + 1), f"{requests / seconds:.1f}", *old, f"{cpu / seconds * 100:.1f}", a_console]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consoles", type=int, nargs="+", default=[1, 10, 100, 500])
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args(arguments)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    out = sys.stdout.write
    out("| consoles | requests/s | age p50 ms | p99 ms | reader % | a console % |\n|---|---|---|---|---|---|\n")
    for count in given.consoles:
        out(f"| {' | '.join(anyio.run(measure, count - 1, given.seconds))} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
