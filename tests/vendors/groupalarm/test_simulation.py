"""The GroupAlarm adapter on the simulation, which was written from the same documents by other hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Phone, Row
from wallboard.domain.states import HotlineState, Wanted
from wallboard.sim.access import GROUPALARM_PERSONAL_TOKEN, GROUPALARM_TOKEN
from wallboard.sim.server import SimServer, make_app
from wallboard.sim.world import Knobs, World
from wallboard.vendors.base import Adapter, HeaderAuth, Secret, Services, SourceSettings, Ticket
from wallboard.vendors.groupalarm import plugin
from wallboard.vendors.http.exchange import in_process


class Stage:
    """A world that moves only when told to, and a source on it."""

    def __init__(self, header: str, token: str) -> None:
        self._now = 0.0
        self.server: SimServer = make_app(
            World(5, datetime(2026, 3, 2, 8, tzinfo=UTC), Knobs.quiet()), clock=lambda: self._now
        )
        settings = SourceSettings(
            name="responders",
            vendor="groupalarm",
            url="http://127.0.0.1:8900/groupalarm/api/v1/first-responder",
            auth=HeaderAuth(header, Secret(token)),
            organization=77,
        )
        self.source: Adapter = plugin.build(settings, Services(ManualClock(), in_process(self.server)))

    def advance(self, seconds: float) -> None:
        self._now += seconds

    async def rows(self, resource: Resource) -> tuple[Row, ...]:
        for feed in self.source.feeds():
            if feed.scope == "discovery":
                await feed.fetch(Ticket(1, 1, 0.0))
        (feed,) = [feed for feed in self.source.feeds() if (feed.resource, feed.scope) == (resource, "")]
        (update,) = await feed.fetch(Ticket(1, 2, 0.0))
        return update.rows

    async def hotline(self, wanted: Wanted) -> Hotline:
        found = await self.rows(Resource.HOTLINES)
        return next(row for row in found if isinstance(row, Hotline) and row.wanted is wanted)

    async def again(self, row: Row) -> Row | None:
        return next((each for each in await self.rows(Resource.HOTLINES) if each.key == row.key), None)


@pytest.fixture(params=[("API-TOKEN", GROUPALARM_TOKEN), ("Personal-Access-Token", GROUPALARM_PERSONAL_TOKEN)])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    found = Stage(*request.param)
    yield found
    await found.source.aclose()


def command(verb: Verb, row: Row, **args: str) -> Command:
    return Command("01J", verb, Target(row.key, "x", fingerprint(row), row.address), args=tuple(args.items()))


@pytest.mark.anyio
async def test_opening_starts_and_then_is_open(stage: Stage) -> None:
    row = await stage.hotline(Wanted.PAUSED)
    await stage.source.perform(command(Verb.OPEN, row), row)
    (sent,) = stage.server.actions()
    assert (sent.method, sent.path, sent.status) == ("PUT", f"/hotlines/{row.key.id}", 200)
    now = await stage.again(row)
    assert isinstance(now, Hotline)
    assert (now.wanted, now.state) == (Wanted.OPEN, HotlineState.STARTING)
    stage.advance(60)
    now = await stage.again(row)
    assert isinstance(now, Hotline)
    assert (now.wanted, now.state) == (Wanted.OPEN, HotlineState.OPEN)
    # Nothing else about it changed.
    assert (now.name, now.number, now.announcement_in, now.announcement_out, now.channels_out) == (
        row.name,
        row.number,
        row.announcement_in,
        row.announcement_out,
        row.channels_out,
    )


@pytest.mark.anyio
async def test_pausing_and_announcing(stage: Stage) -> None:
    row = await stage.hotline(Wanted.OPEN)
    await stage.source.perform(command(Verb.ANNOUNCE, row, text_in="Bitte warten", text_out=row.announcement_out), row)
    await stage.source.perform(command(Verb.CLOSE, row), row)
    stage.advance(60)
    now = await stage.again(row)
    assert isinstance(now, Hotline)
    assert (now.wanted, now.state) == (Wanted.PAUSED, HotlineState.PAUSED)
    assert (now.announcement_in, now.announcement_out) == ("Bitte warten", row.announcement_out)
    assert [each.method for each in stage.server.actions()] == ["PUT", "PUT"]


@pytest.mark.anyio
async def test_a_telephone_goes_off_duty(stage: Stage) -> None:
    row = next(row for row in await stage.rows(Resource.PHONES) if isinstance(row, Phone) and row.registered)
    await stage.source.perform(command(Verb.SIGNOUT, row), row)
    again = await stage.source.refresh(row)
    assert isinstance(again, Phone)
    assert again.registered is False
    assert len(stage.server.actions()) == 1
