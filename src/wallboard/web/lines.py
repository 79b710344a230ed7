"""The sockets between the server, the projector and the screens: bytes in frames, and what waits to be sent."""

from __future__ import annotations

import os
import socket
import struct
from collections import deque
from collections.abc import Iterator

import anyio

from wallboard.domain.codec import MOST

WORD, OPEN, END, KEYS, SIZE = b"W", b"O", b"E", b"K", b"S"
"""What a frame brings: a word of a source; the order for a screen, whose socket comes with it; that it is over; what
was typed there; its size."""
_HEAD = struct.Struct(">cI")


def framed(kind: bytes, body: bytes) -> bytes:
    return _HEAD.pack(kind, len(body)) + body


class Frames:
    """Cuts what comes off a socket into (kind, body)."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that `data` completes. ValueError: it comes from none of us."""
        rest = self._rest
        rest += data
        while len(rest) >= _HEAD.size:
            kind, size = _HEAD.unpack_from(rest)
            if size > MOST:
                raise ValueError(f"a frame of {size} bytes")
            end = _HEAD.size + size
            if len(rest) < end:
                return
            body = bytes(rest[_HEAD.size : end])
            del rest[:end]
            yield kind, body


class Outbox:
    """What waits until a socket takes it. Nobody waits for that: `most` bytes and no more are kept."""

    def __init__(self, line: socket.socket, most: int) -> None:
        line.setblocking(False)
        self._line = line
        self._most = most
        self._waiting: deque[tuple[bytes | memoryview, int | None]] = deque()
        self._size = 0
        self._put = anyio.Event()
        self._scope: anyio.CancelScope | None = None
        self.full = False
        """Whether more came than could be kept: what has been sent has a hole from then on."""

    def put(self, data: bytes, descriptor: int | None = None) -> None:
        """Send this next; the descriptor goes with it, and is closed here then."""
        self.full |= self._size + len(data) > self._most
        if not self.full:
            self._waiting.append((data, descriptor))
            self._size += len(data)
        else:
            if descriptor is not None:
                os.close(descriptor)
            if self._scope is not None:
                self._scope.cancel()
        self._put.set()

    async def run(self) -> None:
        """Send until the other end is gone, or has taken nothing for too long."""
        with anyio.CancelScope() as self._scope:
            while not self.full:
                while self._waiting:
                    try:
                        self._send()
                    except BlockingIOError:
                        await anyio.wait_writable(self._line)
                    except OSError:
                        return
                self._put = anyio.Event()
                await self._put.wait()

    def _send(self) -> None:
        data, descriptor = self._waiting.popleft()
        try:
            if descriptor is None:
                sent = self._line.send(data)
            else:
                sent = socket.send_fds(self._line, [data], [descriptor])
                os.close(descriptor)
        except BlockingIOError:
            self._waiting.appendleft((data, descriptor))
            raise
        self._size -= sent
        if sent < len(data):
            self._waiting.appendleft((memoryview(data)[sent:], None))
