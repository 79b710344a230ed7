"""PortSIP's lists as rows on a board: paging, joins, unknown words, missing and extra fields, and what fails alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.vendors.portsip.desk import CALLER, SALES, SUPPORT, TALKING, Desk, leg, queue, waiting
from tests.vendors.portsip.server import error, paged
from wallboard.domain.errors import Throttled
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Phone, Queue
from wallboard.domain.states import AgentState, CallState, Direction, MemberState

pytestmark = pytest.mark.anyio


def many(count: int) -> list[dict[str, Any]]:
    return [queue(f"q{n}", f"{8000 + n}", f"Queue {n}") for n in range(count)]


# ---- queues --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["of the page", 0, "250", 250.0])
async def test_a_count_that_is_wrong_cuts_no_list_short(told: Any) -> None:
    desk = Desk()
    rows = many(250)

    def counted(request: httpx.Request) -> Any:
        skip = int(request.url.params["skip"])
        page = rows[skip : skip + 100]
        return {"count": len(page) if told == "of the page" else told, "items": page}

    desk.pbx.answers["GET", "/call_queues"] = counted
    await desk.fetch(desk.feed(Resource.QUEUES))
    assert len(desk.board.rows(Resource.QUEUES)) == 250


async def test_a_queue_shows_its_number_limits_and_who_waits() -> None:
    desk = Desk()
    await desk.read(Resource.MEMBERS, Resource.QUEUES)
    row = desk.one(Queue, SALES)
    assert (row.name, row.number, row.strategy, row.waiting, row.service_seconds) == (
        "Sales",
        "8001",
        "by skill, in turn",
        1,
        20,
    )
    assert row.longest_since == pytest.approx(desk.clock.now() - 73, abs=1.5)
    assert dict(row.details)["most callers"] == "10"  # type: ignore[index]
    support = desk.one(Queue, SUPPORT)
    assert support.waiting == 0
    assert support.service_seconds is None, "a target of 0 s is none"


async def test_a_count_whose_list_cannot_be_read_any_more_becomes_unknown() -> None:
    desk = Desk()
    await desk.read(Resource.MEMBERS, Resource.QUEUES)
    await desk.read(Resource.QUEUES, after=120.0)
    row = desk.one(Queue, SALES)
    assert row.waiting is None


async def test_only_the_queues_that_the_config_names_by_number_or_id() -> None:
    for chosen in (("8002",), (SUPPORT,), ("700551909773148161",)):
        desk = Desk(queues=chosen)
        await desk.read(Resource.QUEUES)
        assert [row.key.id for row in desk.board.rows(Resource.QUEUES)] == [SUPPORT]
        assert {feed.scope for feed in desk.adapter.feeds() if feed.resource is Resource.MEMBERS} == {SUPPORT}


async def test_named_queues_are_read_one_by_one_where_the_list_is_forbidden() -> None:
    desk = Desk(queues=(SALES,))
    desk.pbx.answers["GET", "/call_queues"] = error(403, "FORBIDDEN", "no")
    await desk.read(Resource.QUEUES)
    (row,) = desk.board.rows(Resource.QUEUES)
    assert isinstance(row, Queue)
    assert (row.name, row.number) == ("Sales", "8001")


async def test_a_queue_whose_details_are_forbidden_still_stands_there() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/call_queues/{id}/status"] = error(403, "FORBIDDEN", "no")
    desk.pbx.answers["GET", f"/call_queues/{SALES}"] = error(403, "FORBIDDEN", "no")
    desk.pbx.answers["GET", "/call_queues/{id}/waiting"] = httpx.Response(500)
    await desk.read(Resource.QUEUES)
    row = desk.one(Queue, SALES)
    assert row.name == "Sales"
    assert row.service_seconds is None


async def test_a_queue_that_is_deleted_takes_its_feeds_with_it() -> None:
    desk = Desk()
    await desk.read()
    desk.pbx.answers["GET", "/call_queues"] = paged([queue(SALES, "8001", "Sales")])
    await desk.read(Resource.QUEUES)
    assert desk.row(Kind.QUEUE, SUPPORT) is None
    scopes = {feed.scope for feed in desk.adapter.feeds() if feed.resource is Resource.MEMBERS}
    assert scopes == {SALES}
    await desk.read(Resource.AGENTS)
    desk.one(Agent, "101")


# ---- members -------------------------------------------------------------------------------------------------------


async def test_who_waits_is_in_order_and_since_when() -> None:
    desk = Desk()
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {
        "items": [waiting(CALLER, "00431334081002", 73, "T. Young"), waiting("884761305393664111", "102", "5")]
    }
    await desk.read(Resource.MEMBERS)
    first, second = (desk.one(Member, each) for each in (CALLER, "884761305393664111"))
    assert (first.name, first.number, first.position, first.state) == (
        "T. Young",
        "00431334081002",
        1,
        MemberState.WAITING,
    )
    assert first.joined_at == pytest.approx(desk.clock.now() - 73)
    assert (second.position, second.number) == (2, "102")
    assert second.joined_at == pytest.approx(desk.clock.now() - 5), "a number that came as text"


async def test_a_wait_does_not_jitter_with_whole_seconds() -> None:
    desk = Desk()
    await desk.read(Resource.MEMBERS)
    first = desk.one(Member, CALLER)
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": [waiting(CALLER, "00431334081002", 79)]}
    await desk.read(Resource.MEMBERS, after=5.4)
    second = desk.one(Member, CALLER)
    assert second.joined_at == first.joined_at


async def test_a_caller_and_a_call_are_one_in_either_spelling_of_the_id() -> None:
    desk = Desk()
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": [waiting("700551909773148160", "0043133", 7)]}
    desk.pbx.answers["GET", "/sessions"] = {
        "items": [{"id": "NzAwNTUxOTA5NzczMTQ4MTYw", "calls": [leg("0043133", "8001", desk.clock.now() - 7)]}]
    }
    await desk.read(Resource.MEMBERS, Resource.CALLS)
    (member,), (call,) = desk.board.rows(Resource.MEMBERS), desk.board.rows(Resource.CALLS)
    assert isinstance(member, Member)
    assert isinstance(call, Call)
    assert member.call_key == call.key
    assert call.queue == "Sales"


# ---- agents --------------------------------------------------------------------------------------------------------


async def test_an_agent_of_two_queues_is_one_row() -> None:
    desk = Desk()
    await desk.read(Resource.AGENTS)
    rows = desk.board.rows(Resource.AGENTS)
    assert [row.key.id for row in rows] == ["101", "102"]
    ada = rows[0]
    assert isinstance(ada, Agent)
    assert (ada.name, ada.extension, ada.state, ada.raw_status) == ("Ada", "101", AgentState.TALKING, "QUEUE_CALL")
    assert [(place.queue, place.level) for place in ada.memberships] == [("Sales", 3), ("Support", 3)]


async def test_states_that_differ_by_queue_are_one_state_with_both_told() -> None:
    desk = Desk()
    desk.pbx.answers["GET", f"/call_queues/{SUPPORT}/agents/101"] = {"extension_number": "101", "status": "LUNCH"}
    desk.states["101"] = "READY"
    await desk.read(Resource.AGENTS)
    await desk.read(Resource.AGENTS)
    row = desk.one(Agent, "101")
    assert row.state is AgentState.READY
    assert [place.paused for place in row.memberships] == [False, True]
    assert dict(row.details) == {"Sales": "ready", "Support": "lunch"}


async def test_a_change_that_was_seen_dates_the_state() -> None:
    desk = Desk()
    await desk.read(Resource.AGENTS)
    before = desk.one(Agent, "102")
    desk.states["102"] = "WRAP_UP"
    await desk.read(Resource.AGENTS, after=30.0)
    after = desk.one(Agent, "102")
    assert before.since is None, "nobody knows how long it was so before"
    assert after.since == pytest.approx(desk.clock.now())


async def test_one_agent_that_cannot_be_read_keeps_the_last_state_and_the_list_says_so() -> None:
    desk = Desk()
    await desk.read(Resource.AGENTS)
    desk.pbx.answers["GET", f"/call_queues/{SALES}/agents/102"] = httpx.Response(500)
    desk.states["101"] = "READY"
    await desk.read(Resource.AGENTS)
    ada, bo = desk.one(Agent, "101"), desk.one(Agent, "102")
    assert (ada.state, bo.state) == (AgentState.READY, AgentState.READY)
    assert any(update.approximate == "1 agent could not be read" for update in desk.updates)


async def test_where_states_are_forbidden_the_roster_says_why_and_asks_no_more() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/call_queues/{id}/agents/{agent_number}"] = error(403, "FORBIDDEN", "no")
    await desk.read(Resource.AGENTS)
    asked = len(desk.pbx.requests)
    await desk.read(Resource.AGENTS)
    row = desk.one(Agent, "102")
    assert row.no_state == "this account may not read what agents do"
    assert len(desk.pbx.requests) == asked + 2, "the two rosters alone"


async def test_where_no_state_is_known_the_roster_is_still_shown() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/call_queues/{id}/agents/{agent_number}"] = error(404, "UNKNOWN", "no")
    await desk.read(Resource.AGENTS)
    row = desk.one(Agent, "102")
    assert (row.name, row.state) == ("Bo", AgentState.UNKNOWN)
    assert any(update.approximate == "2 agents could not be read" for update in desk.updates)


async def test_a_throttled_status_stops_the_whole_reading() -> None:
    desk = Desk()
    desk.pbx.answers["GET", "/call_queues/{id}/agents/{agent_number}"] = httpx.Response(
        429, headers={"retry-after": "9"}
    )
    roster = [{"extension_number": f"{200 + n}"} for n in range(40)]
    desk.pbx.answers["GET", f"/call_queues/{SALES}/agents"] = {"items": roster}
    await desk.discover()
    asked = len(desk.pbx.requests)
    with pytest.raises(Throttled):
        await desk.fetch(desk.feed(Resource.AGENTS, SALES))
    assert len(desk.pbx.requests) - asked <= 1 + 3, "those under way, and no more"


async def test_agents_are_paced_by_how_many_there_are() -> None:
    desk = Desk(every={"agents": 5})
    roster = [{"extension_number": f"{200 + n}", "display_name": f"A{n}"} for n in range(50)]
    desk.pbx.answers["GET", f"/call_queues/{SALES}/agents"] = {"items": roster}
    desk.pbx.answers["GET", "/call_queues/{id}/agents/{agent_number}"] = {"status": "READY"}
    assert len(desk.board.rows(Resource.AGENTS)) == 0
    await desk.read(Resource.AGENTS)
    feed = desk.feed(Resource.AGENTS, SALES)
    assert feed.cost == 51
    assert feed.interval == pytest.approx(51 / 2.5), "50 agents and one elsewhere, at 2.5 requests a second"


# ---- calls ---------------------------------------------------------------------------------------------------------


async def test_a_session_is_one_call_of_its_legs() -> None:
    desk = Desk()
    await desk.read(Resource.QUEUES, Resource.AGENTS, Resource.CALLS)
    row = desk.one(Call, TALKING)
    assert (row.from_number, row.to, row.extension, row.queue) == ("004924199999", "101", "101", "Sales")
    assert (row.direction, row.state, row.agent) == (Direction.IN, CallState.TALKING, "Ada")
    assert row.started_at == pytest.approx(desk.clock.now() - 200, abs=2)
    assert len(row.details) == 2
    ada = desk.one(Agent, "101")
    assert ada.with_key == row.key
    assert ada.with_name == "004924199999"


async def test_a_caller_who_waits_is_not_talking_whatever_is_counted() -> None:
    desk = Desk()
    await desk.read(Resource.CALLS)
    row = desk.one(Call, CALLER)
    assert (row.state, row.queue, row.agent_refs) == (CallState.RINGING, "Sales", ())


async def test_a_call_is_not_answered_before_it_begins() -> None:
    desk = Desk()
    began = leg("+4312345678", "101", desk.clock.now(), 40)
    desk.pbx.answers["GET", "/sessions"] = {"items": [{"id": "s1", "calls": [began]}]}
    await desk.read(Resource.CALLS)
    row = desk.one(Call, "s1")
    assert row.answered_at == row.started_at


async def test_a_roster_with_what_is_no_extension_number_asks_nothing_about_it() -> None:
    desk = Desk()
    desk.pbx.answers["GET", f"/call_queues/{SALES}/agents"] = {
        "items": [{"extension_number": "../../users"}, {"extension_number": "102"}, {"display_name": "nobody"}]
    }
    await desk.read(Resource.AGENTS)
    assert {row.key.id for row in desk.board.rows(Resource.AGENTS)} == {"../../users", "101", "102"}


# ---- telephones ------------------------------------------------------------------------------------------------------


async def test_telephones_ask_for_registration_in_turns() -> None:
    desk = Desk()
    users = [{"id": f"u{n}", "display_name": f"P{n}", "extension_number": f"{300 + n}"} for n in range(25)]
    desk.pbx.answers["GET", "/users"] = paged(users)
    desk.pbx.answers["GET", "/users/{id}/status"] = {"status": "OFFLINE", "registration": []}
    for known in (10, 20, 25):
        await desk.read(Resource.PHONES)
        rows = [row for row in desk.board.rows(Resource.PHONES) if isinstance(row, Phone)]
        assert len(rows) == 25
        assert sum(row.registered is False for row in rows) == known
        assert all(row.registered is None for row in rows if row.registered is not False)


# ---- what fails ------------------------------------------------------------------------------------------------------


async def test_one_row_again() -> None:
    desk = Desk()
    await desk.read()
    now = desk.clock.now()
    desk.pbx.answers["GET", f"/sessions/{TALKING}"] = {"id": TALKING, "calls": [leg("004924199999", "102", now, 4)]}
    desk.states["102"] = "LUNCH"
    desk.pbx.answers["GET", f"/call_queues/{SALES}/waiting"] = {"items": []}
    desk.pbx.answers["GET", "/users/{id}/status"] = {"status": "ONLINE"}
    call, member, bo = desk.row(Kind.CALL, TALKING), desk.row(Kind.MEMBER, CALLER), desk.row(Kind.AGENT, "102")
    sales, phone = desk.row(Kind.QUEUE, SALES), desk.row(Kind.PHONE, "103")
    assert call
    assert member
    assert bo
    assert sales
    assert phone
    again = await desk.adapter.refresh(call)
    assert isinstance(again, Call)
    assert again.extension == "102"
    assert await desk.adapter.refresh(member) is None
    lunch = await desk.adapter.refresh(bo)
    assert isinstance(lunch, Agent)
    assert lunch.state is AgentState.BREAK
    assert isinstance(await desk.adapter.refresh(sales), Queue)
    registered = await desk.adapter.refresh(phone)
    assert isinstance(registered, Phone)
    assert registered.registered is True
    desk.pbx.answers["GET", f"/sessions/{TALKING}"] = error(404, "NOT_FOUND", "gone")
    assert await desk.adapter.refresh(call) is None
