"""From a key to an ending: never twice, never on what was not seen, never done without evidence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.control.cases import CASES, VERBS, phases
from tests.control.fakes import (
    DONE,
    NOW,
    OVER,
    Desk,
    FakeBoard,
    agent,
    call,
    desk_at,
    member,
    table,
)
from wallboard.control.journal import Journal
from wallboard.control.journal_reader import show, verify
from wallboard.control.outcome import Phase
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import (
    Ambiguous,
    NotSent,
    Rejected,
    TargetGone,
)
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import (
    ResourceState,
)
from wallboard.domain.text import clean
from wallboard.vendors.base import SourceSettings, Trial, Verification

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_every_verb_that_reaches_a_vendor_is_in_the_cases() -> None:
    assert {case[0] for case in CASES} == {verb for verb in Verb if verb is not Verb.NOTE and not verb.facts.rowless}


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_a_verb_ends_confirmed_by_its_evidence(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with desk_at(path, row) as desk:
        command = desk.press(verb, row, number, *args)
        await desk.idle()
        assert desk.ending(command) is None
        desk.board.prove(DONE, f"{verb.value} {row.key.id}")
        outcome = await desk.settle(command)
    assert (outcome.phase, outcome.ending) == (Phase.CONFIRMED, "confirmed by the vendor's event")
    assert len(desk.adapter.performed) == 1
    assert phases(path, command) == ["requested", "sent", "answered", "confirmed"]
    assert desk.board.settled == {command.id: "confirmed"}


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_a_verb_whose_target_ends_by_itself_is_never_confirmed(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with desk_at(path, row) as desk:
        command = desk.press(verb, row, number, *args)
        await desk.idle()
        desk.board.drop(row.key)
        desk.board.prove(OVER, row.key.id)
        outcome = await desk.settle(command)
    assert (outcome.phase, outcome.ending) == (Phase.NOT_CONFIRMED, "not confirmed: it ended by itself")


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_a_verb_whose_target_is_gone_at_the_vendor_is_not_confirmed(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with desk_at(path, row) as desk:
        desk.adapter.answer = lambda command: TargetGone("404", status="404")
        outcome = await desk.settle(desk.press(verb, row, number, *args))
    assert (outcome.phase, outcome.ending) == (Phase.NOT_CONFIRMED, "not confirmed: already over")
    assert len(desk.adapter.performed) == 1


async def test_evidence_against_wins_over_evidence_for(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.hold = anyio.Event()
        command = desk.press(Verb.TRANSFER, call(), "204")
        await desk.idle()
        desk.board.prove(DONE, "transfer c-1")
        desk.board.prove(OVER, "c-1")
        desk.adapter.hold.set()
        assert (await desk.settle(command)).phase is Phase.NOT_CONFIRMED


async def test_a_vendor_that_cannot_show_it_ends_accepted_and_says_so(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.check_table = lambda verb: Verification(verb, "PUT", cannot="hold is not in its lists")
        outcome = await desk.settle(desk.press(Verb.HOLD, call()))
    assert outcome.phase is Phase.ACCEPTED
    assert outcome.ending == "accepted: this vendor cannot show it (hold is not in its lists)"


async def test_silence_of_a_source_that_cannot_be_read_is_unknown_not_a_no(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        command = desk.press(Verb.TRANSFER, call(), "204")
        await desk.idle()
        desk.board.view("hq", Resource.CALLS).state = ResourceState.GONE
        outcome = await desk.settle(command)
    assert outcome.ending == "unknown: accepted, but calls of hq cannot be read now"


@pytest.mark.parametrize(
    ("proof", "phase"), [(DONE, Phase.CONFIRMED), (OVER, Phase.NOT_CONFIRMED), ("", Phase.UNKNOWN)]
)
async def test_after_an_unclear_answer_evidence_decides_and_nothing_is_sent_again(
    path: Path, proof: str, phase: Phase
) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.answer = lambda command: Ambiguous("no answer in 10 s")
        command = desk.press(Verb.TRANSFER, call(), "204")
        await desk.idle()
        if proof:
            desk.board.prove(proof, "transfer c-1" if proof == DONE else "c-1")
        outcome = await desk.settle(command)
    assert outcome.phase is phase
    assert len(desk.adapter.performed) == 1
    if phase is Phase.UNKNOWN:
        assert outcome.ending == "unknown: no answer in 10 s, and nothing showed it in 10 s"


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (NotSent("the name of the host is not known"), "failed, nothing happened: the name of the host is not known"),
        (Rejected("not in this state", status="409"), "refused by hq, nothing happened: not in this state"),
    ],
)
async def test_what_did_not_happen_is_said_not_to_have_happened(path: Path, error: Exception, ending: str) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.answer = lambda command: error
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert (outcome.phase, outcome.ending) == (Phase.FAILED, ending)


async def test_a_vendor_that_never_answers_is_unknown_after_a_minute(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.hold = anyio.Event()
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()), at_most=90.0, step=5.0)
    assert outcome.ending == "unknown: no answer in 60 s, and nothing showed it in 10 s"


async def test_evidence_that_cannot_be_looked_for_neither_confirms_nor_denies(path: Path) -> None:
    def broken(trial: Trial) -> bool:
        return bool(trial.receipt.ids[7])

    async with desk_at(path, call()) as desk:
        row = table(Verb.HANGUP)
        desk.adapter.check_table = lambda verb: replace(
            row, confirms=(replace(row.confirms[0], test=broken),), denies=(replace(row.denies[0], test=broken),)
        )
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.NOT_CONFIRMED


# ---- once, and not two at a time ----------------------------------------------------------------------------------


async def test_a_row_is_locked_until_the_vendor_answers_and_not_longer(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.hold = anyio.Event()
        first = desk.press(Verb.TRANSFER, call(), "204")
        second = desk.press(Verb.HANGUP, call())
        assert desk.dispatcher.offer(Verb.HANGUP, call().key).reason == "waits for the answer to transfer"
        assert (await desk.settle(second)).ending == "refused: the row waits for the answer to transfer"
        desk.adapter.hold.set()
        await desk.idle()
        assert desk.ending(first) is None
        third = desk.press(Verb.HANGUP, call())
        await desk.idle()
        desk.board.prove(DONE, "hangup c-1")
        assert (await desk.settle(third)).phase is Phase.CONFIRMED
        await desk.settle(first)
    assert [command.verb for command in desk.adapter.performed] == [Verb.TRANSFER, Verb.HANGUP]


async def test_two_consoles_on_one_call_end_with_one_done_and_one_already_over(path: Path) -> None:
    clock = ManualClock(NOW)
    done: list[str] = []

    def vendor(desk: Desk) -> Callable[[Command], object]:
        def answer(command: Command) -> object:
            if done:
                return TargetGone("404")
            done.append(command.id)
            desk.board.prove(DONE, "hangup c-1")
            return None

        return answer

    async with anyio.create_task_group() as group:
        one, two = (Desk(group, path, clock=clock, board=FakeBoard(clock, call())) for _ in range(2))
        one.adapter.answer, two.adapter.answer = vendor(one), vendor(two)
        first, second = one.press(Verb.HANGUP, call()), two.press(Verb.HANGUP, call())
        endings = {(await one.settle(first)).ending, (await two.settle(second)).ending}
    assert endings == {"confirmed by the vendor's event", "not confirmed: already over"}
    assert len(done) == 1
    assert verify(path).ok


# ---- the journal decides ------------------------------------------------------------------------------------------


async def test_without_a_durable_record_nothing_is_sent(path: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with anyio.create_task_group() as group:
        clock = ManualClock(NOW)
        desk = Desk(group, path, call(), journal=Journal(path, clock, sync=full), clock=clock)
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.ending == "refused: the action journal cannot be written: No space left on device"
    assert desk.adapter.performed == []
    assert desk.dispatcher.journal_problem


async def test_a_disk_that_fills_after_sending_does_not_hide_the_ending(path: Path) -> None:
    full = False

    def sync(descriptor: int) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def answer(command: Command) -> object:
        nonlocal full
        full = True
        desk.board.prove(DONE, "hangup c-1")
        return None

    async with anyio.create_task_group() as group:
        clock = ManualClock(NOW)
        desk = Desk(group, path, call(), journal=Journal(path, clock, sync=sync), clock=clock)
        desk.adapter.answer = answer
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.CONFIRMED
    assert "not journalled" in outcome.ending


async def test_what_a_killed_console_sent_is_found_at_the_next_start(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        # A run of another console, whose process is gone, as its journal shows it.
        desk.journal.append("sent", {"id": "old", "verb": "transfer", "source": "hq", "run": "other"}, durable=True)
        found = await desk.dispatcher.take_over()
        assert [record["id"] for record in found] == ["old"]
        assert await desk.dispatcher.take_over() == []
    assert show(path, action="old")[-1]["phase"] == "unknown"
    assert verify(path).ok


# ---- and the rest -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
async def test_read_only_refuses_everything_but_a_note(path: Path, whole: bool) -> None:
    async with desk_at(path, call(), read_only=whole) as desk:
        if not whole:
            desk.adapter.settings = SourceSettings("hq", "fake", "", phone="2001", read_only=True)
        assert desk.dispatcher.offer(Verb.LISTEN, call().key).reason == "read-only"
        assert (await desk.settle(desk.press(Verb.LISTEN, call()))).ending == "refused: read-only"
        note = desk.press(Verb.NOTE, call(), "", ("text", "calls back \x1b[2J"))
        assert (await desk.settle(note)).ending == "noted"
    assert desk.adapter.performed == []
    assert phases(path, note) == ["requested", "note", "confirmed"]


async def test_an_operator_does_exactly_what_the_config_says_they_may(path: Path) -> None:
    barred = "not in [operator] may"
    async with desk_at(path, call(), may=[Verb.LISTEN]) as desk:
        assert desk.dispatcher.offer(Verb.LISTEN, call().key).ok
        for verb in Verb:
            if verb not in (Verb.LISTEN, Verb.END):
                assert desk.dispatcher.offer(verb, call().key).reason == barred
        assert (await desk.settle(desk.press(Verb.HANGUP, call()))).ending == f"refused: {barred}"
        # Nor where the row is gone, nor what asks no vendor.
        gone = desk.press(Verb.CALL, call("c-9"))
        assert (await desk.settle(gone)).ending == f"refused: {barred}"
        assert (await desk.settle(desk.press(Verb.NOTE, call(), "", ("text", "x")))).ending == f"refused: {barred}"
    assert desk.adapter.performed == []


async def test_an_empty_list_leaves_an_operator_nothing(path: Path) -> None:
    async with desk_at(path, call(), may=[]) as desk:
        assert not any(desk.dispatcher.offer(verb, call().key).ok for verb in Verb)


@pytest.mark.parametrize(
    ("verb", "row", "number", "reason"),
    [
        (Verb.TRANSFER, call(), "", "refused: no destination"),
        (Verb.TRANSFER, call(), "abc", "refused: hq cannot dial abc: not a number"),
        (Verb.STAFF, agent(), "", "refused: no queue chosen"),
        (Verb.STAFF, Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales")), "", "refused: no agent chosen"),
        (Verb.LISTEN, member(), "", "refused: not answered yet"),
    ],
)
async def test_a_command_that_is_not_whole_is_refused(
    path: Path, verb: Verb, row: Row, number: str, reason: str
) -> None:
    async with desk_at(path, row) as desk:
        assert (await desk.settle(desk.press(verb, row, number))).ending == reason
    assert desk.adapter.performed == []


async def test_our_own_pull_of_a_waiting_caller_is_told_to_the_board(path: Path) -> None:
    async with desk_at(path, member()) as desk:
        await desk.settle(desk.press(Verb.PICKUP, member()))
        assert desk.board.pulls == [member().key]
        desk.adapter.answer = lambda command: Rejected("no")
        await desk.settle(desk.press(Verb.PICKUP, member()))
    assert len(desk.board.pulls) == 1


async def test_after_the_answer_the_lists_that_show_it_are_asked_for_early(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await desk.settle(desk.press(Verb.HANGUP, call()))
    assert desk.hurried == [("hq", (Resource.CALLS,))]


async def test_picking_up_on_a_queue_names_the_caller_and_asks(path: Path) -> None:
    queue = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"))
    async with desk_at(path, queue, member()) as desk:
        offer = desk.dispatcher.offer(Verb.PICKUP, queue.key)
        assert offer.level == "confirm"
        assert offer.consequence.startswith("takes Eve Lund: ")
        assert [row.key for row in desk.dispatcher.candidates(Verb.PICKUP, queue.key)] == [member().key]


async def test_the_sentence_names_verb_target_destination_and_ending(path: Path) -> None:
    async with desk_at(path, member()) as desk:
        outcome = await desk.settle(desk.press(Verb.TRANSFER, member(), "204"))
    assert outcome.sentence == "transfer Eve Lund → 204: not confirmed: accepted, but no sign of it in 10 s"
