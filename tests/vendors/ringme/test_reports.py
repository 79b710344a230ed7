"""What can be read on demand of agents, telephones, calls, queues and rooms of the hosted PBX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import anyio
import httpx
import pytest

from tests.vendors.ringme.server import RECORDINGS, Server, adapter, calls_of, discover, ok, read, settings
from tests.vendors.server import NOW
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import CredentialsRefused, Missing, ServerTrouble, Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Phone, Queue, Row
from wallboard.domain.text import clean
from wallboard.vendors.base import Report, Services, Sheet
from wallboard.vendors.ringme.adapter import RingmeAdapter

pytestmark = pytest.mark.anyio


class Floor:
    """A PBX with an archive, the source on it, and rows of every kind that has reports."""

    def __init__(self, vendor: Server, source: RingmeAdapter) -> None:
        self.vendor = vendor
        self.source = source
        self.agent: Agent
        self.external: Agent
        self.phone: Phone
        self.room: Phone
        self.call: Call
        self.recorded: Call
        self.queue: Queue

    async def read(self, row: Row, name: str) -> Sheet:
        self.vendor.log.clear()
        (found,) = [each for each in self.source.reports(row) if each.id == name]
        sheet = await found.read()
        assert len(self.vendor.log) <= found.cost
        for line in (sheet.columns, *sheet.rows, (sheet.note,)):
            assert all(cell == clean(cell, 2000) for cell in line)
        assert {len(line) for line in sheet.rows} <= {len(sheet.columns) or 1}
        return sheet

    def asked(self) -> list[str]:
        return [seen.path for seen in self.vendor.log]


async def floor(clock: ManualClock | None = None, timezone: str = "UTC", url: str = "") -> Floor:
    vendor = Server(archive=True)
    changes = {"timezone": timezone} | ({"url": url} if url else {})
    source = adapter(vendor, clock, **changes)
    await discover(source)
    made = Floor(vendor, source)
    made.call, made.recorded = calls_of(await read(source, Resource.CALLS))
    anna, _, _, dana = (await read(source, Resource.AGENTS, "34414")).rows
    (queue,) = (await read(source, Resource.QUEUES, "34414")).rows
    phones = [row for row in (await read(source, Resource.PHONES)).rows if isinstance(row, Phone)]
    assert isinstance(anna, Agent)
    assert isinstance(dana, Agent)
    assert isinstance(queue, Queue)
    made.agent, made.external, made.queue = anna, dana, queue
    made.phone = next(row for row in phones if row.key.id == "32494")
    made.room = next(row for row in phones if row.use == "conference")
    return made


def values(sheet: Sheet) -> dict[str, str]:
    return {line[0]: line[1] for line in sheet.rows}


def column(sheet: Sheet, index: int) -> list[str]:
    return [line[index] for line in sheet.rows]


# ---- recordings ------------------------------------------------------------------------------------------------


async def test_recordings_of_the_last_day() -> None:
    at = await floor(timezone="Europe/Berlin")
    sheet = await at.read(at.agent, "recordings")
    assert sheet.columns == ("time, Europe/Berlin", "length", "flow", "result", "how it ended", "other party")
    assert sheet.rows == (
        ("2026-03-02 09:00:00", "4:07", "in", "answered", "caller_bye", "Acme +37410555012"),
        ("2026-03-02 08:00:00", "0:34", "in", "voicemail", "caller_bye", "+37410555077"),
        ("2026-03-01 11:00:00", "1:02:05", "out", "answered", "callee_bye", "+37410555100"),
    )
    assert sheet.note == "of the last 24 hours"
    (seen,) = at.vendor.log
    assert seen.path == "/extension/32494/record/"
    assert httpx.QueryParams(seen.query) == httpx.QueryParams(
        {
            "start_datetime": "2026-03-01 09:14:07",
            "end_datetime": "2026-03-02 09:14:07",
            "order": "desc",
            "page": 1,
            "per_page": 50,
        }
    )


async def test_recordings_behind_a_page_that_the_vendor_cut_are_read() -> None:
    at = await floor()
    many = [{**RECORDINGS[1], "record_uuid": f"u-{number}"} for number in range(33)]

    def cut(request: httpx.Request) -> httpx.Response:
        size = min(20, int(request.url.params["per_page"]))
        begin = (int(request.url.params["page"]) - 1) * size
        return httpx.Response(200, json=many[begin : begin + size])

    at.vendor.routes["GET /extension/32494/record/"] = cut
    at.vendor.log.clear()
    (found,) = [each for each in at.source.reports(at.phone) if each.id == "recordings"]
    sheet = await found.read()
    assert (len(sheet.rows), sheet.note) == (33, "of the last 24 hours")
    asked = [httpx.QueryParams(seen.query) for seen in at.vendor.log]
    assert [(each["page"], each["per_page"]) for each in asked] == [("1", "50"), ("2", "20")]
    assert len({each["end_datetime"] for each in asked}) == 1


async def test_a_full_page_of_recordings_says_that_there_may_be_more() -> None:
    at = await floor()
    many = [{**RECORDINGS[1], "record_uuid": f"u-{number}"} for number in range(60)]
    at.vendor.routes["GET /extension/32494/record/"] = ok(many)
    sheet = await at.read(at.phone, "recordings")
    assert len(sheet.rows) == 50
    assert "there may be more" in sheet.note
    # Nobody has looked beyond the full page.
    assert (await at.read(at.phone, "voicemail")).note == "no voicemail messages among the newest 50 recordings"
    at.vendor.routes["GET /extension/34414/record/"] = ok([])
    assert (await at.read(at.queue, "recordings")).note == "no recordings of the last 24 hours"


async def test_recording_totals() -> None:
    at = await floor()
    assert values(await at.read(at.agent, "recording-totals")) == {"recordings": "3", "size": "1.4 MB"}
    at.vendor.routes["GET /extension/32494/record/stats/"] = ok([])
    assert values(await at.read(at.agent, "recording-totals")) == {"recordings": "–", "size": "–"}


async def test_recording_files_by_link_and_address() -> None:
    at = await floor()
    sheet = await at.read(at.agent, "recording-links")
    base = "https://pbx.example.net/api/ver1.0/extension/32494/record"
    assert sheet.rows == (
        ("2026-03-02 08:00:00", "4:07 Acme +37410555012"),
        ("link", "https://storage.example/32494-NEW"),
        ("file", f"GET {base}/32494-NEW (900 B)"),
        ("file, by user and password", f"GET {base}/32494-NEW/download/"),
        ("2026-03-01 10:00:00", "1:02:05 +37410555100"),
        ("link", "https://storage.example/32494-OLD"),
        ("file", f"GET {base}/32494-OLD (1.4 MB)"),
        ("file, by user and password", f"GET {base}/32494-OLD/download/"),
    )
    assert all("storage_url" in path or path.endswith("/record/") for path in at.asked())


async def test_voicemail_is_found_among_the_recordings() -> None:
    at = await floor()
    sheet = await at.read(at.phone, "voicemail")
    assert sheet.rows == (
        ("2026-03-02 07:00:00", "0:34 +37410555077"),
        ("link", "https://storage.example/32494-VM"),
        ("file", "GET https://pbx.example.net/api/ver1.0/extension/32494/voicemail/32494-VM"),
    )
    at.vendor.routes["GET /extension/34414/record/"] = ok(RECORDINGS[:2])
    assert (await at.read(at.queue, "voicemail")).note == "no voicemail messages of the last 24 hours"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ok({"message": "Not found"}, 404), "not given: the vendor does not know this: Not found"),
        (ok({"url": None}), "the answer holds no link"),
        (httpx.Response(200, text="https://storage.example/plain", headers={"content-type": "text/plain"}), "/plain"),
        (httpx.Response(200, text="<html>log in</html>", headers={"content-type": "text/html"}), "not given"),
        (ok(["javascript:alert(1)", {"a": {"b": "https://x.example/\u202eevil"}}]), "https://x.example/·evil"),
    ],
)
async def test_a_link_in_whatever_form_it_comes(answer: httpx.Response, words: str) -> None:
    at = await floor()
    at.vendor.routes["GET /extension/32494/voicemail/32494-VM/storage_url/"] = answer
    assert words in values(await at.read(at.phone, "voicemail"))["link"]


async def test_a_recording_without_a_usable_id_asks_for_nothing() -> None:
    at = await floor()
    at.vendor.routes["GET /extension/32494/record/"] = ok([{**RECORDINGS[2], "record_uuid": ".."}])
    assert values(await at.read(at.phone, "voicemail"))["file"] == "the vendor does not name it"
    assert at.asked() == ["/extension/32494/record/"]


async def test_one_list_of_recordings_serves_all_reports_for_a_while() -> None:
    clock = ManualClock(NOW)
    at = await floor(clock)
    await at.read(at.phone, "recordings")
    await at.read(at.phone, "voicemail")
    assert "/extension/32494/record/" not in at.asked()
    clock.advance(31)
    await at.read(at.phone, "recordings")
    assert at.asked() == ["/extension/32494/record/"]


async def test_histories_are_read_one_at_a_time() -> None:
    at = await floor()
    running, most = 0, 0
    answers = httpx.MockTransport(at.vendor)

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await anyio.lowlevel.checkpoint()
            running -= 1
            return await answers.handle_async_request(request)

    source = RingmeAdapter(settings(), Services(ManualClock(NOW), Slow()))

    async def read_it(found: Report) -> None:
        await found.read()

    async with anyio.create_task_group() as group:
        for row in (at.phone, at.recorded, at.queue):
            for found in source.reports(row):
                if found.id in ("recordings", "recording-totals"):
                    group.start_soon(read_it, found)
    assert most == 1


async def test_another_reader_of_the_account_is_a_clear_sentence_and_stops_only_this_report() -> None:
    at = await floor()
    at.vendor.routes["GET /extension/32494/record/"] = httpx.Response(
        429, json={"message": "Stats request already exists, concurrent request not allowed"}
    )
    with pytest.raises(Throttled, match="one history of this account at a time") as caught:
        await at.read(at.phone, "recordings")
    assert (caught.value.scope, caught.value.retry_after) == ("endpoint", 30.0)
    at.vendor.routes["GET /extension/32494/record/"] = httpx.Response(429, headers={"X-RateLimit-Reset": "1260"})
    with pytest.raises(Throttled, match="request limit") as caught:
        await at.read(at.phone, "recordings")
    assert caught.value.scope == "account"


# ---- telephones and people -------------------------------------------------------------------------------------


async def test_registration_shows_contacts_and_devices() -> None:
    at = await floor()
    assert values(await at.read(at.agent, "registration")) == {
        "extension id": "32494",
        "registered": "yes",
        "registrations 1 id": "r1",
        "registrations 1 contact": "sip:341@192.0.2.7:5060",
        "registrations 1 user agent": "Yealink·[2J T46",
        "registrations 1 password": "set, not shown",
    }
    assert at.asked() == ["/extension/32494/registration/"]


async def test_profiles_of_a_telephone_and_of_an_agent() -> None:
    at = await floor()
    for row in (at.phone, at.agent):
        assert values(await at.read(row, "agent")) == {
            "id": "136",
            "name": "Anna",
            "status": "available",
            "wrap up time": "10",
        }
        assert at.asked() == ["/extension/32494/agent/", "/extension/32494/agent/136"]
    supervisor = replace(at.phone, key=at.phone.key._replace(id="32500"))
    at.vendor.routes["GET /extension/32500/agent/"] = ok([])
    assert (await at.read(supervisor, "agent")).note == "this telephone is no agent's"


async def test_telephone_settings_come_from_three_places_and_show_no_pin() -> None:
    at = await floor()
    found = values(await at.read(at.phone, "telephone"))
    assert found["type"] == "phone"
    assert found["vm enabled"] == "yes"
    assert found["conference pin"] == found["replace pin"] == "set, not shown"
    assert found["outgoing number default"] == "37460700700"
    assert "hold music" not in found
    assert "vm mailto" not in found
    assert "9173" not in repr(found)
    assert at.asked() == [f"/extension/32494/{part}/" for part in ("extension", "phone", "ani")]
    at.vendor.routes["GET /extension/32494/ani/"] = ok({"message": "Forbidden"}, 403)
    found = values(await at.read(at.phone, "telephone"))
    assert found["outgoing number"] == "not read: not permitted for this account: Forbidden"
    for part in ("extension", "phone"):
        at.vendor.routes[f"GET /extension/32494/{part}/"] = ok({"message": "oops"}, 500)
    with pytest.raises(ServerTrouble):
        await at.read(at.phone, "telephone")


async def test_places_of_an_agent_are_read_one_by_one() -> None:
    at = await floor()
    assert (await at.read(at.agent, "places")).rows == (("Sales", "local", "2", "1"),)
    assert at.asked()[-1] == "/extension/34414/queue/agents/local/136"
    assert (await at.read(at.external, "places")).rows == (("Sales", "remote", "1", "4"),)
    assert at.asked()[-1] == "/extension/34414/queue/agents/remote/9"
    at.vendor.routes["GET /extension/34414/queue/agents/local/136"] = ok({"message": "Not found"}, 404)
    assert (await at.read(at.agent, "places")).rows[0][1].startswith("not read")


async def test_an_agent_whose_phone_is_not_of_this_account_says_so() -> None:
    at = await floor()
    stranger = replace(at.agent, address=(("name_fs", "7_remote"), ("name", "X"), ("extension_name", "099*1@else")))
    (found,) = [each for each in at.source.reports(stranger) if each.id == "recordings"]
    with pytest.raises(Missing, match=r"099\*1@else is not among the phones of this account"):
        await found.read()
    nameless = replace(at.agent, address=(("name_fs", "7_remote"), ("name", "X"), ("extension_name", "")))
    assert at.source.reports(nameless) == ()


# ---- calls, queues and rooms -----------------------------------------------------------------------------------


async def test_a_call_in_full_and_its_running_recording() -> None:
    at = await floor()
    found = values(await at.read(at.call, "call"))
    assert found["call flow"] == "in"
    assert found["caller id name"] == "Acme"
    assert found["real call"] == "yes"
    assert "recording" not in {each.id for each in at.source.reports(at.call)}
    sheet = await at.read(at.recorded, "recording")
    assert values(sheet)["link"] == "https://storage.example/32495-AB12"
    assert at.asked() == [
        f"/extension/32495/current_calls/{at.recorded.key.id}",
        "/extension/32495/record/32495-AB12/storage_url/",
    ]
    path = f"GET /extension/32495/current_calls/{at.recorded.key.id}"
    at.vendor.routes[path] = ok({"call_api_id": at.recorded.key.id, "record_uuid": None})
    assert (await at.read(at.recorded, "recording")).note == "the call is not being recorded"
    at.vendor.routes[path] = ok({"message": "Not found"}, 404)
    with pytest.raises(Missing, match="the call is over"):
        await at.read(at.recorded, "call")


async def test_settings_and_tiers_of_a_queue() -> None:
    at = await floor()
    assert values(await at.read(at.queue, "settings")) == {
        "strategy": "longest-idle-agent",
        "max wait time": "300",
        "record enabled": "yes",
    }
    sheet = await at.read(at.queue, "tiers")
    assert sheet.columns == ("agent", "list", "level", "position")
    assert sheet.rows == (("Dana", "remote", "1", "4"), ("Anna", "local", "2", "1"))
    at.vendor.routes["GET /extension/34414/queue/agents/remote/"] = ok({"message": "Forbidden"}, 403)
    sheet = await at.read(at.queue, "tiers")
    assert sheet.rows == (("Anna", "local", "2", "1"),)
    assert "one of the two lists was not read" in sheet.note


async def test_a_room_answers_all_five_questions_in_its_own_words() -> None:
    at = await floor()
    sheet = await at.read(at.room, "room")
    assert sheet.rows == (
        ("show members", '{"member_id": 3, "caller_id_number": "022*341", "mute": false}'),
        ("is locked", "false"),
        ("max members", "max_members: 20"),
        ("count", "one member"),
        ("", "really"),
        ("run time", "61"),
    )
    assert [seen.query for seen in at.vendor.log] == [
        f"action={question}" for question in ("show_members", "is_locked", "max_members", "count", "run_time")
    ]


async def test_a_room_where_nobody_is_says_what_the_vendor_says() -> None:
    at = await floor()
    at.vendor.routes["GET /extension/34600/conference/status/"] = ok({"message": "Conference not found"}, 404)
    with pytest.raises(Missing, match="Conference not found"):
        await at.read(at.room, "room")


async def test_settings_of_a_room_show_no_pin() -> None:
    at = await floor()
    assert values(await at.read(at.room, "settings")) == {"pin": "set, not shown", "max members": "20"}


# ---- all of them -----------------------------------------------------------------------------------------------


def ids(rows: Iterable[Row], source: RingmeAdapter) -> list[set[str]]:
    return [{each.id for each in source.reports(row)} for row in rows]


async def test_which_rows_have_which_reports() -> None:
    at = await floor()
    recorded = {"recordings", "recording-links", "recording-totals", "voicemail"}
    telephone = recorded | {"registration", "telephone", "agent"}
    assert ids((at.agent, at.phone, at.call, at.recorded, at.queue, at.room), at.source) == [
        telephone | {"places"},
        telephone,
        recorded | {"call"},
        recorded | {"call", "recording"},
        recorded | {"settings", "tiers"},
        {"room", "settings"},
    ]
    (member, *_) = (await read(at.source, Resource.MEMBERS, "34414")).rows
    assert at.source.reports(member) == ()


async def test_refused_credentials_concern_the_whole_source() -> None:
    at = await floor()
    for row in (at.agent, at.phone, at.call, at.queue, at.room):
        for found in at.source.reports(row):
            at.vendor.everywhere = httpx.Response(401)
            with pytest.raises(CredentialsRefused):
                await found.read()
