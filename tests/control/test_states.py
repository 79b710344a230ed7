"""Which verbs each state of each kind of row allows, whatever the vendor can: no adapter asks about states again.

What is not named here is refused with a reason, as an offer and as a command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import anyio
import pytest

from tests.control.fakes import Desk, agent, call, hotline, member, notice, parked, receptionist, room
from wallboard.control.policy import Situation, decide
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Membership, Queue, Row
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import YES

MONITORING = "listen whisper barge"
ANSWERED = f"{MONITORING} transfer attended resume park pickup hangup"
ON_A_CALL = {
    CallState.RINGING: "transfer pickup hangup",
    CallState.TALKING: f"{ANSWERED} hold transcribe",
    CallState.HELD: f"{ANSWERED} transcribe",
    CallState.PARKED: "transfer pickup hangup",
    CallState.UNKNOWN: f"{ANSWERED} hold transcribe",
}
ON_A_MEMBER = {
    MemberState.WAITING: "transfer park pickup hangup",
    MemberState.RINGING: "transfer park pickup hangup",
    MemberState.TALKING: f"{MONITORING} transfer park pickup hangup",
    MemberState.ABANDONED: "call",
    MemberState.UNKNOWN: f"{MONITORING} transfer park pickup hangup",
}
ALWAYS = "staff unstaff call"
ON_AN_AGENT = {
    AgentState.READY: f"{ALWAYS} signout pause",
    AgentState.WRAP_UP: f"{ALWAYS} signout pause",
    AgentState.BREAK: f"{ALWAYS} signin signout unpause",
    AgentState.OFF: f"{ALWAYS} signin",
}
BUSY = f"{ALWAYS} signin signout"
"""Of every other state; to these comes what the queues say of a pause."""


def but(verbs: str, *without: str) -> str:
    return " ".join(verb for verb in verbs.split() if verb not in without)


def paused(state: AgentState, *queues: bool | None) -> Agent:
    places = tuple(Membership(str(number), clean(f"Q{number}"), paused=told) for number, told in enumerate(queues))
    return replace(agent(state=state), memberships=places)


def table() -> Iterator[tuple[str, Row, str]]:
    for talk, verbs in ON_A_CALL.items():
        row = call(state=talk)
        yield f"call {talk}", row, verbs
        yield (
            f"call {talk}, its audio elsewhere",
            replace(row, real=False),
            but(verbs, *MONITORING.split(), "transcribe"),
        )
        own = but(verbs, *MONITORING.split(), "pickup")
        yield f"call {talk}, mine", replace(row, mine=True), f"{own} end"
        yield f"call {talk}, my listening", replace(row, mine=True, spying=clean("Bo")), "hangup end"
        yield f"call {talk}, another's listening", replace(row, spying=clean("Bo")), "hangup"
    for wait, verbs in ON_A_MEMBER.items():
        yield f"member {wait}", member(state=wait), verbs
        yield f"member {wait} without a number", replace(member(state=wait), number=clean("")), but(verbs, "call")
    for state in AgentState:
        verbs = ON_AN_AGENT.get(state, BUSY)
        untold = ON_AN_AGENT.get(state, f"{BUSY} pause unpause")
        nameless = replace(paused(state, None), extension=clean(""))
        yield f"agent {state}", paused(state, None), untold
        yield f"agent {state} of no queue", paused(state), but(untold, "unstaff")
        yield f"agent {state} without a number", nameless, but(untold, "call")
        if state is AgentState.BREAK:
            yield "agent break, in one of two queues", paused(state, True, False), f"{verbs} pause"
        elif state is not AgentState.OFF:
            yield f"agent {state}, paused nowhere", paused(state, False, False), f"{verbs} pause"
            yield f"agent {state}, paused in one queue", paused(state, True, False), f"{verbs} pause unpause"
            yield f"agent {state}, paused in each queue", paused(state, True, True), f"{but(verbs, 'pause')} unpause"
    for line, wanted in product(HotlineState, (*Wanted, None)):
        left = "announce call"
        if not (wanted is Wanted.OPEN and line in (HotlineState.OPEN, HotlineState.STARTING)):
            left += " open"
        if not (wanted is Wanted.PAUSED and line is HotlineState.PAUSED):
            left += " close"
        yield f"hotline {line}, wanted {wanted}", hotline(line, wanted), left
    yield "notice", notice(), "change close"
    yield "notice that is over", notice(until=5.0), "change"
    yield "parked", parked(), "fetch transfer hangup"
    yield "queue", Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"), clean("601")), "call staff unstaff"
    yield "queue without a number", Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales")), "staff unstaff"
    yield "receptionist", receptionist(), "call change"
    yield "conference room", room(), "call signin signout room"
    for duty, verbs in ((None, "signin signout"), (True, "signout"), (False, "signin")):
        yield f"telephone, on duty {duty}", replace(room(use="phone"), registered=duty), f"call {verbs}"


TABLE = list(table())


@pytest.mark.parametrize(
    ("row", "verbs"), [(row, verbs) for _, row, verbs in TABLE], ids=[name for name, _, _ in TABLE]
)
def test_a_state_allows_these_verbs_and_gives_a_reason_against_each_other(row: Row, verbs: str) -> None:
    offers = {verb: decide(verb, row, Situation(YES, phone="2001", now=9.0)) for verb in Verb}
    assert {verb.value for verb, offer in offers.items() if offer.ok} == {*verbs.split(), "note"}
    assert all(offer.reason for offer in offers.values() if not offer.ok)


@pytest.mark.anyio
async def test_what_a_state_does_not_allow_is_not_sent_to_a_vendor_that_could(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        for name, row, verbs in TABLE:
            desk = Desk(group, tmp_path / "journal", row)
            for verb in Verb:
                if verb.facts.rowless or verb.value in (*verbs.split(), "note"):
                    continue
                ending = (await desk.settle(desk.press(verb, row, "342", ("queue", "601")))).ending
                assert ending.startswith("refused: "), f"{verb.value} on {name}: {ending}"
            assert desk.adapter.performed == []
