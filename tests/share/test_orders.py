"""Consoles that hold no secret of the vendor act through `serve`, over a real NATS server: once, on what was seen, by
who may."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest

from tests.share.nats import RIGHTS, Server
from tests.share.orders import AGENT, Account, Member, Serving, Viewing, state_of
from tests.share.site import until
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import BadAnswer
from wallboard.domain.keys import Resource
from wallboard.domain.orders import Order, packed
from wallboard.domain.states import AgentState, ResourceState
from wallboard.share import acting
from wallboard.share.bus import Forbidden, Nobody
from wallboard.share.names import token

pytestmark = pytest.mark.anyio


@pytest.fixture
def world() -> Account:
    made = Account()
    made.ready()
    return made


def ready(member: Member) -> bool:
    view = member.board.resource_view("hq", Resource.AGENTS)
    told = not isinstance(member, Viewing) or bool(member.adapter._can)
    return told and view is not None and view.state is ResourceState.LIVE


@asynccontextmanager
async def running(*members: Member) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        for member in members:
            tasks.start_soon(member.run)  # type: ignore[attr-defined]  # both kinds have it
        for member in members:
            await until(partial(ready, member), f"{member.node} is live")
        yield
        tasks.cancel_scope.cancel()


async def ended(console: Viewing, ident: str) -> Outcome:
    await until(lambda: console.ending(ident), f"an ending of {ident}", 15)
    found = console.ending(ident)
    assert found is not None
    return found


async def test_an_action_is_done_by_serve_with_evidence_and_both_names_in_both_journals(
    server: Server, tmp_path: Path, world: Account
) -> None:
    serve = Serving(server.url, tmp_path, "serve", world)
    desk = Viewing(server.url, tmp_path, "desk-1", ahead=90.0, phone="2001")
    async with running(serve, desk):
        ident = desk.press(Verb.PAUSE)
        ending = await ended(desk, ident)
        assert (ending.phase, ending.evidence) == (Phase.CONFIRMED, "its state")
        assert [command.id for command in world.done] == [ident]
        assert desk.phases(ident) == ["requested", "sent", "answered", "confirmed"]
        await until(lambda: serve.phases(ident)[-1:] == ["confirmed"], "serve knows it too")
        assert serve.phases(ident) == ["requested", "sent", "answered", "confirmed"]
        for record in (*desk.records(), *serve.records()):
            assert (record["by"], record["node"]) == ("who sits at desk-1", "desk-1")
        again = Viewing(server.url, tmp_path, "desk-2")
        assert [each.phase for each in desk.outcomes][-1] is Phase.CONFIRMED
        assert not again.records()


async def test_what_is_offered_is_what_serve_says_and_who_is_away_is_said(
    server: Server, tmp_path: Path, world: Account
) -> None:
    serve = Serving(server.url, tmp_path, "serve", world, may=frozenset({Verb.PAUSE}))
    desk = Viewing(server.url, tmp_path, "desk")
    async with running(serve, desk):
        assert desk.able(Verb.PAUSE)
        assert desk.adapter.can(Verb.SIGNOUT, None).reason == "not in [operator] may"
        ident = desk.press(Verb.SIGNOUT)
        assert (await ended(desk, ident)).ending == "refused: not in [operator] may"
        serve.scope.cancel()
        await until(lambda: not desk.able(Verb.PAUSE), "nobody acts any more", 10)
        assert "nobody acts" in desk.adapter.can(Verb.PAUSE, None).reason
        ident = desk.press(Verb.PAUSE)
        assert "nobody acts" in (await ended(desk, ident)).ending
        assert not world.done, "and nothing goes another way"


async def test_a_row_that_changed_meanwhile_is_not_hit(server: Server, tmp_path: Path, world: Account) -> None:
    serve, desk = Serving(server.url, tmp_path, "serve", world), Viewing(server.url, tmp_path, "desk")
    async with running(serve, desk):
        command = desk.command(Verb.PAUSE)
        await world.act(Command("", Verb.PAUSE, command.target))
        world.done.clear()
        await until(lambda: state_of(serve.board.row(AGENT)) is AgentState.BREAK, "serve has seen it")
        with pytest.raises(BadAnswer, match="it was ready, is break"):
            await desk.adapter.prepare(command)
        desk.dispatcher.submit(command)
        assert (await ended(desk, command.id)).phase is Phase.REFUSED
        assert not world.done


class Copies:
    """What a console sends, to be sent again."""

    def __init__(self, console: Viewing) -> None:
        assert console.bus is not None
        self.sent: list[tuple[str, bytes]] = []
        self._bus, self._request = console.bus, console.bus.request
        console.bus.request = self._keep  # type: ignore[method-assign]  # an ear on the line

    async def _keep(self, subject: str, data: bytes, seconds: float) -> bytes | None:
        if ".act." in subject:
            self.sent.append((subject, data))
        return await self._request(subject, data, seconds)

    async def again(self) -> list[dict[str, object]]:
        said = []
        for subject, data in list(self.sent):
            answer = await self._request(subject, data, 2.0)
            said.append(json.loads(answer or b"{}"))
        return said


async def test_what_comes_twice_late_or_under_another_name_does_nothing(
    server: Server, tmp_path: Path, world: Account
) -> None:
    serve, desk = Serving(server.url, tmp_path, "serve", world), Viewing(server.url, tmp_path, "desk")
    async with running(serve, desk):
        copies = Copies(desk)
        ident = desk.press(Verb.PAUSE)
        await ended(desk, ident)
        assert len(world.done) == 1
        for told in await copies.again():
            assert told.get("ok") is not True or told.get("ticket") is None
        assert len(world.done) == 1

        # Held, and redeemed when it has become too old by the clock of who holds it.
        world.ready()
        await until(lambda: desk.sees(AgentState.READY), "ready again")
        command = desk.command(Verb.PAUSE)
        await desk.adapter.prepare(command)
        serve.clock.ahead += acting.USUAL.ticket + 1
        late = desk.adapter.perform(command, desk.board.row(AGENT))
        with pytest.raises(Exception, match="not held any more"):
            await late
        serve.clock.ahead = 0.0

        # By one who may only pause, under that name: what is held is an order of its own subject.
        command = desk.command(Verb.PAUSE)
        order = packed(Order(command), desk.clock.now())
        assert desk.bus is not None
        subject = desk.line.names.act(desk.line.account, "listen")
        answer = await desk.bus.request(subject, acting.written(k="ready", order=order), 2.0)
        assert "not one of its subject" in json.loads(answer or b"{}")["why"]
        assert len(world.done) == 1


async def test_an_order_that_was_claimed_before_is_not_begun_again(
    server: Server, tmp_path: Path, world: Account
) -> None:
    serve, desk = Serving(server.url, tmp_path, "serve", world), Viewing(server.url, tmp_path, "desk")
    async with running(serve, desk):
        command = desk.command(Verb.PAUSE)
        await serve.executor.claims.claim(command.id)
        desk.dispatcher.submit(command)
        ending = await ended(desk, command.id)
        assert ending.phase is Phase.FAILED
        assert "already claimed: claimed" in ending.ending
        assert not world.done


async def test_a_vendor_that_hangs_is_unclear_and_the_evidence_decides(
    server: Server, tmp_path: Path, world: Account
) -> None:
    serve, desk = Serving(server.url, tmp_path, "serve", world), Viewing(server.url, tmp_path, "desk")
    answers = anyio.Event()

    async def hang(_: Command) -> None:
        await answers.wait()

    world.doing = hang
    async with running(serve, desk):
        ident = desk.press(Verb.PAUSE)
        await until(lambda: "answered" in desk.phases(ident), "no answer in time")
        assert desk.ending(ident) is None
        answers.set()
        ending = await ended(desk, ident)
        assert ending.phase is Phase.CONFIRMED
        assert len(world.done) == 1


async def test_the_server_says_who_may_what(tmp_path: Path, world: Account) -> None:
    server = Server(tmp_path, RIGHTS).start()
    try:
        serve = Serving(server.url, tmp_path, "serve", world, user="serve")
        desk = Viewing(server.url, tmp_path, "desk", user="team")
        async with running(serve, desk):
            await until(lambda: not desk.adapter.can(Verb.SIGNOUT, None).ok, "the server was asked")
            assert desk.adapter.can(Verb.SIGNOUT, None).reason == "the bus does not let this console sign out"
            desk.adapter._forbidden.clear()
            ident = desk.press(Verb.SIGNOUT)
            ending = await ended(desk, ident)
            assert ending.ending == "refused: the bus does not let this console sign out"
            assert not world.done
            # Who may begin to listen may end it.
            assert desk.bus is not None
            for verb in (Verb.LISTEN, Verb.END, Verb.HANGUP):
                for node in ("", token("serve")):
                    subject = desk.line.names.act(desk.line.account, verb.value, node)
                    heard = True
                    try:
                        await desk.bus.request(subject, b"{}", 0.3)
                    except Forbidden:
                        heard = False
                    except Nobody:
                        pass
                    assert heard is (verb is not Verb.HANGUP), subject
            assert (await ended(desk, desk.press(Verb.PAUSE))).phase is Phase.CONFIRMED
            # Whoever has stolen the password of a viewer sees, and does nothing.
            world.done.clear()
            world.ready()
            await until(lambda: desk.sees(AgentState.READY), "ready again")
            thief = Viewing(server.url, tmp_path, "thief", user="wall")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(thief.run)
                await until(lambda: thief.sees(AgentState.READY), "the thief sees")
                await until(lambda: "does not let" in thief.adapter.can(Verb.PAUSE, None).reason, "it is said")
                ident = thief.press(Verb.PAUSE)
                assert (await ended(thief, ident)).phase is Phase.REFUSED
                assert not world.done
                tasks.cancel_scope.cancel()
    finally:
        server.kill()
