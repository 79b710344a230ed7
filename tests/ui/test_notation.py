"""Every number reads the same, whatever its source sends, and is found as it is read and as it was sent."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, RESPONDERS, Desk, desk, member
from tests.support.console import board as evening
from tests.ui.test_log import done
from tests.ui.test_lost_callers import lost
from wallboard.control.journal_reader import show
from wallboard.control.outcome import Phase
from wallboard.domain import numbers
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Entry, Hotline, Member, Notice, ParkedCall, Queue, Receptionist, Row
from wallboard.domain.states import CallState, Direction, HotlineState, MemberState
from wallboard.domain.text import clean
from wallboard.view.changes import Change, plain
from wallboard.view.finder import Finder
from wallboard.view.snapshot import snapshot, table

pytestmark = pytest.mark.anyio

REGIONS = {HQ: "DE", RESPONDERS: "DE"}
SHOWN = "+49 30 111222"
ABROAD = ("+4930111222", "0049 30 111222", "+49 (0)30 111-222", "004930111222")
SENT = (*ABROAD, "030 111222", "030/111-222")
SIZES = ((160, 50), (80, 24))


def rows(sent: str) -> dict[tuple[str, Resource], tuple[Row, ...]]:
    """One of each, the number wherever it may stand; the call's caller has it for a name, too."""
    number = clean(sent)
    prose = clean(f"call {sent} instead" if " " not in sent else sent)
    caller = Call(
        Key(HQ, Kind.CALL, "c1"), clean("bo"), Direction.IN, number, number, clean("601"), state=CallState.TALKING,
        started_at=NOW - 60, answered_at=NOW - 50, agent_refs=("bo",),
    )  # fmt: skip
    called = replace(
        caller, key=Key(HQ, Kind.CALL, "c2"), agent_refs=("cy",), direction=Direction.OUT, from_number=clean("203"),
        from_name=clean("Cy Reed"), to=number,
    )  # fmt: skip
    input_ = Entry(clean("1"), number, True)
    return {
        (HQ, Resource.QUEUES): (Queue(Key(HQ, Kind.QUEUE, "601"), clean("Sales"), number, waiting=1),),
        (HQ, Resource.MEMBERS): (member("m1", "601", "Sales", MemberState.WAITING, 90, "", sent),),
        (HQ, Resource.CALLS): (caller, called),
        (RESPONDERS, Resource.HOTLINES): (
            Hotline(Key(RESPONDERS, Kind.HOTLINE, "311"), clean("Rescue"), number, state=HotlineState.OPEN),
        ),
        (HQ, Resource.NOTICES): (Notice(Key(HQ, Kind.NOTICE, "n1"), clean("roads"), prose, NOW - 60),),
        (HQ, Resource.RECEPTIONISTS): (
            Receptionist(Key(HQ, Kind.RECEPTIONIST, "r1"), clean("Desk"), number, open=True, sends_to=(input_,)),
        ),
        (HQ, Resource.PARKED): (
            ParkedCall(
                Key(HQ, Kind.PARKED, "p1"), clean("702"), clean(""), number, NOW - 12, number, NOW + 99, number
            ),
        ),
    }  # fmt: skip


def at(folder: Path, sent: str) -> Desk:
    """A desk whose rows came with that number; notices, which people write, hold it where it is plainly one."""
    here = desk(folder, make=evening, settings={"regions": REGIONS})
    for name, region in REGIONS.items():
        adapter = here.adapters[name]
        adapter.settings = replace(adapter.settings, region=region)
    here.read({kind: found for kind, found in rows(sent).items() if kind[1] is not Resource.NOTICES or sent in ABROAD})
    here.console.renew()
    here.console.tick()
    here.clock.advance(5)
    return here


def pages(here: Desk) -> str:
    return "\n".join(line for size in SIZES for line in here.paint(*size))


def the_same(page: str, sent: str) -> None:
    assert SHOWN in page
    assert sent not in page


PANES = {
    **{Resource.MEMBERS: "2", Resource.AGENTS: "3", Resource.CALLS: "4", Resource.HOTLINES: "5"},
    **{Resource.NOTICES: "6", Resource.RECEPTIONISTS: "7", Resource.PARKED: "8"},
}


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("sent", SENT)
def test_it_reads_the_same_in_every_pane_with_its_details_and_target_line(
    tmp_path: Path, sent: str, pane: Resource
) -> None:
    if pane is Resource.NOTICES and sent not in ABROAD:
        return
    here = at(tmp_path, sent)
    here.press(PANES[pane], "z", "j")
    the_same(pages(here), sent)
    here.press("enter")
    the_same(pages(here), sent)


@pytest.mark.parametrize("sent", SENT)
def test_a_queue_says_its_number_and_its_callers_so(tmp_path: Path, sent: str) -> None:
    here = at(tmp_path, sent)
    here.press("1", "enter")
    the_same(pages(here), sent)


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize(("pane", "key"), [("2", "n"), ("2", "t"), ("4", "x"), ("4", "t"), ("8", "n")])
def test_it_reads_the_same_in_a_question(tmp_path: Path, sent: str, pane: str, key: str) -> None:
    here = at(tmp_path, sent)
    here.press(pane)
    here.paint()
    here.clock.advance(1)
    here.press(key)
    assert here.console.dialog is not None
    the_same(pages(here), sent)


@pytest.mark.parametrize("sent", SENT)
def test_it_reads_the_same_in_the_log_and_is_found_there_in_both_ways(tmp_path: Path, sent: str) -> None:
    here = at(tmp_path, sent)
    done(here, Verb.HANGUP, Key(HQ, Kind.CALL, "c2"), Phase.CONFIRMED, "it is gone")
    assert here.said == f"hang up Cy Reed ↔ {SHOWN}: it is gone"
    here.press("9")
    the_same(pages(here), sent)
    for typed in (SHOWN, sent, "+4930111222", "30 111"):
        here.press("/", "ctrl+u")
        here.type(typed)
        assert any("hang up" in entry.text for entry in here.console.log.entries()), typed
        here.press("enter")


@pytest.mark.parametrize("sent", SENT)
def test_it_reads_the_same_among_those_to_call_back(tmp_path: Path, sent: str) -> None:
    here = at(tmp_path, sent)
    here.console.ports.call_backs.take(lost("x1", 60, sent))
    here.press("L")
    the_same(pages(here), sent)
    here.clock.advance(1)
    here.press("enter")
    assert f"call {SHOWN} from my phone" in pages(here)


@pytest.mark.parametrize("sent", SENT)
def test_a_filter_finds_it_as_it_is_shown_and_as_it_was_sent(tmp_path: Path, sent: str) -> None:
    here = at(tmp_path, sent)
    here.read({(HQ, Resource.MEMBERS): (
        *rows(sent)[HQ, Resource.MEMBERS],
        member("m2", "601", "Sales", MemberState.WAITING, 30, "Kim", "+49 40 777123"),
    )})  # fmt: skip
    here.press("2")
    for typed in (SHOWN, sent, "+4930111222", "4930111", f'"{SHOWN}"', f'number:"{sent}"', 'number:"+49 30 1"'):
        here.press("/", "ctrl+u")
        here.type(typed)
        here.press("enter")
        assert here.console.pane.order() == (Key(HQ, Kind.MEMBER, "m1"),), typed


@pytest.mark.parametrize("sent", SENT)
def test_find_and_the_picker_know_it_in_both_ways(tmp_path: Path, sent: str) -> None:
    here = at(tmp_path, sent)
    for typed in (SHOWN, sent, "+4930111222"):
        here.press("F")
        the_same(pages(here), sent)
        here.type(typed)
        opened = here.console.dialog
        assert opened is not None
        assert isinstance(opened.dialog, Finder)
        assert any(SHOWN in choice.text for choice in opened.dialog.visible()), typed
        here.press("escape")
    here.press("2")
    here.paint()
    here.clock.advance(1)
    for typed in (SHOWN, sent, "+4930111222"):
        here.press("t")
        here.type(typed)
        here.clock.advance(1)
        assert any("Rescue" in line or "Desk" in line or "Sales" in line for line in here.paint()[-16:]), typed
        here.press("escape")
        here.clock.advance(1)


async def test_what_is_sent_dialled_and_written_down_stays_as_it_came(tmp_path: Path) -> None:
    here = at(tmp_path, "0049 30 111222")
    here.press("4", "j")
    here.paint()
    here.clock.advance(1)
    here.press("x")
    here.paint()
    here.clock.advance(1)
    here.press("y")
    while here.started:
        await here.started.pop(0)()
    (command,) = here.commands
    row = here.board.row(command.target.key)
    assert isinstance(row, Call)
    assert command.target == here.dispatcher.target(row)
    assert "0049 30 111222" in command.target.label
    kept = show(tmp_path / "audit.jsonl")
    assert {record["target"]["label"] for record in kept} == {command.target.label}
    told = snapshot(here.board, here.clock.now())
    assert {row["number"] for row in (*told["members"], *told["hotlines"])} == {"0049 30 111222"}


def test_tables_and_sentences_for_people_say_it_so_and_data_does_not(tmp_path: Path) -> None:
    here = at(tmp_path, "030 111222")
    the_same(table(here.board), "030 111222")
    (row,) = snapshot(here.board, here.clock.now())["members"]
    assert plain(Change("members", "new", row), "12:00:00", REGIONS) == (
        f"12:00:00 new caller {SHOWN} of hq: waiting, Sales, {SHOWN}"
    )
    assert row["number"] == "030 111222"


@pytest.mark.parametrize("number", ["anonymous", "00000000", "…222", "2001", "*43", "030 111222"])
def test_what_is_no_public_number_stays_as_it_came(tmp_path: Path, number: str) -> None:
    here = desk(tmp_path)
    here.change(
        HQ, Resource.MEMBERS, lambda row: replace(row, number=clean(number)) if isinstance(row, Member) else row
    )
    assert any(f" {number} " in line for line in here.paint() if "waiting" in line)


def test_a_pane_is_sorted_by_what_it_shows(tmp_path: Path) -> None:
    here = desk(tmp_path)
    people = [("a", "0049 89 1112223"), ("b", "+49 30 111222"), ("c", "+4940777123"), ("d", "0049 30 111222")]
    here.read({(HQ, Resource.MEMBERS): tuple(
        member(name, "601", "Sales", MemberState.WAITING, 60, "", number) for name, number in people
    )})  # fmt: skip
    here.press("2")
    here.console.panes.sort_by("number")
    assert [key.id for key in here.console.pane.order() if isinstance(key, Key)] == ["b", "d", "c", "a"]


def test_a_caller_is_known_by_the_number_that_was_sent(tmp_path: Path) -> None:
    """Nine digits with the trunk zero are another line than the same nine without."""
    here = desk(tmp_path, make=evening, settings={"regions": REGIONS})
    for ident, gone in (("a", False), ("a", True), ("b", False)):
        people = () if gone else (member(ident, "601", "Sales", MemberState.WAITING, 0, "Kim", "030 111222"),)
        here.read({(HQ, Resource.MEMBERS): people})
        here.clock.advance(10)
    here.read({(HQ, Resource.MEMBERS): people})
    assert any("×2 Kim" in line and SHOWN in line for line in here.paint())


def test_until_the_plans_are_loaded_numbers_stand_as_they_came_and_then_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "_loaded", False)
    here = at(tmp_path, "0049 30 111222")
    page = pages(here)
    assert "0049 30 111222" in page
    assert SHOWN not in page
    numbers.warm()
    here.console.renew()
    page = pages(here)
    assert "0049 30 111222" not in page
    assert SHOWN in page


def test_no_frame_waits_for_the_plans(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.support.console import desk\n"
        "here = desk(Path(sys.argv[1]))\n"
        "for key in ('F', 'escape', '9', '/'): here.press(key); here.paint()\n"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert run.returncode == 0
