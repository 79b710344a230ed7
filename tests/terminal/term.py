"""A real terminal for tests: a program behind a pseudo-terminal, and what a person would see of it.

Nothing is read from the program except while a method of `Terminal` runs, so a test stops the terminal by not asking.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte
from wcwidth import wcwidth

ROOT = Path(__file__).resolve().parents[2]

_PIECE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|[^\x1b]+"
    # Cut off by whatever comes next, which is another sequence or a control.
    r"|\x1b\[[0-?]*[ -/]*(?=[^ -~])|\x1b[]PX^_][^\x07\x1b]*(?=\x1b[^\\])|\x1b(?=[\x00-\x1f])"
)
_MODES = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_KEYBOARD = re.compile(r"\x1b\[([<>=])\d*u")
_QUERY = re.compile(r"\x1b\[\?(\d+)\$p")
_UNDERSTOOD = frozenset("@ABCDEFGHJKLMPXadefgmrst`")


class Terminal:
    """A program in a terminal of `columns` by `rows`. Use it as a context manager: it is ended and closed at the end.

    `env` is added to the environment. `controlling=False` gives a terminal that sends no SIGHUP when it goes away.
    `answers` are the modes (`2026`) for which the terminal has an answer when asked.
    """

    def __init__(
        self,
        cmd: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        *,
        controlling: bool = True,
        answers: frozenset[str] = frozenset(),
    ) -> None:
        self.raw = b""
        """Every byte that came out of the program so far."""
        self.modes: set[str] = set()
        """Private modes that are switched on now, such as "1049" for the alternate screen; "kitty" for its keyboard."""
        self._answers = answers
        self.frozen = False
        """Whether everything that comes waits on the way, taken by the system and shown by nobody."""
        self._waiting = b""
        self._rest = ""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen, strict=False)
        self.master, slave = pty.openpty()
        self.attributes_before = termios.tcgetattr(slave)
        self._set_size(columns, rows)
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.process = subprocess.Popen(
            list(cmd),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "TERM": "xterm-256color", **(env or {})},
            start_new_session=True,
            preexec_fn=_take_terminal if controlling else None,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hangup()

    # What is seen

    def screen(self) -> list[str]:
        """The lines of the screen as they are now, without trailing blanks."""
        self.pump(0)
        return [line.rstrip() for line in self._lines()]

    def _lines(self) -> list[str]:
        """The cells as text. Between two readings half of a double-width character may be overwritten already; what is
        left of it is a blank, as terminals show it."""
        lines = []
        for number in range(self._screen.lines):
            cells, text, second = self._screen.buffer[number], [], False
            for column in range(self._screen.columns):
                data = cells[column].data
                if not second:
                    text.append(data or " ")
                second = not second and bool(data) and wcwidth(data[0]) == 2
            lines.append("".join(text))
        return lines

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen())

    @property
    def cursor_hidden(self) -> bool:
        return "25" not in self.modes

    def attributes(self) -> list[object]:
        """How the terminal is set, to compare with `attributes_before`."""
        return list(termios.tcgetattr(self.master))

    def wait(self, seen: Callable[[list[str]], object], timeout: float = 10.0) -> list[str]:
        """Read until `seen` holds for the screen, and return that screen. AssertionError, with the screen, if never."""
        end = time.monotonic() + timeout
        while True:
            screen = self.screen()
            if seen(screen):
                return screen
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"never seen; exit code {self.process.poll()}, the screen:\n" + "\n".join(screen))
            self.pump(min(left, 0.05))

    def wait_for(self, text: str, timeout: float = 10.0) -> list[str]:
        """`wait` until `text` is on the screen."""
        return self.wait(lambda screen: any(text in line for line in screen), timeout)

    def wait_raw(self, done: Callable[[bytes], object], timeout: float = 10.0) -> bytes:
        """Read until `done` holds for everything that came out so far."""
        self.wait(lambda _screen: done(self.raw), timeout)
        return self.raw

    def wait_exit(self, timeout: float = 5.0, *, reading: bool = True) -> int:
        """The exit code; negative if a signal ended the program. `reading=False` leaves its output where it is."""
        end = time.monotonic() + timeout
        while (code := self.process.poll()) is None:
            if time.monotonic() > end:
                screen = "\n".join(self._lines())
                raise AssertionError(f"still running after {timeout} s, the screen:\n{screen}")
            if reading and self.master >= 0:
                self.pump(0.02)
            else:
                select.select([], [], [], 0.02)
        if reading and self.master >= 0:
            while self.pump(0):
                continue
        return code

    def pass_time(self, seconds: float) -> None:
        """Read for that long: for what has to take time, such as a pause between two keys."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.pump(left)

    def pump(self, timeout: float) -> bool:
        """Take what has arrived, waiting for it up to `timeout`. False: nothing came, or the program has let go."""
        self._take()  # what waited while it was frozen
        if self.master < 0 or not select.select([self.master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += data
        self._waiting += data
        self._take()
        return bool(data)

    def _take(self) -> None:
        """Show what has come, and answer what was asked."""
        if not self.frozen and self._waiting:
            shown, self._waiting = self._waiting, b""
            self._feed(self._decode(shown))

    def _feed(self, text: str) -> None:
        text = self._rest + text
        position = 0
        while match := _PIECE.match(text, position):
            piece = match.group()
            position = match.end()
            if switch := _MODES.fullmatch(piece):
                numbers = switch[1].split(";")
                self.modes = self.modes | set(numbers) if switch[2] == "h" else self.modes - set(numbers)
                if "1049" in numbers:
                    self._screen.reset()
            elif keyboard := _KEYBOARD.fullmatch(piece):
                self.modes = self.modes | {"kitty"} if keyboard[1] == ">" else self.modes - {"kitty"}
            elif query := _QUERY.fullmatch(piece):
                if query[1] in self._answers:
                    self.send(f"\x1b[?{query[1]};2$y".encode())
            elif piece[0] != "\x1b":
                self._stream.feed(piece.replace("\x18", ""))
            elif piece[1:2] == "[" and len(piece) > 2 and piece[-1] in _UNDERSTOOD and piece[2:3] not in tuple("<=>?"):
                self._stream.feed(piece)
        self._rest = text[position:]

    # What is done

    def send(self, data: bytes) -> None:
        """Type, and go on reading while the program is slow to take it."""
        view = memoryview(data)
        while view:
            readable, writable, _ = select.select([self.master], [self.master], [], 10)
            if writable:
                view = view[os.write(self.master, view[:512]) :]
            elif readable:
                self.pump(0)
            else:
                raise AssertionError("the program takes no input")

    def show(self, text: str) -> None:
        """Somebody else writes on the screen."""
        self.pump(0)
        self._feed(text)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the kernel tells the program."""
        self._screen.resize(max(1, rows), max(1, columns))
        self._set_size(columns, rows)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self.process.send_signal(signal.Signals(number))

    def hangup(self) -> None:
        """The terminal goes away."""
        master, self.master = self.master, -1
        if master >= 0:
            os.close(master)

    def cpu(self) -> float:
        """CPU seconds that the program has used."""
        return time.clock_gettime_ns((~self.process.pid << 3) | 2) / 1e9

    def memory(self) -> float:
        """Resident MiB of the program."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stopped(self) -> bool:
        """Whether the program is stopped by a signal."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
