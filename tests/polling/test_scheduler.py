"""Every source is asked in time and on its own; nothing is asked twice at once, nothing is made up for."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from types import CodeType, FrameType

import anyio
import pytest

from tests.polling.room import Room, settle
from wallboard.board.freshness import feed_state
from wallboard.domain.errors import (
    CredentialsRefused,
    Missing,
    NotPermitted,
    ReadError,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState, SourceState
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.polling.feed_schedule import FeedSchedule
from wallboard.polling.schedule import Demand, wished_interval
from wallboard.vendors.base import Feed, Sink, Ticket

pytestmark = pytest.mark.anyio

Q, C, A, M = Resource.QUEUES, Resource.CALLS, Resource.AGENTS, Resource.MEMBERS


def gaps(times: list[float]) -> list[float]:
    return [b - a for a, b in pairwise(times)]


async def test_each_feed_is_read_at_once_and_then_at_its_rate() -> None:
    room = Room()
    room.hq.give(Q, "601", 5.0)
    room.hq.give(C, "", 2.0)
    async with room.running():
        assert len(room.hq.reads) == 2
        await room.pass_(60)
    assert len(room.hq.times(Q, "601")) in (12, 13, 14)
    assert len(room.hq.times(C)) in (30, 31, 32)
    assert all(4.0 <= gap <= 6.0 for gap in gaps(room.hq.times(Q, "601"))[1:])
    assert room.status(Q, "601").failures == 0
    assert room.status(Q, "601").last_ok == room.hq.times(Q, "601")[-1]
    assert room.board.pane_state(Q).state is ResourceState.LIVE


async def test_a_feed_that_is_still_under_way_is_not_asked_again() -> None:
    room = Room()
    room.hq.give(C, "", 1.0, timeout=30.0)
    room.hq.hangs(C, 7.0)
    async with room.running():
        await room.pass_(20)
        assert room.hq.most_flying == 1
        assert len(room.hq.times(C)) <= 3


async def test_an_answer_that_does_not_come_is_late_and_touches_no_other() -> None:
    room = Room("hq", "lab")
    for source in room.sources.values():
        source.give(Q, "", 5.0, timeout=4.0)
        source.give(C, "", 2.0, timeout=3.0)
    async with room.running():
        await room.pass_(6)
        room.hq.hangs(C, 1e6)
        before = room.clock.now()
        await room.pass_(30)
        status = room.status(C)
        assert status.cause == "no whole answer within 3 s"
        assert status.failures >= 3
        view = room.board.resource_view("hq", C)
        assert view is not None
        assert view.state is ResourceState.STALE
        for name, resource in (("hq", Q), ("lab", Q), ("lab", C)):
            other = room.board.resource_view(name, resource)
            assert other is not None
            assert other.state is ResourceState.LIVE
        assert len([at for at in room.sources["lab"].times(C) if at > before]) >= 14


@pytest.mark.parametrize("outage", [6.0, 13.0, 24.0])
async def test_recovery_within_one_interval_and_a_second(outage: float) -> None:
    room = Room()
    room.hq.give(Q, "", 5.0, timeout=4.0)
    async with room.running():
        await room.pass_(11)
        room.hq.fails(Q, Unreachable("connection refused"))
        await room.pass_(outage)
        room.hq.fails(Q, None)
        status = room.status(Q)
        ended = room.clock.now()
        # The breaker may be open by then: its countdown is on the screen.
        promised = max(status.interval, (status.next_at or ended) - ended) + 1.0
        while room.status(Q).failures:
            await room.pass_(0.25)
        assert room.clock.now() - ended <= promised
        assert room.board.pane_state(Q).state is ResourceState.LIVE


async def test_failures_slow_a_feed_down_to_twice_its_interval_at_most() -> None:
    room = Room(feeds={Q: 4.0})
    async with room.running():
        room.hq.fails(Q, ServerTrouble("vendor answered 502"))
        await room.pass_(26)
        times = room.hq.times(Q)
        # Four failures; at the fifth the breaker opens.
        assert all(gap <= 2 * 4.0 + 1.0 for gap in gaps(times[:5]))
        await room.pass_(60)
        status = room.status(Q)
        assert status.interval <= 8.0
        assert status.next_at is not None
        assert len(room.hq.times(Q)) <= 8


async def test_a_slow_list_that_failed_is_asked_again_within_a_minute_and_then_slowly() -> None:
    room = Room(feeds={A: 600.0})
    async with room.running():
        room.hq.fails(A, ServerTrouble("vendor answered 502"))
        await room.pass_(602)
        failed = room.hq.times(A)
        room.hq.fails(A, None)
        await room.pass_(62)
        again = room.hq.times(A)
        assert len(again) == len(failed) + 1
        await room.pass_(400)
        assert room.hq.times(A) == again


async def test_a_throttled_account_waits_as_long_as_it_was_told() -> None:
    room = Room(feeds={Q: 5.0, C: 2.0})
    async with room.running():
        await room.pass_(4)
        room.hq.fails(C, Throttled("too many requests", 20.0))
        await room.pass_(3)
        room.hq.fails(C, None)
        stopped = room.hq.times(C)[-1]
        await room.pass_(16)
        assert max(at for at, _, _ in room.hq.reads) == stopped
        assert room.status(Q).next_at == pytest.approx(stopped + 20.0, abs=1.0)
        await room.pass_(6)
        assert room.hq.times(C)[-1] > stopped
        assert room.hq.times(Q)[-1] > stopped


async def test_throttling_of_one_endpoint_leaves_the_account_alone() -> None:
    room = Room(feeds={Q: 5.0, C: 2.0})
    async with room.running():
        room.hq.fails(C, Throttled("vendor answered 503", None, "endpoint"))
        await room.pass_(20)
        assert len(room.hq.times(C)) == 2
        assert len(room.hq.times(Q)) >= 4


@pytest.mark.parametrize(("told", "waits"), [(0.0, 1.0), (-5.0, 1.0), (1e9, 600.0)])
async def test_absurd_waits_are_bounded(told: float, waits: float) -> None:
    room = Room(feeds={Q: 1.0})
    async with room.running():
        room.hq.fails(Q, Throttled("wait", told))
        await room.pass_(2)
        status = room.status(Q)
        assert status.next_at is not None
        assert status.next_at - room.hq.times(Q)[-1] == pytest.approx(waits, abs=1.6)


async def test_refused_credentials_stop_the_source_until_five_minutes_or_a_refresh() -> None:
    room = Room("hq", "lab", feeds={Q: 5.0, C: 2.0})
    async with room.running():
        await room.pass_(4)
        room.hq.fails(Q, CredentialsRefused("credentials refused"))
        room.hq.fails(C, CredentialsRefused("credentials refused"))
        await room.pass_(5)
        asked = len(room.hq.reads)
        await room.pass_(120, step=1.0)
        assert len(room.hq.reads) == asked
        assert room.status(C).refused
        assert room.status(C).cause == "credentials refused"
        views = {view.info.name: view.state for view in room.board.source_views()}
        assert views["hq"] is SourceState.REFUSED
        assert room.sources["lab"].times(C)[-1] > room.clock.now() - 3
        room.scheduler.refresh()
        await settle()
        assert len(room.hq.reads) == asked + 1
        await room.pass_(280, step=1.0)
        assert len(room.hq.reads) == asked + 1
        room.hq.fails(Q, None)
        room.hq.fails(C, None)
        await room.pass_(30, step=1.0)
        assert not room.status(C).refused
        assert room.hq.times(C)[-1] > room.clock.now() - 3


async def test_what_is_not_for_this_account_is_tried_again_after_a_quarter_of_an_hour() -> None:
    room = Room(feeds={Q: 5.0, C: 2.0})
    room.hq.fails(C, NotPermitted("not for this account"))
    async with room.running():
        await room.pass_(600, step=1.0)
        assert len(room.hq.times(C)) == 1
        view = room.board.resource_view("hq", C)
        assert view is not None
        assert (view.state, view.detail) == (ResourceState.UNAVAILABLE, "not for this account")
        room.hq.fails(C, None)
        await room.pass_(320, step=1.0)
        view = room.board.resource_view("hq", C)
        assert view is not None
        assert view.state is ResourceState.LIVE


async def test_a_thing_is_gone_after_it_was_missing_twice() -> None:
    room = Room()
    room.hq.give(Q, "601", 5.0)
    async with room.running():
        room.hq.fails(Q, Missing("no such queue"), "601")
        await room.pass_(5.5)
        assert len(room.board.rows(Q)) == 1
        await room.pass_(6)
        assert room.board.rows(Q) == ()


async def test_a_fault_of_our_own_fails_that_feed_alone_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    room = Room(feeds={Q: 5.0, C: 2.0})
    room.hq.fails(C, KeyError("from"))
    with caplog.at_level(logging.INFO, "wallboard.polling"):
        async with room.running():
            await room.pass_(9)
            assert room.status(C).cause == "the answer could not be used (KeyError)"
            assert room.status(Q).failures == 0
            room.hq.fails(C, None)
            await room.pass_(60, step=0.5)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["hq calls: unexpected KeyError", "hq calls: recovered"]


async def test_a_failure_is_logged_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    room = Room(feeds={C: 2.0})
    with caplog.at_level(logging.INFO, "wallboard.polling"):
        async with room.running():
            room.hq.fails(C, ReadError("not JSON (text/html): login page?"))
            await room.pass_(8)
            room.hq.fails(C, None)
            await room.pass_(8)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["hq calls: not JSON (text/html): login page?", "hq calls: recovered"]


async def test_hidden_panes_are_read_less_and_shown_ones_at_once() -> None:
    room = Room()
    for resource, interval in ((Q, 5.0), (C, 2.0)):
        room.hq.give(resource, "", interval)
    room.hq.give(Resource.PARKED, "", 5.0, hidden_interval=0)
    room.scheduler.demand(frozenset({Q}))
    async with room.running():
        await room.pass_(60)
        assert len(room.hq.times(C)) <= 6
        assert len(room.hq.times(Q)) >= 12
        assert room.hq.times(Resource.PARKED) == []
        assert not room.status(Resource.PARKED).wanted
        assert room.status(C).interval == 15.0
        room.scheduler.demand(frozenset({C, Resource.PARKED}))
        await room.pass_(2.5)
        assert room.hq.times(C)[-1] > room.clock.now() - 2.5
        assert len(room.hq.times(Resource.PARKED)) == 1
        assert room.status(C).interval == 2.0


async def nothing(ticket: Ticket) -> Sequence[Update]:
    return ()


@pytest.mark.parametrize("resource", [each for each in Resource if each is not M], ids=str)
@pytest.mark.parametrize("scope", ["601", "discovery"])
@pytest.mark.parametrize("every", [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 40.0, 60.0, 300.0, 600.0])
def test_a_hidden_list_is_live_when_its_next_reading_comes(resource: Resource, scope: str, every: float) -> None:
    feed = Feed(resource, scope, nothing, every)
    seconds = wished_interval(feed, Demand(frozenset()))
    assert seconds is not None
    status = FeedStatus("hq", resource, scope, seconds, feed.timeout)
    on_screen = replace(status, interval=every)
    if feed_state(on_screen, 0.0, every + 3.0)[0] is ResourceState.LIVE:
        assert feed_state(status, 0.0, seconds + 3.0)[0] is ResourceState.LIVE


async def test_the_callers_are_read_at_their_own_pace_whatever_is_on_screen() -> None:
    """Every figure of a queue is made of their list: read every 20 s, it was another figure."""
    room = Room()
    for resource in (M, Q, A):
        room.hq.give(resource, "601", 5.0)
    room.scheduler.demand(frozenset())
    async with room.running():
        await room.pass_(60)
        assert len(room.hq.times(M, "601")) >= 12
        assert len(room.hq.times(Q, "601")) <= 5


async def test_four_at_a_time_and_what_must_be_alone_is_alone() -> None:
    room = Room()
    for index in range(9):
        room.hq.give(M, str(index), 10.0)
        room.hq.hangs(M, 0.5, str(index))
    room.hq.give(Q, "history", 10.0, exclusive=True)
    beside: list[int] = []

    async def alone() -> None:
        beside.append(room.hq.flying)
        await room.clock.sleep(0.5)
        beside.append(room.hq.flying)

    room.hq.faults[Q, "history"] = alone
    async with room.running():
        await room.pass_(60)
    assert room.hq.most_flying == 4
    assert len(beside) >= 8
    assert set(beside) == {1}


async def test_discovery_adds_feeds_and_takes_them_away() -> None:
    room = Room()
    room.hq.give(Q, "discovery", 20.0)
    async with room.running():
        room.hq.give(Q, "601", 5.0)
        room.hq.give(Q, "602", 5.0)
        await room.pass_(41)
        assert [row.key.id for row in room.board.rows(Q)] == ["601", "602"]
        room.hq.list = [feed for feed in room.hq.list if feed.scope != "602"]
        await room.pass_(21)
        assert [row.key.id for row in room.board.rows(Q)] == ["601"]
        asked = len(room.hq.times(Q, "602"))
        await room.pass_(20)
        assert len(room.hq.times(Q, "602")) == asked


async def test_after_an_action_its_effect_is_looked_for_soon() -> None:
    room = Room(feeds={C: 60.0, Q: 60.0})
    async with room.running():
        await room.pass_(1)
        began = room.clock.now()
        room.scheduler.hurry("hq", [C])
        await room.pass_(8)
        after = [at - began for at in room.hq.times(C) if at > began]
        assert after == pytest.approx([0.5, 1.0, 2.0, 3.0, 5.0], abs=0.3)
        assert len(room.hq.times(Q)) == 1


async def test_refresh_reads_what_is_shown_says_what_it_costs_and_is_debounced() -> None:
    room = Room()
    room.hq.give(Q, "601", 60.0, cost=2)
    room.hq.give(C, "", 60.0)
    room.scheduler.demand(frozenset({Q}))
    async with room.running():
        await room.pass_(5)
        assert room.scheduler.refresh() == "refreshing: 2 requests"
        await settle()
        assert len(room.hq.times(Q, "601")) == 2
        assert len(room.hq.times(C)) == 1
        await room.pass_(1)
        assert room.scheduler.refresh() == "refreshed just now"
        await settle()
        assert len(room.hq.times(Q, "601")) == 2


async def test_a_machine_that_slept_asks_once_and_makes_nothing_up() -> None:
    room = Room(feeds={Q: 5.0, C: 2.0})
    async with room.running():
        await room.pass_(10)
        asked = len(room.hq.reads)
        room.clock.advance(8 * 3600)
        await settle()
        room.board.tick()
        assert room.board.pane_state(C).state is ResourceState.GONE
        await room.pass_(2.5)
        assert len(room.hq.reads) - asked <= 3
        assert room.board.pane_state(C).state is ResourceState.LIVE


async def test_an_answer_that_was_under_way_when_the_machine_fell_asleep_is_as_old_as_its_question() -> None:
    room = Room()
    room.hq.give(Q, "", 5.0, timeout=9 * 3600.0)
    async with room.running():
        await room.pass_(6)
        woken = anyio.Event()
        room.hq.faults[Q, ""] = woken.wait
        await room.pass_(6)
        asked = len(room.hq.reads)
        room.clock.advance(8 * 3600)
        room.hq.faults.clear()
        woken.set()
        await settle()
        assert len(room.hq.reads) == asked
        assert room.board.pane_state(Q).state is ResourceState.GONE
        assert room.board.row_state(room.board.rows(Q)[0].key) is ResourceState.GONE
        await room.pass_(5.5)
        assert len(room.hq.reads) == asked + 1
        assert room.board.pane_state(Q).state is ResourceState.LIVE


async def test_a_push_source_that_breaks_is_started_again_and_disturbs_nobody() -> None:
    room = Room("hq", "lab")
    room.hq.give(Q, "", 5.0)
    runs: list[float] = []

    async def pushes(sink: Sink) -> None:
        runs.append(room.clock.now())
        raise RuntimeError("bug")

    room.sources["lab"].pushes = pushes
    async with room.running():
        await room.pass_(20)
        assert len(runs) >= 4
        assert len(room.hq.times(Q)) >= 4
    detail = next(view.detail for view in room.board.source_views() if view.info.name == "lab")
    assert "RuntimeError" in detail


async def test_a_feed_whose_pace_changes_keeps_its_new_pace_within_ten_seconds() -> None:
    room = Room(feeds={M: 5.0})
    async with room.running():
        await room.pass_(30)
        room.hq.list.clear()
        room.hq.give(M, "", 60.0)
        before = len(room.hq.times(M))
        await room.pass_(60)
        assert len(room.hq.times(M)) - before <= 4
        assert room.status(M).interval == 60.0


async def test_once_discovers_then_reads_everything_one_time() -> None:
    room = Room("hq", "lab")

    async def fetch(ticket: object) -> list[Update]:
        room.hq.give(Q, "601", 5.0)
        room.hq.give(M, "601", 5.0)
        return []

    room.hq.list.append(Feed(Q, "discovery", fetch, 600.0))
    room.hq.give(C, "", 2.0)
    room.hq.fails(C, ServerTrouble("vendor answered 500"))

    async def pushes(sink: Sink) -> None:
        sink.apply(Update("lab", Q, "", UpdateKind.SNAPSHOT, 1, 1, room.clock.now()))
        sink.status(FeedStatus("lab", Q, "", 15.0, 5.0, last_ok=room.clock.now(), push=True))
        await anyio.sleep_forever()

    room.sources["lab"].pushes = pushes
    with anyio.fail_after(5):
        await room.scheduler.once()
    assert sorted((what, where) for _, what, where in room.hq.reads) == [(C, ""), (M, "601"), (Q, "601")]
    assert len(room.board.rows(Q)) == 1
    assert room.status(C).cause == "vendor answered 500"
    lab = room.board.resource_view("lab", Q)
    assert lab is not None
    assert lab.state is ResourceState.LIVE


async def test_once_stops_asking_when_credentials_are_refused() -> None:
    room = Room()
    for index in range(12):
        room.hq.give(M, str(index))
        room.hq.fails(M, CredentialsRefused("credentials refused"), str(index))
    await room.scheduler.once()
    assert len(room.hq.reads) <= 4
    assert room.board.source_views()[0].state is SourceState.REFUSED


async def test_a_source_whose_adapter_breaks_after_a_read_disturbs_nobody() -> None:
    room = Room("hq", "lab", feeds={Q: 5.0})
    async with room.running():
        await room.pass_(2)

        def info() -> SourceInfo:
            raise RuntimeError("bug")

        room.sources["lab"].info = info  # type: ignore[method-assign]  # an adapter with a bug
        await room.pass_(20)
        assert len(room.hq.times(Q)) >= 5
        assert 2 <= len(room.sources["lab"].times(Q)) <= 6


async def test_an_answer_makes_nobody_look_through_all_feeds() -> None:
    """Four times the feeds are four times the answers in a cycle, and no more for each of them."""
    few, many = [await looks_in_a_cycle(feeds) for feeds in (40, 160)]
    assert few > 40, "each was asked again"
    assert many <= 5 * few


async def looks_in_a_cycle(feeds: int) -> int:
    """How often it is worked out when a feed is due, while so many are asked once."""
    room, seen = Room(), Counter[CodeType]()

    def note(frame: FrameType, event: str, argument: object) -> None:
        seen[frame.f_code] += event == "call"

    for place in range(feeds):
        room.hq.give(Q, f"queue {place}", 20.0)
    async with room.running():
        await room.pass_(21.0)
        sys.setprofile(note)
        try:
            await room.pass_(20.0, step=0.1)
        finally:
            sys.setprofile(None)
    return seen[FeedSchedule.due.__code__]


async def test_who_lends_a_source_stands_by_to_act_and_reads_nothing() -> None:
    room = Room(feeds={Resource.CALLS: 5.0})
    standing: list[str] = []

    async def stand_by(_: Sink) -> None:
        standing.append("by")
        try:
            if len(standing) == 1:
                raise RuntimeError("a fault of the adapter")
            await anyio.sleep_forever()
        finally:
            standing.append("gone")

    room.hq.stand_by = stand_by  # type: ignore[assignment,method-assign]  # one that says so
    async with room.running():
        await room.pass_(6.0)
        read = len(room.hq.reads)
        room.scheduler.lend("hq")
        await room.pass_(20.0)
        assert len(room.hq.reads) == read
        assert standing == ["by", "gone", "by"], "what breaks is tried again"
        room.scheduler.take("hq")
        await room.pass_(6.0)
        assert standing[-1] == "gone"
        assert len(room.hq.reads) > read
