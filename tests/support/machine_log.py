"""The machine's log, as systemd and syslog have it: a real socket that takes what is sent."""

from __future__ import annotations

import json
import select
import socket
from pathlib import Path
from typing import Any


class Log:
    """Listens at `path` until it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def datagrams(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self._socket.recv(1 << 20))
            except BlockingIOError:
                return found

    def wait(self) -> None:
        """Until something comes, or a moment."""
        select.select([self._socket], [], [], 0.1)

    def records(self) -> list[dict[str, Any]]:
        """Of syslog, whose text is the record."""
        return [json.loads(each.split(b" - ", 1)[1]) for each in self.datagrams()]

    def ids(self) -> list[str]:
        return [record["id"] for record in self.records()]

    def deaf(self) -> None:
        """Go away, and leave the socket's name as a program does that was killed."""
        self._socket.close()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def close(self) -> None:
        self._socket.close()
        self.path.unlink()
