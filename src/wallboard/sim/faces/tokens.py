"""Bearer tokens, and the two ways of getting one: the hosted PBX's OAuth endpoint and PortSIP's sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Annotated

from pydantic import Field

from wallboard.domain.records import dataclass
from wallboard.sim.asgi import Body, HttpError, Request, Response, json_response

SIGN_IN_PATHS = ("/login", "/login/oauth/token", "/auth/refresh_token")


@dataclass(slots=True)
class Tokens:
    """Tokens that live `lifetime` seconds of `clock`, each with its holder; `bearers` are good for ever."""

    clock: Callable[[], float]
    lifetime: int
    bearers: Mapping[str, str] = field(default_factory=dict)
    issued: int = 0
    _until: dict[str, tuple[str, float]] = field(default_factory=dict)

    def issue(self, holder: str) -> str:
        self.issued += 1
        now = self.clock()
        self._until = {each: told for each, told in self._until.items() if now < told[1]}
        token = f"sim-{holder}-{self.issued:06d}"
        self._until[token] = (holder, now + self.lifetime)
        return token

    def holder(self, token: str) -> str:
        """Whose token it is; "" for one that is wrong or has expired."""
        holder, until = self._until.get(token, ("", 0.0))
        return self.bearers.get(token) or (holder if self.clock() < until else "")

    def spend(self, token: str) -> str:
        """As `holder`, for a token that works once."""
        holder = self.holder(token)
        self._until.pop(token, None)
        return holder

    def revoke(self) -> None:
        """Every issued token is worthless from now on, though not expired by its own account."""
        self._until.clear()


@dataclass(slots=True)
class TokenOffice(Tokens):
    """The token endpoint of the hosted PBX, at the root of the host. `clients`: client id → (account, secret)."""

    clients: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def grant(self, request: Request) -> Response:
        """`POST /oauth/token` with grant_type, client_id, client_secret and perhaps scope, as a form."""
        form = request.form()
        if request.method != "POST" or form.get("grant_type") != "client_credentials":
            return json_response(400, {"error": "unsupported_grant_type"})
        account, secret = self.clients.get(form.get("client_id", ""), ("", ""))
        if not account or form.get("client_secret") != secret:
            return json_response(401, {"error": "invalid_client"})
        answer = {"token_type": "Bearer", "expires_in": self.lifetime, "scope": "all"}
        return json_response(200, {"access_token": self.issue(account)} | answer)


@dataclass(frozen=True, slots=True)
class Person:
    """Who may sign in: a user of the tenant with the password, and the extension that is rung for pick-ups."""

    username: str
    password: str
    extension: str
    role: str


class _Login(Body):
    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: str
    domain: Annotated[str, Field(min_length=1, max_length=280)] = ""


class _Refresh(Body):
    refresh_token: str


@dataclass(slots=True)
class SignIn:
    """Sign-in to PortSIP, as JSON and as a form. A new one leaves older tokens as they are; a refresh token works
    once."""

    people: Mapping[str, Person]
    domain: str
    tokens: Tokens
    refreshes: Tokens

    def login(self, request: Request) -> object:
        """`POST /login`. A user of a tenant must name its domain: without one it is a system administrator's login."""
        body = request.read(_Login)
        return self._issue(self.person(body.username, body.password, body.domain))

    def oauth(self, request: Request) -> object:
        """`POST /login/oauth/token`: grants `password` and `refresh_token`, as a form."""
        form = request.form()
        if form.get("grant_type") == "refresh_token":
            return self._renew(form.get("refresh_token", ""))
        if form.get("grant_type") != "password" or not form.get("client_id"):
            raise HttpError(400, "grant_type: password or refresh_token, with a client_id", "VALIDATE_FAILED")
        return self._issue(self.person(form.get("username", ""), form.get("password", ""), form.get("domain", "")))

    def refresh(self, request: Request) -> object:
        """`POST /auth/refresh_token`."""
        return self._renew(request.read(_Refresh).refresh_token)

    def person(self, username: str, password: str, domain: str) -> Person:
        """The user with these credentials. A bad login is answered with 400, as documented."""
        person = self.people.get(username)
        if person is None or person.password != password or domain != self.domain:
            raise HttpError(400, "Login failed, authentication error", "UNAUTHORIZED")
        return person

    def holder(self, request: Request) -> Person:
        """Whose valid bearer token a request carries."""
        person = self.people.get(self.tokens.holder(request.bearer()))
        if person is None:
            raise HttpError(401, "access token is missing, wrong or expired", "UNAUTHORIZED")
        return person

    def _issue(self, person: Person) -> object:
        return {
            "access_token": self.tokens.issue(person.username),
            "expires_in": self.tokens.lifetime,
            "refresh_token": self.refreshes.issue(person.username),
            "token_type": "Bearer",
            "role": person.role,
        }

    def _renew(self, token: str) -> object:
        person = self.people.get(self.refreshes.spend(token))
        if person is None:
            raise HttpError(400, "refresh token is wrong, used or expired", "UNAUTHORIZED")
        return self._issue(person)
