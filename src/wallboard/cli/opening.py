"""Opening the configuration for a command: found, checked, its theme looked up, its secrets resolved if wanted."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wallboard.domain.decoding import heard
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr, use

if TYPE_CHECKING:
    from wallboard.config.layers import Layer
    from wallboard.config.load import Checked
    from wallboard.config.settings import Config

_PERSON = {"operator": ("name", "WALLBOARD_OPERATOR"), "phone": ("phone", "WALLBOARD_PHONE")}
"""What a desk that several people share is told of who sits there: flag -> key of [operator], variable."""


def add_person(parser: argparse.ArgumentParser) -> None:
    """The flags that say who sits here."""
    parser.add_argument(
        "--operator", metavar="NAME", help=tr("who sits here, whatever [operator] name says (also $WALLBOARD_OPERATOR)")
    )
    parser.add_argument(
        "--phone", metavar="NUMBER", help=tr("my telephone, whatever [operator] phone says (also $WALLBOARD_PHONE)")
    )


def option(arguments: argparse.Namespace) -> str | None:
    """The file named by `--config`, before or after the command."""
    named: str | None = getattr(arguments, "config", None)
    return named


def named_by(origin: str) -> str:
    """Why the file is the one it is; `origin` as `config_origin` gives it."""
    return tr("by default") if origin == "default" else tr("by {origin}", origin=origin)


def for_programs(arguments: argparse.Namespace) -> bool:
    """Whether what is printed is for a program: by its flag, or because a command that has both writes to a pipe."""
    given = vars(arguments)
    either = {"table", "plain"} & given.keys()
    return bool(
        given.get("json")
        or given.get("csv")
        or (either and not any(given[name] for name in either) and not sys.stdout.isatty())
    )


def speak(arguments: argparse.Namespace, language: str) -> None:
    """Use this language from now on; what is printed for a program is English."""
    use("en" if for_programs(arguments) else language)


def open_checked(arguments: argparse.Namespace) -> Checked:
    """The configuration with its secrets still unread. Raises ConfigError."""
    from wallboard.config.load import load
    from wallboard.config.paths import config_origin, config_path, site_config

    named, site = option(arguments), site_config()
    needed = site is None or config_origin(named) != "default"
    checked = load(config_path(named), site=site, needed=needed, given=_given(arguments))
    if checked.model.language is not None:
        speak(arguments, checked.model.language)
    check_theme(checked.model.theme, where=checked.where("theme"))
    return checked


def _given(arguments: argparse.Namespace) -> Layer:
    """What the environment says of the person and, over it, the command line."""
    from wallboard.config.layers import Layer, Place

    said: dict[str, str] = {}
    places: dict[tuple[str | int, ...], Place] = {}
    for flag, (key, variable) in _PERSON.items():
        for origin, text in (
            (f"${variable}", os.environ.get(variable) or None),
            (f"--{flag}", vars(arguments).get(flag)),
        ):
            if text is not None:
                said[key], places["operator", key] = heard(text), Place(origin)
    return Layer({"operator": said} if said else {}, places)


def open_config(arguments: argparse.Namespace, *, shares: bool = False) -> Config:
    """The configuration with every secret resolved; `shares`: for who takes part in the bus. Raises ConfigError."""
    return open_checked(arguments).config(shares=shares)


@contextmanager
def logged() -> Iterator[None]:
    """While it lasts, log lines go to `wallboard.log` and not to the terminal."""
    from wallboard import logs
    from wallboard.config.paths import state_dir

    log = logs.setup(state_dir())
    try:
        yield
    finally:
        log.close()


def check_theme(name: str, *, where: str) -> None:
    """ConfigError unless the theme `name` can be loaded."""
    from wallboard.config.paths import themes_dir
    from wallboard.theming import ThemeError, load

    try:
        load(name, user_dir=themes_dir())
    except ThemeError as error:
        problem = error.problem if error.where == name else f"{error.where}: {error.problem}"
        raise ConfigError(problem, where=where, hint=error.suggestion) from None
