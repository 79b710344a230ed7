"""AMI over TLS: signed in where the certificate is good, and a sentence for each way in which it is not."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketStream
from anyio.streams.tls import TLSStream

from tests.support.certificates import COMING, PAST, Authority
from wallboard.domain.clock import SystemClock
from wallboard.vendors.asterisk import plugin
from wallboard.vendors.base import AmiAuth, Secret, Services, SourceSettings

pytestmark = pytest.mark.anyio

Handler = Callable[[SocketStream], Awaitable[None]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`good` is for localhost, `other` for another name; each is its own authority."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "the tests of TLS make certificates with the openssl program"
    folder = tmp_path_factory.mktemp("tls")
    for name, host in (("good", "localhost"), ("other", "pbx.example.net")):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
        subprocess.run(
            [openssl, "req", "-x509", "-days", "2", *key, *names, *files], check=True, capture_output=True, timeout=30
        )
    authority = Authority(folder / "authority").make()
    for name, dates in (("expired", PAST), ("coming", COMING)):
        both = authority.issue(name, "DNS:localhost", dates=dates)
        for kind in ("pem", "key"):
            shutil.copyfile(both, folder / f"{name}.{kind}")
    shutil.copyfile(authority.ca, folder / "authority.pem")
    (folder / "garbage.pem").write_text("no certificate")
    (folder / "open.pem").write_bytes((folder / "good.pem").read_bytes())
    (folder / "open.pem").chmod(0o666)
    return folder


@asynccontextmanager
async def listening(handle: Handler) -> AsyncIterator[int]:
    listener = await anyio.create_tcp_listener(local_host="localhost")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield int(listener.extra(anyio.abc.SocketAttribute.local_port))
        tasks.cancel_scope.cancel()
    await listener.aclose()


def speaking(certificates: Path, name: str) -> Handler:
    """An AMI behind TLS that refuses every sign-in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")

    async def handle(stream: SocketStream) -> None:
        async with stream:
            try:
                wrapped = await TLSStream.wrap(stream, server_side=True, ssl_context=context, standard_compatible=False)
                await wrapped.send(b"Asterisk Call Manager/9.0.0\r\n")
                asked = (await wrapped.receive()).decode()
                identity = asked.partition("ActionID: ")[2].partition("\r")[0]
                refusal = f"Response: Error\r\nActionID: {identity}\r\nMessage: Authentication failed\r\n\r\n"
                await wrapped.send(refusal.encode())
                await wrapped.receive()
            except (ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream):
                return

    return handle


async def reach(port: int, ca_file: Path | str, scheme: str = "tls", within: float | None = None) -> dict[str, str]:
    """The lines of `check` by name."""
    auth = AmiAuth("wallboard", Secret("canary-4m1"))
    url = f"{scheme}://localhost:{port}"
    settings = SourceSettings("lab", "asterisk", url, auth, ca_file=str(ca_file), timeout=within)
    adapter = plugin.build(settings, Services(SystemClock()))
    lines = await adapter.check()
    await adapter.aclose()
    return {line.name: line.text for line in lines}


async def test_a_good_certificate_is_as_good_as_none_was_needed(certificates: Path) -> None:
    async with listening(speaking(certificates, "good")) as port:
        told = await reach(port, certificates / "good.pem")
    assert told["reach"] == "answers"
    assert "Authentication failed" in told["sign-in"]


@pytest.mark.parametrize(
    ("server", "ca_file", "sentence"),
    [
        ("good", "", "the certificate of localhost is signed by nobody known here (ca_file names another authority)"),
        ("good", "other.pem", "the certificate of localhost is signed by nobody known here"),
        ("other", "other.pem", "the certificate is not for localhost"),
        ("expired", "authority.pem", "the certificate of localhost has expired"),
        ("coming", "authority.pem", "the certificate of localhost is not valid yet"),
        ("good", "garbage.pem", "garbage.pem holds no certificate that can be read"),
        ("good", "missing.pem", "missing.pem cannot be read"),
        ("good", "open.pem", "open.pem: others may change it (mode 0666)"),
    ],
)
async def test_each_way_in_which_a_certificate_is_not_good(
    certificates: Path, server: str, ca_file: str, sentence: str
) -> None:
    async with listening(speaking(certificates, server)) as port:
        told = await reach(port, certificates / ca_file if ca_file else "")
    assert sentence in told["reach"]
    assert "sign-in" not in told


async def test_a_port_that_speaks_no_tls(certificates: Path) -> None:
    async def plain(stream: SocketStream) -> None:
        async with stream:
            await stream.send(b"Asterisk Call Manager/9.0.0\r\n")
            await stream.receive()

    async def silent(stream: SocketStream) -> None:
        async with stream:
            await stream.receive()

    async with listening(plain) as port:
        assert (await reach(port, ""))["reach"] == "localhost does not speak TLS at this port"
    async with listening(silent) as port:
        assert (await reach(port, ""))["reach"] == "localhost closed the connection instead of answering in TLS"


async def test_plain_text_to_a_port_that_speaks_tls(certificates: Path) -> None:
    async with listening(speaking(certificates, "good")) as port:
        told = await reach(port, "", "tcp", within=1.0)
    assert (
        told["reach"] == "no banner came: no manager interface is at this port, or one that speaks TLS (write tls://)"
    )
