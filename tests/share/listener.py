"""What answers where a NATS server is meant to be, and is none, or one that is not to be trusted."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.abc import SocketAttribute, SocketStream


def info(version: str = "2.15.1", /, **more: object) -> bytes:
    said = {"server_id": "x", "version": version, "max_payload": 1 << 20, "headers": True, **more}
    return b"INFO " + json.dumps(said).encode() + b"\r\n"


class Listener:
    """Says `greeting` to whoever comes and keeps what they say."""

    def __init__(self, greeting: bytes, port: int = 0, *, ends: bool = False) -> None:
        self._greeting, self.port, self._ends = greeting, port, ends
        self.heard = b""
        self.came = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Listener]:
        async with (
            await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self.port, reuse_port=True) as listener,
            anyio.create_task_group() as tasks,
        ):
            self.port = listener.extra(SocketAttribute.local_port)
            tasks.start_soon(listener.serve, self._greet)
            yield self
            tasks.cancel_scope.cancel()

    async def _greet(self, stream: SocketStream) -> None:
        self.came += 1
        async with stream:
            with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
                await stream.send(self._greeting)
                while not self._ends:
                    self.heard += await stream.receive()
