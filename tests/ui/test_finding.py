"""Find and notes over the directory: what stands in no pane is found, and a number says whose it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, LAB, RESPONDERS, Desk, call, desk
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Member, Phone, Queue
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import clean
from wallboard.view.finder import Finder

ROOM = Phone(Key(LAB, Kind.PHONE, "9000"), clean("War room"), clean("9000"), True, "conference")
SALES = Queue(
    Key(LAB, Kind.QUEUE, "q1"),
    clean("Overflow"),
    clean("+49 40 700100"),
    addresses=(clean("+49 40 700100"), clean("+49 40 700101")),
)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path, settings={"regions": {HQ: "DE", LAB: "DE", RESPONDERS: "DE"}})
    made.read({(LAB, Resource.PHONES): (ROOM,), (LAB, Resource.QUEUES): (SALES,)})
    made.clock.advance(1)
    return made


def find(here: Desk, text: str) -> Finder:
    here.press("F")
    here.type(text)
    opened = here.console.dialog
    assert opened is not None
    assert isinstance(opened.dialog, Finder)
    here.clock.advance(1)
    return opened.dialog


def test_a_conference_room_is_found_and_its_card_opened(here: Desk) -> None:
    finder = find(here, "war")
    assert finder.visible()[0].text == "War room 9000"
    here.press("enter")
    assert here.console.panel.card_key == ROOM.key


def test_a_row_of_a_pane_is_jumped_to(here: Desk) -> None:
    find(here, "bo quist")
    here.press("enter")
    assert here.console.pane.selection.cursor == Key(HQ, Kind.AGENT, "bo")


def test_a_further_address_of_a_queue_leads_to_the_queue(here: Desk) -> None:
    finder = find(here, "040 700101")
    assert [choice.text for choice in finder.visible()] == ["Overflow +49 40 700101"]
    here.press("enter")
    assert here.console.pane.selection.cursor == SALES.key


def test_a_favourite_without_a_row_says_its_number_and_source(here: Desk) -> None:
    find(here, "old line")
    here.press("enter")
    assert here.said == "Old line: 8200 of gone; no row of the board"


def test_a_number_is_found_in_another_writing(here: Desk) -> None:
    finder = find(here, "0241 55660")
    assert finder.visible()[0].text == "Mountain rescue"


def test_every_row_is_listed_before_anything_is_typed_and_in_the_order_of_the_panes(here: Desk) -> None:
    hints = [choice.hint.split()[0] for choice in find(here, "").visible()]
    assert hints[0] == "queues"
    assert hints.index("agents") < hints.index("hotlines") < hints.index("conference")


def test_a_note_and_a_call_back_say_whose_number_it_is(here: Desk) -> None:
    here.change(
        HQ,
        Resource.MEMBERS,
        lambda row: replace(row, number=clean("0241 55660")) if isinstance(row, Member) and not row.name else row,
    )
    here.press("2", "j")
    here.paint()
    here.clock.advance(1)
    here.press("n")
    assert any("NOTE on +49 241 55660 · Mountain rescue" in line for line in here.paint(80, 24))
    here.press("escape")
    here.clock.advance(1)
    here.press("c")
    assert here.console.dialog is None, "that caller is on the line"
    here.press("k", "n")
    assert any("NOTE on Eve Lund +49 30 111222 ─" in line for line in here.paint(80, 24)), "nobody knows that number"


def test_a_call_of_a_caller_who_waits_is_counted_and_found_as_it_stands(here: Desk) -> None:
    waits = call("m1", CallState.RINGING, Direction.IN, "Eve Lund", "+49 30 111 222", "601 Sales", 192)
    here.read({(HQ, Resource.CALLS): (*here.lists[HQ, Resource.CALLS], waits)})
    here.press("4")
    (row,) = [line for line in here.paint(160, 40) if "Eve Lund" in line and "601 Sales" in line]
    assert "○ waiting" in row
    (title,) = [line for line in here.paint(220, 40) if "4 Calls 4" in line]
    assert "· 1 waiting 1 ringing 1 talking 1 held" in title
    for wanted, found in (("waiting", ["m1"]), ("ringing", ["c3"])):
        here.press("/")
        here.type(f"state:{wanted}")
        here.press("enter")
        assert [key.id for key in here.console.pane.order() if isinstance(key, Key)] == found
        here.press("escape")
