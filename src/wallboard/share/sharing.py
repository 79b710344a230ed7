"""One account, one reader: per source, this console reads it and tells the others, or is told, or is alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from random import Random

import anyio
from anyio.abc import TaskGroup

from wallboard.domain.clock import Clock, within
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, tr
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.share.acting import Line
from wallboard.share.audit import AuditLine
from wallboard.share.bus import Bus, BusError
from wallboard.share.desk import Desk
from wallboard.share.frames import object_of
from wallboard.share.names import Names
from wallboard.share.shared_source import Ports, Reader, SharedSource, ShareSettings
from wallboard.share.timing import MARKER
from wallboard.vendors.base import Sink

log = logging.getLogger("wallboard.share")

AGAIN_FIRST, AGAIN_MOST = 1.0, 15.0
AWAY = 5.0
"""Seconds for which the bus must be away for that to be worth a word: at the start it has not been there yet."""
LOOK = 1.0


class Sharing:
    """Stands between the scheduler and the board: a sink for the one, and for the console what it asks to read."""

    def __init__(
        self, settings: ShareSettings, bus: Callable[[Callable[[], None]], Bus], clock: Clock, sink: Sink
    ) -> None:
        self._settings = settings
        self._bus = bus(self._moved)
        self.clock = self._clock = clock
        self._sink = sink
        self._names = Names(settings.site)
        self._reader: Reader | None = None
        self._wanted: tuple[frozenset[Resource], Resource | None] = (frozenset(), None)
        self._others: dict[str, tuple[float, frozenset[Resource]]] = {}
        self._change = anyio.Event()
        self._random = Random()
        self.desk = Desk(self._bus, self._names, settings, clock, self._random)
        self.personal: Mapping[str, Callable[[Update], Update]] = {}
        """By source, see `Ports`."""
        self._sources = {name: SharedSource(name, self._ports(name)) for name in settings.accounts}
        self._problem = ""
        self._there_at = clock.now()
        self._told: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []

    def line(self, source: str) -> Line:
        """Where those who act on the source are asked, and answer."""
        return Line(self._bus, self._names, self._settings.accounts[source], self._settings.node)

    def copies(self) -> AbstractContextManager[AuditLine]:
        """Where the journal's records go (`[audit] forward = "nats"`)."""
        return nullcontext(AuditLine(self._bus, self._names))

    def _ports(self, source: str) -> Ports:
        def personal(update: Update) -> Update:
            return self.personal[source](update) if source in self.personal else update

        return Ports(
            self._bus,
            self._names,
            self._settings,
            self._clock,
            self._sink,
            self._random,
            lambda: self.reader,
            personal,
        )

    # ---- for who watches -------------------------------------------------------------------------------------

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """`listener` hears each new problem, as a sentence."""
        self._listeners.append(listener)

    @property
    def problem(self) -> str:
        """The first of them, "" for none."""
        return next(iter(self.problems), "")

    @property
    def problems(self) -> list[str]:
        """Why the bus, or a part of it, cannot be used, as sentences."""
        if self._problem:
            return [self._problem]
        if not self._bus.connected:
            if self._bus.unfit:
                return [tr("the bus cannot be used: {why}", why=self._bus.why)]
            away = self._clock.now() - self._there_at >= AWAY
            return [tr("the bus does not answer: {why}", why=self._bus.why)] if away else []
        found = [*self._bus.lacking(), *(each.problem for each in self._sources.values() if each.problem)]
        return [tr("the bus does not serve this console in full: {why}", why=why) for why in dict.fromkeys(found)]

    @property
    def connected(self) -> bool:
        return self._bus.connected

    @property
    def node(self) -> str:
        """This one's name on the bus."""
        return self._settings.node

    def reader_of(self, source: str) -> str:
        """The node that reads it, "" where none is known to."""
        return self._sources[source].reader

    def others(self) -> int:
        """How many others of the site have said lately what they want to see."""
        since = self._clock.now() - self._settings.timing.demand_lasts
        return sum(said[0] >= since for said in self._others.values())

    # ---- for the scheduler: a sink ---------------------------------------------------------------------------

    def apply(self, update: Update) -> None:
        if (shared := self._sources.get(update.source)) is not None:
            shared.own(update)
        else:
            self._sink.apply(update)

    def status(self, status: FeedStatus) -> None:
        if (shared := self._sources.get(status.source)) is not None:
            shared.own(status)
        else:
            self._sink.status(status)

    def source(self, info: SourceInfo) -> None:
        if (shared := self._sources.get(info.name)) is not None:
            shared.own(info)
        else:
            self._sink.source(info)

    # ---- for the console: what it asks to read ---------------------------------------------------------------

    def bind(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def reader(self) -> Reader:
        assert self._reader is not None
        return self._reader

    def demand(self, wanted: frozenset[Resource], looked: Resource | None = None) -> None:
        """As of the scheduler; others who read for us are told within a moment."""
        self._wanted = wanted, looked
        self._demand(looked)
        self._wake()

    def hurry(self, source: str, resources: Iterable[Resource]) -> None:
        wanted = list(resources)
        self.reader.hurry(source, wanted)
        if (shared := self._sources.get(source)) is not None:
            shared.ask({"hurry": [resource.value for resource in wanted]})
            self._wake()

    def refresh(self) -> str:
        for shared in self._sources.values():
            shared.ask({"refresh": True})
        self._wake()
        return self.reader.refresh()

    def _demand(self, looked: Resource | None = None) -> None:
        """What is on any screen of the site."""
        since = self._clock.now() - self._settings.timing.demand_lasts
        self._others = {node: said for node, said in self._others.items() if said[0] >= since}
        self.reader.demand(self._wanted[0].union(*(wanted for _, wanted in self._others.values())), looked)

    # ---- running ---------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """The scheduler and, beside it, the bus, until cancelled."""
        for shared in self._sources.values():
            self.reader.lend(shared.name)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.reader.run)
            tasks.start_soon(self._look)
            try:
                await self._connect()
                await self._serve(tasks)
            except BusError as error:
                self._problem = tr("the bus cannot be used: {why}", why=error)
                for shared in self._sources.values():
                    tasks.start_soon(shared.run_alone, str(error))
            try:
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
                    for shared in self._sources.values():
                        await shared.leave()
                    await self.desk.leave()
                    await self._bus.close()

    async def _look(self) -> None:
        """Say each problem once, until all is well again."""
        while True:
            if self._bus.connected:
                self._there_at = self._clock.now()
            problems = self.problems
            for problem in problems:
                if problem not in self._told:
                    self._told.add(problem)
                    log.warning("%s", english(problem))
                    for listener in self._listeners:
                        listener(problem)
            if not problems and self._told and self._bus.connected:
                self._told.clear()
                log.info("nothing is wrong with the bus any more")
            await self._clock.sleep(LOOK)

    async def _connect(self) -> None:
        """Until somebody has answered for the first time; each source meanwhile as without a bus. BusError."""
        unusable: BusError | None = None
        async with anyio.create_task_group() as tasks:
            for shared in self._sources.values():
                tasks.start_soon(shared.wait_alone)
            wait = AGAIN_FIRST
            while True:
                try:
                    await self._bus.connect()
                    break
                except OSError as error:
                    log.info("the bus does not answer: %s", english(str(error)))
                except BusError as error:
                    # Not from within the group, which would make one of it.
                    unusable = error
                    break
                except Exception as error:
                    # What nobody foresaw there must not keep the sources from being read.
                    log.exception("the bus cannot be used")
                    unusable = BusError(tr("{error}: see the log", error=type(error).__name__))
                    break
                await self._clock.sleep(wait * self._random.uniform(0.5, 1.0))
                wait = min(AGAIN_MOST, wait * 2)
            tasks.cancel_scope.cancel()
        if unusable is not None:
            raise unusable

    async def _serve(self, tasks: TaskGroup) -> None:
        await self._bus.subscribe(self._names.demand, self._heard_demand)
        for shared in self._sources.values():
            await shared.subscribe()
        if self._settings.role != "view":
            tasks.start_soon(self._watch)
        tasks.start_soon(self._tell_demand)
        tasks.start_soon(self.desk.run)
        for shared in self._sources.values():
            tasks.start_soon(shared.run)

    async def _watch(self) -> None:
        """See a lease that is given up or lapses at once; without it each looks for itself now and then."""
        by_account = {shared.account: shared for shared in self._sources.values()}

        def gone(key: str) -> None:
            if (shared := by_account.get(key)) is not None:
                shared.vacant()

        while True:
            try:
                bucket = await self._bus.bucket(self._names.leases, ttl=self._settings.timing.ttl, marker=MARKER)
                await bucket.watch(gone)
            except OSError as error:
                log.debug("leases are not watched: %s", error)
            await self._clock.sleep(AGAIN_FIRST)

    async def _tell_demand(self) -> None:
        told: frozenset[Resource] = frozenset()
        while True:
            self._change = anyio.Event()
            self._demand()
            try:
                await self._bus.publish(self._names.demand, self._said())
                for shared in self._sources.values():
                    await shared.send_asked()
                told = self._wanted[0]
            except OSError:
                pass
            await within(self._clock, self._settings.timing.demand_every, self._change.wait)
            if self._wanted[0] == told:
                # What changed was something else; nobody needs to hear the same twice a second.
                await self._clock.sleep(0.2)

    def _said(self) -> bytes:
        return json.dumps(
            {"node": self._settings.node, "wanted": sorted(resource.value for resource in self._wanted[0])}
        ).encode()

    async def _heard_demand(self, data: bytes) -> None:
        said = object_of(data)
        node, wanted = said.get("node"), said.get("wanted")
        if isinstance(node, str) and isinstance(wanted, list) and node != self._settings.node:
            known = {resource.value: resource for resource in Resource}
            new = node not in self._others
            before = self._others.get(node, (0.0, frozenset()))[1]
            resources = frozenset(known[each] for each in wanted if each in known)
            if len(self._others) < 10_000:
                self._others[node] = self._clock.now(), resources
            if new or before != resources:
                self._demand()

    def _moved(self) -> None:
        self.desk.moved()
        for shared in self._sources.values():
            shared.moved()

    def _wake(self) -> None:
        self._change.set()
