"""What the PortSIP face does when it is told to: calls, agents, receptionists."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.faces.portsip_desk import CALLER, CREDENTIALS, SHOWN, FrontDesk, decimal
from wallboard.sim.access import PORTSIP_PEOPLE
from wallboard.sim.model import LOGGED_OUT

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk() -> FrontDesk:
    return FrontDesk()


# ---- sessions ------------------------------------------------------------------------------------------------------


async def test_hold_and_resume_reach_the_leg_of_the_extension(desk: FrontDesk) -> None:
    session = await desk.talk()
    (leg,) = desk.pbx.extensions[301].legs.values()
    await desk.post(f"/sessions/{session}/hold", {"extension_number": "301"})
    assert leg.held
    # The bare number and "the latest call of that extension" name the same session.
    await desk.post(f"/sessions/{decimal(session)}/unhold", {"extension_number": "301"})
    assert not leg.held
    await desk.post("/sessions/1/hold", {"extension_number": "301"})
    assert leg.held


async def test_who_is_not_in_the_call_cannot_hold_it(desk: FrontDesk) -> None:
    session = await desk.talk()
    await desk.refused(f"/sessions/{session}/hold", {"extension_number": "302"}, "UNKNOWN")
    await desk.post("/sessions/1/hold", {"extension_number": "302"}, 404)
    assert not next(iter(desk.pbx.extensions[301].legs.values())).held


async def test_a_refer_moves_the_caller_and_frees_the_agent(desk: FrontDesk) -> None:
    session = await desk.talk()
    await desk.post(f"/sessions/{session}/refer", {"extension_number": "301", "refer_to": "311"})
    assert await desk.parties() == [(SHOWN, "311")]
    assert await desk.state(301) == "WRAP_UP"
    desk.wait(6)
    ((row,),) = [each["calls"] for each in await desk.sessions()]
    assert (row["callee"], row["talking_time"] > 0) == ("311", True)


async def test_a_refer_to_nobody_is_accepted_and_changes_nothing(desk: FrontDesk) -> None:
    session = await desk.talk()
    await desk.post(f"/sessions/{session}/refer", {"extension_number": "301", "refer_to": "9"})
    assert await desk.parties() == [(SHOWN, "301")]


async def test_a_waiting_caller_is_referred_in_the_name_of_the_queue(desk: FrontDesk) -> None:
    desk.only()
    desk.arrive()
    (session,) = await desk.sessions()
    await desk.refused(f"/sessions/{session['id']}/refer", {"extension_number": "301", "refer_to": "8101"}, "UNKNOWN")
    await desk.post(f"/sessions/{session['id']}/refer", {"extension_number": "8001", "refer_to": "8101"})
    assert await desk.parties() == [(SHOWN, "8101")]
    assert (await desk.get(f"/call_queues/{await desk.queue()}/waiting"))["items"] == []


async def test_destroy_ends_the_session_and_then_it_is_not_there(desk: FrontDesk) -> None:
    session = await desk.talk()
    assert (await desk.post(f"/sessions/{session}/destroy", status=204)).content == b""
    assert await desk.sessions() == []
    await desk.post(f"/sessions/{session}/destroy", status=404)


async def test_a_call_is_made_between_two_numbers(desk: FrontDesk) -> None:
    body = {"caller": "2001", "callee": "302", "send_sdp": True}
    identity = (await desk.post("/sessions", body, 201)).json()["id"]
    (row,) = await desk.sessions()
    assert (row["id"], row["calls"][0]["talking_time"]) == (identity, 0)
    desk.wait(8)
    assert await desk.parties() == [("2001", "302")]
    assert len(desk.pbx.extensions[302].legs) == 1


async def test_a_call_from_a_phone_that_is_not_there_or_talks_is_refused(desk: FrontDesk) -> None:
    await desk.talk()
    for caller in ("301", "312", "9999"):
        await desk.refused("/sessions", {"caller": caller, "callee": "302", "send_sdp": True}, "UNKNOWN")


async def test_an_attended_refer_joins_the_two_others_and_leaves_the_agent_out(desk: FrontDesk) -> None:
    session = await desk.talk()
    await desk.post(f"/sessions/{session}/hold", {"extension_number": "301"})
    body = {"caller": "301", "callee": "311", "send_sdp": True}
    consult = (await desk.post("/sessions", body, 201)).json()["id"]
    desk.wait(8)
    assert sorted(await desk.parties()) == [(SHOWN, "301"), ("301", "311")]
    refer = {"extension_number": "301", "refer_to_1": CALLER, "refer_to_2": "311", "session_2": consult}
    await desk.post(f"/sessions/{session}/attended_refer", refer)
    assert await desk.parties() == [(SHOWN, "311")]
    assert desk.pbx.extensions[301].legs == {}
    assert (await desk.sessions())[0]["id"] == session
    desk.wait(600)
    assert await desk.sessions() == []


async def test_an_attended_refer_needs_both_talks(desk: FrontDesk) -> None:
    session = await desk.talk()
    refer = {"extension_number": "301", "refer_to_1": CALLER, "refer_to_2": "311"}
    await desk.refused(f"/sessions/{session}/attended_refer", refer, "UNKNOWN")
    await desk.refused(f"/sessions/{session}/attended_refer", refer | {"refer_to_2": SHOWN}, "UNKNOWN")
    assert await desk.parties() == [(SHOWN, "301")]


async def test_a_pick_up_rings_the_phone_of_whoever_is_signed_in(desk: FrontDesk) -> None:
    desk.only()
    desk.arrive()
    queue = await desk.queue()
    (caller,) = (await desk.get(f"/call_queues/{queue}/waiting"))["items"]
    desk.bearer = ""
    lena = CREDENTIALS | {"username": "lena.hartmann", "password": PORTSIP_PEOPLE["lena.hartmann"][0]}
    desk.bearer = (await desk.post("/login", lena)).json()["access_token"]
    await desk.post(f"/call_queues/{await desk.queue('8002')}/waiting/{caller['session_id']}/pickup", status=404)
    await desk.post(f"/call_queues/{queue}/waiting/{caller['session_id']}/pickup")
    desk.wait(5)
    assert await desk.parties() == [(SHOWN, "301")]
    assert (await desk.get(f"/call_queues/{queue}/waiting"))["items"] == []
    await desk.post(f"/call_queues/{queue}/waiting/{caller['session_id']}/pickup", status=404)


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("/sessions/1/hold", {}, "extension_number: required"),
        ("/sessions/1/hold", {"extension_number": 301}, "string"),
        ("/sessions/1/hold", {"extension_number": "+301"}, "not a valid"),
        ("/sessions/1/hold", {"extension_number": "301", "now": True}, "now: unknown field"),
        ("/sessions/1/hold", {"extension_number": None}, "string"),
        ("/sessions/1/refer", {"extension_number": "301"}, "refer_to: required"),
        ("/sessions/1/attended_refer", {"extension_number": "301", "refer_to_1": "1"}, "refer_to_2: required"),
        ("/sessions", {"caller": "301", "callee": "302"}, "send_sdp: required"),
        ("/sessions", {"caller": "301", "callee": "302", "send_sdp": "true"}, "true or false"),
        ("/sessions", {"caller": "301", "callee": "302", "send_sdp": True, "header_direction": "UP"}, "one of"),
        ("/sessions", [], "object"),
    ],
)
async def test_bodies_are_taken_as_documented_or_not_at_all(desk: FrontDesk, path: str, body: Any, part: str) -> None:
    await desk.talk()
    assert part in await desk.refused(path, body)
    assert await desk.parties() == [(SHOWN, "301")]


# ---- agents --------------------------------------------------------------------------------------------------------


async def test_an_agents_state_is_set_for_one_queue_from_either_side(desk: FrontDesk) -> None:
    desk.only(301)
    queue = await desk.queue()
    await desk.post(f"/call_queues/{queue}/agents/301", {"status": "LUNCH"})
    assert (await desk.state(301), await desk.state(301, "8003")) == ("LUNCH", "READY")
    desk.arrive()
    desk.wait(6)
    assert await desk.parties() == [(SHOWN, "8001")]
    users = {row["extension_number"]: row["id"] for row in (await desk.get("/users"))["items"]}
    path = f"/users/{users['301']}/call_queues/{queue}/agent"
    await desk.post(path, {"status": "LOGGED_IN"})
    assert (await desk.get(path))["status"] == "READY"
    desk.wait(5)
    assert await desk.parties() == [(SHOWN, "301")]


async def test_signing_one_queue_in_leaves_the_agent_out_of_the_others(desk: FrontDesk) -> None:
    desk.only(301)
    desk.site.distributor.set_status(desk.agent(301), LOGGED_OUT)
    await desk.post(f"/call_queues/{await desk.queue()}/agents/301", {"status": "READY"})
    assert (await desk.state(301), await desk.state(301, "8003")) == ("READY", "LOGGED_OUT")


async def test_an_agent_who_is_rung_and_signs_out_is_rung_no_more(desk: FrontDesk) -> None:
    desk.only(301)
    desk.arrive()
    assert len(desk.pbx.extensions[301].legs) == 1
    await desk.post(f"/call_queues/{await desk.queue()}/agents/301", {"status": "LOGGED_OUT"})
    assert (desk.pbx.extensions[301].legs, await desk.state(301)) == ({}, "LOGGED_OUT")


@pytest.mark.parametrize("status", ["QUEUE_CALL", "OFFLINE", "Ready", "", None])
async def test_a_state_that_cannot_be_set_is_refused(desk: FrontDesk, status: Any) -> None:
    desk.only(301)
    await desk.refused(f"/call_queues/{await desk.queue()}/agents/301", {"status": status})
    assert await desk.state(301) == "READY"


async def test_the_roster_of_a_queue_is_replaced(desk: FrontDesk) -> None:
    desk.only(301, 311)
    queue = await desk.queue()
    wanted = [{"extension_number": "311", "skill_level": 2}, {"extension_number": "301"}]
    await desk.post(f"/call_queues/{queue}/agents", {"items": wanted})
    roster = (await desk.get(f"/call_queues/{queue}/agents"))["items"]
    assert [(row["extension_number"], row["skill_level"]) for row in roster] == [("311", 2), ("301", 1)]
    await desk.refused(f"/call_queues/{queue}/agents", {"items": [{"extension_number": "9999"}]})
    assert (await desk.get(f"/call_queues/{queue}/agents"))["items"] == roster


# ---- receptionists -------------------------------------------------------------------------------------------------


async def test_an_update_changes_what_it_names_and_nothing_else(desk: FrontDesk) -> None:
    identity = await desk.ivr("8100")
    before = await desk.get(f"/ivrs/{identity}")
    rule = {"action": "FORWARD_TO_NUMBER", "number": "8003"}
    answer = await desk.post(f"/ivrs/{identity}", {"failure_forward_rule": rule})
    assert answer.content == b""
    after = await desk.get(f"/ivrs/{identity}")
    assert after == before | {"failure_forward_rule": rule}
    assert after["prompt_file_name"] == "main-menu.wav"


async def test_rules_are_written_with_ids_of_holidays_and_read_with_objects(desk: FrontDesk) -> None:
    identity = await desk.ivr("8101")
    before = await desk.get(f"/ivrs/{identity}")
    written = copy.deepcopy(before["custom_forward_rules"])
    for rule in written:
        rule["holidays"] = [holiday["id"] for holiday in rule["holidays"]]
    written[0]["non_office_hours_forward_rule"] = {"action": "HANGUP"}
    await desk.post(f"/ivrs/{identity}", {"custom_forward_rules": written})
    after = await desk.get(f"/ivrs/{identity}")
    expected = copy.deepcopy(before)
    expected["custom_forward_rules"][0]["non_office_hours_forward_rule"] = {"action": "HANGUP", "number": None}
    assert after == expected


async def test_a_prompt_is_chosen_by_its_id(desk: FrontDesk) -> None:
    identity = await desk.ivr("8101")
    prompt = desk.world.reception.numbered("8100").definition["prompt_file_id"]
    await desk.post(f"/ivrs/{identity}", {"prompt_file_id": str(prompt)})
    assert (await desk.get(f"/ivrs/{identity}"))["prompt_file_name"] == "main-menu.wav"


ROW = {"user_input": "1", "office_hours": {"mode": "GLOBAL"}}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"extension_number": "8199"}, "unknown field"),
        ({"id": "x"}, "unknown field"),
        ({"prompt_file_name": "a.wav"}, "unknown field"),
        ({"prompt_file_id": "NzAwNTUxOTA5NzczMTQ4MTYw"}, "no such resource"),
        ({"dtmf_interval": "2"}, "integer"),
        ({"dtmf_interval": 0}, "integer"),
        ({"enable_pin": True}, "pin: required"),
        ({"enable_pin": True, "pin": "123456"}, "sequential"),
        ({"enable_pin": True, "pin": "711142"}, "repeating"),
        ({"language": "english please"}, "language"),
        ({"failure_forward_rule": {"action": "DISA"}}, "one of"),
        ({"failure_forward_rule": {"action": "FORWARD_TO_NUMBER"}}, "number: required"),
        ({"failure_forward_rule": {"action": "HANGUP", "number": None}}, "string"),
        ({"timeout_forward_rule": {"action": "HANGUP", "repeat_times": -1}}, "repeat_times"),
        ({"custom_forward_rules": [{"user_input": "1"}]}, "office_hours: required"),
        ({"custom_forward_rules": [ROW | {"office_hours": {"mode": "ALWAYS"}}]}, "one of"),
        ({"custom_forward_rules": [ROW | {"holidays": [{"id": "x"}]}]}, "no such resource"),
        (
            {
                "custom_forward_rules": [
                    ROW
                    | {
                        "office_hours": {
                            "mode": "CUSTOM",
                            "monday": {"enabled": True, "ranges": [{"from": "17:00", "to": "09:00"}]},
                        }
                    }
                ]
            },
            "earlier",
        ),
    ],
)
async def test_a_bad_update_is_refused_and_changes_nothing(desk: FrontDesk, body: Any, part: str) -> None:
    identity = await desk.ivr("8101")
    before = await desk.get(f"/ivrs/{identity}")
    assert part in await desk.refused(f"/ivrs/{identity}", {"name": "Changed"} | body)
    assert await desk.get(f"/ivrs/{identity}") == before


async def test_a_changed_rule_sends_the_next_caller_elsewhere(desk: FrontDesk) -> None:
    desk.only()
    identity = await desk.ivr("8101")
    choice = {
        "user_input": "0",
        "office_hours": {"mode": "GLOBAL"},
        "office_hours_forward_rule": {"action": "FORWARD_TO_NUMBER", "number": "8002"},
    }
    body = {"custom_forward_rules": [choice], "failure_forward_rule": choice["office_hours_forward_rule"]}
    timeout = {"action": "FORWARD_TO_NUMBER", "number": "8002", "timeout": 1}
    await desk.post(f"/ivrs/{identity}", body | {"timeout_forward_rule": timeout})
    desk.world.reception.arrive("8101", CALLER)
    assert await desk.parties() == [(SHOWN, "8101")]
    desk.wait(10)
    assert await desk.parties() == [(SHOWN, "8002")]
