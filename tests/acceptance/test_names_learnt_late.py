"""A list that was read before the names are known shows them when they come: at once, and without another request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
import httpx
import pytest

from tests.polling.room import settle
from tests.vendors.groupalarm import server as hotlines
from tests.vendors.groupalarm import test_contract as groupalarm
from tests.vendors.portsip.desk import SALES, SUPPORT, TALKING, Desk
from tests.vendors.ringme import server as ringme
from tests.vendors.server import NOW
from tests.vendors.sinch import server as sinch
from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Queue
from wallboard.domain.update import Update
from wallboard.vendors.base import Adapter

pytestmark = pytest.mark.anyio

DISCOVERY = "discovery"


@asynccontextmanager
async def running(source: Adapter, board: Board) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(source.run, board)
        await settle()
        yield
        tasks.cancel_scope.cancel()


def shown(board: Board, updates: list[Update]) -> None:
    for update in updates:
        board.apply(update)


R = TypeVar("R", Agent, Call, Hotline, Member, Queue)


def only(board: Board, resource: Resource, kind: type[R]) -> list[R]:
    return [row for row in board.rows(resource) if isinstance(row, kind)]


async def test_queues_of_the_config_get_their_names_wherever_they_stand() -> None:
    clock = ManualClock(NOW)
    pbx = ringme.Server()
    source = ringme.adapter(pbx, clock, queues=("34414",), phones=("32494", "32495"))
    board = Board(clock)
    for resource, scope in ((Resource.QUEUES, "34414"), (Resource.MEMBERS, "34414"), (Resource.AGENTS, "34414")):
        shown(board, [await ringme.read(source, resource, scope)])
    assert {row.name for row in only(board, Resource.QUEUES, Queue)} == {"34414"}
    lists = [seen.path for seen in pbx.log]
    async with running(source, board):
        clock.advance(4)
        await ringme.discover(source)
        await settle()
        assert {row.name for row in only(board, Resource.QUEUES, Queue)} == {"Sales"}
        assert {row.queue for row in only(board, Resource.MEMBERS, Member)} == {"Sales"}
        anna = next(row for row in only(board, Resource.AGENTS, Agent) if row.name == "Anna")
        assert [(place.queue, place.level) for place in anna.memberships] == [("Sales", 2)]
        # What was read before is as old as it was.
        assert board.read_at("hq", Resource.QUEUES, "34414") == NOW
    for path in lists:
        assert [seen.path for seen in pbx.log].count(path) == 1


async def test_names_are_there_before_the_rest_of_a_discovery_has_been_read() -> None:
    clock = ManualClock(NOW)
    pbx = ringme.Server()
    source = ringme.adapter(pbx, clock, queues=("34414",), phones=())
    board = Board(clock)
    shown(board, [await ringme.read(source, Resource.QUEUES, "34414")])
    names: list[str] = []

    def tiers(request: httpx.Request) -> httpx.Response:
        names.extend(row.name for row in board.rows(Resource.QUEUES) if isinstance(row, Queue))
        return ringme.ok([])

    pbx.routes["GET /extension/34414/queue/agents/local/"] = tiers
    async with running(source, board):
        await ringme.discover(source)
        await settle()
    assert names == ["Sales"]
    (row,) = board.rows(Resource.QUEUES)
    assert isinstance(row, Queue)
    assert row.strategy == "longest-idle-agent"


async def test_a_roster_that_is_read_every_quarter_of_an_hour_does_not_wait_for_it() -> None:
    vendor = sinch.Server()
    source = sinch.adapter(vendor)
    board = Board(vendor.clock)
    shown(board, await sinch.read(source, Resource.QUEUES))
    shown(board, await sinch.read(source, Resource.AGENTS))
    asked = [request.url.path for request in vendor.requests].count(f"{sinch.BASE}/users")
    async with running(source, board):
        await sinch.read(source, Resource.AGENTS, DISCOVERY, seq=2)
        await settle()
        ann = next(row for row in only(board, Resource.AGENTS, Agent) if row.key.id == sinch.ANN)
        assert ("groups", "HelpDesk") in ann.details
        await sinch.read(source, Resource.QUEUES, DISCOVERY, seq=3)
        await settle()
        desk = next(row for row in only(board, Resource.QUEUES, Queue) if row.key.id == sinch.HELP)
        assert desk.addresses == ("101", "102")
        assert ("groups", "Front") in desk.details
    assert [request.url.path for request in vendor.requests].count(f"{sinch.BASE}/users") == asked


async def test_hotlines_show_who_is_on_duty_as_soon_as_their_telephones_are_read() -> None:
    vendor = hotlines.Server(hotlines.hotline())
    vendor.logs = [{"id": 1, "startTime": "2026-03-02T08:14:05Z", "entries": [{"action": "accepted", "userID": 5012}]}]
    source = groupalarm.adapter(vendor)
    board = Board(ManualClock())
    shown(board, await groupalarm.read(source, Resource.HOTLINES))
    async with running(source, board):
        await groupalarm.read(source, Resource.HOTLINES, DISCOVERY, seq=2)
        await settle()
    (row,) = only(board, Resource.HOTLINES, Hotline)
    assert groupalarm.duty(row) == [[True, False], [True]]
    assert row.last_call is not None


async def test_calls_show_the_people_of_the_pbx_as_soon_as_they_are_read() -> None:
    desk = Desk()
    for queue_id in (SALES, SUPPORT):
        desk.pbx.agents[queue_id] = []
    await desk.discover()
    await desk.fetch(desk.feed(Resource.CALLS))
    row = desk.row(Kind.CALL, TALKING)
    assert isinstance(row, Call)
    assert row.to_name == ""
    asked = desk.pbx.read("/sessions")
    async with running(desk.adapter, desk.board):
        await desk.fetch(desk.feed(Resource.PHONES))
        await settle()
        row = desk.row(Kind.CALL, TALKING)
        assert isinstance(row, Call)
        assert row.to_name == "Ada"
    assert desk.pbx.read("/sessions") == asked
