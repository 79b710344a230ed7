"""When the poller is ill, and what a person and a service manager are told meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.acceptance.scene import Stage, staged
from tests.serve.poller import Manager
from wallboard.domain.language import use
from wallboard.serve.health import STUCK, UNREAD, Health
from wallboard.serve.listener import Request
from wallboard.serve.service_manager import ServiceManager
from wallboard.serve.serving import Pulse
from wallboard.serve.talk import Talk
from wallboard.share.sharing import Sharing

pytestmark = pytest.mark.anyio


class Site:
    """What a site shares, as the poller sees it."""

    def __init__(self, reader: str = "") -> None:
        self.node, self.reader, self.connected = "me", reader, True
        self.problems: list[str] = []

    def reader_of(self, source: str) -> str:
        return self.reader if source == "hq" else "me"

    def others(self) -> int:
        return 3


async def answer(health: Health) -> tuple[int, Any]:
    said = await health.answer(Request("GET", "/healthz"))
    return said.status, json.loads(said.body)


def in_a_site(stage: Stage, site: Site) -> Health:
    return Health(replace(stage.rooms, sharing=cast("Sharing", site)))


async def test_a_vendor_that_is_down_is_told_and_makes_nobody_ill(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        health = Health(stage.rooms)
        stage.cut.add("hq")
        await stage.wait(150.0, health.look, 1.0)
        status, told = await answer(health)
        assert (status, told["healthy"], told["why"]) == (200, True, "")
        hq = told["sources"][0]
        assert (hq["name"], hq["state"]) == ("hq", "down")
        assert "refuses" in hq["cause"]


async def test_a_reader_that_does_not_turn_is_ill(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        health = Health(stage.rooms)
        assert health.alive
        stage.rooms.scheduler.turned_at = stage.clock.now() - STUCK
        assert not health.alive
        status, told = await answer(health)
        assert (status, told["why"]) == (503, "the reader does not turn")


async def test_a_source_that_nobody_reads_is_ill_after_a_minute_and_one_that_another_reads_is_not(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path) as stage:
        site = Site()
        health = in_a_site(stage, site)
        await stage.wait(UNREAD - 1, health.look, 1.0)
        assert (await answer(health))[0] == 200
        await stage.wait(2.0, health.look, 1.0)
        status, told = await answer(health)
        assert (status, told["why"]) == (503, "nobody reads hq")
        assert [each["reader"] for each in told["sources"]] == [None, "here", "here"]
        site.reader = "desk-7"
        health.look()
        status, told = await answer(health)
        assert (status, told["sources"][0]["reader"]) == (200, "desk-7")


@pytest.fixture
def german() -> Iterator[None]:
    use("de")
    yield
    use("en")


@pytest.mark.usefixtures("german")
async def test_a_program_reads_english_whatever_people_speak(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        stage.cut.add("hq")
        await stage.wait(60.0)
        _, told = await answer(Health(stage.rooms))
        assert told["sources"][0]["state"] == "stale"
        assert told["sources"][0]["cause"] == "127.0.0.1 refuses connections"
        said: list[str] = []
        Talk(stage.rooms, Health(stage.rooms), said.append).look()
        assert said[0].startswith("hq: veraltet: ")


async def test_a_manager_hears_from_a_reader_that_lives_alone(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    async with staged(tmp_path) as stage:
        with Manager(name) as manager:
            health = Health(stage.rooms)
            told = ServiceManager({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "8000000"})
            pulse = Pulse(stage.rooms, health, Talk(stage.rooms, health, lambda line: None), told)
            turned, stage.rooms.scheduler.turned_at = stage.rooms.scheduler.turned_at, None
            pulse()
            assert manager.waiting() == []
            stage.rooms.scheduler.turned_at = turned
            await stage.wait(20.0, step=1.0)
            for _ in range(20):
                stage.rooms.scheduler.turned_at = stage.clock.now()
                pulse()
                await stage.wait(1.0, step=1.0)
            words = [each.partition("=")[0] for each in manager.waiting()]
            assert words[:3] == ["READY", "WATCHDOG", "STATUS"]
            assert 5 <= words.count("WATCHDOG") <= 7
            for _ in range(20):
                stage.rooms.scheduler.turned_at = stage.clock.now() - STUCK
                pulse()
            assert manager.waiting() == []


async def test_a_person_reads_each_change_once(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        site = Site("me")
        rooms = replace(stage.rooms, sharing=cast("Sharing", site))
        health = Health(rooms)
        said: list[str] = []
        talk = Talk(rooms, health, said.append)

        async def until(line: str) -> list[str]:
            """What has been said since, once that was."""
            said.clear()

            def heard() -> bool:
                talk.look()
                return any(line in each for each in said)

            await stage.until(heard, 400.0, 1.0)
            return list(said)

        assert await until("read here") == ["hq: live", "hq: read here"]
        assert talk.standing() == "1 of 1 sources live, 0 alarms, 1 read here, 3 others on the bus"
        stage.cut.add("hq")
        (stale,) = await until("stale")
        assert stale == "hq: stale: 127.0.0.1 refuses connections"
        (down,) = await until("down")
        assert down == "hq: down: 127.0.0.1 refuses connections"
        stage.cut.clear()
        site.connected, site.reader = False, "desk-7"
        assert await until("read by desk-7") == ["hq: read by desk-7"]
        site.problems = ["the bus does not answer: it is away"]
        assert await until("bus does not answer") == site.problems
        assert await until("hq: live") == ["hq: live"]
        site.connected, site.reader, site.problems = True, "", ["the bus is too old"]
        assert await until("too old") == ["the bus is there again", "hq: read by nobody", "the bus is too old"]
