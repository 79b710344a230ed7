"""Every action on the hosted PBX, through the whole program: the one documented request, and an honest ending."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.scene import BO, MY_PHONE, Stage, staged
from wallboard.domain.command import Verb
from wallboard.domain.models import Call, Row
from wallboard.domain.states import AgentState, CallState
from wallboard.sim.model import ON_BREAK

pytestmark = pytest.mark.anyio

MODES = {Verb.LISTEN: "eavesdrop", Verb.WHISPER: "whisper", Verb.BARGE: "conference"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, sources=("hq",)) as found:
        yield found


def pane(stage: Stage, call: Call, name: str) -> Row:
    match name:
        case "calls":
            return call
        case "members":
            return stage.members()[0]
        case _:
            return stage.agent("136_local")


def handle(path: str) -> str:
    return path.rsplit("/", 1)[1]


# ---- listen, whisper, barge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
@pytest.mark.parametrize("verb", list(MODES))
async def test_supervising_from_every_pane_is_one_request_and_my_leg_proves_it(
    stage: Stage, verb: Verb, where: str
) -> None:
    call = await stage.talk()
    row = pane(stage, call, where)
    done = await stage.act(verb, row)
    ((method, path, body),) = done.requests
    addressed = stage.members()[0].key.id if where == "members" else call.key.id
    extension = "601" if where == "members" else "201"
    assert (method, path) == ("PUT", f"/extension/{extension}/current_calls/{addressed}")
    assert body == {"action": MODES[verb], "send_dst": MY_PHONE}
    assert (done.phase, done.ending) == ("confirmed", "confirmed by my phone's new leg, answered")
    assert stage.legs(300) == [MODES[verb]]
    (mine,) = stage.calls(MY_PHONE)
    assert mine.mine
    assert mine.state is CallState.TALKING


@pytest.mark.parametrize("verb", list(MODES))
async def test_a_phone_that_nobody_answers_is_not_confirmed(stage: Stage, verb: Verb) -> None:
    call = await stage.talk()
    stage.hq.extensions[300].answers = False
    done = await stage.act(verb, call)
    assert len(done.sent) == 1
    assert (done.phase, done.ending) == ("not_confirmed", "not confirmed: accepted, but no sign of it in 30 s")
    assert stage.dispatcher.sessions == () or not stage.dispatcher.sessions[0].live


async def test_switching_the_mode_is_one_new_request_each_to_the_same_phone(stage: Stage) -> None:
    call = await stage.talk()
    await stage.act(Verb.LISTEN, call)
    seen = [leg.key for leg in stage.calls(MY_PHONE)]
    for verb in (Verb.WHISPER, Verb.BARGE, Verb.LISTEN):
        done = await stage.act(verb, call)
        assert done.requests == [
            (
                "PUT",
                f"/extension/201/current_calls/{call.key.id}",
                {"action": MODES[verb], "send_dst": MY_PHONE},
            )
        ]
        assert done.phase == "confirmed", done.ending
        assert stage.legs(300) == [MODES[verb]]
        await stage.until(lambda: len(stage.calls(MY_PHONE)) == 1 and stage.calls(MY_PHONE)[0].key not in seen)
        seen.append(stage.calls(MY_PHONE)[0].key)
        (session,) = stage.dispatcher.sessions
        assert (session.mode, session.state, session.leg) == (verb, verb.value, seen[-1])


async def test_switching_from_my_own_leg_acts_on_the_call_that_i_am_on(stage: Stage) -> None:
    call = await stage.talk()
    await stage.act(Verb.LISTEN, call)
    (mine,) = stage.calls(MY_PHONE)
    done = await stage.act(Verb.WHISPER, mine)
    assert [request[1] for request in done.requests] == [f"/extension/201/current_calls/{call.key.id}"]
    assert done.phase == "confirmed"


async def test_while_i_listen_other_rows_cannot_be_listened_to(stage: Stage) -> None:
    call = await stage.talk()
    await stage.act(Verb.LISTEN, call)
    stage.only(136, 140)
    stage.arrive(602, "+493023125777", "Ana Lopez")
    await stage.until(lambda: [row.state for row in stage.calls("205")] == [CallState.TALKING])
    (other,) = stage.calls("205")
    offer = stage.dispatcher.offer(Verb.WHISPER, other.key)
    assert (offer.ok, offer.reason) == (False, "my listen runs, Q ends it")
    done = await stage.submit(stage.command(Verb.WHISPER, other))
    assert (done.phase, done.requests) == ("refused", [])


async def test_ending_my_listening_hangs_up_my_leg_and_leaves_the_call(stage: Stage) -> None:
    call = await stage.talk()
    await stage.act(Verb.LISTEN, call)
    (mine,) = stage.calls(MY_PHONE)
    target = stage.dispatcher.session_target()
    assert target is not None
    done = await stage.act(Verb.END, target.key)
    assert done.requests == [("DELETE", f"/extension/300/current_calls/{mine.key.id}", None)]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by it is gone from two lists read since")
    assert (stage.legs(300), stage.legs(201)) == ([], ["talk"])
    assert not [session for session in stage.dispatcher.sessions if session.live]


# ---- transfer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
async def test_a_transfer_moves_the_caller_to_the_phone(stage: Stage, where: str) -> None:
    call = await stage.talk()
    row = pane(stage, call, where)
    expected = stage.command(Verb.TRANSFER, row, "206").target.key
    done = await stage.act(Verb.TRANSFER, row, "206")
    extension = "601" if where == "members" else "201"
    assert done.requests == [
        ("PUT", f"/extension/{extension}/current_calls/{expected.id}", {"action": "transfer", "send_dst": "206"})
    ]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller at 206")
    assert (stage.legs(201), stage.legs(206)) == ([], ["talk"])


async def test_a_transfer_into_a_queue_makes_the_caller_wait_there(stage: Stage) -> None:
    call = await stage.talk()
    done = await stage.act(Verb.TRANSFER, call, "602")
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller at 602")
    assert [row.number for row in stage.members("602")] == [BO]


async def test_a_waiting_caller_is_transferred_through_the_queue(stage: Stage) -> None:
    member = await stage.waiting()
    done = await stage.act(Verb.TRANSFER, member, "602")
    assert done.requests == [
        ("PUT", f"/extension/601/current_calls/{member.key.id}", {"action": "transfer", "send_dst": "602"})
    ]
    assert done.phase == "confirmed"
    assert (stage.members("601"), [row.number for row in stage.members("602")]) == ([], [BO])
    # Our own pull is not an abandon.
    assert stage.board.queue_stats(stage.queue().key).lost == 0


@pytest.mark.parametrize("number", ["+4930999888777", "999"])
async def test_where_the_destination_shows_in_no_list_the_ending_says_so(stage: Stage, number: str) -> None:
    call = await stage.talk()
    done = await stage.act(Verb.TRANSFER, call, number)
    assert len(done.sent) == 1
    assert done.phase == "accepted"
    assert done.ending.startswith("accepted: this vendor cannot show it (")


@pytest.mark.parametrize("verb", [Verb.TRANSFER, Verb.ATTENDED])
async def test_a_transfer_that_the_vendor_accepts_and_forgets_is_not_confirmed(stage: Stage, verb: Verb) -> None:
    call = await stage.talk()
    stage.server.faults.set("hq/extension/*/current_calls/*", "body:{}", method="PUT")
    done = await stage.act(verb, call, "206")
    assert len(done.sent) == 1
    assert (done.phase, done.ending) == ("not_confirmed", "not confirmed: the call is still where it was")


async def test_the_gone_row_alone_confirms_no_transfer(stage: Stage) -> None:
    """The caller hangs up while the vendor, who said yes, does nothing."""
    call = await stage.talk()
    leg = stage.hq.extensions[201].legs[call.key.id]
    stage.server.faults.set("hq/extension/*/current_calls/*", "body:{}", method="PUT")
    stage.world.engine.after(1.0, lambda: stage.hq.end(leg.call, "completed"))
    done = await stage.act(Verb.TRANSFER, call, "206")
    assert done.phase == "not_confirmed"


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
async def test_an_attended_transfer_ends_at_the_destination(stage: Stage, where: str) -> None:
    call = await stage.talk()
    done = await stage.act(Verb.ATTENDED, pane(stage, call, where), "206")
    assert done.requests == [
        ("PUT", f"/extension/201/current_calls/{call.key.id}", {"action": "attended_transfer", "send_dst": "206"})
    ]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller at 206")
    await stage.until(lambda: (stage.legs(201), stage.legs(206)) == ([], ["talk"]))


async def test_an_attended_transfer_that_nobody_takes_is_not_confirmed(stage: Stage) -> None:
    call = await stage.talk()
    stage.hq.extensions[206].registered = False
    done = await stage.act(Verb.ATTENDED, call, "206")
    assert done.phase == "not_confirmed"
    assert stage.legs(201) == ["talk"]


# ---- hold, park, fetch ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
async def test_hold_and_resume_are_accepted_and_say_why_no_more_is_known(stage: Stage, where: str) -> None:
    call = await stage.talk()
    path = f"/extension/201/current_calls/{call.key.id}"
    done = await stage.act(Verb.HOLD, pane(stage, call, where))
    assert done.requests == [("PUT", path, {"action": "hold"})]
    assert done.ending == "accepted: this vendor cannot show it (the vendor does not show which calls are held)"
    assert stage.hq.extensions[201].legs[call.key.id].held
    await stage.until(lambda: stage.calls("201")[0].state is CallState.HELD)
    again = await stage.act(Verb.RESUME, stage.calls("201")[0])
    assert again.requests == [("PUT", path, {"action": "offhold"})]
    assert again.phase == "accepted"
    assert not stage.hq.extensions[201].legs[call.key.id].held


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
async def test_a_parked_call_sits_in_its_slot_and_is_fetched(stage: Stage, where: str) -> None:
    call = await stage.talk()
    row = pane(stage, call, where)
    target = stage.command(Verb.PARK, row).target.key
    done = await stage.act(Verb.PARK, row)
    extension = "601" if where == "members" else "201"
    assert done.requests == [("PUT", f"/extension/{extension}/valet_park/{target.id}", {"action": "park", "slot": 1})]
    assert done.ending == "accepted: this vendor cannot show it (parked calls are in no list of this vendor)"
    slot = stage.world.hq.controls.in_slot(1)
    assert slot is not None
    assert slot.call.caller.number == BO
    await stage.until(lambda: [held.slot for held in stage.parked()] == ["1"])
    (parked,) = stage.parked()
    fetched = await stage.act(Verb.FETCH, parked)
    acting = [request for request in fetched.requests if request[2] != {"action": "slots", "slot": 1}]
    assert acting == [
        (
            "PUT",
            f"/extension/{extension}/current_calls/{target.id}",
            {"action": "pickup", "send_dst": MY_PHONE},
        )
    ]
    assert (fetched.phase, fetched.ending) == ("confirmed", "confirmed by the caller on my phone")
    assert stage.legs(300) == ["talk"]
    assert stage.world.hq.controls.in_slot(1) is None


async def test_the_second_parked_call_takes_the_next_slot_and_a_taken_one_is_refused(stage: Stage) -> None:
    first = await stage.talk()
    await stage.act(Verb.PARK, first)
    stage.only(140)
    stage.arrive(602, "+493023125777", "Ana Lopez")
    await stage.until(lambda: [row.state for row in stage.calls("205")] == [CallState.TALKING])
    (second,) = stage.calls("205")
    refused = await stage.act(Verb.PARK, second, slot="1")
    assert (refused.phase, len(refused.sent)) == ("failed", 1)
    assert "Slot 1 is occupied" in refused.ending
    done = await stage.act(Verb.PARK, stage.calls("205")[0])
    assert [body for _, _, body in done.requests] == [{"action": "park", "slot": 2}]
    assert [parked.slot for parked in stage.parked()] == ["1", "2"]


async def test_fetching_while_i_talk_bridges_my_call_with_the_slot(stage: Stage) -> None:
    call = await stage.talk()
    await stage.act(Verb.PARK, call)
    await stage.until(stage.parked)
    (parked,) = stage.parked()
    await stage.act(Verb.CALL, stage.agent("141_local"))
    await stage.until(lambda: [leg.state for leg in stage.calls(MY_PHONE)] == [CallState.TALKING])
    (mine,) = stage.calls(MY_PHONE)
    done = await stage.act(Verb.FETCH, parked)
    acting = [request for request in done.requests if request[2] != {"action": "slots", "slot": 1}]
    assert acting == [("PUT", f"/extension/300/valet_park/{mine.key.id}", {"action": "bridge", "slot": 1})]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller on my phone")


async def test_without_slots_a_call_is_parked_plainly(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("branch",)) as stage:
        site = stage.world.branch
        site.distributor.arrive(site.pbx.queues[701], BO, "Bo Quist", 900.0)
        await stage.until(lambda: [c.state for c in stage.calls(source="branch")] == [CallState.TALKING])
        (call,) = stage.calls(source="branch")
        done = await stage.act(Verb.PARK, call)
        owner = call.key.id.split("-")[0]
        assert done.requests == [("PUT", f"/extension/{owner}/current_calls/{call.key.id}", {"action": "park"})]
        assert done.phase == "accepted"
        assert [parked.slot for parked in site.pbx.parked.values()] == [None]
        await stage.until(lambda: stage.parked("branch"))
        (parked,) = stage.parked("branch")
        fetched = await stage.act(Verb.FETCH, parked)
        assert fetched.requests == [
            (
                "PUT",
                f"/extension/{owner}/current_calls/{call.key.id}",
                {"action": "pickup", "send_dst": MY_PHONE},
            )
        ]
        assert fetched.phase == "confirmed"


# ---- pick up, hang up, call ----------------------------------------------------------------------------------------


async def test_a_waiting_caller_is_picked_up_through_the_queue(stage: Stage) -> None:
    member = await stage.waiting()
    done = await stage.act(Verb.PICKUP, member)
    assert done.requests == [
        ("PUT", f"/extension/601/current_calls/{member.key.id}", {"action": "pickup", "send_dst": MY_PHONE})
    ]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by the caller on my phone")
    assert stage.legs(300) == ["talk"]


async def test_u_on_a_queue_takes_who_waits_longest(stage: Stage) -> None:
    first = await stage.waiting()
    await stage.wait(3.0)
    stage.arrive(601, "+493023125777", "Ana Lopez")
    await stage.until(lambda: len(stage.members()) == 2)
    done = await stage.act(Verb.PICKUP, stage.queue())
    assert [path for _, path, _ in done.requests] == [f"/extension/601/current_calls/{first.key.id}"]
    assert done.phase == "confirmed"


async def test_a_talking_call_is_taken_over(stage: Stage) -> None:
    call = await stage.talk()
    done = await stage.act(Verb.PICKUP, stage.agent("136_local"))
    assert done.requests == [
        ("PUT", f"/extension/201/current_calls/{call.key.id}", {"action": "pickup", "send_dst": MY_PHONE})
    ]
    assert done.phase == "confirmed"
    assert (stage.legs(201), stage.legs(300)) == ([], ["talk"])


async def test_a_pick_up_that_my_phone_does_not_answer_is_not_confirmed(stage: Stage) -> None:
    member = await stage.waiting()
    stage.hq.extensions[300].answers = False
    done = await stage.act(Verb.PICKUP, member)
    assert (done.phase, len(done.sent)) == ("not_confirmed", 1)


@pytest.mark.parametrize("where", ["calls", "members", "agents"])
async def test_hanging_up_is_one_delete(stage: Stage, where: str) -> None:
    call = await stage.talk()
    row = pane(stage, call, where)
    target = stage.command(Verb.HANGUP, row).target.key
    done = await stage.act(Verb.HANGUP, row)
    extension = "601" if where == "members" else "201"
    assert done.requests == [("DELETE", f"/extension/{extension}/current_calls/{target.id}", None)]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by it is gone from two lists read since")
    assert stage.hq.calls == {}


async def test_a_hang_up_without_effect_is_not_confirmed(stage: Stage) -> None:
    call = await stage.talk()
    stage.server.faults.set("hq/extension/*/current_calls/*", "body:{}", method="DELETE")
    done = await stage.act(Verb.HANGUP, call)
    assert (done.phase, done.ending) == ("not_confirmed", "not confirmed: it is still there")
    assert len(done.sent) == 1


async def test_calling_somebody_rings_my_phone_first(stage: Stage) -> None:
    stage.only()
    await stage.wait(6.0)
    done = await stage.act(Verb.CALL, stage.agent("136_local"))
    assert done.requests == [("POST", "/extension/300/callback/", {"src_num": [MY_PHONE], "dst_num": "201"})]
    assert (done.phase, done.ending) == ("confirmed", "confirmed by a new leg on my phone")


async def test_a_caller_who_hung_up_can_be_called_back(stage: Stage) -> None:
    member = await stage.waiting()
    sim_member = stage.hq.queues[601].members[member.key.id]
    stage.world.hq.distributor.hang_up(sim_member)
    await stage.until(lambda: not stage.members())
    offer = stage.dispatcher.offer(Verb.CALL, member.key, member)
    assert (offer.ok, offer.level) == (True, "confirm")


async def test_my_phone_off_the_hook_makes_a_call_not_confirmed(stage: Stage) -> None:
    stage.hq.extensions[300].registered = False
    done = await stage.act(Verb.CALL, stage.agent("136_local"))
    assert (done.phase, len(done.sent)) == ("not_confirmed", 1)


# ---- agents --------------------------------------------------------------------------------------------------------


async def test_an_agent_is_signed_out_and_in(stage: Stage) -> None:
    stage.only(136)
    await stage.until(lambda: stage.agent("136_local").state is AgentState.READY)
    out = await stage.act(Verb.SIGNOUT, stage.agent("136_local"))
    assert out.requests == [("PUT", "/extension/201/agent/136", {"status": "logged_out"})]
    assert (out.phase, out.ending) == ("confirmed", "confirmed by the agent's status in a list read since")
    assert stage.agent("136_local").state is AgentState.OFF
    back = await stage.act(Verb.SIGNIN, stage.agent("136_local"))
    assert back.requests == [("PUT", "/extension/201/agent/136", {"status": "available"})]
    assert back.phase == "confirmed"
    assert stage.agent("136_local").state is AgentState.READY


async def test_an_agent_on_a_break_is_signed_in_and_what_does_not_come_about_is_not_confirmed(stage: Stage) -> None:
    agent = stage.hq.agents["local", 136]
    stage.world.hq.distributor.set_status(agent, ON_BREAK)
    await stage.until(lambda: stage.agent("136_local").state is AgentState.BREAK)
    stage.server.faults.set("hq/extension/201/agent/136", "body:{}", method="PUT")
    done = await stage.act(Verb.SIGNIN, stage.agent("136_local"))
    assert (done.phase, len(done.sent)) == ("not_confirmed", 1)
    stage.server.faults.clear()
    assert (await stage.act(Verb.SIGNIN, stage.agent("136_local"))).phase == "confirmed"


async def test_staffing_adds_an_agent_to_a_queue_and_takes_them_out(stage: Stage) -> None:
    agent = stage.agent("136_local")
    assert "602" not in [place.queue_id for place in agent.memberships]
    added = await stage.act(Verb.STAFF, agent, queue="602", level="2", position="7")
    assert added.requests == [
        ("POST", "/extension/602/queue/agents/local/", {"agent_id": 136, "level": 2, "position": 7})
    ]
    assert (added.phase, added.ending) == ("confirmed", "confirmed by the queue's list of agents read since")
    assert "602" in [place.queue_id for place in stage.agent("136_local").memberships]
    moved = await stage.act(Verb.STAFF, stage.agent("136_local"), queue="602", level="1", position="1")
    assert moved.requests == [("PUT", "/extension/602/queue/agents/local/136", {"level": 1, "position": 1})]
    assert moved.ending == "accepted: this vendor cannot show it (the live list of agents shows no levels)"
    gone = await stage.act(Verb.UNSTAFF, stage.agent("136_local"), queue="602")
    assert gone.requests == [("DELETE", "/extension/602/queue/agents/local/136", None)]
    assert gone.phase == "confirmed"
    assert "602" not in [place.queue_id for place in stage.agent("136_local").memberships]


async def test_staffing_without_effect_is_not_confirmed(stage: Stage) -> None:
    stage.server.faults.set("hq/extension/602/queue/agents/local/", "body:{}", method="POST")
    done = await stage.act(Verb.STAFF, stage.agent("136_local"), queue="602")
    assert (done.phase, len(done.sent)) == ("not_confirmed", 1)
