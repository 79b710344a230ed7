"""`wallboard watch`: one line a change, for pipes and screen readers, until it is interrupted.

It begins with what is there. Exit 3 if no source was reached at the start, 4 if all refused; once one was, it goes on
whatever becomes of them, and ends with 0 when nobody reads it any more.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.snapshot import said, verdict
from wallboard.cli.talk import data, json_data, reader_gone
from wallboard.domain.language import tr

if TYPE_CHECKING:
    from wallboard.config.settings import Config
    from wallboard.runtime.rooms import Headless
    from wallboard.view.changes import Change

SECOND = 1.0
"""A figure is written at most so often."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("watch", help=tr("write one line for each change"), description=__doc__)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help=tr("one JSON object a line (default when the output is a pipe)")
    )
    form.add_argument("--plain", action="store_true", help=tr("one sentence a line (default on a terminal)"))


def run(arguments: argparse.Namespace) -> int:
    import anyio

    from wallboard.cli.opening import for_programs, open_config
    from wallboard.cli.signals import until_signal

    config = open_config(arguments, shares=True)
    return said(anyio.run(until_signal, partial(_watch, config, not for_programs(arguments))))


async def _watch(config: Config, in_words: bool) -> int:
    from anyio.to_thread import run_sync

    from wallboard.control.journal_tail import JournalTail
    from wallboard.domain.keys import Resource
    from wallboard.domain.numbers import warm
    from wallboard.runtime.rooms import headless
    from wallboard.view.changes import Changes

    async with headless(config, read_only=True, keeps=False, shares=True) as head:
        await head.keeper.restore(head.adapters)
        head.reader.demand(frozenset(Resource))
        head.tasks.start_soon(head.reader.run)
        head.tasks.start_soon(head.keeper.run)
        tail = JournalTail(head.state / "audit.jsonl")
        changes, regions = Changes(), head.board.settings.regions
        if in_words:
            await run_sync(warm)
        reached = False
        while True:
            head.board.tick()
            rows = taken(head, await run_sync(tail.records) if reached else ())
            code = Exit.OK if reached else verdict(rows["sources"])
            reached = code == Exit.OK
            # A reader that is slow holds up neither the readings nor the way out.
            write = partial(_written, changes.step(rows) if reached else (), head.clock.now(), in_words, regions)
            if reached and not await run_sync(write, abandon_on_cancel=True):
                return Exit.OK
            if not reached and not any(view.connecting for view in head.board.source_views()):
                return code
            await head.clock.sleep(SECOND)


def taken(head: Headless, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that is watched, by list."""
    from wallboard.view.changes import action_rows, alarm_rows
    from wallboard.view.context import Context
    from wallboard.view.snapshot import snapshot

    context = Context(head.board, head.clock.now())
    told = {"alarms": alarm_rows(head.board.alarms.listed(), context), "actions": action_rows(records, context)}
    return {**snapshot(head.board, context.now), **told}


def _written(found: Sequence[Change], now: float, in_words: bool, regions: Mapping[str, str]) -> bool:
    """Write the changes; False where nobody reads them."""
    from wallboard.domain.clock import iso
    from wallboard.view.changes import plain
    from wallboard.view.format import local

    if reader_gone():
        return False
    for change in found:
        if in_words:
            line = plain(change, local(now), regions)
            going_on = not line or data(line)
        else:
            shown = {"at": iso(now), "list": change.list, "change": change.change, "row": change.row}
            going_on = json_data(shown, None)
        if not going_on:
            return False
    return True
