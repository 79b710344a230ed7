"""The base of an adapter: what it need not say itself.

A subclass gives `feeds`, and for verbs `can`, `verification`, `perform` and `table`; the rest where its vendor has it.
`docs/adapters.md` leads through one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import anyio

from wallboard.domain.command import Command, Destination
from wallboard.domain.errors import CredentialsRefused, NotPermitted, NotSent, ReadError
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.models import Row
from wallboard.domain.update import SourceInfo, Update
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import (
    Can,
    CheckLine,
    Feed,
    Receipt,
    Report,
    Services,
    Sink,
    SourceSettings,
    Ticket,
    Verification,
)

CANNOT = mark("this vendor cannot")


class BaseAdapter:
    """See `vendors.base.Adapter`, whose promises hold for every method here."""

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        self.settings = settings
        self.clock = services.clock

    def info(self) -> SourceInfo:
        return SourceInfo(self.settings.name, self.settings.vendor, phone=self.settings.phone)

    def feeds(self) -> Sequence[Feed]:
        return ()

    def feed(
        self,
        resource: Resource,
        fetch: Callable[[Ticket], Awaitable[Sequence[Update]]],
        interval: float,
        *,
        scope: str = "",
        cost: int = 1,
        timeout: float = 8.0,
    ) -> Feed:
        """A feed at the pace and with the patience that the config sets, else at these."""
        return Feed(
            resource,
            scope,
            fetch,
            self.settings.every.get(resource.value, interval),
            cost=cost,
            timeout=self.settings.timeout or timeout,
        )

    async def run(self, sink: Sink) -> None:
        return None

    async def stand_by(self, sink: Sink) -> None:
        await anyio.sleep_forever()

    async def prepare(self, command: Command) -> None:
        return None

    def told(self, update: Update) -> Update:
        return update

    def can(self, verb: Verb, row: Row | None) -> Can:
        return Can(False, tr(CANNOT))

    def can_dial(self, destination: Destination) -> Can:
        return Can(False, tr(CANNOT))

    def reports(self, row: Row) -> Sequence[Report]:
        return ()

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return ()

    def verification(self, command: Command, row: Row | None) -> Verification:
        raise NotSent(tr(CANNOT))

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        raise NotSent(tr(CANNOT))

    async def refresh(self, row: Row) -> Row | None:
        raise NotPermitted(tr("this vendor cannot read one row again"))

    def table(self) -> Sequence[Verification]:
        return ()

    async def check(self) -> Sequence[CheckLine]:
        """Each list read once."""
        return [await self._tried(feed) for feed in self.feeds()]

    async def aclose(self) -> None:
        return None

    async def _tried(self, feed: Feed) -> CheckLine:
        name = f"{feed.resource.value} {feed.scope}".strip()
        try:
            updates = await feed.fetch(Ticket(0, 0, self.clock.now()))
        except CredentialsRefused as error:
            return CheckLine(mark("sign-in"), False, str(error))
        except NotPermitted as error:
            return CheckLine(name, False, str(error), right=True)
        except ReadError as error:
            return CheckLine(mark("reach"), False, str(error))
        return CheckLine(name, True, trn("{n} row", "{n} rows", sum(len(update.rows) for update in updates)))
