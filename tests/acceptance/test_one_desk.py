"""Two supervisors side by side at one site: what the one does, the other sees, and is asked about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.scene import Stage, staged
from tests.acceptance.seat import Seat
from tests.share.desks import Line, Store
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member
from wallboard.domain.states import MemberState
from wallboard.history.acts import CallBackActs, NoteActs
from wallboard.runtime.rooms import Headless, headless
from wallboard.runtime.sharing import at_desk
from wallboard.share.bus import Bus
from wallboard.share.desk import Desk
from wallboard.share.names import Names
from wallboard.share.shared_source import ShareSettings
from wallboard.vendors.base import rows_of
from wallboard.vendors.http.exchange import in_process

pytestmark = pytest.mark.anyio
SALES = Key("hq", Kind.QUEUE, "601")


class Sharing(Seat):
    """A seat whose desk is that of its site."""

    def __init__(self, stage: Stage, rooms: Headless, who: str, line: Line) -> None:
        super().__init__(stage, rooms)
        settings = ShareSettings({"hq": "hq-0123456789"}, {}, "north", f"node-{who}", who=who)
        bus: Bus = line  # type: ignore[assignment]  # what the desk asks of it
        self.desk = Desk(bus, Names("north"), settings, stage.clock, Random(who))
        at_desk(self.desk, rooms.board, rooms.dispatcher)
        self.desk.keep(NoteActs(self.console.ports.notes))
        self.desk.keep(CallBackActs(self.console.ports.call_backs))
        self.desk.attend(self.console.acting.at_work, rooms.board.colleague)


@pytest.fixture
async def seats(tmp_path: Path) -> AsyncIterator[tuple[Sharing, Sharing]]:
    """Mira, and Kim who has no telephone."""
    async with staged(tmp_path, sources=("hq",)) as stage:
        sources = tuple(replace(source, phone="") for source in stage.config.sources)
        async with headless(
            replace(stage.config, sources=sources),
            transports=lambda _: in_process(stage.server),
            clock=stage.clock,
            state=tmp_path / "kim",
        ) as rooms:
            rooms.tasks.start_soon(rooms.scheduler.run)
            store = Store()
            mira, kim = (
                Sharing(stage, made, who, Line(store)) for made, who in ((stage.rooms, "Mira"), (rooms, "Kim"))
            )
            store.hear = [mira.desk._heard, kim.desk._heard]
            yield mira, kim


def pulled(seat: Sharing) -> bool:
    return seat.rooms.board.queue_stats(SALES).pulled == 1


def listed(seat: Sharing, call: Key) -> bool:
    """Whether the call, its caller and its agent are all there."""
    board = seat.rooms.board
    talks = [row for row in rows_of(Member, board) if row.state is MemberState.TALKING]
    return board.row(call) is not None and bool(talks) and any(row.with_key for row in rows_of(Agent, board))


async def shared(*seats: Sharing) -> None:
    """A moment in which all are told."""
    for _ in range(2):
        for seat in seats:
            await seat.desk.turn()
    await seats[0].stage.wait(0.5)


async def test_who_listens_is_seen_at_the_other_console_and_asked_about_there(seats: tuple[Sharing, Sharing]) -> None:
    mira, kim = seats
    call = await mira.stage.talk()
    await kim.until(partial(listed, kim, call.key))
    await mira.to(call.key, "4")
    await mira.press("e")
    await mira.until(lambda: any(session.leg for session in mira.console.dispatcher.sessions))
    await shared(mira, kim)
    shown = [cells["to"] for row, cells in kim.cells(Resource.CALLS) if row.key == call.key]
    assert shown == ["◎ Mira listens · Anna Petrosyan"]
    for resource in (Resource.MEMBERS, Resource.AGENTS):
        assert any("◎ Mira listens" in text for _, cells in kim.cells(resource) for text in cells.values())
    assert "Mira listens" not in mira.page(), "who listens knows it"
    await kim.to(call.key, "4")
    await kim.press("H")
    assert "Mira listens to this call: hold anyway?" in kim.page()
    await kim.press("y")
    assert (await kim.ending()).phase.value in ("confirmed", "accepted")
    await mira.press("Q")
    await mira.until(lambda: not mira.rooms.dispatcher.at_work())
    await shared(mira, kim)
    assert "Mira listens" not in kim.page()


async def test_whom_one_pulls_is_lost_at_no_console(seats: tuple[Sharing, Sharing]) -> None:
    mira, kim = seats
    caller = await mira.stage.waiting()
    await kim.until(lambda: kim.rooms.board.row(caller.key) is not None)
    await mira.to(caller.key, "2")
    await mira.press("u")
    await mira.until(lambda: mira.rooms.board.pulls())
    await shared(mira, kim)
    await kim.until(lambda: kim.rooms.board.row(caller.key) is None)
    for seat in seats:
        await seat.until(partial(pulled, seat))
        assert (seat.rooms.board.queue_stats(SALES).lost or 0) == 0
