"""What a row can tell beyond its line: `Enter` reads it from the vendor, once, and only for the row that is open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.scene import ALL_FIVE, staged
from tests.acceptance.seat import Seat
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.notation import written
from wallboard.sim import Knobs
from wallboard.sim.rooms import Room
from wallboard.view.finder import Finder
from wallboard.view.form import FormDialog
from wallboard.view.which import Which

pytestmark = pytest.mark.anyio

ROOM = "690"
BUSY = Knobs(incidents=False)
"""A world in which people have called for a quarter of an hour, so that there is something to look back on."""


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with staged(tmp_path, sources=ALL_FIVE, knobs=BUSY) as stage:
        # High enough for all that there is to read.
        yield Seat(stage, height=140)


async def opened(seat: Seat, key: Key, pane: str) -> list[str]:
    """The details of a row once all of it is read, line by line."""
    await seat.to(key, pane)
    await seat.press("enter")
    await seat.until(lambda: read(seat), within=20.0)
    lines = [line.strip() for line in seat.look()]
    top = next(place for place, line in enumerate(lines) if line.startswith("─ "))
    return lines[top:]


def read(seat: Seat) -> bool:
    shown = seat.console.panel.readings.shown
    return bool(shown) and all(reading.stage in ("read", "failed") for reading in shown)


def titles(seat: Seat) -> dict[str, str]:
    """What is read of the open row, and how that went."""
    return {reading.id: reading.stage for reading in seat.console.panel.readings.shown}


def agent(seat: Seat, source: str, name: str) -> Key:
    rows = seat.cells(Resource.AGENTS)
    return next(row.key for row, cells in rows if row.key.source == source and name in cells["name"])


def asked(seat: Seat, account: str, since: int) -> list[str]:
    return [
        each.path for each in seat.stage.server.requests[since:] if each.account == account and each.method == "GET"
    ]


async def test_an_agent_of_hq_has_recordings_and_what_the_telephone_is(seat: Seat) -> None:
    lines = await opened(seat, agent(seat, "hq", "Anna Petrosyan"), "3")
    assert set(titles(seat).values()) == {"read"}
    page = "\n".join(lines)
    assert "– roster" not in page
    (recordings,) = [line for line in lines if line.startswith("recordings ") and "read" in line]
    assert int(recordings.split()[1]) > 0
    heads = "time, UTC            length  flow  result    how it ended  other party"
    assert heads in lines
    for title in ("recording files", "voicemail", "recording totals", "registration", "places in queues"):
        assert any(line.startswith(f"{title} ") for line in lines), title
    assert "registered                       yes" in page


async def test_a_hotline_has_its_call_log_and_its_billed_records(seat: Seat) -> None:
    hotline = seat.stage.world.hotlines.hotlines[311]
    key = Key("responders", Kind.HOTLINE, "311")
    lines = await opened(seat, key, "5")
    assert set(titles(seat).values()) == {"read"}
    (log,) = [line for line in lines if line.startswith("call log")]
    assert f"{len(hotline.logs)} calls, all there are" in lines
    assert log.startswith("call log ")
    (records,) = [line for line in lines if line.startswith("billed records")]
    assert records.startswith(f"billed records {len(hotline.records)} ")
    ended = next(each for each in hotline.records if each.ended is not None)
    assert any(line.split()[-1] == f"{ended.price:g}" and written(ended.number) in line for line in lines)


async def test_a_person_of_cc_has_roles_groups_and_skills(seat: Seat) -> None:
    lines = await opened(seat, agent(seat, "cc", "Samira Haddad"), "3")
    assert titles(seat).keys() >= {"roles", "groups", "skills"}
    assert set(titles(seat).values()) == {"read"}
    words = [line.split() for line in lines]
    assert ["CC", "Agent", "CC", "Agent", "Role"] in words
    assert ["Service", "desk", "no"] in words
    assert ["Français", "5", "French", "language", "skill"] in words
    assert ["English", "4", "English", "language", "skill"] in words


async def test_a_receptionist_has_its_status_its_rules_and_the_holidays(seat: Seat) -> None:
    key = next(row.key for row, cells in seat.cells(Resource.RECEPTIONISTS) if cells["number"] == "8101")
    lines = await opened(seat, key, "7")
    assert titles(seat) == {"status": "read", "rules": "read", "holidays": "read"}
    status = next(place for place, line in enumerate(lines) if line.startswith("status "))
    assert lines[status + 1] == "online"
    (holidays,) = [line for line in lines if line.startswith("holidays 4")]
    assert " · read" in holidays
    for holiday in seat.stage.world.reception.holidays.values():
        assert any(line.startswith(holiday.name) for line in lines)


async def test_details_ask_once_and_only_while_they_are_open(seat: Seat) -> None:
    before = len(seat.stage.server.requests)
    await seat.press("3")
    await seat.stage.wait(5.0)
    skills = [path for path in asked(seat, "cc", before) if "skills" in path]
    assert skills == []
    key = agent(seat, "cc", "Samira Haddad")
    await opened(seat, key, "3")
    first = [path for path in asked(seat, "cc", before) if f"/users/{key.id}/" in path]
    assert first != []
    assert len(first) == len(set(first))
    await seat.press("escape", "enter")
    await seat.stage.wait(20.0, step=1.0)
    assert [path for path in asked(seat, "cc", before) if f"/users/{key.id}/" in path] == first, "kept for a minute"


# ---- a conference room ----------------------------------------------------------------------------------------------


def muted(seat: Seat) -> list[int]:
    """Who in the room is not heard, as the vendor itself tells it."""
    return [each.id for each in room(seat).members.values() if each.mute]


def room(seat: Seat) -> Room:
    identity = next(each.id for each in seat.stage.hq.extensions.values() if each.number == ROOM)
    return seat.stage.world.hq.rooms[identity]


async def found(seat: Seat) -> list[str]:
    """The card of the conference room, by `F`."""
    await seat.press("F")
    assert isinstance(seat.dialog, Finder)
    await seat.type("morning")
    await seat.press("enter")
    await seat.until(lambda: read(seat), within=20.0)
    assert seat.console.panel.card_key == Key("hq", Kind.PHONE, ROOM)
    return [line.strip() for line in seat.look()]


async def test_a_conference_room_is_found_and_shows_the_vendors_own_words(seat: Seat) -> None:
    lines = await found(seat)
    members = [line for line in lines if '"caller_id_number"' in line]
    numbers = {json.loads(line[line.index("{") :])["caller_id_number"] for line in members}
    assert {"212", "213", "214"} <= numbers
    assert "the vendor's own words" in lines
    assert any(line.split() == ["is", "locked", "false"] for line in lines)
    assert seat.sent() == []


async def test_muting_somebody_in_the_room_is_one_put(seat: Seat) -> None:
    await found(seat)
    everybody = set(room(seat).members)
    assert 2 in everybody
    assert muted(seat) == []
    await seat.press("E")
    asked_for = seat.dialog
    assert isinstance(asked_for, Which)
    assert asked_for.options[0].text == "Mute"
    await seat.press("1", "enter")
    assert isinstance(seat.dialog, FormDialog)
    await seat.press("down", "2")
    assert seat.sent() == []
    await seat.press("enter")
    outcome = await seat.ending()
    assert seat.acting() == [("PUT", f"hq/extension/{ROOM}/conference/status/", {"mute": True, "member_id": 2})]
    assert outcome.ending.startswith("accepted: this vendor cannot show it")
    assert muted(seat) == [2]
    assert everybody <= set(room(seat).members)
    assert not room(seat).locked
    await seat.until(lambda: read(seat), within=20.0)
    (line,) = [line for line in seat.look() if '"member_id": 2,' in line]
    assert json.loads(line[line.index("{") :])["mute"] is True, "the open card is read again"
