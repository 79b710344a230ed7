"""What a peer may send before its answer begins.

An HTTP client takes interim answers (1xx) and header lines as they come, all that is in its buffer within one step. So
a head is read a few kilobytes at a time, with turns of the loop in between, and only so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import httpcore
from anyio.lowlevel import checkpoint

from wallboard.domain.language import mark
from wallboard.vendors.http.library import httpx
from wallboard.vendors.pace import MOUTHFUL

HEAD_LIMIT = 16 * 1024
"""Most bytes of all heads of one answer together: interim ones, status and headers."""
BODY_MOUTHFUL = 8 * 1024
"""Of a body in chunks, which may be a thousand chunks; any other is one piece of work however much of it there is."""
WHOLE_MOUTHFUL = 64 * 1024
ENDLESS_HEAD = mark("the vendor's answer does not begin: more than {most} kB of headers and interim answers")

# Header lines behind a body in chunks.
httpcore.AsyncHTTP11Connection.MAX_INCOMPLETE_EVENT_SIZE = 2 * HEAD_LIMIT


class Head:
    """The head of one answer: `coming` until the client has all of it, `size` bytes so far; of what follows, a
    `mouthful` is taken at once."""

    def __init__(self) -> None:
        self.coming = True
        self.size = 0
        self.mouthful = BODY_MOUTHFUL

    def came(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.coming = False
        if not any(name.lower() == b"transfer-encoding" for name, _ in headers):
            self.mouthful = WHOLE_MOUTHFUL


awaited: ContextVar[Head | None] = ContextVar("awaited", default=None)
"""The head that this task waits for."""


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        head = awaited.get()
        if head is None or not head.coming:
            return await self._inner.read(min(max_bytes, head.mouthful if head else BODY_MOUTHFUL), timeout)
        if head.size >= HEAD_LIMIT:
            # As the client says it of whatever is no proper answer: an action may have been done all the same.
            raise httpcore.RemoteProtocolError(ENDLESS_HEAD)
        data = await self._inner.read(min(max_bytes, MOUTHFUL), timeout)
        head.size += len(data)
        # Over TLS, what has been decrypted is handed over without waiting.
        await checkpoint()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(self, *given: Any, **named: Any) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._inner.start_tls(*given, **named))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.AnyIOBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class Transport(httpx.AsyncHTTPTransport):
    """The client's own, over streams that bound what comes before an answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # The client hands no such option on to its pool.
        self._pool._network_backend = _Network()
