"""What every adapter of an HTTP API does alike. A vendor's adapter says its feeds, its rows and its acts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo, Update
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import YES, Can, Receipt, Services, Sink, SourceSettings, Ticket
from wallboard.vendors.http.auth import PostToken, SignIn
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.kit.acts import refusal, require
from wallboard.vendors.kit.again import Again
from wallboard.vendors.kit.rows import snapshot
from wallboard.vendors.kit.standby import Standby
from wallboard.vendors.kit.turns import Turns

Made = tuple[Sequence[Row], str]
"""The rows of an answer, and why they are not all."""


class WebAdapter(BaseAdapter, ABC):
    """See `vendors.base.Adapter`. ConfigError for an address, sign-in or zone that cannot be used.

    `verbs` is what the vendor has a request for; of any other `lacks` says why not, or `lacking`; `no_calls` where
    it places none; all three are `mark`ed, as is `caution`. `on_my_phone` are those that need the operator's telephone.
    """

    vendor: ClassVar[str]
    verbs: ClassVar[Collection[Verb]]
    lacks: ClassVar[Mapping[Verb, str]] = {}
    lacking: ClassVar[str]
    no_calls: ClassVar[str] = ""
    on_my_phone: ClassVar[Collection[Verb]] = ()
    caution: ClassVar[str] = ""
    rests_on: ClassVar[Sequence[Resource]] = ()
    """The discoveries without which an action cannot be sent, or its effect not known; one may reveal the next."""

    def __init__(
        self, settings: SourceSettings, services: Services, *, sign: Callable[[PostToken], SignIn] | None = None
    ) -> None:
        super().__init__(settings, services)
        self._zone = zone_of(settings)
        self._http = HttpSource(settings, services, sign=sign)
        self._again = Again()
        self._writing = Turns()
        self._standby = Standby(services.clock, self._learn)
        self._facts = services.facts

    def detail(self) -> str:
        """What there is to say about the source as a whole."""
        return ""

    def info(self) -> SourceInfo:
        return SourceInfo(
            name=self.settings.name,
            vendor=self.vendor,
            detail=clean(self.detail()),
            phone=self.settings.phone if self.on_my_phone else "",
            budget=self._http.budget,
            refused=self._http.refused,
            clock_offset=self._http.clock_offset,
            caution=self.caution and tr(self.caution),
        )

    async def run(self, sink: Sink) -> None:
        """Nothing is pushed; what is learnt between two readings goes into the rows."""
        await self._again.run(sink)

    async def stand_by(self, sink: Sink) -> None:
        await self._standby.run()

    async def prepare(self, command: Command) -> None:
        if self.rests_on:
            await self._standby.ready()

    async def _learn(self) -> None:
        for resource in self.rests_on:
            for feed in self.feeds():
                if (feed.resource, feed.scope) == (resource, "discovery"):
                    await feed.fetch(Ticket(0, 0, self.clock.now()))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _kept(
        self, ticket: Ticket, resource: Resource, scope: str, as_of: float, make: Callable[[], Awaitable[Made]]
    ) -> Update:
        """The update of an answer, which is made again whenever a name is learnt."""

        async def update() -> Update:
            rows, why = await make()
            return snapshot(self.settings.name, resource, scope, ticket, as_of, rows, why)

        return await self._again.first(update)

    def can(self, verb: Verb, row: Row | None) -> Can:
        if verb not in self.verbs:
            return Can(False, tr(self.lacks.get(verb, self.lacking)))
        refused = refusal(self.settings, self._http, verb, self.on_my_phone)
        return self._can(verb, row) if refused is None else refused

    def _can(self, verb: Verb, row: Row | None) -> Can:
        """Whether the vendor can do it to this row, whose state policy has looked at."""
        return YES

    def can_dial(self, destination: Destination) -> Can:
        return Can(False, self.no_calls and tr(self.no_calls))

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        require(self.can(command.verb, row))
        return await self._perform(command, row)

    @abstractmethod
    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        """Send what `can` allows: exactly one acting request."""


def zone_of(settings: SourceSettings) -> ZoneInfo:
    try:
        return ZoneInfo(settings.timezone or "UTC")
    except (OSError, ValueError, KeyError):
        raise ConfigError(
            tr("source {name}: there is no time zone {zone!r}", name=settings.name, zone=settings.timezone)
        ) from None
