"""Signing in to PortSIP with a user's name and password: a token, renewed before it ends.

style   sign-in                               renewal
json    POST /login (JSON)                    POST /auth/refresh_token (JSON)
oauth   POST /login/oauth/token (form)        the same address, grant_type=refresh_token

What the 200 of POST /login holds is not documented (vendors.md §4.1), so the token is looked for under every name that
the vendor's pages use; an answer without one is said to be that, with the other style as the way out.
"""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.domain.clock import Clock
from wallboard.domain.errors import BadAnswer, CredentialsRefused, Missing, ReadError
from wallboard.domain.language import tr
from wallboard.domain.redaction import hide
from wallboard.vendors.base import LoginAuth
from wallboard.vendors.http.auth import PostToken, TokenSignIn, lifetime, usable
from wallboard.vendors.kit.wire import instant

CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
"""The one client id of the oauth style; public, and the same for everybody (the vendor's page on authentication)."""
_TOKENS = ("access_token", "accessToken", "token")
_REFRESH = ("refresh_token", "refresh_tokne", "refreshToken")


class Login(TokenSignIn):
    """Signs in with the user's name and password, and renews by the refresh token while there is one."""

    def __init__(self, auth: LoginAuth, clock: Clock, post: PostToken) -> None:
        super().__init__(clock)
        self._auth = auth
        self._post = post
        self._refresh = ""
        self._ends_at: float | None = None

    async def _ask(self) -> None:
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
        except Missing:
            # Not "this account has no such list", after which nobody would ask again.
            raise BadAnswer(
                tr("sign-in: no PortSIP answers at this url; it ends in /api, as https://host:8887/api")
            ) from None
        if not self._taken(answer):
            other = "json" if auth.style == "oauth" else "oauth"
            raise BadAnswer(
                tr('sign-in: the vendor accepts it but hands out no token; try style = "{style}"', style=other)
            )

    async def _ask_again(self) -> None:
        """A new token for the refresh token; signing in anew where there is none or it has ended too."""
        if self._refresh:
            try:
                if self._auth.style == "oauth":
                    form = {"grant_type": "refresh_token", "refresh_token": self._refresh, "client_id": CLIENT_ID}
                    answer = await self._post("/login/oauth/token", form=form)
                else:
                    answer = await self._post("/auth/refresh_token", json={"refresh_token": self._refresh})
                if self._taken(answer):
                    return
            except CredentialsRefused:
                pass
            except ReadError:
                if self._ends_at is not None and self._clock.now() < self._ends_at:
                    return
                raise
        await self._sign_in()

    def _taken(self, answer: object) -> bool:
        """Take token, refresh token and life out of an answer, also from one level down."""
        if not isinstance(answer, Mapping):
            return False
        token = _first(answer, _TOKENS)
        if not token:
            return any(self._taken(inner) for inner in answer.values() if isinstance(inner, Mapping))
        now = self._clock.now()
        self._refresh = _first(answer, _REFRESH) or self._refresh
        hide(self._refresh, passing=True)
        life = lifetime(answer.get("expires_in")) or _until(answer.get("expires_at"), now)
        self._ends_at = None if life is None else now + life
        self._take(token, life)
        return True


def _first(answer: Mapping[object, object], names: tuple[str, ...]) -> str:
    """The first of these fields that can stand in a header."""
    return next((token for name in names if (token := usable(answer.get(name)))), "")


def _until(at: object, now: float) -> float | None:
    """Seconds until an `expires_at`; None if it says nothing sensible."""
    ends = instant(at) if isinstance(at, str) else None
    return None if ends is None else lifetime(ends - now)
