"""Measure the grid against its goals and print a table: `python -m tests.bench.run [--runs 5] [--seconds 4]`.

Programs run in turn, not at once, in every round, and medians are compared: on a shared machine only ratios of one
round mean anything. Bytes and cells repeat exactly; milliseconds do not.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.terminal import Emulator, Pty, Recording, Row, floor

PROGRAM = str(Path(__file__).with_name("grid_app.py"))
HELLO = str(Path(__file__).with_name("hello.py"))
FRAME_GAP = 0.004  # silence that ends a frame without a synchronized update, seconds
KEY_GAP = 0.15
RUNS = ["DOWN"] * 12 + ["UP"] * 4

Measures = dict[str, float]


def cursor_row(rows: Sequence[Row]) -> object:
    """The key of the highlighted row: the cursor may move while its line stays, when the window scrolls."""
    return next(("".join(cell.data for cell in row[1:11]) for row in rows if row[1].bg == "204a87"), None)


def cursor_line(rows: Sequence[Row]) -> object:
    """Which line is highlighted: blind to text that ticks."""
    return tuple((row[1].bg, row[1].reverse) for row in rows)


def whole_text(rows: Sequence[Row]) -> object:
    return tuple(cell.data for cell in rows[0])


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def measure(
    argv: Sequence[str], first: str, probe: Callable[[Sequence[Row]], object], seconds: float
) -> tuple[Measures, list[float]]:
    """One run: start, a steady window, then keys on an open-loop timetable."""
    dice = random.Random(3)
    with Pty(argv) as program:
        started = Emulator()
        seen = 0

        def painted() -> bool:
            nonlocal seen
            for _, data in program.recording.chunks[seen:]:
                started.feed(data)
            seen = len(program.recording.chunks)
            return not started.in_sync and first in started.text()

        if not program.wait(painted):
            raise SystemExit(f"{argv} never painted {first!r}:\n{started.text()}")
        program.pump(1.2)
        cpu = program.cpu()
        window = time.monotonic()
        program.pump(seconds)
        steady_end = time.monotonic()
        cpu = program.cpu() - cpu
        memory = program.memory()
        program.write("g")  # to the top: keys then move the cursor inside the window
        program.pump(0.3)
        due = time.monotonic()
        for key in RUNS:
            program.pump(due - time.monotonic())
            program.send(key)
            due += KEY_GAP * dice.uniform(0.7, 1.3)
        program.pump(KEY_GAP)
        recording = program.recording
    result, latencies = replay(recording, first, probe, window, steady_end)
    result["cpu"] = 100 * cpu / (steady_end - window)
    result["memory"] = memory
    return result, latencies


def replay(
    recording: Recording, first: str, probe: Callable[[Sequence[Row]], object], window: float, steady_end: float
) -> tuple[Measures, list[float]]:
    """Read the recorded stream through the emulated screen, frame by frame."""
    screen = Emulator()
    frame_start = screen.rows()
    paint: float | None = None
    sent = least = cells = 0
    latencies: list[float] = []
    waiting: float | None = None
    shown: object = None
    keys = list(recording.keys)
    for number, (at, data) in enumerate(recording.chunks):
        while keys and keys[0] <= at:
            if waiting is not None:
                latencies.append(keys[0] - waiting)
            waiting = keys.pop(0)
            shown = probe(screen.rows())
        screen.feed(data)
        rows = screen.rows()
        if paint is None and not screen.in_sync and first in screen.text():
            paint = at - recording.started_at
        if waiting is not None and not screen.in_sync and probe(rows) != shown:
            latencies.append(at - waiting)
            waiting = None
        steady = window <= at < steady_end
        sent += len(data) if steady else 0
        last = number + 1 == len(recording.chunks)
        if not screen.in_sync and (last or recording.chunks[number + 1][0] - at >= FRAME_GAP):
            if steady:
                frame_bytes, frame_cells = floor(frame_start, rows)
                least += frame_bytes
                cells += frame_cells
            frame_start = rows
    if waiting is not None:
        latencies.append(KEY_GAP)
    duration = steady_end - window
    return {
        "paint": 1000 * (paint or float("nan")),
        "bytes": sent / duration,
        "floor": least / duration,
        "ratio": sent / least if least else float(sent > 0),
        "cells": cells / duration,
    }, [1000 * latency for latency in latencies]


def programs(sizes: Sequence[int]) -> dict[str, tuple[list[str], str, Callable[[Sequence[Row]], object]]]:
    python = [sys.executable, PROGRAM]
    out: dict[str, tuple[list[str], str, Callable[[Sequence[Row]], object]]] = {
        "hello": ([sys.executable, HELLO], "minimal", whole_text)
    }
    for size in sizes:
        out[f"grid {size}"] = ([*python, "grid", str(size)], "Agent Name", cursor_row)
    out["grid 500 still"] = ([*python, "grid", "500", "--still"], "Agent Name", cursor_row)
    out["grid 500 idle"] = ([*python, "grid", "500", "--idle"], "Agent Name", cursor_row)
    out["stock 500"] = ([*python, "stock", "500"], "Agent Name", cursor_row)
    out["datatable 500"] = ([*python, "datatable", "500"], "Agent Name", cursor_line)
    if htop := shutil.which("htop"):
        out["htop"] = ([htop, "-d", "10", "--readonly"], "CPU", cursor_line)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="steady window of each run")
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 500, 5000])
    parser.add_argument("--only", nargs="*", metavar="PROGRAM", help="such as: hello 'grid 500'")
    options = parser.parse_args()
    collected: dict[str, list[Measures]] = defaultdict(list)
    keys: dict[str, list[float]] = defaultdict(list)
    chosen = {
        name: program for name, program in programs(options.sizes).items() if not options.only or name in options.only
    }
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for argv, first, probe in chosen.values():
        measure(argv, first, probe, 0.1)  # warms the disk cache and writes the bytecode; not counted
    for number in range(options.runs):
        print(f"round {number + 1} of {options.runs}", file=sys.stderr)
        for name, (argv, first, probe) in chosen.items():
            measured, latencies = measure(argv, first, probe, options.seconds)
            collected[name].append(measured)
            keys[name] += latencies
    median = {
        name: {measure: statistics.median(run[measure] for run in runs) for measure in runs[0]}
        for name, runs in collected.items()
    }
    for name, row in median.items():
        # One run has too few keys for a 95th percentile: those of all runs together.
        row.update(p50=percentile(keys[name], 0.5), p95=percentile(keys[name], 0.95))
    print(f"{'program':<16}{'paint ms':>9}{'bytes/s':>9}{'floor/s':>9}{'x floor':>8}{'cpu %':>7}", end="")
    print(f"{'p50 ms':>8}{'p95 ms':>8}{'MiB':>7}")
    for name, row in median.items():
        print(
            f"{name:<16}{row['paint']:>9.0f}{row['bytes']:>9.0f}{row['floor']:>9.0f}{row['ratio']:>8.2f}"
            f"{row['cpu']:>7.2f}{row['p50']:>8.1f}{row['p95']:>8.1f}{row['memory']:>7.1f}"
        )
    print()
    for line in verdicts(median, options.sizes):
        print(line)


def verdicts(median: dict[str, Measures], sizes: Sequence[int]) -> list[str]:
    """One line a goal: what was reached, and what was to be reached."""
    middle, small, large = "grid 500", f"grid {min(sizes)}", f"grid {max(sizes)}"
    span = f"{max(sizes)} / {min(sizes)} rows"
    goals: list[tuple[str, str, tuple[str, str], str | None, float]] = [
        ("S1", "first table / hello", (middle, "paint"), "hello", 1.3),
        *[("S2", f"bytes / floor, {size} rows", (f"grid {size}", "ratio"), None, 1.15) for size in sizes],
        ("S2", "bytes / floor, order kept", ("grid 500 still", "ratio"), None, 1.15),
        ("S2", "bytes a second, nothing changed", ("grid 500 idle", "bytes"), None, 0),
        ("S3", "key p50 / hello", (middle, "p50"), "hello", 1.25),
        ("S3", "key p95 / htop", (middle, "p95"), "htop", 1.2),
        ("S4", f"CPU, {span}", (large, "cpu"), small, 1.5),
        ("S4", f"key p95, {span}", (large, "p95"), small, 1.5),
        ("S5", "CPU / DataTable", (middle, "cpu"), "datatable 500", 0.4),
        ("S5", "CPU idle / hello", ("grid 500 idle", "cpu"), "hello", 2),
        ("S6", f"memory, {max(sizes)} rows / hello", (large, "memory"), "hello", 1.8),
    ]
    lines: list[str] = []
    for number, text, (name, measure), other, limit in goals:
        if name not in median or (other is not None and other not in median):
            lines.append(f"{number}  {text:<52}      -  goal <= {limit:<5g} not measured")
            continue
        value = median[name][measure]
        if other is not None:
            value /= max(median[other][measure], 1e-9)
        lines.append(f"{number}  {text:<52}{value:>7.2f}  goal <= {limit:<5g} {'ok' if value <= limit else 'MISSED'}")
    return lines


if __name__ == "__main__":
    main()
