"""`wallboard [run]`: the console."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.display import add_display, console_options, refused_terminal


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("run", help="the console (also without a command)", description=__doc__)
    add_display(parser)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import open_checked, resolved

    # A wrong config is worth telling even where no console could be shown; secrets are read only where one can.
    options = console_options(arguments)
    checked = open_checked(arguments)
    refused = refused_terminal()
    if refused is not None:
        return refused
    config = resolved(checked)
    from wallboard.runtime import run_console

    return run_console(config, options)
