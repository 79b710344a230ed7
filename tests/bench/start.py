"""The start of the whole program beside the smallest Textual program: `python -m tests.bench.start [--rounds 9]`.

Until the first rows of a server on this machine are on the screen, and of hello until it stands: CPU and wall time,
program after program in each round, since only ratios of one round mean anything. `--wait` is how long each answer
takes, `--source` leaves the configuration one of its sources.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.terminal import Pty
from wallboard.sim.access import demo_environment, ready_config

CONSOLE = "from wallboard.cli.start import entry; raise SystemExit(entry())"
"""What the installed command does."""
HELLO = str(Path(__file__).with_name("hello.py"))
ROWS = re.compile(rb"talking|Bereitschaft|Sales|Billing")
"""What only rows hold, of whichever list comes first."""


def serve(wait: float) -> None:
    """The simulation on a free port, which is printed; every answer takes `wait` seconds."""
    import asyncio
    from datetime import UTC, datetime

    import uvicorn

    from wallboard.sim import World, make_app

    app = make_app(World(1, datetime.now(UTC)), speed=1.0, keep=100)

    async def late(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http":
            await asyncio.sleep(wait)
        await app(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(late, log_level="error", lifespan="off"))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        server.run([listening])


@contextmanager
def served(wait: float) -> Iterator[str]:
    """Its address."""
    argv = [sys.executable, "-m", "tests.bench.start", "--serve", "--wait", str(wait)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def started(argv: Sequence[str], seen: re.Pattern[bytes]) -> tuple[float, float]:
    """Milliseconds of CPU and of wall time until `seen` is written to the terminal."""
    with Pty(argv) as program:
        chunks = program.recording.chunks
        if not program.wait(lambda: seen.search(b"".join(data for _, data in chunks)) is not None):
            raise SystemExit(f"{argv} never painted {seen.pattern!r}")
        return 1e3 * program.cpu(), 1e3 * (chunks[-1][0] - program.recording.started_at)


def only(source: str, text: str) -> str:
    """The configuration without the other sources, and without what names them."""
    head, *tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    kept = [each for each in tables if tomllib.loads(each).get("source", [{"name": source}])[0]["name"] == source]
    return head + "".join(each for each in kept if not each.startswith(("[[route", "[[favourite")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--source", metavar="NAME", help="one of hq, branch, responders, cc, front")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.wait)
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(demo_environment())
    with tempfile.TemporaryDirectory() as folder, served(options.wait) as address:
        config = Path(folder) / "config.toml"
        text = ready_config(address)
        config.write_text(only(options.source, text) if options.source else text)
        os.environ["XDG_STATE_HOME"] = folder
        console = [sys.executable, "-c", CONSOLE, "run", "--config", str(config)]
        programs = {"hello": ([sys.executable, HELLO], re.compile(b"minimal")), "wallboard": (console, ROWS)}
        for argv, seen in programs.values():
            started(argv, seen)  # warms the disk cache and writes the bytecode; not counted
        runs = [{name: started(*program) for name, program in programs.items()} for _ in range(options.rounds)]
    for number, kind in enumerate(("CPU", "wall")):
        times = {name: sorted(run[name][number] for run in runs) for name in programs}
        ratios = sorted(run["wallboard"][number] / run["hello"][number] for run in runs)
        for name, took in times.items():
            print(f"{kind:5}{name:10}{statistics.median(took):5.0f} ms ({took[0]:.0f}-{took[-1]:.0f})")
        print(f"{kind:5}ratio     {statistics.median(ratios):5.2f}    ({ratios[0]:.2f}-{ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
