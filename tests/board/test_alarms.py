"""The states of an alarm: what flaps is one, what was seen stays seen while it is the same, what nobody saw stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from wallboard.board import Alarm, AlarmBook, AlarmEvent, Timing
from wallboard.board.verdicts import Reading, Verdict
from wallboard.domain.keys import Key, Kind

SALES = Key("hq", Kind.QUEUE, "601")
READY = Verdict("hq", "Sales", "ready", SALES, reading=Reading(alarm=0.0, below=True))
WAITING = Verdict("hq", "Sales", "waiting", SALES, reading=Reading(warn=3.0, alarm=6.0))
LONGEST = Verdict("hq", "Sales", "longest", SALES, reading=Reading(warn=60.0, alarm=120.0))


def at(verdict: Verdict, value: float | None) -> Verdict:
    return replace(verdict, reading=replace(verdict.reading, value=value))


@dataclass
class Watch:
    """A book, a second at a time."""

    now: float = 1000.0
    events: list[AlarmEvent] = field(default_factory=list)
    is_blind: bool = False

    def __post_init__(self) -> None:
        self.book = AlarmBook(lambda: self.now)
        self.book.subscribe(self.events.append)

    def second(self, **values: float | None) -> None:
        """One second later these are so: `waiting=5`."""
        self.now += 1.0
        verdicts = {"ready": READY, "waiting": WAITING, "longest": LONGEST}
        said = [at(verdicts[name], value) for name, value in values.items()]
        self.book.update(said, self.now, lambda _alarm: self.is_blind)

    def seconds(self, count: int, **values: float | None) -> None:
        for _ in range(count):
            self.second(**values)

    @property
    def told(self) -> list[str]:
        return [event.what for event in self.events]

    @property
    def states(self) -> list[str]:
        return [alarm.state for alarm in self.book.listed()]


def test_nobody_ready_every_other_second_for_five_minutes_is_one_alarm() -> None:
    watch = Watch()
    for turn in range(300):
        watch.second(ready=turn % 2)
    assert watch.told == ["raised"]
    assert watch.book.listed()[0].since == 1001.0


def test_five_and_six_waiting_at_a_limit_of_six_is_one_alarm_that_stays_acknowledged() -> None:
    watch = Watch()
    watch.seconds(20, waiting=6)
    assert watch.book.acknowledge("hq/queue/601:waiting", "Mira")
    for turn in range(200):
        watch.second(waiting=5 + turn % 2)
    assert watch.told == ["raised", "acknowledged"]
    assert watch.states == ["acked"]


def test_a_value_well_below_its_limit_ends_it_after_the_off_delay() -> None:
    watch = Watch()
    watch.seconds(20, waiting=6)
    watch.seconds(14, waiting=2)
    assert watch.states == ["active"]
    watch.seconds(2, waiting=2)
    assert watch.states == ["cleared"]


def test_a_momentary_spike_is_none_and_two_far_apart_do_not_add_up() -> None:
    watch = Watch()
    for _ in range(10):
        watch.seconds(4, waiting=9)
        watch.seconds(30, waiting=0)
    assert watch.told == []


def test_absent_for_a_second_it_is_the_same_alarm_since_the_same_time() -> None:
    watch = Watch()
    watch.seconds(10, ready=0)
    assert watch.book.acknowledge("hq/queue/601:ready", "Mira")
    watch.second(ready=3)
    watch.second(ready=0)
    watch.second()
    watch.second(ready=0)
    (alarm,) = watch.book.listed()
    assert (alarm.state, alarm.since, alarm.acked_by) == ("acked", 1001.0, "Mira")
    assert watch.told == ["raised", "acknowledged"]


def test_between_warning_and_alarm_it_becomes_worse_once() -> None:
    watch = Watch()
    watch.seconds(10, waiting=4)
    for turn in range(120):
        watch.second(waiting=4 + 3 * (turn % 2))
    assert watch.told == ["raised", "worse"]
    watch.seconds(16, waiting=3)
    assert watch.told == ["raised", "worse", "milder"]


def test_one_acknowledgement_silences_one_condition() -> None:
    watch = Watch()
    watch.seconds(10, ready=0, waiting=0)
    assert watch.book.acknowledge("hq/queue/601:ready", "Mira")
    watch.seconds(10, ready=0, waiting=30)
    assert {alarm.condition: alarm.state for alarm in watch.book.listed()} == {"waiting": "active", "ready": "acked"}
    assert watch.told == ["raised", "acknowledged", "raised"]


def test_an_acknowledgement_ends_with_a_severity_worse() -> None:
    watch = Watch()
    watch.seconds(10, waiting=5)
    watch.book.acknowledge("hq/queue/601:waiting", "Mira")
    watch.seconds(10, waiting=6)
    assert watch.told == ["raised", "acknowledged", "worse"]
    assert watch.states == ["active"]


def test_it_ends_when_it_has_grown_by_half_of_its_limit() -> None:
    watch = Watch()
    watch.seconds(10, waiting=7)
    watch.book.acknowledge("hq/queue/601:waiting", "Mira")
    watch.seconds(10, waiting=9)
    assert watch.states == ["acked"]
    watch.second(waiting=10)
    assert watch.told == ["raised", "acknowledged", "again"]


def test_it_ends_when_its_time_has_passed() -> None:
    watch = Watch()
    watch.seconds(10, ready=0)
    watch.book.acknowledge("hq/queue/601:ready", "Mira")
    watch.seconds(299, ready=0)
    assert watch.states == ["acked"]
    watch.second(ready=0)
    assert watch.states == ["active"]


def test_it_is_taken_once_and_what_is_snoozed_needs_none() -> None:
    watch = Watch()
    watch.seconds(10, ready=0)
    assert watch.book.acknowledge("hq/queue/601:ready", "Mira")
    assert not watch.book.acknowledge("hq/queue/601:ready", "Jo")
    assert not watch.book.acknowledge("hq/queue/999:ready", "Jo")


def test_red_for_forty_seconds_at_night_is_still_listed_five_minutes_later() -> None:
    watch = Watch()
    watch.seconds(40, longest=150)
    watch.seconds(300, longest=None)
    (alarm,) = watch.book.unseen()
    assert (alarm.state, alarm.severity, alarm.since) == ("cleared", "alarm", 1001.0)
    assert watch.book.active() == []
    assert watch.book.acknowledge(alarm.id, "Mira")
    assert watch.book.listed() == []


def test_what_somebody_knew_of_goes_when_it_is_over() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.book.acknowledge("hq/queue/601:longest", "Mira")
    watch.seconds(20, longest=None)
    assert watch.book.listed() == []
    assert watch.told == ["raised", "acknowledged", "over"]


def test_one_that_comes_back_later_is_a_new_one() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.seconds(100, longest=None)
    watch.seconds(10, longest=150)
    assert watch.told == ["raised", "cleared", "raised"]
    assert watch.book.listed()[0].since == 1111.0


def test_what_was_over_for_a_shift_is_let_go() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.seconds(20, longest=None)
    watch.now += 13 * 3600.0
    watch.second(longest=None)
    assert watch.book.listed() == []


def test_a_snoozed_alarm_comes_back_when_its_time_is_over() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    assert not watch.book.snooze("hq/queue/601:longest", "", 300), "it needs a name"
    assert watch.book.snooze("hq/queue/601:longest", "Mira", 300)
    assert (watch.states, watch.book.active()) == (["snoozed"], [])
    watch.seconds(299, longest=150)
    assert watch.states == ["snoozed"]
    watch.second(longest=150)
    assert watch.states == ["active"]
    assert watch.told == ["raised", "snoozed", "woken"]


def test_for_its_time_it_may_come_and_go_in_silence() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.book.snooze("hq/queue/601:longest", "Mira", 300)
    for _ in range(3):
        watch.seconds(40, longest=None)
        watch.seconds(40, longest=150)
    assert watch.told == ["raised", "snoozed"]
    watch.seconds(100, longest=None)
    assert (watch.states, watch.told[-1]) == ([], "over")


def test_until_it_clears() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.book.snooze("hq/queue/601:longest", "Mira", None)
    watch.seconds(4000, longest=150)
    assert watch.states == ["snoozed"]
    watch.seconds(20, longest=None)
    watch.seconds(10, longest=150)
    assert watch.told == ["raised", "snoozed", "over", "raised"]


def test_a_severity_worse_ends_it() -> None:
    watch = Watch()
    watch.seconds(10, waiting=4)
    watch.book.snooze("hq/queue/601:waiting", "Mira", 3600)
    watch.seconds(10, waiting=8)
    assert (watch.states, watch.told[-1]) == (["active"], "worse")


def test_a_blind_source_makes_it_unknown_neither_over_nor_new() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.is_blind = True
    watch.seconds(600)
    assert watch.states == ["unknown"]
    watch.is_blind = False
    watch.second(longest=400)
    (alarm,) = watch.book.listed()
    assert (alarm.state, alarm.since) == ("active", 1001.0)
    assert watch.told == ["raised", "unknown", "known"]


def test_fifty_queues_at_once_are_a_flood_for_ten_minutes() -> None:
    watch = Watch()
    many = [replace(at(READY, 0.0), key=Key("hq", Kind.QUEUE, str(number))) for number in range(50)]
    for _ in range(7):
        watch.now += 1
        watch.book.update(many, watch.now, lambda _alarm: False)
    assert (len(watch.book.active()), watch.book.rate, watch.book.flood) == (50, 50, True)
    watch.now += 600
    assert not watch.book.flood


def facts(book: AlarmBook) -> list[tuple[object, ...]]:
    return [
        (each.id, each.since, each.acked_by, each.acked_at, each.snoozed_by, each.snoozed_until, each.cleared)
        for each in book.listed()
    ]


def test_a_restart_keeps_since_acknowledgements_snoozes_and_what_nobody_saw() -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.seconds(20, longest=None, waiting=9, ready=0)
    watch.book.acknowledge("hq/queue/601:waiting", "Mira")
    watch.book.snooze("hq/queue/601:ready", "Jo", 900)
    after = Watch(now=watch.now + 30)
    after.book.restore(watch.book.kept())
    assert facts(after.book) == facts(watch.book)
    assert sorted(after.states) == ["cleared", "snoozed", "unknown"]
    after.second(waiting=9, ready=0, longest=None)
    assert facts(after.book) == facts(watch.book)
    assert sorted(after.states) == ["acked", "cleared", "snoozed"]
    assert "raised" not in after.told


def test_what_was_over_when_the_console_came_back_is_over() -> None:
    watch = Watch()
    watch.seconds(10, waiting=9)
    after = Watch(now=watch.now + 30)
    after.book.restore(watch.book.kept())
    after.seconds(17, waiting=0)
    assert after.states == ["cleared"]


def test_what_is_done_at_another_console_counts_here() -> None:
    here, there = Watch(), Watch()
    for each in (here, there):
        each.seconds(10, waiting=9, ready=0)
    there.second(waiting=9, ready=0)
    there.book.acknowledge("hq/queue/601:waiting", "Jo")
    there.book.snooze("hq/queue/601:ready", "Jo", 300)
    here.book.adopt(there.book.kept())
    assert sorted(here.states) == ["acked", "snoozed"]
    assert {alarm.acked_by or alarm.snoozed_by for alarm in here.book.listed()} == {"Jo"}
    assert here.told[-2:] == ["snoozed", "acknowledged"] or here.told[-2:] == ["acknowledged", "snoozed"]


STEPS: dict[str, frozenset[str]] = {
    "normal": frozenset({"active"}),
    "active": frozenset({"active", "acked", "cleared", "snoozed", "unknown"}),
    "acked": frozenset({"acked", "active", "unknown", "snoozed", "normal"}),
    "unknown": frozenset({"unknown", "active", "acked", "cleared", "snoozed", "normal"}),
    "snoozed": frozenset({"snoozed", "active", "unknown", "normal"}),
    "cleared": frozenset({"active", "normal"}),
}
"""What may follow a state."""


class Machine(RuleBasedStateMachine):
    """Anything may happen to two conditions; what a person relies on holds."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.values: dict[str, float | None] = {"waiting": 0.0, "ready": 3.0}
        self.last: dict[str, Alarm] = {}
        self.blind = False
        self.heard = 0

    @initialize(on=st.floats(0, 20), off=st.floats(0, 30), band=st.floats(0, 0.5))
    def begin(self, on: float, off: float, band: float) -> None:
        self.timing = Timing(on, off, band, 120.0)
        self.watch.book = AlarmBook(lambda: self.watch.now, lambda _condition: self.timing)
        self.watch.book.subscribe(self.watch.events.append)

    @rule(waiting=st.integers(0, 12) | st.none(), ready=st.integers(0, 2), seconds=st.integers(1, 40))
    def time_passes(self, waiting: int | None, ready: int, seconds: int) -> None:
        self.values = {"waiting": waiting, "ready": ready}
        for _ in range(seconds):
            if self.blind:
                self.watch.second()
            else:
                self.watch.second(**self.values)

    @rule()
    def sight_is_lost_or_found(self) -> None:
        self.blind = self.watch.is_blind = not self.blind
        self.values = {}

    @rule(which=st.sampled_from(["waiting", "ready"]))
    def somebody_acknowledges(self, which: str) -> None:
        asks = self.watch.book.get(f"hq/queue/601:{which}")
        done = self.watch.book.acknowledge(f"hq/queue/601:{which}", "Mira")
        assert done == (asks is not None and not asks.acked and not asks.snoozed)

    @rule(which=st.sampled_from(["waiting", "ready"]), seconds=st.sampled_from([300.0, 900.0, None]))
    def somebody_snoozes(self, which: str, seconds: float | None) -> None:
        self.watch.book.snooze(f"hq/queue/601:{which}", "Mira", seconds)

    @rule()
    def the_console_is_killed_and_comes_back(self) -> None:
        before = facts(self.watch.book)
        book = AlarmBook(lambda: self.watch.now, lambda _condition: self.timing)
        book.restore(self.watch.book.kept())
        assert facts(book) == before
        book.subscribe(self.watch.events.append)
        self.watch.book = book

    @invariant()
    def each_step_is_one_of_the_states_chart(self) -> None:
        events: Sequence[AlarmEvent] = self.watch.events[self.heard :]
        self.heard = len(self.watch.events)
        for event in events:
            before = self.last.get(event.alarm.id)
            was = "normal" if before is None else before.state
            now = "normal" if event.what == "over" else event.alarm.state
            assert now in STEPS[was], (was, event.what, now)
            if event.what == "raised":
                assert event.at - event.alarm.since >= self.timing.on_delay
                assert not self.blind
            elif before is not None and not before.cleared and not event.alarm.snoozed:
                assert event.alarm.since == before.since or before.snoozed
            if now == "normal":
                self.last.pop(event.alarm.id, None)
            else:
                self.last[event.alarm.id] = event.alarm

    @invariant()
    def there_is_one_alarm_of_each_condition_and_it_began_before_now(self) -> None:
        listed = self.watch.book.listed()
        assert len({alarm.id for alarm in listed}) == len(listed) <= 2
        assert all(alarm.since <= self.watch.now for alarm in listed)

    @invariant()
    def what_is_red_for_longer_than_its_delay_is_told(self) -> None:
        waiting = self.values.get("waiting")
        signal = self.watch.book._traces.get("hq/queue/601:waiting")
        if self.blind or waiting is None or waiting < 6 or signal is None or signal.alarm.lasted < self.timing.on_delay:
            return
        alarm = self.watch.book.get("hq/queue/601:waiting")
        assert alarm is not None
        assert alarm.severity == "alarm"


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("confirming", [True, False])
def test_a_list_that_waits_to_be_confirmed_changes_nothing(confirming: bool) -> None:
    watch = Watch()
    watch.seconds(10, longest=150)
    watch.book.update([replace(LONGEST, confirming=confirming)], watch.now + 100, lambda _alarm: False)
    assert watch.states == (["active"] if confirming else ["cleared"])
