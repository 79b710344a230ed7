"""The small server for programs: what it takes, what it refuses, and that nothing sent to it ends it."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallboard.serve import listener
from wallboard.serve.listener import HEAD, Handler, Request, Response, listening, read_only

pytestmark = pytest.mark.anyio
HOST = "127.0.0.1"


async def echo(request: Request) -> Response:
    said = f"{request.method} {request.path} {request.query} {request.headers.get('x-key', '')} ".encode()
    return Response(201, "text/x-echo", said + request.body)


async def breaks(request: Request) -> Response:
    raise ValueError(request.path)


async def hangs(request: Request) -> Response:
    await anyio.sleep_forever()
    raise AssertionError


TABLE: Mapping[str, Handler] = {
    "/echo": echo,
    "/below/": echo,
    "/look": read_only(echo),
    "/breaks": breaks,
    "/hangs": hangs,
}


@asynccontextmanager
async def site(*, most: int = 1000, at_once: int = 4, patience: float = 20.0) -> AsyncIterator[int]:
    async with listening(HOST, 0, TABLE, most=most, at_once=at_once, patience=patience) as port:
        yield port


async def said(port: int, data: bytes, *, end: bool = False) -> bytes:
    """What is answered to `data`, until the connection is closed."""
    async with await anyio.connect_tcp(HOST, port) as stream:
        answer = b""
        try:
            await stream.send(data)
            if end:
                await stream.send_eof()
            async for part in stream:
                answer += part
        except (anyio.BrokenResourceError, anyio.EndOfStream):
            pass
        return answer


async def lives(port: int) -> bool:
    return (await said(port, b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 201")


async def test_a_request_reaches_the_handler_whole_and_its_answer_comes_back() -> None:
    async with site() as port, httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
        answer = await client.post("/echo?a=1%2f", content=b"body", headers={"X-Key": "k"})
        assert (answer.status_code, answer.headers["content-type"]) == (201, "text/x-echo")
        assert answer.content == b"POST /echo a=1%2f k body"
        assert (await client.get("/below/a/b")).text == "GET /below/a/b   "
        head = await client.head("/look")
        assert (head.status_code, head.headers["content-length"], head.content) == (201, "13", b"")


async def test_what_is_not_there_is_said() -> None:
    async with site() as port, httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
        for path in ("/", "/below", "/echo/", "/echo2", "/.."):
            assert (await client.get(path)).status_code == 404
        refused = await client.post("/look")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_a_body_in_pieces_and_one_that_waits_for_leave_arrive() -> None:
    async with site() as port:
        chunked = (
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        )
        assert (await said(port, chunked)).endswith(b" abcde")
        async with await anyio.connect_tcp(HOST, port) as stream:
            await stream.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert (await stream.receive()).startswith(b"HTTP/1.1 100")
            await stream.send(b"ok")
            assert b" ok" in await stream.receive()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a browser that speaks TLS\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"GET http://elsewhere/echo HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"GET /echo HTTP/1.1\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"400"),
        (b"GET /" + b"a" * (2 * HEAD), b"431"),
        (b"GET /echo HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * HEAD, b"431"),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", b"413"),
        (
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + (b"1f4\r\n" + b"a" * 500 + b"\r\n") * 100,
            b"413",
        ),
    ],
)
async def test_what_is_no_request_or_too_much_is_refused_and_the_next_is_served(data: bytes, status: bytes) -> None:
    async with site() as port:
        answer = await said(port, data)
        assert answer.startswith(b"HTTP/1.1 " + status), answer[:80]
        assert await lives(port)


async def test_who_does_not_finish_is_told_so_and_who_leaves_is_not_missed() -> None:
    async with site(patience=0.2) as port:
        assert (await said(port, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")).startswith(
            b"HTTP/1.1 408"
        )
        assert await said(port, b"", end=True) == b""
        cut = await said(port, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", end=True)
        assert cut.startswith(b"HTTP/1.1 400")
        assert await lives(port)


async def test_a_handler_that_breaks_or_hangs_fails_its_own_request_alone() -> None:
    async with site(patience=0.2) as port:
        assert (await said(port, b"GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 500")
        assert (await said(port, b"GET /hangs HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 503")
        assert await lives(port)


async def test_who_comes_beyond_the_bound_is_sent_away_and_served_once_there_is_room() -> None:
    async with site(at_once=2) as port:
        first, second = [await anyio.connect_tcp(HOST, port) for _ in range(2)]
        await anyio.wait_all_tasks_blocked()
        assert not await lives(port)
        await first.aclose()
        await anyio.wait_all_tasks_blocked()
        assert await lives(port)
        await second.aclose()


async def test_a_process_without_descriptors_goes_on_when_it_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "AGAIN", 0.01)
    async with site() as port:
        with socket.socket() as client:
            client.setblocking(False)
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            free = os.dup(client.fileno())
            os.close(free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
            try:
                client.connect_ex((HOST, port))
                await anyio.wait_writable(client)
                await anyio.sleep(0.05)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            client.send(b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            with anyio.fail_after(20):
                await anyio.wait_readable(client)
            assert client.recv(100).startswith(b"HTTP/1.1 201")


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([b"GET ", b"/echo", b" HTTP/1.1", b"\r\n", b"Host: a", b"\r\n\r\n", b"\x00", b"\xff"]))
    | st.binary(max_size=300).map(lambda data: [data])
)
def test_nothing_that_is_sent_ends_it(parts: list[bytes]) -> None:
    async def tried() -> None:
        async with site() as port:
            await said(port, b"".join(parts), end=True)
            assert await lives(port)

    anyio.run(tried)


async def test_an_address_that_cannot_be_had_is_the_callers_to_say() -> None:
    async with site() as port:
        with pytest.raises(OSError, match="in use"):
            async with listening(HOST, port, TABLE):
                raise AssertionError
