"""Signing in to PortSIP with a user's name and password: a token, renewed before it ends.

style   sign-in                               renewal
json    POST /login (JSON)                    POST /auth/refresh_token (JSON)
oauth   POST /login/oauth/token (form)        the same address, grant_type=refresh_token

What the 200 of POST /login holds is not documented (vendors.md §4.1), so the token is looked for under every name that
the vendor's pages use; an answer without one is said to be that, with the other style as the way out.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import BadAnswer, CredentialsRefused, Missing, ReadError
from wallboard.vendors.base import LoginAuth
from wallboard.vendors.http_auth import EARLY, QUIET, Headers, PostToken, SharedFailure
from wallboard.vendors.portsip.mapping import instant

CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
"""The one client id of the oauth style; public, and the same for everybody (the vendor's page on authentication)."""
_TOKENS = ("access_token", "accessToken", "token")
_REFRESH = ("refresh_token", "refresh_tokne", "refreshToken")


class Login:
    """See `http_auth.SignIn`. One sign-in at a time for all who wait; after a refusal none for a minute."""

    def __init__(self, auth: LoginAuth, clock: Clock, post: PostToken) -> None:
        self._auth = auth
        self._clock = clock
        self._post = post
        self._lock: anyio.Lock | None = None
        self._token = ""
        self._refresh = ""
        self._renew_at: float | None = None
        self._ends_at: float | None = None
        self._refused_at: float | None = None
        self._why = "the vendor refuses the credentials"
        self._shared = SharedFailure(clock)

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(secret for secret in (self._auth.password.reveal(), self._token, self._refresh) if secret)

    async def headers(self) -> Headers:
        if self._due():
            async with self._gate():
                if self._due():
                    await (self._renewed() if self._token else self._sign_in())
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

    async def _sign_in(self) -> None:
        if self._quiet():
            raise CredentialsRefused(self._why)
        self._shared.check()
        # Gone first: a token that was refused is not to be sent again when the sign-in fails.
        self._token = self._refresh = ""
        auth = self._auth
        fields = {"username": auth.username, "password": auth.password.reveal()}
        if auth.domain:
            fields["domain"] = auth.domain
        try:
            if auth.style == "oauth":
                form = {"grant_type": "password", **fields, "scope": "all", "client_id": CLIENT_ID}
                answer = await self._post("/login/oauth/token", form=form)
            else:
                answer = await self._post("/login", json=fields)
        except CredentialsRefused as error:
            self._why = str(error)
            self.refuse()
            raise
        except Missing:
            # Not "this account has no such list", after which nobody would ask again.
            raise BadAnswer(
                "sign-in: no PortSIP answers at this url; it ends in /api, as https://host:8887/api"
            ) from None
        except ReadError as error:
            self._shared.failed(error)
            raise
        if not self._take(answer):
            other = "json" if auth.style == "oauth" else "oauth"
            raise BadAnswer(f'sign-in: the vendor accepts it but hands out no token; try style = "{other}"')

    async def _renewed(self) -> None:
        """A new token for the refresh token; signing in anew where there is none or it has ended too."""
        if self._refresh:
            try:
                if self._auth.style == "oauth":
                    form = {"grant_type": "refresh_token", "refresh_token": self._refresh, "client_id": CLIENT_ID}
                    answer = await self._post("/login/oauth/token", form=form)
                else:
                    answer = await self._post("/auth/refresh_token", json={"refresh_token": self._refresh})
                if self._take(answer):
                    return
            except CredentialsRefused:
                pass
            except ReadError:
                if self._ends_at is not None and self._clock.now() < self._ends_at:
                    return
                raise
        await self._sign_in()

    def _take(self, answer: object) -> bool:
        """Take token, refresh token and life out of an answer, also from one level down."""
        if not isinstance(answer, Mapping):
            return False
        token = _usable(answer, _TOKENS)
        if not token:
            return any(self._take(inner) for inner in answer.values() if isinstance(inner, Mapping))
        now = self._clock.now()
        self._token = token
        self._refresh = _usable(answer, _REFRESH) or self._refresh
        life = _life(answer, now)
        self._ends_at = None if life is None else now + life
        self._renew_at = None if life is None else now + max(life - EARLY, life / 2)
        return True


def _usable(answer: Mapping[object, object], names: tuple[str, ...]) -> str:
    """The first of these fields that can stand in a header."""
    for name in names:
        value = answer.get(name)
        if isinstance(value, str) and value and value.isascii() and value.isprintable() and " " not in value:
            return value
    return ""


def _life(answer: Mapping[object, object], now: float) -> float | None:
    """Seconds that the token is good for: `expires_in`, else `expires_at`; None: not said."""
    said = answer.get("expires_in")
    try:
        seconds = float(said) if isinstance(said, int | float | str) and not isinstance(said, bool) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    if not 0 < seconds < 1e9:
        at = answer.get("expires_at")
        ends = instant(at) if isinstance(at, str) else None
        seconds = 0.0 if ends is None else ends - now
    return seconds if 0 < seconds < 1e9 else None
