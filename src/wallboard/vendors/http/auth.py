"""Signing in to an HTTP source: which headers a request carries, and what to do when they are refused.

Sign-in         the protocol; a vendor with a login of its own brings one
├── Fixed       nothing, a bearer token, Basic or one header: a refusal is final
└── TokenSignIn a token is fetched once for all who wait, renewed 60 s before it ends
    └── OAuth   by client credentials
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import BadAnswer, ConfigError, CredentialsRefused, ReadError, Throttled
from wallboard.domain.language import tr
from wallboard.domain.redaction import hide
from wallboard.vendors.base import Auth, BasicAuth, BearerAuth, HeaderAuth, NoAuth, OAuthAuth, Secret

Headers = tuple[tuple[str, str], ...]

EARLY = 60.0
"""A token is renewed this many seconds before it ends (at half its life if that is shorter)."""
QUIET = 60.0
"""After a refused sign-in the same credentials are not tried again for so long: accounts lock."""


class PostToken(Protocol):
    """Posts a sign-in to a path below the source's address ("": the token address), as a form or as JSON. Returns the
    decoded answer or raises ReadError (CredentialsRefused for 400, 401 and 403)."""

    async def __call__(
        self, where: str, *, form: Mapping[str, str] | None = None, json: Mapping[str, Any] | None = None
    ) -> object: ...


class SignIn(Protocol):
    async def headers(self) -> Headers:
        """Headers for the next request; may sign in first. Raises ReadError."""

    async def renew(self, used: Headers) -> bool:
        """The vendor refused `used`: get something new, once for all who ask. False: there is nothing else to try."""

    def refuse(self) -> None:
        """The renewed headers were refused too."""


def checked(name: str, value: str, what: str) -> tuple[str, str]:
    """A header that can be sent as it is, else ConfigError (which never contains the value)."""
    if not name or not all(char.isalnum() or char in "-_.!#$%&'*+^`|~" for char in name) or not name.isascii():
        raise ConfigError(tr("{key}: {header!r} is not a header name", key=what, header=name))
    if not value.isascii() or not value.isprintable() or value != value.strip() or not value:
        raise ConfigError(
            tr(
                "{key}: the value of header {header} is empty or holds a character that a header cannot hold",
                key=what,
                header=name,
            )
        )
    return name, value


class Fixed:
    """Always the same headers."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def headers(self) -> Headers:
        return self._headers

    async def renew(self, used: Headers) -> bool:
        return False

    def refuse(self) -> None:
        return None


PostForm = Callable[[Mapping[str, str]], Awaitable[object]]
"""Posts a form to the token address; returns the decoded answer or raises ReadError (CredentialsRefused for 4xx)."""


class TokenSignIn(ABC):
    """A token that is fetched once for all who wait and renewed before it ends.

    After a refusal the same credentials are left alone for a minute; any other failure is the answer for all who
    waited, for a second or as long as the vendor asked for: each of them trying again would only add to its trouble.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock: anyio.Lock | None = None
        self._token = ""
        self._renew_at: float | None = None
        self._refused_at: float | None = None
        self._refusal = tr("the vendor refuses the credentials")
        self._failure: ReadError | None = None
        self._failed_until = 0.0

    @abstractmethod
    async def _ask(self) -> None:
        """Sign in and `_take` the token. Raises ReadError."""

    async def _ask_again(self) -> None:
        """Renew a token that is about to end."""
        await self._sign_in()

    async def headers(self) -> Headers:
        if self._due():
            async with self._gate():
                if self._due():
                    await (self._ask_again() if self._token else self._sign_in())
        return self._as_headers()

    async def renew(self, used: Headers) -> bool:
        async with self._gate():
            if self._token and self._as_headers() != used:
                return True
            if self._quiet():
                return False
            await self._sign_in()
            return True

    def refuse(self) -> None:
        self._refused_at = self._clock.now()

    async def _sign_in(self) -> None:
        if self._quiet():
            raise CredentialsRefused(self._refusal)
        if self._failure is not None and self._clock.now() < self._failed_until:
            raise self._failure.with_traceback(None)
        self._failure = None
        try:
            await self._ask()
        except CredentialsRefused as error:
            self._refusal = str(error)
            self.refuse()
            raise
        except ReadError as error:
            asked = error.retry_after if isinstance(error, Throttled) else None
            self._failure, self._failed_until = error, self._clock.now() + min(60.0, asked or 1.0)
            raise

    def _take(self, token: str, life: float | None) -> None:
        """From now on `token`; it ends in `life` seconds (None: not said)."""
        hide(token, passing=True)
        self._token = token
        self._renew_at = None if life is None else self._clock.now() + max(life - EARLY, life / 2)

    def _due(self) -> bool:
        return not self._token or (self._renew_at is not None and self._clock.now() >= self._renew_at)

    def _as_headers(self) -> Headers:
        return (("Authorization", f"Bearer {self._token}"),)

    def _gate(self) -> anyio.Lock:
        if self._lock is None:
            self._lock = anyio.Lock()
        return self._lock

    def _quiet(self) -> bool:
        return self._refused_at is not None and self._clock.now() - self._refused_at < QUIET


def usable(token: object) -> str:
    """`token` if it can stand in a header, else ""."""
    fits = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
    return token if isinstance(token, str) and fits else ""


def lifetime(said: object) -> float | None:
    """Seconds of an `expires_in`, as a number or text; None if it says nothing sensible."""
    try:
        seconds = float(said) if isinstance(said, int | float | str) and not isinstance(said, bool) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    return seconds if 0 < seconds < 1e9 else None


class OAuth(TokenSignIn):
    """Client credentials (`grant_type=client_credentials`)."""

    def __init__(self, auth: OAuthAuth, clock: Clock, post: PostForm) -> None:
        super().__init__(clock)
        self._auth = auth
        self._post = post

    async def _ask(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._auth.client_id,
            "client_secret": self._auth.client_secret.reveal(),
        }
        if self._auth.scope:
            form["scope"] = self._auth.scope
        answer = await self._post(form)
        fields = answer if isinstance(answer, Mapping) else {}
        token = usable(fields.get("access_token"))
        if not token:
            raise BadAnswer(tr("sign-in: the vendor's answer holds no token"))
        self._take(token, lifetime(fields.get("expires_in")))


def sign_in(auth: Auth, clock: Clock, post: PostForm) -> SignIn:
    """The sign-in that the config asks for. ConfigError for a kind that plain HTTP sources do not have."""
    match auth:
        case NoAuth():
            return Fixed(())
        case BearerAuth(token=token):
            value = token.reveal()
            return Fixed((checked("Authorization", f"Bearer {value}", "auth"),))
        case BasicAuth(username=username, password=password):
            if ":" in username:
                raise ConfigError(tr("auth: a user name for Basic authentication cannot hold a colon"))
            packed = base64.b64encode(f"{username}:{password.reveal()}".encode()).decode("ascii")
            hide(packed)
            return Fixed((("Authorization", f"Basic {packed}"),))
        case HeaderAuth(name=name, value=secret):
            return Fixed((checked(name, secret.reveal(), "auth"),))
        case OAuthAuth():
            return OAuth(auth, clock, post)
    raise ConfigError(tr('auth: this vendor takes kind "bearer", "oauth", "basic", "header" or "none"'))


def extra_headers(headers: tuple[tuple[str, Secret], ...]) -> Headers:
    return tuple(checked(name, value.reveal(), "headers") for name, value in headers)
