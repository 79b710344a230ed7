"""Accepted is not done: what denies each action of the hosted PBX, and what cannot be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.facts import Seen
from tests.vendors.ringme.server import AGENTS, CALLS, MEMBERS, command
from tests.vendors.server import NOW
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Row
from wallboard.domain.text import clean
from wallboard.vendors.base import Receipt, Trial, Verification
from wallboard.vendors.ringme.mapping import Context, agent_row, call_row, member_row
from wallboard.vendors.ringme.verification import DOCUMENTED, Sight, table, verification
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, MemberStatus

SENT = NOW
ANSWERED = NOW + 0.2
SIGHT = Sight(True, lambda extension: "", lambda number: "", lambda queue: queue)
BLIND = Sight(False, lambda extension: extension, lambda number: "hidden" if number else "", lambda queue: queue)
CONTEXT = Context("hq", NOW, phone="022*300")


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


OUT = replace(AGENT, raw_status=clean("Logged Out"))
BOTH = replace(AGENT, memberships=(*AGENT.memberships, replace(AGENT.memberships[0], queue_id="34415")))
ELSEWHERE = {"queue": "34415"}


def verdict(verb: Verb, before: Row, now: list[Row], after: float, to: str = "", **args: str) -> str:
    """What the table says when these rows were read twice, the last time `after` seconds after the vendor's answer."""
    asked = command(verb, before, to, **args)
    found = verification(SIGHT, asked, before)
    confirmed = denied = False
    for seen in (ANSWERED + after - 0.5, ANSWERED + after):
        trial = Trial(asked, Receipt("PUT", "200", SENT, ANSWERED), before, Seen(seen, now), {before.key: before})
        confirmed = any([evidence.test(trial) for evidence in found.confirms])
        denied = any([evidence.test(trial) for evidence in found.denies])
        assert not (confirmed and denied)
    return "confirmed" if confirmed else "denied" if denied else "open"


@pytest.mark.parametrize(
    ("verb", "before", "now", "to", "args"),
    [
        (Verb.LISTEN, CALL, [], "", {}),
        (Verb.TRANSFER, CALL, [CALL], "342", {}),
        (Verb.TRANSFER, MEMBER, [MEMBER], "342", {}),
        (Verb.PICKUP, MEMBER, [], "", {}),
        (Verb.HANGUP, CALL, [CALL], "", {}),
        (Verb.SIGNOUT, AGENT, [AGENT], "", {}),
        (Verb.STAFF, AGENT, [AGENT], "", ELSEWHERE),
        (Verb.UNSTAFF, BOTH, [BOTH], "", ELSEWHERE),
    ],
)
def test_what_stands_there_as_before_denies_the_action_once_it_should_show(
    verb: Verb, before: Row, now: list[Row], to: str, args: dict[str, str]
) -> None:
    """What confirms is played in `impostors.py`."""
    assert verdict(verb, before, now, 2.0, to, **args) == "open"
    assert verdict(verb, before, now, 8.0, to, **args) == "denied"


@pytest.mark.parametrize(
    ("verb", "before", "now", "to"),
    [
        (Verb.TRANSFER, CALL, [], "342"),
        (Verb.ATTENDED, MEMBER, [], "342"),
        (Verb.PICKUP, MEMBER, [MEMBER], ""),
        (Verb.FETCH, PARKED, [PARKED], ""),
        (Verb.CALL, MEMBER, [], ""),
        (Verb.SIGNOUT, AGENT, [], ""),
        (Verb.SIGNIN, OUT, [replace(AGENT, raw_status=clean("On Break"))], ""),
    ],
)
def test_what_may_have_another_reason_denies_nothing(verb: Verb, before: Row, now: list[Row], to: str) -> None:
    assert verdict(verb, before, now, 30.0, to) == "open"


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
