"""A poor line between a program and its terminal, as a model: so many bits a second, and a delay each way.

Over a network the system takes whatever the program writes and lets it wait (`buffers`); a serial line takes what it
can carry. Keys and answers of the terminal travel the other way and only take the delay.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench.rounds import Program, Unavailable, latencies, press
from tests.bench.terminal import Pty

RATE, DELAY = 8_000.0, 0.075
"""Bytes a second and seconds each way: 64 kbit/s and a round trip of 150 ms."""
PIECE = 128
TAKEN = 1024
"""Bytes that a line without buffers takes ahead."""
KEY_GAP, HELD_GAP = 0.33, 0.05
REPAINT = "\x0c"
SETTLED = 12.0
"""Seconds until an order that mostly stands has begun to, and nothing of the start is going on."""


class Line(Pty):
    """A program behind the line; `recording` is what comes out at the far end. `stopped`: nothing is taken at all."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        buffers: bool = True,
        rate: float = RATE,
        delay: float = DELAY,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._buffers, self.rate, self._delay = buffers, rate, delay
        self._free = 0.0
        self._coming: deque[tuple[float, bytes]] = deque()
        self._going: deque[tuple[float, bytes]] = deque()
        self.sent = 0
        self.backlog = 0.0
        """The most seconds that something waited for the line."""
        self.stopped = False
        super().__init__(argv, env=env)

    def read(self, timeout: float) -> bytes:
        end = time.monotonic() + max(0.0, timeout)
        while True:
            now = time.monotonic()
            while self._going and self._going[0][0] <= now:
                os.write(self.fd, self._going.popleft()[1])
            if self._coming and self._coming[0][0] <= now:
                at, data = self._coming.popleft()
                self.recording.chunks.append((at, data))
                self.answer(data)
                return data
            if now >= end:
                return b""
            due = [queue[0][0] for queue in (self._coming, self._going) if queue]
            room = self._free - TAKEN / self.rate - now
            takes = not self.stopped and (self._buffers or room <= 0)
            if not self.stopped and not takes:
                due.append(now + room)
            wait = max(0.0, min([*due, end]) - now)
            if select.select([self.fd] if takes else [], [], [], wait)[0]:
                try:
                    self._take(os.read(self.fd, 65_536 if self._buffers else TAKEN))
                except OSError:
                    return b""

    def _take(self, data: bytes) -> None:
        now = time.monotonic()
        self.sent += len(data)
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._free = max(self._free, now) + len(piece) / self.rate
            self._coming.append((self._free + self._delay, piece))
        self.backlog = max(self.backlog, self._free - now)

    def say(self, data: bytes) -> None:
        self._going.append((time.monotonic() + self._delay, data))


@dataclass(frozen=True, slots=True)
class Carried:
    """`used`: the share of the line while nobody touches a key; `keys`: ms from each key to its paint, at three keys a
    second; `held`: seconds that something waited for the line, at most, while a key is held."""

    used: float
    keys: Sequence[float]
    held: float


def carried(program: Program, seconds: float, settled: float) -> Carried:
    with _behind(program, settled, buffers=True) as line:
        before, began = line.sent, time.monotonic()
        line.pump(seconds)
        used = (line.sent - before) / RATE / (time.monotonic() - began)
        press(line, program.keys, KEY_GAP)
        line.pump(1.0 if program.keys else 0.0)
        keys = latencies(line.recording, program.probe)
        line.backlog = 0.0
        press(line, program.keys, HELD_GAP)
        line.pump(1.0 if program.keys else 0.0)
        return Carried(used, keys, line.backlog)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A terminal that takes nothing: CPU (%) before and meanwhile, MiB that memory has grown, and the bytes that come
    when it takes something again, the rest of what was under way included, for each of a whole screen."""

    running: float
    stopped: float
    grown: float
    comes: float


def stopped(program: Program, seconds: float) -> Stopped:
    with _behind(program, SETTLED, buffers=False) as line:
        running = _cpu(line, seconds)
        line.stopped = True
        line.pump(2.0)
        memory = line.memory()
        still = _cpu(line, seconds)
        grown = line.memory() - memory
        line.stopped, line.rate, before = False, 1e9, line.sent
        line.pump(0.7)
        comes = line.sent - before
        line.write(REPAINT)
        before = line.sent
        line.pump(0.7)
        return Stopped(running, still, grown, comes / max(1, line.sent - before))


def _cpu(line: Line, seconds: float) -> float:
    before, began = line.cpu(), time.monotonic()
    line.pump(seconds)
    return 100 * (line.cpu() - before) / (time.monotonic() - began)


@contextmanager
def _behind(program: Program, settled: float, *, buffers: bool) -> Iterator[Line]:
    """The program behind the line, once its board stands and its order has settled."""
    line = Line(program.argv, buffers=buffers, env=program.env)
    with line:
        chunks = line.recording.chunks
        if not line.wait(lambda: program.first.encode() in b"".join(data for _, data in chunks), 60.0):
            raise Unavailable("the board never came through the line")
        line.pump(settled)
        yield line
