"""Lists that ask who: how each stands, who helps most first, found by typing, and nobody asked who was not marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, agent, call, desk
from wallboard.control.outcome import Outcome
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Row
from wallboard.domain.states import AgentState, CallState, Direction
from wallboard.view.dialogs import Confirm
from wallboard.view.which import Which

SUPPORT, EMERGENCY = ("602", "Support"), ("603", "Emergency")


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    """With Flo, who is ready beside Jo, so that neither leaves Support alone."""
    made = desk(tmp_path)
    flo = agent("flo", "Flo Berg", "207", AgentState.READY, 12, SUPPORT)
    made.read({(HQ, Resource.AGENTS): (*made.lists[HQ, Resource.AGENTS], flo)})
    made.wait(1)
    made.paint()
    return made


def which(here: Desk) -> Which:
    found = here.console.dialog and here.console.dialog.dialog
    assert isinstance(found, Which)
    return found


def shown(here: Desk, width: int = 160, height: int = 50) -> list[str]:
    """The lines of the question."""
    lines = here.paint(width, height)
    return lines[next(index for index, line in enumerate(lines) if line.startswith("─ ")) : -2]


def names(here: Desk) -> list[str]:
    return [which(here).options[place].text for place in which(here).found()]


def ready(here: Desk) -> None:
    here.clock.advance(0.3)
    here.paint()


def test_who_is_ready_and_leaves_nobody_alone_stands_first(here: Desk) -> None:
    here.press("1", "+")
    assert names(here) == ["Flo Berg", "Jo Alder", "Di Novak", "Anna Vogt"]
    title, _, flo, jo, *_ = shown(here)
    assert "ADD AN AGENT TO Sales (0/3 ready, 2 waiting, longest 3:1" in title
    assert title.rstrip(" ─").endswith("4")
    assert "Flo Berg 207" in flo
    assert "● ready 0:13" in flo
    assert flo.rstrip().endswith("leaves Support 1/3")
    assert jo.rstrip().endswith("last ready of Emergency")


def test_a_state_goes_on_while_the_list_is_read_and_the_order_stands(here: Desk) -> None:
    here.press("1", "+")

    def talks(row: Row) -> Row:
        return replace(row, state=AgentState.TALKING) if isinstance(row, Agent) and row.key.id == "flo" else row

    here.change(HQ, Resource.AGENTS, talks)
    assert "◆ talking" in shown(here)[2]
    assert names(here)[0] == "Flo Berg"
    ready(here)
    here.press("enter")
    (command,) = here.commands
    assert command.target.print.state == "talking", "as it was read last"


def test_typing_filters_by_name_number_queue_and_says_how_many(here: Desk) -> None:
    here.press("1", "+")
    here.type("emer")
    assert names(here) == ["Jo Alder", "Anna Vogt"]
    assert "2 of 4" in shown(here)[0]
    here.press("ctrl+u")
    here.type("206")
    assert names(here) == ["Anna Vogt"]
    here.press("ctrl+u")
    here.type("zzz")
    ready(here)
    here.press("enter")
    assert here.commands == []
    assert any("nothing matches" in line for line in shown(here))


def test_a_digit_marks_its_line_and_stays_as_text(here: Desk) -> None:
    here.press("1", "+", "2")
    assert (which(here).field_.text, names(here)[which(here).mark]) == ("2", "Jo Alder")
    here.press("enter")
    assert here.commands == [], "not within 250 ms"
    ready(here)
    here.press("enter")
    assert here.sent == [(Verb.STAFF, "jo")]


def test_a_click_marks_a_line_and_one_on_its_word_takes_it(here: Desk) -> None:
    here.press("1", "+")
    lines = which(here).lines(160, here.clock.now())
    here.console.pointing.click(next(cell.press for line in lines for cell in line if "Di Novak" in cell.text))
    assert names(here)[which(here).mark] == "Di Novak"
    ready(here)
    here.console.pointing.click(next(cell.press for cell in lines[1] if cell.text.strip() == "add"))
    assert here.sent == [(Verb.STAFF, "di")]


def test_several_are_ticked_and_each_is_asked_once(here: Desk) -> None:
    here.press("1", "+", "space", "down", "down", "space")
    assert "Enter add 2" in shown(here)[1]
    ready(here)
    here.press("enter")
    assert here.sent == [(Verb.STAFF, "flo"), (Verb.STAFF, "di")]
    assert {command.arg("queue") for command in here.commands} == {"601"}


def test_removing_the_last_ready_one_of_several_asks_and_names_them(here: Desk) -> None:
    here.press("1", "j", "j", "-")
    assert names(here) == ["Jo Alder", "Anna Vogt"]
    here.press("space", "down", "space")
    ready(here)
    here.press("enter")
    asked = here.console.dialog and here.console.dialog.dialog
    assert isinstance(asked, Confirm)
    assert "Jo Alder (the last ready agent of Emergency), Anna Vogt" in asked.consequence
    here.paint()
    here.clock.advance(0.5)
    here.press("y")
    assert here.sent == [(Verb.UNSTAFF, "jo"), (Verb.UNSTAFF, "an")]


def test_which_queue_says_how_each_stands_the_worst_first(here: Desk) -> None:
    here.press("3", "G", "+")
    title, _, first, *_ = shown(here)
    assert "ADD Anna Vogt: which queue?" in title
    assert "Sales" in first
    assert "0/3 ready, 2 waiting, longest 3:1" in first


def test_which_call_says_state_and_time(here: Desk) -> None:
    second = call("c9", CallState.HELD, Direction.OUT, "Bo Quist", "202", "+49 40 999 000", 30, "bo")
    here.read({(HQ, Resource.CALLS): (*here.lists[HQ, Resource.CALLS], second)})
    here.press("3", "j", "e")
    title, _, one, two, effect = shown(here)
    assert "LISTEN TO · Bo Quist: which?" in title
    assert "◆ talking 1:21" in one
    assert "‖ held 0:31" in two
    assert effect.startswith(" effect: rings my 2001")


# ---- marks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def marked(here: Desk) -> Desk:
    """Bo (talking), Ada (ringing) and Jo (ready) are marked; the cursor stands on Flo."""
    here.press("3")
    order = [key.id for key in here.console.pane.order() if isinstance(key, Key)]
    for ident in order:
        here.press("space" if ident in ("bo", "ada", "jo") else "j")
    here.press("g")
    assert {key.id for key in here.console.pane.selection.marks if isinstance(key, Key)} == {"bo", "ada", "jo"}
    here.clock.advance(1)
    return here


def agree(here: Desk) -> Confirm:
    asked = here.console.dialog and here.console.dialog.dialog
    assert isinstance(asked, Confirm)
    here.paint()
    here.clock.advance(0.5)
    here.press("y")
    return asked


def test_the_keys_say_that_they_mean_the_marked(marked: Desk) -> None:
    bar = marked.paint()[-1]
    assert "i pause/sign out the 3" in bar
    assert "+ staff the 3" in bar


def test_one_question_one_request_each_and_the_marks_are_gone(marked: Desk) -> None:
    marked.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    marked.clock.advance(1)
    marked.press("i")
    asked = agree(marked)
    assert asked.title == "PAUSE THE 3 MARKED?"
    assert "Bo Quist (is talking now)" in asked.consequence
    assert sorted(marked.sent) == [(Verb.PAUSE, "ada"), (Verb.PAUSE, "bo"), (Verb.PAUSE, "jo")]
    assert not marked.console.pane.selection.marks


def test_where_they_may_mean_two_things_it_is_asked_once(marked: Desk) -> None:
    marked.press("i")
    assert [option.text for option in which(marked).options] == ["pause 3 of 3", "sign out 3 of 3"]
    marked.press("2")
    ready(marked)
    marked.press("enter")
    assert agree(marked).title == "SIGN OUT THE 3 MARKED?"
    assert {verb for verb, _ in marked.sent} == {Verb.SIGNOUT}


def test_those_are_added_who_are_not_there_yet(marked: Desk) -> None:
    marked.press("+")
    found = {option.text for option in which(marked).options}
    assert found == {"Sales", "Support", "Emergency"}
    marked.type("emer")
    ready(marked)
    marked.press("enter")
    assert agree(marked).title == "ADD 2 OF THE 3 MARKED?"
    assert sorted(marked.sent) == [(Verb.STAFF, "ada"), (Verb.STAFF, "bo")]
    assert {command.arg("queue_name") for command in marked.commands} == {"Emergency"}


def test_a_note_is_written_once_and_put_on_each(marked: Desk) -> None:
    marked.press("n")
    marked.type("training")
    marked.press("enter")
    assert sorted(ident for _, ident in marked.sent) == ["ada", "bo", "jo"]
    assert {command.arg("text") for command in marked.commands} == {"training"}


def test_a_note_on_marked_callers_keeps_whose_number_it_is_about(here: Desk) -> None:
    here.press("2", "g", "space", "space", "n")
    here.type("calls daily")
    here.press("enter")
    assert {command.arg("number") for command in here.commands} == {"+49 30 111 222", "+49 30 333 444"}


def test_one_that_changes_locks_the_question_and_is_named(marked: Desk) -> None:
    marked.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    marked.press("i")
    marked.drop(Key(HQ, Kind.AGENT, "jo"))
    assert any("CHANGED" in line and "Jo Alder: it ended" in line for line in marked.paint())
    marked.clock.advance(1)
    marked.press("y")
    assert marked.commands == []


@pytest.mark.anyio
async def test_each_request_has_its_own_ending(marked: Desk) -> None:
    marked.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    endings: list[Outcome] = []
    marked.dispatcher.subscribe(lambda outcome: endings.append(outcome) if outcome.final else None)
    marked.press("i")
    agree(marked)
    while marked.started:
        await marked.started.pop(0)()
    assert len({outcome.command.id for outcome in endings}) == 3
    assert len(marked.adapters[HQ].performed) == 3


def test_escape_takes_the_marks_back_and_other_verbs_mean_the_cursors_row(marked: Desk) -> None:
    marked.press("e")
    assert marked.said == "e listen: not on a call"
    marked.press("escape")
    assert not marked.console.pane.selection.marks
