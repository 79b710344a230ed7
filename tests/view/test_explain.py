"""F1 on a figure: formula, window, how many, where from, how sure, and what may be missing."""

from __future__ import annotations

import pytest

from tests.board.making import Desk, hotline, key
from tests.board.traces import Caller, Console, Q, Trace
from wallboard.board import QueueFigures, ServiceLevel
from wallboard.domain.keys import Resource
from wallboard.domain.models import HotlineCall, Queue
from wallboard.view.context import Context
from wallboard.view.explain import WORDS, explain, explained
from wallboard.view.figures import level_cell, level_text


def told(figure: str) -> list[str]:
    callers = [Caller(10 + 20.0 * i, 4 + 3.0 * i, talk=15) for i in range(8)] + [Caller(200, 30, "lost")]
    desk = (console := Console(Trace(callers))).desk
    console.run(260)
    row = desk.board.row(key(Q, "601"))
    assert isinstance(row, Queue)
    return explain(row, figure, console.figures(), Context(desk.board, desk.now))


def test_the_service_level_says_all_that_it_is_made_of() -> None:
    lines = told("service")
    assert lines[0] == "67±12, goal 80% within 20 s"
    assert lines[1].startswith("formula: live = answered in time / (")
    assert lines[2].startswith("window: 60m, since ")
    assert lines[3] == "n: 9"
    assert lines[4].startswith("bounds: ")
    assert lines[5] == "origin: readings every 5 s of the members"
    assert lines[6] == "undercount: callers who came and left within 5 s may be missing"


@pytest.mark.parametrize("figure", WORDS)
def test_every_figure_has_its_formula_and_its_origin(figure: str) -> None:
    lines = told(figure)
    assert lines[1] == f"formula: {WORDS[figure]}"
    assert any(line.startswith("origin: readings every 5 s of the ") for line in lines)


@pytest.mark.parametrize(
    ("level", "text", "narrow"),
    [
        (ServiceLevel(0.58, 41, "live", "", 0.54, 0.61), "58±4 41", "58±4"),
        (ServiceLevel(0.58, 41, "live", "", 0.57, 0.59), "58% 41", "58%"),
        (ServiceLevel(0.58, 141, "live", "", 0.40, 0.61), "58±18", "58±"),
        (ServiceLevel(None, 4, "live", "too few"), "–", "–"),
    ],
)
def test_bounds_stand_with_the_figure_where_they_are_wide(level: ServiceLevel, text: str, narrow: str) -> None:
    assert (level_cell(level, 8), level_cell(level, 4)) == (text, narrow)
    assert level_text(level) in (text, text.split(" ")[0])


def test_a_queue_is_explained_with_all_queues_together() -> None:
    callers = [Caller(10 + 20.0 * i, 4 + 3.0 * i, talk=15) for i in range(8)] + [Caller(200, 30, "lost")]
    desk = (console := Console(Trace(callers))).desk
    console.run(260)
    row = desk.board.row(key(Q, "601"))
    assert row is not None
    lines = dict(explained(row, Context(desk.board, desk.now)))
    assert list(lines) == ["service", *(name.replace("_", " ") for name in WORDS), "all queues"]
    assert lines["all queues"].startswith(
        "9 offered, 8 answered, 1 lost, 0 flowed · lost 11.1% · service level 67±12 of 9"
    )


def test_an_agents_day_is_told_with_what_it_counts() -> None:
    callers = [Caller(10 + 60.0 * i, 8, talk=20) for i in range(3)]
    desk = (console := Console(Trace(callers))).desk
    console.run(240)
    lines = dict(explained(desk.agent("bo"), Context(desk.board, desk.now)))
    assert lines["answered"].startswith("3 · ")
    assert lines["missed"].startswith("0 · ")
    assert "talking 1:0" in lines["time"]


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (None, "figures: – not every call of the last day is known"),
        ((HotlineCall(0.0, True, 8.0),) * 5, "in time: 100% in 10 s, 100% in 15 s, 100% in 20 s · taken within"),
        ((HotlineCall(0.0, False),), "in time: – in 10 s, – in 15 s, – in 20 s · taken within"),
    ],
)
def test_a_hotline_is_explained_by_its_calls(calls: tuple[HotlineCall, ...] | None, said: str) -> None:
    desk = Desk()
    lines = explained(hotline(calls=calls), Context(desk.board, desk.now))
    assert any(f"{name}: {text}".startswith(said) for name, text in lines)


def test_a_list_that_stopped_says_how_old_it_is() -> None:
    stopped = QueueFigures(longest_since=1000.0, stopped={Resource.MEMBERS: 1023.0})
    assert stopped.longest(1800.0) == 23.0
    assert stopped.old("longest")
