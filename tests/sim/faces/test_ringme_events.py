"""Webhooks of the simulated hosted PBX: what can be subscribed to, and what is sent when."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sim.faces.desk import Desk, Row
from wallboard.sim.faces.ringme_events import Delivery

pytestmark = pytest.mark.anyio

OURS = "https://hooks.example.net/wb/x"


async def subscribe(desk: Desk, extension: int, *kinds: str, method: str = "POST", url: str = OURS) -> list[Row]:
    """The subscriptions as the vendor answers."""
    found = []
    for kind in kinds:
        body = {"url": url, "event_type": kind, "method": method}
        answer = await desk.ask("POST", f"/extension/{extension}/event/", body)
        assert answer.status_code == 201, answer.text
        found.append(answer.json())
    return found


async def told(desk: Desk) -> list[Row]:
    """What was sent since the last look, as forms."""
    sent: list[Row] = []

    async def post(delivery: Delivery) -> None:
        text = urlsplit(delivery.url).query if delivery.method == "GET" else delivery.body.decode()
        sent.append({name: values[0] for name, values in parse_qs(text).items()})

    await desk.app.ringme["hq"].events.deliver(post)
    return sent


async def test_a_subscription_is_made_read_changed_and_dropped(desk: Desk) -> None:
    (made,) = await subscribe(desk, 201, "dial-in")
    assert made == {"id": made["id"], "url": OURS, "event_type": "dial-in", "method": "POST"}
    one = f"/extension/201/event/{made['id']}"
    assert await desk.get("/extension/201/event/") == [made] == [await desk.get(one)]
    assert await desk.get("/extension/202/event/") == []
    assert (await desk.ask("GET", f"/extension/202/event/{made['id']}")).status_code == 404
    assert (await desk.ask("PUT", one, {"method": "GET"})).json() == {**made, "method": "GET"}
    assert (await desk.ask("DELETE", one)).status_code == 204
    assert (await desk.ask("GET", one)).status_code == 404
    await subscribe(desk, 201, "dial-in", "hangup")
    await subscribe(desk, 202, "hangup")
    assert (await desk.ask("DELETE", "/extension/201/event/")).status_code == 204
    assert (await desk.get("/extension/201/event/"), len(await desk.get("/extension/202/event/"))) == ([], 1)


@pytest.mark.parametrize(
    "body",
    [
        {"url": OURS, "event_type": "dial-in"},
        {"url": OURS, "event_type": "ringing", "method": "GET"},
        {"url": OURS, "event_type": "dial-in", "method": "PUT"},
        {"url": "ftp://x", "event_type": "dial-in", "method": "GET"},
    ],
)
async def test_a_subscription_that_is_not_as_documented_is_refused(desk: Desk, body: Row) -> None:
    assert (await desk.ask("POST", "/extension/201/event/", body)).status_code == 400


async def test_the_number_of_subscriptions_is_limited(desk: Desk) -> None:
    desk.app.ringme["hq"].events.most = 1
    await subscribe(desk, 201, "dial-in")
    body = {"url": OURS, "event_type": "answer", "method": "GET"}
    assert (await desk.ask("POST", "/extension/202/event/", body)).status_code == 403


async def test_a_call_through_a_queue_is_told_by_the_phone_and_at_its_end_by_the_queue(desk: Desk) -> None:
    await subscribe(desk, 201, "dial-in", "dial-out", "answer", "hangup")
    await subscribe(desk, 601, "hangup", method="GET")
    call = await desk.talk()
    rang, answered = await told(desk)
    assert (rang["EventType"], answered["EventType"]) == ("dial-in", "answer")
    assert (rang["CallStatus"], answered["CallStatus"]) == ("CALLING", "ANSWER")
    for event in (rang, answered):
        assert (event["CallAPIID"], event["CallID"]) == (call["call_api_id"], call["call_id"])
        assert (event["CalledExtensionID"], event["CallerIDNum"]) == ("201", "+493023125123")
    assert 1e6 < int(answered["EventTime"]) - int(rang["EventTime"]) < 6e6
    desk.wait(300)
    over = {event["CalledExtensionID"]: event for event in await told(desk)}
    assert {name: (each["EventType"], each["Bridged"]) for name, each in over.items()} == {
        "201": ("hangup", "yes"),
        "601": ("hangup", "yes"),
    }
    assert int(over["201"]["Duration"]) > 60


async def test_a_caller_who_gives_up_is_told_by_the_queue_alone(desk: Desk) -> None:
    await subscribe(desk, 201, "dial-in", "hangup")
    await subscribe(desk, 601, "hangup")
    desk.only()
    desk.arrive(patience=20.0)
    desk.wait(30)
    (left,) = await told(desk)
    assert (left["EventType"], left["Bridged"], left["CallStatus"]) == ("hangup", "no", "NOANSWER")


async def test_what_a_request_does_is_told_as_well(desk: Desk) -> None:
    call = await desk.talk()
    await subscribe(desk, 201, "hangup")
    await subscribe(desk, 212, "dial-in")
    await desk.act(call["call_api_id"], "transfer", "212")
    assert sorted(event["EventType"] for event in await told(desk)) == ["dial-in", "hangup"]


async def test_a_phone_whose_events_are_lost_sends_none(desk: Desk) -> None:
    await subscribe(desk, 201, "dial-in", "answer")
    desk.app.ringme["hq"].events.deaf.add(201)
    await desk.talk()
    assert await told(desk) == []
