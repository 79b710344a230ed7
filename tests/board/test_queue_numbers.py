"""Law 8: honest numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.board.making import SOURCE, Desk, agent, call, key, member, queue
from wallboard.board import BoardSettings, QueueFigures
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member, Membership
from wallboard.domain.rules import Goal, QueueRule
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import clean

M, A, Q = Resource.MEMBERS, Resource.AGENTS, Resource.QUEUES
W, R, T, B = MemberState.WAITING, MemberState.RINGING, MemberState.TALKING, MemberState.ABANDONED


def desk_with(*rows: Member, settings: BoardSettings | None = None) -> Desk:
    desk = Desk(settings)
    desk.snapshot(Q, queue(), scope="601")
    desk.snapshot(M, *rows, scope="601")
    return desk


def stats(desk: Desk, id_: str = "601") -> QueueFigures:
    return desk.board.queue_stats(key(Q, id_))


def members(desk: Desk, *rows: Member) -> None:
    desk.snapshot(M, *rows, scope="601")


def test_unknown_is_not_zero() -> None:
    desk = Desk()
    desk.snapshot(Q, queue())
    figures = stats(desk)
    assert (figures.waiting, figures.ringing, figures.staffed, figures.counts.ready) == (None, None, None, None)
    assert (figures.answered, figures.lost, figures.longest_since) == (None, None, None)
    assert figures.service_level.value is None


def test_callers_by_state_and_the_longest_wait_over_waiting_and_ringing() -> None:
    desk = desk_with()
    t = desk.now
    members(
        desk,
        member("a", W, joined_at=t - 30),
        member("b", R, joined_at=t - 90),
        member("c", T, joined_at=t - 400),
        member("d", B, joined_at=t - 800, ended_at=t),
    )
    figures = stats(desk)
    assert (figures.waiting, figures.ringing, figures.talking) == (1, 1, 1)
    assert figures.longest_since == t - 90


VENDOR = BoardSettings(queues=(QueueRule("*", Goal(80, 20, "vendor")),))


def test_the_vendors_own_counters_where_no_list_of_callers_was_read() -> None:
    desk = Desk()
    desk.snapshot(Q, queue(waiting=7, ringing=0, talking=2, longest_since=desk.now - 5, answered=40, abandoned=3))
    figures = stats(desk)
    assert (figures.waiting, figures.ringing, figures.talking) == (7, 0, 2)
    # Not its counts of the day, which have another definition, unless the site asks for them.
    assert (figures.longest_since, figures.answered, figures.lost) == (desk.now - 5, None, None)
    desk = Desk(VENDOR)
    desk.snapshot(Q, queue(waiting=7, ringing=1, answered=40, abandoned=3))
    figures = stats(desk)
    assert (figures.answered, figures.lost, figures.offered) == (40, 3, 51)


def test_agents_by_state() -> None:
    desk = desk_with()
    desk.snapshot(A, *(agent(state.value, state) for state in AgentState))
    counts = stats(desk).counts
    assert [counts.of(state) for state in AgentState] == [1] * 11
    assert stats(desk).staffed == 9
    desk.snapshot(A, agent("ready"), agent("else", queues=["602"]))
    assert (stats(desk).counts.ready, stats(desk).staffed) == (1, 1)


def test_paused_in_one_queue_is_a_break_in_that_queue() -> None:
    desk = desk_with()
    places = (Membership("601", clean("Sales"), paused=True), Membership("602", clean("Help")))
    from dataclasses import replace

    desk.snapshot(A, replace(agent("bo"), memberships=places))
    desk.snapshot(Q, queue("602"), scope="602")
    assert (stats(desk).counts.ready, stats(desk).counts.break_) == (0, 1)
    assert stats(desk, "602").counts.ready == 1


def served(desk: Desk, waits: list[float], left: list[float] = []) -> None:  # noqa: B006  # never changed
    """Callers answered after `waits` seconds and callers who gave up after `left`, one after the other."""
    for index, wait in enumerate([*waits, *left]):
        answered = index < len(waits)
        desk.clock.advance(1)
        row = member(f"x{index}", joined_at=desk.now)
        members(desk, row)
        desk.clock.advance(wait)
        if answered:
            members(desk, member(f"x{index}", T, joined_at=row.joined_at, answered_at=desk.now))
        members(desk)
        desk.board.tick()


@pytest.mark.parametrize(
    ("formula", "value", "n"),
    [
        ("live", 6 / 9, 9),
        ("answered", 6 / 8, 8),
        ("positive", 8 / 11, 11),
        ("negative", 6 / 11, 11),
        ("ignored", 6 / 9, 9),
    ],
)
def test_service_levels_by_hand(formula: str, value: float, n: int) -> None:
    desk = desk_with(settings=BoardSettings(queues=(QueueRule("sal*", Goal(80, 20, formula)),)))
    served(desk, waits=[2, 5, 8, 10, 15, 20, 21, 60], left=[3, 12, 45])
    level = stats(desk).service_level
    assert level.value == pytest.approx(value)
    assert (level.n, level.formula) == (n, formula)
    assert (stats(desk).answered, stats(desk).lost) == (8, 3)


def test_the_live_formula_falls_when_a_caller_crosses_the_limit_still_waiting() -> None:
    desk = desk_with()
    served(desk, waits=[2, 2, 2, 2, 2])
    assert stats(desk).service_level.value == 1.0
    members(desk, member("slow", joined_at=desk.now))
    desk.clock.advance(20)
    assert stats(desk).service_level.value == 1.0
    desk.clock.advance(1)
    level = stats(desk).service_level
    assert level.value == pytest.approx(5 / 6)
    assert level.n == 6


def test_without_answered_rows_there_is_no_service_level() -> None:
    desk = desk_with()
    served(desk, waits=[], left=[10, 10, 10, 10, 10, 30])
    level = stats(desk).service_level
    assert level.value is None
    assert "no answered callers" in level.reason


def test_a_percentage_of_few_is_none() -> None:
    desk = desk_with()
    served(desk, waits=[2, 2, 2, 2])
    level = stats(desk).service_level
    assert (level.value, level.n) == (None, 4)
    assert level.reason


def test_the_vendors_figure_never_stands_in_for_ours() -> None:
    row = queue(service_percent=81.5, service_seconds=20, answered=40)
    desk = Desk()
    desk.snapshot(Q, row)
    assert (stats(desk).service_level.value, stats(desk).service_level.formula) == (None, "live")
    desk = Desk(VENDOR)
    desk.snapshot(Q, row)
    level = stats(desk).service_level
    assert level.value == pytest.approx(0.815)
    assert (level.n, level.formula) == (40, "vendor")


@pytest.mark.parametrize("answered", [0, 4, None])
def test_the_vendors_figure_needs_enough_callers_too(answered: int | None) -> None:
    desk = Desk(VENDOR)
    desk.snapshot(Q, queue(service_percent=0.0, answered=answered, abandoned=1))
    level = stats(desk).service_level
    assert level.value is None
    assert level.reason


def test_our_own_pulls_are_not_abandons() -> None:
    desk = desk_with()
    before = [member(str(i), joined_at=desk.now + 1) for i in range(5)]
    desk.clock.advance(2)
    members(desk, *before, member("other", joined_at=desk.now))
    desk.clock.advance(5)
    for row in before[:3]:
        desk.board.pulled(row.key)
    members(desk, member("other", joined_at=desk.now - 5))
    # The answer to two of the pulls came after their rows were gone.
    for row in before[3:]:
        desk.board.pulled(row.key)
    desk.pass_(20)
    figures = stats(desk)
    assert (figures.lost, figures.pulled) == (0, 5)


def test_a_pull_is_taken_from_the_vendors_abandons() -> None:
    desk = desk_with(member("a", joined_at=0.0), settings=VENDOR)
    desk.snapshot(Q, queue(abandoned=4, answered=9), scope="601")
    desk.board.pulled(key(M, "a"))
    members(desk)
    desk.snapshot(Q, queue(abandoned=5, answered=9), scope="601")
    assert stats(desk).lost == 4
    # The vendor starts its counters anew.
    desk.snapshot(Q, queue(abandoned=1, answered=0), scope="601")
    assert stats(desk).lost == 1


def test_a_failed_poll_is_a_gap_in_which_nobody_is_presumed_lost() -> None:
    desk = desk_with(member("a", joined_at=desk_start() + 1), member("b", joined_at=desk_start() + 1))
    desk.status(M, "601", failures=1, cause="no whole answer")
    members(desk, member("b", joined_at=desk_start() + 1))
    desk.pass_(10)
    assert stats(desk).lost == 0
    members(desk)
    desk.pass_(20)
    assert stats(desk).lost == 1


def desk_start() -> float:
    return Desk().now


def test_everybody_gone_at_once_is_a_restart_not_a_walk_out() -> None:
    desk = desk_with(*(member(str(i), joined_at=desk_start() + 1) for i in range(4)))
    members(desk)
    desk.pass_(20)
    assert stats(desk).lost == 0


def test_who_moved_to_another_queue_did_not_give_up() -> None:
    desk = desk_with(member("a", joined_at=desk_start() + 1), member("b", joined_at=desk_start() + 1))
    desk.snapshot(Q, queue("602", "Help"), scope="602")
    desk.snapshot(M, member("a", queue_id="602", joined_at=desk.now + 1), scope="602")
    members(desk, member("b", joined_at=desk.now + 1))
    desk.pass_(20)
    assert stats(desk).lost == 0
    assert stats(desk, "602").waiting == 1


def test_a_caller_who_left_the_queue_into_a_call_was_answered() -> None:
    desk = desk_with(member("a", joined_at=desk_start() + 1), member("b", joined_at=desk_start() + 1))
    desk.snapshot(Resource.CALLS)
    desk.clock.advance(9)
    members(desk, member("b", joined_at=desk.now - 8))
    desk.pass_(1)
    desk.snapshot(Resource.CALLS, call("a", answered_at=desk.now - 1))
    desk.pass_(1)
    assert (stats(desk).answered, stats(desk).lost) == (1, 0)


def test_the_trend_has_gaps_where_nothing_was_known() -> None:
    desk = Desk(BoardSettings(trend_bucket=10))
    desk.clock.advance(-desk.now % 10)
    for step in range(60):
        if not 20 <= step < 50:
            desk.snapshot(Q, queue(waiting=step // 10))
            desk.status(Q, interval=1, timeout=1, last_ok=desk.now)
        desk.board.tick()
        desk.clock.advance(1)
    trend = stats(desk).trend
    assert trend[:2] == (0, 1)
    assert None in trend[3:5]
    assert trend[5] == 5


def test_source_of_another_name_is_another_book() -> None:
    desk = desk_with(member("a"))
    assert desk.board.queue_stats(key(Q, "601")).waiting == 1
    assert [row.key.source for row in desk.board.rows(M)] == [SOURCE]


@pytest.mark.parametrize("looked", [(), (0,), (1,), (0, 1)])
def test_who_hangs_up_has_given_up_though_their_leg_ends_a_moment_later(looked: tuple[int, ...]) -> None:
    """On a machine under load the words of one hang-up do not come at once, and the second turns between them."""
    waits, talks = member("a", joined_at=desk_start() + 1), member("b", MemberState.TALKING)
    desk = desk_with(waits, talks)
    leg = call("a", answered_at=desk_start())
    desk.snapshot(Resource.CALLS, leg)
    desk.status(Resource.CALLS, push=True)
    desk.pass_(5)
    desk.delta(M, removed=[waits.key], scope="601")
    for turn in range(2):
        desk.clock.advance(0.3)
        if turn == 0:
            desk.delta(Resource.CALLS, replace(leg, to=clean("nobody")))
        else:
            desk.delta(Resource.CALLS, removed=[leg.key])
        if turn in looked:
            desk.board.tick()
    desk.pass_(5)
    figures = stats(desk)
    assert (figures.lost, figures.flowed, figures.unseen, figures.answered) == (1, 0, 0, 0)
