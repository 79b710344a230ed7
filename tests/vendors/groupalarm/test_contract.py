"""The GroupAlarm adapter against answers in the documents' words: paging, whole-object writes, refusals, evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.facts import Seen
from tests.vendors.groupalarm.server import Server, hotline
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.errors import (
    ActionError,
    NotPermitted,
    NotSent,
    ServerTrouble,
    TargetGone,
)
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Phone, Row
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.update import Update, UpdateKind
from wallboard.vendors.base import (
    CheckLine,
    Feed,
    HeaderAuth,
    Receipt,
    Secret,
    Services,
    SourceSettings,
    Ticket,
    Trial,
)
from wallboard.vendors.groupalarm import plugin
from wallboard.vendors.groupalarm.adapter import GroupalarmAdapter

TOKEN = "S3CR3T-canary"


def adapter(vendor: Callable[[httpx.Request], httpx.Response], **changes: Any) -> GroupalarmAdapter:
    settings: dict[str, Any] = {
        "name": "responders",
        "vendor": "groupalarm",
        "url": "https://app.groupalarm.com/api/v1/first-responder",
        "auth": HeaderAuth("API-TOKEN", Secret(TOKEN)),
        "organization": 77,
        "people": {"5012": "K. Roth"},
    }
    built = plugin.build(
        SourceSettings(**(settings | changes)), Services(ManualClock(), transport=httpx.MockTransport(vendor))
    )
    assert isinstance(built, GroupalarmAdapter)
    return built


def feed(source: GroupalarmAdapter, resource: Resource, scope: str = "") -> Feed:
    (found,) = [each for each in source.feeds() if (each.resource, each.scope) == (resource, scope)]
    return found


async def read(source: GroupalarmAdapter, resource: Resource, scope: str = "", seq: int = 1) -> list[Update]:
    return list(await feed(source, resource, scope).fetch(Ticket(1, seq, 100.0)))


async def hotlines(source: GroupalarmAdapter, seq: int = 1) -> list[Hotline]:
    (update,) = await read(source, Resource.HOTLINES, seq=seq)
    assert update.kind is UpdateKind.SNAPSHOT
    return [row for row in update.rows if isinstance(row, Hotline)]


# ---- reading -------------------------------------------------------------------------------------------------


def duty(row: Hotline) -> list[list[bool | None] | None]:
    return [None if agent.phones is None else [phone.active for phone in agent.phones] for agent in row.agents]


@pytest.mark.anyio
async def test_discovery_completes_the_hotlines_and_reveals_the_telephones() -> None:
    vendor = Server(hotline(), hotline(312, agents=[5044], isActive=False, status="paused"))
    vendor.logs = [{"id": 1, "startTime": "2026-03-02T08:14:05Z", "entries": [{"action": "accepted", "userID": 5012}]}]
    source = adapter(vendor)
    first, _ = await hotlines(source)
    assert (duty(first), first.last_call) == ([None, None], None)
    assert [(each.resource, each.scope) for each in source.feeds()] == [
        (Resource.HOTLINES, "discovery"),
        (Resource.HOTLINES, ""),
    ]
    vendor.requests.clear()
    assert await read(source, Resource.HOTLINES, "discovery") == []
    # The list, a request a user, a request a hotline.
    assert len(vendor.requests) == 1 + 2 + 2
    assert (Resource.PHONES, "") in {(each.resource, each.scope) for each in source.feeds()}
    vendor.requests.clear()
    (phones,) = await read(source, Resource.PHONES)
    # Discovery has just read them.
    assert vendor.requests == []
    assert [(row.key.id, row.registered) for row in phones.rows if isinstance(row, Phone)] == [
        ("80", True),
        ("81", False),
        ("82", True),
    ]
    first, second = await hotlines(source)
    assert (duty(first), duty(second)) == ([[True, False], [True]], [[True]])
    assert [agent.name for agent in first.agents] == ["K. Roth", "user 5044"]
    assert first.last_call is not None
    assert (first.last_call.taken_by, first.last_call.entries) == ("K. Roth", 1)
    vendor.requests.clear()
    await read(source, Resource.PHONES)
    assert len(vendor.requests) == 2


@pytest.mark.anyio
async def test_a_user_who_forbids_it_hides_only_their_own_telephones() -> None:
    vendor = Server(hotline())
    vendor.answers["GET /agents"] = lambda request: (
        httpx.Response(403) if request.url.params["owner_id"] == "5012" else httpx.Response(200, json=vendor.phones[2:])
    )
    source = adapter(vendor)
    await read(source, Resource.HOTLINES, "discovery")
    (phones,) = await read(source, Resource.PHONES)
    assert [row.key.id for row in phones.rows] == ["82"]
    (row,) = await hotlines(source)
    assert duty(row) == [None, [True]]
    vendor.answers["GET /agents"] = lambda request: httpx.Response(403)
    with pytest.raises(NotPermitted):
        await read(source, Resource.PHONES)


@pytest.mark.anyio
async def test_a_call_log_that_fails_twice_is_unknown_and_touches_nothing_else() -> None:
    vendor = Server(hotline(), hotline(312))
    vendor.logs = [{"id": 1, "startTime": "2026-03-02T08:14:05Z", "entries": []}]
    source = adapter(vendor)
    await read(source, Resource.HOTLINES, "discovery")
    vendor.answers["GET /hotlines/311/logs"] = lambda request: httpx.Response(500)
    for calls in ([1, 1], [0, 1]):
        await read(source, Resource.HOTLINES, "discovery")
        rows = await hotlines(source)
        assert [1 if row.last_call else 0 for row in rows] == calls
        assert [row.unaccepted is None for row in rows] == [not call for call in calls]
    vendor.answers["GET /hotlines/312/logs"] = lambda request: httpx.Response(500)
    with pytest.raises(ServerTrouble):
        await read(source, Resource.HOTLINES, "discovery")
    assert len(await hotlines(source)) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("newest_first", [True, False])
async def test_the_newest_logs_whichever_end_they_stand_at(newest_first: bool) -> None:
    vendor = Server(hotline())
    logs = [{"id": n, "startTime": f"2026-03-01T{n // 60:02}:{n % 60:02}:00Z", "entries": []} for n in range(70)]
    vendor.logs = logs[::-1] if newest_first else logs
    source = adapter(vendor)
    await read(source, Resource.HOTLINES, "discovery")
    (row,) = await hotlines(source)
    assert row.last_call is not None
    assert row.last_call.started_at == 1_772_323_200.0 + 69 * 60


@pytest.mark.anyio
async def test_reading_one_row_again() -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    (row,) = await hotlines(source)
    vendor.hotlines[0] = hotline(status="paused", isActive=False)
    again = await source.refresh(row)
    assert isinstance(again, Hotline)
    assert (again.wanted, again.state) == (Wanted.PAUSED, HotlineState.PAUSED)
    await read(source, Resource.HOTLINES, "discovery")
    (phones,) = await read(source, Resource.PHONES)
    assert await source.refresh(phones.rows[0]) == phones.rows[0]
    vendor.hotlines.clear()
    assert await source.refresh(row) is None


# ---- acting --------------------------------------------------------------------------------------------------


def command(verb: Verb, row: Row, **args: str) -> Command:
    return Command(
        id="01J", verb=verb, target=Target(row.key, "x", fingerprint(row), row.address), args=tuple(args.items())
    )


async def phone_row(source: GroupalarmAdapter, identity: str) -> Row:
    await read(source, Resource.HOTLINES, "discovery")
    (phones,) = await read(source, Resource.PHONES)
    return next(row for row in phones.rows if row.key.id == identity)


@pytest.mark.anyio
@pytest.mark.parametrize(("verb", "active"), [(Verb.OPEN, True), (Verb.CLOSE, False)])
async def test_opening_and_pausing_change_one_field_of_the_whole_object(verb: Verb, active: bool) -> None:
    vendor = Server(hotline(isActive=not active))
    source = adapter(vendor)
    (row,) = await hotlines(source)
    # Changed by somebody else after it was read: that must survive.
    vendor.hotlines[0] = hotline(isActive=not active, agents=[5012, 5044, 6001], ttsOutbound="neu\n\u2028")
    receipt = await source.perform(command(verb, row), row)
    expected = {name: value for name, value in vendor.hotlines[0].items() if name != "number"} | {"isActive": active}
    assert vendor.sent("PUT") == [("/hotlines/311", expected)]
    assert "number" not in vendor.sent("PUT")[0][1]
    assert receipt.request == f"PUT …/hotlines/311 isActive={'true' if active else 'false'} → 200"
    assert receipt.detail == "status started"
    assert len(vendor.requests) == 3


@pytest.mark.anyio
@pytest.mark.parametrize(("verb", "active"), [(Verb.SIGNIN, True), (Verb.SIGNOUT, False)])
async def test_telephones_on_and_off_duty(verb: Verb, active: bool) -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    await hotlines(source)
    row = await phone_row(source, "80")
    await source.perform(command(verb, row), row)
    assert vendor.sent("PUT") == [("/agents/80?organization_id=77", {**vendor.phones[0], "isActive": active})]


@pytest.mark.anyio
@pytest.mark.parametrize("lost", ["agents", "name", "organizationID", "channelsInbound", "ttsInbound", "ttsOutbound"])
async def test_a_write_that_would_lose_something_is_not_sent(lost: str) -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    (row,) = await hotlines(source)
    del vendor.hotlines[0][lost]
    with pytest.raises(NotSent, match=f"did not return {lost}"):
        await source.perform(command(Verb.CLOSE, row), row)
    assert vendor.sent("PUT") == []


@pytest.mark.anyio
async def test_another_object_in_the_answer_is_not_written_back() -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    (row,) = await hotlines(source)
    vendor.answers["GET /hotlines/311"] = lambda request: httpx.Response(200, json=hotline(312))
    with pytest.raises(NotSent, match="another hotline"):
        await source.perform(command(Verb.CLOSE, row), row)
    assert vendor.sent("PUT") == []


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "error"), [(404, TargetGone), (500, NotSent), (401, NotSent)])
async def test_nothing_is_written_when_the_reading_before_fails(status: int, error: type[ActionError]) -> None:
    vendor = Server(hotline())
    source = adapter(vendor)
    (row,) = await hotlines(source)
    vendor.answers["GET /hotlines/311"] = lambda request: httpx.Response(status)
    with pytest.raises(error, match="nothing sent"):
        await source.perform(command(Verb.CLOSE, row), row)
    assert vendor.sent("PUT") == []


@pytest.mark.anyio
async def test_what_can_be_done_to_which_row() -> None:
    source = adapter(Server(hotline()))
    (row,) = await hotlines(source)
    phone = await phone_row(source, "80")
    able = {
        (verb, kind) for verb in Verb for kind, each in (("hotline", row), ("phone", phone)) if source.can(verb, each)
    }
    assert able == {
        (Verb.OPEN, "hotline"),
        (Verb.CLOSE, "hotline"),
        (Verb.ANNOUNCE, "hotline"),
        (Verb.SIGNIN, "phone"),
        (Verb.SIGNOUT, "phone"),
    }
    assert source.can(Verb.LISTEN, row).reason == "GroupAlarm has no call control"


# ---- evidence ------------------------------------------------------------------------------------------------


ANSWERED = 1000.0


def board(row: Row | None, read_at: float) -> Seen:
    """One row, both lists whole at one instant."""
    rows = () if row is None else (row,)
    return Seen(read_at, rows, {(each, ""): read_at for each in (Resource.HOTLINES, Resource.PHONES)})


async def judge(verb: Verb, after: float, *, already: bool = False, **changes: Any) -> str:
    """How `verb` stands when the hotline (or telephone) reads like this `after` seconds after the answer; `already`: it
    did so before."""
    source = adapter(Server(hotline(**changes)))
    row: Row
    (row,) = await hotlines(source)
    if verb in (Verb.SIGNIN, Verb.SIGNOUT):
        row = await phone_row(source, "80" if changes.get("isActive", True) else "81")
    asked = command(verb, row, text_in="Neu") if verb is Verb.ANNOUNCE else command(verb, row)
    facts = board(row, ANSWERED + after)
    before = row if already else None
    trial = Trial(asked, Receipt("", "200", ANSWERED - 1, ANSWERED), row, facts)
    table = source.verification(asked, before)
    confirmed = [each.text for each in table.confirms if each.test(trial)]
    denied = [each.text for each in table.denies if each.test(trial)]
    assert not (confirmed and denied)
    return (confirmed or denied or [""])[0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("verb", "after", "changes", "verdict"),
    [
        (Verb.OPEN, 1, {"isActive": True, "status": "active"}, "reading it back: it is open"),
        (
            Verb.OPEN,
            1,
            {"isActive": True, "status": "started"},
            "reading it back: it was asked to open, and is starting",
        ),
        (Verb.OPEN, 1, {"isActive": True, "status": "paused"}, ""),
        (Verb.OPEN, 9, {"isActive": True, "status": "paused"}, ""),
        (Verb.OPEN, 9, {"isActive": True, "status": "error"}, "the vendor reports an error"),
        (Verb.OPEN, 1, {"isActive": False, "status": "paused"}, ""),
        (Verb.OPEN, 9, {"isActive": False, "status": "paused"}, "it still is asked to be paused"),
        (Verb.OPEN, -1, {"isActive": True, "status": "active"}, ""),
        (Verb.CLOSE, 1, {"isActive": False, "status": "paused"}, "reading it back: it is paused"),
        (Verb.CLOSE, 1, {"isActive": False, "status": "active"}, ""),
        (Verb.CLOSE, 9, {"isActive": True, "status": "active"}, "it still is asked to be open"),
        (Verb.CLOSE, -1, {"isActive": False, "status": "paused"}, ""),
        (Verb.SIGNIN, 1, {}, "reading it back: on duty"),
        (Verb.SIGNIN, 9, {"isActive": False}, "the telephone still is off duty"),
        (Verb.SIGNIN, -1, {}, ""),
        (Verb.SIGNOUT, 1, {"isActive": False}, "reading it back: off duty"),
        (Verb.SIGNOUT, 1, {}, ""),
        (Verb.SIGNOUT, 9, {}, "the telephone still is on duty"),
        (Verb.ANNOUNCE, 1, {"ttsInbound": '"Neu"'}, "reading it back: the new text"),
        (Verb.ANNOUNCE, 1, {"ttsInbound": "Alt"}, ""),
        (Verb.ANNOUNCE, 9, {"ttsInbound": "Alt"}, "the vendor returns another text"),
    ],
)
async def test_evidence(verb: Verb, after: float, changes: dict[str, Any], verdict: str) -> None:
    assert await judge(verb, after, **changes) == verdict
    was_so = " (it was so before)" if verdict.startswith("reading it back") else ""
    assert await judge(verb, after, already=True, **changes) == verdict + was_so


@pytest.mark.anyio
async def test_a_row_that_is_gone_confirms_and_denies_nothing() -> None:
    source = adapter(Server(hotline()))
    (row,) = await hotlines(source)
    for verb in (Verb.OPEN, Verb.CLOSE, Verb.SIGNIN, Verb.SIGNOUT):
        asked = command(verb, row)
        trial = Trial(asked, Receipt("", "200", ANSWERED, ANSWERED), row, board(None, ANSWERED + 60))
        table = source.verification(asked, row)
        assert not [each for each in (*table.confirms, *table.denies) if each.test(trial)]


# ---- check ---------------------------------------------------------------------------------------------------


async def lines(vendor: Server, **changes: Any) -> dict[str, CheckLine]:
    source = adapter(vendor, **changes)
    return {line.name: line for line in await source.check()}


@pytest.mark.anyio
async def test_check_of_a_source_that_works() -> None:
    vendor = Server(hotline())
    found = await lines(vendor)
    assert {name for name, line in found.items() if line.ok} >= {"reach", "sign-in", "hotlines", "phones", "call log"}
    assert not [line for line in found.values() if line.ok is False]
    assert {request.method for request in vendor.requests} == {"GET"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "fault", "words"),
    [(401, "sign-in", "refuses"), (403, "hotlines", "not permitted"), (400, "hotlines", "organization 77?"),
     (500, "hotlines", "500")],
)  # fmt: skip
async def test_check_names_what_fails(status: int, fault: str, words: str) -> None:
    vendor = Server()
    vendor.answers["GET /hotlines"] = lambda request: httpx.Response(status)
    found = await lines(vendor)
    assert [name for name, line in found.items() if line.ok is False] == [fault]
    assert words in found[fault].text
