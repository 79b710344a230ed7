"""A disruption notice from the first key to the last: published, changed and ended at one console, seen at another."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.scene import ALL_FIVE, Stage, staged
from tests.acceptance.seat import Seat, utc
from wallboard.domain.keys import Resource
from wallboard.domain.models import Notice
from wallboard.runtime.rooms import headless
from wallboard.sim.notices import DisruptionEvent, DisruptionSet
from wallboard.vendors.http.exchange import in_process
from wallboard.view.dialogs import Confirm
from wallboard.view.form import FormDialog
from wallboard.view.panes.others import notice_state
from wallboard.view.snapshot import snapshot
from wallboard.view.which import Which

pytestmark = pytest.mark.anyio

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with staged(tmp_path, sources=ALL_FIVE) as stage:
        # Wide enough that the header has room for all its words.
        yield Seat(stage, width=190)


def network(stage: Stage) -> DisruptionSet:
    return stage.world.center.find_set("Network")


def references(stage: Stage, *items: tuple[str, str]) -> dict[str, Any]:
    """The items of a request in the seed's shape: wrapped, by id."""
    found = [network(stage).item(kind, name) for kind, name in items]
    return {"item": [{"id": each.id} for each in found]}


def only(stage: Stage, before: set[str]) -> DisruptionEvent:
    """The one event that has been added."""
    (new,) = [event for name, event in network(stage).events.items() if name not in before]
    return new


def notices(seat: Seat) -> dict[str, str]:
    """The pane: what each notice is about, and its state."""
    now = seat.stage.clock.now()
    rows = [row for row, _ in seat.cells(Resource.NOTICES) if isinstance(row, Notice)]
    return {row.why: notice_state(row, now) for row in rows}


def word(seat: Seat) -> str:
    """What the header says about notices."""
    found = re.search(r"notice: (.+?)  ", seat.look()[0])
    return found[1] if found else ""


def up(seat: Seat) -> str:
    """A notice put up behind the console's back, with a field that no document knows; its id."""
    return seat.stage.world.center.publish(
        "Network", why="Power failure", where="Headquarters", remarks="Mains are back soon", lasts=None
    )


def form(seat: Seat) -> FormDialog:
    assert isinstance(seat.dialog, FormDialog)
    return seat.dialog


async def test_a_notice_is_published_with_n_and_a_form(seat: Seat) -> None:
    stage = seat.stage
    before = set(network(stage).events)
    assert word(seat) == ""
    await seat.press("N")
    assert isinstance(seat.dialog, Which)
    await seat.press("1", "enter")
    assert "publish a notice: Network" in form(seat).title
    for looked_for in ("fibre", "head", "until"):
        await seat.type(looked_for)
        await seat.press("space", "enter")
    ends = utc(stage, ahead=7200.0)
    await seat.press("enter")
    await seat.type(ends)
    await seat.press("enter")
    await seat.type("Carrier is on site")
    await seat.press("enter")
    asked = seat.dialog
    assert isinstance(asked, Confirm)
    assert asked.title == "PUBLISH A NOTICE ON cc?"
    assert "remarks Carrier is on site" in asked.consequence
    assert seat.sent() == []
    await seat.press("y")
    outcome = await seat.ending()
    assert outcome.ending == "confirmed by reading it back: it is listed, and says what was asked"
    ((method, path, body),) = seat.acting()
    assert (method, path) == ("POST", f"cc/disruptionSets/{network(stage).id}/events")
    assert isinstance(body, dict)
    begins = body.pop("activeFrom")
    assert INSTANT.fullmatch(begins)
    assert body == {
        "activeTo": f"{ends.replace(' ', 'T')}:00.000Z",
        "remarks": "Carrier is on site",
        "items": references(stage, ("WHY", "Fibre cut"), ("WHERE", "Headquarters"), ("WHEN", "Until further notice")),
    }
    made = only(stage, before)
    assert made.active(stage.world.now)
    assert notices(seat) == {"Fibre cut": "active", "Planned work": "coming"}
    assert word(seat) == "Fibre cut · Headquarters"
    (told,) = [each for each in snapshot(seat.rooms.board, stage.clock.now())["notices"] if each["id"] == made.id]
    assert (told["source"], told["set"], told["why"], told["where"], told["when"], told["remarks"]) == (
        *("cc", "Network", "Fibre cut", "Headquarters", "Until further notice", "Carrier is on site"),
    )
    assert told["active_to"] == f"{ends.replace(' ', 'T')}:00Z"


async def test_a_notice_is_changed_with_e_and_keeps_what_nobody_showed(seat: Seat) -> None:
    stage = seat.stage
    event = stage.world.center.find_event(up(seat))[1]
    ticket = event.extra["ticket"]
    others = {name: repr(each) for name, each in network(stage).events.items() if each is not event}
    await seat.until(lambda: notices(seat).get("Power failure") == "active")
    row = next(row for row, _ in seat.cells(Resource.NOTICES) if row.key.id == event.id)
    await seat.to(row.key, "6")
    await seat.press("E")
    assert form(seat).values["remarks"] == "Mains are back soon"
    await seat.press("pagedown", "ctrl+u")
    await seat.type("Mains are back")
    await seat.press("enter")
    assert isinstance(seat.dialog, Confirm)
    assert "remarks Mains are back soon → Mains are back" in seat.dialog.consequence
    await seat.press("y")
    outcome = await seat.ending()
    assert outcome.phase.value == "confirmed", outcome.ending
    assert "reading it back" in outcome.ending
    ((method, path, body),) = seat.acting()
    assert (method, path) == ("PUT", f"cc/disruptionSets/{network(stage).id}/events/{event.id}")
    assert isinstance(body, dict)
    begins = body.pop("activeFrom")
    assert isinstance(begins, str)
    assert begins.startswith(utc(stage, "%Y-%m-%dT%H:"))
    assert body == {
        "id": event.id,
        "remarks": "Mains are back",
        "ticket": ticket,
        "items": body["items"],
    }
    assert [reference["id"] for reference in body["items"]["item"]] == [item.id for item in event.items]
    now = network(stage).events[event.id]
    assert (now.remarks, now.extra, now.active_to) == ("Mains are back", {"ticket": ticket}, None)
    assert {name: repr(each) for name, each in network(stage).events.items() if name != event.id} == others
    assert "Mains are back" in seat.line("▲ active")


async def test_a_notice_is_ended_with_o_and_y_and_keeps_what_nobody_showed(seat: Seat) -> None:
    stage = seat.stage
    event = stage.world.center.find_event(up(seat))[1]
    ticket = event.extra["ticket"]
    await seat.until(lambda: word(seat) == "Power failure · Headquarters")
    await seat.press("6", "g", "o")
    assert isinstance(seat.dialog, Confirm)
    assert "END Power failure" in seat.dialog.title
    await seat.press("y")
    outcome = await seat.ending()
    assert outcome.phase.value == "confirmed", outcome.ending
    assert "reading it back" in outcome.ending
    ((method, path, body),) = seat.acting()
    assert (method, path) == ("PUT", f"cc/disruptionSets/{network(stage).id}/events/{event.id}")
    assert isinstance(body, dict)
    assert set(body) == {"id", "activeFrom", "activeTo", "remarks", "items", "ticket"}
    assert INSTANT.fullmatch(str(body["activeTo"]))
    assert (body["ticket"], body["remarks"]) == (ticket, "Mains are back soon")
    now = network(stage).events[event.id]
    assert not now.active(stage.world.now)
    assert (now.remarks, now.extra, now.items) == ("Mains are back soon", {"ticket": ticket}, event.items)
    assert notices(seat)["Power failure"] == "over"
    assert word(seat) == ""


async def test_an_end_that_is_not_answered_with_y_sends_nothing(seat: Seat) -> None:
    up(seat)
    await seat.until(lambda: word(seat) != "")
    await seat.press("6", "g")
    for key in ("n", "escape", "x"):
        await seat.press("o")
        assert isinstance(seat.dialog, Confirm)
        await seat.press(key)
        assert seat.dialog is None
    assert seat.sent() == []
    assert word(seat) == "Power failure · Headquarters"


async def test_a_second_console_that_only_watches_shows_all_of_it(seat: Seat, tmp_path: Path) -> None:
    stage = seat.stage
    async with headless(
        stage.config,
        read_only=True,
        transports=lambda _: in_process(stage.server),
        clock=stage.clock,
        state=tmp_path / "watcher",
    ) as rooms:
        rooms.tasks.start_soon(rooms.scheduler.run)
        watcher = Seat(stage, rooms, width=190)
        await watcher.until(lambda: notices(watcher) == {"Planned work": "coming"})
        await seat.press("N", "1", "enter")
        await seat.type("power")
        await seat.press("space", "enter")
        await seat.type("all")
        await seat.press("space", "pagedown")
        await seat.type("Generators run")
        await seat.press("enter", "y")
        assert (await seat.ending()).phase.value == "confirmed"
        await watcher.until(lambda: notices(watcher).get("Power failure") == "active", within=61.0)
        assert word(watcher) == "Power failure · All sites"
        assert any("notice on cc: Power failure" in entry.text for entry in watcher.console.remarks.entries)
        await watcher.press("6")
        assert "Generators run" in watcher.line("▲ active")
        for key in ("E", "o", "N"):
            await watcher.press(key)
            assert watcher.dialog is None
            assert "read-only" in watcher.said
        await seat.press("6", "g", "o", "y")
        assert (await seat.ending()).phase.value == "confirmed"
        assert [method for method, _, _ in seat.acting()] == ["POST", "PUT"]
        await watcher.until(lambda: notices(watcher).get("Power failure") == "over", within=61.0)
        assert word(watcher) == ""
        assert any("over on cc: Power failure" in entry.text for entry in watcher.console.remarks.entries)
        assert watcher.endings == []
