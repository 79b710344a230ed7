"""Opening the configuration for a command: found, checked, its theme looked up, its secrets resolved if wanted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wallboard.config.paths import config_path, themes_dir
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr, use

if TYPE_CHECKING:
    from wallboard.config.load import Checked
    from wallboard.config.settings import Config


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

    checked = load(config_path(option(arguments)))
    if checked.model.language is not None:
        speak(arguments, checked.model.language)
    check_theme(checked.model.theme, where=checked.where("theme"))
    return checked


def open_config(arguments: argparse.Namespace) -> Config:
    """The configuration with every secret resolved. Raises ConfigError."""
    return open_checked(arguments).config()


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
    from wallboard.theming import ThemeError, load

    try:
        load(name, user_dir=themes_dir())
    except ThemeError as error:
        problem = error.problem if error.where == name else f"{error.where}: {error.problem}"
        raise ConfigError(problem, where=where, hint=error.suggestion) from None
