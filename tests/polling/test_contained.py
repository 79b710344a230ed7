"""Whatever an adapter does wrong, its own rows are marked at once and nobody else notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import anyio
import pytest

from tests.polling.room import Room, settle
from wallboard.domain.errors import Unreachable
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue
from wallboard.domain.states import ResourceState, SourceState
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.vendors.base import Feed, Sink

pytestmark = pytest.mark.anyio

Q, C = Resource.QUEUES, Resource.CALLS


class OddEndError(BaseException):
    """What no handler of exceptions sees."""


FAULTS: list[Callable[[], BaseException]] = [
    lambda: RuntimeError("bug"),
    lambda: KeyError("Uniqueid"),
    lambda: ExceptionGroup("two tasks", [ValueError("a"), KeyError("b")]),
    lambda: BaseExceptionGroup("two tasks", [asyncio.CancelledError(), ValueError("a")]),
    # A future of the adapter's own that was cancelled: nobody asked the program to end.
    asyncio.CancelledError,
    OddEndError,
    lambda: Unreachable("connection refused"),
]


class Pushing:
    """The push side of `lab`: says its queue each second, until it is told how to end."""

    def __init__(self, room: Room, *, says: bool = True) -> None:
        self.room = room
        self.says = says
        self.ends: Callable[[], BaseException] | None = None
        self.returns = False
        self.silent = False
        self.runs: list[float] = []
        self.seq = 0
        room.sources["lab"].pushes = self

    def status(self, last_ok: float | None) -> FeedStatus:
        return FeedStatus("lab", Q, "", 5.0, 5.0, last_ok=last_ok, push=True)

    async def __call__(self, sink: Sink) -> None:
        clock = self.room.clock
        self.runs.append(clock.now())
        if self.says and self.seq:
            # As an adapter does that remembers how it fared before.
            sink.status(self.status(self.runs[0]))
        while True:
            if self.ends is not None:
                raise self.ends()
            if self.returns:
                return
            if not self.silent:
                self.seq += 1
                row = Queue(Key("lab", Kind.QUEUE, "601"), clean("Sales"))
                sink.apply(Update("lab", Q, "", UpdateKind.SNAPSHOT, 1, self.seq, clock.now(), (row,)))
                if self.says:
                    sink.status(self.status(clock.now()))
            await clock.sleep(1.0)

    def state(self) -> ResourceState:
        view = self.room.board.resource_view("lab", Q)
        assert view is not None
        return view.state

    def detail(self) -> str:
        view = self.room.board.resource_view("lab", Q)
        assert view is not None
        return view.detail


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_push_that_breaks_in_any_way_is_cut_off_at_once(
    fault: Callable[[], BaseException], says: bool, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room("hq", "lab")
    room.hq.give(Q, "", 5.0)
    lab = Pushing(room, says=says)
    async with room.running():
        await room.pass_(10)
        assert lab.state() is ResourceState.LIVE
        lab.ends = fault
        await room.pass_(1.25)
        assert lab.state() is ResourceState.STALE
        assert lab.detail().endswith(("retry in 1 s", "retry in 0 s"))
        assert "\n" not in lab.detail()
        await room.pass_(20)
        assert 3 <= len(lab.runs) <= 6
        broke = [record for record in caplog.records if "lab events" in record.getMessage()]
        assert len(broke) == 1
        assert broke[0].exc_info is not None
        # It is started again; what it remembers is no news, what it reads is.
        lab.ends, lab.silent = None, True
        await room.pass_(31)
        assert lab.state() is not ResourceState.LIVE
        lab.silent = False
        await room.pass_(1.25)
        assert lab.state() is ResourceState.LIVE
        assert room.hq.times(Q)[-1] > room.clock.now() - 6


async def test_a_push_that_simply_ends_is_cut_off_and_started_again() -> None:
    room = Room("lab")
    lab = Pushing(room)
    async with room.running():
        await room.pass_(5)
        lab.returns = True
        await room.pass_(1.25)
        assert lab.state() is ResourceState.STALE
        assert lab.detail().startswith("the event stream ended, retry in")
        lab.returns = False
        await room.pass_(31)
        assert lab.state() is ResourceState.LIVE
        assert room.board.source_views()[0].detail == ""


async def test_each_breaking_of_a_push_that_worked_in_between_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    room = Room("lab")
    lab = Pushing(room)
    lab.ends = lambda: RuntimeError("before the first word")
    async with room.running():
        await room.pass_(2)
        for times in (1, 2, 3):
            lab.ends = lambda: RuntimeError("bug")
            await room.pass_(40)
            broke = [record for record in caplog.records if "lab events: unexpected" in record.getMessage()]
            assert len(broke) == times
            lab.ends = None
            await room.pass_(31)
            assert lab.state() is ResourceState.LIVE
            assert room.board.source_views()[0].detail == ""


async def test_a_board_that_breaks_under_a_push_ends_neither_it_nor_the_others() -> None:
    room = Room("hq", "lab")
    room.hq.give(Q, "", 5.0)
    lab = Pushing(room)
    async with room.running():
        await room.pass_(5)

        def apply(update: Update) -> None:
            raise RuntimeError("bug")

        def status(status: FeedStatus) -> None:
            raise RuntimeError("bug")

        well = room.sink.apply, room.sink.status
        room.sink.apply, room.sink.status = apply, status  # type: ignore[method-assign]  # a board with a bug
        await room.pass_(20)
        room.sink.apply, room.sink.status = well  # type: ignore[method-assign]
        await room.pass_(31)
        assert lab.state() is ResourceState.LIVE
        assert room.board.pane_state(Q).state is ResourceState.LIVE
        assert room.status(Q).failures == 0


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_reading_that_breaks_in_any_way_fails_that_feed_alone(fault: Callable[[], BaseException]) -> None:
    room = Room("hq", "lab", feeds={Q: 5.0, C: 5.0})

    async def broken() -> None:
        raise fault()

    async with room.running():
        await room.pass_(6)
        room.hq.faults[C, ""] = broken
        await room.pass_(20)
        assert room.status(C).failures >= 3
        assert room.status(C).cause
        states = {(name, what): room.board.resource_view(name, what) for name in ("hq", "lab") for what in (Q, C)}
        said = {where: view.state for where, view in states.items() if view is not None}
        assert said.pop(("hq", C)) is ResourceState.STALE
        assert set(said.values()) == {ResourceState.LIVE}
        room.hq.faults.clear()
        await room.pass_(11)
        assert room.status(C).failures == 0


@pytest.mark.parametrize("early", [True, False])
async def test_an_adapter_that_cannot_say_what_it_is_is_read_all_the_same(early: bool) -> None:
    room = Room("hq", "lab", feeds={Q: 5.0})
    lab = room.sources["lab"]
    well = lab.info

    def info() -> SourceInfo:
        raise RuntimeError("bug")

    if early:
        lab.info = info  # type: ignore[method-assign]  # an adapter with a bug
    async with room.running():
        await room.pass_(6)
        lab.info = info  # type: ignore[method-assign]
        await room.pass_(20)
        room.scheduler.refresh()
        await settle()
        assert len(room.hq.times(Q)) >= 5
        assert len(lab.times(Q)) >= 5
        view = next(view for view in room.board.source_views() if view.info.name == "lab")
        assert (view.state, view.detail) == (SourceState.LIVE, "the adapter broke (RuntimeError)")
        lab.info = well  # type: ignore[method-assign]
        await room.pass_(11)
        view = next(view for view in room.board.source_views() if view.info.name == "lab")
        assert view.detail == ""


async def test_an_adapter_that_cannot_say_what_there_is_keeps_what_was_known(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room("hq", "lab", feeds={Q: 5.0})
    lab = room.sources["lab"]
    well = lab.feeds

    def feeds() -> Sequence[Feed]:
        raise KeyError("bug")

    async with room.running():
        await room.pass_(6)
        lab.feeds = feeds  # type: ignore[method-assign]  # an adapter with a bug
        await room.pass_(30)
        assert len(lab.times(Q)) >= 7
        assert len(room.hq.times(Q)) >= 7
        view = next(view for view in room.board.source_views() if view.info.name == "lab")
        assert view.detail == "what there is to read broke (KeyError)"
        assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1
        lab.feeds = well  # type: ignore[method-assign]
        await room.pass_(11)
        view = next(view for view in room.board.source_views() if view.info.name == "lab")
        assert view.detail == ""


async def test_an_adapter_that_never_says_what_there_is_is_asked_until_it_does() -> None:
    room = Room("hq", "lab", feeds={Q: 5.0})
    lab = room.sources["lab"]
    well = lab.feeds

    def feeds() -> Sequence[Feed]:
        raise KeyError("bug")

    lab.feeds = feeds  # type: ignore[method-assign]  # an adapter with a bug
    async with room.running():
        await room.pass_(6)
        view = next(view for view in room.board.source_views() if view.info.name == "lab")
        assert (view.state, view.detail) == (SourceState.DOWN, "what there is to read broke (KeyError)")
        lab.feeds = well  # type: ignore[method-assign]
        await room.pass_(11)
        assert len(room.board.rows(Q, "lab")) == 1
    await Room("hq", "lab").scheduler.once()


async def test_a_program_that_is_ended_ends() -> None:
    room = Room("hq", "lab")
    room.hq.give(Q, "", 5.0)
    Pushing(room)
    with anyio.fail_after(10):
        async with room.running():
            await room.pass_(2)
