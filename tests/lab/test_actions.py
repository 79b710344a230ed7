"""Every verb on a real Asterisk: confirmed by its event, not confirmed when the target is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread
import pytest

from tests.lab.conftest import Site
from tests.lab.desk import Console, console, settings_for
from tests.lab.phone import Leg
from tests.support.offers import offered
from wallboard.domain.command import Verb
from wallboard.domain.errors import ActionError, NotSent, TargetGone
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Row
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.vendors.base import Trial

pytestmark = [pytest.mark.lab, pytest.mark.anyio]

EAR = "PJSIP/phone1"
IN_BENCH = (("queue", "bench"),)


def agent(shown: Console, interface: str = EAR) -> Agent | None:
    row = shown.desk.row(Key("lab", Kind.AGENT, interface))
    return row if isinstance(row, Agent) else None


def members(shown: Console) -> list[Member]:
    return [row for row in shown.desk.rows(Resource.MEMBERS) if isinstance(row, Member) and row.queue_id == "bench"]


def call_row(shown: Console, ident: str) -> Call | None:
    row = shown.desk.row(Key("lab", Kind.CALL, ident))
    return row if isinstance(row, Call) else None


def as_agent(interface: str, name: str = "Ear") -> Agent:
    """A row for an agent who is in no queue yet, as the directory would hand it over."""
    from wallboard.domain.text import clean

    key = Key("lab", Kind.AGENT, interface)
    return Agent(key, clean(name), address=(("interface", interface), ("name", name)))


@asynccontextmanager
async def staffed(site: Site) -> AsyncIterator[Console]:
    """A console, and the first ear staffed into the queue ``bench``; taken out again at the end."""
    for phone in (*site.ears, site.desk, site.callers):
        phone.reset()
    async with console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/phone9")) as shown:
        await shown.desk.until(lambda: not members(shown), "the bench is empty")
        ending, _ = await shown.act(Verb.STAFF, as_agent(EAR), args=IN_BENCH)
        assert ending == "confirmed"
        await shown.desk.until(lambda: agent(shown) is not None, "the agent is shown")
        try:
            yield shown
        finally:
            for phone in (*site.ears, site.desk, site.callers):
                phone.reset()
            row = agent(shown)
            if row is not None:
                ending, _ = await shown.act(Verb.UNSTAFF, row, args=IN_BENCH)
                assert ending == "confirmed"


@dataclass
class Talk:
    """A queue call between a caller and the ear."""

    shown: Console
    caller: Leg
    ear: Leg
    ident: str

    @property
    def row(self) -> Call:
        row = call_row(self.shown, self.ident)
        assert row is not None
        return row


@asynccontextmanager
async def talking(site: Site) -> AsyncIterator[Talk]:
    async with staffed(site) as shown:
        caller = site.callers.call("bench", name="Ann Lee", number="+15550002222")
        await shown.desk.until(
            lambda: any(row.state is MemberState.TALKING for row in members(shown)), "the agent talks with the caller"
        )
        row = members(shown)[0]
        assert row.serving == "Ear"
        assert row.call_key is not None
        ear = await anyio.to_thread.run_sync(site.ears[0].wait_leg)
        talk = Talk(shown, caller, ear, row.call_key.id)
        # Both legs are in the bridge: only then is there a call to listen to.
        await shown.desk.until(
            lambda: (
                (r := call_row(shown, talk.ident)) is not None
                and r.state is CallState.TALKING
                and r.agent_key == Key("lab", Kind.AGENT, EAR)
            ),
            "the call row talks",
        )
        yield talk


async def heard(leg: Leg) -> float:
    return await anyio.to_thread.run_sync(leg.hears)


def my_leg(shown: Console) -> Call | None:
    return next((r for r in shown.desk.rows(Resource.CALLS) if isinstance(r, Call) and r.spying), None)


async def test_listen_whisper_barge_switch_in_place_and_are_heard_by_whom_they_should(site: Site) -> None:
    async with talking(site) as talk:
        shown = talk.shown
        ending, _ = await shown.act(Verb.LISTEN, talk.row)
        assert ending == "confirmed"
        await shown.desk.until(lambda: my_leg(shown) is not None, "my listening leg is shown")
        mine = my_leg(shown)
        assert mine is not None
        assert mine.mine
        assert mine.spying == "Ear"
        assert (await heard(talk.ear), await heard(talk.caller)) < (500, 500)
        for verb, ear_hears, caller_hears in (
            (Verb.WHISPER, True, False),
            (Verb.BARGE, True, True),
            (Verb.LISTEN, False, False),
        ):
            ending, receipt = await shown.act(verb, talk.row)
            assert ending == "confirmed", verb
            assert receipt.request.startswith("PlayDTMF"), "redialled instead of switching in place"
            await heard(talk.ear)  # what was on the way when the mode changed
            assert (await heard(talk.ear) > 4000) is ear_hears, verb
            assert (await heard(talk.caller) > 4000) is caller_hears, verb
        ending, _ = await shown.act(Verb.END, talk.row)
        assert ending == "confirmed"
        assert talk.row.state is CallState.TALKING
        await shown.desk.until(lambda: my_leg(shown) is None, "my leg is gone")


@pytest.mark.parametrize("verb", [Verb.WHISPER, Verb.BARGE])
async def test_whisper_and_barge_from_the_start(site: Site, verb: Verb) -> None:
    async with talking(site) as talk:
        member = members(talk.shown)[0]
        ending, _ = await talk.shown.act(verb, member)
        assert ending == "confirmed"
        await heard(talk.ear)
        assert await heard(talk.ear) > 4000
        assert (await heard(talk.caller) > 4000) is (verb is Verb.BARGE)


async def test_a_listen_whose_call_ends_while_my_phone_rings_is_not_confirmed(site: Site) -> None:
    async with talking(site) as talk:
        site.desk.answers = False
        row = talk.row
        command = talk.shown.command(Verb.LISTEN, row)
        check = talk.shown.adapter.verification(command, row)
        receipt = await talk.shown.adapter.perform(command, row)
        ring = await anyio.to_thread.run_sync(site.desk.wait_leg)
        talk.caller.hang_up()
        await talk.shown.desk.until(lambda: call_row(talk.shown, talk.ident) is None, "the call is over")
        ring.answer()
        trial = Trial(command, receipt, row, talk.shown.desk)
        assert await talk.shown.judge(check.confirms, check.denies, trial, 8.0) == "denied"


async def test_listen_when_my_phone_cannot_be_reached(site: Site) -> None:
    async with (
        talking(site) as talk,
        console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/1009")) as other,
    ):
        ending, _ = await other.act(Verb.LISTEN, talk.row)
        assert ending == "denied"


async def test_blind_transfer_of_a_talking_call(site: Site) -> None:
    async with talking(site) as talk:
        ending, receipt = await talk.shown.act(Verb.TRANSFER, talk.row, to="phone2")
        assert ending == "confirmed"
        assert receipt.request.startswith("BlindTransfer")
        await talk.shown.desk.until(lambda: talk.row.to == "phone2", "the caller talks with the second ear")
        assert talk.ear.ended.wait(5)


async def test_transfer_to_nowhere_is_refused_before_it_is_sent(site: Site) -> None:
    async with talking(site) as talk:
        with pytest.raises(NotSent, match="cut off"):
            await talk.shown.act(Verb.TRANSFER, talk.row, to="6666")
        with pytest.raises(NotSent):
            await talk.shown.act(Verb.TRANSFER, talk.row, to="3000\r\nAction: Hangup")
        assert talk.row.state is CallState.TALKING


async def test_a_waiting_caller_is_redirected(site: Site) -> None:
    async with staffed(site) as shown:
        site.ears[0].answers = False
        site.callers.call("bench", name="Ben", number="+15550003333")
        await shown.desk.until(lambda: [r.state for r in members(shown)] == [MemberState.RINGING], "the agent rings")
        ringing = agent(shown)
        assert ringing is not None
        assert ringing.state is AgentState.RINGING
        ending, receipt = await shown.act(Verb.TRANSFER, members(shown)[0], to="3000")
        assert receipt.request.startswith("Redirect")
        assert ending == "confirmed"
        await shown.desk.until(lambda: not members(shown), "they left the queue")


async def test_attended_transfer_consults_and_completes_when_the_agent_leaves(site: Site) -> None:
    async with talking(site) as talk:
        with pytest.raises(NotSent, match="tones"):
            await talk.shown.act(Verb.ATTENDED, talk.row, to="phone2")
        ending, _ = await talk.shown.act(Verb.ATTENDED, talk.row, to="4002")
        assert ending == "confirmed"
        await talk.shown.desk.until(lambda: talk.row.state is CallState.HELD, "the caller is on hold")
        second = await anyio.to_thread.run_sync(site.ears[1].wait_leg)
        assert second.answered.wait(5)
        await talk.shown.desk.until(lambda: agent(talk.shown) is not None, "still an agent")
        talk.ear.hang_up()
        await talk.shown.desk.until(
            lambda: any(proof.name == "AttendedTransfer" for proof in talk.shown.desk.kept), "AttendedTransfer"
        )
        await talk.shown.desk.until(
            lambda: talk.row.state is CallState.TALKING and talk.row.to == "phone2", "the caller talks with the second"
        )


async def test_park_and_fetch(site: Site) -> None:
    async with talking(site) as talk:
        shown = talk.shown
        ending, _ = await shown.act(Verb.PARK, talk.row)
        assert ending == "confirmed"
        await shown.desk.until(lambda: shown.desk.rows(Resource.PARKED), "the caller is in a slot")
        parked = shown.desk.rows(Resource.PARKED)[0]
        assert isinstance(parked, ParkedCall)
        assert parked.caller == "Ann Lee"
        assert parked.by == "Ear"
        assert talk.row.state is CallState.PARKED
        ending, _ = await shown.act(Verb.FETCH, parked)
        assert ending == "confirmed"
        await shown.desk.until(lambda: not shown.desk.rows(Resource.PARKED), "the slot is free")
        await shown.desk.until(lambda: talk.row.state is CallState.TALKING and talk.row.mine, "on my phone")
        with pytest.raises(TargetGone):
            await shown.act(Verb.FETCH, parked)


async def test_pick_up_a_waiting_caller(site: Site) -> None:
    async with staffed(site) as shown:
        site.ears[0].answers = False
        caller = site.callers.call("bench", name="Cy", number="+15550004444")
        await shown.desk.until(lambda: members(shown), "a caller waits")
        row = members(shown)[0]
        ending, _ = await shown.act(Verb.PICKUP, row)
        assert ending == "confirmed"
        assert await heard(caller) > 4000, "the caller does not hear the supervisor"
        await shown.desk.until(lambda: not members(shown), "they left the queue")


async def test_pick_up_a_talking_caller(site: Site) -> None:
    async with talking(site) as talk:
        ending, _ = await talk.shown.act(Verb.PICKUP, talk.row)
        assert ending == "confirmed"
        assert await heard(talk.caller) > 4000


async def test_a_pick_up_that_nobody_answers_leaves_the_caller_in_place(site: Site) -> None:
    async with staffed(site) as shown:
        site.ears[0].answers = False
        site.desk.answers = False
        site.callers.call("bench", name="Dee", number="+15550005555")
        await shown.desk.until(lambda: members(shown), "a caller waits")
        row = members(shown)[0]
        command = shown.command(Verb.PICKUP, row)
        check = shown.adapter.verification(command, row)
        receipt = await shown.adapter.perform(command, row)
        ring = await anyio.to_thread.run_sync(site.desk.wait_leg)
        # The phone refuses, as a person who presses "reject".
        site.desk._reply(ring.invite, "486 Busy Here", ring)
        trial = Trial(command, receipt, row, shown.desk)
        assert await shown.judge(check.confirms, check.denies, trial, 8.0) == "denied"
        assert [r.key for r in members(shown)] == [row.key]


async def test_hang_up(site: Site) -> None:
    async with talking(site) as talk:
        row: Row = talk.row
        ending, _ = await talk.shown.act(Verb.HANGUP, row)
        assert ending == "confirmed"
        assert talk.caller.ended.wait(5)
        await talk.shown.desk.until(lambda: call_row(talk.shown, talk.ident) is None, "the row is gone")
        with pytest.raises(TargetGone):
            await talk.shown.act(Verb.HANGUP, row)


async def test_call_a_number_from_my_phone(site: Site) -> None:
    async with staffed(site) as shown:
        row = agent(shown)
        assert row is not None
        ending, _ = await shown.act(Verb.CALL, row, to="phone2")
        assert ending == "confirmed"
        second = await anyio.to_thread.run_sync(site.ears[1].wait_leg)
        assert await heard(second) > 4000


async def test_pause_and_unpause(site: Site) -> None:
    async with staffed(site) as shown:
        row = agent(shown)
        assert row is not None
        ending, _ = await shown.act(Verb.PAUSE, row, args=(("reason", "lunch"),))
        assert ending == "confirmed"
        await shown.desk.until(lambda: (a := agent(shown)) is not None and a.state is AgentState.BREAK, "on a break")
        paused = agent(shown)
        assert paused is not None
        assert paused.pause_reason == "lunch"
        assert offered(shown.adapter, Verb.PAUSE, paused).reason == "paused already"
        ending, _ = await shown.act(Verb.UNPAUSE, paused)
        assert ending == "confirmed"
        await shown.desk.until(lambda: (a := agent(shown)) is not None and a.state is AgentState.READY, "ready again")


async def test_hold_is_shown_and_not_offered(site: Site) -> None:
    async with talking(site) as talk:
        may = talk.shown.adapter.can(Verb.HOLD, talk.row)
        assert not may
        assert "AMI has no hold" in may.reason
        talk.ear.hold()
        await talk.shown.desk.until(lambda: talk.row.state is CallState.HELD, "held")
        talk.ear.resume()
        await talk.shown.desk.until(lambda: talk.row.state is CallState.TALKING, "resumed")


@pytest.mark.parametrize("verb", [Verb.LISTEN, Verb.BARGE, Verb.PARK, Verb.PICKUP, Verb.HANGUP, Verb.TRANSFER])
async def test_nothing_is_sent_for_a_call_that_is_over(site: Site, verb: Verb) -> None:
    async with talking(site) as talk:
        row = talk.row
        talk.caller.hang_up()
        await talk.shown.desk.until(lambda: call_row(talk.shown, talk.ident) is None, "the call is over")
        with pytest.raises(ActionError, match="over"):
            await talk.shown.act(verb, row, to="3000" if verb is Verb.TRANSFER else "")


async def test_wrap_up_follows_the_call_and_ends_by_itself(site: Site) -> None:
    async with talking(site) as talk:
        talk.caller.hang_up()
        await talk.shown.desk.until(
            lambda: (a := agent(talk.shown)) is not None and a.state is AgentState.WRAP_UP, "wrap-up"
        )
        await talk.shown.desk.until(
            lambda: (a := agent(talk.shown)) is not None and a.state is AgentState.READY, "ready after wrap-up", 8.0
        )


@pytest.mark.parametrize("verb", [Verb.TRANSFER, Verb.HANGUP])
async def test_a_parked_caller_is_sent_on_or_hung_up(site: Site, verb: Verb) -> None:
    async with talking(site) as talk:
        shown = talk.shown
        ending, _ = await shown.act(Verb.PARK, talk.row)
        assert ending == "confirmed"
        await shown.desk.until(lambda: shown.desk.rows(Resource.PARKED), "the caller is in a slot")
        ending, _ = await shown.act(verb, shown.desk.rows(Resource.PARKED)[0], to="3000")
        assert ending == "confirmed"
        await shown.desk.until(lambda: not shown.desk.rows(Resource.PARKED), "the slot is free")
        if verb is Verb.TRANSFER:
            assert talk.row.state is CallState.TALKING


async def test_an_agent_paused_by_somebody_else_is_shown_on_a_break(site: Site) -> None:
    async with (
        staffed(site) as shown,
        console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/sup1")) as other,
    ):
        row = agent(other)
        assert row is not None
        assert (await other.act(Verb.PAUSE, row))[0] == "confirmed"
        await shown.desk.until(lambda: (a := agent(shown)) is not None and a.state is AgentState.BREAK, "on a break")
