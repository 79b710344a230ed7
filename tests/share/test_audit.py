"""Copies of the action journal on the bus of a site: each record once, in its order, whatever fails."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from tests.share.nats import Server
from tests.share.site import Console, World, running, until
from wallboard.control.copies import NATS
from wallboard.control.forwarding import Forwarder, place_of
from wallboard.control.journal import Journal
from wallboard.domain.clock import SystemClock

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
