"""What the PortSIP face says, and how one signs in to it."""

from __future__ import annotations

import base64

import pytest

from tests.contract.faces.portsip_desk import API, CREDENTIALS, SHOWN, FrontDesk, decimal
from wallboard.sim import Knobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk() -> FrontDesk:
    return FrontDesk()


# ---- sign-in -------------------------------------------------------------------------------------------------------


async def test_a_login_gives_a_token_that_opens_and_expires(desk: FrontDesk) -> None:
    desk.bearer = ""
    answer = (await desk.post("/login", CREDENTIALS)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 1800)
    desk.bearer = answer["access_token"]
    desk.wait(1799)
    assert (await desk.get("/login"))["expires_in"] == 1
    desk.wait(1)
    refusal = await desk.ask("GET", "/call_queues")
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")


async def test_a_refresh_token_works_once_and_not_for_ever(desk: FrontDesk) -> None:
    first = (await desk.post("/login", CREDENTIALS)).json()
    desk.wait(1800)
    desk.bearer = ""
    renewed = (await desk.post("/auth/refresh_token", {"refresh_token": first["refresh_token"]})).json()
    await desk.refused("/auth/refresh_token", {"refresh_token": first["refresh_token"]}, "UNAUTHORIZED")
    desk.bearer = renewed["access_token"]
    await desk.get("/users")
    desk.wait(desk.app.sign_in.refresh_lifetime)
    await desk.refused("/auth/refresh_token", {"refresh_token": renewed["refresh_token"]}, "UNAUTHORIZED")


async def test_the_form_style_signs_in_and_refreshes(desk: FrontDesk) -> None:
    form = {"grant_type": "password", "scope": "all", "client_id": "a-console", **CREDENTIALS}
    answer = (await desk.http.post(f"{API}/login/oauth/token", data=form)).json()
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    desk.bearer = (await desk.http.post(f"{API}/login/oauth/token", data=again)).json()["access_token"]
    await desk.get("/tenant")
    wrong = await desk.http.post(f"{API}/login/oauth/token", data=form | {"password": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "UNAUTHORIZED")


@pytest.mark.parametrize("change", [{"password": "no"}, {"username": "nobody"}, {"domain": "other.example"}])
async def test_a_bad_login_is_a_400_that_says_so(desk: FrontDesk, change: dict[str, str]) -> None:
    assert "authentication" in await desk.refused("/login", CREDENTIALS | change, "UNAUTHORIZED")


async def test_a_user_of_a_tenant_must_name_its_domain(desk: FrontDesk) -> None:
    body = {name: value for name, value in CREDENTIALS.items() if name != "domain"}
    await desk.refused("/login", body, "UNAUTHORIZED")


async def test_sign_ins_are_no_actions_and_leave_no_secret_in_the_log(desk: FrontDesk) -> None:
    await desk.post("/login", CREDENTIALS)
    await desk.get("/tenant")
    assert desk.app.actions() == []
    assert CREDENTIALS["password"] not in repr(desk.app.requests)
    assert [(each.account, each.path, each.status) for each in desk.app.requests] == [
        ("front", "/login", 200),
        ("front", "/tenant", 200),
    ]


# ---- collections ---------------------------------------------------------------------------------------------------


async def test_lists_are_pages_of_summaries(desk: FrontDesk) -> None:
    everything = await desk.get("/ivrs")
    assert everything["count"] == len(everything["items"]) == 5
    assert set(everything["items"][0]) == {"id", "name", "extension_number"}
    pages = [(await desk.get(f"/ivrs?skip={skip}&top=2"))["items"] for skip in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [row for page in pages for row in page] == everything["items"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("search=menu", ["8100", "8101", "8102"]),
        ("search=8104", ["8104"]),
        ("filter=extension_number eq '8101'", ["8101"]),
        ("filter=extension_number ge '8102' and contains(name,'i')", ["8102", "8103", "8104"]),
        ("filter=startswith(name,'Main') or endswith(name,'line')", ["8100", "8104"]),
        ("filter=name ne 'Main menu'&orderby=name desc", ["8104", "8101", "8103", "8102"]),
        ("orderby=name asc, extension_number desc&top=2", ["8102", "8103"]),
    ],
)
async def test_a_list_can_be_searched_filtered_and_ordered(desk: FrontDesk, query: str, numbers: list[str]) -> None:
    assert [row["extension_number"] for row in (await desk.get(f"/ivrs?{query}"))["items"]] == numbers


@pytest.mark.parametrize(
    "query", ["top=0", "top=101", "top=x", "skip=-1", "filter=name", "orderby=shoe", "filter=a eq 'b'"]
)
async def test_a_query_outside_the_limits_is_refused(desk: FrontDesk, query: str) -> None:
    answer = await desk.ask("GET", f"/ivrs?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "VALIDATE_FAILED")


async def test_ids_are_opaque_texts_and_the_bare_number_is_taken_as_well(desk: FrontDesk) -> None:
    identity = await desk.queue()
    assert base64.b64encode(decimal(identity).encode()).decode() == identity
    assert await desk.get(f"/call_queues/{identity}") == await desk.get(f"/call_queues/{decimal(identity)}")


@pytest.mark.parametrize("path", ["/call_queues/x", "/ivrs/NzAw", "/users/1/status", "/sessions/884", "/nothing"])
async def test_what_is_not_there_is_404_with_an_error_object(desk: FrontDesk, path: str) -> None:
    answer = await desk.ask("GET", path)
    assert (answer.status_code, set(answer.json())) == (404, {"errors"})


async def test_only_get_and_post_are_known(desk: FrontDesk) -> None:
    assert (await desk.ask("DELETE", f"/ivrs/{await desk.ivr('8100')}")).status_code == 405


# ---- tenant, users, queues -----------------------------------------------------------------------------------------


async def test_the_tenant_has_a_zone_and_office_hours(desk: FrontDesk) -> None:
    tenant = await desk.get("/tenant")
    assert (tenant["timezone"], tenant["domain"]) == ("Europe/Berlin", "front.example")
    assert tenant["office_hours"]["monday"] == {"enabled": True, "ranges": [{"from": "08:00", "to": "18:00"}]}
    assert tenant["office_hours"]["sunday"] == {"enabled": False, "ranges": []}


async def test_users_and_their_state(desk: FrontDesk) -> None:
    users = {row["extension_number"]: row for row in (await desk.get("/users"))["items"]}
    assert (users["301"]["display_name"], users["2001"]["name"]) == ("Lena Hartmann", "supervisor")
    await desk.talk()
    states = [(await desk.get(f"/users/{users[number]['id']}/status"))["status"] for number in ("301", "302", "312")]
    assert states == ["ON_CALL", "ONLINE", "OFFLINE"]
    mine = (await desk.get(f"/users/{users['301']['id']}/call_queues"))["items"]
    assert [row["extension_number"] for row in mine] == ["8001", "8003"]


async def test_queues_with_their_promise_and_those_who_wait(desk: FrontDesk) -> None:
    queue = await desk.queue()
    row = await desk.get(f"/call_queues/{queue}")
    assert (row["name"], row["sla_time"], row["polling_strategy"]) == ("Front desk", 20, "LEAST_WORKED_HUNT")
    assert await desk.get(f"/call_queues/{queue}/status") == {"status": "ONLINE"}
    desk.only()
    desk.arrive()
    desk.wait(73)
    desk.arrive(number="+493023125777")
    waiting = (await desk.get(f"/call_queues/{queue}/waiting"))["items"]
    assert [(each["extension_number"], each["waiting_time"]) for each in waiting] == [
        (SHOWN, 73),
        ("00493023125777", 0),
    ]
    assert [row["id"] for row in await desk.sessions()] == [each["session_id"] for each in waiting]


async def test_a_roster_has_no_states_and_each_agent_is_asked_alone(desk: FrontDesk) -> None:
    await desk.talk()
    desk.pbx.extensions[303].registered = False
    roster = (await desk.get(f"/call_queues/{await desk.queue()}/agents"))["items"]
    assert [set(row) for row in roster] == [{"extension_number", "display_name", "skill_level"}] * 6
    assert [await desk.state(agent) for agent in (301, 302, 303)] == ["QUEUE_CALL", "BREAK", "OFFLINE"]
    # One agent, one talk: the other queue shows it as well.
    assert await desk.state(301, "8003") == "QUEUE_CALL"
    desk.site.controls.hang_up(next(iter(desk.pbx.extensions[301].legs.values())))
    assert await desk.state(301) == "WRAP_UP"
    desk.wait(13)
    assert await desk.state(301) == "READY"


async def test_a_session_shows_whom_it_waits_for_rings_and_reaches(desk: FrontDesk) -> None:
    desk.only()
    desk.arrive(8003)
    assert await desk.parties() == [(SHOWN, "8003")]
    desk.only(309, 310)
    assert await desk.parties() == [(SHOWN, "8003"), (SHOWN, "309"), (SHOWN, "310")]
    desk.wait(5)
    (session,) = await desk.sessions()
    assert [call["trunk"] for call in session["calls"]] == ["carrier-a"]
    assert session["calls"][0]["callee"] in ("309", "310")
    assert session["calls"][0]["started_at"] == "2026-03-02T10:00:00Z"
    assert session == await desk.get(f"/sessions/{session['id']}")


# ---- receptionists -------------------------------------------------------------------------------------------------


async def test_a_receptionist_is_read_with_names_addresses_and_holidays(desk: FrontDesk) -> None:
    main = await desk.get(f"/ivrs/{await desk.ivr('8100')}")
    assert (main["prompt_file_name"], main["prompt_file_size"]) == ("main-menu.wav", 482110)
    assert main["prompt_file_url"].startswith("/api/blobs/")
    assert main["timeout_forward_rule"] == {
        "timeout": 10,
        "repeat_times": 2,
        "action": "FORWARD_TO_NUMBER",
        "number": "8001",
    }
    first = main["custom_forward_rules"][0]
    assert (first["user_input"], first["office_hours"]["mode"]) == ("1", "GLOBAL")
    assert {each["name"] for each in first["holidays"]} == {
        *("Tag der Arbeit", "Tag der Deutschen Einheit", "Between the years"),
    }
    assert main["custom_forward_rules"][1]["office_hours"]["friday"]["ranges"][1] == {"from": "13:30", "to": "17:00"}
    assert "prompt_file_id" not in main
    assert await desk.get(f"/ivrs/{await desk.ivr('8100')}/status") == {"status": "ONLINE"}


async def test_one_has_no_prompt_and_one_a_pin(desk: FrontDesk) -> None:
    night = await desk.get(f"/ivrs/{await desk.ivr('8101')}")
    assert (night["prompt_file_name"], night["prompt_file_url"], night["enable_pin"]) == (None, None, False)
    staff = await desk.get(f"/ivrs/{await desk.ivr('8103')}")
    assert staff["enable_pin"] is True
    assert len(staff["pin"]) == 6
    holidays = await desk.get("/holidays")
    assert holidays["count"] == 4


async def test_a_lively_world_answers_everything_with_what_it_promises() -> None:
    desk = FrontDesk(Knobs())
    queues = [row["id"] for row in (await desk.get("/call_queues"))["items"]]
    seen: set[str] = set()
    busiest = 0
    for _ in range(40):
        desk.wait(10.0)
        busiest = max(busiest, len(await desk.sessions()))
        for queue in queues:
            for agent in (await desk.get(f"/call_queues/{queue}/agents"))["items"]:
                row = await desk.get(f"/call_queues/{queue}/agents/{agent['extension_number']}")
                seen.add(row["status"])
    assert busiest >= 5
    assert seen >= {"READY", "QUEUE_CALL", "OTHER_CALL", "WRAP_UP", "LOGGED_OUT", "BREAK"}
