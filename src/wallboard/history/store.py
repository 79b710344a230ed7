"""The history on disk: one thread writes, nobody waits for it.

What goes wrong (a full disk, a broken file, a folder that cannot be written) costs history and nothing else: it is said
once, in one sentence, what was to be written is kept as far as memory is given for it, and tried again.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from wallboard.domain.errors import WallboardError
from wallboard.domain.language import english, mark, tr
from wallboard.domain.text import clean
from wallboard.history.records import AGED_BY, KINDS, Record
from wallboard.history.schema import INSERT, prepare

log = logging.getLogger(__name__)

WAITING = 20_000
"""Records that are kept in memory while the disk takes none; then the oldest go."""
AGAIN = 30.0
"""Seconds until a disk that took nothing is tried again."""
PATIENCE = 5_000
"""Milliseconds that one console waits for another that is writing."""
LIMIT = 512 << 20
"""Bytes of the largest file; then the oldest days go, whatever `keep` says."""
DAY = 86_400
TRIMS = 3_600.0
"""Seconds between two looks at what is too old or too much."""


class HistoryStore:
    """Writes records (`add`, from any thread) to `path`. `keep`: days. `now`: UTC epoch seconds."""

    def __init__(self, path: Path, keep: float, now: Callable[[], float], *, limit: int = LIMIT) -> None:
        self.path = path
        self.problem = ""
        """Why nothing is written at the moment, as a clause; "" if all is well."""
        self.dropped = 0
        """Records that were lost because the disk took none for too long."""
        self._keep = keep
        self._now = now
        self._limit = limit
        self._waiting: deque[Record] = deque(maxlen=WAITING)
        self._change = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="history", daemon=True)
        self._thread.start()

    def add(self, record: Record) -> None:
        with self._change:
            if len(self._waiting) == WAITING:
                self.dropped += 1
            self._waiting.append(record)
            self._change.notify()

    def flush(self, seconds: float = 1.0) -> bool:
        """Wait until all that was added is on disk; False: not in time, or the disk takes nothing."""
        with self._change:
            return self._change.wait_for(lambda: not self._waiting or bool(self.problem), seconds) and not self._waiting

    def close(self, seconds: float = 1.0) -> None:
        """Write what waits and end, within `seconds`."""
        with self._change:
            self._ending = True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(seconds)

    # ---- the thread ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._ended():
            try:
                with closing(_opened(self.path)) as connection:
                    self._well()
                    self._serve(connection)
            except (sqlite3.Error, OSError, WallboardError) as error:
                wait = self._troubled(error)
                with self._change:
                    if self._change.wait_for(lambda: self._ending, wait) and wait:
                        return

    def _serve(self, connection: sqlite3.Connection) -> None:
        trimmed = float("-inf")
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._ending, TRIMS)
                batch = list(self._waiting)
            if batch:
                self._write(connection, batch)
            if time.monotonic() - trimmed >= TRIMS:
                self._trim(connection)
                trimmed = time.monotonic()
            if self._ended():
                return

    def _write(self, connection: sqlite3.Connection, batch: list[Record]) -> None:
        """All of it or nothing. What is on disk is no longer waiting."""
        with _transaction(connection):
            for record in batch:
                # Ids come as the vendor wrote them.
                values = {
                    name: clean(value) if isinstance(value, str) else value for name, value in asdict(record).items()
                }
                connection.execute(INSERT[type(record)], values)
        with self._change:
            for record in batch:
                if self._waiting and self._waiting[0] is record:
                    self._waiting.popleft()
            self._change.notify_all()

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Let go of what is older than `keep` days, and of the oldest days while the file is too large."""
        days = self._keep
        self._forget(connection, days)
        while _size(connection) > self._limit and days > 1:
            days = max(1.0, days * 0.8)
            self._forget(connection, days)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget(self, connection: sqlite3.Connection, days: float) -> None:
        before = self._now() - days * DAY
        with _transaction(connection):
            for kind in KINDS:
                connection.execute(f'DELETE FROM "{kind.TABLE}" WHERE "{AGED_BY[kind.TABLE]}" < ?', (before,))
        connection.execute("PRAGMA incremental_vacuum").fetchall()

    def _ended(self) -> bool:
        with self._change:
            return self._ending and (not self._waiting or bool(self.problem))

    def _well(self) -> None:
        if self.problem:
            log.warning("the history is written again")
        with self._change:
            self.problem = ""

    def _troubled(self, error: Exception) -> float:
        """Say it; the seconds until it is tried again."""
        broken = isinstance(error, Broken) or _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        said, moved = _set_aside(self.path) if broken else (_why(error), False)
        if moved:
            log.warning("the history: %s", english(said))
            return 0.0
        if said != self.problem:
            log.warning("the history is not written: %s", english(said))
        with self._change:
            self.problem = said
            self._change.notify_all()
        return AGAIN


def write_down(path: Path, keep: float, records: Iterable[Record]) -> str:
    """Write these and no more, for a program that ends then; why that could not be, "" if it could."""
    store = HistoryStore(path, keep, time.time)
    for record in records:
        store.add(record)
    store.start()
    store.flush()
    store.close()
    return store.problem


class Broken(WallboardError):
    """The file does not hold what SQLite wrote there."""


def _opened(path: Path) -> sqlite3.Connection:
    """The database for writing, made with mode 0600 if it was missing. sqlite3.Error, OSError, TooNew."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=PATIENCE / 1000, isolation_level=None, check_same_thread=False)
    try:
        prepare(connection)
        ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise Broken(str(verdict))
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _size(connection: sqlite3.Connection) -> int:
    (pages,), (free,), (size,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _code(error: Exception) -> int | None:
    """SQLite's primary result code."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _set_aside(path: Path) -> tuple[str, bool]:
    """Keep a file that is no database any more under another name, so that a new one can begin; what to say of it, and
    whether that went well."""
    aside = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
    try:
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
    except OSError as error:
        return tr("the file is broken and cannot be moved away ({why})", why=error.strerror), False
    return tr("the file was broken; it is kept as {name}, and a new one begins", name=aside.name), True


_SAID = {
    sqlite3.SQLITE_FULL: mark("the disk is full"),
    sqlite3.SQLITE_BUSY: mark("another program keeps it locked"),
    sqlite3.SQLITE_READONLY: mark("the file cannot be written"),
    sqlite3.SQLITE_CANTOPEN: mark("the file cannot be opened"),
    sqlite3.SQLITE_IOERR: mark("the disk fails"),
}


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    said = _SAID.get(_code(error) or -1)
    return str(error) if said is None else tr(said)
