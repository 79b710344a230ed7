"""What the PortSIP face says, and how one signs in to it."""

from __future__ import annotations

import base64

import pytest

from tests.sim.faces.desk import CREDENTIALS, PORTSIP, SHOWN, FrontDesk, decimal
from wallboard.sim import Knobs

pytestmark = pytest.mark.anyio


async def test_a_login_gives_a_token_that_opens_and_expires(front: FrontDesk) -> None:
    front.bearer = ""
    answer = (await front.post("/login", CREDENTIALS)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 1800)
    front.bearer = answer["access_token"]
    front.wait(1799)
    await front.get("/call_queues")
    front.wait(1)
    refusal = await front.ask("GET", "/call_queues")
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")


async def test_a_refresh_token_works_once_and_not_for_ever(front: FrontDesk) -> None:
    first = (await front.post("/login", CREDENTIALS)).json()
    front.wait(1800)
    front.bearer = ""
    renewed = (await front.post("/auth/refresh_token", {"refresh_token": first["refresh_token"]})).json()
    await front.refused("/auth/refresh_token", {"refresh_token": first["refresh_token"]}, "UNAUTHORIZED")
    front.bearer = renewed["access_token"]
    await front.get("/users")
    front.wait(front.app.sign_in.refreshes.lifetime)
    await front.refused("/auth/refresh_token", {"refresh_token": renewed["refresh_token"]}, "UNAUTHORIZED")


async def test_the_form_style_signs_in_and_refreshes(front: FrontDesk) -> None:
    form = {"grant_type": "password", "scope": "all", "client_id": "a-console", **CREDENTIALS}
    answer = (await front.http.post(f"{PORTSIP}/login/oauth/token", data=form)).json()
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    front.bearer = (await front.http.post(f"{PORTSIP}/login/oauth/token", data=again)).json()["access_token"]
    await front.get("/tenant")
    wrong = await front.http.post(f"{PORTSIP}/login/oauth/token", data=form | {"password": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "UNAUTHORIZED")


@pytest.mark.parametrize("change", [{"password": "no"}, {"username": "nobody"}, {"domain": "other.example"}])
async def test_a_bad_login_is_a_400_that_says_so(front: FrontDesk, change: dict[str, str]) -> None:
    assert "authentication" in await front.refused("/login", CREDENTIALS | change, "UNAUTHORIZED")


async def test_lists_are_pages_of_summaries(front: FrontDesk) -> None:
    everything = await front.get("/ivrs")
    assert everything["count"] == len(everything["items"]) == 5
    assert set(everything["items"][0]) == {"id", "name", "extension_number"}
    pages = [(await front.get(f"/ivrs?skip={skip}&top=2"))["items"] for skip in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [row for page in pages for row in page] == everything["items"]


@pytest.mark.parametrize(
    "query", ["top=0", "top=101", "top=x", "skip=-1", "filter=name ne 'b'", "orderby=name", "search=menu"]
)
async def test_a_query_outside_the_limits_or_of_what_is_not_offered_is_refused(front: FrontDesk, query: str) -> None:
    answer = await front.ask("GET", f"/ivrs?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "VALIDATE_FAILED")


async def test_ids_are_opaque_texts_and_the_bare_number_is_taken_as_well(front: FrontDesk) -> None:
    identity = await front.queue()
    assert base64.b64encode(decimal(identity).encode()).decode() == identity
    assert await front.get(f"/call_queues/{identity}") == await front.get(f"/call_queues/{decimal(identity)}")


@pytest.mark.parametrize("path", ["/call_queues/x", "/ivrs/NzAw", "/users/1/status", "/sessions/884", "/nothing"])
async def test_what_is_not_there_is_404_with_an_error_object(front: FrontDesk, path: str) -> None:
    answer = await front.ask("GET", path)
    assert (answer.status_code, set(answer.json())) == (404, {"errors"})


async def test_users_and_their_state(front: FrontDesk) -> None:
    users = {row["extension_number"]: row for row in (await front.get("/users"))["items"]}
    assert (users["301"]["display_name"], users["2001"]["name"]) == ("Lena Hartmann", "supervisor")
    await front.talk()
    states = [(await front.get(f"/users/{users[number]['id']}/status"))["status"] for number in ("301", "302", "312")]
    assert states == ["ON_CALL", "ONLINE", "OFFLINE"]
    mine = (await front.get(f"/users/{users['301']['id']}/call_queues"))["items"]
    assert [row["extension_number"] for row in mine] == ["8001", "8003"]


async def test_queues_with_their_promise_and_those_who_wait(front: FrontDesk) -> None:
    queue = await front.queue()
    row = await front.get(f"/call_queues/{queue}")
    assert (row["name"], row["sla_time"], row["polling_strategy"]) == ("Front desk", 20, "LEAST_WORKED_HUNT")
    assert await front.get(f"/call_queues/{queue}/status") == {"status": "ONLINE"}
    front.only()
    front.arrive()
    front.wait(73)
    front.arrive(number="+493023125777")
    waiting = (await front.get(f"/call_queues/{queue}/waiting"))["items"]
    assert [(each["extension_number"], each["waiting_time"]) for each in waiting] == [
        (SHOWN, 73),
        ("00493023125777", 0),
    ]
    assert [row["id"] for row in await front.sessions()] == [each["session_id"] for each in waiting]


async def test_a_roster_has_no_states_and_each_agent_is_asked_alone(front: FrontDesk) -> None:
    await front.talk()
    front.pbx.extensions[303].registered = False
    roster = (await front.get(f"/call_queues/{await front.queue()}/agents"))["items"]
    assert [set(row) for row in roster] == [{"extension_number", "display_name", "skill_level"}] * 6
    assert [await front.state(agent) for agent in (301, 302, 303)] == ["QUEUE_CALL", "BREAK", "OFFLINE"]
    # One agent, one talk: the other queue shows it as well.
    assert await front.state(301, "8003") == "QUEUE_CALL"
    front.site.controls.hang_up(next(iter(front.pbx.extensions[301].legs.values())))
    assert await front.state(301) == "WRAP_UP"
    front.wait(13)
    assert await front.state(301) == "READY"


async def test_a_session_shows_whom_it_waits_for_rings_and_reaches(front: FrontDesk) -> None:
    front.only()
    front.arrive(8003)
    assert await front.parties() == [(SHOWN, "8003")]
    front.only(309, 310)
    assert await front.parties() == [(SHOWN, "8003"), (SHOWN, "309"), (SHOWN, "310")]
    front.wait(5)
    (session,) = await front.sessions()
    assert [call["trunk"] for call in session["calls"]] == ["carrier-a"]
    assert session["calls"][0]["callee"] in ("309", "310")
    assert session["calls"][0]["started_at"] == "2026-03-02T10:00:00Z"
    assert session == await front.get(f"/sessions/{session['id']}")


async def test_a_receptionist_is_read_with_names_addresses_and_holidays(front: FrontDesk) -> None:
    main = await front.get(f"/ivrs/{await front.ivr('8100')}")
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
    assert await front.get(f"/ivrs/{await front.ivr('8100')}/status") == {"status": "ONLINE"}


async def test_one_has_no_prompt_and_one_a_pin(front: FrontDesk) -> None:
    night = await front.get(f"/ivrs/{await front.ivr('8101')}")
    assert (night["prompt_file_name"], night["prompt_file_url"], night["enable_pin"]) == (None, None, False)
    staff = await front.get(f"/ivrs/{await front.ivr('8103')}")
    assert staff["enable_pin"] is True
    assert len(staff["pin"]) == 6
    holidays = await front.get("/holidays")
    assert holidays["count"] == 4


async def test_a_lively_world_answers_everything_with_what_it_promises() -> None:
    front = FrontDesk(Knobs())
    queues = [row["id"] for row in (await front.get("/call_queues"))["items"]]
    seen: set[str] = set()
    busiest = 0
    for _ in range(40):
        front.wait(10.0)
        busiest = max(busiest, len(await front.sessions()))
        for queue in queues:
            for agent in (await front.get(f"/call_queues/{queue}/agents"))["items"]:
                row = await front.get(f"/call_queues/{queue}/agents/{agent['extension_number']}")
                seen.add(row["status"])
    assert busiest >= 5
    assert seen >= {"READY", "QUEUE_CALL", "OTHER_CALL", "WRAP_UP", "LOGGED_OUT", "BREAK"}
