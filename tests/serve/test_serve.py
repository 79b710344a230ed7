"""The poller as an administrator meets it: started, looked at, wrongly configured, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.poller import Manager, Poller
from tests.terminal.stage import PATIENCE, Site
from wallboard.sim import ready_config

HERE = ("--metrics", "127.0.0.1:0")
NOWHERE = ready_config("http://127.0.0.1:9")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), speed=1.0) as made:
        yield made


def live(lines: list[str]) -> bool:
    return {"hq: live", "branch: live", "responders: live"} <= set(lines)


def test_it_reads_says_so_keeps_and_ends_with_0_when_it_is_told_to(site: Site) -> None:
    with Poller(site.folder, site.config.read_text(), *HERE) as poller:
        lines = poller.hear(live)
        assert lines[0] == "reading 5 sources until SIGTERM"
        health = poller.health()
        assert health["healthy"] is True
        assert {each["name"]: (each["state"], each["reader"]) for each in health["sources"]}["hq"] == ("live", "here")
        assert not site.actions()
        assert poller.end() == 0
        assert (poller.state / "history.sqlite3").stat().st_size
        assert poller.state.joinpath("wallboard.log").exists()


def test_ctrl_c_is_130_and_no_line_is_said_twice(site: Site) -> None:
    with Poller(site.folder, site.config.read_text()) as poller:
        poller.hear(live)
        assert poller.end(signal.SIGINT) == 130
        assert len(set(poller.lines)) == len(poller.lines)


def test_a_history_that_cannot_be_written_is_said_and_stands_in_its_health(tmp_path: Path) -> None:
    plain = tmp_path / "state"
    plain.write_text("")
    with Poller(tmp_path, NOWHERE, *HERE, env={"XDG_STATE_HOME": str(plain)}) as poller:
        told = f"the history is not written ({plain}/wallboard/history.sqlite3: Not a directory)"
        poller.hear(lambda lines: told in lines)
        health = poller.health()
        assert health["healthy"] is True
        assert told in health["problems"]


def test_who_acts_for_others_says_that_the_journal_takes_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "state"
    plain.write_text("")
    acts = '[share]\nurl = ["nats://127.0.0.1:9"]\nactions = "executor"\n'
    with Poller(tmp_path, acts + NOWHERE, *HERE, env={"XDG_STATE_HOME": str(plain)}) as poller:
        poller.hear(lambda lines: any(line.startswith("the action journal cannot be written") for line in lines))
        assert "the action journal cannot be written" in " ".join(poller.health()["problems"])


def test_vendors_that_are_away_make_it_neither_ill_nor_end(tmp_path: Path) -> None:
    with Poller(tmp_path, NOWHERE, *HERE) as poller:
        poller.hear(lambda lines: any(line.startswith("hq: down: ") for line in lines))
        health = poller.health()
        assert health["healthy"] is True
        assert "refuse" in health["sources"][0]["cause"]
        assert poller.end() == 0


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_when_it_reads_how_it_stands_and_that_it_ends(site: Site, abstract: bool) -> None:
    name = f"@wallboard-{os.getpid()}" if abstract else str(site.folder / "notify")
    with (
        Manager(name) as manager,
        Poller(site.folder, site.config.read_text(), env={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3000000"}) as poller,
    ):
        manager.hear("READY=1")
        manager.hear("STATUS=5 of 5 sources live, ")
        # Each half of the three seconds: it goes on.
        manager.hear("WATCHDOG=1")
        manager.hear("WATCHDOG=1")
        assert poller.end() == 0
        assert "STOPPING=1" in manager.waiting()


def test_a_watchdog_of_another_process_is_not_ours(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    env = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}
    with Manager(name) as manager, Poller(tmp_path, NOWHERE, env=env) as poller:
        manager.hear("READY=1")
        manager.hear("STATUS=0 of 5 sources live")
        assert poller.end() == 0
        told = [*manager.told, *manager.waiting()]
        assert not [each for each in told if each.startswith("WATCHDOG")]


def test_a_socket_that_nobody_listens_to_is_no_reason_to_end(tmp_path: Path) -> None:
    with Poller(tmp_path, NOWHERE, env={"NOTIFY_SOCKET": str(tmp_path / "none"), "WATCHDOG_USEC": "2"}) as poller:
        poller.hear(lambda lines: any("hq: down" in line for line in lines))
        assert poller.end() == 0


@pytest.mark.parametrize(
    ("more", "arguments", "code", "said"),
    [
        ("", ("--metrics", "9108"), 2, "--metrics: '9108' is no address to listen on; write a host and a port"),
        (
            '[share]\nurl = ["nats://127.0.0.1:4222"]\nrole = "view"\n',
            (),
            2,
            ":3: [share] role is view, and who never reads cannot serve; leave role out",
        ),
        (
            '[serve]\nhook = { listen = "127.0.0.1:9080", url = "https://hooks.example.net/wb" }\n',
            ("--metrics", "localhost:9080"),
            2,
            "--metrics: localhost:9080 is where webhooks arrive ([serve] hook.listen); name another port, such as",
        ),
        ('[serve]\nmetrics = "nowhere"\n', (), 2, ":2: [serve] metrics is no address to listen on"),
    ],
)
def test_what_cannot_be_served_is_said_with_what_to_write(
    tmp_path: Path, more: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    with Poller(tmp_path, more + NOWHERE, *arguments) as poller:
        assert poller.process.wait(PATIENCE) == code
        assert said in "\n".join(poller.hear(len))


def test_a_taken_address_is_said_and_nothing_is_read(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        taken = f"127.0.0.1:{held.getsockname()[1]}"
        with Poller(tmp_path, f'[serve]\nmetrics = "{taken}"\n{NOWHERE}') as poller:
            assert poller.process.wait(PATIENCE) == 1
            said = "\n".join(poller.hear(lambda lines: "cannot be had" in "".join(lines)))
            assert f"[serve] metrics {taken} cannot be had: " in said
            assert "name another with --metrics" in said


def test_a_taken_address_of_webhooks_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        taken = f"127.0.0.1:{held.getsockname()[1]}"
        hook = f'[serve]\nhook = {{ listen = "{taken}", url = "https://hooks.example.net/wb" }}\n'
        with Poller(tmp_path, hook + NOWHERE) as poller:
            assert poller.process.wait(PATIENCE) == 1
            said = "\n".join(poller.hear(lambda lines: "cannot be had" in "".join(lines)))
            assert f"[serve] hook.listen {taken} cannot be had: Address already in use; name another" in said


def test_on_an_address_for_others_it_says_who_reads_it(tmp_path: Path) -> None:
    with Poller(tmp_path, NOWHERE, "--metrics", "0.0.0.0:0") as poller:
        poller.hear(lambda lines: any(line.startswith("whoever reaches 0.0.0.0:0 reads them") for line in lines))


_STUBBORN = """
import anyio, os, sys
from wallboard.cli.signals import until_signal

async def work():
    print("here", flush=True)
    try:
        await anyio.sleep_forever()
    finally:
        with anyio.CancelScope(shield=True):
            print("told", flush=True)
            await anyio.sleep_forever()

anyio.run(lambda: until_signal(work, twice=True))
"""


def test_a_second_signal_ends_what_hangs_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", _STUBBORN], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "told\n"
        process.send_signal(signal.SIGTERM)
        # 143 would be the end by itself, a second and a half later.
        assert process.wait(PATIENCE) == -signal.SIGTERM
