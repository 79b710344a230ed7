"""The programs that are compared, and those that cannot be had."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from tests.bench import calls, peers, vendor
from tests.bench.loop import simulated
from tests.bench.rounds import Program, first_line, highlighted
from wallboard.sim import demo_environment

BENCH = Path(__file__).parent
HELLO = "hello"
SIZES = (50, 500, 5_000)
"""Rows of the boards."""
STILL, NOTHING_NEW, TABLE = "board 500, order kept", "board 500, nothing changes", "DataTable 500"
DEMO, LOOPBACK, ALL = "demo", "loopback server", "all sources, 5,000 rows"
HTOP = "htop"
FEW_ROWS = ("DOWN", "DOWN", "DOWN", "UP", "UP") * 4
"""Keys of a pane of ten rows: none of them is at an end."""
SETTLES = 3.5
"""Seconds after the first rows until the numbering plans are loaded and the lists behind them have come."""
EVERY_SOURCE = """
[[source]]
name = "pbx"
vendor = "asterisk"
url = "tcp://127.0.0.1:9"
auth = {{ kind = "ami", username = "wallboard", secret = {{ env = "BENCH_SECRET" }} }}
{bench}"""


def board(size: int) -> str:
    return f"board {size:,}"


@dataclass(frozen=True, slots=True)
class Stage:
    programs: Mapping[str, Program]
    slow: Program
    """The board of 500 rows with `--slow`."""
    missing: Mapping[str, str]
    """Those that are not there, and why."""


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Everything that runs in turn; `folder` keeps configurations and what the programs write down."""
    python = sys.executable
    env = {
        "PYTHONPATH": vendor.installed(folder / "vendor"),
        "BENCH_SECRET": "secret",
        **demo_environment(),
    }

    def wallboard(name: str, config: str, *more: str, first: str = "Agent Name") -> Program:
        path = folder / f"{name}.toml"
        path.write_text(config)
        path.chmod(0o600)
        command = [python, "-m", "wallboard", "--config", str(path), *more]
        # What another board has written down is none of its business.
        own = env | {"XDG_STATE_HOME": str(folder / f"state of {name}")}
        return Program(command, first, env=own, settles=SETTLES)

    def of(size: int, name: str = "", **how: str) -> Program:
        return wallboard(name or str(size), vendor.config(size, **how), "--view", "bench")

    made = {HELLO: Program([python, str(BENCH / "hello.py")], "minimal", first_line)}
    made |= {board(size): of(size) for size in SIZES}
    made[STILL] = replace(of(500, "still", order="name"), keys=())
    made[NOTHING_NEW] = of(500, "nothing", pace="still")
    made[TABLE] = Program([python, "-m", "tests.bench.grid_app", "datatable", "500"], "Agent Name", env=env)
    demo = [python, "-m", "wallboard", "demo"]
    made[DEMO] = Program(demo, "Sales", env=env, settles=SETTLES, keys=FEW_ROWS)
    had, missing = peers.found(), {}
    commands: dict[str, tuple[list[str], str, int]] = {
        HTOP: (["--readonly", "-d", "10"], "CPU", 1),
        "btop": (["-p", "1"], "cpu", 100),
        "sngrep": (["-d", "lo"], "Call State", 10),
    }
    for name, (words, first, column) in commands.items():
        if name not in had:
            missing[name] = "not installed here, and its package cannot be had"
        elif name == "sngrep" and not calls.may_capture():
            missing[name] = "this user may not capture, and without that nothing ticks in it"
        else:
            made[name] = Program([str(had[name]), *words], first, highlighted(column), peers.environment())
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        site = folder / "site"
        site.mkdir()
        stack.enter_context(simulated(site, "small"))
        config = (site / "sim.toml").read_text()
        made[LOOPBACK] = replace(wallboard("loopback", config, first="Sales"), keys=FEW_ROWS)
        everything = config + EVERY_SOURCE.format(bench=vendor.config(5_000))
        made[ALL] = replace(wallboard("all", everything, first="Sales"), keys=())
        if "sngrep" in made:
            stack.enter_context(calls.ringing())
        yield Stage(made, wallboard("slow", vendor.config(500), "--view", "bench", "--slow"), missing)
