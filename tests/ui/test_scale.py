"""What grows with the size of a centre, and how fast: work is counted in calls of functions, for N agents and for 4 N.

Nothing may cost more than in proportion to the rows; what a key does, and what follows from one change, hardly grows:
it is of what is on the screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from types import CodeType

import pytest

from tests.support.console import HQ
from tests.support.crowd import Crowd, work
from wallboard.board.queue_book import QueueBook
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Agent
from wallboard.ui.pane import AT_ONCE, PaneState
from wallboard.view.finder import SLICE, Finder, searched_row
from wallboard.view.panes import PANES
from wallboard.view.panes.base import Pane
from wallboard.view.selection import Selection

SIZES = (120, 480)
LINEAR = 4.5
"""Four times the rows may cost so many times as much."""
CHANGED = 1.6
"""What follows from one row that is another now."""
FLAT = 1.3
"""What is of the screen, and not of the rows."""
Deed = Callable[[Crowd], object]


def keys(*names: str) -> Deed:
    return lambda crowd: crowd.key(*names)


def nothing(crowd: Crowd) -> None:
    return None


def poll(resource: Resource, scope: str) -> Deed:
    return lambda crowd: crowd.poll(HQ, resource, scope)


def tick(crowd: Crowd) -> None:
    crowd.clock.advance(1.0)
    crowd.console.tick()


DEEDS: dict[str, tuple[Deed, Deed, float]] = {
    "a list of one queue that has not changed": (nothing, poll(Resource.AGENTS, "h0"), CHANGED),
    "the list of all calls, which has not changed": (nothing, poll(Resource.CALLS, ""), LINEAR),
    "one agent of one queue changes": (nothing, Crowd.turn, CHANGED),
    "a second passes": (nothing, tick, LINEAR),
    "a key down": (keys("2"), keys("j"), FLAT),
    "another pane": (nothing, keys("3"), FLAT),
    "a filter is typed": (keys("2", "/", "p"), keys("e"), LINEAR),
    "find is opened": (nothing, keys("F"), LINEAR),
    "a name is sought in all panes": (nothing, keys("F", "p"), LINEAR),
    "the details of a queue": (keys("g"), keys("enter"), FLAT),
    "the details of an agent": (keys("3", "g"), keys("enter"), FLAT),
    "whom a call is transferred to": (keys("4", "g"), keys("t", "p"), LINEAR),
    "who can help a queue": (keys("g"), keys("+"), LINEAR),
    "the list of alarms": (nothing, keys("f5"), LINEAR),
}


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], list[Crowd]]:
    made = [Crowd(tmp_path_factory.mktemp(f"of-{size}"), size) for size in SIZES]

    def fresh() -> list[Crowd]:
        for crowd in made:
            for _ in range(3):
                crowd.desk.press("escape")
            crowd.key("1", "g")
            crowd.second()
        return made

    return fresh


@pytest.mark.parametrize("name", DEEDS)
def test_more_rows_cost_no_more_than_in_proportion(crowds: Callable[[], list[Crowd]], name: str) -> None:
    prepare, deed, most = DEEDS[name]
    counted: list[int] = []
    for crowd in crowds():
        prepare(crowd)
        counted.append(work(partial(deed, crowd)))
    small, large = counted
    assert small > 20, "something was done"
    assert large / small <= most, f"{small} calls for {SIZES[0]} agents, {large} for {SIZES[1]}"


def test_of_one_agent_who_changes_one_queue_is_counted_anew(crowds: Callable[[], list[Crowd]]) -> None:
    _, crowd = crowds()
    called: Counter[CodeType] = Counter()
    work(crowd.turn, called)
    assert called[QueueBook._count.__code__] <= 1
    queues = len(crowd.board.rows(Resource.QUEUES))
    assert called[QueueBook._figures.__code__] < queues / 2, "the service level is of those in sight"


def test_a_second_is_cut_into_steps_of_one_source_each(crowds: Callable[[], list[Crowd]]) -> None:
    _, crowd = crowds()
    crowd.clock.advance(1.0)
    steps: list[int] = []
    second = crowd.console.second()
    while (count := work(lambda: next(second, None))) > 1:
        steps.append(count)
    sources = len(crowd.board.sources())
    assert len(steps) > 2 * sources, "what it holds, and what is wrong there"
    assert max(steps) < sum(steps) / 2


def test_what_has_come_is_taken_in_a_pane_at_a_time(crowds: Callable[[], list[Crowd]]) -> None:
    _, crowd = crowds()
    loaded: list[int] = []
    loading = crowd.console.loading(frozenset({Resource.AGENTS, Resource.CALLS}))
    done = False
    while not done:
        called: Counter[CodeType] = Counter()
        work(lambda: loaded.append(0 if next(loading, "over") is None else -1), called)
        done = loaded.pop() < 0
        loaded.append(called[Selection.apply.__code__])
    assert sum(loaded) == 3, "the queues with their agents, and the calls"
    assert max(loaded) == 1


def test_many_new_rows_are_looked_at_in_steps_and_what_came_meanwhile_counts(crowds: Callable[[], list[Crowd]]) -> None:
    _, crowd = crowds()
    pane, context = PaneState(PANES[Resource.AGENTS]), crowd.console.panes.context()
    older, looked = pane.loading(context, crowd.clock.now()), list[int]()
    called: Counter[CodeType] = Counter()
    work(lambda: next(older), called)
    looked.append(called[Pane.fact.__code__])
    assert not pane.order(), "until all are known nothing has changed"
    newer = pane.loading(context, crowd.clock.now())
    for steps in (newer, older):
        for _ in steps:
            pass
    rows = crowd.board.rows(Resource.AGENTS)
    assert len(rows) > AT_ONCE
    assert looked == [AT_ONCE]
    assert len(pane.order()) == len(rows)


def test_find_reads_a_slice_at_a_time_and_nothing_before_it_is_open(crowds: Callable[[], list[Crowd]]) -> None:
    _, crowd = crowds()
    called: Counter[CodeType] = Counter()
    work(lambda: crowd.key("F"), called)
    assert not called[searched_row.__code__]
    assert crowd.console.dialog is not None
    finder = crowd.console.dialog.dialog
    assert isinstance(finder, Finder)
    read = 0
    more = True
    while more:
        called.clear()
        work(lambda: finder.read(SLICE), called)
        assert called[searched_row.__code__] <= SLICE
        read += called[searched_row.__code__]
        more = finder.read(0)
    assert read == sum(len(crowd.board.rows(resource)) for resource in crowd.console.panes)


def test_a_row_that_reads_as_before_is_the_same_object(crowds: Callable[[], list[Crowd]]) -> None:
    crowd, _ = crowds()
    before = crowd.board.rows(Resource.AGENTS, HQ)
    crowd.poll(HQ, Resource.AGENTS, "h0")
    after = crowd.board.rows(Resource.AGENTS, HQ)
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_the_crowd_is_what_it_says(crowds: Callable[[], list[Crowd]]) -> None:
    small, large = crowds()
    for size, crowd in zip(SIZES, (small, large), strict=True):
        agents = crowd.board.rows(Resource.AGENTS)
        assert len([row for row in agents if isinstance(row, Agent)]) == size
        waits = [alarm for alarm in crowd.board.alarms.listed() if alarm.key and alarm.key.kind is Kind.QUEUE]
        assert len(waits) >= size // 40
    assert "Person" in "\n".join(small.desk.paint())
