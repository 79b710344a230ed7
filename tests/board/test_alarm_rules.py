"""What is wrong, in a sentence, most urgent first; silence clears nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.board.making import AT_ONCE, Desk, agent, call, hotline, key, member, queue
from wallboard.board import Alarm, AlarmEvent, BoardSettings, QueueFigures
from wallboard.board.conditions import queue_readings
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.domain.models import DutyAgent, DutyPhone, HotlineCall
from wallboard.domain.rules import AgentLimits, Goal, Limits, QueueRule
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo

M, A, Q, H = Resource.MEMBERS, Resource.AGENTS, Resource.QUEUES, Resource.HOTLINES
NOW = ManualClock().now()
NOT_TAKEN = (HotlineCall(NOW, False),)
RULES = BoardSettings(
    queues=(
        QueueRule("Sales*", warn=Limits(3, 60), alarm=Limits(6, 120, 0)),
        QueueRule("60?", alarm=Limits(longest=5)),
    ),
    timing=AT_ONCE,
)


def fresh(desk: Desk, *resources: Resource) -> None:
    for resource in resources:
        desk.status(resource, last_ok=desk.now)


def sentences(desk: Desk) -> list[str]:
    desk.board.tick()
    return [alarm.sentence for alarm in desk.board.alarms.active()]


def up(desk: Desk) -> Sequence[Alarm]:
    desk.board.tick()
    return desk.board.alarms.active()


def quiet_queue(settings: BoardSettings | None = None) -> Desk:
    desk = Desk(settings)
    desk.board.source(SourceInfo("hq", "ringme"))
    desk.snapshot(Q, queue())
    desk.snapshot(M)
    desk.snapshot(A, *(agent(str(i), AgentState.TALKING) for i in range(5)))
    fresh(desk, Q, M, A)
    return desk


def test_a_queue_in_trouble_has_an_alarm_for_each_condition() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(M, member("a", joined_at=desk.now - 192))
    assert sentences(desk) == ["Sales longest 3:12 > 2:00", "Sales 0/5 ready"]
    alarm = desk.board.alarms.get("hq/queue/601:longest")
    assert alarm is not None
    assert (alarm.severity, alarm.key, alarm.since) == ("alarm", key(Q, "601"), desk.now)
    assert (alarm.object, alarm.condition, int(alarm.value or 0), alarm.limit) == ("Sales", "longest", 192, 120)


def test_a_warning_that_becomes_an_alarm_asks_again_and_keeps_its_beginning() -> None:
    desk = quiet_queue(RULES)
    heard: list[AlarmEvent] = []
    desk.board.alarms.subscribe(heard.append)
    desk.snapshot(A, *(agent(str(i)) for i in range(5)))
    desk.snapshot(M, member("a", joined_at=desk.now - 59))
    assert sentences(desk) == []
    desk.clock.advance(1)
    assert sentences(desk) == ["Sales longest 1:00 at 1:00"]
    began = desk.now
    assert desk.board.alarms.acknowledge(up(desk)[0].id, "Mira")
    assert up(desk)[0].state == "acked"
    for _ in range(12):
        desk.clock.advance(5)
        fresh(desk, Q, M, A)
        desk.board.tick()
    worse = up(desk)[0]
    assert (worse.severity, worse.state, worse.since) == ("alarm", "active", began)
    assert [event.what for event in heard if event.what != "again"] == ["raised", "acknowledged", "worse"]


def test_the_first_rule_that_matches_holds_by_name_or_id() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(A, *(agent(str(i), queues=["601", "602"]) for i in range(3)))
    desk.snapshot(Q, queue("601", "sales east"), queue("602", "Other"))
    desk.snapshot(M, member("a", joined_at=desk.now - 10), member("b", queue_id="602", joined_at=desk.now - 10))
    assert sentences(desk) == ["Other longest 0:10 > 0:05"]


def test_default_limits() -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x"))
    desk.snapshot(M, member("a", joined_at=desk.now - 19))
    assert sentences(desk) == []
    desk.snapshot(M, member("a", joined_at=desk.now - 25))
    assert sentences(desk) == ["Sales longest 0:25 > 0:20"]
    desk.snapshot(M, member("a", joined_at=desk.now - 70))
    assert sentences(desk) == ["Sales longest 1:10 > 1:00"]
    desk.snapshot(M, *(member(str(i), joined_at=desk.now) for i in range(2)))
    assert sentences(desk) == ["Sales 2 waiting > 1 staffed"]
    desk.snapshot(M, *(member(str(i), joined_at=desk.now) for i in range(3)))
    assert sentences(desk) == ["Sales 3 waiting > 2 × 1 staffed"]
    desk.snapshot(A, agent("x", AgentState.OFF))
    assert sentences(desk) == ["Sales 3 waiting and nobody staffed"]


def test_callers_who_are_rung_for_count_for_the_wait_and_the_number() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(A, agent("x"))
    desk.snapshot(M, *(member(str(i), MemberState.RINGING, joined_at=desk.now - 70) for i in range(3)))
    assert sentences(desk) == ["Sales longest 1:10 > 1:00", "Sales 3 waiting at 3"]


@pytest.mark.parametrize(
    ("goal", "told"), [(90.0, "Sales service level 50 %, goal 90 %"), (40.0, None)], ids=["missed", "met"]
)
def test_a_service_level_is_an_alarm_where_the_rule_says_so(goal: float, told: str | None) -> None:
    desk = quiet_queue(
        BoardSettings((QueueRule("*", Goal(80, 20, "vendor"), warn=Limits(service=goal)),), timing=AT_ONCE)
    )
    desk.snapshot(Q, queue(service_percent=50.0, answered=40))
    desk.snapshot(A, agent("x"))
    assert sentences(desk) == []
    for _ in range(61):
        desk.clock.advance(1)
        fresh(desk, Q, M, A)
        desk.board.tick()
    assert sentences(desk) == ([told] if told else [])


def test_a_share_of_lost_callers_is_one_where_the_rule_says_so_and_there_are_enough() -> None:
    rule = QueueRule("*", alarm=Limits(lost_percent=10))
    few, enough = (
        queue_readings(QueueFigures(offered=offered, lost_percent=20.0), rule, BoardSettings(), NOW)["lost_percent"]
        for offered in (19, 20)
    )
    assert not few.wrong
    assert enough.wrong
    assert enough.told(10.0) == "20 % lost, limit 10 %"


def test_priority_comes_before_severity_and_age() -> None:
    rules = (
        QueueRule("Emergency", alarm=Limits(longest=30), priority=1),
        QueueRule("Sales callback", alarm=Limits(longest=30), priority=3),
    )
    desk = quiet_queue(BoardSettings(rules, timing=AT_ONCE))
    desk.snapshot(Q, queue("601", "Sales callback"), queue("603", "Emergency"), queue("7", "Sales"))
    desk.snapshot(A, *(agent(str(i), queues=["601", "603", "7"]) for i in range(9)))
    desk.snapshot(M, member("a", joined_at=desk.now - 180))
    assert sentences(desk) == ["Sales callback longest 3:00 > 0:30"]
    desk.clock.advance(1)
    fresh(desk, Q, A)
    desk.snapshot(
        M,
        member("a", joined_at=desk.now - 181),
        member("b", queue_id="603", joined_at=desk.now - 40),
        member("c", queue_id="7", joined_at=desk.now - 25),
    )
    assert [each.split(" longest")[0] for each in sentences(desk)] == ["Emergency", "Sales", "Sales callback"]


@pytest.mark.parametrize(
    ("state", "seconds", "told"),
    [
        (AgentState.BREAK, 901, "on a break for 15:01 > 15:00"),
        (AgentState.BREAK, 899, None),
        (AgentState.WRAP_UP, 130, "in wrap-up for 2:10 > 2:00"),
        (AgentState.TALKING, 1900, "on a call for 31:40 > 30:00"),
        (AgentState.RINGING, 45, "rung for 0:45 > 0:40"),
        (AgentState.READY, 9000, None),
    ],
)
def test_an_agent_who_is_at_something_too_long_is_marked(state: AgentState, seconds: float, told: str | None) -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x", state, since=desk.now - seconds))
    assert sentences(desk) == ([f"Agent x {told}"] if told else [])
    assert {alarm.severity for alarm in up(desk)} <= {"warn"}


def test_the_strictest_of_the_rules_of_an_agents_queues_holds() -> None:
    rules = (QueueRule("Sales", agent=AgentLimits(break_=300)), QueueRule("Other", agent=AgentLimits(break_=60)))
    desk = quiet_queue(BoardSettings(rules, timing=AT_ONCE))
    desk.snapshot(Q, queue(), queue("602", "Other"))
    desk.snapshot(A, agent("x", AgentState.BREAK, queues=["601", "602"], since=desk.now - 70))
    assert sentences(desk) == ["Agent x on a break for 1:10 > 1:00"]


@pytest.mark.parametrize("match", ["*", "603"])
def test_a_rule_holds_for_the_agents_of_a_queue_that_no_list_tells_of(match: str) -> None:
    """Some accounts may read who is there, and not the queues."""
    desk = quiet_queue(BoardSettings((QueueRule(match, agent=AgentLimits(break_=86400)),), timing=AT_ONCE))
    desk.snapshot(A, agent("x", AgentState.BREAK, queues=["603"], since=desk.now - 7200))
    assert sentences(desk) == []


def test_a_caller_kept_on_hold_too_long_is_the_agents_alarm() -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x"))
    desk.snapshot(Resource.CALLS, call("c", CallState.HELD, on=("x",), held_since=desk.now - 200))
    assert sentences(desk) == ["Agent x keeps a caller on hold for 3:20 > 3:00"]


def test_a_hold_is_unknown_when_the_calls_are_not_read() -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x"))
    desk.snapshot(Resource.CALLS, call("c", CallState.HELD, on=("x",), held_since=desk.now - 200))
    fresh(desk, Resource.CALLS)
    assert up(desk)[0].state == "active"
    desk.clock.advance(60)
    fresh(desk, Q, M, A)
    states = {alarm.condition: alarm.state for alarm in up(desk)}
    assert states == {"data": "active", "hold": "unknown"}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (AgentState.STUCK, "stuck in a call that is over for 0:20"),
        (AgentState.MISMATCH, "ready, but never rung for 0:20"),
        (AgentState.UNREACHABLE, "signed in without a telephone for 0:20"),
    ],
)
def test_an_agent_who_counts_as_staff_and_gets_no_call_is_one(state: AgentState, told: str) -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x", state, since=desk.now - 20))
    assert sentences(desk) == [f"Agent x {told}"]


def test_hotlines() -> None:
    off = (DutyPhone("1", clean("mobile"), clean("+49"), False),)
    on = tuple(replace(off[0], id=str(i), active=True) for i in range(3))
    cases = [
        (hotline(state=HotlineState.ERROR, since=NOW - 360), "Water rescue error for 6 min, asked open"),
        (hotline(state=HotlineState.PAUSED), "Water rescue paused, asked open"),
        (hotline(wanted=Wanted.PAUSED), "Water rescue open, asked paused"),
        (hotline(agents=(DutyAgent("5", clean("K"), off),)), "Water rescue open, 0 phones on duty"),
        (
            hotline(agents=(DutyAgent("5", clean("K"), on),), channels_out=2),
            "Water rescue 3 phones on duty, only 2 can ring at once",
        ),
        (hotline(calls=NOT_TAKEN), "Water rescue 1 call not taken"),
        (hotline(state=HotlineState.STARTING, since=NOW), None),
        (hotline(agents=(DutyAgent("5", clean("K"), None),)), None),
        (hotline(), None),
    ]
    for row, expected in cases:
        desk = Desk()
        fresh(desk, H)
        desk.snapshot(H, row)
        assert sentences(desk) == ([expected] if expected else [])


@pytest.mark.parametrize("lost", [{"calls": None}, {"agents": (DutyAgent("5", clean("K"), None),)}])
def test_what_is_no_longer_told_of_a_hotline_is_unknown_not_over(lost: dict[str, object]) -> None:
    desk = Desk()
    fresh(desk, H)
    off = (DutyPhone("1", clean("mobile"), clean("+49"), False),)
    told = hotline(calls=NOT_TAKEN, agents=(DutyAgent("5", clean("K"), off),))
    desk.snapshot(H, told)
    assert [alarm.state for alarm in up(desk)] == ["active", "active"]
    desk.snapshot(H, replace(told, **lost))  # type: ignore[arg-type]  # one field of it
    assert sorted(alarm.state for alarm in up(desk)) == ["active", "unknown"]


def test_an_error_of_a_hotline_does_not_hide_that_a_call_was_not_taken() -> None:
    desk = Desk()
    fresh(desk, H)
    desk.snapshot(H, hotline(state=HotlineState.ERROR, calls=NOT_TAKEN * 2))
    assert sentences(desk) == ["Water rescue error, asked open", "Water rescue 2 calls not taken"]


def test_a_call_not_taken_asks_again_only_with_the_next_one() -> None:
    desk = Desk()
    desk.snapshot(H, hotline(calls=NOT_TAKEN))
    fresh(desk, H)
    assert desk.board.alarms.acknowledge(up(desk)[0].id, "Mira")
    for _ in range(400):
        desk.clock.advance(10)
        fresh(desk, H)
        desk.board.tick()
    assert up(desk)[0].state == "acked"
    desk.snapshot(H, hotline(calls=NOT_TAKEN * 2))
    assert up(desk)[0].state == "active"


def test_silence_does_not_clear_an_alarm() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", joined_at=desk.now - 70))
    began = up(desk)[0].since
    for _ in range(40):
        desk.clock.advance(1)
        desk.status(M, last_ok=desk.now - 30, failures=6, cause="vendor answered 502")
        desk.status(Q, last_ok=desk.now - 30, failures=6, cause="vendor answered 502")
        desk.status(A, last_ok=desk.now)
        desk.board.tick()
    alarm = next(alarm for alarm in up(desk) if alarm.key == key(Q, "601"))
    assert (alarm.state, alarm.since) == ("unknown", began)
    fresh(desk, M, Q, A)
    desk.snapshot(M)
    assert sentences(desk) == []


def test_stale_data_raises_its_own_alarm_and_a_dead_source_only_one() -> None:
    desk = quiet_queue()
    desk.clock.advance(46)
    fresh(desk, Q, A)
    desk.status(M, last_ok=desk.now - 46, failures=9, cause="vendor answered 502")
    assert sentences(desk) == ["hq members stale 46 s: vendor answered 502 ×9"]
    for resource in (Q, A):
        desk.status(resource, last_ok=desk.now - 46, failures=9, cause="vendor answered 502")
    assert sentences(desk) == ["hq no data for 46 s: vendor answered 502 ×9"]
    assert desk.board.alarms.unseen() == [], "what it takes the place of is not over"


def test_a_stale_notice_roster_never_outranks_a_waiting_caller() -> None:
    desk = quiet_queue()
    desk.snapshot(A, agent("x"))
    desk.snapshot(M, member("a", joined_at=desk.now - 25))
    desk.status(Resource.NOTICES, last_ok=desk.now - 4000, failures=50, cause="timeout")
    assert [alarm.sentence for alarm in up(desk)] == [
        "Sales longest 0:25 > 0:20",
        "hq notices gone 66 min: timeout ×50",
    ]


def test_a_suddenly_empty_list_holds_its_alarms_for_a_poll() -> None:
    desk = quiet_queue()
    desk.snapshot(A, *(agent(str(i)) for i in range(9)))
    desk.snapshot(M, *(member(str(i), joined_at=desk.now - 70) for i in range(6)))
    assert len(up(desk)) == 1
    desk.snapshot(M)
    assert len(up(desk)) == 1
    desk.snapshot(M)
    assert sentences(desk) == []


def test_an_alarm_of_a_queue_that_was_taken_away_is_over() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", joined_at=desk.now - 70))
    assert len(up(desk)) == 1
    desk.snapshot(Q, queue("602", "Other"))
    assert sentences(desk) == []


def test_a_hotline_in_a_state_that_is_not_known_says_the_vendors_word() -> None:
    desk = Desk()
    desk.board.source(SourceInfo("hq", "groupalarm"))
    desk.snapshot(H, hotline(state=HotlineState.UNKNOWN, wanted=None, raw_status=clean("some-new-status")))
    fresh(desk, H)
    assert sentences(desk) == ["Water rescue in an unknown state (some-new-status), asked unknown"]


def test_telephones_whose_duty_is_not_told_are_not_off_duty() -> None:
    desk = Desk()
    desk.board.source(SourceInfo("hq", "groupalarm"))
    phones = (DutyPhone("1", clean("p"), clean("1"), False), DutyPhone("2", clean("q"), clean("2"), None))
    desk.snapshot(H, hotline(agents=(DutyAgent("5", clean("K"), phones),)))
    fresh(desk, H)
    assert sentences(desk) == []


def test_what_is_lost_has_an_alarm_whatever_else_has_a_limit() -> None:
    desk = quiet_queue(BoardSettings(queues=(QueueRule("*", alarm=Limits(lost_percent=20)),), timing=AT_ONCE))
    callers = [member(str(n), joined_at=desk.now) for n in range(25)]
    for still in range(25, -1, -1):
        desk.pass_(2)
        desk.snapshot(M, *callers[:still])
        fresh(desk, Q, M, A)
    desk.pass_(8)
    desk.snapshot(M)
    fresh(desk, Q, M, A)
    desk.pass_(120)
    fresh(desk, Q, M, A)
    assert [alarm.condition for alarm in up(desk)] == ["lost_percent"]


def test_a_queue_with_which_nothing_is_wrong_is_not_judged_before_something_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[float] = []

    def watched(*args: Any) -> Any:
        looked.append(args[3])
        return queue_readings(*args)

    monkeypatch.setattr("wallboard.board.alarm_rules.queue_readings", watched)
    desk = quiet_queue(BoardSettings(queues=(QueueRule("*", warn=Limits(longest=60)),), timing=AT_ONCE))
    desk.snapshot(M, member("a", joined_at=desk.now))
    assert not up(desk)
    looked.clear()
    for _ in range(5):
        desk.pass_(10)
        fresh(desk, Q, M, A)
        desk.board.tick()
    assert not looked, "the counts are the same, and the wait is short of its limit"
    desk.pass_(10)
    fresh(desk, Q, M, A)
    assert [alarm.condition for alarm in up(desk)] == ["longest"]
    looked.clear()
    desk.pass_(1)
    assert up(desk)
    assert looked, "what is wrong is judged each second"


def test_nothing_is_said_of_a_calm_queue_whose_lists_are_too_old() -> None:
    desk = quiet_queue()
    assert not up(desk)
    desk.pass_(300)
    assert desk.board.queue_stats(key(Q, "601"), level=False).old("waiting")
    fresh(desk, Q, M, A)
    assert not desk.board.queue_stats(key(Q, "601"), level=False).old("waiting")
    for failures in (1, 2, 3):
        desk.status(M, last_ok=desk.now, failures=failures)
    assert desk.board.queue_stats(key(Q, "601"), level=False).old("waiting")
