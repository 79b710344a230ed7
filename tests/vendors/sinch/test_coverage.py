"""What the coverage table declares and what the adapter requests are the same operations."""

from __future__ import annotations

import httpx
import pytest

from tests.support.coverage import REACHED, Relevance, document
from tests.vendors.server import operations, template_of
from tests.vendors.sinch.server import (
    AGENT,
    ANN,
    BASE,
    BREAK,
    ENGLISH,
    HELP,
    POWER,
    STORM,
    SUOMI,
    Server,
    adapter,
    command,
    guid,
    notices,
    read,
    rows,
)
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource


def declared(*relevances: Relevance) -> set[tuple[str, str]]:
    return {(one.method, one.path) for one in document("002").operations if one.relevance in relevances}


def bare(vendor: Server) -> None:
    """Lists and entries that leave out all they may, so that everything is asked for one by one."""
    for path in (
        f"/users/{ANN}/roles/{AGENT}",
        f"/users/{ANN}/userGroups/{vendor.groups[0]['id']}",
        f"/users/{ANN}/skills/{SUOMI}",
        f"/queues/{HELP}/queueGroups/{vendor.queue_groups[0]['id']}",
    ):
        vendor.answers[f"GET {path}"] = lambda request: httpx.Response(
            200, json={"id": request.url.path.rpartition("/")[2]}
        )
    vendor.user_skills[ANN] = [{"id": ENGLISH, "value": 5}, {"id": SUOMI, "value": 1}]
    vendor.answers[f"GET /skills/{SUOMI}"] = lambda request: httpx.Response(200, json={"id": SUOMI, "name": "Suomi"})
    vendor.answers["GET /skills"] = lambda request: httpx.Response(200, json=[{"id": ENGLISH, "name": "English"}])
    vendor.answers["GET /prsProfiles"] = lambda request: httpx.Response(200, json=[{"id": vendor.profiles[0]["id"]}])
    vendor.answers["GET /customIvrs"] = lambda request: httpx.Response(200, json=[{"id": vendor.ivrs[0]["id"]}])


@pytest.mark.anyio
async def test_what_is_declared_is_what_is_requested() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event(), vendor.event(guid(5), activeFrom=vendor.iso(3600))]
    bare(vendor)
    source = adapter(vendor)
    for resource in (Resource.QUEUES, Resource.AGENTS, Resource.NOTICES):
        await read(source, resource, "discovery")
    everything = [
        *await rows(source, Resource.QUEUES),
        *await rows(source, Resource.AGENTS),
        *(active := await notices(source)),
    ]
    for row in everything:
        await source.refresh(row)
        for report in source.reports(row):
            await report.read()
    for where in (f"/users/{ANN}", f"/roles/{AGENT}/users/{ANN}", f"/queues/{HELP}"):
        vendor.answers[f"GET {where}"] = lambda request: httpx.Response(403)
    for row in everything:
        await source.refresh(row)
    publish, change = source.forms(Verb.PUBLISH, None)[0], source.forms(Verb.CHANGE, active[0])[0]
    await source.perform(command(Verb.PUBLISH, None, publish.id, why=BREAK), None)
    await source.perform(command(Verb.CHANGE, active[0], change.id, why=STORM), active[0])
    for row in active:
        await source.perform(command(Verb.CLOSE, row), row)
    await source.check()
    known = operations("002")
    requested = {
        (each.method, template_of(each.method, each.url.path.removeprefix(BASE), known)) for each in vendor.requests
    }
    assert requested == declared(*REACHED)
