"""The hosted PBX face: recordings, voicemail, conference rooms and speech-to-text (seed 003)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.sim.faces.desk import Desk
from wallboard.sim import Knobs

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
ROOM = "/extension/690/conference/"


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
    assert (record["source_number"], record["from_screen_name"]) == ("+493023125123", "Bo Quist")
    assert record["did_number"] == "49302312501"


async def test_a_talk_that_was_passed_on_is_recorded_on_both_phones(desk: Desk) -> None:
    row = await desk.talk()
    desk.only(136, 140)
    await desk.act(row["call_api_id"], "transfer", "602")
    desk.wait(200)
    (first,), (second,) = await records(desk), await records(desk, 205)
    assert first["call_uuid"] == second["call_uuid"]
    assert (first["flow"], second["flow"]) == ("in", "transfer")


async def test_it_starts_with_hours_of_recordings_in_pages_newest_first(desk: Desk) -> None:
    whole = await records(desk, span=DAY, per_page=100)
    assert len(whole) > 20
    assert all(set(row) == FIELDS and row["hangup_time_gmt"] < "2026-03-02 10:00:00" for row in whole)
    assert await records(Desk(), span=DAY, per_page=100) == whole
    times = [row["init_time_gmt"] for row in whole]
    assert times == sorted(times, reverse=True)
    assert await records(desk, span=DAY, per_page=100, order="asc") == whole[::-1]
    pages = [await records(desk, span=DAY, page=page, per_page=7) for page in range(1, len(whole) // 7 + 3)]
    assert [row for page in pages for row in page] == whole
    assert await desk.get("/extension/201/record/stats/" + window(*DAY)) == {
        "files_size": sum(row["record_file_size"] for row in whole),
        "records_count": len(whole),
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        window("2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"),
        window("2026-02-30 10:00:00", "2026-03-03 10:00:00"),
        window("2026-03-03 10:00:00", "2026-03-02 10:00:00"),
        window(*DAY, page=0),
        window(*DAY, per_page="all"),
    ],
)
async def test_a_list_without_a_sound_window_is_refused(desk: Desk, query: str) -> None:
    answer = await desk.ask("GET", "/extension/201/record/" + query)
    assert (answer.status_code, set(answer.json())) == (400, {"message"})


async def test_whom_nobody_answers_leaves_a_message_and_both_say_where_the_sound_is(desk: Desk) -> None:
    extensions = desk.world.hq.pbx.extensions
    extensions[212].answers = extensions[213].answers = False
    for missed in (212, 213):
        desk.world.hq.traffic.dial_inside(extensions[214], extensions[missed])
        desk.wait(90)
    (message,) = await records(desk, 212)
    assert (message["result"], message["application"], message["flow"]) == ("voicemail", "voicemail", "in")
    assert 6 <= message["duration"] <= 40
    assert await records(desk, 213) == [], "a phone without a box takes no message"
    path = f"/extension/212/voicemail/{message['record_uuid']}/storage_url/"
    assert (await desk.get(path))["record_url"].endswith(".wav")
    talk = (await records(desk, span=DAY))[0]["record_uuid"]
    assert (await desk.get(f"/extension/201/record/{talk}/storage_url/"))["record_url"].endswith(talk + ".mp3")
    for other in (path.replace("voicemail", "record"), path.replace("212", "214"), f"/extension/201/record/{talk}"):
        assert (await desk.ask("GET", other)).status_code == 404, other


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


@pytest.fixture
def meeting(desk: Desk) -> Desk:
    for number, name in (("201", "Anna Petrosyan"), ("202", "Boris Kim"), ("+493023125107", "")):
        desk.world.hq.rooms[690].join(number, name)
    return desk


async def status(desk: Desk, action: str) -> Any:
    return await desk.get(f"{ROOM}status/?action={action}")


async def manage(desk: Desk, expected: int = 200, **body: object) -> None:
    answer = await desk.ask("PUT", ROOM + "status/", body)
    assert answer.status_code == expected, answer.text


async def test_a_running_room_tells_one_thing_at_a_time(meeting: Desk) -> None:
    meeting.wait(61)
    members = await status(meeting, "show_members")
    assert [(row["member_id"], row["caller_id_number"], row["join_time"]) for row in members] == [
        *((1, "201", 61), (2, "202", 61), (3, "+493023125107", 61)),
    ]
    answers = [await status(meeting, each) for each in ("is_locked", "max_members", "count", "run_time")]
    assert answers == [False, 20, 3, 61]
    assert (await meeting.get(ROOM))["max_members"] == 20


async def test_members_are_muted_alone_or_all_together_behind_a_door(meeting: Desk) -> None:
    await manage(meeting, mute=True, member_id=2)
    assert [row["mute"] for row in await status(meeting, "show_members")] == [False, True, False]
    await manage(meeting, deaf=True, mute=False)
    assert {(row["mute"], row["deaf"]) for row in await status(meeting, "show_members")} == {(False, True)}
    await manage(meeting, lock=True, enter_sound=True, play_file=12)
    room = meeting.world.hq.rooms[690]
    assert (await status(meeting, "is_locked"), room.chime, room.playing) == (True, True, 12)
    assert room.join("203", "Chen Wei") is None
    await manage(meeting, stop_play=True)
    assert room.playing is None
    for member in (1, 2, 3):
        room.leave(member)
    assert (await status(meeting, "is_locked"), await status(meeting, "run_time")) == (False, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 400),
        ({"member_id": 1}, 400),
        ({"mute": "yes"}, 400),
        ({"play_file": True}, 400),
        ({"kick": True}, 400),
        ({"mute": True, "member_id": 9}, 404),
    ],
)
async def test_a_wish_that_makes_no_sense_changes_nothing(
    meeting: Desk, body: dict[str, object], expected: int
) -> None:
    before = await status(meeting, "show_members")
    await manage(meeting, expected, **body)
    assert await status(meeting, "show_members") == before


async def test_in_a_living_account_people_meet() -> None:
    living = Desk(Knobs(incidents=False, warm_up=0.0))
    counts = set()
    for _ in range(20):
        living.wait(60)
        counts.add(await status(living, "count"))
    assert min(counts) >= 3
    assert len(counts) > 1


async def test_speech_to_text_is_started_and_stopped_for_a_direction(desk: Desk) -> None:
    row = await desk.talk()
    path = f"/extension/201/speech_to_text/{row['call_api_id']}"
    leg = desk.world.hq.pbx.extensions[201].legs[row["call_api_id"]]
    body = {"action": "start", "direction": "in", "url": "https://listener.example/text"}
    for asked, written in (
        (body, {"in"}),
        (body | {"direction": "out"}, {"in", "out"}),
        (body | {"action": "stop"}, {"out"}),
    ):
        assert (await desk.ask("PUT", path, asked)).status_code == 200
        assert leg.transcribed == written
    for wrong in ({"action": "start"}, {"action": "pause", "direction": "in"}, body | {"url": 7}):
        assert (await desk.ask("PUT", path, wrong)).status_code == 400
    await desk.ask("DELETE", f"/extension/201/current_calls/{row['call_api_id']}")
    assert (await desk.ask("PUT", path, body)).status_code == 404
