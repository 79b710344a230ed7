"""The number that a caller shows as theirs: called back with one key only if it is an ordinary one, else typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.control.fakes import DONE, Desk, agent, call, hotline, member, parked
from tests.support.console import HQ
from tests.support.console import Desk as Console
from tests.support.console import desk as console
from wallboard.control.labels import number_of
from wallboard.control.outcome import Phase
from wallboard.domain.command import Command, Destination, Verb, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Member, ParkedCall, Row
from wallboard.domain.numbers import doubtful
from wallboard.domain.states import Direction, MemberState
from wallboard.domain.text import clean
from wallboard.vendors.base import YES, SourceSettings
from wallboard.view.dialogs import Confirm, TypeName

BAD = ["*21*0900123456#", "#31#5551234", "112", "+49112", "555660", "0900 1234567", "+49 900 1234567", "+8821612345678"]
GOOD = ["+4930111222", "0241 55660", "004924155660", "+12125551234", "+80012345678"]


@pytest.mark.parametrize(
    ("number", "region", "why"),
    [
        ("*21*0900123456#", "DE", "is a feature code"),
        ("0241#55660", "DE", "is a feature code"),
        ("112", "DE", "is a short code"),
        ("+49110", "", "is a short code"),
        ("0900 1234567", "DE", "is a premium number"),
        ("0900 1234567", "", "may be a premium number"),
        ("00499001234567", "", "is a premium number"),
        ("499001234567", "", "may be a premium number"),
        ("+499001234567890", "", "is a premium number"),
        ("+4990012345678901234", "", "is a premium number"),
        ("+1 900 555 1234", "DE", "is a premium number"),
        ("0180 5 123456", "DE", "is a shared-cost number"),
        ("+447012345678", "DE", "is a personal number, which costs extra"),
        ("+881612345678", "DE", "is a satellite or worldwide number"),
        ("+979123456789", "", "is a premium number"),
        ("+999123456789", "DE", "is of no known country"),
        ("anonymous", "DE", "is no telephone number"),
        *((number, "DE", "") for number in GOOD),
    ],
)
def test_what_is_no_ordinary_number(number: str, region: str, why: str) -> None:
    assert doubtful(number, region) == why


@pytest.mark.parametrize("withheld", ["", "anonymous", "Restricted", "unknown", "0", "000000", "+0"])
def test_a_withheld_number_is_none(withheld: str) -> None:
    assert number_of(replace(member(), number=clean(withheld))) == ""
    assert number_of(replace(call(), from_number=clean(withheld))) == ""
    assert number_of(replace(parked(), number=clean(withheld))) == ""


def lost(number: str) -> Member:
    return replace(member(state=MemberState.ABANDONED), number=clean(number))


def vanished(number: str) -> list[Row]:
    return [
        replace(member(), number=clean(number)),
        replace(call(), from_number=clean(number)),
        replace(call(), to=clean(number), direction=Direction.OUT),
        replace(parked(), number=clean(number)),
    ]


def at(group: anyio.abc.TaskGroup, tmp_path: Path, *rows: Row) -> Desk:
    desk = Desk(group, tmp_path / "audit.jsonl", *rows)
    desk.adapter.settings = SourceSettings("hq", "fake", "", phone="2001", region="DE")
    desk.adapter.can_dial = lambda destination: YES  # type: ignore[method-assign]
    return desk


@pytest.mark.anyio
@pytest.mark.parametrize("number", BAD)
async def test_a_doubtful_number_goes_only_if_it_was_typed(tmp_path: Path, number: str) -> None:
    async with anyio.create_task_group() as group:
        desk = at(group, tmp_path, lost(number))
        assert desk.dispatcher.offer(Verb.CALL, lost(number).key).level == "number"
        refused = desk.press(Verb.CALL, lost(number))
        assert "and was not typed" in (await desk.settle(refused)).ending
        other = desk.press(Verb.CALL, lost(number), "", ("typed", "112233"))
        assert (await desk.settle(other)).phase is Phase.REFUSED
        assert desk.adapter.performed == []
        typed = desk.press(Verb.CALL, lost(number), "", ("typed", number))
        await desk.idle()
        desk.board.prove(DONE, "call m-1")
        assert (await desk.settle(typed)).phase is Phase.CONFIRMED


@pytest.mark.anyio
@pytest.mark.parametrize("number", GOOD)
async def test_an_ordinary_number_asks_as_before(tmp_path: Path, number: str) -> None:
    async with anyio.create_task_group() as group:
        desk = at(group, tmp_path, lost(number))
        assert desk.dispatcher.offer(Verb.CALL, lost(number).key).level == "confirm"
        await desk.settle(desk.press(Verb.CALL, lost(number)))
    assert len(desk.adapter.performed) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("number", BAD)
async def test_the_same_holds_for_every_row_that_has_ended(tmp_path: Path, number: str) -> None:
    async with anyio.create_task_group() as group:
        desk = at(group, tmp_path)
        for row in vanished(number):
            assert desk.dispatcher.offer(Verb.CALL, row.key, row).level == "number", row
            destination = desk.dispatcher.number_to_call(row)
            target = desk.dispatcher.target(row)
            command = Command(new_id(), Verb.CALL, target, destination, (), desk.clock.now())
            desk.dispatcher.submit(command)
            assert (await desk.settle(command)).phase is Phase.REFUSED
    assert desk.adapter.performed == []


@pytest.mark.anyio
async def test_an_extension_that_the_source_knows_is_no_short_code(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = at(group, tmp_path, lost("202"), agent())
        assert number_of(agent()) == "202"
        assert desk.dispatcher.offer(Verb.CALL, lost("202").key).level == "confirm"


@pytest.mark.anyio
async def test_what_the_vendor_configures_is_not_chosen_by_a_caller(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        line = replace(hotline(), number=clean("112"))
        desk = at(group, tmp_path, line)
        assert desk.dispatcher.offer(Verb.CALL, line.key).level == "confirm"


# ---- in the console -----------------------------------------------------------------------------------------------


def shown(tmp_path: Path, number: str) -> Console:
    here = console(tmp_path)
    here.press("2")
    here.change(
        HQ,
        Resource.MEMBERS,
        lambda row: replace(row, number=clean(number)) if isinstance(row, Member) and row.key.id == "m1" else row,
    )
    here.paint()
    here.drop(Key(HQ, Kind.MEMBER, "m1"))
    here.clock.advance(1)
    here.press("c")
    here.clock.advance(1)
    return here


def test_the_console_asks_for_the_digits_and_sends_them_as_typed(tmp_path: Path) -> None:
    here = shown(tmp_path, "00499001234567")
    assert here.console.dialog is not None
    assert isinstance(here.console.dialog.dialog, TypeName)
    assert any("is a premium number: type it to dial it" in line for line in here.paint())
    here.press("y", "enter")
    assert here.sent == []
    here.press("backspace")
    number = here.console.dialog.dialog.name
    here.type(number)
    here.press("enter")
    (command,) = here.commands
    assert (command.verb, command.arg("typed")) == (Verb.CALL, number)


def test_the_console_calls_an_ordinary_number_of_a_row_that_has_ended(tmp_path: Path) -> None:
    here = shown(tmp_path, "+4930111222")
    assert here.console.dialog is not None
    assert isinstance(here.console.dialog.dialog, Confirm)
    here.press("y")
    assert [command.destination for command in here.commands] == [
        Destination("+4930111222", here.commands[0].target.label, Key(HQ, Kind.MEMBER, "m1"), HQ)
    ]


def test_the_console_has_nothing_to_call_where_the_number_is_withheld(tmp_path: Path) -> None:
    here = shown(tmp_path, "anonymous")
    assert here.console.dialog is None
    assert "has no number" in here.said


_KINDS = (Call, Member, ParkedCall)


def test_every_kind_of_row_with_a_callers_number_was_tried() -> None:
    assert {type(row) for row in vanished("1")} == set(_KINDS)
