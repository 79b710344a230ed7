"""Each action is exactly one documented request, and what stands in its way is said before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.offers import offered
from tests.vendors.ringme.server import CALLS, PHONES, Server, adapter, calls_of, command, discover, ok, read
from tests.vendors.server import NOW
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
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


@pytest.mark.parametrize(
    ("verb", "to", "body"),
    [
        (Verb.LISTEN, "", {"action": "eavesdrop", "send_dst": "022*300"}),
        (Verb.WHISPER, "", {"action": "whisper", "send_dst": "022*300"}),
        (Verb.BARGE, "", {"action": "conference", "send_dst": "022*300"}),
        (Verb.TRANSFER, "342", {"action": "transfer", "send_dst": "342"}),
        (Verb.ATTENDED, "+37410555100", {"action": "attended_transfer", "send_dst": "+37410555100"}),
        (Verb.HOLD, "", {"action": "hold"}),
        (Verb.RESUME, "", {"action": "offhold"}),
        (Verb.PARK, "", {"action": "park"}),
        (Verb.PICKUP, "", {"action": "pickup", "send_dst": "022*300"}),
    ],
)
async def test_control_of_a_call_is_one_put_with_its_documented_action(
    verb: Verb, to: str, body: dict[str, str]
) -> None:
    at = await desk(httpx.Response(204))
    receipt = await at.act(verb, at.call, to)
    assert [(seen.method, seen.path, seen.query, seen.body) for seen in at.vendor.log] == [("PUT", CALL_PATH, "", body)]
    assert receipt.status == "204"
    assert receipt.request.startswith(f"PUT …/current_calls/{CALL} {body['action']}")
    assert "S3CR3T" not in repr(receipt)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        (Verb.PICKUP, {"action": "pickup", "send_dst": "022*300"}),
        (Verb.TRANSFER, {"action": "transfer", "send_dst": "342"}),
        (Verb.PARK, {"action": "park"}),
    ],
)
async def test_a_caller_in_a_queue_is_addressed_through_the_queue(verb: Verb, body: dict[str, str]) -> None:
    at = await desk()
    await at.act(verb, at.member, "342" if verb is Verb.TRANSFER else "")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [("PUT", MEMBER_PATH, body)]


async def test_hanging_up_is_one_delete_without_a_body() -> None:
    at = await desk(httpx.Response(204))
    await at.act(Verb.HANGUP, at.call)
    await at.source.perform(command(Verb.HANGUP, at.member), at.member)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("DELETE", CALL_PATH, None),
        ("DELETE", MEMBER_PATH, None),
    ]


async def test_ending_my_listening_hangs_up_my_own_leg() -> None:
    at = await desk()
    leg = replace(at.call, mine=True)
    assert at.source.can(Verb.END, leg)
    for heard in (at.call, at.member):
        assert at.source.can(Verb.END, heard).reason == "not a leg of my phone"
    await at.act(Verb.END, leg)
    assert [(seen.method, seen.path) for seen in at.vendor.log] == [("DELETE", CALL_PATH)]


async def test_parking_takes_the_first_free_slot_and_shows_the_parked_call() -> None:
    clock = ManualClock(NOW)
    at = await desk(clock=clock, park_slots=(5, 6))
    await at.act(Verb.PARK, at.call)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("PUT", VALET_PATH, {"action": "park", "slot": 5})
    ]
    await at.act(Verb.PARK, at.member)
    assert [seen.body for seen in at.vendor.log] == [{"action": "park", "slot": 6}]
    assert at.source.can(Verb.PARK, at.call).reason == "all park slots are taken"
    first, second = (await read(at.source, Resource.PARKED)).rows
    assert isinstance(first, ParkedCall)
    assert isinstance(second, ParkedCall)
    assert (first.slot, first.caller, first.number, first.by) == ("5", "Acme", "+37410555012", "Mira")
    assert (first.since, first.returns_at, first.returns_to) == (NOW, NOW + 180, "341")
    assert second.slot == "6"
    clock.advance(181)
    assert (await read(at.source, Resource.PARKED)).rows == ()
    assert at.source.can(Verb.PARK, at.call)


async def test_a_parked_call_that_talks_again_is_no_longer_parked() -> None:
    clock = ManualClock(NOW)
    at = await desk(clock=clock, park_slots=(5,))
    await at.act(Verb.PARK, at.call)
    later = {**CALLS[0], "call_api_id": "32495-9", "extension_id": 32495, "init_time_gmt": "2026-03-02 08:15:00"}
    clock.advance(60)
    at.vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": [later]})
    await read(at.source, Resource.CALLS)
    assert (await read(at.source, Resource.PARKED)).rows == ()


async def test_fetching_bridges_my_current_call_with_the_slot() -> None:
    at = await desk(park_slots=(5,))
    await at.act(Verb.PARK, at.call)
    (parked,) = (await read(at.source, Resource.PARKED)).rows
    mine = {
        **CALLS[1],
        "call_api_id": "32500-1",
        "extension_id": 32500,
        "caller_id_number": "022*300",
        "answer_time_gmt": "2026-03-02 08:14:01",
    }
    at.vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": [*CALLS, mine]})
    await read(at.source, Resource.CALLS)
    at.vendor.routes["PUT /extension/32500/valet_park/32500-1"] = ok({})
    await at.act(Verb.FETCH, parked)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("PUT", "/extension/32500/valet_park/32500-1", {"action": "bridge", "slot": 5})
    ]


async def test_fetching_without_a_call_of_mine_rings_my_phone_with_the_parked_one() -> None:
    at = await desk(park_slots=(5,))
    await at.act(Verb.PARK, at.call)
    (parked,) = (await read(at.source, Resource.PARKED)).rows
    await at.act(Verb.FETCH, parked)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("PUT", CALL_PATH, {"action": "pickup", "send_dst": "022*300"})
    ]


async def test_a_slot_is_asked_for_only_on_demand() -> None:
    at = await desk(park_slots=(5,))
    await at.act(Verb.PARK, at.call)
    (parked,) = (await read(at.source, Resource.PARKED)).rows
    at.vendor.routes[f"PUT {VALET_PATH}"] = ok({"slot": 5, "uuid": CALL.split("-")[1]})
    at.vendor.log.clear()
    assert await at.source.refresh(parked) == parked
    assert [(seen.path, seen.body) for seen in at.vendor.acted] == [(VALET_PATH, {"action": "slots", "slot": 5})]
    at.vendor.routes[f"PUT {VALET_PATH}"] = ok({})
    assert await at.source.refresh(parked) is None


async def test_calling_rings_my_phone_and_then_the_number() -> None:
    at = await desk()
    at.vendor.routes["POST /extension/32500/callback/"] = ok({"call_api_id": "32500-9", "call_id": "abc"}, 201)
    receipt = await at.act(Verb.CALL, at.member)
    body = {"src_num": ["022*300"], "dst_num": "+37410555012"}
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("POST", "/extension/32500/callback/", body)
    ]
    assert receipt.ids == ("32500-9", "abc")
    await at.act(Verb.CALL, at.ringing)
    assert at.vendor.acted[-1].body["dst_num"] == "+37410555100", "of an outgoing call the other side is the called one"


@pytest.mark.parametrize(("verb", "status"), [(Verb.SIGNIN, "available"), (Verb.SIGNOUT, "logged_out")])
async def test_signing_an_agent_in_and_out_writes_the_status_of_the_profile(verb: Verb, status: str) -> None:
    at = await desk()
    at.vendor.routes["PUT /extension/32494/agent/136"] = ok({"id": 136, "status": {"name": status}})
    await at.act(verb, at.agent)
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("GET", "/extension/32494/agent/", None),
        ("PUT", "/extension/32494/agent/136", {"status": status}),
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


async def test_staffing_adds_changes_and_removes_a_place_in_a_queue() -> None:
    at = await desk()
    at.vendor.routes["POST /extension/34415/queue/agents/local/"] = ok({}, 201)
    at.vendor.routes["PUT /extension/34414/queue/agents/local/136"] = ok({})
    at.vendor.routes["DELETE /extension/34414/queue/agents/local/136"] = httpx.Response(204)
    await at.act(Verb.STAFF, at.agent, queue="34415", level="1", position="2")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("POST", "/extension/34415/queue/agents/local/", {"agent_id": 136, "level": 1, "position": 2})
    ]
    await at.act(Verb.STAFF, at.agent, queue="Sales", level="3")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("PUT", "/extension/34414/queue/agents/local/136", {"level": 3, "position": 1})
    ]
    await at.act(Verb.UNSTAFF, at.agent, queue="34414")
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.acted] == [
        ("DELETE", "/extension/34414/queue/agents/local/136", None)
    ]


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


async def test_an_agent_on_a_phone_of_another_account_is_not_written_to() -> None:
    at = await desk()
    dana = (await read(at.source, Resource.AGENTS, "34414")).rows[3]
    with pytest.raises(NotSent, match=r"031\*101@pbx.example is not among the phones of this account"):
        await at.act(Verb.SIGNIN, dana)
    assert at.vendor.acted == []


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


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (ok({"message": "Not found"}, 404), TargetGone, "already over: Not found"),
        (ok({}, 410), TargetGone, "already over"),
        (ok({"message": "Busy"}, 409), TargetGone, "changed meanwhile: Busy"),
        (ok({"message": "Bad send_dst"}, 400), Rejected, "vendor answered 400: Bad send_dst"),
        (ok({"message": "no"}, 401), Rejected, "the vendor refuses the credentials"),
        (ok({"message": "Forbidden"}, 403), Rejected, "not permitted"),
        (ok({"status": "rate_limit_exceeded"}, 429), Rejected, "hourly limit reached, again in 21 min"),
        (
            httpx.Response(307, headers={"location": "https://evil.example/"}),
            Ambiguous,
            "redirects to host evil.example",
        ),
        (ok({"message": "oops"}, 500), Ambiguous, "vendor answered 500: oops"),
        (httpx.Response(504, text="<html>"), Ambiguous, "vendor answered 504"),
        (httpx.ConnectError("refused"), NotSent, "nothing sent"),
        (httpx.ConnectTimeout("slow"), NotSent, "nothing sent"),
        (httpx.ReadTimeout("slow"), Ambiguous, "sent, and no answer"),
        (httpx.ReadError("reset"), Ambiguous, "the connection broke"),
        (httpx.RemoteProtocolError("gone"), Ambiguous, "the connection broke"),
    ],
)
async def test_a_failed_action_says_whether_it_can_have_happened_and_is_sent_once(
    answer: httpx.Response | Exception, error: type[Exception], sentence: str
) -> None:
    at = await desk(answer)
    with pytest.raises(error, match=sentence) as caught:
        await at.act(Verb.TRANSFER, at.call, "342")
    assert type(caught.value) is error
    assert len(at.vendor.log) == 1
    assert (await read(at.source, Resource.PARKED)).rows == ()


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200, text="<html>fine</html>"), httpx.Response(202, content=b"\xff\xfe"), httpx.Response(200)],
)
async def test_an_accepting_answer_without_json_is_an_acceptance(answer: httpx.Response) -> None:
    at = await desk(answer)
    receipt = await at.act(Verb.LISTEN, at.call)
    assert receipt.status == str(answer.status_code)
    assert receipt.ids == ()


async def test_a_held_call_is_marked_until_it_is_resumed_or_gone() -> None:
    at = await desk()
    await at.act(Verb.HOLD, at.call)
    held = calls_of(await read(at.source, Resource.CALLS))[0]
    assert (held.state, held.held_since) == (CallState.HELD, NOW)
    assert offered(at.source, Verb.HOLD, held).reason == "held already"
    assert offered(at.source, Verb.RESUME, held).ok
    await at.act(Verb.RESUME, held)
    assert calls_of(await read(at.source, Resource.CALLS))[0].state is CallState.TALKING
    await at.act(Verb.HOLD, at.call)
    at.vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": []})
    await read(at.source, Resource.CALLS)
    at.vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": CALLS})
    assert calls_of(await read(at.source, Resource.CALLS))[0].state is CallState.TALKING


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


async def test_without_a_phone_of_mine_nothing_that_rings_it_is_offered_or_sent() -> None:
    at = await desk(phone="")
    for verb in (Verb.LISTEN, Verb.PICKUP, Verb.CALL):
        assert at.source.can(verb, at.call).reason == "no phone of mine is configured for this source"
    with pytest.raises(NotSent):
        await at.act(Verb.LISTEN, at.call)
    assert at.vendor.log == []


async def test_read_only_sends_nothing() -> None:
    at = await desk(read_only=True)
    assert at.source.can(Verb.HANGUP, at.call).reason == "this source is read-only"
    with pytest.raises(NotSent):
        await at.act(Verb.HANGUP, at.call)
    assert at.vendor.log == []


@pytest.mark.parametrize(
    ("number", "good"),
    [("342", True), ("+37410555100", True), ("022*342@pbx.example", True), ("*81#", True), ("", False), ("a b", False)],
)
async def test_what_can_be_dialled(number: str, good: bool) -> None:
    at = await desk()
    assert bool(at.source.can_dial(Destination(number))) is good
