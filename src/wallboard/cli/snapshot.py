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
    from wallboard.runtime import headless
    from wallboard.view.snapshot import snapshot, table

    async with headless(config, read_only=True) as head:
        await head.scheduler.once()
        now = head.clock.now()
        taken = snapshot(head.board, now)
        return table(head.board, now) if as_table else taken, verdict(taken["sources"])


def verdict(sources: Iterable[dict[str, Any]]) -> int:
    """The exit code for the `sources` of a snapshot."""
    listed = list(sources)
    if any(part["state"] in ("live", "late", "stale") for source in listed for part in source["resources"]):
        return Exit.OK
    if listed and all(source["state"] == "refused" for source in listed):
        return Exit.REFUSED
    return Exit.UNREACHABLE
