"""The confirmation table of the contract, and the clauses that stand beside a dim key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.control.fakes import agent, call, hotline, member, parked
from wallboard.control.policy import Offer, Situation, confirmation, decide
from wallboard.domain.command import Destination, Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Notice, Queue, Row
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState, ResourceState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.verbs import Level
from wallboard.vendors.base import YES, Can

HERE = Situation(YES, phone="2001")
NOTICE = Notice(Key("hq", Kind.NOTICE, "n"), clean("roads"), clean("A40 closed"))
QUEUE = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"))
PAUSED = hotline(HotlineState.PAUSED, Wanted.PAUSED)


@pytest.mark.parametrize(
    ("verb", "row", "level"),
    [
        (Verb.LISTEN, call(), "go"),
        (Verb.WHISPER, call(), "go"),
        (Verb.HOLD, call(), "go"),
        (Verb.RESUME, call(state=CallState.HELD), "go"),
        (Verb.PARK, call(), "go"),
        (Verb.PARK, member(state=MemberState.TALKING), "go"),
        (Verb.PICKUP, member(), "go"),
        (Verb.SIGNIN, agent(state=AgentState.OFF), "go"),
        (Verb.SIGNOUT, agent(), "go"),
        (Verb.PAUSE, agent(), "go"),
        (Verb.OPEN, PAUSED, "go"),
        (Verb.FETCH, parked(), "go"),
        (Verb.UNSTAFF, agent(), "go"),
        (Verb.BARGE, call(), "confirm"),
        (Verb.HANGUP, call(), "confirm"),
        (Verb.HANGUP, member(), "confirm"),
        (Verb.CALL, agent(), "confirm"),
        (Verb.PICKUP, call(), "confirm"),
        (Verb.PICKUP, call(state=CallState.RINGING), "confirm"),
        (Verb.PICKUP, member(state=MemberState.RINGING), "confirm"),
        (Verb.PARK, member(), "confirm"),
        (Verb.SIGNOUT, agent(state=AgentState.TALKING), "confirm"),
        (Verb.PAUSE, agent(state=AgentState.OTHER_CALL), "confirm"),
        (Verb.CLOSE, NOTICE, "confirm"),
        (Verb.CLOSE, hotline(), "name"),
    ],
)
def test_the_confirmation_table(verb: Verb, row: Row, level: Level) -> None:
    offer = decide(verb, row, HERE)
    assert (offer.ok, offer.level) == (True, level)


def test_removing_the_last_ready_agent_asks_and_says_of_which_queue() -> None:
    offer = decide(Verb.UNSTAFF, agent(), replace(HERE, last_ready_in=("Sales",)))
    assert (offer.level, offer.consequence) == ("confirm", "the last ready agent of Sales")


def test_a_write_that_may_lose_what_the_vendor_does_not_return_asks_for_the_name() -> None:
    offer = decide(Verb.OPEN, PAUSED, replace(HERE, can=Can(True, "the texts of its announcements may be lost")))
    assert (offer.level, offer.consequence) == ("name", "the texts of its announcements may be lost")


@pytest.mark.parametrize(
    ("verb", "row", "reason"),
    [
        (Verb.LISTEN, member(), "not answered yet"),
        (Verb.BARGE, call(state=CallState.RINGING), "not answered yet"),
        (Verb.ATTENDED, member(), "not answered yet"),
        (Verb.HOLD, member(), "waits, nothing to hold"),
        (Verb.HOLD, call(state=CallState.HELD), "held already"),
        (Verb.CALL, member(), "is on the line"),
        (Verb.CALL, call(), "is on the line"),
        (Verb.CALL, parked(), "is on the line"),
        (Verb.LISTEN, agent(), "not on a call"),
        (Verb.HANGUP, agent(), "not on a call"),
        (Verb.SIGNIN, agent(), "signed in already"),
        (Verb.SIGNOUT, agent(state=AgentState.OFF), "signed out already"),
        (Verb.UNPAUSE, agent(), "not paused"),
        (Verb.OPEN, hotline(), "open already"),
        (Verb.CLOSE, PAUSED, "paused already"),
        (Verb.PARK, call(state=CallState.PARKED), "parked already"),
        (Verb.LISTEN, replace(call(), real=False), "its audio runs elsewhere"),
        (Verb.HANGUP, member(state=MemberState.ABANDONED), "hung up"),
        (Verb.PICKUP, QUEUE, "nobody waits"),
        (Verb.OPEN, call(), "not for a call"),
        (Verb.END, call(), "not my session"),
    ],
)
def test_a_dim_key_says_why(verb: Verb, row: Row, reason: str) -> None:
    offer = decide(verb, row, HERE)
    assert (offer.ok, offer.reason) == (False, reason)


@pytest.mark.parametrize(
    ("verb", "row", "situation", "reason"),
    [
        (Verb.LISTEN, call(), replace(HERE, phone=""), "no phone set"),
        (Verb.HANGUP, call(), replace(HERE, read_only=True), "read-only"),
        (Verb.HANGUP, None, HERE, "it has ended"),
        (Verb.HANGUP, call(), replace(HERE, in_flight="transfer"), "waits for the answer to transfer"),
        (Verb.HANGUP, call(), replace(HERE, state=ResourceState.GONE), "its list has not answered for too long"),
        (Verb.HANGUP, call(), replace(HERE, state=ResourceState.UNAVAILABLE), "its list is not for this account"),
        (Verb.HOLD, call(), replace(HERE, can=Can(False, "hold is shown, not offered")), "hold is shown, not offered"),
        (Verb.LISTEN, call(), replace(HERE, session_mode=Verb.BARGE), "my barge runs, Q ends it"),
        (Verb.LISTEN, call(), replace(HERE, session_mode=Verb.LISTEN, session_here=True), "listen already"),
    ],
)
def test_a_verb_is_refused_with_the_reason_of_the_moment(
    verb: Verb, row: Row | None, situation: Situation, reason: str
) -> None:
    assert decide(verb, row, situation) == Offer(False, reason)


def test_while_i_listen_only_that_session_can_be_switched() -> None:
    listening = replace(HERE, session_mode=Verb.LISTEN)
    assert decide(Verb.WHISPER, call(), replace(listening, session_here=True)).ok
    assert not decide(Verb.WHISPER, call(), listening).ok


def test_stale_data_does_not_dim_a_key_because_the_row_is_read_again_before_sending() -> None:
    assert decide(Verb.HANGUP, call(), replace(HERE, state=ResourceState.STALE)).ok


def test_an_ended_caller_can_be_called_back_and_noted_but_nothing_else() -> None:
    ended = replace(HERE, ended=True)
    assert decide(Verb.CALL, member(), ended).level == "confirm"
    assert decide(Verb.NOTE, member(), ended).ok
    assert decide(Verb.HANGUP, member(), ended) == Offer(False, "it has ended")


def test_a_number_that_no_directory_knows_is_asked_for() -> None:
    go = Offer(True)
    assert confirmation(go, destination=Destination("999")) == "confirm"
    assert confirmation(go, destination=Destination("8100", "Night desk")) == "go"


def test_nothing_lowers_how_it_is_confirmed() -> None:
    for level in ("confirm", "name", "number"):
        assert confirmation(Offer(True, level=level), destination=Destination("999"), elsewhere=True) == level
    assert confirmation(Offer(True), elsewhere=True) == "confirm"
    assert confirmation(Offer(True), warning="the PIN is lost") == "name"


def test_taking_a_waiting_caller_says_what_they_lose() -> None:
    assert decide(Verb.PARK, member(), HERE).consequence == "leaves Sales, loses place 1"
    assert "not as abandoned" in decide(Verb.TRANSFER, member(), HERE).consequence
    assert decide(Verb.TRANSFER, member(), HERE).needs == "destination"
