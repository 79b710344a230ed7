"""Accepted is not done: what confirms and what denies each action of the hosted PBX, and what cannot be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from tests.support.facts import Seen
from tests.vendors.ringme.server import AGENTS, CALLS, MEMBERS, command
from tests.vendors.server import NOW
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Receipt, Trial, Verification
from wallboard.vendors.ringme.legs import mark
from wallboard.vendors.ringme.mapping import Context, agent_row, call_row, member_row
from wallboard.vendors.ringme.verification import DOCUMENTED, Sight, table, verification
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, MemberStatus

SENT = NOW
ANSWERED = NOW + 0.2
SIGHT = Sight(True, lambda extension: "", lambda number: "", lambda queue: queue)
BLIND = Sight(False, lambda extension: extension, lambda number: "hidden" if number else "", lambda queue: queue)
CONTEXT = Context("hq", NOW, phone="022*300")

Verdict = Literal["confirmed", "denied", "open"]


def _call() -> Call:
    row = call_row(CONTEXT, CurrentCall.model_validate(CALLS[0]))
    assert row is not None
    return row


def _member() -> Member:
    row = member_row(CONTEXT, "34414", clean("Sales"), MemberStatus.model_validate(MEMBERS[0]))
    assert row is not None
    return row


def _agent() -> Agent:
    row = agent_row(CONTEXT, "34414", clean("Sales"), AgentStatus.model_validate(AGENTS[1]))
    assert row is not None
    return row


CALL, MEMBER, AGENT = _call(), _member(), _agent()
PARKED = ParkedCall(Key("hq", Kind.PARKED, CALL.key.id), clean("5"), clean("Acme"), clean("+37410555012"))


def leg(identity: str, extension: str, started: float = NOW + 1, **changes: Any) -> Call:
    """A new leg somewhere in the PBX."""
    row = Call(
        Key("hq", Kind.CALL, identity),
        clean(extension),
        state=CallState.TALKING,
        started_at=started,
        answered_at=started,
    )
    return replace(row, **changes)


def mine(**changes: Any) -> Call:
    return leg("32500-5", "300", **{"mine": True, "from_number": CALL.from_number, **changes})


def verdict(
    verb: Verb,
    before: Row,
    now: list[Row],
    after: float = 1.0,
    to: str = "",
    sight: Sight = SIGHT,
    unread: tuple[Resource, ...] = (),
    ids: tuple[str, ...] = (),
    sending: tuple[Row, ...] = (),
    readings: int = 2,
    **args: str,
) -> Verdict:
    """What the table says when these rows were read, the last time `after` seconds after the vendor's answer; `sending`
    is what else was there when it was sent."""
    asked = command(verb, before, to, **args)
    found = verification(sight, asked, before)
    assert not found.cannot
    confirmed = denied = False
    for step in range(readings):
        seen = ANSWERED + after - 0.5 * (readings - 1 - step)
        read: dict[tuple[Resource, str | None], float] = {
            (resource, scope): seen
            for resource in Resource
            if resource not in unread
            for scope in ("", "34414", "34415", "32494")
        }
        facts = Seen(seen, now, read)
        there = {row.key: row for row in (before, *sending)}
        trial = Trial(asked, Receipt("PUT", "200", SENT, ANSWERED, ids), before, facts, there)
        confirmed = any([evidence.test(trial) for evidence in found.confirms])
        denied = any([evidence.test(trial) for evidence in found.denies])
        assert not (confirmed and denied)
    return "confirmed" if confirmed else "denied" if denied else "open"


@pytest.mark.parametrize("verb", [Verb.LISTEN, Verb.WHISPER, Verb.BARGE])
def test_listening_is_confirmed_by_a_new_answered_leg_on_my_phone(verb: Verb) -> None:
    assert verdict(verb, CALL, [CALL, mine()]) == "confirmed"
    assert verdict(verb, CALL, [CALL]) == "open"
    assert verdict(verb, CALL, [CALL, mine(state=CallState.RINGING)]) == "open"
    assert verdict(verb, CALL, [CALL, mine(started=NOW - 60)]) == "open", "an older call of mine proves nothing"
    assert verdict(verb, CALL, [CALL, replace(mine(), mine=False)]) == "open"
    assert verdict(verb, CALL, [CALL, mine(from_number=NOTHING)]) == "open", "nothing says whose leg it is"
    own = clean(mark(command(verb, CALL)))
    assert verdict(verb, CALL, [CALL, mine(from_number=NOTHING, from_name=own)]) == "confirmed"
    assert verdict(verb, CALL, [CALL, mine(from_number=clean("022*300"))]) == "confirmed", "it names my phone alone"
    assert verdict(verb, CALL, [CALL, mine(from_number=NOTHING, whole="w")], ids=("w",)) == "confirmed"


def test_listening_to_a_call_that_ended_by_itself_is_denied() -> None:
    assert verdict(Verb.LISTEN, CALL, [], after=1) == "open"
    assert verdict(Verb.LISTEN, CALL, [], after=8) == "denied"


def test_the_row_being_gone_never_confirms_a_transfer() -> None:
    for verb in (Verb.TRANSFER, Verb.ATTENDED):
        assert verdict(verb, CALL, [], after=30, to="342") == "open"
        assert verdict(verb, MEMBER, [], after=30, to="342") == "open"


def test_a_transfer_is_confirmed_by_the_same_caller_at_the_destination() -> None:
    arrived = leg("32495-1", "342", from_number=CALL.from_number)
    assert verdict(Verb.TRANSFER, CALL, [arrived], to="342") == "confirmed"
    assert verdict(Verb.TRANSFER, CALL, [arrived], to="022*342@pbx.example") == "confirmed"
    assert verdict(Verb.TRANSFER, MEMBER, [arrived], to="342") == "confirmed"
    assert verdict(Verb.TRANSFER, CALL, [leg("32495-1", "342", whole=CALL.whole)], to="342") == "confirmed"
    assert verdict(Verb.TRANSFER, CALL, [replace(CALL, extension=clean("342"))], to="342") == "confirmed"


def test_somebody_else_at_the_destination_proves_nothing() -> None:
    other = leg("32495-1", "342", from_number=clean("+49301234567"))
    assert verdict(Verb.TRANSFER, CALL, [other], to="342") == "open"
    earlier = leg("32495-1", "342", NOW - 300, from_number=CALL.from_number)
    assert verdict(Verb.TRANSFER, CALL, [earlier], to="342") == "open"
    elsewhere = leg("32495-1", "343", from_number=CALL.from_number)
    assert verdict(Verb.TRANSFER, CALL, [elsewhere], to="342") == "open"


def test_a_transfer_into_a_queue_is_confirmed_by_the_caller_waiting_there() -> None:
    queue = Queue(Key("hq", Kind.QUEUE, "34415"), clean("Support"), clean("602"))
    waiting = replace(
        MEMBER, key=Key("hq", Kind.MEMBER, "34415-1"), queue_id="34415", joined_at=NOW + 1, number=CALL.from_number
    )
    assert verdict(Verb.TRANSFER, CALL, [queue, waiting], to="602") == "confirmed"
    assert verdict(Verb.TRANSFER, CALL, [queue, replace(waiting, joined_at=NOW - 99)], to="602") == "open"
    assert verdict(Verb.TRANSFER, CALL, [queue, replace(waiting, number=clean("+4930999999"))], to="602") == "open"


def test_an_outgoing_leg_to_the_number_confirms_a_transfer_to_it() -> None:
    out = leg("1-1", "", direction=Direction.OUT, to=clean("+37410555100"), from_number=CALL.from_number)
    assert verdict(Verb.TRANSFER, CALL, [out], to="+37410555100") == "confirmed"


def test_a_call_that_still_talks_to_the_same_agent_denies_its_transfer() -> None:
    assert verdict(Verb.TRANSFER, CALL, [CALL], after=2, to="342") == "open"
    assert verdict(Verb.TRANSFER, CALL, [CALL], after=8, to="342") == "denied"
    assert verdict(Verb.TRANSFER, MEMBER, [MEMBER], after=8, to="342") == "denied"


def test_hanging_up_is_confirmed_by_a_list_read_since_that_lacks_the_call() -> None:
    assert verdict(Verb.HANGUP, CALL, []) == "confirmed"
    assert verdict(Verb.HANGUP, CALL, [], readings=1) == "open", "one list without it proves nothing"
    assert verdict(Verb.HANGUP, CALL, [], unread=(Resource.CALLS,)) == "open"
    assert verdict(Verb.HANGUP, CALL, [], after=-0.1) == "open", "read before the answer"
    assert verdict(Verb.HANGUP, CALL, [CALL]) == "open"
    assert verdict(Verb.HANGUP, CALL, [CALL], after=8) == "denied"
    assert verdict(Verb.HANGUP, CALL, [replace(CALL, started_at=NOW)], after=8) == "confirmed", "the id was used again"
    assert verdict(Verb.HANGUP, MEMBER, [replace(MEMBER, state=MemberState.ABANDONED)]) == "confirmed"
    assert verdict(Verb.END, replace(CALL, mine=True), []) == "confirmed"


def test_picking_up_is_confirmed_by_the_caller_on_my_phone() -> None:
    assert verdict(Verb.PICKUP, MEMBER, [mine(from_number=MEMBER.number)]) == "confirmed"
    assert verdict(Verb.PICKUP, MEMBER, [mine(from_number=clean("+4930123456"))]) == "open"
    ringing = mine(from_number=MEMBER.number, state=CallState.RINGING)
    assert verdict(Verb.PICKUP, MEMBER, [ringing]) == "open"
    assert verdict(Verb.PICKUP, MEMBER, [], after=8) == "denied", "the caller left"
    assert verdict(Verb.PICKUP, MEMBER, [MEMBER], after=8) == "open"
    unknown = replace(MEMBER, number=NOTHING)
    assert verdict(Verb.PICKUP, unknown, [mine()]) == "open", "any call of mine might be this"
    own = clean(mark(command(Verb.PICKUP, unknown)))
    assert verdict(Verb.PICKUP, unknown, [mine(from_name=own)]) == "confirmed"


def test_fetching_is_confirmed_by_the_parked_caller_on_my_phone() -> None:
    assert verdict(Verb.FETCH, PARKED, [mine(from_number=PARKED.number)]) == "confirmed"
    bridged = mine(started=NOW - 60, from_number=PARKED.number)
    talked = replace(bridged, from_number=clean("+4930123456"))
    assert verdict(Verb.FETCH, PARKED, [bridged], sending=(talked,)) == "confirmed", "my own leg got another party"
    assert verdict(Verb.FETCH, PARKED, [bridged], sending=(bridged,)) == "open", "it was on my phone before"
    assert verdict(Verb.FETCH, PARKED, [PARKED], after=8) == "open"


def test_a_callback_is_confirmed_when_my_phone_rings() -> None:
    rings = mine(state=CallState.RINGING, to=MEMBER.number, from_number=clean("022*300"))
    assert verdict(Verb.CALL, MEMBER, [rings]) == "confirmed"
    assert verdict(Verb.CALL, MEMBER, [leg("9-9", "300")], ids=("9-9",)) == "confirmed"
    assert verdict(Verb.CALL, MEMBER, [rings], ids=("9-9",)) == "open", "the answer named another call"
    made = replace(rings, address=(("callback_id", "9-9"),))
    assert verdict(Verb.CALL, MEMBER, [made], ids=("9-9",)) == "confirmed"
    assert verdict(Verb.CALL, MEMBER, [], after=30) == "open"


def test_signing_in_and_out_is_confirmed_by_the_agents_own_status() -> None:
    out = replace(AGENT, raw_status=clean("Logged Out"))
    assert verdict(Verb.SIGNOUT, AGENT, [out]) == "confirmed"
    assert verdict(Verb.SIGNOUT, AGENT, [out], after=-0.1) == "open"
    assert verdict(Verb.SIGNOUT, AGENT, [AGENT], after=2) == "open"
    assert verdict(Verb.SIGNOUT, AGENT, [AGENT], after=8) == "denied"
    assert verdict(Verb.SIGNOUT, AGENT, [], after=8) == "open", "an agent who is gone proves nothing"
    assert verdict(Verb.SIGNIN, out, [replace(AGENT, raw_status=clean("available"))]) == "confirmed"
    assert verdict(Verb.SIGNIN, out, [replace(AGENT, raw_status=clean("On Break"))], after=8) == "open"


def test_staffing_is_confirmed_by_the_list_of_that_queue() -> None:
    elsewhere = replace(AGENT.memberships[0], queue_id="34415")
    both = replace(AGENT, memberships=(*AGENT.memberships, elsewhere))
    assert verdict(Verb.STAFF, AGENT, [both], queue="34415") == "confirmed"
    assert verdict(Verb.STAFF, AGENT, [AGENT], queue="34415") == "open"
    assert verdict(Verb.STAFF, AGENT, [AGENT], after=8, queue="34415") == "denied"
    assert verdict(Verb.UNSTAFF, both, [AGENT], queue="34415") == "confirmed"
    assert verdict(Verb.UNSTAFF, both, [AGENT], queue="34415", readings=1) == "open"
    assert verdict(Verb.UNSTAFF, both, [AGENT], queue="34415", unread=(Resource.AGENTS,)) == "open"
    assert verdict(Verb.UNSTAFF, both, [both], after=8, queue="34415") == "denied"


@pytest.mark.parametrize(
    ("verb", "row", "sight", "why"),
    [
        (Verb.HOLD, CALL, SIGHT, "does not show which calls are held"),
        (Verb.RESUME, CALL, SIGHT, "does not show which calls are held"),
        (Verb.PARK, CALL, SIGHT, "parked calls are in no list"),
        (Verb.HANGUP, PARKED, SIGHT, "parked calls are in no list"),
        (Verb.LISTEN, CALL, BLIND, "the calls of my phone are not in this account's lists"),
        (Verb.CALL, CALL, BLIND, "the calls of my phone are not in this account's lists"),
    ],
)
def test_what_this_vendor_cannot_show_is_said_before_sending(verb: Verb, row: Row, sight: Sight, why: str) -> None:
    assert why in verification(sight, command(verb, row), row).cannot


def test_levels_of_a_place_that_exists_cannot_be_shown() -> None:
    asked = command(Verb.STAFF, AGENT, queue="34414", level="2")
    assert "no levels" in verification(SIGHT, asked, AGENT).cannot


def test_the_table_documents_every_verb_and_lets_none_be_confirmed_by_nothing() -> None:
    rows: list[Verification] = list(table())
    assert {row.verb for row in rows} == set(DOCUMENTED)
    for row in rows:
        assert row.request.split()[0] in ("PUT", "POST", "DELETE")
        assert bool(row.cannot) or (row.confirms and row.watch and row.deadline > 0)
