"""`wallboard demo`: the console on a simulated contact centre. No account, no network, no configuration."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.display import add_display, console_options, first_frame
from wallboard.cli.exits import Exit
from wallboard.cli.numbers import seed, speed
from wallboard.cli.talk import say
from wallboard.cli.terminal import unusable
from wallboard.domain.language import tr


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("demo", help=tr("the console on a simulated contact centre"), description=__doc__)
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help=tr("another seed, another day (default 1)"))
    parser.add_argument(
        "--speed", type=speed, default=1.0, metavar="X", help=tr("simulated seconds a second (default 1)")
    )
    add_display(parser)


def run(arguments: argparse.Namespace) -> int:
    if why := unusable():
        # A wrong flag is worth telling even where no console could be shown.
        console_options(arguments)
        say(f"wallboard: {why}")
        return Exit.TERMINAL
    with first_frame(arguments, "demo"):
        options = console_options(arguments)
        from wallboard.runtime.console import run_demo

        return run_demo(arguments.seed, arguments.speed, options)
