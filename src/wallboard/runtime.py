"""The composition root: it alone knows all rooms. It owns the task group, the clients, the board, the scheduler, the
dispatcher and the app, and ends them in order.

The runtime hosts the Textual app and not the reverse: Textual cancels its workers at exit without awaiting them, and
a task group entered in `on_mount` cannot be left in `on_unmount` (measured; docs/architecture.md).
"""

from __future__ import annotations

import gc
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from anyio.abc import TaskGroup

from wallboard.board import Board, BoardSettings, Timing
from wallboard.config.paths import private, state_dir, themes_dir
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.control.alarm_file import NAME as ALARMS
from wallboard.control.alarm_file import AlarmFile, AlarmKeeper
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.journaling import left_open as told_open
from wallboard.control.offers import NOT_ALLOWED
from wallboard.domain.clock import Clock, SystemClock
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import ConfigError, VendorError
from wallboard.domain.known import KnownNumbers
from wallboard.domain.language import english, tr, trn
from wallboard.domain.models import Row
from wallboard.domain.suggestion import meant
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo
from wallboard.history.archive import Archive
from wallboard.polling.health import Health
from wallboard.polling.scheduler import Scheduler
from wallboard.vendors.base import Adapter, Can, Report, Services, SourceSettings
from wallboard.vendors.registry import load as load_vendor
from wallboard.vendors.unbuilt import Unbuilt

if TYPE_CHECKING:
    from wallboard.ui.app import ConsoleApp
    from wallboard.ui.console import Console
    from wallboard.view.directory import Directory

log = logging.getLogger(__name__)

HISTORY = "history.sqlite3"

Answer = TypeVar("Answer")
_faults = Health()

Transports = Callable[[SourceSettings], Any]
"""What replaces the network for a source; None leaves it as it is."""


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
    state: Path
    """Where journal and history lie."""


@asynccontextmanager
async def headless(
    config: Config,
    *,
    read_only: bool = False,
    transports: Transports | None = None,
    clock: Clock | None = None,
    state: Path | None = None,
    keeps: bool = True,
) -> AsyncIterator[Headless]:
    """Build all rooms for `config`; on leaving, cancel what runs and close every client. `state` is where the
    journal and the alarms lie (the platform's state directory if None); without `keeps` alarms are only read there."""
    clock = clock or SystemClock()
    alarm = config.alarm
    timing = Timing(alarm.on_delay, alarm.off_delay, alarm.deadband, alarm.again)
    known = KnownNumbers(config.known)
    board = Board(clock, BoardSettings(config.queues, known=known, regions=regions(config), timing=timing))
    adapters: dict[str, Adapter] = {}
    for settings in config.sources:
        settings = replace(settings, read_only=settings.read_only or read_only)
        transport = transports(settings) if transports is not None else None
        adapters[settings.name] = built(settings, Services(clock, transport))
    for name, adapter in adapters.items():
        board.source(_asked(name, adapter.info, SourceInfo(name, adapter.settings.vendor)))
    scheduler = Scheduler(clock, adapters, board, random=random.Random())
    folder = state or state_dir()
    # Where nothing can be written, reading goes on; each action is then refused with the journal's own reason.
    with suppress(OSError):
        private(folder)
    journal = Journal(folder / "audit.jsonl", clock, operator=config.operator.name)
    if not os.access(folder, os.W_OK):
        journal.problem = tr("the action journal cannot be written: {folder} is not writable", folder=folder)
    keeper = AlarmKeeper(board.alarms, AlarmFile(folder / ALARMS, clock.now), clock, writes=keeps)
    try:
        async with anyio.create_task_group() as tasks:

            def start(work: Callable[[], Awaitable[None]]) -> None:
                tasks.start_soon(_guarded, work)

            dispatcher = Dispatcher(
                board,
                adapters,
                journal,
                clock,
                read_only=read_only,
                may=config.operator.may,
                hurry=scheduler.hurry,
                start=start,
            )
            yield Headless(board, scheduler, dispatcher, adapters, clock, tasks, keeper, folder)
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
            await keeper.flush()
            for adapter in adapters.values():
                await _guarded(adapter.aclose)


def built(settings: SourceSettings, services: Services) -> Adapter:
    """The source's adapter; one that breaks while it is made leaves a source that says so, and the others run.
    ConfigError where the config itself is wrong."""
    try:
        return load_vendor(settings.vendor).build(settings, services)
    except ConfigError:
        raise
    except VendorError as error:
        log.warning("%s: %s", settings.name, english(str(error)))
        return Unbuilt(settings, services, clean(str(error)))
    except Exception as error:
        log.exception("%s could not be set up", settings.name)
        said = tr("broke when it was set up ({fault}): see the log", fault=type(error).__name__)
        return Unbuilt(settings, services, clean(said))


async def _guarded(work: Callable[[], Awaitable[None]]) -> None:
    """An action or a reading that fails in a way nobody foresaw must not take the other rooms with it."""
    try:
        await work()
    except Exception:
        log.exception("an action or a reading failed unexpectedly")


def _broken() -> Can:
    return Can(False, tr("the adapter broke when it was asked: see the log"))


def _asked(name: str, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    """What an adapter says; where it breaks in a way nobody foresaw `otherwise`, and nobody else ends with it."""
    try:
        return ask()
    except Exception as error:
        _faults.broke(f"{name} asked", error)
        return otherwise


# ---- the console -------------------------------------------------------------------------------------------------


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


def _run(
    config: Config,
    options: ConsoleOptions,
    *,
    site: str,
    banner: str = "",
    transports: Transports | None = None,
    state: Path | None = None,
) -> int:
    from wallboard import logs

    views = [view.name for view in config.views]
    if options.view is not None and options.view not in views:
        raise ConfigError(
            tr('there is no view "{view}"', view=options.view), where="--view", hint=meant(options.view, views)
        )
    if options.kiosk or config.kiosk:
        # Whoever passes must not be able to act, whatever the key.
        options = replace(options, kiosk=True, read_only=True)
    log_file = logs.setup(state or state_dir())
    fault: Exception | None = None
    code = 0

    async def main() -> None:
        nonlocal code, fault
        async with headless(config, read_only=options.read_only, transports=transports, state=state) as rooms:
            code, fault = await _console(rooms, config, options, site, banner)

    try:
        anyio.run(main)
    finally:
        log_file.close()
    if fault is not None:
        # Out here, where no task group makes a group of it.
        raise fault
    return code


async def _console(
    rooms: Headless, config: Config, options: ConsoleOptions, site: str, banner: str
) -> tuple[int, Exception | None]:
    """The exit code, and what ended the app if nobody foresaw that."""
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
    names = frozenset(source.name for source in config.sources)
    path, by = rooms.state / HISTORY, config.operator.name
    archive = Archive(rooms.board, rooms.clock, path, config.keep, names, by)

    def make(app: ConsoleApp) -> Console:
        console = Console(
            rooms.board,
            rooms.dispatcher,
            rooms.clock,
            console_settings(config, options, site, banner, themes),
            ports(rooms, app, archive),
        )
        unsubscribe.append(rooms.board.subscribe(app.data_changed))
        for record in left_open:
            console.remarks.log("action", told_open(record), "warn")
        rooms.keeper.subscribe(lambda problem: console.remarks.log("state", problem, "warn"))
        if rooms.keeper.problem:
            console.remarks.say(rooms.keeper.problem, "warn")
            console.remarks.log("state", rooms.keeper.problem, "warn")
        if left_open:
            said = trn(
                "{n} action of a killed console has no ending: see the log",
                "{n} actions of a killed console have no ending: see the log",
                len(left_open),
            )
            console.remarks.say(said, "warn")
        return console

    left_open = await rooms.dispatcher.take_over()
    await rooms.keeper.restore(rooms.adapters)
    rooms.tasks.start_soon(rooms.keeper.run)

    def ready() -> None:
        # The first frame is on the screen; now the network may begin.
        rooms.tasks.start_soon(_guarded, archive.run)
        rooms.tasks.start_soon(rooms.scheduler.run)
        rooms.tasks.start_soon(_guarded, partial(_warm_up, config))

    app = ConsoleApp(
        make,
        load_theme(name),
        load_theme,
        ascii_only=options.ascii or not unicode_terminal(),
        ready=ready,
    )
    # What was imported stays for good: the collector need not walk through it again and again.
    gc.freeze()
    gc.enable()
    try:
        await app.run_async(mouse=options.mouse)
    finally:
        for leave in unsubscribe:
            leave()
    return app.return_value or app.return_code or 0, app.fault


async def _warm_up(config: Config) -> None:
    """Load the numbering plans in a thread, while nobody has asked for a destination yet."""
    if not regions(config):
        # Without national numbers hardly one is in doubt.
        return
    from anyio import to_thread

    from wallboard.domain.numbers import warm

    await to_thread.run_sync(warm, *regions(config).values(), abandon_on_cancel=True)


def console_settings(config: Config, options: ConsoleOptions, site: str, banner: str, themes: Sequence[str]) -> Any:
    """The config in the console's own words."""
    from wallboard.config import keymap
    from wallboard.ui.settings import ConsoleSettings

    return ConsoleSettings(
        site=site,
        operator=config.operator.name,
        actions=keymap.bound(config.keys),
        favourites=config.favourites,
        routes=config.routes,
        regions=regions(config),
        themes=themes,
        views=config.views,
        read_only=options.read_only,
        wall=options.wall,
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

    def reports(row: Row) -> Sequence[Report]:
        adapter = rooms.adapters.get(row.key.source)
        return () if adapter is None else _asked(row.key.source, lambda: adapter.reports(row), ())

    def start(work: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        scope = anyio.CancelScope()

        async def run() -> None:
            with scope:
                await _guarded(work)

        rooms.tasks.start_soon(run)
        return scope.cancel

    return Ports(
        refresh=rooms.scheduler.refresh,
        demand=rooms.scheduler.demand,
        set_theme=app.set_wallboard_theme,
        quit=leave,
        bell=app.ring,
        title=app.name_window,
        notify=app.tell_desktop,
        copy=app.copy_text,
        can_dial=dialling(rooms.adapters),
        rights=rights,
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


def regions(config: Config) -> dict[str, str]:
    """The country of each source's national telephone numbers, as far as the config names it."""
    return {source.name: source.region for source in config.sources if source.region}


def dialling(adapters: Mapping[str, Adapter]) -> Callable[[str, Destination], tuple[bool, str]]:
    """Whether calls of a source can be sent to a destination, and why not."""

    def can_dial(source: str, destination: Destination) -> tuple[bool, str]:
        adapter = adapters.get(source)
        if adapter is None:
            return False, tr("{source} is not connected", source=source)
        can = _asked(source, lambda: adapter.can_dial(destination), _broken())
        return can.ok, can.reason

    return can_dial


def directory(rooms: Headless, config: Config, source: str) -> Directory:
    """Where calls of `source` can be sent, as the picker of the console would show it now."""
    from wallboard.view.context import Context
    from wallboard.view.directory import Directory

    context = Context(rooms.board, rooms.clock.now())
    return Directory(context, source, config.favourites, config.routes, dialling(rooms.adapters), regions(config))


def verbs_of(adapter: Adapter, allowed: Collection[Verb] | None = None) -> list[str]:
    """What a source can do for this account, and what it cannot and why, as two lines. `allowed`: the verbs that the
    operator uses, None for all."""
    able: list[str] = []
    unable: dict[str, list[str]] = {}
    broken = _broken()
    for verb in Verb:
        if verb in (Verb.NOTE, Verb.END):
            continue
        can = _asked(adapter.settings.name, partial(adapter.can, verb, None), broken)
        if can.ok and allowed is not None and verb not in allowed:
            can = Can(False, tr(NOT_ALLOWED))
        if can.ok:
            able.append(verb.value)
        else:
            unable.setdefault(can.reason, []).append(verb.value)
    does, lacks = tr("can"), tr("cannot")
    width = max(len(does), len(lacks))
    lines = [f"{does:<{width}} {' '.join(able) or tr('only watch')}"]
    if unable:
        reasons = "; ".join(f"{' '.join(verbs)}: {reason}" for reason, verbs in unable.items())
        lines.append(f"{lacks:<{width}} {reasons}")
    return lines
