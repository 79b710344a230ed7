"""What stands between the sources and the board where a site shares."""

from __future__ import annotations

import logging
import os
import platform
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.from_thread

from wallboard.board import Board
from wallboard.board.acts import AlarmActs, PullActs
from wallboard.config.settings import Config, Share
from wallboard.control.dispatcher import Dispatcher
from wallboard.domain.clock import Clock
from wallboard.domain.command import Command
from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr
from wallboard.vendors.base import Adapter, Services, Sink, SourceSettings

if TYPE_CHECKING:
    from wallboard.control.outcome import Outcome
    from wallboard.history.archive import Archive
    from wallboard.runtime.desks import Means, Start
    from wallboard.runtime.executor import Executor
    from wallboard.share.bus import Bus, BusSettings
    from wallboard.share.desk import Desk
    from wallboard.share.names import Names
    from wallboard.share.sharing import Sharing

    Claim = Callable[[Command], Awaitable[None]]
    Heard = Callable[[Outcome], None]

log = logging.getLogger(__name__)

BRIEFLY = 2.0
"""Seconds for which who is on the bus for the journal's copies alone is there at most."""


def sharing_of(config: Config, board: Sink, clock: Clock) -> Sharing:
    """What stands between this console's sources and its board: those that others read, they tell."""
    # nats-py and its parts are nothing that a console without a bus should load.
    from wallboard.share.bus import Bus
    from wallboard.share.names import account
    from wallboard.share.shared_source import ShareSettings
    from wallboard.share.sharing import Sharing

    share = config.share
    assert share is not None
    node = f"{platform.node()}-{os.getpid()}-{random.SystemRandom().randrange(1 << 24):06x}"
    settings = ShareSettings(
        {source.name: account(source) for source in config.sources},
        {source.name: "" if share.acts else source.phone for source in config.sources},
        share.site,
        node,
        "view" if share.remote else share.role,
        share.direct and not share.remote,
        who=config.operator.name,
        looks=share.role == "view",
    )
    return Sharing(settings, partial(Bus, _bus_settings(share, node)), clock, board)


def _bus_settings(share: Share, node: str) -> BusSettings:
    from wallboard.share.bus import BusSettings

    return BusSettings(
        share.servers,
        share.user,
        share.password.reveal() if share.password is not None else "",
        share.creds,
        share.seed.reveal() if share.seed is not None else "",
        share.ca_file,
        f"wallboard {node}",
    )


async def joined(share: Share, seconds: float) -> Bus:
    """The bus of the site for who takes no part in it; to be closed. BusError, and OSError where it does not let us in
    within so many `seconds`."""
    from wallboard.share.bus import Bus

    bus = Bus(_bus_settings(share, f"{platform.node()}-{os.getpid()}"), lambda: None)
    unsaid = bus.why
    try:
        with anyio.move_on_after(seconds):
            await bus.connect()
    except (OSError, WallboardError):
        raise
    except Exception as error:  # what it signs in with is read by nats-py, which fails as it likes
        log.info("the bus cannot be joined", exc_info=True)
        kind = type(error).__name__
        raise OSError(None, tr("what [share] auth signs in with cannot be used ({kind})", kind=kind)) from error
    if not bus.connected:
        await bus.close()
        raise OSError(None, tr("it does not answer") if bus.why == unsaid else bus.why)
    return bus


@contextmanager
def briefly(share: Share) -> Iterator[BriefLine]:
    """Where the journal's records go from a program that is on the bus for nothing else. In a thread of a loop.
    OSError."""
    from wallboard.share.bus import BusError
    from wallboard.share.names import Names

    until = time.monotonic() + BRIEFLY
    try:
        bus = anyio.from_thread.run(joined, share, BRIEFLY)
    except BusError as error:
        raise OSError(None, str(error)) from error
    try:
        yield BriefLine(bus, Names(share.site), until)
    finally:
        anyio.from_thread.run(bus.close)


class BriefLine:
    """As an `AuditLine`, until an instant of the monotonic clock."""

    def __init__(self, bus: Bus, names: Names, until: float) -> None:
        self._bus, self._names, self._until = bus, names, until

    def send(self, data: bytes) -> None:
        anyio.from_thread.run(self._keep, data)

    async def _keep(self, data: bytes) -> None:
        with anyio.move_on_after(max(0.0, self._until - time.monotonic())) as patience:
            await self._bus.keep(self._names.audit_stream, self._names.audit, data)
        if patience.cancelled_caught:
            raise OSError(None, tr("it does not answer"))


def at_desk(desk: Desk, board: Board, dispatcher: Dispatcher) -> None:
    """Put on the desk of the site what this console has."""
    desk.keep(AlarmActs(board.alarms))
    desk.keep(PullActs(board))
    desk.attend(dispatcher.at_work, board.colleague)
    board.alarms.subscribe(lambda _event: desk.changed())
    dispatcher.subscribe(lambda _outcome: desk.changed())


def past_on_desk(desk: Desk, archive: Archive) -> None:
    """And what it remembers."""
    from wallboard.history.acts import CallBackActs, NoteActs

    desk.keep(NoteActs(archive.notes))
    desk.keep(CallBackActs(archive.call_backs))
    archive.told = desk.changed


def remote_of(sharing: Sharing, settings: SourceSettings, services: Services) -> Adapter:
    """A source that others read and act on for this console."""
    from wallboard.share.remote import RemoteAdapter

    return RemoteAdapter(settings, services, sharing.line(settings.name))


def signing(sharing: Sharing | None, config: Config) -> Callable[[Command], Command]:
    """Whose an order is that goes to those who act for us."""
    if sharing is None or config.share is None or not config.share.remote:
        return lambda command: command
    from wallboard.share.remote import signed

    names = frozenset(source.name for source in config.sources)
    return signed(names, config.operator.name, sharing.node)


def executor_of(sharing: Sharing, config: Config, means: Callable[[Claim, Heard], Means], start: Start) -> Executor:
    """Who acts for the consoles of the site; `means` makes what it acts with of its claim and its ear."""
    from wallboard.runtime.desks import Desks
    from wallboard.runtime.executor import Executor

    def seated(executor: Executor) -> Desks:
        return Desks(config.sources, means(lambda command: executor.claims.claim(command.id), executor.heard))

    lines = {source.name: sharing.line(source.name) for source in config.sources}
    return Executor(lines, sharing.clock, seated, start)
