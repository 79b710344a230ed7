"""Two pollers of a site on a real bus: who reads, who stands in, and how it goes from one to the other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from nats.aio.client import Client

from tests.serve.poller import Poller
from tests.share.nats import Server
from tests.terminal.stage import PATIENCE, Site, wallboard
from wallboard.sim import demo_environment

HERE = ("--metrics", "127.0.0.1:0")
SOURCES = ("hq", "branch", "responders", "cc", "front")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, speed=1.0) as made:
        yield made


def shared(site: Site, server: Server) -> str:
    return site.config.read_text() + f'\n[share]\nurl = ["{server.url}"]\nsite = "north"\n'


def reads_all(lines: list[str]) -> bool:
    return {f"{source}: read here" for source in SOURCES} <= set(lines)


def told_all(lines: list[str]) -> bool:
    return all(any(line.startswith(f"{source}: read by ") for line in lines) for source in SOURCES)


async def ended_leases(url: str, keys: int, until: Poller) -> list[str]:
    """How the next leases end on the bus: "DEL" where they are given back, by age where they lapse."""
    client = Client()
    await client.connect(servers=[url])
    try:
        bucket = await client.jetstream().key_value("wb_north_lease")
        watcher = await bucket.watchall(ignore_deletes=False)
        while await watcher.updates(timeout=PATIENCE) is not None:  # type: ignore[no-untyped-call]
            pass
        with anyio.fail_after(PATIENCE):
            assert await anyio.to_thread.run_sync(until.end) == 0
            ends: list[str] = []
            while len(ends) < keys:
                entry = await watcher.updates(timeout=PATIENCE)  # type: ignore[no-untyped-call]
                if entry is not None and entry.operation is not None:
                    ends.append(entry.operation)
        return ends
    finally:
        await client.close()


def test_who_ends_gives_back_and_the_other_reads_with_everything_it_was_told(site: Site, server: Server) -> None:
    with Poller(site.folder, shared(site, server), *HERE) as first:
        first.hear(reads_all)
        with Poller(site.folder, shared(site, server), *HERE) as second:
            second.hear(told_all)
            second.hear(lambda lines: {f"{source}: live" for source in ("hq", "branch", "responders")} <= set(lines))
            health = second.health()
            assert health["healthy"] is True
            (reader,) = {each["reader"] for each in health["sources"]}
            assert str(first.process.pid) in reader
            assert 'wallboard_source_reader{reader="another",source="hq"} 1.0' in second.get("/metrics").text
            assert "wallboard_list_requests_total{" not in second.get("/metrics").text
            assert "wallboard_consoles 1.0" in first.get("/metrics").text
            assert anyio.run(ended_leases, server.url, len(SOURCES), first) == ["DEL"] * len(SOURCES)
            second.hear(reads_all)
            assert {each["reader"] for each in second.health()["sources"]} == {"here"}
            assert second.end() == 0


def test_what_a_console_shows_is_read_at_its_pace(site: Site, server: Server) -> None:
    slow, quick = (f'wallboard_list_interval_seconds{{list="agents",source="hq"}} {each}' for each in (20.0, 5.0))
    config = site.folder / "shared.toml"
    config.write_text(shared(site, server))
    with Poller(site.folder, config.read_text(), *HERE) as poller:
        poller.hear(reads_all)
        poller.until_page("/metrics", slow)
        environment = {**os.environ, **demo_environment(), "XDG_STATE_HOME": str(site.folder / "desk")}
        words = wallboard("--config", str(config), "watch", "--json")
        with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as console:
            try:
                poller.until_page("/metrics", quick)
            finally:
                console.terminate()


def test_without_the_bus_it_goes_on_and_says_so(site: Site, server: Server) -> None:
    with Poller(site.folder, shared(site, server), *HERE) as poller:
        poller.hear(reads_all)
        server.kill()
        poller.hear(lambda lines: any(line.startswith("the bus does not answer: ") for line in lines))
        assert any("the bus does not answer" in each for each in poller.health()["problems"])
        assert poller.health()["healthy"] is True
        assert "wallboard_bus_connected 0.0" in poller.get("/metrics").text
        server.start()
        poller.hear(lambda lines: "the bus is there again" in lines)
        assert poller.end() == 0


@pytest.mark.parametrize("server", [("authorization { users = [ { user: desk, password: right } ] }",)], indirect=True)
def test_why_the_bus_cannot_be_used_is_said_and_tried_again(site: Site, server: Server) -> None:
    (secret := site.folder / "bus.secret").write_text("wrong")
    secret.chmod(0o600)
    auth = f'auth = {{ kind = "nats", username = "desk", password = {{ file = "{secret}" }} }}\n'
    with Poller(site.folder, shared(site, server) + auth, *HERE) as poller:
        said = f"the bus cannot be used: 127.0.0.1:{server.port} does not take the sign-in (Authorization Violation): "
        poller.hear(lambda lines: any(line.startswith(said) for line in lines))
        (problem,) = poller.health()["problems"]
        assert problem.startswith(said)
        server.reload("authorization { users = [ { user: desk, password: wrong } ] }")
        poller.hear(lambda lines: "the bus is there again" in lines)
        assert poller.health()["problems"] == []
        assert poller.end() == 0
    assert sum(line.startswith(said) for line in poller.lines) == 1
