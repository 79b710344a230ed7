"""The course of a day: the state that lasted longest in each ten minutes, and gaps where nobody looked."""

from __future__ import annotations

from wallboard.board.agent_course import SLOT, AgentCourse
from wallboard.domain.states import AgentState

T0 = 1_000 * SLOT
READY, TALKS, BREAK = AgentState.READY, AgentState.TALKING, AgentState.BREAK


def test_each_slot_is_what_lasted_longest_in_it() -> None:
    course = AgentCourse()
    course.spend(READY, T0, T0 + 200)
    course.spend(TALKS, T0 + 200, T0 + 900)
    course.spend(BREAK, T0 + 900, T0 + 1000)
    assert course.states(T0 + 1150, (READY, T0 + 1000)) == (TALKS, TALKS)
    assert course.states(T0 + 1190, (BREAK, T0 + 1000)) == (TALKS, TALKS)


def test_one_spell_fills_all_the_slots_that_it_lasted() -> None:
    course = AgentCourse()
    course.spend(READY, T0, T0 + 3.5 * SLOT)
    assert course.states(T0 + 3.5 * SLOT, None) == (READY,) * 4


def test_asking_changes_nothing_and_the_spell_that_goes_on_counts() -> None:
    course = AgentCourse()
    course.spend(READY, T0, T0 + 60)
    for _ in range(2):
        assert course.states(T0 + 2 * SLOT + 1, (TALKS, T0 + 60)) == (TALKS, TALKS, TALKS)
    assert course.states(T0 + 61, None) == (READY,)


def test_a_time_that_nobody_saw_is_a_gap() -> None:
    course = AgentCourse()
    course.spend(READY, T0, T0 + 60)
    course.spend(TALKS, T0 + 3 * SLOT, T0 + 3 * SLOT + 30)
    assert course.states(T0 + 5 * SLOT, None) == (READY, None, None, TALKS, None, None)


def test_a_day_is_kept_and_no_more() -> None:
    course = AgentCourse()
    course.spend(BREAK, T0, T0 + 300 * SLOT)
    course.spend(READY, T0 + 300 * SLOT, T0 + 301 * SLOT)
    states = course.states(T0 + 301 * SLOT - 1, None)
    assert len(states) == 144
    assert states[-2:] == (BREAK, READY)
