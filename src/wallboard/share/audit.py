"""Copies of the action journal's records in a stream of the site, which the server keeps."""

from __future__ import annotations

import anyio.from_thread

from wallboard.share.bus import Bus
from wallboard.share.names import Names


class AuditLine:
    """To be used in a thread of the loop on which the bus runs."""

    def __init__(self, bus: Bus, names: Names) -> None:
        self._bus, self._names = bus, names

    def send(self, data: bytes) -> None:
        """Once the server has it on its disk. OSError where it has not."""
        anyio.from_thread.run(self._bus.keep, self._names.audit_stream, self._names.audit, data)
