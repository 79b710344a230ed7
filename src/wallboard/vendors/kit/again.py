"""The last answers of a source's lists, made into rows once more when what they are named by is learnt later.

A list is asked for at its own pace and names come when they come. Nobody should read an id until the next poll, and no
request should be spent on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from dataclasses import replace

import anyio
from anyio.lowlevel import checkpoint

from wallboard.domain.keys import Resource
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import Sink

Make = Callable[[], Awaitable[Update]]
"""Makes the update of an answer that it holds; asks the vendor nothing."""


class Again:
    """One for each source. Whoever learns a name calls `learnt`."""

    def __init__(self) -> None:
        self._made: dict[tuple[Resource, str], Make] = {}
        self._learnt = anyio.Event()

    async def first(self, make: Make) -> Update:
        """What `make` makes of a new answer; it takes the place of the last one of the same list."""
        update = await make()
        self._made[update.resource, update.scope] = make
        return update

    def keep(self, scopes: Container[str]) -> None:
        """Forget the answers of all other scopes: what they are of is no more."""
        self._made = {where: make for where, make in self._made.items() if where[1] in scopes}

    def learnt(self) -> None:
        """Something that rows are named by, or described with, has just come."""
        self._learnt.set()

    async def run(self, sink: Sink) -> None:
        """Write the rows as they are named now, each time that something was learnt; until cancelled."""
        while True:
            await self._learnt.wait()
            self._learnt = anyio.Event()
            for where in list(self._made):
                # Of hundreds of queues there are hundreds of lists, and a key may come between two of them.
                await checkpoint()
                make = self._made.get(where)
                update = None if make is None else await make()
                # A newer answer has been named already as it came.
                if update is not None and self._made.get(where) is make:
                    sink.apply(replace(update, kind=UpdateKind.NAMED))
