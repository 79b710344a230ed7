"""`wallboard [run]`: the console."""

from __future__ import annotations

import argparse
import socket
from typing import TYPE_CHECKING, Any

from wallboard.cli.display import add_display, console_options, first_frame, refused_terminal
from wallboard.cli.exits import Exit
from wallboard.cli.terminal import unusable

if TYPE_CHECKING:
    from wallboard.config.load import Checked


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("run", help="the console (also without a command)", description=__doc__)
    add_display(parser)


def run(arguments: argparse.Namespace) -> int:
    if unusable():
        # A wrong config is worth telling even where no console could be shown.
        console_options(arguments)
        _opened(arguments)
        return refused_terminal() or Exit.TERMINAL
    with first_frame(arguments, socket.gethostname().split(".")[0] or "wallboard"):
        options = console_options(arguments)
        config = _opened(arguments).config()
        from wallboard.runtime import run_console

        return run_console(config, options)


def _opened(arguments: argparse.Namespace) -> Checked:
    from wallboard.cli.opening import open_checked

    return open_checked(arguments)
