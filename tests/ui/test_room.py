"""Room is dealt by need, and never under the hands of somebody who works."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, agent, desk, queue
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, ParkedCall, Queue, Row
from wallboard.domain.states import AgentState
from wallboard.domain.text import clean
from wallboard.ui.pane import EMPTY_SECONDS, PaneState
from wallboard.ui.room import DEAL_SECONDS, QUIET_SECONDS
from wallboard.view.layout import ALL
from wallboard.view.panes import PANES

PARKED = Key(HQ, Kind.PARKED, "p1")
SIZES = [(160, 50), (120, 36), (80, 24)]


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def staff(number: int) -> tuple[Agent, ...]:
    return tuple(agent(f"a{n}", f"Agent {n:02}", f"2{n:02}", AgentState.READY, 60.0 + n) for n in range(number))


def line_of(page: list[str], text: str) -> int:
    return next(index for index, line in enumerate(page) if text in line)


def still(page: list[str]) -> list[str]:
    """Without the clocks, which run on."""
    return [re.sub(r"\d", "0", line) for line in page]


def settle(here: Desk, seconds: float) -> list[str]:
    """Let the console look about once a second."""
    for _ in range(int(seconds)):
        here.wait(1.0)
    return here.paint()


def test_lines_move_to_the_pane_that_has_rows_for_them(here: Desk) -> None:
    before = here.paint()
    here.read({(HQ, Resource.AGENTS): staff(60)})
    assert line_of(here.paint(), "3 Agents") == line_of(before, "3 Agents"), "not at once: it would jump"
    page = settle(here, DEAL_SECONDS + 1)
    shown = [line for line in page if "ready      Agent" in line]
    hotlines = line_of(page, "5 Hotlines")
    assert len(shown) == hotlines - line_of(page, "3 Agents") - 1
    assert hotlines > line_of(before, "5 Hotlines") - 2, "the agents got blank lines, not the rows of others"


def test_one_row_more_or_less_moves_nothing(here: Desk) -> None:
    here.read({(HQ, Resource.AGENTS): staff(60)})
    before = settle(here, 2 * DEAL_SECONDS)
    queues = (*here.lists[HQ, Resource.QUEUES], queue(HQ, "699", "One more", 0, 0, 0))
    here.read({(HQ, Resource.QUEUES): queues})
    after = settle(here, 2 * DEAL_SECONDS)
    assert line_of(after, "3 Agents") == line_of(before, "3 Agents")


@pytest.mark.parametrize("busy", ["key", "question"])
def test_nothing_moves_while_somebody_works(here: Desk, busy: str) -> None:
    before = here.paint()
    here.press("2", "2")
    if busy == "question":
        here.press("t")
    here.read({(HQ, Resource.AGENTS): staff(60)})
    for _ in range(int(DEAL_SECONDS + QUIET_SECONDS)):
        here.wait(1.0)
        if busy == "key":
            here.press("j")
        assert line_of(here.paint(), "3 Agents") == line_of(before, "3 Agents")
    if busy == "question":
        here.press("escape")
    assert line_of(settle(here, QUIET_SECONDS + 2), "3 Agents") < line_of(before, "3 Agents")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("opens", [("enter",), (":",), ("F",), ("t",)], ids="".join)
def test_a_question_covers_the_lowest_pane_and_moves_no_row(
    here: Desk, size: tuple[int, int], pane: str, opens: tuple[str, ...]
) -> None:
    here.press(pane, pane)
    before = here.paint(*size)
    here.press(*opens)
    after = here.paint(*size)
    top = line_of(after, "─ ") if any(line.startswith("─ ") for line in after) else len(after)
    # The pane that it speaks of comes up where it would be covered; all above stands where it stood.
    shown = next(index for index, line in enumerate(after) if f"{pane} {here.console.pane.pane.title}" in line)
    assert still(after[2 : min(top, shown)]) == still(before[2 : min(top, shown)])
    assert any("▌" in line for line in after[:top]), "the row that it speaks of is out of sight"
    here.press("escape")
    assert still(here.paint(*size)[2:-3]) == still(before[2:-3])


@pytest.mark.parametrize("number", [6, 7, 8])
def test_panes_six_to_eight_have_as_many_lines_as_they_fill(here: Desk, number: int) -> None:
    resource = ALL[number - 1]
    before = line_of(here.paint(), "5 Hotlines")
    here.press(str(number))
    assert here.console.active is resource
    assert line_of(here.paint(), f"{number} {here.console.pane.pane.title}") >= before


def roster(number: int) -> tuple[Queue, ...]:
    return tuple(
        replace(queue(HQ, f"7{n:02}", f"Paper {n:02}", 0, 0, 0), waiting=None, no_counts=clean("not told"))
        for n in range(number)
    )


def test_queues_without_counts_fold_into_one_line_that_enter_opens(here: Desk) -> None:
    here.read({(HQ, Resource.QUEUES): (*here.lists[HQ, Resource.QUEUES], *roster(8))})
    page = here.paint()
    assert "▸ 8 more without counts" in page[line_of(page, "1 Queues 4") + 5]
    assert not any("Paper" in line for line in page)
    here.press("1", "G")
    assert "nothing selected" in here.paint()[-2], "no verb can hit a line that stands for many"
    here.press("enter")
    opened = here.paint()
    assert any("▾ 8 without counts" in line for line in opened)
    assert any("Paper 00" in line for line in opened)
    here.press("enter")
    assert not any("Paper" in line for line in here.paint())


def test_columns_wait_for_the_first_row_that_is_not_folded(here: Desk) -> None:
    queues = {where: rows for where, rows in here.lists.items() if where[1] is Resource.QUEUES}
    here.read({where: roster(8) for where in queues})
    pane = PaneState(PANES[Resource.QUEUES])
    pane.load(here.console.panes.context(), here.clock.now())
    here.read(queues)
    pane.load(here.console.panes.context(), here.clock.now())
    columns = pane.choose_columns(80, here.console.panes.context(), 80)
    assert {"name", "wait", "longest"} <= {column.id for column in columns}


def test_find_goes_to_a_row_that_is_folded_away(here: Desk) -> None:
    here.read({(HQ, Resource.QUEUES): (*here.lists[HQ, Resource.QUEUES], *roster(8))})
    here.press("F")
    here.type("paper 03")
    here.clock.advance(0.5)
    here.press("enter")
    page = here.paint()
    assert any(line.startswith("▌Paper 03") for line in page)


def test_two_rows_of_one_name_show_their_source(here: Desk) -> None:
    here.read({("lab", Resource.QUEUES): (queue("lab", "9", "Sales", 0, 0, 0),)})
    page = here.paint()
    assert any("Sales hq " in line for line in page)
    assert any("Sales lab " in line for line in page)


def columns_of(here: Desk, resource: Resource) -> dict[str, int]:
    return {column.id: column.width for column in here.console.panes[resource].columns}


def test_columns_move_for_a_name_that_is_cut_and_not_for_others(here: Desk) -> None:
    settle(here, 30)
    before = columns_of(here, Resource.AGENTS)
    here.change(HQ, Resource.AGENTS, lambda row: renamed(row, "Bo Q."))
    settle(here, 30)
    assert columns_of(here, Resource.AGENTS) == before, "a shorter name takes no room from anybody"
    here.change(HQ, Resource.AGENTS, lambda row: renamed(row, "Bonaventura Quist-Oldenburg"))
    settle(here, 30)
    assert columns_of(here, Resource.AGENTS)["name"] > before["name"]


def renamed(row: Row, name: str) -> Row:
    return replace(row, name=clean(name)) if isinstance(row, Agent) and row.key.id == "bo" else row


def test_a_column_that_holds_nothing_comes_when_it_does_and_stays_for_a_while(here: Desk) -> None:
    here.change(HQ, Resource.CALLS, lambda row: replace(row, recording=False) if isinstance(row, Call) else row)
    settle(here, EMPTY_SECONDS + 20)
    assert "rec" in columns_of(here, Resource.CALLS), "room that nobody needs is taken from no column"


def test_the_first_call_in_a_slot_moves_nothing_under_the_hands(here: Desk) -> None:
    here.read({(HQ, Resource.AGENTS): staff(60)})
    settle(here, 2 * DEAL_SECONDS)
    here.press("2", "2")
    before = here.paint()
    parked = ParkedCall(PARKED, clean("701"), clean("Kai Roth"))
    here.read({(HQ, Resource.AGENTS): staff(3), (HQ, Resource.PARKED): (parked,)})
    after = here.paint()
    assert [line_of(after, title) for title in ("3 Agents", "4 Calls")] == [
        line_of(before, title) for title in ("3 Agents", "4 Calls")
    ]
