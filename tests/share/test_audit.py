"""Copies of the action journal on the bus of a site: each record once, in its order, whatever fails."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.acceptance.scene import configured
from tests.share.nats import Server
from tests.share.site import Console, World, running, until
from wallboard.config.settings import Config, Share
from wallboard.control.copies import NATS
from wallboard.control.forwarding import Forwarder, place_of
from wallboard.control.journal import Journal
from wallboard.domain.clock import SystemClock
from wallboard.runtime.rooms import headless
from wallboard.runtime.sharing import BRIEFLY

pytestmark = pytest.mark.anyio


async def kept(server: Server) -> list[str]:
    """The hashes of the records that the server keeps, in its order."""
    async with server.stream() as stream:
        last = (await stream.stream_info("wb_north_audit")).state.last_seq
        messages = [await stream.get_msg("wb_north_audit", each) for each in range(1, last + 1)]
        return [json.loads(message.data or b"")["hash"] for message in messages]


async def test_each_record_is_kept_once_and_what_was_missed_follows(server: Server, tmp_path: Path) -> None:
    path, console = tmp_path / "audit.jsonl", Console(server.url, World(), "desk")
    async with running(console):
        await until(lambda: console.sharing.connected, "it is on the bus")
        journal = Journal(path, SystemClock())
        sends = Forwarder(path, NATS, SystemClock(), line=console.sharing.copies)
        for number in range(3):
            journal.append("requested", {"id": str(number), "verb": "park"}, durable=True)
        await sends.flush()
        hashes = [json.loads(line)["hash"] for line in path.read_text().splitlines()]
        assert await kept(server) == hashes
        # As after a kill between the sending and the note of it.
        place_of(path).write_text(f"{path.stat().st_ino:020} {0:020}\n")
        await sends.flush()
        assert await kept(server) == hashes
        server.kill()
        await until(lambda: not console.sharing.connected, "the bus is gone")
        journal.append("confirmed", {"id": "0", "verb": "park"}, durable=True)
        await sends.flush()
        assert "the action journal is not forwarded to nats" in sends.problem
        server.start()
        await until(lambda: console.sharing.connected, "and there again")
        with anyio.fail_after(20):
            while sends.problem:
                await sends.flush()
        assert len(hashes) == 3
        assert await kept(server) == [json.loads(line)["hash"] for line in path.read_text().splitlines()]


async def script(config: Config, state: Path, number: int) -> str:
    """What `do` writes, with its own rooms; what it says of the copies at its end."""
    said: list[str] = []
    async with headless(config, state=state) as rooms:
        assert rooms.forwarder is not None
        rooms.forwarder.subscribe(said.append)
        journal = Journal(state / "audit.jsonl", SystemClock())
        for phase in ("requested", "sent", "confirmed"):
            journal.append(phase, {"id": str(number), "verb": "note"}, durable=True)
    return " ".join(said)


async def test_what_a_script_writes_is_kept_at_once_or_by_the_next_that_finds_the_bus(
    server: Server, tmp_path: Path
) -> None:
    site = replace(configured(tmp_path), sources=(), forward=NATS, share=Share((server.url,), site="north"))
    path = tmp_path / "audit.jsonl"

    def written() -> list[str]:
        return [json.loads(line)["hash"] for line in path.read_text().splitlines()]

    assert await script(site, tmp_path, 0) == ""
    assert len(written()) == 3
    assert await kept(server) == written()
    server.freeze()
    begun = time.monotonic()
    said = await script(site, tmp_path, 1)
    assert time.monotonic() - begun < 2 * BRIEFLY
    server.kill()
    assert "the action journal is not forwarded to nats" in said
    assert "what is missing follows" in said
    assert "what is missing follows" in await script(site, tmp_path, 2)
    server.start()
    complaints: list[str] = []
    async with headless(site, state=tmp_path, shares=True, read_only=True) as rooms:
        assert rooms.forwarder is not None
        rooms.forwarder.subscribe(complaints.append)
        rooms.tasks.start_soon(rooms.reader.run)
        await until(lambda: rooms.sharing is not None and rooms.sharing.connected, "serve is on the bus")
        with anyio.fail_after(20):
            while len(await kept(server)) < 9:  # noqa: ASYNC110  # the server tells nobody
                await anyio.sleep(0.1)
    assert await kept(server) == written()
    # That the bus is not there before anything else is no fault.
    assert complaints == []


async def test_what_a_script_wrote_without_the_bus_is_not_from_before_forwarding_began(
    server: Server, tmp_path: Path
) -> None:
    site = replace(configured(tmp_path), sources=(), forward=NATS, share=Share((server.url,), site="north"))
    server.kill()
    for number in range(2):
        await script(site, tmp_path, number)
    server.start()
    await script(site, tmp_path, 2)
    assert len(await kept(server)) == 9
