"""A terminal to measure in: a pseudo-terminal that time-stamps what arrives, an emulated screen to read it from
afterwards, and the floor, which is what a careful writer would have sent for the same changes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple

import pyte

KEYS = {"UP": b"\x1b[A", "DOWN": b"\x1b[B", "PGUP": b"\x1b[5~", "PGDN": b"\x1b[6~", "ENTER": b"\r", "ESC": b"\x1b"}


class CellSeen(NamedTuple):
    """A cell as pyte sees it; colours are names or six hex digits."""

    data: str
    fg: str
    bg: str
    bold: bool
    italics: bool
    underscore: bool
    strikethrough: bool
    reverse: bool
    blink: bool


BLANK = CellSeen(" ", "default", "default", *[False] * 6)
Row = tuple[CellSeen, ...]

_TOKEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|[^\x1b]+"
)
_UNDERSTOOD = frozenset("ABCDGHJKXdfm")
_CURSOR_KEYS = re.compile(rb"\x1b\[\?1([hl])")
_QUERY = re.compile(rb"\x1b\[\?(2026|2048|70\d\d)\$p")


class Emulator:
    """A screen of `columns` x `rows`; sequences that only switch modes are left out before pyte sees the stream."""

    def __init__(self, columns: int = 160, rows: int = 50) -> None:
        self.columns, self.height = columns, rows
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen, strict=False)
        self.in_sync = False
        self._rest = ""
        self._decode = getincrementaldecoder("utf-8")("replace")
        self._rows: list[Row] = [(BLANK,) * columns] * rows

    def feed(self, data: bytes | str) -> None:
        text = self._rest + (data if isinstance(data, str) else self._decode.decode(data))
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                break  # the rest of a sequence is still to come
            token = match.group()
            position = match.end()
            if token[0] != "\x1b":
                self.stream.feed(token)
            elif token[:2] == "\x1b[":
                if token in ("\x1b[?2026h", "\x1b[?2026l"):
                    self.in_sync = token[-1] == "h"
                elif token in ("\x1b[?1049h", "\x1b[?1049l"):
                    self.screen.reset()
                elif token[-1] in _UNDERSTOOD and token[2:3] not in "<=>?":
                    self.stream.feed(token)
        self._rest = text[position:]

    def rows(self) -> list[Row]:
        """The screen; lines that did not change since the last call are the same objects."""
        for y in self.screen.dirty:
            if y < self.height:
                line = self.screen.buffer[y]
                self._rows[y] = tuple(CellSeen(*line[x]) for x in range(self.columns))
        self.screen.dirty.clear()
        return list(self._rows)

    def text(self) -> str:
        return "\n".join("".join(cell.data for cell in row).rstrip() for row in self.rows())


def _pen_cost(old: tuple[object, ...], new: tuple[object, ...]) -> int:
    """Bytes of the SGR sequence between two pens (foreground, background, six attributes)."""
    if old == new:
        return 0
    lengths: list[int] = []
    for before, after in zip(old, new, strict=True):
        if before == after:
            continue
        if isinstance(after, str):
            hexadecimal = re.fullmatch(r"[0-9a-f]{6}", after)
            lengths.append(5 + len(";".join(str(int(after[i : i + 2], 16)) for i in (0, 2, 4))) if hexadecimal else 2)
        else:
            lengths.append(1 if after else 2)
    return 3 + sum(lengths) + len(lengths) - 1


def floor(before: Sequence[Row], after: Sequence[Row]) -> tuple[int, int]:
    """(bytes, changed cells): one cursor move a run of changed cells, the SGR changes and the text.

    Runs at most five columns apart in the same colours are one; blanks up to the edge are one erase.
    """
    total = cells = 0
    pen: tuple[object, ...] = BLANK[1:]
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is new or old == new:
            continue
        runs: list[list[int]] = []
        for x in [x for x in range(len(new)) if new[x] != old[x]]:
            cells += 1
            if runs and x - runs[-1][1] <= 5 and all(new[i][1:] == new[x][1:] for i in range(runs[-1][1], x)):
                runs[-1][1] = x
            else:
                runs.append([x, x])
        previous: int | None = None
        for first, last in runs:
            move = 4 + len(str(y + 1)) + len(str(first + 1))
            total += move if previous is None else min(move, 3 + len(str(first - previous)))
            stop = last
            if last == len(new) - 1:
                blank = last
                while blank >= first and new[blank].data == " " and new[blank][1:] == new[last][1:]:
                    blank -= 1
                if last - blank > 3:
                    stop = blank
                    total += 3 + _pen_cost(pen, new[last][1:])
                    pen = new[last][1:]
            for x in range(first, stop + 1):
                total += _pen_cost(pen, new[x][1:]) + len(new[x].data.encode())
                pen = new[x][1:]
            previous = last + 1
    return total, cells


@dataclass
class Recording:
    """Everything that came out of a program, with monotonic seconds; `keys` are those that went in."""

    started_at: float
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)


class Pty:
    """A program in a pseudo-terminal. It answers the queries that Textual asks and is ended by its own pid."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 160,
        rows: int = 50,
        *,
        sync: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        environment = dict(os.environ, TERM="xterm-256color", COLORTERM="truecolor", LC_ALL="C.UTF-8", **(env or {}))
        for name in ("LINES", "COLUMNS", "NO_COLOR"):
            environment.pop(name, None)
        self._sync = b"2" if sync else b"0"
        self._rest = b""
        self._applies = False
        self.recording = Recording(time.monotonic())
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(argv[0], list(argv), environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Pty:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def read(self, timeout: float) -> bytes:
        """What arrives next, b"" if nothing did in time or the program is gone."""
        if not select.select([self.fd], [], [], max(0.0, timeout))[0]:
            return b""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return b""
        if data:
            self.recording.chunks.append((time.monotonic(), data))
            self.answer(data)
        return data

    def answer(self, data: bytes) -> None:
        """What a terminal says to questions about its modes; those that it does not know it says so of."""
        data = self._rest + data
        for mode in _CURSOR_KEYS.finditer(data):
            self._applies = mode[1] == b"h"
        end = 0
        for query in _QUERY.finditer(data):
            end = query.end()
            self.say(b"\x1b[?%s;%s$y" % (query[1], self._sync if query[1] == b"2026" else b"0"))
        self._rest = data[max(end, len(data) - 8) :]

    def pump(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def wait(self, done: Callable[[], bool], timeout: float = 20.0) -> bool:
        """Read until `done`, which is asked after every piece."""
        end = time.monotonic() + timeout
        while not done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.read(min(left, 0.2))
        return True

    def say(self, data: bytes) -> None:
        os.write(self.fd, data)

    def write(self, key: str) -> None:
        data = KEYS.get(key, key.encode())
        # In that mode an arrow of the other spelling is three keys.
        self.say(data.replace(b"\x1b[", b"\x1bO") if self._applies and key in ("UP", "DOWN") else data)

    def send(self, key: str) -> None:
        """Press a key that is measured."""
        self.recording.keys.append(time.monotonic())
        self.write(key)

    def cpu(self) -> float:
        """CPU seconds of the program, all threads."""
        return time.clock_gettime_ns((~self.pid << 3) | 2) / 1e9

    def memory(self) -> float:
        """Resident MiB."""
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def close(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            end = time.monotonic() + 2.0
            while time.monotonic() < end:
                self.read(0.02)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self.fd)
                    return
        os.close(self.fd)
