"""What is read again before acting must be the row that the board shows, links and all; else nothing could be done."""

from __future__ import annotations

import pytest

from tests.lab.desk import SOURCE
from tests.vendors.asterisk.server import Server
from tests.vendors.asterisk.test_adapter import running
from wallboard.board import Board
from wallboard.control.checks import relinked
from wallboard.domain.clock import SystemClock
from wallboard.domain.command import fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.update import SourceInfo

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("step", ["waiting", "ringing", "talking", "parked"])
async def test_every_row_of_a_call_reads_again_as_it_is_shown(step: str) -> None:
    server = Server()
    async with running(server) as shown:
        caller = server.pbx.arrive("sales", "+15550001", "Ann Lee")
        if step != "waiting":
            agent = server.pbx.ring(caller, "PJSIP/1001")
            if step in ("talking", "parked"):
                server.pbx.answer(caller, agent)
        if step == "parked":
            server.pbx.park(caller, "701")
        await server.flush()
        lists = (Resource.CALLS, Resource.MEMBERS, Resource.PARKED)
        await shown.desk.until(lambda: any(shown.desk.rows(resource) for resource in lists), "it is there")
        board = Board(SystemClock())
        board.source(SourceInfo(SOURCE, "asterisk"))
        for update in shown.desk.updates:
            board.apply(update)
        rows = [row for resource in lists for row in board.rows(resource, SOURCE)]
        assert rows
        for row in rows:
            again = await shown.adapter.refresh(row)
            assert again is not None
            assert fingerprint(row).difference(fingerprint(relinked(again, row))) == ""
