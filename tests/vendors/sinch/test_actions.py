"""Notices published, changed and ended: exactly what is sent, and what shows that it happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.offers import offered
from tests.vendors.sinch.server import (
    BREAK,
    HELSINKI,
    NOTICE,
    POWER,
    STORM,
    TODAY,
    Facts,
    Server,
    adapter,
    command,
    dashed,
    guid,
    notices,
    read,
)
from wallboard.control.outcome import Phase
from wallboard.control.verification import judge
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import ActionError, NotSent, TargetGone
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.models import Notice
from wallboard.vendors.base import Receipt, Trial, Verification
from wallboard.vendors.sinch.adapter import SinchAdapter

pytestmark = pytest.mark.anyio

EVENTS = f"/disruptionSets/{POWER}/events"
EVENT = f"{EVENTS}/{NOTICE}"


async def ready(vendor: Server, **settings: Any) -> SinchAdapter:
    source = adapter(vendor, **settings)
    await read(source, Resource.NOTICES, "discovery")
    return source


async def one(source: SinchAdapter) -> Notice:
    (row,) = await notices(source)
    return row


def form(source: SinchAdapter, verb: Verb, row: Notice | None) -> Form:
    return source.forms(verb, row)[0]


def publishing(source: SinchAdapter, **values: str) -> Command:
    return command(Verb.PUBLISH, None, form(source, Verb.PUBLISH, None).id, **values)


def changing(source: SinchAdapter, row: Notice, **values: str) -> Command:
    """Every field of the form, as a console sends it."""
    asked = form(source, Verb.CHANGE, row)
    filled = {field.name: field.value for field in asked.fields}
    return command(Verb.CHANGE, row, asked.id, **filled | {name.rstrip("_"): value for name, value in values.items()})


class Watch:
    """An action under verification, looked at as the console does."""

    def __init__(self, vendor: Server, source: SinchAdapter, facts: Facts, asked: Command, row: Notice | None) -> None:
        self.vendor, self.source, self.facts, self.asked, self.row = vendor, source, facts, asked, row
        self.verification: Verification = source.verification(asked, row)
        self.receipt: Receipt | None = None

    async def send(self) -> Receipt:
        self.receipt = await self.source.perform(self.asked, self.row)
        return self.receipt

    async def look(self, after: float = 1.0) -> tuple[Phase, str] | None:
        self.vendor.clock.advance(after)
        await self.facts.look(self.source)
        assert self.receipt is not None
        verdict = judge(self.verification, Trial(self.asked, self.receipt, self.row, self.facts))
        return None if verdict is None else (verdict.phase, verdict.evidence)


async def watched(vendor: Server, source: SinchAdapter, make: Callable[[Notice], Command] | Command) -> Watch:
    facts = Facts(vendor.clock)
    await facts.look(source)
    if isinstance(make, Command):
        return Watch(vendor, source, facts, make, None)
    (row,) = [row for row in facts.held.values() if isinstance(row, Notice)]
    return Watch(vendor, source, facts, make(row), row)


# ---- publish -----------------------------------------------------------------------------------------------------


async def test_a_notice_is_published() -> None:
    vendor = Server()
    source = await ready(vendor, timezone="Europe/Helsinki")
    assert [each.title for each in source.forms(Verb.PUBLISH, None)] == [
        "publish a notice: electricity",
        "publish a notice: water",
    ]
    assert form(source, Verb.PUBLISH, None).zone == "Europe/Helsinki"
    asked = publishing(source, why=f"{BREAK} {STORM}", where=HELSINKI, to="2026-02-03 08:00", remarks="Fibre cut")
    watch = await watched(vendor, source, asked)
    vendor.requests.clear()
    receipt = await watch.send()
    assert vendor.acted() == [
        (
            "POST",
            EVENTS,
            {
                "activeFrom": "2026-02-02T02:40:00.000Z",
                "activeTo": "2026-02-03T06:00:00.000Z",
                "remarks": "Fibre cut",
                "items": {"item": [{"id": BREAK}, {"id": STORM}, {"id": HELSINKI}]},
            },
        )
    ]
    (request,) = vendor.requests
    assert request.headers["accept"] == "text/html"
    assert request.headers["content-type"] == "application/json"
    assert (receipt.ids, receipt.status) == ((vendor.made,), "201")
    assert receipt.request == f"POST …{EVENTS} activeFrom 2026-02-02T02:40:00.000Z → 201"
    assert await watch.look() == (Phase.CONFIRMED, "reading it back: it is listed, and says what was asked")


@pytest.mark.parametrize(
    ("text", "location", "found"),
    [
        ("{}", None, True),
        (" {}\r\n", None, True),
        ('"{}"', None, True),
        ("<html><body><p>{}</p></body></html>", None, True),
        ('{{"id": "{}"}}', None, True),
        ("", "/RI/rci/disruptionSets/x/events/{}", True),
        ("created", "https://contact.example.net/RI/rci/disruptionSets/x/events/{}/?x=1", True),
        ("", "{}", True),
        ("OK", None, False),
        ("", None, False),
        ("thank you very much", None, False),
    ],
)
@pytest.mark.parametrize("spelled", [str, dashed])
async def test_the_new_id_however_it_is_answered(
    text: str, location: str | None, found: bool, spelled: Callable[[str], str]
) -> None:
    vendor = Server()
    source = await ready(vendor)
    headers = {"content-type": "text/html"}
    if location is not None:
        headers["location"] = location.format(spelled(vendor.made))
    answer = httpx.Response(201, text=text.format(spelled(vendor.made)), headers=headers)
    vendor.answers[f"POST {EVENTS}"] = lambda request: answer
    receipt = await source.perform(publishing(source, why=BREAK), None)
    assert receipt.ids == ((vendor.made,) if found else ())


async def test_a_notice_whose_id_was_not_answered_is_known_by_what_it_says() -> None:
    vendor = Server()
    # One that says the same stood there before.
    same = vendor.event(activeFrom=vendor.iso(), remarks="x", items={"item": [{"id": BREAK}]})
    vendor.events[POWER] = [same]
    source = await ready(vendor)
    watch = await watched(vendor, source, publishing(source, why=BREAK, remarks="x"))
    vendor.answers[f"POST {EVENTS}"] = lambda request: httpx.Response(201)
    await watch.send()
    assert await watch.look() is None
    vendor.events[POWER].append({**same, "id": guid(5), "activeFrom": vendor.iso(-1), "created": vendor.iso()})
    assert await watch.look() == (Phase.CONFIRMED, "reading it back: it is listed, and says what was asked")


async def test_a_notice_that_does_not_appear_is_not_confirmed() -> None:
    vendor = Server()
    source = await ready(vendor)
    watch = await watched(vendor, source, publishing(source, why=BREAK))
    await watch.send()
    vendor.events[POWER].clear()
    assert await watch.look(1.0) is None
    assert await watch.look(5.0) == (Phase.NOT_CONFIRMED, "it is not listed")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"remarks": "other"}, "remarks"),
        ({"activeTo": "2026-09-01T00:00:00Z"}, "end"),
        ({"activeFrom": "2026-01-01T00:00:00Z"}, "begin"),
        ({"items": [{"id": STORM}]}, "why, where or when"),
    ],
)
async def test_a_notice_that_reads_otherwise_is_not_confirmed(stored: dict[str, Any], said: str) -> None:
    vendor = Server()
    source = await ready(vendor)
    watch = await watched(vendor, source, publishing(source, why=BREAK, remarks="x"))
    await watch.send()
    vendor.events[POWER][0] |= stored
    assert await watch.look(1.0) is None
    assert await watch.look(5.0) == (Phase.NOT_CONFIRMED, f"it is listed with another {said}")


# ---- change ------------------------------------------------------------------------------------------------------


async def test_a_notice_is_changed_and_nothing_else_is() -> None:
    vendor = Server()
    before = vendor.event(dashed(NOTICE), activeFrom="2026-02-02T00:40:30.580Z")
    vendor.events[POWER] = [before]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: changing(source, row, to="2026-02-03 08:00", when=TODAY))
    vendor.requests.clear()
    vendor.answers[f"GET {EVENT}"] = lambda request: httpx.Response(200, json=before)
    vendor.events[POWER] = [before | {"id": NOTICE}]
    receipt = await watch.send()
    assert [(request.method, request.url.path) for request in vendor.requests] == [
        ("GET", f"/RI/rci{EVENT}"),
        ("PUT", f"/RI/rci{EVENT}"),
    ]
    assert vendor.acted()[0][2] == {
        "id": NOTICE,
        "activeFrom": "2026-02-02T00:40:30.580Z",
        "activeTo": "2026-02-03T08:00:00.000Z",
        "remarks": "Fibre  cut\n\u202e",
        "items": {
            "item": [{"id": BREAK, "externalId": "55", "type": "WHY"}, {"id": HELSINKI, "type": "WHERE"}, {"id": TODAY}]
        },
        "costCentre": {"code": 9007199254740993, "shares": [0.1, None]},
    }
    assert (receipt.ids, receipt.status) == ((NOTICE,), "204")
    assert receipt.request == f"PUT …{EVENT} when, to → 204"
    assert await watch.look() == (
        Phase.CONFIRMED,
        "reading it back: it says what was asked, and nothing else changed",
    )


async def test_a_change_that_the_vendor_did_not_take_over_is_not_confirmed() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: changing(source, row, remarks="x"))
    vendor.answers[f"PUT {EVENT}"] = lambda request: httpx.Response(204)
    await watch.send()
    assert await watch.look(1.0) is None
    assert await watch.look(5.0) == (Phase.NOT_CONFIRMED, "the vendor returns another remarks")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ({"costCentre": None}, "something that was not to change has changed"),
        ({"activeTo": "2026-09-01T00:00:00Z"}, "the vendor returns another end"),
        ({"items": {"item": []}}, "the vendor returns another why, where or when"),
    ],
)
async def test_whatever_else_changed_is_reported(harm: dict[str, Any], said: str) -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event(version=1)]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: changing(source, row, remarks="x"))
    await watch.send()
    # What the vendor counts up by itself is no change.
    vendor.events[POWER][0] |= {"version": 2, **harm}
    assert await watch.look(1.0) is None
    assert await watch.look(5.0) == (Phase.NOT_CONFIRMED, said)


async def test_a_form_that_somebody_overtook_is_refused() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    row = await one(source)
    vendor.events[POWER] = [vendor.event(remarks="theirs", modified=vendor.iso())]
    with pytest.raises(NotSent, match="somebody else changed it meanwhile"):
        await source.perform(changing(source, row, remarks="mine"), row)
    assert vendor.acted() == []


@pytest.mark.parametrize(
    ("form_id", "sentence"),
    [
        ("", "form of another notice"),
        (f"change:{POWER}:{guid(4)}:", "form of another notice"),
        ("publish:x", "another"),
    ],
)
async def test_a_form_of_something_else_is_refused(form_id: str, sentence: str) -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    row = await one(source)
    with pytest.raises(NotSent, match=sentence):
        await source.perform(command(Verb.CHANGE, row, form_id, remarks="x"), row)
    with pytest.raises(NotSent, match="there is no such disruption set"):
        await source.perform(command(Verb.PUBLISH, None, form_id or "publish:nowhere", why=BREAK), None)
    assert vendor.acted() == []


# ---- end ---------------------------------------------------------------------------------------------------------


async def test_an_active_notice_is_ended_by_an_end() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: command(Verb.CLOSE, row))
    assert watch.row is not None
    assert source.can(Verb.CLOSE, watch.row) == source.can(Verb.CHANGE, watch.row)
    assert source.can(Verb.CLOSE, watch.row).reason == ""
    before = {**vendor.events[POWER][0]}
    receipt = await watch.send()
    del before["created"], before["modified"]
    assert vendor.acted() == [("PUT", EVENT, before | {"activeTo": "2026-02-02T02:40:00.000Z"})]
    assert receipt.request == f"PUT …{EVENT} activeTo now → 204"
    assert await watch.look() == (Phase.CONFIRMED, "reading it back: its end is past")
    row = await one(source)
    assert offered(source, Verb.CLOSE, row, vendor.clock.now()).reason == "over already"


async def test_an_end_that_did_not_come_is_not_confirmed() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: command(Verb.CLOSE, row))
    vendor.answers[f"PUT {EVENT}"] = lambda request: httpx.Response(200)
    await watch.send()
    assert await watch.look(1.0) is None
    assert await watch.look(5.0) == (Phase.NOT_CONFIRMED, "the vendor still lists it without that end")


async def test_a_notice_that_has_not_begun_is_deleted() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event(activeFrom=vendor.iso(3600))]
    source = await ready(vendor)
    watch = await watched(vendor, source, lambda row: command(Verb.CLOSE, row))
    # Lost for good: its name must be typed.
    assert source.can(Verb.CLOSE, watch.row).reason == "it has not begun, so it is deleted for good"
    assert source.can(Verb.CLOSE, watch.row)
    await watch.send()
    assert vendor.acted() == [("DELETE", EVENT, None)]
    assert await watch.look() is None, "one list may lack a row"
    found = await watch.look()
    assert found == (Phase.CONFIRMED, "reading its set twice: it is not among the active or coming ones any more")


async def test_what_was_seen_to_be_active_is_never_deleted() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    row = await one(source)
    vendor.events[POWER] = [vendor.event(activeFrom=vendor.iso(3600))]
    with pytest.raises(NotSent, match="it was put off meanwhile"):
        await source.perform(command(Verb.CLOSE, row), row)
    assert vendor.acted() == []


async def test_what_has_begun_since_it_was_seen_is_ended_and_kept() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event(activeFrom=vendor.iso(10))]
    source = await ready(vendor)
    row = await one(source)
    vendor.clock.advance(20.0)
    await source.perform(command(Verb.CLOSE, row), row)
    assert [method for method, _, _ in vendor.acted()] == ["PUT"]


# ---- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "error"), [(403, NotSent), (404, TargetGone), (500, NotSent)])
@pytest.mark.parametrize("verb", [Verb.CHANGE, Verb.CLOSE])
async def test_nothing_is_written_over_what_cannot_be_read(verb: Verb, status: int, error: type[ActionError]) -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await ready(vendor)
    row = await one(source)
    asked = changing(source, row, remarks="x") if verb is Verb.CHANGE else command(verb, row)
    vendor.answers[f"GET {EVENT}"] = lambda request: httpx.Response(status)
    with pytest.raises(error, match="nothing sent: "):
        await source.perform(asked, row)
    vendor.answers[f"GET {EVENT}"] = lambda request: httpx.Response(200, json=vendor.event(guid(7)))
    with pytest.raises(NotSent, match="the vendor returned another notice"):
        await source.perform(asked, row)
    assert vendor.acted() == []


async def test_items_by_external_id_stay_what_they_are() -> None:
    vendor = Server()
    items = [{"externalId": "55", "type": "WHY"}, {"externalid": "unheard of", "type": "WHERE"}]
    vendor.events[POWER] = [vendor.event(items=items)]
    source = await ready(vendor)
    row = await one(source)
    assert (row.why, row.where) == ("Service", "unheard of")
    await source.perform(changing(source, row, why=f"{BREAK} {STORM}"), row)
    assert vendor.acted()[0][2]["items"] == {"item": [*items, {"id": STORM}]}
