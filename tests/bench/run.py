"""The whole program against its goals: `make bench`, or `make bench ARGS=--quick` for two minutes.

Programs run in turn, not at once, in every round, and what is compared is of one round: on a shared machine only that
means anything. Bytes and cells repeat; milliseconds do not. Writes `docs/performance.md`; a quick run only prints.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from tests.bench import bare, hour, line, loop, page, poll, scale
from tests.bench import programs as of
from tests.bench.page import Finding
from tests.bench.rounds import Run, Unavailable, measure, percentile
from tests.bench.why import WHY

QUICK = (of.HELLO, *map(of.board, of.SIZES), of.NOTHING_NEW, of.TABLE, of.DEMO, of.LOOPBACK, of.ALL, of.HTOP)
"""What a quick run has time for."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done: rounds, seconds of a steady window, polls, refreshes, seconds on the simulated line, of a
    stopped terminal and of the loop, and rows of the costs."""

    rounds: int
    seconds: float
    polls: int
    refreshes: int
    line: float
    stopped: float
    loop: float
    rows: tuple[int, ...]


FULL = Effort(5, 2.5, 300, 10_000, 12.0, 15.0, 20.0, (50, 500, 5_000, 25_000))
BRIEF = Effort(1, 1.5, 60, 1_000, 5.0, 5.0, 5.0, (50, 500))


@dataclass(slots=True)
class Rounds:
    """By program what each round found, and by flag what the command cost over an interpreter (ms); `nothing` is the
    interpreter itself. `missing`: why a program is left out."""

    runs: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    over: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    nothing: list[float] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def ratio(self, name: str, other: str, of_run: Callable[[Run], float]) -> list[float]:
        """The one by the other, in each round; () where one of them is missing."""
        pairs = zip(self.runs.get(name, ()), self.runs.get(other, ()), strict=False)
        return [of_run(one) / max(of_run(two), 1e-9) for one, two in pairs]

    def keys(self, name: str, share: float) -> float:
        return percentile([key for run in self.runs.get(name, ()) for key in run.keys], share)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def interleaved(stage: of.Stage, effort: Effort) -> Rounds:
    found = Rounds(missing=dict(stage.missing))
    for name, program in stage.programs.items():
        # Warms the disk's cache and writes the bytecode; not counted.
        try:
            measure(replace(program, keys=(), settles=0.0), 0.1)
        except Unavailable as error:
            say(f"{name}: {error}:\n{error.seen}")
            found.missing[name] = str(error)
    for number in range(effort.rounds):
        say(f"round {number + 1} of {effort.rounds}")
        found.nothing.append(bare.took(bare.NOTHING))
        for flag in ("--help", "--version"):
            found.over[flag].append(bare.over(flag))
        for name, program in stage.programs.items():
            if name in found.missing:
                continue
            try:
                found.runs[name].append(measure(program, effort.seconds))
            except Unavailable as error:
                found.missing[name] = str(error)
                found.runs.pop(name, None)
    return found


def of_rounds(found: Rounds) -> Iterator[Finding]:
    """S1 to S6, and S10."""
    middle, small, large = map(of.board, (500, of.SIZES[0], of.SIZES[-1]))
    runs, ratio = found.runs, found.ratio

    def against(other: str) -> str:
        return found.missing.get(other, "")

    frames = [run.frame / nothing for run, nothing in zip(runs.get(of.DEMO, ()), found.nothing, strict=False)]
    yield Finding("S1", "first frame / `python -c pass`", 3, frames)
    for name, what, limit in (
        (middle, "live board, data at hand / hello", 1.3),
        (of.LOOPBACK, "live board, first poll of a loopback server / hello", 2),
    ):
        yield Finding("S1", what, limit, ratio(name, of.HELLO, lambda run: run.paint))
        yield Finding("S1", f"{what}, CPU", limit, ratio(name, of.HELLO, lambda run: run.start))
    for name in (small, middle, large, of.STILL):
        yield Finding(
            "S2", f"bytes / those of the changed cells, {name}", 1.15, [run.over for run in runs.get(name, ())]
        )
    idle = [run.idle for run in runs.get(of.NOTHING_NEW, ())]
    yield Finding("S2", "bytes a second that change no cell, where nothing happens", 0, idle)
    for what, other, share, limit in (
        ("key to paint while 500 rows tick and sort / hello, p50", of.HELLO, 0.5, 1.25),
        ("key to paint while 500 rows tick and sort / htop, p95", of.HTOP, 0.95, 1.2),
    ):
        yield _keys(found, "S3", what, (middle, other), share, limit, against(other))
    rows = f"{of.SIZES[-1]:,} rows / {of.SIZES[0]}"
    yield Finding("S4", f"CPU, {rows}", 1.5, ratio(large, small, lambda run: run.cpu))
    yield _keys(found, "S4", f"key to paint, {rows}, p95", (large, small), 0.95, 1.5, "")
    yield Finding("S5", "CPU of 500 rows / DataTable", 0.4, ratio(middle, of.TABLE, lambda run: run.cpu))
    yield Finding("S5", "CPU where nothing changes / hello", 2, ratio(of.NOTHING_NEW, of.HELLO, lambda run: run.cpu))
    yield Finding("S6", f"memory, {of.ALL} / hello", 1.8, ratio(of.ALL, of.HELLO, lambda run: run.memory))
    for flag, over in found.over.items():
        yield Finding("S10", f"`{flag}` over an interpreter", 40, over, unit=" ms")
    loaded = [bare.loaded(flag) for flag in found.over]
    yield Finding("S10", f"of {', '.join(bare.FORBIDDEN)} loaded by them", 0, [sum(each != "[]" for each in loaded)])


def _keys(
    found: Rounds, goal: str, what: str, pair: tuple[str, str], share: float, limit: float, missing: str
) -> Finding:
    """Of all keys together; the range is that of the rounds."""
    values = found.ratio(*pair, lambda run: percentile(run.keys, share))
    name, other = pair
    figure = found.keys(name, share) / found.keys(other, share) if values else None
    return Finding(goal, what, limit, values, figure, why=missing)


def of_memory(effort: Effort) -> Iterator[Finding]:
    command = [sys.executable, "-m", "tests.bench.refreshes", "--times", str(effort.refreshes)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    first, last = map(float, told.split())
    yield Finding("S6", f"memory after {effort.refreshes:,} refreshes / after 100", 1.05, [last / first])


def of_polls(effort: Effort) -> Iterator[Finding]:
    with poll.vendor() as address:
        told = [asyncio.run(poll.measured(address, effort.polls)) for _ in range(effort.rounds)]
    alone = [each[0] for each in told]
    what = "CPU of a poll of 50 rows / a bare reading"
    yield Finding("S7", what, 1.4, [each[1] / one for each, one in zip(told, alone, strict=True)])
    yield Finding("S7", f"{what}, nothing changed", 1.4, [each[2] / one for each, one in zip(told, alone, strict=True)])


def of_loop(effort: Effort) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder, loop.simulated(Path(folder), "large") as config:
        steps = asyncio.run(loop.watch(config, Path(folder), effort.loop))
    longest = 1e3 * max((took for took, _ in steps.long), default=0.0)
    yield Finding("S7", "longest step of the loop, 2,000 agents in 200 queues", 20, [longest], unit=" ms")


def of_line(stage: of.Stage, effort: Effort) -> Iterator[Finding]:
    """A simulated line of 64 kbit/s and 150 ms whose system takes everything, and a terminal that takes nothing."""
    moving, still = stage.programs[of.board(500)], stage.programs[of.STILL]
    for program, what, limit in ((moving, "sorted", 60), (still, "order kept", 15), (stage.slow, "`--slow`", 15)):
        found = line.carried(program, effort.line, settled=line.SETTLED if program is stage.slow else program.settles)
        yield Finding("S8", f"of the line used, 500 rows, {what}", limit, [100 * found.used], unit=" %")
        if program is moving:
            # What one frame and the way take.
            p95 = percentile(found.keys, 0.95)
            yield Finding("S8", "key to paint on that line, p95", 750, found.keys, p95, unit=" ms")
            yield Finding("S8", "the newest of a key that is held waits for the line", 1, [found.held], unit=" s")
    stood = line.stopped(moving, effort.stopped)
    said = f"terminal stopped, {effort.stopped:.0f} s for five minutes"
    yield Finding("S8", f"{said}: CPU / before", 1, [stood.stopped / stood.running])
    yield Finding("S8", f"{said}: memory grown", 0.5, [stood.grown], unit=" MiB")
    yield Finding("S8", f"{said}: what comes then / a whole screen", 1, [stood.comes])


def of_hour(_: Effort) -> Iterator[Finding]:
    found = anyio.run(hour.hour)
    what = f"{found.limit} requests an hour, {len(hour.QUEUES)} queues"
    yield Finding("S9", f"{what}: refused", 0, [found.refused])
    yield Finding(
        "S9",
        f"{what}: kept for actions",
        10,
        [100 * (found.limit - found.requests) / found.limit],
        unit=" %",
        at_least=True,
    )
    yield Finding("S9", f"{what}: hidden rows older than those shown", 3, [found.fresher], unit=" ×", at_least=True)


def tried(part: Callable[[], Iterator[Finding]], name: str) -> list[Finding]:
    """The rows of a part; one that fails is a row that says so."""
    say(name)
    made: list[Finding] = []
    try:
        for finding in part():
            made.append(finding)
    except Exception as error:  # whatever it is, the other parts are measured
        said = str(error).partition("\n")[0][:100]
        made.append(
            Finding(name.partition(" ")[0], f"not measured beyond this: {type(error).__name__}", 0, (), why=said)
        )
    return made


def explained(findings: Sequence[Finding]) -> list[Finding]:
    return [each if each.why else replace(each, why=WHY.get((each.goal, each.what), "")) for each in findings]


def left_out(missing: Mapping[str, str]) -> str:
    return "\n".join(f"- {name} is left out: {why}." for name, why in missing.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, in two minutes; writes nothing")
    parser.add_argument("--only", nargs="*", default=[], metavar="GOAL", help="such as S7 S9; writes nothing")
    given = parser.parse_args()
    effort, only = (BRIEF if given.quick else FULL), given.only
    findings: list[Finding] = []
    sections: list[tuple[str, str]] = []

    def wanted(*goals: str) -> bool:
        return not only or any(goal in only for goal in goals)

    with tempfile.TemporaryDirectory() as folder, of.staged(Path(folder)) as stage:
        chosen = QUICK if given.quick else stage.programs
        lines = stage
        stage = replace(stage, programs={name: each for name, each in stage.programs.items() if name in chosen})
        if wanted("S1", "S2", "S3", "S4", "S5", "S6", "S10"):
            found = interleaved(stage, effort)
            findings += tried(lambda: of_rounds(found), "S1 to S6, S10")
            told = "\n\n".join(filter(None, (page.figures(found.runs), left_out(found.missing))))
            sections.append(("What each program was like", told))
        parts: Sequence[tuple[str, str, Callable[[Effort], Iterator[Finding]]]] = (
            ("S6", "S6 refreshes", of_memory),
            ("S7", "S7 polls", of_polls),
            ("S7", "S7 loop", of_loop),
            ("S8", "S8 lines", lambda effort: of_line(lines, effort)),
            ("S9", "S9 an hour", of_hour),
        )
        for goal, name, part in parts:
            if wanted(goal):
                findings += tried(lambda part=part: part(effort), name)  # type: ignore[misc]
    order = [f"S{number}" for number in range(1, 11)]
    findings.sort(key=lambda each: order.index(each.goal))
    sections.insert(0, ("Goals", page.goals(explained(findings))))
    if not only and (told := "\n".join(scale.table(effort.rows))):
        sections.append(("Cost against rows", told))
    text = page.text(effort.rounds, sections, quick=given.quick)
    print(text)
    if not given.quick and not only:
        page.PAGE.write_text(text, encoding="utf-8")
        say(f"{page.PAGE.name} is written")


if __name__ == "__main__":
    main()
