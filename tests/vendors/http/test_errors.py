"""What the answer to an action proves: only what was certainly turned away before it began is "nothing happened"."""

from __future__ import annotations

import httpx
import pytest
from anyio.abc import SocketStream

from tests.vendors.http.test_http import client, serving
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import ActionError, Ambiguous, Rejected, TargetGone
from wallboard.vendors.base import NoAuth, OAuthAuth, Secret, Services, SourceSettings
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.http.errors import OVER, UNDONE, action_error

TURNED_AWAY = {400, 401, 403, 405, 407, 411, 413, 414, 415, 421, 422, 425, 428, 429, 431}
GONE = {404, 409, 410, 412}


def kind(status: int) -> type[ActionError]:
    return type(action_error(status, {}, "", "https://pbx.example.net/api"))


def test_every_status_is_judged_and_what_is_in_no_table_is_left_open() -> None:
    for status in (*range(100, 200), *range(300, 601), 700, 999):
        expected = Rejected if status in TURNED_AWAY else TargetGone if status in GONE else Ambiguous
        assert kind(status) is expected, status
    assert set(UNDONE) == TURNED_AWAY
    assert set(OVER) == GONE


@pytest.mark.anyio
async def test_each_status_goes_through_the_one_client_of_all_vendors_and_is_sent_once() -> None:
    sent: list[str] = []
    status = 0

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        return httpx.Response(status, json={"message": "no"})

    settings = SourceSettings("hq", "x", "https://h.example", NoAuth())
    http = HttpSource(settings, Services(ManualClock(), httpx.MockTransport(handle)))
    for status in (*range(300, 601), 999):
        sent.clear()
        with pytest.raises(ActionError) as caught:
            await http.act("DELETE", "/x")
        assert type(caught.value) is kind(status)
        assert caught.value.status == str(status)
        assert len(sent) == 1


@pytest.mark.anyio
async def test_only_a_401_is_asked_again_and_then_only_once() -> None:
    """A 401 says that the request was not applied for want of credentials (RFC 9110 §15.5.2)."""
    answers: list[int] = []
    sent: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": f"t{len(sent)}", "expires_in": 3600})
        sent.append(request.headers["authorization"])
        return httpx.Response(answers[len(sent) - 1])

    settings = SourceSettings("hq", "x", "https://h.example", OAuthAuth("app", Secret("x")))
    for answers, expected in (
        ([401, 204], None),
        ([401, 401], Rejected),
        ([401, 302], Ambiguous),
        ([401, 502], Ambiguous),
        ([403], Rejected),
        ([407], Rejected),
        ([302], Ambiguous),
        ([408], Ambiguous),
    ):
        sent.clear()
        http = HttpSource(settings, Services(ManualClock(), httpx.MockTransport(handle)))
        if expected is None:
            assert (await http.act("DELETE", "/x")).status == 204
        else:
            with pytest.raises(expected) as caught:
                await http.act("DELETE", "/x")
            assert type(caught.value) is expected
        assert len(sent) == len(answers)
        assert len(set(sent)) == len(sent), "the second goes with a new token"


BROKEN = [
    b"HTTP/1.1 ",
    b"HTTP/1.1 20",
    b"HTTP/1.1 xx OK\r\n\r\n",
    b"SSH-2.0-OpenSSH\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 99 Odd\r\n\r\n",
    b"",
]


@pytest.mark.anyio
@pytest.mark.parametrize("answer", BROKEN)
async def test_a_connection_that_ends_after_the_request_was_sent_leaves_it_open(answer: bytes) -> None:
    async def reply(stream: SocketStream, request: bytes, connection: int) -> bool:
        if answer:
            await stream.send(answer)
        return False

    async with serving(reply) as server, client(server.port) as http:
        with pytest.raises(Ambiguous):
            await http.act("PUT", "/x", json={"action": "transfer"})
        assert server.connections == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("head", "expected"),
    [("200 OK", None), ("302 Found", Ambiguous), ("403 No", Rejected), ("404 No", TargetGone), ("502 Bad", Ambiguous)],
)
async def test_an_answer_that_is_cut_short_counts_by_its_status(head: str, expected: type[ActionError] | None) -> None:
    async def reply(stream: SocketStream, request: bytes, connection: int) -> bool:
        await stream.send(f"HTTP/1.1 {head}\r\nContent-Length: 100\r\n\r\n{{".encode())
        return False

    async with serving(reply) as server, client(server.port) as http:
        if expected is None:
            assert (await http.act("PUT", "/x")).status == 200
        else:
            with pytest.raises(expected) as caught:
                await http.act("PUT", "/x")
            assert type(caught.value) is expected
        assert server.connections == 1
