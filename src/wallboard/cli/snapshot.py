"""`wallboard snapshot`: poll everything once, print, exit.

Exit 0 if any source gave anything (what failed is in `sources`), 3 if none was reached, 4 if all refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, say

if TYPE_CHECKING:
    from wallboard.config.settings import Config


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("snapshot", help="poll everything once and print it", description=__doc__)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object (default when the output is a pipe)")
    form.add_argument("--table", action="store_true", help="tables to read (default on a terminal)")


def run(arguments: argparse.Namespace) -> int:
    import sys

    import anyio

    from wallboard.cli.opening import open_config

    config = open_config(arguments)
    table = arguments.table or (not arguments.json and sys.stdout.isatty())
    text, code = anyio.run(_take, config, table)
    data(text)
    if code == Exit.UNREACHABLE:
        say("wallboard: no source was reached; `wallboard check` says why")
    elif code == Exit.REFUSED:
        say("wallboard: every source refused the credentials; `wallboard check` says why")
    return code


async def _take(config: Config, as_table: bool) -> tuple[str, int]:
    import json

    from wallboard.runtime import headless
    from wallboard.view.snapshot import snapshot, table

    async with headless(config, read_only=True) as head:
        await head.scheduler.once()
        now = head.clock.now()
        taken = snapshot(head.board, now)
        text = table(head.board, now) if as_table else escaped(json.dumps(taken, indent=2, ensure_ascii=False))
        return text, verdict(taken["sources"])


def escaped(text: str) -> str:
    """JSON with what a terminal could take for a command written as `\\uXXXX`: ids are the vendor's own, never cleaned.

    Names stay readable, and a reader of the JSON gets the same object.
    """
    return "".join(char if char == "\n" or char.isprintable() else json_escape(char) for char in text)


def json_escape(char: str) -> str:
    """One character as JSON escapes it, as a surrogate pair where it needs one."""
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def verdict(sources: Iterable[dict[str, Any]]) -> int:
    """The exit code for the `sources` of a snapshot."""
    listed = list(sources)
    if any(part["state"] in ("live", "late", "stale") for source in listed for part in source["resources"]):
        return Exit.OK
    if listed and all(source["state"] == "refused" for source in listed):
        return Exit.REFUSED
    return Exit.UNREACHABLE
