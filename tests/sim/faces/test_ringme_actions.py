"""The hosted PBX face: every action has its effect in the calls that are seen afterwards, or none when it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sim.faces.desk import Desk, Row

pytestmark = pytest.mark.anyio

DESK = 300


@pytest.mark.parametrize("mode", ["eavesdrop", "whisper", "conference"])
async def test_supervising_rings_the_supervisor_and_adds_a_leg(desk: Desk, mode: str) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], mode, "2001", caller_id_name="Mira", caller_id_number="300")
    (leg,) = await desk.calls(DESK)
    assert (leg["answer_time_gmt"], leg["caller_id_name"], leg["caller_id_number"]) == (None, "Mira", "300")
    desk.wait(2)
    (leg,) = await desk.calls(DESK)
    assert leg["answer_time_gmt"] is not None
    assert await desk.calls(201) == [call]
    desk.world.hq.pbx.end(desk.world.hq.pbx.extensions[201].legs[call["call_api_id"]].call, "completed")
    assert await desk.calls() == []


async def test_an_unknown_or_silent_supervisor_phone_is_accepted_and_nothing_comes_of_it(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "eavesdrop", "4711")
    assert await desk.calls() == [call]
    desk.world.hq.pbx.extensions[DESK].answers = False
    await desk.act(call["call_api_id"], "eavesdrop", "2001")
    assert len(await desk.calls(DESK)) == 1
    desk.wait(26)
    assert await desk.calls(DESK) == []
    await desk.act(call["call_api_id"], "whisper", "+493023125999")
    assert await desk.calls() == [call]


async def test_a_ringing_call_cannot_be_listened_to(desk: Desk) -> None:
    desk.only(136)
    desk.arrive()
    (ringing,) = await desk.calls(201)
    await desk.act(ringing["call_api_id"], "eavesdrop", "2001")
    assert await desk.calls(DESK) == []


async def test_a_transfer_to_a_phone_moves_the_caller(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "transfer", "212")
    assert await desk.calls(201) == []
    assert (await desk.agent_row("136_local"))["state"] == "Waiting"
    (ringing,) = await desk.calls(212)
    assert (ringing["answer_time_gmt"], ringing["call_id"]) == (None, call["call_id"])
    desk.wait(5)
    (moved,) = await desk.calls()
    assert (moved["extension_id"], moved["caller_id_number"]) == (212, "+493023125123")
    assert moved["answer_time_gmt"] is not None
    assert await desk.members() == []


async def test_a_transfer_outside_talks_elsewhere(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "transfer", "+49 30 23125 990")
    desk.wait(9)
    (leg,) = await desk.calls()
    assert (leg["real_call"], leg["called_number"], leg["call_flow"]) == (False, "+493023125990", "out")
    assert leg["extension_id"] == 201
    assert leg["answer_time_gmt"] is not None


async def test_a_transfer_to_nowhere_loses_the_caller(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "transfer", "4711")
    assert await desk.calls() == []
    assert desk.world.hq.pbx.statistics.ended == {"lost": 1}


async def test_an_attended_transfer_completes_after_the_consultation(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "attended_transfer", "212")
    desk.wait(4)
    assert {row["extension_id"] for row in await desk.calls()} == {201, 212}
    desk.wait(6)
    (moved,) = await desk.calls()
    assert (moved["extension_id"], moved["call_id"]) == (212, call["call_id"])


async def test_an_attended_transfer_that_nobody_takes_keeps_the_call(desk: Desk) -> None:
    call = await desk.talk()
    desk.world.hq.pbx.extensions[212].answers = False
    await desk.act(call["call_api_id"], "attended_transfer", "212")
    await desk.act(call["call_api_id"], "attended_transfer", "4711")
    desk.wait(30)
    assert await desk.calls() == [call]


async def test_a_plain_park_takes_the_call_off_the_phone_and_returns_after_three_minutes(desk: Desk) -> None:
    call = await desk.talk()
    await desk.act(call["call_api_id"], "park")
    assert await desk.calls() == []
    desk.wait(179)
    assert await desk.calls() == []
    desk.wait(2)
    (back,) = await desk.calls(201)
    assert (back["answer_time_gmt"], back["call_id"]) == (None, call["call_id"])
    desk.wait(5)
    assert (await desk.calls(201))[0]["answer_time_gmt"] is not None


async def test_a_slot_tells_who_sits_in_it(desk: Desk) -> None:
    call = await desk.talk()
    handle = call["call_api_id"]
    assert (await desk.valet(handle, action="slots", slot=2)).json() == {"slot": 2, "uuid": None}
    assert (await desk.valet(handle, action="park", slot=2)).status_code == 200
    assert await desk.calls() == []
    assert (await desk.valet(handle, action="slots", slot=2)).json()["uuid"] == handle.split("-")[1]
    desk.wait(40)
    second = await desk.talk()
    answer = await desk.valet(second["call_api_id"], action="park", slot=2)
    assert (answer.status_code, answer.json()) == (400, {"message": "Slot 2 is occupied"})
    assert (await desk.valet(second["call_api_id"], action="park")).status_code == 400
    assert (await desk.valet(second["call_api_id"], action="stow", slot=1)).status_code == 400


async def test_a_bridge_joins_the_own_call_with_the_slot(desk: Desk) -> None:
    call = await desk.talk()
    await desk.valet(call["call_api_id"], action="park", slot=1)
    await desk.ask("POST", "/extension/300/callback/", {"src_num": ["2001"], "dst_num": "+493023125990"})
    desk.wait(3)
    (own,) = await desk.calls(DESK)
    assert (await desk.valet(own["call_api_id"], action="bridge", slot=3)).status_code == 400
    assert (await desk.valet(own["call_api_id"], action="bridge", slot=1)).status_code == 200
    (joined,) = await desk.calls()
    assert (joined["extension_id"], joined["call_id"]) == (DESK, call["call_id"])
    assert (await desk.valet(joined["call_api_id"], action="slots", slot=1)).json()["uuid"] is None


async def test_a_parked_member_returns_to_its_queue(desk: Desk) -> None:
    desk.only()
    desk.arrive(patience=5000)
    (row,) = await desk.members()
    await desk.valet(row["call_api_id"], action="park", slot=1)
    assert await desk.members() == []
    desk.wait(181)
    (again,) = await desk.members()
    assert (again["number"], again["wait_time"]) == ("+493023125123", 1)


async def test_hanging_up_a_waiting_member_and_a_ringing_offer(desk: Desk) -> None:
    desk.only(136)
    desk.arrive()
    (ringing,) = await desk.calls(201)
    await desk.ask("DELETE", f"/extension/201/current_calls/{ringing['call_api_id']}")
    (row,) = await desk.members()
    assert (row["state"], await desk.calls()) == ("Waiting", [])
    assert (await desk.ask("DELETE", f"/extension/601/current_calls/{row['call_api_id']}")).status_code == 204
    assert await desk.members() == []


async def test_a_callback_rings_the_source_and_then_the_destination(desk: Desk) -> None:
    body = {"src_num": ["2001"], "dst_num": "212", "caller_id_name": "Call back"}
    answer = (await desk.ask("POST", "/extension/300/callback/", body)).json()
    assert answer["call_api_id"] == answer["call_id"]
    (source,) = await desk.calls()
    assert (source["extension_id"], source["answer_time_gmt"]) == (DESK, None)
    assert source["callback_id"] == answer["call_id"]
    desk.wait(2)
    assert {row["extension_id"] for row in await desk.calls()} == {DESK, 212}
    desk.wait(5)
    rows: list[Row] = await desk.calls()
    assert all(row["answer_time_gmt"] for row in rows)
    assert {row["call_id"] for row in rows} == {answer["call_id"]}


async def test_staffing_changes_who_is_rung(desk: Desk) -> None:
    desk.only(146)
    desk.arrive(604)
    base = "/extension/604/queue/agents/local/"
    assert [row["agent_id"] for row in await desk.get(base)] == [139, 138]
    answer = await desk.ask("POST", base, {"agent_id": 146, "level": 2, "position": 3})
    assert (answer.status_code, answer.json()) == (201, {"agent_id": 146, "level": 2, "position": 3})
    assert (await desk.members(604))[0]["serving_agent"] == "146_local"
    changed: Any = (await desk.ask("PUT", base + "146", {"level": 1})).json()
    assert changed == {"agent_id": 146, "level": 1, "position": 3} == await desk.get(base + "146")
    assert (await desk.ask("DELETE", base + "146")).status_code == 204
    assert (await desk.ask("GET", base + "146")).status_code == 404
    assert 146 not in {row["agent_id"] for row in await desk.get(base)}
