"""Rooms that nobody sits at: what a board needs to be whole from day to day without a console."""

from __future__ import annotations

from collections.abc import Callable

from wallboard.config.settings import Config
from wallboard.domain.keys import Resource
from wallboard.history.archive import Archive
from wallboard.runtime.garbage import collect
from wallboard.runtime.rooms import HISTORY, Headless, guarded
from wallboard.runtime.sharing import past_on_desk

SECOND = 1.0


def archive_of(rooms: Headless, config: Config) -> Archive:
    """The history of these rooms; who sits here is who writes notes."""
    names = frozenset(source.name for source in config.sources)
    archive = Archive(rooms.board, rooms.clock, rooms.state / HISTORY, config.keep, names, config.operator.name)
    if rooms.sharing is not None:
        past_on_desk(rooms.sharing.desk, archive)
    return archive


async def attend(
    rooms: Headless,
    config: Config,
    wanted: frozenset[Resource],
    each_second: Callable[[], None] = lambda: None,
    archive: Archive | None = None,
) -> None:
    """Start the sources, the history, the alarms and the seconds; they run until the rooms end. `wanted` is read as
    for a screen; `archive` is that of these rooms, for who also asks it how it fares. What keeps may break by itself;
    where the reader does, the rooms end: it is what they are for."""
    await rooms.keeper.restore(rooms.adapters)
    rooms.reader.demand(wanted)
    rooms.tasks.start_soon(guarded, (archive or archive_of(rooms, config)).run)
    rooms.tasks.start_soon(guarded, rooms.keeper.run)
    rooms.tasks.start_soon(rooms.reader.run)
    rooms.tasks.start_soon(_tick, rooms, each_second)
    rooms.tasks.start_soon(collect)


async def _tick(rooms: Headless, each_second: Callable[[], None]) -> None:
    while True:
        rooms.board.tick()
        each_second()
        await rooms.clock.sleep(SECOND)
