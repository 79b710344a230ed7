"""`wallboard [run]`: the console."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.display import add_display, console_options, first_frame
from wallboard.cli.exits import Exit
from wallboard.cli.opening import add_person
from wallboard.cli.start import site
from wallboard.cli.talk import say
from wallboard.cli.terminal import unusable
from wallboard.domain.language import tr


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("run", help=tr("the console (also without a command)"), description=__doc__)
    add_display(parser)
    add_person(parser)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import open_checked, open_config

    if why := unusable():
        # A wrong config is worth telling even where no console could be shown.
        console_options(arguments)
        open_checked(arguments)
        say(f"wallboard: {why}")
        return Exit.TERMINAL
    with first_frame(arguments, site()):
        options = console_options(arguments)
        config = open_config(arguments, shares=True)
        from wallboard.runtime.console import run_console

        return run_console(config, options, site())
