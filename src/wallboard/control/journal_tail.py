"""The journal as it grows: what any console of this user writes from now on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from wallboard.control.journal_reader import Record, parse

MOST = 1024 * 1024
"""Bytes read at once."""


class JournalTail:
    """Begins at the end of what is there. Blocks on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._rest = b""
        self._open(os.SEEK_END)

    def records(self) -> list[Record]:
        """The whole records since the last call; none while there is no journal."""
        found = self._read()
        if self._moved():
            # The part before was put away whole; what came after stands in the new file.
            self.close()
            self._open(os.SEEK_SET)
            found += self._read()
        return found

    def close(self) -> None:
        descriptor, self._descriptor, self._rest = self._descriptor, -1, b""
        if descriptor >= 0:
            os.close(descriptor)

    def _open(self, where: int) -> None:
        with suppress(OSError):
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            os.lseek(self._descriptor, 0, where)

    def _moved(self) -> bool:
        try:
            now = os.stat(self._path, follow_symlinks=False).st_ino
        except OSError:
            return False
        return self._descriptor < 0 or os.fstat(self._descriptor).st_ino != now

    def _read(self) -> list[Record]:
        if self._descriptor < 0:
            return []
        lines = (self._rest + os.read(self._descriptor, MOST)).splitlines(keepends=True)
        self._rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        return [record for line in lines if (record := parse(line)) is not None]
