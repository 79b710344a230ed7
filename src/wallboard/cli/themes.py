"""`wallboard themes`: what `theme =` and `--theme` may name."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, say


def add(commands: argparse._SubParsersAction[Any]) -> None:
    commands.add_parser("themes", help="list the themes", description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.config.paths import themes_dir
    from wallboard.theming import ThemeError, available

    broken: list[ThemeError] = []
    found = available(themes_dir(), broken)
    width = max(len(info.name) for info in found)
    for info in found:
        ground = "dark" if info.dark else "light"
        data(f"{info.name:<{width}}  {ground:<5}  {info.origin:<7}  {info.label}")
    say(f"your own go into {themes_dir()}")
    for error in broken:
        say(str(error))
    return Exit.USAGE if broken else Exit.OK
