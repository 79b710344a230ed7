"""Disruption events of the configuration interface: published, found, replaced and deleted (seed 002)."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from wallboard.sim.asgi import Request, Response
from wallboard.sim.engine import Engine
from wallboard.sim.faces.sinch import SinchFace
from wallboard.sim.notices import ContactCenter, demo_center, guid

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SIGNED = {"authorization": "Basic " + b64encode(b"console:secret").decode()}
POST = {"accept": "text/html", "content-type": "application/json"}
NETWORK, SITES = guid("set/network"), guid("set/sites")
PLANNED = guid("event/switches")
WHY, WHERE, WHEN = (guid(f"item/network/{each}") for each in ("WHY/05", "WHERE/00100", "WHEN/14"))
BODY = {
    "activeFrom": "2026-03-02T10:00:00.000Z",
    "activeTo": "2026-03-02T12:00:00Z",
    "remarks": "Carrier is on site",
    "items": {"item": [{"id": WHY}, {"id": WHERE}, {"id": WHEN}]},
}


@pytest.fixture
def center() -> ContactCenter:
    return demo_center(Engine(3, START))


@pytest.fixture
def face(center: ContactCenter) -> SinchFace:
    return SinchFace(center, username="console", password="secret", api_key="")


def ask(
    face: SinchFace, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Response:
    if headers is None:
        headers = {"accept": "application/json"} if method == "GET" else POST
    where, _, query = path.partition("?")
    sent = b"" if body is None else json.dumps(body).encode()
    return face.handle(Request.of(method, where, query, SIGNED | headers, sent))


def events(face: SinchFace, query: str = "", group: str = NETWORK) -> list[Any]:
    answer = ask(face, "GET", f"/disruptionSets/{group}/events{query}")
    assert answer.status == 200, answer.body
    rows: list[Any] = json.loads(answer.body)
    return rows


def event(face: SinchFace, identity: str) -> Any:
    answer = ask(face, "GET", f"/disruptionSets/{NETWORK}/events/{identity}")
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def publish(face: SinchFace, body: object = BODY) -> str:
    answer = ask(face, "POST", f"/disruptionSets/{NETWORK}/events", body)
    assert answer.status == 201, answer.body
    assert dict(answer.headers)["content-type"] == "text/html"
    return answer.body.decode()


def test_a_published_notice_reads_back(face: SinchFace) -> None:
    identity = publish(face)
    assert len(identity) == 32
    row = event(face, identity)
    assert row["items"]["item"] == [
        {"id": WHY, "externalId": "05", "type": "WHY"},
        {"id": WHERE, "externalid": "00100", "type": "WHERE"},
        {"id": WHEN, "externalId": "14", "type": "WHEN"},
    ]
    assert (row["activeFrom"], row["activeTo"]) == ("2026-03-02T10:00:00.000Z", "2026-03-02T12:00:00.000Z")
    assert (row["created"], row["modified"]) == ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000Z")
    assert row["remarks"] == "Carrier is on site"
    assert events(face)[0] == row


def test_items_may_go_by_external_id_and_type(face: SinchFace) -> None:
    named = [{"externalId": "05", "type": "WHY"}, {"externalid": "00100", "type": "WHERE"}]
    row = event(face, publish(face, {"items": {"item": named}}))
    assert [item["id"] for item in row["items"]["item"]] == [WHY, WHERE]
    assert not {"activeFrom", "activeTo", "remarks"} & set(row)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"accept": "text/html"}, 415),
        ({"accept": "text/html", "content-type": "text/plain"}, 415),
        ({"content-type": "application/json"}, 406),
        ({"content-type": "application/json", "accept": "application/json"}, 406),
        ({"content-type": "application/json; charset=utf-8", "accept": "application/json, text/html"}, 201),
    ],
)
def test_a_post_must_name_what_it_sends_and_accept_the_id_as_html(
    face: SinchFace, headers: dict[str, str], status: int
) -> None:
    before = len(events(face))
    assert ask(face, "POST", f"/disruptionSets/{NETWORK}/events", BODY, headers).status == status
    assert len(events(face)) - before == (status == 201)


@pytest.mark.parametrize(
    "changes",
    [
        {"items": None},
        {"items": {"item": []}},
        {"items": [{"id": WHY}]},
        {"items": {"item": {"id": WHY}}},
        {"items": {"item": [{"id": guid("item/sites/WHY/01")}]}},
        {"items": {"item": [{"id": "05"}]}},
        {"items": {"item": [{"externalId": "05"}]}},
        {"items": {"item": [{"externalId": "05", "type": "WHERE"}]}},
        {"items": {"item": [{"externalId": "05", "type": "HOW"}]}},
        {"items": {"item": [{"id": WHY, "type": "WHERE"}]}},
        {"items": {"item": [{"id": WHY, "name": "Fibre cut"}]}},
        {"items": {"item": [{"id": WHY}, {"id": WHY}]}},
        {"activeFrom": None},
        {"activeFrom": "2026-03-02 10:00:00"},
        {"activeFrom": "2026-03-02T10:00:00+01:00"},
        {"activeFrom": "2026-02-30T10:00:00Z"},
        {"activeTo": "2026-03-02T09:00:00Z"},
        {"remarks": 7},
        {"active_from": "2026-03-02T10:00:00Z"},
        {"id": WHY},
    ],
)
def test_a_wrong_body_is_refused_whole(face: SinchFace, changes: dict[str, object]) -> None:
    before = events(face)
    answer = ask(face, "POST", f"/disruptionSets/{NETWORK}/events", BODY | changes)
    assert (answer.status, dict(answer.headers)["content-type"]) == (400, "text/plain")
    wrong = ask(face, "PUT", f"/disruptionSets/{NETWORK}/events/{PLANNED}", BODY | changes)
    assert wrong.status == 400
    assert events(face) == before


def test_a_body_without_items_or_that_is_no_object_is_refused(face: SinchFace) -> None:
    for body in ({"remarks": "x"}, [BODY], "x"):
        assert ask(face, "POST", f"/disruptionSets/{NETWORK}/events", body).status == 400


def test_put_replaces_and_what_is_left_out_is_lost(face: SinchFace, center: ContactCenter) -> None:
    before = event(face, PLANNED)
    assert (before["remarks"], before["ticket"]) == ("New core switches", "CHG-1187")
    center.engine.run(90.5)
    answer = ask(face, "PUT", f"/disruptionSets/{NETWORK}/events/{PLANNED}", before | {"remarks": "Postponed"})
    assert (answer.status, answer.body) == (204, b"")
    after = event(face, PLANNED)
    assert after == before | {"remarks": "Postponed", "modified": "2026-03-02T10:01:30.500Z"}
    answer = ask(face, "PUT", f"/disruptionSets/{NETWORK}/events/{PLANNED}", {"items": before["items"]})
    assert answer.status == 204
    assert set(event(face, PLANNED)) == {"id", "created", "modified", "items"}


def test_a_deleted_notice_is_gone(face: SinchFace) -> None:
    identity = publish(face)
    answer = ask(face, "DELETE", f"/disruptionSets/{NETWORK}/events/{identity}")
    assert (answer.status, answer.body) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        headers = POST | {"accept": "application/json"}
        gone = ask(face, method, f"/disruptionSets/{NETWORK}/events/{identity}", BODY, headers)
        assert (gone.status, gone.body) == (404, b"HTTP 404 Not Found")


def test_an_event_belongs_to_its_set(face: SinchFace) -> None:
    assert ask(face, "GET", f"/disruptionSets/{SITES}/events/{PLANNED}").status == 404
    assert ask(face, "GET", f"/disruptionSets/{NETWORK}/events/12").body == b"Invalid GUID: '12'"


def test_active_is_what_has_begun_and_not_ended(face: SinchFace, center: ContactCenter) -> None:
    assert events(face, "?active=true") == []
    assert [row["id"] for row in events(face, "?active=false")] == [PLANNED]
    identity = publish(face)
    forever = publish(face, {"items": {"item": [{"id": WHY}]}})
    assert {row["id"] for row in events(face, "?active=true")} == {identity, forever}
    center.engine.run(2 * 3600 + 1)
    assert [row["id"] for row in events(face, "?active=true")] == [forever]
    assert ask(face, "GET", f"/disruptionSets/{NETWORK}/events?active=yes").status == 400


def test_times_are_searched_after_and_before(face: SinchFace) -> None:
    identity = publish(face)
    for query, found in (
        ("?activeFrom=2026-03-02T12:00:00.000Z", [PLANNED]),
        ("?activeFromEnd=2026-03-02T12:00:00Z", [identity]),
        ("?activeTo=2026-03-02T11:00:00Z&activeToEnd=2026-03-02T13:00:00Z", [identity]),
        ("?created=2026-03-02T00:00:00Z", [identity]),
        ("?createdEnd=2026-03-02T00:00:00Z", [PLANNED]),
        ("?modified=2026-03-01T00:00:00Z&limit=1", [identity]),
        ("?modifiedEnd=2026-01-01T00:00:00Z", []),
    ):
        assert [row["id"] for row in events(face, query)] == found, query
    for query in ("?created=yesterday", "?remarks=x"):
        assert ask(face, "GET", f"/disruptionSets/{NETWORK}/events{query}").status == 400


def test_the_world_publishes_and_ends_notices_by_itself(face: SinchFace, center: ContactCenter) -> None:
    identity = center.publish("Network", why="Fibre cut", where="Headquarters", remarks="Digger", lasts=600.0)
    row = event(face, identity)
    assert (row["remarks"], row["activeTo"]) == ("Digger", "2026-03-02T10:10:00.000Z")
    assert [item["type"] for item in row["items"]["item"]] == ["WHY", "WHERE", "WHEN"]
    center.engine.run(60.0)
    center.end(identity)
    assert event(face, identity)["activeTo"] == "2026-03-02T10:01:00.000Z"
    assert events(face, "?active=true") == []
    ended = event(face, identity)
    center.engine.run(120.0)
    center.end(identity)
    assert event(face, identity) == ended
    center.end("0" * 32)
    with pytest.raises(KeyError):
        center.publish("Network", why="Aliens", where="Headquarters", remarks="", lasts=None)
