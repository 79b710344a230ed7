"""What others of the site are at: seen on every row of the call, and asked about before a verb of mine goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.board.colleagues import Doing
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.history.records import Caller
from wallboard.view.dialogs import Confirm

TALKS = Key(HQ, Kind.CALL, "c1")
WAITS = Key(HQ, Kind.MEMBER, "m1")


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def colleague(here: Desk, key: Key, does: Doing = "listens", who: str = "Kim", node: str = "there") -> None:
    here.board.colleague(node, who, {key: does}, here.clock.now() + 15)
    here.wait(0.5)


def dialog(here: Desk) -> object:
    return None if here.console.dialog is None else here.console.dialog.dialog


@pytest.mark.parametrize("width", [160, 120, 80])
def test_who_listens_stands_on_every_row_of_the_call_and_is_not_cut(here: Desk, width: int) -> None:
    colleague(here, TALKS)
    for pane in ("2", "3", "4"):
        here.press(pane, "z")
        assert any("◎ Kim listens" in line for line in here.paint(width)), f"pane {pane}"
        here.press("z")


def test_who_listens_stands_on_the_target_line_and_in_the_details(here: Desk) -> None:
    colleague(here, TALKS)
    here.press("4", "j", "enter")
    lines = here.paint()
    assert any(line.lstrip().startswith("▸") and "Kim listens" in line for line in lines)
    assert any(line.split()[:1] == ["others"] and "Kim listens" in line for line in lines)


def test_who_says_nothing_more_is_gone_from_the_rows(here: Desk) -> None:
    colleague(here, TALKS)
    here.wait(15)
    assert not any("Kim" in line for line in here.paint())


def test_a_name_that_is_none_is_another_console(here: Desk) -> None:
    colleague(here, TALKS, who="")
    here.press("4")
    assert any("another console listens" in line for line in here.paint())


@pytest.mark.parametrize(
    ("does", "keys", "asks", "verb"),
    [
        ("listens", ("4", "j", "e"), "Kim listens to this call: listen anyway?", Verb.LISTEN),
        ("listens", ("4", "j", "H"), "Kim listens to this call: hold anyway?", Verb.HOLD),
        ("listens", ("4", "j", "x"), "Kim listens to this call: hang up anyway?", Verb.HANGUP),
        ("has", ("4", "j", "p"), "Kim has it: park anyway?", Verb.PARK),
    ],
)
def test_a_verb_on_what_another_is_at_is_asked_about_once(
    here: Desk, does: Doing, keys: tuple[str, ...], asks: str, verb: Verb
) -> None:
    colleague(here, TALKS, does)
    here.press(*keys)
    assert isinstance(dialog(here), Confirm)
    assert any(asks in line for line in here.paint())
    assert not here.commands
    here.clock.advance(0.5)
    here.press("y")
    assert [sent for sent, _ in here.sent] == [verb]
    assert dialog(here) is None


def test_a_transfer_of_what_another_listens_to_is_asked_about_behind_the_picker(here: Desk) -> None:
    colleague(here, TALKS)
    here.press("4", "j", "t", "1")
    here.clock.advance(0.5)
    here.press("enter")
    assert any("Kim listens to this call: transfer anyway?" in line for line in here.paint())
    here.clock.advance(0.5)
    here.press("y")
    assert [verb for verb, _ in here.sent] == [Verb.TRANSFER]


def test_who_comes_to_it_while_a_question_stands_voids_the_question(here: Desk) -> None:
    here.press("4", "j", "x")
    assert isinstance(dialog(here), Confirm)
    here.clock.advance(0.5)
    colleague(here, TALKS)
    here.press("y")
    assert not here.commands
    assert any("CHANGED" in line and "Kim listens" in line for line in here.paint())


def test_two_who_are_asked_about_one_call_do_not_keep_each_other_from_it(here: Desk) -> None:
    here.press("4", "j", "x")
    here.clock.advance(0.5)
    colleague(here, TALKS, "asks")
    here.press("y")
    assert [verb for verb, _ in here.sent] == [Verb.HANGUP]


def test_a_caller_whom_another_has_is_the_same_call_in_another_pane(here: Desk) -> None:
    colleague(here, Key(HQ, Kind.MEMBER, "m4"), "has")
    here.press("4", "j", "H")
    assert any("Kim has it: hold anyway?" in line for line in here.paint())


def test_a_note_disturbs_nobody(here: Desk) -> None:
    colleague(here, TALKS)
    here.press("4", "j", "n")
    here.type("hello")
    here.press("enter")
    assert [verb for verb, _ in here.sent] == [Verb.NOTE]


def test_a_lost_caller_whom_another_calls_back_is_asked_about(here: Desk) -> None:
    at = int(here.clock.now()) - 60
    gone = Caller(HQ, "x1", "601", "Sales", "+4930777001", "Kim Ek", at - 40, at, "lost", 40.0, 40.0, 40.0)
    here.console.ports.call_backs.take(gone)
    colleague(here, Key(HQ, Kind.MEMBER, "x1"), "has", "Olga")
    here.press("L")
    assert any("Olga has it" in line for line in here.paint())
    here.clock.advance(0.5)
    here.press("c")
    assert any("Olga has it: call anyway?" in line for line in here.paint())


def test_what_i_am_at_is_told_to_others(here: Desk) -> None:
    acting = here.console.acting
    here.press("2", "t")
    assert acting.at_work() == {WAITS: "asks"}
    here.press("escape")
    assert acting.at_work() == {}
    here.press("u")
    assert acting.at_work() == {WAITS: "has"}
