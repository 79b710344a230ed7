"""What the server does not let a user do is named, with the right that it lacks; what the documents give is enough."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import pytest

from tests.share.desks import CALL, queue
from tests.share.nats import Server
from tests.share.orders import AGENT, Account, Serving, Viewing
from tests.share.site import Console, World, running, until
from tests.share.site import queue as row
from tests.share.test_desk_server import sitting
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.share.rights import Rights, right

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
ALL = {
    "publish": ["wb.v1.north.>", "$JS.API.>", "_INBOX.>"]
    + [f"$KV.wb_north_{each}.>" for each in ("lease", "snap", "desk", "act")],
    "subscribe": ["wb.v1.north.>", "$KV.wb_north_desk.>", "_INBOX.>"],
}


def documented() -> str:
    """The users of docs/sharing.md, each with its name for a password."""
    text = (ROOT / "docs" / "sharing.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^authorization \{.*?^\}", text, re.MULTILINE | re.DOTALL)
    return re.sub(r'user: (\w+), password: "[^"]*"', r"user: \1, password: \1", block)


def lacking(user: str, **without: str) -> str:
    """`user` has all rights but for those."""
    rights = {kind: [each for each in subjects if each != without.get(kind)] for kind, subjects in ALL.items()}
    said = ", ".join(f"{kind}: [{', '.join(map(repr, each))}]" for kind, each in rights.items()).replace("'", '"')
    return f"{{ user: {user}, password: {user}, permissions: {{ {said} }} }}"


def users(*each: str) -> str:
    return f"authorization {{ users = [ {', '.join(each)} ] }}"


def violations(server: Server) -> list[str]:
    return [line for line in server.log.splitlines() if "Violation" in line]


@pytest.mark.parametrize("server", [(documented(),)], indirect=True)
async def test_the_users_of_the_documents_are_never_told_that_they_may_not(server: Server, tmp_path: Path) -> None:
    world = Account({Resource.QUEUES: (row(2),)})
    world.ready()
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(anyio.create_task_group())
        # A viewer that is there before anybody has written anything makes nothing, which it may not.
        wall = Console(server.url, world, "wall", role="view", user="wall")
        tasks.start_soon(wall.run)
        await until(lambda: wall.sharing.connected, "the viewer is there")
        serve = Serving(server.url, tmp_path, "serve", world, user="serve")
        tasks.start_soon(serve.run)
        desk = Console(server.url, world, "desk", user="desk")
        tasks.start_soon(desk.run)
        await until(lambda: wall.rows(Resource.QUEUES), "the viewer is told")
        await until(lambda: desk.told or desk.reads, "so is the other")
        async with sitting(server, "Mira", user="desk") as (mira, _):
            mira.note(queue("601"), "seen by all")
            mira.at_work = {CALL: "listens"}
            async with sitting(server, "Wall", user="wall", role="view") as (seen, _):
                await until(lambda: {each.text for each in seen.notes.last()} == {"seen by all"}, "it is seen")
        await until(lambda: wall.sharing._sources["hq"].reader or wall.told, "it goes on")
        for each in (serve.sharing, desk.sharing, wall.sharing):
            assert each.problems == []
        assert violations(server) == []
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("publish", "$KV.wb_north_lease.>"),
        ("publish", "$KV.wb_north_snap.>"),
        ("publish", "$JS.API.>"),
        ("publish", "wb.v1.north.>"),
        ("subscribe", "_INBOX.>"),
        ("subscribe", "wb.v1.north.>"),
    ],
)
async def test_a_right_that_is_missing_is_named(kind: str, subject: str, tmp_path: Path) -> None:
    world = World({Resource.QUEUES: (row(2),)})
    server = Server(tmp_path, users(lacking("desk", **{kind: subject}))).start()
    console = Console(server.url, world, "one", user="desk")
    told: list[str] = []
    console.sharing.subscribe(told.append)
    try:
        async with running(console):
            named = f"the rights of its user at the NATS server lack {kind} to {subject.removesuffix('>')}"
            await until(lambda: any(named in each for each in told), f"{named}: {told}")
            await until(lambda: any(named in each for each in console.sharing.problems), "and stands there")
            await until(lambda: console.rows(Resource.QUEUES), "it reads all the same")
    finally:
        server.kill()
    assert len(told) == len(set(told))
    assert "timeout" not in " ".join(told)


async def test_who_acts_without_the_bucket_of_orders_says_which_right_it_lacks(tmp_path: Path) -> None:
    world = Account()
    world.ready()
    server = Server(tmp_path, users(lacking("serve", publish="$KV.wb_north_act.>"), lacking("team"))).start()
    try:
        async with anyio.create_task_group() as tasks:
            serve = Serving(server.url, tmp_path, "serve", world, user="serve")
            console = Viewing(server.url, tmp_path, "one", user="team")
            tasks.start_soon(serve.run)
            tasks.start_soon(console.run)
            await until(lambda: console.board.row(AGENT) and console.able(Verb.PAUSE), "it may")
            ident = console.press(Verb.PAUSE)
            await until(lambda: console.ending(ident), "it has an ending")
            said = str([each for each in console.records() if each.get("id") == ident][-1])
            assert "lack publish to $KV.wb_north_act.>" in said
            assert not world.done
            await until(lambda: any("$KV.wb_north_act.>" in each for each in serve.sharing.problems), "serve says it")
            tasks.cancel_scope.cancel()
    finally:
        server.kill()


async def test_whose_rights_are_older_than_the_desk_is_told_that_what_is_done_stays(tmp_path: Path) -> None:
    """One that may not write there, and a viewer that may not even read it."""
    info, read = "$JS.API.STREAM.INFO.KV_wb_north_desk", "$JS.API.DIRECT.GET.KV_wb_north_desk"
    blind = (
        '{ user: blind, password: blind, permissions: { publish: { deny: ["$JS.API.*.*.KV_wb_north_desk", '
        f'"{read}"] }}, subscribe: {{ deny: ["$KV.wb_north_desk.>"] }} }} }}'
    )
    half = f'{{ user: half, password: half, permissions: {{ publish: {{ deny: ["{read}"] }} }} }}'
    both = (lacking("desk"), lacking("old", publish="$KV.wb_north_desk.>"), blind, half)
    server = Server(tmp_path, users(*both)).start()
    try:
        async with (
            sitting(server, "Mira", user="desk") as (mira, _),
            sitting(server, "Olga", user="old") as (olga, _),
            sitting(server, "Wall", user="blind", role="view") as (wall, bus),
            sitting(server, "Kim", user="half") as (kim, _),
        ):
            mira.note(queue("601"), "seen by all")
            olga.note(queue("602"), "mine alone")
            await until(lambda: all(each.problems for each in (olga, wall, kim)), "all are told")
            for each, subject in ((olga, "$KV.wb_north_desk.>"), (wall, info), (kim, read)):
                assert "what is done here stays here" in each.problems[0]
                assert f"lack publish to {subject}" in each.problems[0]
            assert any("lack subscribe to $KV.wb_north_desk.>" in each for each in bus.lacking())
            # Once, however often it is tried.
            await until(lambda: wall.clock.now() - wall.desk._alone_since > 12, "some tries", 40)
            assert [len(each.problems) for each in (olga, wall, kim, mira)] == [1, 1, 1, 0]
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("subject", "written"),
    [
        ("_inbox.abc.*", "_INBOX.>"),
        ("$kv.wb_north_act.3f", "$KV.wb_north_act.>"),
        ("$js.api.stream.info.kv_wb_north_lease", "$JS.API.STREAM.INFO.KV_wb_north_lease"),
        ("$js.api.stream.create.wb_north_audit", "$JS.API.STREAM.CREATE.wb_north_audit"),
        ("$js.api.direct.get.kv_wb_north_snap.$kv.wb_north_snap.hq.all", "$JS.API.DIRECT.GET.KV_wb_north_snap.>"),
        ("$js.api.direct.get.kv_wb_north_desk", "$JS.API.DIRECT.GET.KV_wb_north_desk"),
        ("$js.api.consumer.create.kv_wb_north_lease.x.y", "$JS.API.CONSUMER.CREATE.KV_wb_north_lease.>"),
        ("wb.v1.north.hq-1.told", "wb.v1.north.*.told"),
        ("wb.v1.north.hq-1.act.*.7a", "wb.v1.north.*.act.>"),
        ("wb.v1.north.demand", "wb.v1.north.demand"),
    ],
)
def test_the_right_is_written_as_at_the_server(subject: str, written: str) -> None:
    assert right(subject) == written


def test_what_may_not_be_said_is_told_for_as_long_as_it_goes_on() -> None:
    rights = Rights()
    rights.deny(True, "$kv.wb_north_desk.a", 10.0)
    rights.deny(False, "wb.v1.north.hq.told", 10.0)
    assert len(rights.lacking(20.0)) == 2
    assert len(rights.lacking(10.0 + Rights.LASTS + 1)) == 1
    rights.forget()
    assert rights.lacking(20.0) == []
