"""Conference rooms and speech to text: found, offered as forms, one request each, and never said to have worked."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.support.offers import offered
from tests.vendors.ringme.server import PHONES, ROOM, Server, adapter, command, discover, ok, read
from tests.vendors.ringme.test_reports import Floor, floor
from wallboard.domain.command import Command, Fingerprint, Target, Verb
from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Phone, Row
from wallboard.vendors.base import Receipt
from wallboard.vendors.ringme.adapter import RingmeAdapter
from wallboard.vendors.ringme.rooms import speech_request

pytestmark = pytest.mark.anyio


async def rooms(source: RingmeAdapter) -> list[Phone]:
    rows = (await read(source, Resource.PHONES)).rows
    return [row for row in rows if isinstance(row, Phone) and row.use == "conference"]


# ---- discovery -------------------------------------------------------------------------------------------------


async def test_rooms_are_discovered_beside_the_telephones() -> None:
    source = adapter(Server(archive=True))
    await discover(source)
    (room,) = await rooms(source)
    assert (room.key.id, room.name, room.extension, room.registered) == ("34600", "Morning meeting", "690", None)
    assert {feed.scope for feed in source.feeds() if feed.resource is Resource.CALLS} == {""}


async def test_a_room_among_the_configured_telephones_is_a_room() -> None:
    vendor = Server(archive=True)
    vendor.routes["GET /extension/34600/extension/"] = ok(ROOM)
    source = adapter(vendor, client="", queues=(), phones=("32494", "34600"))
    await discover(source)
    assert [room.key.id for room in await rooms(source)] == ["34600"]
    assert {feed.scope for feed in source.feeds() if feed.resource is Resource.CALLS} == {"32494"}


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_an_account_without_conferences_loses_nothing_else(status: int) -> None:
    vendor = Server(archive=True)

    def listing(request: httpx.Request) -> httpx.Response:
        if request.url.params["type"] == "conference":
            return ok({"message": "no"}, status)
        return ok(PHONES if request.url.params["type"] == "phone" else [])

    vendor.routes["GET /client/@me/extension/"] = listing
    source = adapter(vendor)
    await discover(source)
    assert await rooms(source) == []
    assert len((await read(source, Resource.PHONES)).rows) == 3


async def test_a_vendor_that_ignores_the_type_makes_no_telephone_a_room() -> None:
    vendor = Server(archive=True)
    vendor.routes["GET /client/@me/extension/"] = lambda request: ok(
        [*PHONES, ROOM, {"id": 1, "name": "022*1"}] if request.url.params["page"] == "1" else []
    )
    source = adapter(vendor, queues=())
    await discover(source)
    assert [room.key.id for room in await rooms(source)] == ["34600"]


# ---- a room ----------------------------------------------------------------------------------------------------


def filled(form: Form, **values: str) -> dict[str, str]:
    return {"form": form.id} | {field.name: field.value for field in form.fields} | values


async def act(at: Floor, verb: Verb, row: Row, **args: str) -> Receipt:
    at.vendor.log.clear()
    return await at.source.perform(command(verb, row, **args), row)


async def test_each_form_of_a_room_is_one_put_with_exactly_its_field() -> None:
    at = await floor()
    forms = {form.id: form for form in at.source.forms(Verb.ROOM, at.room)}
    assert set(forms) == {"mute", "deaf", "lock", "enter_sound", "stop_play"}
    for name, form in forms.items():
        assert not form.problems(filled(form))
        receipt = await act(at, Verb.ROOM, at.room, **filled(form))
        assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
            ("PUT", "/extension/34600/conference/status/", {name: True})
        ]
        assert receipt.request == f"PUT …/34600/conference/status/ {name} on → 200"
    await act(at, Verb.ROOM, at.room, **filled(forms["lock"], switch="off"))
    assert at.vendor.log[0].body == {"lock": False}
    await act(at, Verb.ROOM, at.room, **filled(forms["mute"], member="3"))
    assert at.vendor.log[0].body == {"mute": True, "member_id": 3}
    assert "member" not in {field.name for field in forms["lock"].fields}


@pytest.mark.parametrize(
    "args",
    [
        {"form": "explode", "switch": "on"},
        {"form": "mute", "switch": "maybe"},
        {"form": "mute", "switch": "on", "member": "+3"},
        {"form": "mute", "switch": "on", "member": "9" * 30},
        {"form": "lock", "switch": "on", "member": "3"},
        {"form": "stop_play", "switch": "off"},
        {},
    ],
)
async def test_what_no_form_offers_is_not_sent(args: dict[str, str]) -> None:
    at = await floor()
    with pytest.raises(NotSent):
        await act(at, Verb.ROOM, at.room, **args)
    assert at.vendor.log == []


async def test_which_rows_have_forms() -> None:
    at = await floor()
    can, forms = at.source.can, at.source.forms
    assert offered(at.source, Verb.ROOM, at.phone).reason == "not a conference room"
    assert forms(Verb.ROOM, None) == ()
    assert offered(at.source, Verb.TRANSCRIBE, replace(at.recorded, real=True)).reason == "not answered yet"
    assert not offered(at.source, Verb.TRANSCRIBE, at.agent).ok
    assert not can(Verb.ANNOUNCE, at.call)
    assert not can(Verb.PUBLISH, None)
    assert forms(Verb.ANNOUNCE, at.call) == ()


# ---- speech to text --------------------------------------------------------------------------------------------


async def test_speech_to_text_is_started_and_stopped() -> None:
    at = await floor()
    start, stop = at.source.forms(Verb.TRANSCRIBE, at.call)
    assert start.problems(filled(start)) == ["Send text to: it cannot be left empty"]
    url = "https://listener.example/text?key=s3cret"
    receipt = await act(at, Verb.TRANSCRIBE, at.call, **filled(start, url=url, direction="out"))
    path = f"/extension/32494/speech_to_text/{at.call.key.id}"
    assert [(seen.method, seen.path, seen.body) for seen in at.vendor.log] == [
        ("PUT", path, {"action": "start", "direction": "out", "url": url})
    ]
    assert "s3cret" not in repr(receipt)
    await act(at, Verb.TRANSCRIBE, at.call, **filled(stop))
    assert at.vendor.log[0].body == {"action": "stop", "direction": "in"}


async def test_the_address_of_the_listener_may_stand_in_the_config() -> None:
    vendor = Server(archive=True)
    source = adapter(vendor, options={"speech_url": "https://listener.example/text"})
    at = await floor()
    start, _ = source.forms(Verb.TRANSCRIBE, at.call)
    assert not start.problems(filled(start))
    assert filled(start)["url"] == "https://listener.example/text"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "listener.example",
        "ftp://x.example/",
        "https://",
        "https://a b/",
        "https://[x",
        "http://listener.example/text",
        "http://192.0.2.7/",
    ],
)
async def test_an_address_that_is_none_is_not_sent(url: str) -> None:
    at = await floor()
    with pytest.raises(NotSent, match="https:// address"):
        await act(at, Verb.TRANSCRIBE, at.call, form="start", direction="in", url=url)
    assert at.vendor.log == []


@pytest.mark.parametrize(
    ("url", "insecure"),
    [
        ("http://listener.example/text", True),
        ("http://127.0.0.1:9000/text", False),
        ("https://listener.example/text", False),
    ],
)
async def test_what_callers_say_goes_in_plain_text_only_where_the_source_may(url: str, insecure: bool) -> None:
    asked = Command(
        "1",
        Verb.TRANSCRIBE,
        Target(Key("hq", Kind.CALL, "c-1"), "", Fingerprint((), None, "")),
        args=(("form", "start"), ("direction", "in"), ("url", url)),
    )
    assert (speech_request(asked, "201", "c-1", insecure=insecure).json or {})["url"] == url
    if insecure:
        with pytest.raises(NotSent, match="https:// address"):
            speech_request(asked, "201", "c-1", insecure=False)
