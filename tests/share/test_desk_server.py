"""The desk on a real NATS server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from tests.share.desks import CALL, Post, queue
from tests.share.nats import RIGHTS, Server
from tests.share.site import until
from wallboard.domain.clock import SystemClock
from wallboard.share.bucket import Refused
from wallboard.share.bus import Bus, BusSettings

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def sitting(server: Server, who: str, *, user: str = "", role: str = "auto") -> AsyncIterator[tuple[Post, Bus]]:
    bus = Bus(BusSettings((server.url,), user, user, name=who), lambda: post.desk.moved())
    post = Post(SystemClock(), who, bus=bus, role=role)
    await bus.connect()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(post.desk.run)
        yield post, bus
        tasks.cancel_scope.cancel()
    await bus.close()


def texts(post: Post) -> set[str]:
    return {each.text for each in post.notes.last()}


async def test_consoles_of_a_site_have_one_desk_and_find_it_again(server: Server) -> None:
    async with sitting(server, "Mira") as (mira, _), sitting(server, "Kim") as (kim, _):
        # All at once, and about the same: whoever was later counts, at both.
        for post in (mira, kim):
            for each in range(20):
                post.note(queue(f"60{each}"), f"{post.who} {each}")
        mira.at_work = {CALL: "listens"}
        await until(lambda: mira.facts() == kim.facts() and len(texts(kim)) == 20, "both have the same notes")
        await until(lambda: kim.board.colleagues({CALL}), "it is seen who listens")
        server.kill()
        mira.note(queue("601"), "while nobody could hear it")
        kim.note(queue("602"), "nor that")
        server.wipe()
        server.start()
        alone = {"while nobody could hear it", "nor that"}
        await until(lambda: alone <= texts(mira) and mira.facts() == kim.facts(), "both know what each did meanwhile")
        async with sitting(server, "Olga") as (olga, _):
            await until(lambda: olga.facts() == kim.facts(), "so does who comes later")
            assert olga.problems == kim.problems == []


@pytest.mark.parametrize("server", [(RIGHTS,)], indirect=True)
async def test_a_viewers_rights_let_it_see_the_desk_and_leave_it_alone(server: Server) -> None:
    async with sitting(server, "Mira", user="desk") as (mira, _):
        mira.note(queue("601"), "seen by all")
        mira.at_work = {CALL: "listens"}
        await until(lambda: mira.desk._bucket is not None, "the desk is there")
        async with (
            sitting(server, "Wall", user="wall", role="view") as (wall, bus),
            # One that does not know it may only look.
            sitting(server, "Kim", user="wall") as (kim, _),
            # One who may act through `serve` alone, and has a part of the desk.
            sitting(server, "Olga", user="team") as (olga, _),
        ):
            kim.note(queue("603"), "mine alone")
            await until(lambda: texts(wall) == {"seen by all"} and wall.board.colleagues({CALL}), "the viewer sees it")
            await until(lambda: texts(olga) == {"seen by all"}, "so does who acts through others")
            olga.note(queue("601"), "as it comes")
            await until(lambda: texts(wall) == texts(mira) == {"as it comes"}, "and all see what is new")
            bucket = await bus.bucket("wb_north_desk", ttl=900)
            with pytest.raises((OSError, Refused)):
                await bucket.put("here.0123456789", b'{"v":1,"kind":"here","node":"x","by":"Lie","rows":[]}', lasts=9)
            await until(lambda: kim.problems, "it says that nobody hears of it")
            assert "the bus takes nothing from this console" in kim.problems[0]
            await mira.desk.turn()
            assert texts(mira) == texts(wall) == texts(olga) == {"as it comes"}
            assert wall.problems == []
