"""Law 1: fresh or marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.board.making import SOURCE, Desk, call, key, member, queue
from wallboard.board.freshness import feed_state
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState, SourceState
from wallboard.domain.update import FeedStatus, SourceInfo

LIVE, LATE, STALE, GONE = ResourceState.LIVE, ResourceState.LATE, ResourceState.STALE, ResourceState.GONE


@pytest.mark.parametrize(
    ("resource", "interval", "timeout", "failures", "age", "state"),
    [
        (Resource.QUEUES, 5, 4, 0, 14.0, LIVE),
        (Resource.QUEUES, 5, 4, 0, 14.1, LATE),
        (Resource.QUEUES, 5, 4, 0, 20.1, STALE),
        (Resource.QUEUES, 5, 4, 0, 100.0, STALE),
        (Resource.QUEUES, 5, 4, 0, 100.1, GONE),
        (Resource.CALLS, 2, 3, 0, 8.0, LATE),
        (Resource.CALLS, 2, 3, 0, 10.1, STALE),
        (Resource.CALLS, 2, 3, 0, 60.1, GONE),
        (Resource.QUEUES, 5, 4, 1, 3.0, LIVE),
        (Resource.QUEUES, 5, 4, 2, 3.0, LATE),
        (Resource.QUEUES, 5, 4, 3, 3.0, STALE),
        # A slow feed is live for half a minute only, hotlines for one, rosters for a quarter of an hour.
        (Resource.QUEUES, 107, 8, 0, 30.0, LIVE),
        (Resource.QUEUES, 107, 8, 0, 30.1, LATE),
        (Resource.HOTLINES, 60, 8, 0, 60.0, LIVE),
        (Resource.HOTLINES, 60, 8, 0, 60.1, LATE),
        (Resource.RECEPTIONISTS, 300, 8, 0, 600.0, LIVE),
        (Resource.NOTICES, 600, 8, 0, 899.0, LIVE),
        (Resource.NOTICES, 600, 8, 0, 901.0, LATE),
    ],
)
def test_states_by_age(
    resource: Resource, interval: float, timeout: float, failures: int, age: float, state: ResourceState
) -> None:
    status = FeedStatus(SOURCE, resource, "", interval, timeout, failures=failures)
    assert feed_state(status, 1000.0, 1000.0 + age)[0] is state


def test_finding_out_what_there_is_to_read_is_a_roster_whatever_it_belongs_to() -> None:
    seldom = FeedStatus(SOURCE, Resource.QUEUES, "discovery", 600.0, 30.0)
    assert feed_state(seldom, 0.0, 610.0)[0] is LIVE
    assert feed_state(seldom, 0.0, 910.0)[0] is LATE
    assert feed_state(replace(seldom, scope="601"), 0.0, 610.0)[0] is LATE


def test_a_list_that_is_late_only_because_it_is_read_seldom_says_that() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, interval=60, timeout=8, last_ok=desk.now)
    desk.clock.advance(40)
    assert desk.board.pane_state(Resource.QUEUES).sentence == "hq late, paced 60 s"
    desk.clock.advance(100)
    assert desk.board.pane_state(Resource.QUEUES).sentence == "hq late 2 min", "now it should have come"


@pytest.mark.parametrize(
    ("interval", "age", "state"),
    [(60, 68.0, LIVE), (60, 75.1, LATE), (120, 75.0, LIVE), (120, 75.1, LATE), (10, 28.1, LATE), (60, 241.0, STALE)],
)
def test_a_list_whose_every_change_is_announced_is_live_until_it_should_have_been_reconciled(
    interval: float, age: float, state: ResourceState
) -> None:
    status = FeedStatus(SOURCE, Resource.CALLS, "", interval, 8, events=True)
    assert feed_state(status, 1000.0, 1000.0 + age)[0] is state


def test_a_late_list_that_is_announced_says_how_seldom_it_is_reconciled() -> None:
    desk = Desk()
    desk.snapshot(Resource.CALLS, call("c-1"))
    desk.status(Resource.CALLS, interval=100, timeout=8, last_ok=desk.now, events=True)
    desk.clock.advance(80)
    assert desk.board.pane_state(Resource.CALLS).sentence == "hq late, events + 100 s"


def test_a_source_is_as_late_as_what_is_late_of_it() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, last_ok=desk.now, interval=5)
    desk.snapshot(Resource.RECEPTIONISTS)
    desk.status(Resource.RECEPTIONISTS, last_ok=desk.now, interval=300)
    desk.clock.advance(60)
    desk.status(Resource.QUEUES, last_ok=desk.now, interval=5)
    desk.snapshot(Resource.QUEUES, queue())
    desk.clock.advance(17)
    assert desk.board.source_views()[0].state is SourceState.LATE
    assert desk.board.source_views()[0].age == 17


def test_a_source_is_not_down_while_its_slowest_list_is_read_for_the_first_time() -> None:
    desk = Desk()
    desk.snapshot(Resource.CALLS, call("a"))
    desk.status(Resource.CALLS, last_ok=desk.now)
    desk.status(Resource.QUEUES, "discovery", interval=600)
    desk.clock.advance(17)
    assert desk.board.source_views()[0].word == "connecting"
    desk.clock.advance(10)
    assert desk.board.source_views()[0].word == "down", "the calls have been given up as well"


@pytest.mark.parametrize(
    ("failures", "next_at", "state"),
    [
        # Nobody would tell us of a change before then.
        (1, 1003.0, STALE),
        # One list did not come, and the connection stands.
        (1, None, LIVE),
        (2, None, LATE),
        (0, None, LIVE),
    ],
)
def test_a_push_that_is_cut_off_is_stale_at_once(failures: int, next_at: float | None, state: ResourceState) -> None:
    status = FeedStatus(SOURCE, Resource.CALLS, "", 5.0, 5.0, failures=failures, next_at=next_at, push=True)
    assert feed_state(status, 1000.0, 1000.5)[0] is state


def test_never_is_not_zero() -> None:
    desk = Desk()
    desk.status(Resource.QUEUES, failures=1, cause="vendor answered 502")
    view = desk.board.resource_view(SOURCE, Resource.QUEUES)
    assert view is not None
    assert view.state is ResourceState.NEVER
    assert view.age is None
    assert view.detail == "vendor answered 502"


def test_a_paced_feed_says_so() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, interval=107, timeout=8, last_ok=desk.now, paced=True)
    desk.clock.advance(40)
    assert desk.board.pane_state(Resource.QUEUES).sentence == "hq late, paced 107 s"


def test_one_broken_endpoint_dims_no_other_and_comes_back() -> None:
    desk = Desk()
    desk.board.source(SourceInfo(SOURCE, "ringme"))
    seen: list[str] = []
    for second in range(120):
        desk.clock.advance(1)
        now = desk.now
        desk.snapshot(Resource.QUEUES, queue())
        desk.status(Resource.QUEUES, last_ok=now)
        if second < 5 or second > 100:
            desk.snapshot(Resource.CALLS, call("a"))
            desk.status(Resource.CALLS, interval=2, timeout=3, last_ok=now)
        desk.board.tick()
        state = desk.board.pane_state(Resource.CALLS).state.value
        if not seen or seen[-1] != state:
            seen.append(state)
        assert desk.board.pane_state(Resource.QUEUES).state is LIVE
        assert desk.board.row_state(key(Resource.QUEUES, "601")) is LIVE
    assert seen == ["live", "late", "stale", "gone", "live"]


def test_a_source_is_the_worst_of_what_is_wanted() -> None:
    desk = Desk()
    desk.board.source(SourceInfo(SOURCE, "ringme"))
    assert desk.board.source_views()[0].state is SourceState.DOWN
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, last_ok=desk.now)
    desk.status(Resource.CALLS, unavailable=True, cause="not for this account")
    desk.status(Resource.PHONES, wanted=False)
    view = desk.board.source_views()[0]
    assert view.state is SourceState.LIVE
    assert {part.name: part.state for part in view.resources}[Resource.CALLS] is ResourceState.UNAVAILABLE
    desk.clock.advance(17)
    view = desk.board.source_views()[0]
    assert (view.state, view.age) == (SourceState.LATE, 17)
    desk.status(Resource.QUEUES, last_ok=desk.now, refused=True, cause="credentials refused")
    view = desk.board.source_views()[0]
    assert (view.state, view.detail) == (SourceState.REFUSED, "credentials refused")


def test_telephones_that_cannot_be_read_do_not_make_a_source_look_down() -> None:
    desk = Desk()
    desk.board.source(SourceInfo(SOURCE, "portsip"))
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, last_ok=desk.now)
    desk.status(Resource.PHONES, failures=5, cause="server error 502")
    assert desk.board.source_views()[0].state is SourceState.LIVE


def test_who_is_served_is_unknown_where_the_list_holds_only_who_waits() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue(), queue("602", "Support", only_waiting=True))
    for name in ("601", "602"):
        desk.snapshot(Resource.MEMBERS, member(f"m{name}", queue_id=name), scope=name)
    stats = {name: desk.board.queue_stats(key(Resource.QUEUES, name)) for name in ("601", "602")}
    assert (stats["601"].waiting, stats["601"].ringing, stats["601"].talking) == (1, 0, 0)
    assert (stats["602"].waiting, stats["602"].ringing, stats["602"].talking) == (1, None, None)


def test_one_scope_that_was_not_read_yet_does_not_empty_the_pane() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue("601"), scope="601")
    desk.status(Resource.QUEUES, "601", last_ok=desk.now)
    desk.status(Resource.QUEUES, "602", failures=1, cause="vendor answered 500")
    desk.status(Resource.QUEUES, "discovery", interval=600, last_ok=desk.now)
    view = desk.board.resource_view(SOURCE, Resource.QUEUES)
    assert view is not None
    assert (view.state, view.detail) == (LATE, "1 of 2 not read yet: vendor answered 500")
    desk.status(Resource.QUEUES, "602", failures=3, cause="vendor answered 500")
    view = desk.board.resource_view(SOURCE, Resource.QUEUES)
    assert view is not None
    assert view.state is STALE
    assert desk.board.row_state(key(Resource.QUEUES, "601")) is LIVE


def test_the_discovery_of_queues_ages_nothing() -> None:
    desk = Desk()
    desk.status(Resource.QUEUES, "discovery", interval=600, last_ok=desk.now)
    for _ in range(30):
        desk.clock.advance(5)
        desk.snapshot(Resource.QUEUES, queue("601"), scope="601")
        desk.status(Resource.QUEUES, "601", last_ok=desk.now)
    assert desk.board.pane_state(Resource.QUEUES).state is LIVE


def test_a_stale_title_says_cause_and_when_it_is_tried_again() -> None:
    desk = Desk()
    desk.snapshot(Resource.CALLS, call("a"))
    desk.status(
        Resource.CALLS,
        interval=4,
        last_ok=desk.now,
        failures=3,
        cause="vendor answered 502",
        next_at=desk.now + 44,
    )
    desk.clock.advance(32)
    assert desk.board.pane_state(Resource.CALLS).sentence == "hq stale 32 s: vendor answered 502 ×3, retry in 12 s"


def test_a_roster_is_live_for_a_quarter_of_an_hour() -> None:
    told = FeedStatus("cc", Resource.AGENTS, "", interval=600.0, timeout=8.0, last_ok=0.0, roster=True)
    assert feed_state(told, 0.0, 890.0)[0] is ResourceState.LIVE
    assert feed_state(told, 0.0, 910.0)[0] is ResourceState.LATE
    assert feed_state(replace(told, roster=False), 0.0, 890.0)[0] is not ResourceState.LIVE


def test_a_source_that_nothing_can_have_answered_yet_is_connecting_and_one_that_failed_is_down_with_its_cause() -> None:
    desk = Desk()

    def word() -> str:
        return desk.board.source_views()[0].word

    desk.board.source(SourceInfo(SOURCE, "ringme", detail="hosted PBX"))
    assert (word(), desk.board.source_views()[0].detail) == ("connecting", "connecting")
    desk.status(Resource.QUEUES, "discovery")
    desk.status(Resource.CALLS)
    desk.status(Resource.AGENTS)
    assert word() == "connecting"
    assert desk.board.source_views()[0].state is SourceState.DOWN, "in the data it is the worst of its lists"
    desk.status(Resource.AGENTS, unavailable=True, cause="not for this account")
    assert word() == "connecting"
    desk.status(Resource.CALLS, failures=1, cause="connection refused", next_at=desk.now + 4)
    view = desk.board.source_views()[0]
    assert (view.word, view.cause) == ("down", "connection refused")
    assert view.detail == "calls no data yet: connection refused, retry in 4 s"
    assert desk.board.pane_state(Resource.CALLS).sentence == "hq no data yet: connection refused, retry in 4 s"
    desk.snapshot(Resource.CALLS, call("a"))
    desk.status(Resource.CALLS, last_ok=desk.now)
    assert word() == "connecting", "the queues have not been read, and nothing keeps them"
    desk.snapshot(Resource.QUEUES, queue())
    desk.status(Resource.QUEUES, "discovery", last_ok=desk.now)
    assert word() == "live"
    desk.clock.advance(120)
    assert word() == "down"


def test_a_source_with_nothing_for_this_account_or_with_a_broken_adapter_is_not_connecting() -> None:
    desk = Desk()
    desk.board.source(SourceInfo(SOURCE, "ringme"))
    desk.status(Resource.CALLS, unavailable=True, cause="not for this account")
    assert desk.board.source_views()[0].word == "down"
    desk = Desk()
    desk.board.source(SourceInfo(SOURCE, "ringme", detail="broke when it was set up", broken=True))
    view = desk.board.source_views()[0]
    assert (view.word, view.cause, view.detail) == ("down", "broke when it was set up", "broke when it was set up")


def test_a_source_of_which_some_lists_have_come_and_others_were_not_tried_yet_is_connecting_not_late() -> None:
    desk = Desk()
    desk.snapshot(Resource.MEMBERS, member("a", queue_id="601"), scope="601")
    desk.status(Resource.MEMBERS, "601", last_ok=desk.now)
    desk.status(Resource.MEMBERS, "602")
    assert desk.board.source_views()[0].word == "connecting"
    desk.status(Resource.MEMBERS, "602", cause="the request budget is used up")
    assert desk.board.source_views()[0].word == "late"
    desk.status(Resource.MEMBERS, "602", failures=1, cause="server error 502")
    assert desk.board.source_views()[0].word == "late"
    desk.status(Resource.MEMBERS, "602")
    desk.clock.advance(17)
    assert desk.board.source_views()[0].word == "late", "what was read has grown old meanwhile"
