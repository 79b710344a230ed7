"""The console on its rooms. It hosts the Textual app and not the reverse: Textual cancels its workers at exit without
awaiting them, and a task group entered in `on_mount` cannot be left in `on_unmount` (measured; docs/architecture.md).
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import anyio
import anyio.lowlevel

from wallboard.board import Board
from wallboard.config.paths import state_dir, themes_dir
from wallboard.config.settings import AlarmSettings, Config, ConsoleOptions, Operator
from wallboard.control.journaling import left_open as told_open
from wallboard.domain.actions import looks, winds
from wallboard.domain.clock import SystemClock
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Row
from wallboard.domain.suggestion import meant
from wallboard.history.archive import Archive
from wallboard.runtime.adapters import asked, dialling, verbs_of
from wallboard.runtime.garbage import collect
from wallboard.runtime.rooms import Headless, Transports, board_settings, guarded, headless, regions
from wallboard.runtime.unattended import archive_of
from wallboard.vendors.base import Report

if TYPE_CHECKING:
    from wallboard.history.courses import Course, Stretch
    from wallboard.recording.player import Played, Player
    from wallboard.ui.app import ConsoleApp
    from wallboard.ui.console import Console
    from wallboard.ui.terminal.private import HostedDriver

log = logging.getLogger(__name__)

_SCREEN = (
    *("rich.console", "textual.css.stylesheet", "textual.events", "textual.dom", "textual.widget", "textual.app"),
    *("wallboard.view.details", "wallboard.ui.acting", "wallboard.ui.console", "wallboard.ui.app"),
)
"""What draws, in pieces of some 20 ms."""

SETTLED_SECONDS = 0.5
"""After the first rows, until the lists and names behind them have come: a thread that imports takes their turns."""


class Beside(Protocol):
    """What works beside the screen and may fail for hours."""

    @property
    def problem(self) -> str: ...

    def subscribe(self, listener: Callable[[str], None]) -> None: ...


class NoPast:
    """The past of a recording, beside which nothing was written down."""

    @property
    def remark(self) -> str:
        return tr("a recording has no history")

    async def courses(self, stretches: Sequence[Stretch]) -> Sequence[Course]:
        return ()


def run_console(config: Config, options: ConsoleOptions, site: str) -> int:
    """`wallboard run`: returns the exit code."""
    return _run(config, options, site=site)


def run_demo(seed: int, speed: float, options: ConsoleOptions) -> int:
    """`wallboard demo`: the console on the simulation, in this process. The same `seed` gives the same world; `speed`
    is simulated seconds a second."""
    import tempfile
    from datetime import UTC, datetime

    from wallboard.config.load import parsed
    from wallboard.sim import World, demo_environment, make_app, ready_config
    from wallboard.vendors.http.exchange import in_process

    os.environ.update(demo_environment())
    with tempfile.TemporaryDirectory(prefix="wallboard-demo-") as folder:
        config = parsed(Path(folder) / "config.toml", ready_config("http://127.0.0.1:8900")).config()
        world = World(seed, datetime.now(UTC))
        server = make_app(world, speed=speed, keep=100)
        return _run(
            config,
            options,
            site="demo",
            banner=tr("SIMULATED"),
            transports=lambda _settings: in_process(server),
            # The demo leaves no trace: its journal and log go with the folder.
            state=Path(folder) / "state",
        )


def run_replay(
    config: Config, options: ConsoleOptions, site: str, tape: Played, *, speed: float, at: float | None
) -> int:
    """`wallboard replay`: the console on a recording or on the minutes of the history, from the instant `at` on (the
    beginning if None). Nothing that could ask or act is built, and nothing is written but the log."""
    from wallboard.recording.player import Moment, Player

    options = replace(options, read_only=True, looks=True)

    async def shown() -> tuple[int, Exception | None]:
        moment = Moment(tape.start)
        board = Board(moment, board_settings(config))
        player = Player(tape, board, moment, SystemClock(), speed=speed, at=at)
        async with headless(config, read_only=True, clock=moment, keeps=False, board=board) as rooms:
            return await console_on(rooms, config, options, site, player=player)

    return _ended(shown, config, options, state_dir())


def _run(
    config: Config,
    options: ConsoleOptions,
    *,
    site: str,
    banner: str = "",
    transports: Transports | None = None,
    state: Path | None = None,
) -> int:
    if options.kiosk or config.kiosk:
        # Whoever passes must not be able to act, whatever the key.
        options = replace(options, kiosk=True, read_only=True)

    async def shown() -> tuple[int, Exception | None]:
        async with headless(
            config,
            read_only=options.read_only,
            transports=transports,
            state=state,
            shares=True,
            acts=not options.read_only,
        ) as rooms:
            # Where nothing is in between, answers would only come in the way of the screen.
            return await console_on(rooms, config, options, site, banner, ahead=transports is None)

    return _ended(shown, config, options, state or state_dir())


def _ended(
    shown: Callable[[], Awaitable[tuple[int, Exception | None]]], config: Config, options: ConsoleOptions, state: Path
) -> int:
    """The exit code of a console, once it was `shown`; its log is in `state`."""
    from wallboard import logs

    views = [view.name for view in config.views]
    if options.view is not None and options.view not in views:
        raise ConfigError(
            tr('there is no view "{view}"', view=options.view), where="--view", hint=meant(options.view, views)
        )
    log_file = logs.setup(state)
    try:
        code, fault = anyio.run(shown)
    finally:
        log_file.close()
    if fault is not None:
        # Out here, where no task group makes a group of it.
        raise fault
    return code


async def console_on(
    rooms: Headless,
    config: Config,
    options: ConsoleOptions,
    site: str,
    banner: str = "",
    driver: type[HostedDriver] | None = None,
    player: Player | None = None,
    *,
    ahead: bool = False,
) -> tuple[int, Exception | None]:
    """Show the rooms until somebody leaves; the exit code, and what ended the app if nobody foresaw that. `driver`
    stands for what is no terminal of ours, and whose it is to end; `player` plays what the board of the rooms shows.
    `ahead`: ask the sources while the screen is still being read from disk."""
    left_open = () if options.looks else await rooms.dispatcher.take_over()
    if player is None:
        await rooms.keeper.restore(rooms.adapters)
        rooms.tasks.start_soon(rooms.keeper.run)
    if ahead:
        rooms.tasks.start_soon(rooms.reader.run)
        await _load_screen(rooms.board)
    from wallboard import theming
    from wallboard.ui.app import ConsoleApp
    from wallboard.ui.console import Console
    from wallboard.ui.terminal.charset import unicode_terminal
    from wallboard.ui.terminal.driver import ConsoleDriver

    ConsoleDriver.slow_line = options.slow
    name = options.theme or (theming.COLOURLESS if os.environ.get("NO_COLOR") else config.theme)

    def load_theme(wanted: str) -> theming.Theme:
        return theming.load(wanted, user_dir=themes_dir())

    broken: list[theming.ThemeError] = []
    themes = [info.name for info in theming.available(themes_dir(), broken)]
    for error in broken:
        log.warning("a theme is left out: %s", error)
    unsubscribe: list[Callable[[], None]] = []
    archive = archive_of(rooms, config)
    desk = None if rooms.sharing is None else rooms.sharing.desk

    def make(app: ConsoleApp) -> Console:
        settings = console_settings(config, options, site, banner, themes, replay=player is not None)
        doors = ports(rooms, app, archive)
        if driver is not None:
            doors = replace(doors, quit=None)
        if player is not None:
            doors = replace(doors, past=doors.past if player.step else NoPast(), player=player)
        clock = rooms.clock if player is None else player.clock
        console = Console(rooms.board, rooms.dispatcher, clock, settings, doors)
        unsubscribe.append(rooms.board.subscribe(app.data_changed))
        if desk is not None:
            desk.attend(console.acting.at_work, rooms.board.colleague)
        for record in left_open:
            console.remarks.log("action", told_open(record), "warn")
        besides: Sequence[Beside | None] = (rooms.keeper, rooms.forwarder, desk, rooms.sharing)
        for beside in filter(None, besides):
            beside.subscribe(lambda problem: console.remarks.log("state", problem, "warn"))
            if beside.problem:
                console.remarks.say(beside.problem, "warn")
                console.remarks.log("state", beside.problem, "warn")
        if left_open:
            said = trn(
                "{n} action of a killed console has no ending: see the log",
                "{n} actions of a killed console have no ending: see the log",
                len(left_open),
            )
            console.remarks.say(said, "warn")
        return console

    def ready() -> None:
        if driver is None:
            # A process forked for a browser shares what it does not walk through.
            rooms.tasks.start_soon(collect, lambda: app.console_state.idle.untouched)
        if player is not None:
            rooms.tasks.start_soon(player.run)
        if options.looks:
            return
        if not ahead:
            rooms.tasks.start_soon(rooms.reader.run)
        rooms.tasks.start_soon(guarded, archive.run)
        rooms.tasks.start_soon(guarded, partial(_warm_up, config, app))

    app = ConsoleApp(
        make,
        load_theme(name),
        load_theme,
        ascii_only=options.ascii or (driver is None and not unicode_terminal()),
        driver_class=driver,
        ready=ready,
    )
    if path := os.environ.get("WALLBOARD_TRACE"):
        from wallboard.ui import tracing

        trace = tracing.Trace(Path(path))
        trace.watch(tracing.of_console())
        unsubscribe.append(trace.write)
    # What was imported stays for good: the collector need not walk through it again and again.
    gc.freeze()
    gc.enable()
    try:
        await app.run_async(mouse=options.mouse)
    finally:
        for leave in unsubscribe:
            leave()
    return app.return_value or app.return_code or 0, app.fault


async def _load_screen(board: Board) -> None:
    """Import what draws, a piece at a time. In between goes on what is asked of the network, until there are rows: then
    nothing comes before the frame that shows them."""
    for piece in _SCREEN:
        import_module(piece)
        if not any(map(board.rows, Resource)):
            await anyio.lowlevel.checkpoint()


async def _warm_up(config: Config, app: ConsoleApp) -> None:
    """Load the numbering plans in a thread, behind the first lists, and then show these as people read numbers."""
    from anyio import to_thread

    from wallboard.domain.numbers import warm

    await app.filled.wait()
    await anyio.sleep(SETTLED_SECONDS)
    await to_thread.run_sync(warm, *regions(config).values(), abandon_on_cancel=True)
    app.renew_rows()


def console_settings(
    config: Config, options: ConsoleOptions, site: str, banner: str, themes: Sequence[str], *, replay: bool = False
) -> Any:
    """The config in the console's own words."""
    from wallboard.config import keymap
    from wallboard.ui.settings import ConsoleSettings

    actions = tuple(action for action in keymap.bound(config.keys) if replay or not winds(action))
    if options.looks:
        # Nothing is dialled where people only look, and nobody sits there by name.
        config = replace(config, operator=Operator(), favourites=(), routes=(), alarm=AlarmSettings())
        actions = tuple(filter(looks, actions))
    return ConsoleSettings(
        site=site,
        operator=config.operator.name,
        actions=actions,
        favourites=config.favourites,
        routes=config.routes,
        regions=regions(config),
        themes=themes,
        views=config.views,
        read_only=options.read_only,
        wall=options.wall,
        slow=options.slow,
        kiosk=options.kiosk,
        view=options.view or "",
        banner=banner,
        idle_lock=config.operator.idle_lock,
        bell=config.alarm.bell,
        notify=config.alarm.notify,
        quiet=config.alarm.quiet,
    )


def ports(rooms: Headless, app: ConsoleApp, archive: Archive) -> Any:
    """What the console asks of the other rooms."""
    from wallboard.ui.settings import Ports
    from wallboard.ui.terminal.driver import limit_exit

    def leave() -> None:
        # A request that hangs must not keep the terminal: two seconds, then it is over.
        limit_exit(0)
        app.exit(0)

    def rights() -> Mapping[str, Sequence[str]]:
        return {name: verbs_of(adapter, rooms.dispatcher.allowed) for name, adapter in rooms.adapters.items()}

    def troubles() -> Sequence[str]:
        if rooms.sharing is None:
            return ()
        return [each for each in (*rooms.sharing.problems, rooms.sharing.desk.problem) if each]

    def reports(row: Row) -> Sequence[Report]:
        adapter = rooms.adapters.get(row.key.source)
        return () if adapter is None else asked(row.key.source, lambda: adapter.reports(row), ())

    def start(work: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        scope = anyio.CancelScope()

        async def run() -> None:
            with scope:
                await guarded(work)

        rooms.tasks.start_soon(run)
        return scope.cancel

    return Ports(
        refresh=rooms.reader.refresh,
        demand=rooms.reader.demand,
        set_theme=app.set_wallboard_theme,
        quit=leave,
        bell=app.ring,
        title=app.name_window,
        notify=app.tell_desktop,
        copy=app.copy_text,
        can_dial=dialling(rooms.adapters),
        rights=rights,
        troubles=troubles,
        reports=reports,
        start=start,
        repaint=app.repaint_soon,
        redraw=app.redraw,
        call_backs=archive.call_backs,
        notes=archive.notes,
        past=archive,
        search=app.search,
        scroll_columns=app.scroll_columns,
    )
