"""Nothing grows with the day: whatever is new in every reading, what was is forgotten.

All ids, names and numbers are others each time. After 300 readings and after 3,000 everything that can be reached from
the console is counted: every map must have let go of what is no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tests.lab.desk import Desk as Sink
from tests.polling.room import Room, Watch
from tests.support.adapters import FakeAdapter
from tests.support.console import Desk, desk, rows
from tests.support.growth import grown, sizes
from tests.support.offers import offered
from tests.vendors.asterisk.server import Server
from tests.vendors.suite.asterisk import AsteriskStand
from tests.vendors.suite.groupalarm import GroupalarmStand
from tests.vendors.suite.portsip import PortsipStand
from tests.vendors.suite.ringme import QUEUE, RingmeStand
from tests.vendors.suite.sinch import SinchStand
from tests.vendors.suite.stand import Stand, fitting
from tests.vendors.suite.web import WebSession, WebStand
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb, new_id
from wallboard.domain.errors import ActionError, ReadError
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row

pytestmark = pytest.mark.anyio


def other(value: Any, turn: int) -> Any:
    """The same with other ids, names and numbers."""
    match value:
        case Enum():
            return value
        case Key():
            return value._replace(id=f"{value.id}-{turn}")
        case str():
            return f"{value}-{turn}" if value else value
        case tuple():
            return tuple(other(each, turn) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: other(getattr(value, field.name), turn) for field in fields(value)})
    return value


async def look(here: Desk, turn: int) -> None:
    """One reading in which everything is new, and what a busy person does with it."""
    here.clock.advance(2.0)
    lists = {where: tuple(other(row, turn) for row in found) for where, found in rows().items()}
    here.read(lists)
    here.console.tick()
    calls = lists["hq", Resource.CALLS]
    if turn % 2:
        return
    here.paint(80, 24)
    here.press("4", "j", "space", "enter", "escape", "2")
    for number in range(4):
        target, args = here.dispatcher.target(calls[0]), (("text", "x"), ("number", f"+49 30 {turn:05}{number}"))
        here.console.ports.notes.write(Command(new_id(), Verb.NOTE, target, None, args), here.clock.now())
    for row, verb in ((calls[0], Verb.LISTEN), (calls[-1], Verb.HANGUP)):
        target = here.dispatcher.target(row)
        here.dispatcher.submit(Command(new_id(), verb, target, asked_at=here.clock.now()))
    while here.started:
        await here.started.pop(0)()
    here.asked.clear()
    here.commands.clear()
    here.reads.clear()


async def test_the_console_the_board_and_the_control_are_as_large_after_3000_readings_as_after_300(
    tmp_path: Path,
) -> None:
    here = desk(tmp_path)
    roots = {"console": here.console, "board": here.board, "dispatcher": here.dispatcher}
    for turn in range(300):
        await look(here, turn)
    before = sizes(roots)
    for turn in range(300, 3000):
        await look(here, turn)
    assert not grown(before, sizes(roots))


def renew(stand: WebStand, turn: int) -> None:
    """Every list has other rows from now on."""
    for listed in stand.lists:
        stand.rows[listed.name] = [listed.make(5 * turn + index) for index in range(4)]
    if isinstance(stand, RingmeStand):
        # Other queues as well.
        server, queue = stand.server, 50000 + turn
        server.queues = [{"id": queue, "name": f"022*{turn}@pbx.example", "type": "queue", "label": "Q"}]
        for lists in (server.members, server.agents):
            lists[str(queue)] = lists[QUEUE]


async def read(session: WebSession, turn: int) -> Sequence[Row]:
    renew(session.stand, turn)
    session._discovered.clear()
    session.stand.clock.advance(700.0)
    session.stand.acted.clear()
    found = await session.all_rows()
    for verb in (Verb.HOLD, Verb.PARK, Verb.PAUSE, Verb.CLOSE, Verb.CHANGE):
        for row in fitting(verb, list(found))[:2]:
            if row is None or not offered(session.adapter, verb, row, session.stand.clock.now()).ok:
                continue
            for command in session.asked(verb, row)[:1]:
                # What becomes of it is asked elsewhere.
                with suppress(ActionError, ReadError):
                    session.adapter.verification(command, row)
                    await session.adapter.perform(command, row)
    return found


@pytest.mark.parametrize(
    "kind", [RingmeStand, GroupalarmStand, SinchStand, PortsipStand], ids=lambda kind: kind.__name__
)
async def test_an_adapter_is_as_large_after_160_readings_as_after_40(kind: type[WebStand]) -> None:
    stand = kind()
    async with stand.open() as session:
        for turn in range(40):
            await read(session, turn)
        before = sizes({"adapter": session.adapter}, skip=(WebStand,))
        for turn in range(40, 160):
            await read(session, turn)
        after = sizes({"adapter": session.adapter}, skip=(WebStand,))
        # Spellings are kept for as many sessions as a PBX has in a day, and no more.
        assert not [each for each in grown(before, after) if not each.startswith("adapter._scene._spelled")]


async def test_asterisk_is_as_large_after_120_calls_as_after_30() -> None:
    stand = AsteriskStand()
    sized = []
    async with stand.open() as session:
        await session.everything()
        for turn in range(120):
            caller = stand._served("PJSIP/1002") if turn % 2 else stand.pbx.arrive("sales", f"+1{turn}", f"Ann {turn}")
            await stand.server.flush()
            await session.read(stand.of("members"))
            stand.pbx.end(caller) if turn % 2 else stand.pbx.hang_up(caller)
            await stand.server.flush()
            await session.read(stand.of("members"))
            if turn in (29, 119):
                sized.append(sizes({"adapter": session.adapter}, skip=(Stand, Server, Sink, ManualClock)))
    assert not grown(sized[0], sized[1])


async def test_a_day_of_polling_leaves_no_task_and_no_map_behind() -> None:
    room = Room("hq", "branch", feeds={Resource.QUEUES: 5.0, Resource.CALLS: 2.0})
    sized = []
    async with room.running():
        for hour in range(24):
            room.hq.faults.clear()
            if hour % 3 == 0:
                room.hq.fails(Resource.CALLS, ConnectionError("broken"))
            await room.pass_(3600.0, step=20.0)
            if hour in (2, 23):
                tasks = len(asyncio.all_tasks())
                roots = {"scheduler": room.scheduler, "board": room.board}
                sized.append((tasks, sizes(roots, skip=(FakeAdapter, Watch))))
    (tasks, before), (later, after) = sized
    assert later == tasks
    assert not grown(before, after)


async def test_the_scheduler_and_the_board_forget_the_feeds_that_are_no_more_the_failing_ones_too() -> None:
    room = Room("hq")
    sized = []
    async with room.running():
        for turn in range(140):
            room.hq.list.clear()
            room.hq.faults.clear()
            for resource in (Resource.MEMBERS, Resource.AGENTS):
                room.hq.give(resource, f"queue {turn}")
            room.hq.fails(Resource.MEMBERS, ConnectionError("broken"), f"queue {turn}")
            await room.pass_(60.0, step=10.0)
            if turn in (69, 139):  # what was spent in an hour is known
                sized.append(sizes({"scheduler": room.scheduler, "board": room.board}, skip=(FakeAdapter, Watch)))
    assert not grown(sized[0], sized[1])
