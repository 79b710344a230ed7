"""The way from a console to the server: it can be cut, or go silent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.abc import SocketAttribute, SocketStream, TaskGroup


class Line:
    """`cut` ends what goes through and lets nobody in; `silent` keeps what goes through, and takes nothing on."""

    def __init__(self, far: int) -> None:
        self._far = far
        self._port = 0
        self._open: set[anyio.CancelScope] = set()
        self._passes = anyio.Event()
        self._passes.set()
        self.cut = False

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Line]:
        async with (
            await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
            anyio.create_task_group() as tasks,
        ):
            self._port = listener.extra(SocketAttribute.local_port)
            tasks.start_soon(listener.serve, self._let_through)
            yield self
            tasks.cancel_scope.cancel()

    def end(self) -> None:
        self.cut = True
        for scope in set(self._open):
            scope.cancel()

    def silence(self) -> None:
        self._passes = anyio.Event()

    def mend(self) -> None:
        self.cut = False
        self._passes.set()

    async def _let_through(self, near: SocketStream) -> None:
        async with near:
            if self.cut:
                return
            with anyio.CancelScope() as scope:
                try:
                    far = await anyio.connect_tcp("127.0.0.1", self._far)
                except OSError:
                    # The server is down; who comes is sent away.
                    return
                self._open.add(scope)
                async with far, anyio.create_task_group() as tasks:
                    tasks.start_soon(self._pump, near, far, tasks)
                    tasks.start_soon(self._pump, far, near, tasks)
            self._open.discard(scope)

    async def _pump(self, near: SocketStream, far: SocketStream, tasks: TaskGroup) -> None:
        with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            async for data in near:
                await self._passes.wait()
                await far.send(data)
        tasks.cancel_scope.cancel()
