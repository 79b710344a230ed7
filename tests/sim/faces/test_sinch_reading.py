"""The configuration interface of the contact centre: sign-in, headers, lists, filters and rows (seed 002)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from wallboard.sim.asgi import Request, Response
from wallboard.sim.engine import Engine
from wallboard.sim.faces.sinch import SinchFace
from wallboard.sim.notices import ContactCenter, UserGroup, demo_center, guid

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KEY = {"authorization": "Basic " + b64encode(b"console:secret").decode(), "x-api-key": "key-1"}
JSON = {"accept": "application/json"}
GUID = re.compile(r"[0-9A-F]{32}\Z")


@pytest.fixture
def center() -> ContactCenter:
    return demo_center(Engine(3, START))


@pytest.fixture
def face(center: ContactCenter) -> SinchFace:
    return SinchFace(center, username="console", password="secret", api_key="key-1")


def ask(face: SinchFace, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Response:
    where, _, query = path.partition("?")
    return face.handle(Request.of(method, where, query, headers if headers is not None else KEY | JSON, b""))


def get(face: SinchFace, path: str) -> Any:
    answer = ask(face, path)
    assert answer.status == 200, answer.body
    assert dict(answer.headers)["content-type"] == "application/json"
    return json.loads(answer.body)


def text(answer: Response) -> tuple[int, str, str]:
    return answer.status, dict(answer.headers)["content-type"], answer.body.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": KEY["authorization"]},
        {"authorization": KEY["authorization"], "x-api-key": "other"},
        {"authorization": "Basic " + b64encode(b"console:wrong").decode(), "x-api-key": "key-1"},
        {"authorization": "Basic not base64", "x-api-key": "key-1"},
        {"authorization": "Bearer secret", "x-api-key": "key-1"},
    ],
)
def test_only_the_user_with_the_key_comes_in(face: SinchFace, headers: dict[str, str]) -> None:
    answer = ask(face, "/users", headers | JSON)
    assert text(answer) == (401, "text/plain", "HTTP 401 Unauthorized")
    assert dict(answer.headers)["www-authenticate"].startswith("Basic")


def test_an_account_without_a_key_asks_for_none(center: ContactCenter) -> None:
    face = SinchFace(center, username="console", password="secret", api_key="")
    assert ask(face, "/users", {"authorization": KEY["authorization"]} | JSON).status == 200


@pytest.mark.parametrize("accept", [None, "*/*", "application/xml", "text/html"])
def test_a_get_must_ask_for_json_by_name(face: SinchFace, accept: str | None) -> None:
    assert ask(face, "/queues", KEY | ({"accept": accept} if accept else {})).status == 406
    assert ask(face, "/queues", KEY | {"accept": "text/plain, application/json;q=0.9"}).status == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queues/2B8ED95B0EC911E79675005056A75D9", 400, "Invalid GUID: '2B8ED95B0EC911E79675005056A75D9'"),
        ("/queues/x/extensions", 400, "Invalid GUID: 'x'"),
        (f"/queues/{guid('nothing')}", 404, "HTTP 404 Not Found"),
        (f"/users/{guid('nothing')}/skills", 404, "HTTP 404 Not Found"),
        (f"/queues/{guid('queue/Complaints')}/extensions/{guid('address/4711')}", 404, "HTTP 404 Not Found"),
        ("/queues/", 404, "HTTP 404 Not Found"),
        ("/queueStatuses", 404, "HTTP 404 Not Found"),
        ("/users?limit=x", 400, "limit: integer expected"),
        ("/users?offset=-1", 400, "offset: integer expected"),
        ("/users?login=Mira", 400, "Unknown query parameter 'login'"),
        ("/queues?name%20=%20Sales*", 400, "Unknown query parameter 'name '"),
        ("/queues?sort=name", 400, "sort: not offered here"),
    ],
)
def test_errors_are_plain_texts(face: SinchFace, path: str, status: int, words: str) -> None:
    assert text(ask(face, path)) == (status, "text/plain", words)


def test_what_is_not_offered_is_not_allowed(face: SinchFace) -> None:
    assert ask(face, f"/queues/{guid('queue/Complaints')}", method="DELETE").status == 405


def test_a_list_of_users_is_short_and_a_user_whole(face: SinchFace) -> None:
    users = get(face, "/users")
    assert len(users) == 12
    assert all(set(user) == {"id", "firstName", "surname"} and GUID.match(user["id"]) for user in users)
    assert [user["firstName"] for user in users] == sorted(user["firstName"] for user in users)
    whole = get(face, f"/users/{users[0]['id']}")
    assert whole["login"] == "Aiko.Tanaka"
    assert (whole["chat"], whole["timeZone"], whole["synchronised"]) == (whole["email"], "Europe/Berlin", True)


def test_a_list_of_users_also_has_the_fields_that_were_searched_by(face: SinchFace) -> None:
    users = get(face, "/users?phone=*&email=*berg*")
    assert [set(user) for user in users] == [{"id", "firstName", "surname", "phone", "email"}]
    with_phone = get(face, "/users?phone=*")
    assert len(with_phone) == 11
    assert "+4930231254806" in {user["phone"] for user in with_phone}
    assert len(get(face, "/users?phone=480%3F")) == 8
    assert get(face, "/users?surname=LAINE") == [user for user in get(face, "/users") if user["surname"] == "Laine"]


def test_pages_have_no_total_and_end_with_a_short_one(face: SinchFace, center: ContactCenter) -> None:
    for number in range(247):
        group = UserGroup(guid(f"many/{number}"), f"Group {number:03d}")
        center.user_groups[group.id] = group
    assert len(get(face, "/userGroups")) == 100
    pages = [get(face, f"/userGroups?offset={offset}&limit=100") for offset in (0, 100, 200, 300)]
    assert [len(page) for page in pages] == [100, 100, 50, 0]
    assert len({row["id"] for page in pages for row in page}) == 250


def test_a_list_without_paging_in_the_document_gives_everything(face: SinchFace, center: ContactCenter) -> None:
    user = center.users[guid("user/Samira Haddad")]
    assert len(get(face, f"/users/{user.id}/userGroups?offset=1&limit=1")) == 2
    assert len(get(face, f"/disruptionSets/{guid('set/network')}/items?limit=1")) == 9


def test_queues_show_channel_and_wrapped_addresses(face: SinchFace) -> None:
    queues = {queue["name"]: queue for queue in get(face, "/queues")}
    assert [queue["type"] for queue in queues.values()].count("Phone") == 4
    assert {queue["type"] for queue in queues.values()} == {"Phone", "Chat", "Email"}
    assert queues["Sales Europe"]["addresses"] == {"address": ["4711"]}
    assert queues["Service desk"]["addresses"]["address"][0] == "+4930231254711"
    assert queues["Complaints"]["loginType"] == "HuntGroup"
    assert "synchronised" not in queues["Complaints"]
    assert get(face, f"/queues/{queues['Complaints']['id']}") == queues["Complaints"]
    assert [queue["name"] for queue in get(face, "/queues?address=%2B49*711")] == ["Service desk"]
    assert [queue["name"] for queue in get(face, "/queues?name=Sales*")] == [
        "Sales chat",
        "Sales e-mail",
        "Sales Europe",
    ]


def test_an_extension_is_an_address_whatever_the_schema_says(face: SinchFace) -> None:
    queue = guid("queue/Service desk")
    rows = get(face, f"/queues/{queue}/extensions")
    assert rows[0] == {"id": guid("address/+4930231254711"), "address": "+4930231254711"}
    assert (rows[1]["language"], rows[1]["priority"]) == ("EN", 5)
    assert get(face, f"/queues/{queue}/extensions/{rows[1]['id']}") == rows[1]


def test_a_queue_group_has_dashes_in_one_place_and_none_in_another(face: SinchFace) -> None:
    queue = guid("queue/Sales Europe")
    groups = get(face, f"/queues/{queue}/queueGroups")
    assert [set(group) for group in groups] == [{"id", "name"}] * 2
    with_dashes = groups[0]["id"]
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", with_dashes)
    assert GUID.match(groups[1]["id"])
    assert with_dashes in {group["id"] for group in get(face, "/queueGroups?description=CC*")}
    for form in (with_dashes, with_dashes.replace("-", ""), with_dashes.lower()):
        single = get(face, f"/queueGroups/{form}")
        assert (single["id"], single["description"]) == (with_dashes.replace("-", ""), "CC Sales queue group")
    members = get(face, f"/queueGroups/{with_dashes}/queues?name=*chat")
    assert members == [{"id": guid("queue/Sales chat"), "name": "Sales chat"}]
    assert get(face, f"/queueGroups/{with_dashes}/queues/{members[0]['id']}") == members[0]
    assert get(face, f"/queues/{queue}/queueGroups/{with_dashes}")["name"] == "CC Sales"


def test_who_belongs_to_what_reads_from_both_ends(face: SinchFace) -> None:
    mira = guid("user/Mira Laine")
    (role,) = get(face, f"/users/{mira}/roles")
    assert role == {"id": guid("role/CC Agent"), "name": "CC Agent"}
    assert get(face, f"/users/{mira}/roles/{role['id']}")["description"] == "CC Agent Role"
    assert get(face, f"/roles/{role['id']}") == role | {"description": "CC Agent Role"}
    assert {"id": mira, "firstName": "Mira", "surname": "Laine"} in get(face, f"/roles/{role['id']}/users")
    assert get(face, f"/roles/{role['id']}/users/{mira}")["surname"] == "Laine"
    (group,) = get(face, f"/users/{mira}/userGroups")
    assert get(face, f"/userGroups/{group['id']}")["synchronised"] is True
    assert get(face, f"/users/{mira}/userGroups/{group['id']}")["name"] == "Sales"
    assert len(get(face, f"/userGroups/{group['id']}/users")) == 4
    assert get(face, f"/userGroups/{group['id']}/users/{mira}")["firstName"] == "Mira"
    assert {row["name"] for row in get(face, "/roles?name=CC*")} == {"CC Agent", "CC Supervisor"}
    skills = get(face, f"/users/{mira}/skills")
    assert skills == [{"id": guid("skill/English"), "value": 5}, {"id": guid("skill/Deutsch"), "value": 4}]
    single = get(face, f"/users/{mira}/skills/{skills[0]['id']}")
    assert single == {"id": guid("skill/English"), "name": "English", "description": "English language skill"}
    assert get(face, f"/skills/{skills[0]['id']}") == single
    assert len(get(face, "/skills")) == 4


def test_presence_profiles_and_custom_ivrs(face: SinchFace) -> None:
    assert [row["name"] for row in get(face, "/prsProfiles?reason=VACATION")] == ["Vacation"]
    assert get(face, f"/prsProfiles/{guid('profile/Lunch')}") == {
        "id": guid("profile/Lunch"),
        "name": "Lunch",
        "reason": "NONE",
    }
    ivrs = get(face, "/customIvrs")
    assert [(ivr["name"], ivr["active"]) for ivr in ivrs] == [("Callback", False), ("Queue selection", True)]
    assert ivrs[1]["addresses"] == {"address": ["4700", "+4930231254700"]}
    assert "currentSourceCodeVersionId" not in ivrs[0]
    assert get(face, "/customIvrs?active=true&attributeValue=Haupt*&address=4700") == [ivrs[1]]
    assert get(face, f"/customIvrs/{ivrs[0]['id']}") == ivrs[0]


def test_disruption_sets_and_their_items(face: SinchFace) -> None:
    sets = get(face, "/disruptionSets")
    assert [(row["name"], row["externalId"]) for row in sets] == [("Network", "network"), ("Sites", "sites")]
    assert get(face, "/disruptionSets?externalId=net*") == sets[:1]
    assert get(face, f"/disruptionSets/{sets[0]['id']}") == sets[0]
    items = get(face, f"/disruptionSets/{sets[0]['id']}/items")
    assert {item["type"] for item in items} == {"WHY", "WHERE", "WHEN"}
    spoken = next(item for item in items if item["name"] == "Headquarters")
    assert spoken["attributes"]["attribute"][0] == {"language": "EN", "name": "SayAsDatatype", "value": "digits"}
    (planned,) = get(face, f"/disruptionSets/{sets[0]['id']}/items?promptName=WHY*")
    assert (planned["externalId"], planned["promptExternalId"]) == ("55", "WHY_55")
    assert get(face, f"/disruptionSets/{sets[0]['id']}/items/{planned['id']}") == planned
    assert len(get(face, f"/disruptionSets/{sets[0]['id']}/items?type=WHERE&externalId=00%3F00")) == 3
