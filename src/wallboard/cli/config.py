"""`wallboard config show|path|schema`."""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.exits import Exit
from wallboard.cli.opening import add_person
from wallboard.cli.talk import data, json_data, path_data, say
from wallboard.domain.language import tr


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("config", help=tr("show the config, where it lies, or its schema"))
    parts = parser.add_subparsers(dest="part", metavar="show|path|schema", required=True)
    add_person(parts.add_parser("show", help=tr("each value with its origin; secrets only as references")))
    parts.add_parser("path", help=tr("which file is read"))
    parts.add_parser("schema", help=tr("JSON schema of the file"))


def run(arguments: argparse.Namespace) -> int:
    match arguments.part:
        case "path":
            return _path(arguments)
        case "schema":
            from wallboard.config.schema import schema

            json_data(schema())
        case _:
            from wallboard.cli.opening import open_checked
            from wallboard.config.show import show

            checked = open_checked(arguments)
            for path in checked.files:
                say(tr("from {path}", path=path))
            data(show(checked))
    return Exit.OK


def _path(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import named_by, option
    from wallboard.config.paths import config_origin, config_path, site_config

    path = config_path(option(arguments))
    path_data(path)
    by = named_by(config_origin(option(arguments)))
    say(by if path.exists() else tr("{by}; there is no such file yet", by=by))
    if site := site_config():
        say(tr("over what {path} says for all who work here", path=site.path))
    return Exit.OK
