"""Traces whose figures were worked out by hand, told by polls of 2, 5 and 15 s: exact, or inside the bounds shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.board.making import agent, key, member, queue
from tests.board.traces import A, Caller, Console, M, Q, Told, Trace
from wallboard.board import QueueFigures
from wallboard.board.caller_history.history import CallerHistory
from wallboard.board.ledger import Ledger
from wallboard.board.queue_numbers import service_level
from wallboard.domain.keys import Resource
from wallboard.domain.rules import Day, Goal
from wallboard.domain.states import AgentState, MemberState

POLLS = [2.0, 5.0, 15.0]
FORMULAS = {
    # answered after 4, 8, 12, 19, 23 and 40 s, lost after 3, 6, 30 and 50 s, goal 20 s
    "live": (4, 8),
    "answered": (4, 6),
    "positive": (6, 10),
    "negative": (4, 10),
    "ignored": (4, 8),
    "genesys": (4, 10),
    "ringcentral": (4, 10),
    "flex": (4, 9),
}
ANSWERED, LOST = [4.0, 8.0, 19.0, 23.0, 40.0, 12.0], [6.0, 30.0, 50.0, 3.0]


def mixed() -> list[Caller]:
    served = [Caller(10 + 100.0 * i, wait) for i, wait in enumerate(ANSWERED)]
    return [*served, *(Caller(700 + 100.0 * i, wait, "lost") for i, wait in enumerate(LOST))]


def adds_up(made: QueueFigures) -> None:
    parts = (made.waiting, made.ringing, made.answered, made.lost, made.pulled, made.flowed, made.unseen)
    assert made.offered == sum(part or 0 for part in parts)


def history(console: Console) -> CallerHistory:
    return console.desk.board._sources["hq"].history


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
@pytest.mark.parametrize("poll", POLLS)
def test_every_formula_by_hand(poll: float, frozen: bool) -> None:
    """Abandons are marked: the vendor keeps who gave up for a minute, as FreeSWITCH does."""
    console = Console(Trace(mixed(), Told(frozen=frozen, linger=60.0)), poll=poll)
    made = console.run(1200)
    assert (made.answered, made.lost, made.offered) == (6, 4, 10)
    assert made.asa == pytest.approx(sum(ANSWERED) / 6, abs=1.0)
    adds_up(made)
    books = history(console)
    for formula, (good, n) in FORMULAS.items():
        goal = Goal(80, 20, formula)
        sums, _ = Ledger(books.stays("601"), goal, console.base, books.frozen).look(0, console.base, lambda stay: False)
        told = service_level(sums, goal, console.base, answers_known=True)
        assert told.n == n, formula
        assert told.value == pytest.approx(good / n), formula
        assert told.low is not None
        assert told.high is not None
        assert told.low <= good / n <= told.high


@pytest.mark.parametrize("poll", POLLS)
def test_the_agents_clock_settles_whether_the_wait_stands_still(poll: float) -> None:
    """Without the calls, and with a wait that runs on: the agent's call_duration alone tells."""
    trace = Trace([Caller(10 + 100.0 * i, wait) for i, wait in enumerate(ANSWERED)], Told(frozen=False, calls=False))
    console = Console(trace, poll=poll)
    made = console.run(700)
    assert history(console).frozen is False
    assert made.service_level.value == pytest.approx(4 / 6)
    assert made.asa == pytest.approx(sum(ANSWERED) / 6, abs=1.0)


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
@pytest.mark.parametrize("poll", POLLS)
def test_the_list_of_callers_alone_gives_bounds_that_hold(poll: float, frozen: bool) -> None:
    trace = Trace(mixed(), Told(frozen=frozen, calls=False, agents=False, linger=60.0))
    told = Console(trace, poll=poll, goal=Goal(80, 20, "negative")).run(1200).service_level
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert told.low <= 4 / 10 <= told.high
    assert told.low <= told.value <= told.high


@pytest.mark.parametrize("poll", [2.0, 5.0, 15.0])
def test_short_talks_between_two_readings(poll: float) -> None:
    """Twenty answered after 8 s who talk for 3 s, one more who talks long: once 13 answered and 7 lost at 5 s, 5 and 12
    at 15 s. The legs tell; without them nothing does, and the bounds say so."""
    callers = [Caller(10 + 31.0 * i, 8, talk=3) for i in range(20)] + [Caller(680, 8, talk=60)]
    made = Console(Trace(callers), poll=poll).run(760)
    seen = made.offered or 0
    assert (made.answered, made.lost) == (seen, 0)
    assert seen == 21 or poll > 8
    made = Console(Trace(callers, Told(calls=False)), poll=poll, goal=Goal(80, 20, "negative")).run(760)
    assert made.service_level.high == 1.0
    adds_up(made)


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
@pytest.mark.parametrize("poll", POLLS)
def test_the_means_by_hand(poll: float, frozen: bool) -> None:
    """Seven talks of 40 s with 15 s of wrap-up each by one agent, and two who gave up, in 900 s."""
    callers = [Caller(13 + 110.0 * i, wait, talk=40, wrap=15) for i, wait in enumerate((*ANSWERED, 9.0))]
    callers += [Caller(800 + 30.0 * i, 11, "lost") for i in range(2)]
    made = Console(Trace(callers, Told(frozen=frozen)), poll=poll).run(900)
    assert (made.answered, made.lost, made.offered) == (7, 2, 9)
    assert made.asa == pytest.approx(115 / 7, abs=1.0)
    assert made.aht == pytest.approx(55, abs=poll / 2)
    assert made.wrap_up == pytest.approx(15, abs=poll / 2)
    assert made.occupancy == pytest.approx(7 * 55 / 900, abs=0.03)
    assert made.lost_percent == pytest.approx(100 * 2 / 9)
    assert made.expected_wait == 0.0


def test_who_comes_next_waits_as_long_as_those_before_them_take() -> None:
    """Three wait for the only agent, who talks 40 s a call: the fourth waits for four of them."""
    served = [Caller(13 + 60.0 * i, 8, talk=40) for i in range(6)]
    made = Console(Trace([*served, *(Caller(380 + i, 500) for i in range(3))])).run(390)
    assert made.expected_wait == pytest.approx(3 * 40, abs=6)


@pytest.mark.parametrize("marked", [("lost",), ("lost", "moved")], ids=["gone", "marked"])
@pytest.mark.parametrize("poll", POLLS)
def test_whom_another_console_moved_did_not_give_up(poll: float, marked: tuple[str, ...]) -> None:
    callers = [Caller(10 + 40.0 * i, 18, "moved") for i in range(10)]
    callers += [Caller(30 + 40.0 * i, 21, "lost") for i in range(3)]
    made = Console(Trace(callers, Told(linger=60.0, marked=marked)), poll=poll).run(500)
    assert (made.lost, made.flowed, made.offered) == (3, 10, 13)


@pytest.mark.parametrize("poll", POLLS)
def test_overflow_to_another_queue_under_another_id(poll: float) -> None:
    callers = [Caller(10 + 40.0 * i, 18, "overflow") for i in range(10)]
    console = Console(Trace(callers), poll=poll)
    made = console.run(500)
    assert (made.lost, made.flowed, made.offered) == (0, 10, 10)
    assert console.figures("602").offered == 10


@pytest.mark.parametrize("poll", POLLS)
def test_a_row_missing_from_one_list_is_nobody_lost(poll: float) -> None:
    console = Console(Trace([Caller(10, 100, talk=60), Caller(20, 100, "lost")]), poll=poll)
    console.skip = {(60.0, "c0")}
    console.run(75)
    made = console.run(100)
    assert (made.waiting, made.lost, made.unseen, made.offered) == (2, 0, 0, 2)
    made = console.run(250)
    assert (made.answered, made.lost, made.offered) == (1, 1, 2)


@pytest.mark.parametrize("waiting", [1, 2])
@pytest.mark.parametrize("poll", POLLS)
def test_a_restart_loses_nobody(poll: float, waiting: int) -> None:
    talking = [Caller(5, 4, talk=900, agent="bo"), Caller(6, 4, talk=900, agent="cy")]
    trace = Trace([*talking, *(Caller(20, 900) for _ in range(waiting))])
    console = Console(trace, poll=poll)
    console.dead = (60.0, 10_000.0)
    made = console.run(180)
    assert (made.lost, made.unseen) == (0, waiting)
    assert history(console).resets == 1
    adds_up(made)


@pytest.mark.parametrize("poll", POLLS)
def test_three_who_hang_up_at_once_are_three_lost(poll: float) -> None:
    talking = Caller(5, 4, talk=900)
    made = Console(Trace([talking, *(Caller(20, 41, "lost") for _ in range(3))]), poll=poll).run(180)
    assert (made.answered, made.lost, made.unseen) == (1, 3, 0)
    made = Console(Trace([Caller(20, 41, "lost") for _ in range(3)]), poll=poll).run(180)
    assert made.lost == 3


@pytest.mark.parametrize("poll", POLLS)
def test_polls_that_fail_are_a_gap(poll: float) -> None:
    """Who left meanwhile is unseen, unless what comes afterwards tells."""
    callers = [Caller(10, 50, "lost"), Caller(12, 55, talk=120), Caller(100, 10, talk=60)]
    console = Console(Trace(callers), poll=poll)
    console.gaps = [(50.0, 90.0)]
    made = console.run(240)
    assert (made.answered, made.lost, made.unseen, made.offered) == (2, 0, 1, 3)
    adds_up(made)


def test_an_id_that_comes_again_is_another_caller() -> None:
    first = Caller(10, 30, "lost", id="x", number="+49301111111")
    again = Caller(45, 30, talk=60, id="x", number="+49302222222")
    for poll in (2.0, 15.0):
        made = Console(Trace([first, again]), poll=poll).run(200)
        assert (made.lost, made.answered, made.offered) == (1, 1, 2), poll


def test_a_talk_that_began_before_the_first_look_is_not_ours() -> None:
    made = Console(Trace([Caller(-120, 10, talk=300), Caller(-30, 60, talk=60)])).run(120)
    # The second waited when we came: they are counted, but say nothing of how long callers wait.
    assert (made.answered, made.offered, made.service_level.n) == (1, 1, 0)


def test_our_own_pulls() -> None:
    console = Console(Trace([Caller(10, 41, "cut") for _ in range(5)] + [Caller(12, 6)]))
    console.run(49)
    for i in range(5):
        console.desk.board.pulled(key(M, f"c{i}"))
    made = console.run(120)
    assert (made.pulled, made.lost) == (5, 0)
    adds_up(made)


def test_a_figure_stops_with_the_list_it_is_made_of() -> None:
    """The list of callers is dead while that of the queue lives: once `longest` ticked on to 810 s."""
    served = [Caller(10 + 10.0 * i, 4, talk=15) for i in range(6)]
    console = Console(Trace([*served, Caller(90, 900)]))
    console.run(100)
    desk = console.desk
    at = desk.now
    for _ in range(160):
        desk.clock.advance(5)
        desk.snapshot(Q, queue(waiting=1, ringing=0), scope="601")
        desk.status(Q, "601", last_ok=desk.now)
        desk.status(M, "601", failures=4, cause="no answer", last_ok=at - 1)
        desk.board.tick()
    made = console.figures()
    assert made.waiting == 1
    longest = made.longest(desk.now)
    assert longest is not None
    assert longest <= 11
    assert made.old("longest")
    assert made.old("service")
    assert not made.old("waiting")
    assert (made.service_level.value, made.service_level.n) == (1.0, 6)


@pytest.mark.parametrize(
    ("begin", "day", "answers"),
    [
        # Half an hour before midnight, ten answers on either side of it.
        ("2026-07-01T23:50:00", Day(0.0, ZoneInfo("Europe/Berlin")), 10),
        # 06:00 in the queue's zone, wherever the console stands.
        ("2026-07-01T05:50:00", Day(6 * 3600, ZoneInfo("Europe/Berlin")), 10),
        # The day of the change to summer time, and of that back, in whose hour that is passed twice nothing ends.
        ("2026-03-29T01:50:00", Day(0.0, ZoneInfo("Europe/Berlin")), 20),
        ("2026-10-25T02:50:00", Day(0.0, ZoneInfo("Europe/Berlin")), 20),
    ],
)
def test_today(begin: str, day: Day, answers: int) -> None:
    start = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    callers = [Caller(60.0 * i + 5, 8, talk=20) for i in range(20)]
    goal = Goal(80, 20, "live", None)
    console = Console(Trace(callers), day=day, start=start, goal=goal)
    made = console.run(1200)
    assert (made.answered, made.lost, made.service_level.n) == (answers, 0, answers)
    assert made.service_level.window == "today"
    assert made.counted_since == (start if answers == 20 else start + 600)


@pytest.mark.parametrize(
    ("at", "hours"), [("2026-03-29T23:59:00", 23), ("2026-10-25T23:59:00", 25), ("2026-07-01T23:59:00", 24)]
)
def test_a_day_of_a_clock_change_has_23_or_25_hours(at: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    end = datetime.fromisoformat(at).replace(tzinfo=zone).timestamp()
    assert end + 60 - Day(0.0, zone).begin(end) == hours * 3600
    # In the hour that comes twice the day is not begun anew.
    begin = Day(0.0, zone).begin(end)
    assert {Day(0.0, zone).begin(begin + 60.0 * minute) for minute in range(hours * 60)} == {begin}


def test_every_half_hour_of_a_shift_over_the_change_has_its_own_beginning() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 45, tzinfo=zone).timestamp()
    begin = Day(2.5 * 3600, zone).begin(first)
    assert first - begin == 900
    assert Day(2.5 * 3600, zone).begin(first + 3600) == begin


def test_who_talks_has_one_clock_in_every_pane() -> None:
    """The caller's row, the agent's and the call's, though the vendor's wait runs on."""
    console = Console(Trace([Caller(10, 12, talk=300, name="", agent="bo")], Told(frozen=False, durations=False)))
    console.run(213)
    desk = console.desk
    row = desk.board.row(key(M, "c0"))
    served = desk.agent("bo")
    assert row is not None
    assert served.state is AgentState.TALKING
    assert getattr(row, "answered_at", None) == served.since == console.base + 22


def test_a_caller_has_the_name_that_their_call_has() -> None:
    console = Console(Trace([Caller(10, 12, talk=300)]))
    console.run(60)
    desk = console.desk
    leg = next(row for row in console.trace.calls(60, console.base))
    desk.snapshot(M, replace(member("c0", MemberState.TALKING, serving_ref="bo"), name=leg.to_name,
                             number=leg.from_number), scope="601")  # fmt: skip
    desk.snapshot(A, agent("bo", AgentState.TALKING))
    desk.snapshot(Resource.CALLS, replace(leg, from_name=agent("Ann").name))
    assert getattr(desk.board.row(key(M, "c0")), "name", "") == agent("Ann").name
