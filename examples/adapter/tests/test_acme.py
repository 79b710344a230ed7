"""The promises of every adapter, and what is Acme's own."""

from __future__ import annotations

import anyio
import httpx

from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.domain.models import Call
from wallboard.domain.states import CallState
from wallboard.testing import run_contract
from wallboard.vendors.base import BearerAuth, Secret, Services, SourceSettings, Ticket
from wallboard_acme import plugin

SETTINGS = SourceSettings("acme", "acme", "https://acme.example.net/v1", BearerAuth(Secret("opensesame")))
CALL = {
    "id": "c1",
    "caller": "+49301",
    "caller_name": "Eve\x1b[31m",
    "state": "Talking",
    "since": "2026-03-02T08:00:00Z",
}


def acme(request: httpx.Request) -> httpx.Response:
    if request.headers.get("authorization") != "Bearer opensesame":
        return httpx.Response(401)
    match request.method, request.url.path:
        case "GET", "/v1/queues":
            return httpx.Response(200, json={"queues": [{"id": 7, "name": "Sales", "waiting": "2"}, {"name": "no id"}]})
        case "GET", "/v1/calls":
            return httpx.Response(200, json={"calls": [CALL, CALL | {"id": "c2", "state": "transcending"}]})
        case "GET", "/v1/calls/c1":
            return httpx.Response(200, json=CALL)
        case "DELETE", "/v1/calls/c1":
            return httpx.Response(202)
    return httpx.Response(404)


def refusing(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def test_it_keeps_the_promises_of_every_adapter() -> None:
    run_contract(plugin, SETTINGS, transport=httpx.MockTransport(acme), down=httpx.MockTransport(refusing))


def test_words_that_acme_did_not_document_mean_nothing() -> None:
    async def read() -> dict[str, CallState]:
        adapter = plugin.build(SETTINGS, Services(ManualClock(), httpx.MockTransport(acme)))
        feed = next(feed for feed in adapter.feeds() if feed.resource is Resource.CALLS)
        (update,) = await feed.fetch(Ticket(1, 1, 0.0))
        await adapter.aclose()
        return {row.key.id: row.state for row in update.rows if isinstance(row, Call)}

    assert anyio.run(read) == {"c1": CallState.TALKING, "c2": CallState.UNKNOWN}
