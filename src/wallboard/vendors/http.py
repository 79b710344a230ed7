"""One HTTP source: a client that reads and, apart from it, a client that acts.

    http = HttpSource(settings, services)
    answer = await http.get(route("/extension/{id}/queue/status/", id="601"))
    answer = await http.act("DELETE", route("/extension/{id}/current_calls/{call}", id="201", call="c-17"))

Reading: keep-alive, one outer deadline over everything, decoded size limit, strict JSON; failures are `ReadError`s.
Acting: a fresh connection each time, no retry, no redirect; failures say whether the action can have happened
(`NotSent`, `Rejected`, `TargetGone`, `Ambiguous`). Only this module knows the HTTP client library.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpx

from wallboard.domain import sending
from wallboard.domain.errors import (
    Ambiguous,
    BadAnswer,
    CredentialsRefused,
    Late,
    NotSent,
    ReadError,
    Throttled,
    Unreachable,
)
from wallboard.domain.text import clean
from wallboard.domain.update import Budget
from wallboard.vendors import tls
from wallboard.vendors.base import OAuthAuth, Services, SourceSettings
from wallboard.vendors.http_address import Route, check_address, route
from wallboard.vendors.http_auth import Headers, PostToken, SignIn, extra_headers, sign_in
from wallboard.vendors.http_errors import action_error, read_error, worded
from wallboard.vendors.http_limits import (
    ERROR_LIMIT,
    LIVE_LIMIT,
    THREAD_ABOVE,
    Allowance,
    Body,
    VendorClock,
    said,
    strict_json,
)
from wallboard.vendors.http_words import why_unreachable

__all__ = ["ACT_DEADLINE", "READ_DEADLINE", "Answer", "HttpSource", "Params", "Route", "check_address", "route"]

log = logging.getLogger("wallboard.http")
# These write whole addresses, ids and query strings included, at INFO and DEBUG.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

READ_DEADLINE = 8.0
ACT_DEADLINE = 10.0
CONNECT = 3.0
CONNECTIONS = 4
"""Most requests of one account at a time."""
SMALL = 64 * 1024
REMEMBERED = 128
"""So many last answers of at most `SMALL` bytes are kept."""

Params = Mapping[str, str | int | Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `data` is not to be changed: an unchanged list is handed out again. `headers` have lower-case
    names; `took` in seconds, instants in steady UTC seconds; `date_offset` how far the vendor's clock was ahead in
    this answer (None: not said). `text` is what an action, or a `plain` read, answered when that is no JSON (an id as
    text/html)."""

    status: int
    data: Any
    headers: Mapping[str, str]
    took: float
    date_offset: float | None
    started_at: float
    answered_at: float
    text: str = ""


@dataclass(slots=True)
class _Raw:
    status: int
    headers: dict[str, str]
    body: Body
    took: float
    date_offset: float | None
    started_at: float
    answered_at: float
    trouble: str = ""
    """Why the body is not whole."""


class _Wire:
    """Follows one request down to the socket: was a connection opened for it, has any of it been sent? `acts`: it is an
    action, which may be too old by then."""

    def __init__(self, *, acts: bool = False) -> None:
        self.acts = acts
        self.opened = False
        self.sent = False
        self.head: _Raw | None = None
        """The status, as soon as it is known."""

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self.opened = True
        elif event.endswith("send_request_headers.started"):
            if self.acts:
                sending.look()
            self.sent = True


class HttpSource:
    """Requests to one `[[source]]`. Building it opens nothing and reads no certificates; ConfigError if the address
    or the credentials cannot be used as written."""

    def __init__(
        self,
        settings: SourceSettings,
        services: Services,
        *,
        sign: Callable[[PostToken], SignIn] | None = None,
    ) -> None:
        """`sign` makes the sign-in of a vendor with a login of its own; it is handed the way to post one."""
        self._settings = settings
        self._clock = services.clock
        self._transport: httpx.AsyncBaseTransport | None = services.transport
        self._base = settings.url.rstrip("/")
        check_address(self._base, "url", insecure=settings.insecure)
        self._host = urlsplit(self._base).hostname or ""
        self._token_url = ""
        if isinstance(settings.auth, OAuthAuth):
            parts = urlsplit(self._base)
            self._token_url = settings.auth.token_url or f"{parts.scheme}://{parts.netloc}/oauth/token"
            check_address(self._token_url, "token_url", insecure=settings.insecure)
        self._sign = (
            sign(self._post_token)
            if sign is not None
            else sign_in(settings.auth, self._clock, lambda form: self._post_token("", form=form))
        )
        self._extra = extra_headers(settings.headers)
        self._allowance = Allowance(self._clock, settings.budget)
        self._vendor_clock = VendorClock()
        self._tls: ssl.SSLContext | None = None
        self._reader: httpx.AsyncClient | None = None
        self._actor: httpx.AsyncClient | None = None
        self._last: dict[str, tuple[bytes, object]] = {}
        self._closed = False
        self.refused = False
        """The vendor refused the credentials when last asked."""

    @property
    def budget(self) -> Budget | None:
        return self._allowance.budget

    @property
    def clock_offset(self) -> float | None:
        """Seconds that the vendor's clock is ahead of ours; None: not known."""
        return self._vendor_clock.offset

    # ---- reading ---------------------------------------------------------------------------------------------

    async def get(
        self,
        where: Route | str,
        *,
        params: Params | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the one deadline over sign-in, connection and body
        limit: int = LIVE_LIMIT,
        plain: bool = False,
        keep: bool = True,
    ) -> Answer:
        """Read one address. Raises only `ReadError`s; `timeout` seconds cover sign-in, connection, body and all.

        `plain`: an answer that is no JSON is no fault but `Answer.text`, unless it is a web page. `keep` False: nothing
        of the answer is remembered for the next one, because there are secrets in it.
        """
        where = _as_route(where)
        if not where.path:
            raise BadAnswer("the vendor's id of this row cannot be asked for")
        seconds = timeout or self._settings.timeout or READ_DEADLINE
        try:
            with anyio.fail_after(seconds):
                return await self._get(where, params, seconds, limit, plain, keep)
        except TimeoutError:
            log.debug("GET %s: late", where.template)
            raise Late(f"no whole answer within {seconds:g} s") from None

    async def _get(
        self, where: Route, params: Params | None, seconds: float, limit: int, plain: bool, keep: bool
    ) -> Answer:
        try:
            headers = await self._sign.headers()
            raw = await self._read(where, params, headers, seconds, limit)
            if raw.status == 401:
                if not await self._sign.renew(headers):
                    raise CredentialsRefused(worded("the vendor refuses the credentials", self._words(raw)))
                raw = await self._read(where, params, await self._sign.headers(), seconds, limit)
                if raw.status == 401:
                    self._sign.refuse()
                    raise CredentialsRefused(worded("the vendor refuses the credentials", self._words(raw)))
        except CredentialsRefused:
            self.refused = True
            raise
        self.refused = False
        link = raw.headers.get("location", "")
        if plain and link and (300 <= raw.status < 400 or raw.status == 201):
            # The address itself is what was asked for; it is shown, never followed.
            return Answer(
                raw.status, None, raw.headers, raw.took, raw.date_offset, raw.started_at, raw.answered_at, link
            )
        if not 200 <= raw.status < 300:
            raise read_error(raw.status, raw.headers, self._words(raw), self._base)
        if raw.trouble:
            raise BadAnswer(raw.trouble)
        data: object = None
        text = ""
        try:
            address = f"{where.path}?{params}" if params else where.path
            data = await (self._known_or_decoded(raw, address) if keep else _decoded(raw))
        except BadAnswer:
            text = raw.body.whole()[:SMALL].decode("utf-8", "replace")
            if not plain or text.lstrip().startswith("<"):
                raise
        return Answer(raw.status, data, raw.headers, raw.took, raw.date_offset, raw.started_at, raw.answered_at, text)

    async def _known_or_decoded(self, raw: _Raw, address: str) -> object:
        """The data of the last answer of this address again when not a byte of it has changed: a quiet list costs a
        comparison."""
        body = raw.body.whole()
        last = self._last.get(address)
        if last is not None and last[0] == body:
            self._last[address] = self._last.pop(address)
            return last[1]
        data = await _decoded(raw)
        self._last.pop(address, None)
        if len(body) <= SMALL:
            self._last[address] = (body, data)
            while len(self._last) > REMEMBERED:
                del self._last[next(iter(self._last))]
        return data

    async def _read(self, where: Route, params: Params | None, headers: Headers, seconds: float, limit: int) -> _Raw:
        for last in (False, True):
            wire = _Wire()
            try:
                return await self._exchange(
                    self._reading(), "GET", self._below(where), wire, seconds, limit, headers, params=params
                )
            except (httpx.HTTPError, OSError) as error:
                # The one retry: a kept connection that the vendor had closed meanwhile. Nothing was read from it.
                stale = self._transport is None and not wire.opened and not isinstance(error, httpx.TimeoutException)
                if last or not stale:
                    raise self._unread(error, seconds) from None
        raise AssertionError("unreachable")

    def _unread(self, error: httpx.HTTPError | OSError, seconds: float) -> ReadError:
        if isinstance(error, httpx.ConnectTimeout):
            return Unreachable(f"{clean(self._host, 100)} does not answer")
        if isinstance(error, httpx.ConnectError | OSError):
            return Unreachable(why_unreachable(error, self._host))
        if isinstance(error, httpx.TimeoutException):
            return Late(f"no whole answer within {seconds:g} s")
        if isinstance(error, httpx.RemoteProtocolError):
            return BadAnswer("the vendor closed the connection without a proper answer")
        if isinstance(error, httpx.NetworkError):
            return Unreachable("the connection was reset")
        return BadAnswer("the vendor's answer is not proper HTTP")

    # ---- acting ----------------------------------------------------------------------------------------------

    async def act(
        self,
        method: str,
        where: Route | str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Params | None = None,
        accept: str = "",
        timeout: float | None = None,  # noqa: ASYNC109  # the one deadline over sign-in, connection and body
    ) -> Answer:
        """Send one action once. Returns on 2xx (`data` None if the body is no JSON); raises `ActionError`s only.

        `accept` is the Accept header of an action whose answer is no JSON. Only a 401 is answered by a second request,
        after a new token: it proves that nothing was done.
        """
        where = _as_route(where)
        if self._settings.read_only:
            raise NotSent("this source is read-only")
        if not where.path:
            raise NotSent("the vendor's id of this row cannot be sent")
        seconds = timeout or max(ACT_DEADLINE, self._settings.timeout or 0.0)
        asked: Headers = (("Accept", accept),) if accept else ()
        try:
            with anyio.fail_after(seconds):
                headers = await self._sign.headers()
        except ReadError as error:
            raise NotSent(f"nothing sent: {error}") from None
        except TimeoutError:
            raise NotSent("nothing sent: the sign-in does not answer") from None
        raw = await self._send(method, where, (*asked, *headers), json, params, seconds)
        if raw.status == 401:
            again = await self._renewed(headers, seconds)
            if again is not None:
                raw = await self._send(method, where, (*asked, *again), json, params, seconds)
                if raw.status == 401:
                    self._sign.refuse()
        if not 200 <= raw.status < 300:
            raise action_error(raw.status, raw.headers, self._words(raw), self._base)
        data, text = None, ""
        if not raw.trouble:
            try:
                data = await _decoded(raw)
            except BadAnswer:
                text = raw.body.whole()[:SMALL].decode("utf-8", "replace")
        return Answer(raw.status, data, raw.headers, raw.took, raw.date_offset, raw.started_at, raw.answered_at, text)

    async def _renewed(self, used: Headers, seconds: float) -> Headers | None:
        try:
            with anyio.fail_after(seconds):
                return await self._sign.headers() if await self._sign.renew(used) else None
        except (ReadError, TimeoutError):
            return None

    async def _send(
        self,
        method: str,
        where: Route,
        headers: Headers,
        json: Mapping[str, Any] | None,
        params: Params | None,
        seconds: float,
    ) -> _Raw:
        wire = _Wire(acts=True)
        known = self._transport is None
        try:
            with anyio.fail_after(seconds):
                return await self._exchange(
                    self._acting(),
                    method,
                    self._below(where),
                    wire,
                    seconds,
                    ERROR_LIMIT,
                    headers,
                    params=params,
                    json=json,
                )
        except (Unreachable, BadAnswer) as error:
            raise NotSent(f"nothing sent: {error}") from None
        except httpx.ConnectTimeout:
            raise NotSent(f"nothing sent: {clean(self._host, 100)} does not answer") from None
        except (httpx.ConnectError, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(f"nothing sent: {why_unreachable(error, self._host)}") from None
        except (TimeoutError, httpx.TimeoutException):
            if wire.head is not None:
                return wire.head
            if known and not wire.sent:
                raise NotSent(f"nothing sent: {clean(self._host, 100)} does not answer") from None
            raise Ambiguous(f"sent, and no answer within {seconds:g} s") from None
        except (httpx.HTTPError, OSError) as error:
            if known and not wire.sent:
                raise NotSent(f"nothing sent: {why_unreachable(error, self._host)}") from None
            raise Ambiguous("sent, and the connection broke before an answer") from None

    # ---- one exchange ----------------------------------------------------------------------------------------

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        method: str,
        where: Route,
        wire: _Wire,
        seconds: float,
        limit: int,
        headers: Headers,
        *,
        params: Params | None = None,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> _Raw:
        """Send one request and read all of its answer. A broken body does not undo the status."""
        try:
            request = client.build_request(
                method,
                where.path,
                params=_flat(params),
                json=json,
                data=form,
                headers=[*self._extra, *headers],
                timeout=httpx.Timeout(
                    connect=min(CONNECT, seconds), read=seconds, write=min(5.0, seconds), pool=seconds
                ),
                extensions={"trace": wire},
            )
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise BadAnswer("the vendor's id of this row cannot be asked for") from None
        if wire.acts:
            # Again once there is a connection; but not every transport says when.
            sending.look()
        started = self._clock.now()
        response = await client.send(request, stream=True)
        try:
            now = self._clock.now()
            head = {name.lower(): value for name, value in response.headers.items()}
            took = max(0.0, now - started)
            offset = self._vendor_clock.hear(head, took, now)
            self._allowance.hear(head)
            good = 200 <= response.status_code < 300
            wire.head = _Raw(
                response.status_code, head, Body("", 0), took, offset, started, now, "the answer was cut short"
            )
            trouble = ""
            try:
                body = Body(head.get("content-encoding", ""), limit if good else ERROR_LIMIT)
            except BadAnswer as error:
                body, trouble = Body("", 0), str(error)
            try:
                # Not aiter_raw: an answer that a mock transport made whole cannot be iterated twice by it.
                if not trouble and isinstance(response.stream, httpx.AsyncByteStream):
                    async for chunk in response.stream:
                        body.feed(chunk)
                    body.whole()
            except BadAnswer as error:
                trouble = str(error)
            except httpx.TimeoutException:
                raise
            except httpx.HTTPError:
                trouble = "the answer was cut short"
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()
        answered = self._clock.now()
        log.debug(
            "%s %s %s: %s in %.0f ms",
            self._settings.name,
            method,
            where.template,
            response.status_code,
            (answered - started) * 1e3,
        )
        return _Raw(response.status_code, head, body, answered - started, offset, started, answered, trouble)

    async def _post_token(
        self, where: str, *, form: Mapping[str, str] | None = None, json: Mapping[str, Any] | None = None
    ) -> object:
        """Ask for a token at a path below the base ("": the token address). 4xx but 429 is a refusal; other failures
        are those of any read."""
        wire = _Wire()
        seconds = self._settings.timeout or READ_DEADLINE
        address = self._base + where if where else self._token_url
        try:
            raw = await self._exchange(
                self._reading(),
                "POST",
                Route(where or "token_url", address),
                wire,
                seconds,
                ERROR_LIMIT,
                (),
                form=form,
                json=json,
            )
        except (httpx.HTTPError, OSError) as error:
            raise self._unread(error, seconds) from None
        if raw.status in (400, 401, 403):
            raise CredentialsRefused(worded("sign-in refused", self._words(raw)))
        if not 200 <= raw.status < 300:
            trouble = read_error(raw.status, raw.headers, self._words(raw), address)
            raise trouble if isinstance(trouble, Throttled) else type(trouble)(f"sign-in: {trouble}")
        if raw.trouble:
            raise BadAnswer(f"sign-in: {raw.trouble}")
        return strict_json(raw.body.whole(), raw.headers.get("content-type", ""))

    # ---- clients ---------------------------------------------------------------------------------------------

    def _reading(self) -> httpx.AsyncClient:
        if self._reader is None:
            self._reader = self._client(self._transport or self._network(CONNECTIONS))
        return self._reader

    def _acting(self) -> httpx.AsyncClient:
        if self._actor is None:
            self._actor = self._client(self._transport or self._network(0))
        return self._actor

    def _network(self, kept: int) -> httpx.AsyncBaseTransport:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=kept, keepalive_expiry=30.0)
        return httpx.AsyncHTTPTransport(
            verify=self._context(), retries=0, limits=limits, trust_env=False, http1=True, http2=False
        )

    def _client(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        if self._closed:
            raise Unreachable("the source is closed")
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, identity", "User-Agent": "wallboard"}
        return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, headers=headers)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls.context(self._settings.ca_file, lambda: httpx.create_ssl_context(trust_env=False))
        return self._tls

    async def aclose(self) -> None:
        """Close all connections; later requests fail."""
        self._closed = True
        clients = [client for client in (self._reader, self._actor) if client is not None]
        self._reader = self._actor = None
        for client in clients:
            with anyio.move_on_after(1.0, shield=True):
                await client.aclose()

    # ---- words -----------------------------------------------------------------------------------------------

    def _below(self, where: Route) -> Route:
        return Route(where.template, self._base + where.path)

    def _words(self, raw: _Raw) -> str:
        return said(raw.body.sofar(), raw.headers.get("content-type", ""))


def _as_route(where: Route | str) -> Route:
    return where if isinstance(where, Route) else Route(where, where)


def _flat(params: Params | None) -> list[tuple[str, str | int | float | bool | None]] | None:
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


async def _decoded(raw: _Raw) -> object:
    body = raw.body.whole()
    content_type = raw.headers.get("content-type", "")
    if len(body) > THREAD_ABOVE:
        return await anyio.to_thread.run_sync(strict_json, body, content_type)
    return strict_json(body, content_type)


def in_process(app: Any) -> httpx.AsyncBaseTransport:
    """A transport into an ASGI application of this process: the demonstration runs on it, without a network."""
    return httpx.ASGITransport(app=app)
