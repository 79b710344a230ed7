"""A receptionist's rule is changed from its details: one request, read back equal, and nothing else of the vendor is
altered. What a write may lose wants the name typed, and a PIN is nowhere."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.scene import ALL_FIVE, Stage, staged
from tests.acceptance.seat import Seat
from tests.support.console import press
from wallboard import logs
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Receptionist
from wallboard.view.dialogs import Confirm, TypeName
from wallboard.view.form import FormDialog
from wallboard.view.snapshot import snapshot
from wallboard.view.which import Which

pytestmark = pytest.mark.anyio

NIGHT, PROMPTED, WITH_PIN = "8101", "8100", "8103"
PIN = "730418"
EQUAL = "is as asked and nothing else changed"


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with staged(tmp_path, sources=ALL_FIVE) as stage:
        yield Seat(stage)


def definition(stage: Stage, number: str) -> dict[str, Any]:
    return stage.world.reception.numbered(number).definition


def everything(stage: Stage) -> dict[str, Any]:
    """All that is configured at front and at the other vendors, in the world itself."""
    world = stage.world
    made = world.reception
    found: dict[str, Any] = {
        f"receptionist {each.number}": (each.id, each.online, each.extension.label, deepcopy(each.definition))
        for each in made.receptionists.values()
    }
    found["tenant"] = (made.tenant.id, made.tenant.name, made.tenant.timezone, deepcopy(made.tenant.office_hours))
    found["holidays"], found["prompts"] = dict(made.holidays), dict(made.prompts)
    for name, site in world.sites.items():
        found[f"{name} extensions"] = {
            number: (each.label, each.kind, each.registered) for number, each in site.pbx.extensions.items()
        }
        found[f"{name} queues"] = {
            number: (deepcopy(queue.settings), [(tier.agent.id, tier.level, tier.pause) for tier in queue.tiers])
            for number, queue in site.pbx.queues.items()
        }
        found[f"{name} agents"] = {key: each.status for key, each in site.pbx.agents.items()}
        found[f"{name} routes"] = dict(site.pbx.routes)
    found["notices"] = {name: repr(each.events) for name, each in world.center.sets.items()}
    found["hotlines"] = {name: (each.is_active, each.status) for name, each in world.hotlines.hotlines.items()}
    return found


def row(seat: Seat, number: str) -> Receptionist:
    rows = [each for each, _ in seat.cells(Resource.RECEPTIONISTS) if isinstance(each, Receptionist)]
    return next(each for each in rows if each.number == number)


async def details(seat: Seat, number: str) -> Key:
    key = row(seat, number).key
    await seat.to(key, "7")
    await seat.press("enter")
    assert f"DETAILS {row(seat, number).name}" in seat.page()
    return key


async def edit(seat: Seat, title: str, number: str) -> None:
    """`E`, the form of that title, and another number in it."""
    await seat.press("E")
    asked = seat.dialog
    assert isinstance(asked, Which)
    place = next(index for index, choice in enumerate(asked.options, 1) if choice.text == title)
    await seat.press(str(place), "enter")
    assert isinstance(seat.dialog, FormDialog)
    await seat.press("down", "ctrl+u")
    await seat.type(number)
    await seat.press("enter")


async def test_a_night_rule_is_changed_and_nothing_else_is(seat: Seat) -> None:
    stage = seat.stage
    before = everything(stage)
    key = await details(seat, NIGHT)
    await edit(seat, "input 0 outside office hours", "8002")
    asked = seat.dialog
    assert isinstance(asked, Confirm)
    assert asked.title == "CHANGE THE RECEPTIONIST Night menu?"
    assert "number 8001 → 8002" in asked.consequence
    assert seat.sent() == []
    await seat.press("y")
    outcome = await seat.ending()
    assert outcome.ending == f"confirmed by reading it back: input 0 outside office hours {EQUAL}"
    ((method, path, body),) = seat.acting()
    assert (method, path) == ("POST", f"front/ivrs/{key.id}")
    assert isinstance(body, dict)
    assert not {"id", "extension_number", "prompt_file_name", "pin", "night_mode_forward_rule"} & set(body)
    number, online, label, told = before[f"receptionist {NIGHT}"]
    told = deepcopy(told)
    told["custom_forward_rules"][0]["non_office_hours_forward_rule"]["number"] = "8002"
    assert everything(stage) == before | {f"receptionist {NIGHT}": (number, online, label, told)}


async def test_where_callers_go_is_chosen_from_the_directory(seat: Seat) -> None:
    await details(seat, NIGHT)
    await seat.press("E")
    asked = seat.dialog
    assert isinstance(asked, Which)
    place = next(index for index, each in enumerate(asked.options, 1) if each.text == "input 0 outside office hours")
    await seat.press(str(place), "enter", "down")
    await seat.press("ctrl+u")
    await seat.type("billing")
    (line,) = [line for line in seat.look() if line.startswith("▌") and " 8002 " in line]
    assert "○ 0 waiting" in line, "with its state"
    await seat.press("enter")
    assert isinstance(seat.dialog, Confirm)
    assert "number 8001 → 8002" in seat.dialog.consequence


async def test_a_number_that_is_in_no_directory_asks_before_callers_are_sent_there(seat: Seat) -> None:
    await details(seat, NIGHT)
    await edit(seat, "input 0 outside office hours", "8877")
    assert isinstance(seat.dialog, FormDialog)
    assert "8877 is in no directory and may cut callers off. y takes it" in seat.page()
    await seat.press("escape", "escape")
    assert seat.dialog is not None, "back in the form, as it was"
    assert "8001" in seat.page()
    await seat.press("ctrl+u")
    await seat.type("8877")
    await seat.press("enter", "y")
    assert isinstance(seat.dialog, Confirm)
    assert "number 8001 → 8877" in seat.dialog.consequence
    assert seat.sent() == []


async def test_the_details_that_are_open_say_what_the_rule_is_now(seat: Seat) -> None:
    await details(seat, NIGHT)
    rule = "voicemail 311  Between the years"
    assert " 8003             8001 " in seat.line(rule)
    await edit(seat, "input 0 outside office hours", "8002")
    await seat.press("y")
    await seat.ending()
    assert " 8003             8002 " in seat.line(rule)
    assert "nothing else differs" in seat.page()


async def test_a_rule_that_applies_now_moves_the_callers_on_the_board(seat: Seat) -> None:
    await details(seat, NIGHT)
    assert [entry.to for entry in row(seat, NIGHT).sends_to if entry.input == "0"] == ["8003"]
    await edit(seat, "input 0 in office hours", "8001")
    await seat.press("y")
    assert (await seat.ending()).ending.endswith(EQUAL)
    assert [entry.to for entry in row(seat, NIGHT).sends_to if entry.input == "0"] == ["8001"]
    data = snapshot(seat.rooms.board, seat.stage.clock.now())
    (told,) = [each for each in data["receptionists"] if each["number"] == NIGHT]
    assert {"input": "0", "to": "8001", "open": True} in told["sends_to"]


async def test_one_with_a_prompt_wants_its_name_typed(seat: Seat) -> None:
    stage = seat.stage
    before = everything(stage)
    await details(seat, PROMPTED)
    await edit(seat, "input 1 outside office hours", "8002")
    asked = seat.dialog
    assert isinstance(asked, TypeName)
    assert asked.name == "Main menu"
    assert "whether the prompt main-menu.wav and the transfer prompt one-moment.wav survive a write" in seat.page()
    await seat.press("y", "enter")
    assert seat.dialog is asked, "a y is not its name"
    assert seat.sent() == []
    await seat.press("ctrl+u")
    await seat.type("Main menu")
    await seat.press("enter")
    outcome = await seat.ending()
    assert outcome.ending == f"confirmed by reading it back: input 1 outside office hours {EQUAL}"
    ((method, _, body),) = seat.acting()
    assert method == "POST"
    assert isinstance(body, dict)
    assert not {"prompt_file_id", "transfer_prompt_file_id", "pin"} & set(body), "what was read has no ids of prompts"
    number, online, label, told = before[f"receptionist {PROMPTED}"]
    told = deepcopy(told)
    told["custom_forward_rules"][0]["non_office_hours_forward_rule"]["number"] = "8002"
    assert everything(stage) == before | {f"receptionist {PROMPTED}": (number, online, label, told)}


async def test_a_prompt_that_the_write_loses_is_named(seat: Seat) -> None:
    """Where the vendor takes what is left out for empty, that is what the ending says."""
    stage = seat.stage
    await details(seat, PROMPTED)
    await edit(seat, "input 1 outside office hours", "8002")
    await seat.type("Main menu")
    press(seat.console, "enter")
    await stage.until(seat.sent, 5.0, step=0.01)
    definition(stage, PROMPTED)["prompt_file_id"] = None
    outcome = await seat.ending()
    assert outcome.phase.value == "not_confirmed"
    assert "the prompt is no longer main-menu.wav" in outcome.ending


async def test_somebody_elses_change_is_not_undone(seat: Seat) -> None:
    stage = seat.stage
    await details(seat, NIGHT)
    await seat.press("E", "4", "enter", "down", "ctrl+u")
    await seat.type("8002")
    rules = definition(stage, NIGHT)["custom_forward_rules"]
    rules[0]["non_office_hours_forward_rule"] = {"action": "HANGUP"}
    await seat.press("enter", "y")
    outcome = await seat.ending()
    assert outcome.phase.value == "refused"
    assert "has changed" in outcome.ending
    assert seat.sent() == []
    assert rules[0]["non_office_hours_forward_rule"] == {"action": "HANGUP"}


async def test_a_pin_is_nowhere(tmp_path: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In no log, journal, painted line, snapshot or request, while its receptionist is read, shown and changed."""
    caplog.set_level(logging.DEBUG)
    log_file = logs.setup(tmp_path / "state")
    try:
        async with staged(tmp_path, sources=ALL_FIVE) as stage:
            seat = Seat(stage)
            before = everything(stage)
            assert definition(stage, WITH_PIN)["pin"] == PIN
            await details(seat, WITH_PIN)
            assert "PIN for DISA       asked for" in seat.page()
            await edit(seat, "input 5 on holidays", "8003")
            await seat.press("escape")
            await seat.press("E", "3", "enter")
            await seat.type("hang")
            await seat.press("down", "enter")
            assert isinstance(seat.dialog, TypeName)
            assert "the PIN" in seat.page()
            await seat.type("Dial-in for staff")
            await seat.press("enter")
            outcome = await seat.ending()
            assert outcome.ending == f"confirmed by reading it back: input 5 in office hours {EQUAL}"
            ((_, _, body),) = seat.acting()
            number, online, label, told = before[f"receptionist {WITH_PIN}"]
            told = deepcopy(told)
            told["custom_forward_rules"][0]["office_hours_forward_rule"] = {"action": "HANGUP"}
            assert everything(stage) == before | {f"receptionist {WITH_PIN}": (number, online, label, told)}
            await seat.press("9")
            await seat.press("0")
            seen = "\n".join(seat.seen)
            data = json.dumps(snapshot(stage.board, stage.clock.now()))
            held = repr([vars(each) if hasattr(each, "__dict__") else each for each in stage.rooms.adapters.values()])
            rows = repr(stage.board.rows(Resource.RECEPTIONISTS))
    finally:
        log_file.close()
    journal = (home / ".local/state/wallboard/audit.jsonl").read_text()
    written = "\n".join(path.read_text() for path in (tmp_path / "state").iterdir())
    assert "Dial-in for staff" in journal
    assert "Dial-in for staff" in seen
    for what in (journal, written, caplog.text, seen, data, held, rows, json.dumps(body)):
        assert PIN not in what
