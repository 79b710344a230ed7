"""The program as a process, pointed at a simulated site behind a real socket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from tests.acceptance.scene import real_world, served
from wallboard.sim import SimServer, demo_environment, ready_config

PATIENCE = 60.0
"""Seconds after which a process that says nothing is ended."""


class Site:
    """A simulated site behind a real socket, and the program pointed at it."""

    def __init__(self, app: SimServer, config: Path, home: Path) -> None:
        self.app = app
        self.config = config
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
            **demo_environment(),
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
        }

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "wallboard", *words, "--config", str(self.config)]

    @contextmanager
    def running(self, *words: str, limit: Callable[[], object] = lambda: None) -> Iterator[subprocess.Popen[str]]:
        """`limit` is called in the process before it begins."""

        def begin() -> None:
            # Started from a shell's background, the interrupt would be ignored.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            limit()

        process = subprocess.Popen(
            self.command(*words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            preexec_fn=begin,
        )
        ending = Timer(PATIENCE, process.kill)
        ending.start()
        try:
            yield process
        finally:
            ending.cancel()
            process.kill()
            process.communicate(timeout=20)


@contextmanager
def simulated(folder: Path) -> Iterator[Site]:
    app = real_world()
    with served(app) as url:
        config = folder / "sim.toml"
        config.write_text(ready_config(url), encoding="utf-8")
        config.chmod(0o600)
        (folder / "home").mkdir(mode=0o700)
        yield Site(app, config, folder / "home")
