"""A vendor that floods: between two turns of the loop a bounded part of it is handled, and what is too much of
anything is refused with a sentence."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import SocketStream

from tests.vendors.http.test_http import Talk, client, serving
from wallboard.domain.errors import Ambiguous, BadAnswer
from wallboard.vendors.http import exchange as http
from wallboard.vendors.http.limits import ITEMS, PIECES, TEXT_LIMIT, THREAD_ABOVE, VALUES, Body, strict_json
from wallboard.vendors.http.stream import BODY_MOUTHFUL, HEAD_LIMIT, WHOLE_MOUTHFUL
from wallboard.vendors.pace import MOUTHFUL, SIP, TURN, Sluice

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class Turns:
    """Counts what is done between two turns of the loop: a task beside it is heard in each."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    def count(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async def turn() -> None:
            while True:
                self.now = 0
                await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(turn)
            yield
            tasks.cancel_scope.cancel()


def pouring(*parts: bytes, again: bytes = b"") -> Talk:
    """Answers with `parts`, and `again` until nobody listens."""

    async def talk(stream: SocketStream, request: bytes, connection: int) -> bool:
        try:
            for part in parts:
                await stream.send(part)
            while again:
                await stream.send(again)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return False
        return True

    return talk


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch, turns: Turns) -> Iterator[None]:
    whole = Body.feeding

    def feeding(self: Body, chunk: bytes) -> Iterator[int]:
        turns.count()
        return whole(self, chunk)

    with monkeypatch.context() as patch:
        patch.setattr(Body, "feeding", feeding)
        yield


@pytest.mark.anyio
async def test_of_chunks_of_one_byte_no_more_than_a_turn_is_handled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()
    endless = pouring(CHUNKED, again=b"1\r\n \r\n" * 4000)
    with counted(monkeypatch, turns):
        async with serving(endless) as server, client(server.port) as source, turns.running():
            with pytest.raises(BadAnswer, match=f"too many pieces .more than {PIECES}"):
                await source.get("/list/")
    assert 0 < turns.most <= TURN


@pytest.mark.anyio
async def test_a_list_that_comes_row_by_row_is_whole() -> None:
    rows = [{"id": number} for number in range(5000)]
    parts = [b"[", *(json.dumps(row).encode() + b"," for row in rows[:-1]), json.dumps(rows[-1]).encode(), b"]"]
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    async with serving(pouring(CHUNKED + body)) as server, client(server.port) as source:
        assert (await source.get("/list/")).data == rows


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"HTTP/1.1 100 \r\n\r\n" * 4000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 1000),
        (OK, b"a:\r\n" * 4000),
    ],
    ids=["100", "103", "headers"],
)
async def test_an_answer_that_does_not_begin_is_refused(first: bytes, again: bytes) -> None:
    async with serving(pouring(first, again=again)) as server, client(server.port) as source:
        with pytest.raises(BadAnswer, match="does not begin: more than 16 kB of headers and interim answers"):
            await source.get("/list/")
        # The same of an action: it has been sent, and nobody knows what became of it.
        with pytest.raises(Ambiguous):
            await source.act("DELETE", "/calls/1")


BLANK = b"[" + b" " * 200_000 + b"]"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        (b"Content-Length: %d\r\n\r\n%b" % (len(BLANK), BLANK), BODY_MOUTHFUL, WHOLE_MOUTHFUL),
        (b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BLANK), BLANK), MOUTHFUL, BODY_MOUTHFUL),
    ],
    ids=["whole", "in chunks"],
)
async def test_a_head_is_read_in_mouthfuls_and_a_body_too(
    monkeypatch: pytest.MonkeyPatch, body: bytes, least: int, most: int
) -> None:
    from wallboard.vendors.http import stream

    taken: list[tuple[bool, int]] = []
    whole = stream._Stream.read

    async def read(self: Any, size: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        head = stream.awaited.get()
        coming = head is not None and head.coming
        data = await whole(self, size, timeout)
        taken.append((coming, len(data)))
        return data

    monkeypatch.setattr(stream._Stream, "read", read)
    interim = b"HTTP/1.1 103 x\r\nLink: x\r\n\r\n" * 300
    async with serving(pouring(interim + OK + body)) as server, client(server.port) as source:
        for _ in range(2):
            # Interim answers are nothing wrong, and count for their own answer alone.
            assert (await source.get("/list/")).data == []
    assert max(size for coming, size in taken if coming) <= MOUTHFUL
    assert least < max(size for _, size in taken) <= most
    assert len(interim) * 2 < HEAD_LIMIT * 2 < len(interim) * 6


@pytest.mark.anyio
async def test_header_lines_behind_a_body_without_end_are_refused() -> None:
    endless = pouring(CHUNKED, b"2\r\n[]\r\n0\r\n", again=b"a:\r\n" * 4000)
    async with serving(endless) as server, client(server.port) as source:
        with pytest.raises(BadAnswer, match="cut short"):
            await source.get("/list/")


@pytest.mark.anyio
@pytest.mark.parametrize(("size", "elsewhere"), [(THREAD_ABOVE - 2, False), (THREAD_ABOVE, True)])
async def test_a_big_body_is_decoded_in_another_thread(
    monkeypatch: pytest.MonkeyPatch, size: int, elsewhere: bool
) -> None:
    threads: list[int] = []

    def decode(body: bytes, content_type: str) -> object:
        threads.append(threading.get_ident())
        return strict_json(body, content_type)

    monkeypatch.setattr(http, "strict_json", decode)
    body = b"[" + b" " * size + b"]"
    answer = pouring(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    async with serving(answer) as server, client(server.port) as source:
        await source.get("/list/")
    assert [thread != threading.get_ident() for thread in threads] == [elsewhere]


def listed(count: int, element: Callable[[int], bytes]) -> bytes:
    return b",".join(map(element, range(count)))


MANY = ITEMS + 1
TOO_MUCH = {
    "300,000 keys": (b"{" + listed(300_000, lambda n: b'"k%d":1' % n) + b"}", f"more than {ITEMS} items"),
    "keys with brackets": (b"{" + listed(MANY, lambda n: b'"}%d,":1' % n) + b"}", f"more than {ITEMS} items"),
    "keys with quotes": (b"{" + listed(MANY, lambda n: b'"\\"]%d\\\\":1' % n) + b"}", f"more than {ITEMS} items"),
    "numbers": (b"[" + listed(MANY, lambda n: b"1") + b"]", f"more than {ITEMS} items"),
    "small objects": (b"[" + listed(MANY, lambda n: b"{}") + b"]", f"more than {ITEMS} items"),
    "lists in two lists": (b"[%b]" % listed(2, lambda n: b"[%b]" % listed(26_000, lambda n: b"[]")), f"{ITEMS} items"),
    "values": (b"[%b]" % listed(30, lambda n: b"[%b]" % listed(40_000, lambda n: b'""')), f"more than {VALUES} values"),
    "levels": (b"[" * 100_000 + b"]" * 100_000, "deeper than 32 levels"),
    "levels of objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "deeper than 32 levels"),
    "a text": (b'["' + b"x" * TEXT_LIMIT + b'"]', "a text of more than 256 kB"),
    "a text of escapes": (b'[1,"' + b"\\u00e9" * TEXT_LIMIT + b'"]', "a text of more than 256 kB"),
    "a text without end": (b'["' + b"x" * 2 * TEXT_LIMIT, "a text of more than 256 kB"),
    "a number": (b"[" + b"1" * 100_000 + b"]", "not JSON"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_of_anything_is_refused_before_it_is_decoded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body, words = TOO_MUCH[name]
    if "not JSON" not in words:
        monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(BadAnswer, match=words):
        strict_json(body)


@pytest.mark.parametrize("texts", ["plain", 'q"uo\\te', "],}{[", "é漢" * 50, "\\"])
def test_what_a_large_site_says_comes_through(texts: str) -> None:
    rows = [{"id": number, "name": texts * 3, "tags": [texts, {}], "a,b": number / 7} for number in range(20_000)]
    assert strict_json(json.dumps({"rows": rows}).encode()) == {"rows": rows}


class Tap:
    """A transport and its loop: what is due in the next turn, and whether it brings more."""

    def __init__(self) -> None:
        self.reading = True
        self.due: list[Callable[[], None]] = []
        self.given: list[bytes] = []
        self.sluice = Sluice(self, self.given.append, self.due.append)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def turn(self) -> int:
        """One turn of the loop; how often the protocol was given something in it."""
        before = len(self.given)
        due, self.due[:] = list(self.due), []
        for work in due:
            work()
        return len(self.given) - before


def test_a_transport_waits_until_what_it_brought_is_handled_a_sip_a_turn() -> None:
    tap, brought = Tap(), bytes(range(256)) * 40
    tap.sluice.take(brought)
    assert len(tap.given) == 1
    turns = 0
    while not tap.reading:
        assert tap.turn() == 1
        turns += 1
    assert b"".join(tap.given) == brought
    assert max(map(len, tap.given)) <= SIP
    assert turns == len(brought) // SIP - 1


def test_a_protocol_that_is_full_is_given_nothing_until_it_has_room() -> None:
    tap = Tap()
    tap.sluice.take(b"x" * 3 * SIP)
    tap.sluice.pause_reading()
    assert [tap.turn() for _ in range(3)] == [0, 0, 0]
    tap.sluice.resume_reading()
    assert not tap.reading
    # Full again while it is given the next: the rest waits, whatever the transport still brings.
    tap.sluice.take(b"y")
    assert [tap.turn() for _ in range(4)] == [1, 1, 1, 0]
    assert b"".join(tap.given) == b"x" * 3 * SIP + b"y"
    assert tap.reading
    tap.sluice.take(b"z" * 2 * SIP)
    tap.sluice.close()
    assert [tap.turn(), tap.turn()] == [0, 0]


def test_a_large_page_that_is_no_json_is_called_that() -> None:
    page = b"<html>" + b"{,[" * 200_000
    with pytest.raises(BadAnswer, match="a login page"):
        strict_json(page, "text/html")
