"""The AMI client against a scripted server: signing in, lists among events, endings that are told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.abc
import pytest
from anyio.abc import ByteStream

from tests.vendors.asterisk.server import Server, message, pipe
from wallboard.vendors.asterisk.ami import Ami, open_ami
from wallboard.vendors.asterisk.protocol import (
    AmiBadCredentials,
    AmiError,
    AmiGarbled,
    AmiLost,
    AmiReadOnly,
    AmiRefused,
    AmiUnanswered,
    AmiUnreachable,
    AmiUnsafe,
    Limits,
    Message,
)
from wallboard.vendors.asterisk.streams import from_url
from wallboard.vendors.kit.tasks import bare_failures

pytestmark = pytest.mark.anyio


def ignore(event: Message) -> None:
    pass


@asynccontextmanager
async def signed_in(server: Server, **options: Any) -> AsyncIterator[tuple[Server, Ami]]:
    """A session with the server; an error of the connection comes out bare."""
    with bare_failures(AmiError):
        async with anyio.create_task_group() as tasks:
            server.use(tasks)
            options.setdefault("on_event", ignore)
            async with open_ami(server.connect, "boss", "s3cret", **options) as ami:
                yield server, ami
            tasks.cancel_scope.cancel()


def names(server: Server) -> list[str]:
    return [action.get("Action") for action in server.actions]


async def test_signing_in_learns_what_the_account_may() -> None:
    async with signed_in(Server(commands=("Ping", "QueueStatus"))) as (server, ami):
        assert ami.banner == "Asterisk Call Manager/11.0.0"
        assert ami.allows("QueueStatus")
        assert not ami.allows("QueueStatus", "Hangup")
        assert names(server)[:2] == ["Login", "ListCommands"]
        assert ami.clock_offset is not None


async def test_a_wrong_secret_is_refused_credentials() -> None:
    with pytest.raises(AmiBadCredentials, match="Authentication failed"):
        async with signed_in(Server(secret="other")):
            pytest.fail("signed in")


async def test_what_is_not_asterisk_is_said_so() -> None:
    client, server = pipe()

    async def connect() -> ByteStream:
        await server.send(b"220 mail.example ESMTP\r\n")
        return client

    with pytest.raises(AmiGarbled, match="not an Asterisk"):
        async with open_ami(connect, "a", "b", on_event=ignore):
            pytest.fail("signed in")
    await server.aclose()


async def test_nobody_listening_and_nobody_answering_are_unreachable() -> None:
    async def refused() -> ByteStream:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(AmiUnreachable, match="Connection refused"):
        async with open_ami(refused, "a", "b", on_event=ignore):
            pytest.fail("connected")

    async def never() -> ByteStream:
        await anyio.sleep_forever()
        raise AssertionError

    with pytest.raises(AmiUnreachable, match="no connection within"):
        async with open_ami(never, "a", "b", on_event=ignore, within=0.05):
            pytest.fail("connected")


async def test_tls_to_a_server_without_it_is_unreachable_and_a_closed_port_says_so() -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)

    async def plain(stream: ByteStream) -> None:
        async with stream:
            await stream.send(b"Asterisk Call Manager/11.0.0\r\n")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, plain)
        with pytest.raises(AmiUnreachable):
            async with open_ami(from_url(f"tls://127.0.0.1:{port}"), "a", "b", on_event=ignore):
                pytest.fail("signed in without TLS")
        tasks.cancel_scope.cancel()
    await listener.aclose()
    with pytest.raises(AmiUnreachable, match="refused"):
        async with open_ami(from_url(f"tcp://127.0.0.1:{port}"), "a", "b", on_event=ignore):
            pytest.fail("connected to a closed port")


@pytest.mark.parametrize("url", ["http://127.0.0.1", "tcp://", "127.0.0.1:5038", ""])
def test_a_url_that_is_none_of_ami_is_refused(url: str) -> None:
    with pytest.raises(AmiUnreachable, match="tcp://"):
        from_url(url)


async def test_lists_and_events_interleave_and_are_told_apart() -> None:
    seen: list[str] = []
    server = Server(booted=False)

    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "QueueStatus":
            return False
        await server.reply(request, EventList="start")
        await server.write(Message([("Event", "QueueParams"), ("Queue", "a"), ("ActionID", request.action_id)]))
        await server.write(message("Newchannel", Uniqueid="1"))
        # Another session's answer carries another session's ActionID, and goes to everyone.
        await server.write(message("OriginateResponse", ActionID="someone-1"))
        await server.write(Message([("Event", "QueueParams"), ("Queue", "b"), ("ActionID", request.action_id)]))
        await server.write(
            Message([("Event", "QueueStatusComplete"), ("ActionID", request.action_id), ("EventList", "Complete")])
        )
        return True

    server.answer = answer
    async with signed_in(server, on_event=lambda event: seen.append(event.event)) as (_, ami):
        rows = await ami.collect("QueueStatus")
        assert [row.get("Queue") for row in rows] == ["a", "b"]
        assert seen == ["Newchannel", "OriginateResponse"]


async def test_a_refusal_is_no_end_of_the_connection() -> None:
    async with signed_in(Server(commands=("Ping",))) as (_, ami):
        with pytest.raises(AmiRefused, match="Permission denied"):
            await ami.action("Hangup", ("Channel", "PJSIP/1-1"))
        with pytest.raises(AmiRefused):
            await ami.collect("QueueStatus")
        await ami.ping()


async def test_an_unanswered_action_is_sent_once_and_reported_as_unknown() -> None:
    async def answer(server: Server, request: Message) -> bool:
        return request.get("Action") == "Hangup"

    async with signed_in(Server(answer=answer)) as (server, ami):
        with pytest.raises(AmiUnanswered):
            await ami.action("Hangup", ("Channel", "PJSIP/1-1"), within=0.05)
        await ami.ping()
        assert names(server).count("Hangup") == 1


async def test_a_connection_that_ends_after_sending_says_that_it_was_sent() -> None:
    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") == "Hangup":
            await server.drop()
            return True
        return False

    scripted = Server(answer=answer)
    told: list[AmiLost] = []

    async def hang_up() -> None:
        async with signed_in(scripted) as (_, ami):
            try:
                await ami.action("Hangup", ("Channel", "PJSIP/1-1"))
            except AmiLost as error:
                told.append(error)
                raise

    with pytest.raises(AmiLost):
        await hang_up()
    assert names(scripted).count("Hangup") == 1
    assert all(error.sent for error in told)


@pytest.mark.parametrize("bad", ["x\r\nAction: Hangup\r\nChannel: y", "x\ny", "x\0"])
async def test_nothing_at_all_is_sent_for_a_value_with_a_line_break(bad: str) -> None:
    async with signed_in(Server()) as (server, ami):
        before = bytes(server.received)
        with pytest.raises(AmiUnsafe):
            await ami.action("Redirect", ("Channel", "PJSIP/1-1"), ("Exten", bad))
        await ami.ping()
        new = bytes(server.received)[len(before) :]
        assert new.startswith(b"Action: Ping\r\n")
        assert b"Redirect" not in new


async def test_read_only_sends_no_acting_action_even_when_asked_directly() -> None:
    async with signed_in(Server(), read_only=True) as (server, ami):
        with pytest.raises(AmiReadOnly):
            await ami.action("Originate", ("Channel", "PJSIP/1"))
        await ami.collect("QueueStatus")
        assert "Originate" not in names(server)


async def test_a_list_without_end_is_not_kept_for_ever() -> None:
    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "QueueStatus":
            return False
        await server.reply_list(request, tuple(message("QueueParams", Queue=n) for n in range(30)))
        return True

    with pytest.raises(AmiGarbled, match="more items"):
        async with signed_in(Server(answer=answer), limits=Limits(items=20)) as (_, ami):
            await ami.collect("QueueStatus")


async def test_a_silent_server_is_noticed_by_its_missing_pings() -> None:
    async def answer(server: Server, request: Message) -> bool:
        return request.get("Action") == "Ping" and len(server.actions) > 3

    with pytest.raises(AmiLost, match="nothing heard"):
        async with signed_in(Server(answer=answer), ping_every=0.02, silence=0.1):
            await anyio.sleep_forever()


async def test_the_body_is_cancelled_when_the_server_goes() -> None:
    async def stay() -> None:
        async with signed_in(Server()) as (server, _):
            await server.drop()
            await anyio.sleep_forever()

    with pytest.raises(AmiLost, match="closed the connection"):
        await stay()


async def test_a_cancelled_wait_leaves_the_connection_whole() -> None:
    async def answer(server: Server, request: Message) -> bool:
        return request.get("Action") == "Status"

    async with signed_in(Server(answer=answer)) as (_, ami):
        with anyio.move_on_after(0.02):
            await ami.action("Status")
        assert await ami.collect("QueueStatus")


QUEUE_ENTRY = (
    "Event: QueueEntry\r\nQueue: {queue}\r\nPosition: 1\r\nChannel: PJSIP/trunk-{unique}\r\nUniqueid: {unique}\r\n"
)
REST = "ConnectedLineNum: unknown\r\nConnectedLineName: unknown\r\nWait: 7\r\nPriority: 2\r\nActionID: {id}\r\n\r\n"


async def listed(name: str) -> tuple[tuple[Message, ...], list[Message]]:
    """QueueStatus of two callers, the first of whom has this name, as Asterisk sends it; and the events seen."""
    seen: list[Message] = []

    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "QueueStatus":
            return False
        await server.reply(request, EventList="start")
        for unique, caller in (("1", name), ("2", "Ann")):
            row = QUEUE_ENTRY.format(queue="a", unique=unique) + f"CallerIDName: {caller}\r\n" + REST
            await server.raw(row.format(id=request.action_id).encode())
        await server.write(Message([("Event", "End"), ("ActionID", request.action_id), ("EventList", "Complete")]))
        return True

    async with signed_in(Server(answer=answer, booted=False), on_event=seen.append) as (server, ami):
        rows = await ami.collect("QueueStatus")
        await server.write(message("Newchannel", Uniqueid="3"))
        await ami.ping()
        return rows, seen


@pytest.mark.parametrize(
    "name",
    [
        "Error page\n\nretry: later",
        "x\r\n\r\nretry: later",
        "x\r\n\r\nEvent: Hangup\r\nUniqueid: 2",
        "x\r\n\r\nEvent: Hangup\r\nUniqueid: 2\r\nActionID: guessed-1\r\n\r\nEvent: QueueCallerLeave\r\nUniqueid: 2",
        "x\r\n\r\nResponse: Error\r\nActionID: guessed-1\r\nMessage: gone\r\n\r\n",
        "x\r\nUniqueid: 2\r\nEvent: Hangup\r\nWait: 99\r\nPriority: 99\r\nActionID: guessed-1",
        "x\r\nActionID: guessed-1\r\n\r\nEvent: QueueEntry\r\nUniqueid: 9",
        "x\r\n\r\nResponse: Error\r\nMessage: gone",
        "x\r\n\r\nEvent: QueueStatusComplete\r\nEventList: Complete",
        "x\r\nEventList: Complete",
    ],
    ids=[
        *("empty line", "cr lf", "an event", "two events", "an answer", "fields", "another row", "an answer to us"),
        *("an end", "an end within"),
    ],
)
async def test_a_callers_name_is_one_row_whatever_it_holds_and_forges_nothing(name: str) -> None:
    rows, seen = await listed(name)
    assert [row.get("Uniqueid") for row in rows] == ["1", "2"]
    assert [row.event for row in rows] == ["QueueEntry"] * 2
    assert [(row.last("Wait"), row.last("Priority")) for row in rows] == [("7", "2")] * 2
    assert [event.event for event in seen] == ["Newchannel"]


async def test_a_torn_row_whose_end_never_comes_does_not_silence_the_server() -> None:
    seen: list[str] = []

    async def answer(server: Server, request: Message) -> bool:
        if request.get("Action") != "QueueStatus":
            return False
        await server.reply(request, EventList="start")
        await server.write(message("QueueEntry", Uniqueid="1"))
        return True

    server = Server(answer=answer, booted=False)
    async with signed_in(server, on_event=lambda event: seen.append(event.event)) as (_, ami):
        with pytest.raises(AmiUnanswered, match=r"did not end within 0\.05 s: 0 rows"):
            await ami.collect("QueueStatus", within=0.05)
        await server.write(message("Newchannel", Uniqueid="3"))
        await ami.ping()
        assert seen == ["Newchannel"]


async def test_a_fault_within_a_group_comes_out_bare_and_before_what_it_caused() -> None:
    for failures in ([AmiLost("gone")], [AmiLost("gone"), ZeroDivisionError("ours")]):
        with pytest.raises(type(failures[-1])), bare_failures(AmiError):
            raise ExceptionGroup("tasks", [ExceptionGroup("inner", failures)])
