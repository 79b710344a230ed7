"""The token endpoint of the hosted PBX: OAuth client credentials, form-encoded, at the root of the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wallboard.sim.asgi import Request, Response, json_response


@dataclass(slots=True)
class TokenOffice:
    """`clients`: client id → (account, secret). Tokens live `lifetime` seconds of `clock`."""

    clients: dict[str, tuple[str, str]]
    bearers: dict[str, str]
    clock: Callable[[], float]
    lifetime: int = 3600
    issued: int = 0
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def issue(self, request: Request) -> Response:
        """`POST /oauth/token` with grant_type, client_id, client_secret and perhaps scope."""
        if request.method != "POST":
            return json_response(405, {"error": "invalid_request"})
        form = request.form()
        if form.get("grant_type") != "client_credentials":
            return json_response(400, {"error": "unsupported_grant_type"})
        account, secret = self.clients.get(form.get("client_id", ""), ("", ""))
        if not account or form.get("client_secret") != secret:
            return json_response(401, {"error": "invalid_client"})
        self.issued += 1
        token = f"sim-{account}-{self.issued:06d}"
        now = self.clock()
        self._tokens = {each: told for each, told in self._tokens.items() if now < told[1]}
        self._tokens[token] = (account, now + self.lifetime)
        return json_response(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": "all"}
        )

    def account(self, request: Request) -> str | None:
        """The account that the request's bearer token belongs to."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        if token in self.bearers:
            return self.bearers[token]
        account, expires = self._tokens.get(token, ("", 0.0))
        return account if account and self.clock() < expires else None

    def revoke(self) -> None:
        """Every issued token is worthless from now on, though not expired by its own account."""
        self._tokens.clear()
