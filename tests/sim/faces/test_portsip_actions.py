"""What the PortSIP face does when it is told to: calls, agents, receptionists."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.sim.faces.desk import CALLER, CREDENTIALS, SHOWN, FrontDesk, decimal
from wallboard.sim.access import PORTSIP_PEOPLE
from wallboard.sim.model import LOGGED_OUT

pytestmark = pytest.mark.anyio


async def test_hold_and_resume_reach_the_leg_of_the_extension(front: FrontDesk) -> None:
    session = await front.talk()
    (leg,) = front.pbx.extensions[301].legs.values()
    await front.post(f"/sessions/{session}/hold", {"extension_number": "301"})
    assert leg.held
    # The bare number and "the latest call of that extension" name the same session.
    await front.post(f"/sessions/{decimal(session)}/unhold", {"extension_number": "301"})
    assert not leg.held
    await front.post("/sessions/1/hold", {"extension_number": "301"})
    assert leg.held


async def test_a_refer_to_nobody_is_accepted_and_changes_nothing(front: FrontDesk) -> None:
    session = await front.talk()
    await front.post(f"/sessions/{session}/refer", {"extension_number": "301", "refer_to": "9"})
    assert await front.parties() == [(SHOWN, "301")]


async def test_a_waiting_caller_is_referred_in_the_name_of_the_queue(front: FrontDesk) -> None:
    front.only()
    front.arrive()
    (session,) = await front.sessions()
    await front.refused(f"/sessions/{session['id']}/refer", {"extension_number": "301", "refer_to": "8101"}, "UNKNOWN")
    await front.post(f"/sessions/{session['id']}/refer", {"extension_number": "8001", "refer_to": "8101"})
    assert await front.parties() == [(SHOWN, "8101")]
    assert (await front.get(f"/call_queues/{await front.queue()}/waiting"))["items"] == []


async def test_an_attended_refer_joins_the_two_others_and_leaves_the_agent_out(front: FrontDesk) -> None:
    session = await front.talk()
    await front.post(f"/sessions/{session}/hold", {"extension_number": "301"})
    body = {"caller": "301", "callee": "311", "send_sdp": True}
    consult = (await front.post("/sessions", body, 201)).json()["id"]
    front.wait(8)
    assert sorted(await front.parties()) == [(SHOWN, "301"), ("301", "311")]
    refer = {"extension_number": "301", "refer_to_1": CALLER, "refer_to_2": "311", "session_2": consult}
    await front.post(f"/sessions/{session}/attended_refer", refer)
    assert await front.parties() == [(SHOWN, "311")]
    assert front.pbx.extensions[301].legs == {}
    assert (await front.sessions())[0]["id"] == session
    front.wait(600)
    assert await front.sessions() == []


async def test_an_attended_refer_needs_both_talks(front: FrontDesk) -> None:
    session = await front.talk()
    refer = {"extension_number": "301", "refer_to_1": CALLER, "refer_to_2": "311"}
    await front.refused(f"/sessions/{session}/attended_refer", refer, "UNKNOWN")
    await front.refused(f"/sessions/{session}/attended_refer", refer | {"refer_to_2": SHOWN}, "UNKNOWN")
    assert await front.parties() == [(SHOWN, "301")]


async def test_a_pick_up_rings_the_phone_of_whoever_is_signed_in(front: FrontDesk) -> None:
    front.only()
    front.arrive()
    queue = await front.queue()
    (caller,) = (await front.get(f"/call_queues/{queue}/waiting"))["items"]
    front.bearer = ""
    lena = CREDENTIALS | {"username": "lena.hartmann", "password": PORTSIP_PEOPLE["lena.hartmann"][0]}
    front.bearer = (await front.post("/login", lena)).json()["access_token"]
    await front.post(f"/call_queues/{await front.queue('8002')}/waiting/{caller['session_id']}/pickup", status=404)
    await front.post(f"/call_queues/{queue}/waiting/{caller['session_id']}/pickup")
    front.wait(5)
    assert await front.parties() == [(SHOWN, "301")]
    assert (await front.get(f"/call_queues/{queue}/waiting"))["items"] == []
    await front.post(f"/call_queues/{queue}/waiting/{caller['session_id']}/pickup", status=404)


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("/sessions/1/hold", {}, "extension_number"),
        ("/sessions/1/hold", {"extension_number": 301}, "extension_number"),
        ("/sessions/1/hold", {"extension_number": "+301"}, "extension_number"),
        ("/sessions/1/hold", {"extension_number": "301", "now": True}, "now"),
        ("/sessions/1/hold", {"extension_number": None}, "null"),
        ("/sessions/1/refer", {"extension_number": "301"}, "refer_to"),
        ("/sessions/1/attended_refer", {"extension_number": "301", "refer_to_1": "1"}, "refer_to_2"),
        ("/sessions", {"caller": "301", "callee": "302"}, "send_sdp"),
        ("/sessions", {"caller": "301", "callee": "302", "send_sdp": "true"}, "send_sdp"),
        ("/sessions", {"caller": "301", "callee": "302", "send_sdp": True, "trunk": "x"}, "trunk"),
        ("/sessions", [], "object"),
    ],
)
async def test_bodies_are_taken_as_documented_or_not_at_all(front: FrontDesk, path: str, body: Any, part: str) -> None:
    await front.talk()
    assert part in await front.refused(path, body)
    assert await front.parties() == [(SHOWN, "301")]


async def test_an_agents_state_is_set_for_one_queue(front: FrontDesk) -> None:
    front.only(301)
    queue = await front.queue()
    await front.post(f"/call_queues/{queue}/agents/301", {"status": "LUNCH"})
    assert (await front.state(301), await front.state(301, "8003")) == ("LUNCH", "READY")
    front.arrive()
    front.wait(6)
    assert await front.parties() == [(SHOWN, "8001")]
    await front.post(f"/call_queues/{queue}/agents/301", {"status": "LOGGED_IN"})
    assert await front.state(301) == "READY"
    front.wait(5)
    assert await front.parties() == [(SHOWN, "301")]


async def test_signing_one_queue_in_leaves_the_agent_out_of_the_others(front: FrontDesk) -> None:
    front.only(301)
    front.site.distributor.set_status(front.agent(301), LOGGED_OUT)
    await front.post(f"/call_queues/{await front.queue()}/agents/301", {"status": "READY"})
    assert (await front.state(301), await front.state(301, "8003")) == ("READY", "LOGGED_OUT")


@pytest.mark.parametrize("status", ["QUEUE_CALL", "OFFLINE", "Ready", "", None])
async def test_a_state_that_cannot_be_set_is_refused(front: FrontDesk, status: Any) -> None:
    front.only(301)
    await front.refused(f"/call_queues/{await front.queue()}/agents/301", {"status": status})
    assert await front.state(301) == "READY"


async def test_an_update_changes_what_it_names_and_nothing_else(front: FrontDesk) -> None:
    identity = await front.ivr("8100")
    before = await front.get(f"/ivrs/{identity}")
    rule = {"action": "FORWARD_TO_NUMBER", "number": "8003"}
    answer = await front.post(f"/ivrs/{identity}", {"failure_forward_rule": rule})
    assert answer.content == b""
    after = await front.get(f"/ivrs/{identity}")
    assert after == before | {"failure_forward_rule": rule}
    assert after["prompt_file_name"] == "main-menu.wav"


async def test_rules_are_written_with_ids_of_holidays_and_read_with_objects(front: FrontDesk) -> None:
    identity = await front.ivr("8101")
    before = await front.get(f"/ivrs/{identity}")
    written = copy.deepcopy(before["custom_forward_rules"])
    for rule in written:
        rule["holidays"] = [holiday["id"] for holiday in rule["holidays"]]
    written[0]["non_office_hours_forward_rule"] = {"action": "HANGUP"}
    await front.post(f"/ivrs/{identity}", {"custom_forward_rules": written})
    after = await front.get(f"/ivrs/{identity}")
    expected = copy.deepcopy(before)
    expected["custom_forward_rules"][0]["non_office_hours_forward_rule"] = {"action": "HANGUP", "number": None}
    assert after == expected


ROW = {"user_input": "1", "office_hours": {"mode": "GLOBAL"}}
BACKWARDS = {"mode": "CUSTOM", "monday": {"enabled": True, "ranges": [{"from": "17:00", "to": "09:00"}]}}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"extension_number": "8199"}, "extension_number"),
        ({"id": "x"}, "id"),
        ({"prompt_file_name": "a.wav"}, "prompt_file_name"),
        ({"prompt_file_id": "NzAwNTUxOTA5NzczMTQ4MTYw"}, "no such resource"),
        ({"dtmf_interval": "2"}, "integer"),
        ({"dtmf_interval": 0}, "dtmf_interval"),
        ({"enable_pin": True}, "pin: required"),
        ({"enable_pin": True, "pin": "123456"}, "sequential"),
        ({"enable_pin": True, "pin": "711142"}, "repeating"),
        ({"language": "english please"}, "language"),
        ({"failure_forward_rule": {"action": "DISA"}}, "DISA"),
        ({"failure_forward_rule": {"action": "FORWARD_TO_NUMBER"}}, "number: required"),
        ({"failure_forward_rule": {"action": "HANGUP", "number": None}}, "null"),
        ({"timeout_forward_rule": {"action": "HANGUP", "repeat_times": -1}}, "repeat_times"),
        ({"custom_forward_rules": [{"user_input": "1"}]}, "office_hours"),
        ({"custom_forward_rules": [ROW | {"office_hours": {"mode": "ALWAYS"}}]}, "office_hours.mode"),
        ({"custom_forward_rules": [ROW | {"holidays": [{"id": "x"}]}]}, "holidays.0"),
        ({"custom_forward_rules": [ROW | {"office_hours": BACKWARDS}]}, "earlier"),
    ],
)
async def test_a_bad_update_is_refused_and_changes_nothing(front: FrontDesk, body: Any, part: str) -> None:
    identity = await front.ivr("8101")
    before = await front.get(f"/ivrs/{identity}")
    assert part in await front.refused(f"/ivrs/{identity}", {"name": "Changed"} | body)
    assert await front.get(f"/ivrs/{identity}") == before


async def test_a_changed_rule_sends_the_next_caller_elsewhere(front: FrontDesk) -> None:
    front.only()
    identity = await front.ivr("8101")
    choice = {
        "user_input": "0",
        "office_hours": {"mode": "GLOBAL"},
        "office_hours_forward_rule": {"action": "FORWARD_TO_NUMBER", "number": "8002"},
    }
    body = {"custom_forward_rules": [choice], "failure_forward_rule": choice["office_hours_forward_rule"]}
    timeout = {"action": "FORWARD_TO_NUMBER", "number": "8002", "timeout": 1}
    await front.post(f"/ivrs/{identity}", body | {"timeout_forward_rule": timeout})
    front.world.reception.arrive("8101", CALLER)
    assert await front.parties() == [(SHOWN, "8101")]
    front.wait(10)
    assert await front.parties() == [(SHOWN, "8002")]
