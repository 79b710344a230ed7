"""Where an AMI connection's bytes come from: loopback TCP, TLS, or a script in the tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteStream

from wallboard.domain.errors import Unreachable
from wallboard.domain.language import tr
from wallboard.domain.text import clean
from wallboard.domain.unreachable import why_unreachable
from wallboard.vendors.asterisk.protocol import AmiUnreachable
from wallboard.vendors.tls import context as verified

#: Opens one new connection. Raises ``OSError`` when it cannot.
StreamFactory = Callable[[], Awaitable[ByteStream]]

DEFAULT_PORT = 5038
DEFAULT_TLS_PORT = 5039


def tcp(host: str, port: int) -> StreamFactory:
    async def connect() -> ByteStream:
        return await anyio.connect_tcp(host, port)

    return connect


def tls(host: str, port: int, ca_file: str = "") -> StreamFactory:
    """Verified TLS; there is no switch that turns verification off. Raises ``AmiUnreachable``, a sentence."""

    async def connect() -> ByteStream:
        try:
            # Anew each time: a ca_file that was put right is good at the next try.
            context = verified(ca_file)
            # Asterisk closes the socket without TLS's closing handshake, so its absence is no error here.
            return await anyio.connect_tcp(host, port, tls=True, ssl_context=context, tls_standard_compatible=False)
        except Unreachable as error:
            raise AmiUnreachable(str(error)) from None
        except OSError as error:
            raise AmiUnreachable(why_unreachable(error, host)) from error
        except (anyio.EndOfStream, anyio.BrokenResourceError) as error:
            raise AmiUnreachable(
                tr("{host} closed the connection instead of answering in TLS", host=clean(host, 100))
            ) from error

    return connect


def from_url(url: str, ca_file: str = "") -> StreamFactory:
    """``tcp://host:5038`` or ``tls://host:5039`` (the ports may be left out)."""
    parts = urlsplit(url)
    if parts.scheme not in {"tcp", "tls"} or not parts.hostname:
        raise AmiUnreachable(tr("the url must be tcp://host:5038 or tls://host:5039"))
    if parts.scheme == "tls":
        return tls(parts.hostname, parts.port or DEFAULT_TLS_PORT, ca_file)
    return tcp(parts.hostname, parts.port or DEFAULT_PORT)
