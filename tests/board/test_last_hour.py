"""The last hour of a queue: who was answered or lost in it, and the service level of each five minutes."""

from __future__ import annotations

import pytest

from wallboard.board.caller_history import Outcome, Stay
from wallboard.board.last_hour import HOUR, STEPS, last_hour
from wallboard.domain.keys import Key, Kind
from wallboard.domain.rules import Goal

NOW = 1_770_000_000.0
GOAL = Goal(80, 20, "live")


def stay(joined_ago: float, waited: float, outcome: Outcome = Outcome.ANSWERED) -> Stay:
    joined = NOW - joined_ago
    left = joined + waited
    return Stay(
        Key("hq", Kind.MEMBER, f"{joined_ago}"), "601", "", "", joined, left, joined, joined, outcome=outcome, left=left
    )


def test_only_waits_that_ended_within_the_hour_count() -> None:
    stays = [stay(4000, 30), stay(3700, 200), stay(600, 10), stay(300, 40, Outcome.LOST), stay(20, 5)]
    made = last_hour(stays, GOAL, True, NOW - 9 * HOUR, NOW)
    assert (made.answered, made.lost, made.since) == (3, 1, NOW - HOUR)


def test_each_step_has_the_level_of_those_who_ended_in_it() -> None:
    made = last_hour([stay(3590, 10), stay(3580, 40), stay(100, 10)], GOAL, True, NOW - 9 * HOUR, NOW)
    assert made.levels[0] == pytest.approx(0.5)
    assert made.levels[-1] == pytest.approx(1.0)
    assert set(made.levels[1:-1]) == {None}
    assert len(made.levels) == STEPS


def test_a_mean_of_few_is_none_and_a_younger_book_says_so() -> None:
    few = last_hour([stay(100, 10)], GOAL, True, NOW - 600, NOW)
    assert (few.asa, few.since) == (None, NOW - 600)
    many = last_hour([stay(100 + n, 10) for n in range(9, 0, -1)], GOAL, True, NOW - 600, NOW)
    assert many.asa == pytest.approx(10.0, abs=1.0)


def test_whoever_waits_still_is_neither() -> None:
    waits = Stay(Key("hq", Kind.MEMBER, "m"), "601", "", "", NOW - 50, NOW, NOW - 50)
    made = last_hour([waits], GOAL, True, NOW - HOUR, NOW)
    assert (made.answered, made.lost, set(made.levels)) == (0, 0, {None})
