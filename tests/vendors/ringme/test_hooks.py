"""Webhooks of the hosted PBX at the vendor's side: which are asked for, what odd answers make of them, which list an
event concerns."""

from __future__ import annotations

import httpx
import pytest

from tests.vendors.ringme.server import Server, adapter, call, discover, feed, ok, read
from tests.vendors.server import NOW, Item, Wrap, stamp
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import BadAnswer, NotPermitted, ReadError, Throttled
from wallboard.domain.keys import Resource
from wallboard.vendors.base import Secret, Ticket
from wallboard.vendors.ringme.adapter import RingmeAdapter

pytestmark = pytest.mark.anyio

ADDRESS = "https://hooks.example.net/wb/s3cret-s3cret/hq"
C, M, A = Resource.CALLS, Resource.MEMBERS, Resource.AGENTS
ANNA = "32494"


async def keep(source: RingmeAdapter) -> None:
    assert await feed(source, C, "discovery").fetch(Ticket(1, 1, NOW)) == ()


async def one_phone(vendor: Server, clock: ManualClock | None = None) -> RingmeAdapter:
    source = adapter(vendor, clock, client="", queues=("34414",), phones=(ANNA,), read_only=True)
    await discover(source)
    source.announce_to(Secret(ADDRESS))
    return source


def reconciled(source: RingmeAdapter) -> bool:
    return feed(source, C, ANNA).reconcile == 60.0


async def test_telephones_announce_four_things_and_queues_one_also_where_nobody_may_act() -> None:
    vendor = Server()
    source = await one_phone(vendor)
    assert (feed(source, C, "discovery").cost, reconciled(source)) == (7, False)
    await keep(source)
    asked = {(seen.path, seen.body["event_type"], seen.body["method"], seen.body["url"]) for seen in vendor.acted}
    phone, queue = "/extension/32494/event/", "/extension/34414/event/"
    expected = {(phone, kind, "POST", f"{ADDRESS}/32494") for kind in ("dial-in", "dial-out", "answer", "hangup")}
    assert asked == expected | {(queue, "hangup", "POST", f"{ADDRESS}/34414")}
    assert (len(vendor.acted), reconciled(source), feed(source, C, "discovery").cost) == (5, True, 1)
    before = len(vendor.log)
    await keep(source)
    assert len(vendor.log) == before


@pytest.mark.parametrize(
    "wrap", [lambda page, total: {"events": page}, lambda page, total: {"items": page, "count": 9}]
)
async def test_ours_are_found_in_any_list_and_the_second_of_a_kind_goes(wrap: Wrap) -> None:
    vendor = Server()
    vendor.wraps["webhooks"] = wrap
    vendor.litter = True
    ours = [
        {"url": f"{ADDRESS}/{ANNA}", "event_type": kind, "method": "POST"} for kind in ("answer", "answer", "voicemail")
    ]
    theirs: list[Item] = [
        {"id": 40, "url": f"{ADDRESS}x/{ANNA}", "event_type": "answer", "method": "POST"},
        {
            "id": 41,
            "url": "https://hooks.example.net/wb/other-secret/hq/32494",
            "event_type": "hangup",
            "method": "GET",
        },
        {"id": 42, "url": None, "event_type": "hangup"},
        {"id": 43, "url": "https://[s3cret-s3cret/hq/", "event_type": "hangup"},
    ]
    vendor.hooks[ANNA] = [*theirs, *({"id": 50 + n, **row} for n, row in enumerate(ours))]
    source = await one_phone(vendor)
    await keep(source)
    assert [seen.path for seen in vendor.acted if seen.method == "DELETE"] == [
        "/extension/32494/event/51",
        "/extension/32494/event/52",
    ]
    await source.unannounce()
    assert vendor.hooks == {ANNA: theirs, "34414": []}


async def test_an_answer_without_an_id_is_looked_up() -> None:
    vendor = Server()
    source = await one_phone(vendor)
    vendor.routes["POST /extension/32494/event/"] = ok({"status": "ok"})
    await keep(source)
    assert not reconciled(source)
    vendor.routes.clear()
    await keep(source)
    assert reconciled(source)


async def test_what_was_sent_and_not_answered_is_neither_doubled_nor_left() -> None:
    vendor = Server()
    source = await one_phone(vendor)

    def made_and_broken(request: httpx.Request) -> httpx.Response:
        del vendor.routes["POST /extension/32494/event/"]
        vendor(request)
        raise httpx.ReadError("reset")

    vendor.routes["POST /extension/32494/event/"] = made_and_broken
    with pytest.raises(BadAnswer):
        await keep(source)
    assert len(vendor.hooks[ANNA]) == 1
    await source.unannounce()
    assert vendor.hooks[ANNA] == []


@pytest.mark.parametrize(
    ("answer", "error"), [(ok({"message": "limit"}, 403), NotPermitted), (ok({"message": "slow down"}, 429), Throttled)]
)
async def test_a_refusal_ends_the_turn_and_is_said(answer: httpx.Response, error: type[ReadError]) -> None:
    vendor = Server()
    source = await one_phone(vendor)
    vendor.routes["POST /extension/32494/event/"] = answer
    with pytest.raises(error):
        await keep(source)
    assert sum(seen.path == "/extension/32494/event/" for seen in vendor.acted) == 1
    assert not reconciled(source)
    assert ("polled as before" in source.info().detail) is (error is NotPermitted)


@pytest.mark.parametrize(
    ("place", "fields", "lists"),
    [
        (ANNA, {"EventType": "dial-in"}, {(C, ANNA), (M, "34414"), (A, "34414")}),
        (ANNA, {"EventType": "hangup", "CallFlow": "out"}, {(C, ANNA)}),
        ("34414", {"EventType": "hangup"}, {(M, "34414")}),
        ("34414", {"EventType": "dial-in"}, set()),
        ("1", {"EventType": "dial-in"}, set()),
        (ANNA, {"EventType": "voicemail"}, set()),
    ],
)
async def test_an_event_names_the_lists_that_it_concerns(
    place: str, fields: dict[str, str], lists: set[tuple[Resource, str]]
) -> None:
    source = await one_phone(Server())
    await read(source, A, "34414")
    assert set(source.announced(place, fields)) == lists


async def test_a_telephone_that_no_queue_rings_concerns_no_queue() -> None:
    vendor = Server()
    vendor.agents["34414"] = [row for row in vendor.agents["34414"] if row["name"] != "Anna"]
    source = await one_phone(vendor)
    await read(source, A, "34414")
    assert source.announced(ANNA, {"EventType": "dial-in"}) == [(C, ANNA)]


@pytest.mark.parametrize("moment", ["{0}000000", "{0}000", "{0}", ""])
async def test_the_time_of_an_event_is_understood_in_any_unit(moment: str) -> None:
    source = await one_phone(Server())
    now = moment.format(int(NOW))
    assert source.announced(ANNA, {"EventType": "answer", "EventTime": now})
    old = moment.format(int(NOW - 3600))
    assert bool(source.announced(ANNA, {"EventType": "answer", "EventTime": old})) is (moment == "")


@pytest.mark.parametrize(
    ("fields", "trusted"),
    [
        ({"CallAPIID": "32494-00000000000000000000000000000009"}, True),
        ({"CallID": "00000000000000000000000000000009"}, True),
        ({"CallAPIID": "32494-1"}, False),
        ({}, False),
    ],
)
async def test_a_call_is_announced_by_its_leg_or_by_its_whole_at_its_telephone(
    fields: dict[str, str], trusted: bool
) -> None:
    clock, vendor = ManualClock(NOW), Server()
    vendor.calls = []
    source = await one_phone(vendor, clock)
    await keep(source)
    clock.advance(10)
    source.announced(ANNA, {"EventType": "dial-in", **fields})
    vendor.calls = [call(9, int(ANNA), init_time_gmt=stamp(-10))]
    await read(source, C, ANNA)
    assert reconciled(source)
    clock.advance(6)
    assert reconciled(source) is trusted
