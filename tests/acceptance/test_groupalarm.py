"""Every action on the hotlines, through the whole program: one whole-object PUT, which changes nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.scene import Stage, staged
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline
from wallboard.domain.states import HotlineState, Wanted
from wallboard.sim.asgi import Request
from wallboard.sim.faces.groupalarm import GroupalarmFace

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, sources=("responders",)) as found:
        await found.until(lambda: found.board.rows(Resource.PHONES, "responders"))
        yield found


def ask(stage: Stage, path: str) -> Any:
    """What the vendor itself says, behind the console's back."""
    face: GroupalarmFace = stage.server.groupalarm
    path, _, query = path.partition("?")
    token = next(iter(face.tokens.items()))
    return json.loads(face.handle(Request.of("GET", path, query, dict([token]), b"")).body)


def everything(stage: Stage) -> dict[str, Any]:
    hotlines = ask(stage, "/hotlines?organization_id=77&limit=50")["hotlines"]
    phones = [phone for user in (5, 6, 7, 8, 9, 12) for phone in ask(stage, f"/agents?owner_id={user}")]
    return {f"hotline {row['id']}": row for row in hotlines} | {f"phone {row['id']}": row for row in phones}


@pytest.mark.parametrize("identity", [313, 311])
async def test_pausing_changes_nothing_but_its_state(stage: Stage, identity: int) -> None:
    before = everything(stage)
    hotline = stage.hotline(identity)
    assert stage.dispatcher.offer(Verb.CLOSE, hotline.key).level == "name"
    done = await stage.act(Verb.CLOSE, hotline)
    whole = before[f"hotline {identity}"]
    body = {name: value for name, value in whole.items() if name != "number"} | {"isActive": False}
    assert done.requests == [("PUT", f"/hotlines/{identity}", body)]
    assert done.phase == "confirmed"
    assert "it is paused" in done.ending
    now = stage.hotline(identity)
    assert (now.wanted, now.state) == (Wanted.PAUSED, HotlineState.PAUSED)
    assert everything(stage) == before | {f"hotline {identity}": whole | {"isActive": False, "status": "paused"}}


async def test_opening_is_confirmed_as_starting_and_becomes_open(stage: Stage) -> None:
    before = everything(stage)
    done = await stage.act(Verb.OPEN, stage.hotline(314))
    ((method, path, body),) = done.requests
    assert (method, path) == ("PUT", "/hotlines/314")
    assert isinstance(body, dict)
    assert body["isActive"] is True
    assert done.phase == "confirmed"
    assert "starting" in done.ending
    await stage.until(lambda: stage.hotline(314).state is HotlineState.OPEN)
    assert everything(stage) == before | {"hotline 314": before["hotline 314"] | {"isActive": True, "status": "active"}}


async def test_announcements_change_only_the_text_given(stage: Stage) -> None:
    before = everything(stage)
    done = await stage.act(Verb.ANNOUNCE, stage.hotline(313), form="announce", text_in="Willkommen, bitte warten.")
    assert [(method, path) for method, path, _ in done.requests] == [("PUT", "/hotlines/313")]
    assert done.phase == "confirmed"
    after = everything(stage)
    changed = after["hotline 313"]
    assert "Willkommen, bitte warten." in changed["ttsInbound"]
    assert after == before | {"hotline 313": before["hotline 313"] | {"ttsInbound": changed["ttsInbound"]}}
    hotline = stage.hotline(313)
    assert "Willkommen, bitte warten." in hotline.announcement_in


@pytest.mark.parametrize(("verb", "phone", "on"), [(Verb.SIGNOUT, 80, False), (Verb.SIGNIN, 81, True)])
async def test_a_telephone_goes_on_and_off_duty(stage: Stage, verb: Verb, phone: int, on: bool) -> None:
    before = everything(stage)
    done = await stage.act(verb, stage.duty_phone(phone))
    whole = before[f"phone {phone}"]
    assert done.requests == [("PUT", f"/agents/{phone}", whole | {"isActive": on})]
    assert done.sent[0].query == {"organization_id": ["77"]}
    assert done.phase == "confirmed"
    assert everything(stage) == before | {f"phone {phone}": whole | {"isActive": on}}
    assert stage.duty_phone(phone).registered is on

    def shown() -> list[bool | None]:
        agents = stage.hotline(311).agents
        return [each.active for agent in agents for each in agent.phones or () if each.id == str(phone)]

    await stage.until(lambda: shown() == [on])


@pytest.mark.parametrize(("verb", "identity"), [(Verb.CLOSE, 311), (Verb.OPEN, 314)])
async def test_what_does_not_come_about_is_not_confirmed(stage: Stage, verb: Verb, identity: int) -> None:
    stage.server.faults.set("groupalarm/hotlines/*", "body:{}", method="PUT")
    done = await stage.act(verb, stage.hotline(identity))
    assert len(done.sent) == 1
    assert (done.phase, done.ending.split(":")[0]) == ("not_confirmed", "not confirmed")


async def test_duty_that_does_not_change_is_not_confirmed(stage: Stage) -> None:
    stage.server.faults.set("groupalarm/agents/*", "body:{}", method="PUT")
    done = await stage.act(Verb.SIGNOUT, stage.duty_phone(80))
    assert (done.phase, len(done.sent)) == ("not_confirmed", 1)


async def test_a_hotline_that_is_gone_is_never_written(stage: Stage) -> None:
    command = stage.command(Verb.CLOSE, stage.hotline(311))
    del stage.world.hotlines.hotlines[311]
    done = await stage.submit(command)
    assert done.requests == []
    assert done.phase in ("refused", "not_confirmed")


async def test_a_telephone_that_is_gone_is_never_written(stage: Stage) -> None:
    command = stage.command(Verb.SIGNOUT, stage.duty_phone(80))
    del stage.world.hotlines.phones[80]
    done = await stage.submit(command)
    assert done.requests == []
    assert done.phase in ("refused", "not_confirmed")


@pytest.mark.parametrize("missing", ["ttsInbound", "agents", "channelsOutbound", "organizationID"])
async def test_a_write_that_would_lose_what_the_vendor_left_out_is_not_made(stage: Stage, missing: str) -> None:
    hotline = stage.hotline(311)
    part = {name: value for name, value in ask(stage, "/hotlines/311").items() if name != missing}
    stage.server.faults.set("groupalarm/hotlines/311", f"body:{json.dumps(part)}", method="GET")
    done = await stage.submit(stage.command(Verb.CLOSE, hotline))
    assert done.requests == []
    assert done.phase in ("failed", "refused")


@pytest.mark.parametrize("after", [True, False])
async def test_an_unclear_answer_is_decided_by_reading_back(stage: Stage, after: bool) -> None:
    stage.server.faults.set("groupalarm/hotlines/*", "status:500", method="PUT", after=after)
    done = await stage.act(Verb.CLOSE, stage.hotline(311))
    assert len(done.sent) == 1
    assert done.phase == ("confirmed" if after else "not_confirmed")


async def test_the_wanted_state_and_the_real_one_are_shown_apart(stage: Stage) -> None:
    stage.world.hotlines.fail(stage.world.hotlines.hotlines[312], 60.0)
    await stage.until(lambda: stage.hotline(312).state is HotlineState.ERROR)
    hotline: Hotline = stage.hotline(312)
    assert hotline.wanted is Wanted.OPEN
    assert stage.dispatcher.offer(Verb.OPEN, hotline.key).ok
    await stage.until(lambda: stage.hotline(312).state is HotlineState.OPEN, within=120)
