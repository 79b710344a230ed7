"""What stands in the way of an action on the hosted PBX: what ended, changed, was refused or never answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.scene import Stage, staged
from wallboard.domain.command import Destination, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Row

pytestmark = pytest.mark.anyio

MODES = {Verb.LISTEN: "eavesdrop", Verb.WHISPER: "whisper", Verb.BARGE: "conference"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, sources=("hq",)) as found:
        yield found


@pytest.mark.parametrize(
    ("verb", "to"),
    [
        (Verb.LISTEN, ""),
        (Verb.TRANSFER, "206"),
        (Verb.ATTENDED, "206"),
        (Verb.HOLD, ""),
        (Verb.PARK, ""),
        (Verb.PICKUP, ""),
        (Verb.HANGUP, ""),
    ],
)
async def test_a_call_that_ended_unseen_is_already_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, verb: Verb, to: str
) -> None:
    """The vendor's 404 is the first that anybody hears of it: it was still there when it was read again."""
    call = await stage.talk()
    adapter = stage.rooms.adapters["hq"]
    read = adapter.refresh

    async def and_then_it_ends(row: Row) -> Row | None:
        found = await read(row)
        stage.hq.end(stage.hq.extensions[201].legs[call.key.id].call, "completed")
        return found

    monkeypatch.setattr(adapter, "refresh", and_then_it_ends)
    done = await stage.submit(stage.command(verb, call, to))
    assert [request.status for request in done.sent] == [404]
    assert (done.phase, done.ending) == ("not_confirmed", "not confirmed: already over")


async def test_a_call_that_ended_since_the_list_was_read_is_refused_unsent(stage: Stage) -> None:
    call = await stage.talk()
    command = stage.command(Verb.HANGUP, call)
    stage.hq.end(stage.hq.extensions[201].legs[call.key.id].call, "completed")
    done = await stage.submit(command)
    assert (done.phase, done.ending, done.requests) == ("refused", "refused: it has ended", [])


async def test_a_call_that_ended_before_my_eyes_is_refused_unsent(stage: Stage) -> None:
    call = await stage.talk()
    command = stage.command(Verb.HANGUP, call)
    stage.hq.end(stage.hq.extensions[201].legs[call.key.id].call, "completed")
    await stage.until(lambda: not stage.calls("201"))
    done = await stage.submit(command)
    assert (done.phase, done.ending, done.requests) == ("refused", "refused: it has ended", [])


async def test_a_call_whose_parties_changed_is_refused_unsent(stage: Stage) -> None:
    member = await stage.waiting()
    command = stage.command(Verb.TRANSFER, member, "602")
    stage.only(136)
    await stage.until(lambda: stage.members()[0].state.value == "talking")
    done = await stage.submit(command)
    assert (done.phase, done.requests) == ("refused", [])
    assert "Anna Petrosyan" in done.ending


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("fault", ["status:500", "status:502", "garbage", "empty", "html"])
async def test_an_unclear_answer_is_decided_by_what_is_read_and_never_by_a_second_request(
    stage: Stage, fault: str, after: bool
) -> None:
    call = await stage.talk()
    stage.server.faults.set("hq/extension/*/current_calls/*", fault, method="PUT", after=after)
    done = await stage.act(Verb.TRANSFER, call, "206")
    assert len(done.sent) == 1
    assert done.phase == ("confirmed" if after else "not_confirmed"), done.ending


async def test_an_answer_that_never_comes_is_unknown_or_what_is_read(stage: Stage) -> None:
    """The dispatcher's own patience ends first here, since the line's runs on a real clock."""
    call = await stage.talk()
    stage.server.faults.set("hq/extension/*/current_calls/*", "hang", method="PUT", after=True)
    done = await stage.submit(stage.command(Verb.HOLD, call), within=120)
    assert done.phase == "unknown"
    assert done.ending.startswith("unknown: ")
    stage.server.faults.clear()
    stage.server.faults.release()


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (400, "refused by hq, nothing happened: vendor answered 400: Injected 400"),
        (403, "refused by hq, nothing happened: not permitted for this account: Injected 403"),
        (429, "refused by hq, nothing happened: request limit reached"),
        (404, "not confirmed: already over"),
        (409, "not confirmed: changed meanwhile"),
        (412, "not confirmed: changed meanwhile"),
    ],
)
async def test_a_refusal_of_the_vendor_is_told_with_its_reason(stage: Stage, status: int, ending: str) -> None:
    call = await stage.talk()
    stage.server.faults.set("hq/extension/*/current_calls/*", f"status:{status}", method="PUT")
    done = await stage.act(Verb.HOLD, call)
    assert (done.ending, len(done.sent)) == (ending, 1)


async def test_the_same_command_twice_is_done_once(stage: Stage) -> None:
    call = await stage.talk()
    command = stage.command(Verb.HOLD, call)
    stage.dispatcher.submit(command)
    done = await stage.submit(command)
    assert len(stage.server.actions()) == 1
    assert done.phase == "accepted"


async def test_two_keys_on_one_row_at_once_send_one_request(stage: Stage) -> None:
    call = await stage.talk()
    first, second = stage.command(Verb.HOLD, call), stage.command(Verb.TRANSFER, stage.members()[0], "206")
    stage.dispatcher.submit(first)
    done = await stage.submit(second)
    assert done.phase == "refused"
    assert done.ending == "refused: the row waits for the answer to hold"
    assert len(stage.server.actions()) == 1


async def test_a_directory_destination_is_dialled_as_painted(stage: Stage) -> None:
    call = await stage.talk()
    agent = stage.agent("141_local")
    to = Destination("206", agent.name, agent.key, "hq")
    done = await stage.act(Verb.TRANSFER, call, to)
    assert done.outcome.sentence.startswith("transfer ")
    assert "→ Fatima Zahra 206" in done.outcome.sentence
    assert done.phase == "confirmed"


async def test_read_only_sends_nothing_whatever_is_submitted(tmp_path: Path) -> None:
    async with staged(tmp_path, read_only=True) as stage:
        call = await stage.talk()
        rows: dict[Kind, Row] = {
            Kind.CALL: call,
            Kind.MEMBER: stage.members()[0],
            Kind.AGENT: stage.agent("136_local"),
            Kind.QUEUE: stage.queue(),
            Kind.HOTLINE: stage.hotline(311),
            Kind.PHONE: stage.duty_phone(80),
        }
        for verb in Verb:
            for row in rows.values():
                if verb is not Verb.NOTE:
                    assert not stage.dispatcher.offer(verb, row.key).ok
                    done = await stage.submit(stage.command(verb, row, "206", queue="602", text_in="x"))
                    assert (done.phase, done.ending) == ("refused", "refused: read-only")
        await stage.wait(5.0)
        assert stage.server.actions() == []
        assert stage.board.row(Key("hq", Kind.CALL, call.key.id)) is not None
        assert stage.board.resource_view("hq", Resource.PARKED) is None
