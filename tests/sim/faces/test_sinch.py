"""The configuration interface of the contact centre: sign-in, headers, lists, rows and disruption events (seed 002)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.sim.faces.desk import Desk
from wallboard.sim.notices import guid

pytestmark = pytest.mark.anyio

NETWORK, SITES = guid("set/network"), guid("set/sites")
EVENTS = f"/disruptionSets/{NETWORK}/events"
PLANNED = guid("event/switches")
WHY, WHERE, WHEN = (guid(f"item/network/{each}") for each in ("WHY/05", "WHERE/00100", "WHEN/14"))
BODY = {
    "activeFrom": "2026-03-02T10:00:00.000Z",
    "activeTo": "2026-03-02T12:00:00Z",
    "remarks": "Carrier is on site",
    "items": {"item": [{"id": WHY}, {"id": WHERE}, {"id": WHEN}]},
}


async def get(desk: Desk, path: str) -> Any:
    answer = await desk.ask_center("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def publish(desk: Desk, body: object = BODY) -> str:
    answer = await desk.ask_center("POST", EVENTS, body)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/html"), answer.text
    return answer.text


def text(answer: httpx.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.headers["content-type"], answer.text


@pytest.mark.parametrize("change", [{"authorization": "Basic d3Jvbmc6eA=="}, {"authorization": "x"}, {"x-api-key": ""}])
async def test_only_the_user_with_the_key_comes_in(desk: Desk, change: dict[str, str]) -> None:
    answer = await desk.ask_center("GET", "/users", **change)
    assert text(answer) == (401, "text/plain", "HTTP 401 Unauthorized")
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("accept", ["", "*/*", "application/xml", "text/html"])
async def test_a_get_must_ask_for_json_by_name(desk: Desk, accept: str) -> None:
    assert (await desk.ask_center("GET", "/queues", accept=accept)).status_code == 406
    assert (await desk.ask_center("GET", "/queues", accept="text/plain, application/json;q=0.9")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queues/2B8ED95B0EC911E79675005056A75D9", 400, "Invalid GUID: '2B8ED95B0EC911E79675005056A75D9'"),
        (f"/queues/{guid('nothing')}", 404, "HTTP 404 Not Found"),
        (f"/queues/{guid('queue/Complaints')}/extensions/{guid('address/4711')}", 404, "HTTP 404 Not Found"),
        ("/queues/", 404, "HTTP 404 Not Found"),
        ("/users?limit=x", 400, "limit: an integer from 1 to 2147483647 is expected"),
        ("/users?password=Mira", 400, "Unknown query parameter 'password'"),
        ("/queues?sort=name", 400, "Unknown query parameter 'sort'"),
        (f"{EVENTS}?created=yesterday", 400, "created: UTC time expected, such as 2021-03-29T12:01:00.000Z"),
        (f"{EVENTS}?remarks=x", 400, "Unknown query parameter 'remarks'"),
    ],
)
async def test_errors_are_plain_texts(desk: Desk, path: str, status: int, words: str) -> None:
    assert text(await desk.ask_center("GET", path)) == (status, "text/plain", words)
    assert (await desk.ask_center("DELETE", f"/queues/{guid('queue/Complaints')}")).status_code == 405


async def test_a_list_of_users_is_short_and_a_user_whole(desk: Desk) -> None:
    users = await get(desk, "/users")
    assert len(users) == 12
    assert all(set(user) == {"id", "firstName", "surname"} for user in users)
    assert [user["firstName"] for user in users] == sorted(user["firstName"] for user in users)
    whole = await get(desk, f"/users/{users[0]['id']}")
    assert (whole["login"], whole["timeZone"], whole["synchronised"]) == ("Aiko.Tanaka", "Europe/Berlin", True)
    searched = await get(desk, "/users?phone=*&email=*berg*")
    assert [set(user) for user in searched] == [{"id", "firstName", "surname", "phone", "email"}]
    assert len(await get(desk, "/users?phone=*")) == 11


async def test_pages_have_no_total_and_end_with_a_short_one(desk: Desk) -> None:
    for number in range(247):
        desk.world.center.add("userGroups", f"many/{number}", name=f"Group {number:03d}")
    assert len(await get(desk, "/userGroups")) == 100
    pages = [await get(desk, f"/userGroups?offset={offset}&limit=100") for offset in (0, 100, 200, 300)]
    assert [len(page) for page in pages] == [100, 100, 50, 0]
    assert len({row["id"] for page in pages for row in page}) == 250


async def test_queues_show_channel_addresses_and_groups(desk: Desk) -> None:
    queues = {queue["name"]: queue for queue in await get(desk, "/queues")}
    assert sorted(queue["type"] for queue in queues.values()) == ["Chat"] * 2 + ["Email"] * 2 + ["Phone"] * 4
    assert queues["Sales Europe"]["addresses"] == {"address": ["4711"]}
    assert (queues["Complaints"]["loginType"], "synchronised" in queues["Complaints"]) == ("HuntGroup", False)
    assert await get(desk, f"/queues/{queues['Complaints']['id']}") == queues["Complaints"]
    path = f"/queues/{queues['Service desk']['id']}/extensions"
    first, second = await get(desk, path)
    assert first == {"id": guid("address/+4930231254711"), "address": "+4930231254711"}
    assert (second["language"], second["priority"]) == ("EN", 5)
    assert await get(desk, f"{path}/{second['id']}") == second


async def test_a_queue_group_has_dashes_in_one_place_and_none_in_another(desk: Desk) -> None:
    queue = guid("queue/Sales Europe")
    groups = await get(desk, f"/queues/{queue}/queueGroups")
    assert [set(group) for group in groups] == [{"id", "name"}] * 2
    dashed = groups[0]["id"]
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", dashed)
    assert dashed in {group["id"] for group in await get(desk, "/queueGroups")}
    for form in (dashed, dashed.replace("-", ""), dashed.lower()):
        single = await get(desk, f"/queueGroups/{form}")
        assert (single["id"], single["description"]) == (dashed.replace("-", ""), "CC Sales queue group")
    assert {"id": queue, "name": "Sales Europe"} in await get(desk, f"/queueGroups/{dashed}/queues")


async def test_who_belongs_to_what_reads_from_both_ends(desk: Desk) -> None:
    mira = guid("user/Mira Laine")
    short = {"id": mira, "firstName": "Mira", "surname": "Laine"}
    for kind, name, more in (("roles", "CC Agent", "description"), ("userGroups", "Sales", "synchronised")):
        (row,) = await get(desk, f"/users/{mira}/{kind}")
        assert (row["name"], set(row)) == (name, {"id", "name"})
        assert more in await get(desk, f"/users/{mira}/{kind}/{row['id']}")
        assert more in await get(desk, f"/{kind}/{row['id']}")
        assert short in await get(desk, f"/{kind}/{row['id']}/users")
        assert await get(desk, f"/{kind}/{row['id']}/users/{mira}") == short
    skills = await get(desk, f"/users/{mira}/skills")
    assert skills == [{"id": guid("skill/English"), "value": 5}, {"id": guid("skill/Deutsch"), "value": 4}]
    single = await get(desk, f"/users/{mira}/skills/{skills[0]['id']}")
    assert single == {"id": guid("skill/English"), "name": "English", "description": "English language skill"}
    assert single in await get(desk, "/skills")


async def test_presence_profiles_ivrs_and_the_items_of_a_set(desk: Desk) -> None:
    lunch = {"id": guid("profile/Lunch"), "name": "Lunch", "reason": "NONE"}
    assert await get(desk, f"/prsProfiles/{lunch['id']}") == lunch
    ivrs = await get(desk, "/customIvrs")
    assert [(ivr["name"], ivr["active"]) for ivr in ivrs] == [("Callback", False), ("Queue selection", True)]
    assert ("currentSourceCodeVersionId" in ivrs[0], "currentSourceCodeVersionId" in ivrs[1]) == (False, True)
    assert [row["name"] for row in await get(desk, "/disruptionSets")] == ["Network", "Sites"]
    items = {item["name"]: item for item in await get(desk, f"/disruptionSets/{NETWORK}/items")}
    assert {item["type"] for item in items.values()} == {"WHY", "WHERE", "WHEN"}
    assert items["Headquarters"]["attributes"]["attribute"][0]["value"] == "digits"
    assert items["Planned work"]["promptExternalId"] == "WHY_55"
    planned = items["Planned work"]
    assert await get(desk, f"/disruptionSets/{NETWORK}/items/{planned['id']}") == planned


async def test_a_published_notice_reads_back(desk: Desk) -> None:
    row = await get(desk, f"{EVENTS}/{await publish(desk)}")
    assert row["items"]["item"] == [
        {"id": WHY, "externalId": "05", "type": "WHY"},
        {"id": WHERE, "externalid": "00100", "type": "WHERE"},
        {"id": WHEN, "externalId": "14", "type": "WHEN"},
    ]
    assert (row["activeFrom"], row["activeTo"]) == ("2026-03-02T10:00:00.000Z", "2026-03-02T12:00:00.000Z")
    assert (row["created"], row["modified"]) == ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000Z")
    assert (await get(desk, EVENTS))[0] == row
    named = [{"externalId": "05", "type": "WHY"}, {"externalid": "00100", "type": "WHERE"}]
    row = await get(desk, f"{EVENTS}/{await publish(desk, {'items': {'item': named}})}")
    assert [item["id"] for item in row["items"]["item"]] == [WHY, WHERE]
    assert not {"activeFrom", "activeTo", "remarks"} & set(row)


async def test_a_post_must_name_what_it_sends_and_accept_the_id_as_html(desk: Desk) -> None:
    before = await get(desk, EVENTS)
    assert (await desk.ask_center("POST", EVENTS, BODY, content_type="text/plain")).status_code == 415
    assert (await desk.ask_center("POST", EVENTS, BODY, accept="application/json")).status_code == 406
    assert await get(desk, EVENTS) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"items": None},
        {"items": {"item": []}},
        {"items": [{"id": WHY}]},
        {"items": {"item": [{"id": guid("item/sites/WHY/01")}]}},
        {"items": {"item": [{"id": "05"}]}},
        {"items": {"item": [{"externalId": "05"}]}},
        {"items": {"item": [{"externalId": "05", "type": "HOW"}]}},
        {"items": {"item": [{"id": WHY, "type": "WHERE"}]}},
        {"items": {"item": [{"id": WHY, "name": "Fibre cut"}]}},
        {"items": {"item": [{"id": WHY}, {"id": WHY}]}},
        {"activeFrom": None},
        {"activeFrom": "2026-03-02T10:00:00+01:00"},
        {"activeFrom": "2026-02-30T10:00:00Z"},
        {"activeTo": "2026-03-02T09:00:00Z"},
        {"remarks": 7},
        {"active_from": "2026-03-02T10:00:00Z"},
        {"id": WHY},
    ],
)
async def test_a_wrong_body_is_refused_whole(desk: Desk, changes: dict[str, object]) -> None:
    before = await get(desk, EVENTS)
    answer = await desk.ask_center("POST", EVENTS, BODY | changes)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain")
    assert (await desk.ask_center("PUT", f"{EVENTS}/{PLANNED}", BODY | changes)).status_code == 400
    assert await get(desk, EVENTS) == before


async def test_put_replaces_and_what_is_left_out_is_lost(desk: Desk) -> None:
    before = await get(desk, f"{EVENTS}/{PLANNED}")
    assert (before["remarks"], before["ticket"]) == ("New core switches", "CHG-1187")
    desk.wait(90.5)
    answer = await desk.ask_center("PUT", f"{EVENTS}/{PLANNED}", before | {"remarks": "Postponed"})
    assert (answer.status_code, answer.content) == (204, b"")
    after = await get(desk, f"{EVENTS}/{PLANNED}")
    assert after == before | {"remarks": "Postponed", "modified": "2026-03-02T10:01:30.500Z"}
    await desk.ask_center("PUT", f"{EVENTS}/{PLANNED}", {"items": before["items"]})
    assert set(await get(desk, f"{EVENTS}/{PLANNED}")) == {"id", "created", "modified", "items"}


async def test_a_deleted_notice_is_gone_and_belongs_to_its_set(desk: Desk) -> None:
    path = f"{EVENTS}/{await publish(desk)}"
    assert (await desk.ask_center("GET", path.replace(NETWORK, SITES))).status_code == 404
    assert (await desk.ask_center("DELETE", path)).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        gone = await desk.ask_center(method, path, None if method == "GET" else BODY)
        assert (gone.status_code, gone.text) == (404, "HTTP 404 Not Found")


async def test_notices_are_found_by_being_active_and_by_their_times(desk: Desk) -> None:
    assert [row["id"] for row in await get(desk, f"{EVENTS}?active=false")] == [PLANNED]
    identity = await publish(desk)
    for query, found in (
        ("active=true", [identity]),
        ("activeFrom=2026-03-02T12:00:00.000Z", [PLANNED]),
        ("activeFromEnd=2026-03-02T12:00:00Z", [identity]),
        ("activeTo=2026-03-02T11:00:00Z&activeToEnd=2026-03-02T13:00:00Z", [identity]),
        ("created=2026-03-02T00:00:00Z", [identity]),
        ("modifiedEnd=2026-01-01T00:00:00Z", []),
    ):
        assert [row["id"] for row in await get(desk, f"{EVENTS}?{query}")] == found, query
    desk.wait(2 * 3600 + 1)
    assert await get(desk, f"{EVENTS}?active=true") == []
