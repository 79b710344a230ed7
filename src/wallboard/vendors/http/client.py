"""One HTTP source: a client that reads and, apart from it, a client that acts.

    http = HttpSource(settings, services)
    answer = await http.get(route("/extension/{id}/queue/status/", id="601"))
    answer = await http.act("DELETE", route("/extension/{id}/current_calls/{call}", id="201", call="c-17"))

Reading: keep-alive, one outer deadline over everything, decoded size limit, strict JSON; failures are `ReadError`s.
Acting: a fresh connection each time, no retry, no redirect; failures say whether the action can have happened
(`NotSent`, `Rejected`, `TargetGone`, `Ambiguous`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

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
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.domain.unreachable import why_unreachable
from wallboard.domain.update import Budget
from wallboard.vendors.base import OAuthAuth, Services, SourceSettings
from wallboard.vendors.http.address import Route, check_address, route
from wallboard.vendors.http.auth import Headers, PostToken, SignIn, sign_in
from wallboard.vendors.http.errors import action_error, read_error, worded
from wallboard.vendors.http.exchange import Line, Params, Raw, Wire, decoded
from wallboard.vendors.http.library import httpx
from wallboard.vendors.http.limits import ERROR_LIMIT, LIVE_LIMIT, said
from wallboard.vendors.http.remembered import Remembered
from wallboard.vendors.http.stream import ENDLESS_HEAD, HEAD_LIMIT

__all__ = ["ACT_DEADLINE", "READ_DEADLINE", "Answer", "HttpSource", "Params", "Route", "check_address", "route"]

log = logging.getLogger("wallboard.http")

READ_DEADLINE = 8.0
ACT_DEADLINE = 10.0
SHOWN = 64 * 1024
"""Bytes of a text of which what it says is made."""


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


class HttpSource:
    """Requests to one `[[source]]`. Building it opens nothing and reads no certificates; ConfigError if the address
    or the credentials cannot be used as written."""

    def __init__(
        self, settings: SourceSettings, services: Services, *, sign: Callable[[PostToken], SignIn] | None = None
    ) -> None:
        """`sign` makes the sign-in of a vendor with a login of its own; it is handed the way to post one."""
        self._settings = settings
        self._clock = services.clock
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
        encrypted = any(urlsplit(address).scheme == "https" for address in (self._base, self._token_url))
        self._line = Line(settings, services, encrypted=encrypted)
        self._remembered = Remembered(self._clock)
        self.refused = False
        """The vendor refused the credentials when last asked."""

    @property
    def budget(self) -> Budget | None:
        return self._line.allowance.budget

    @property
    def clock_offset(self) -> float | None:
        """Seconds that the vendor's clock is ahead of ours; None: not known."""
        return self._line.clock.offset

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
            raise BadAnswer(tr("the vendor's id of this row cannot be asked for"))
        seconds = timeout or self._settings.timeout or READ_DEADLINE
        try:
            with anyio.fail_after(seconds):
                return await self._get(where, params, seconds, limit, plain, keep)
        except TimeoutError:
            log.debug("GET %s: late", where.template)
            raise Late(tr("no whole answer within {seconds:g} s", seconds=seconds)) from None

    async def _get(
        self, where: Route, params: Params | None, seconds: float, limit: int, plain: bool, keep: bool
    ) -> Answer:
        try:
            headers = await self._sign.headers()
            raw = await self._read(where, params, headers, seconds, limit)
            if raw.status == 401:
                if not await self._sign.renew(headers):
                    raise CredentialsRefused(worded(tr("the vendor refuses the credentials"), self._words(raw)))
                raw = await self._read(where, params, await self._sign.headers(), seconds, limit)
                if raw.status == 401:
                    self._sign.refuse()
                    raise CredentialsRefused(worded(tr("the vendor refuses the credentials"), self._words(raw)))
        except CredentialsRefused:
            self.refused = True
            raise
        self.refused = False
        link = raw.headers.get("location", "")
        if plain and link and (300 <= raw.status < 400 or raw.status == 201):
            # The address itself is what was asked for; it is shown, never followed.
            return _answer(raw, None, link)
        if not 200 <= raw.status < 300:
            raise read_error(raw.status, raw.headers, self._words(raw), self._base)
        if raw.trouble:
            raise BadAnswer(raw.trouble)
        data: object = None
        text = ""
        try:
            address = f"{where.path}?{params}" if params else where.path
            data = await (self._known(raw, address) if keep else decoded(raw))
        except BadAnswer:
            text = raw.body.whole()[:SHOWN].decode("utf-8", "replace")
            if not plain or text.lstrip().startswith("<"):
                raise
        return _answer(raw, data, text)

    async def _known(self, raw: Raw, address: str) -> object:
        """The data of the last answer of this address again when not a byte of it has changed: a quiet list costs a
        comparison."""
        body = raw.body.whole()
        if (same := self._remembered.same(address, body)) is not None:
            return same[0]
        data = await decoded(raw)
        self._remembered.put(address, body, data)
        return data

    async def _read(self, where: Route, params: Params | None, headers: Headers, seconds: float, limit: int) -> Raw:
        for last in (False, True):
            wire = Wire()
            try:
                return await self._line.send("GET", self._below(where), wire, seconds, limit, headers, params=params)
            except (httpx.HTTPError, OSError) as error:
                # The one retry: a kept connection that the vendor had closed meanwhile. Nothing was read from it.
                stale = self._line.ours and not wire.opened and not isinstance(error, httpx.TimeoutException)
                if last or not stale:
                    raise self._unread(error, seconds) from None
        raise AssertionError("unreachable")

    def _unread(self, error: httpx.HTTPError | OSError, seconds: float) -> ReadError:
        if isinstance(error, httpx.ConnectTimeout):
            return Unreachable(tr("{host} does not answer", host=clean(self._host, 100)))
        if isinstance(error, httpx.ConnectError | OSError):
            return Unreachable(why_unreachable(error, self._host))
        if isinstance(error, httpx.TimeoutException):
            return Late(tr("no whole answer within {seconds:g} s", seconds=seconds))
        if isinstance(error, httpx.RemoteProtocolError):
            if str(error) == ENDLESS_HEAD:
                return BadAnswer(tr(ENDLESS_HEAD, most=HEAD_LIMIT // 1024))
            return BadAnswer(tr("the vendor closed the connection without a proper answer"))
        if isinstance(error, httpx.NetworkError):
            return Unreachable(tr("the connection was reset"))
        return BadAnswer(tr("the vendor's answer is not proper HTTP"))

    async def act(
        self,
        method: str,
        where: Route | str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Params | None = None,
        accept: str = "",
        upkeep: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109  # the one deadline over sign-in, connection and body
    ) -> Answer:
        """Send one action once. Returns on 2xx (`data` None if the body is no JSON); raises `ActionError`s only.

        `accept` is the Accept header of an action whose answer is no JSON. `upkeep`: it concerns what we ourselves left
        with the vendor, and nothing of the site's, so that it goes also where nobody may act. Only a 401 is answered by
        a second request, after a new token: it proves that nothing was done.
        """
        where = _as_route(where)
        if self._settings.read_only and not upkeep:
            raise NotSent(tr("this source is read-only"))
        if not where.path:
            raise NotSent(tr("the vendor's id of this row cannot be sent"))
        seconds = timeout or max(ACT_DEADLINE, self._settings.timeout or 0.0)
        asked: Headers = (("Accept", accept),) if accept else ()
        try:
            with anyio.fail_after(seconds):
                headers = await self._sign.headers()
        except ReadError as error:
            raise NotSent(tr("nothing sent: {why}", why=str(error))) from None
        except TimeoutError:
            raise NotSent(tr("nothing sent: the sign-in does not answer")) from None
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
                data = await decoded(raw)
            except BadAnswer:
                text = raw.body.whole()[:SHOWN].decode("utf-8", "replace")
        return _answer(raw, data, text)

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
    ) -> Raw:
        wire = Wire(acts=True)
        known = self._line.ours
        try:
            with anyio.fail_after(seconds):
                return await self._line.send(
                    method, self._below(where), wire, seconds, ERROR_LIMIT, headers, params=params, json=json
                )
        except (Unreachable, BadAnswer) as error:
            raise NotSent(tr("nothing sent: {why}", why=str(error))) from None
        except httpx.ConnectTimeout:
            raise NotSent(tr("nothing sent: {host} does not answer", host=clean(self._host, 100))) from None
        except (httpx.ConnectError, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(tr("nothing sent: {why}", why=why_unreachable(error, self._host))) from None
        except (TimeoutError, httpx.TimeoutException):
            if wire.head is not None:
                return wire.head
            if known and not wire.sent:
                raise NotSent(tr("nothing sent: {host} does not answer", host=clean(self._host, 100))) from None
            raise Ambiguous(tr("sent, and no answer within {seconds:g} s", seconds=seconds)) from None
        except (httpx.HTTPError, OSError) as error:
            if known and not wire.sent:
                raise NotSent(tr("nothing sent: {why}", why=why_unreachable(error, self._host))) from None
            raise Ambiguous(tr("sent, and the connection broke before an answer")) from None

    async def _post_token(
        self, where: str, *, form: Mapping[str, str] | None = None, json: Mapping[str, Any] | None = None
    ) -> object:
        """Ask for a token at a path below the base ("": the token address). 4xx but 429 is a refusal; other failures
        are those of any read."""
        wire = Wire()
        seconds = self._settings.timeout or READ_DEADLINE
        address = self._base + where if where else self._token_url
        try:
            raw = await self._line.send(
                "POST", Route(where or "token_url", address), wire, seconds, ERROR_LIMIT, (), form=form, json=json
            )
        except (httpx.HTTPError, OSError) as error:
            raise self._unread(error, seconds) from None
        if raw.status in (400, 401, 403):
            raise CredentialsRefused(worded(tr("sign-in refused"), self._words(raw)))
        if not 200 <= raw.status < 300:
            trouble = read_error(raw.status, raw.headers, self._words(raw), address)
            if isinstance(trouble, Throttled):
                raise trouble
            raise type(trouble)(tr("sign-in: {why}", why=str(trouble)))
        if raw.trouble:
            raise BadAnswer(tr("sign-in: {why}", why=raw.trouble))
        return await decoded(raw)

    async def aclose(self) -> None:
        """Close all connections; later requests fail."""
        await self._line.aclose()

    def _below(self, where: Route) -> Route:
        return Route(where.template, self._base + where.path)

    def _words(self, raw: Raw) -> str:
        return said(raw.body.sofar(), raw.headers.get("content-type", ""))


def _answer(raw: Raw, data: Any, text: str) -> Answer:
    return Answer(raw.status, data, raw.headers, raw.took, raw.date_offset, raw.started_at, raw.answered_at, text)


def _as_route(where: Route | str) -> Route:
    return where if isinstance(where, Route) else Route(where, where)
