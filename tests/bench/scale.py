"""What a console costs against the rows that it holds: `python -m tests.bench.scale [--rows 50 500 5000 25000]`.

Printed for each deed, as Markdown, are milliseconds of the processor (the best of five) and calls of functions, which
do not depend on the machine. A console without a terminal, each frame at 160×50. `tests.bench.loop` runs on a whole
simulation in real time.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.support.console import HQ
from tests.support.crowd import Crowd, work
from wallboard.domain.keys import Resource

ROWS = 36
"""Of each twenty agents: themselves, two queues, four callers, ten calls."""


def _tick(crowd: Crowd) -> None:
    crowd.clock.advance(1.0)
    crowd.console.tick()


Deed = Callable[[Crowd], object]
DEEDS: dict[str, tuple[tuple[str, ...], Deed]] = {
    "poll, one queue's list": ((), lambda crowd: crowd.poll(HQ, Resource.AGENTS, "h0")),
    "poll, all calls": ((), lambda crowd: crowd.poll(HQ, Resource.CALLS)),
    "one agent changes": ((), Crowd.turn),
    "tick": ((), _tick),
    "key, j": (("2",), lambda crowd: crowd.key("j")),
    "filter, a letter": (("2", "/", "p"), lambda crowd: crowd.key("e")),
    "find, F and a letter": ((), lambda crowd: crowd.key("F", "p")),
    "details": (("3", "g"), lambda crowd: crowd.key("enter")),
    "picker, t and a letter": (("4", "g"), lambda crowd: crowd.key("t", "p")),
    "who can help, +": (("g",), lambda crowd: crowd.key("+")),
    "alarms, F5": ((), lambda crowd: crowd.key("f5")),
}


def _measured(crowd: Crowd, before: tuple[str, ...], deed: Deed) -> tuple[float, int]:
    """The least milliseconds, and the calls."""
    times: list[float] = []
    for counts in (False, False, False, False, False, True):
        for _ in range(3):
            crowd.desk.press("escape")
        crowd.key("1", "g", *before)
        crowd.clock.advance(2.0)
        crowd.console.tick()
        crowd.desk.paint()
        if counts:
            return 1e3 * min(times), work(lambda: deed(crowd))
        gc.collect()
        gc.disable()
        began = time.thread_time()
        deed(crowd)
        times.append(time.thread_time() - began)
        gc.enable()
    raise AssertionError("unreachable")


def measured(sizes: Sequence[int]) -> Mapping[str, Mapping[int, tuple[float, int]]]:
    """By deed and rows: milliseconds of the processor, and calls."""
    found: dict[str, dict[int, tuple[float, int]]] = {name: {} for name in DEEDS}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            crowd = Crowd(Path(folder), 20 * max(1, round(size / ROWS)))
            for name, (before, deed) in DEEDS.items():
                found[name][size] = _measured(crowd, before, deed)
    return found


def table(sizes: Sequence[int]) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield "| cost against rows | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---|" + "---:|" * len(sizes)
    for name, row in measured(sizes).items():
        yield f"| {name} | " + " | ".join(f"{ms:.1f} ms, {calls:,} calls" for ms, calls in row.values()) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[50, 500, 5_000, 25_000])
    print("\n".join(table(parser.parse_args().rows)))


if __name__ == "__main__":
    main()
