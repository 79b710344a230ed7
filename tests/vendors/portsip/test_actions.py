"""What PortSIP is asked to do, one request each and valid under its document, and how it is known to have happened."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.offers import offered
from tests.vendors.portsip.desk import CALLER, SALES, SECOND, SUPPORT, TALKING, Desk, leg, waiting
from tests.vendors.portsip.server import error
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
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


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (Verb.LISTEN, "no request"),
        (Verb.WHISPER, "no request"),
        (Verb.BARGE, "no request"),
        (Verb.PARK, "park"),
        (Verb.FETCH, "parked"),
        (Verb.STAFF, "whole list"),
        (Verb.UNSTAFF, "whole list"),
        (Verb.OPEN, "no such action"),
        (Verb.ROOM, "no such action"),
        (Verb.TRANSCRIBE, "no such action"),
    ],
)
async def test_what_the_vendor_has_no_request_for_is_refused_without_one(verb: Verb, said: str) -> None:
    desk = await desk_with_calls()
    row = there(desk, Kind.CALL, TALKING)
    able = desk.adapter.can(verb, row)
    assert not able
    assert said in able.reason
    with pytest.raises(NotSent):
        await desk.adapter.perform(desk.command(verb, row), row)
    assert desk.pbx.acted() == []


async def test_a_source_for_reading_sends_nothing() -> None:
    desk = await desk_with_calls(read_only=True)
    for verb, kind, identity, number, args, _, _ in REQUESTS:
        row = there(desk, kind, identity)
        assert not desk.adapter.can(verb, row)
        with pytest.raises(NotSent):
            await desk.adapter.perform(desk.command(verb, row, number, **args), row)
    assert desk.pbx.acted() == []


@pytest.mark.parametrize(("verb", "kind", "identity", "number", "args", "path", "body"), REQUESTS)
async def test_what_can_be_done_is_said_to_be_possible(
    verb: Verb, kind: Kind, identity: str, number: str, args: dict[str, str], path: str, body: Any
) -> None:
    desk = await desk_with_calls()
    able = desk.adapter.can(verb, there(desk, kind, identity))
    assert able
    several = identity == "101" and "queue" in args
    assert (able.needs == "queue") is several, "in two queues, one has to be named"


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


async def test_pick_up_and_call_need_a_phone_of_mine() -> None:
    desk = await desk_with_calls(phone="")
    for verb, kind, identity in ((Verb.PICKUP, Kind.MEMBER, CALLER), (Verb.CALL, Kind.AGENT, "102")):
        assert "no phone of mine" in desk.adapter.can(verb, there(desk, kind, identity)).reason


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


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(400, "VALIDATE_FAILED", "no"), Rejected),
        (error(403, "FORBIDDEN", "no"), Rejected),
        (error(404, "NOT_FOUND", "no"), TargetGone),
        (error(409, "CONFLICT", "no"), TargetGone),
        (httpx.Response(429), Rejected),
        (httpx.Response(500), Ambiguous),
        (httpx.Response(302, headers={"location": "/"}), Ambiguous),
    ],
)
async def test_what_the_vendor_answers_no_to(answer: httpx.Response, expected: type[Exception]) -> None:
    desk = await desk_with_calls()
    desk.pbx.answers["POST", "/sessions/{id}/hold"] = answer
    with pytest.raises(expected):
        await desk.act(Verb.HOLD, there(desk, Kind.CALL, TALKING))
    assert len(desk.pbx.acted()) == 1


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(200, text="OK"), httpx.Response(204)])
async def test_any_2xx_with_any_body_is_accepted(answer: httpx.Response) -> None:
    desk = await desk_with_calls()
    desk.pbx.answers["POST", "/sessions/{id}/refer"] = answer
    receipt, _ = await desk.act(Verb.TRANSFER, there(desk, Kind.CALL, TALKING), "102")
    assert receipt.status == str(answer.status_code)


async def test_a_call_whose_answer_holds_no_id_is_still_accepted() -> None:
    for answer in (httpx.Response(201), httpx.Response(201, json={"id": None}), httpx.Response(201, json={"id": 7})):
        desk = await desk_with_calls()
        desk.pbx.answers["POST", "/sessions"] = answer
        receipt, _ = await desk.act(Verb.CALL, there(desk, Kind.AGENT, "102"))
        assert receipt.ids in ((), ("7",))


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


async def test_a_transfer_is_confirmed_by_the_leg_at_the_destination_alone() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.TRANSFER, there(desk, Kind.CALL, TALKING), "102")
    assert not action.confirmed()
    sessions(desk)
    await desk.read(Resource.CALLS, Resource.MEMBERS)
    assert not action.confirmed(), "gone says nothing"
    sessions(desk, (TALKING, [leg(OUTSIDE, "102", desk.clock.now())]))
    await desk.read(Resource.CALLS)
    assert not action.confirmed(), "one list may be half an answer"
    await desk.read(Resource.CALLS)
    assert action.confirmed()
    assert not action.denied()


async def test_a_transfer_whose_call_gets_a_new_session_is_known_by_its_caller() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.TRANSFER, there(desk, Kind.CALL, TALKING), "+4312345678")
    sessions(desk, ("other", [leg("0049111222333", "004312345678", desk.clock.now())]))
    await desk.read(Resource.CALLS)
    assert not action.confirmed(), "somebody else called there"
    sessions(desk, ("new", [leg("+4924199999", "004312345678", desk.clock.now())]))
    await desk.read(Resource.CALLS)
    assert not action.confirmed()
    await desk.read(Resource.CALLS)
    assert action.confirmed()


async def test_a_transfer_to_where_the_call_came_through_needs_a_new_leg() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.TRANSFER, there(desk, Kind.CALL, TALKING), "8001")
    await desk.read(Resource.CALLS, Resource.MEMBERS)
    assert not action.confirmed(), "the leg through that queue is the old one"
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": [waiting(TALKING, OUTSIDE, 1)]}
    await desk.read(Resource.QUEUES, Resource.MEMBERS)
    assert not action.confirmed(), "the agent is still on it"
    sessions(desk, (TALKING, [leg(OUTSIDE, "8001", desk.clock.now() - 200, 190)]))
    for _ in range(2):
        assert not action.confirmed()
        await desk.read(Resource.QUEUES, Resource.MEMBERS, Resource.CALLS)
    assert action.confirmed()


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


async def test_an_attended_transfer_joins_both_without_the_agent() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.ATTENDED, there(desk, Kind.CALL, TALKING), "+4312345678")
    sessions(desk, (TALKING, [leg(OUTSIDE, "101", desk.clock.now()), leg("101", "004312345678", desk.clock.now())]))
    await desk.read(Resource.CALLS)
    assert not action.confirmed(), "the agent is still between them"
    sessions(desk, (TALKING, [leg(OUTSIDE, "004312345678", desk.clock.now(), 3)]))
    for _ in range(2):
        assert not action.confirmed()
        await desk.read(Resource.CALLS)
    assert action.confirmed()


async def test_hanging_up_is_gone_from_lists_read_since() -> None:
    desk = await desk_with_calls()
    _, action = await desk.act(Verb.HANGUP, there(desk, Kind.CALL, TALKING))
    sessions(desk)
    for _ in range(2):
        assert not action.confirmed()
        await desk.read(Resource.CALLS)
    assert action.confirmed()
    waits = await desk_with_calls()
    _, action = await waits.act(Verb.HANGUP, there(waits, Kind.MEMBER, CALLER))
    waits.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": []}
    await waits.read(Resource.MEMBERS, Resource.CALLS)
    assert not action.confirmed(), "out of the queue, but the call is up"
    sessions(waits)
    for _ in range(2):
        assert not action.confirmed()
        await waits.read(Resource.MEMBERS, Resource.CALLS)
    assert action.confirmed()


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


async def test_a_placed_call_is_the_session_of_the_answer_in_either_spelling() -> None:
    desk = await desk_with_calls()
    desk.pbx.answers["POST", "/sessions"] = {"id": "NzAwNTUxOTA5NzczMTQ4MTYw"}
    _, action = await desk.act(Verb.CALL, there(desk, Kind.AGENT, "102"))
    await desk.read(Resource.CALLS)
    assert not action.confirmed()
    sessions(desk, ("700551909773148160", [leg("109", "102", desk.clock.now())]))
    await desk.read(Resource.CALLS)
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


async def test_a_pause_during_a_call_is_neither_done_nor_refused_until_the_call_ends() -> None:
    desk = Desk()
    desk.states["102"] = "QUEUE_CALL"
    await desk.read()
    _, action = await desk.act(Verb.PAUSE, there(desk, Kind.AGENT, "102"))
    await desk.read(Resource.AGENTS, after=7.0)
    assert not action.confirmed()
    assert not action.denied()
    desk.states["102"] = "NOT_READY"
    await desk.read(Resource.AGENTS)
    assert action.confirmed()


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


async def test_between_two_telephones_the_agent_acts_though_the_call_was_read_first() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/sessions"] = {
        "items": [{"id": "s1", "calls": [leg("101", "103", desk.clock.now() - 20, 9)]}]
    }
    await desk.fetch(desk.feed(Resource.CALLS))
    await desk.read(Resource.AGENTS)
    row = there(desk, Kind.CALL, "s1")
    await desk.act(Verb.HOLD, row)
    (sent,) = [json.loads(request.content) for request in desk.pbx.requests if request.url.path.endswith("/hold")]
    assert sent == {"extension_number": "101"}
