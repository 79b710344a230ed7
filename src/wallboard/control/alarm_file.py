"""Alarms in a small file of the state directory: written whole and put in place at once, so that a console that is
killed leaves either what was or what is; and with what other consoles of this user have written, so that none of them
loses what another one knows."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import anyio.to_thread

from wallboard.board.alarm import Alarm
from wallboard.board.alarm_records import alarm_of, merged, record
from wallboard.board.alarms import LATCHED, AlarmBook, AlarmEvent
from wallboard.control.trouble import Troubled
from wallboard.domain.clock import Clock
from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr

NAME = "alarms.json"
SCHEMA = 1
LARGEST = 4 * 1024 * 1024
"""Bytes; a hundred times what a site in trouble has."""
LOOK_SECONDS = 5.0
"""How often it is looked whether another console has written."""


class StoreError(WallboardError):
    """What is known of alarms could not be kept, or what was kept could not be read; why, as a sentence."""


class AlarmFile:
    """Blocks on the disk, and on other consoles while they write. Raises StoreError."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.path = path
        self._now = now
        self._seen: tuple[int, int] | None = None

    def load(self) -> Sequence[Alarm]:
        """What was kept, the newest state of each."""
        with self._locked():
            return self._read()

    def save(self, alarms: Iterable[Alarm]) -> Sequence[Alarm]:
        """Keep these beside what others keep; what is kept now, theirs included."""
        with self._locked():
            theirs: Sequence[Alarm] = ()
            with suppress(StoreError):
                # What cannot be read was said when it was first met; it is replaced.
                theirs = self._read()
            kept = merged(alarms, theirs, self._now() - max(LATCHED.values()))
            self._write(kept)
            return kept

    def changed(self) -> bool:
        """Whether somebody else has written since this console last read or wrote."""
        return self._stamp() != self._seen

    def _stamp(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.path, follow_symlinks=False)
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            lock = os.open(self.path.with_name(self.path.name + ".lock"), flags, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)
        except OSError as error:
            raise StoreError(
                tr("alarms are not kept: {file}: {why}", file=self.path.name, why=error.strerror)
            ) from error

    def _read(self) -> list[Alarm]:
        self._seen = self._stamp()
        if self._seen is None:
            return []
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(LARGEST + 1)
        alarms: list[Alarm | None] = [None]
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            found = json.loads(data[:LARGEST])
            if found["schema"] == SCHEMA:
                alarms = [alarm_of(row) if isinstance(row, dict) else None for row in found["alarms"]]
        if None in alarms:
            aside = self.path.with_name(f"{self.path.name}.broken")
            with suppress(OSError):
                os.replace(self.path, aside)
            raise StoreError(
                tr(
                    "{file} cannot be read: kept as {aside}; acknowledgements begin anew",
                    file=self.path.name,
                    aside=aside.name,
                )
            )
        return [alarm for alarm in alarms if alarm is not None]

    def _write(self, alarms: Sequence[Alarm]) -> None:
        # In ASCII: ids are the vendor's own, and whoever looks into the file looks through a terminal.
        text = json.dumps({"schema": SCHEMA, "alarms": [record(alarm) for alarm in alarms]})
        beside = self.path.with_name(f"{self.path.name}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8", "backslashreplace"))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, self.path)
        except OSError:
            with suppress(OSError):
                os.unlink(beside)
            raise
        self._seen = self._stamp()


class AlarmKeeper(Troubled):
    """Keeps a book in a file, off the event loop: each transition goes to the disk as soon as the one before has.

    `writes` False: only what others do is taken over.
    """

    def __init__(self, book: AlarmBook, store: AlarmFile, clock: Clock, *, writes: bool = True) -> None:
        super().__init__()
        self._book = book
        self._store = store
        self._clock = clock
        self._writes = writes
        self._due = anyio.Event()
        self._dirty = False

    async def restore(self, sources: Iterable[str]) -> None:
        """Take what was kept of these sources; before the first reading."""
        known = set(sources)
        kept = await self._blocking(self._store.load)
        self._book.restore(alarm for alarm in kept or () if alarm.source in known)
        self._book.subscribe(self._changed)

    async def run(self) -> None:
        """Write whenever something changed, and look for what others did, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow)
            while True:
                await self._due.wait()
                self._due = anyio.Event()
                await self.flush()

    async def flush(self) -> None:
        """Write what has not been written."""
        if not self._dirty or not self._writes:
            return
        self._dirty = False
        alarms = self._book.kept()
        kept = await self._blocking(lambda: self._store.save(alarms))
        if kept is None:
            self._dirty = True
        else:
            self._book.adopt(kept)

    async def _follow(self) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            if self._dirty:
                # The disk that was full may have room again.
                self._due.set()
            elif await anyio.to_thread.run_sync(self._store.changed, abandon_on_cancel=True):
                self._book.adopt(await self._blocking(self._store.load) or ())

    async def _blocking(self, work: Callable[[], Sequence[Alarm]]) -> Sequence[Alarm] | None:
        try:
            done = await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
        except StoreError as error:
            self._tell(str(error))
            return None
        self._well()
        return done

    def _changed(self, _event: AlarmEvent) -> None:
        # Where nothing is written, nothing waits for the disk, and what others do is looked for.
        self._dirty = self._writes
        self._due.set()
