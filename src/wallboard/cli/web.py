"""`wallboard web`: the read-only board, and the wall at /wall, in browsers, until Ctrl-C.

One process asks the vendors, however many look. Nothing in it can act. On this machine it opens as it is; beyond it, it
opens with a token in its address, which a browser then keeps.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.numbers import port
from wallboard.cli.talk import data, say
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr

if TYPE_CHECKING:
    import socket

    from wallboard.config.load import Checked
    from wallboard.vendors.base import Secret

PORT = 8910


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("web", help=tr("the read-only board and wall in browsers"), description=__doc__)
    parser.add_argument(
        "--host", type=_host, default="127.0.0.1", metavar="H", help=tr("the address to listen on (default 127.0.0.1)")
    )
    parser.add_argument(
        "--port", type=port, default=PORT, metavar="P", help=tr("0 takes a free one (default {port})", port=PORT)
    )


def _host(text: str) -> str:
    from wallboard.config.addresses import is_host

    if not is_host(text):
        raise argparse.ArgumentTypeError(
            tr(
                "{text!r} is no host to listen on: write an address or a name, such as {example}",
                text=text,
                example="--host 127.0.0.1 --port 8910",
            )
        )
    return text


def run(arguments: argparse.Namespace) -> int:
    from functools import partial
    from importlib.util import find_spec

    from wallboard.cli.opening import open_checked
    from wallboard.cli.start import site

    checked = open_checked(arguments)
    if find_spec("aiohttp") is None or find_spec("textual_serve") is None:
        say(tr("wallboard web: needs the extra [web]: {command}", command="pip install 'wallboard[web]'"))
        return Exit.FAILED
    from wallboard.config.paths import state_dir
    from wallboard.domain.clock import SystemClock
    from wallboard.web.projector import fork_projector
    from wallboard.web.screen import project

    host = arguments.host.strip("[]")
    try:
        door = _door(host, arguments.port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        told = tr("{host} port {port} cannot be had: {why}", host=host, port=arguments.port, why=why)
        say(tr("wallboard web: {told}; name another with --host and --port", told=told))
        return Exit.FAILED
    clock, state = SystemClock(), state_dir()
    # Before any secret is read: every screen is forked from it.
    line = fork_projector(partial(project, checked.unsigned(), clock, state, site()))
    config = checked.config(shares=True)
    token, made = _token(checked, host)

    import anyio

    from wallboard.cli.signals import until_signal
    from wallboard.web.gate import Gate
    from wallboard.web.serving import Place, names_of, serve

    place = Place(door, Gate(names_of(host, config.web.names), token), config.web.viewers, site())
    begun = partial(_begun, host, door.getsockname()[1], token, made, config.web.viewers)
    code: int = anyio.run(until_signal, partial(serve, config, place, clock, state, line, begun))
    if code == Exit.FAILED:
        say(tr("wallboard web: the process that every screen is made of has ended: see the log"))
    return code


def _door(host: str, port: int) -> socket.socket:
    """Where browsers come in. OSError."""
    import socket

    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family)


def _token(checked: Checked, host: str) -> tuple[str, bool]:
    """What the board is opened with, "" for nothing; and whether it was made now."""
    from wallboard.web.gate import is_here

    given = checked.web_token()
    if given is not None:
        long_enough(checked, given)
        return given.reveal(), False
    if is_here(host) and not checked.model.web.names:
        return "", False
    from secrets import token_urlsafe

    return token_urlsafe(24), True


def long_enough(checked: Checked, token: Secret) -> None:
    """Raises ConfigError where it can be guessed."""
    from wallboard.web.gate import LEAST

    if len(token.reveal()) < LEAST:
        raise ConfigError(
            tr("the token has fewer than {n} characters", n=LEAST),
            where=checked.where("web", "token"),
            hint=tr("make one: {command}", command="openssl rand -hex 16"),
        )


def _begun(host: str, port: int, token: str, made: bool, viewers: int) -> None:
    """Say where it is, and what it opens with where that was made now: once."""
    from wallboard.cli.start import site
    from wallboard.domain.redaction import hide

    name = {"0.0.0.0": site(), "::": site()}.get(host, f"[{host}]" if ":" in host else host)
    data(f"http://{name}:{port}/" + (f"?token={token}" if made else ""))
    if token and not made:
        say(tr("it opens with the token of [web]: …/?token=…"))
    say(tr("the board in a browser, the wall at /wall, for {n} at once, until Ctrl-C", n=viewers))
    if made:
        hide(token)
