"""Sign-in to the PortSIP face: JSON and form, refresh, and tokens that really expire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wallboard.sim.asgi import Request, Response, json_response
from wallboard.sim.faces.portsip_wire import Body, FaceError, read_body, refused, text

SIGN_IN_PATHS = ("/login", "/login/oauth/token", "/auth/refresh_token")

_LOGIN = Body(
    {"username": text(low=1, high=64), "password": text(), "domain": text(low=1, high=280)}, ("username", "password")
)
_REFRESH = Body({"refresh_token": text()}, ("refresh_token",))


@dataclass(frozen=True, slots=True)
class Person:
    """Who may sign in: a user of the tenant with the password, and the extension that is rung for pick-ups."""

    username: str
    password: str
    extension: str
    role: str


@dataclass(slots=True)
class SignIn:
    """`clock` in seconds. A new sign-in or refresh leaves older tokens as they are; a refresh token works once."""

    people: Mapping[str, Person]
    domain: str
    bearers: Mapping[str, str]
    clock: Callable[[], float]
    lifetime: int = 1800
    refresh_lifetime: int = 86400
    issued: int = 0
    _tokens: dict[str, tuple[Person, float]] = field(default_factory=dict)
    _refresh: dict[str, tuple[Person, float]] = field(default_factory=dict)

    def login(self, request: Request, path: dict[str, str]) -> Response:
        """`POST /login`. A user of a tenant must name its domain: without one it is a system administrator's login."""
        body = read_body(request, _LOGIN)
        return self._issue(self.person(str(body["username"]), str(body["password"]), str(body.get("domain", ""))))

    def oauth(self, request: Request, path: dict[str, str]) -> Response:
        """`POST /login/oauth/token`: grants `password` and `refresh_token`, as a form."""
        form = request.form()
        grant = form.get("grant_type")
        if grant == "refresh_token":
            return self._renew(form.get("refresh_token", ""))
        if grant != "password":
            raise refused("grant_type: password or refresh_token is expected")
        if not form.get("client_id"):
            raise refused("client_id: required")
        return self._issue(self.person(form.get("username", ""), form.get("password", ""), form.get("domain", "")))

    def refresh(self, request: Request, path: dict[str, str]) -> Response:
        """`POST /auth/refresh_token`."""
        return self._renew(str(read_body(request, _REFRESH)["refresh_token"]))

    def person(self, username: str, password: str, domain: str) -> Person:
        """The user with these credentials. A bad login is answered with 400, as documented."""
        person = self.people.get(username)
        if person is None or person.password != password or domain != self.domain:
            raise FaceError(400, "UNAUTHORIZED", "Login failed, authentication error")
        return person

    def holder(self, request: Request) -> Person:
        """Whose valid bearer token a request carries."""
        token = _bearer(request)
        person = self.people.get(self.bearers.get(token, ""))
        if person is None:
            person, until = self._tokens.get(token, (None, 0.0))
            person = person if until > self.clock() else None
        if person is None:
            raise FaceError(401, "UNAUTHORIZED", "access token is missing, wrong or expired")
        return person

    def revoke(self) -> None:
        """Every issued access token is worthless from now on; refresh tokens stay good."""
        self._tokens.clear()

    def _issue(self, person: Person) -> Response:
        self.issued += 1
        now = self.clock()
        access, refresh = f"simaccess{self.issued:06d}", f"simrefresh{self.issued:06d}"
        self._tokens = {token: told for token, told in self._tokens.items() if now < told[1]}
        self._refresh = {token: told for token, told in self._refresh.items() if now < told[1]}
        self._tokens[access] = (person, now + self.lifetime)
        self._refresh[refresh] = (person, now + self.refresh_lifetime)
        return json_response(
            200,
            {
                "access_token": access,
                "expires_in": self.lifetime,
                "refresh_token": refresh,
                "token_type": "Bearer",
                "role": person.role,
            },
        )

    def _renew(self, refresh: str) -> Response:
        person, until = self._refresh.pop(refresh, (None, 0.0))
        if person is None or until <= self.clock():
            raise FaceError(400, "UNAUTHORIZED", "refresh token is wrong, used or expired")
        return self._issue(person)


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else ""
