"""`wallboard init`: a commented configuration to fill in; never over one that exists."""

from __future__ import annotations

import argparse
import os
from typing import Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import path_data, say
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr


def add(commands: argparse._SubParsersAction[Any]) -> None:
    commands.add_parser("init", help=tr("write a commented config"), description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import option
    from wallboard.config.paths import config_path, private
    from wallboard.config.template import TEMPLATE

    path = config_path(option(arguments))
    try:
        private(path.parent)
        # Never over a file that is there, nor through a link that somebody laid.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise ConfigError(
            tr("there is a file already, and it stays as it is"),
            where=str(path),
            hint=tr("edit it, or name another with --config"),
        ) from None
    except OSError as error:
        raise ConfigError(
            tr("it cannot be written: {why}", why=error.strerror),
            where=str(path),
            hint=tr("name another with --config"),
        ) from None
    path_data(path)
    say(tr("written. Take the # away before one [[source]], fill it in, then run: wallboard check"))
    return Exit.OK
