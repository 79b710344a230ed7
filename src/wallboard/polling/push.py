"""Runs the push side of a source: on its own, and again when it breaks."""

from __future__ import annotations

from dataclasses import replace

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.polling.health import Health
from wallboard.vendors.base import Adapter, Sink

AGAIN_FIRST, AGAIN_MOST = 1.0, 30.0
FIRST_WORD = 10.0
"""Seconds that a single snapshot waits for a push source to report."""


class Push:
    """`Adapter.run` of one source. An adapter reconnects by itself; what leaves it here is a fault of ours."""

    def __init__(self, clock: Clock, adapter: Adapter, sink: Sink, health: Health) -> None:
        self._clock = clock
        self._adapter = adapter
        self._sink = sink
        self._health = health

    async def run(self) -> None:
        """Run until the adapter has nothing (more) to push, starting it again when it breaks."""
        name = f"{self._adapter.settings.name} events"
        wait = AGAIN_FIRST
        while True:
            began = self._clock.now()
            try:
                await self._adapter.run(self._sink)
            except Exception as error:  # the boundary of one source: its fault must not end the others
                self._health.broke(name, error)
                detail = f"the event stream broke ({type(error).__name__})"
                self._sink.source(replace(self._adapter.info(), detail=detail))
            else:
                return
            if self._clock.now() - began > AGAIN_MOST:
                wait = AGAIN_FIRST
            await self._clock.sleep(wait)
            wait = min(AGAIN_MOST, wait * 2)

    async def once(self) -> None:
        """Run until the adapter has reported for the first time, well or not."""
        async with anyio.create_task_group() as tasks:
            first = _FirstWord(self._sink, tasks.cancel_scope)

            async def limit() -> None:
                await self._clock.sleep(FIRST_WORD)
                tasks.cancel_scope.cancel()

            tasks.start_soon(limit)
            await Push(self._clock, self._adapter, first, self._health).run()
            tasks.cancel_scope.cancel()


class _FirstWord:
    """Passes everything on, and ends the run once a feed has a result."""

    def __init__(self, sink: Sink, scope: anyio.CancelScope) -> None:
        self._sink = sink
        self._scope = scope

    def apply(self, update: Update) -> None:
        self._sink.apply(update)

    def status(self, status: FeedStatus) -> None:
        self._sink.status(status)
        if status.last_ok is not None or status.failures or status.refused or status.unavailable:
            # The other resources' statuses follow without a pause; the cancellation comes after them.
            self._scope.cancel()

    def source(self, info: SourceInfo) -> None:
        self._sink.source(info)
