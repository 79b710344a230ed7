"""`wallboard keys`: every action with its id and its keys; `--defaults` as a `[keys]` table to edit."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data
from wallboard.domain.language import tr

if TYPE_CHECKING:
    from wallboard.domain.actions import Action


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("keys", help=tr("list the keys and the ids to rebind them by"), description=__doc__)
    parser.add_argument("--defaults", action="store_true", help=tr("print a [keys] table with all defaults, to edit"))


def run(arguments: argparse.Namespace) -> int:
    data(defaults() if arguments.defaults else listing(_rebound(arguments)))
    return Exit.OK


def listing(actions: tuple[Action, ...]) -> str:
    """A line an action: keys, id, what it does."""
    keys = ["  ".join(action.keys) or "–" for action in actions]
    width, ids = max(map(len, keys)), max(len(action.id) for action in actions)
    lines = []
    scope = "board"
    for action, shown in zip(actions, keys, strict=True):
        if action.scope != scope:
            scope = action.scope
            lines += ["", tr("in a dialog:") if scope == "dialog" else tr("in the picker:")]
        lines.append(f"{shown:<{width}}  {action.id:<{ids}}  {tr(action.does)}")
    return "\n".join(lines)


def defaults() -> str:
    """All defaults as TOML."""
    from json import dumps

    from wallboard.config.keymap import ACTIONS

    lines = ["[keys]"]
    for action in ACTIONS:
        pair = f"{dumps(action.id)} = {dumps(','.join(action.keys))}"
        lines.append(f"{pair:<42} # {action.does}")
    return "\n".join(lines)


def _rebound(arguments: argparse.Namespace) -> tuple[Action, ...]:
    """The keys in force: the user's, where there is a config."""
    from wallboard.cli.opening import option
    from wallboard.config import keymap
    from wallboard.config.paths import config_origin, config_path, site_config, there

    named = option(arguments)
    if config_origin(named) == "default" and not there(config_path(named)) and site_config() is None:
        return keymap.ACTIONS
    from wallboard.cli.opening import open_checked

    model = open_checked(arguments).model
    return keymap.bound({name: keymap.split(text) for name, text in model.keys.items()})
