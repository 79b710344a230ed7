"""What stands between the sources and the board where a site shares."""

from __future__ import annotations

import os
import platform
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from wallboard.board import Board
from wallboard.board.acts import AlarmActs, PullActs
from wallboard.config.settings import Config
from wallboard.control.dispatcher import Dispatcher
from wallboard.domain.clock import Clock
from wallboard.domain.command import Command
from wallboard.vendors.base import Adapter, Services, Sink, SourceSettings

if TYPE_CHECKING:
    from wallboard.control.outcome import Outcome
    from wallboard.history.archive import Archive
    from wallboard.runtime.desks import Means, Start
    from wallboard.runtime.executor import Executor
    from wallboard.share.desk import Desk
    from wallboard.share.sharing import Sharing

    Claim = Callable[[Command], Awaitable[None]]
    Heard = Callable[[Outcome], None]


def sharing_of(config: Config, board: Sink, clock: Clock) -> Sharing:
    """What stands between this console's sources and its board: those that others read, they tell."""
    # nats-py and its parts are nothing that a console without a bus should load.
    from wallboard.share.bus import Bus, BusSettings
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
    given = BusSettings(
        share.servers,
        share.user,
        share.password.reveal() if share.password is not None else "",
        share.creds,
        share.seed.reveal() if share.seed is not None else "",
        share.ca_file,
        f"wallboard {node}",
    )
    return Sharing(settings, partial(Bus, given), clock, board)


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
