"""What a server that somebody else wrote from the vendors' documents may send, and what it must be read as."""

from __future__ import annotations

import json
import random
from typing import Any

import httpx
import pytest

from tests.vendors.groupalarm.server import hotline
from tests.vendors.groupalarm.test_contract import adapter as hotline_source
from tests.vendors.groupalarm.test_contract import hotlines as read_hotlines
from tests.vendors.ringme.server import MEMBERS, MISSING, Server, adapter, discover, ok
from tests.vendors.server import NOW
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.states import ResourceState
from wallboard.polling.scheduler import Scheduler
from wallboard.vendors.http.address import route
from wallboard.view.snapshot import snapshot

pytestmark = pytest.mark.anyio


async def taken(vendor: Server) -> dict[str, Any]:
    """What `snapshot` says after everything was asked once."""
    clock = ManualClock(NOW)
    source = adapter(vendor, clock)
    board = Board(clock)
    board.source(source.info())
    await Scheduler(clock, {"hq": source}, board, random=random.Random(1)).once()
    found = snapshot(board, clock.now())
    await source.aclose()
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


async def test_the_client_that_i_am_stands_in_the_address_as_it_is_documented() -> None:
    vendor = Server()
    source = adapter(vendor)
    await discover(source)
    assert "/client/@me/current_calls/" in {seen.path for seen in vendor.log}
    await source.aclose()


@pytest.mark.parametrize("hostile", ["a/b", "a?b", "a#b", "a%2Fb", "a\\b", "a b"])
async def test_no_id_reaches_another_address(hostile: str) -> None:
    path = route("/extension/{id}/queue/", id=hostile).path
    assert path.count("/") == 4
    assert not set(path) & set("?# \\")


async def test_a_list_that_the_account_does_not_have_is_unavailable_not_a_broken_source() -> None:
    vendor = Server()
    vendor.routes["GET /extension/registration/"] = MISSING
    found = await taken(vendor)
    (source,) = found["sources"]
    assert source["state"] == "live"
    assert {part["state"] for part in source["resources"]} == {"live"}
    assert len([seen for seen in vendor.log if seen.path == "/extension/registration/"]) == 2


async def test_members_that_are_nowhere_are_said_to_be_unavailable() -> None:
    vendor = Server()
    for queue in vendor.queues:
        vendor.routes[f"GET /extension/{queue['id']}/queue/status/members/"] = MISSING
    (source,) = (await taken(vendor))["sources"]
    states = {part["name"]: part["state"] for part in source["resources"]}
    assert states["members"] == ResourceState.UNAVAILABLE
    assert states["queues"] == ResourceState.LIVE


async def test_the_wait_of_a_served_caller_is_known_without_a_join_time() -> None:
    vendor = Server()
    served = {**MEMBERS[2], "joined_datetime": None, "wait_time": 13}
    vendor.routes["GET /extension/34414/queue/status/members/"] = ok([served])
    (row,) = (await taken(vendor))["members"]
    assert (row["state"], row["wait"], row["joined_at"]) == ("talking", 13, None)


async def test_a_spent_hour_is_given_as_the_reason_of_what_is_not_read() -> None:
    vendor = Server()
    vendor.rate = {"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800"}
    (source,) = (await taken(vendor))["sources"]
    details = {part["detail"] for part in source["resources"] if part["state"] == "never"}
    assert details == {"the request budget is used up"}


@pytest.mark.parametrize("total", [None, 0, 3, 50, 127, "120"])
async def test_every_hotline_is_found_whatever_the_total_says(total: object) -> None:
    everything = [hotline(number) for number in range(1, 121)]

    def vendor(request: httpx.Request) -> httpx.Response:
        limit, offset = int(request.url.params["limit"]), int(request.url.params["offset"])
        page: dict[str, object] = {"hotlines": everything[offset : offset + limit]}
        return httpx.Response(200, json=page if total is None else {**page, "totalHotlines": total})

    source = hotline_source(vendor)
    assert [row.key.id for row in await read_hotlines(source)] == [str(number) for number in range(1, 121)]
    await source.aclose()


async def test_a_server_that_knows_no_offset_gives_every_hotline_once() -> None:
    everything = [hotline(number) for number in range(1, 51)]
    source = hotline_source(lambda request: httpx.Response(200, json={"hotlines": everything, "totalHotlines": 50}))
    assert len(await read_hotlines(source)) == 50
    await source.aclose()
