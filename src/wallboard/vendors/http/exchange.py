"""One request and its answer: connections, deadlines, bounded bodies. What a status means is not known here."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import anyio
import anyio.to_thread

from wallboard.domain import asking, sending
from wallboard.domain.errors import BadAnswer, Unreachable
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.vendors import tls
from wallboard.vendors.base import Services, SourceSettings
from wallboard.vendors.http.address import Route
from wallboard.vendors.http.auth import Headers, extra_headers
from wallboard.vendors.http.library import httpx
from wallboard.vendors.http.limits import ERROR_LIMIT, PIECES, THREAD_ABOVE, Allowance, Body, VendorClock, strict_json
from wallboard.vendors.http.stream import Head, Transport, awaited
from wallboard.vendors.pace import Pace

log = logging.getLogger("wallboard.http")
# These write whole addresses, ids and query strings included, at INFO and DEBUG.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

CONNECT = 3.0
CONNECTIONS = 4
"""Most requests of one account at a time."""

Params = Mapping[str, str | int | Sequence[str | int]]


@dataclass(slots=True)
class Raw:
    status: int
    headers: dict[str, str]
    body: Body
    took: float
    date_offset: float | None
    started_at: float
    answered_at: float
    trouble: str = ""
    """Why the body is not whole."""


class Wire:
    """Follows one request down to the socket: was a connection opened for it, has any of it been sent? `acts`: it is an
    action, which may be too old by then."""

    def __init__(self, *, acts: bool = False) -> None:
        self.acts = acts
        self.opened = False
        self.sent = False
        self.awaited = Head()
        self.head: Raw | None = None
        """The status, as soon as it is known."""

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self.opened = True
        elif event.endswith("send_request_headers.started"):
            if self.acts:
                sending.look()
            self.sent = True
        elif event.endswith("receive_response_headers.complete"):
            self.awaited.came(info["return_value"][3])


class Line:
    """The connections of one source: kept ones to read by, a fresh one for each action. Making it opens nothing and
    reads no certificates; without any address that is `encrypted` they are never read."""

    def __init__(self, settings: SourceSettings, services: Services, *, encrypted: bool) -> None:
        self._name = settings.name
        self._ca_file = settings.ca_file
        self._encrypted = encrypted
        self._now = services.clock.now
        self._transport: httpx.AsyncBaseTransport | None = services.transport
        self._extra = extra_headers(settings.headers)
        self.allowance = Allowance(services.clock, settings.budget)
        self.clock = VendorClock()
        self._tls: ssl.SSLContext | None = None
        self._trusting = anyio.Lock()
        self._reader: httpx.AsyncClient | None = None
        self._actor: httpx.AsyncClient | None = None
        self._closed = False

    @property
    def ours(self) -> bool:
        """Whether nothing stands in for the network, so that what is told of connections is true."""
        return self._transport is None

    async def send(
        self,
        method: str,
        where: Route,
        wire: Wire,
        seconds: float,
        limit: int,
        headers: Headers,
        *,
        params: Params | None = None,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Raw:
        """Send one request and read all of its answer. A broken body does not undo the status. What acts has a
        connection of its own each time."""
        if self.ours:
            await self._trust()
        client = self._acting() if wire.acts else self._reading()
        try:
            request = client.build_request(
                method,
                where.path,
                params=flat(params),
                json=json,
                data=form,
                headers=[*self._extra, *headers],
                timeout=httpx.Timeout(
                    connect=min(CONNECT, seconds), read=seconds, write=min(5.0, seconds), pool=seconds
                ),
                extensions={"trace": wire},
            )
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise BadAnswer(tr("the vendor's id of this row cannot be asked for")) from None
        if wire.acts:
            # Again once there is a connection; but not every transport says when.
            sending.look()
        started = self._now()
        awaited.set(wire.awaited)
        asking.asked()
        response = await client.send(request, stream=True)
        try:
            now = self._now()
            head = {name.lower(): value for name, value in response.headers.items()}
            took = max(0.0, now - started)
            offset = self.clock.hear(head, took, now)
            self.allowance.hear(head)
            good = 200 <= response.status_code < 300
            wire.head = Raw(
                response.status_code, head, Body("", 0), took, offset, started, now, tr("the answer was cut short")
            )
            body, trouble = await self._body(response, head, limit if good else ERROR_LIMIT)
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()
        answered = self._now()
        took = answered - started
        log.debug("%s %s %s: %s in %.0f ms", self._name, method, where.template, response.status_code, took * 1e3)
        return Raw(response.status_code, head, body, answered - started, offset, started, answered, trouble)

    async def _body(self, response: httpx.Response, head: Mapping[str, str], limit: int) -> tuple[Body, str]:
        """What came of it, and why that is not all of it."""
        try:
            body = Body(head.get("content-encoding", ""), limit)
        except BadAnswer as error:
            return Body("", 0), str(error)
        # Not aiter_raw: an answer that a mock transport made whole cannot be iterated twice by it.
        if not isinstance(response.stream, httpx.AsyncByteStream):
            return body, ""
        pace, pieces = Pace(), 0
        try:
            async for chunk in response.stream:
                pieces += 1
                if pieces > PIECES:
                    return body, tr("the answer comes in too many pieces (more than {most})", most=PIECES)
                await pace.step()
                for inflated in body.feeding(chunk):
                    await pace.step(inflated)
            body.whole()
        except BadAnswer as error:
            return body, str(error)
        except httpx.TimeoutException:
            raise
        except httpx.HTTPError:
            return body, tr("the answer was cut short")
        return body, ""

    def _reading(self) -> httpx.AsyncClient:
        if self._reader is None:
            self._reader = self._client(self._transport or self._network(CONNECTIONS))
        return self._reader

    def _acting(self) -> httpx.AsyncClient:
        if self._actor is None:
            self._actor = self._client(self._transport or self._network(0))
        return self._actor

    def _network(self, kept: int) -> httpx.AsyncBaseTransport:
        assert self._tls is not None
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=kept, keepalive_expiry=30.0)
        return Transport(verify=self._tls, retries=0, limits=limits, trust_env=False, http1=True, http2=False)

    def _client(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        if self._closed:
            raise Unreachable(tr("the source is closed"))
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, identity", "User-Agent": "wallboard"}
        return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, headers=headers)

    async def _trust(self) -> None:
        """Read the machine's certificates, where an address is encrypted: in a thread, since they take as long as all
        else of the first request."""
        async with self._trusting:
            if self._tls is None and self._encrypted:
                without_store = partial(httpx.create_ssl_context, trust_env=False)
                self._tls = await anyio.to_thread.run_sync(tls.context, self._ca_file, without_store)
            elif self._tls is None:
                # It trusts nobody.
                self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def aclose(self) -> None:
        self._closed = True
        clients = [client for client in (self._reader, self._actor) if client is not None]
        self._reader = self._actor = None
        for client in clients:
            with anyio.move_on_after(1.0, shield=True):
                await client.aclose()


def flat(params: Params | None) -> list[tuple[str, str | int | float | bool | None]] | None:
    """Lists as repeated parameters."""
    if not params:
        return None
    flat: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in params.items():
        if isinstance(value, str | int):
            flat.append((name, value))
        else:
            flat.extend((name, item) for item in value)
    return flat


async def decoded(raw: Raw) -> object:
    body = raw.body.whole()
    content_type = raw.headers.get("content-type", "")
    if len(body) > THREAD_ABOVE:
        return await anyio.to_thread.run_sync(strict_json, body, content_type)
    return strict_json(body, content_type)


def in_process(app: Any) -> httpx.AsyncBaseTransport:
    """A transport into an ASGI application of this process: the demonstration runs on it, without a network."""
    return httpx.ASGITransport(app=app)
