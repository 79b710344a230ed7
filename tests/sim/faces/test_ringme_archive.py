"""The hosted PBX face: recordings, their statistics and files, voicemail (seed 003, `record/` and `voicemail/`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.sim.faces.desk import Desk

pytestmark = pytest.mark.anyio

FIELDS = {
    *("to_username", "source_number", "result", "duration", "hangup_time_gmt", "to_domain", "record_file_size"),
    *("calls_result", "from_username", "calls_hangup_disposition", "ani_number", "application", "start_time_gmt"),
    *("ext_number_reg", "hangup_cause", "hangup_disposition", "extension_group_owner_id", "init_time_gmt"),
    *("source_domain", "dest_domain", "record_uuid", "from_domain", "call_uuid", "extension_type", "did_domain"),
    *("from_screen_name", "extension_name", "flow", "dest_number", "extension_id", "did_number", "client_owner_id"),
}
DAY = ("2026-03-02 00:00:00", "2026-03-02 23:59:59")
NOW = ("2026-03-02 10:00:00", "2026-03-02 23:59:59")


def window(begin: str, end: str, **more: str | int) -> str:
    values = {"start_datetime": begin, "end_datetime": end, **more}
    return "?" + "&".join(f"{name}={quote(str(value))}" for name, value in values.items())


async def records(desk: Desk, phone: int = 201, span: tuple[str, str] = NOW, **more: str | int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await desk.get(f"/extension/{phone}/record/" + window(span[0], span[1], **more))
    return rows


async def test_a_finished_talk_becomes_a_recording_under_the_id_of_the_running_one(desk: Desk) -> None:
    row = await desk.talk()
    assert await records(desk) == []
    desk.wait(20)
    await desk.ask("DELETE", f"/extension/201/current_calls/{row['call_api_id']}")
    (record,) = await records(desk)
    assert set(record) == FIELDS
    assert (record["record_uuid"], record["call_uuid"]) == (row["record_uuid"], row["call_id"])
    assert (record["extension_id"], record["extension_name"]) == (201, "022*201@pbx.example")
    assert (record["flow"], record["result"], record["hangup_disposition"]) == ("in", "answered", "callee_bye")
    assert record["duration"] in range(20, 26)
    assert (record["init_time_gmt"], record["start_time_gmt"]) == (row["init_time_gmt"], row["answer_time_gmt"])
    assert record["hangup_time_gmt"] == "2026-03-02 10:00:26"
    assert (record["source_number"], record["from_screen_name"]) == ("+493023125123", "Bo Quist")
    assert record["did_number"] == "49302312501"


async def test_a_queue_that_does_not_record_leaves_nothing(desk: Desk) -> None:
    desk.only(139)
    desk.arrive(queue=604)
    desk.wait(6)
    (row,) = await desk.calls(204)
    assert row["record_uuid"] is None
    await desk.ask("DELETE", f"/extension/204/current_calls/{row['call_api_id']}")
    assert await records(desk, 204) == []


async def test_a_talk_that_was_passed_on_is_recorded_on_both_phones(desk: Desk) -> None:
    row = await desk.talk()
    desk.only(136, 140)
    await desk.act(row["call_api_id"], "transfer", "602")
    desk.wait(200)
    (first,), (second,) = await records(desk), await records(desk, 205)
    assert (first["call_uuid"], first["flow"]) == (second["call_uuid"], "in")
    assert second["flow"] == "transfer"


async def test_the_demonstration_starts_with_hours_of_recordings(desk: Desk) -> None:
    before = await records(desk, span=DAY, per_page=100)
    assert len(before) > 20
    assert all(set(row) == FIELDS and row["hangup_time_gmt"] < "2026-03-02 10:00:00" for row in before)
    assert {row["flow"] for row in before} == {"in", "transfer"}
    assert {row["hangup_disposition"] for row in before} == {"caller_bye", "callee_bye"}
    again = Desk()
    assert await records(again, span=DAY, per_page=100) == before


async def test_records_come_newest_first_in_pages(desk: Desk) -> None:
    whole = await records(desk, span=DAY, per_page=100)
    times = [row["init_time_gmt"] for row in whole]
    assert times == sorted(times, reverse=True)
    assert await records(desk, span=DAY, per_page=100, order="asc") == whole[::-1]
    assert await records(desk, span=DAY) == whole[:20]
    pages = [await records(desk, span=DAY, page=page, per_page=7) for page in range(1, len(whole) // 7 + 3)]
    assert [row for page in pages for row in page] == whole
    assert pages[-1] == []
    early = await records(desk, span=("2026-03-02 04:00:00", times[5][:19]), per_page=100)
    assert early[0]["init_time_gmt"] in (times[5], times[6])


async def test_the_statistics_count_what_the_list_shows(desk: Desk) -> None:
    whole = await records(desk, span=DAY, per_page=100)
    assert await desk.get("/extension/201/record/stats/" + window(*DAY)) == {
        "files_size": sum(row["record_file_size"] for row in whole),
        "records_count": len(whole),
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?start_datetime=2026-03-02%2010:00:00",
        window("2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"),
        window("2026-02-30 10:00:00", "2026-03-03 10:00:00"),
        window("2026-03-03 10:00:00", "2026-03-02 10:00:00"),
        window(*DAY, order="newest"),
        window(*DAY, page=0),
        window(*DAY, per_page="all"),
    ],
)
async def test_a_list_without_a_sound_window_is_refused(desk: Desk, query: str) -> None:
    answer = await desk.ask("GET", "/extension/201/record/" + query)
    assert (answer.status_code, set(answer.json())) == (400, {"message"})


async def test_two_lists_at_once_are_one_too_many(desk: Desk) -> None:
    desk.app.ringme["hq"].archive.busy_for = 2.0
    await records(desk)
    for path in ("/extension/202/record/", "/extension/201/record/stats/"):
        refused = await desk.ask("GET", path + window(*DAY))
        assert refused.status_code == 429
        assert refused.json() == {"message": "Stats request already exists, concurrent request not allowed"}
        assert int(refused.headers["X-RateLimit-Remaining"]) > 0
    desk.wait(2)
    await records(desk, 202)


async def test_a_recording_says_where_its_sound_is(desk: Desk) -> None:
    row = (await records(desk, span=DAY))[0]
    path = f"/extension/201/record/{row['record_uuid']}/storage_url/"
    assert (await desk.get(path))["record_url"].endswith(row["record_uuid"] + ".mp3")
    for other in (
        path.replace("201", "202", 1),
        "/extension/201/record/none/storage_url/",
        f"/extension/201/voicemail/{row['record_uuid']}/storage_url/",
        path.removesuffix("/"),
    ):
        assert (await desk.ask("GET", other)).status_code == 404, other


async def test_whom_nobody_answers_leaves_a_message(desk: Desk) -> None:
    extensions = desk.world.hq.pbx.extensions
    extensions[212].answers = extensions[213].answers = False
    for missed in (212, 213):
        desk.world.hq.traffic.dial_inside(extensions[214], extensions[missed])
        desk.wait(90)
    (message,) = await records(desk, 212)
    assert (message["result"], message["application"], message["flow"]) == ("voicemail", "voicemail", "in")
    assert (message["from_username"], message["from_screen_name"]) == ("022*214", "Warehouse")
    assert 6 <= message["duration"] <= 40
    assert await records(desk, 213) == [], "a phone without a box takes no message"
    path = f"/extension/212/voicemail/{message['record_uuid']}/storage_url/"
    assert (await desk.get(path))["record_url"].endswith(".wav")
    assert (await desk.ask("GET", path.replace("voicemail", "record"))).status_code == 404


async def test_a_call_that_was_called_off_or_answered_leaves_no_message(desk: Desk) -> None:
    extensions = desk.world.hq.pbx.extensions
    desk.world.hq.traffic.dial_inside(extensions[214], extensions[212])
    desk.wait(150)
    extensions[212].answers = False
    desk.world.hq.traffic.dial_inside(extensions[214], extensions[212])
    desk.wait(5)
    (caller,) = await desk.calls(214)
    await desk.ask("DELETE", f"/extension/214/current_calls/{caller['call_api_id']}")
    desk.wait(90)
    assert await records(desk, 212) == []


async def test_settings_of_a_phone_say_whether_it_takes_messages(desk: Desk) -> None:
    assert (await desk.get("/extension/212/phone/"))["vm_enabled"] is True
    assert (await desk.get("/extension/213/phone/"))["vm_enabled"] is False
    assert await desk.get("/extension/212/ani/") == {"default": "4930231250012"}
    assert (await desk.get("/extension/212/extension/"))["label"] == "Reception"
    assert (await desk.ask("GET", "/extension/601/ani/")).status_code == 404
