"""The composition root: it alone knows all rooms. It owns the task group, the clients, the board, the scheduler and the
dispatcher, and ends them in order."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import anyio
from anyio.abc import TaskGroup

from wallboard.board import Board, BoardSettings, Timing
from wallboard.config.paths import private, state_dir
from wallboard.config.settings import Config
from wallboard.control.alarm_file import NAME as ALARMS
from wallboard.control.alarm_file import AlarmFile, AlarmKeeper
from wallboard.control.copies import NATS
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.forwarding import Forwarder
from wallboard.control.journal import Journal
from wallboard.control.outcome import Outcome
from wallboard.domain.clock import Clock, SystemClock
from wallboard.domain.command import Command
from wallboard.domain.keys import Resource
from wallboard.domain.known import KnownNumbers
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.update import SourceInfo
from wallboard.polling.scheduler import Scheduler
from wallboard.runtime.adapters import asked, built, dialling, personal
from wallboard.runtime.desks import Marking, Means
from wallboard.runtime.sharing import BRIEFLY, at_desk, briefly, executor_of, remote_of, sharing_of, signing
from wallboard.vendors.base import Adapter, Services, Sink, SourceSettings

if TYPE_CHECKING:
    from wallboard.share.sharing import Sharing
    from wallboard.view.directory import Directory

log = logging.getLogger(__name__)

HISTORY = "history.sqlite3"

AT_START = 5
"""Seconds that the bus has to be there before records that wait for it are told of."""

Transports = Callable[[SourceSettings], Any]
"""What replaces the network for a source; None leaves it as it is."""


class Reader(Protocol):
    """What a console asks for what it wants to see."""

    async def run(self) -> None:
        """Read until cancelled."""

    def demand(self, wanted: frozenset[Resource], looked: Resource | None = None) -> None: ...
    def hurry(self, source: str, resources: Iterable[Resource]) -> None: ...
    def refresh(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Headless:
    """Everything but a screen: what `snapshot`, `watch` and `do` work with. `keeper` keeps alarms once it is told to
    restore them; `state` is the folder of what is kept."""

    board: Board
    scheduler: Scheduler
    dispatcher: Dispatcher
    adapters: Mapping[str, Adapter]
    clock: Clock
    tasks: TaskGroup
    keeper: AlarmKeeper
    reader: Reader
    """What asks for what is to be read: the scheduler, or what stands before it where a site shares."""
    state: Path
    """Where journal and history lie."""
    forwarder: Forwarder | None = None
    """What sends the journal on, if anything does."""
    sharing: Sharing | None = None
    """What the site shares, if these rooms take part."""


@asynccontextmanager
async def headless(
    config: Config,
    *,
    read_only: bool = False,
    transports: Transports | None = None,
    clock: Clock | None = None,
    state: Path | None = None,
    keeps: bool = True,
    board: Board | None = None,
    heard: Callable[[Sink], Sink] = lambda board: board,
    shares: bool = False,
    acts: bool = True,
) -> AsyncIterator[Headless]:
    """Build all rooms for `config`; on leaving, cancel what runs and close every client. `state` is where the
    journal and the alarms lie (the platform's state directory if None); without `keeps` alarms are only read there.
    `shares`: as a console of its site, where the configuration names one; with `acts` also for others, where its role
    is to `serve` them and they hold no secret (whatever `read_only` says, which is of who sits here).

    A `board` that is given is told by somebody else: then there is no adapter, so that nobody is asked and nothing can
    act. `heard` may put an ear before the board: what it makes of it hears every word of the sources."""
    clock = clock or SystemClock()
    followed = board is not None
    board = board or Board(clock, board_settings(config))
    told = heard(board)
    adapters: dict[str, Adapter] = {}
    share = config.share
    sharing = None
    if share is not None and (shares or share.remote) and not followed:
        sharing = sharing_of(config, told, clock)
    acts = acts and keeps and sharing is not None and share is not None and share.acts
    for settings in () if followed else config.sources:
        # Who acts for others sits nowhere: whose telephone it is, each order says.
        phone, reads = ("", False) if acts else (settings.phone, read_only)
        settings = replace(settings, phone=phone, read_only=settings.read_only or reads)
        services = Services(clock, transports(settings) if transports is not None else None, board)
        if sharing is not None and share is not None and share.remote:
            adapters[settings.name] = remote_of(sharing, settings, services)
        else:
            adapters[settings.name] = built(settings, services)
    for name, adapter in adapters.items():
        told.source(asked(name, adapter.info, SourceInfo(name, adapter.settings.vendor)))
    marking = Marking(sharing or told)
    scheduler = Scheduler(clock, adapters, marking if acts else marking.sink, random=random.Random())
    reader: Reader = scheduler
    if sharing is not None:
        sharing.bind(scheduler)
        sharing.personal = {name: personal(adapter) for name, adapter in adapters.items()}
        reader = sharing
    folder = state or state_dir()
    # Where nothing can be written, reading goes on; each action is then refused with the journal's own reason.
    with suppress(OSError):
        private(folder)
    journal = Journal(folder / "audit.jsonl", clock, operator=config.operator.name)
    if not os.access(folder, os.W_OK):
        journal.problem = tr("the action journal cannot be written: {folder} is not writable", folder=folder)
    forwarder, line = None, None
    # A script is on the bus for its records alone, once it has all of them.
    brief = config.forward == NATS and not shares
    if share is not None and config.forward == NATS:
        line = sharing.copies if sharing is not None and not brief else partial(briefly, share)
    if config.forward and keeps and not (brief and read_only):
        forwarder = Forwarder(journal.path, config.forward, clock, config.forward_socket, line)
    keeper = AlarmKeeper(board.alarms, AlarmFile(folder / ALARMS, clock.now), clock, writes=keeps)
    try:
        async with anyio.create_task_group() as tasks:

            def start(work: Callable[[], Awaitable[None]]) -> None:
                tasks.start_soon(guarded, work)

            dispatcher = Dispatcher(
                board,
                adapters,
                journal,
                clock,
                read_only=read_only,
                may=config.operator.may,
                hurry=reader.hurry,
                start=start,
                sign=signing(sharing, config),
            )
            if acts and sharing is not None:

                def means(claim: Callable[[Command], Awaitable[None]], heard: Callable[[Outcome], None]) -> Means:
                    may, hurry = config.operator.may, reader.hurry
                    return Means(board, journal, clock, marking.sink, transports, may, hurry, start, claim, heard)

                executor = executor_of(sharing, config, means, start)
                marking.marked = executor.desks.marked
                # What a killed one had sent is closed as unknown.
                await dispatcher.take_over()
                start(executor.run)
            if forwarder is not None and not brief:
                start(partial(_forward, forwarder, sharing if config.forward == NATS else None, clock))
            if sharing is not None:
                at_desk(sharing.desk, board, dispatcher)
            yield Headless(
                board, scheduler, dispatcher, adapters, clock, tasks, keeper, reader, folder, forwarder, sharing
            )
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
            await keeper.flush()
            if forwarder is not None and not brief:
                await forwarder.flush()
            for adapter in adapters.values():
                await guarded(adapter.aclose)
        if forwarder is not None and brief:
            with anyio.CancelScope(shield=True), anyio.move_on_after(2 * BRIEFLY):
                await forwarder.flush()


async def _forward(forwarder: Forwarder, sharing: Sharing | None, clock: Clock) -> None:
    for _ in range(AT_START):
        # What a script left is there before the bus is, at the start, and that is nothing to complain of.
        if sharing is None or sharing.connected:
            break
        await clock.sleep(1.0)
    await forwarder.run()


def board_settings(config: Config) -> BoardSettings:
    """The config in the board's own words."""
    alarm = config.alarm
    timing = Timing(alarm.on_delay, alarm.off_delay, alarm.deadband, alarm.again)
    return BoardSettings(config.queues, known=KnownNumbers(config.known), regions=regions(config), timing=timing)


def regions(config: Config) -> dict[str, str]:
    """The country of each source's national telephone numbers, as far as the config names it."""
    return {source.name: source.region for source in config.sources if source.region}


def directory(rooms: Headless, config: Config, source: str) -> Directory:
    """Where calls of `source` can be sent, as the picker of the console would show it now."""
    from wallboard.view.context import Context
    from wallboard.view.directory import Directory

    context = Context(rooms.board, rooms.clock.now())
    return Directory(context, source, config.favourites, config.routes, dialling(rooms.adapters), regions(config))


async def guarded(work: Callable[[], Awaitable[None]]) -> None:
    """An action or a reading that fails in a way nobody foresaw must not take the other rooms with it."""
    try:
        await work()
    except Exception:
        log.exception("an action or a reading failed unexpectedly")
