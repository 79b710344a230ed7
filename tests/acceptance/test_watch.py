"""`wallboard watch` as a process: what is there, what changes, and how a pipe or a person ends it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any

import pytest

from tests.acceptance.scene import BO, real_world, served
from wallboard.sim import SimServer, demo_environment, ready_config

EVE = "+493023125999"
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
    def watching(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            self.command("watch", *words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            # Started from a shell's background, the interrupt would be ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
        )
        limit = Timer(PATIENCE, process.kill)
        limit.start()
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()
            process.communicate(timeout=20)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    app = real_world()
    with served(app) as url:
        config = tmp_path / "sim.toml"
        config.write_text(ready_config(url), encoding="utf-8")
        config.chmod(0o600)
        (tmp_path / "home").mkdir(mode=0o700)
        yield Site(app, config, tmp_path / "home")


def until(stream: IO[str] | None, wanted: Any) -> dict[str, Any]:
    """The first line that is wanted; every line before it is an object of the contract."""
    assert stream is not None
    for text in stream:
        line: dict[str, Any] = json.loads(text)
        assert list(line) == ["at", "list", "change", "row"]
        assert line["change"] in ("here", "new", "changed", "gone")
        if wanted(line):
            return line
    raise AssertionError("it ended before that")


def test_it_begins_with_what_is_there_and_tells_what_changes_and_an_interrupt_ends_it_with_130(site: Site) -> None:
    with site.watching() as process:
        first = until(process.stdout, lambda line: line["list"] == "members" and line["row"]["number"] == BO)
        assert (first["change"], first["row"]["state"], first["row"]["source"]) == ("here", "talking", "hq")
        site.app.world.hq.distributor.arrive(site.app.world.hq.pbx.queues[601], EVE, "Eve Lund", 3000.0)
        new = until(process.stdout, lambda line: line["list"] == "members" and line["row"]["number"] == EVE)
        assert new["change"] == "new"
        noting = site.command("do", "note", "hq/queue/601", "busy", "--yes")
        subprocess.run(noting, env=site.environment, capture_output=True, timeout=60, check=True)
        noted = until(process.stdout, lambda line: line["list"] == "actions")
        assert (noted["row"]["verb"], noted["row"]["target"]) == ("note", "hq/queue/601")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_a_pipe_that_is_closed_ends_it_cleanly(site: Site) -> None:
    with site.watching("--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["list"] == "sources"
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_in_words_it_is_a_sentence_a_line(site: Site) -> None:
    with site.watching("--plain") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "+493023125777" in line:
                assert "caller +493023125777 of hq: waiting, Support" in line
                break
        else:
            raise AssertionError("it ended before that")


def test_nobody_reached_is_3_and_everybody_refusing_is_4(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        down = site.config.with_name("down.toml")
        down.write_text(ready_config(f"http://127.0.0.1:{taken.getsockname()[1]}"), encoding="utf-8")
        down.chmod(0o600)
        site.config, up = down, site.config
        with site.watching() as process:
            assert process.wait(60) == 3
            assert process.stderr is not None
            assert "no source was reached" in process.stderr.read()
    site.config = up
    site.environment |= dict.fromkeys(demo_environment(), "wrong")
    with site.watching() as process:
        assert process.wait(60) == 4
