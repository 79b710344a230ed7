"""Everything that the coverage of seed 003 says is reached is really asked for, and nothing that it leaves out."""

from __future__ import annotations

import re

import pytest

from tests.support.coverage import Operation, document
from tests.vendors.ringme.server import Seen, Server, adapter, command, discover, feed
from tests.vendors.ringme.test_reports import floor
from tests.vendors.server import NOW
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.vendors.base import Secret, Ticket

pytestmark = pytest.mark.anyio

BASE = "/extension/{extension_id}"
NAMED = {
    f"{BASE}/record/{{record_uuid}}",
    f"{BASE}/record/{{record_uuid}}/download/",
    f"{BASE}/voicemail/{{record_uuid}}",
}
"""Sound: not fetched into a terminal, but named to be fetched."""
DOCUMENT = document("003")


def literal_first(operation: Operation) -> bool:
    return "{" in operation.path.removeprefix(BASE)


def which(seen: Seen) -> Operation | None:
    """The operation that a request is: one without ids in its end before one with them."""
    for operation in sorted(DOCUMENT.operations, key=literal_first):
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", operation.path)
        if operation.method == seen.method and re.fullmatch(pattern, seen.path):
            return operation
    return None


async def everything_asked() -> tuple[list[Seen], str]:
    """Every feed, report and verb, over an account with a list of all calls and one without."""
    at = await floor()
    text = ""
    rows = (at.agent, at.external, at.phone, at.call, at.recorded, at.queue, at.room)
    for row in rows:
        for found in at.source.reports(row):
            text += repr(await found.read())
    for listed in at.source.feeds():
        await listed.fetch(Ticket(1, 1, NOW))
    await at.source.refresh(at.call)
    act = at.source.perform
    for verb in (Verb.LISTEN, Verb.HANGUP, Verb.CALL):
        await act(command(verb, at.call), at.call)
    for verb in (Verb.SIGNIN, Verb.SIGNOUT):
        await act(command(verb, at.agent), at.agent)
    for agent in (at.agent, at.external):
        await act(command(Verb.STAFF, agent, queue="34415"), agent)
        await act(command(Verb.STAFF, agent, queue="34414", level="3", position="2"), agent)
        await act(command(Verb.UNSTAFF, agent, queue="34414"), agent)
    await act(command(Verb.ROOM, at.room, form="mute", switch="on"), at.room)
    await act(command(Verb.TRANSCRIBE, at.call, form="stop", direction="in"), at.call)
    return [*at.vendor.log, *(await by_telephone()).log, *(await with_webhooks()).log], text


async def with_webhooks() -> Server:
    """An account that announces its calls, after another address of ours did."""
    vendor = Server()
    vendor.hooks["32494"] = [{"id": 6, "url": "https://old/s3cret/hq/32494", "event_type": "answer", "method": "GET"}]
    source = adapter(vendor, client="", queues=("34414",), phones=("32494",))
    source.announce_to(Secret("https://hooks.example.net/s3cret/hq"))
    await feed(source, Resource.CALLS, "discovery").fetch(Ticket(1, 1, NOW))
    await source.unannounce()
    return vendor


async def by_telephone() -> Server:
    """An account whose calls are asked for telephone by telephone and parked in slots."""
    vendor = Server(archive=True)
    source = adapter(vendor, client="", queues=("34414",), phones=("32494",), park_slots=(1,))
    await discover(source)
    for listed in source.feeds():
        if listed.resource is Resource.CALLS:
            (update,) = await listed.fetch(Ticket(1, 1, NOW))
            (call,) = update.rows
            await source.perform(command(Verb.PARK, call), call)
    return vendor


async def test_every_operation_that_is_said_to_be_reached_is_really_asked_for() -> None:
    log, text = await everything_asked()
    asked = {which(seen) for seen in log}
    silent = [f"{each.method} {each.path}" for each in DOCUMENT.reached if each not in asked]
    assert set(silent) == {f"GET {path}" for path in NAMED}
    for path in NAMED:
        pattern = re.sub(r"\{[^}]*\}", "[^/ ']+", path.removeprefix(BASE))
        assert re.search(rf"GET https://pbx\.example\.net/api/ver1\.0/extension/[0-9]+{pattern}[ ']", text), path
