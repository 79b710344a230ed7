"""The call bar: when my listening began, how it is proven, who hears me, and what ended it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.control.fakes import DONE, NOW, Desk, agent, call, desk_at, table
from wallboard.control.outcome import Phase
from wallboard.control.session import ENDED_SHOWN, Session
from wallboard.domain.command import Verb
from wallboard.domain.errors import Ambiguous, Rejected, TargetGone
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call
from wallboard.domain.states import ResourceState
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Verification

pytestmark = pytest.mark.anyio

LEG = Call(
    Key("hq", Kind.CALL, "leg-1"),
    extension=clean("2001"),
    started_at=NOW,
    mine=True,
    spying=clean("Bo Quist"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def bar(desk: Desk) -> Session:
    assert len(desk.dispatcher.sessions) == 1
    return desk.dispatcher.sessions[0]


async def listening(desk: Desk, verb: Verb = Verb.LISTEN) -> None:
    command = desk.press(verb, call())
    await desk.idle()
    desk.board.put(LEG)
    desk.board.prove(DONE, f"{verb.value} c-1")
    await desk.settle(command)


async def test_my_phone_rings_first_and_the_proof_is_named_when_it_comes(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        command = desk.press(Verb.LISTEN, call())
        await desk.idle()
        assert (bar(desk).state, bar(desk).proof, bar(desk).phone) == ("ringing my phone", "accepted only", "2001")
        desk.board.prove(DONE, "listen c-1")
        await desk.settle(command)
        session = bar(desk)
    assert (session.mode, session.state, session.proof) == (Verb.LISTEN, "listen", "confirmed by the vendor's event")
    assert (session.parties, session.hears) == ("Bo Quist ↔ Mia Sand", "nobody hears you")


@pytest.mark.parametrize(("verb", "hears"), [(Verb.WHISPER, "Bo Quist hears you"), (Verb.BARGE, "both hear you")])
async def test_the_bar_says_who_hears_me(path: Path, verb: Verb, hears: str) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk, verb)
        assert bar(desk).hears == hears


async def test_a_call_of_mine_that_comes_meanwhile_is_not_my_listening(path: Path) -> None:
    friend = replace(LEG, key=Key("hq", Kind.CALL, "friend"), spying=NOTHING)
    leg = replace(LEG, spying=NOTHING)
    async with desk_at(path, call()) as desk:
        desk.adapter.check_table = lambda verb: replace(
            table(verb), leg=lambda trial: leg.key if trial.facts.row(leg.key) else None
        )
        command = desk.press(Verb.LISTEN, call())
        await desk.idle()
        desk.board.put(friend)
        target = desk.dispatcher.session_target()
        assert (bar(desk).leg, target and target.key) == (None, call().key), "Q would hang up my friend"
        desk.board.put(leg)
        assert bar(desk).leg == leg.key
        desk.board.prove(DONE, "listen c-1")
        await desk.settle(command)
        target = desk.dispatcher.session_target()
        assert target is not None
        assert target.key == leg.key


async def test_a_vendor_that_cannot_show_it_is_accepted_only(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.check_table = lambda verb: Verification(verb, "PUT", cannot="no leg in its lists")
        await desk.settle(desk.press(Verb.LISTEN, call()))
        assert (bar(desk).state, bar(desk).proof) == ("listen", "accepted only")


async def test_a_switch_that_this_account_is_not_shown_promises_nobody_silence(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk, Verb.BARGE)
        desk.adapter.check_table = lambda verb: replace(table(verb, 4.0), unseen="this account is shown no such event")
        switch = desk.press(Verb.LISTEN, call())
        await desk.idle()
        outcome = await desk.settle(switch)
        assert outcome.phase is Phase.ACCEPTED
        assert "is shown no such event" in outcome.ending
        assert (bar(desk).proof, bar(desk).hears) == ("accepted only", "nobody hears you, if it switched")


async def test_while_i_listen_the_other_rows_are_dim_and_mine_switches(path: Path) -> None:
    async with desk_at(path, call(), call("c-2")) as desk:
        await listening(desk)
        assert desk.dispatcher.offer(Verb.LISTEN, Key("hq", Kind.CALL, "c-2")).reason == "my listen runs, Q ends it"
        assert desk.dispatcher.offer(Verb.LISTEN, call().key).reason == "listen already"
        assert desk.dispatcher.offer(Verb.WHISPER, call().key).ok
        assert desk.dispatcher.offer(Verb.HANGUP, Key("hq", Kind.CALL, "c-2")).ok
        switch = desk.press(Verb.WHISPER, call())
        await desk.idle()
        assert (bar(desk).state, bar(desk).proof) == ("redialling", "accepted only")
        desk.board.prove(DONE, "whisper c-1")
        await desk.settle(switch)
        assert (bar(desk).mode, bar(desk).hears) == (Verb.WHISPER, "Bo Quist hears you")
    assert desk.adapter.performed[-1].arg("session") == "leg-1"


async def test_a_switch_by_a_new_leg_does_not_end_with_the_old_one(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        switch = desk.press(Verb.BARGE, call())
        await desk.idle()
        desk.clock.advance(1)
        desk.board.drop(LEG.key)
        assert bar(desk).live
        desk.board.put(replace(LEG, key=Key("hq", Kind.CALL, "leg-2")))
        desk.board.prove(DONE, "barge c-1")
        await desk.settle(switch)
        assert (bar(desk).mode, bar(desk).leg) == (Verb.BARGE, Key("hq", Kind.CALL, "leg-2"))


async def test_a_switch_that_does_not_show_leaves_the_mode_and_says_so(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        await desk.settle(desk.press(Verb.BARGE, call()))
        assert (bar(desk).mode, bar(desk).proof) == (Verb.LISTEN, "switch to barge not_confirmed")


async def test_my_leg_gone_from_a_list_read_since_ends_it_and_the_reason_stays_a_while(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        desk.clock.advance(1)
        desk.board.drop(LEG.key)
        assert (bar(desk).state, bar(desk).why) == ("ended", "my leg is gone")
        desk.clock.advance(ENDED_SHOWN)
        assert desk.dispatcher.sessions == ()
        assert desk.dispatcher.offer(Verb.LISTEN, call().key).ok


async def test_a_list_that_is_not_trusted_ends_nothing(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        desk.clock.advance(1)
        desk.board.view("hq", Resource.CALLS).state = ResourceState.STALE
        desk.board.drop(LEG.key)
        assert bar(desk).live


@pytest.mark.parametrize("name", ["ChanSpyStop", "Hangup"])
async def test_the_vendors_word_that_it_stopped_ends_it(path: Path, name: str) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        desk.board.prove(name, "another")
        assert bar(desk).live
        desk.board.prove(name, "leg-1")
        assert bar(desk).why == f"{name} of my leg"
        # The list of calls still shows the leg for a moment: that is no new session.
        desk.board.tell(Resource.CALLS)
        assert not bar(desk).live


async def test_a_session_without_a_visible_leg_ends_with_its_call(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        command = desk.press(Verb.LISTEN, call())
        await desk.idle()
        desk.board.prove(DONE, "listen c-1")
        await desk.settle(command)
        desk.clock.advance(1)
        desk.board.drop(call().key)
        assert bar(desk).why == "the call is over"


@pytest.mark.parametrize(("error", "why"), [(None, "it never began"), (Ambiguous("?"), "nothing shows it")])
async def test_a_session_that_nothing_showed_is_over(path: Path, error: Exception | None, why: str) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.answer = lambda command: error
        await desk.settle(desk.press(Verb.LISTEN, call()))
        assert bar(desk).why == why


async def test_a_refused_listen_makes_no_session(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        desk.adapter.answer = lambda command: Rejected("no")
        await desk.settle(desk.press(Verb.LISTEN, call()))
        assert desk.dispatcher.sessions == ()


async def test_after_a_restart_the_session_is_found_again_by_my_leg(path: Path) -> None:
    async with desk_at(path, call(), agent(), LEG) as desk:
        session = bar(desk)
        assert (session.parties, session.phone, session.target) == ("Bo Quist", "2001", call().key)
        assert session.proof == "found again by my leg"
        assert desk.dispatcher.offer(Verb.END, None).ok
        target = desk.dispatcher.session_target()
        assert target is not None
        assert target.key == LEG.key


async def test_i_end_it_and_the_end_is_confirmed(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        end = desk.press(Verb.END, LEG)
        await desk.idle()
        desk.board.prove(DONE, "end leg-1")
        assert (await desk.settle(end)).phase is Phase.CONFIRMED
        assert bar(desk).why == "by you"
    assert desk.adapter.performed[-1].arg("session") == "leg-1"


async def test_ending_what_is_over_already_ends_the_bar_too(path: Path) -> None:
    async with desk_at(path, call()) as desk:
        await listening(desk)
        desk.adapter.answer = lambda command: TargetGone("404")
        outcome = await desk.settle(desk.press(Verb.END, LEG))
        assert outcome.ending == "not confirmed: already over"
        assert not bar(desk).live
