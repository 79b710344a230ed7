"""One program in a terminal: how it starts, what it costs while nobody touches it, and how long a key takes to be seen.

The reader only time-stamps what arrives; the screen is emulated afterwards, so that the emulator is in no figure. A
paint inside a synchronized update counts when the update ends. Keys go in on a timetable that waits for nobody; one
whose effect is not seen before the next counts with the time between the two.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.terminal import Emulator, Pty, Recording, Row, floor

FRAME_GAP = 0.004
"""Silence that ends a frame without a synchronized update, seconds."""
KEY_GAP = 0.13
KEYS = ["DOWN"] * 14 + ["UP"] * 6
HONEST = 20
"""So many characters on the screen are a frame."""
FIRST_SECONDS = 30.0
"""Seconds that a program may take until it shows what is waited for."""

Probe = Callable[[Sequence[Row]], object]


class Unavailable(Exception):
    """A program that cannot be measured here, and why, as a clause; `seen` is what it showed instead."""

    def __init__(self, why: str, seen: str = "") -> None:
        super().__init__(why)
        self.seen = seen.strip()


def highlighted(column: int = 1, lines: slice = slice(3, -3)) -> Probe:
    """Which line is highlighted at that column: blind to text that ticks."""
    return lambda rows: tuple((row[column].bg, row[column].reverse) for row in rows[lines])


def first_line(rows: Sequence[Row]) -> object:
    return tuple(cell.data for cell in rows[0])


@dataclass(frozen=True, slots=True)
class Program:
    """`first` is what stands on the screen once it is of use, `probe` what a key changes."""

    argv: Sequence[str]
    first: str
    probe: Probe = field(default_factory=highlighted)
    env: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[str] = tuple(KEYS)
    settles: float = 1.3
    """Seconds after which it does nothing of its start any more."""


@dataclass(frozen=True, slots=True)
class Run:
    """`frame` and `paint`: ms until anything, and until the first data, could be read; `start`: ms of CPU until the
    latter. In the steady window: `cpu` (%), `bytes` and `floor` a second, `cells` that changed, and `idle`, the bytes
    of frames that changed none. `memory` in MiB, `keys` in ms."""

    frame: float
    paint: float
    start: float
    cpu: float
    bytes: float
    floor: float
    cells: float
    idle: float
    memory: float
    keys: Sequence[float]

    @property
    def over(self) -> float:
        """Bytes sent for each that a careful writer would have sent."""
        return self.bytes / self.floor if self.floor else float("nan")


def measure(program: Program, seconds: float) -> Run:
    """One run: start, a steady window, then keys."""
    with Pty(program.argv, env=program.env) as tty:
        heard = 0

        def shown() -> bool:
            nonlocal heard
            pieces = tty.recording.chunks[max(0, heard - 1) :]
            heard = len(tty.recording.chunks)
            return program.first.encode() in b"".join(data for _, data in pieces)

        if not tty.wait(shown, FIRST_SECONDS):
            raise Unavailable(f"it never showed {program.first!r}", _text(tty.recording))
        start = tty.cpu()
        tty.pump(program.settles)
        cpu, window = tty.cpu(), time.monotonic()
        tty.pump(seconds)
        cpu, end = tty.cpu() - cpu, time.monotonic()
        memory = tty.memory()
        press(tty, program.keys)
        return replay(tty.recording, program, (window, end), start, cpu, memory)


def press(tty: Pty, keys: Sequence[str], gap: float = KEY_GAP) -> None:
    dice, due = random.Random(3), time.monotonic()
    for key in keys:
        tty.pump(due - time.monotonic())
        tty.send(key)
        due += gap * dice.uniform(0.7, 1.3)
    tty.pump(gap)


@dataclass(slots=True)
class Seen:
    """The screen after a piece of output, and whether a frame ends there."""

    at: float
    size: int
    rows: Sequence[Row]
    whole: bool
    ends: bool


def frames(recording: Recording) -> Iterator[Seen]:
    screen, chunks = Emulator(), recording.chunks
    for number, (at, data) in enumerate(chunks):
        screen.feed(data)
        last = number + 1 == len(chunks)
        whole = not screen.in_sync
        yield Seen(at, len(data), screen.rows(), whole, whole and (last or chunks[number + 1][0] - at >= FRAME_GAP))


def latencies(recording: Recording, probe: Probe, every: Iterable[Seen] | None = None) -> list[float]:
    """Milliseconds from each key to its paint; `every`: the frames of the recording, where somebody has them."""
    found: list[float] = []
    waiting: float | None = None
    before: object = None
    keys = list(recording.keys)
    rows: Sequence[Row] = Emulator().rows()
    for seen in frames(recording) if every is None else every:
        while keys and keys[0] <= seen.at:
            if waiting is not None:
                found.append(keys[0] - waiting)
            waiting, before = keys.pop(0), probe(rows)
        rows = seen.rows
        if waiting is not None and seen.whole and probe(rows) != before:
            found.append(seen.at - waiting)
            waiting = None
    if waiting is not None:
        found.append(KEY_GAP)
    return [1e3 * each for each in found]


def replay(
    recording: Recording, program: Program, window: tuple[float, float], start: float, cpu: float, memory: float
) -> Run:
    frame = paint = float("nan")
    sent = least = cells = idle = since = 0
    shown: Sequence[Row] = Emulator().rows()
    every = [*frames(recording)]
    for seen in every:
        elapsed = 1e3 * (seen.at - recording.started_at)
        if paint != paint and seen.whole:
            text = _lines(seen.rows)
            frame = elapsed if frame != frame and len(re.findall(r"\S", text)) >= HONEST else frame
            paint = elapsed if program.first in text else paint
        since += seen.size
        if seen.ends:
            if window[0] <= seen.at < window[1]:
                frame_bytes, frame_cells = floor(shown, seen.rows)
                sent, least, cells = sent + since, least + frame_bytes, cells + frame_cells
                idle += 0 if frame_cells else since
            shown, since = seen.rows, 0
    took = window[1] - window[0]
    return Run(
        frame=frame,
        paint=paint,
        start=1e3 * start,
        cpu=100 * cpu / took,
        bytes=sent / took,
        floor=least / took,
        cells=cells / took,
        idle=idle / took,
        memory=memory,
        keys=latencies(recording, program.probe, every),
    )


def _lines(rows: Sequence[Row]) -> str:
    return "\n".join("".join(cell.data for cell in row).rstrip() for row in rows)


def _text(recording: Recording) -> str:
    return _lines([*frames(recording)][-1].rows) if recording.chunks else "nothing"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
