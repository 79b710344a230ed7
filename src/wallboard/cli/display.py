"""The flags of the console that `run` and `demo` share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wallboard.domain.language import tr

if TYPE_CHECKING:
    from wallboard.config.settings import ConsoleOptions


def add_display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="T", help=tr("how it looks; `wallboard themes` lists them"))
    parser.add_argument("--ascii", action="store_true", help=tr("ASCII signs only"))
    parser.add_argument("--wall", action="store_true", help=tr("start in wall mode"))
    parser.add_argument(
        "--kiosk", action="store_true", help=tr("the wall alone: no key leaves it, Ctrl+C twice ends it")
    )
    parser.add_argument("--view", metavar="V", help=tr("start with this [[view]] of the config"))
    parser.add_argument("--slow", action="store_true", help=tr("for slow lines: fewer frames"))
    parser.add_argument(
        "--no-mouse", action="store_true", help=tr("leave the mouse to the terminal, for selecting text")
    )
    parser.add_argument("--read-only", action="store_true", help=tr("build nothing that can act"))


def console_options(arguments: argparse.Namespace) -> ConsoleOptions:
    """The flags; ConfigError if there is no such theme."""
    from wallboard.cli.opening import check_theme
    from wallboard.config.settings import ConsoleOptions

    if arguments.theme is not None:
        check_theme(arguments.theme, where="--theme")
    return ConsoleOptions(
        *(arguments.read_only, arguments.theme, arguments.ascii, arguments.wall, arguments.slow),
        kiosk=arguments.kiosk,
        view=arguments.view,
        mouse=not arguments.no_mouse,
    )


@contextmanager
def first_frame(arguments: argparse.Namespace, site: str) -> Iterator[None]:
    """Take the screen at once and say so, while the rest is still being read from disk; give it back at the end.

    What goes wrong in between (a wrong config, a secret that cannot be read) is told on the normal screen.
    """
    from wallboard.cli.start import has_greys
    from wallboard.ui.terminal import charset, splash

    if not splash.is_up():
        greys = has_greys(colourless=arguments.theme == "mono")
        splash.show(site, tr("connecting"), ascii_only=arguments.ascii or not charset.unicode_terminal(), colour=greys)
    try:
        yield
    finally:
        splash.leave()
