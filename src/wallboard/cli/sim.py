"""`wallboard sim`: the simulation as an HTTP server on this machine, in the vendors' dialects.

Prints a configuration for it on standard output; the variables that it refers to, on standard error.
"""

from __future__ import annotations

import argparse
from typing import Any

from wallboard.cli.exits import Exit
from wallboard.cli.numbers import port, seed, speed
from wallboard.cli.talk import data, say


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("sim", help="the simulation as an HTTP server", description=__doc__)
    parser.add_argument("--port", type=port, default=8900, metavar="P", help="0 takes a free one (default 8900)")
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help="another seed, another day (default 1)")
    parser.add_argument("--speed", type=speed, default=1.0, metavar="X", help="simulated seconds a second (default 1)")
    parser.add_argument(
        "--scale",
        choices=("small", "large", "huge"),
        default="small",
        help="10 queues and 26 agents, 200 and 2,000, or 1,000 and 10,000 (default small)",
    )


def run(arguments: argparse.Namespace) -> int:
    from importlib.util import find_spec

    if find_spec("uvicorn") is None:
        say('wallboard sim: the HTTP server is not installed; install the extra: pip install "wallboard[sim]"')
        return Exit.FAILED
    from datetime import UTC, datetime
    from shlex import quote

    from wallboard.sim.access import demo_environment, ready_config
    from wallboard.sim.scale import SCALES
    from wallboard.sim.server import make_app, serve
    from wallboard.sim.world import World

    number = _free(arguments.port)
    if number is None:
        say(f"wallboard sim: port {arguments.port} of 127.0.0.1 is taken; write another, or --port 0 for a free one")
        return Exit.FAILED
    world = World(arguments.seed, datetime.now(UTC), scale=SCALES[arguments.scale])
    app = make_app(world, speed=arguments.speed, keep=100)
    if not data(ready_config(f"http://127.0.0.1:{number}", push=True).rstrip("\n")):
        return Exit.FAILED
    say(f"serving on http://127.0.0.1:{number} until Ctrl-C. Save the lines above as sim.toml, then in another shell:")
    for name, value in demo_environment().items():
        say(f"  export {name}={quote(value)}")
    say("  wallboard --config sim.toml")
    serve(app, number)
    return Exit.OK


def _free(wanted: int) -> int | None:
    """`wanted`, or any free port for 0; None if it is taken."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])
