"""What the graphs are made of, beside what the history tells."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.support.console import HQ, LAB, NOW, board, queue, read
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue
from wallboard.domain.rules import Day, Goal
from wallboard.history.courses import Column, Course
from wallboard.view.context import Context, severities
from wallboard.view.spans import Subject, stretches
from wallboard.view.trend_graphs import Graph, graphs
from wallboard.view.trends import subject_of

SALES = Key(HQ, Kind.QUEUE, "601")


def shown(now: float = NOW + 30.0, key: Key | None = SALES, column: Column | None = None) -> list[Graph]:
    """The graphs of the hour in which the sample evening lies; each minute of it was as `column`."""
    made = board(ManualClock(NOW))
    context = Context(made, now, UTC, severities=severities(made, now))
    subject = subject_of(context, key)
    courses = [Course(each, [column or Column(0, 0.0, 0, 4, 1, 2, 0, 0.5, 0.4, 0.6)] * each.columns)
               for each in stretches(subject, "hour", now)]  # fmt: skip
    row = made.row(key) if key is not None else None
    return graphs(context, subject, row if isinstance(row, Queue) else None, courses)


def values(graph: Graph, name: str) -> tuple[float | None, ...]:
    return next(trace.values for each, trace in graph.traces if each == name)


def test_who_still_waits_is_in_the_mean_of_the_minutes_since_they_came() -> None:
    # Eve Lund has waited for 192 s, and another caller for 160 s, of whom the history knows nothing yet.
    mean = values(shown()[0], "mean")
    assert mean[-5:] == pytest.approx((12 / 60, 100 / 60, 2.0, 2.0, 2.0), abs=0.01)
    assert mean[:-5] == (0.0,) * 55


def test_what_the_history_knows_of_a_minute_that_is_not_over_counts_for_the_part_that_is() -> None:
    mean = values(shown(column=Column(waiting=1, mean=0.5))[0], "mean")
    assert mean[-1] == pytest.approx(3.0), "half a caller in a minute is one in its half"
    assert mean[0] == 0.5


def test_where_nothing_was_written_down_who_waits_makes_no_mean() -> None:
    mean = values(shown(column=Column())[0], "mean")
    assert mean[:-1] == (None,) * 59
    assert mean[-1] == pytest.approx(2.0)


def test_the_column_of_this_moment_has_what_the_board_knows_now() -> None:
    waiting, longest, level, people, _ = shown()
    assert values(waiting, "most")[-2:] == (0, 2)
    assert values(longest, "")[-2:] == (0, 222)
    assert values(level, "")[-1] == 0.5, "the board has no level of its own yet"
    assert values(people, "talking")[-1] == 1


def test_lines_are_in_the_colour_of_the_limits_that_they_reach() -> None:
    waiting, longest, level, _, ends = shown()
    assert waiting.traces[0][1].tones[-1] == ""
    assert [shown(column=Column(n))[0].traces[0][1].tones[0] for n in (2, 3, 6)] == ["", "warn", "alarm"]
    assert longest.traces[0][1].tones[-2:] == ("", "alarm")
    assert level.traces[0][1].tones[0] == "warn"
    assert ends.traces[0][1].tones[0] == ""
    assert shown(column=Column(whole=False, waiting=9))[0].traces[0][1].tones[0] == "stale"


def test_the_goal_is_a_line_and_the_window_is_told() -> None:
    level = shown()[2]
    assert level.title == "service level in 20 s, over 60 min"
    assert values(level, "goal 80%") == (0.8,)
    assert level.top == 1.0


def test_all_queues_are_added_up_and_the_longest_wait_is_the_longest_of_them() -> None:
    waiting, longest, level, people, _ = shown(key=None)
    assert values(waiting, "most")[-1] == 3
    assert values(longest, "")[-1] == 222
    assert "twice" in people.now.text
    assert not any(name.startswith("bounds") for name, trace in level.traces if not trace.values)


def test_queues_with_different_goals_and_days_have_none_in_common() -> None:
    made = board(ManualClock(NOW))
    context = Context(made, NOW, UTC)
    assert subject_of(context, None) == Subject(None, [HQ, LAB], Goal(), Day(0.0, UTC))
    read(made, {(LAB, Resource.QUEUES): (queue(LAB, "help", "Helpdesk", 0, 0, 0),)}, NOW, 2)
    assert subject_of(context, SALES).queue == SALES
