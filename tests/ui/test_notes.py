"""A note on a row: seen on it, told in its details with who and when, taken away with an empty text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Member, Row
from wallboard.domain.text import clean
from wallboard.view.glyphs import NOTE, ascii_text

pytestmark = pytest.mark.anyio


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


async def noted(here: Desk, text: str) -> None:
    here.press("n")
    here.key("ctrl+u")
    here.type(text)
    here.press("enter")
    while here.started:
        await here.started.pop(0)()


def line(here: Desk, text: str, width: int = 160) -> str:
    return next(line for line in here.paint(width, 50) if text in line)


async def test_a_row_with_a_note_shows_it_and_its_details_say_whose_it_is(here: Desk) -> None:
    here.press("2")
    await noted(here, "asks for Bo")
    assert f"{NOTE} Eve Lund" in line(here, "+49 30 111222")
    assert ascii_text(NOTE) == "+"
    here.press("enter")
    assert "note     asks for Bo · Mira 02:40" in "\n".join(here.paint(80, 24))


@pytest.mark.parametrize(("pane", "name"), [("1", "Sales"), ("3", "Di Novak"), ("4", "Cy Reed"), ("5", "Water rescue")])
async def test_every_pane_shows_it_in_the_column_that_names_the_row(here: Desk, pane: str, name: str) -> None:
    here.press(pane)
    await noted(here, "x")
    assert any(f"{NOTE} {name}" in text for text in here.paint(160, 50))
    assert any(f"{NOTE} {name}" in text for text in here.paint(80, 24))


@pytest.mark.parametrize("pane", ["1", "3", "4", "5"])
@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=str)
async def test_the_details_of_every_row_say_who_noted_what(here: Desk, pane: str, size: tuple[int, int]) -> None:
    here.press(pane)
    await noted(here, "look twice")
    here.press("enter")
    seen = "".join(here.paint(*size))
    for _ in range(3):
        here.press("pagedown")
        seen += "".join(here.paint(*size))
    assert "look twice · Mira 02:40" in seen


async def test_it_comes_back_with_the_caller_and_not_with_another(here: Desk) -> None:
    here.press("2")
    await noted(here, "asks for Bo")

    def again(row: Row) -> Row:
        if isinstance(row, Member) and row.key.id == "m1":
            return replace(row, key=Key(HQ, Kind.MEMBER, "m99"), name=clean(""), number=clean("0049 30 111222"))
        return row

    here.change(HQ, Resource.MEMBERS, again)
    here.clock.advance(40)
    here.console.tick()
    assert NOTE in line(here, "+49 30 111222")
    assert NOTE not in line(here, "+1 555-100-7919")


async def test_it_is_changed_and_taken_away_and_nothing_is_no_note(here: Desk) -> None:
    here.press("3")
    await noted(here, "")
    assert not here.commands, "nothing written where nothing was"
    await noted(here, "one")
    here.press("n")
    assert any("empty takes it away" in text for text in here.paint(80, 24))
    assert any("› one_" in text for text in here.paint(80, 24)), "it begins with what is there"
    here.press("escape")
    await noted(here, "two")
    await noted(here, "")
    assert here.said == "note on Di Novak: the note is taken away"
    assert not any(NOTE in text for text in here.paint(160, 50))


async def test_a_note_that_the_journal_did_not_take_is_on_no_row(here: Desk) -> None:
    row = here.board.row(Key(HQ, Kind.AGENT, "di"))
    assert row is not None
    command = Command(new_id(), Verb.NOTE, here.dispatcher.target(row), None, (("text", "x"),))
    here.console.outcomes.heard(Outcome(command, Phase.REFUSED, "the journal is full", here.clock.now(), True))
    assert here.console.ports.notes.on(row) is None


async def test_a_hostile_note_is_shown_as_text(here: Desk) -> None:
    row = here.board.row(Key(HQ, Kind.AGENT, "di"))
    assert row is not None
    text = "evil \x1b]52;c;aGk=\x07\x1b]8;;https://x/\x1b\\ \u202e\x9b2Jname"
    command = Command(new_id(), Verb.NOTE, here.dispatcher.target(row), None, (("text", text),))
    here.console.outcomes.heard(Outcome(command, Phase.CONFIRMED, "noted", here.clock.now(), True))
    here.press("3", "enter")
    assert all(char.isprintable() for text in here.paint(120, 40) for char in text)
