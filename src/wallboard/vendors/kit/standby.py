"""Acting on a source that another console reads: what actions rest on is read for ourselves, once and when one is asked
for; the rows are as they are told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import ReadError
from wallboard.domain.language import english

log = logging.getLogger(__name__)

GOOD_FOR = 600.0
"""Seconds for which what was read once is taken for known."""
BACK = (1.0, 2.0, 3.0, 4.0, 6.0, 9.0)
"""Seconds between the looks at what an action has left behind."""


class Standby:
    """Of one source. `learn` reads what actions rest on and raises ReadError. It runs beside the command that waits for
    it, so that one which has become too old has not waited in vain: the next finds all known."""

    def __init__(self, clock: Clock, learn: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._learn = learn
        self._wanted, self._tried = anyio.Event(), anyio.Event()
        self._known_at: float | None = None
        self._why: ReadError | None = None
        self._looks: list[Callable[[], Awaitable[object]]] = []
        self.lent = False
        """Whether another console reads the source for us."""

    def want(self, *, anew: bool = False) -> None:
        """Something that is offered must be known: read it, unless it is; `anew` also then."""
        if self.lent and (anew or self._known_at is None):
            self._wanted.set()

    async def ready(self) -> None:
        """Wait until it is known. At once where the source is ours. Raises ReadError."""
        now = self._clock.now()
        if not self.lent or (self._known_at is not None and now - self._known_at < GOOD_FOR):
            return
        tried = self._tried
        self._wanted.set()
        await tried.wait()
        if self._why is not None:
            raise self._why

    def look_back(self, look: Callable[[], Awaitable[object]]) -> None:
        """Read again, now and then for half a minute, what an action of ours shows in."""
        if self.lent:
            self._looks.append(look)
            self._wanted.set()

    async def run(self) -> None:
        """For as long as the source is lent; until cancelled."""
        self.lent, self._known_at, self._looks = True, None, []
        try:
            async with anyio.create_task_group() as tasks:
                while True:
                    await self._wanted.wait()
                    self._wanted = anyio.Event()
                    for look in self._looks:
                        tasks.start_soon(self._look, look)
                    looked, self._looks = bool(self._looks), []
                    if not looked:
                        await self._try()
        finally:
            self.lent = False
            self._tried.set()

    async def _try(self) -> None:
        try:
            await self._learn()
            self._known_at, self._why = self._clock.now(), None
        except ReadError as error:
            self._why = error
            log.info("what actions rest on could not be read: %s", english(str(error)))
        tried, self._tried = self._tried, anyio.Event()
        tried.set()

    async def _look(self, look: Callable[[], Awaitable[object]]) -> None:
        for pause in BACK:
            await self._clock.sleep(pause)
            try:
                await look()
            except ReadError as error:
                log.info("an action could not be looked for: %s", english(str(error)))
