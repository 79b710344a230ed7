"""The HTTP client against real sockets: deadlines, connections, redirects, certificates, and what it lets out."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote

import anyio
import anyio.abc
import anyio.streams.tls
import httpx
import pytest
from anyio.abc import SocketStream
from hypothesis import given
from hypothesis import strategies as st

from tests.support.certificates import Authority
from wallboard.domain.clock import ManualClock, SystemClock
from wallboard.domain.errors import (
    Ambiguous,
    BadAnswer,
    ConfigError,
    Late,
    NotSent,
    Unreachable,
)
from wallboard.domain.unreachable import why_unreachable
from wallboard.vendors import tls
from wallboard.vendors.base import BearerAuth, OAuthAuth, Secret, Services, SourceSettings
from wallboard.vendors.http.client import HttpSource, check_address, route

Talk = Callable[[SocketStream, bytes, int], Awaitable[bool]]
"""Answers one request of connection number n; False ends the connection."""

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.requests: list[bytes] = []


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[Server]:
    """A raw server on loopback: reads one whole request at a time and lets `talk` answer."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    server = Server(listener.extra(anyio.abc.SocketAttribute.local_port))

    async def handle(stream: SocketStream) -> None:
        server.connections += 1
        number = server.connections
        async with stream:
            buffer = b""
            while True:
                try:
                    while b"\r\n\r\n" not in buffer:
                        buffer += await stream.receive()
                except (anyio.EndOfStream, anyio.BrokenResourceError):
                    return
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in head.split(b"\r\n")
                        if line.lower().startswith(b"content-length")
                    ),
                    0,
                )
                while len(buffer) < length:
                    buffer += await stream.receive()
                server.requests.append(head + b"\r\n\r\n" + buffer[:length])
                buffer = buffer[length:]
                if not await talk(stream, server.requests[-1], number):
                    return

    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, handle)
        yield server
        group.cancel_scope.cancel()
    await listener.aclose()


@asynccontextmanager
async def client(port: int, **changes: object) -> AsyncIterator[HttpSource]:
    settings = SourceSettings(
        "hq",
        "x",
        f"http://127.0.0.1:{port}/api",
        BearerAuth(Secret("S3CR3T")),
        **changes,  # type: ignore[arg-type]
    )
    source = HttpSource(settings, Services(SystemClock()))
    try:
        yield source
    finally:
        await source.aclose()


async def answer_ok(stream: SocketStream, request: bytes, connection: int) -> bool:
    await stream.send(OK)
    return True


@pytest.mark.anyio
async def test_readings_keep_their_connection_and_each_action_opens_its_own() -> None:
    async with serving(answer_ok) as server, client(server.port) as http:
        for _ in range(3):
            await http.get("/x/")
        assert server.connections == 1
        for _ in range(3):
            await http.act("PUT", "/x", json={"a": 1})
        assert server.connections == 4


@pytest.mark.anyio
async def test_a_kept_connection_that_was_closed_is_retried_once_for_a_reading_alone() -> None:
    async def close_after_first(stream: SocketStream, request: bytes, connection: int) -> bool:
        if len(server.requests) == 2:
            return False
        await stream.send(OK)
        return True

    async with serving(close_after_first) as server, client(server.port) as http:
        await http.get("/x/")
        assert (await http.get("/x/")).data == []
        assert len(server.requests) == 3


@pytest.mark.anyio
async def test_a_dripped_body_ends_at_the_outer_deadline() -> None:
    async def drip(stream: SocketStream, request: bytes, connection: int) -> bool:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n[")
        try:
            while True:
                await stream.send(b" ")
                await anyio.sleep(0.02)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return False

    async with serving(drip) as server, client(server.port) as http:
        with anyio.fail_after(3), pytest.raises(Late, match=r"no whole answer within 0\.3 s"):
            await http.get("/x/", timeout=0.3)
        with anyio.fail_after(3):
            # The status has come: the vendor accepted, whatever follows.
            assert (await http.act("PUT", "/x", timeout=0.3)).status == 200


@pytest.mark.anyio
async def test_a_silent_vendor_leaves_an_action_open_and_a_refused_connection_does_not() -> None:
    async def silent(stream: SocketStream, request: bytes, connection: int) -> bool:
        await anyio.sleep_forever()
        return False

    async with serving(silent) as server, client(server.port) as http:
        with pytest.raises(Ambiguous, match=r"no answer within 1 s"):
            await http.act("PUT", "/x", timeout=1.0)
        assert len(server.requests) == 1
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with client(free.getsockname()[1]) as http:
            with pytest.raises(NotSent, match=r"nothing sent: 127\.0\.0\.1 refuses connections"):
                await http.act("PUT", "/x")
            with pytest.raises(Unreachable, match=r"127\.0\.0\.1 refuses connections"):
                await http.get("/x/")


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with serving(answer_ok) as elsewhere:

        async def redirect(stream: SocketStream, request: bytes, connection: int) -> bool:
            place = f"http://localhost:{elsewhere.port}/"
            await stream.send(f"HTTP/1.1 {status} X\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
            return True

        async with serving(redirect) as server, client(server.port) as http:
            with pytest.raises(BadAnswer, match="vendor redirects to host localhost"):
                await http.get("/x/")
        assert elsewhere.connections == 0


@pytest.mark.anyio
@pytest.mark.parametrize("status", [201, 302, 303])
async def test_a_link_that_was_asked_for_is_handed_over_and_not_followed(status: int) -> None:
    async with serving(answer_ok) as elsewhere:
        place = f"http://localhost:{elsewhere.port}/sound.mp3"

        async def moved(stream: SocketStream, request: bytes, connection: int) -> bool:
            await stream.send(f"HTTP/1.1 {status} X\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
            return True

        async with serving(moved) as server, client(server.port) as http:
            assert (await http.get("/x/", plain=True)).text == place
        assert elsewhere.connections == 0


@pytest.mark.anyio
async def test_nothing_secret_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(answer_ok) as server, client(server.port) as http:
        await http.get(route("/extension/{id}/", id="4912345"), params={"q": "private"})
        await http.act("PUT", route("/extension/{id}", id="4912345"), json={"send_dst": "555123"})
    text = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("wallboard", "http")))
    assert "/extension/{id}/" in text
    for hidden in ("S3CR3T", "4912345", "private", "555123"):
        assert hidden not in text


@pytest.mark.anyio
async def test_a_closed_source_asks_nobody() -> None:
    async with serving(answer_ok) as server, client(server.port) as http:
        await http.aclose()
        with pytest.raises(Unreachable, match="closed"):
            await http.get("/x/")
        with pytest.raises(NotSent):
            await http.act("PUT", "/x")
        assert server.connections == 0


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "own").make()


@pytest.mark.anyio
async def test_certificates_are_verified_and_a_private_authority_is_named_by_file(
    authority: Authority, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.issue("pbx", "DNS:localhost"))
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    requests: list[bytes] = []

    async def handle(stream: SocketStream) -> None:
        async with stream:
            try:
                wrapped = await anyio.streams.tls.TLSStream.wrap(
                    stream, server_side=True, ssl_context=context, standard_compatible=False
                )
                requests.append(await wrapped.receive())
                await wrapped.send(OK)
            except (ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream):
                return

    def source(host: str, ca_file: str) -> HttpSource:
        settings = SourceSettings("hq", "x", f"https://{host}:{port}", BearerAuth(Secret("t")), ca_file=ca_file)
        return HttpSource(settings, Services(SystemClock()))

    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, handle)
        known = source("localhost", str(authority.ca))
        assert (await known.get("/x/")).data == []
        await known.aclose()
        requests.clear()
        for host, ca_file, sentence in (
            ("localhost", "", "signed by nobody known here"),
            ("127.0.0.1", str(authority.ca), r"the certificate is not for 127\.0\.0\.1"),
            ("localhost", str(tmp_path / "missing.pem"), "cannot be read"),
        ):
            unknown = source(host, ca_file)
            with pytest.raises(Unreachable, match=sentence):
                await unknown.get("/x/")
            with pytest.raises(NotSent, match=sentence):
                await unknown.act("PUT", "/x")
            await unknown.aclose()
        assert requests == []
        group.cancel_scope.cancel()
    await listener.aclose()


@pytest.mark.anyio
async def test_the_machines_certificates_are_read_only_for_an_encrypted_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def context(ca_file: str, *_: object) -> ssl.SSLContext:
        read.append(ca_file)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(tls, "context", context)
    async with serving(answer_ok) as server:
        async with client(server.port) as plain:
            await plain.get("/x/")
        assert read == []
        settings = SourceSettings("hq", "x", f"https://127.0.0.1:{server.port}", BearerAuth(Secret("t")), ca_file="own")
        encrypted = HttpSource(settings, Services(SystemClock()))
        for _ in range(2):
            with pytest.raises(Unreachable):
                await encrypted.get("/x/")
        await encrypted.aclose()
    assert read == ["own"]


def _certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("x")
    error.verify_code = code
    error.verify_message = "odd"
    return error


def _tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "x")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (_certificate_error(10), "the certificate of h has expired"),
        (_certificate_error(9), "the certificate of h is not valid yet"),
        (_certificate_error(1), "the certificate of h is refused: odd"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "name not found: h"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "name service does not answer for h"),
        (ConnectionRefusedError(), "h refuses connections"),
        (_tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), "h speaks only an outdated TLS version"),
        (_tls_error("UNSUPPORTED_PROTOCOL"), "h speaks only an outdated TLS version"),
        (_tls_error("WRONG_VERSION_NUMBER"), "h does not speak TLS at this port"),
        (
            _tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"),
            "h refuses the TLS handshake: no cipher in common, or it wants a certificate of ours",
        ),
        (_tls_error("UNEXPECTED_EOF_WHILE_READING"), "h closed the connection instead of answering in TLS"),
        (OSError(113, "No route to host"), "h cannot be reached: no route to host"),
        (
            ExceptionGroup("both", [ConnectionRefusedError(), OSError(101, "Network is unreachable")]),
            "h refuses connections",
        ),
    ],
)
def test_why_there_is_no_connection(cause: Exception, sentence: str) -> None:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = cause
    assert why_unreachable(error, "h") == sentence


@given(st.text(min_size=1, max_size=40))
def test_an_id_stays_one_segment_of_the_address(value: str) -> None:
    made = route("/extension/{id}/x", id=value)
    if made.path:
        segments = made.path.split("/")
        assert len(segments) == 4
        assert unquote(segments[2]) == value
        assert segments[2] not in (".", "..")
        assert not set(made.path) & set("?# \r\n")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/api", "http://[::1]/", "http://localhost/", "https://h.example/a"]
)
def test_addresses_that_may_be_used(url: str) -> None:
    check_address(url, "url", insecure=False)


@pytest.mark.parametrize(
    "url",
    ["http://h.example/", "http://127.0.0.1.evil.example/", "tcp://h", "https://", "https://a:b@h/", "https://h/?a=1"],
)
def test_addresses_that_may_not_be_used(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_address(url, "url", insecure=False)
    assert "a:b" not in str(caught.value)


def test_a_token_address_is_held_to_the_same_rules() -> None:
    auth = OAuthAuth("app", Secret("x"), "http://h.example/token")
    with pytest.raises(ConfigError, match="token_url"):
        HttpSource(SourceSettings("hq", "x", "https://h.example", auth), Services(ManualClock()))


def test_insecure_allows_plain_transport() -> None:
    check_address("http://h.example/", "url", insecure=True)


@pytest.mark.anyio
async def test_an_unchanged_list_is_the_same_data_and_a_changed_one_is_not() -> None:
    bodies = [b"[1]", b"[1]", b"[2]", b"[2]"]

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=bodies.pop(0))

    settings = SourceSettings("hq", "x", "https://h.example", BearerAuth(Secret("t")))
    http = HttpSource(settings, Services(ManualClock(), httpx.MockTransport(handle)))
    first, again, changed, elsewhere = [await http.get(path) for path in ("/x/", "/x/", "/x/", "/y/")]
    assert first.data is again.data
    assert changed.data == [2]
    assert elsewhere.data == [2]
    assert elsewhere.data is not changed.data
