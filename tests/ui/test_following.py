"""Follow narrows what belongs to one thing; a view narrows the board; both can be undone with a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, call, desk
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Call, Row
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import clean
from wallboard.domain.views import View

NIGHT = View(
    "night", ("supp*", "emerg*"), ("hq",), (Resource.QUEUES, Resource.MEMBERS), "-roster", ((Resource.MEMBERS, "name"),)
)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path, settings={"views": (NIGHT, View("sums", panes=(Resource.QUEUES,)))})
    return made


def names(here: Desk, resource: Resource) -> list[str]:
    pane = here.console.panes[resource]
    return [pane.pane.label(row) for key in pane.order() if (row := pane.row(key)) is not None]


def through_sales(row: Row) -> Row:
    return replace(row, queue=clean("Sales")) if isinstance(row, Call) and row.to.startswith("601") else row


def test_from_a_red_queue_one_key_shows_its_callers_agents_and_calls(here: Desk) -> None:
    here.change(HQ, Resource.CALLS, through_sales)
    here.press("1", "v")
    assert names(here, Resource.MEMBERS) == ["Eve Lund +49 30 111 222", "+49 30 333 444", "Mia Sand +49 30 555 666"]
    assert set(names(here, Resource.AGENTS)) == {"Ada Orwell", "Bo Quist", "Cy Reed"}
    assert names(here, Resource.CALLS) == ["Mia Sand ↔ Bo Quist", "+49 30 333 444 ↔ Ada Orwell"]
    assert len(names(here, Resource.QUEUES)) == 4, "the pane that was followed from shows all"
    page = here.paint()
    assert sum("→ Sales" in line for line in page) == 2, "two lines of titles, three of them"
    assert any("2 Members 3 of 4 → Sales" in line for line in page)


@pytest.mark.parametrize("key", ["v", "escape"])
def test_the_same_key_or_one_back_shows_all_again(here: Desk, key: str) -> None:
    here.press("1", "v", key)
    assert len(names(here, Resource.MEMBERS)) == 4
    assert not any("→ Sales" in line for line in here.paint())
    assert here.console.dialog is None


def test_another_row_is_followed_in_its_place(here: Desk) -> None:
    here.press("1", "v", "j", "v")
    assert names(here, Resource.MEMBERS) == ["Ben Hale +1 555 100 7919"]


@pytest.mark.parametrize(("pane", "followed"), [("2", "Sales"), ("3", "Di Novak"), ("5", "responders")])
def test_each_pane_has_something_to_follow(here: Desk, pane: str, followed: str) -> None:
    here.press(pane, "v")
    assert here.said == f"Members, Agents and Calls of {followed}"


def test_what_is_followed_stays_so_while_rows_come_and_go(here: Desk) -> None:
    here.press("1", "v")
    here.wait(1.0)
    here.wait(1.0)
    assert len(names(here, Resource.MEMBERS)) == 3


def test_find_reaches_a_row_that_is_hidden_by_it(here: Desk) -> None:
    here.press("1", "j", "v", "F")
    here.type("eve")
    here.clock.advance(0.5)
    here.press("enter")
    assert any(line.rpartition("│")[2].startswith("▌ 3:1") for line in here.paint())


def test_a_view_narrows_panes_rows_and_order(here: Desk) -> None:
    here.press("V")
    assert any("night" in line for line in here.paint())
    here.clock.advance(0.5)
    here.press("1")
    here.clock.advance(0.5)
    here.press("enter")
    page = here.paint()
    assert "view night" in page[0]
    assert names(here, Resource.QUEUES) == ["Support", "Emergency"]
    assert names(here, Resource.MEMBERS) == ["Ben Hale +1 555 100 7919"]
    assert not any("3 Agents" in line or "5 Hotlines" in line for line in page)
    assert "■" in page[1], "no alarm is hidden by a view"
    here.press("3")
    assert any("3 Agents" in line for line in here.paint()), "a pane that is asked for comes all the same"


def test_a_view_is_a_command_and_everything_comes_back(here: Desk) -> None:
    here.press(":")
    here.type("view sums")
    here.clock.advance(0.5)
    here.press("enter")
    assert "view sums" in here.paint()[0]
    assert not any("2 Members" in line for line in here.paint())
    here.press("V")
    here.type("3")
    here.clock.advance(0.5)
    here.press("enter")
    assert "view" not in here.paint()[0]
    assert any("2 Members" in line for line in here.paint())


def test_a_column_that_there_is_not_is_said(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"views": (replace(NIGHT, sort=((Resource.MEMBERS, "colour"),)),)})
    here.press(":")
    here.type("view night")
    here.clock.advance(0.5)
    here.press("enter")
    assert here.said == "Members cannot be sorted by 'colour'"


def test_without_a_view_the_key_says_how_to_have_one(tmp_path: Path) -> None:
    bare = desk(tmp_path)
    bare.press("V")
    assert bare.said == 'no view is saved: write [[view]] name = "…" into the config'


def test_a_filter_reads_fields_and_says_which_there_are(here: Desk) -> None:
    here.press("2", "/")
    here.type("wait>60 queue:sales")
    assert names(here, Resource.MEMBERS) == ["Eve Lund +49 30 111 222", "+49 30 333 444", "Mia Sand +49 30 555 666"]
    here.type(" -state:talk")
    assert len(names(here, Resource.MEMBERS)) == 2
    here.type(" stat:x")
    assert any("no stat here, but name number source state wait" in line for line in here.paint())


def test_a_filter_finds_a_call_by_the_queue_that_stands_beside_its_number(here: Desk) -> None:
    came = call("beside", CallState.TALKING, Direction.IN, "", "+4930999", "602", 20.0)
    here.read({(HQ, Resource.CALLS): (came,)})
    assert any("602 Support" in line for line in here.paint())
    here.press("4", "/")
    here.type("support")
    assert [key.id for key in here.console.panes[Resource.CALLS].order() if isinstance(key, Key)] == ["beside"]
