"""What the hosted PBX's documented answers become on the board, list by list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.vendors.ringme.server import (
    CALLS,
    MEMBERS,
    STATUS,
    Server,
    adapter,
    calls_of,
    discover,
    feed,
    ok,
    read,
)
from tests.vendors.server import NOW
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Phone, Queue
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.vendors.base import Ticket

pytestmark = pytest.mark.anyio


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


async def test_counters_of_a_queue_with_its_name_and_strategy() -> None:
    source = adapter(Server())
    await discover(source)
    update = await read(source, Resource.QUEUES, "34414")
    assert (update.source, update.scope, update.as_of) == ("hq", "34414", NOW)
    (row,) = update.rows
    assert isinstance(row, Queue)
    assert row.key == Key("hq", Kind.QUEUE, "34414")
    assert (row.name, row.number, row.strategy) == ("Sales", "601", "longest-idle-agent")
    assert (row.waiting, row.ringing, row.talking) == (4, 1, 3)
    assert ("longest wait allowed", "300 s") in row.details


async def test_callers_of_a_queue() -> None:
    source = adapter(Server())
    await discover(source)
    update = await read(source, Resource.MEMBERS, "34414")
    waiting, ringing, talking = (row for row in update.rows if isinstance(row, Member))
    assert waiting.key.id == MEMBERS[0]["call_api_id"]
    assert (waiting.queue, waiting.number, waiting.state) == ("Sales", "+37410555012", MemberState.WAITING)
    assert waiting.joined_at == at("2026-03-02 08:12:33")
    assert waiting.address == (("extension_id", "34414"), ("call_api_id", MEMBERS[0]["call_api_id"]))
    assert (ringing.state, ringing.serving_ref) == (MemberState.RINGING, "")
    assert (talking.state, talking.serving_ref) == (MemberState.TALKING, "136_local")
    assert talking.answered_at == pytest.approx(at("2026-03-02 08:05:00") + 12.42)
    assert update.approximate == "", "an abandoned caller without an id is nothing to worry about"


async def test_agents_of_a_queue_can_be_found_by_every_name_of_theirs() -> None:
    source = adapter(Server())
    await discover(source)
    update = await read(source, Resource.AGENTS, "34414")
    anna, boris, chen, dana = (row for row in update.rows if isinstance(row, Agent))
    assert anna.key.id == "136_local"
    assert (anna.name, anna.extension, anna.state) == ("Anna", "341", AgentState.TALKING)
    assert anna.since == NOW - 187
    assert anna.refs == ("136_local", "Anna", "022*341@pbx.example", "022*341", "341")
    assert (anna.memberships[0].queue_id, anna.memberships[0].level, anna.memberships[0].position) == ("34414", 2, 1)
    assert dana.memberships[0].position == 4
    assert (boris.state, chen.state, dana.state) == (AgentState.READY, AgentState.BREAK, AgentState.OFF)
    assert (dana.raw_status, dana.raw_state) == ("logged_out", "Idle")


async def test_the_wrap_up_time_comes_from_the_config_because_the_live_list_has_none() -> None:
    (anna, *_) = (await read(adapter(Server(), queues=("34414",), wrap_up=20.0), Resource.AGENTS, "34414")).rows
    assert isinstance(anna, Agent)
    assert anna.wrap_up == 20.0


async def test_calls_of_the_whole_account() -> None:
    source = adapter(Server())
    await discover(source)
    first, second = calls_of(await read(source, Resource.CALLS))
    assert first.key.id == CALLS[0]["call_api_id"]
    assert (first.extension, first.direction, first.state) == ("341", Direction.IN, CallState.TALKING)
    assert (first.from_number, first.from_name, first.to, first.did) == (
        "+37410555012",
        "Acme",
        "022*200",
        "37460700700",
    )
    assert first.started_at == pytest.approx(at("2026-03-02 08:05:12") + 0.98)
    assert first.answered_at == at("2026-03-02 08:05:20")
    assert (first.recording, first.real, first.mine) == (False, True, False)
    assert first.agent_refs == ("022*341@pbx.example",)
    assert first.address == (("extension_id", "32494"), ("call_api_id", CALLS[0]["call_api_id"]))
    assert (second.extension, second.direction, second.state) == ("342", Direction.OUT, CallState.RINGING)
    assert (second.recording, second.real) == (True, False)


async def test_a_call_between_two_extensions_is_internal_and_my_own_leg_is_mine() -> None:
    vendor = Server()
    mine: dict[str, Any] = {
        **CALLS[0],
        "call_api_id": "32500-1",
        "extension_id": "32500",
        "caller_extension": [{"id": 32495, "name": "022*342@pbx.example"}],
        "called_extension": [{"id": 32500, "name": "022*300@pbx.example"}],
    }
    vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": [mine]})
    source = adapter(vendor)
    (call,) = calls_of(await read(source, Resource.CALLS))
    assert (call.direction, call.mine, call.extension) == (Direction.INTERNAL, True, "300")


async def test_registration_asks_for_all_phones_at_once_and_leaves_the_unknown_unknown() -> None:
    vendor = Server()
    source = adapter(vendor)
    await discover(source)
    vendor.log.clear()
    update = await read(source, Resource.PHONES)
    phones = [row for row in update.rows if isinstance(row, Phone)]
    assert [(phone.name, phone.extension, phone.registered) for phone in phones] == [
        ("Anna's desk", "341", True),
        ("342", "342", False),
        ("Supervisor", "300", None),
    ]
    (request,) = vendor.log
    assert request.path == "/extension/registration/"
    assert request.query == "extension_id=32494&extension_id=32495&extension_id=32500"


async def test_given_queues_and_phones_are_asked_for_exactly_and_nothing_is_discovered() -> None:
    vendor = Server()
    source = adapter(vendor, client="", queues=("34414",), phones=("32494", "32495"))
    scopes = [(feed.resource, feed.scope) for feed in source.feeds()]
    assert (Resource.CALLS, "32494") in scopes
    assert (Resource.CALLS, "") not in scopes
    assert {scope for resource, scope in scopes if resource is Resource.MEMBERS} == {"34414"}
    await discover(source)
    assert not [seen for seen in vendor.log if seen.path.startswith("/client/")]
    (call,) = calls_of(await read(source, Resource.CALLS, "32495"))
    assert call.extension == "342"


async def test_live_lists_wait_for_no_details_and_those_are_read_once_an_hour() -> None:
    vendor = Server()
    source = adapter(vendor)
    found = feed(source, Resource.QUEUES, "discovery")
    await found.fetch(Ticket(1, 1, NOW))
    assert {seen.path for seen in vendor.log} == {"/client/@me/extension/", "/client/@me/current_calls/"}
    details = feed(source, Resource.AGENTS, "discovery")
    live = [each for each in source.feeds() if each.scope in ("34414", "34415")]
    assert len(live) == 6
    assert max(each.priority for each in live) < details.priority

    vendor.log.clear()
    await details.fetch(Ticket(1, 2, NOW))
    assert len(vendor.log) <= details.cost
    assert feed(source, Resource.AGENTS, "discovery").interval == 3600.0
    vendor.log.clear()
    await found.fetch(Ticket(1, 3, NOW))
    assert {seen.path for seen in vendor.log} == {"/client/@me/extension/"}


async def test_one_queue_without_settings_does_not_hide_the_others() -> None:
    vendor = Server()
    vendor.routes["GET /extension/34414/queue/"] = ok({"message": "Forbidden"}, 403)
    source = adapter(vendor)
    await discover(source)
    (row,) = (await read(source, Resource.QUEUES, "34415")).rows
    assert isinstance(row, Queue)
    assert (row.name, row.strategy) == ("Support", "longest-idle-agent")
    (row,) = (await read(source, Resource.QUEUES, "34414")).rows
    assert isinstance(row, Queue)
    assert row.strategy == ""


async def test_a_counter_that_makes_no_sense_is_unknown_and_a_left_out_one_its_documented_default() -> None:
    vendor = Server()
    vendor.routes["GET /extension/34414/queue/status/"] = ok({"waiting_members": -3, "trying_members": None})
    (row,) = (await read(adapter(vendor, queues=("34414",)), Resource.QUEUES, "34414")).rows
    assert isinstance(row, Queue)
    assert (row.waiting, row.ringing, row.talking) == (None, None, 0)
    assert STATUS["answered_members"] == 3


async def test_the_budget_and_the_clock_of_the_vendor_are_known_after_an_answer() -> None:
    vendor = Server()
    vendor.routes["GET /extension/34414/queue/status/"] = ok(STATUS, Date="Mon, 02 Mar 2026 08:15:07 GMT")
    source = adapter(vendor, queues=("34414",))
    assert source.info().budget is None
    await read(source, Resource.QUEUES, "34414")
    info = source.info()
    assert info.budget is not None
    assert (info.budget.limit, info.budget.remaining, info.budget.reserve) == (3000, 2900, 300)
    assert info.budget.resets_at == NOW + 1260
    assert info.clock_offset == pytest.approx(60.0)


async def test_a_vendor_clock_that_is_ahead_does_not_make_calls_younger() -> None:
    vendor = Server()
    vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": CALLS}, Date="Mon, 02 Mar 2026 08:15:07 GMT")
    first, _ = calls_of(await read(adapter(vendor), Resource.CALLS))
    assert first.answered_at == at("2026-03-02 08:04:20")


async def test_join_times_are_read_in_the_zone_of_the_source() -> None:
    vendor = Server()
    vendor.routes["GET /extension/34414/queue/status/members/"] = ok(
        [{**MEMBERS[0], "joined_datetime": "2026-03-02 12:12:33"}]
    )
    source = adapter(vendor, queues=("34414",), timezone="Asia/Yerevan")
    (row,) = (await read(source, Resource.MEMBERS, "34414")).rows
    assert isinstance(row, Member)
    assert row.joined_at == at("2026-03-02 08:12:33")


async def test_a_waiting_time_does_not_jitter_between_readings() -> None:
    vendor = Server()
    source = adapter(vendor, queues=("34414",))
    seen = []
    for wait in (94, 93, 95):
        row = {**MEMBERS[0], "joined_datetime": None, "wait_time": wait}
        vendor.routes["GET /extension/34414/queue/status/members/"] = ok([row])
        (member,) = (await read(source, Resource.MEMBERS, "34414")).rows
        assert isinstance(member, Member)
        seen.append(member.joined_at)
    assert len(set(seen)) == 1


async def test_one_row_can_be_read_again() -> None:
    vendor = Server()
    source = adapter(vendor)
    await discover(source)
    call = calls_of(await read(source, Resource.CALLS))[0]
    (member, *_) = (await read(source, Resource.MEMBERS, "34414")).rows
    (anna, *_) = (await read(source, Resource.AGENTS, "34414")).rows
    path = f"GET /extension/32494/current_calls/{call.key.id}"
    vendor.routes[path] = ok({key: value for key, value in CALLS[0].items() if "extension" not in key or "_id" in key})
    assert await source.refresh(call) == call
    assert await source.refresh(member) == member
    again = await source.refresh(anna)
    assert isinstance(again, Agent)
    assert again.state is AgentState.TALKING
    vendor.routes[path] = ok({"message": "Not found"}, 404)
    vendor.routes["GET /extension/34414/queue/status/members/"] = ok([])
    assert await source.refresh(call) is None
    assert await source.refresh(member) is None


async def test_check_says_what_the_account_can_do() -> None:
    vendor = Server()
    vendor.routes["GET /extension/34414/queue/status/agents/"] = ok({"message": "Forbidden"}, 403)
    lines = {line.name: line for line in await adapter(vendor).check()}
    assert lines["reach"].ok
    assert lines["sign-in"].text == "as mira"
    assert lines["discovery"].text == "2 queues, 3 phones, calls of the whole account"
    assert lines["members"].ok
    assert (lines["agents"].ok, lines["agents"].text) == (False, "not permitted for this account: Forbidden")
    assert lines["my phone"].ok
    assert lines["budget"].text == "2900 of 3000 requests left this hour"
    assert all(seen.method == "GET" for seen in vendor.log)


async def test_an_unchanged_call_is_the_same_row_and_a_changed_one_is_not() -> None:
    vendor = Server()
    source = adapter(vendor)
    first = calls_of(await read(source, Resource.CALLS))
    again = calls_of(await read(source, Resource.CALLS))
    assert first[0] is again[0]
    answered = {**CALLS[1], "answer_time_gmt": "2026-03-02 08:14:05"}
    vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": [CALLS[0], answered]})
    changed = calls_of(await read(source, Resource.CALLS))
    assert changed[0] is first[0]
    assert changed[1].state is CallState.TALKING
    vendor.routes["GET /client/@me/current_calls/"] = ok({"call_list": [answered]})
    assert [call.key.id for call in calls_of(await read(source, Resource.CALLS))] == ["32495-77"]
    await discover(source)
    renamed = calls_of(await read(source, Resource.CALLS))
    assert renamed[0].agent_refs == ("022*342@pbx.example",), "the names of phones are known now"
