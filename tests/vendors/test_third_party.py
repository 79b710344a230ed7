"""A vendor of another package, installed as anybody would: found, judged and held apart like one of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest

from tests.test_testing import served
from wallboard.config.settings import Config
from wallboard.control.outcome import Outcome
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, fingerprint, new_id
from wallboard.domain.keys import Resource
from wallboard.domain.verbs import Verb
from wallboard.runtime import adapters
from wallboard.runtime.rooms import headless
from wallboard.vendors.base import Adapter, BearerAuth, Secret, Services, SourceSettings
from wallboard_acme import AcmePlugin
from wallboard_acme.adapter import AcmeAdapter

pytestmark = pytest.mark.anyio

TEMPLATE = Path(__file__).parents[2] / "examples" / "adapter"
CONFIG = """[[source]]
name = "acme"
vendor = "acme"
url = "https://127.0.0.1:9/v1"
auth = {{ kind = "bearer", token = {{ env = "ACME_TOKEN" }} }}
{options}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a program beside which the package is installed."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-build-isolation", "--target", str(target), str(TEMPLATE)], check=True, timeout=120)
    return {**os.environ, "PYTHONPATH": str(target), "ACME_TOKEN": "opensesame", "ACME_SIGNATURE": "hushhush"}


def wallboard(installed: dict[str, str], folder: Path, options: str, *words: str) -> subprocess.CompletedProcess[str]:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(options=options))
    command = [sys.executable, "-m", "wallboard", *words, "--config", str(config)]
    done = subprocess.run(command, env=installed, capture_output=True, text=True, timeout=60, check=False)
    assert "opensesame" not in done.stdout + done.stderr
    assert "hushhush" not in done.stdout + done.stderr
    return done


def test_its_own_tests_pass_where_it_is_installed(installed: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(TEMPLATE / "tests"),
    ]
    done = subprocess.run(command, env=installed, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_it_is_checked_as_one_of_ours(installed: dict[str, str], tmp_path: Path) -> None:
    done = wallboard(installed, tmp_path, 'options = { team = "north" }', "check", "--json")
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["vendor"], done.returncode) == ("acme", 3)
    assert source["lines"][0]["name"] == "reach"


def test_a_typo_in_its_options_is_found_and_its_secret_is_never_shown(
    installed: dict[str, str], tmp_path: Path
) -> None:
    done = wallboard(installed, tmp_path, 'options = { taem = "north" }', "check")
    assert done.returncode == 2
    assert "config.toml:6: [[source]] 'acme': unknown option 'taem'; did you mean \"team\"?" in done.stdout
    options = 'options = { signature = { env = "ACME_SIGNATURE" } }'
    assert 'signature = { env = "ACME_SIGNATURE" }' in wallboard(installed, tmp_path, options, "config", "show").stdout
    plain = wallboard(installed, tmp_path, 'options = { signature = "in the file" }', "check")
    assert "signature is a secret written into the file" in plain.stdout
    assert "in the file" not in plain.stdout.replace("written into the file", "")


METHODS = (
    *("info", "feeds", "run", "can", "can_dial", "reports", "forms", "verification", "perform", "refresh", "table"),
    *("check", "aclose", "__init__"),
)


@pytest.mark.parametrize("method", METHODS)
async def test_whatever_of_it_raises_the_others_live_and_every_action_ends(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("a bug")

    faulty = type("Faulty", (AcmeAdapter,), {method: broken})

    class Plugin(AcmePlugin):
        def build(self, settings: SourceSettings, services: Services) -> Adapter:
            made: Adapter = (faulty if settings.name == "bad" else AcmeAdapter)(settings, services)
            return made

    monkeypatch.setattr(adapters, "load_vendor", lambda vendor: Plugin())
    sources = tuple(
        SourceSettings(name, "acme", "https://127.0.0.1:9/v1", BearerAuth(Secret("opensesame")))
        for name in ("bad", "good")
    )
    clock = ManualClock(1_800_000_000.0)
    endings: list[Outcome] = []
    async with headless(
        Config(sources=sources), clock=clock, state=tmp_path, transports=lambda _: httpx.MockTransport(served)
    ) as rooms:
        rooms.dispatcher.subscribe(lambda outcome: endings.append(outcome) if outcome.final else None)
        rooms.tasks.start_soon(rooms.scheduler.run)
        await pumped(clock, lambda: len(rooms.board.rows(Resource.CALLS, "good")) == 1)
        for source in ("good", "bad"):
            for row in rooms.board.rows(Resource.CALLS, source):
                target = Target(row.key, "a call", fingerprint(row), row.address)
                rooms.dispatcher.submit(Command(new_id(), Verb.HANGUP, target, asked_at=clock.now()))
        wanted = 1 + len(rooms.board.rows(Resource.CALLS, "bad"))
        await pumped(clock, lambda: len(endings) == wanted)
        good = next(view for view in rooms.board.source_views() if view.info.name == "good")
        assert good.state.value == "live"
        lines = await rooms.adapters["good"].check()
        assert all(line.ok for line in lines)


async def pumped(clock: ManualClock, done: Callable[[], bool]) -> None:
    """Time goes on until it is so, 60 simulated seconds at most; a thread (the journal's) takes as long as it takes."""
    left, end = 600, time.monotonic() + 30.0
    while not done():
        assert time.monotonic() < end, "it did not come to that"
        if left:
            clock.advance(0.1)
            left -= 1
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
