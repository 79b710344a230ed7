"""The longest steps of the event loop: `python -m tests.bench.loop [--scale large] [--seconds 30]`.

The whole program reads a simulation of that size in real time, each vendor behind a real socket of another process,
draws on a terminal that takes everything, and is typed at. While a step lasts no key is heard. Steps are measured in
time of the processor, which others on the machine do not lengthen; the time of a key is that of the wall.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import anyio
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from wallboard.config.load import load
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.domain.keys import Resource
from wallboard.runtime.console import console_on
from wallboard.runtime.garbage import collect
from wallboard.runtime.rooms import headless
from wallboard.sim import demo_environment
from wallboard.ui.app import ConsoleApp

LONGEST = 0.020
"""Seconds that no step should last."""
SIZE = (160, 50)
BETWEEN_KEYS = 0.45
KEYS = ("j", "j", "k", "2", "j", "3", "j", "4", "j", "1", "G", "g")


class Unseen(HeadlessDriver):
    """A terminal that takes all at once."""

    @property
    def is_headless(self) -> bool:
        return False

    def _get_terminal_size(self) -> tuple[int, int]:
        return SIZE


@dataclass
class Steps:
    """What the loop did at once, and for how long."""

    count: int = 0
    long: list[tuple[float, str]] = field(default_factory=list)
    collected: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    """Seconds from each key to its frame."""
    held: dict[str, int] = field(default_factory=dict)
    """Rows at the end."""
    used: float = 0.0
    """Seconds of the processor in all."""
    _began: float = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began = time.thread_time()
            run(handle)
            took = time.thread_time() - began
            self.count += 1
            if took > LONGEST / 2:
                owner = getattr(cast("Any", handle)._callback, "__self__", None)
                work = owner.get_name() if isinstance(owner, asyncio.Task) else repr(owner or handle)
                self.long.append((took, work[-70:]))

        gc.callbacks.append(self._collect)
        try:
            with patch.object(asyncio.Handle, "_run", timed):
                yield
        finally:
            gc.callbacks.remove(self._collect)

    def _collect(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.collected.append(time.thread_time() - self._began)

    def told(self) -> Iterator[str]:
        yield ", ".join(f"{name} {count}" for name, count in self.held.items() if count)
        over = len([took for took, _ in self.long if took > LONGEST])
        yield f"{self.count} steps, {over} longer than {1e3 * LONGEST:.0f} ms; garbage collected for at most "
        yield f"{1e3 * max(self.collected, default=0.0):.1f} ms. The longest:"
        for took, work in sorted(self.long, reverse=True)[:10]:
            yield f"  {1e3 * took:7.1f} ms  {work}"
        if keys := sorted(self.keys):
            half, most = keys[len(keys) // 2], keys[len(keys) * 19 // 20]
            yield f"{len(keys)} keys: {1e3 * half:.1f} ms in the middle, {1e3 * most:.1f} ms for one in twenty"


@contextmanager
def simulated(folder: Path, scale: str) -> Iterator[Config]:
    """The simulation as a process, and the configuration that it prints."""
    command = [sys.executable, "-m", "wallboard", "sim", "--scale", scale, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        # It says that it serves once all of the configuration is written.
        process.stderr.readline()
        path = folder / "sim.toml"
        os.set_blocking(process.stdout.fileno(), False)
        path.write_text(process.stdout.read(), encoding="utf-8")
        path.chmod(0o600)
        with patch.dict(os.environ, demo_environment()):
            yield load(path).config()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


async def watch(config: Config, folder: Path, seconds: float) -> Steps:
    steps, apps = Steps(), []

    class App(ConsoleApp):
        def __init__(self, *args: Any, **named: Any) -> None:
            apps.append(self)
            super().__init__(*args, **named)

    with steps.watched(), patch("wallboard.ui.app.ConsoleApp", App):
        async with headless(config, state=folder) as rooms:
            rooms.tasks.start_soon(collect)
            rooms.tasks.start_soon(console_on, rooms, config, ConsoleOptions(), "site", "", cast("Any", Unseen))
            began, used = time.monotonic(), time.process_time()
            await anyio.sleep(BETWEEN_KEYS)
            for number in range(round(seconds / BETWEEN_KEYS)):
                await anyio.sleep(max(0.0, began + (number + 2) * BETWEEN_KEYS - time.monotonic()))
                await _type(apps[0], KEYS[number % len(KEYS)], steps)
            steps.used = time.process_time() - used
            steps.held = {resource.value: len(rooms.board.rows(resource)) for resource in Resource}
            rooms.tasks.cancel_scope.cancel()
    return steps


async def _type(app: ConsoleApp, key: str, steps: Steps) -> None:
    painted, paint = asyncio.Event(), app.paint

    def paints() -> None:
        paint()
        painted.set()

    event = events.Key(key, key)
    with patch.object(app, "_acted", paints):
        began = time.monotonic()
        app.post_message(event)
        await painted.wait()
        steps.keys.append(time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=("small", "large", "huge"), default="large")
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, simulated(Path(name), given.scale) as config:
        steps = asyncio.run(watch(config, Path(name), given.seconds))
    print("\n".join(steps.told()))
    print(f"{100 * steps.used / given.seconds:.0f} % of a core")


if __name__ == "__main__":
    main()
