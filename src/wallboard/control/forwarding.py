"""Copies of the journal's records where another hand keeps them: sent after they stand in the file, never instead.

How far they have been sent is kept beside the journal for all consoles of this user, of which one at a time sends. What
could not be sent is sent when it can be, in the order of the file; a record may come twice (its console was killed in
between), and its hash tells.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

import anyio
import anyio.to_thread

from wallboard.control.copies import KINDS, short
from wallboard.control.journal_reader import Record, parse, segments
from wallboard.control.trouble import Troubled
from wallboard.domain.clock import Clock
from wallboard.domain.language import tr
from wallboard.domain.text import clean

LOOK, LOOK_AGAIN = 1.0, 5.0
"""Seconds between two looks at the journal; after one that failed."""
PATIENCE = 0.5
"""Seconds that a log may take to take one record."""
AT_ONCE = 500
"""Records that are sent before another console, and the end of this one, get their turn."""
MOST_BEHIND = 16 * 1024 * 1024
"""Bytes of the journal that are sent later at most, some 20,000 actions; what is older stays in the file alone."""
_LINE = 1024 * 1024


def where(kind: str, socket_path: str) -> str:
    """The socket of a key of `KINDS`, unless another is named."""
    return socket_path or KINDS[kind].socket


class Line(Protocol):
    """To a log."""

    def send(self, data: bytes, /) -> object:
        """Hand one record over; blocks. Raises OSError."""


@contextmanager
def connected(socket_path: str) -> Iterator[socket.socket]:
    """A line to a log of this machine. Raises OSError where there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE)
        line.connect(socket_path)
        yield line


def place_of(path: Path) -> Path:
    """Where it is kept how far the journal at `path` has been sent: number of the file, byte in it."""
    return path.with_name(path.name + ".forwarded")


class Forwarder(Troubled):
    """Sends what is written to the journal at `path` to a log: a key of `KINDS`, over `line`, or at its usual socket
    unless another is named. Begins with what is written from now on, where nothing was sent before."""

    def __init__(
        self,
        path: Path,
        kind: str,
        clock: Clock,
        socket_path: str = "",
        line: Callable[[], AbstractContextManager[Line]] | None = None,
    ) -> None:
        super().__init__()
        self._path = path
        self._kind = KINDS[kind]
        self._name = kind
        self._line = line or partial(connected, where(kind, socket_path))
        self._clock = clock
        with suppress(OSError), self._place() as place:
            # Else the first look says why.
            if os.fstat(place).st_size == 0:
                found = segments(path)
                _keep(place, *(_end(found[-1]) if found else (0, 0)))

    async def run(self) -> None:
        """Look for new records and send them, until cancelled."""
        while True:
            await self.flush()
            await self._clock.sleep(LOOK_AGAIN if self.problem else LOOK)

    async def flush(self) -> None:
        """Send all that is there. Never raises, and nothing waits for it."""
        while True:
            try:
                sent = await anyio.to_thread.run_sync(self.send, abandon_on_cancel=True)
            except OSError as error:
                why = clean(error.strerror or tr("it does not answer"))
                said = tr(
                    "the action journal is not forwarded to {log} ({why}); what is missing follows",
                    log=self._name,
                    why=why,
                )
                return self._tell(said)
            if sent is None:
                return None
            if sent.passed_over:
                size = sent.passed_over / 1e6
                said = tr("{n:.1f} MB of the action journal were not forwarded, and stand in the file alone", n=size)
                self._tell(said)
            else:
                self._well()
            if sent.records < AT_ONCE:
                return None

    def send(self) -> Sent | None:
        """Send up to `AT_ONCE` records; None while another console does. Blocks. Raises OSError where the log or the
        file cannot be reached; what came before that is sent, and not sent again."""
        with ExitStack() as stack:
            try:
                place = stack.enter_context(self._place())
            except BlockingIOError:
                return None
            reached, sent = _kept(place), 0
            line: Line | None = None
            missing = self._missing(*reached)
            try:
                for record, after in missing.lines():
                    if record is not None:
                        line = line or stack.enter_context(self._line())
                        _hand_over(line, record, self._kind.written)
                        sent += 1
                    reached = after
                    if sent == AT_ONCE:
                        break
            finally:
                _keep(place, *reached)
        return Sent(sent, missing.passed_over)

    @contextmanager
    def _place(self) -> Iterator[int]:
        """The file with the place, held. Raises BlockingIOError while another console holds it."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(place_of(self._path), flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        finally:
            os.close(descriptor)

    def _parts(self) -> list[_Part]:
        return [_Part(file, *_end(file)) for file in segments(self._path)]

    def _missing(self, inode: int, offset: int) -> _Missing:
        """What stands behind a place."""
        parts, before = self._parts(), None
        while [(part.file, part.inode) for part in parts] != before:
            # Until nobody puts a full one away meanwhile.
            before = [(part.file, part.inode) for part in parts]
            parts = self._parts()
        numbers = [part.inode for part in parts]
        # One that is not there any more was moved away or replaced; what is there is sent once more rather than never.
        parts = parts[numbers.index(inode) :] if inode in numbers else parts
        if parts and parts[0].inode == inode and offset <= parts[0].size:
            parts[0] = parts[0]._replace(start=offset)
        too_much = passed_over = max(0, sum(part.size - part.start for part in parts) - MOST_BEHIND)
        while too_much > 0:
            step = min(too_much, parts[0].size - parts[0].start)
            too_much -= step
            parts[0] = parts[0]._replace(start=parts[0].start + step, torn=True)
            if parts[0].start == parts[0].size:
                del parts[0]
        return _Missing(parts, passed_over)


class Sent(NamedTuple):
    """How many records, and how many bytes of the journal are too old to be sent."""

    records: int
    passed_over: int


class _Part(NamedTuple):
    """One file of the journal, from a byte on; `torn`: that is in the middle of a line."""

    file: Path
    inode: int
    size: int
    start: int = 0
    torn: bool = False


class _Missing(NamedTuple):
    parts: list[_Part]
    passed_over: int

    def lines(self) -> Iterator[tuple[Record | None, tuple[int, int]]]:
        """Line by line, with the place after it; None for what is no record."""
        for part in self.parts:
            with open(os.open(part.file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
                if os.fstat(stream.fileno()).st_ino != part.inode:
                    # It was put away meanwhile, and is found under its new name at the next look.
                    return
                stream.seek(part.start)
                if part.torn:
                    stream.readline()
                while raw := stream.readline(_LINE):
                    if part is self.parts[-1] and not raw.endswith(b"\n") and len(raw) < _LINE:
                        # Still being written, or left by a console that died while it wrote: the next one seals it.
                        return
                    yield parse(raw), (part.inode, stream.tell())


def _hand_over(line: Line, record: Record, written: Callable[[Record], bytes]) -> None:
    try:
        line.send(written(record))
    except OSError as error:
        if error.errno != errno.EMSGSIZE:
            raise
        line.send(written(short(record)))


def _end(file: Path) -> tuple[int, int]:
    try:
        facts = os.stat(file, follow_symlinks=False)
    except FileNotFoundError:
        return 0, 0
    return facts.st_ino, facts.st_size


def _kept(place: int) -> tuple[int, int]:
    try:
        inode, offset = map(int, os.pread(place, 64, 0).split())
    except ValueError:
        return 0, 0
    return inode, offset


def _keep(place: int, inode: int, offset: int) -> None:
    os.pwrite(place, f"{inode:020} {offset:020}\n".encode("ascii"), 0)
