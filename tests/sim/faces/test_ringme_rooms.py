"""The hosted PBX face: conference rooms and speech-to-text (seed 003)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sim.faces.desk import Desk
from wallboard.sim import Knobs

pytestmark = pytest.mark.anyio

ROOM = "/extension/690/conference/"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    rooms = desk.app.ringme["hq"].conferences.rooms
    for number, name in (("201", "Anna Petrosyan"), ("202", "Boris Kim"), ("+493023125107", "")):
        rooms.join(690, number, name)
    return desk


async def status(desk: Desk, action: str) -> Any:
    return await desk.get(f"{ROOM}status/?action={action}")


async def manage(desk: Desk, expected: int = 200, **body: object) -> None:
    answer = await desk.ask("PUT", ROOM + "status/", body)
    assert answer.status_code == expected, answer.text


async def test_a_running_room_tells_one_thing_at_a_time(desk: Desk) -> None:
    desk.wait(61)
    members = await status(desk, "show_members")
    assert [(row["member_id"], row["caller_id_number"], row["join_time"]) for row in members] == [
        (1, "201", 61),
        (2, "202", 61),
        (3, "+493023125107", 61),
    ]
    answers = [await status(desk, each) for each in ("is_locked", "max_members", "count", "run_time")]
    assert answers == [False, 20, 3, 61]


async def test_members_are_muted_alone_or_all_together(desk: Desk) -> None:
    await manage(desk, mute=True, member_id=2)
    assert [row["mute"] for row in await status(desk, "show_members")] == [False, True, False]
    await manage(desk, deaf=True, mute=False)
    members = await status(desk, "show_members")
    assert [(row["mute"], row["deaf"]) for row in members] == [(False, True)] * 3


async def test_a_locked_room_lets_nobody_in_and_forgets_it_when_empty(desk: Desk) -> None:
    rooms = desk.app.ringme["hq"].conferences.rooms
    await manage(desk, lock=True, enter_sound=True, play_file=12)
    room = rooms.rooms[690]
    assert (await status(desk, "is_locked"), room.chime, room.playing) == (True, True, 12)
    assert rooms.join(690, "203", "Chen Wei") is None
    await manage(desk, stop_play=True)
    assert room.playing is None
    for member in (1, 2, 3):
        rooms.leave(690, member)
    assert (await status(desk, "is_locked"), await status(desk, "run_time")) == (False, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 400),
        ({"member_id": 1}, 400),
        ({"mute": "yes"}, 400),
        ({"mute": True, "member_id": "1"}, 400),
        ({"play_file": True}, 400),
        ({"kick": True}, 400),
        ({"mute": True, "member_id": 9}, 404),
    ],
)
async def test_a_wish_that_makes_no_sense_changes_nothing(desk: Desk, body: dict[str, object], expected: int) -> None:
    before = await status(desk, "show_members")
    await manage(desk, expected, **body)
    assert await status(desk, "show_members") == before


async def test_an_empty_room_and_a_phone_cannot_be_managed(desk: Desk) -> None:
    quiet = Desk()
    await manage(quiet, 404, lock=True)
    assert (await quiet.ask("PUT", "/extension/201/conference/status/", {"lock": True})).status_code == 404
    assert (await quiet.ask("GET", ROOM + "status/?action=members")).status_code == 400


async def test_the_settings_of_a_room(desk: Desk) -> None:
    settings = await desk.get(ROOM)
    assert set(settings) == {
        *("moderator_pin", "pin", "max_members", "music_on_hold_sound", "announce_caller_name", "enter_sound"),
        *("record_enabled", "mute_non_moderator"),
    }
    assert settings["max_members"] == 20


async def test_in_a_living_account_people_meet(desk: Desk) -> None:
    living = Desk(Knobs(incidents=False, warm_up=0.0))
    counts = set()
    for _ in range(20):
        living.wait(60)
        counts.add(await status(living, "count"))
    assert min(counts) >= 3
    assert len(counts) > 1


async def test_speech_to_text_is_started_and_stopped_for_a_direction(desk: Desk) -> None:
    row = await desk.talk()
    path, notes = f"/extension/201/speech_to_text/{row['call_api_id']}", desk.app.ringme["hq"].conferences.transcripts
    body = {"action": "start", "direction": "in", "url": "https://listener.example/text"}
    assert (await desk.ask("PUT", path, body)).status_code == 200
    assert (await desk.ask("PUT", path, {"action": "start", "direction": "out"})).status_code == 200
    assert notes[row["call_api_id"]] == {"in", "out"}
    assert (await desk.ask("PUT", path, {"action": "stop", "direction": "in"})).status_code == 200
    assert notes[row["call_api_id"]] == {"out"}
    for wrong in ({"action": "start"}, {"direction": "in"}, {"action": "pause", "direction": "in"}, body | {"url": 7}):
        assert (await desk.ask("PUT", path, wrong)).status_code == 400
    await desk.ask("DELETE", f"/extension/201/current_calls/{row['call_api_id']}")
    assert (await desk.ask("PUT", path, body)).status_code == 404
