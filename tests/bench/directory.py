"""Measure the directory over 5,000 entries against its goals and print a table: `python -m tests.bench.directory`.

Goals: 50 ms a keystroke, 100 ms to open the picker, nothing before the first frame. Milliseconds do not repeat on a
shared machine; what was looked at does.
"""

from __future__ import annotations

import gc
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tests.support.console import HQ, LAB, NOW, RESPONDERS, agent, board, read
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Hotline, Phone
from wallboard.domain.numbers import warm
from wallboard.domain.places import Favourite, Route
from wallboard.domain.states import AgentState, HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.view.context import Context
from wallboard.view.directory import Directory

FIRST = "Ada Bo Cy Di Jo Anna Eve Ben Mia Kai Ute Tom Søren Zoë José Ingrid Pål".split()  # noqa: SIM905  # readable
LAST = "Orwell Quist Reed Novak Vogt Lund Hale Sand Roth Nyström Müller Schäfer Ångström".split()  # noqa: SIM905  # readable
REGIONS = {HQ: "DE", LAB: "DE", RESPONDERS: "DE"}
TYPED = ("night desk", "nystrom", "anna vogt 12", "4924155", "0241 55010", "zzz", "e")
DIALLED = re.compile(r"\+?[0-9*#]{1,32}")


def crowd() -> Board:
    """3,500 agents of two sources, 500 telephones with national numbers and extensions, 1,000 hotlines."""
    dice = random.Random(7)
    shown = board(ManualClock(NOW))
    for source, count in ((HQ, 1500), (LAB, 2000)):
        people = tuple(
            agent(
                f"a{n}",
                f"{dice.choice(FIRST)} {dice.choice(LAST)} {n}",
                str(10_000 + n),
                AgentState.READY,
                n,
                source=source,
            )
            for n in range(count)
        )
        read(shown, {(source, Resource.AGENTS): people}, NOW, 2)
    phones = tuple(
        Phone(
            Key(HQ, Kind.PHONE, str(n)),
            clean(f"desk {n}"),
            clean(f"0241 {66_000 + n}" if n % 2 else str(70_000 + n)),
            True,
        )
        for n in range(500)
    )
    hotlines = tuple(
        Hotline(
            Key(RESPONDERS, Kind.HOTLINE, str(n)),
            clean(f"Rescue {dice.choice(LAST)} {n}"),
            clean(f"0049241{55_000 + n}"),
            Wanted.OPEN,
            HotlineState.OPEN,
        )
        for n in range(1000)
    )
    read(shown, {(HQ, Resource.PHONES): phones, (RESPONDERS, Resource.HOTLINES): hotlines}, NOW, 2)
    return shown


def opened(shown: Board) -> Directory:
    def can_dial(source: str, destination: Destination) -> tuple[bool, str]:
        return DIALLED.fullmatch(destination.number) is not None, "not a number"

    favourites = [Favourite("Night desk", "8100", HQ)]
    return Directory(Context(shown, NOW), HQ, favourites, [Route(HQ, LAB, "88")], can_dial, REGIONS)


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def import_time() -> float:
    """Milliseconds that the numbering plans take to load, in a fresh interpreter."""
    code = "import time; t = time.perf_counter(); import phonenumbers; print(1000 * (time.perf_counter() - t))"
    runs = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return statistics.median(runs)


def keystrokes(directory: Directory, text: str) -> Sequence[tuple[str, float, int]]:
    """(text so far, milliseconds, entries looked at) of each key; a picker asks for the matches twice."""
    return [
        (text[:size], milliseconds(lambda size=size: directory.matches(text[:size])), directory.looked)  # type: ignore[misc]
        for size in range(1, len(text) + 1)
    ]


def main() -> None:
    print(f"phonenumbers import  {import_time():6.1f} ms")
    shown = crowd()
    warm(*REGIONS.values())
    # As the console does it: what was there before stays out of the collector's way.
    gc.collect()
    gc.freeze()
    builds = [milliseconds(lambda: opened(shown)) for _ in range(9)]
    first, rest = builds[0], statistics.median(builds[1:])
    print(f"open the picker      {first:6.1f} ms the first time, {rest:.1f} ms later")
    for text in TYPED:
        keys = keystrokes(opened(shown), text)
        slowest = max(keys, key=lambda key: key[1])
        looked = " ".join(str(key[2]) for key in keys)
        print(f"{text:14} slowest {slowest[1]:6.1f} ms at {slowest[0]!r:16} looked at {looked}")


if __name__ == "__main__":
    main()
