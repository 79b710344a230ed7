"""What a service is to tell the one that started it (`sd_notify(3)`): datagrams to the socket in $NOTIFY_SOCKET."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from wallboard.domain.text import clean

LONGEST = 400
"""Characters of a status that are worth sending."""


class ServiceManager:
    """Where none is, nothing is told. Never waits and never raises: whoever does not listen misses what was said."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        name = environ.get("NOTIFY_SOCKET", "")
        # An abstract name (Linux) is written with an @ for its first byte, which is zero.
        self._socket = f"\0{name[1:]}" if name.startswith("@") else name if name.startswith("/") else ""
        self._within = _watchdog(environ)
        self._alive_at = float("-inf")

    def ready(self) -> None:
        self._tell("READY=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def status(self, text: str) -> None:
        """One line, shown by `systemctl status`."""
        self._tell(f"STATUS={clean(text, LONGEST)}")

    def alive(self, now: float, again: float) -> None:
        """Say so, each half of the time that the watchdog leaves; `again`: seconds until this is called next."""
        if self._within is not None and now + again > self._alive_at + self._within / 2:
            self._alive_at = now
            self._tell("WATCHDOG=1")

    def _tell(self, line: str) -> None:
        if not self._socket:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.setblocking(False)
            there.sendto(line.encode(), self._socket)


def _watchdog(environ: Mapping[str, str]) -> float | None:
    """Seconds within which a sign of life must come; None: nobody waits for one."""
    microseconds, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    ours = not process or process == str(os.getpid())
    return int(microseconds) / 1e6 if ours and microseconds.isascii() and microseconds.isdigit() else None
