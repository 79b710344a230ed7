"""Only what was painted is acted on: a target that has changed, gone or become another is refused, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.control.cases import CASES, VERBS, phases
from tests.control.fakes import (
    DONE,
    NOW,
    Desk,
    FakeBoard,
    agent,
    call,
    desk_at,
    member,
)
from wallboard.control.journal import Journal
from wallboard.control.outcome import Phase
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.errors import (
    Late,
    Missing,
    NotPermitted,
    Unreachable,
)
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Row
from wallboard.domain.states import (
    CallState,
    MemberState,
    ResourceState,
)
from wallboard.domain.text import clean
from wallboard.vendors.base import Can

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


async def test_where_the_vendor_sets_one_queue_at_a_time_nothing_goes_without_a_queue(path: Path) -> None:
    async with desk_at(path, agent(queues=("601", "602"))) as desk:
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
    async with desk_at(path, call()) as desk:
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
    async with desk_at(path, call()) as desk:
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
    async with desk_at(path, call()) as desk:
        desk.board.view("hq", Resource.CALLS).age = 4.0
        desk.adapter.truth = lambda row: truth
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.ending == reason
    assert desk.adapter.performed == []


@pytest.mark.parametrize(("verb", "row", "number", "args"), CASES, ids=VERBS)
async def test_what_moves_ends_or_enters_a_call_is_read_again_once_however_fresh_it_is(
    path: Path, verb: Verb, row: Row, number: str, args: tuple[tuple[str, str], ...]
) -> None:
    async with desk_at(path, row) as desk:
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
    async with desk_at(path, call()) as desk:
        desk.adapter.truth = lambda row: truth
        outcome = await desk.settle(desk.press(verb, call(), "204" if verb in (Verb.TRANSFER, Verb.ATTENDED) else ""))
    assert outcome.phase is Phase.REFUSED
    assert desk.adapter.performed == []


async def test_where_the_vendor_cannot_read_one_row_again_live_data_is_enough(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.refresh_error = NotPermitted("no such read")
        await desk.settle(desk.press(Verb.HANGUP, call()))
    assert len(desk.adapter.performed) == 1


async def test_a_row_read_again_without_the_boards_links_is_still_the_same_row(path: Path) -> None:
    linked = replace(member(state=MemberState.TALKING), serving=clean("Bo Quist"), serving_ref="202")
    async with desk_at(path, linked) as desk:
        desk.board.view("hq", Resource.MEMBERS).age = 4.0
        # The agent's name and the caller's own (from their leg, or the site's) are the board's work.
        desk.adapter.truth = lambda row: replace(linked, serving=clean(""), name=clean(""))
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
    async with desk_at(path, row) as desk:
        for resource in (Resource.CALLS, Resource.AGENTS):
            desk.board.view("hq", resource).state = state
            desk.board.view("hq", resource).age = 12.0
        assert isinstance(error, (Late, NotPermitted, Unreachable, Missing))
        desk.adapter.refresh_error = error
        await desk.settle(desk.press(verb, row, "204" if verb is Verb.TRANSFER else ""))
    assert len(desk.adapter.performed) == int(goes)


async def test_reading_again_has_two_seconds(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.board.view("hq", Resource.CALLS).age = 4.0
        desk.adapter.refresh_hangs = True
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()), at_most=3.0)
    assert outcome.ending == "refused: it could not be read again in 2 s"


@pytest.mark.parametrize("state", [ResourceState.GONE, ResourceState.NEVER, ResourceState.UNAVAILABLE])
async def test_nothing_is_sent_on_a_list_that_is_not_there(path: Path, state: ResourceState) -> None:
    async with desk_at(path, call()) as desk:
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
