"""What PortSIP is asked to do, one request each and valid under its document, and how it is known to have happened."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.offers import offered
from tests.vendors.portsip.desk import CALLER, SALES, SECOND, SUPPORT, TALKING, Desk, leg, waiting
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import NotSent
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.states import CallState, MemberState
from wallboard.vendors.portsip.actions import VERBS

pytestmark = pytest.mark.anyio
OUTSIDE = "004924199999"


async def desk_with_calls(**changes: Any) -> Desk:
    """Ada (101) talks on two calls, Bo (102) is ready in one queue."""
    desk = Desk(**changes)
    now = desk.clock.now()
    desk.pbx.sessions.append({"id": SECOND, "calls": [leg("101", "004312345678", now - 20, 15)]})
    await desk.read()
    return desk


def there(desk: Desk, kind: Kind, identity: str) -> Row:
    row = desk.row(kind, identity)
    assert row is not None
    return row


CALLED = "/sessions/" + TALKING
REQUESTS: list[tuple[Verb, Kind, str, str, dict[str, str], str, Any]] = [
    (Verb.HOLD, Kind.CALL, TALKING, "", {}, f"{CALLED}/hold", {"extension_number": "101"}),
    (Verb.RESUME, Kind.CALL, TALKING, "", {}, f"{CALLED}/unhold", {"extension_number": "101"}),
    (
        Verb.TRANSFER,
        Kind.CALL,
        TALKING,
        "+43 1 334-0",
        {},
        f"{CALLED}/refer",
        {"extension_number": "101", "refer_to": "+4313340"},
    ),
    (
        Verb.TRANSFER,
        Kind.MEMBER,
        CALLER,
        "8002",
        {},
        f"/sessions/{CALLER}/refer",
        {"extension_number": "8001", "refer_to": "8002"},
    ),
    (
        Verb.ATTENDED,
        Kind.CALL,
        TALKING,
        "+4312345678",
        {},
        f"{CALLED}/attended_refer",
        {
            "extension_number": "101",
            "refer_to_1": OUTSIDE,
            "session_1": TALKING,
            "refer_to_2": "004312345678",
            "session_2": SECOND,
        },
    ),
    (Verb.HANGUP, Kind.CALL, TALKING, "", {}, f"{CALLED}/destroy", None),
    (Verb.HANGUP, Kind.MEMBER, CALLER, "", {}, f"/sessions/{CALLER}/destroy", None),
    (Verb.PICKUP, Kind.MEMBER, CALLER, "", {}, f"/call_queues/{SALES}/waiting/{CALLER}/pickup", None),
    (Verb.CALL, Kind.AGENT, "102", "", {}, "/sessions", {"caller": "109", "callee": "102", "send_sdp": True}),
    (
        Verb.CALL,
        Kind.MEMBER,
        CALLER,
        "",
        {"phone": "103"},
        "/sessions",
        {"caller": "103", "callee": "00431334081002", "send_sdp": True},
    ),
    (Verb.CALL, Kind.QUEUE, SALES, "", {}, "/sessions", {"caller": "109", "callee": "8001", "send_sdp": True}),
    (Verb.SIGNIN, Kind.AGENT, "102", "", {}, f"/call_queues/{SALES}/agents/102", {"status": "LOGGED_IN"}),
    (Verb.SIGNOUT, Kind.AGENT, "102", "", {}, f"/call_queues/{SALES}/agents/102", {"status": "LOGGED_OUT"}),
    (Verb.PAUSE, Kind.AGENT, "102", "", {}, f"/call_queues/{SALES}/agents/102", {"status": "NOT_READY"}),
    (
        Verb.PAUSE,
        Kind.AGENT,
        "102",
        "",
        {"reason": "Lunch"},
        f"/call_queues/{SALES}/agents/102",
        {"status": "LUNCH"},
    ),
    (
        Verb.PAUSE,
        Kind.AGENT,
        "101",
        "",
        {"queue": "8002", "reason": "break"},
        f"/call_queues/{SUPPORT}/agents/101",
        {"status": "BREAK"},
    ),
    (Verb.UNPAUSE, Kind.AGENT, "102", "", {}, f"/call_queues/{SALES}/agents/102", {"status": "READY"}),
    (
        Verb.SIGNOUT,
        Kind.AGENT,
        "101",
        "",
        {"queue": "support"},
        f"/call_queues/{SUPPORT}/agents/101",
        {"status": "LOGGED_OUT"},
    ),
]


@pytest.mark.parametrize(("verb", "kind", "identity", "number", "args", "path", "body"), REQUESTS)
async def test_every_verb_sends_exactly_one_request(
    verb: Verb, kind: Kind, identity: str, number: str, args: dict[str, str], path: str, body: Any
) -> None:
    desk = await desk_with_calls()
    receipt, action = await desk.act(verb, there(desk, kind, identity), number, **args)
    assert desk.pbx.acted() == [(path, body)]
    assert receipt.status.startswith("2")
    assert action.verification.request
    assert action.verification.confirms or action.verification.cannot


def test_every_verb_that_is_offered_has_a_row_here() -> None:
    assert {request[0] for request in REQUESTS} == set(VERBS)


async def test_an_agent_of_several_queues_asks_which() -> None:
    desk = await desk_with_calls()
    ada = there(desk, Kind.AGENT, "101")
    able = desk.adapter.can(Verb.SIGNOUT, ada)
    assert (able.ok, able.reason, able.needs) == (True, "", "queue")
    with pytest.raises(NotSent, match="Sales, Support"):
        await desk.adapter.perform(desk.command(Verb.SIGNOUT, ada), ada)
    with pytest.raises(NotSent, match="not an agent of Billing"):
        await desk.adapter.perform(desk.command(Verb.SIGNOUT, ada, queue="Billing"), ada)
    assert desk.pbx.acted() == []


async def test_the_only_queue_in_which_something_would_change_is_meant() -> None:
    desk = Desk()
    desk.states["101"] = "READY"
    desk.pbx.answers["GET", f"/call_queues/{SUPPORT}/agents/101"] = {"status": "LOGGED_OUT"}
    await desk.read(Resource.AGENTS)
    await desk.read(Resource.AGENTS)
    ada = there(desk, Kind.AGENT, "101")
    await desk.act(Verb.SIGNIN, ada)
    await desk.act(Verb.PAUSE, ada)
    assert [path for path, _ in desk.pbx.acted()] == [
        f"/call_queues/{SUPPORT}/agents/101",
        f"/call_queues/{SALES}/agents/101",
    ]


async def test_attended_transfer_needs_the_second_call() -> None:
    desk = await desk_with_calls()
    row = there(desk, Kind.CALL, TALKING)
    with pytest.raises(NotSent, match="101 is not on a call with 8002"):
        await desk.adapter.perform(desk.command(Verb.ATTENDED, row, "8002"), row)
    alone = Desk()
    await alone.read()
    able = alone.adapter.can(Verb.ATTENDED, there(alone, Kind.CALL, TALKING))
    assert "no second call" in able.reason


@pytest.mark.parametrize(
    ("number", "ok"),
    [
        ("101", True),
        ("8001", True),
        ("+4313340", True),
        ("004313340", True),
        ("*97", True),
        ("#12*3", True),
        ("+43 (1) 334-0", True),
        ("12", False),
        ("", False),
        ("mira@example.net", False),
        ("+0123", False),
        ("101;ext=5", False),
    ],
)
async def test_what_can_be_dialled(number: str, ok: bool) -> None:
    desk = await desk_with_calls()
    able = desk.adapter.can_dial(Destination(number))
    assert bool(able) is ok
    assert ok or able.reason
    if not ok and number:
        row = there(desk, Kind.CALL, TALKING)
        with pytest.raises(NotSent):
            await desk.adapter.perform(desk.command(Verb.TRANSFER, row, number), row)
        assert desk.pbx.acted() == []


# ---- evidence ------------------------------------------------------------------------------------------------------


def sessions(desk: Desk, *items: tuple[str, list[dict[str, Any]]]) -> None:
    desk.pbx.answers["GET", "/sessions"] = {"items": [{"id": identity, "calls": legs} for identity, legs in items]}


async def test_hold_is_accepted_and_no_more_and_shown_as_ours() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.HOLD, there(desk, Kind.CALL, TALKING))
    assert action.verification.cannot == "PortSIP lists no held calls"
    await desk.read(Resource.CALLS)
    held = there(desk, Kind.CALL, TALKING)
    assert isinstance(held, Call)
    assert held.state is CallState.HELD
    assert ("held", "by this console; the vendor does not show it") in held.details
    assert offered(desk.adapter, Verb.HOLD, held).reason == "held already"
    await desk.act(Verb.RESUME, held)
    await desk.read(Resource.CALLS)
    row = there(desk, Kind.CALL, TALKING)
    assert isinstance(row, Call)
    assert row.state is CallState.TALKING


async def test_a_waiting_caller_s_transfer_to_another_queue() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.TRANSFER, there(desk, Kind.MEMBER, CALLER), "8002")
    await desk.read(Resource.CALLS, Resource.MEMBERS, after=7.0)
    assert action.denied()
    assert not action.confirmed()
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": []}
    desk.pbx.answers["GET", f"/call_queues/{SUPPORT}/waiting"] = {"items": [waiting(CALLER, "00431334081002", 1)]}
    for _ in range(2):
        assert not action.confirmed()
        await desk.read(Resource.CALLS, Resource.MEMBERS)
    assert action.confirmed()


async def test_a_call_that_stays_where_it_was_denies_the_transfer() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.TRANSFER, there(desk, Kind.CALL, TALKING), "102")
    await desk.read(Resource.CALLS)
    assert not action.denied(), "too soon to tell"
    await desk.read(Resource.CALLS, after=7.0)
    assert action.denied()


async def test_pick_up_is_the_caller_on_my_phone() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.PICKUP, there(desk, Kind.MEMBER, CALLER))
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": []}
    sessions(desk, (CALLER, [leg("00431334081002", "102", desk.clock.now())]))
    await desk.read(Resource.MEMBERS, Resource.CALLS, after=7.0)
    assert not action.confirmed(), "somebody else has the caller"
    assert action.denied()
    sessions(desk, (CALLER, [leg("00431334081002", "109", desk.clock.now())]))
    await desk.read(Resource.MEMBERS, Resource.CALLS)
    assert not action.confirmed(), "my phone only rings"
    assert not action.denied()
    sessions(desk, (CALLER, [leg("00431334081002", "109", desk.clock.now(), 2)]))
    await desk.read(Resource.MEMBERS, Resource.CALLS)
    assert action.confirmed()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (Verb.SIGNIN, "LOGGED_OUT", "READY"),
        (Verb.SIGNIN, "LOGGED_OUT", "NOT_READY"),
        (Verb.SIGNOUT, "READY", "LOGGED_OUT"),
        (Verb.PAUSE, "READY", "NOT_READY"),
        (Verb.UNPAUSE, "LUNCH", "READY"),
        (Verb.UNPAUSE, "LUNCH", "QUEUE_CALL"),
    ],
)
async def test_an_agent_s_status_is_read_back(verb: Verb, before: str, after: str) -> None:
    desk = Desk()
    desk.states["102"] = before
    await desk.read()
    row = there(desk, Kind.AGENT, "102")
    assert isinstance(row, Agent)
    _, action = await desk.act(verb, row)
    assert not action.confirmed()
    await desk.read(Resource.AGENTS)
    assert not action.confirmed()
    assert not action.denied(), "too soon to tell"
    await desk.read(Resource.AGENTS, after=7.0)
    assert action.denied()
    desk.states["102"] = after
    await desk.read(Resource.AGENTS)
    assert action.confirmed()
    assert not action.denied()


async def test_a_caller_who_is_served_is_transferred_by_the_agent_s_leg() -> None:
    desk = await desk_with_calls()
    waits = there(desk, Kind.MEMBER, CALLER)
    assert isinstance(waits, Member)
    served = replace(waits, state=MemberState.TALKING, serving_ref="102")
    await desk.act(Verb.TRANSFER, served, "8002")
    assert desk.pbx.acted() == [(f"/sessions/{CALLER}/refer", {"extension_number": "102", "refer_to": "8002"})]


async def test_what_is_pressed_on_an_agent_acts_as_that_agent() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/sessions"] = {
        "items": [{"id": "s1", "calls": [leg("101", "102", desk.clock.now() - 20, 9)]}]
    }
    await desk.read()
    row = there(desk, Kind.CALL, "s1")
    command = desk.command(Verb.TRANSFER, row, "103")
    through = replace(command, target=replace(command.target, via=Key("front", Kind.AGENT, "101")))
    await desk.adapter.perform(through, row)
    await desk.adapter.perform(replace(command, id="c2"), row)
    sent = [json.loads(request.content) for request in desk.pbx.requests if request.url.path.endswith("/refer")]
    assert [body["extension_number"] for body in sent] == ["101", "102"]
