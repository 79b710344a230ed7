"""Copying: the row's number, or an address that was read about it, said as what was done and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member, Row
from wallboard.domain.text import clean
from wallboard.vendors.base import Sheet
from wallboard.view.dialogs import Chooser
from wallboard.view.reports import Reading

URL = "https://storage.example.net/r/17.mp3?signature=0123456789"


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def copied(here: Desk) -> list[str]:
    return [text.removeprefix("copy ") for text in here.asked if text.startswith("copy ")]


@pytest.mark.parametrize(
    ("pane", "number"),
    [("1", "601"), ("2", "+49 30 111 222"), ("3", "204"), ("4", "+49 40 777 123"), ("5", "+49 241 55661")],
)
def test_the_number_of_the_row_is_copied_with_one_key(here: Desk, pane: str, number: str) -> None:
    here.press(pane, "Y")
    assert copied(here) == [number]
    assert here.said == f"to the terminal's clipboard: {number}"
    assert not here.commands


def test_a_doubt_about_the_terminal_is_said(here: Desk) -> None:
    ports = replace(here.console.ports, copy=lambda text: "GNU screen does not pass it on")
    here.console.copying._at = replace(here.console.at, ports=ports)
    here.press("2", "Y")
    assert here.said.endswith("+49 30 111 222 · GNU screen does not pass it on")


def test_a_row_without_a_number_says_so(here: Desk) -> None:
    def withheld(row: Row) -> Row:
        return replace(row, number=clean("anonymous")) if isinstance(row, Member) else row

    here.change(HQ, Resource.MEMBERS, withheld)
    here.press("2", "Y")
    assert copied(here) == []
    assert here.said.endswith("has no number to copy")


def test_nothing_selected_is_said(tmp_path: Path) -> None:
    here = desk(tmp_path, empty=True)
    here.press("Y")
    assert copied(here) == []


def test_a_row_that_ended_still_has_its_number(here: Desk) -> None:
    here.press("2")
    row = here.lists[HQ, Resource.MEMBERS][0]
    here.drop(row.key)
    here.press("Y")
    assert copied(here) == ["+49 30 111 222"]


def test_of_the_details_an_address_is_chosen(here: Desk) -> None:
    here.press("4", "enter")
    file = "GET https://pbx.example.net/api/record/17 (1.4 MB)"
    rows = ((clean("link"), clean(URL, 2000)), (clean("file"), clean(file, 2000)))
    shown = Reading("recording-links", "recording files", stage="read", sheet=Sheet((), rows))
    here.console.panel.readings.shown = (shown,)
    here.press("Y")
    opened = here.console.dialog
    assert opened is not None
    assert isinstance(opened.dialog, Chooser)
    assert [choice.text for choice in opened.dialog.choices] == [
        "link at storage.example.net",
        "file at pbx.example.net",
        "+49 40 777 123",
    ]
    here.paint()
    here.clock.advance(1)
    here.press("enter")
    assert copied(here) == [URL]


def test_a_line_of_the_log_is_copied_whole(here: Desk) -> None:
    text = "hq is stale: " + "a long reason " * 20
    here.console.remarks.log("state", text)
    here.press("9")
    here.paint(80, 24)
    here.press("Y")
    assert copied(here) == [text]


def test_a_hostile_number_is_copied_as_the_text_that_is_shown(here: Desk) -> None:
    def evil(row: Row) -> Row:
        number = clean("+49 30 1\x1b]52;c;aGk=\x07\n11\u202e")
        return replace(row, number=number) if isinstance(row, Member) and row.key.id == "m1" else row

    here.change(HQ, Resource.MEMBERS, evil)
    here.press("2", "Y")
    (text,) = copied(here)
    assert text.isprintable()
