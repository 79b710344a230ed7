"""What DEST of `wallboard do` means: the same directory as the picker's, asked for a whole name or number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from wallboard.cli.exits import Exit
from wallboard.cli.talk import say
from wallboard.domain.language import mark, tr

if TYPE_CHECKING:
    from anyio import CancelScope

    from wallboard.board.board import Board
    from wallboard.domain.command import Destination
    from wallboard.view.directory import Directory, Place

Places = Callable[[str], "Directory"]
"""The directory as the calls of a source see it now."""


PATIENCE = 10.0
"""Seconds within which a target or a destination must appear."""
GRACE = 1.0
"""Seconds more once its list was read without it (another part of it may come), or with it while others fail."""


async def changed_until(board: Board, patience: float, done: Callable[[CancelScope], bool]) -> None:
    """Return when `done`, asked now and after each change of the board, or after `patience` seconds; `done` may
    bring the deadline of its scope forward."""
    import anyio

    changed = anyio.Event()

    def note(_: object) -> None:
        changed.set()

    unsubscribe = board.subscribe(note)
    try:
        with anyio.move_on_after(patience) as scope:
            while not done(scope):
                await changed.wait()
                changed = anyio.Event()
    finally:
        unsubscribe()


async def where_to(
    board: Board, places: Places, source: str, text: str, patience: float, grace: float
) -> Destination | int:
    """What DEST means once the directory of every source has been read, or the exit code that it is refused with.

    A number that is known is taken at once. For a name every source is heard first: it may mean two things.
    """
    import anyio

    from wallboard.domain.numbers import is_number

    def done(scope: CancelScope) -> bool:
        if all(_listed(board, name) for name in board.sources()):
            return True
        known = any(place.ok for place in places(source).exact(text))
        if known:
            scope.deadline = min(scope.deadline, anyio.current_time() + grace)
        return known and is_number(text)

    await changed_until(board, grace if is_number(text) else patience, done)
    return _meant(places(source), source, text)


def _listed(board: Board, source: str) -> bool:
    """Whether all that the directory takes from a source has been read, or will not be."""
    from wallboard.domain.keys import Resource
    from wallboard.domain.states import ResourceState

    if refused(board, source):
        return True
    wanted = (Resource.AGENTS, Resource.QUEUES, Resource.PHONES, Resource.HOTLINES, Resource.RECEPTIONISTS)
    views = [board.resource_view(source, resource) for resource in wanted]
    return found_out(board, source) and all(view is None or view.state is not ResourceState.NEVER for view in views)


def _meant(directory: Directory, source: str, text: str) -> Destination | int:
    """The one destination of that number or name. A number in no directory is one, too, and is asked for."""
    from wallboard.domain.numbers import dialled, is_number

    found = directory.exact(text)
    able = [place for place in found if place.ok]
    own = [place for place in able if place.source == source or place.number == dialled(text)]
    pool = own if own and is_number(text) else able
    if len({place.number for place in pool}) > 1:
        say(tr("wallboard do: {text!r} means several; write the number of one:", text=text))
        return _list(pool, Exit.USAGE)
    if pool:
        return pool[0].destination()
    # An address such as 022*341@pbx is a number to some, a word is none to anybody.
    if is_number(text) or (("*" in text or "@" in text) and directory.typed(text).ok):
        return directory.typed(text).destination()
    if found:
        say(tr("wallboard do: {source} cannot send to {name}:", source=source, name=found[0].label))
        return _list(found, Exit.FAILED)
    near = directory.matches(text, limit=5)
    nobody = mark("wallboard do: nobody is called {text!r}; write a number")
    if near:
        nobody = mark("wallboard do: nobody is called {text!r}; write a number, or one of:")
    say(tr(nobody, text=text))
    return _list(near, Exit.USAGE)


def _list(places: Sequence[Place], code: int) -> int:
    for place in places:
        number = f" {place.shown}" if place.shown else ""
        say(f"  {place.label}{number} ({place.source})" + ("" if place.ok else f": {place.reason}"))
    return code


def plain_directory(board: Board, source: str) -> Directory:
    from wallboard.view.context import Context
    from wallboard.view.directory import Directory

    return Directory(Context(board, board.now()), source, (), (), lambda _source, _destination: (True, ""))


def found_out(board: Board, source: str) -> bool:
    """Whether it is known by now what there is to read of a source."""
    from wallboard.board.freshness import DISCOVERY
    from wallboard.domain.states import ResourceState

    views = [view for each in board.source_views() if each.info.name == source for view in each.resources]
    feeds = [feed for view in views for feed in view.feeds if feed.scope == DISCOVERY]
    return all(feed.state is not ResourceState.NEVER for feed in feeds)


def refused(board: Board, source: str) -> bool:
    """Whether the vendor refuses the credentials: nothing will come of waiting then."""
    from wallboard.domain.states import SourceState

    return any(view.info.name == source and view.state is SourceState.REFUSED for view in board.source_views())
