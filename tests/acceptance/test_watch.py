"""`wallboard watch` as a process: what is there, what changes, and how a pipe or a person ends it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.acceptance.scene import BO
from tests.acceptance.site import Site, simulated
from wallboard.sim import demo_environment, ready_config

EVE = "+493023125999"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with simulated(tmp_path) as made:
        yield made


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
    with site.running("watch") as process:
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
    with site.running("watch", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["list"] == "sources"
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_in_words_it_is_a_sentence_a_line(site: Site) -> None:
    with site.running("watch", "--plain") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "+49 30 23125777" in line:
                assert "caller +49 30 23125777 of hq: waiting, Support" in line
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
        with site.running("watch") as process:
            assert process.wait(60) == 3
            assert process.stderr is not None
            assert "no source was reached" in process.stderr.read()
    site.config = up
    site.environment |= dict.fromkeys(demo_environment(), "wrong")
    with site.running("watch") as process:
        assert process.wait(60) == 4
