"""The action journal: what was asked, sent and known afterwards, one chained record a line, durable before sending.

A record's `hash` covers its `prev`, so an edit in the middle shows (`chain.verify`); several consoles of one user may
write the same file, each append under a lock. Personal data of callers is in it: how long to keep it is the
operator's choice, it is only rotated by size.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from wallboard.control.journal_reader import (
    CUT,
    GENESIS,
    Record,
    canonical,
    digest_of,
    head_in,
    lines,
    lock_of,
    parse,
    segments,
    torn_mark,
)
from wallboard.control.process import identity
from wallboard.domain.clock import Clock
from wallboard.domain.command import FORMS, Command, Verb, new_id
from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr
from wallboard.domain.redaction import redact_all
from wallboard.domain.text import clean

ROTATE_AT = 16 * 1024 * 1024
"""Bytes after which a new segment begins: some 20,000 actions."""

_LONGEST = 32 * 1024
_LONG_TEXT = 80
"""Characters of a form's field from which on only its length is written down."""
_TAIL = 4 * _LONGEST
PATIENCE = 5.0
"""Seconds that a caller who does not say otherwise waits for another process."""
_OWN = 0.5
"""Seconds that a thread waits at least for another one of this process."""
_BETWEEN = 0.02


class JournalError(WallboardError):
    """A record could not be made durable, so the action may not go."""


class JournalBusy(JournalError):
    """Somebody else writes, so this has to wait: the journal itself has no fault."""


class Journal:
    """Appends to `path`, which is made (0600, in a 0700 directory) with the first record.

    `sync` makes the file durable and may be replaced in tests that measure something else. Appending blocks on the
    disk, and for `patience` on other consoles; the dispatcher does it in a thread.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        operator: str = "",
        rotate_at: int = ROTATE_AT,
        sync: Callable[[int], None] = os.fsync,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        values = os.environ if environment is None else environment
        self.path = path
        self.run = new_id()
        self.problem = ""
        """Why the last record could not be written, as a sentence; "" while all is well."""
        self._clock = clock
        self._rotate_at = rotate_at
        self._sync = sync
        self._mutex = threading.Lock()
        self._descriptor = -1
        self._known: tuple[int, int, str] | None = None
        ssh = values.get("SSH_CONNECTION", "").split()
        self._who: Record = {
            **identity(),
            "user": str(clean(_user())),
            # Who signed in to the machine, whatever they became since.
            "login": str(clean(_login())),
            "sudo_user": str(clean(values.get("SUDO_USER", ""))),
            "ssh_from": str(clean(ssh[0])) if ssh else "",
            "operator": str(clean(operator)),
            "run": self.run,
        }

    def append(self, phase: str, fields: Mapping[str, Any], *, durable: bool, patience: float = PATIENCE) -> None:
        """Write one record; with `durable` it is on the disk when this returns. Raises JournalError; JournalBusy where
        another process did not let go of the lock within `patience` seconds. Programs read it: sentences in English."""
        record: Record = {**self._who, "ts": _timestamp(self._clock.wall()), "phase": phase, **redact_all(fields)}
        try:
            with self._turn(patience), self._locked(patience) as lock:
                self._write(record, durable, lock)
        except OSError as error:
            self._forget()
            self.problem = tr("the action journal cannot be written: {why}", why=_plain(error))
            raise JournalError(self.problem) from error
        self.problem = ""

    def close(self) -> None:
        with self._mutex:
            self._forget()

    @contextlib.contextmanager
    def _turn(self, patience: float) -> Iterator[None]:
        """One thread of this process at a time; a disk that hangs under one must not hang them all for ever."""
        if not self._mutex.acquire(timeout=max(patience, _OWN)):
            raise JournalBusy(tr("the disk of the action journal does not answer"))
        try:
            yield
        finally:
            self._mutex.release()

    @contextlib.contextmanager
    def _locked(self, patience: float) -> Iterator[int]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file of its own: the journal itself changes places when it is rotated.
        lock = os.open(lock_of(self.path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + patience
            while True:
                try:
                    # Never waited for in the kernel: what waits there can neither be cancelled nor given up.
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        raise JournalBusy(tr("the action journal is held by another process")) from None
                time.sleep(_BETWEEN)
            yield lock
        finally:
            os.close(lock)

    def _write(self, record: Record, durable: bool, lock: int) -> None:
        self._open()
        head, size = self._head(os.fstat(self._descriptor).st_size, lock)
        if size >= self._rotate_at:
            self._rotate()
            head, size = self._emit(self._own("rotated"), head, 0, False)
        head, _ = self._emit(record, head, size, durable)
        # Without it the next one only knows less.
        with contextlib.suppress(OSError):
            os.pwrite(lock, head.encode("ascii") + b"\n", 0)

    def _emit(self, record: Record, head: str, size: int, durable: bool) -> tuple[str, int]:
        """Append one whole record after `head` at `size`; nothing of it stays if that fails."""
        record["prev"] = head
        body = canonical(record)
        record["hash"] = digest_of(head, body)
        # The hash at the end: the body need not be written out twice.
        data = body[:-1] + b',"hash":"' + record["hash"].encode("ascii") + b'"}\n'
        if len(data) > _LONGEST:
            raise OSError(errno.EFBIG, tr("the record is too long"))
        try:
            written = os.write(self._descriptor, data)
            if written != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if durable:
                self._sync(self._descriptor)
        except OSError:
            # What did not become durable must not look as if it had been sent.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, size)
            raise
        inode = os.fstat(self._descriptor).st_ino
        self._known = (inode, size + len(data), record["hash"])
        return record["hash"], size + len(data)

    def _open(self) -> None:
        """Have the file open that `path` names now; another console may have rotated it."""
        if self._descriptor >= 0:
            try:
                same = os.stat(self.path, follow_symlinks=False).st_ino == os.fstat(self._descriptor).st_ino
            except FileNotFoundError:
                same = False
            if same:
                return
            self._forget()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self.path, flags, 0o600)
        os.fchmod(self._descriptor, 0o600)
        if os.fstat(self._descriptor).st_size == 0:
            # A durable record in a file whose name is not durable would be lost with the name.
            directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self._sync(directory)
            finally:
                os.close(directory)

    def _head(self, size: int, lock: int) -> tuple[str, int]:
        """The last hash and the size, after sealing an incomplete last line and saying what is missing."""
        inode = os.fstat(self._descriptor).st_ino
        if self._known is not None and self._known[:2] == (inode, size):
            return self._known[2], size
        head, size = self._sealed(size)
        last = head_in(lock)
        # One that was killed between the two has written a record more than it could vouch for.
        if last and last != head and not any(line.record and line.record["hash"] == last for line in lines(self.path)):
            return self._emit({**self._own(CUT), "expected": last}, head, size, False)
        return head, size

    def _sealed(self, size: int) -> tuple[str, int]:
        if size == 0:
            return self._head_of_older(), 0
        tail = os.pread(self._descriptor, _TAIL, max(0, size - _TAIL))
        head = _last_hash(tail) or self._head_of_older()
        last = tail[tail.rfind(b"\n", 0, len(tail) - 1) + 1 :]
        if parse(last) is not None:
            return head, size
        # A console died while it wrote: keep what there is, and say in the chain that it is no record.
        if not last.endswith(b"\n"):
            size += os.write(self._descriptor, b"\n")
        sealed = {**self._own("recovered"), "torn": torn_mark(last)}
        return self._emit(sealed, head, size, False)

    def _older(self) -> list[Path]:
        return [segment for segment in segments(self.path) if segment != self.path]

    def _head_of_older(self) -> str:
        older = self._older()
        if not older:
            return GENESIS
        descriptor = os.open(older[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            size = os.fstat(descriptor).st_size
            return _last_hash(os.pread(descriptor, _TAIL, max(0, size - _TAIL))) or GENESIS
        finally:
            os.close(descriptor)

    def _own(self, phase: str) -> Record:
        """A record about the journal itself."""
        return {**self._who, "ts": _timestamp(self._clock.wall()), "phase": phase, "id": new_id()}

    def _rotate(self) -> None:
        older = self._older()
        number = int(older[-1].stem[-6:]) + 1 if older else 1
        self._sync(self._descriptor)
        os.rename(self.path, self.path.with_name(f"{self.path.stem}-{number:06}{self.path.suffix}"))
        self._open()

    def _forget(self) -> None:
        self._known = None
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1


@lru_cache(maxsize=64)
def describe(command: Command) -> Record:
    """The fields of a record that say what was asked: no secret, and of longer texts only their length.

    Kept for the next phase of the same command, so not to be changed by the caller.
    """
    target = command.target
    record: Record = {
        "id": command.id,
        "verb": command.verb.value,
        "source": target.key.source,
        "origin": str(clean(command.origin)),
        "target": {
            "key": str(clean(str(target.key))),
            "label": str(clean(target.label)),
            "parties": [str(clean(party)) for party in target.print.parties],
            "started": target.print.started,
            "state": str(clean(target.print.state)),
            "via": str(clean(str(target.via))) if target.via is not None else "",
        },
        "args": {str(clean(name)): _argument(command, name, value) for name, value in command.args},
    }
    if command.by or command.node:
        # Whose it is on the other machine; `operator` is who this one belongs to.
        record |= {"by": str(clean(command.by)), "node": str(clean(command.node))}
    if command.destination is not None:
        record["destination"] = {
            "number": str(clean(command.destination.number)),
            "label": str(clean(command.destination.label)),
            "key": str(clean(str(command.destination.key))) if command.destination.key is not None else "",
        }
    return record


def _argument(command: Command, name: str, value: str) -> str:
    if name in command.private:
        return "not shown"
    long = name.startswith("text_") and command.verb is not Verb.NOTE
    if long or (command.verb in FORMS and len(value) > _LONG_TEXT):
        return f"{len(value)} characters"
    return str(clean(value))


def _last_hash(data: bytes) -> str | None:
    """The hash of the last whole record in `data`."""
    end = len(data)
    while end > 0:
        start = data.rfind(b"\n", 0, end - 1) + 1
        record = parse(data[start:end])
        if record is not None:
            return str(record["hash"])
        end = start
    return None


def _timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _user() -> str:
    try:
        # Not from the environment, which anybody may set.
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # A container may run under a number without a name.
        return str(os.getuid())


def _login() -> str:
    """The user of the login session as the system recorded it; "" where it does not."""
    try:
        number = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
        return "" if number == 2**32 - 1 else pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
    except (OSError, ValueError):
        return ""


def _plain(error: OSError) -> str:
    return str(clean(error.strerror or tr("unknown fault")))
