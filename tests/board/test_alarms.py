"""What is wrong, in a sentence, worst first; silence clears nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tests.board.making import Desk, agent, hotline, key, member, queue
from wallboard.board import Alarm, AlarmEvent, BoardSettings
from wallboard.domain.keys import Resource
from wallboard.domain.models import DutyAgent, DutyPhone, HotlineCall
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.states import AgentState, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo

M, A, Q, H = Resource.MEMBERS, Resource.AGENTS, Resource.QUEUES, Resource.HOTLINES
RULES = BoardSettings(
    queues=(
        QueueRule("Sales*", warn=Limits(3, 60), alarm=Limits(6, 120, 0)),
        QueueRule("60?", alarm=Limits(longest=5)),
    )
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


def test_the_sentence_of_a_queue_in_trouble() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(M, member("a", joined_at=desk.now - 192))
    alarm = up(desk)[0]
    assert alarm.sentence == "Sales longest 3:12 > 2:00 and 0/5 ready"
    assert (alarm.severity, alarm.key, alarm.since) == ("alarm", key(Q, "601"), desk.now)


def test_warn_then_alarm_needs_to_be_seen_again() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(A, *(agent(str(i)) for i in range(5)))
    desk.snapshot(M, member("a", joined_at=desk.now - 59))
    assert sentences(desk) == []
    desk.clock.advance(1)
    assert sentences(desk) == ["Sales longest 1:00 at 1:00"]
    assert desk.board.alarms.acknowledge(up(desk)[0].id, "Mira")
    assert up(desk)[0].acked_by == "Mira"
    for _ in range(12):
        desk.clock.advance(5)
        fresh(desk, Q, M, A)
        desk.board.tick()
    worse = up(desk)[0]
    assert (worse.severity, worse.acked, worse.since) == ("alarm", False, desk.now)
    desk.snapshot(M)
    assert sentences(desk) == []


def test_the_first_rule_that_matches_holds_by_name_or_id() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(A, *(agent(str(i), queues=["601", "602"]) for i in range(3)))
    desk.snapshot(Q, queue("601", "sales east"), queue("602", "Other"))
    desk.snapshot(M, member("a", joined_at=desk.now - 10), member("b", queue_id="602", joined_at=desk.now - 10))
    assert sentences(desk) == ["Other longest 0:10 > 0:05"]


def test_default_limits() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", joined_at=desk.now - 19))
    assert sentences(desk) == ["Sales 0/5 ready"]
    desk.snapshot(A, agent("x"))
    assert sentences(desk) == []
    desk.snapshot(M, member("a", joined_at=desk.now - 25))
    assert sentences(desk) == ["Sales longest 0:25 > 0:20"]
    desk.snapshot(M, *(member(str(i), joined_at=desk.now) for i in range(2)))
    assert sentences(desk) == ["Sales 2 waiting > 1 ready"]
    desk.snapshot(M, *(member(str(i), joined_at=desk.now) for i in range(3)))
    assert sentences(desk) == ["Sales 3 waiting > 2 × 1 staffed"]
    desk.snapshot(A, agent("x", AgentState.OFF))
    assert sentences(desk) == ["Sales 3 waiting and nobody staffed"]


def test_a_caller_who_is_rung_for_counts_for_the_longest_wait() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", MemberState.RINGING, joined_at=desk.now - 70))
    assert sentences(desk) == ["Sales longest 1:10 > 1:00"]


def test_hotlines() -> None:
    desk = Desk()
    fresh(desk, H)
    phones = (DutyPhone("1", clean("mobile"), clean("+49"), False),)
    cases = [
        (hotline(state=HotlineState.ERROR, since=desk.now - 360), "Water rescue error for 6 min, asked open"),
        (hotline(state=HotlineState.PAUSED), "Water rescue paused, asked open"),
        (hotline(wanted=Wanted.PAUSED), "Water rescue open, asked paused"),
        (hotline(agents=(DutyAgent("5", clean("K"), phones),)), "Water rescue open, 0 phones on duty"),
        (hotline(calls=(HotlineCall(0.0, False),)), "Water rescue 1 call not taken"),
        (hotline(state=HotlineState.STARTING, since=desk.now), None),
        (hotline(agents=(DutyAgent("5", clean("K"), None),)), None),
        (hotline(), None),
    ]
    for row, expected in cases:
        desk.snapshot(H, row)
        assert sentences(desk) == ([expected] if expected else [])


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
    assert (alarm.unknown, alarm.since) == (True, began)
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


def test_a_stale_notice_roster_never_outranks_a_waiting_caller() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", joined_at=desk.now - 25))
    desk.snapshot(A, agent("x"))
    desk.status(Resource.NOTICES, last_ok=desk.now - 4000, failures=50, cause="timeout")
    assert [alarm.sentence for alarm in up(desk)] == [
        "Sales longest 0:25 > 0:20",
        "hq notices gone 66 min: timeout ×50",
    ]


def test_urgency_worst_and_unseen_first() -> None:
    desk = quiet_queue(RULES)
    desk.snapshot(Q, queue("601", "Sales"), queue("9", "Help"), queue("8", "Mail"))
    desk.snapshot(A, *(agent(str(i), queues=["601", "9", "8"]) for i in range(9)))
    desk.snapshot(
        M,
        member("a", joined_at=desk.now - 130),
        member("b", queue_id="9", joined_at=desk.now - 200),
        member("c", queue_id="8", joined_at=desk.now - 25),
    )
    names = [alarm.sentence.split()[0] for alarm in up(desk)]
    assert names == ["Help", "Sales", "Mail"]
    desk.board.alarms.acknowledge("queue:hq/queue/9", "Mira")
    assert [alarm.sentence.split()[0] for alarm in up(desk)] == ["Sales", "Mail", "Help"]


def test_acknowledging_all_leaves_what_nobody_can_have_read() -> None:
    desk = quiet_queue()
    desk.snapshot(M, member("a", joined_at=desk.now - 70))
    fresh(desk, H)
    desk.board.tick()
    desk.clock.advance(1.0)
    desk.snapshot(H, hotline(state=HotlineState.ERROR))
    desk.board.tick()
    assert desk.board.alarms.acknowledge_all(1.0, "Mira") == ["queue:hq/queue/601"]
    assert [alarm.acked for alarm in up(desk)] == [False, True]


def test_a_suddenly_empty_list_holds_its_alarms_for_a_poll() -> None:
    desk = quiet_queue()
    desk.snapshot(M, *(member(str(i), joined_at=desk.now - 70) for i in range(6)))
    assert len(up(desk)) == 1
    desk.snapshot(M)
    assert len(up(desk)) == 1
    desk.snapshot(M)
    assert sentences(desk) == []


def test_the_log_hears_of_each_change_once() -> None:
    desk = quiet_queue()
    heard: list[AlarmEvent] = []
    desk.board.alarms.subscribe(heard.append)
    desk.snapshot(A, agent("x"))
    desk.snapshot(M, member("a", joined_at=desk.now - 30))
    for _ in range(5):
        desk.clock.advance(1)
        desk.board.tick()
    desk.board.alarms.acknowledge("queue:hq/queue/601", "Mira")
    assert not desk.board.alarms.acknowledge("queue:hq/queue/601", "Mira")
    desk.snapshot(M)
    desk.board.tick()
    assert [event.what for event in heard] == ["raised", "acknowledged", "cleared"]


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
