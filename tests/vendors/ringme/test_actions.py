"""Each action is exactly one documented request, and what stands in its way is said before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.vendors.ringme.server import CALLS, PHONES, Server, adapter, calls_of, command, discover, ok, read
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import NotSent, TargetGone
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row
from wallboard.domain.states import CallState, MemberState
from wallboard.domain.text import clean
from wallboard.vendors.ringme.adapter import RingmeAdapter

pytestmark = pytest.mark.anyio

CALL = CALLS[0]["call_api_id"]
CALL_PATH = f"/extension/32494/current_calls/{CALL}"
VALET_PATH = f"/extension/32494/valet_park/{CALL}"
MEMBER = "34414-c69226e0a64e11eaa0086fd86d94a0e0"
MEMBER_PATH = f"/extension/34414/current_calls/{MEMBER}"


class Desk:
    """A PBX, the console's source on it, and the first row of each list."""

    def __init__(self, vendor: Server, source: RingmeAdapter) -> None:
        self.vendor = vendor
        self.source = source
        self.call: Call
        self.ringing: Call
        self.member: Member
        self.talking: Member
        self.agent: Agent
        self.queue: Queue

    async def act(self, verb: Verb, row: Row, to: str = "", **args: str) -> Any:
        self.vendor.log.clear()
        return await self.source.perform(command(verb, row, to, **args), row)


async def desk(
    answer: httpx.Response | Exception | None = None, clock: ManualClock | None = None, **changes: Any
) -> Desk:
    vendor = Server()
    source = adapter(vendor, clock, **changes)
    await discover(source)
    made = Desk(vendor, source)
    made.call, made.ringing = calls_of(await read(source, Resource.CALLS))
    members = (await read(source, Resource.MEMBERS, "34414")).rows
    agents = (await read(source, Resource.AGENTS, "34414")).rows
    (queue,) = (await read(source, Resource.QUEUES, "34414")).rows
    assert isinstance(members[0], Member)
    assert isinstance(members[2], Member)
    assert isinstance(agents[0], Agent)
    assert isinstance(queue, Queue)
    made.member, made.talking, made.agent, made.queue = members[0], members[2], agents[0], queue
    reply = ok({}) if answer is None else answer
    for path in (CALL_PATH, VALET_PATH, MEMBER_PATH, f"/extension/34414/valet_park/{MEMBER}"):
        vendor.routes[f"PUT {path}"] = vendor.routes[f"DELETE {path}"] = reply
    return made


async def test_ending_my_listening_hangs_up_my_own_leg() -> None:
    at = await desk()
    leg = replace(at.call, mine=True)
    assert at.source.can(Verb.END, leg)
    for heard in (at.call, at.member):
        assert at.source.can(Verb.END, heard).reason == "not a leg of my phone"
    await at.act(Verb.END, leg)
    assert [(seen.method, seen.path) for seen in at.vendor.log] == [("DELETE", CALL_PATH)]


async def test_fetching_without_a_call_of_mine_rings_my_phone_with_the_parked_one() -> None:
    at = await desk(park_slots=(5,))
    await at.act(Verb.PARK, at.call)
    (parked,) = (await read(at.source, Resource.PARKED)).rows
    await at.act(Verb.FETCH, parked)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("PUT", CALL_PATH, {"action": "pickup", "send_dst": "022*300"})
    ]


async def test_of_several_profiles_the_one_with_the_agents_name_is_meant() -> None:
    at = await desk()
    at.vendor.routes["GET /extension/32494/agent/"] = ok([{"id": 5, "name": "Old"}, {"id": 136, "name": "Anna"}])
    at.vendor.routes["PUT /extension/32494/agent/136"] = ok({})
    await at.act(Verb.SIGNOUT, at.agent)
    assert at.vendor.acted[-1].path == "/extension/32494/agent/136"
    at.vendor.routes["GET /extension/32494/agent/"] = ok([{"id": 5, "name": "Old"}, {"id": 6, "name": "Older"}])
    with pytest.raises(NotSent, match="no agent profile that matches"):
        await at.act(Verb.SIGNOUT, at.agent)
    assert at.vendor.acted == []


async def test_staffing_of_an_external_agent_goes_to_the_remote_list() -> None:
    at = await desk()
    dana = (await read(at.source, Resource.AGENTS, "34414")).rows[3]
    phones = [*PHONES, {"id": 32600, "name": "031*101@pbx.example", "type": "phone", "label": "Dana"}]
    at.vendor.routes["GET /client/@me/extension/"] = lambda request: ok(
        phones if request.url.params["page"] == "1" else []
    )
    at.vendor.routes["GET /extension/32600/agent/"] = ok([{"id": 9, "name": "Dana"}])
    at.vendor.routes["POST /extension/34415/queue/agents/remote/"] = ok({}, 201)
    at.vendor.routes["PUT /extension/34414/queue/agents/remote/9"] = ok({})
    at.vendor.routes["DELETE /extension/34414/queue/agents/remote/9"] = httpx.Response(204)
    await at.act(Verb.STAFF, dana, queue="34415", level="2", position="1")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("POST", "/extension/34415/queue/agents/remote/", {"agent_id": 9, "level": 2, "position": 1})
    ]
    await at.act(Verb.STAFF, dana, queue="Sales", position="7")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("PUT", "/extension/34414/queue/agents/remote/9", {"level": 1, "position": 7})
    ]
    await at.act(Verb.UNSTAFF, dana, queue="34414")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("DELETE", "/extension/34414/queue/agents/remote/9", None)
    ]


async def test_staffing_in_an_unknown_queue_sends_nothing() -> None:
    at = await desk()
    with pytest.raises(NotSent, match="not one of this source"):
        await at.act(Verb.STAFF, at.agent, queue="Nowhere")
    assert at.vendor.log == []


async def test_always_send_dst_sends_my_phone_with_hold_too() -> None:
    at = await desk(options={"always_send_dst": True})
    await at.act(Verb.HOLD, at.call)
    assert at.vendor.log[0].body == {"action": "hold", "send_dst": "022*300"}


async def test_marked_legs_show_a_name_that_no_other_call_has_where_the_caller_has_none() -> None:
    at = await desk(options={"mark_legs": True})
    await at.act(Verb.LISTEN, at.call)
    assert at.vendor.log[0].body == {"action": "eavesdrop", "send_dst": "022*300", "caller_id_name": "listen 00TEST"}
    await at.act(Verb.PICKUP, at.member)
    assert at.vendor.log[0].body == {"action": "pickup", "send_dst": "022*300"}, "my phone shows who waits"
    await at.act(Verb.PICKUP, replace(at.member, number=clean("")))
    assert at.vendor.log[0].body["caller_id_name"] == "pickup 00TEST"
    await at.act(Verb.TRANSFER, at.call, "342")
    assert at.vendor.log[0].body == {"action": "transfer", "send_dst": "342"}


async def test_ids_cannot_lead_to_another_address() -> None:
    at = await desk()
    row = replace(at.call, address=(("extension_id", "../../user"), ("call_api_id", "a/b?x=1#y")))
    with pytest.raises(TargetGone):
        await at.act(Verb.HANGUP, row)
    assert at.vendor.log[0].path == "/extension/..%2F..%2Fuser/current_calls/a%2Fb%3Fx%3D1%23y"
    row = replace(at.call, address=(("extension_id", ".."), ("call_api_id", "c")))
    with pytest.raises(NotSent):
        await at.act(Verb.HANGUP, row)
    assert at.vendor.log == []


async def test_reasons_why_a_verb_is_not_for_a_row() -> None:
    at = await desk()
    can = at.source.can
    assert can(Verb.LISTEN, at.talking)
    assert can(Verb.TRANSFER, at.ringing)
    untold = "the vendor does not tell whether it is answered"
    for verb in (Verb.LISTEN, Verb.ATTENDED, Verb.HOLD, Verb.RESUME, Verb.PARK, Verb.TRANSCRIBE):
        assert can(verb, replace(at.call, state=CallState.UNKNOWN)).reason == untold
    assert can(Verb.LISTEN, replace(at.member, state=MemberState.UNKNOWN)).reason == untold
    assert can(Verb.CALL, at.talking).reason == "not a number that this PBX can dial"
    assert can(Verb.PAUSE, at.agent).reason == "this vendor knows only signed in and signed out"
    assert not can(Verb.OPEN, None)
    gone = ParkedCall(Key("hq", Kind.PARKED, "x"), clean("5"), clean("Acme"))
    assert can(Verb.FETCH, gone).reason == "no longer parked"


@pytest.mark.parametrize(
    ("number", "good"),
    [("342", True), ("+37410555100", True), ("022*342@pbx.example", True), ("*81#", True), ("", False), ("a b", False)],
)
async def test_what_can_be_dialled(number: str, good: bool) -> None:
    at = await desk()
    assert bool(at.source.can_dial(Destination(number))) is good
