"""`wallboard snapshot`: poll everything once, print, exit.

Exit 0 if any source gave anything (what failed is in `sources`), 3 if none was reached, 4 if all refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, json_data, say
from wallboard.domain.language import tr

if TYPE_CHECKING:
    from wallboard.config.settings import Config
    from wallboard.runtime.rooms import Headless

TOLD = 10.0
"""Seconds for which it is waited for what others read."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("snapshot", help=tr("poll everything once and print it"), description=__doc__)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=tr("one JSON object (default when the output is a pipe)"))
    form.add_argument("--table", action="store_true", help=tr("tables to read (default on a terminal)"))


def run(arguments: argparse.Namespace) -> int:
    import anyio

    from wallboard.cli.opening import for_programs, open_config

    config = open_config(arguments)
    taken, code = anyio.run(_take, config, not for_programs(arguments))
    data(taken) if isinstance(taken, str) else json_data(taken)
    return said(code)


def said(code: int) -> int:
    """The exit code, after the sentence that belongs to it."""
    if code == Exit.UNREACHABLE:
        say(tr("wallboard: no source was reached; `wallboard check` says why"))
    elif code == Exit.REFUSED:
        say(tr("wallboard: every source refused the credentials; `wallboard check` says why"))
    return code


async def _take(config: Config, as_table: bool) -> tuple[str | dict[str, Any], int]:
    """The table, or what there is to write as JSON, and the exit code."""
    from anyio.to_thread import run_sync

    from wallboard.domain.numbers import warm
    from wallboard.runtime.rooms import headless
    from wallboard.view.snapshot import snapshot, table

    async with headless(config, read_only=True) as head:
        if config.share is not None and config.share.remote:
            await _told(head)
        else:
            await head.scheduler.once()
        if as_table:
            await run_sync(warm)
        now = head.clock.now()
        taken = snapshot(head.board, now)
        return table(head.board, now) if as_table else taken, verdict(taken["sources"])


async def _told(head: Headless) -> None:
    """What others read, as soon as all of it is there, or as much as there is after a while."""
    import anyio

    from wallboard.cli.destination import GRACE, changed_until
    from wallboard.domain.keys import Resource
    from wallboard.domain.states import ResourceState

    def done(scope: anyio.CancelScope) -> bool:
        views = (head.board.resource_view(name, each) for name in head.board.sources() for each in Resource)
        states = [view.state for view in views if view is not None]
        if states and ResourceState.NEVER not in states:
            # What comes as it happens may come before what is written down.
            scope.deadline = min(scope.deadline, anyio.current_time() + GRACE)
        return False

    head.reader.demand(frozenset(Resource))
    head.tasks.start_soon(head.reader.run)
    await changed_until(head.board, TOLD, done)


def verdict(sources: Iterable[dict[str, Any]]) -> int:
    """The exit code for the `sources` of a snapshot."""
    listed = list(sources)
    if any(part["state"] in ("live", "late", "stale") for source in listed for part in source["resources"]):
        return Exit.OK
    if listed and all(source["state"] == "refused" for source in listed):
        return Exit.REFUSED
    return Exit.UNREACHABLE
