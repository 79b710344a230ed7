"""`wallboard info`: version, extras, vendors, paths and terminal: what a report of a fault needs.

Reads no configuration and asks nobody.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data
from wallboard.domain.language import mark, tr

if TYPE_CHECKING:
    from importlib.metadata import Distribution
    from pathlib import Path

Part = tuple[str, list[tuple[str, str]]]
"""A heading, and its lines as (name, what is known)."""

SHARED = {
    mark("man page"): "man1/wallboard.1",
    "bash": "completions/wallboard",
    "zsh": "site-functions/_wallboard",
    "fish": "vendor_completions.d/wallboard.fish",
}
"""What the wheel puts below `share`, by the end of its path."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    commands.add_parser("info", help=tr("version, extras, vendors, paths and terminal"), description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import option

    data("\n".join(_lines(facts(option(arguments)))))
    return Exit.OK


def facts(config: str | None) -> list[Part]:
    """Everything, in the order it is printed; `config` is what `--config` named."""
    from importlib.metadata import PackageNotFoundError, distribution

    from wallboard.cli import terminal

    try:
        installed = distribution("wallboard")
    except PackageNotFoundError:
        # An unpacked source tree.
        installed = None
    return [
        (tr("program"), _program(installed)),
        (tr("extras"), list(_extras(installed))),
        (tr("vendors"), list(_vendors())),
        (tr("paths"), list(_paths(config))),
        (tr("terminal"), [(terminal.word(fact.name), fact.text) for fact in terminal.facts()]),
    ]


def _lines(parts: list[Part]) -> Iterator[str]:
    width = max(len(name) for _, lines in parts for name, _ in lines)
    for title, lines in parts:
        yield title
        for name, text in lines:
            yield f"  {name:<{width}}  {text}"


def _program(installed: Distribution | None) -> list[tuple[str, str]]:
    import os
    import platform
    import sys

    from wallboard import __version__

    lines = [
        ("wallboard", __version__),
        ("python", f"{platform.python_version()} ({sys.executable})"),
        (tr("system"), f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]
    if installed is not None:
        lines += [
            (tr(name), os.path.normpath(str(installed.locate_file(file))))
            for name, end in SHARED.items()
            for file in installed.files or ()
            if file.as_posix().endswith(end)
        ]
    return lines


def _extras(installed: Distribution | None) -> Iterator[tuple[str, str]]:
    """Each extra that the package declares, with the packages that it asks for."""
    import re
    from importlib.metadata import PackageNotFoundError, version

    if installed is None:
        yield "–", tr("not known: this is an unpacked source tree")
        return
    for requirement in installed.requires or ():
        found = re.match(r"""([\w.-]+).*;.*\bextra == ['"]([\w-]+)['"]""", requirement)
        if found is None:
            continue
        name, extra = found.groups()
        try:
            yield extra, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield extra, tr("not installed ({name})", name=name)


def _vendors() -> Iterator[tuple[str, str]]:
    from wallboard.vendors.registry import BUILT_IN, targets

    for name, target in targets().items():
        yield name, tr("built in") if name in BUILT_IN else tr("from another package: {target}", target=target)


def _paths(config: str | None) -> Iterator[tuple[str, str]]:
    from wallboard.cli.opening import named_by
    from wallboard.config.paths import config_origin, config_path, site_config, state_dir, themes_dir

    yield "config", f"{_shown(config_path(config))}, {named_by(config_origin(config))}"
    if site := site_config():
        yield tr("site"), tr("{path}, under it", path=site.path)
    for name, path in (("themes", themes_dir()), ("state", state_dir())):
        yield name, _shown(path)


def _shown(path: Path) -> str:
    import os

    # Not Path.exists: a directory that may not be searched would raise.
    return str(path) if os.path.exists(path) else tr("{path} (not there)", path=path)
