"""Notes come back: with the caller's number, with the agent or the queue, after a restart and from other consoles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.board.making import agent, call, member, queue
from tests.history.test_archive import remembering, seat
from wallboard.control.labels import label
from wallboard.domain.command import Command, Target, Verb, fingerprint, new_id
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Call, Member, ParkedCall, Row
from wallboard.domain.parties import number_of
from wallboard.domain.text import clean
from wallboard.history.notes import LONGEST, MOST, Notes, standing
from wallboard.history.reading import History
from wallboard.history.records import Record, Written
from wallboard.history.store import write_down

AT = 1_770_000_000.0


def note(row: Row, text: str) -> Command:
    number = (("number", number_of(row)),) if isinstance(row, Call | Member | ParkedCall) else ()
    return Command(new_id(), Verb.NOTE, Target(row.key, label(row), fingerprint(row)), None, (("text", text), *number))


class Desk:
    def __init__(self) -> None:
        self.written: list[Record] = []
        self.notes = Notes(self.written.append, "Mira")

    def put(self, row: Row, text: str, at: float = AT) -> None:
        self.notes.write(note(row, text), at)

    def text(self, row: Row) -> str:
        found = self.notes.on(row)
        return "" if found is None else found.text


def caller(ident: str, number: str) -> Member:
    return member(ident, queue_id="601", number=clean(number))


def test_a_note_on_a_caller_is_on_their_number_wherever_it_calls_from() -> None:
    desk = Desk()
    desk.put(caller("a", "+49 30 111222"), "asks for Bo")
    assert desk.text(caller("b", "0049 30 111 222")) == "asks for Bo", "the same number, another call"
    assert desk.text(caller("c", "+49 30 111223")) == ""
    its_call = replace(call("d"), from_number=clean("+4930111222"))
    parked = ParkedCall(Key("lab", Kind.PARKED, "p"), clean("701"), clean(""), clean("004930111222"))
    assert [desk.text(row) for row in (its_call, parked)] == ["asks for Bo"] * 2


def test_numbers_that_nobody_has_share_no_note() -> None:
    desk = Desk()
    for number in ("", "anonymous", "0000000"):
        desk.put(caller(f"x{number}", number), "who?")
        assert desk.text(caller(f"x{number}", number)) == "who?", "while they are there it is theirs"
        assert desk.text(caller(f"y{number}", number)) == ""


def test_an_extension_is_somebody_at_its_own_source_only() -> None:
    desk = Desk()
    desk.put(caller("a", "203"), "slow phone")
    assert desk.text(caller("b", "203")) == "slow phone"
    other = caller("b", "203")
    elsewhere = Member(Key("branch", Kind.MEMBER, "b"), other.queue_id, other.queue, other.name, other.number)
    assert desk.text(elsewhere) == ""


def test_others_carry_their_own_and_their_number_is_not_a_callers() -> None:
    desk = Desk()
    desk.put(agent("bo"), "back at 15:00")
    desk.put(queue("601"), "two trainees")
    assert desk.text(agent("bo")) == "back at 15:00"
    assert desk.text(agent("jo")) == ""
    assert desk.text(queue("601")) == "two trainees"
    assert desk.text(queue("602")) == ""


def test_the_latest_counts_and_an_empty_one_takes_it_away_even_within_a_second() -> None:
    desk = Desk()
    row = agent("bo")
    for text in ("one", "two", "", "three", ""):
        desk.put(row, text)
        assert desk.text(row) == text
    again = Desk()
    again.notes.restore(each for each in reversed(desk.written) if isinstance(each, Written))
    assert again.text(row) == ""


def test_notes_are_bounded_in_number_and_length_and_cleaned() -> None:
    desk = Desk()
    for index in range(MOST + 20):
        desk.put(agent(f"a{index}"), f"note {index}")
    assert desk.text(agent("a0")) == ""
    assert desk.text(agent(f"a{MOST + 19}")) == f"note {MOST + 19}"
    desk.put(agent("bo"), "x" * 4000)
    assert len(desk.text(agent("bo"))) <= LONGEST + 1
    desk.put(agent("bo"), "evil \x1b]52;c;aGk=\x07\x9b2J \u202ename\n")
    assert desk.text(agent("bo")).isprintable()


def test_what_was_taken_away_is_in_no_hand_over() -> None:
    def at(second: int, row: str, text: str) -> Written:
        return Written(second, "hq", row, "label", "Mira", text)

    found = standing([at(1, "hq/agent/bo", "one"), at(2, "number 301", "kept"), at(3, "hq/agent/bo", "")])
    assert [each.text for each in found] == ["kept"]
    found = standing([at(3, "hq/agent/bo", ""), at(4, "hq/agent/bo", "again")])
    assert [each.text for each in found] == ["again"]


@pytest.mark.anyio
async def test_a_restart_and_the_console_beside_it_know_them(tmp_path: Path) -> None:
    path, first = tmp_path / "history.sqlite3", seat()
    who, bo = caller("m1", "+49 30 111222"), agent("bo")
    async with remembering(first, path) as archive:
        archive.notes.write(note(who, "asks for Bo"), first.desk.now)
        archive.notes.write(note(bo, "back at 15:00"), first.desk.now)
        archive.notes.write(note(queue("601"), "wrong"), first.desk.now)
        archive.notes.write(note(queue("601"), ""), first.desk.now)
    again = seat(start=first.desk.now + 60)
    async with remembering(again, path) as archive:
        told = archive.notes.on(caller("m77", "+4930111222")), archive.notes.on(bo)
        assert [each and each.text for each in told] == ["asks for Bo", "back at 15:00"]
        assert archive.notes.on(queue("601")) is None


@pytest.mark.anyio
async def test_without_a_history_a_note_lives_as_long_as_the_console(tmp_path: Path) -> None:
    path, first = tmp_path / "history.sqlite3", seat()
    async with remembering(first, path, keep=0) as archive:
        archive.notes.write(note(agent("bo"), "here"), first.desk.now)
        assert archive.notes.on(agent("bo")) is not None
    assert not path.exists()


def test_what_a_script_notes_is_written_before_it_ends(tmp_path: Path) -> None:
    path, desk = tmp_path / "history.sqlite3", Desk()
    desk.put(agent("bo"), "from a script")
    assert write_down(path, 36_500, desk.written) == ""
    with History(path) as history:
        assert [each.text for each in history.notes(AT - 1, AT + 1)] == ["from a script"]
