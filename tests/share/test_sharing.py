"""Consoles of one site on a real NATS server: one reads the account, all see the same, whatever fails."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.share.nats import RIGHTS, Server
from tests.share.site import EVERY, LISTS, QUICK, Console, World, agent, caller, queue, running, until
from wallboard.domain.clock import SystemClock
from wallboard.domain.keys import Resource
from wallboard.domain.states import AgentState, ResourceState
from wallboard.domain.update import Update, UpdateKind
from wallboard.share.bucket import Refused
from wallboard.share.bus import Bus, BusSettings
from wallboard.share.lease import Holder, Lease
from wallboard.share.names import Names, list_key
from wallboard.share.teller import Teller
from wallboard.share.timing import KEPT, MARKER
from wallboard.vendors.base import Feed

pytestmark = pytest.mark.anyio


@pytest.fixture
def world() -> World:
    return World({Resource.QUEUES: (queue(2),), Resource.AGENTS: tuple(agent(each) for each in range(20))})


def same(world: World, *consoles: Console) -> bool:
    return all(
        len(console.rows(resource)) == len(world.rows.get(resource, ()))
        and {row.key for row in console.rows(resource)} == {row.key for row in world.rows.get(resource, ())}
        and [getattr(row, "state", None) for row in console.rows(resource)]
        == [getattr(row, "state", None) for row in world.rows.get(resource, ())]
        for console in consoles
        for resource in LISTS
    )


def readers(*consoles: Console) -> list[Console]:
    return [console for console in consoles if console.reads]


def live(*consoles: Console) -> bool:
    return all(console.board.pane_state(each).state is ResourceState.LIVE for console in consoles for each in LISTS)


async def test_one_reads_and_all_see_the_same(server: Server, world: World) -> None:
    consoles = [Console(server.url, world, f"n{each}", ahead=each * 60.0) for each in range(4)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        assert len(world.asked) == 1
        world.rows[Resource.MEMBERS] = tuple(
            caller(each, int(consoles[0].clock.now()) + 0.0 - each) for each in range(5)
        )
        world.rows[Resource.AGENTS] = tuple(agent(each, AgentState.BREAK) for each in range(0, 20, 3))
        await until(lambda: same(world, *consoles), "what has changed is everywhere")
        assert len(world.asked) == 1
        (reads,) = readers(*consoles)
        assert live(*consoles)
        for console in consoles:
            assert console.rows(Resource.MEMBERS) == reads.rows(Resource.MEMBERS), "times are those of the vendor"


async def test_who_comes_late_sees_all_at_once(server: Server, world: World) -> None:
    first, late = Console(server.url, world, "first"), Console(server.url, world, "late")
    async with running(first):
        await until(lambda: same(world, first), "the first sees it")
        async with running(late):
            await until(lambda: same(world, late) and live(late), "so does the late one")
            assert set(world.asked) == {"first"}


@pytest.mark.parametrize("how", ["quit", "die"])
async def test_another_reads_when_the_reader_leaves(server: Server, world: World, how: str) -> None:
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        (gone,) = readers(*consoles)
        rest = [console for console in consoles if console is not gone]
        getattr(gone, how)()
        world.rows[Resource.QUEUES] = (queue(7),)
        await until(lambda: len(readers(*rest)) == 1, "one of the others reads")
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(7)] for console in rest), "both see what is new"
        )
        assert live(*rest)


async def test_who_died_is_followed_at_the_first_try(server: Server) -> None:
    """The server remembers that a lease lapsed; that must not stand in the way of the next who takes it."""
    bus = Bus(BusSettings((server.url,)), lambda: None)
    await bus.connect()
    bucket = await bus.bucket("leases", ttl=1.0, marker=MARKER)
    lapsed = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bucket.watch, lambda key: lapsed.set())
        first, second = (
            Lease(bucket, "hq", Holder(name, "auto"), SystemClock(), QUICK) for name in ("first", "second")
        )
        assert await first.take()
        assert not await second.take(), "it is held"
        await lapsed.wait()
        assert await second.take()
        assert not await first.take(), "it is held again"
        await second.release()
        assert await first.take(), "after one that was given back, too"
        tasks.cancel_scope.cancel()
    await bus.close()


async def test_who_slept_since_it_took_the_lease_writes_nothing_over_the_next(server: Server, world: World) -> None:
    """It has written nothing yet, and learns what stands there when it wakes: that is the next one's already."""
    slept, awake = Console(server.url, world, "slept"), Console(server.url, world, "awake")
    shared = slept.sharing._sources["hq"]
    assert slept.bus is not None
    await slept.bus.connect()
    assert await shared._may_read()
    shared._lists = await slept.bus.bucket(Names("north").lists, ttl=KEPT)
    async with running(awake):
        await until(lambda: awake.reads and same(world, awake), "the lease lapsed, and the next one reads")
        key = list_key(shared.account, Resource.QUEUES, "")
        stood = None
        while stood is None:
            stood = await shared._lists.get(key)
        with pytest.raises(Refused):
            await shared.keep(key, b"of before")
    await slept.bus.close()


async def test_serve_reads_before_a_console_does(server: Server, world: World) -> None:
    desk = Console(server.url, world, "desk")
    poller = Console(server.url, world, "poller", role="serve")
    async with running(desk):
        await until(lambda: desk.reads and same(world, desk), "alone it reads")
        async with running(poller):
            await until(lambda: poller.reads and desk.told, "then serve does")
            asked = world.asked["desk"]
            world.rows[Resource.QUEUES] = (queue(9),)
            await until(lambda: desk.rows(Resource.QUEUES) == [queue(9)], "the console is told")
            assert world.asked["desk"] == asked


async def test_a_list_that_only_the_reader_before_had_is_taken_back(server: Server, world: World) -> None:
    """Nobody says any more how it fares, so it would be stale for ever, with an alarm at every console."""
    console, other = Console(server.url, world, "desk"), Console(server.url, world, "wall", role="view")
    console.vendor.list.append(Feed(Resource.PARKED, "", console.vendor._reader(Resource.PARKED), EVERY))
    serve = Console(server.url, world, "serve", role="serve")
    async with running(console, other):
        await until(lambda: all(each.lists >= {Resource.PARKED} for each in (console, other)), "all know it")
        async with running(serve):
            await until(lambda: readers(console, serve) == [serve], "serve reads")
            everybody = (console, other, serve)
            await until(lambda: not any(each.lists & {Resource.PARKED} for each in everybody), "nobody has it")
            assert live(*everybody)


async def test_a_viewer_never_reads(server: Server, world: World) -> None:
    viewer, desk = Console(server.url, world, "viewer", role="view"), Console(server.url, world, "desk")
    async with running(viewer):
        async with running(desk):
            await until(lambda: same(world, viewer, desk), "both see it")
            desk.quit()
        await until(lambda: not live(viewer), "what nobody tells gets old")
        assert "viewer" not in world.asked


async def test_a_server_that_starts_again_loses_nothing(server: Server, world: World) -> None:
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        server.kill()
        server.start()
        world.rows[Resource.QUEUES] = (queue(8),)
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(8)] for console in consoles), "all see the news"
        )
        await until(lambda: len(readers(*consoles)) == 1 and live(*consoles), "and one reads")


async def test_a_server_that_was_wiped_is_believed_again(server: Server, world: World) -> None:
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        server.wipe()
        server.start()
        world.rows[Resource.QUEUES] = (queue(8),)
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(8)] for console in consoles), "all see the news"
        )
        await until(lambda: len(readers(*consoles)) == 1 and live(*consoles), "and one reads")


async def test_without_the_bus_each_reads_by_itself_and_with_it_one_again(server: Server, world: World) -> None:
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        server.kill()
        await until(lambda: len(readers(*consoles)) == 3, "each reads")
        world.rows[Resource.QUEUES] = (queue(5),)
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(5)] for console in consoles), "all see the news"
        )
        server.start()
        await until(lambda: len(readers(*consoles)) == 1 and live(*consoles), "one reads again")


async def test_a_server_without_room_is_as_good_as_none_until_there_is_some(server: Server, world: World) -> None:
    server.kill()
    server.room = 100_000
    server.start()
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        await server.fill()
        await until(lambda: len(readers(*consoles)) == 3, "each reads")
        assert all("full" in console.sharing.problem or "renewed" in console.sharing.problem for console in consoles)
        world.rows[Resource.QUEUES] = (queue(5),)
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(5)] for console in consoles), "all see the news"
        )
        await server.clear()
        await until(
            lambda: (
                len(readers(*consoles)) == 1
                and live(*consoles)
                and not any(console.sharing.problem for console in consoles)
            ),
            "one reads again",
        )


async def test_a_console_that_shall_wait_says_that_nobody_tells(server: Server, world: World) -> None:
    desk, waits = Console(server.url, world, "desk"), Console(server.url, world, "waits", role="view", direct=False)
    async with running(desk, waits):
        await until(lambda: same(world, waits) and live(waits), "it is told")
        server.kill()
        await until(lambda: waits.board.pane_state(Resource.QUEUES).state is ResourceState.STALE, "its rows are old")
        assert "nobody tells" in waits.board.pane_state(Resource.QUEUES).sentence
        assert waits.rows(Resource.QUEUES) == [queue(2)], "and still there"
        assert "waits" not in world.asked


async def test_a_console_that_starts_without_the_bus_reads_after_a_while(tmp_path: Path, world: World) -> None:
    server = Server(tmp_path)
    desk = Console(server.url, world, "desk")
    async with running(desk):
        await until(lambda: same(world, desk) and live(desk), "it reads by itself")
        server.start()
        await until(lambda: desk.sharing._sources["hq"]._teller is not None and live(desk), "and tells others then")
    server.kill()


async def test_a_server_that_hangs_for_a_while_makes_no_two_readers(server: Server, world: World) -> None:
    consoles = [Console(server.url, world, f"n{each}") for each in range(3)]
    async with running(*consoles):
        await until(lambda: same(world, *consoles), "all see it")
        server.freeze()
        await anyio.sleep(1.0)
        server.thaw()
        world.rows[Resource.QUEUES] = (queue(6),)
        await until(
            lambda: all(console.rows(Resource.QUEUES) == [queue(6)] for console in consoles), "all see the news"
        )
        await until(lambda: len(readers(*consoles)) == 1 and live(*consoles), "one reads")


async def test_a_stolen_password_of_a_viewer_tells_nobody_anything(tmp_path: Path, world: World) -> None:
    server = Server(tmp_path, RIGHTS).start()
    try:
        desk = Console(server.url, world, "desk", user="desk")
        wall = Console(server.url, world, "wall", role="view", user="wall")
        async with running(desk, wall):
            await until(lambda: same(world, desk, wall) and live(wall), "the viewer sees all")
            assert wall.bus is not None
            shared = wall.sharing._sources["hq"]
            lie = Teller(shared.account, wall.clock, (1 << 60, 1), 1.0)
            lie.tell(Update("hq", Resource.QUEUES, "", UpdateKind.SNAPSHOT, 9, 9, wall.clock.now(), (queue(99),)))
            await lie.send(shared)
            bucket = await wall.bus.bucket("wb_north_snap", ttl=900)
            with pytest.raises((OSError, Refused)):
                await bucket.update(f"{shared.account}.feeds", b"lie", 0)
            world.rows[Resource.QUEUES] = (queue(3),)
            await until(lambda: wall.rows(Resource.QUEUES) == desk.rows(Resource.QUEUES) == [queue(3)], "the truth")
    finally:
        server.kill()


async def test_a_wrong_password_is_said(tmp_path: Path, world: World) -> None:
    server = Server(tmp_path, RIGHTS).start()
    try:
        desk = Console(server.url, world, "desk", role="view", user="nobody")
        async with running(desk):
            await until(lambda: "Authorization" in desk.board.source_views()[0].detail, "why nobody tells")
    finally:
        server.kill()
