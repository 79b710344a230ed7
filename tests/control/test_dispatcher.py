"""From a key to an ending: never twice, never on what was not seen, never done without evidence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.control.fakes import (
    DONE,
    NOW,
    OVER,
    Desk,
    FakeBoard,
    agent,
    call,
    hotline,
    member,
    notice,
    parked,
    room,
    table,
)
from wallboard.control.journal import Journal
from wallboard.control.journal_reader import open_unknowns, show, verify
from wallboard.control.outcome import Phase
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import (
    Ambiguous,
    Late,
    Missing,
    NotPermitted,
    NotSent,
    Rejected,
    TargetGone,
    Unreachable,
)
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import (
    AgentState,
    CallState,
    HotlineState,
    MemberState,
    ResourceState,
    Wanted,
)
from wallboard.domain.text import clean
from wallboard.vendors.base import Can, SourceSettings, Trial, Verification

pytestmark = pytest.mark.anyio
SPY = replace(call("spy"), mine=True, spying=clean("Bo Quist"), agent=clean(""), agent_key=None)
CASES: list[tuple[Verb, Row, str, tuple[tuple[str, str], ...]]] = [
    (Verb.LISTEN, call(), "", ()),
    (Verb.WHISPER, call(), "", ()),
    (Verb.BARGE, call(), "", ()),
    (Verb.TRANSFER, call(), "204", ()),
    (Verb.ATTENDED, call(), "204", ()),
    (Verb.HOLD, call(), "", ()),
    (Verb.RESUME, call(state=CallState.HELD), "", ()),
    (Verb.PARK, call(), "", ()),
    (Verb.PICKUP, member(), "", ()),
    (Verb.FETCH, parked(), "", ()),
    (Verb.HANGUP, call(), "", ()),
    (Verb.CALL, agent(), "", ()),
    (Verb.SIGNIN, agent(state=AgentState.OFF), "", ()),
    (Verb.SIGNOUT, agent(), "", ()),
    (Verb.PAUSE, agent(), "", ()),
    (Verb.UNPAUSE, agent(state=AgentState.BREAK), "", ()),
    (Verb.OPEN, hotline(HotlineState.PAUSED, Wanted.PAUSED), "", ()),
    (Verb.CLOSE, hotline(), "", ()),
    (Verb.STAFF, agent(), "", (("queue", "602"),)),
    (Verb.UNSTAFF, agent(), "", (("queue", "601"),)),
    (Verb.ANNOUNCE, hotline(), "", (("text_in", "hello"),)),
    (Verb.END, SPY, "", ()),
    (Verb.CHANGE, notice(), "", ()),
    (Verb.ROOM, room(), "", ()),
    (Verb.TRANSCRIBE, call(), "", ()),
]
VERBS = [case[0].value for case in CASES]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def phases(path: Path, command: Command) -> list[str]:
    return [record["phase"] for record in show(path, action=command.id)]


def test_every_verb_that_reaches_a_vendor_is_in_the_cases() -> None:
    assert {case[0] for case in CASES} == {verb for verb in Verb if verb is not Verb.NOTE and not verb.facts.rowless}


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_a_verb_ends_confirmed_by_its_evidence(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
        desk.adapter.answer = lambda command: TargetGone("404", status="404")
        outcome = await desk.settle(desk.press(verb, row, number, *args))
    assert (outcome.phase, outcome.ending) == (Phase.NOT_CONFIRMED, "not confirmed: already over")
    assert len(desk.adapter.performed) == 1


async def test_the_row_being_gone_alone_never_confirms_a_transfer(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        command = desk.press(Verb.TRANSFER, call(), "204")
        await desk.idle()
        desk.board.drop(call().key)
        outcome = await desk.settle(command)
    assert outcome.ending == "not confirmed: accepted, but no sign of it in 10 s"


async def test_evidence_against_wins_over_evidence_for(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.hold = anyio.Event()
        command = desk.press(Verb.TRANSFER, call(), "204")
        await desk.idle()
        desk.board.prove(DONE, "transfer c-1")
        desk.board.prove(OVER, "c-1")
        desk.adapter.hold.set()
        assert (await desk.settle(command)).phase is Phase.NOT_CONFIRMED


async def test_a_vendor_that_cannot_show_it_ends_accepted_and_says_so(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.check_table = lambda verb: Verification(verb, "PUT", cannot="hold is not in its lists")
        outcome = await desk.settle(desk.press(Verb.HOLD, call()))
    assert outcome.phase is Phase.ACCEPTED
    assert outcome.ending == "accepted: this vendor cannot show it (hold is not in its lists)"


async def test_silence_of_a_source_that_cannot_be_read_is_unknown_not_a_no(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.answer = lambda command: error
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert (outcome.phase, outcome.ending) == (Phase.FAILED, ending)


async def test_an_adapter_that_breaks_counts_as_an_unclear_answer(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.answer = lambda command: RuntimeError("bug")
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.UNKNOWN


async def test_a_vendor_that_never_answers_is_unknown_after_a_minute(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.hold = anyio.Event()
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()), at_most=90.0, step=5.0)
    assert outcome.ending == "unknown: no answer in 60 s, and nothing showed it in 10 s"


async def test_evidence_that_cannot_be_looked_for_neither_confirms_nor_denies(path: Path) -> None:
    def broken(trial: Trial) -> bool:
        return bool(trial.receipt.ids[7])

    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        row = table(Verb.HANGUP)
        desk.adapter.check_table = lambda verb: replace(
            row, confirms=(replace(row.confirms[0], test=broken),), denies=(replace(row.denies[0], test=broken),)
        )
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.NOT_CONFIRMED


# ---- exactly what was seen ----------------------------------------------------------------------------------------


async def test_where_the_vendor_sets_one_queue_at_a_time_nothing_goes_without_a_queue(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, agent(queues=("601", "602")))
        desk.adapter.able = lambda verb, row: Can(True, needs="queue")
        assert desk.dispatcher.offer(Verb.PAUSE, agent().key).needs == "queue"
        command = desk.press(Verb.PAUSE, agent(queues=("601", "602")))
        outcome = await desk.settle(command)
        assert outcome.ending == "refused: no queue chosen"
        named = desk.press(Verb.PAUSE, agent(queues=("601", "602")), "", ("queue", "602"), ("queue_name", "Support"))
        await desk.idle()
        desk.board.prove(DONE, "pause bo")
        assert (await desk.settle(named)).sentence == "pause Bo in Support: confirmed by the vendor's event"
    assert [one.arg("queue") for one in desk.adapter.performed] == ["602"]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (call(caller="+49999"), "refused: it is +49999 ↔ 601 ↔ Bo Quist now"),
        (replace(call(), started_at=NOW), "refused: it is another call now"),
        (call(state=CallState.HELD), "refused: it was talking, is held now"),
        (None, "refused: it has ended"),
    ],
)
async def test_a_target_that_changed_before_sending_is_refused_with_what_changed(
    path: Path, now: Row | None, reason: str
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        command = desk.command(Verb.HANGUP, call())
        if now is None:
            desk.board.drop(call().key)
        else:
            desk.board.put(now)
        desk.dispatcher.submit(command)
        outcome = await desk.settle(command)
    assert (outcome.phase, outcome.ending) == (Phase.REFUSED, reason)
    assert desk.adapter.performed == []
    assert phases(path, command) == ["requested", "refused"]


async def test_a_start_that_wobbles_by_two_seconds_is_the_same_call(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        command = desk.command(Verb.HANGUP, call())
        desk.board.put(replace(call(), started_at=NOW - 81.9))
        desk.dispatcher.submit(command)
        await desk.idle()
        desk.board.prove(DONE, "hangup c-1")
        await desk.settle(command)
    assert len(desk.adapter.performed) == 1


@pytest.mark.parametrize(
    ("truth", "reason"),
    [
        (None, "refused: it has ended"),
        (call(caller="+49999"), "refused: it is +49999 ↔ 601 ↔ Bo Quist now"),
        (replace(call(), started_at=NOW), "refused: it is another call now"),
    ],
)
async def test_old_data_is_read_again_and_a_reused_id_is_caught(path: Path, truth: Row | None, reason: str) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.board.view("hq", Resource.CALLS).age = 4.0
        desk.adapter.truth = lambda row: truth
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.ending == reason
    assert desk.adapter.performed == []


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_what_moves_ends_or_enters_a_call_is_read_again_once_however_fresh_it_is(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
        command = desk.press(verb, row, number, *args)
        await desk.idle()
        desk.board.prove(DONE, f"{verb.value} {row.key.id}")
        await desk.settle(command)
    passing = row.key.kind in (Kind.CALL, Kind.MEMBER, Kind.PARKED)
    assert desk.adapter.refreshed == int(passing and not verb.facts.harmless)
    assert len(desk.adapter.performed) == 1


@pytest.mark.parametrize("verb", [Verb.HANGUP, Verb.BARGE, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.HOLD])
@pytest.mark.parametrize(
    "truth", [None, call(caller="+49999"), replace(call(), started_at=NOW), replace(call("c-2"), state=CallState.HELD)]
)
async def test_an_id_that_another_call_has_got_within_three_seconds_is_not_hit(
    path: Path, verb: Verb, truth: Row | None
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.truth = lambda row: truth
        outcome = await desk.settle(desk.press(verb, call(), "204" if verb in (Verb.TRANSFER, Verb.ATTENDED) else ""))
    assert outcome.phase is Phase.REFUSED
    assert desk.adapter.performed == []


async def test_where_the_vendor_cannot_read_one_row_again_live_data_is_enough(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.refresh_error = NotPermitted("no such read")
        await desk.settle(desk.press(Verb.HANGUP, call()))
    assert len(desk.adapter.performed) == 1


async def test_a_row_read_again_without_the_boards_links_is_still_the_same_row(path: Path) -> None:
    linked = replace(member(state=MemberState.TALKING), serving=clean("Bo Quist"), serving_ref="202")
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, linked)
        desk.board.view("hq", Resource.MEMBERS).age = 4.0
        desk.adapter.truth = lambda row: replace(linked, serving=clean(""))
        desk.press(Verb.PARK, linked)
        await desk.idle()
        desk.board.prove(DONE, "park m-1")
        await desk.idle()
    assert len(desk.adapter.performed) == 1


REREAD_FAILS: list[tuple[ResourceState, Verb, Row, Exception, bool]] = [
    (ResourceState.LIVE, Verb.TRANSFER, call(), NotPermitted("no such read"), True),
    (ResourceState.LATE, Verb.TRANSFER, call(), NotPermitted("no such read"), False),
    (ResourceState.LATE, Verb.PAUSE, agent(), NotPermitted("no such read"), True),
    (ResourceState.STALE, Verb.PAUSE, agent(), NotPermitted("no such read"), False),
    (ResourceState.LIVE, Verb.TRANSFER, call(), Late("too late"), False),
    (ResourceState.LATE, Verb.SIGNOUT, agent(), Unreachable("refused"), True),
    (ResourceState.STALE, Verb.SIGNOUT, agent(), Unreachable("refused"), False),
    (ResourceState.LIVE, Verb.SIGNOUT, agent(), Missing("404"), False),
]


@pytest.mark.parametrize(("state", "verb", "row", "error", "goes"), REREAD_FAILS)
async def test_what_could_not_be_read_again_goes_only_if_harmless(
    path: Path, state: ResourceState, verb: Verb, row: Row, error: Exception, goes: bool
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
        for resource in (Resource.CALLS, Resource.AGENTS):
            desk.board.view("hq", resource).state = state
            desk.board.view("hq", resource).age = 12.0
        assert isinstance(error, (Late, NotPermitted, Unreachable, Missing))
        desk.adapter.refresh_error = error
        await desk.settle(desk.press(verb, row, "204" if verb is Verb.TRANSFER else ""))
    assert len(desk.adapter.performed) == int(goes)


async def test_reading_again_has_two_seconds(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.board.view("hq", Resource.CALLS).age = 4.0
        desk.adapter.refresh_hangs = True
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()), at_most=3.0)
    assert outcome.ending == "refused: it could not be read again in 2 s"


@pytest.mark.parametrize("state", [ResourceState.GONE, ResourceState.NEVER, ResourceState.UNAVAILABLE])
async def test_nothing_is_sent_on_a_list_that_is_not_there(path: Path, state: ResourceState) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.board.view("hq", Resource.CALLS).state = state
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.REFUSED
    assert desk.adapter.performed == []


async def test_a_change_while_the_journal_was_written_still_stops_it(path: Path) -> None:
    async with anyio.create_task_group() as group:
        clock = ManualClock(NOW)
        board = FakeBoard(clock, call())

        def gone_meanwhile(descriptor: int) -> None:
            board.held.pop(call().key, None)

        journal = Journal(path, clock, sync=gone_meanwhile)
        desk = Desk(group, path, journal=journal, board=board, clock=clock)
        command = desk.command(Verb.HANGUP, call())
        # The first synchronisation is of the new directory entry: let it pass with the row in place.
        journal.append("requested", {"id": "0"}, durable=False)
        board.held[call().key] = call()
        desk.dispatcher.submit(command)
        outcome = await desk.settle(command)
    assert outcome.ending == "refused: it has ended"
    assert desk.adapter.performed == []
    assert phases(path, command) == ["requested", "sent", "refused"]


# ---- once, and not two at a time ----------------------------------------------------------------------------------


async def test_a_command_submitted_twice_is_done_once(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        command = desk.press(Verb.HANGUP, call())
        desk.dispatcher.submit(command)
        await desk.settle(command)
        desk.dispatcher.submit(command)
        await desk.idle()
    assert len(desk.adapter.performed) == 1


async def test_a_row_is_locked_until_the_vendor_answers_and_not_longer(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
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


async def test_the_caller_and_their_call_are_one_row_to_the_lock(path: Path) -> None:
    served = replace(member(state=MemberState.TALKING), call_key=call().key)
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call(), served)
        desk.adapter.hold = anyio.Event()
        first = desk.press(Verb.TRANSFER, served, "204")
        second = desk.press(Verb.HANGUP, call())
        assert (await desk.settle(second)).phase is Phase.REFUSED
        desk.adapter.hold.set()
        await desk.settle(first)


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


async def test_a_console_that_quits_in_between_leaves_unknown_and_not_silence(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        desk.adapter.hold = anyio.Event()
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        group.cancel_scope.cancel()
    assert phases(path, command) == ["requested", "sent", "unknown"]
    assert open_unknowns(path) == []


async def test_what_a_killed_console_sent_is_found_at_the_next_start(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call(), read_only=whole)
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call(), may=[Verb.LISTEN])
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
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call(), may=[])
        assert not any(desk.dispatcher.offer(verb, call().key).ok for verb in Verb)


@pytest.mark.parametrize(
    ("verb", "row", "number", "reason"),
    [
        (Verb.TRANSFER, call(), "", "refused: no destination"),
        (Verb.TRANSFER, call(), "abc", "refused: hq cannot dial abc: not a number"),
        (Verb.STAFF, agent(), "", "refused: no queue chosen"),
        (Verb.STAFF, Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales")), "", "refused: no agent chosen"),
        (Verb.NOTE, call(), "", "refused: the note is empty"),
        (Verb.LISTEN, member(), "", "refused: not answered yet"),
    ],
)
async def test_a_command_that_is_not_whole_is_refused(
    path: Path, verb: Verb, row: Row, number: str, reason: str
) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, row)
        assert (await desk.settle(desk.press(verb, row, number))).ending == reason
    assert desk.adapter.performed == []


async def test_our_own_pull_of_a_waiting_caller_is_told_to_the_board(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, member())
        await desk.settle(desk.press(Verb.PICKUP, member()))
        assert desk.board.pulls == [member().key]
        desk.adapter.answer = lambda command: Rejected("no")
        await desk.settle(desk.press(Verb.PICKUP, member()))
    assert len(desk.board.pulls) == 1


async def test_after_the_answer_the_lists_that_show_it_are_asked_for_early(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, call())
        await desk.settle(desk.press(Verb.HANGUP, call()))
    assert desk.hurried == [("hq", (Resource.CALLS,))]


async def test_a_caller_who_hung_up_can_be_called_back_from_their_tombstone(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path)
        assert desk.dispatcher.offer(Verb.CALL, member().key, last=member()).level == "confirm"
        assert desk.dispatcher.offer(Verb.PARK, member().key, last=member()).reason == "it has ended"
        command = desk.press(Verb.CALL, member(), "+4930111")
        await desk.idle()
        desk.board.prove(DONE, "call m-1")
        assert (await desk.settle(command)).phase is Phase.CONFIRMED


async def test_calling_a_row_dials_its_number(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, agent())
        await desk.settle(desk.press(Verb.CALL, agent()))
    destination = desk.adapter.performed[0].destination
    assert destination is not None
    assert (destination.number, destination.label) == ("202", "Bo")


async def test_picking_up_on_a_queue_names_the_caller_and_asks(path: Path) -> None:
    queue = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"))
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, queue, member())
        offer = desk.dispatcher.offer(Verb.PICKUP, queue.key)
        assert offer.level == "confirm"
        assert offer.consequence.startswith("takes Eve Lund: ")
        assert [row.key for row in desk.dispatcher.candidates(Verb.PICKUP, queue.key)] == [member().key]


async def test_the_sentence_names_verb_target_destination_and_ending(path: Path) -> None:
    async with anyio.create_task_group() as group:
        desk = Desk(group, path, member())
        outcome = await desk.settle(desk.press(Verb.TRANSFER, member(), "204"))
    assert outcome.sentence == "transfer Eve Lund → 204: not confirmed: accepted, but no sign of it in 10 s"
