"""`wallboard serve`: the poller of a site without a screen, until SIGTERM or Ctrl-C.

It reads every source and keeps history and alarms; with `[share]` it reads before any console and tells them. It says
each change in a line on standard error, tells systemd how it stands, and answers /healthz and /metrics where it is
told to. Exit 0 when it was told to end.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import say
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr, trn

if TYPE_CHECKING:
    from wallboard.config.load import Checked
    from wallboard.config.settings import Config


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("serve", help=tr("the poller of a site without a screen"), description=__doc__)
    parser.add_argument(
        "--metrics",
        metavar="ADDR",
        help=tr("where /healthz and /metrics are, whatever [serve] metrics says, such as 127.0.0.1:9108"),
    )


def run(arguments: argparse.Namespace) -> int:
    import os
    import signal
    from functools import partial

    import anyio

    from wallboard.cli.opening import open_checked
    from wallboard.cli.signals import LAST_WORDS, until_signal
    from wallboard.serve.hooks import LEAVING
    from wallboard.serve.service_manager import ServiceManager
    from wallboard.serve.serving import serve

    config = _config(open_checked(arguments), arguments.metrics)
    say(trn("reading {n} source until SIGTERM", "reading {n} sources until SIGTERM", len(config.sources)))
    manager = ServiceManager(os.environ)
    work = partial(serve, config, manager, say)
    # Leases are given back at once; the vendors' own time goes into taking webhooks back.
    last_words = LAST_WORDS + (LEAVING if config.serve.hook is not None else 0.0)
    code: int = anyio.run(partial(until_signal, work, twice=True, last_words=last_words))
    # To end when it is told to is what a service is for.
    return Exit.OK if code == 128 + signal.SIGTERM else code


def _config(checked: Checked, metrics: str | None) -> Config:
    """The configuration as the poller has it: it reads before any console."""
    from dataclasses import replace

    from wallboard.config.addresses import address, clash
    from wallboard.config.settings import Address

    share = checked.model.share
    if share is not None and share.role == "view":
        raise ConfigError(
            tr("[share] role is view, and who never reads cannot serve"),
            where=checked.where("share", "role"),
            hint=tr("leave role out, or start it with a config of its own"),
        )
    at = None if metrics is None else address(metrics)
    if metrics is not None and at is None:
        raise ConfigError(
            tr("{address!r} is no address to listen on", address=metrics),
            where="--metrics",
            hint=tr("write a host and a port, such as {example}", example="127.0.0.1:9108"),
        )
    hook = checked.model.serve.hook
    listen = None if hook is None else address(hook.listen)
    if at is not None and listen is not None and clash(at, listen):
        raise ConfigError(
            tr("{address} is where webhooks arrive ([serve] hook.listen)", address=at),
            where="--metrics",
            hint=tr(
                "name another port, such as {example}",
                example=Address(at.host, at.port + 1 if at.port < 65_535 else 9108),
            ),
        )
    config = checked.config(serves=True)
    if at is not None:
        config = replace(config, serve=replace(config.serve, metrics=at))
    return config if config.share is None else replace(config, share=replace(config.share, role="serve"))
