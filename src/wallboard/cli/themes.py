"""`wallboard themes`: what `theme =` and `--theme` may name."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, say
from wallboard.domain.language import tr, trc


def add(commands: argparse._SubParsersAction[Any]) -> None:
    commands.add_parser("themes", help=tr("list the themes"), description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.config.paths import themes_dir
    from wallboard.theming import ThemeError, available

    broken: list[ThemeError] = []
    found = available(themes_dir(), broken)
    width = max(len(info.name) for info in found)
    grounds = {True: trc("theme", "dark"), False: trc("theme", "light")}
    origins = {"shipped": trc("theme", "shipped"), "user": trc("theme", "user")}
    ground, origin = (max(map(len, words.values())) for words in (grounds, origins))
    for info in found:
        facts = f"{grounds[info.dark]:<{ground}}  {origins[info.origin]:<{origin}}"
        data(f"{info.name:<{width}}  {facts}  {info.label}")
    say(tr("your own go into {folder}", folder=themes_dir()))
    for error in broken:
        say(str(error))
    return Exit.USAGE if broken else Exit.OK
